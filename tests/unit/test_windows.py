"""Call windows: when a contact may be called (rule CO-1)."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from fastdial.messages.windows import ALWAYS_OPEN, WeeklyHours, WindowSettings
from fastdial.rules.windows import Windows, class_of, window_faults

NEW_YORK = 12125550123


def ms(zone: str, *local: int, fold: int = 0) -> int:
    """A local time as an instant."""
    return round(datetime(*local, tzinfo=ZoneInfo(zone), fold=fold).timestamp()) * 1_000  # type: ignore[arg-type,misc]  # year to minute


def test_co_1_by_default_contacts_are_called_from_eight_to_nine_in_their_own_evening() -> None:
    windows = Windows(WindowSettings())
    class_ = class_of("", "", NEW_YORK)
    before = windows.state(class_, ms("America/New_York", 2026, 11, 23, 7, 59))
    assert not before.open
    assert before.until == ms("America/New_York", 2026, 11, 23, 8, 0)
    within = windows.state(class_, ms("America/New_York", 2026, 11, 23, 8, 0))
    assert within.open
    assert within.until == ms("America/New_York", 2026, 11, 23, 21, 0)


def test_co_1_without_hours_everybody_is_called_even_where_no_zone_is_known() -> None:
    nowhere = class_of("", "", 870773111632)
    assert Windows(ALWAYS_OPEN).state(nowhere, 0).open
    closed = Windows(WindowSettings()).state(nowhere, 0)
    assert (closed.open, closed.reason, closed.until) == (False, "zone_unknown", None)


@pytest.mark.parametrize(
    ("hours", "field"),
    [
        (WeeklyHours(from_="9:00"), "windows.weekly[0].from"),
        (WeeklyHours(until="25:00"), "windows.weekly[0].until"),
        (WeeklyHours(from_="22:00", until="06:00"), "windows.weekly[0].until"),
        (WeeklyHours(days=()), "windows.weekly[0].days"),
    ],
)
def test_co_1_hours_that_cannot_be_are_refused_by_name(hours: WeeklyHours, field: str) -> None:
    assert [fault.field for fault in window_faults(WindowSettings(weekly=(hours,)))] == [field]
