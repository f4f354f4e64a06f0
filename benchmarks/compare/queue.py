"""The ready queue beside C++'s std::priority_queue and Python's heapq."""

import ctypes
import functools
import heapq
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from benchmarks.compare.harness import Measure, PeerMissingError, Row
from numpy.typing import NDArray

from fastdial.kernel.ready_queue import ReadyQueue

SOURCE = Path(__file__).parents[1] / "peers" / "queue.cpp"
PRIORITIES = 10
RANKS = 10**12
CLASSES = 40
CHANGES = 24

Array = NDArray[Any]


@functools.cache
def peers() -> ctypes.CDLL:
    """The C++ peers, compiled now."""
    compiler = shutil.which("g++") or shutil.which("c++")
    if compiler is None:
        raise PeerMissingError("no C++ compiler: install g++")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "queue.so"
        flags = ["-O2", "-shared", "-fPIC", "-o", str(library)]
        subprocess.run([compiler, *flags, str(SOURCE)], check=True)
        loaded = ctypes.CDLL(str(library))
    loaded.zones_load.restype = ctypes.c_void_p
    return loaded


def at(array: Array) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)


class Work:
    """Contacts with ten priorities and ranks all over the place.

    The peer's key is priority and rank in one number, made beforehand; ours takes the two columns.
    """

    def __init__(self, count: int, *, shuffled_ids: bool) -> None:
        rng = np.random.default_rng(20_231_115)
        self.count = count
        self.ids = rng.permutation(count) if shuffled_ids else np.arange(count)
        self.priorities = rng.integers(0, PRIORITIES, count).astype(np.int32)
        self.ranks = rng.integers(0, RANKS, count)
        self.classes = rng.integers(0, CLASSES, count).astype(np.int32)
        self.keys = (-self.priorities.astype(np.int64) << 44) + self.ranks
        self.out = np.empty(count, dtype=np.int64)
        self.expected: list[int] | None = None

    def check(self, order: list[int]) -> None:
        """Both must come to the same order."""
        if self.expected is None:
            self.expected = order
        if order != self.expected:
            raise AssertionError("ours and the peer came to different orders")


def timed(work: Work, run: Callable[[], tuple[int, Array]]) -> Measure:
    """Contacts per second, timed by `run` itself or by us: it returns nanoseconds and the ids."""

    def measure() -> float:
        nanoseconds, order = run()
        work.check(order.tolist())
        return max(len(order), 1) / max(nanoseconds, 1) * 1e9

    return measure


def bulk(scale: float) -> tuple[Measure, Measure]:
    work = Work(max(1, int(1_000_000 * scale)), shuffled_ids=True)

    def ours() -> tuple[int, Array]:
        start = perf_counter()
        queue = ReadyQueue()
        queue.push_many(work.ids, priorities=work.priorities, ranks=work.ranks)
        order = queue.pop_many(work.count)
        return int((perf_counter() - start) * 1e9), order

    def peer() -> tuple[int, Array]:
        start = perf_counter()
        count = ctypes.c_size_t(work.count)
        peers().bulk_heapified(at(work.keys), at(work.ids), count, at(work.out))
        return int((perf_counter() - start) * 1e9), work.out

    peers()
    return timed(work, ours), timed(work, peer)


def single(scale: float) -> tuple[Measure, Measure]:
    work = Work(max(1, int(1_000_000 * scale)), shuffled_ids=True)
    ids, priorities, ranks = (column.tolist() for column in (work.ids, work.priorities, work.ranks))

    def ours() -> tuple[int, Array]:
        start = perf_counter()
        queue = ReadyQueue()
        push, pop = queue.push, queue.pop
        for contact, priority, rank in zip(ids, priorities, ranks, strict=True):
            push(contact, priority=priority, rank=rank)
        order = [pop() for _ in range(work.count)]
        return int((perf_counter() - start) * 1e9), np.array(order)

    def peer() -> tuple[int, Array]:
        start = perf_counter()
        heap: list[tuple[int, int, int]] = []
        push, pop = heapq.heappush, heapq.heappop
        for contact, priority, rank in zip(ids, priorities, ranks, strict=True):
            push(heap, (-priority, rank, contact))
        order = [pop(heap)[2] for _ in range(work.count)]
        return int((perf_counter() - start) * 1e9), np.array(order)

    return timed(work, ours), timed(work, peer)


def changes() -> list[tuple[int, bool]]:
    """12 classes close and open again, one after the other."""
    return [(3 * step, opens) for step in range(CHANGES // 2) for opens in (False, True)]


def windows(scale: float, *, with_load: bool) -> tuple[Measure, Measure]:
    work = Work(max(CLASSES, int(10_000_000 * scale)), shuffled_ids=False)
    steps = changes()
    part = work.count // 10 // len(steps)

    def ours() -> tuple[int, Array]:
        start = perf_counter()
        queue = ReadyQueue()
        for window_class in range(CLASSES):
            queue.open_class(window_class)
        queue.push_many(
            work.ids,
            priorities=work.priorities,
            ranks=work.ranks,
            window_classes=work.classes,
        )
        if not with_load:
            start = perf_counter()
        popped = []
        for window_class, opens in steps:
            (queue.open_class if opens else queue.close_class)(window_class)
            popped.append(queue.pop_many(part))
        return int((perf_counter() - start) * 1e9), np.concatenate(popped)

    def peer() -> tuple[int, Array]:
        library = peers()
        start = perf_counter()
        zones = ctypes.c_void_p(
            library.zones_load(
                at(work.keys),
                at(work.ids),
                at(work.classes),
                ctypes.c_size_t(work.count),
                ctypes.c_size_t(CLASSES),
            )
        )
        if not with_load:
            start = perf_counter()
        popped = []
        for window_class, opens in steps:
            out = np.empty(part, dtype=np.int64)
            library.zones_set(zones, ctypes.c_size_t(window_class), ctypes.c_int(opens))
            library.zones_pop(zones, ctypes.c_size_t(part), at(out))
            popped.append(out)
        nanoseconds = int((perf_counter() - start) * 1e9)
        library.zones_free(zones)
        return nanoseconds, np.concatenate(popped)

    peers()
    return timed(work, ours), timed(work, peer)


CPP = "C++ std::priority_queue of (key, id), -O2"
ROWS = [
    Row(
        name="queue.bulk",
        unit="contacts/s",
        goal=1.5,
        peer_name=f"{CPP}, heapified in one go",
        prepare=bulk,
        work="1 M contacts in, all out in order, from arrays",
    ),
    Row(
        name="queue.single",
        unit="contacts/s",
        goal=8.0,
        peer_name=f"heapq with tuples, CPython {platform.python_version()}",
        prepare=single,
        work="1 M pushes, then 1 M pops, one Python call each",
    ),
    Row(
        name="queue.windows",
        unit="contacts/s",
        goal=1.5,
        peer_name=f"{CPP}, one for each class, looked at for each pop",
        prepare=functools.partial(windows, with_load=False),
        work="10 M contacts over 40 classes; 24 openings and closings while 1 M are popped",
    ),
    Row(
        name="queue.windows_and_load",
        unit="contacts/s",
        goal=1.0,
        peer_name=f"{CPP}, one for each class, looked at for each pop",
        prepare=functools.partial(windows, with_load=True),
        work="the same, the load of 10 M contacts included",
    ),
]
