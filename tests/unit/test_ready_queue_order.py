"""Loads of every shape come out of the ready queue in order: numpy.lexsort is the judge (CA-6)."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from fastdial.kernel.ready_queue import ReadyQueue
from twins.ready_queue import ReadyQueueTwin, Row

COUNT = 6000
Shape = Callable[[np.random.Generator], NDArray[np.int64]]
INT64 = np.iinfo(np.int64)
SHAPES: dict[str, Shape] = {
    "equal": lambda rng: np.zeros(COUNT, dtype=np.int64),
    "even": lambda rng: rng.integers(0, 10**12, COUNT),
    "widest": lambda rng: rng.integers(INT64.min, INT64.max, COUNT),
    "extremes": lambda rng: rng.choice(np.array([INT64.min, INT64.max]), COUNT),
    "skewed": lambda rng: rng.integers(0, INT64.max, COUNT) >> rng.integers(0, 63, COUNT),
    "far apart, near together": lambda rng: (
        rng.choice(np.array([INT64.min + 1, INT64.max - 1, 5]), COUNT) + rng.integers(-1, 2, COUNT)
    ),
    "sorted": lambda rng: np.arange(COUNT),
    "reversed": lambda rng: np.arange(COUNT)[::-1],
}


@pytest.mark.parametrize("order", ["oldest", "newest"])
@pytest.mark.parametrize("priorities", ["none", "few", "all"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_load_comes_out_in_order(shape: str, priorities: str, order: str) -> None:
    rng = np.random.default_rng(11)
    ranks = SHAPES[shape](rng)
    width = {"none": 1, "few": 5, "all": 2**31}[priorities]
    urgent = rng.integers(-width, width, COUNT)
    queue = ReadyQueue(order)
    queue.push_many(np.arange(COUNT), priorities=urgent, ranks=ranks)
    removed = np.arange(0, COUNT, 5)
    popped = [queue.pop_many(10)]
    for contact in removed.tolist():
        queue.remove(contact)
    popped.append(queue.pop_many(COUNT))

    expected = np.lexsort((ranks if order == "oldest" else ~ranks, ~urgent))
    assert popped[0].tolist() == expected[:10].tolist()
    left = expected[10:][expected[10:] % 5 != 0]
    assert popped[1].tolist() == left.tolist()


@pytest.mark.parametrize("sparse", [False, True])
def test_a_random_load_comes_out_in_order_though_contacts_leave(sparse: bool) -> None:
    rng = np.random.default_rng(12)
    ids = np.unique(rng.integers(0, 2**62, COUNT)) if sparse else np.arange(COUNT)
    queue, twin = ReadyQueue("random", seed=9), ReadyQueueTwin("random", 9)
    queue.push_many(ids)
    for contact in ids.tolist():
        twin.push(Row(contact, 0, 0, 0))
    assert queue.pop_many(10).tolist() == twin.pop_many(10)
    gone = set(ids[::3].tolist())
    for contact in sorted(gone):
        queue.remove(contact)
    assert queue.pop_many(COUNT).tolist() == [
        contact for contact in twin.listed() if contact not in gone
    ]
