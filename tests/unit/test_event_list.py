"""The event list: exact order, honest refusals, flat memory."""

import math
import sys
import threading

import numpy as np
import pytest

from fastdial.kernel.event_list import ID_MAX, EventList


def events(*rows: tuple[int, float]) -> EventList:
    made = EventList()
    for id, at in rows:
        made.schedule(id, at)
    return made


def test_the_earlier_is_popped_first_and_among_equals_the_one_scheduled_first() -> None:
    some = events((3, 5.0), (1, 9.0), (2, 5.0))
    assert [some.pop() for _ in range(4)] == [(3, 5.0), (2, 5.0), (1, 9.0), None]


def test_rescheduling_for_the_same_time_moves_to_the_end_of_that_time() -> None:
    some = events((1, 5.0), (2, 5.0), (1, 5.0))
    assert len(some) == 2
    assert some.pop_until(5.0)[0].tolist() == [2, 1]


def test_an_event_can_move_to_an_earlier_or_a_later_time() -> None:
    some = events((1, 5.0), (2, 6.0), (3, 7.0), (3, 1.0), (1, 8.0))
    assert some.pop_until(9.0)[0].tolist() == [3, 2, 1]


def test_a_cancelled_event_is_gone_at_once() -> None:
    some = events((1, 5.0), (2, 6.0))
    assert some.cancel(1)
    assert not some.cancel(1)
    assert not some.cancel(ID_MAX)
    assert 1 not in some
    assert some.time_of(1) is None
    assert some.peek() == (2, 6.0)


def test_an_event_before_those_already_popped_comes_next() -> None:
    some = events((1, 5.0), (2, 6.0))
    assert some.pop() == (1, 5.0)
    some.schedule(3, -1e300)
    assert some.pop() == (3, -1e300)


def test_times_before_zero_come_before_times_after_it_and_both_zeros_are_one() -> None:
    some = events((1, 5e-324), (2, 0.0), (3, -0.0), (4, -5e-324), (5, 1.7e308), (6, -1.7e308))
    assert some.pop_until(0.0)[0].tolist() == [6, 4, 2, 3]
    assert some.pop() == (1, 5e-324)


def test_what_is_due_exactly_at_the_limit_is_popped_and_the_rest_stays() -> None:
    some = events((1, 5.0), (2, math.nextafter(5.0, 9.0)), (3, 4.0))
    ids, times = some.pop_until(5.0)
    assert (ids.tolist(), times.tolist()) == ([3, 1], [4.0, 5.0])
    assert len(some) == 1


def test_an_empty_list_has_nothing_to_say() -> None:
    none = EventList()
    assert (none.peek(), none.pop(), none.time_of(3), len(none)) == (None, None, None, 0)
    assert [column.tolist() for column in none.pop_until(1e9)] == [[], []]
    none.schedule_many([], [])
    assert none.nbytes == 0


def test_any_columns_of_numbers_are_taken_and_one_time_serves_for_all() -> None:
    some = EventList()
    some.schedule_many(np.array([7, 8], np.uint8), 3)
    some.schedule_many((9,), np.array([1], np.float32))
    assert some.pop_until(3)[0].tolist() == [9, 7, 8]


def test_of_an_id_given_twice_in_one_column_the_last_row_counts() -> None:
    some = EventList()
    some.schedule_many([1, 2, 1], [5.0, 5.0, 5.0])
    assert some.pop_until(5.0)[0].tolist() == [2, 1]


@pytest.mark.parametrize(
    ("ids", "at", "error", "words"),
    [
        ([1, -2], [1.0, 1.0], ValueError, r"ids\[1\] is -2; it can be 0 to 16777215"),
        ([1, ID_MAX + 1], [1.0, 1.0], ValueError, r"ids\[1\] is 16777216"),
        ([2**64 - 1], [1.0], ValueError, r"ids\[0\] is 18446744073709551615"),
        ([1, 2], [1.0], ValueError, r"ids has shape \(2,\) and at \(1,\)"),
        ([1, 2], [1.0, math.nan], ValueError, r"at\[1\] is nan; it must be finite"),
        ([1], [math.inf], ValueError, r"at\[0\] is inf"),
        ([1.5], [1.0], TypeError, "ids has dtype float64"),
        ([1], ["soon"], TypeError, "at has dtype"),
        ([[1]], [[1.0]], ValueError, "2 dimensions"),
        (1, 1.0, ValueError, "0 dimensions"),
    ],
)
def test_a_refused_column_says_why_and_changes_nothing(
    ids: object, at: object, error: type[Exception], words: str
) -> None:
    some = events((1, 5.0))
    with pytest.raises(error, match=words):
        some.schedule_many(ids, at)  # type: ignore[arg-type]  # wrong on purpose
    assert len(some) == 1
    assert some.pop() == (1, 5.0)


def test_a_refused_id_or_time_says_what_was_allowed() -> None:
    some = EventList()
    with pytest.raises(ValueError, match="id is -1; it can be 0 to 16777215"):
        some.schedule(-1, 0.0)
    with pytest.raises(ValueError, match="id is 16777216"):
        some.cancel(2**24)
    with pytest.raises(TypeError, match=r"id is 1\.5; it must be an integer"):
        some.schedule(1.5, 0.0)  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(ValueError, match="at is nan; it must be finite"):
        some.schedule(1, math.nan)
    with pytest.raises(TypeError, match="at is 'soon'; it must be a number"):
        some.schedule(1, "soon")  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(ValueError, match="until is inf"):
        some.pop_until(math.inf)
    assert len(some) == 0


def test_the_highest_id_can_be_used_and_its_memory_is_said() -> None:
    some = events((ID_MAX, 1.0))
    assert some.pop() == (ID_MAX, 1.0)
    assert some.nbytes >= 4 * 2**24
    assert sys.getsizeof(some) > some.nbytes


def test_memory_does_not_grow_with_what_was_rescheduled_cancelled_or_popped() -> None:
    some = EventList()
    for again in range(100):
        some.schedule_many(np.arange(300), again + np.arange(300) / 7)
        for id in range(0, 300, 3):
            some.cancel(id)
        some.pop_until(again + 20)
    assert some.nbytes < 30_000


def test_threads_that_share_a_list_are_refused_or_served_but_never_corrupt() -> None:
    shared = EventList()
    ids = np.arange(20_000)
    outcomes: list[str] = []

    def work(seed: int) -> None:
        rng = np.random.default_rng(seed)
        for _ in range(20):
            try:
                shared.schedule_many(ids, rng.random(len(ids)))
                shared.pop_until(0.5)
                outcomes.append("served")
            except RuntimeError:
                outcomes.append("refused")

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(outcomes) <= {"served", "refused"}
    assert "served" in outcomes
    left = shared.pop_until(1.0)
    assert (np.diff(left[1]) >= 0).all()
    assert len(np.unique(left[0])) == len(left[0])
    assert len(shared) == 0
