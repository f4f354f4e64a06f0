"""Office calendars beside their twin: any hours, in any zone, on the days on which clocks jump."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fastdial.messages.slots import (
    DateCapacity,
    OfficeHours,
    SlotRun,
    SlotSettings,
    WeeklyCapacity,
)
from fastdial.messages.windows import DateHours, DayHours, HolidayHours, WeeklyHours
from fastdial.messages.words import Weekday
from fastdial.rules.calendars import LocalTimes, Office, slot_faults
from twins.calendars import Slot, kind_of, label, slots_of

ZONES = sorted(available_timezones() - {"localtime", "Factory"})

JUMPS = {
    "Africa/Casablanca": (date(2026, 2, 15), date(2026, 3, 22)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "America/Santiago": (date(2026, 4, 4), date(2026, 9, 6)),
    "America/Sao_Paulo": (date(2018, 11, 4), date(2019, 2, 16)),
    "America/St_Johns": (date(2010, 3, 14), date(2010, 11, 7)),
    "Antarctica/Troll": (date(2026, 3, 29), date(2026, 10, 25)),
    "Asia/Kolkata": (date(2026, 3, 29), date(2026, 10, 25)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),
    "Australia/Sydney": (date(2026, 4, 5), date(2026, 10, 4)),
    "Europe/London": (date(2026, 3, 29), date(2026, 10, 25)),
    "Europe/Warsaw": (date(2026, 3, 29), date(2026, 10, 25)),
    "Pacific/Apia": (date(2011, 12, 29), date(2011, 12, 30)),
    "Pacific/Chatham": (date(2026, 4, 5), date(2026, 9, 27)),
}
"""the jumps of a year; St John's went back over midnight, and Apia left out a day"""

NIGHT_AND_DAY = OfficeHours(weekly=(WeeklyHours(),))
SMALL_HOURS = OfficeHours(weekly=(WeeklyHours(from_="01:30", until="06:10"),))
LATE = OfficeHours(weekly=(WeeklyHours(from_="22:45"), WeeklyHours(until="00:50")))


def slots_in(runs: tuple[SlotRun, ...], slot_minutes: int) -> list[Slot]:
    return [
        Slot(run.start_at + number * slot_minutes * 60_000, run.capacity, run.is_holiday)
        for run in runs
        for number in range(run.count)
    ]


def assert_day_is_right(settings: SlotSettings, day: date) -> None:
    shown = slots_in(Office(settings).slots(day.toordinal()), settings.slot_minutes)
    assert shown == slots_of(settings, day)


@pytest.mark.parametrize("zone", JUMPS)
@pytest.mark.parametrize("slot_minutes", [15, 40, 120])
@pytest.mark.parametrize("hours", [NIGHT_AND_DAY, SMALL_HOURS, LATE])
def test_sl_8_days_on_which_the_clock_jumps_have_the_slots_of_the_twin(
    zone: str, slot_minutes: int, hours: OfficeHours
) -> None:
    settings = SlotSettings(zone=zone, hours=hours, slot_minutes=slot_minutes)
    for jump in JUMPS[zone]:
        for near in (-1, 0, 1):
            assert_day_is_right(settings, jump + timedelta(days=near))


@pytest.mark.parametrize("office", JUMPS)
@pytest.mark.parametrize("customer", JUMPS)
def test_sl_8_no_slot_is_shown_twice_with_the_same_label_in_the_customers_zone(
    office: str, customer: str
) -> None:
    around = [
        jump + timedelta(days=near)
        for zone in (office, customer)
        for jump in JUMPS[zone]
        for near in (-1, 0, 1)
    ]
    settings = SlotSettings(zone=office, hours=NIGHT_AND_DAY, slot_minutes=30)
    made = Office(settings)
    starts = sorted(
        {
            slot.start_at
            for day in around
            for slot in slots_in(made.slots(day.toordinal()), settings.slot_minutes)
        }
    )

    shown = LocalTimes(customer).texts(starts)

    assert shown == [label(at, customer) for at in starts]
    assert len(set(shown)) == len(starts)


