"""What a connection is told: greetings, refusals, replies, and when it is not read from."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from fastdial.engine import Outcome
from fastdial.journal import JournalError
from fastdial.kernel.frames import frame
from fastdial.messages.base import Command
from fastdial.messages.codec import encode
from fastdial.messages.commands import CampaignCreate, CampaignList, Hello, Ping, StatsGet
from fastdial.messages.events import AgentNextState
from fastdial.messages.replies import CampaignsReply, Error, LoadReply, Ok, Pong, Welcome
from fastdial.messages.words import AgentState
from protocol.serving import HeldJournal, Raw, campaign, config, held, load, run, serving


@pytest.fixture(params=["asyncio", "uvloop"])
def loop(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


def _fault(reply: dict[str, Any]) -> tuple[str, str, int]:
    fault = reply["faults"][0]
    return fault["code"], fault.get("field", ""), reply.get("id", 0)


def test_hello_comes_first(tmp_path: Path, loop: str) -> None:
    async def scenario() -> None:
        async with serving(config(tmp_path)) as server:
            raw = await Raw.open(server)
            assert _fault(await raw.ask(Ping(id=7))) == ("hello_required", "", 7)
            refused = await raw.ask(Hello(id=8, protocol=99))
            assert _fault(refused) == ("unsupported_protocol", "protocol", 8)
            raw.send(Hello(id=9, protocol=1, client="test"), Ping(id=10))
            welcome = await raw.message()
            assert isinstance(welcome, Welcome)
            assert (welcome.id, welcome.protocol, welcome.site) == (9, 1, "site")
            assert welcome.max_frame_bytes == server.limits.frame_bytes
            pong = await raw.message()
            assert isinstance(pong, Pong)
            assert pong.now >= welcome.now
            await raw.close()

    run(scenario, loop=loop)


@pytest.mark.parametrize(
    ("payload", "code", "field", "number"),
    [
        (b"", "malformed_frame", "", 0),
        (b"\xc1\x00rubbish", "malformed_frame", "", 0),
        (b"{not json", "malformed_frame", "", 0),
        (b"\x93\x01\x02\x03", "malformed_frame", "", 0),
        (b'{"id": 3}', "missing_field", "type", 3),
        (b'{"type": "coffee.brew", "id": 3}', "unknown_type", "type", 3),
        (b'{"type": "agent.ready", "id": 3}', "missing_field", "agent_id", 3),
        (b'{"type": "agent.ready", "id": 3, "agent_id": 5}', "wrong_type", "agent_id", 3),
        (b'{"type": "agent.ready", "id": 3, "agent_id": ""}', "invalid_value", "agent_id", 3),
        (b'{"type": "agent.ready", "id": "x", "agent_id": ""}', "wrong_type", "id", 0),
        (
            b'{"type": "campaign.create", "id": 3, "settings": {"name": "x", "ring_s": 1}}',
            "invalid_value",
            "settings.ring_s",
            3,
        ),
        (
            b'{"type": "campaign.get", "id": 3, "campaign_id": "00009"}',
            "unknown_campaign",
            "campaign_id",
            3,
        ),
    ],
)
def test_bad_input_is_told_what_is_wrong_with_it(
    tmp_path: Path, payload: bytes, code: str, field: str, number: int
) -> None:
    async def scenario() -> None:
        async with serving(config(tmp_path)) as server:
            raw = await Raw.open(server)
            await raw.hello()
            assert _fault(await raw.ask(payload)) == (code, field, number)
            assert (await raw.ask(Ping(id=4)))["id"] == 4
            await raw.close()

    run(scenario)


def test_a_frame_above_the_limit_is_skipped_and_the_connection_lives_on(
    tmp_path: Path, loop: str
) -> None:
    async def scenario() -> None:
        async with serving(config(tmp_path, frame_bytes=2_000)) as server:
            raw = await Raw.open(server)
            await raw.hello()
            raw.send(b"{" + b"x" * 100_000, Ping(id=5))
            assert _fault(await raw.json()) == ("frame_too_large", "", 0)
            assert (await raw.json())["id"] == 5
            await raw.close()

    run(scenario, loop=loop)


def test_a_reply_is_in_the_encoding_of_its_command(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(config(tmp_path)) as server:
            raw = await Raw.open(server)
            raw.send({"type": "hello", "protocol": 1}, Ping(id=2), {"type": "ping", "id": 3})
            assert (await raw.payload())[:1] == b"{"
            assert (await raw.payload())[:1] != b"{"
            assert (await raw.payload())[:1] == b"{"
            raw.send({"type": "subscribe", "id": 4, "after": 0})
            assert (await raw.json())["type"] == "subscribe.subscribed"
            raw.send(CampaignCreate(id=5, settings=campaign()))
            assert (await raw.payload())[:1] != b"{"
            event = await raw.payload()
            assert event.startswith(b'{"type":"campaign.created"')
            await raw.close()

    run(scenario)


def test_one_connection_too_many_is_told_so(tmp_path: Path, loop: str) -> None:
    async def scenario() -> None:
        async with serving(config(tmp_path, connections=2)) as server:
            first, second = await Raw.open(server), await Raw.open(server)
            await first.hello()
            await second.hello()
            third = await Raw.open(server)
            assert _fault(await third.json()) == ("too_many_connections", "", 0)
            third.send(Ping(id=1))
            with pytest.raises(EOFError):
                await third.json()
            await first.close()
            assert (await second.ask(Ping(id=3)))["id"] == 3
            while len(server._sessions) > 1:
                await asyncio.sleep(0)
            fourth = await Raw.open(server)
            assert (await fourth.hello())["type"] == "hello.welcome"
            for raw in (second, third, fourth):
                await raw.close()

    run(scenario, loop=loop)


def test_a_connection_that_never_says_hello_is_closed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(config(tmp_path, hello_s=0.01)) as server:
            raw = await Raw.open(server)
            assert _fault(await raw.json()) == ("hello_required", "", 0)
            with pytest.raises(EOFError):
                await raw.json()
            await raw.close()

    run(scenario)


def test_a_client_that_has_sent_everything_still_gets_its_replies(
    tmp_path: Path, loop: str
) -> None:
    async def scenario() -> None:
        journal = HeldJournal()
        async with serving(config(tmp_path), held(journal)) as server:
            raw = await Raw.open(server)
            await raw.hello()
            journal.let_go.clear()
            raw.send(CampaignCreate(id=5, settings=campaign()))
            raw.writer.write_eof()
            while not server.host.site.last_seq:
                await asyncio.sleep(0)
            journal.let_go.set()
            assert (await raw.json())["id"] == 5
            with pytest.raises(EOFError):
                await raw.json()
            await raw.close()

    run(scenario, loop=loop)


def test_nothing_leaves_before_it_is_on_disk(tmp_path: Path) -> None:
    async def scenario() -> None:
        journal = HeldJournal()
        async with serving(config(tmp_path), held(journal)) as server:
            raw = await Raw.open(server)
            await raw.hello()
            journal.let_go.clear()
            # the list tells of the campaign, so it may not overtake it; the ping tells nothing
            raw.send(CampaignCreate(id=1, settings=campaign()), CampaignList(id=2), Ping(id=3))
            assert (await raw.json())["id"] == 3
            assert journal.last_seq == 0
            journal.let_go.set()
            assert (await raw.json())["id"] == 1
            listed = await raw.message()
            assert isinstance(listed, CampaignsReply)
            assert len(listed.campaigns) == 1
            # nothing is under way: no need to wait
            journal.let_go.clear()
            assert (await raw.ask(StatsGet(id=4)))["id"] == 4
            journal.let_go.set()
            await raw.close()

    run(scenario)


def test_what_is_decided_while_a_batch_is_written_goes_into_one_next_batch(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        journal = HeldJournal()
        async with serving(config(tmp_path), held(journal)) as server:
            raw = await Raw.open(server)
            await raw.hello()
            await raw.ask(CampaignCreate(id=1, settings=campaign()))
            journal.let_go.clear()
            raw.send(load("00001", ["first"], id=2))
            while server.host.site.last_seq < 2:
                await asyncio.sleep(0)
            raw.send(*(load("00001", [f"c{n}"], id=n) for n in range(10, 60)))
            while server.host.site.last_seq < 52:
                await asyncio.sleep(0)
            journal.let_go.set()
            ids = [(await raw.json())["id"] for _ in range(51)]
            assert ids == [2, *range(10, 60)]
            assert journal.batches == [1, 1, 50]
            await raw.close()

    run(scenario)


def test_a_failed_commit_stops_the_server_and_lets_nothing_out(tmp_path: Path) -> None:
    async def scenario() -> None:
        journal = HeldJournal()
        async with serving(config(tmp_path), held(journal)) as server:
            raw = await Raw.open(server)
            await raw.hello()
            journal.error = JournalError("the disk is gone")
            raw.send(CampaignCreate(id=1, settings=campaign()), CampaignList(id=2))
            assert str(await server.failed) == "the disk is gone"
            with pytest.raises((EOFError, ConnectionError)):
                await raw.json()
            await raw.close()

    run(scenario)


def test_a_fault_in_the_site_stops_the_server_and_lets_nothing_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        journal = HeldJournal()
        opened = held(journal)

        class Faulty:
            """A site which fails half way through a command."""

            def __getattr__(self, name: str) -> Any:
                return getattr(opened.site, name)

            def handle(self, *_: Any) -> None:
                raise RuntimeError("a bug")

        faulty = opened._replace(site=Faulty())  # type: ignore[arg-type] # it plays one
        async with serving(config(tmp_path), faulty) as server:
            raw = await Raw.open(server)
            await raw.hello()
            raw.send(CampaignList(id=2))
            assert str(await server.failed) == "a bug"
            with pytest.raises((EOFError, ConnectionError)):
                await raw.json()
            await raw.close()

    run(scenario)
    assert "campaign.list stopped the site" in caplog.text


def test_an_event_that_cannot_be_written_down_stops_the_server(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """To go on would leave a hole in the journal, from which no server could start again."""

    async def scenario() -> None:
        journal = HeldJournal()
        opened = held(journal)

        class Faulty:
            """A site whose event is beyond what MessagePack holds."""

            def __getattr__(self, name: str) -> Any:
                return getattr(opened.site, name)

            def handle(self, command: Command, now: int) -> Outcome:
                return Outcome(
                    Ok(id=command.id),
                    [AgentNextState(seq=1, at=2**64, agent_id="ann", state=AgentState.READY)],
                )

        faulty = opened._replace(site=Faulty())  # type: ignore[arg-type] # it plays one
        async with serving(config(tmp_path), faulty) as server:
            raw = await Raw.open(server)
            await raw.hello()
            raw.send(CampaignList(id=2))
            assert isinstance(await server.failed, OverflowError)
            with pytest.raises((EOFError, ConnectionError)):
                await raw.json()
            await raw.close()
        assert journal.last_seq == 0

    run(scenario)
    assert "campaign.list stopped the site" in caplog.text


def test_a_client_with_too_much_under_way_is_not_read_from(tmp_path: Path, loop: str) -> None:
    async def scenario() -> None:
        journal = HeldJournal()
        async with serving(config(tmp_path, in_flight=8), held(journal)) as server:
            raw = await Raw.open(server)
            await raw.hello()
            await raw.ask(CampaignCreate(id=1, settings=campaign()))
            journal.let_go.clear()
            raw.send(*(load("00001", [f"c{n}"], id=n) for n in range(1, 101)))
            (session,) = server._sessions
            while session._reading:
                await asyncio.sleep(0)
            for _ in range(100):
                await asyncio.sleep(0)
            assert server.host.site.last_seq == 1 + 8
            journal.let_go.set()
            replies = [await raw.message() for _ in range(100)]
            assert all(isinstance(reply, LoadReply) for reply in replies)
            assert [reply.id for reply in replies] == list(range(1, 101))
            await raw.close()

    run(scenario, loop=loop)


def test_a_client_that_reads_nothing_is_not_read_from(tmp_path: Path, loop: str) -> None:
    async def scenario() -> None:
        settings = config(tmp_path, unsent_bytes=1_024)
        async with serving(settings) as server:
            raw = await Raw.open(server)
            await raw.hello()
            raw.writer.transport.pause_reading()  # type: ignore[attr-defined] # a socket's
            (session,) = server._sessions
            sent = 0
            while session._reading:
                raw.send(*(Ping(id=sent + n) for n in range(1, 1_001)))
                sent += 1_000
                await asyncio.sleep(0)
            assert session._transport is not None
            unsent = session._transport.get_write_buffer_size()
            for _ in range(100):
                await asyncio.sleep(0)
            assert session._transport.get_write_buffer_size() <= unsent
            assert unsent < 300_000
            raw.writer.transport.resume_reading()  # type: ignore[attr-defined] # a socket's
            ids = [(await raw.json())["id"] for _ in range(sent)]
            assert ids == list(range(1, sent + 1))
            await raw.close()

    run(scenario, loop=loop)


def test_a_stopping_server_finishes_what_is_under_way(tmp_path: Path, loop: str) -> None:
    async def scenario() -> None:
        journal = HeldJournal()
        async with serving(config(tmp_path), held(journal)) as server:
            raw, late = await Raw.open(server), await Raw.open(server)
            await raw.hello()
            await late.hello()
            journal.let_go.clear()
            raw.send(CampaignCreate(id=1, settings=campaign()))
            while not server.host.site.last_seq:
                await asyncio.sleep(0)
            stopping = asyncio.ensure_future(server.stop())
            await asyncio.sleep(0)
            late.send(CampaignList(id=2))
            refused = await late.message()
            assert isinstance(refused, Error)
            assert refused.fault.code == "server_stopping"
            journal.let_go.set()
            assert (await raw.json())["id"] == 1
            for one in (raw, late):
                with pytest.raises(EOFError):
                    await one.json()
                await one.close()
            await stopping
        snapshot = journal.newest_snapshot()
        assert snapshot is not None
        assert snapshot.seq == journal.last_seq == 1

    run(scenario, loop=loop)


def test_frames_may_come_byte_by_byte(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(config(tmp_path)) as server:
            raw = await Raw.open(server)
            for byte in frame(encode(Hello(id=1, protocol=1))) + frame(encode(Ping(id=2))):
                raw.writer.write(bytes([byte]))
                await raw.writer.drain()
                await asyncio.sleep(0)
            assert [(await raw.json())["id"] for _ in range(2)] == [1, 2]
            await raw.close()

    run(scenario)
