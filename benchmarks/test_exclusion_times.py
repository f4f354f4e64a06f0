"""Exclusion: five million numbers of a country's plan, asked about a million times."""

import numpy as np
import pytest
from benchmarks.conftest import Times

from fastdial.kernel.exclusion import ExclusionSet, parse_numbers

COUNT = 5_000_000
ASKED = 1_000_000
FIRST = 48_000_000_000


def spread(count: int, seed: int) -> np.ndarray:
    return FIRST + np.random.default_rng(seed).integers(0, 10**9, count)


@pytest.fixture
def numbers(scale: float) -> np.ndarray:
    return spread(int(COUNT * scale), seed=1)


@pytest.fixture
def asked(scale: float) -> np.ndarray:
    return spread(int(ASKED * scale), seed=2)


def test_build(times: Times, numbers: np.ndarray) -> None:
    ascending = np.sort(numbers)
    times(lambda: ascending, ExclusionSet, len(numbers))


def test_contains_many(times: Times, numbers: np.ndarray, asked: np.ndarray) -> None:
    excluded = ExclusionSet(numbers)
    found = times(lambda: asked, excluded.contains_many, len(asked))
    assert (found == np.isin(asked, numbers)).all()


def test_contains(times: Times, numbers: np.ndarray, asked: np.ndarray) -> None:
    excluded = ExclusionSet(numbers)
    listed = asked.tolist()
    times(lambda: listed, lambda every: [number in excluded for number in every], len(listed))


def test_add_a_few(times: Times, numbers: np.ndarray, asked: np.ndarray) -> None:
    few = asked[: len(asked) // 10]
    times(lambda: ExclusionSet(numbers), lambda excluded: excluded.add_many(few), len(few))


def test_parse(times: Times, asked: np.ndarray) -> None:
    text = b"\n".join(b"+%d" % number for number in asked)
    parsed, refused = times(lambda: text, parse_numbers, len(asked))
    assert (len(parsed), len(refused)) == (len(asked), 0)
