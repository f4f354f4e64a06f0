"""The asyncio client: pipelined requests, events, and a new connection after a cut."""

import asyncio
import contextlib
import random
import time
import uuid
from collections.abc import Callable
from functools import partial

from fastdial.client.address import Address, parse_address
from fastdial.client.errors import (
    CannotConnect,
    ClientClosed,
    ClientError,
    CommandRefused,
    ConnectionCut,
    RequestTimedOut,
)
from fastdial.client.pending import Pending, PendingRequests
from fastdial.client.sitetime import SiteTime
from fastdial.client.stream import EventStream
from fastdial.client.wire import MAX_FRAME_BYTES, Wire
from fastdial.messages.base import Command, Event, Reply
from fastdial.messages.commands import EventFilter, Hello, Subscribe, Unsubscribe
from fastdial.messages.errors import ErrorCode
from fastdial.messages.replies import Error, Pong, Welcome

PROTOCOL = 1
HELLO_TIMEOUT_S = 10.0
FIRST_WAIT_S = 0.05
LONGEST_WAIT_S = 2.0


class _Line:
    """A wire that says hello, and then tells its client what comes over it."""

    def __init__(self, client: "AsyncClient") -> None:
        self._client = client
        self._wire: Wire | None = None
        self._answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self.welcome: Welcome | None = None
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def open(self) -> tuple[float, Welcome]:
        """Connect and be welcomed; returns when it was asked, and the welcome."""
        address = self._client.address
        self._wire = await Wire.open(address, self, self._client.max_frame_bytes)
        hello = Hello(protocol=PROTOCOL, client=self._client.name)
        asked_at = time.monotonic()
        self._wire.send(hello)
        try:
            # without the hello's id where the server has no room for us: it has not read it then
            reply = await self._answer
        except ClientError as error:
            raise CannotConnect(f"{address} would not have us: {error}") from error
        if isinstance(reply, Error):
            refused = CommandRefused(hello, reply.faults)
            raise CannotConnect(f"{address} would not have us: {refused}") from refused
        if not isinstance(reply, Welcome):
            raise CannotConnect(f"{address} answered hello with {type(reply).__name__}")
        if self.gone.done():
            raise CannotConnect(f"{address} closed the connection after hello")
        self.welcome = reply
        return asked_at, reply

    def send(self, command: Command) -> None:
        if self._wire is not None:
            self._wire.send(command)

    async def close(self) -> None:
        if self._wire is not None:
            self._wire.close()
            await asyncio.wait([self.gone], timeout=1.0)

    def abort(self) -> None:
        if self._answer.done() and not self._answer.cancelled():
            self._answer.exception()
        if self._wire is not None:
            self._wire.abort(ClientClosed("hello was not answered"))

    # --- called by the wire

    def received(self, message: Reply | Event) -> None:
        if self.welcome is not None:
            self._client._received(message)
        elif isinstance(message, Reply) and not self._answer.done():
            self._answer.set_result(message)

    def cut(self, error: ClientError) -> None:
        self.gone.set_result(None)
        if not self._answer.done():
            self._answer.set_exception(error)
            self._answer.exception()  # it may be that nobody waits for it any more
        self._client._cut(self, error)


