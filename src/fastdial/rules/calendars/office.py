"""An office: its hours as slots, day by day, as instants.

A day is what lies between its local midnight and the next, 23 to 26 hours of it where clocks jump.
It is taken apart into stretches that are open, closed by a holiday, or closed, by what the clock on
the wall says: what is skipped is not there, and what comes twice is open twice. Each stretch is cut
into slots from its beginning, jump or not; what is left at its end and shorter than a slot is none.
"""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from fastdial.messages.slots import DateCapacity, SlotRun, SlotSettings, WeeklyCapacity
from fastdial.messages.words import Weekday
from fastdial.rules.days import midnight_at
from fastdial.rules.windows.clocks import DAY_S, clock
from fastdial.rules.windows.hours import DAY_MINUTES, Parts, minute_of, week_of
from fastdial.rules.windows.layers import EPOCH_DAY, Calendar, Layer
from fastdial.rules.windows.together import Together

_OPEN, _HOLIDAY, _CLOSED = 0, 1, 2
_LOOK_AHEAD_S = 366 * DAY_S
_KEPT_OFFICES = 16_384
FIRST_DAY, LAST_DAY = date(3, 1, 1).toordinal(), date(9_980, 1, 1).toordinal()
"""before and after which nobody calls back"""
WEEKDAYS = tuple(Weekday)


class Stretch(NamedTuple):
    """A part of a day that is open, or closed for one reason."""

    kind: int
    begin_s: int
    end_s: int


