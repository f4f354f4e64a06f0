"""Slots of queues: what is shown, found and booked (rules SL-1 to SL-8)."""

from collections import Counter

import msgspec
import pytest

from desk import ALL_DAY, DAILY, DAY, HOUR, MINUTE, OFFICE, Desk, instant
from fastdial.engine.decide.slots import Found, NotFound
from fastdial.engine.slots import NoPlace
from fastdial.messages.errors import ErrorCode
from fastdial.messages.queues import QueueCreate, QueueSettings
from fastdial.messages.replies import Error
from fastdial.messages.slot_queries import SlotsAvailability, SlotsFirstFree, SlotsOpenFor
from fastdial.messages.slots import (
    DateCapacity,
    OfficeHours,
    SlotSettings,
    WeeklyCapacity,
)
from fastdial.messages.windows import DateHours, DayHours, HolidayHours, WeeklyHours
from fastdial.messages.words import SlotReason, Weekday
from floor import NOON

TOMORROW = NOON - 12 * HOUR + DAY
NINE = TOMORROW + 9 * HOUR
"""of the day after the story begins, a Tuesday, when the office opens"""


# --- SL-1: what a queue is told


def test_sl_1_a_day_has_the_slots_of_its_office_hours() -> None:
    desk = Desk()
    queue = desk.open_queue()

    slots = desk.look(queue, first_day="2026-03-03", days=1)

    bookable = [at for at, why in zip(slots.start_at, slots.reasons, strict=True) if why is None]
    assert bookable == [NINE + n * 30 * MINUTE for n in range(16)]
    assert len(slots.start_at) == 48


def test_sl_1_a_slot_lies_whole_within_the_office_hours() -> None:
    desk = Desk()
    hours = OfficeHours(weekly=(WeeklyHours(from_="09:00", until="10:40"),))
    queue = desk.open_queue(SlotSettings(zone="UTC", hours=hours, slot_minutes=45))

    slots = desk.look(queue, first_day="2026-03-03", days=1)

    open_at = [at for at, capacity in zip(slots.start_at, slots.capacity, strict=True) if capacity]
    assert open_at == [NINE, NINE + 45 * MINUTE]  # and none from 10:30, which would end at 11:15


def test_sl_1_capacity_is_by_date_before_the_weekday_before_the_default() -> None:
    desk = Desk()
    settings = SlotSettings(
        zone="UTC",
        hours=DAILY,
        slot_minutes=60,
        capacity=1,
        weekly_capacities=(
            WeeklyCapacity(capacity=5, days=(Weekday.TUE,), until="11:00"),
            WeeklyCapacity(capacity=2, days=(Weekday.TUE,)),
        ),
        date_capacities=(
            DateCapacity(capacity=9, date="2026-03-03", from_="10:00", until="11:00"),
        ),
    )
    queue = desk.open_queue(settings)

    assert desk.shown(queue, NINE)[0] == 5
    assert desk.shown(queue, NINE + HOUR)[0] == 9
    assert desk.shown(queue, NINE + 2 * HOUR)[0] == 2
    assert desk.shown(queue, NINE + DAY)[0] == 1


def test_sl_1_an_exception_goes_before_a_holiday_and_a_holiday_before_the_week() -> None:
    desk = Desk()
    noon_on = DayHours(from_="12:00", until="14:00")
    hours = OfficeHours(
        weekly=DAILY.weekly,
        holidays=(HolidayHours(region="PL"),),
        exceptions=(DateHours(date="2026-04-06", hours=(noon_on,)),),
    )
    desk.wait(20 * DAY)
    queue = desk.open_queue(SlotSettings(zone="UTC", hours=hours, slot_minutes=60))

    easter = desk.look(queue, first_day="2026-04-05", days=1)
    monday = desk.look(queue, first_day="2026-04-06", days=1)

    assert Counter(easter.reasons) == {SlotReason.HOLIDAY: 8, SlotReason.CLOSED: 16}
    assert monday.start_local[monday.reasons.index(None)] == "2026-04-06T12:00+00:00"
    assert Counter(monday.reasons) == {None: 2, SlotReason.CLOSED: 22}


