"""One layer of what must be open: a calendar in the local time of one zone."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from fastdial.messages.windows import DateHours, HolidayHours
from fastdial.rules.windows.clocks import DAY_S, Clock
from fastdial.rules.windows.holiday_dates import holidays_of
from fastdial.rules.windows.hours import (
    WHOLE_DAY,
    Parts,
    as_text,
    common,
    parts_of,
)

Values = dict[str, str | int]

EPOCH_DAY = date(1970, 1, 1).toordinal()
LAST_DAY = date.max.toordinal()
_KEPT_YEARS = 8


def year_of(at_s: int) -> int:
    """The year (UTC) of an instant (s)."""
    return date.fromordinal(at_s // DAY_S + EPOCH_DAY).year


def years_around(year: int) -> range:
    """The local years of all days from any in ``year`` (UTC) until 370 days later."""
    return range(max(year - 1, 1), year + 3)


class Day(NamedTuple):
    """A local day in one layer: when it is open, and why not at other times."""

    parts: Parts
    reason: str
    values: Values


WHOLE = Day(WHOLE_DAY, "", {})


class Calendar:
    """Weekly hours, holidays and exceptions, for contacts of the same regions."""

    def __init__(
        self,
        week: tuple[Parts, ...],
        holidays: tuple[HolidayHours, ...] = (),
        exceptions: tuple[DateHours, ...] = (),
        regions: tuple[str, ...] = (),
        *,
        first_day: int = 0,
        last_day: int = LAST_DAY,
        reason: str = "outside_hours",
    ) -> None:
        """``week`` has the parts of seven days, Monday first.

        ``first_day`` and ``last_day`` are the ordinals between which the calendar holds at all;
        ``reason`` is that of usual days.
        """
        self._week = tuple(Day(parts, reason, {}) for parts in week)
        self._first_day, self._last_day = first_day, last_day
        self._holidays = tuple(
            (region, parts_of(rule.hours))
            for rule in holidays
            for region in ((rule.region,) if rule.region else regions)
        )
        self._exceptions = {
            date.fromisoformat(one.date).toordinal(): _exception(one)
            for one in reversed(exceptions)  # of two for a day the first holds
        }
        self._years: dict[int, dict[int, Day]] = {}

    @property
    def is_always_open(self) -> bool:
        """Whether nothing in it ever closes."""
        whole = all(day.parts == WHOLE_DAY for day in self._week)
        return whole and not self._holidays and not self._exceptions

    @property
    def turns(self) -> tuple[int, ...]:
        """The ordinals of days from which another week holds."""
        return self._first_day, self._last_day + 1

    def day(self, ordinal: int) -> Day:
        """A local day by its proleptic ordinal."""
        if not self._first_day <= ordinal <= self._last_day:
            return WHOLE
        if self._exceptions or self._holidays:
            found = self.unusual(date.fromordinal(ordinal).year).get(ordinal)
            if found is not None:
                return found
        return self._week[(ordinal - 1) % 7]

    def unusual(self, year: int) -> dict[int, Day]:
        """The days of a year that are not as the week has them, by ordinal."""
        days = self._years.get(year)
        if days is None:
            if len(self._years) >= _KEPT_YEARS:
                self._years.clear()
            days = self._years[year] = self._unusual(year)
        return days

    def _unusual(self, year: int) -> dict[int, Day]:
        """Holidays, which leave of the weekly hours what they say, and exceptions before them."""
        days: dict[int, Day] = {}
        for region, parts in self._holidays:
            for ordinal, name in holidays_of(region, year).items():
                before = days.get(ordinal)
                if before is None:
                    values: Values = {"holiday": name, "calendar": region}
                    left = common(self._week[(ordinal - 1) % 7].parts, parts)
                    days[ordinal] = Day(left, "holiday", values)
                else:
                    days[ordinal] = before._replace(parts=common(before.parts, parts))
        first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
        return days | {
            ordinal: day for ordinal, day in self._exceptions.items() if first <= ordinal <= last
        }


def _exception(one: DateHours) -> Day:
    return Day(parts_of(one.hours), "exception", {"exception": one.name} if one.name else {})


class Layer:
    """A calendar in one zone's local time."""

    __slots__ = ("calendar", "clock", "reason", "values")

    def __init__(
        self,
        clock: Clock,
        calendar: Calendar,
        reason: str = "",
        values: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """``reason`` is said in place of the day's."""
        self.clock = clock
        self.calendar = calendar
        self.reason = reason
        self.values = values

    def piece(self, at_s: int) -> tuple[bool, int]:
        """Whether it is open at an instant (s, UTC), and an instant until which that holds."""
        offset, segment_end_s = self.clock.segment(at_s)
        number, second = divmod(at_s + offset, DAY_S)
        is_open, end = False, DAY_S
        for begin_minute, end_minute in self.calendar.day(number + EPOCH_DAY).parts:
            if second < begin_minute * 60:
                end = begin_minute * 60
                break
            if second < end_minute * 60:
                is_open, end = True, end_minute * 60
                break
        return is_open, min(segment_end_s, at_s + end - second)

    def why(self, at_s: int) -> tuple[str, Values]:
        """The reason for which it is closed at an instant, and what was looked at."""
        offset, _ = self.clock.segment(at_s)
        number = (at_s + offset) // DAY_S
        day = self.calendar.day(number + EPOCH_DAY)
        values: Values = {
            **self.values,
            "zone": self.clock.name,
            "local_date": date.fromordinal(number + EPOCH_DAY).isoformat(),
            "open_hours": as_text(day.parts) or "none",
            **day.values,
        }
        if self.reason:
            values["because"] = day.reason
        return self.reason or day.reason, values
