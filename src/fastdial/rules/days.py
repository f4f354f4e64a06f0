"""Days and zones: when a local day begins, as an instant in UTC milliseconds."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


class BadDay(ValueError):
    """A date or zone that does not exist."""


_OF_ONE_MACHINE = ("localtime", "posixrules")
_OF_OTHER_CLOCKS = ("posix/", "right/")
"""the second counts leap seconds, as no instant here does"""


@lru_cache(maxsize=4_096)  # the names come from outside
def is_zone(name: str) -> bool:
    """Whether IANA knows a time zone of this name; not one that a machine has besides."""
    if name in _OF_ONE_MACHINE or name.startswith(_OF_OTHER_CLOCKS):
        return False
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, not a name, the name of a folder
        return False
    return True


def day_begins_at(day: str, zone: str) -> int:
    """The instant at which ``day`` (YYYY-MM-DD) begins in ``zone``.

    Where midnight does not exist (a clock that jumps at 00:00), the day begins at the jump.
    Raises `BadDay` with the reason.
    """
    try:
        return midnight_at(_date(day), _zone(zone))
    except OverflowError:
        raise BadDay(f"{day!r} is too far away") from None


def day_ends_at(day: str, zone: str) -> int:
    """The instant at which the day after ``day`` begins in ``zone``. Raises `BadDay`."""
    try:
        return midnight_at(_date(day) + timedelta(days=1), _zone(zone))
    except OverflowError:
        raise BadDay(f"{day!r} is too far away") from None


def _zone(name: str) -> ZoneInfo:
    if not is_zone(name):
        raise BadDay(f"{name!r} is not an IANA time zone")
    return ZoneInfo(name)


def _date(day: str) -> date:
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise BadDay(f"{day!r} is not a date") from None


def midnight_at(day: date, zone: ZoneInfo) -> int:
    """The instant (ms) at which a day begins; see `day_begins_at`."""
    local = datetime(day.year, day.month, day.day, tzinfo=zone)
    # fold 0 of a midnight that is skipped gives the instant of the jump, of one that is
    # repeated the first of the two: in both cases the day's first instant
    return round(local.timestamp()) * 1_000
