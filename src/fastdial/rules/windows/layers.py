"""One layer of what must be open: a calendar in the local time of one zone."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from fastdial.messages.windows import DateHours, HolidayHours, WeeklyHours
from fastdial.rules.windows.clocks import DAY_S, Clock
from fastdial.rules.windows.holiday_dates import holidays_of
from fastdial.rules.windows.hours import (
    WHOLE_DAY,
    Parts,
    as_text,
    common,
    parts_of,
    week_of,
)

Values = dict[str, str | int]

EPOCH_DAY = date(1970, 1, 1).toordinal()
_KEPT_DAYS = 64


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
        weekly: tuple[WeeklyHours, ...],
        holidays: tuple[HolidayHours, ...],
        exceptions: tuple[DateHours, ...],
        regions: tuple[str, ...],
    ) -> None:
        self._week = week_of(weekly)
        self._holidays = tuple(
            (region, parts_of(rule.hours))
            for rule in holidays
            for region in ((rule.region,) if rule.region else regions)
        )
        self._exceptions = {
            date.fromisoformat(one.date).toordinal(): (parts_of(one.hours), one.name)
            for one in reversed(exceptions)  # of two for a day the first holds
        }

    @property
    def is_always_open(self) -> bool:
        """Whether nothing in it ever closes."""
        whole = all(parts == WHOLE_DAY for parts in self._week)
        return whole and not self._holidays and not self._exceptions

    def day(self, ordinal: int) -> Day:
        """A local day by its proleptic ordinal."""
        exception = self._exceptions.get(ordinal)
        if exception is not None:
            parts, name = exception
            return Day(parts, "exception", {"exception": name} if name else {})
        if self._holidays:
            found = self._holiday(ordinal)
            if found is not None:
                return found
        return Day(self._week[(ordinal - 1) % 7], "outside_hours", {})

    def _holiday(self, ordinal: int) -> Day | None:
        """What a holiday leaves of the weekly hours; nothing that they do not have."""
        year = date.fromordinal(ordinal).year
        found: Day | None = None
        for region, parts in self._holidays:
            name = holidays_of(region, year).get(ordinal)
            if name is not None:
                before = self._week[(ordinal - 1) % 7] if found is None else found.parts
                values: Values = {"holiday": name, "calendar": region}
                left = common(before, parts)
                found = Day(left, "holiday", values if found is None else found.values)
        return found


class Layer:
    """A calendar in one zone's local time."""

    __slots__ = ("_clock", "_days", "_of_day", "reason", "values")

    def __init__(
        self,
        clock: Clock,
        of_day: Callable[[int], Day],
        reason: str = "",
        values: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """``of_day`` takes a day's proleptic ordinal; ``reason`` is said in place of the day's."""
        self._clock = clock
        self._of_day = of_day
        self._days: dict[int, Day] = {}
        self.reason = reason
        self.values = values

    def piece(self, at_s: int) -> tuple[bool, int]:
        """Whether it is open at an instant (s, UTC), and an instant until which that holds."""
        offset, segment_end_s = self._clock.segment(at_s)
        number, second = divmod(at_s + offset, DAY_S)
        is_open, end = False, DAY_S
        for begin_minute, end_minute in self._day(number).parts:
            if second < begin_minute * 60:
                end = begin_minute * 60
                break
            if second < end_minute * 60:
                is_open, end = True, end_minute * 60
                break
        return is_open, min(segment_end_s, at_s + end - second)

    def next(self, at_s: int, is_open: bool, limit_s: int) -> int:
        """The first instant from ``at_s`` at which it is open (or closed); at most ``limit_s``."""
        while at_s < limit_s:
            found, end_s = self.piece(at_s)
            if found is is_open:
                return at_s
            at_s = end_s
        return limit_s

    def why(self, at_s: int) -> tuple[str, Values]:
        """The reason for which it is closed at an instant, and what was looked at."""
        offset, _ = self._clock.segment(at_s)
        number = (at_s + offset) // DAY_S
        day = self._day(number)
        values: Values = {
            **self.values,
            "zone": self._clock.name,
            "local_date": date.fromordinal(number + EPOCH_DAY).isoformat(),
            "open_hours": as_text(day.parts) or "none",
            **day.values,
        }
        if self.reason:
            values["because"] = day.reason
        return self.reason or day.reason, values

    def _day(self, number: int) -> Day:
        day = self._days.get(number)
        if day is None:
            if len(self._days) >= _KEPT_DAYS:
                self._days.clear()
            day = self._days[number] = self._of_day(number + EPOCH_DAY)
        return day
