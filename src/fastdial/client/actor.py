"""Actors: whoever stands around a site, written without sockets and clocks.

The same actor runs over a socket (`run_actor`) and in virtual time
(`fastdial.simulation.world.World`).
"""

import asyncio
from collections import deque
from typing import Protocol

from fastdial.client.errors import ClientError, CommandRefused
from fastdial.messages.base import Command, Event, Reply
from fastdial.messages.commands import EventFilter
from fastdial.messages.replies import Error

MAX_IN_FLIGHT = 128
"""commands of one actor that wait for their replies at once"""
PATIENCE_S = 600.0
"""how long a reply is waited for; a client that cannot reconnect gives up before"""
LOOK_AGAIN_S = 0.5
"""the longest sleep before the site's time is looked at again: it may have been set anew"""


class Actor(Protocol):
    """A party that sees events of a site and sends it commands.

    Instants are the site's, in milliseconds. They may stand still, and after the site was
    restarted they may jump; ``now`` of one call can be smaller than that of the one before.
    """

    @property
    def filter(self) -> EventFilter:
        """The events that it wants to see."""

    def see(self, event: Event, now: int) -> list[Command]:
        """An event of the site, in order of sequence; each once."""

    def hear(self, command: Command, reply: Reply, now: int) -> list[Command]:
        """The reply to one of its commands. Events of the command may come before or after it."""

    def next_due(self) -> int | None:
        """When its own time comes next."""

    def act(self, now: int) -> list[Command]:
        """Its own time has come."""


class EventLine(Protocol):
    """What `run_actor` uses of a client's stream of events."""

    async def begin(self) -> None:
        """Subscribe, and wait until that is so."""

    async def take(self) -> list[Event]:
        """All events that have come, at least one; empty when the stream is over."""

    async def aclose(self) -> None:
        """No more events."""


class SiteLine(Protocol):
    """What `run_actor` uses of a client; `fastdial.client.AsyncClient` has it."""

    @property
    def speed(self) -> float:
        """How many times faster than a wall clock the site's time runs."""

    def now(self) -> int:
        """The site's time, ms."""

    def submit(
        self, command: Command, *, timeout_s: float | None = None
    ) -> "asyncio.Future[Reply]":
        """Send a command now; its reply, or `CommandRefused` for an `Error`, as a future."""

    def events(
        self,
        after: int | None = None,
        filter: EventFilter | None = None,  # noqa: A002 - the protocol's word
    ) -> EventLine:
        """A stream of events that goes on by itself after a cut."""


async def run_actor(client: SiteLine, actor: Actor, *, after: int | None = None) -> None:
    """Let ``actor`` see the site's events and send its commands, in the site's time.

    ``after``: the sequence from which on it sees events, 0 = from the beginning, none = from now
    on. Commands are pipelined and reach the site in the order in which the actor gave them. It
    acts only once it is subscribed, so it sees what its commands lead to. Ends when the stream of
    events does, as when the client is closed; raises `ClientError` when the connection is lost
    for good.
    """
    stream = client.events(after=after, filter=actor.filter)
    try:
        await stream.begin()
        await _Shell(client, actor, stream).run()
    finally:
        await stream.aclose()


class _Shell:
    def __init__(self, client: SiteLine, actor: Actor, stream: EventLine) -> None:
        self._client = client
        self._actor = actor
        self._stream = stream
        self._outbox: deque[Command] = deque()
        self._in_flight: dict[asyncio.Future[Reply], Command] = {}
        self._stirred = asyncio.Event()
        self._failure: BaseException | None = None

    async def run(self) -> None:
        tasks = (
            asyncio.create_task(self._listen(), name="what the actor sees"),
            asyncio.create_task(self._keep_time(), name="when the actor acts"),
        )
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for future in list(self._in_flight):
                future.cancel()

    async def _listen(self) -> None:
        while events := await self._stream.take():
            now = self._client.now()
            for event in events:
                self._outbox.extend(self._actor.see(event, now))
            self._send()

    async def _keep_time(self) -> None:
        while self._failure is None:
            now = self._client.now()
            due = self._actor.next_due()
            if due is not None and due <= now:
                self._outbox.extend(self._actor.act(now))
                self._send()
                await asyncio.sleep(0)
                continue
            sleep_s = LOOK_AGAIN_S
            if due is not None:
                sleep_s = min(sleep_s, (due - now) / 1_000 / self._client.speed)
            self._stirred.clear()
            try:
                async with asyncio.timeout(sleep_s):
                    await self._stirred.wait()
            except TimeoutError:
                pass
        raise self._failure

    def _send(self) -> None:
        """Send what may be sent, and have another look at when the actor is due."""
        self._stirred.set()
        while self._outbox and len(self._in_flight) < MAX_IN_FLIGHT and self._failure is None:
            command = self._outbox.popleft()
            try:
                future = self._client.submit(command, timeout_s=PATIENCE_S)
            except ClientError as error:
                self._failure = error
                return
            self._in_flight[future] = command
            future.add_done_callback(self._heard)

    def _heard(self, future: "asyncio.Future[Reply]") -> None:
        command = self._in_flight.pop(future)
        if future.cancelled():
            return
        error = future.exception()
        if error is None:
            reply = future.result()
        elif isinstance(error, CommandRefused):
            reply = Error(faults=error.faults)
        else:
            self._failure = self._failure or error
            self._stirred.set()
            return
        self._outbox.extend(self._actor.hear(command, reply, self._client.now()))
        self._send()
