"""What is wrong with the settings of slots, all at once, before a queue has them."""

from collections.abc import Iterator

from fastdial.messages.errors import ErrorCode, Fault
from fastdial.messages.slots import SlotSettings
from fastdial.rules.days import is_zone
from fastdial.rules.windows.check import (
    MOST_ENTRIES,
    day_faults,
    part_faults,
    size_faults,
    week_faults,
)
from fastdial.rules.windows.hours import parts_of, week_of


def slot_faults(settings: SlotSettings, path: str = "slots") -> list[Fault]:
    """Everything that is wrong with ``settings``; ``path`` is where in the command they stand."""
    faults = [*size_faults(settings.hours, f"{path}.hours"), *_sizes(settings, path)]
    if faults:
        return faults
    if not is_zone(settings.zone):
        faults.append(_fault(f"{settings.zone!r} is not an IANA time zone", f"{path}.zone"))
    hours = list(week_faults(settings.hours, f"{path}.hours", of_contact=False))
    faults += hours
    faults += _capacities(settings, path)
    return faults if hours else [*faults, *_too_short(settings, path)]


def _sizes(settings: SlotSettings, path: str) -> Iterator[Fault]:
    for name in ("weekly_capacities", "date_capacities"):
        count = len(getattr(settings, name))
        if count > MOST_ENTRIES:
            yield _fault(
                f"{count} entries are too many; {MOST_ENTRIES} are allowed", f"{path}.{name}"
            )


def _capacities(settings: SlotSettings, path: str) -> Iterator[Fault]:
    for place, weekly in enumerate(settings.weekly_capacities):
        where = f"{path}.weekly_capacities[{place}]"
        if not 0 < len(weekly.days) <= 7:
            yield _fault("name one day of the week or more, each once", f"{where}.days")
        yield from part_faults(weekly, where)
    for place, one in enumerate(settings.date_capacities):
        where = f"{path}.date_capacities[{place}]"
        yield from day_faults(one.date, f"{where}.date")
        yield from part_faults(one, where)


def _too_short(settings: SlotSettings, path: str) -> Iterator[Fault]:
    """Hours into which no slot fits. They are otherwise right."""
    hours = settings.hours
    days = (*week_of(hours.weekly), *(parts_of(one.hours) for one in hours.exceptions))
    longest = max((end - begin for parts in days for begin, end in parts), default=0)
    if longest < settings.slot_minutes:
        yield _fault(
            f"the office is open for {longest} minutes at a time at most; no slot of "
            f"{settings.slot_minutes} fits",
            f"{path}.hours.weekly",
        )


def _fault(message: str, field: str) -> Fault:
    return Fault(ErrorCode.INVALID_VALUE, message, field)
