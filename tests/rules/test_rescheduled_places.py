"""A queue's call that is rescheduled has its place in a slot at once: rules SL-3, CB-7, CA-11."""

from typing import Any

from callback_floor import HOUR_MS, MINUTE_MS, CallbackFloor
from fastdial.messages.callbacks import (
    CallbackCancel,
    CallDropReschedule,
    CallReschedule,
)
from fastdial.messages.commands import CallWrapUp
from fastdial.messages.errors import ErrorCode
from fastdial.messages.replies import Error
from fastdial.messages.settings import CallbackSettings, WrapUpCode
from fastdial.messages.slot_queries import SlotsAvailability, SlotsReply
from fastdial.messages.slots import OfficeHours, SlotSettings
from fastdial.messages.windows import WeeklyHours
from fastdial.messages.words import (
    CodeMeaning,
)

E = ErrorCode
ALL_DAY = OfficeHours(weekly=(WeeklyHours(),))
LATER = WrapUpCode(code="later", name="Later", meaning=CodeMeaning.CALLBACK)
QUARTER_MS = 15 * MINUTE_MS


def slotted(capacity: int = 1, **more: Any) -> CallbackFloor:
    """A queue that calls back in quarters of an hour, around the clock."""
    floor = CallbackFloor()
    slots = SlotSettings(zone="UTC", hours=ALL_DAY, slot_minutes=15, capacity=capacity)
    floor.queue(slots=slots, **more)
    return floor


def taken(floor: CallbackFloor, agent_id: str | None = None) -> dict[int, int]:
    """How much of each slot is taken, by when it begins, in minutes from noon."""
    asked = SlotsAvailability(queue_id="help", zone="UTC", days=3, agent_id=agent_id)
    reply = floor.do(asked)
    assert isinstance(reply, SlotsReply)
    noon = 1_772_452_800_000
    slots = zip(reply.start_at, reply.taken, strict=True)
    return {(at - noon) // MINUTE_MS: count for at, count in slots if count}


def refusal(floor: CallbackFloor, command: Any) -> dict[str, str | int]:
    """Why there is no place."""
    before = floor.site.state_hash()
    reply = floor.ask(command)
    assert isinstance(reply, Error)
    assert reply.fault.code is E.NO_PLACE
    assert floor.site.state_hash() == before
    return reply.fault.values


def _talking_about(floor: CallbackFloor) -> int:
    """Ann is talking with a customer whom she called back."""
    floor.agent("ann")
    floor.promise(1)
    floor.wait(HOUR_MS)
    call_id = floor.accept()
    floor.talk(call_id)
    return call_id


def test_sl_3_and_cb_7_a_call_of_the_queue_that_is_rescheduled_takes_its_place_at_once() -> None:
    floor = slotted(callbacks=CallbackSettings(window_s=900))
    call_id = _talking_about(floor)
    at = floor.now - floor.now % QUARTER_MS + 2 * HOUR_MS
    plan = CallReschedule(call_id=call_id, agent_id="ann", callback_at=at)
    floor.do(plan)
    assert len(taken(floor)) == 2  # that of the call, and that of the plan
    full = floor.asking(2, in_ms=at - floor.now, for_ms=30 * MINUTE_MS, earliest=True)
    assert floor.promise(2, in_ms=at - floor.now, for_ms=30 * MINUTE_MS).slot_at == at + QUARTER_MS
    assert (
        refusal(floor, type(full)(**{**_fields(full), "number": "+441144960003"}))["reason"]
        == "full"
    )
    floor.do(CallDropReschedule(call_id=call_id, agent_id="ann"))
    assert len(taken(floor)) == 2
    floor.do(plan)
    floor.wrap_up(call_id)
    assert floor.callback(3).slot_at == at
    assert sorted(taken(floor).values()) == [1, 1]
    floor.do(CallbackCancel(callback_id=3))
    assert sorted(taken(floor).values()) == [1]


def _fields(command: Any) -> dict[str, Any]:
    return {name: getattr(command, name) for name in command.__struct_fields__}


def test_sl_3_and_ca_11_a_code_s_callback_needs_a_place_too() -> None:
    floor = slotted(callbacks=CallbackSettings(window_s=900), wrap_up_codes=(LATER,))
    call_id = _talking_about(floor)
    at = floor.now - floor.now % QUARTER_MS + 2 * HOUR_MS
    floor.promise(2, in_ms=at - floor.now, for_ms=30 * MINUTE_MS, earliest=True)
    command = CallWrapUp(call_id=call_id, agent_id="ann", code="later", callback_at=at)
    assert refusal(floor, command)["reason"] == "full"
    later = CallWrapUp(
        call_id=call_id, agent_id="ann", code="later", callback_at=at + 2 * QUARTER_MS
    )
    floor.do(later)
    assert floor.callback(3).slot_at == at + 2 * QUARTER_MS
