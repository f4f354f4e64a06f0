"""Counted operations of exclusion: numbers of a country's plan."""

from collections.abc import Callable

import numpy as np

from fastdial.kernel.exclusion import ExclusionSet

COUNT = 50_000
ASKED = 20_000
FEW = 1_000


def numbers(seed: int, count: int) -> np.ndarray:
    return np.unique(48_000_000_000 + np.random.default_rng(seed).integers(0, 10**7, count))


def build() -> tuple[Callable[[], object], int]:
    ascending = numbers(1, COUNT)
    return lambda: ExclusionSet(ascending), len(ascending)


def contains_many() -> tuple[Callable[[], object], int]:
    excluded, asked = ExclusionSet(numbers(1, COUNT)), numbers(2, ASKED)
    return lambda: excluded.contains_many(asked), len(asked)


def add_a_few() -> tuple[Callable[[], object], int]:
    excluded, few = ExclusionSet(numbers(1, COUNT)), numbers(3, FEW)
    return lambda: excluded.add_many(few), len(few)


OPERATIONS = {
    "exclusion.build": build,
    "exclusion.contains_many": contains_many,
    "exclusion.add_many": add_a_few,
}
