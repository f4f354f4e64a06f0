"""Frames in plain Python, in the place of the compiled module until that one is built."""

from typing import NamedTuple

_HEAD = 4


class Oversized(NamedTuple):
    """A frame above the limit, whose payload is skipped."""

    size: int


class FrameSplitter:
    """Cuts a stream of bytes into payloads of at most ``limit`` bytes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._held = bytearray()
        self._skip = 0
        self._buffer = bytearray(65_536)

    def get_buffer(self, sizehint: int = -1) -> memoryview:
        """Room for the next bytes; say how many came with `buffer_updated`."""
        return memoryview(self._buffer)

    def buffer_updated(self, count: int) -> list[bytes | Oversized]:
        """The payloads that are whole with the ``count`` bytes put into the buffer."""
        return self.feed(bytes(self._buffer[:count]))

    def feed(self, data: bytes) -> list[bytes | Oversized]:
        """The payloads that are whole with ``data``."""
        held = self._held
        held += data
        found: list[bytes | Oversized] = []
        while True:
            if self._skip:
                gone = min(self._skip, len(held))
                del held[:gone]
                self._skip -= gone
            if self._skip or len(held) < _HEAD:
                return found
            size = int.from_bytes(held[:_HEAD], "big")
            if size > self.limit:
                found.append(Oversized(size))
                del held[:_HEAD]
                self._skip = size
            elif len(held) >= _HEAD + size:
                found.append(bytes(held[_HEAD : _HEAD + size]))
                del held[: _HEAD + size]
            else:
                return found


def frame(payload: bytes) -> bytes:
    """``payload`` with its length before it."""
    return len(payload).to_bytes(_HEAD, "big") + payload


def join(payloads: list[bytes]) -> bytes:
    """The frames of several payloads, one after the other."""
    return b"".join([part for one in payloads for part in (len(one).to_bytes(_HEAD, "big"), one)])
