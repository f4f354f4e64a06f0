"""Call windows beside their twin, in every zone, at any instant, and where clocks jump (CO-1)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
from fastdial.rules.windows import WindowKey, Windows, window_faults
from twins.windows import MINUTE, is_open

DAY = 1_440 * MINUTE
ZONES = sorted(available_timezones() - {"localtime", "Factory"})
# an odd offset, half an hour of summer, summer around Ramadan, two hours of summer, and so on
STRANGE = [
    "Africa/Casablanca",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Gaza",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Pyongyang",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/London",
    "Europe/Warsaw",
    "Pacific/Apia",
    "Pacific/Chatham",
]
REGIONS = ["US", "US-LA", "US-TX", "CA", "DE", "DE-BY", "PL", "FR", "AU", "MA"]
NEAR_RULES = ["America/Chicago", "America/New_York", "Pacific/Honolulu", "Europe/Berlin"]
CALENDARS = ["US", "US-LA", "DE-BY", "PL", "FR", "AU"]


def as_text(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


minutes = st.one_of(
    st.sampled_from([0, 1, 59, 60, 90, 120, 150, 180, 1_380, 1_439]), st.integers(0, 1_439)
)


@st.composite
def day_hours(draw: st.DrawFn) -> DayHours:
    begin = draw(minutes)
    end = draw(st.integers(begin + 1, 1_440))
    return DayHours(from_=as_text(begin), until=as_text(end))


@st.composite
def weekly(draw: st.DrawFn) -> WeeklyHours:
    hours = draw(day_hours())
    days = draw(st.lists(st.sampled_from(Weekday), min_size=1, unique=True))
    return WeeklyHours(days=tuple(days), from_=hours.from_, until=hours.until)


@st.composite
def week(draw: st.DrawFn, around: datetime, calendars: list[str]) -> dict[str, object]:
    several = st.lists(weekly(), min_size=1, max_size=3)
    dates = st.integers(-3, 3).map(lambda n: (around.date() + timedelta(days=n)).isoformat())
    parts = st.lists(day_hours(), max_size=2).map(tuple)
    exceptions = draw(st.dictionaries(dates, parts, max_size=2))
    return {
        "weekly": tuple(draw(st.one_of(st.just([WeeklyHours()]), several))),
        "holidays": tuple(
            HolidayHours(region=region, hours=draw(parts))
            for region in draw(st.lists(st.sampled_from(calendars), max_size=2, unique=True))
        ),
        "exceptions": tuple(DateHours(date=day, hours=hours) for day, hours in exceptions.items()),
    }


@st.composite
def rules(draw: st.DrawFn, around: datetime) -> RegionRule:
    ends = st.none() | st.integers(-2, 2).map(
        lambda n: (around.date() + timedelta(days=n)).isoformat()
    )
    first, last = draw(ends), draw(ends)
    if first is not None and last is not None and last < first:
        first, last = last, first
    return RegionRule(
        name="rule",
        regions=tuple(draw(st.lists(st.sampled_from(REGIONS), min_size=1, max_size=2))),
        valid_from=first,
        valid_until=last,
        **draw(week(around, ["", *CALENDARS])),  # type: ignore[arg-type]  # fields by name
    )


@st.composite
def instants(draw: st.DrawFn, zone: str) -> int:
    """Some instant of 2000 to 2040; more often than not near one at which the clock jumps."""
    at = draw(st.integers(946_684_800, 2_208_988_800))
    if draw(st.booleans()):
        at = next_jump(zone, at) + draw(st.integers(-26 * 3_600, 3 * 3_600))
    return at * 1_000 + draw(st.sampled_from([0, 1, 999]))


def next_jump(zone: str, after_s: int) -> int:
    """The next second at which the zone's clock jumps, within a year and a day, or that day."""
    clock = ZoneInfo(zone)

    def offset(at_s: int) -> timedelta | None:
        return datetime.fromtimestamp(at_s, tz=UTC).astimezone(clock).utcoffset()

    for day in range(after_s, after_s + 367 * 86_400, 86_400):
        if offset(day) != offset(day + 86_400):
            low, high, before = day, day + 86_400, offset(day)
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == before else (low, middle)
            return high
    return after_s


