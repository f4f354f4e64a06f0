"""Contacts come out of the ready queue in the order that was asked for (CA-6)."""

import sys
import threading

import numpy as np
import pytest

from fastdial.kernel.ready_queue import ReadyQueue


def test_ca_6_priority_goes_before_age() -> None:
    queue = ReadyQueue("oldest")
    queue.push(1, priority=0, rank=10)
    queue.push(2, priority=5, rank=30)
    queue.push(3, priority=5, rank=20)
    queue.push(4, priority=-1, rank=0)
    assert [queue.pop() for _ in range(5)] == [3, 2, 1, 4, None]


@pytest.mark.parametrize(
    ("order", "expected"), [("oldest", [1, 2, 0]), ("column", [1, 2, 0]), ("newest", [0, 2, 1])]
)
def test_ca_6_orders_by_rank(order: str, expected: list[int]) -> None:
    queue = ReadyQueue(order)
    queue.push_many([0, 1, 2], ranks=[2**63 - 1, -(2**63), 0])
    assert list(queue) == expected
    assert queue.order == order


@pytest.mark.parametrize("order", ["oldest", "newest", "column"])
def test_equal_contacts_come_in_sequence(order: str) -> None:
    queue = ReadyQueue(order)
    ids = np.random.default_rng(1).permutation(1000)
    queue.push_many(ids)
    queue.set_priority(int(ids[500]), 1)
    queue.set_priority(int(ids[500]), 0)
    assert queue.pop_many(1000).tolist() == ids.tolist()


def test_ca_6_random_calls_every_contact_once_before_any_twice() -> None:
    queue = ReadyQueue("random", seed=7)
    queue.push_many(np.arange(100))
    called: list[int] = []
    for _ in range(300):
        contact = queue.pop()
        assert contact is not None
        queue.push(contact, rank=called.count(contact) + 1)
        called.append(contact)
    rounds = [called[at : at + 100] for at in (0, 100, 200)]
    assert all(sorted(ids) == list(range(100)) for ids in rounds)


def test_ca_6_random_is_reproducible_from_its_seed() -> None:
    def order_of(seed: int) -> list[int]:
        queue = ReadyQueue("random", seed=seed)
        queue.push_many(np.arange(1000))
        return list(queue)

    assert order_of(1) == order_of(1)
    assert order_of(1) != order_of(2)
    # Golden: the permutation is part of what a seed means, so it may not change.
    assert order_of(1)[:5] == [994, 122, 479, 942, 398]


def test_random_order_of_others_is_left_alone_by_comings_and_goings() -> None:
    few, many = ReadyQueue("random", seed=3), ReadyQueue("random", seed=3)
    few.push_many(np.arange(0, 1000, 2))
    many.push_many(np.arange(1000))
    assert [contact for contact in many if contact % 2 == 0] == list(few)


def test_classes_start_closed_but_class_0() -> None:
    queue = ReadyQueue()
    queue.push_many([1, 2, 3], window_classes=[0, 1, 65535])
    assert [queue.is_open(of) for of in (0, 1, 2, 65535)] == [True, False, False, False]
    assert (len(queue), queue.ready) == (3, 1)
    assert queue.first(9).tolist() == [1]
    assert queue.first(9, open_only=False).tolist() == [1, 2, 3]


def test_closed_classes_are_passed_over() -> None:
    queue = ReadyQueue()
    queue.push_many([1, 2, 3, 4], ranks=[1, 2, 3, 4], window_classes=[0, 1, 0, 1])
    queue.open_class(1)
    assert queue.pop() == 1
    queue.close_class(0)
    assert (queue.ready, queue.pop(), queue.peek()) == (2, 2, 4)
    queue.close_class(1)
    assert (queue.ready, queue.pop(), len(queue)) == (0, None, 2)
    queue.open_class(0)
    assert queue.pop() == 3


def test_a_live_queue_can_be_reordered() -> None:
    queue = ReadyQueue("oldest")
    queue.push_many(np.arange(1000), ranks=np.arange(1000) // 2)
    assert queue.pop_many(2).tolist() == [0, 1]
    queue.reorder("newest")
    assert queue.pop_many(3).tolist() == [998, 999, 996]
    queue.reorder("random", seed=5)
    queue.reorder("oldest")
    assert queue.pop_many(2).tolist() == [2, 3]
    assert (queue.order, queue.seed) == ("oldest", 0)


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([5, 6, 5], r"ids\[2\] is 5, which is in the queue already"),
        ([5, 1], r"ids\[1\] is 1, which is in the queue already"),
        ([5, -3], r"ids\[1\] is -3; an id can be 0 to"),
    ],
)
def test_a_bad_load_loads_nothing(ids: list[int], message: str) -> None:
    queue = ReadyQueue()
    queue.push(1)
    with pytest.raises(ValueError, match=message):
        queue.push_many(ids)
    assert list(queue) == [1]
    assert 5 not in queue


def test_a_load_with_a_bad_class_loads_nothing() -> None:
    queue = ReadyQueue()
    with pytest.raises(ValueError, match=r"window_classes\[1\] is 65536"):
        queue.push_many([1, 2], window_classes=[0, 65536])
    assert len(queue) == 0


