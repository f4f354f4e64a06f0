"""Slots with capacity: what is available and why not, bookings, changes of hours, snapshots."""

import pickle
import sys
import threading
from typing import Any

import numpy as np
import pytest

from fastdial.kernel.slot_grid import (
    HORIZON_MAX_MS,
    NEVER_AT,
    Availability,
    Reason,
    SlotGrids,
)

MINUTE = 60_000
QUARTER = 15 * MINUTE
HOUR = 60 * MINUTE
DAY = 24 * HOUR
MONDAY = 1_700_438_400_000  # 2023-11-20 00:00 UTC


def a_day(*capacities: int, **limits: int) -> SlotGrids:
    """One grid, number 0, with slots of a quarter of an hour from Monday midnight on."""
    grids = SlotGrids()
    grids.add(QUARTER, **limits)
    grids.extend(0, MONDAY, list(capacities))
    return grids


def reasons(grids: SlotGrids, now: int | None = None) -> list[str]:
    shown = grids.availability(0, MONDAY, MONDAY + DAY, now=now)
    return [Reason(value).name for value in shown.reason]


class TestAvailability:
    def test_sl_2_a_range_gives_every_slot_with_what_is_taken_and_free(self) -> None:
        grids = a_day(2, 1, 0)
        grids.book(0, MONDAY)
        grids.book(0, MONDAY + QUARTER)
        shown = grids.availability(0, MONDAY, MONDAY + DAY)
        assert shown.start_at.tolist() == [MONDAY, MONDAY + QUARTER, MONDAY + 2 * QUARTER]
        assert shown.capacity.tolist() == [2, 1, 0]
        assert shown.taken.tolist() == [1, 1, 0]
        assert shown.free.tolist() == [1, 0, 0]
        assert reasons(grids) == ["NONE", "FULL", "CLOSED"]

    def test_sl_2_each_reason_stands_where_it_is_due(self) -> None:
        grids = a_day(1, 1, 1, 1, 0, 1, 1, lead_ms=QUARTER, horizon_ms=3 * QUARTER)
        grids.book(0, MONDAY + 3 * QUARTER)
        grids.set_capacity(0, MONDAY + 5 * QUARTER, MONDAY + 6 * QUARTER, 0, holiday=True)
        now = MONDAY + QUARTER
        assert reasons(grids, now) == [
            *("PAST", "TOO_SOON", "NONE", "FULL", "CLOSED", "HOLIDAY", "TOO_FAR")
        ]
        assert reasons(grids) == ["NONE", "NONE", "NONE", "FULL", "CLOSED", "HOLIDAY", "NONE"]

    def test_a_slot_that_is_closed_says_so_before_it_says_too_soon(self) -> None:
        grids = a_day(0, 1, lead_ms=HOUR)
        assert reasons(grids, MONDAY) == ["CLOSED", "TOO_SOON"]
        assert reasons(grids, MONDAY + 1) == ["PAST", "TOO_SOON"]

    @pytest.mark.parametrize(
        ("now", "reason"),
        [
            (MONDAY - 30 * DAY - 1, Reason.TOO_FAR),
            (MONDAY - 30 * DAY, Reason.NONE),
            (MONDAY - HOUR, Reason.NONE),
            (MONDAY - HOUR + 1, Reason.TOO_SOON),
            (MONDAY, Reason.TOO_SOON),
            (MONDAY + 1, Reason.PAST),
        ],
    )
    def test_sl_1_lead_and_horizon_hold_to_the_millisecond(self, now: int, reason: Reason) -> None:
        grids = a_day(1, lead_ms=HOUR, horizon_ms=30 * DAY)
        assert grids.why(0, MONDAY, now=now) == reason
        assert reasons(grids, now) == [reason.name]
        found = grids.first_free(0, MONDAY, MONDAY + DAY, now=now)
        assert (found == MONDAY) == (reason == Reason.NONE)
        assert bool(grids.book(0, MONDAY, now=now)) == (reason == Reason.NONE)

    def test_a_horizon_shorter_than_the_lead_leaves_nothing(self) -> None:
        grids = a_day(1, 1, 1, 1, lead_ms=2 * QUARTER, horizon_ms=QUARTER)
        assert reasons(grids, MONDAY) == ["TOO_SOON", "TOO_SOON", "TOO_FAR", "TOO_FAR"]
        assert grids.first_free(0, MONDAY, MONDAY + DAY, now=MONDAY) is None

    def test_a_range_holds_the_slots_that_begin_in_it(self) -> None:
        grids = a_day(1, 1, 1)
        shown = grids.availability(0, MONDAY + 1, MONDAY + 2 * QUARTER)
        assert shown.start_at.tolist() == [MONDAY + QUARTER]
        assert len(grids.availability(0, MONDAY + 1, MONDAY).start_at) == 0
        assert len(grids.availability(0, -(2**63), 2**63 - 1).start_at) == 3

    def test_sl_8_stretches_may_begin_at_any_instant(self) -> None:
        """Nine o'clock is an hour earlier after the clocks went forward, whatever the slots."""
        grids = SlotGrids()
        grids.add(50 * MINUTE)
        first, second = MONDAY + 8 * HOUR, MONDAY + DAY + 7 * HOUR
        grids.extend(0, first, [1] * 10)
        grids.extend(0, second, [2] * 10)
        starts = grids.availability(0, MONDAY, MONDAY + 2 * DAY).start_at.tolist()
        assert starts == [first + n * 50 * MINUTE for n in range(10)] + [
            second + n * 50 * MINUTE for n in range(10)
        ]
        assert grids.why(0, first + 10 * 50 * MINUTE) == Reason.NO_SLOT

    def test_an_instant_within_a_slot_is_none_of_its_own(self) -> None:
        grids = a_day(1, 1)
        for at in (MONDAY - QUARTER, MONDAY + 1, MONDAY + 2 * QUARTER, -(2**63), 2**63 - 1):
            assert grids.why(0, at) == Reason.NO_SLOT
            assert grids.book(0, at) == 0


