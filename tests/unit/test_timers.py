"""Timers: exact order, honest refusals, flat memory."""

import sys
import threading

import numpy as np
import pytest

from fastdial.kernel.timers import Timers

NOW = 1_700_000_000_000


def timers(*rows: tuple[int, int]) -> Timers:
    made = Timers()
    for id, due_at in rows:
        made.schedule(id, due_at)
    return made


def test_the_earlier_is_popped_first_and_among_equals_the_one_scheduled_first() -> None:
    some = timers((3, NOW + 5), (1, NOW + 9), (2, NOW + 5))
    assert some.pop_due(NOW + 9).tolist() == [3, 2, 1]


def test_rescheduling_for_the_same_time_moves_to_the_end_of_that_time() -> None:
    some = timers((1, NOW), (2, NOW), (1, NOW))
    assert some.pop_due(NOW).tolist() == [2, 1]


def test_nothing_is_popped_before_it_is_due() -> None:
    some = timers((1, NOW))
    assert some.pop(NOW - 1) is None
    assert some.pop_due(NOW - 1).tolist() == []
    assert some.pop(NOW) == 1
    assert some.pop(NOW) is None


def test_something_is_due_from_the_instant_of_the_first_timer_on() -> None:
    some = timers((1, NOW + 5), (2, NOW))
    assert [some.is_due(at) for at in (NOW - 1, NOW, NOW + 1)] == [False, True, True]
    some.cancel(2)
    assert not some.is_due(NOW + 4)
    assert not timers().is_due(NOW)


def test_a_timer_for_a_time_already_past_comes_first() -> None:
    some = timers((1, NOW), (2, NOW + 1000))
    assert some.pop(NOW) == 1
    some.schedule(3, NOW - 86_400_000)
    assert some.peek() == (3, NOW - 86_400_000)


def test_the_limit_leaves_the_rest_for_the_next_call() -> None:
    some = timers(*((id, NOW) for id in range(5)))
    assert some.pop_due(NOW, limit=2).tolist() == [0, 1]
    assert some.pop_due(NOW, limit=0).tolist() == []
    assert some.pop_due(NOW, limit=99).tolist() == [2, 3, 4]


def test_a_cancelled_timer_is_gone_at_once() -> None:
    some = timers((1, NOW), (2, NOW + 1))
    assert some.cancel(1)
    assert not some.cancel(1)
    assert 1 not in some
    assert some.due_at(1) is None
    assert some.next_due() == NOW + 1


def test_empty_timers_have_nothing_to_say() -> None:
    none = Timers()
    assert (none.peek(), none.next_due(), none.pop(NOW), len(none)) == (None, None, None, 0)
    none.schedule_many([], [])
    assert [column.tolist() for column in none.entries()] == [[], []]


def test_the_whole_range_of_ids_and_times_can_be_used() -> None:
    far = timers((2**63 - 1, 2**63 - 1), (0, -(2**63)), (5, 0))
    assert far.pop_due(2**63 - 1).tolist() == [0, 5, 2**63 - 1]


def test_one_time_can_be_given_for_many_and_any_integer_column_is_taken() -> None:
    some = Timers()
    some.schedule_many(np.array([7, 8], np.uint8), NOW)
    some.schedule_many((9,), np.array([NOW], np.uint64))
    assert some.pop_due(NOW).tolist() == [7, 8, 9]


def test_of_an_id_given_twice_in_one_column_the_last_row_counts() -> None:
    some = Timers()
    some.schedule_many([1, 2, 1], [NOW, NOW, NOW + 1])
    assert len(some) == 2
    assert [column.tolist() for column in some.entries()] == [[2, 1], [NOW, NOW + 1]]


@pytest.mark.parametrize(
    ("ids", "due_at", "error", "words"),
    [
        ([1, -2], [NOW, NOW], ValueError, r"ids\[1\] is -2"),
        ([1, 2], [NOW], ValueError, "ids has 2 rows and due_at 1"),
        ([1.5], [NOW], TypeError, "ids has dtype float64"),
        (["1"], [NOW], TypeError, "ids has dtype"),
        ([[1]], [NOW], ValueError, "2 dimensions"),
        (1, NOW, ValueError, "single number"),
        ([2**63], [NOW], OverflowError, "ids holds 9223372036854775808"),
        ([1], [float("nan")], TypeError, "due_at has dtype float64"),
    ],
)
def test_a_refused_column_says_why_and_changes_nothing(
    ids: object, due_at: object, error: type[Exception], words: str
) -> None:
    some = timers((1, NOW))
    with pytest.raises(error, match=words):
        some.schedule_many(ids, due_at)  # type: ignore[arg-type]  # wrong on purpose
    assert [column.tolist() for column in some.entries()] == [[1], [NOW]]


def test_a_refused_id_or_time_says_what_was_allowed() -> None:
    some = Timers()
    with pytest.raises(ValueError, match=r"id is -1; it can be 0"):
        some.schedule(-1, NOW)
    with pytest.raises(OverflowError, match=r"id is 9223372036854775808"):
        some.cancel(2**63)
    with pytest.raises(OverflowError, match="due_at is"):
        some.schedule(1, 2**63)
    with pytest.raises(TypeError, match="must be an integer"):
        some.schedule(1, 0.5)  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(TypeError, match="must be an integer"):
        some.due_at("1")  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(ValueError, match="limit is -1"):
        some.pop_due(NOW, limit=-1)
    assert len(some) == 0


def test_a_first_timer_far_away_does_not_disturb_the_order_of_those_before_it() -> None:
    count = 20_000
    due_at = NOW + np.random.default_rng(1).integers(0, 3_600_000, count)
    some = timers((count, NOW + 10 * 86_400_000))
    for id, at in enumerate(due_at.tolist()):
        some.schedule(id, at)
    order = np.argsort(due_at, kind="stable").tolist()
    assert some.pop_due(NOW + 20 * 86_400_000).tolist() == [*order, count]


def test_memory_does_not_grow_with_what_was_rescheduled_or_cancelled() -> None:
    some = Timers()
    for again in range(200):
        for id in range(500):
            some.schedule(id, NOW + again * 1000 + id)
    assert some.nbytes < 200_000
    assert sys.getsizeof(some) > some.nbytes


def test_threads_that_share_timers_are_refused_or_served_but_never_corrupt() -> None:
    shared = Timers()
    ids = np.arange(50_000)
    outcomes: list[str] = []

    def work(offset: int) -> None:
        for _ in range(20):
            try:
                shared.schedule_many(ids + offset, NOW + ids % 977)
                shared.pop_due(NOW + 500)
                outcomes.append("served")
            except RuntimeError as error:
                assert "another thread" in str(error)  # noqa: PT017 - either outcome is right
                outcomes.append("refused")

    threads = [threading.Thread(target=work, args=(n * 1_000_000,)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "served" in outcomes
    pending, due_at = shared.entries()
    expected = pending[np.argsort(due_at, kind="stable")]
    assert shared.pop_due(2**63 - 1).tolist() == expected.tolist()
