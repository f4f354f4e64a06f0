"""Ready queue: a million contacts of 40 window classes, at random places of their order."""

from typing import Any

import numpy as np
import pytest
from benchmarks.conftest import Times

from fastdial.kernel.ready_queue import ReadyQueue

COUNT = 1_000_000
WINDOW_CLASSES = 40

Columns = dict[str, Any]


@pytest.fixture
def columns(scale: float) -> Columns:
    rng = np.random.default_rng(1)
    count = int(COUNT * scale)
    return {
        "ids": rng.permutation(count),
        "priorities": rng.integers(0, 5, count, dtype=np.int32),
        "ranks": rng.integers(0, 10**12, count),
        "window_classes": rng.integers(0, WINDOW_CLASSES, count, dtype=np.int32),
    }


def opened() -> ReadyQueue:
    queue = ReadyQueue()
    for window_class in range(WINDOW_CLASSES):
        queue.open_class(window_class)
    return queue


def filled(columns: Columns) -> ReadyQueue:
    queue = opened()
    queue.push_many(**columns)
    return queue


def test_push_many(times: Times, columns: Columns) -> None:
    times(opened, lambda queue: queue.push_many(**columns), len(columns["ids"]))


def test_pop_many(times: Times, columns: Columns) -> None:
    count = len(columns["ids"])
    popped = times(lambda: filled(columns), lambda queue: queue.pop_many(count), count)
    assert len(popped) == count


def test_push_and_pop_one_by_one(times: Times, columns: Columns) -> None:
    ids = columns["ids"].tolist()
    ranks = columns["ranks"].tolist()

    def work(queue: ReadyQueue) -> int:
        for id, rank in zip(ids, ranks, strict=True):
            queue.push(id, rank=rank)
        while queue.pop() is not None:
            pass
        return len(queue)

    assert times(opened, work, 2 * len(ids)) == 0


def test_remove(times: Times, columns: Columns) -> None:
    ids = columns["ids"].tolist()
    removed = times(lambda: filled(columns), lambda q: sum(map(q.remove, ids)), len(ids))
    assert removed == len(ids)


def test_open_and_close_classes(times: Times, columns: Columns) -> None:
    """Between two looks, however many contacts a class holds."""
    rounds = 200

    def work(queue: ReadyQueue) -> None:
        for turn in range(rounds):
            queue.close_class(turn % WINDOW_CLASSES)
            queue.peek()
            queue.open_class(turn % WINDOW_CLASSES)
            queue.peek()

    def looked_at() -> ReadyQueue:
        queue = filled(columns)
        queue.peek()
        return queue

    times(looked_at, work, 2 * rounds)
