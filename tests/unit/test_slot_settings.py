"""Settings of slots: every fault by its field, all at once (SL-1)."""

import pytest

from fastdial.messages.slots import (
    DateCapacity,
    OfficeHours,
    SlotSettings,
    WeeklyCapacity,
)
from fastdial.messages.windows import DateHours, DayHours, HolidayHours, WeeklyHours
from fastdial.rules.calendars import office_of, slot_faults


def test_what_is_wrong_is_said_with_its_field_all_at_once() -> None:
    settings = SlotSettings(
        zone="Europe/Atlantis",
        hours=OfficeHours(
            weekly=(WeeklyHours(days=(), from_="17:00", until="09:00"),),
            holidays=(HolidayHours(), HolidayHours(region="ZZ")),
            exceptions=(DateHours(date="2026-02-30"),),
        ),
        weekly_capacities=(WeeklyCapacity(capacity=1, days=(), until="9:00"),),
        date_capacities=(DateCapacity(capacity=1, date="tomorrow", from_="10:00", until="10:00"),),
    )

    faults = slot_faults(settings, "settings.slots")

    assert [fault.field.removeprefix("settings.slots.") for fault in faults] == [
        "zone",
        "hours.weekly[0].days",
        "hours.weekly[0].until",
        "hours.holidays[0].region",
        "hours.holidays[1].region",
        "hours.exceptions[0].date",
        "weekly_capacities[0].days",
        "weekly_capacities[0].until",
        "date_capacities[0].date",
        "date_capacities[0].until",
    ]


@pytest.mark.parametrize(
    "hours",
    [
        OfficeHours(weekly=()),
        OfficeHours(weekly=(WeeklyHours(from_="09:00", until="09:29"),)),
    ],
)
def test_hours_into_which_no_slot_fits_are_refused(hours: OfficeHours) -> None:
    faults = slot_faults(SlotSettings(zone="UTC", hours=hours, slot_minutes=30))

    assert [fault.field for fault in faults] == ["slots.hours.weekly"]
    assert "no slot of 30 fits" in faults[0].message


def test_an_exception_alone_may_open_an_office() -> None:
    one_day = DateHours(date="2026-12-24", hours=(DayHours(from_="09:00", until="12:00"),))
    hours = OfficeHours(weekly=(), exceptions=(one_day,))

    assert slot_faults(SlotSettings(zone="UTC", hours=hours)) == []


def test_lists_that_are_too_long_are_refused_before_they_are_looked_at() -> None:
    settings = SlotSettings(
        zone="nowhere", date_capacities=(DateCapacity(capacity=1, date="x"),) * 5_001
    )

    faults = slot_faults(settings)

    assert [fault.field for fault in faults] == ["slots.date_capacities"]


def test_equal_settings_are_made_ready_once() -> None:
    assert office_of(SlotSettings(zone="UTC")) is office_of(SlotSettings(zone="UTC"))
