"""Events as an asynchronous iterator that survives cuts, and whose memory has a bound."""

import asyncio
from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import Protocol

from fastdial.client.errors import ClientError, CommandRefused
from fastdial.messages.base import Command, Event, Reply
from fastdial.messages.commands import EventFilter, Subscribe, Unsubscribe
from fastdial.messages.errors import ErrorCode
from fastdial.messages.replies import Error, Subscribed

QUEUED_EVENTS = 10_000


class Carrier(Protocol):
    """What a stream needs of its client."""

    @property
    def connected(self) -> bool:
        """Whether there is a connection to send on."""

    def carry(self, command: Command, settle: Callable[[Reply | ClientError], None]) -> Command:
        """Send a command of the session; returns it as it was sent."""

    def leave(self, stream: "EventStream") -> None:
        """The stream is over."""


class _State(Enum):
    IDLE = "idle"
    """no subscription, and none asked for: not begun, behind, or cut off"""
    ASKED = "asked"
    LIVE = "live"


class EventStream:
    """A site's events after a sequence, each once and in order.

    Iterate over it, or `take` all that have come. It holds at most 10,000 events: a reader that
    falls further behind is unsubscribed, and subscribed again from where it stands once it has
    caught up. ``async with`` (or `begin`) subscribes at once; otherwise the first read does.
    """

    def __init__(self, carrier: Carrier, after: int | None, wanted: EventFilter) -> None:
        self._carrier = carrier
        self._filter = wanted
        self._queue: deque[Event] = deque()
        self._state = _State.IDLE
        self._subscription = 0
        self._error: ClientError | None = None
        self._closed = False
        self._changed = asyncio.Event()
        self.position = after
        """sequence of the newest event received; none before the subscription has begun"""

    async def begin(self) -> None:
        """Subscribe, and wait until the server has said yes."""
        self._subscribe()
        while self._state is not _State.LIVE and self._error is None and not self._closed:
            await self._change()
        if self._error is not None:
            raise self._error

    async def take(self) -> list[Event]:
        """All events that have come, at least one; empty when the stream was closed."""
        while not self._queue:
            if self._error is not None:
                raise self._error
            if self._closed:
                return []
            self._subscribe()
            await self._change()
        events = list(self._queue)
        self._queue.clear()
        return events

    async def aclose(self) -> None:
        """No more events. May be called twice."""
        self._close()

    async def __aenter__(self) -> "EventStream":
        await self.begin()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._close()

    def __aiter__(self) -> "EventStream":
        return self

    async def __anext__(self) -> Event:
        while not self._queue:
            if self._error is not None:
                raise self._error
            if self._closed:
                raise StopAsyncIteration
            self._subscribe()
            await self._change()
        return self._queue.popleft()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    # --- called by the client

    def received(self, event: Event) -> None:
        """An event came."""
        if self._state is not _State.LIVE or (self.position or 0) >= event.seq:
            return
        if len(self._queue) >= QUEUED_EVENTS:
            self._state = _State.IDLE
            self._carrier.carry(Unsubscribe(), lambda _: None)
            return
        self._queue.append(event)
        self.position = event.seq
        self._changed.set()

    def told(self, reply: Reply) -> bool:
        """Whether this reply, to nothing that waits, was the end of the subscription."""
        if self._state is not _State.LIVE or reply.id != self._subscription:
            return False
        self._state = _State.IDLE
        self._changed.set()
        return True

    def cut(self) -> None:
        """The connection is lost."""
        self._state = _State.IDLE

    def connected(self) -> None:
        """There is a connection again; one who still has events to read asks later."""
        self._changed.set()
        if not self._queue:
            self._subscribe()

    def fail(self, error: ClientError) -> None:
        """There will be no more events."""
        self._error = self._error or error
        self._changed.set()

    # ---

    def _subscribe(self) -> None:
        if self._state is not _State.IDLE or not self._carrier.connected or self._closed:
            return
        self._state = _State.ASKED
        command = Subscribe(after=self.position, filter=self._filter)
        self._subscription = self._carrier.carry(command, self._answered).id

    def _answered(self, reply: Reply | ClientError) -> None:
        if isinstance(reply, Subscribed):
            self._state = _State.LIVE
            self.position = reply.after if self.position is None else self.position
        elif isinstance(reply, Error) and reply.fault.code is not ErrorCode.SERVER_STOPPING:
            self.fail(CommandRefused(Subscribe(), reply.faults))
        else:
            self._state = _State.IDLE
            # a cut: the client says when there is a connection again, or that there will be none
            return
        self._changed.set()

    def _close(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._state is not _State.IDLE and self._carrier.connected:
            self._carrier.carry(Unsubscribe(), lambda _: None)
        self._state = _State.IDLE
        self._carrier.leave(self)
        self._changed.set()