def test_sl_1_settings_with_faults_are_refused_with_every_field() -> None:
    desk = Desk()
    nowhere = SlotSettings(zone="Nowhere/Else", hours=OfficeHours(weekly=()))

    reply = desk.ask(QueueCreate(settings=QueueSettings(name="Help", slots=nowhere)))

    assert isinstance(reply, Error)
    assert [fault.field for fault in reply.faults] == [
        "settings.slots.zone",
        "settings.slots.hours.weekly",
    ]


@pytest.mark.parametrize(
    "change", [{"slot_minutes": 4}, {"slot_minutes": 121}, {"capacity": -1}, {"horizon_days": 0}]
)
def test_sl_1_settings_out_of_bounds_are_refused(change: dict[str, int]) -> None:
    desk = Desk()
    slots = msgspec.structs.replace(SlotSettings(zone="UTC"), **change)
    settings = QueueSettings(name="Help", slots=slots)

    code, field = desk.refused(QueueCreate(settings=settings))

    assert (code, field) == (ErrorCode.INVALID_VALUE, f"settings.slots.{next(iter(change))}")


# --- SL-2: what is shown


def test_sl_2_each_slot_says_why_it_cannot_be_booked() -> None:
    desk = Desk()
    hours = OfficeHours(weekly=DAILY.weekly, holidays=(HolidayHours(region="ES-AN"),))
    desk.wait(instant("2026-03-26 12:00") - NOON)
    settings = SlotSettings(
        zone="UTC", hours=hours, slot_minutes=60, lead_s=2 * 3_600, horizon_days=10
    )
    queue = desk.open_queue(settings)
    desk.book(queue, instant("2026-03-27 09:00"))

    def why(text: str) -> SlotReason | None:
        return desk.shown(queue, instant(text))[3]

    assert why("2026-03-26 11:00") is SlotReason.PAST
    assert why("2026-03-26 13:00") is SlotReason.TOO_SOON
    assert why("2026-03-26 14:00") is None
    assert why("2026-03-27 09:00") is SlotReason.FULL
    assert why("2026-03-27 08:00") is SlotReason.CLOSED
    assert why("2026-04-02 09:00") is SlotReason.HOLIDAY  # Maundy Thursday
    assert why("2026-04-02 08:00") is SlotReason.CLOSED
    assert why("2026-04-05 12:00") is None
    assert why("2026-04-05 13:00") is SlotReason.TOO_FAR
    assert why("2026-05-20 12:00") is SlotReason.TOO_FAR  # far beyond what is planned


def test_sl_2_days_and_times_are_the_customers() -> None:
    desk = Desk()
    queue = desk.open_queue(
        SlotSettings(zone="Europe/Warsaw", hours=DAILY, slot_minutes=60, capacity=3)
    )

    slots = desk.look(queue, "Asia/Kolkata", first_day="2026-03-03", days=1)

    n = slots.reasons.index(None)
    assert slots.start_local[0] == "2026-03-03T00:30+05:30"  # the first that begins on this day
    assert slots.start_local[-1] == "2026-03-03T23:30+05:30"
    assert (slots.start_local[n], slots.end_local[n]) == (
        "2026-03-03T13:30+05:30",
        "2026-03-03T14:30+05:30",
    )
    assert slots.start_at[n] == instant("2026-03-03 09:00", "Europe/Warsaw")
    assert slots.end_at[n] == slots.start_at[n] + HOUR
    assert (slots.capacity[n], slots.taken[n], slots.free[n]) == (3, 0, 3)


def test_sl_2_without_a_day_it_is_today_where_the_customer_is() -> None:
    desk = Desk()
    queue = desk.open_queue()

    slots = desk.look(queue, "Pacific/Auckland", days=2)  # where it is one in the morning

    assert slots.start_local[0] == "2026-03-03T00:00+13:00"
    assert slots.start_local[-1] == "2026-03-04T23:30+13:00"
    assert slots.at == NOON


