"""Callbacks of a queue take places in its slots, and give them back once (SL-3, SL-5, SL-7)."""

import pytest

from desk import DAILY, DAY, HOUR, MINUTE, OFFICE, Desk, instant
from fastdial import Site
from fastdial.messages.callback_events import CallRescheduleDropped
from fastdial.messages.callbacks import (
    CallbackCancel,
    CallbackDone,
    CallbackUpdate,
    CallReschedule,
)
from fastdial.messages.codec import decode_event, encode
from fastdial.messages.commands import AgentLogout, CallHangUp
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import CallEnded
from fastdial.messages.queues import QueueCreate, QueueSettings
from fastdial.messages.replies import Error
from fastdial.messages.settings import CallbackSettings
from fastdial.messages.slots import SlotSettings
from fastdial.messages.windows import ALWAYS_OPEN
from fastdial.messages.words import (
    AttemptOutcome,
    CallbackKind,
    CallbackState,
    OwnerAway,
    Saw,
    SecondCallback,
    SlotReason,
)
from floor import NOON

HALF = 30 * MINUTE
NINE = NOON - 3 * HOUR + DAY
"""of the next day, when the office opens"""
TEN = NINE + HOUR


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def queue(desk: Desk) -> str:
    """Slots of half an hour from nine to five, of two places each."""
    desk.queue("help", slots=OFFICE)
    return "help"


def refusal(desk: Desk, reply: object) -> tuple[ErrorCode, str, dict[str, str | int]]:
    assert isinstance(reply, Error), reply
    fault = reply.fault
    return fault.code, fault.field, fault.values


def test_sl_3_a_callback_takes_a_place_in_the_slot_that_was_found(desk: Desk, queue: str) -> None:
    assert desk.gets(1, queue, NINE, NINE + HALF) == NINE
    assert desk.gets(2, queue, NINE, NINE + HALF) == NINE

    assert desk.shown(queue, NINE) == (2, 2, 0, SlotReason.FULL)
    assert desk.callback(1).slot_at == NINE
    assert desk.callback(1).due_at == NINE


def test_sl_3_a_full_slot_is_refused_and_the_next_free_one_is_named(desk: Desk, queue: str) -> None:
    for n in (1, 2):
        desk.gets(n, queue, NINE, NINE + HALF)
    before = desk.site.state_hash()

    reply = desk.asks(3, queue, NINE, NINE + HALF)

    assert refusal(desk, reply) == (
        ErrorCode.NO_PLACE,
        "window_start_at",
        {"reason": "full", "next_free_at": NINE + HALF},
    )
    assert desk.site.state_hash() == before


def test_sl_3_a_window_out_of_hours_is_refused_with_its_reason_among_all_faults(
    desk: Desk, queue: str
) -> None:
    evening = NINE + 9 * HOUR

    reply = desk.asks(1, queue, evening, evening + HOUR, name="x")

    assert isinstance(reply, Error)
    assert [(fault.code, fault.field) for fault in reply.faults] == [
        (ErrorCode.INVALID_VALUE, "name"),
        (ErrorCode.NO_PLACE, "window_start_at"),
    ]
    assert reply.faults[1].values == {"reason": "closed", "next_free_at": NINE + DAY}


def test_sl_5_a_wide_window_takes_the_slot_with_most_room_or_the_earliest(
    desk: Desk, queue: str
) -> None:
    assert desk.gets(1, queue, NINE, NINE + 4 * HOUR) == NINE
    assert desk.gets(2, queue, NINE, NINE + 4 * HOUR) == NINE + HALF
    assert desk.gets(3, queue, NINE, NINE + 4 * HOUR, earliest=True) == NINE


