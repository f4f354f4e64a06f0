"""Local clocks: a zone's offsets from UTC, and the instants at which they change."""

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY_S = 86_400
HOUR_S = 3_600
FIRST_S = -62_100_000_000
"""in the year 2 and LAST_S in 9990: what a datetime holds, with room for a zone's offset"""
LAST_S = 253_000_000_000

SPAN_S = 400 * DAY_S
"""a clock's offsets are made for stretches of this length at a time"""
_STEP_S = 5 * DAY_S
"""no zone changes its offset twice within this; a test reads the data for that"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


Span = tuple[tuple[int, ...], tuple[int, ...]]
"""of each segment the instant at which it ends, and the offset (s)"""


class Clock:
    """The local clock of one zone, as a list of offsets that is made as far as it is asked for."""

    __slots__ = ("_spans", "name", "zone")

    def __init__(self, name: str) -> None:
        self.name = name
        self.zone = ZoneInfo(name)
        self._spans: dict[int, Span] = {}

    def segment(self, at_s: int) -> tuple[int, int]:
        """The offset (s) at an instant (s), and an instant until which it surely stays."""
        ends, offsets = self.span(at_s // SPAN_S)
        place = bisect_right(ends, at_s)
        return offsets[place], ends[place]

    def span(self, number: int) -> Span:
        """The segments within the stretch from ``number * SPAN_S`` on."""
        span = self._spans.get(number)
        if span is None:
            if len(self._spans) >= 64:
                self._spans.clear()
            span = self._spans[number] = self._made(number)
        return span

    def _made(self, number: int) -> Span:
        begin, end = number * SPAN_S, (number + 1) * SPAN_S
        ends: list[int] = []
        offsets = [self._offset(begin)]
        for step in range(begin, end, _STEP_S):
            after = self._offset(step + _STEP_S)
            if after != offsets[-1]:
                ends.append(self._jump(step, step + _STEP_S))
                offsets.append(after)
        ends.append(end)
        return tuple(ends), tuple(offsets)

    def _jump(self, low: int, high: int) -> int:
        """The first instant after ``low`` with the offset of ``high``."""
        before = self._offset(low)
        while high - low > 1:
            middle = (low + high) // 2
            if self._offset(middle) == before:
                low = middle
            else:
                high = middle
        return high

    def _offset(self, at_s: int) -> int:
        at = _EPOCH + timedelta(seconds=min(max(at_s, FIRST_S), LAST_S))
        offset = at.astimezone(self.zone).utcoffset()
        return 0 if offset is None else offset.days * DAY_S + offset.seconds


def local_hour(zone: str, at: int) -> int:
    """The hour, 0 to 23, of an IANA zone's clock at an instant (ms)."""
    at_s, offset = _with_offset(zone, at)
    return (at_s + offset) // HOUR_S % 24


def local_day(zone: str, at: int) -> int:
    """The day of an IANA zone's calendar at an instant (ms), counted from 1970-01-01."""
    at_s, offset = _with_offset(zone, at)
    return (at_s + offset) // DAY_S


def day_began(zone: str, at: int) -> int:
    """When that day began (ms), by the offset from UTC that holds at the instant."""
    at_s, offset = _with_offset(zone, at)
    return (at_s - (at_s + offset) % DAY_S) * 1_000


def _with_offset(zone: str, at: int) -> tuple[int, int]:
    """An instant (ms) in seconds, within what a datetime holds, and the zone's offset then."""
    at_s = min(max(at // 1_000, FIRST_S), LAST_S)
    offset, _ = clock(zone).segment(at_s)
    return at_s, offset


@lru_cache(maxsize=1_024)
def clock(name: str) -> Clock:
    """The clock of an IANA zone. Raises what `zoneinfo.ZoneInfo` raises for an unknown one."""
    return Clock(name)
