"""Events of slots."""

from fastdial.messages.base import Event
from fastdial.messages.slots import SlotRun


class SlotsPlanned(Event, tag="slots.planned"):
    """A queue has slots for some more days, or other slots from now on (SL-1)."""

    queue_id: str
    anew: bool
    """in place of all before; who has booked keeps the time that was asked for"""
    runs: tuple[SlotRun, ...]
    """in order of time"""
    next_day: str
    """the first local day for which nothing is planned yet"""
    until_at: int
    """when that day begins"""
    forget_before_at: int
    """slots that were over by then are not kept"""


SLOT_EVENTS = (SlotsPlanned,)
