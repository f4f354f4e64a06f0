"""Counted operations of timers; times within an hour, ids in no order."""

from collections.abc import Callable

import numpy as np

from fastdial.kernel.timers import Timers

COUNT = 20_000
NOW = 1_700_000_000_000


def columns() -> tuple[list[int], list[int]]:
    rng = np.random.default_rng(1)
    return rng.permutation(COUNT).tolist(), (NOW + rng.integers(0, 3_600_000, COUNT)).tolist()


def filled() -> Timers:
    timers = Timers()
    timers.schedule_many(*columns())
    return timers


def schedule() -> tuple[Callable[[], object], int]:
    timers, (ids, due_at) = Timers(), columns()

    def run() -> None:
        for id, at in zip(ids, due_at, strict=True):
            timers.schedule(id, at)

    return run, COUNT


def schedule_many() -> tuple[Callable[[], object], int]:
    timers, (ids, due_at) = Timers(), columns()
    id_column, due_column = np.array(ids), np.array(due_at)
    return lambda: timers.schedule_many(id_column, due_column), COUNT


def cancel() -> tuple[Callable[[], object], int]:
    timers = filled()
    return lambda: [timers.cancel(id) for id in range(0, COUNT, 2)], COUNT // 2


def pop_due() -> tuple[Callable[[], object], int]:
    timers = filled()
    return lambda: timers.pop_due(NOW + 3_600_000), COUNT


OPERATIONS = {
    "timers.schedule": schedule,
    "timers.schedule_many": schedule_many,
    "timers.cancel": cancel,
    "timers.pop_due": pop_due,
}
