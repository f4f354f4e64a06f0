"""Frames: limits held before memory is taken, refusals that say why, flat memory."""

import asyncio
import socket
import struct
import sys
from array import array

import pytest

from fastdial.kernel.frames import FrameSplitter, Oversized, frame, join


def head(length: int) -> bytes:
    return struct.pack(">I", length)


def test_a_frame_is_a_big_endian_length_and_the_payload() -> None:
    assert frame(b"abc") == b"\0\0\0\3abc"
    assert frame(b"") == b"\0\0\0\0"
    assert join([b"a", b"", bytearray(b"bc")]) == b"\0\0\0\1a\0\0\0\0\0\0\0\2bc"
    assert join([]) == b""


def test_an_empty_frame_is_delivered() -> None:
    assert FrameSplitter().feed(head(0) + head(0)) == [b"", b""]
    assert FrameSplitter(limit=0).feed(head(0) + head(1)) == [b"", Oversized(1)]


def test_a_frame_of_exactly_the_limit_is_taken_and_one_byte_more_is_not() -> None:
    splitter = FrameSplitter(limit=5)
    assert splitter.feed(frame(b"12345") + frame(b"123456") + frame(b"ok")) == [
        b"12345",
        Oversized(6),
        b"ok",
    ]


def test_an_oversized_frame_is_reported_once_at_its_head_and_takes_no_memory() -> None:
    splitter = FrameSplitter()
    before = sys.getsizeof(splitter)
    assert splitter.feed(head(2**32 - 1)) == [Oversized(2**32 - 1)]
    assert sys.getsizeof(splitter) == before
    assert splitter.feed(b"x" * 1000) == []
    assert splitter.unfinished


def test_a_stream_goes_on_after_an_oversized_frame_however_large() -> None:
    splitter = FrameSplitter(limit=10)
    length = 5_000_000
    assert splitter.feed(head(length)) == [Oversized(length)]
    chunk = bytes(1000)
    for _ in range(length // 1000):
        assert splitter.feed(chunk) == []
    assert splitter.feed(frame(b"after")) == [b"after"]


def test_a_stream_that_ends_within_a_frame_can_be_told() -> None:
    splitter = FrameSplitter(limit=2)
    said = [splitter.unfinished]
    for piece in (b"\0\0", b"\0\2", b"x", b"y", b"\0\0\0\3", b"xy", b"z"):
        splitter.feed(piece)
        said.append(splitter.unfinished)
    assert said == [False, True, True, True, False, True, True, False]


def test_a_delivered_payload_is_not_touched_by_what_comes_after() -> None:
    splitter = FrameSplitter()
    buffer = splitter.get_buffer()
    buffer[:5] = frame(b"a")
    (first,) = splitter.buffer_updated(5)
    buffer[:5] = frame(b"b")
    assert splitter.buffer_updated(5) == [b"b"]
    assert first == b"a"


def test_a_buffer_outlives_its_splitter() -> None:
    buffer = FrameSplitter().get_buffer(1)
    buffer[:] = b"x" * len(buffer)
    assert len(buffer) == 65536


def test_any_contiguous_bytes_can_be_fed() -> None:
    for data in (bytearray(frame(b"a")), memoryview(frame(b"a")), array("B", frame(b"a"))):
        assert FrameSplitter().feed(data) == [b"a"]


def test_what_is_not_bytes_is_refused() -> None:
    splitter = FrameSplitter()
    with pytest.raises(TypeError, match="bytes-like"):
        splitter.feed("abc")  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(BufferError, match="contiguous"):
        splitter.feed(memoryview(b"abcdef")[::2])
    with pytest.raises(TypeError, match="bytes-like"):
        frame(3)  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(ValueError, match="nbytes is 1; the buffer given holds 0"):
        splitter.buffer_updated(1)
    splitter.get_buffer()
    with pytest.raises(ValueError, match="nbytes is 65537"):
        splitter.buffer_updated(65537)
    with pytest.raises(ValueError, match="nbytes is -1"):
        splitter.buffer_updated(-1)
    assert splitter.buffer_updated(0) == []


@pytest.mark.parametrize("limit", [-1, 2**32])
def test_a_limit_that_no_head_can_say_is_refused(limit: int) -> None:
    with pytest.raises(ValueError, match="it can be 0 to"):
        FrameSplitter(limit)


def test_oversized_items_compare_by_length() -> None:
    assert Oversized(3) == Oversized(3) != Oversized(4)
    assert len({Oversized(3), Oversized(3)}) == 1
    assert repr(Oversized(3)) == "Oversized(length=3)"


def test_asyncio_receives_into_the_splitters_own_buffer() -> None:
    payloads = [bytes([n]) * n * 997 for n in range(200)]

    class Receiver(asyncio.BufferedProtocol):
        def __init__(self) -> None:
            self.splitter = FrameSplitter()
            self.frames: list[bytes | Oversized] = []
            self.closed = asyncio.get_running_loop().create_future()

        def get_buffer(self, sizehint: int) -> memoryview:
            return self.splitter.get_buffer(sizehint)

        def buffer_updated(self, nbytes: int) -> None:
            self.frames += self.splitter.buffer_updated(nbytes)

        def connection_lost(self, exc: Exception | None) -> None:
            self.closed.set_result(None)

    async def run() -> list[bytes | Oversized]:
        near, far = socket.socketpair()
        loop = asyncio.get_running_loop()
        near.setblocking(False)
        _, receiver = await loop.create_connection(Receiver, sock=near)
        with far:
            far.setblocking(False)
            await loop.sock_sendall(far, join(payloads))
        await receiver.closed
        return receiver.frames

    assert asyncio.run(run()) == payloads
