"""The callback service of a queue: its office hours, and how many are called back when (SL-1)."""

from typing import Annotated

import msgspec
from msgspec import Meta

from fastdial.messages.base import Settings
from fastdial.messages.windows import (
    EVERY_DAY,
    DateHours,
    HolidayHours,
    LocalDay,
    LocalTime,
    WeeklyHours,
)
from fastdial.messages.words import Weekday

MOST_PLACES = 1_000
"""in one slot: however often the hours change, what was booked fits the kernel's counters"""

Capacity = Annotated[int, Meta(ge=0, le=MOST_PLACES)]

WORKDAYS = (Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.FRI)


class OfficeHours(Settings, frozen=True, kw_only=True):
    """When somebody is there to call back, in the office's own zone."""

    weekly: tuple[WeeklyHours, ...] = (WeeklyHours(days=WORKDAYS, from_="09:00", until="17:00"),)
    holidays: tuple[HolidayHours, ...] = ()
    """each with its region: an office has no contact's region"""
    exceptions: tuple[DateHours, ...] = ()


class WeeklyCapacity(Settings, frozen=True, kw_only=True):
    """Another capacity for the slots that begin in a part of some days of the week."""

    capacity: Capacity
    days: tuple[Weekday, ...] = EVERY_DAY
    from_: LocalTime = msgspec.field(default="00:00", name="from")
    until: LocalTime = "24:00"


class DateCapacity(Settings, frozen=True, kw_only=True):
    """Another capacity for the slots that begin in a part of one day; it goes before the week's."""

    capacity: Capacity
    date: LocalDay
    from_: LocalTime = msgspec.field(default="00:00", name="from")
    until: LocalTime = "24:00"


class SlotSettings(Settings, frozen=True, kw_only=True):
    """A queue's slots: each part of a day that is open is cut into them from its beginning."""

    zone: Annotated[str, Meta(min_length=1, max_length=64)]
    """the IANA zone of the office"""
    hours: OfficeHours = OfficeHours()
    slot_minutes: Annotated[int, Meta(ge=5, le=120)] = 15
    capacity: Capacity = 1
    """callbacks in a slot for which nothing else is said; 0 = none"""
    weekly_capacities: tuple[WeeklyCapacity, ...] = ()
    """of several for a slot the first holds; so with the next"""
    date_capacities: tuple[DateCapacity, ...] = ()
    lead_s: Annotated[int, Meta(ge=0, le=7 * 86_400)] = 1_800
    """how long before it begins a slot can still be booked"""
    horizon_days: Annotated[int, Meta(ge=1, le=366)] = 31
    """how far ahead a slot can be booked, in days of 24 hours"""


class SlotRun(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Slots of a queue that follow each other and have the same capacity."""

    start_at: int
    count: int
    capacity: int
    is_holiday: bool = False
    """closed by a holiday; closed for another reason has no capacity either"""
