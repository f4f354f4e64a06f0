"""However a stream is cut into pieces, the same frames come out, and as soon as they can."""

import struct
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fastdial.kernel.frames import FrameSplitter, Oversized, frame, join
from twins.frames import split

LIMIT = 300
heads = st.integers(0, LIMIT + 40) | st.sampled_from([LIMIT, LIMIT + 1, 2**31, 2**32 - 1])


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    """Frames on both sides of the limit, the last perhaps cut, and heads that promise too much."""
    lengths = draw(st.lists(heads, max_size=12))
    stream = b""
    for n, length in enumerate(lengths):
        stream += struct.pack(">I", length) + bytes([n + 1]) * min(length, 500)
    return stream[: draw(st.integers(0, len(stream)))]


@st.composite
def cut(draw: st.DrawFn, stream: bytes) -> list[bytes]:
    places = sorted(draw(st.lists(st.integers(0, len(stream)), max_size=20)))
    edges = [0, *places, len(stream)]
    return [stream[start:end] for start, end in pairwise(edges)]


def plain(items: list[bytes | Oversized]) -> list[bytes | int]:
    return [item.length if isinstance(item, Oversized) else item for item in items]


@given(data=st.data(), stream=streams())
def test_the_pieces_in_which_a_stream_arrives_do_not_matter(
    data: st.DataObject, stream: bytes
) -> None:
    splitter = FrameSplitter(LIMIT)
    so_far, found = b"", []
    for piece in data.draw(cut(stream)):
        so_far += piece
        found += plain(splitter.feed(piece))
        assert found == split(so_far, LIMIT)


@given(data=st.data(), stream=streams())
def test_the_buffered_face_finds_the_same_frames(data: st.DataObject, stream: bytes) -> None:
    splitter = FrameSplitter(LIMIT)
    found = []
    for piece in data.draw(cut(stream)):
        splitter.get_buffer()[: len(piece)] = piece
        found += plain(splitter.buffer_updated(len(piece)))
    assert found == split(stream, LIMIT)


@given(stream=streams())
def test_a_stream_may_arrive_byte_by_byte(stream: bytes) -> None:
    splitter = FrameSplitter(LIMIT)
    found = [item for byte in stream for item in splitter.feed(bytes([byte]))]
    assert plain(found) == split(stream, LIMIT)


@given(payloads=st.lists(st.binary(max_size=600), max_size=10))
def test_what_was_joined_is_split_again(payloads: list[bytes]) -> None:
    assert join(payloads) == b"".join(frame(payload) for payload in payloads)
    splitter = FrameSplitter(600)
    assert splitter.feed(join(payloads)) == payloads
    assert not splitter.unfinished