class TestBooking:
    def test_sl_3_no_slot_is_booked_above_its_capacity(self) -> None:
        grids = a_day(3)
        assert [bool(grids.book(0, MONDAY)) for _ in range(5)] == [True] * 3 + [False] * 2
        assert grids.why(0, MONDAY) == Reason.FULL
        assert grids.booked == 3

    def test_sl_3_a_place_is_given_back_exactly_once(self) -> None:
        grids = a_day(2)
        first, second = grids.book(0, MONDAY), grids.book(0, MONDAY)
        assert [grids.cancel(first) for _ in range(3)] == [True, False, False]
        assert grids.book(0, MONDAY) not in (0, first, second)
        assert not grids.cancel(first)
        assert grids.book(0, MONDAY) == 0

    def test_a_token_is_never_given_twice(self) -> None:
        grids = a_day(1)
        tokens = []
        for _ in range(1000):
            tokens.append(grids.book(0, MONDAY))
            grids.cancel(tokens[-1])
        assert len(set(tokens)) == 1000
        assert not any(grids.cancel(token) for token in tokens)

    def test_sl_3_moving_gives_one_place_back_and_takes_one(self) -> None:
        grids = a_day(1, 1)
        token = grids.book(0, MONDAY)
        assert grids.move(token, 0, MONDAY + QUARTER)
        assert grids.where(token) == (0, MONDAY + QUARTER)
        assert grids.availability(0, MONDAY, MONDAY + DAY).taken.tolist() == [0, 1]
        assert grids.cancel(token)
        assert grids.availability(0, MONDAY, MONDAY + DAY).taken.tolist() == [0, 0]

    def test_moving_to_a_full_slot_is_refused_and_changes_nothing(self) -> None:
        grids = a_day(1, 1)
        token, other = grids.book(0, MONDAY), grids.book(0, MONDAY + QUARTER)
        before = grids.snapshot()
        assert not grids.move(token, 0, MONDAY + QUARTER)
        assert not grids.move(token, 0, MONDAY + 5)
        assert not grids.move(token, 0, MONDAY, now=MONDAY + 1) or grids.snapshot() == before
        assert grids.snapshot() == before
        assert grids.move(other, 0, MONDAY + QUARTER)

    def test_sl_7_a_personal_callback_takes_a_place_in_both_grids(self) -> None:
        grids = a_day(5)
        agent = grids.add(QUARTER)
        grids.extend(agent, MONDAY, [1])
        assert grids.book(agent, MONDAY)
        assert grids.book(0, MONDAY)
        assert grids.book(agent, MONDAY) == 0
        assert grids.why(0, MONDAY) == Reason.NONE

    def test_many_are_booked_in_order_each_if_it_can_be(self) -> None:
        grids = a_day(2, 1)
        starts = [MONDAY, MONDAY, MONDAY, MONDAY + QUARTER, MONDAY + 7]
        tokens = grids.book_many([0] * 5, starts)
        assert (tokens != 0).tolist() == [True, True, False, True, False]
        assert grids.cancel_many([*tokens, *tokens, 99, -1]) == 3
        assert grids.booked == 0

    @pytest.mark.parametrize("token", [0, -1, 1 << 32, 2, 2**63 - 1, -(2**63)])
    def test_what_is_no_token_cancels_nothing(self, token: int) -> None:
        grids = a_day(1)
        grids.book(0, MONDAY)
        assert not grids.cancel(token)
        assert grids.where(token) is None
        assert not grids.move(token, 0, MONDAY)
        assert not grids.carry(token, 0, MONDAY)
        assert grids.booked == 1

    def test_a_hundred_thousand_at_one_instant_fill_the_slot_and_no_more(self) -> None:
        grids = a_day(60_000)
        tokens = grids.book_many(np.zeros(100_000, int), np.full(100_000, MONDAY))
        assert np.count_nonzero(tokens) == 60_000
        assert grids.availability(0, MONDAY, MONDAY + 1).taken.tolist() == [60_000]
        assert grids.cancel_many(tokens) == 60_000


