"""The slow, obvious twin of office calendars: minute by minute, by what zoneinfo says."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from fastdial.messages.slots import DateCapacity, SlotSettings, WeeklyCapacity
from fastdial.messages.windows import WindowSettings
from fastdial.messages.words import Weekday
from twins.windows import is_holiday, week_is_open

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Slot:
    start_at: int
    capacity: int
    is_holiday: bool


def day_begins(day: date, zone: ZoneInfo) -> datetime:
    """The first minute, in UTC, at which the local date is this day or a later one."""
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=2)
    while at.astimezone(zone).date() < day:
        at += MINUTE
    return at


def kind_of(settings: SlotSettings, local: datetime) -> str:
    hours = settings.hours
    week = WindowSettings(weekly=hours.weekly, holidays=hours.holidays, exceptions=hours.exceptions)
    if week_is_open(week, local, ()):
        return "open"
    by_the_week = week_is_open(WindowSettings(weekly=hours.weekly), local, ())
    excepted = any(one.date == local.date().isoformat() for one in hours.exceptions)
    on_holiday = any(is_holiday(one.region, local.date()) for one in hours.holidays)
    return "holiday" if by_the_week and on_holiday and not excepted else "closed"


def capacity_of(settings: SlotSettings, local: datetime) -> int:
    minute = local.strftime("%H:%M")

    def holds(one: DateCapacity | WeeklyCapacity) -> bool:
        return one.from_ <= minute < one.until

    today, weekday = local.date().isoformat(), list(Weekday)[local.weekday()]
    by_date = [c.capacity for c in settings.date_capacities if c.date == today and holds(c)]
    by_week = [c.capacity for c in settings.weekly_capacities if weekday in c.days and holds(c)]
    return [*by_date, *by_week, settings.capacity][0]


def slots_of(settings: SlotSettings, day: date) -> list[Slot]:
    """The slots of an office's local day."""
    zone = ZoneInfo(settings.zone)
    at, end = day_begins(day, zone), day_begins(day + timedelta(days=1), zone)
    minutes = []
    while at < end:
        minutes.append((kind_of(settings, at.astimezone(zone)), at))
        at += MINUTE
    found = []
    for kind, together in groupby(minutes, key=lambda one: one[0]):
        stretch = [minute for _, minute in together]
        whole = len(stretch) // settings.slot_minutes * settings.slot_minutes
        for start in stretch[: whole : settings.slot_minutes]:
            room = capacity_of(settings, start.astimezone(zone)) if kind == "open" else 0
            found.append(Slot(round(start.timestamp() * 1_000), room, kind == "holiday"))
    return found


def label(at: int, zone: str) -> str:
    """An instant as its local time with the offset."""
    return datetime.fromtimestamp(at / 1_000, ZoneInfo(zone)).isoformat(timespec="minutes")