def test_sl_5_a_callback_is_made_when_its_slot_begins_not_its_window(
    desk: Desk, queue: str
) -> None:
    desk.agent()
    for n in range(1, 17):
        desk.gets(n, queue, NINE, NINE + 8 * HOUR)  # one in each slot

    desk.wait(NINE - desk.now)
    assert [callback_id for callback_id, _ in desk.offered()] == [1]
    assert desk.callback(16).due_at == NINE + 15 * HALF


def test_sl_3_a_callback_that_is_cancelled_gives_its_place_back_once(
    desk: Desk, queue: str
) -> None:
    desk.gets(1, queue, NINE, NINE + HALF)
    desk.gets(2, queue, NINE, NINE + HALF)

    desk.do(CallbackCancel(callback_id=1))
    assert desk.shown(queue, NINE)[1] == 1
    assert isinstance(desk.ask(CallbackCancel(callback_id=1)), Error)
    assert desk.shown(queue, NINE)[1] == 1


def test_sl_3_a_callback_that_is_moved_takes_another_place(desk: Desk, queue: str) -> None:
    desk.gets(1, queue, NINE, NINE + HALF)

    desk.do(desk.moving(1, TEN, TEN + HOUR))

    assert desk.callback(1).slot_at == TEN
    assert desk.shown(queue, NINE)[1] == 0
    assert desk.shown(queue, TEN)[1] == 1


def test_sl_3_a_move_to_a_full_slot_is_refused_and_the_place_is_kept(
    desk: Desk, queue: str
) -> None:
    for n in (1, 2):
        desk.gets(n, queue, NINE, NINE + HALF)
    desk.gets(3, queue, TEN, TEN + HALF)

    reply = desk.ask(desk.moving(3, NINE, NINE + HALF))

    assert refusal(desk, reply)[2] == {"reason": "full", "next_free_at": NINE + HALF}
    assert desk.shown(queue, TEN)[1] == 1
    assert desk.callback(3).slot_at == TEN


def test_sl_3_a_callback_may_get_a_wider_window_in_its_own_full_slot(
    desk: Desk, queue: str
) -> None:
    for n in (1, 2):
        desk.gets(n, queue, NINE, NINE + HALF)

    desk.do(desk.moving(1, NINE, NINE + HALF + 20 * MINUTE))

    assert desk.callback(1).slot_at == NINE
    assert desk.shown(queue, NINE)[1] == 2


def test_sl_3_one_that_is_replaced_leaves_its_place_to_the_one_that_follows(desk: Desk) -> None:
    one_place = SlotSettings(zone="UTC", hours=DAILY, slot_minutes=30)
    desk.queue("help", slots=one_place, second_callback=SecondCallback.REPLACE)
    desk.gets(1, "help", NINE, NINE + HALF)

    assert desk.gets(1, "help", NINE, NINE + HALF) == NINE

    assert desk.shown("help", NINE) == (1, 1, 0, SlotReason.FULL)
    assert desk.callback(1).state is CallbackState.CANCELLED


def test_sl_3_every_end_of_a_callback_gives_its_place_back(desk: Desk, queue: str) -> None:
    desk.agent()
    desk.gets(1, queue, NINE, NINE + HALF)
    desk.gets(2, queue, NINE, NINE + HALF)
    desk.gets(3, queue, TEN, TEN + HALF)
    desk.wait(NINE - desk.now)

    desk.do(CallbackDone(agent_id="ann", callback_id=1))
    assert desk.shown(queue, NINE)[1] == 1
    desk.wait(4 * HOUR)  # nobody does anything with the others

    assert desk.state_of(2) is not CallbackState.SCHEDULED
    assert desk.shown(queue, NINE)[1] == desk.shown(queue, TEN)[1] == 0
    assert [callback.tokens for callback in desk.site._state.records.callbacks.values()] == [()] * 3


def test_sl_3_a_place_kept_in_the_queue_takes_none_in_its_slots(desk: Desk, queue: str) -> None:
    assert desk.promise(kind=CallbackKind.COURTESY).slot_at is None
    assert set(desk.look(queue).taken) == {0}


