"""`run_actor`: an actor over a client, in the site's time."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from fastdial.client import CommandRefused, ConnectionCut
from fastdial.client.actor import MAX_IN_FLIGHT, run_actor
from fastdial.messages.base import Command, Event, Reply
from fastdial.messages.commands import AgentReady, EventFilter
from fastdial.messages.errors import ErrorCode, Fault
from fastdial.messages.events import CallRinging
from fastdial.messages.replies import Error, Ok


class Feed:
    def __init__(self) -> None:
        self.begun = False
        self.closed = False
        self.queue: asyncio.Queue[list[Event]] = asyncio.Queue()

    async def begin(self) -> None:
        await asyncio.sleep(0)
        self.begun = True

    async def take(self) -> list[Event]:
        return await self.queue.get()

    async def aclose(self) -> None:
        self.closed = True


class Line:
    """A client whose clock is turned by hand and whose replies are given by hand."""

    speed = 1_000_000.0

    def __init__(self) -> None:
        self.time = 1_000
        self.feed = Feed()
        self.sent: list[tuple[Command, asyncio.Future[Reply]]] = []
        self.asked: tuple[int | None, EventFilter | None] | None = None

    def now(self) -> int:
        return self.time

    def submit(
        self, command: Command, *, timeout_s: float | None = None
    ) -> "asyncio.Future[Reply]":
        assert self.feed.begun, "acted before it could see what comes of it"
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self.sent.append((command, future))
        return future

    def events(self, after: int | None = None, filter: EventFilter | None = None) -> Feed:  # noqa: A002 - the protocol's word
        self.asked = (after, filter)
        return self.feed


class Counting:
    """Sends ``burst`` commands at its instant, and one for each reply until it has heard three."""

    filter = EventFilter(types=("call.",))

    def __init__(self, due: int | None, burst: int = 1) -> None:
        self.due = due
        self.burst = burst
        self.seen: list[int] = []
        self.heard: list[Reply] = []

    def see(self, event: Event, now: int) -> list[Command]:
        self.seen.append(event.seq)
        return [ready("saw")]

    def hear(self, command: Command, reply: Reply, now: int) -> list[Command]:
        self.heard.append(reply)
        return [ready("heard")] if len(self.heard) < 3 else []

    def next_due(self) -> int | None:
        return self.due

    def act(self, now: int) -> list[Command]:
        self.due = None
        return [ready(str(n)) for n in range(self.burst)]


def ready(agent_id: str) -> AgentReady:
    return AgentReady(agent_id=agent_id)


def rang(seq: int) -> CallRinging:
    return CallRinging(call_id=1, campaign_id="10000", seq=seq)


def sent(line: Line) -> list[str]:
    return [getattr(command, "agent_id", "") for command, _ in line.sent]


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def with_actor(
    actor: Counting, story: Callable[[Line, "asyncio.Task[None]"], Awaitable[None]]
) -> None:
    async def play() -> None:
        line = Line()
        task = asyncio.create_task(run_actor(line, actor, after=4))
        await settle()
        try:
            await story(line, task)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        assert line.feed.closed

    asyncio.run(play())


def test_it_subscribes_with_its_filter_and_then_acts() -> None:
    async def story(line: Line, task: "asyncio.Task[None]") -> None:
        assert line.asked == (4, Counting.filter)
        assert sent(line) == ["0", "1"]

    with_actor(Counting(due=1_000, burst=2), story)


def test_it_waits_for_its_instant_in_the_sites_time() -> None:
    actor = Counting(due=5_000)

    async def story(line: Line, task: "asyncio.Task[None]") -> None:
        assert sent(line) == []
        line.time = 4_999
        await asyncio.sleep(0.01)
        assert sent(line) == []
        line.time = 5_000
        async with asyncio.timeout(5):
            while not line.sent:
                await asyncio.sleep(0)
        assert sent(line) == ["0"]

    with_actor(actor, story)


def test_it_sees_events_and_hears_replies_refusals_too() -> None:
    actor = Counting(due=None)

    async def story(line: Line, task: "asyncio.Task[None]") -> None:
        line.feed.queue.put_nowait([rang(5), rang(6)])
        await settle()
        assert actor.seen == [5, 6]
        assert sent(line) == ["saw", "saw"]
        (first, future), (_, other) = line.sent
        fault = Fault(ErrorCode.AGENT_STATE, "no")
        future.set_exception(CommandRefused(first, (fault,)))
        other.set_result(Ok())
        await settle()
        assert actor.heard == [Error(faults=(fault,)), Ok()]
        assert sent(line)[2:] == ["heard", "heard"]

    with_actor(actor, story)


def test_its_commands_go_out_in_order_and_not_too_many_at_once() -> None:
    actor = Counting(due=1_000, burst=MAX_IN_FLIGHT + 5)
    actor.heard = [Ok(), Ok(), Ok()]

    async def story(line: Line, task: "asyncio.Task[None]") -> None:
        assert len(line.sent) == MAX_IN_FLIGHT
        for place in (7, 3):
            line.sent[place][1].set_result(Ok())
        await settle()
        assert sent(line) == [str(n) for n in range(MAX_IN_FLIGHT + 2)]

    with_actor(actor, story)


def test_it_ends_with_the_stream() -> None:
    async def story(line: Line, task: "asyncio.Task[None]") -> None:
        line.feed.queue.put_nowait([])
        await asyncio.wait_for(task, 5)

    with_actor(Counting(due=None), story)


def test_a_connection_that_is_lost_for_good_is_raised() -> None:
    async def story(line: Line, task: "asyncio.Task[None]") -> None:
        line.sent[0][1].set_exception(ConnectionCut("gone"))
        with pytest.raises(ConnectionCut, match="gone"):
            await asyncio.wait_for(task, 5)

    with_actor(Counting(due=1_000), story)
