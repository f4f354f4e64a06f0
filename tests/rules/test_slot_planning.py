"""Slots are planned day by day, for many queues without a stall, and the past is forgotten."""

import pytest

from desk import ALL_DAY, DAILY, DAY, HOUR, MINUTE, OFFICE, Desk, instant
from fastdial import Site
from fastdial.engine.slots import DAY_MS, SlotBook
from fastdial.messages.base import Event
from fastdial.messages.codec import decode_event, encode
from fastdial.messages.queues import QueueCreate, QueueSettings
from fastdial.messages.slot_events import SlotsPlanned
from fastdial.messages.slots import SlotSettings
from fastdial.messages.words import SlotReason
from floor import NOON

MONTH = SlotSettings(zone="UTC", hours=DAILY, slot_minutes=30)


def planned(events: list[Event]) -> list[SlotsPlanned]:
    return [event for event in events if isinstance(event, SlotsPlanned)]


def test_sl_1_a_new_queue_has_its_slots_at_once() -> None:
    desk = Desk()

    desk.open_queue(MONTH)

    (event,) = planned(desk.fresh)
    assert event.anew
    assert event.until_at > NOON + 31 * DAY
    assert event.runs[0].start_at == event.forget_before_at == instant("2026-02-28 00:00")


def test_sl_1_a_day_is_added_each_day_and_always_in_time() -> None:
    desk = Desk()
    queue = desk.open_queue(MONTH)
    desk.events.clear()

    for _ in range(40 * 24):
        desk.wait(HOUR)
        assert desk.site._state.slots.plans[queue].until_at > desk.now + 31 * DAY + 12 * HOUR

    days = planned(desk.events)
    assert len(days) == 40
    assert all(event.until_at - event.runs[0].start_at == DAY for event in days)
    assert not any(event.anew for event in days)


def test_sl_1_days_are_added_over_both_jumps_of_the_clock() -> None:
    desk = Desk()
    queue = desk.open_queue(
        SlotSettings(zone="Europe/Warsaw", hours=ALL_DAY, slot_minutes=60, horizon_days=2)
    )

    hours = []
    for _ in range(240):
        desk.wait(DAY)
        hours.append(len(desk.look(queue, "Europe/Warsaw", days=1).start_at))

    assert {n: hours.count(n) for n in sorted(set(hours))} == {23: 1, 24: 238, 25: 1}


def test_sl_1_what_is_past_is_forgotten_after_two_days_with_its_bookings() -> None:
    desk = Desk()
    queue = desk.open_queue(OFFICE)
    tokens = desk.book(queue, NOON + HOUR)
    memory = desk.site._state.slots.grids.nbytes

    desk.wait(DAY)
    assert desk.shown(queue, NOON + HOUR) == (2, 1, 1, SlotReason.PAST)
    desk.wait(3 * DAY)
    assert NOON + HOUR not in desk.look(queue, first_day="2026-03-02", days=1).start_at
    assert desk.give_back(tokens) == 0

    desk.wait(400 * DAY)
    book = desk.site._state.slots
    assert book.plans[queue].asked == {}
    assert book.grids.nbytes <= memory * 2


def test_sl_1_queues_are_given_more_days_at_moments_of_their_own() -> None:
    desk = Desk()
    for _ in range(50):
        desk.open_queue(MONTH)
    desk.events.clear()

    desk.wait(2 * DAY)

    moments = [event.at for event in planned(desk.events)]
    assert len(moments) == 100
    assert len(set(moments)) == 100


def test_sl_1_after_weeks_at_a_standstill_few_queues_are_planned_at_once() -> None:
    desk = Desk()
    for _ in range(100):
        desk.open_queue(MONTH)
    standing_still = 100 * DAY

    at_once = planned(desk.site.advance(NOON + standing_still))
    desk.now = NOON + standing_still
    desk.wait(5_000)

    assert len(at_once) == 16
    soon = planned(desk.fresh)
    assert len({event.queue_id for event in (*at_once, *soon)}) == 100
    assert soon[-1].at - at_once[0].at == 300
    plans = desk.site._state.slots.plans.values()
    assert all(plan.until_at > desk.now + 31 * DAY_MS for plan in plans)


def test_sl_1_a_queue_that_was_not_planned_yet_shows_what_it_will_have_as_too_far() -> None:
    desk = Desk()
    queues = [desk.open_queue(MONTH) for _ in range(40)]
    desk.now += 100 * DAY

    late = [queue for queue in queues if desk.first_free(queue).start_at == []]
    slots = desk.look(late[0], days=2)

    assert len(late) == 24
    assert set(slots.reasons) == {SlotReason.CLOSED, SlotReason.TOO_FAR, SlotReason.PAST} - (
        {SlotReason.PAST}
    )
    desk.wait(50)
    assert desk.first_free(late[0]).start_at != []


def test_sl_1_other_hours_are_planned_at_once_however_many_queues_change() -> None:
    desk = Desk()
    queues = [desk.open_queue(MONTH) for _ in range(40)]

    for queue in queues:
        desk.change(queue, OFFICE)
        assert len(planned(desk.fresh)) == 1

    assert all(desk.shown(queue, NOON + 2 * HOUR)[0] == 2 for queue in queues)


def test_sl_1_settings_that_stay_the_same_plan_nothing() -> None:
    desk = Desk()
    queue = desk.open_queue(MONTH)

    desk.change(queue, MONTH, active=False)

    assert planned(desk.fresh) == []


def test_sl_1_only_the_record_is_needed_to_know_all_slots_again() -> None:
    desk = Desk()
    queue = desk.open_queue(MONTH)
    desk.open_queue(OFFICE)
    desk.wait(3 * DAY)
    desk.change(queue, OFFICE)
    desk.wait(3 * DAY)

    replica = Site(seed=desk.site.seed)
    for event in desk.events:
        replica.apply(decode_event(encode(event)))

    assert replica.state_hash() == desk.site.state_hash()
    restored = Site.restore(desk.site.snapshot())
    later = desk.now + 5 * DAY
    assert restored.advance(later) == desk.site.advance(later) == replica.advance(later)
    assert restored.state_hash() == desk.site.state_hash() == replica.state_hash()


@pytest.mark.parametrize("harm", ["no such grid", "a flipped bit"])
def test_sl_1_slots_that_were_written_down_wrong_are_not_taken(harm: str) -> None:
    desk = Desk()
    queue = desk.open_queue(MONTH)
    state = desk.site._state
    record = state.slots.record()
    if harm == "no such grid":
        record.plans[queue].grid = 7
    else:
        record.grids = bytes([record.grids[0] ^ 1]) + record.grids[1:]

    with pytest.raises(ValueError, match="grid"):
        SlotBook(state.records.queues, record)


def test_sl_1_a_site_far_in_the_future_does_not_plan_for_ever() -> None:
    site = Site()
    settings = QueueSettings(name="Help", slots=MONTH)
    far = 253_000_000_000_000 + 20 * 365 * DAY

    outcome = site.handle(QueueCreate(settings=settings), far)

    assert len(planned(outcome.events)) == 1
    assert planned(site.advance(far + DAY)) == []


def test_sl_1_a_slot_of_five_minutes_for_a_year_is_planned_too() -> None:
    desk = Desk()
    queue = desk.open_queue(
        SlotSettings(zone="Australia/Lord_Howe", hours=ALL_DAY, slot_minutes=5, horizon_days=366)
    )

    assert desk.find(queue, NOON + 365 * DAY, NOON + 365 * DAY + 5 * MINUTE)[1] is not None