def test_sl_3_without_slots_any_window_is_free(desk: Desk) -> None:
    desk.queue("help")

    assert desk.promise(1).slot_at is None


def test_sl_4_a_callback_whose_hours_changed_keeps_its_time_and_gives_its_place_back(
    desk: Desk,
) -> None:
    queue = desk.open_queue(OFFICE)
    desk.gets(1, queue, NINE + HALF, TEN)

    desk.change(queue, SlotSettings(zone="UTC", hours=DAILY, slot_minutes=60, capacity=1))
    assert desk.callback(1).slot_at == NINE + HALF
    assert desk.shown(queue, NINE) == (1, 1, 0, SlotReason.FULL)

    desk.do(desk.moving(1, NINE, NINE + HOUR))
    assert desk.callback(1).slot_at == NINE
    assert desk.callback(1).due_at == NINE
    desk.do(CallbackCancel(callback_id=1))
    assert desk.shown(queue, NINE) == (1, 0, 1, None)


def test_sl_7_a_personal_callback_takes_a_place_of_its_owner(desk: Desk, queue: str) -> None:
    desk.agent("ann")
    desk.gets(1, queue, NINE, NINE + HALF, agent_id="ann", personal=True)

    reply = desk.asks(2, queue, NINE, NINE + HALF, agent_id="ann", personal=True)

    assert refusal(desk, reply)[2] == {"reason": "full", "next_free_at": NINE + HALF}
    assert desk.gets(2, queue, NINE, NINE + HALF) == NINE  # for anybody there is room


def test_sl_7_another_owner_must_be_free_and_frees_the_one_before(desk: Desk, queue: str) -> None:
    for agent_id in ("ann", "bob"):
        desk.agent(agent_id)
    desk.gets(1, queue, NINE, NINE + HALF, agent_id="ann", personal=True)
    desk.gets(2, queue, NINE, NINE + HALF, agent_id="bob", personal=True)
    places = desk.site._state.slots.places

    taken = desk.refused(CallbackUpdate(callback_id=1, agent_id="ann", owner_id="bob"))
    assert taken == (ErrorCode.NO_PLACE, "owner_id")
    desk.do(CallbackCancel(callback_id=2))
    desk.do(CallbackUpdate(callback_id=1, agent_id="ann", owner_id="bob"))

    assert places.is_free("ann", NINE, NINE + HALF)
    assert not places.is_free("bob", NINE, NINE + HALF)
    assert desk.shown(queue, NINE)[1] == 1
    desk.do(CallbackUpdate(callback_id=1, personal=False))
    assert places.is_free("bob", NINE, NINE + HALF)
    assert desk.shown(queue, NINE)[1] == 1


def test_sl_7_a_callback_that_is_given_to_the_team_leaves_its_owners_time(desk: Desk) -> None:
    away = CallbackSettings(owner_away=OwnerAway.GIVE_TO_TEAM, give_after_s=60, window_s=28_800)
    desk.queue("help", slots=OFFICE, callbacks=away)
    desk.agent("ann")
    desk.gets(1, "help", NINE, NINE + 2 * HOUR, agent_id="ann", personal=True)
    desk.do(AgentLogout(agent_id="ann"))
    places = desk.site._state.slots.places

    desk.wait(NINE - desk.now)
    assert not places.is_free("ann", NINE, NINE + HALF)
    desk.wait(2 * MINUTE)

    assert desk.callback(1).owner_id is None
    assert places.is_free("ann", NINE, NINE + HALF)
    assert desk.shown("help", NINE)[1] == 1


