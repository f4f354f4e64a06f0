"""Timers beside heapq with lazy deletion: the usual way to keep timers in Python."""

import heapq
import platform
from time import perf_counter

import numpy as np
from benchmarks.compare.harness import Measure, Row

from fastdial.kernel.timers import Timers

NOW = 1_700_000_000_000
SPREAD_MS = 3_600_000
TICK_MS = 100


class Work:
    """The same timers for both: due within an hour, a third cancelled, in the order of no time."""

    def __init__(self, scale: float) -> None:
        count = max(1, int(1_000_000 * scale))
        rng = np.random.default_rng(20_231_114)
        self.count = count
        self.ids = rng.permutation(count).tolist()
        self.due_at = (NOW + rng.integers(0, SPREAD_MS, count)).tolist()
        self.cancelled = rng.permutation(count)[: count // 3].tolist()
        self.ticks = range(NOW, NOW + SPREAD_MS + TICK_MS, TICK_MS)
        self.order: list[int] | None = None

    def check(self, order: list[int]) -> None:
        """Both must come to the same order."""
        if self.order is None:
            self.order = order
        if order != self.order:
            raise AssertionError("ours and the peer popped in different orders")


def ours(work: Work) -> list[int]:
    """As the engine does: one call to schedule or cancel, one for all that is due at a tick."""
    timers = Timers()
    for id, due_at in zip(work.ids, work.due_at, strict=True):
        timers.schedule(id, due_at)
    for id in work.cancelled:
        timers.cancel(id)
    order: list[int] = []
    for now in work.ticks:
        order += timers.pop_due(now).tolist()
    return order


def ours_bulk(work: Work) -> list[int]:
    timers = Timers()
    timers.schedule_many(work.ids, work.due_at)
    for id in work.cancelled:
        timers.cancel(id)
    order: list[int] = timers.pop_due(work.ticks[-1]).tolist()
    return order


def ours_single(work: Work) -> list[int]:
    timers = Timers()
    for id, due_at in zip(work.ids, work.due_at, strict=True):
        timers.schedule(id, due_at)
    for id in work.cancelled:
        timers.cancel(id)
    order: list[int] = []
    for now in work.ticks:
        while (id := timers.pop(now)) is not None:
            order.append(id)
    return order


def with_heapq(work: Work) -> list[int]:
    heap: list[tuple[int, int, int]] = []
    pending: dict[int, int] = {}
    for sequence, (id, due_at) in enumerate(zip(work.ids, work.due_at, strict=True)):
        heapq.heappush(heap, (due_at, sequence, id))
        pending[id] = sequence
    for id in work.cancelled:
        del pending[id]
    order: list[int] = []
    for now in work.ticks:
        while heap and heap[0][0] <= now:
            _, sequence, id = heapq.heappop(heap)
            if pending.get(id) == sequence:
                del pending[id]
                order.append(id)
    return order


def timed(name: str, work: Work) -> Measure:
    way = {
        "ours": ours,
        "bulk": ours_bulk,
        "single": ours_single,
        "heapq": with_heapq,
    }[name]

    def run() -> float:
        start = perf_counter()
        order = way(work)
        seconds = perf_counter() - start
        work.check(order)
        return work.count / seconds

    return run


def row(name: str, way: str, goal: float, work: str) -> Row:
    def prepare(scale: float) -> tuple[Measure, Measure]:
        same = Work(scale)
        return timed(way, same), timed("heapq", same)

    return Row(
        name=name,
        unit="timers/s",
        goal=goal,
        peer_name=f"heapq with lazy deletion (Python {platform.python_version()})",
        prepare=prepare,
        work=f"1 M scheduled over an hour, a third cancelled, all expired; {work}",
    )


ROWS = [
    row("timers", "ours", 8, "one call to schedule and to cancel, pop_due at each 100 ms"),
    row("timers.bulk", "bulk", 8, "schedule_many, one call to cancel, one pop_due"),
    row("timers.single", "single", 5, "one call for each, pop too"),
]
