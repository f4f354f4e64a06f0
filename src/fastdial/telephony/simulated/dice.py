"""Chance that depends on nothing but its key, so that a run can be repeated message by message."""

import struct
from hashlib import blake2b

_WORDS = struct.Struct("<8Q")
_HALF = 0.5
_SCALE = 2.0**-53


class Dice:
    """Uniform draws in the open interval (0, 1), given by the key alone.

    The stream is BLAKE2b of the key and the number of the block, eight 64-bit words a block, the
    upper 53 bits of each. Unlike ``random.Random`` it costs next to nothing to begin and is the
    same in every version of Python, so one can be thrown for each call.
    """

    __slots__ = ("_block", "_key", "_left")

    def __init__(self, *key: str | int) -> None:
        self._key = key
        self._block = 0
        self._left: list[int] = []

    def draw(self) -> float:
        """The next number, above 0 and below 1."""
        if not self._left:
            text = "\x1f".join(map(str, (*self._key, self._block)))
            self._left = list(_WORDS.unpack(blake2b(text.encode()).digest()))
            self._block += 1
        return ((self._left.pop() >> 11) + _HALF) * _SCALE

    def happens(self, share: float) -> bool:
        """Whether something happens that happens in ``share`` (0 to 1) of the cases."""
        return self.draw() < share