class TestCapacity:
    def test_sl_4_lowering_it_keeps_the_bookings_and_nothing_new_fits(self) -> None:
        grids = a_day(3)
        tokens = [grids.book(0, MONDAY) for _ in range(3)]
        assert grids.set_capacity(0, MONDAY, MONDAY + 1, 1) == 1
        shown = grids.availability(0, MONDAY, MONDAY + 1)
        assert (shown.capacity[0], shown.taken[0], shown.free[0]) == (1, 3, 0)
        assert reasons(grids) == ["FULL"]
        assert grids.cancel(tokens[0])
        assert grids.cancel(tokens[1])
        assert grids.book(0, MONDAY) == 0
        assert grids.cancel(tokens[2])
        assert grids.book(0, MONDAY)

    def test_closing_keeps_the_bookings(self) -> None:
        grids = a_day(2)
        token = grids.book(0, MONDAY)
        grids.set_capacity(0, MONDAY, MONDAY + 1, 0, holiday=True)
        assert reasons(grids) == ["HOLIDAY"]
        assert grids.where(token) == (0, MONDAY)
        grids.set_capacity(0, MONDAY, MONDAY + 1, [2])
        assert reasons(grids) == ["NONE"]

    def test_a_change_of_hours_carries_bookings_into_slots_without_room(self) -> None:
        grids = a_day(1, 1)
        token = grids.book(0, MONDAY)
        grids.book(0, MONDAY + QUARTER)
        assert grids.carry(token, 0, MONDAY + QUARTER)
        shown = grids.availability(0, MONDAY, MONDAY + DAY)
        assert (shown.taken.tolist(), shown.free.tolist()) == ([0, 2], [1, 0])
        assert grids.why(0, MONDAY + QUARTER) == Reason.FULL

    def test_a_slot_that_is_carried_too_many_says_so(self) -> None:
        grids = a_day(65_534, 65_534)
        first = grids.book_many(np.zeros(65_534, int), np.full(65_534, MONDAY))
        second = grids.book_many(np.zeros(2, int), np.full(2, MONDAY + QUARTER)).tolist()
        assert first.all()
        assert grids.carry(second[0], 0, MONDAY)
        with pytest.raises(OverflowError, match="holds 65535 bookings"):
            grids.carry(second[1], 0, MONDAY)
        assert grids.where(second[1]) == (0, MONDAY + QUARTER)
        assert SlotGrids.restore(grids.snapshot()).snapshot() == grids.snapshot()

    def test_every_value_is_checked_before_any_is_set(self) -> None:
        grids = a_day(1, 1, 1)
        before = grids.snapshot()
        with pytest.raises(ValueError, match=r"capacities\[2\] is 65535; 0 to 65534 is allowed"):
            grids.set_capacity(0, MONDAY, MONDAY + DAY, [5, 5, 65_535])
        with pytest.raises(ValueError, match="one value or 3 are allowed"):
            grids.set_capacity(0, MONDAY, MONDAY + DAY, [5, 5])
        with pytest.raises(ValueError, match="on a holiday has capacity"):
            grids.set_capacity(0, MONDAY, MONDAY + DAY, 1, holiday=True)
        with pytest.raises(TypeError, match="must be integers"):
            grids.set_capacity(0, MONDAY, MONDAY + DAY, 0.5)
        assert grids.snapshot() == before


