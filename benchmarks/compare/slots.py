"""Slot grids beside NumPy, and bookings beside SQLite in memory, one transaction each."""

import sqlite3
from collections.abc import Callable
from time import perf_counter

import numpy as np
from benchmarks.compare.harness import Measure, Row
from numpy.typing import NDArray

from fastdial.kernel.slot_grid import NEVER_AT, Reason, SlotGrids

MINUTE_MS = 60_000
SLOT_MS = 15 * MINUTE_MS
DAY_MS = 24 * 60 * MINUTE_MS
DAYS = 31
SLOTS = DAYS * DAY_MS // SLOT_MS
START = 1_700_438_400_000
END = START + DAYS * DAY_MS
NOW = START + DAY_MS
LEAD_MS = 30 * MINUTE_MS
HORIZON_MS = 28 * DAY_MS
CAPACITY = 4


class Work:
    """Grids of a month: closed at night, on holiday each seventh day, nine tenths of it booked.

    Days fill from the front: all is full until the last fifth of the month, half of it after.
    """

    def __init__(self, grids: int) -> None:
        rng = np.random.default_rng(20_231_120)
        slot = np.arange(SLOTS)
        self.starts = START + slot * SLOT_MS
        opened = (slot % 96 >= 32) & (slot % 96 < 72)
        self.holiday = opened & (slot // 96 % 7 == 6)
        room = np.where(opened & ~self.holiday, CAPACITY, 0).astype(np.uint16)
        self.capacity = np.tile(room, (grids, 1))
        full = (slot < SLOTS * 4 // 5) | (rng.random((grids, SLOTS)) < 0.5)
        self.taken = np.where(full, self.capacity, 0).astype(np.uint16)
        self.grids = SlotGrids()
        for taken in self.taken:
            handle = self.grids.add(SLOT_MS, lead_ms=LEAD_MS, horizon_ms=HORIZON_MS)
            self.grids.extend(handle, START, room, holidays=self.holiday)
            starts = np.repeat(self.starts, taken)
            self.grids.book_many(np.full(len(starts), handle), starts)
        self.handles = np.arange(grids)


def ranges(work: Work, asks: int) -> float:
    start = perf_counter()
    for ask in range(asks):
        shown = work.grids.availability(ask % len(work.handles), START, END, now=NOW)
    seconds = perf_counter() - start
    expected = with_numpy(work, (asks - 1) % len(work.handles))
    if not all((a == b).all() for a, b in zip(shown, expected, strict=True)):
        raise AssertionError("ours and the peer do not say the same")
    return asks / seconds


def with_numpy(work: Work, grid: int) -> tuple[NDArray[np.generic], ...]:
    """The same five arrays; the reasons of time by searches and slices, as they are ranges."""
    starts = work.starts
    bounds = [START, END, NOW, NOW + LEAD_MS, NOW + HORIZON_MS + 1]
    first, end, past, soon, far = np.searchsorted(starts, bounds).tolist()
    capacity = work.capacity[grid, first:end].copy()
    taken = work.taken[grid, first:end].copy()
    free = capacity - np.minimum(taken, capacity)
    reason = np.where(free == 0, np.uint8(Reason.FULL), np.uint8(Reason.NONE))
    reason[past - first : soon - first] = Reason.TOO_SOON
    reason[far - first :] = Reason.TOO_FAR
    reason[capacity == 0] = Reason.CLOSED
    reason[work.holiday[first:end]] = Reason.HOLIDAY
    reason[: past - first] = Reason.PAST
    return starts[first:end].copy(), capacity, taken, free, reason


def ranges_with_numpy(work: Work, asks: int) -> float:
    start = perf_counter()
    for ask in range(asks):
        with_numpy(work, ask % len(work.handles))
    return asks / (perf_counter() - start)


def first_of_all(work: Work) -> tuple[int, int]:
    found, starts = work.grids.first_free_across(work.handles, START, END, now=NOW)
    return int(found[0]), int(starts[0])


def first_by_counts(work: Work) -> tuple[int, int]:
    """From the same counts: which are free, the first of each grid, and the first of these."""
    bounds = [NOW + LEAD_MS, NOW + HORIZON_MS + 1]
    first, end = np.searchsorted(work.starts, bounds).tolist()
    return first_by_mask(work, work.taken[:, first:end] < work.capacity[:, first:end], first)


def first_by_mask(work: Work, free: NDArray[np.bool_], first: int) -> tuple[int, int]:
    slot = free.argmax(axis=1)
    found = np.where(free[work.handles, slot], work.starts[first + slot], NEVER_AT)
    grid = int(found.argmin())
    return grid, int(found[grid])


def kept_mask(work: Work) -> tuple[NDArray[np.bool_], int]:
    """A byte for each slot that says whether it is free, kept up by nobody knows whom."""
    bounds = [NOW + LEAD_MS, NOW + HORIZON_MS + 1]
    first, end = np.searchsorted(work.starts, bounds).tolist()
    return np.ascontiguousarray(work.taken[:, first:end] < work.capacity[:, first:end]), first


def bookings(grids: SlotGrids, asked: list[int]) -> float:
    """Book and cancel, so that the grid stays as it is."""
    start = perf_counter()
    for start_at in asked:
        token = grids.book(0, start_at, now=NOW)
        if not (token and grids.cancel(token)):
            raise AssertionError("what was free was not booked and given back")
    return len(asked) / (perf_counter() - start)


def database(work: Work) -> sqlite3.Connection:
    base = sqlite3.connect(":memory:", isolation_level=None)
    base.execute(
        "CREATE TABLE slots (grid INTEGER, start_at INTEGER, capacity INTEGER, taken INTEGER,"
        " PRIMARY KEY (grid, start_at)) WITHOUT ROWID"
    )
    base.execute(
        "CREATE TABLE bookings (token INTEGER PRIMARY KEY, grid INTEGER, start_at INTEGER)"
    )
    rows = zip(work.starts.tolist(), work.capacity[0].tolist(), work.taken[0].tolist(), strict=True)
    base.executemany("INSERT INTO slots VALUES (0, ?, ?, ?)", rows)
    return base


BOOK = (
    "UPDATE slots SET taken = taken + 1 WHERE grid = ? AND start_at = ? AND taken < capacity",
    "INSERT INTO bookings (grid, start_at) VALUES (?, ?)",
)
CANCEL = (
    "DELETE FROM bookings WHERE token = ? RETURNING grid, start_at",
    "UPDATE slots SET taken = taken - 1 WHERE grid = ? AND start_at = ?",
)


def bookings_in_sqlite(base: sqlite3.Connection, asked: list[int]) -> float:
    run = base.execute
    start = perf_counter()
    for start_at in asked:
        place = (0, start_at)
        run("BEGIN")
        if not run(BOOK[0], place).rowcount:
            raise AssertionError("what was free was not booked")
        token = run(BOOK[1], place).lastrowid
        run("COMMIT")
        run("BEGIN")
        run(CANCEL[1], run(CANCEL[0], (token,)).fetchall()[0])
        run("COMMIT")
    return len(asked) / (perf_counter() - start)


def range_rows(scale: float) -> tuple[Measure, Measure]:
    work = Work(max(2, int(100 * scale)))
    asks = max(1, int(20_000 * scale))
    return lambda: ranges(work, asks), lambda: ranges_with_numpy(work, max(1, asks // 10))


def repeated(ask: Callable[[], object], count: int, expected: tuple[int, int]) -> float:
    start = perf_counter()
    for _ in range(count):
        found = ask()
    seconds = perf_counter() - start
    if found != expected:
        raise AssertionError("ours and the peer found different slots")
    return count / seconds


def first_free_rows(scale: float) -> tuple[Measure, Measure]:
    work = Work(max(2, int(1_000 * scale)))
    first = first_of_all(work)
    return (
        lambda: repeated(lambda: first_of_all(work), 1_000, first),
        lambda: repeated(lambda: first_by_counts(work), 20, first),
    )


def first_free_mask_rows(scale: float) -> tuple[Measure, Measure]:
    work = Work(max(2, int(1_000 * scale)))
    first = first_of_all(work)
    mask, offset = kept_mask(work)
    return (
        lambda: repeated(lambda: first_of_all(work), 1_000, first),
        lambda: repeated(lambda: first_by_mask(work, mask, offset), 200, first),
    )


def book_rows(scale: float) -> tuple[Measure, Measure]:
    work = Work(1)
    base = database(work)
    shown = work.grids.availability(0, START, END, now=NOW)
    free = shown.start_at[shown.reason == Reason.NONE].tolist()
    asked = (free * 1_000)[: max(1, int(200_000 * scale))]
    return lambda: bookings(work.grids, asked), lambda: bookings_in_sqlite(base, asked[:20_000])


ROWS = [
    Row(
        name="slots.range",
        unit="ranges/s",
        goal=5,
        peer_name=f"NumPy {np.__version__}, vectorised",
        prepare=range_rows,
        work="31 days of 15 min of one grid, as five arrays",
    ),
    Row(
        name="slots.first_free",
        unit="answers/s",
        goal=10,
        peer_name=f"NumPy {np.__version__}, vectorised, from the same counts",
        prepare=first_free_rows,
        work="first free slot across 1,000 grids of 31 days of 15 min, 90 % full",
    ),
    Row(
        name="slots.first_free_mask",
        unit="answers/s",
        goal=1,
        peer_name=f"NumPy {np.__version__}, vectorised, from a mask of free slots kept beside",
        prepare=first_free_mask_rows,
        work="first free slot across 1,000 grids of 31 days of 15 min, 90 % full",
    ),
    Row(
        name="slots.book",
        unit="bookings/s",
        goal=50,
        peer_name=f"SQLite {sqlite3.sqlite_version} in memory, one transaction each",
        prepare=book_rows,
        work="book and cancel, one Python call each",
    ),
]
