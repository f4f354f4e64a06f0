"""A queue that calls back by slots, with verbs that read as a story."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from callback_floor import CallbackFloor
from fastdial.engine.decide import slots
from fastdial.engine.decide.slots import Found, NotFound
from fastdial.engine.turn import Turn
from fastdial.messages.base import Reply
from fastdial.messages.callbacks import CallbackMove
from fastdial.messages.queues import QueueCreate, QueueSettings, QueueUpdate
from fastdial.messages.replies import QueueReply
from fastdial.messages.slot_queries import (
    SlotsAvailability,
    SlotsFirstFree,
    SlotsFoundReply,
    SlotsOpenFor,
    SlotsOpenReply,
    SlotsReply,
)
from fastdial.messages.slots import OfficeHours, SlotSettings
from fastdial.messages.windows import WeeklyHours
from fastdial.messages.words import SlotReason

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

DAILY = OfficeHours(weekly=(WeeklyHours(from_="09:00", until="17:00"),))
ALL_DAY = OfficeHours(weekly=(WeeklyHours(),))

OFFICE = SlotSettings(zone="UTC", hours=DAILY, slot_minutes=30, capacity=2)
"""sixteen slots a day"""


def instant(text: str, zone: str = "UTC", *, fold: int = 0) -> int:
    """A local time as ms, such as ``2026-03-02 09:00``."""
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return round(local.timestamp() * 1_000)


class Desk(CallbackFloor):
    """A site whose queues call back by slots."""

    def open_queue(self, settings: SlotSettings | None = OFFICE, name: str = "Help") -> str:
        """A new queue; gives its id."""
        reply = self.do(QueueCreate(settings=QueueSettings(name=name, slots=settings)))
        assert isinstance(reply, QueueReply)
        return reply.queue.queue_id

    def change(self, queue_id: str, settings: SlotSettings | None, *, active: bool = True) -> None:
        """Other slots for a queue."""
        changed = QueueSettings(name="Help", slots=settings, active=active)
        self.do(QueueUpdate(queue_id=queue_id, settings=changed))

    # --- asked

    def look(self, queue_id: str, zone: str = "UTC", **more: object) -> SlotsReply:
        reply = self.do(SlotsAvailability(queue_id=queue_id, zone=zone, **more))  # type: ignore[arg-type]
        assert isinstance(reply, SlotsReply)
        return reply

    def shown(self, queue_id: str, start_at: int) -> tuple[int, int, int, SlotReason | None]:
        """Capacity, taken, free and reason of the slot that begins at an instant."""
        day = datetime.fromtimestamp(start_at / 1_000, ZoneInfo("UTC")).date().isoformat()
        slots = self.look(queue_id, first_day=day, days=1)
        n = slots.start_at.index(start_at)
        return slots.capacity[n], slots.taken[n], slots.free[n], slots.reasons[n]

    def first_free(self, *queue_ids: str, **more: object) -> SlotsFoundReply:
        asked = SlotsFirstFree(queue_ids=queue_ids, **{"zone": "UTC", **more})  # type: ignore[arg-type]
        reply = self.do(asked)
        assert isinstance(reply, SlotsFoundReply)
        return reply

    def open_for(self, queue_id: str, at: int | None = None) -> SlotsOpenReply:
        reply = self.do(SlotsOpenFor(queue_id=queue_id, at=at))
        assert isinstance(reply, SlotsOpenReply)
        return reply

    # --- booked by callbacks

    def asks(self, n: int, queue_id: str, start_at: int, end_at: int, **more: Any) -> Reply:
        """A customer asks for a callback in a window."""
        more |= {"window_start_at": start_at, "window_end_at": end_at}
        return self.ask(self.asking(n, queue_id=queue_id, **more))

    def gets(self, n: int, queue_id: str, start_at: int, end_at: int, **more: Any) -> int:
        """The same, and gets one: the beginning of its slot."""
        more |= {"window_start_at": start_at, "window_end_at": end_at}
        slot_at = self.promise(n, queue_id=queue_id, **more).slot_at
        assert slot_at is not None
        return slot_at

    def moving(self, callback_id: int, start_at: int, end_at: int) -> CallbackMove:
        return CallbackMove(callback_id=callback_id, window_start_at=start_at, window_end_at=end_at)

    # --- booked, as the events of a callback do

    def find(self, queue_id: str, start_at: int, end_at: int, **more: object) -> Found | NotFound:
        turn = Turn(self.site._state, self.now)
        return slots.find(turn, queue_id, start_at, end_at, **more)  # type: ignore[arg-type]

    def book(self, queue_id: str, start_at: int, agent_id: str | None = None) -> tuple[int, ...]:
        """Take a place in the slot that begins then, which must have one."""
        found = self.find(queue_id, start_at, start_at + 2 * HOUR, earliest=True, agent_id=agent_id)
        assert isinstance(found, Found)
        assert found.start_at == start_at
        return self.site._state.slots.book(queue_id, start_at, agent_id)

    def give_back(self, tokens: tuple[int, ...]) -> int:
        return self.site._state.slots.give_back(tokens)
