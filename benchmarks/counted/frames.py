"""Counted operations of frames: small ones many to a piece, and large ones over many pieces."""

from collections.abc import Callable

from fastdial.kernel.frames import FrameSplitter, join

SMALL = [b"x" * 100] * 2_000
LARGE = [b"x" * 100_000] * 20


def feed_small() -> tuple[Callable[[], object], int]:
    splitter, stream = FrameSplitter(), join(SMALL)
    return lambda: splitter.feed(stream), len(SMALL)


def feed_pieces() -> tuple[Callable[[], object], int]:
    splitter, stream = FrameSplitter(), join(LARGE)
    pieces = [stream[start : start + 4096] for start in range(0, len(stream), 4096)]
    return lambda: [splitter.feed(piece) for piece in pieces], len(pieces)


def join_small() -> tuple[Callable[[], object], int]:
    return lambda: join(SMALL), len(SMALL)


OPERATIONS = {
    "frames.feed": feed_small,
    "frames.feed_pieces": feed_pieces,
    "frames.join": join_small,
}
