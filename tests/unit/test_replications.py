"""Replications on several threads: the same rows whatever the number of threads."""

import threading
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from fastdial.kernel.progressive import Runs, progressive
from fastdial.kernel.variates import Law
from fastdial.simulation.replications import replicate


def floor(first: int, count: int) -> Runs:
    return progressive(
        agents=10,
        answer=0.2,
        ring=Law.exponential(12),
        handle=Law.gamma(180, 2),
        end=3_600,
        seed=7,
        first=first,
        count=count,
    )


@pytest.mark.parametrize("threads", [1, 2, 3, 8, None])
def test_the_number_of_threads_changes_nothing(threads: int | None) -> None:
    alone = floor(0, 21)
    together = replicate(floor, 21, threads=threads)
    assert isinstance(together, Runs)
    assert [column.tolist() for column in together] == [column.tolist() for column in alone]
    assert len(set(alone.handling.tolist())) == 21


class Threads(NamedTuple):
    thread: NDArray[np.int64]


def test_the_parts_are_done_by_different_threads() -> None:
    meeting = threading.Barrier(2, timeout=60)

    def run(first: int, count: int) -> Threads:
        if first < 8 and count < 8:
            meeting.wait()  # passed only when two are here at once
        return Threads(np.full(count, threading.get_ident()))

    seen = replicate(run, 16, threads=2).thread
    assert len(seen) == 16
    assert len(set(seen.tolist())) == 2


def test_what_a_part_raises_is_raised() -> None:
    def run(first: int, count: int) -> Threads:
        if first:
            raise ZeroDivisionError(f"at {first}")
        return Threads(np.zeros(count, np.int64))

    with pytest.raises(ZeroDivisionError):
        replicate(run, 16, threads=2)


@pytest.mark.parametrize(("count", "threads"), [(0, 1), (1, 0), (-1, None)])
def test_numbers_below_one_are_refused(count: int, threads: int | None) -> None:
    with pytest.raises(ValueError, match="it can be 1 or more"):
        replicate(floor, count, threads=threads)