def as_text(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


@st.composite
def part(draw: st.DrawFn) -> dict[str, str]:
    begin = draw(st.one_of(st.sampled_from([0, 60, 120, 150, 180, 540]), st.integers(0, 1_439)))
    return {"from_": as_text(begin), "until": as_text(draw(st.integers(begin + 1, 1_440)))}


weekdays = st.lists(st.sampled_from(Weekday), min_size=1, unique=True).map(tuple)


@st.composite
def slot_settings(draw: st.DrawFn, zone: str, around: date) -> SlotSettings:
    dates = st.integers(-1, 1).map(lambda n: (around + timedelta(days=n)).isoformat())
    parts = st.lists(part().map(lambda one: DayHours(**one)), max_size=2).map(tuple)
    capacity = st.integers(0, 3)
    return SlotSettings(
        zone=zone,
        hours=OfficeHours(
            weekly=tuple(
                WeeklyHours(days=draw(weekdays), **one)
                for one in draw(st.lists(part(), min_size=1, max_size=3))
            ),
            holidays=tuple(
                HolidayHours(region=region, hours=draw(parts))
                for region in draw(st.lists(st.sampled_from(["PL", "US-TX", "AU"]), max_size=2))
            ),
            exceptions=tuple(
                DateHours(date=day, hours=hours)
                for day, hours in draw(st.dictionaries(dates, parts, max_size=2)).items()
            ),
        ),
        slot_minutes=draw(st.sampled_from([5, 7, 15, 30, 45, 60, 120])),
        capacity=draw(capacity),
        weekly_capacities=tuple(
            WeeklyCapacity(capacity=draw(capacity), days=draw(weekdays), **one)
            for one in draw(st.lists(part(), max_size=2))
        ),
        date_capacities=tuple(
            DateCapacity(capacity=draw(capacity), date=draw(dates), **one)
            for one in draw(st.lists(part(), max_size=2))
        ),
    )


@st.composite
def a_day(draw: st.DrawFn) -> tuple[SlotSettings, date]:
    zone = draw(st.one_of(st.sampled_from(sorted(JUMPS)), st.sampled_from(ZONES)))
    usual = st.dates(date(2026, 1, 1), date(2030, 12, 31))
    near = st.integers(-1, 1).map(timedelta)
    jumps = st.sampled_from(JUMPS.get(zone, (date(2026, 12, 25), date(2027, 1, 1))))
    day = draw(st.one_of(usual, jumps)) + draw(near)
    return draw(slot_settings(zone, day)), day


@given(a_day())
@example((SlotSettings(zone="Pacific/Apia", hours=NIGHT_AND_DAY), date(2011, 12, 30)))
def test_sl_1_any_day_of_any_office_has_the_slots_of_the_twin(
    given: tuple[SlotSettings, date],
) -> None:
    settings, day = given
    office = Office(settings)

    office.slots(day.toordinal() - 7)  # what is remembered of a usual day changes nothing

    shown = slots_in(office.slots(day.toordinal()), settings.slot_minutes)
    assert shown == slots_of(settings, day)


@given(a_day(), st.integers(0, 1_439))
def test_sl_6_an_office_stays_open_until_the_first_minute_that_is_closed(
    given: tuple[SlotSettings, date], minute: int
) -> None:
    settings, day = given
    office = Office(settings)
    at = office.begins_at(day.toordinal()) + minute * 60_000
    until, opens_at = office.open_until(at), office.opens_at(at)

    def is_open(instant: int) -> bool:
        return kind_of(settings, _local(instant, settings.zone)) == "open"

    assert is_open(at) == (opens_at == at) == (until is None or until > at)
    for instant in range(at, min(until or at, at + 1_500 * 60_000), 60_000):
        assert is_open(instant)
    for instant in range(at, min(opens_at or at, at + 1_500 * 60_000), 60_000):
        assert not is_open(instant)
    assert until is None or not is_open(until)
    assert opens_at is None or is_open(opens_at)


def _local(at: int, zone: str) -> datetime:
    return datetime.fromtimestamp(at / 1_000, ZoneInfo(zone))


@given(a_day())
def test_settings_whose_slots_can_be_made_are_the_ones_without_faults(
    given: tuple[SlotSettings, date],
) -> None:
    settings, _ = given

    faults = slot_faults(settings)

    assert all(fault.field == "slots.hours.weekly" for fault in faults)  # no slot fits, at worst
