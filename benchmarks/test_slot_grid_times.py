"""Slot grids: a thousand queues, 31 days, slots of 15 minutes."""

import numpy as np
from benchmarks.conftest import Times

from fastdial.kernel.slot_grid import SlotGrids

QUARTER_MS = 900_000
SLOTS = 31 * 96
START = 1_700_438_400_000
END = START + SLOTS * QUARTER_MS
COUNT = 1_000
BOOKINGS = 100_000


def filled(count: int) -> SlotGrids:
    grids = SlotGrids()
    for _ in range(count):
        grids.extend(grids.add(QUARTER_MS), START, np.full(SLOTS, 40))
    return grids


def test_extend(times: Times, scale: float) -> None:
    count = max(1, int(COUNT * scale))
    assert len(times(lambda: count, filled, count * SLOTS)) == count


def test_book_many_at_once(times: Times, scale: float) -> None:
    count, bookings = max(1, int(COUNT * scale)), int(BOOKINGS * scale)
    handles = np.arange(bookings) % count
    starts = START + np.arange(bookings) // count % SLOTS * QUARTER_MS
    tokens = times(lambda: filled(count), lambda grids: grids.book_many(handles, starts), bookings)
    assert tokens.all()


def test_availability(times: Times, scale: float) -> None:
    count = max(1, int(COUNT * scale))

    def work(grids: SlotGrids) -> None:
        for grid in range(count):
            grids.availability(grid, START, END, now=START)

    times(lambda: filled(count), work, count)


def test_best(times: Times, scale: float) -> None:
    count = max(1, int(COUNT * scale))

    def work(grids: SlotGrids) -> None:
        for grid in range(count):
            grids.best(grid, START, START + 8 * 4 * QUARTER_MS)

    times(lambda: filled(count), work, count)


def test_first_free_each(times: Times, scale: float) -> None:
    count = max(1, int(COUNT * scale))
    handles = np.arange(count)
    times(lambda: filled(count), lambda grids: grids.first_free_each(handles, START, END), count)


def test_restore(times: Times, scale: float) -> None:
    count = max(1, int(COUNT * scale))
    times(lambda: filled(count).snapshot(), SlotGrids.restore, count * SLOTS)