def test_sl_2_what_cannot_be_shown_is_refused() -> None:
    desk = Desk()
    queue = desk.open_queue()
    other = desk.open_queue(None)

    def ask(**more: object) -> tuple[ErrorCode, str]:
        wanted = {"queue_id": queue, "zone": "UTC", **more}
        return desk.refused(SlotsAvailability(**wanted))  # type: ignore[arg-type]

    assert ask(queue_id="9") == (ErrorCode.UNKNOWN_QUEUE, "queue_id")
    assert ask(queue_id=other) == (ErrorCode.NO_SLOTS, "queue_id")
    assert ask(zone="Europe/Atlantis") == (ErrorCode.INVALID_VALUE, "zone")
    assert ask(first_day="2026-02-29") == (ErrorCode.INVALID_VALUE, "first_day")
    assert ask(first_day="9999-12-31") == (ErrorCode.INVALID_VALUE, "first_day")
    assert ask(agent_id="nobody") == (ErrorCode.UNKNOWN_AGENT, "agent_id")
    unknown = SlotsFirstFree(queue_ids=(queue, other), zone="UTC")
    assert desk.refused(unknown) == (ErrorCode.NO_SLOTS, "queue_ids[1]")
    assert desk.refused(SlotsOpenFor(queue_id="9")) == (ErrorCode.UNKNOWN_QUEUE, "queue_id")
    far = SlotsOpenFor(queue_id=queue, at=2**53)
    assert desk.refused(far) == (ErrorCode.INVALID_VALUE, "at")


def test_sl_2_an_inactive_queue_is_closed() -> None:
    desk = Desk()
    queue = desk.open_queue()
    desk.change(queue, OFFICE, active=False)

    assert set(desk.look(queue, first_day="2026-03-03", days=1).reasons) == {SlotReason.CLOSED}
    assert desk.first_free(queue).start_at == []
    found = desk.find(queue, NINE, NINE + HOUR)
    assert found == NotFound(SlotReason.CLOSED, None)


# --- SL-3: one place each


def test_sl_3_a_slot_is_sold_to_its_capacity_and_then_names_the_next_free_one() -> None:
    desk = Desk()
    queue = desk.open_queue()
    for _ in range(2):
        desk.book(queue, NINE)

    found = desk.find(queue, NINE, NINE + 30 * MINUTE)

    assert found == NotFound(SlotReason.FULL, NINE + 30 * MINUTE)
    assert desk.shown(queue, NINE) == (2, 2, 0, SlotReason.FULL)
    with pytest.raises(NoPlace):
        desk.site._state.slots.book(queue, NINE)


def test_sl_3_a_place_is_given_back_once() -> None:
    desk = Desk()
    queue = desk.open_queue()
    one, two = desk.book(queue, NINE), desk.book(queue, NINE)

    assert desk.give_back(one) == 1
    assert desk.give_back(one) == 0

    assert desk.shown(queue, NINE)[1] == 1
    assert desk.give_back(two) == 1
    assert desk.shown(queue, NINE) == (2, 0, 2, None)
    assert desk.site._state.slots.plans[queue].asked == {}, "what was given back is remembered"


def test_sl_3_a_move_gives_the_place_back_and_takes_another() -> None:
    desk = Desk()
    queue = desk.open_queue()
    tokens = desk.book(queue, NINE)

    moved = desk.site._state.slots.move(tokens, queue, NINE + HOUR)

    assert desk.shown(queue, NINE)[1] == 0
    assert desk.shown(queue, NINE + HOUR)[1] == 1
    assert desk.give_back(tokens) == 0
    assert desk.give_back(moved) == 1


def test_sl_3_what_is_moved_may_stay_in_its_slot_though_that_is_full() -> None:
    desk = Desk()
    queue = desk.open_queue()
    tokens = desk.book(queue, NINE)
    desk.book(queue, NINE)

    assert desk.find(queue, NINE, NINE + 30 * MINUTE) == NotFound(
        SlotReason.FULL, NINE + 30 * MINUTE
    )
    assert desk.find(queue, NINE, NINE + 30 * MINUTE, moving=tokens) == Found(
        NINE, NINE + 30 * MINUTE
    )


# --- SL-4: other capacities


def test_sl_4_lowering_capacity_keeps_the_bookings_and_takes_nothing_new() -> None:
    desk = Desk()
    queue = desk.open_queue()
    tokens = [desk.book(queue, NINE) for _ in range(2)]

    desk.change(queue, SlotSettings(zone="UTC", hours=DAILY, slot_minutes=30, capacity=1))

    assert desk.shown(queue, NINE) == (1, 2, 0, SlotReason.FULL)
    assert desk.find(queue, NINE, NINE + 30 * MINUTE) == NotFound(
        SlotReason.FULL, NINE + 30 * MINUTE
    )
    desk.give_back(tokens[0])
    assert desk.shown(queue, NINE) == (1, 1, 0, SlotReason.FULL)
    desk.give_back(tokens[1])
    assert desk.shown(queue, NINE) == (1, 0, 1, None)


