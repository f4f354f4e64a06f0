"""The streams of the kernel, slow and obvious, on Python's unbounded integers."""

from math import log, sqrt
from statistics import NormalDist

from fastdial.telephony.simulated.dice import Dice

MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15  # 2**64 over the golden ratio


def mix64(z: int) -> int:
    """SplitMix64's finaliser."""
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
    return z ^ (z >> 31)


def split_mix(start: int, count: int) -> list[int]:
    """The first numbers of SplitMix64."""
    return [mix64((start + (n + 1) * GOLDEN) & MASK) for n in range(count)]


def turned(word: int, bits: int) -> int:
    return (word << bits | word >> (64 - bits)) & MASK


def feistel(key: tuple[int, int]) -> tuple[int, int]:
    left, right = key
    for number in range(1, 5):
        left, right = right, left ^ mix64((right + number * GOLDEN) & MASK)
    return left, right


class Xoshiro:
    """Xoshiro256++ from four words."""

    def __init__(self, words: list[int]) -> None:
        self.words = words

    def bits(self) -> int:
        a, b, c, d = self.words
        drawn = (turned((a + d) & MASK, 23) + a) & MASK
        shifted = b << 17 & MASK
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        self.words = [a, b, c ^ shifted, turned(d, 45)]
        return drawn


class Stream(Dice):
    """Draws as `Dice` does, so that the laws of the simulated network can be thrown with it."""

    def __init__(self, seed: int, stream: int = 0) -> None:
        self._open((seed, stream))

    def _open(self, key: tuple[int, int]) -> None:
        self._split_key, self._splits = key, 0
        left, right = feistel(key)
        self._numbers = Xoshiro(split_mix(left, 2) + split_mix(right, 2))

    def split(self) -> "Stream":
        self._splits += 1
        left, right = feistel(self._split_key)
        child = Stream(0)
        child._open(feistel((left, right ^ mix64(self._splits))))
        return child

    def bits(self) -> int:
        return self._numbers.bits()

    def draw(self) -> float:
        return ((self.bits() >> 12) + 0.5) / 2**52


def gamma(dice: Dice, shape: float) -> float:
    """Marsaglia and Tsang, with scale 1."""
    boost = dice.draw() ** (1 / shape) if shape < 1 else 1.0
    shape = shape + 1 if shape < 1 else shape
    d = shape - 1 / 3
    while True:
        x = NormalDist().inv_cdf(dice.draw())
        v = (1 + x / sqrt(9 * d)) ** 3
        if v > 0 and log(dice.draw()) < x * x / 2 + d - d * v + d * log(v):
            return d * v * boost
