"""Subscribers get history and then what happens, each event once, in order, as they asked."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from fastdial.messages.base import Event
from fastdial.messages.codec import decode_event
from fastdial.messages.commands import (
    AgentLogin,
    CampaignCreate,
    EventFilter,
    Ping,
    Subscribe,
    Unsubscribe,
)
from fastdial.messages.events import AgentLoggedIn, CampaignStateChanged
from fastdial.messages.matching import matches
from fastdial.messages.replies import Error, Pong, Subscribed
from fastdial.messages.words import CampaignState
from fastdial.server import Server
from protocol.serving import HeldJournal, Raw, campaign, config, held, load, run, serving


async def _load(raw: Raw, first: int, count: int, **more: Any) -> None:
    """Loads of one contact each, each one event."""
    numbers = range(first, first + count)
    raw.send(*(load("00001", [f"c{n}"], id=n, **more) for n in numbers))
    for _ in numbers:
        await raw.json()


async def _prepared(server: Server, loads: int) -> Raw:
    raw = await Raw.open(server)
    await raw.hello()
    await raw.ask(CampaignCreate(settings=campaign()))
    await _load(raw, 1, loads)
    return raw


async def _seqs(raw: Raw, upto: int) -> list[int]:
    seqs: list[int] = []
    while not seqs or seqs[-1] < upto:
        message = await raw.message()
        assert isinstance(message, Event)
        seqs.append(message.seq)
    return seqs


def large(size: int) -> dict[str, str]:
    """Variables of so many characters, 250 in each."""
    return {f"v{n}": "x" * 250 for n in range(size // 250)}


@pytest.mark.parametrize("memory", [True, False])
def test_history_and_live_join_without_gap_or_duplicate(tmp_path: Path, memory: bool) -> None:
    async def scenario() -> None:
        async with serving(config(tmp_path, memory=memory)) as server:
            loader = await _prepared(server, 2_500)
            readers = [await Raw.open(server) for _ in range(3)]
            busy = asyncio.ensure_future(_load(loader, 10_000, 1_500))
            for reader in readers:
                await reader.hello()
                assert (await reader.ask(Subscribe(id=2, after=7)))["after"] == 7
            for reader in readers:
                assert await _seqs(reader, 4_001) == list(range(8, 4_002))
            await busy
            for raw in (loader, *readers):
                await raw.close()

    run(scenario)


def test_without_a_sequence_events_come_from_now_on(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(config(tmp_path)) as server:
            loader = await _prepared(server, 5)
            reader = await Raw.open(server)
            await reader.hello()
            reader.send(Subscribe(id=2))
            subscribed = await reader.message()
            assert isinstance(subscribed, Subscribed)
            assert subscribed.after == 6
            await _load(loader, 10, 2)
            assert await _seqs(reader, 8) == [7, 8]
            await loader.close()
            await reader.close()

    run(scenario)


def test_what_is_not_yet_on_disk_is_sent_when_it_is(tmp_path: Path) -> None:
    async def scenario() -> None:
        journal = HeldJournal()
        async with serving(config(tmp_path), held(journal)) as server:
            loader = await _prepared(server, 1)
            reader = await Raw.open(server)
            await reader.hello()
            journal.let_go.clear()
            loader.send(load("00001", ["a"], id=3), load("00001", ["b"], id=4))
            while server.host.site.last_seq < 4:
                await asyncio.sleep(0)
            # decided, not committed: a subscription after event 3 has that one left out
            assert (await reader.ask(Subscribe(id=2, after=3)))["after"] == 3
            assert isinstance(await _pong(reader), Pong)
            journal.let_go.set()
            assert await _seqs(reader, 4) == [4]
            await loader.close()
            await reader.close()

    run(scenario)


def test_what_is_on_disk_waits_for_its_turn_to_go_out(tmp_path: Path) -> None:
    async def scenario() -> None:
        journal = HeldJournal()
        async with serving(config(tmp_path), held(journal)) as server:
            loader = await _prepared(server, 1)
            reader = await Raw.open(server)
            await reader.hello()
            journal.let_tell.clear()
            loader.send(load("00001", ["a"], id=3))
            while journal.last_seq < 3:
                await asyncio.sleep(0)
            # the journal has event 3, and its command has no reply yet
            assert (await reader.ask(Subscribe(id=2, after=0)))["after"] == 0
            assert await _seqs(reader, 2) == [1, 2]
            assert isinstance(await _pong(reader), Pong)
            journal.let_tell.set()
            assert await _seqs(reader, 3) == [3]
            await loader.close()
            await reader.close()

    run(scenario)


async def _pong(raw: Raw) -> Any:
    raw.send(Ping(id=9))
    return await raw.message()


FILTERS = [
    EventFilter(types=("contacts.loaded",)),
    EventFilter(types=("agent.", "campaign.created")),
    EventFilter(campaign_ids=("00002",)),
    EventFilter(agent_ids=("ann",)),
    EventFilter(types=("agent.",), agent_ids=("bob", "eve")),
    EventFilter(campaign_ids=("00001",), agent_ids=("ann",)),
]


@pytest.mark.parametrize("wanted", FILTERS)
@pytest.mark.parametrize("live", [False, True])
def test_a_filter_lets_through_what_it_names(
    tmp_path: Path, wanted: EventFilter, live: bool
) -> None:
    async def happen(raw: Raw) -> None:
        for command in (
            CampaignCreate(settings=campaign()),
            AgentLogin(agent_id="ann"),
            CampaignCreate(settings=campaign()),
            AgentLogin(agent_id="bob"),
            load("00001", ["a"]),
            load("00002", ["b"]),
        ):
            await raw.ask(command)

    async def scenario() -> None:
        async with serving(config(tmp_path)) as server:
            raw, reader = await Raw.open(server), await Raw.open(server)
            await raw.hello()
            await reader.hello()
            if not live:
                await happen(raw)
            await reader.ask(Subscribe(id=2, after=0, filter=wanted))
            if live:
                await happen(raw)
            events = [decode_event(record.payload) for record in server._journal.read(0)]
            expected = [event for event in events if matches(wanted, event)]
            got = [await reader.message() for _ in expected]
            assert got == expected
            assert isinstance(await _pong(reader), Pong)
            await raw.close()
            await reader.close()

    run(scenario)


def test_each_filter_of_this_file_lets_something_and_not_everything_through() -> None:
    """An event matches an agent by agent_id or by one of agent_ids."""
    ann = EventFilter(agent_ids=("ann",))
    running = CampaignState.RUNNING
    assert matches(ann, AgentLoggedIn(agent_id="ann"))
    assert not matches(ann, AgentLoggedIn(agent_id="anna"))
    told = CampaignStateChanged(
        campaign_id="00001", state=running, reason="started", agent_ids=("bob", "ann")
    )
    assert matches(ann, told)
    assert not matches(EventFilter(types=("campaign",)), told)
    assert matches(EventFilter(types=("campaign.",)), told)
    assert not matches(EventFilter(campaign_ids=("00002",), agent_ids=("ann",)), told)


def test_a_connection_has_one_subscription(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(config(tmp_path)) as server:
            loader = await _prepared(server, 0)
            reader = await Raw.open(server)
            await reader.hello()
            refused = await reader.ask(Unsubscribe(id=2))
            assert refused["faults"][0]["code"] == "not_subscribed"
            refused = await reader.ask(Subscribe(id=2, after=99))
            assert refused["faults"][0]["code"] == "invalid_value"
            assert refused["faults"][0]["field"] == "after"
            assert (await reader.ask(Subscribe(id=3)))["type"] == "subscribe.subscribed"
            refused = await reader.ask(Subscribe(id=4))
            assert refused["faults"][0]["code"] == "already_subscribed"
            assert (await reader.ask(Unsubscribe(id=5)))["type"] == "ok"
            await _load(loader, 10, 3)
            assert (await reader.ask(Subscribe(id=6, after=2)))["type"] == "subscribe.subscribed"
            assert await _seqs(reader, 4) == [3, 4]
            await loader.close()
            await reader.close()

    run(scenario)


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_a_subscriber_that_cannot_keep_up_is_told_and_can_resume(tmp_path: Path, loop: str) -> None:
    async def scenario() -> None:
        settings = config(tmp_path, subscriber_bytes=50_000, unsent_bytes=10_000)
        async with serving(settings) as server:
            loader = await _prepared(server, 0)
            reader = await Raw.open(server)
            await reader.hello()
            await reader.ask(Subscribe(id=2))
            reader.writer.transport.pause_reading()  # type: ignore[attr-defined] # a socket's
            (slow,) = (one for one in server._sessions if one._subscription is not None)
            count = 0
            while slow._subscription is not None:
                rows = [
                    {
                        "contact_key": f"c{count}",
                        "numbers": ["+48121234567"],
                        "variables": large(5_000),
                    }
                ]
                command = load("00001", [])
                command.contacts = rows
                await loader.ask(command)
                count += 1
                assert count < 1_000
                assert slow._transport is not None
                assert slow._transport.get_write_buffer_size() < 100_000
            reader.writer.transport.resume_reading()  # type: ignore[attr-defined] # a socket's
            seqs = []
            while isinstance(message := await reader.message(), Event):
                seqs.append(message.seq)
            assert isinstance(message, Error)
            assert (message.id, message.fault.code) == (2, "subscriber_too_slow")
            assert f"after = {seqs[-1]}" in message.fault.message
            assert seqs == list(range(2, seqs[-1] + 1))
            assert seqs[-1] < count + 1
            await reader.ask(Subscribe(id=3, after=seqs[-1]))
            assert await _seqs(reader, count + 1) == list(range(seqs[-1] + 1, count + 2))
            await loader.close()
            await reader.close()

    run(scenario, loop=loop)


def test_a_slow_reader_of_history_takes_no_memory(tmp_path: Path) -> None:
    async def scenario() -> None:
        settings = config(tmp_path, memory=False, unsent_bytes=10_000)
        async with serving(settings) as server:
            loader = await _prepared(server, 1)
            for n in range(100):
                rows = [
                    {
                        "contact_key": f"v{n}-{part}",
                        "numbers": ["+48121234567"],
                        "variables": large(25_000),
                    }
                    for part in range(4)
                ]
                command = load("00001", [])
                command.contacts = rows
                await loader.ask(command)
            reader = await Raw.open(server)
            await reader.hello()
            reader.send(Subscribe(id=2, after=0))
            await reader.json()
            reader.writer.transport.pause_reading()  # type: ignore[attr-defined] # a socket's
            (slow,) = (one for one in server._sessions if one._subscription is not None)
            while slow._writable.is_set():
                await asyncio.sleep(0)
            await _load(loader, 500, 50)
            for _ in range(12):  # as many chunks as there are, if they were read
                history = server.host.feed._thread
                await asyncio.get_running_loop().run_in_executor(history, lambda: None)
            assert slow._transport is not None
            assert slow._transport.get_write_buffer_size() < 2_500_000
            reader.writer.transport.resume_reading()  # type: ignore[attr-defined] # a socket's
            assert await _seqs(reader, 152) == list(range(1, 153))
            await loader.close()
            await reader.close()

    run(scenario)
