"""The auditor's own books of slots and of agents' promised times (rules SL-3, SL-4, SL-7)."""

from bisect import bisect_right

import msgspec

from fastdial.messages.callback_events import (
    CallbackEnded,
    CallbackReassigned,
    CallbackScheduled,
    CallbackUpdated,
    CallRescheduled,
    CallRescheduleDropped,
)
from fastdial.messages.queue_events import QueueCreated, QueueUpdated
from fastdial.messages.slot_events import SlotsPlanned
from fastdial.messages.slots import SlotSettings

_Key = tuple[str, int]
"""a callback, or a call that will be one, and its id"""


class _Place(msgspec.Struct):
    queue_id: str
    asked_at: int
    until_at: int
    counted_at: int
    """the beginning of the slot in which it counts: other hours may have moved that"""
    owner_id: str | None


class SlotsAudit:
    """Counts places by slot from the events alone. All give a sentence, or none."""

    def __init__(self) -> None:
        self._settings: dict[str, SlotSettings | None] = {}
        self._slots: dict[str, dict[int, int]] = {}
        """of each queue: when slots begin, in order, and their capacities"""
        self._queue_of: dict[str, str] = {}
        """by callback campaign"""
        self._places: dict[_Key, _Place] = {}

    def queue(self, event: QueueCreated | QueueUpdated) -> None:
        """A queue, or what it is now."""
        self._settings[event.queue_id] = event.settings.slots
        self._queue_of[event.campaign_id] = event.queue_id

    def planned(self, event: SlotsPlanned) -> str | None:
        """More slots, or others; the places of other hours count in the slots that hold them."""
        slots = {} if event.anew else self._slots[event.queue_id]
        slots = {at: room for at, room in slots.items() if at >= event.forget_before_at}
        length = self._length(event.queue_id)
        end_at = max(slots, default=0) + (length if slots else 0)
        for run in event.runs:
            if run.start_at < end_at:
                return f"a slot begins at {run.start_at}, before the last one ends"
            end_at = run.start_at + run.count * length
            slots |= dict.fromkeys(range(run.start_at, end_at, length), run.capacity)
        self._slots[event.queue_id] = slots
        if event.anew:
            self._count_anew(event.queue_id)
        return None

    def _count_anew(self, queue_id: str) -> None:
        starts = list(self._slots[queue_id])
        for key, place in list(self._places.items()):
            if place.queue_id != queue_id:
                continue
            after = bisect_right(starts, place.asked_at)
            if after:
                place.counted_at = starts[after - 1]
            else:  # long past
                del self._places[key]

    def scheduled(self, event: CallbackScheduled) -> str | None:
        """A promise, which takes over the place of the call that it comes from."""
        planned = self._places.pop(("call", event.call_id or 0), None)
        key = "callback", event.callback_id
        if planned is not None and planned.asked_at == event.slot_at:
            self._places[key] = planned
            return None
        return self._take(key, event.campaign_id, event.slot_at, event.owner_id, event.at)

    def updated(self, event: CallbackUpdated) -> str | None:
        """Another slot, or another owner in the same one."""
        key = "callback", event.callback_id
        place = self._places.get(key)
        if place is None or place.asked_at != event.slot_at:
            self._places.pop(key, None)
            return self._take(key, event.campaign_id, event.slot_at, event.owner_id, event.at)
        if event.owner_id == place.owner_id:
            return None
        place.owner_id = event.owner_id
        place.until_at = place.asked_at + self._length(place.queue_id)
        return self._overlap(key, place)

    def rescheduled(self, event: CallRescheduled) -> str | None:
        """A call is going to be a callback, in place of what was said before."""
        key = "call", event.call_id
        self._places.pop(key, None)
        plan = event.plan
        return self._take(key, event.campaign_id, plan.slot_at, plan.owner_id, event.at)

    def dropped(self, event: CallRescheduleDropped) -> None:
        """It is not."""
        self._places.pop(("call", event.call_id), None)

    def reassigned(self, event: CallbackReassigned) -> None:
        """Its owner's time is free again."""
        place = self._places.get(("callback", event.callback_id))
        if place is not None:
            place.owner_id = None

    def over(self, event: CallbackEnded) -> None:
        """Its places are free again."""
        self._places.pop(("callback", event.callback_id), None)

    def _take(
        self, key: _Key, campaign_id: str, slot_at: int | None, owner_id: str | None, at: int
    ) -> str | None:
        if slot_at is None:
            return None
        queue_id = self._queue_of[campaign_id]
        settings, capacity = self._settings[queue_id], self._slots[queue_id].get(slot_at)
        if settings is None or capacity is None:
            return f"queue {queue_id!r} has no slot that begins at {slot_at}"
        if not settings.lead_s * 1_000 <= slot_at - at <= settings.horizon_days * 86_400_000:
            return f"the slot begins at {slot_at}: too soon or too far (SL-2)"
        taken = sum(
            one.queue_id == queue_id and one.counted_at == slot_at for one in self._places.values()
        )
        if taken >= capacity:
            return f"the slot at {slot_at} has {taken} of {capacity} places taken (SL-3)"
        until_at = slot_at + self._length(queue_id)
        place = _Place(queue_id, slot_at, until_at, slot_at, owner_id)
        self._places[key] = place
        return self._overlap(key, place)

    def _overlap(self, key: _Key, place: _Place) -> str | None:
        for other_key, other in self._places.items():
            if (
                other_key != key
                and None is not other.owner_id == place.owner_id
                and other.asked_at < place.until_at
                and place.asked_at < other.until_at
            ):
                return f"agent {place.owner_id!r} has promised {other_key} then, too (SL-7)"
        return None

    def _length(self, queue_id: str) -> int:
        settings = self._settings[queue_id]
        return 0 if settings is None else settings.slot_minutes * 60_000
