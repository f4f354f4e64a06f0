"""Several layers together: when all of them are open, and when one is closed.

A class may have a hundred layers: twenty zones, and the rules of fifty states. So zones whose
clocks go alike are taken as one, and of days that are like others of their weekday only the first
is looked at: a year without one open minute costs as much as a few weeks.
"""

from fastdial.rules.windows.clocks import DAY_S, SPAN_S, Clock
from fastdial.rules.windows.hours import WHOLE_DAY, Parts, common, merged
from fastdial.rules.windows.layers import EPOCH_DAY, Calendar, Layer, year_of, years_around

_KEPT_DAYS = 512
_WHOLE_S: Parts = ((0, DAY_S),)


class _Group:
    """The calendars that hold by the same clock."""

    __slots__ = ("_days", "_moved", "calendars", "clock")

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.calendars: dict[Calendar, None] = {}
        self._days: dict[int, Parts] = {}
        self._moved: dict[tuple[int, Parts, Parts], Parts] = {}

    def day(self, ordinal: int) -> Parts:
        """The minutes of a local day that are open in all calendars."""
        parts = self._days.get(ordinal)
        if parts is None:
            parts = WHOLE_DAY
            for calendar in self.calendars:
                one = calendar.day(ordinal).parts
                parts = one if parts == WHOLE_DAY else common(parts, one)
                if not parts:
                    break
            if len(self._days) >= _KEPT_DAYS:
                self._days.clear()
            self._days[ordinal] = parts
        return parts

    def utc_day(self, number: int) -> Parts:
        """The seconds of a day of UTC (by its number since 1970) that are open."""
        offset, until_s = self.clock.segment(number * DAY_S)
        if until_s < (number + 1) * DAY_S:
            return self._with_jump(number)
        local = number + offset // DAY_S + EPOCH_DAY
        key = (offset, self.day(local), self.day(local + 1))
        parts = self._moved.get(key)
        if parts is None:
            if len(self._moved) >= _KEPT_DAYS:
                self._moved.clear()
            parts = self._moved[key] = self._with_jump(number)
        return parts

    def _with_jump(self, number: int) -> Parts:
        begin_s, end_s = number * DAY_S, (number + 1) * DAY_S
        found: list[tuple[int, int]] = []
        at_s = begin_s
        while at_s < end_s:
            offset, until_s = self.clock.segment(at_s)
            local = (at_s + offset) // DAY_S
            midnight_s = local * DAY_S - offset
            until_s = min(until_s, end_s, midnight_s + DAY_S)
            for begin, end in self.day(local + EPOCH_DAY):
                part = max(at_s, midnight_s + begin * 60), min(until_s, midnight_s + end * 60)
                if part[0] < part[1]:
                    found.append((part[0] - begin_s, part[1] - begin_s))
            at_s = until_s
        return merged(found)


class Together:
    """Layers that must all be open. Remembers, but never changes."""

    def __init__(self, layers: tuple[Layer, ...]) -> None:
        self.layers = layers
        self._prepared = (0, 0)
        self._groups: tuple[_Group, ...] = ()
        self._distinct: tuple[Layer, ...] = ()
        self._unusual: dict[int, None] = {}
        self._turns: tuple[int, ...] = ()
        self._usual: dict[int, Parts] = {}
        self._steady = (0, 0)

    def distinct(self, at_s: int) -> tuple[Layer, ...]:
        """The layers without those that, for a year from ``at_s``, are as one before them."""
        self._prepare(at_s)
        return self._distinct

    def next(self, at_s: int, is_open: bool, limit_s: int) -> int:
        """The first instant from ``at_s`` at which all are open (or one is closed).

        At most ``limit_s``, which is at most 370 days later.
        """
        self._prepare(at_s)
        for number in range(at_s // DAY_S, -(-limit_s // DAY_S)):
            begin_s = number * DAY_S
            second = max(at_s - begin_s, 0)
            for begin, end in self._day(number):
                if end <= second:
                    continue
                if is_open:
                    return min(begin_s + max(begin, second), limit_s)
                if begin > second:
                    break
                second = end
            if not is_open and second < DAY_S:
                return min(begin_s + second, limit_s)
        return limit_s

    def _day(self, number: int) -> Parts:
        """The seconds of a day of UTC that are open in all."""
        if not self._steady[0] <= number < self._steady[1]:
            self._steady = self._steady_from(number)
            self._usual.clear()
        if number >= self._steady[1] or number in self._unusual:
            return self._looked_at(number)
        parts = self._usual.get(number % 7)
        if parts is None:
            parts = self._usual[number % 7] = self._looked_at(number)
        return parts

    def _looked_at(self, number: int) -> Parts:
        parts = _WHOLE_S
        for group in self._groups:
            parts = common(parts, group.utc_day(number))
            if not parts:
                break
        return parts

    def _steady_from(self, number: int) -> tuple[int, int]:
        """From a day on, the days in which no clock jumps and no week gives way to another."""
        at_s = number * DAY_S
        until = (
            min((group.clock.segment(at_s)[1] for group in self._groups), default=at_s + SPAN_S)
            // DAY_S
        )
        for turn in self._turns:
            if number < turn - 1:
                until = min(until, turn - 1)
            elif number <= turn + 1:
                until = number
        return number, max(until, number)

    def _prepare(self, at_s: int) -> None:
        """What depends on the year: whose clocks go alike, and which days are like no others."""
        span, year = at_s // SPAN_S, year_of(at_s)
        if (span, year) == self._prepared and self._groups:
            return
        self._prepared = (span, year)
        groups: dict[object, _Group] = {}
        distinct: dict[object, Layer] = {}
        for layer in self.layers:
            clock = layer.clock
            alike = clock.span(span), clock.span(span + 1)
            group = groups.setdefault(alike, _Group(clock))
            group.calendars[layer.calendar] = None
            distinct.setdefault((alike, layer.calendar, layer.reason), layer)
        self._groups = tuple(groups.values())
        self._distinct = tuple(distinct.values())
        calendars = dict.fromkeys(layer.calendar for layer in self.layers)
        self._unusual = {
            ordinal - EPOCH_DAY + near: None
            for calendar in calendars
            for near_year in years_around(year)
            for ordinal in calendar.unusual(near_year)
            for near in (-1, 0, 1)
        }
        turns = dict.fromkeys(turn for calendar in calendars for turn in calendar.turns)
        self._turns = tuple(turn - EPOCH_DAY for turn in turns)
        self._steady = (0, 0)
