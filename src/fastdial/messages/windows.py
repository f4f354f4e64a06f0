"""When contacts may be called: hours, holidays, exceptions, rules by region (rule CO-1)."""

from typing import Annotated

import msgspec
from msgspec import Meta

from fastdial.messages.base import Settings
from fastdial.messages.words import Weekday

LocalTime = Annotated[str, Meta(max_length=5, description="HH:MM, local; 24:00 ends a day")]
LocalDay = Annotated[str, Meta(max_length=10, description="YYYY-MM-DD, local")]
Region = Annotated[
    str,
    Meta(max_length=6, description="ISO 3166-1 such as GB, or ISO 3166-2 such as US-CA"),
]
PresetName = Annotated[str, Meta(min_length=1, max_length=32)]

AUTO = "auto"
"""among presets: every preset for the regions in which the contact may be"""

EVERY_DAY = tuple(Weekday)


class DayHours(Settings, frozen=True, kw_only=True):
    """A part of a day: from its first minute until before its last.

    It ends on the day on which it begins: hours over midnight are two parts, one until 24:00 and
    one of the next day from 00:00, so that it is plain which day's holiday closes which.
    """

    from_: LocalTime = msgspec.field(default="00:00", name="from")
    until: LocalTime = "24:00"


class WeeklyHours(Settings, frozen=True, kw_only=True):
    """The same part of several days of the week. A day may stand in more than one of these."""

    days: tuple[Weekday, ...] = EVERY_DAY
    from_: LocalTime = msgspec.field(default="00:00", name="from")
    until: LocalTime = "24:00"


class HolidayHours(Settings, frozen=True, kw_only=True):
    """Public holidays, and what they leave open of the weekly hours.

    A holiday never opens what the week closes; a `DateHours` does.
    """

    region: Region = ""
    """whose holidays; empty = those of the contact's region"""
    hours: tuple[DayHours, ...] = ()
    """empty = closed"""


class DateHours(Settings, frozen=True, kw_only=True):
    """A day with hours of its own, in place of the weekly ones and of a holiday's."""

    date: LocalDay
    hours: tuple[DayHours, ...] = ()
    """empty = closed"""
    name: Annotated[str, Meta(max_length=100)] = ""


class WorkingHours(Settings, frozen=True, kw_only=True):
    """When the campaign works, in its own zone; the contact's hours hold besides (rule CA-1)."""

    weekly: tuple[WeeklyHours, ...] = (WeeklyHours(),)
    holidays: tuple[HolidayHours, ...] = ()
    """each with its region: a campaign has no contact's region"""
    exceptions: tuple[DateHours, ...] = ()


class RegionRule(Settings, frozen=True, kw_only=True):
    """Hours that hold for the contacts of some regions, in their local time.

    A rule for a country holds in all its subdivisions; one for a subdivision holds also for a
    contact of whom only the country is known, since that may be where the contact is.
    """

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    regions: tuple[Region, ...]
    weekly: tuple[WeeklyHours, ...] = (WeeklyHours(),)
    holidays: tuple[HolidayHours, ...] = ()
    exceptions: tuple[DateHours, ...] = ()
    valid_from: LocalDay | None = None
    """the first local day on which it holds"""
    valid_until: LocalDay | None = None
    """the last local day on which it holds"""


class WindowSettings(Settings, frozen=True, kw_only=True):
    """When a campaign's contacts may be called; everything said here must be open at once.

    The hours here are in the contact's local time, in every zone in which the contact may be. The
    default is what nobody regrets: eight to nine in the evening, and the presets of the contact's
    region. `ALWAYS_OPEN` holds nobody back.
    """

    weekly: tuple[WeeklyHours, ...] = (WeeklyHours(from_="08:00", until="21:00"),)
    holidays: tuple[HolidayHours, ...] = ()
    exceptions: tuple[DateHours, ...] = ()
    working: WorkingHours | None = None
    presets: tuple[PresetName, ...] = (AUTO,)
    """by name, or ``auto``; data with sources, and no legal advice"""
    rules: tuple[RegionRule, ...] = ()


ALWAYS_OPEN = WindowSettings(weekly=(WeeklyHours(),), presets=())
"""No hours but those of a single number"""
