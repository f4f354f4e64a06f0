"""A server killed under load: what it acknowledged is there, nothing is done twice, no gap."""

import asyncio
import contextlib
import itertools
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fastdial.client import AsyncClient, CommandRefused
from fastdial.engine import Site
from fastdial.journal import SqliteJournal, recover
from fastdial.journal.recovery import replay
from fastdial.messages.base import Event
from fastdial.messages.codec import decode_event
from fastdial.messages.commands import (
    AgentLogin,
    AgentReady,
    CallReport,
    CallWrapUp,
    CampaignCreate,
    CampaignStart,
    ContactsLoad,
    EventFilter,
)
from fastdial.messages.events import (
    BridgeRequested,
    CallBridged,
    CallEnded,
    CallWrappedUp,
    ContactsLoaded,
    DialRequested,
    HangUpRequested,
)
from fastdial.messages.replies import LoadReply
from fastdial.messages.settings import CampaignSettings
from fastdial.messages.windows import ALWAYS_OPEN
from fastdial.messages.words import AttemptOutcome, Party, Saw
from protocol.serving_process import ServerProcess

AGENTS = ("ann", "bob", "eve")


async def _load(client: AsyncClient, name: str, acknowledged: list[str]) -> None:
    """Contact after contact; whatever is acknowledged is written down."""
    for place in itertools.count():
        key = f"{name}-{place}"
        number = f"+4812{random.Random(key).randint(10**6, 9 * 10**6)}"
        rows = [{"contact_key": key, "numbers": [number]}]
        reply = await client.request(ContactsLoad(campaign_id="00001", contacts=rows))
        assert isinstance(reply, LoadReply)
        assert (reply.added, reply.updated) == (1, 0), "done once"
        acknowledged.append(key)


async def _carry_out(client: AsyncClient, wrapped_up: list[int]) -> None:
    """The network and the agents: answer every request; agents say what each call was about."""
    calls = EventFilter(types=("call.",))
    async for event in client.events(after=0, filter=calls):
        for command in _reports(event):
            with contextlib.suppress(CommandRefused):
                await client.request(command)
                if isinstance(command, CallWrapUp):
                    wrapped_up.append(command.call_id)


def _reports(event: Event) -> list[CallReport | CallWrapUp]:
    match event:
        case DialRequested(call_id=call_id):
            return [CallReport(call_id=call_id, saw=saw) for saw in (Saw.RINGING, Saw.ANSWERED)]
        case BridgeRequested(call_id=call_id):
            return [CallReport(call_id=call_id, saw=Saw.BRIDGED)]
        case CallBridged(call_id=call_id):
            return [CallReport(call_id=call_id, saw=Saw.HUNG_UP, party=Party.CUSTOMER)]
        case HangUpRequested(call_id=call_id):
            return [CallReport(call_id=call_id, saw=Saw.HUNG_UP, party=Party.NETWORK)]
        case CallEnded(call_id=call_id, agent_id=str() as agent_id) if event.fate is None:
            return [CallWrapUp(call_id=call_id, agent_id=agent_id, code="sale")]
    return []


async def _watch(client: AsyncClient, seen: list[Event]) -> None:
    async with client.events(after=0) as stream:
        while events := await stream.take():
            seen.extend(events)


@contextlib.asynccontextmanager
async def _clients(address: str, count: int) -> AsyncIterator[list[AsyncClient]]:
    clients = [await AsyncClient.connect(address, reconnect=True) for _ in range(count)]
    try:
        yield clients
    finally:
        for client in clients:
            await client.close()


@pytest.mark.parametrize("seed", range(2))
def test_a_server_killed_under_load_loses_nothing_it_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr("fastdial.client.aio.FIRST_WAIT_S", 0.01)
    monkeypatch.setattr("fastdial.client.aio.LONGEST_WAIT_S", 0.02)
    rng = random.Random(seed)
    acknowledged: list[str] = []
    wrapped_up: list[int] = []
    seen: list[Event] = []

    async def scenario() -> None:
        server = ServerProcess(tmp_path, snapshot_every_events=rng.choice([50, 100_000]))
        await server.start()
        async with _clients(server.address, 5) as (boss, one, two, network, watcher):
            settings = CampaignSettings(name="crash", ends_when_dry=False, windows=ALWAYS_OPEN)
            await boss.request(CampaignCreate(settings=settings))
            for agent_id in AGENTS:
                await boss.request(AgentLogin(agent_id=agent_id))
                await boss.request(AgentReady(agent_id=agent_id))
            await boss.request(CampaignStart(campaign_id="00001"))
            work = [
                asyncio.ensure_future(_load(one, "one", acknowledged)),
                asyncio.ensure_future(_load(two, "two", acknowledged)),
                asyncio.ensure_future(_carry_out(network, wrapped_up)),
                asyncio.ensure_future(_watch(watcher, seen)),
            ]
            for _ in range(3):
                enough = len(acknowledged) + rng.randint(20, 60)
                calls = len(wrapped_up) + 5
                while len(acknowledged) < enough or len(wrapped_up) < calls:
                    assert not any(one.done() for one in work)
                    await asyncio.sleep(0.001)
                await server.stop(signal.SIGKILL)
                await server.start()
            for task in work[:3]:
                task.cancel()
            await asyncio.wait(work[:3])
            async with _clients(server.address, 1) as (fresh,):
                assert fresh.welcome is not None
                last_seq = fresh.welcome.last_seq
            while not seen or seen[-1].seq < last_seq:
                assert not work[3].done()
                await asyncio.sleep(0.001)
            work[3].cancel()
            await asyncio.wait(work)
        assert await server.stop(signal.SIGTERM) == 0

    asyncio.run(scenario())
    _audit(tmp_path / "site.journal", acknowledged, wrapped_up, seen)


def _audit(path: Path, acknowledged: list[str], wrapped_up: list[int], seen: list[Event]) -> None:
    journal = SqliteJournal(path)
    events = [
        decode_event(one.payload) for one in journal.read(0, max_records=10**6, max_bytes=10**9)
    ]
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert seen == events[: len(seen)], "the watcher saw every event once and in order"

    loaded = Counter(
        key for event in events if isinstance(event, ContactsLoaded) for key in event.contact_keys
    )
    assert set(acknowledged) <= set(loaded)
    assert set(loaded.values()) == {1}

    dialed = [event.call_id for event in events if isinstance(event, DialRequested)]
    assert len(dialed) == len(set(dialed))
    contacts = Counter(e.contact_key for e in events if isinstance(e, DialRequested))
    assert max(contacts.values()) == 1, "nobody who was reached is dialed again"
    ended = [event.call_id for event in events if isinstance(event, CallEnded)]
    assert len(ended) == len(set(ended))
    done = Counter(event.call_id for event in events if isinstance(event, CallWrappedUp))
    assert set(wrapped_up) <= set(done)
    assert set(done.values()) == {1}
    outcomes = {event.outcome for event in events if isinstance(event, CallEnded)}
    assert AttemptOutcome.ANSWERED in outcomes

    recovered = recover(journal, fresh=Site, restore=Site.restore)
    whole = Site()
    replay(journal, whole)
    assert recovered.state_hash() == whole.state_hash()
    journal.close()