@pytest.mark.parametrize(
    ("error", "arguments"),
    [
        (ValueError, {"ids": [[1]]}),
        (ValueError, {"ids": [1, 2], "ranks": [1]}),
        (TypeError, {"ids": [1.5]}),
        (TypeError, {"ids": ["a"]}),
        (OverflowError, {"ids": [1], "priorities": [2**31]}),
        (OverflowError, {"ids": np.array([2**63], dtype=np.uint64)}),
        (TypeError, {"ids": [1], "ranks": [float("nan")]}),
    ],
)
def test_columns_of_the_wrong_kind_are_refused(
    error: type[Exception], arguments: dict[str, object]
) -> None:
    queue = ReadyQueue()
    with pytest.raises(error):
        queue.push_many(**arguments)  # type: ignore[arg-type]  # that is the point
    assert len(queue) == 0


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.uint32, np.uint64, ">i8"])
def test_columns_of_any_whole_numbers_are_taken(dtype: str) -> None:
    queue = ReadyQueue()
    queue.push_many(np.array([3, 1, 2], dtype=dtype)[::-1], ranks=np.array([3, 1, 2], dtype=dtype))
    assert list(queue) == [1, 3, 2]


def test_an_empty_load_is_a_load() -> None:
    queue = ReadyQueue()
    queue.push_many([])
    assert queue.pop_many(10).tolist() == []


def test_single_pushes_are_checked() -> None:
    queue = ReadyQueue()
    queue.push(1)
    with pytest.raises(ValueError, match="id 1 is in the queue already"):
        queue.push(1)
    with pytest.raises(ValueError, match="id is -1"):
        queue.push(-1)
    with pytest.raises(ValueError, match="window_class is 65536"):
        queue.push(2, window_class=65536)
    with pytest.raises(OverflowError):
        queue.push(2, priority=2**31)
    with pytest.raises(OverflowError):
        queue.push(2**63)
    with pytest.raises(KeyError, match="id 2 is not in the queue"):
        queue.set_priority(2, 1)
    with pytest.raises(ValueError, match="count is -1"):
        queue.pop_many(-1)
    with pytest.raises(ValueError, match="order is 'best'; it can be one of oldest"):
        queue.reorder("best")
    with pytest.raises(ValueError, match="seed is -1"):
        ReadyQueue(seed=-1)
    assert not queue.remove(-1)
    assert -1 not in queue
    assert list(queue) == [1]


def test_the_largest_ids_are_as_good_as_any() -> None:
    queue = ReadyQueue()
    ids = [2**63 - 1, 0, 2**62, 2**40, 1]
    queue.push_many(ids, ranks=[5, 4, 3, 2, 1])
    assert queue.remove(2**62)
    assert queue.pop_many(9).tolist() == [1, 2**40, 0, 2**63 - 1]


def test_ids_that_begin_sparse_and_fill_their_range_stay_right() -> None:
    queue = ReadyQueue()
    for contact in range(5_000_000, 4_800_000, -50_000):
        queue.push(contact)
    sparse_bytes = queue.nbytes
    queue.push_many(np.arange(400_000))
    assert sparse_bytes < 100_000
    assert queue.pop_many(5).tolist() == [5_000_000, 4_950_000, 4_900_000, 4_850_000, 0]


def test_a_queue_that_grows_a_little_at_a_time_keeps_all_its_contacts() -> None:
    queue = ReadyQueue("newest")
    for first in range(0, 600_000, 6_000):
        queue.push_many(np.arange(first, first + 6_000), window_classes=np.arange(6_000) % 2)
        assert queue.peek() == 0
    queue.open_class(1)
    assert sorted(queue.pop_many(600_000).tolist()) == list(range(600_000))


def test_a_queue_in_use_is_not_initialised_twice() -> None:
    queue = ReadyQueue()
    queue.push(1)
    with pytest.raises(RuntimeError, match="reorder"):
        queue.__init__("newest")


def test_memory_is_said_and_given_back() -> None:
    queue = ReadyQueue()
    empty = queue.nbytes
    queue.push_many(np.arange(100_000), ranks=np.arange(100_000))
    assert queue.nbytes >= 100_000 * 32
    assert sys.getsizeof(queue) > queue.nbytes
    queue.pop_many(100_000)
    assert queue.peek() is None
    assert queue.nbytes < empty + 100_000 * 16 + 4096


def test_two_threads_cannot_work_on_one_queue_at_once() -> None:
    queue = ReadyQueue()
    refusals = []
    ids = np.random.default_rng(1).permutation(3_000_000)

    def load() -> None:
        queue.push_many(ids, ranks=ids)

    thread = threading.Thread(target=load)
    thread.start()
    while thread.is_alive():
        try:
            queue.pop()
        except RuntimeError as refusal:
            refusals.append(str(refusal))
    thread.join()
    assert set(refusals) <= {"another thread is in a batch method of this queue; use a lock"}
    popped = queue.pop_many(3_000_000)
    assert np.all(np.diff(popped) > 0)
