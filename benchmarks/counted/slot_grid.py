"""Counted operations of slot grids: a month shown, first free slots, bookings."""

from collections.abc import Callable

import numpy as np

from fastdial.kernel.slot_grid import SlotGrids

QUARTER_MS = 900_000
SLOTS = 31 * 96
GRIDS = 200
START = 1_700_438_400_000
END = START + SLOTS * QUARTER_MS
NOW = START + 96 * QUARTER_MS


def filled() -> SlotGrids:
    """Open by day, and full until the last fifth of the month."""
    slot = np.arange(SLOTS)
    room = np.where((slot % 96 >= 32) & (slot % 96 < 72), 2, 0)
    grids = SlotGrids()
    booked = np.repeat(START + slot * QUARTER_MS, np.where(slot < SLOTS * 4 // 5, room, 0))
    for _ in range(GRIDS):
        handle = grids.add(QUARTER_MS, lead_ms=QUARTER_MS)
        grids.extend(handle, START, room)
        grids.book_many(np.full(len(booked), handle), booked)
    return grids


def availability() -> tuple[Callable[[], object], int]:
    grids = filled()
    return lambda: [grids.availability(n, START, END, now=NOW) for n in range(GRIDS)], GRIDS


def first_free_each() -> tuple[Callable[[], object], int]:
    grids = filled()
    handles = np.arange(GRIDS)
    return lambda: grids.first_free_each(handles, START, END, now=NOW), GRIDS


def book_and_cancel() -> tuple[Callable[[], object], int]:
    grids = filled()
    free = [grids.first_free(n, START, END, now=NOW) or START for n in range(GRIDS)]

    def work() -> None:
        for grid, start_at in enumerate(free):
            grids.cancel(grids.book(grid, start_at, now=NOW))

    return work, GRIDS


def forget() -> tuple[Callable[[], object], int]:
    grids = filled()
    return lambda: grids.forget(NOW), GRIDS


OPERATIONS = {
    "slot_grid.availability": availability,
    "slot_grid.first_free_each": first_free_each,
    "slot_grid.book_and_cancel": book_and_cancel,
    "slot_grid.forget": forget,
}
