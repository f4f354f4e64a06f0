"""Slots of queues that are obviously right: all slots of some days, looked at from end to end."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from fastdial.messages.slots import SlotSettings
from fastdial.messages.words import SlotReason
from twins.calendars import Slot, slots_of

MINUTE = 60_000
DAY = 1_440 * MINUTE

slots_of_day = cache(slots_of)


@dataclass
class Booking:
    queue_id: str
    asked_at: int
    slot_at: int
    """where it is counted"""
    until_at: int
    agent_id: str | None


@dataclass
class Seen:
    start_at: int
    capacity: int
    taken: int
    reason: SlotReason | None

    @property
    def free(self) -> int:
        return max(self.capacity - self.taken, 0)


@dataclass
class Twin:
    now: int
    settings: dict[str, SlotSettings] = field(default_factory=dict)
    bookings: dict[int, Booking] = field(default_factory=dict)

    def slots(self, queue_id: str, from_at: int, until_at: int) -> list[Seen]:
        """What can be seen of the slots that begin in a range, which is of some days only."""
        settings = self.settings[queue_id]
        day = _day(from_at, settings.zone) - timedelta(days=1)
        seen = []
        while day <= _day(until_at, settings.zone) + timedelta(days=1):
            for slot in slots_of_day(settings, day):
                taken = sum(
                    booking.queue_id == queue_id and booking.slot_at == slot.start_at
                    for booking in self.bookings.values()
                )
                reason = self._reason(settings, slot, taken)
                seen.append(Seen(slot.start_at, slot.capacity, taken, reason))
            day += timedelta(days=1)
        return [slot for slot in seen if from_at <= slot.start_at < until_at]

    def _reason(self, settings: SlotSettings, slot: Slot, taken: int) -> SlotReason | None:
        if slot.start_at < self.now:
            return SlotReason.PAST
        if slot.capacity == 0:
            return SlotReason.HOLIDAY if slot.is_holiday else SlotReason.CLOSED
        if slot.start_at < self.now + settings.lead_s * 1_000:
            return SlotReason.TOO_SOON
        if slot.start_at > self.now + settings.horizon_days * DAY:
            return SlotReason.TOO_FAR
        return SlotReason.FULL if taken >= slot.capacity else None

    def change(self, queue_id: str, settings: SlotSettings) -> None:
        """Other slots: each booking is counted where the time asked for lies, or just before."""
        self.settings[queue_id] = settings
        for booking in self.bookings.values():
            if booking.queue_id == queue_id:
                near = self.slots(queue_id, booking.asked_at - 3 * DAY, booking.asked_at + 1)
                booking.slot_at = near[-1].start_at

    def find(
        self, queue_id: str, start_at: int, end_at: int, agent_id: str | None, earliest: bool
    ) -> int | SlotReason | None:
        """When the slot begins that is to be had, or why none is; none: nothing was there."""
        length = self.settings[queue_id].slot_minutes * MINUTE
        slots = self.slots(queue_id, start_at, end_at - length + 1)
        if not slots:
            slots = self.slots(queue_id, start_at - length + 1, start_at + 1)
        for slot in slots:
            if slot.reason is None and not self.agent_is_free(agent_id, slot.start_at, length):
                slot.reason = SlotReason.FULL
        free = [slot for slot in slots if slot.reason is None]
        if free:
            return free[0].start_at if earliest else max(free, key=lambda slot: slot.free).start_at
        there = [slot.reason for slot in slots]
        order = (
            SlotReason.FULL,
            SlotReason.TOO_SOON,
            SlotReason.TOO_FAR,
            SlotReason.HOLIDAY,
            SlotReason.CLOSED,
            SlotReason.PAST,
        )
        return next((reason for reason in order if reason in there), None)

    def agent_is_free(self, agent_id: str | None, start_at: int, length: int) -> bool:
        return agent_id is None or not any(
            booking.agent_id == agent_id
            and booking.asked_at < start_at + length
            and start_at < booking.until_at
            for booking in self.bookings.values()
        )


def _day(at: int, zone: str) -> date:
    return datetime.fromtimestamp(at / 1_000, UTC).astimezone(ZoneInfo(zone)).date()
