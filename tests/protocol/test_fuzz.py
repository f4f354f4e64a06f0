"""Whatever bytes come, in whatever pieces: each frame is answered, and the server lives."""

import asyncio
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from bindings.spec.samples import samples
from hypothesis import given, settings
from hypothesis import strategies as st

from fastdial.kernel.frames import frame
from fastdial.messages.base import Reply
from fastdial.messages.commands import SESSION_COMMANDS, SITE_COMMANDS, Ping, Subscribe
from protocol.serving import Raw, config, serving

FRAME_BYTES = 4_096
LAST = 999_999

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=10)
    | st.binary(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
types = st.sampled_from(
    [kind.__struct_config__.tag for kind in (*SESSION_COMMANDS, *SITE_COMMANDS)]
)
fields = st.dictionaries(
    st.sampled_from(["id", "campaign_id", "agent_id", "settings", "contacts", "after", "filter"])
    | st.text(max_size=5),
    plain | st.sampled_from(["00001", "ann", {"name": "x"}, [{"contact_key": "K"}], [None, 3]]),
    max_size=5,
)


@st.composite
def nearly_commands(draw: st.DrawFn) -> bytes:
    """A map with a command's type and fields that may fit it or not."""
    return msgspec.msgpack.encode({**draw(fields), "type": draw(types)})


@st.composite
def whole_commands(draw: st.DrawFn) -> bytes:
    kind = draw(st.sampled_from(SITE_COMMANDS))
    message = draw(st.sampled_from([message for _, message in samples(kind)]))
    encoder = draw(st.sampled_from([msgspec.msgpack.encode, msgspec.json.encode]))
    encoded: bytes = encoder(message)
    return encoded


@st.composite
def bent_commands(draw: st.DrawFn) -> bytes:
    """A real command with a few bytes changed, cut off or doubled."""
    payload = bytearray(draw(whole_commands()))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(0, len(payload) - 1)))
        payload[at : at + draw(st.integers(0, 2))] = draw(st.binary(max_size=3))
    return bytes(payload)


payloads = st.one_of(
    st.binary(max_size=60),
    st.binary(min_size=FRAME_BYTES + 1, max_size=FRAME_BYTES + 50),
    st.binary(max_size=30).map(lambda rest: b"{" + rest),
    st.just(b"\x91" * FRAME_BYTES),
    st.just(b"[" * FRAME_BYTES),
    st.just(b'{"id":' * 600),
    plain.map(msgspec.msgpack.encode),
    nearly_commands(),
    whole_commands(),
    bent_commands(),
)


async def _converse(data: bytes, cuts: list[int], frames: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with serving(config(Path(folder), frame_bytes=FRAME_BYTES)) as server:
            raw = await Raw.open(server)
            raw.send(b'{"type": "hello", "protocol": 1}')
            begin = 0
            for cut in [*sorted(cuts), len(data)]:
                raw.writer.write(data[begin:cut])
                begin = max(begin, cut)
                await asyncio.sleep(0)
            raw.send(Ping(id=LAST))
            replies = 0
            while True:
                message = await raw.message()
                replies += isinstance(message, Reply)
                if message.id == LAST if isinstance(message, Reply) else False:
                    break
            # hello, one for each frame (the ping may overtake those that wait for the journal)
            while replies < frames + 2:
                replies += isinstance(await raw.message(), Reply)
            assert not server.failed.done()
            other = await Raw.open(server)
            assert (await other.hello())["type"] == "hello.welcome"
            await other.close()
            await raw.close()


@settings(max_examples=60, deadline=None)
@given(st.lists(payloads, max_size=8), st.data())
def test_every_frame_gets_one_reply_and_the_server_lives(
    payloads: list[bytes], data: st.DataObject
) -> None:
    stream = b"".join(map(frame, payloads))
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=6))
    asyncio.run(_converse(stream, cuts, len(payloads)))


@pytest.mark.parametrize("length", [FRAME_BYTES + 1, 2**31 - 1, 2**31, 2**32 - 1])
def test_a_hostile_length_takes_no_memory_and_harms_nobody_else(
    tmp_path: Path, length: int
) -> None:
    async def scenario() -> None:
        async with serving(config(tmp_path, frame_bytes=FRAME_BYTES)) as server:
            raw, other = await Raw.open(server), await Raw.open(server)
            await raw.hello()
            await other.hello()
            raw.writer.write(length.to_bytes(4, "big") + b"x" * 100)
            reply = await raw.json()
            assert reply["faults"][0]["code"] == "frame_too_large"
            raw.writer.write(b"y" * 10_000)
            assert (await other.ask(Ping(id=3)))["id"] == 3
            (session, _) = server._sessions
            assert session._splitter.__sizeof__() < 1 << 20
            await raw.close()
            await other.close()

    asyncio.run(scenario())


def _storm(seed: int) -> Iterator[Any]:
    rng = random.Random(seed)
    everything = [message for kind in SITE_COMMANDS for _, message in samples(kind)]
    while True:
        yield rng.choice([*everything, Ping(), Subscribe(after=0)])


def test_clients_that_leave_in_the_middle_of_anything_leave_nothing_behind(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        rng = random.Random(1)
        async with serving(config(tmp_path, memory=False)) as server:
            for seed in range(60):
                raw = await Raw.open(server)
                raw.send(b'{"type": "hello", "protocol": 1}')
                for _, message in zip(range(rng.randint(0, 40)), _storm(seed), strict=False):
                    raw.send(message)
                raw.writer.write(frame(b"unfinished")[: rng.randint(0, 10)])
                for _ in range(rng.randint(0, 5)):
                    await asyncio.sleep(0)
                if rng.random() < 0.5:
                    raw.writer.transport.abort()
                else:
                    await raw.close()
            last = await Raw.open(server)  # all that came before it have been accepted then
            await last.hello()
            await last.close()
            while server._sessions:
                await asyncio.sleep(0.001)
            assert not server.failed.done()
            assert not server.host.feed._live
            while server.host.feed._tasks:
                await asyncio.sleep(0.001)

    asyncio.run(scenario())