class Office:
    """Settings made ready. Remembers, but never changes."""

    def __init__(self, settings: SlotSettings) -> None:
        """``settings`` have no `slot_faults`."""
        hours = settings.hours
        self.settings = settings
        self.slot_ms = settings.slot_minutes * 60_000
        self._clock = clock(settings.zone)
        self._week = week_of(hours.weekly)
        self._calendar = Calendar(self._week, hours.holidays, hours.exceptions)
        self._hours = Together((Layer(self._clock, self._calendar),))
        self._dates: dict[int, list[DateCapacity]] = {}
        for one in settings.date_capacities:
            self._dates.setdefault(date.fromisoformat(one.date).toordinal(), []).append(one)
        self._usual: dict[int, tuple[SlotRun, ...]] = {}
        """by weekday, from the beginning of the day"""

    # --- days, by their proleptic ordinals

    def day_of(self, at: int) -> int:
        """The local day of an instant (ms)."""
        at_s = at // 1_000
        day = (at_s + self._clock.segment(at_s)[0]) // DAY_S + EPOCH_DAY
        return min(max(day, FIRST_DAY), LAST_DAY)

    def begins_at(self, day: int) -> int:
        """When a local day begins (ms)."""
        return midnight_at(date.fromordinal(day), self._clock.zone)

    def slots(self, day: int) -> tuple[SlotRun, ...]:
        """All slots of a local day in order; those that are closed have no capacity."""
        begin_at, end_at = self.begins_at(day), self.begins_at(day + 1)
        if not self._is_usual(day, begin_at, end_at):
            return tuple(self._cut(begin_at // 1_000, end_at // 1_000))
        usual = self._usual.get(day % 7)
        if usual is None:
            usual = self._usual[day % 7] = tuple(
                SlotRun(run.start_at - begin_at, run.count, run.capacity, run.is_holiday)
                for run in self._cut(begin_at // 1_000, end_at // 1_000)
            )
        return tuple(
            SlotRun(begin_at + run.start_at, run.count, run.capacity, run.is_holiday)
            for run in usual
        )

    def _is_usual(self, day: int, begin_at: int, end_at: int) -> bool:
        """Whether it has the slots of every such day of the week."""
        return (
            end_at - begin_at == DAY_S * 1_000
            and self._clock.segment(begin_at // 1_000)[1] * 1_000 >= end_at
            and day not in self._dates
            and day not in self._calendar.unusual(date.fromordinal(day).year)
        )

    def _cut(self, begin_s: int, end_s: int) -> Iterator[SlotRun]:
        slot_s = self.slot_ms // 1_000
        for kind, first_s, last_s in self._stretches(begin_s, end_s):
            count = (last_s - first_s) // slot_s
            if kind == _OPEN:
                yield from self._open_runs(first_s, count)
            elif count:
                yield SlotRun(first_s * 1_000, count, 0, kind == _HOLIDAY)

    def _open_runs(self, first_s: int, count: int) -> Iterator[SlotRun]:
        slot_s = self.slot_ms // 1_000
        begin, capacity = 0, -1
        for number in range(count):
            own = self._capacity(first_s + number * slot_s)
            if own != capacity:
                if number > begin:
                    yield SlotRun((first_s + begin * slot_s) * 1_000, number - begin, capacity)
                begin, capacity = number, own
        if count > begin:
            yield SlotRun((first_s + begin * slot_s) * 1_000, count - begin, capacity)

    def _stretches(self, begin_s: int, end_s: int) -> list[Stretch]:
        found: list[Stretch] = []
        at_s = begin_s
        while at_s < end_s:
            offset, until_s = self._clock.segment(at_s)
            local = (at_s + offset) // DAY_S
            midnight_s = local * DAY_S - offset
            until_s = min(until_s, end_s, midnight_s + DAY_S)
            for kind, begin, end in self._kinds(local + EPOCH_DAY):
                part = max(at_s, midnight_s + begin * 60), min(until_s, midnight_s + end * 60)
                if part[0] >= part[1]:
                    continue
                if found and found[-1].kind == kind:
                    found[-1] = found[-1]._replace(end_s=part[1])
                else:
                    found.append(Stretch(kind, *part))
            at_s = until_s
        return found

    def _kinds(self, day: int) -> list[tuple[int, int, int]]:
        """The minutes of a local day, from 0 to 1440, by what they are."""
        known = self._calendar.day(day)
        weekly = self._week[(day - 1) % 7] if known.reason == "holiday" else ()
        edges = {0, DAY_MINUTES, *(m for part in (*known.parts, *weekly) for m in part)}
        ordered = sorted(edges)
        return [(_kind(begin, known.parts, weekly), begin, end) for begin, end in pairwise(ordered)]

    def _capacity(self, at_s: int) -> int:
        """Of the slot that begins at an instant (s)."""
        number, second = divmod(at_s + self._clock.segment(at_s)[0], DAY_S)
        day, minute = number + EPOCH_DAY, second // 60
        for of_date in self._dates.get(day, ()):
            if _is_within(of_date, minute):
                return of_date.capacity
        weekday = WEEKDAYS[(day - 1) % 7]
        for one in self.settings.weekly_capacities:
            if weekday in one.days and _is_within(one, minute):
                return one.capacity
        return self.settings.capacity

    # --- hours

    def open_until(self, at: int) -> int | None:
        """Until when the office stays open (ms), ``at`` itself if it is closed.

        None: for longer than a year.
        """
        return self._next(at, is_open=False)

    def opens_at(self, at: int) -> int | None:
        """When it is next open, ``at`` itself if it is; None: not within a year."""
        return self._next(at, is_open=True)

    def _next(self, at: int, *, is_open: bool) -> int | None:
        limit_s = at // 1_000 + _LOOK_AHEAD_S
        found_s = self._hours.next(at // 1_000, is_open, limit_s)
        return None if found_s >= limit_s else max(at, found_s * 1_000)


def _kind(minute: int, parts: Parts, weekly: Parts) -> int:
    if any(begin <= minute < end for begin, end in parts):
        return _OPEN
    return _HOLIDAY if any(begin <= minute < end for begin, end in weekly) else _CLOSED


def _is_within(one: DateCapacity | WeeklyCapacity, minute: int) -> bool:
    return minute_of(one.from_) <= minute < minute_of(one.until)


@lru_cache(maxsize=_KEPT_OFFICES)
def office_of(settings: SlotSettings) -> Office:
    """The settings made ready, the same object for equal settings."""
    return Office(settings)
