"""The same verbs for programs without asyncio: a client in a thread of its own."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

from fastdial.client.aio import AsyncClient
from fastdial.client.errors import ClientClosed
from fastdial.client.stream import EventStream
from fastdial.messages.base import Command, Event, Reply
from fastdial.messages.commands import EventFilter

T = TypeVar("T")


class BlockingEvents:
    """Events as a plain iterator; close it, or use it in a ``with`` statement."""

    def __init__(self, client: "Client", stream: EventStream) -> None:
        self._client = client
        self._stream = stream

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        try:
            return self._client._wait(self._stream.__anext__())
        except StopAsyncIteration:
            raise StopIteration from None

    def __enter__(self) -> "BlockingEvents":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """No more events."""
        self._client._wait(self._stream.aclose())


class Client:
    """`AsyncClient` with blocking calls; may be used from several threads.

    Example: ``with Client("unix:/run/fastdial.sock") as client: client.request(Ping())``.
    """

    def __init__(
        self, address: str, *, name: str = "", reconnect: bool = False, timeout_s: float = 30.0
    ) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="fastdial-client", daemon=True
        )
        self._thread.start()
        try:
            self._client = self._wait(
                AsyncClient.connect(address, name=name, reconnect=reconnect, timeout_s=timeout_s)
            )
        except BaseException:
            self._stop()
            raise

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def speed(self) -> float:
        """How many times faster than a wall clock the site's time runs."""
        return self._client.speed

    def now(self) -> int:
        """The site's time, ms."""

        async def ask() -> int:
            return self._client.now()

        return self._wait(ask())

    def request(self, command: Command, *, timeout_s: float | None = None) -> Reply:
        """The reply to ``command``; raises as `AsyncClient.request` does."""
        return self._wait(self._client.request(command, timeout_s=timeout_s))

    def request_all(self, commands: list[Command]) -> list[Reply]:
        """The replies to many commands, sent without waiting for one another."""

        async def ask() -> list[Reply]:
            return list(await asyncio.gather(*map(self._client.submit, commands)))

        return self._wait(ask())

    def events(
        self,
        after: int | None = None,
        filter: EventFilter | None = None,  # noqa: A002 - the protocol's word
    ) -> BlockingEvents:
        """The events after sequence ``after``, or from this call on."""

        async def begin() -> EventStream:
            stream = self._client.events(after, filter)
            await stream.begin()
            return stream

        return BlockingEvents(self, self._wait(begin()))

    def close(self) -> None:
        """Leave; may be called twice."""
        if not self._loop.is_closed():
            self._wait(self._client.close())
            self._stop()

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        if self._loop.is_closed():
            work.close()
            raise ClientClosed("the client was closed")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