def test_sl_4_a_booking_goes_along_to_the_slot_that_holds_the_time_asked_for() -> None:
    desk = Desk()
    queue = desk.open_queue()
    desk.book(queue, NINE + 30 * MINUTE)
    desk.book(queue, NINE + HOUR)

    hourly = SlotSettings(zone="UTC", hours=DAILY, slot_minutes=60, capacity=2)
    desk.change(queue, hourly)
    assert desk.shown(queue, NINE)[1] == 1
    assert desk.shown(queue, NINE + HOUR)[1] == 1

    desk.change(queue, OFFICE)  # and back again to where it was, not to the hour's beginning
    assert desk.shown(queue, NINE)[1] == 0
    assert desk.shown(queue, NINE + 30 * MINUTE)[1] == 1


def test_sl_4_a_booking_stays_where_the_office_is_closed_now() -> None:
    desk = Desk()
    queue = desk.open_queue()
    tokens = desk.book(queue, NINE)
    closed = DateHours(date="2026-03-03")
    hours = OfficeHours(weekly=DAILY.weekly, exceptions=(closed,))

    desk.change(queue, SlotSettings(zone="UTC", hours=hours, slot_minutes=30, capacity=2))

    assert desk.shown(queue, NINE) == (0, 1, 0, SlotReason.CLOSED)
    assert desk.give_back(tokens) == 1
    assert desk.shown(queue, NINE) == (0, 0, 0, SlotReason.CLOSED)


def test_sl_4_a_booking_beyond_a_shorter_horizon_stays_too() -> None:
    desk = Desk()
    queue = desk.open_queue()
    far = NINE + 28 * DAY
    desk.book(queue, far)

    nearer = SlotSettings(zone="UTC", hours=DAILY, slot_minutes=30, capacity=2, horizon_days=1)
    desk.change(queue, nearer)

    assert desk.shown(queue, far) == (2, 1, 1, SlotReason.TOO_FAR)


def test_sl_4_a_queue_without_slots_keeps_its_bookings_for_when_it_has_them_again() -> None:
    desk = Desk()
    queue = desk.open_queue()
    tokens = desk.book(queue, NINE)

    desk.change(queue, None)
    desk.wait(HOUR)
    desk.change(queue, OFFICE)

    assert desk.shown(queue, NINE)[1] == 1
    assert desk.give_back(tokens) == 1


# --- SL-5: a window wider than a slot


def test_sl_5_a_window_takes_the_slot_with_most_room_the_first_of_them() -> None:
    desk = Desk()
    queue = desk.open_queue()
    desk.book(queue, NINE)
    desk.book(queue, NINE + HOUR)

    assert desk.find(queue, NINE, NINE + 3 * HOUR) == Found(NINE + 30 * MINUTE, NINE + HOUR)


def test_sl_5_a_window_takes_the_earliest_slot_when_asked() -> None:
    desk = Desk()
    queue = desk.open_queue()
    desk.book(queue, NINE)

    assert desk.find(queue, NINE, NINE + 3 * HOUR, earliest=True) == Found(NINE, NINE + 30 * MINUTE)


def test_sl_5_a_slot_lies_whole_within_the_window() -> None:
    desk = Desk()
    queue = desk.open_queue()

    window = NINE + 10 * MINUTE, NINE + 65 * MINUTE

    assert desk.find(queue, *window) == Found(NINE + 30 * MINUTE, NINE + HOUR)


def test_sl_5_a_window_in_which_no_slot_lies_whole_takes_the_one_that_holds_its_beginning() -> None:
    desk = Desk()
    queue = desk.open_queue()

    window = NINE + 10 * MINUTE, NINE + 40 * MINUTE

    assert desk.find(queue, *window) == Found(NINE, NINE + 30 * MINUTE)


