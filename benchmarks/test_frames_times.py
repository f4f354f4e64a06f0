"""Frames: many small ones in pieces as a socket gives them, and large ones."""

import pytest
from benchmarks.conftest import Times

from fastdial.kernel.frames import FrameSplitter, join

PIECE = 65_536


@pytest.mark.parametrize(
    ("count", "size"), [(1_000_000, 100), (2_000, 100_000)], ids=["100", "1e5"]
)
def test_feed(times: Times, scale: float, count: int, size: int) -> None:
    """Frames of so many bytes."""
    stream = join([b"x" * size] * max(1, int(count * scale)))
    pieces = [stream[start : start + PIECE] for start in range(0, len(stream), PIECE)]

    def work(splitter: FrameSplitter) -> bool:
        for piece in pieces:
            splitter.feed(piece)
        return splitter.unfinished

    assert not times(FrameSplitter, work, len(stream) // (size + 4))


def test_join(times: Times, scale: float) -> None:
    payloads = [b"x" * 100] * int(1_000_000 * scale)
    assert len(times(lambda: payloads, join, len(payloads))) == 104 * len(payloads)
