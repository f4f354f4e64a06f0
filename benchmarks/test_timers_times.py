"""Timers: a million over an hour, and calls one by one among them."""

import numpy as np
import pytest
from benchmarks.conftest import Times

from fastdial.kernel.timers import Timers

COUNT = 1_000_000
NOW = 1_700_000_000_000
HOUR_MS = 3_600_000


@pytest.fixture
def due_at(scale: float) -> np.ndarray:
    return NOW + np.random.default_rng(1).integers(0, HOUR_MS, int(COUNT * scale))


def filled(due_at: np.ndarray) -> Timers:
    timers = Timers()
    timers.schedule_many(np.arange(len(due_at)), due_at)
    return timers


def test_schedule_many(times: Times, due_at: np.ndarray) -> None:
    ids = np.arange(len(due_at))
    times(Timers, lambda timers: timers.schedule_many(ids, due_at), len(ids))


def test_schedule(times: Times, due_at: np.ndarray) -> None:
    instants = due_at.tolist()

    def work(timers: Timers) -> int:
        for id, at in enumerate(instants):
            timers.schedule(id, at)
        return len(timers)

    assert times(Timers, work, len(instants)) == len(instants)


def test_cancel(times: Times, due_at: np.ndarray) -> None:
    ids = range(0, len(due_at), 3)
    cancelled = times(lambda: filled(due_at), lambda t: sum(map(t.cancel, ids)), len(ids))
    assert cancelled == len(ids)


def test_pop_due(times: Times, due_at: np.ndarray) -> None:
    popped = times(lambda: filled(due_at), lambda t: t.pop_due(NOW + HOUR_MS), len(due_at))
    assert len(popped) == len(due_at)


def test_pop(times: Times, due_at: np.ndarray) -> None:
    def work(timers: Timers) -> int:
        while timers.pop(NOW + HOUR_MS) is not None:
            pass
        return len(timers)

    assert times(lambda: filled(due_at), work, len(due_at)) == 0