def test_sl_8_a_slot_is_moved_in_another_zone_over_the_night_in_which_clocks_jump(
    desk: Desk,
) -> None:
    """A customer in New York moves his callback of an office in Warsaw, where clocks went back."""
    desk.wait(instant("2026-10-23 12:00") - desk.now)
    office = SlotSettings(zone="Europe/Warsaw", hours=DAILY, slot_minutes=30)
    settings = QueueSettings(name="Help", slots=office, windows=ALWAYS_OPEN)
    desk.do(QueueCreate(settings=settings, queue_id="help"))
    before = desk.look("help", "America/New_York", first_day="2026-10-24", days=1)
    first = before.start_at[before.reasons.index(None)]
    assert before.start_local[before.start_at.index(first)] == "2026-10-24T03:00-04:00"
    assert desk.gets(1, "help", first, first + HALF, zone="America/New_York") == first

    after = desk.look("help", "America/New_York", first_day="2026-10-25", days=1)
    moved = after.start_at[after.reasons.index(None)]
    desk.do(desk.moving(1, moved, moved + HALF))

    assert after.start_local[after.start_at.index(moved)] == "2026-10-25T04:00-04:00"
    assert moved == first + 25 * HOUR == instant("2026-10-25 09:00", "Europe/Warsaw")
    assert desk.callback(1).slot_at == desk.callback(1).due_at == moved
    assert desk.shown("help", first)[1] == 0
    assert desk.shown("help", moved)[1] == 1
    desk.agent("ann")
    desk.wait(moved - desk.now - 1)
    assert desk.offered() == []
    desk.wait(1)
    assert desk.offered() == [(1, "ann")]


def test_sl_3_the_record_alone_tells_every_place(desk: Desk, queue: str) -> None:
    desk.agent("ann")
    for n in range(1, 9):
        desk.gets(n, queue, NINE, NINE + 4 * HOUR, agent_id="ann", personal=n % 2 == 0)
    desk.do(desk.moving(3, TEN, TEN + 4 * HOUR))
    desk.do(CallbackUpdate(callback_id=4, personal=False))
    desk.do(CallbackCancel(callback_id=2))
    desk.wait(NINE - desk.now)

    replica = Site(seed=desk.site.seed)
    for event in desk.events:
        replica.apply(decode_event(encode(event)))

    assert replica.state_hash() == desk.site.state_hash()
    restored = Site.restore(desk.site.snapshot())
    later = desk.now + 10 * HOUR
    assert restored.advance(later) == desk.site.advance(later) == replica.advance(later)
    assert restored.state_hash() == desk.site.state_hash() == replica.state_hash()
    assert not restored._state.slots.places.by_agent


def test_sl_3_a_plan_gives_its_place_back_when_the_cancelled_call_is_answered_after_all(
    desk: Desk, queue: str
) -> None:
    desk.agent("ann")
    desk.gets(1, queue, NINE, NINE + HALF)
    desk.wait(NINE - desk.now)
    call_id = desk.accept(1)
    desk.do(CallHangUp(call_id=call_id))
    desk.do(CallReschedule(call_id=call_id, agent_id="ann", callback_at=TEN))
    assert desk.shown(queue, TEN) == (2, 1, 1, None)

    desk.saw(call_id, Saw.ANSWERED)
    desk.saw(call_id, Saw.HUNG_UP, after_ms=100)

    assert [event.outcome for event in desk.seen(CallEnded)] == [AttemptOutcome.ABANDONED]
    assert [event.call_id for event in desk.seen(CallRescheduleDropped)] == [call_id]
    assert desk.shown(queue, TEN) == (2, 0, 2, None)


def test_cb_7_a_call_is_rescheduled_to_the_slot_of_the_time_that_was_agreed_on(
    desk: Desk, queue: str
) -> None:
    desk.agent("ann")
    desk.gets(1, queue, NINE, NINE + HALF)
    desk.gets(2, queue, TEN, TEN + HALF)
    desk.wait(NINE - desk.now)
    call_id = desk.accept(1)
    desk.talk(call_id)
    desk.do(CallReschedule(call_id=call_id, agent_id="ann", callback_at=TEN))
    assert desk.shown(queue, TEN) == (2, 2, 0, SlotReason.FULL)