class TestFinding:
    def test_sl_6_the_first_free_slot_of_one_grid(self) -> None:
        grids = a_day(0, 1, 1, lead_ms=QUARTER)
        grids.book(0, MONDAY + QUARTER)
        assert grids.first_free(0, MONDAY, MONDAY + DAY) == MONDAY + 2 * QUARTER
        assert grids.first_free(0, MONDAY, MONDAY + 2 * QUARTER) is None
        assert grids.first_free(0, MONDAY, MONDAY + DAY, now=MONDAY + QUARTER + 1) is None

    def test_a_search_ends_with_its_range_and_with_the_slots(self) -> None:
        """Of every length about that of a word of bits."""
        for n in (1, 63, 64, 65, 128, 130):
            grids = a_day(*[0] * (n - 1), 1)
            last = MONDAY + (n - 1) * QUARTER
            assert grids.first_free(0, MONDAY, last + 1) == last
            assert grids.first_free(0, MONDAY, last) is None
            grids.book(0, last)
            assert grids.first_free(0, MONDAY, MONDAY + 9 * DAY) is None

    def test_sl_6_across_many_in_order_of_time_and_then_of_grids(self) -> None:
        grids = a_day(0, 1, 0, 1)
        other = grids.add(QUARTER)
        grids.extend(other, MONDAY + QUARTER, [3, 1])
        ask: Any = {"from_at": MONDAY, "until_at": MONDAY + DAY}
        found, starts = grids.first_free_across([other, 0], limit=9, **ask)
        assert found.tolist() == [other, 0, other, 0]
        assert ((starts - MONDAY) // QUARTER).tolist() == [1, 1, 2, 3]
        assert [len(column) for column in grids.first_free_across([0], limit=0, **ask)] == [0, 0]
        assert grids.first_free_across([], **ask)[0].tolist() == []
        assert grids.first_free_each([0, other], **ask).tolist() == [MONDAY + QUARTER] * 2
        late = {**ask, "from_at": MONDAY + 4 * QUARTER}
        assert grids.first_free_each([0], **late).tolist() == [NEVER_AT]

    def test_sl_5_a_window_takes_the_slot_with_most_room_the_earliest_on_a_tie(self) -> None:
        grids = a_day(1, 3, 2, 3, 9)
        grids.book(0, MONDAY + QUARTER)
        end = MONDAY + 4 * QUARTER
        assert grids.best(0, MONDAY, end) == MONDAY + 3 * QUARTER
        grids.book(0, MONDAY + 3 * QUARTER)
        assert grids.best(0, MONDAY, end) == MONDAY + QUARTER
        assert grids.best(0, MONDAY, end, earliest=True) == MONDAY

    def test_sl_5_a_slot_lies_in_a_window_whole(self) -> None:
        grids = a_day(1, 2)
        assert grids.best(0, MONDAY, MONDAY + 2 * QUARTER) == MONDAY + QUARTER
        assert grids.best(0, MONDAY, MONDAY + 2 * QUARTER - 1) == MONDAY
        assert grids.best(0, MONDAY + 1, MONDAY + 2 * QUARTER - 1) is None
        assert grids.best(0, MONDAY, MONDAY + 2 * QUARTER, now=MONDAY + QUARTER + 1) is None

    def test_sl_6_how_long_it_stays_open(self) -> None:
        grids = a_day(1, 1, 0, 1)
        grids.extend(0, MONDAY + 4 * QUARTER, [1])
        grids.extend(0, MONDAY + 6 * QUARTER, [1])
        grids.book(0, MONDAY + QUARTER)
        assert grids.open_until(0, MONDAY + 7) == MONDAY + 2 * QUARTER
        for closed in (
            MONDAY - 1,
            MONDAY + 2 * QUARTER,
            MONDAY + 5 * QUARTER,
            MONDAY + DAY,
            2**63 - 1,
        ):
            assert grids.open_until(0, closed) == closed
        assert grids.open_until(0, MONDAY + 3 * QUARTER) == MONDAY + 5 * QUARTER


class TestDays:
    def test_what_is_past_is_forgotten_with_its_bookings(self) -> None:
        grids = a_day(1, 1, 1)
        tokens = [grids.book(0, MONDAY + n * QUARTER) for n in range(3)]
        assert grids.forget(MONDAY + 2 * QUARTER - 1) == (1, 1)
        assert grids.span(0) == (MONDAY + QUARTER, MONDAY + 3 * QUARTER)
        assert [grids.where(token) is None for token in tokens] == [True, False, False]
        assert not grids.cancel(tokens[0])
        assert grids.cancel(tokens[2])
        assert grids.forget(MONDAY + DAY) == (2, 1)
        assert grids.span(0) is None

    @pytest.mark.parametrize("gone", [1, 63, 64, 65, 127, 128, 150, 199])
    def test_what_is_left_is_free_or_on_holiday_as_before(self, gone: int) -> None:
        """However the slots lie in words of bits."""
        capacities = [n * n % 3 for n in range(200)]
        holidays = [capacity == 0 and n % 2 for n, capacity in enumerate(capacities)]
        grids = SlotGrids()
        grids.add(QUARTER)
        grids.extend(0, MONDAY, capacities, holidays=holidays)
        grids.book_many([0] * 200, MONDAY + np.arange(0, 400, 2) * QUARTER)
        ask: Any = {"from_at": MONDAY, "until_at": MONDAY + 9 * DAY}
        before = grids.availability(0, **ask)
        free = grids.first_free_across([0], limit=200, **ask)[1]
        assert grids.forget(MONDAY + gone * QUARTER)[0] == gone
        after = grids.availability(0, **ask)
        for name in Availability._fields:
            assert (getattr(before, name)[gone:] == getattr(after, name)).all()
        left = free[free >= MONDAY + gone * QUARTER]
        assert grids.first_free_across([0], limit=200, **ask)[1].tolist() == left.tolist()
        grids.extend(0, MONDAY + 200 * QUARTER, [1] * 100)
        assert (grids.availability(0, **ask).reason[200 - gone :] == Reason.NONE).all()

    def test_a_horizon_that_moves_on_needs_no_more_memory(self) -> None:
        grids = a_day()
        day = DAY // QUARTER
        held = []
        for n in range(200):
            grids.extend(0, MONDAY + n * DAY, [2] * (day - 1))
            if n >= 31:
                grids.forget(MONDAY + (n - 30) * DAY)
            grids.book(0, MONDAY + n * DAY)
            held.append(grids.nbytes)
        assert held[-1] == held[60]
        assert grids.booked == 31
        shown = grids.availability(0, 0, 2**60)
        assert shown.taken.sum() == 31
        assert len(shown.start_at) == 31 * (day - 1)

    def test_slots_do_not_overlap(self) -> None:
        grids = a_day(1)
        with pytest.raises(ValueError, match=f"grid 0 has slots until {MONDAY + QUARTER}"):
            grids.extend(0, MONDAY + QUARTER - 1, [1])

    def test_a_removed_grid_gives_up_its_bookings_and_its_handle(self) -> None:
        grids = a_day(1)
        other = grids.add(HOUR)
        grids.extend(other, MONDAY, [2])
        tokens = [grids.book(0, MONDAY), grids.book(other, MONDAY)]
        assert grids.remove(0) == 1
        assert 0 not in grids
        assert not grids.cancel(tokens[0])
        assert grids.add(QUARTER) == 0
        assert grids.span(0) is None
        assert grids.limits(0) == (QUARTER, 0, HORIZON_MAX_MS)
        assert grids.where(tokens[1]) == (other, MONDAY)


class TestArguments:
    @pytest.mark.parametrize("grid", [-1, 1, 2**40])
    def test_a_grid_that_is_not_there_is_refused(self, grid: int) -> None:
        grids = a_day(1)
        for ask in (grids.span, grids.remove, grids.limits):
            with pytest.raises(KeyError, match=f"there is no grid {grid}"):
                ask(grid)
        with pytest.raises(KeyError, match=f"there is no grid {grid}, given at 1"):
            grids.book_many([0, grid], [MONDAY, MONDAY])
        assert grids.booked == 0

    @pytest.mark.parametrize(
        ("limits", "says"),
        [
            ({"slot_ms": 0}, "slot_ms is 0"),
            ({"slot_ms": DAY + 1}, "1 to 86400000 is allowed"),
            ({"slot_ms": 1, "lead_ms": -1}, "lead_ms is -1"),
            ({"slot_ms": 1, "horizon_ms": 2**60 + 1}, "horizon_ms is"),
        ],
    )
    def test_limits_out_of_range_are_refused(self, limits: dict[str, int], says: str) -> None:
        with pytest.raises(ValueError, match=says):
            SlotGrids().add(**limits)

    def test_other_arguments_are_named(self) -> None:
        grids = a_day(1)
        with pytest.raises(ValueError, match="now is"):
            grids.book(0, MONDAY, now=2**60 + 1)
        with pytest.raises(ValueError, match="start_at is"):
            grids.extend(0, 2**61, [1])
        with pytest.raises(ValueError, match=r"holidays\[0\] is 2"):
            grids.extend(0, MONDAY + DAY, [0], holidays=[2])
        with pytest.raises(ValueError, match="limit is -1"):
            grids.first_free_across([0], 0, 1, limit=-1)
        with pytest.raises(ValueError, match="starts has the shape"):
            grids.book_many([0, 0], [MONDAY])
        with pytest.raises(TypeError, match="tokens holds float64"):
            grids.cancel_many([1.5])
        with pytest.raises(OverflowError, match="beyond a signed"):
            grids.cancel_many(np.array([2**63], np.uint64))


class TestSnapshots:
    def grids(self) -> SlotGrids:
        grids = a_day(1, 2, 0, 4, lead_ms=HOUR, horizon_ms=31 * DAY)
        gone, other = grids.add(HOUR), grids.add(HOUR)
        grids.extend(other, MONDAY, [3] * 70, holidays=None)
        grids.extend(other, MONDAY + 30 * DAY, [0, 0, 1], holidays=[0, 1, 0])
        grids.remove(gone)
        tokens = grids.book_many([0, 0, other, other], [MONDAY, MONDAY + QUARTER, MONDAY, MONDAY])
        grids.cancel(int(tokens[2]))
        return grids

    def test_restores_everything(self) -> None:
        grids = self.grids()
        again = SlotGrids.restore(grids.snapshot())
        assert again.snapshot() == grids.snapshot()
        for each in (grids, again):
            assert each.add(HOUR) == 1
            assert each.book(0, MONDAY + QUARTER) == (1 << 32) + 3
            assert each.limits(0) == (QUARTER, HOUR, 31 * DAY)
        assert again.availability(2, 0, 2**60).reason.tolist() == (
            grids.availability(2, 0, 2**60).reason.tolist()
        )

    def test_says_nothing_of_what_was_forgotten(self) -> None:
        grids = a_day(1, 1, 1)
        grids.forget(MONDAY + QUARTER)
        other = SlotGrids()
        other.add(QUARTER)
        other.extend(0, MONDAY + QUARTER, [1])
        other.extend(0, MONDAY + 2 * QUARTER, [1])
        assert grids.book(0, MONDAY + QUARTER) == other.book(0, MONDAY + QUARTER)
        assert grids.snapshot() == other.snapshot()

    def test_nothing_and_an_empty_grid_have_one(self) -> None:
        assert len(SlotGrids.restore(SlotGrids().snapshot())) == 0
        empty = SlotGrids()
        empty.add(QUARTER)
        assert SlotGrids.restore(empty.snapshot()).span(0) is None

    def test_pickles_as_its_snapshot(self) -> None:
        grids = self.grids()
        assert pickle.loads(pickle.dumps(grids)).snapshot() == grids.snapshot()

    def test_no_damaged_byte_goes_unseen(self) -> None:
        snapshot = bytearray(self.grids().snapshot())
        for i in range(len(snapshot)):
            snapshot[i] ^= 0x10
            with pytest.raises(ValueError, match="not a snapshot of slot grids"):
                SlotGrids.restore(snapshot)
            snapshot[i] ^= 0x10

    def test_no_shortened_or_lengthened_one_is_taken(self) -> None:
        snapshot = self.grids().snapshot()
        for i in range(len(snapshot)):
            with pytest.raises(ValueError, match="not a snapshot of slot grids"):
                SlotGrids.restore(snapshot[:i])
        with pytest.raises(ValueError, match="do not agree with its length"):
            SlotGrids.restore(snapshot + b"\0")


class TestMemory:
    def test_ten_thousand_queues_of_31_days_of_quarters_in_129_megabytes(self) -> None:
        """A tenth of them here: 4.3 bytes a slot."""
        grids = SlotGrids()
        month = np.full(31 * 96, 3)
        for _ in range(1000):
            grids.extend(grids.add(QUARTER), MONDAY, month)
        slots = 1000 * 31 * 96
        assert grids.nbytes / slots < 4.34
        assert sys.getsizeof(grids) >= grids.nbytes


class TestThreads:
    def test_a_change_while_many_are_asked_is_refused_and_harms_nothing(self) -> None:
        grids = SlotGrids()
        for _ in range(3000):
            grids.extend(grids.add(QUARTER), MONDAY, [0] * 2000 + [1])
        handles = np.arange(3000)
        last = MONDAY + 2000 * QUARTER
        refused: list[str] = []
        done = threading.Event()

        def change() -> None:
            while not done.is_set():
                try:
                    grids.cancel(grids.book(0, last))
                except RuntimeError as error:
                    refused.append(str(error))

        changing = threading.Thread(target=change)
        changing.start()
        try:
            for _ in range(30):
                found = grids.first_free_each(handles, MONDAY, last + 1)
                assert (found[1:] == last).all()
        finally:
            done.set()
            changing.join()
        assert all("another thread" in message for message in refused)
