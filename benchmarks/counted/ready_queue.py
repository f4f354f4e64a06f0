"""Counted operations of the ready queue: contacts in order of priority, eight window classes."""

from collections.abc import Callable

import numpy as np

from fastdial.kernel.ready_queue import ReadyQueue

COUNT = 20_000


def filled() -> ReadyQueue:
    queue = ReadyQueue("oldest")
    for window_class in range(8):
        queue.open_class(window_class)
    ids = np.random.default_rng(1).permutation(COUNT)
    queue.push_many(ids, priorities=ids % 5, window_classes=ids % 8)
    return queue


def push_many() -> tuple[Callable[[], object], int]:
    queue = ReadyQueue("oldest")
    ids = np.random.default_rng(1).permutation(COUNT)
    priorities, window_classes = ids % 5, ids % 8
    return lambda: queue.push_many(ids, priorities=priorities, window_classes=window_classes), COUNT


def pop_many() -> tuple[Callable[[], object], int]:
    queue = filled()
    return lambda: queue.pop_many(COUNT), COUNT


def remove() -> tuple[Callable[[], object], int]:
    queue = filled()
    return lambda: [queue.remove(id) for id in range(0, COUNT, 2)], COUNT // 2


OPERATIONS = {
    "ready_queue.push_many": push_many,
    "ready_queue.pop_many": pop_many,
    "ready_queue.remove": remove,
}
