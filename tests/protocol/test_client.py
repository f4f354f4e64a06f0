"""The clients: requests, events, and that a cut loses nothing and does nothing twice."""

import asyncio
import random
import socket
from collections import Counter
from pathlib import Path

import pytest

from fastdial.client import (
    AsyncClient,
    BadAddress,
    CannotConnect,
    Client,
    ClientClosed,
    ClientError,
    CommandRefused,
    ConnectionCut,
    RequestTimedOut,
    parse_address,
)
from fastdial.client.sitetime import SiteTime
from fastdial.messages.base import Event
from fastdial.messages.codec import decode_event
from fastdial.messages.commands import (
    CampaignCreate,
    CampaignGet,
    EventFilter,
    Ping,
    Subscribe,
)
from fastdial.messages.events import CampaignCreated, ContactsLoaded
from fastdial.messages.replies import CampaignReply, LoadReply, Pong
from fastdial.server import Server
from protocol.cutting import cutting
from protocol.serving import HeldJournal, campaign, config, held, load, run, serving


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("unix:/run/x.sock", "unix:/run/x.sock"),
        ("tcp:127.0.0.1:76", "tcp:127.0.0.1:76"),
        ("tcp:[::1]:7600", "tcp:[::1]:7600"),
    ],
)
def test_an_address_names_a_socket(text: str, said: str) -> None:
    assert str(parse_address(text)) == said