class AsyncClient:
    """A connection to a fastdial server. Make one with `AsyncClient.connect`.

    With ``reconnect`` it lives through cuts: what was under way is sent again on the next
    connection, under an idempotency key (given by the client where there is none), so that it
    happens once; events go on where they stopped. Belongs to the loop that it was made in.
    """

    def __init__(
        self,
        address: Address,
        *,
        name: str,
        reconnect: bool,
        timeout_s: float,
        reconnect_for_s: float,
        max_frame_bytes: int,
    ) -> None:
        self.address = address
        self.name = name
        self.welcome: Welcome | None = None
        """the server's answer to the newest hello"""
        self._reconnect = reconnect
        self._timeout_s = timeout_s
        self._reconnect_for_s = reconnect_for_s
        self.max_frame_bytes = max_frame_bytes
        self._loop = asyncio.get_running_loop()
        self._pending = PendingRequests(uuid.uuid4().hex)
        self._time = SiteTime(time.monotonic)
        self._line: _Line | None = None
        self._stream: EventStream | None = None
        self._reconnecting: asyncio.Task[None] | None = None
        self._over: ClientError | None = None

    @classmethod
    async def connect(
        cls,
        address: str,
        *,
        name: str = "",
        reconnect: bool = False,
        timeout_s: float = 30.0,
        reconnect_for_s: float = 60.0,
        max_frame_bytes: int = MAX_FRAME_BYTES,
    ) -> "AsyncClient":
        """A client that has said hello at ``address`` (`fastdial.client.parse_address`).

        ``name`` is for the server's log; ``timeout_s`` holds for each request that names none;
        after ``reconnect_for_s`` without a connection the client gives up. Raises
        `CannotConnect`, also with ``reconnect``: that begins with the first success.
        """
        client = cls(
            parse_address(address),
            name=name,
            reconnect=reconnect,
            timeout_s=timeout_s,
            reconnect_for_s=reconnect_for_s,
            max_frame_bytes=max_frame_bytes,
        )
        await client._open()
        return client

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def connected(self) -> bool:
        """Whether there is a connection that has been greeted, at this moment."""
        return self._line is not None

    @property
    def speed(self) -> float:
        """How many times faster than a wall clock the site's time runs."""
        return self._time.speed

    def now(self) -> int:
        """The site's time, ms, estimated from hello and every ping; never goes back."""
        return self._time.now()

    async def request(self, command: Command, *, timeout_s: float | None = None) -> Reply:
        """The reply to ``command``; raises `CommandRefused`, `RequestTimedOut`, `ConnectionCut`.

        Many may be under way at once; they reach the server in the order of the calls.
        """
        return await self.submit(command, timeout_s=timeout_s)

    def submit(
        self, command: Command, *, timeout_s: float | None = None
    ) -> "asyncio.Future[Reply]":
        """Send ``command`` now, and get its reply as a future (see `request`)."""
        if isinstance(command, Hello | Subscribe | Unsubscribe):
            raise ValueError(
                f"{command.__struct_config__.tag} is said by the client itself: "
                "use connect() and events()"
            )
        if self._over is not None:
            raise self._over
        sent = self._pending.numbered(command, keyed=self._reconnect)
        future: asyncio.Future[Reply] = self._loop.create_future()
        limit_s = self._timeout_s if timeout_s is None else timeout_s
        timer = self._loop.call_later(limit_s, self._timed_out, sent.id, limit_s)
        future.add_done_callback(partial(self._done, sent.id, timer))
        self._send(sent, partial(_resolve, future, sent), again=self._reconnect)
        return future

    def events(
        self,
        after: int | None = None,
        filter: EventFilter | None = None,  # noqa: A002 - the protocol's word
    ) -> EventStream:
        """The events after sequence ``after``, or from now on. One stream at a time."""
        if self._over is not None:
            raise self._over
        if self._stream is not None:
            raise ClientError(
                "a connection has one subscription: close the other stream first, "
                "or connect a second client"
            )
        self._stream = EventStream(self, after, filter or EventFilter())
        return self._stream

    async def close(self) -> None:
        """Leave. What is under way raises `ClientClosed`. May be called twice."""
        line = self._line
        self._end(ClientClosed("the client was closed"))
        if self._reconnecting is not None:
            self._reconnecting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reconnecting
        if line is not None:
            await line.close()

    # --- what the stream needs

    def carry(self, command: Command, settle: Callable[[Reply | ClientError], None]) -> Command:
        """Send a command that is not repeated after a cut."""
        sent = self._pending.numbered(command, keyed=False)
        self._send(sent, settle, again=False)
        return sent

    def leave(self, stream: EventStream) -> None:
        """The stream is over."""
        if self._stream is stream:
            self._stream = None

    # --- sending and receiving

    def _send(
        self, sent: Command, settle: Callable[[Reply | ClientError], None], *, again: bool
    ) -> None:
        self._pending.add(Pending(sent, settle, time.monotonic(), again))
        if self._line is not None:
            self._line.send(sent)

    def _received(self, message: Reply | Event) -> None:
        if isinstance(message, Event):
            if self._stream is not None:
                self._stream.received(message)
            return
        waiting = self._pending.find(message.id)
        if waiting is None:
            if self._stream is not None:
                self._stream.told(message)
            return
        stopping = isinstance(message, Error) and message.fault.code is ErrorCode.SERVER_STOPPING
        if stopping and waiting.again:
            return  # not done; it is sent again when the server is back
        self._pending.take(message.id)
        if isinstance(message, Pong):
            self._time.tell(message.now, waiting.sent_at)
        waiting.settle(message)

    def _done(self, number: int, timer: asyncio.TimerHandle, _: object) -> None:
        timer.cancel()
        self._pending.take(number)

    def _timed_out(self, number: int, limit_s: float) -> None:
        waiting = self._pending.take(number)
        if waiting is not None:
            sentence = (
                f"no reply to {waiting.command.__struct_config__.tag} within {limit_s:g} s; "
                "whether it was done is not known"
            )
            waiting.settle(RequestTimedOut(sentence, waiting.command))

    # --- connections

    async def _open(self) -> None:
        """Connect and say hello; raises `ClientError`."""
        line = _Line(self)
        try:
            async with asyncio.timeout(HELLO_TIMEOUT_S):
                asked_at, welcome = await line.open()
        except TimeoutError:
            raise CannotConnect(
                f"{self.address} said nothing to hello within {HELLO_TIMEOUT_S:g} s"
            ) from None
        finally:
            if line.welcome is None:
                line.abort()
        self.welcome = welcome
        self._time.tell(welcome.now, asked_at, welcome.speed)
        self._line = line
        for waiting in self._pending.to_repeat():
            line.send(waiting.command)
        if self._stream is not None:
            self._stream.connected()

    def _cut(self, line: _Line, error: ClientError) -> None:
        if self._line is not line:
            return
        self._line = None
        said = str(error)
        self._pending.fail(lambda command: ConnectionCut(said, command), repeated_too=False)
        if self._over is not None:
            return
        if self._stream is not None:
            self._stream.cut()
        if self._reconnect:
            self._reconnecting = self._loop.create_task(self._connect_again())
        else:
            self._end(error)

    async def _connect_again(self) -> None:
        give_up_at = self._loop.time() + self._reconnect_for_s
        wait_s = FIRST_WAIT_S
        while True:
            try:
                await self._open()
            except ClientError as error:
                if self._loop.time() >= give_up_at:
                    self._end(error)
                    return
            else:
                return
            await asyncio.sleep(wait_s * random.uniform(0.5, 1.0))
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    def _end(self, error: ClientError) -> None:
        if self._over is not None:
            return
        self._over = error
        self._line = None
        said = str(error)
        closed = isinstance(error, ClientClosed)
        self._pending.fail(
            lambda command: ClientClosed(said) if closed else ConnectionCut(said, command),
            repeated_too=True,
        )
        if self._stream is not None:
            self._stream.fail(error)


def _resolve(future: "asyncio.Future[Reply]", command: Command, reply: Reply | ClientError) -> None:
    if future.done():
        return
    if isinstance(reply, Error):
        future.set_exception(CommandRefused(command, reply.faults))
    elif isinstance(reply, ClientError):
        future.set_exception(reply)
    else:
        future.set_result(reply)
