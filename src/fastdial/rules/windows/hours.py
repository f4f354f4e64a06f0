"""Hours of days: times of day as text and as minutes, and parts of a day put together."""

import re
from collections.abc import Iterable
from functools import lru_cache

from fastdial.messages.windows import DayHours, WeeklyHours
from fastdial.messages.words import Weekday

DAY_MINUTES = 1_440

Parts = tuple[tuple[int, int], ...]
"""parts of a day in order, apart from each other: (first minute, minute after the last)"""

WHOLE_DAY: Parts = ((0, DAY_MINUTES),)

_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|(24):(00)", re.ASCII)


class BadHours(ValueError):
    """A time of day, or hours, that cannot be."""


@lru_cache(maxsize=2_048)  # there are 1,441
def minute_of(text: str) -> int:
    """``HH:MM`` as minutes from 00:00, 0 to 1440. Raises `BadHours`."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise BadHours(f"{text!r} is not a time of day; write it as 09:00, or 24:00 for the end")
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute)


def as_text(parts: Parts) -> str:
    """Parts of a day as people read them; empty for none."""
    return ", ".join(f"{_text(begin)}-{_text(end)}" for begin, end in parts)


def merged(parts: Iterable[tuple[int, int]]) -> Parts:
    """The same minutes in order, with what touches or overlaps as one part."""
    found: list[tuple[int, int]] = []
    for begin, end in sorted(parts):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return tuple(found)


def parts_of(hours: Iterable[DayHours | WeeklyHours]) -> Parts:
    """The parts of a day that ``hours`` name. Raises `BadHours`."""
    return merged((minute_of(one.from_), minute_of(one.until)) for one in hours)


@lru_cache(maxsize=1_024)
def week_of(weekly: tuple[WeeklyHours, ...]) -> tuple[Parts, ...]:
    """The parts of each day of the week, Monday first. Raises `BadHours`."""
    return tuple(parts_of(one for one in weekly if day in one.days) for day in Weekday)


def daily(from_minute: int, until_minute: int) -> Parts:
    """The parts of every day of a number's own hours; over midnight where they end before."""
    if from_minute < until_minute:
        return ((from_minute, until_minute),)
    return merged(
        part for part in ((0, until_minute), (from_minute, DAY_MINUTES)) if part[0] < part[1]
    )


def common(one: Parts, other: Parts) -> Parts:
    """The minutes that are in both."""
    if one == other:
        return one
    return merged((max(a, c), min(b, d)) for a, b in one for c, d in other if max(a, c) < min(b, d))


def _text(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
