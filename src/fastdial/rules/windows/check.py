"""What is wrong with window settings, all at once, before a campaign has them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from fastdial.messages.errors import ErrorCode, Fault
from fastdial.messages.slots import DateCapacity, OfficeHours, WeeklyCapacity
from fastdial.messages.windows import (
    AUTO,
    DateHours,
    DayHours,
    HolidayHours,
    RegionRule,
    WeeklyHours,
    WindowSettings,
    WorkingHours,
)
from fastdial.rules.windows.holiday_dates import has_calendar
from fastdial.rules.windows.hours import BadHours, common, minute_of, week_of
from fastdial.rules.windows.places import is_region
from fastdial.rules.windows.presets import presets

Week = WindowSettings | WorkingHours | RegionRule | OfficeHours

LIMITS = {
    "weekly": 200,
    "holidays": 100,
    "exceptions": 2_000,
    "rules": 500,
    "hours": 24,
    "days": 7,
    "regions": 100,
    "presets": 50,
}
"""entries of each list, so that no settings make looking at them slow"""
MOST_ENTRIES = 5_000
"""of weekly hours, holidays and exceptions in all"""


def window_faults(settings: WindowSettings, path: str = "windows") -> list[Fault]:
    """Everything that is wrong with ``settings``; ``path`` is where in the command they stand.

    Of settings with too many entries no more than that is said.
    """
    faults = list(_sizes(settings, path))
    if faults:
        return faults
    faults = [*week_faults(settings, path, of_contact=True), *_presets(settings, f"{path}.presets")]
    if settings.working is not None:
        faults += week_faults(settings.working, f"{path}.working", of_contact=False)
    for place, rule in enumerate(settings.rules):
        faults += _rule(rule, f"{path}.rules[{place}]")
    return faults or list(_never_open(settings, path))


def _sizes(settings: WindowSettings, path: str) -> Iterator[Fault]:
    """Lists that are too long to be looked at."""
    yield from _too_many(settings.presets, "presets", path)
    yield from _too_many(settings.rules, "rules", path)
    weeks: list[tuple[Week, str]] = [(settings, path)]
    if settings.working is not None:
        weeks.append((settings.working, f"{path}.working"))
    for place, rule in enumerate(settings.rules[: LIMITS["rules"]]):
        yield from _too_many(rule.regions, "regions", f"{path}.rules[{place}]")
        weeks.append((rule, f"{path}.rules[{place}]"))
    entries = 0
    for week, where in weeks:
        yield from size_faults(week, where)
        entries += len(week.weekly) + len(week.holidays) + len(week.exceptions)
    if entries > MOST_ENTRIES:
        yield _fault(
            f"{entries} hours and days in all are too many; {MOST_ENTRIES} are allowed", path
        )


def size_faults(week: Week, path: str) -> Iterator[Fault]:
    """Lists of a week that are too long to be looked at."""
    yield from _too_many(week.weekly, "weekly", path)
    yield from _too_many(week.holidays, "holidays", path)
    yield from _too_many(week.exceptions, "exceptions", path)
    for place, hours in enumerate(week.weekly[: LIMITS["weekly"]]):
        yield from _too_many(hours.days, "days", f"{path}.weekly[{place}]")
    for place, holiday in enumerate(week.holidays[: LIMITS["holidays"]]):
        yield from _too_many(holiday.hours, "hours", f"{path}.holidays[{place}]")
    for place, one in enumerate(week.exceptions[: LIMITS["exceptions"]]):
        yield from _too_many(one.hours, "hours", f"{path}.exceptions[{place}]")


def week_faults(week: Week, path: str, *, of_contact: bool) -> Iterator[Fault]:
    """What is wrong with hours, holidays and exceptions; an office's holidays need a region."""
    for place, hours in enumerate(week.weekly):
        where = f"{path}.weekly[{place}]"
        if not hours.days:
            yield _fault("these hours name no day of the week", f"{where}.days")
        yield from part_faults(hours, where)
    for place, holiday in enumerate(week.holidays):
        yield from _holiday(holiday, f"{path}.holidays[{place}]", of_contact)
    yield from _exceptions(week.exceptions, f"{path}.exceptions")


Part = DayHours | WeeklyHours | WeeklyCapacity | DateCapacity


def part_faults(hours: Part, path: str) -> Iterator[Fault]:
    """What is wrong with a part of a day."""
    minutes = []
    for text, field in ((hours.from_, "from"), (hours.until, "until")):
        try:
            minutes.append(minute_of(text))
        except BadHours as bad:
            yield _fault(str(bad), f"{path}.{field}")
    if len(minutes) == 2 and minutes[0] >= minutes[1]:
        yield _fault(
            f"hours from {hours.from_} end at {hours.until}, which is not later; for hours over "
            "midnight write two: until 24:00, and from 00:00 of the next day",
            f"{path}.until",
        )


