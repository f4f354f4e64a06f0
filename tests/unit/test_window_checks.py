"""Window settings that cannot be are refused, every fault by its path (rule CO-1)."""

import pytest

from fastdial.messages.commands import CampaignCreate
from fastdial.messages.settings import CampaignSettings
from fastdial.messages.windows import (
    DateHours,
    DayHours,
    HolidayHours,
    RegionRule,
    WeeklyHours,
    WindowSettings,
    WorkingHours,
)
from fastdial.messages.words import Weekday
from fastdial.rules.windows import window_faults
from fastdial.rules.windows.presets import presets
from floor import Floor

SUNDAY = (WeeklyHours(days=(Weekday.SUN,)),)
NO_DAY = WeeklyHours(days=())


def fields(settings: WindowSettings) -> list[str]:
    return [fault.field for fault in window_faults(settings)]


@pytest.mark.parametrize(
    ("hours", "field"),
    [
        (WeeklyHours(from_="9:00"), "from"),
        (WeeklyHours(from_="24:01"), "from"),
        (WeeklyHours(from_="\uff109:00"), "from"),
        (WeeklyHours(until="25:00"), "until"),
        (WeeklyHours(until="12:60"), "until"),
        (WeeklyHours(until=""), "until"),
        (WeeklyHours(from_="22:00", until="06:00"), "until"),
        (WeeklyHours(from_="10:00", until="10:00"), "until"),
        (WeeklyHours(from_="24:00"), "until"),
        (NO_DAY, "days"),
    ],
)
def test_co_1_hours_that_cannot_be_are_refused_by_name(hours: WeeklyHours, field: str) -> None:
    assert fields(WindowSettings(weekly=(WeeklyHours(), hours))) == [f"windows.weekly[1].{field}"]


def test_co_1_hours_over_midnight_are_refused_with_what_to_write() -> None:
    (fault,) = window_faults(WindowSettings(weekly=(WeeklyHours(from_="22:00", until="06:00"),)))
    assert "until 24:00, and from 00:00 of the next day" in fault.message


def test_co_1_every_fault_is_reported_and_not_only_the_first() -> None:
    bad = WindowSettings(
        weekly=(WeeklyHours(from_="x", until="y"),),
        holidays=(HolidayHours(region="ATLANTIS"), HolidayHours(region="DE-XX")),
        exceptions=(
            DateHours(date="2026-02-30"),
            DateHours(date="2026-12-24", hours=(DayHours(from_="12:00", until="09:00"),)),
            DateHours(date="2026-12-24"),
            DateHours(date="20261224"),
        ),
        working=WorkingHours(weekly=(NO_DAY,), holidays=(HolidayHours(),)),
        presets=("auto", "us-zz"),
        rules=(
            RegionRule(
                name="r", regions=("UK",), valid_from="2027-01-01", valid_until="2026-01-01"
            ),
            RegionRule(name="s", regions=(), valid_from="soon"),
        ),
    )
    assert fields(bad) == [
        "windows.weekly[0].from",
        "windows.weekly[0].until",
        "windows.holidays[0].region",
        "windows.holidays[1].region",
        "windows.exceptions[0].date",
        "windows.exceptions[1].hours[0].until",
        "windows.exceptions[2].date",
        "windows.exceptions[3].date",
        "windows.presets[1]",
        "windows.working.weekly[0].days",
        "windows.working.holidays[0].region",
        "windows.rules[0].regions[0]",
        "windows.rules[0].valid_until",
        "windows.rules[1].regions",
        "windows.rules[1].valid_from",
    ]


def test_co_1_windows_that_are_never_open_are_refused() -> None:
    assert fields(WindowSettings(weekly=())) == ["windows.weekly"]
    never_works = WindowSettings(working=WorkingHours(weekly=()))
    assert fields(never_works) == ["windows.working.weekly"]
    sunday = WindowSettings(weekly=SUNDAY, presets=("us-federal", "fr"))
    assert fields(sunday) == ["windows.presets[1]"]
    workdays = RegionRule(name="r", regions=("FR",), weekly=(WeeklyHours(days=(Weekday.MON,)),))
    (fault,) = window_faults(WindowSettings(weekly=SUNDAY, rules=(workdays,)))
    assert fault.field == "windows.rules[0].weekly"
    assert "no time at which a contact in FR could be called" in fault.message


def test_co_1_hours_that_only_touch_leave_no_time() -> None:
    evening = RegionRule(name="r", regions=("PL",), weekly=(WeeklyHours(from_="17:00"),))
    mornings = WindowSettings(weekly=(WeeklyHours(until="17:00"),), rules=(evening,))
    assert fields(mornings) == ["windows.rules[0].weekly"]


def test_co_1_windows_that_open_on_one_day_only_are_taken() -> None:
    open_day = DateHours(date="2026-12-24", hours=(DayHours(from_="10:00"),))
    assert fields(WindowSettings(weekly=(), exceptions=(open_day,))) == []


def test_co_1_no_list_is_longer_than_can_be_looked_at() -> None:
    many = WindowSettings(weekly=(WeeklyHours(),) * 201, holidays=(HolidayHours(),) * 101)
    assert fields(many) == ["windows.weekly", "windows.holidays"]
    assert fields(WindowSettings(weekly=(WeeklyHours(),) * 200)) == []


def test_co_1_a_rule_may_hold_for_a_single_day() -> None:
    day = "2026-12-24"
    rule = RegionRule(name="r", regions=("PL",), valid_from=day, valid_until=day)
    assert fields(WindowSettings(rules=(rule,))) == []


def test_co_1_a_campaign_with_windows_that_cannot_be_is_not_created() -> None:
    floor = Floor()
    bad = CampaignSettings(name="c", windows=WindowSettings(weekly=(NO_DAY,), presets=("x",)))
    reply = floor.site.handle(CampaignCreate(settings=bad), floor.now).reply
    assert [fault.field for fault in reply.faults] == [  # type: ignore[attr-defined]  # an error
        "settings.windows.weekly[0].days",
        "settings.windows.presets[0]",
    ]


@pytest.mark.parametrize("name", presets())
def test_presets_are_without_fault_and_say_where_they_are_from(name: str) -> None:
    preset = presets()[name]
    assert window_faults(WindowSettings(weekly=(WeeklyHours(),), presets=(name,))) == []
    assert window_faults(WindowSettings(weekly=(WeeklyHours(),), rules=preset.rules)) == []
    for rule in preset.rules:
        assert rule.url.startswith("http")
        assert rule.source
        assert rule.confidence != "recalled" or "not" in rule.note or "no source" in rule.note