@st.composite
def cases(draw: st.DrawFn, zones: list[str]) -> tuple[WindowSettings, str, WindowKey, int]:
    zone = draw(st.sampled_from(zones))
    at = draw(instants(zone))
    around = datetime.fromtimestamp(at // 1_000, tz=UTC)
    more = draw(st.lists(st.sampled_from(ZONES) | st.sampled_from(NEAR_RULES), max_size=3))
    from_minute, until_minute = draw(st.just((0, 1_440)) | st.tuples(minutes, minutes))
    if from_minute == until_minute:
        from_minute, until_minute = 0, 1_440
    key = WindowKey(
        zones=tuple(dict.fromkeys((zone, *more))),
        regions=tuple(draw(st.lists(st.sampled_from(REGIONS), max_size=2, unique=True))),
        from_minute=from_minute,
        until_minute=until_minute,
    )
    working = draw(st.none() | week(around, CALENDARS).map(lambda w: WorkingHours(**w)))  # type: ignore[arg-type]  # as above
    given = WindowSettings(
        presets=(),
        working=working,
        rules=tuple(draw(st.lists(rules(around), max_size=2))),
        **draw(week(around, ["", *CALENDARS])),  # type: ignore[arg-type]  # as above
    )
    return given, draw(st.sampled_from(zones)), key, at


def holds(case: tuple[WindowSettings, str, WindowKey, int], sample: list[float]) -> None:
    given, campaign_zone, key, at = case
    windows = Windows(given, campaign_zone)
    state = windows.state(key, at)
    assert state.open is is_open(given, campaign_zone, key, at)
    assert (state.reason == "") is state.open
    assert state.look_again_at > at
    if state.until is not None:
        assert state.until == state.look_again_at
        assert state.until % MINUTE == 0
        assert is_open(given, campaign_zone, key, state.until) is not state.open
    first = at // MINUTE * MINUTE + MINUTE
    last = (state.look_again_at - 1) // MINUTE * MINUTE
    near = min(last, at + 300 * MINUTE)
    looked = [
        *range(first, near + 1, MINUTE),
        *range(max(first, last - 300 * MINUTE), last + 1, MINUTE),
    ]
    looked += [first + int(part * (last - first)) // MINUTE * MINUTE for part in sample]
    for instant in looked:
        if first <= instant <= last:
            assert is_open(given, campaign_zone, key, instant) is state.open, instant
    # what is remembered changes no answer
    for part in sample[:3]:
        later = at + int(part * (state.look_again_at - at))
        assert windows.state(key, later) == Windows(given, campaign_zone).state(key, later)
    assert windows.state(key, at) == state


parts_of_the_way = st.lists(st.floats(0, 1), min_size=20, max_size=20)


@given(case=cases(ZONES), sample=parts_of_the_way)
@settings(max_examples=60, deadline=None)
def test_co_1_windows_are_what_a_slow_look_at_every_minute_says(
    case: tuple[WindowSettings, str, WindowKey, int], sample: list[float]
) -> None:
    holds(case, sample)


@given(case=cases(STRANGE), sample=parts_of_the_way)
@settings(max_examples=60, deadline=None)
def test_co_1_windows_are_right_to_the_minute_where_clocks_are_strange(
    case: tuple[WindowSettings, str, WindowKey, int], sample: list[float]
) -> None:
    holds(case, sample)


@given(case=cases(STRANGE))
@settings(max_examples=60, deadline=None)
def test_co_1_settings_that_can_be_are_not_refused(
    case: tuple[WindowSettings, str, WindowKey, int],
) -> None:
    assert [f for f in window_faults(case[0]) if "no time at which" not in f.message] == []


@pytest.mark.parametrize("zone", STRANGE)
@pytest.mark.parametrize("year", [2006, 2011, 2015, 2018, 2023])
def test_co_1_every_change_around_a_jump_is_found_and_none_that_is_not(
    zone: str, year: int
) -> None:
    """Hours of which both ends lie where clocks jump, each minute of two days, in order."""
    given = WindowSettings(
        weekly=(
            WeeklyHours(until="00:30"),
            WeeklyHours(from_="01:30", until="02:45"),
            WeeklyHours(from_="03:00", until="23:15"),
        ),
        presets=(),
    )
    key = WindowKey((zone,), ())
    jump = next_jump(zone, round(datetime(year, 1, 1, tzinfo=UTC).timestamp())) * 1_000
    begin, end = jump - DAY, jump + DAY
    stepped = [
        at
        for at in range(begin + MINUTE, end + 1, MINUTE)
        if is_open(given, "UTC", key, at) is not is_open(given, "UTC", key, at - MINUTE)
    ]
    windows, at, found = Windows(given), begin, []
    while (at := windows.state(key, at).look_again_at) <= end:
        found.append(at)
    assert found == stepped