def test_sl_5_a_window_in_which_nothing_can_be_had_says_why_and_what_is_next() -> None:
    desk = Desk()
    queue = desk.open_queue()
    evening = TOMORROW + 18 * HOUR

    assert desk.find(queue, evening, evening + HOUR) == NotFound(SlotReason.CLOSED, NINE + DAY)
    assert desk.find(queue, NOON - HOUR, NOON) == NotFound(SlotReason.PAST, NOON + HOUR // 2)
    assert desk.find(queue, NOON, NOON + 29 * MINUTE) == NotFound(
        SlotReason.TOO_SOON, NOON + HOUR // 2
    )
    assert desk.find(queue, NINE + 200 * DAY, NINE + 201 * DAY) == NotFound(
        SlotReason.TOO_FAR, None
    )


# --- SL-6: the first free ones, and how long the office stays open


def test_sl_6_the_first_free_slots_across_many_queues_come_in_order_of_time() -> None:
    desk = Desk()
    help_queue = desk.open_queue()
    late = OfficeHours(weekly=(WeeklyHours(from_="10:00", until="12:00"),))
    other = desk.open_queue(SlotSettings(zone="UTC", hours=late, slot_minutes=60))
    desk.book(help_queue, NINE)
    desk.book(help_queue, NINE)

    found = desk.first_free(help_queue, other, from_at=NINE, limit=4)

    assert found.queue_ids == [help_queue, help_queue, other, help_queue]
    assert found.start_at == [NINE + 30 * MINUTE, NINE + HOUR, NINE + HOUR, NINE + 90 * MINUTE]
    assert found.end_at[1:3] == [NINE + 90 * MINUTE, NINE + 2 * HOUR]
    assert found.free == [2, 2, 1, 2]
    assert found.start_local[0] == "2026-03-03T09:30+00:00"


def test_sl_6_without_names_every_queue_that_has_slots_is_asked() -> None:
    desk = Desk()
    desk.open_queue(None)
    queue = desk.open_queue()

    assert desk.first_free().queue_ids == [queue]
    assert desk.first_free(until_at=NOON).queue_ids == []


def test_sl_6_how_long_the_office_stays_open_is_to_the_second() -> None:
    desk = Desk()
    hours = OfficeHours(weekly=(WeeklyHours(from_="09:00", until="17:10"),))
    queue = desk.open_queue(SlotSettings(zone="UTC", hours=hours, slot_minutes=30))

    desk.wait(1_000)
    opened = desk.open_for(queue)
    closed = desk.open_for(queue, NOON + 6 * HOUR)

    assert (opened.open, opened.open_s) == (True, 5 * 3_600 + 600 - 1)
    assert opened.until == NOON + 5 * HOUR + 10 * MINUTE
    assert (closed.open, closed.open_s, closed.opens_at) == (False, 0, NINE)


def test_sl_6_an_office_may_stay_open_over_midnight_and_for_good() -> None:
    desk = Desk()
    night = OfficeHours(weekly=(WeeklyHours(from_="22:00"), WeeklyHours(until="06:00")))
    queue = desk.open_queue(SlotSettings(zone="UTC", hours=night))
    always = desk.open_queue(SlotSettings(zone="UTC", hours=ALL_DAY))

    assert desk.open_for(queue, TOMORROW - HOUR).open_s == 7 * 3_600
    for_good = desk.open_for(always)
    assert (for_good.open, for_good.open_s, for_good.until) == (True, None, None)


# --- SL-7: the agent's own places


def test_sl_7_an_agent_calls_one_customer_back_at_a_time() -> None:
    desk = Desk()
    queue = desk.open_queue()
    desk.agent("ann")
    desk.book(queue, NINE, "ann")

    assert desk.shown(queue, NINE) == (2, 1, 1, None)
    assert desk.find(queue, NINE, NINE + 30 * MINUTE, agent_id="ann") == NotFound(
        SlotReason.FULL, NINE + 30 * MINUTE
    )
    assert desk.find(queue, NINE, NINE + 30 * MINUTE, agent_id="bob") == Found(
        NINE, NINE + 30 * MINUTE
    )
    shown = desk.look(queue, first_day="2026-03-03", days=1, agent_id="ann")
    assert shown.reasons[shown.start_at.index(NINE)] is SlotReason.FULL
    assert desk.first_free(queue, from_at=NINE, agent_id="ann").start_at == [NINE + 30 * MINUTE]


def test_sl_7_slots_of_other_queues_and_lengths_overlap_for_an_agent_too() -> None:
    desk = Desk()
    queue = desk.open_queue()
    long = desk.open_queue(SlotSettings(zone="UTC", hours=DAILY, slot_minutes=120))
    tokens = desk.book(queue, NINE + 30 * MINUTE, "ann")

    assert desk.find(long, NINE, NINE + 4 * HOUR, agent_id="ann") == Found(
        NINE + 2 * HOUR, NINE + 4 * HOUR
    )
    assert desk.give_back(tokens) == 2
    assert desk.give_back(tokens) == 0
    assert desk.find(long, NINE, NINE + 4 * HOUR, agent_id="ann") == Found(NINE, NINE + 2 * HOUR)


def test_sl_7_a_personal_callback_without_a_queue_takes_the_agents_place_alone() -> None:
    desk = Desk()
    queue = desk.open_queue()
    book = desk.site._state.slots

    tokens = book.book(None, NINE + 10 * MINUTE, "ann", NINE + 25 * MINUTE)

    assert not book.places.is_free("ann", NINE, NINE + 15 * MINUTE)
    assert book.places.is_free("ann", NINE, NINE + 10 * MINUTE)
    found = desk.find(queue, NINE, NINE + HOUR, agent_id="ann")
    assert found == Found(NINE + 30 * MINUTE, NINE + HOUR)
    with pytest.raises(NoPlace):
        book.book(queue, NINE, "ann")
    assert desk.shown(queue, NINE)[1] == 0, "a place of the queue was taken all the same"
    assert desk.give_back(tokens) == 1


def test_sl_7_who_moves_a_personal_callback_may_overlap_with_where_it_was() -> None:
    desk = Desk()
    queue = desk.open_queue()
    tokens = desk.book(queue, NINE, "ann")
    long = desk.open_queue(SlotSettings(zone="UTC", hours=DAILY, slot_minutes=120))

    assert desk.find(long, NINE, NINE + 2 * HOUR, agent_id="ann").__class__ is NotFound
    found = desk.find(long, NINE, NINE + 2 * HOUR, agent_id="ann", moving=tokens)
    assert found == Found(NINE, NINE + 2 * HOUR)
    moved = desk.site._state.slots.move(tokens, long, NINE, "ann")
    assert desk.shown(queue, NINE)[1] == 0
    assert desk.give_back(moved) == 2


# --- SL-8: days on which the clock jumps


def test_sl_8_the_hour_that_comes_twice_is_shown_twice_with_its_offset() -> None:
    desk = Desk()
    desk.wait(instant("2026-10-20 12:00") - desk.now)
    queue = desk.open_queue(SlotSettings(zone="Europe/Warsaw", hours=ALL_DAY, slot_minutes=30))

    slots = desk.look(queue, "Europe/Warsaw", first_day="2026-10-25", days=1)

    assert len(slots.start_at) == 50
    assert slots.start_local[4:8] == [
        "2026-10-25T02:00+02:00",
        "2026-10-25T02:30+02:00",
        "2026-10-25T02:00+01:00",
        "2026-10-25T02:30+01:00",
    ]


def test_sl_8_the_hour_that_is_skipped_is_not_shown() -> None:
    desk = Desk()
    desk.wait(instant("2026-03-25 12:00") - desk.now)
    queue = desk.open_queue(SlotSettings(zone="America/New_York", hours=ALL_DAY, slot_minutes=60))

    slots = desk.look(queue, "Europe/Warsaw", first_day="2026-03-29", days=1)

    assert len(slots.start_at) == 23
    assert [text[11:16] for text in slots.start_local][:4] == ["00:00", "01:00", "03:00", "04:00"]


def test_sl_8_office_hours_are_what_the_clock_on_the_wall_says_after_the_jump_too() -> None:
    desk = Desk()
    desk.wait(instant("2026-10-20 12:00") - desk.now)
    queue = desk.open_queue(SlotSettings(zone="Europe/Warsaw", hours=DAILY, slot_minutes=60))

    before = desk.first_free(queue, from_at=instant("2026-10-24 00:00"))
    after = desk.first_free(queue, from_at=instant("2026-10-25 00:00"))

    assert before.start_local == ["2026-10-24T07:00+00:00"]
    assert after.start_local == ["2026-10-25T08:00+00:00"]