@pytest.mark.parametrize(
    "text", ["", "unix:", "tcp:host", "tcp::7", "tcp:host:70000", "http://x", "/run/x", "tcp:h:²"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(BadAddress, match="is not an address"):
        parse_address(text)


def test_the_sites_time_goes_on_between_tellings_and_never_back() -> None:
    seconds = 100.0
    time = SiteTime(lambda: seconds)
    seconds = 101.0
    time.tell(5_000, asked_at=100.0, speed=10.0)
    assert time.now() == 5_000 + 5_000
    seconds = 102.0
    assert time.now() == 5_000 + 15_000
    time.tell(5_000, asked_at=102.0)
    assert time.now() == 20_000
    seconds = 104.0
    assert time.now() == 25_000


def test_requests_are_answered_or_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(config(tmp_path)) as server:
            async with await AsyncClient.connect(server.addresses[0], name="test") as client:
                assert isinstance(await client.request(Ping()), Pong)
                with pytest.raises(CommandRefused, match="unknown_campaign") as refused:
                    await client.request(CampaignGet(campaign_id="00001"))
                assert refused.value.fault.field == "campaign_id"
                command = CampaignCreate(settings=campaign())
                reply = await client.request(command)
                assert isinstance(reply, CampaignReply)
                assert command.id == 0, "the caller's command is not touched"
                with pytest.raises(ValueError, match=r"use connect\(\) and events\(\)"):
                    await client.request(Subscribe())
                replies = await asyncio.gather(
                    *(client.request(load("00001", [f"c{n}"])) for n in range(500))
                )
                assert all(isinstance(one, LoadReply) and one.added == 1 for one in replies)
            with pytest.raises(ClientClosed):
                await client.request(Ping())

    run(scenario)


def test_a_reply_that_does_not_come_in_time(tmp_path: Path) -> None:
    async def scenario() -> None:
        journal = HeldJournal()
        async with serving(config(tmp_path), held(journal)) as server:
            async with await AsyncClient.connect(server.addresses[0], reconnect=True) as client:
                journal.let_go.clear()
                with pytest.raises(RequestTimedOut, match="whether it was done") as late:
                    await client.request(CampaignCreate(settings=campaign()), timeout_s=0.01)
                journal.let_go.set()
                # the same command, under the key that the client gave it, is done once
                reply = await client.request(late.value.command)
                assert isinstance(reply, CampaignReply)
                assert reply.campaign.campaign_id == "00001"
                assert journal.last_seq == 2

    run(scenario)


def test_nobody_there(tmp_path: Path) -> None:
    async def scenario() -> None:
        with pytest.raises(CannotConnect, match="is the server running"):
            await AsyncClient.connect(f"unix:{tmp_path}/none.sock")

    run(scenario)
    with pytest.raises(CannotConnect, match="nobody answers"):
        Client(f"unix:{tmp_path}/none.sock")


def test_no_room_is_said_at_connecting(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(config(tmp_path, connections=1)) as server:
            async with await AsyncClient.connect(server.addresses[0]):
                with pytest.raises(CannotConnect, match="connections are taken"):
                    await AsyncClient.connect(server.addresses[0])

    run(scenario)


def test_without_reconnect_a_cut_is_told_to_all_who_wait(tmp_path: Path) -> None:
    async def scenario() -> None:
        journal = HeldJournal()
        async with serving(config(tmp_path), held(journal)) as server:
            client = await AsyncClient.connect(server.addresses[0])
            stream = client.events()
            await stream.begin()
            journal.let_go.clear()
            waiting = client.submit(CampaignCreate(settings=campaign()))
            while not server.host.site.last_seq:
                await asyncio.sleep(0)
            for session in list(server._sessions):
                session.give_up("a cut")
            with pytest.raises(ConnectionCut):
                await waiting
            with pytest.raises(ConnectionCut):
                await stream.__anext__()
            with pytest.raises(ConnectionCut):
                await client.request(Ping())
            journal.let_go.set()
            await client.close()

    run(scenario)


def test_events_come_as_they_are_asked_for(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(config(tmp_path)) as server:
            async with await AsyncClient.connect(server.addresses[0]) as client:
                await client.request(CampaignCreate(settings=campaign()))
                await client.request(load("00001", ["a"]))
                async with client.events(after=0) as stream:
                    with pytest.raises(ClientError, match="one subscription"):
                        client.events()
                    await client.request(load("00001", ["b"]))
                    seqs = [(await stream.__anext__()).seq for _ in range(3)]
                    assert seqs == [1, 2, 3]
                created = EventFilter(types=("campaign.created",))
                async for event in client.events(after=0, filter=created):
                    assert isinstance(event, CampaignCreated)
                    break

    run(scenario)


def test_a_refused_subscription_is_told_to_the_reader(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(config(tmp_path)) as server:
            async with await AsyncClient.connect(server.addresses[0]) as client:
                with pytest.raises(CommandRefused, match="there is no event 5 yet"):
                    await client.events(after=5).begin()

    run(scenario)


def test_a_reader_that_falls_behind_gets_everything_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fastdial.client.stream.QUEUED_EVENTS", 10)

    async def scenario() -> None:
        async with serving(config(tmp_path)) as server:
            async with await AsyncClient.connect(server.addresses[0]) as client:
                await client.request(CampaignCreate(settings=campaign()))
                async with client.events(after=0) as stream:
                    seqs = []
                    for n in range(60):
                        # the reader asks in the middle of reading; more come than it reads
                        await client.request(load("00001", [f"c{n}"]))
                        await client.request(load("00001", [f"d{n}"]))
                        assert len(stream._queue) <= 10
                        seqs.append((await stream.__anext__()).seq)
                    while len(seqs) < 121:
                        seqs += [event.seq for event in await stream.take()]
                    assert seqs == list(range(1, 122))

    run(scenario)


def _loaded(server: Server) -> Counter[str]:
    counts: Counter[str] = Counter()
    after = 0
    while records := server._journal.read(after):
        after = records[-1].seq
        for record in records:
            event = decode_event(record.payload)
            if isinstance(event, ContactsLoaded):
                counts.update(event.contact_keys)
    return counts


@pytest.mark.parametrize("seed", range(6))
def test_cuts_lose_nothing_and_do_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr("fastdial.client.aio.FIRST_WAIT_S", 0.001)
    monkeypatch.setattr("fastdial.client.aio.LONGEST_WAIT_S", 0.001)

    async def scenario() -> None:
        rng = random.Random(seed)
        async with serving(config(tmp_path, memory=bool(seed % 2))) as server:
            target = server.addresses[0].removeprefix("unix:")
            path = tmp_path / "proxy.sock"
            most = rng.choice([2_500, 5_000, 8_000])
            async with cutting(target, path, lambda: rng.randint(1, most)) as proxy:
                client = await _connected(f"unix:{path}")
                reader = await _connected(f"unix:{path}")
                await client.request(CampaignCreate(settings=campaign()))
                events: list[Event] = []

                async def read() -> None:
                    stream = reader.events(after=0)
                    while came := await stream.take():
                        events.extend(came)

                reading = asyncio.ensure_future(read())
                keys = [f"c{n}" for n in range(120)]
                for first in range(0, len(keys), 8):
                    replies = await asyncio.gather(
                        *(client.request(load("00001", [key])) for key in keys[first : first + 8])
                    )
                    assert all(isinstance(one, LoadReply) and one.added == 1 for one in replies)
                assert _loaded(server) == Counter(keys)
                last = server.host.site.last_seq
                while not events or events[-1].seq < last:
                    assert not reading.done()
                    await asyncio.sleep(0.001)
                assert [event.seq for event in events] == list(range(1, last + 1))
                assert proxy.cuts > 3
                reading.cancel()
                await asyncio.wait([reading])
                await client.close()
                await reader.close()

    run(scenario)


async def _connected(address: str) -> AsyncClient:
    while True:
        try:
            return await AsyncClient.connect(address, reconnect=True)
        except ClientError:
            continue


def test_a_client_that_finds_nobody_again_gives_up(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(config(tmp_path)) as server:
            client = await AsyncClient.connect(
                server.addresses[0], reconnect=True, reconnect_for_s=0.0
            )
            stream = client.events()
            await stream.begin()
        with pytest.raises(CannotConnect):
            await stream.__anext__()
        with pytest.raises(CannotConnect):
            await client.request(Ping())
        await client.close()

    run(scenario)


def test_a_stopping_server_is_waited_for(tmp_path: Path) -> None:
    async def scenario() -> None:
        settings = config(tmp_path, memory=False)
        async with serving(settings) as server:
            client = await AsyncClient.connect(server.addresses[0], reconnect=True)
            await client.request(CampaignCreate(settings=campaign()))
            server.stopping = True
            waiting = client.submit(load("00001", ["a"]))
            await client.request(Ping())
        async with serving(settings) as server:
            reply = await waiting
            assert isinstance(reply, LoadReply)
            assert reply.added == 1
            await client.close()

    run(scenario)


def test_the_blocking_client_has_the_same_verbs(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(config(tmp_path)) as server:
            await asyncio.get_running_loop().run_in_executor(None, use, server.addresses[0])

    def use(address: str) -> None:
        with Client(address, name="plain") as client:
            pong = client.request(Ping())
            assert isinstance(pong, Pong)
            assert client.now() >= pong.now
            assert client.speed == 1.0
            client.request(CampaignCreate(settings=campaign()))
            replies = client.request_all([load("00001", [key]) for key in "abc"])
            assert [reply.added for reply in replies if isinstance(reply, LoadReply)] == [1, 1, 1]
            with client.events(after=1) as events:
                assert [next(events).seq for _ in range(3)] == [2, 3, 4]
            with pytest.raises(CommandRefused):
                client.request(CampaignGet(campaign_id="99999"))
        client.close()
        with pytest.raises(ClientClosed):
            client.request(Ping())

    run(scenario)


def test_a_server_that_speaks_no_protocol_is_left(tmp_path: Path) -> None:
    async def scenario() -> None:
        async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 100)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(babble, "127.0.0.1", 0, family=socket.AF_INET)
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(CannotConnect, match="above the limit"):
            await AsyncClient.connect(f"tcp:127.0.0.1:{port}")
        server.close()

    run(scenario)
