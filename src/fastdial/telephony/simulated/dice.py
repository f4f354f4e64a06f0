"""Chance that depends on nothing but its key, so that a run can be repeated message by message."""

import struct
from hashlib import blake2b

_WORDS = struct.Struct("<8Q")


def between_0_and_1(word: int) -> float:
    """The upper 52 bits of a 64-bit ``word`` say which of 2**52 equal steps; its middle.

    With 53 bits the last middle would not be a double, and be rounded to 1.
    """
    return ((word >> 12) + 0.5) * 2.0**-52


class Dice:
    """Uniform draws in the open interval (0, 1), given by the key alone.

    The stream is BLAKE2b of the key and the number of the block, eight 64-bit words a block.
    Unlike ``random.Random`` it costs next to nothing to begin and is the same in every version of
    Python, so one can be thrown for each call.
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
        return between_0_and_1(self._left.pop())

    def happens(self, share: float) -> bool:
        """Whether something happens that happens in ``share`` (0 to 1) of the cases."""
        return self.draw() < share