def _parts(hours: Sequence[DayHours], path: str) -> Iterator[Fault]:
    for place, one in enumerate(hours):
        yield from part_faults(one, f"{path}.hours[{place}]")


def _holiday(holiday: HolidayHours, path: str, of_contact: bool) -> Iterator[Fault]:
    if not holiday.region and not of_contact:
        yield _fault("these hours need to be told whose holidays", f"{path}.region")
    elif holiday.region and not has_calendar(holiday.region):
        yield _fault(
            f"no calendar of holidays is known for {holiday.region!r}; name a country such as DE "
            "or a part of it such as DE-BY",
            f"{path}.region",
        )
    yield from _parts(holiday.hours, path)


def _exceptions(exceptions: Sequence[DateHours], path: str) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for place, one in enumerate(exceptions):
        where = f"{path}[{place}]"
        yield from day_faults(one.date, f"{where}.date")
        if one.date in seen:
            yield _fault(
                f"{one.date} has its hours in exceptions[{seen[one.date]}] already", f"{where}.date"
            )
        seen.setdefault(one.date, place)
        yield from _parts(one.hours, where)


def _presets(settings: WindowSettings, path: str) -> Iterator[Fault]:
    for place, name in enumerate(settings.presets):
        if name != AUTO and name not in presets():
            yield _fault(
                f"there is no preset {name!r}; there are {', '.join((AUTO, *presets()))}",
                f"{path}[{place}]",
            )


def _rule(rule: RegionRule, path: str) -> Iterator[Fault]:
    if not rule.regions:
        yield _fault("the rule names no region in which it holds", f"{path}.regions")
    for place, region in enumerate(rule.regions):
        if not is_region(region):
            yield _fault(
                f"{region!r} is not a region; write a country as GB or a part of it as US-CA",
                f"{path}.regions[{place}]",
            )
    yield from week_faults(rule, path, of_contact=True)
    ends = {"valid_from": rule.valid_from, "valid_until": rule.valid_until}
    bad = [
        fault
        for field, day in ends.items()
        if day is not None
        for fault in day_faults(day, f"{path}.{field}")
    ]
    yield from bad
    first, last = rule.valid_from, rule.valid_until
    if not bad and first is not None and last is not None and last < first:
        yield _fault(f"the rule ends on {last}, before it begins", f"{path}.valid_until")


def day_faults(text: str, path: str) -> Iterator[Fault]:
    """What is wrong with a date."""
    try:
        is_day = date.fromisoformat(text).isoformat() == text
    except ValueError:
        is_day = False
    if not is_day:
        yield _fault(f"{text!r} is not a date; write it as 2030-12-24", path)


def _never_open(settings: WindowSettings, path: str) -> Iterator[Fault]:
    """Windows in which nobody could ever be called. The settings are otherwise right."""
    if not _opens_ever((settings,)):
        yield _fault("these windows are never open: no contact could be called", f"{path}.weekly")
        return
    if settings.working is not None and not _opens_ever((settings.working,)):
        yield _fault("the campaign never works", f"{path}.working.weekly")
    for place, rule in enumerate(settings.rules):
        if not _opens_ever((settings, rule)):
            yield _fault(
                f"with the windows' own hours, rule {rule.name!r} leaves no time at which a "
                f"contact in {', '.join(rule.regions)} could be called",
                f"{path}.rules[{place}].weekly",
            )
    for place, name in enumerate(settings.presets):
        for preset_rule in presets()[name].rules if name != AUTO else ():
            if not _opens_ever((settings, preset_rule)):
                yield _fault(
                    f"with the windows' own hours, {preset_rule.name!r} of preset {name!r} leaves "
                    "no time at which a contact could be called",
                    f"{path}.presets[{place}]",
                )


def _opens_ever(weeks: Iterable[Week]) -> bool:
    """Whether some week, or some exception of one of ``weeks``, has a minute open in all."""
    given = tuple(weeks)
    if any(one.hours for week in given for one in week.exceptions):
        return True
    left = week_of(given[0].weekly)
    for week in given[1:]:
        left = tuple(common(*pair) for pair in zip(left, week_of(week.weekly), strict=True))
    return any(left)


def _too_many(entries: Sequence[object], name: str, path: str) -> Iterator[Fault]:
    if len(entries) > LIMITS[name]:
        yield _fault(
            f"{len(entries)} entries are too many; {LIMITS[name]} are allowed", f"{path}.{name}"
        )


def _fault(message: str, field: str) -> Fault:
    return Fault(ErrorCode.INVALID_VALUE, message, field)
