"""Splitting frames, slow and obvious: everything so far, cut from the start."""

import struct


def split(stream: bytes, limit: int) -> list[bytes | int]:
    """The payloads in `stream`; for one over the limit its length, known from its head alone."""
    frames: list[bytes | int] = []
    while len(stream) >= 4:
        (length,) = struct.unpack(">I", stream[:4])
        if length > limit:
            frames.append(length)
        elif len(stream) >= 4 + length:
            frames.append(stream[4 : 4 + length])
        stream = stream[4 + length :]
    return frames
