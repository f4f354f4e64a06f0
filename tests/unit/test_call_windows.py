"""Call windows: when a contact may be called (rule CO-1)."""

import struct
from datetime import UTC, datetime, timedelta
from importlib import resources
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest

from fastdial.messages.windows import (
    ALWAYS_OPEN,
    EVERY_DAY,
    DateHours,
    DayHours,
    HolidayHours,
    RegionRule,
    WeeklyHours,
    WindowSettings,
    WorkingHours,
)
from fastdial.messages.words import Weekday
from fastdial.rules.windows import (
    HORIZON_DAYS,
    WindowKey,
    Windows,
    class_of,
    window_faults,
    windows_of,
)
from fastdial.rules.windows.clocks import _STEP_S, FIRST_S, LAST_S, clock
from fastdial.rules.windows.holiday_dates import holidays_of
from fastdial.rules.windows.layers import Calendar, Day

NEW_YORK = 12125550123
WARSAW = 48221234567
SATELLITE = 870773111632
DAY_MS = 86_400_000
WORKDAYS = (Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.FRI)


def ms(zone: str, text: str, fold: int = 0) -> int:
    """A local time, such as ``2026-11-23 08:00``, as an instant."""
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return round(local.timestamp()) * 1_000


def in_zone(zone: str, *regions: str) -> WindowKey:
    return WindowKey((zone,), regions)


def hours(begin: str, end: str, **more: object) -> WindowSettings:
    weekly = (WeeklyHours(from_=begin, until=end),)
    return WindowSettings(weekly=weekly, presets=(), **more)  # type: ignore[arg-type]  # by name


# --- hours in local time


def test_co_1_by_default_contacts_are_called_from_eight_to_nine_in_their_own_evening() -> None:
    windows = Windows(WindowSettings())
    class_ = class_of("", "", NEW_YORK)
    before = windows.state(class_, ms("America/New_York", "2026-11-23 07:59"))
    assert (before.open, before.reason) == (False, "outside_hours")
    assert before.until == ms("America/New_York", "2026-11-23 08:00")
    within = windows.state(class_, ms("America/New_York", "2026-11-23 08:00"))
    assert (within.open, within.reason, within.values) == (True, "", {})
    assert within.until == ms("America/New_York", "2026-11-23 21:00")
    assert not windows.state(class_, ms("America/New_York", "2026-11-23 21:00")).open


def test_co_1_a_contact_who_may_be_in_several_zones_is_called_when_it_is_open_in_all() -> None:
    both = WindowKey(("America/New_York", "America/Los_Angeles"), ("US",))
    windows = Windows(hours("09:00", "17:00"))
    early = windows.state(both, ms("America/New_York", "2026-11-23 09:00"))
    assert early.until == ms("America/Los_Angeles", "2026-11-23 09:00")
    assert early.values["zone"] == "America/Los_Angeles"
    assert windows.state(both, early.until or 0).until == ms("America/New_York", "2026-11-23 17:00")


def test_co_1_days_of_the_week_are_local_days() -> None:
    windows = Windows(WindowSettings(weekly=(WeeklyHours(days=(Weekday.SAT,)),), presets=()))
    apia = in_zone("Pacific/Apia")
    state = windows.state(apia, ms("UTC", "2026-11-27 10:00"))  # there it is past 23:00
    assert not state.open
    assert state.until == ms("Pacific/Apia", "2026-11-28 00:00")


def test_co_1_parts_of_a_day_that_touch_are_one() -> None:
    parts = (WeeklyHours(from_="09:00", until="12:00"), WeeklyHours(from_="12:00", until="15:00"))
    state = Windows(WindowSettings(weekly=parts, presets=())).state(
        in_zone("Europe/Warsaw"), ms("Europe/Warsaw", "2026-11-23 09:30")
    )
    assert state.until == ms("Europe/Warsaw", "2026-11-23 15:00")


def test_co_1_hours_until_midnight_go_on_where_the_next_day_begins_open() -> None:
    days = (
        WeeklyHours(days=(Weekday.MON,), from_="20:00"),
        WeeklyHours(days=(Weekday.TUE,), until="02:00"),
    )
    state = Windows(WindowSettings(weekly=days, presets=())).state(
        in_zone("Europe/Warsaw"), ms("Europe/Warsaw", "2026-11-23 21:00")
    )
    assert state.until == ms("Europe/Warsaw", "2026-11-24 02:00")


# --- days on which clocks jump


@pytest.mark.parametrize(
    ("zone", "at", "opens", "closes"),
    [
        # forward: 02:00 → 03:00, so that hours from 02:30 begin at the jump
        ("Europe/Warsaw", "2026-03-29 00:00", "2026-03-29T01:00Z", "2026-03-29T02:30Z"),
        ("America/New_York", "2026-03-08 00:00", "2026-03-08T07:00Z", "2026-03-08T08:30Z"),
        ("Europe/London", "2026-03-29 00:00", "2026-03-29T01:30Z", "2026-03-29T03:30Z"),
        ("Australia/Sydney", "2026-10-04 00:00", "2026-10-03T16:00Z", "2026-10-03T17:30Z"),
        # by half an hour only: 02:00 → 02:30
        ("Australia/Lord_Howe", "2026-10-04 00:00", "2026-10-03T15:30Z", "2026-10-03T17:30Z"),
        # 02:45 → 03:45
        ("Pacific/Chatham", "2026-09-27 00:00", "2026-09-26T13:45Z", "2026-09-26T14:45Z"),
        # by two hours: 01:00 → 03:00
        ("Antarctica/Troll", "2026-03-29 00:00", "2026-03-29T01:00Z", "2026-03-29T02:30Z"),
        # back for Ramadan on a Sunday of February, and forward again in March: 02:00 → 03:00
        ("Africa/Casablanca", "2026-03-22 00:00", "2026-03-22T02:00Z", "2026-03-22T03:30Z"),
        # a zone that does not jump
        ("Asia/Kolkata", "2026-03-29 00:00", "2026-03-28T21:00Z", "2026-03-28T23:00Z"),
    ],
)
def test_co_1_hours_on_a_day_with_a_gap_begin_at_the_jump(
    zone: str, at: str, opens: str, closes: str
) -> None:
    windows = Windows(hours("02:30", "04:30"))
    closed = windows.state(in_zone(zone), ms(zone, at))
    assert not closed.open
    assert closed.until == ms("UTC", opens.removesuffix("Z"))
    state = windows.state(in_zone(zone), closed.until or 0)
    assert state.open
    assert state.until == ms("UTC", closes.removesuffix("Z"))


def test_co_1_a_day_whose_midnight_is_skipped_begins_at_the_jump() -> None:
    """São Paulo's clock jumped from 00:00 to 01:00 until 2018."""
    windows = Windows(WindowSettings(weekly=(WeeklyHours(days=(Weekday.SUN,)),), presets=()))
    state = windows.state(in_zone("America/Sao_Paulo"), ms("UTC", "2018-11-03 12:00"))
    assert state.until == ms("UTC", "2018-11-04 03:00")


def test_co_1_a_local_hour_that_comes_twice_is_open_twice() -> None:
    """Warsaw, 02:00 to 03:00 summer time, then again winter time."""
    windows = Windows(hours("02:15", "02:45"))
    at, found = ms("Europe/Warsaw", "2026-10-25 00:00"), []
    for _ in range(4):
        at = windows.state(in_zone("Europe/Warsaw"), at).look_again_at
        found.append(at)
    assert found == [
        ms("Europe/Warsaw", f"2026-10-25 02:{minute}", fold)
        for fold in (0, 1)
        for minute in (15, 45)
    ]


def test_co_1_a_local_day_that_never_was_is_passed_over() -> None:
    """Samoa had no 30 December 2011: Thursday was followed by Saturday."""
    windows = Windows(WindowSettings(weekly=(WeeklyHours(days=(Weekday.FRI,)),), presets=()))
    state = windows.state(in_zone("Pacific/Apia"), ms("UTC", "2011-12-29 12:00"))
    assert state.until == ms("Pacific/Apia", "2012-01-06 00:00")


def test_no_zone_jumps_twice_within_the_step_in_which_jumps_are_looked_for() -> None:
    folder = resources.files("tzdata") / "zoneinfo"
    for name in sorted(available_timezones() - {"localtime"}):
        instants = jumps(folder.joinpath(*name.split("/")).read_bytes())
        gaps = [later - before for before, later in pairwise(instants)]
        assert min(gaps, default=_STEP_S) >= _STEP_S, name


def jumps(data: bytes) -> list[int]:
    """The seconds at which a zone's offset changes (RFC 8536, the part in 64 bits)."""

    def counts(at: int) -> tuple[int, ...]:
        return struct.unpack(">6l", data[at + 20 : at + 44])

    utc, std, leap, times, types, chars = counts(0)
    at = 44 + times * 5 + types * 6 + chars + leap * 8 + std + utc
    times, types = counts(at)[3:5]
    at += 44
    instants = struct.unpack(f">{times}q", data[at : at + 8 * times])
    indexes = data[at + 8 * times : at + 9 * times]
    at += 9 * times
    offsets = [struct.unpack(">l", data[at + 6 * i : at + 6 * i + 4])[0] for i in range(types)]
    found, before = [], None
    for instant, index in zip(instants, indexes, strict=True):
        if before is not None and offsets[index] != before:
            found.append(instant)
        before = offsets[index]
    return found[1:]  # the first is from before there were zones


@pytest.mark.parametrize("at_s", [FIRST_S - 10**12, FIRST_S, 0, LAST_S, 2**62])
def test_instants_that_no_calendar_holds_have_an_offset_and_a_state(at_s: int) -> None:
    offset, end_s = clock("Europe/Warsaw").segment(at_s)
    assert -86_400 < offset < 86_400
    assert end_s > at_s
    assert Windows(hours("09:00", "17:00")).state(in_zone("UTC"), at_s * 1_000).look_again_at


# --- holidays and exceptions


def test_co_1_on_a_holiday_of_the_contact_s_region_nobody_is_called() -> None:
    windows = Windows(hours("09:00", "17:00", holidays=(HolidayHours(),)))
    at = ms("Europe/Berlin", "2026-06-04 08:00")  # Corpus Christi, in Bavaria and not in Berlin
    bavarian = windows.state(in_zone("Europe/Berlin", "DE-BY"), at)
    assert (bavarian.open, bavarian.reason) == (False, "holiday")
    assert bavarian.values["calendar"] == "DE-BY"
    assert bavarian.until == ms("Europe/Berlin", "2026-06-05 09:00")
    berliner = windows.state(in_zone("Europe/Berlin", "DE-BE"), at)
    assert berliner.until == ms("Europe/Berlin", "2026-06-04 09:00")


def test_co_1_of_two_calendars_for_a_day_both_leave_what_is_open_and_the_first_is_named() -> None:
    german = HolidayHours(region="DE", hours=(DayHours(from_="09:00", until="12:00"),))
    polish = HolidayHours(region="PL", hours=(DayHours(from_="11:00", until="15:00"),))
    windows = Windows(hours("09:00", "17:00", holidays=(german, polish)))
    berlin = in_zone("Europe/Berlin")
    state = windows.state(berlin, ms("Europe/Berlin", "2026-05-01 08:00"))
    assert (state.values["calendar"], state.values["open_hours"]) == ("DE", "11:00-12:00")
    assert state.until == ms("Europe/Berlin", "2026-05-01 11:00")


def test_co_1_a_holiday_may_have_hours_but_opens_nothing_that_the_week_closes() -> None:
    short = HolidayHours(region="US", hours=(DayHours(from_="10:00", until="14:00"),))
    weekly = (WeeklyHours(days=WORKDAYS, from_="12:00", until="18:00"),)
    windows = Windows(WindowSettings(weekly=weekly, holidays=(short,), presets=()))
    zone = "America/New_York"
    thanksgiving = windows.state(in_zone(zone), ms(zone, "2026-11-26 12:00"))
    assert thanksgiving.until == ms(zone, "2026-11-26 14:00")
    saturday = windows.state(in_zone(zone), ms(zone, "2026-07-04 10:00"))
    assert (saturday.open, saturday.reason) == (False, "holiday")


def test_co_1_an_exception_goes_before_the_week_and_before_a_holiday() -> None:
    open_then = DateHours(date="2026-12-25", hours=(DayHours(from_="10:00", until="11:00"),))
    closed_then = DateHours(date="2026-12-28", name="stocktaking")
    windows = Windows(
        hours(
            "09:00",
            "17:00",
            holidays=(HolidayHours(region="GB"),),
            exceptions=(open_then, closed_then),
        )
    )
    london = in_zone("Europe/London", "GB")
    assert windows.state(london, ms("Europe/London", "2026-12-25 10:30")).open
    closed = windows.state(london, ms("Europe/London", "2026-12-28 10:30"))
    assert (closed.reason, closed.values["exception"]) == ("exception", "stocktaking")


# --- what else must be open


def test_ca_1_the_campaign_s_working_hours_hold_in_its_own_zone() -> None:
    working = WorkingHours(weekly=(WeeklyHours(from_="08:00", until="16:00"),))
    windows = Windows(hours("09:00", "21:00", working=working), "Europe/Warsaw")
    new_york = in_zone("America/New_York")
    opens = ms("America/New_York", "2026-11-23 09:00")
    state = windows.state(new_york, opens)
    assert state.until == ms("Europe/Warsaw", "2026-11-23 16:00")
    after = windows.state(new_york, state.until or 0)
    assert (after.reason, after.values["zone"]) == ("working_hours", "Europe/Warsaw")


def test_co_1_a_rule_holds_in_its_region_between_its_dates() -> None:
    rule = RegionRule(
        name="no evenings",
        regions=("FR",),
        weekly=(WeeklyHours(until="18:00"),),
        valid_from="2026-11-24",
        valid_until="2026-11-25",
    )
    windows = Windows(hours("09:00", "20:00", rules=(rule,)))

    def closes(region: str, day: str) -> str:
        state = windows.state(in_zone("Europe/Paris", region), ms("Europe/Paris", f"{day} 10:00"))
        return str(datetime.fromtimestamp((state.until or 0) // 1_000, ZoneInfo("Europe/Paris")))[
            11:16
        ]

    days = ("2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26")
    assert [closes("FR", day) for day in days] == ["20:00", "18:00", "18:00", "20:00"]
    assert closes("FR-IDF", "2026-11-24") == "18:00", "a country's rule holds in its parts"
    assert closes("BE", "2026-11-24") == "20:00"
    late = windows.state(in_zone("Europe/Paris", "FR"), ms("Europe/Paris", "2026-11-24 19:00"))
    assert late.reason == "region_rule"
    assert (late.values["rule"], late.values["because"]) == ("no evenings", "outside_hours")


def test_co_1_where_only_the_country_is_known_the_rules_of_its_parts_hold() -> None:
    rule = RegionRule(name="parts", regions=("DE-BY",), weekly=(WeeklyHours(until="12:00"),))
    windows = Windows(hours("09:00", "20:00", rules=(rule,)))
    at = ms("Europe/Berlin", "2026-11-23 13:00")
    assert not windows.state(in_zone("Europe/Berlin", "DE"), at).open
    assert not windows.state(in_zone("Europe/Berlin"), at).open, "nor where nothing is known"
    assert windows.state(in_zone("Europe/Berlin", "DE-BE"), at).open


def test_co_1_a_number_s_own_hours_hold_each_day() -> None:
    at = ms("Europe/Warsaw", "2026-11-23 12:00")
    evening = class_of("", "", WARSAW, 17 * 60, 20 * 60)
    state = Windows(hours("09:00", "19:00")).state(evening, at)
    assert (state.reason, state.values["open_hours"]) == ("number_hours", "17:00-20:00")
    assert state.until == ms("Europe/Warsaw", "2026-11-23 17:00")
    assert Windows(hours("09:00", "19:00")).state(evening, state.until or 0).until == ms(
        "Europe/Warsaw", "2026-11-23 19:00"
    )


def test_co_1_a_number_s_own_hours_may_go_over_midnight() -> None:
    night = class_of("Europe/Warsaw", "", WARSAW, 22 * 60, 2 * 60)
    state = Windows(ALWAYS_OPEN).state(night, ms("Europe/Warsaw", "2026-11-23 23:00"))
    assert state.until == ms("Europe/Warsaw", "2026-11-24 02:00")
    assert not Windows(ALWAYS_OPEN).state(night, state.until or 0).open


def test_co_1_presets_hold_for_the_contact_s_region_and_are_named() -> None:
    weekly = (WeeklyHours(),)
    at = ms("America/Chicago", "2026-11-22 12:00")  # a Sunday
    louisiana, illinois = class_of("", "", 15045550123), class_of("", "", 13125550123)
    auto = Windows(WindowSettings(weekly=weekly))
    closed = auto.state(louisiana, at)
    assert (closed.reason, closed.values["preset"]) == ("region_rule", "us-la")
    assert closed.until == ms("America/Chicago", "2026-11-23 08:00")
    assert auto.state(illinois, at).until == ms("America/Chicago", "2026-11-22 21:00")
    federal = Windows(WindowSettings(weekly=weekly, presets=("us-federal",)))
    assert federal.state(louisiana, at).open, "only what was named"


def test_co_1_a_law_holds_from_its_first_day() -> None:
    windows = Windows(WindowSettings(weekly=(WeeklyHours(),), presets=("fr",)))
    paris = class_of("", "", 33142685300)
    assert windows.state(paris, ms("Europe/Paris", "2023-02-28 13:30")).open
    assert not windows.state(paris, ms("Europe/Paris", "2023-03-01 13:30")).open


def test_co_1_a_law_without_a_last_day_holds_for_good() -> None:
    rule = RegionRule(
        name="late", regions=("FR",), weekly=(WeeklyHours(from_="10:00"),), valid_from="2026-01-01"
    )
    windows = Windows(hours("09:00", "20:00", rules=(rule,)))
    assert not windows.state(
        in_zone("Europe/Paris", "FR"), ms("Europe/Paris", "2039-11-23 09:30")
    ).open


def test_co_1_holidays_in_a_rule_are_those_of_the_contact_s_part_of_its_regions() -> None:
    rule = RegionRule(name="holidays", regions=("DE",), holidays=(HolidayHours(),))
    windows = Windows(hours("09:00", "17:00", rules=(rule,)))

    def is_open(day: str, *regions: str) -> bool:
        at = ms("Europe/Berlin", f"{day} 12:00")
        return windows.state(in_zone("Europe/Berlin", *regions), at).open

    corpus_christi, mardi_gras, unity = "2026-06-04", "2026-02-17", "2026-10-03"
    assert not is_open(corpus_christi, "DE-BY")
    assert is_open(corpus_christi, "DE-BE")
    assert is_open(mardi_gras, "DE-BY", "US-LA"), "Louisiana's are not the rule's concern"
    assert not is_open(unity), "where nothing is known, the rule's own regions"


def test_co_1_a_preset_that_is_named_holds_where_no_region_is_known_and_auto_does_not() -> None:
    weekly = (WeeklyHours(),)
    night = ms("Asia/Tokyo", "2026-11-23 03:00")
    nobody_knows = class_of("Asia/Tokyo", "", SATELLITE)
    named = Windows(WindowSettings(weekly=weekly, presets=("auto", "us-federal")))
    assert not named.state(nobody_knows, night).open
    assert Windows(WindowSettings(weekly=weekly)).state(nobody_knows, night).open


def test_co_1_a_country_without_a_calendar_has_no_holidays() -> None:
    windows = Windows(hours("09:00", "17:00", holidays=(HolidayHours(),)))
    for day in range(1, 32):
        at = ms("Indian/Mayotte", f"2026-12-{day:02d} 12:00")
        assert windows.state(in_zone("Indian/Mayotte", "ZZ"), at).open


def test_no_holidays_are_asked_for_outside_the_years_that_calendars_are_made_for() -> None:
    assert holidays_of("PL", 2026)
    assert holidays_of("PL", 1_899) == holidays_of("PL", 2_201) == {}


# --- what is not known, and what never changes


def test_co_1_without_hours_everybody_is_called_even_where_no_zone_is_known() -> None:
    nowhere = class_of("", "", SATELLITE)
    assert nowhere == WindowKey((), ())
    assert Windows(ALWAYS_OPEN).state(nowhere, 0).open
    for given in (
        WindowSettings(),
        hours("00:00", "23:59"),
        WindowSettings(weekly=(WeeklyHours(),)),
    ):
        closed = Windows(given).state(nowhere, 0)
        assert (closed.open, closed.reason, closed.until) == (False, "zone_unknown", None)
    assert Windows(WindowSettings()).state(class_of("Asia/Tokyo", "", SATELLITE), 0).open


@pytest.mark.parametrize("given", [ALWAYS_OPEN, hours("00:00", "24:00")])
def test_co_1_what_never_changes_is_looked_at_again_at_the_horizon(given: WindowSettings) -> None:
    at = ms("UTC", "2026-11-23 10:00")
    state = Windows(given).state(in_zone("Europe/Warsaw"), at)
    assert (state.open, state.until) == (True, None)
    assert state.look_again_at == ms("UTC", "2026-11-23 00:00") + HORIZON_DAYS * DAY_MS
    assert HORIZON_DAYS == 370
    windows = Windows(given)
    for later in range(0, 3 * DAY_MS, DAY_MS // 4):
        fresh = Windows(given).state(in_zone("Europe/Warsaw"), at + later)
        assert windows.state(in_zone("Europe/Warsaw"), at + later) == fresh


def test_co_1_of_several_reasons_the_one_that_lasts_longest_is_told() -> None:
    windows = Windows(hours("09:00", "17:00", exceptions=(DateHours(date="2026-11-24"),)))
    number = class_of("Europe/Warsaw", "", WARSAW, 10 * 60, 11 * 60)
    state = windows.state(number, ms("Europe/Warsaw", "2026-11-24 08:00"))
    assert state.reason == "exception"
    assert state.until == ms("Europe/Warsaw", "2026-11-25 10:00")


def test_co_9_everything_that_was_looked_at_can_be_told() -> None:
    number = class_of("", "", 15045550123, 600, 1_200)
    looked = Windows(WindowSettings()).looked_at(number, ms("America/Chicago", "2026-11-22 12:00"))
    assert [(is_open, reason, values.get("preset")) for is_open, reason, values in looked] == [
        (True, "outside_hours", None),
        (True, "region_rule", "us-federal"),
        (False, "region_rule", "us-la"),
        (True, "number_hours", None),
    ]
    assert Windows(WindowSettings()).looked_at(class_of("", "", SATELLITE), 0) == [
        (False, "zone_unknown", {})
    ]


def test_equal_settings_are_made_ready_once() -> None:
    assert windows_of(hours("09:00", "17:00"), "UTC") is windows_of(hours("09:00", "17:00"), "UTC")


def test_what_is_remembered_is_bounded_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fastdial.rules.windows.state._KEPT_STATES", 3)
    monkeypatch.setattr("fastdial.rules.windows.layers._KEPT_YEARS", 1)
    windows = Windows(hours("09:00", "17:00"))
    at = round(datetime(2026, 11, 23, 10, tzinfo=UTC).timestamp()) * 1_000
    zones = ("Europe/Warsaw", "Europe/London", "Asia/Tokyo", "America/Lima", "Asia/Kolkata")
    for day in range(10):
        for zone in zones:
            fresh = Windows(hours("09:00", "17:00")).state(in_zone(zone), at + day * DAY_MS)
            assert windows.state(in_zone(zone), at + day * DAY_MS) == fresh
    assert len(windows._kept) <= 3
    assert len(windows._together) <= 3


TOLL_FREE = class_of("", "", 18005550123)


@pytest.mark.parametrize("month", range(1, 13))
def test_co_1_a_toll_free_number_is_called_when_its_rules_are_open_in_their_own_zones(
    month: int,
) -> None:
    """Of no area: all states' rules hold, but Rhode Island's go by Rhode Island's clocks."""
    windows = Windows(WindowSettings())
    monday = datetime(2027, month, 1, tzinfo=UTC)
    monday += timedelta(days=(7 - monday.weekday()) % 7)
    at = round(monday.timestamp()) * 1_000
    opens = windows.state(TOLL_FREE, at).look_again_at
    assert opens - at < 9 * DAY_MS
    looked_at = windows.looked_at(TOLL_FREE, opens)
    assert all(is_open for is_open, _, _ in looked_at)
    zones = {v["zone"] for _, _, v in looked_at if v.get("preset") == "us-ri"}
    assert zones == {"America/New_York"}


def test_co_1_a_rule_goes_by_all_clocks_of_a_contact_who_is_elsewhere() -> None:
    rule = RegionRule(
        name="rule", regions=("US-RI",), weekly=(WeeklyHours(from_="09:00", until="18:00"),)
    )
    given = WindowSettings(weekly=(WeeklyHours(),), presets=(), rules=(rule,))
    abroad = class_of("Europe/Warsaw", "US-RI", 14015550123)
    layers = Windows(given).looked_at(abroad, 0)
    assert [values["zone"] for _, _, values in layers] == ["Europe/Warsaw"]


def test_a_year_that_is_never_open_is_looked_through_without_looking_at_every_day() -> None:
    """Nine to twelve is at no instant the same in Newfoundland and Hawaii."""
    looked = 0
    day = Calendar.day

    def counted(calendar: Calendar, ordinal: int) -> Day:
        nonlocal looked
        looked += 1
        return day(calendar, ordinal)

    windows = Windows(hours("09:00", "12:00"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Calendar, "day", counted)
        closed = windows.state(TOLL_FREE, 1_800_000_000_000)
    assert (closed.open, closed.until) == (False, None)
    assert looked < 2_000


def test_what_was_made_ready_ahead_changes_no_answer() -> None:
    at = round(datetime(2026, 11, 23, 10, tzinfo=UTC).timestamp()) * 1_000
    ready = Windows(WindowSettings(), "Europe/Warsaw")
    ready.warm(at)
    for number in (18005550123, 442079460000, 61412345678, 48221234567):
        key = class_of("", "", number)
        assert ready.state(key, at) == Windows(WindowSettings(), "Europe/Warsaw").state(key, at)


def _rules(count: int, **each: Any) -> tuple[RegionRule, ...]:
    return tuple(RegionRule(name=f"r{n}", regions=("US",), **each) for n in range(count))


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        (WindowSettings(presets=("auto",) * 51), "windows.presets"),
        (WindowSettings(weekly=(WeeklyHours(days=EVERY_DAY * 2),)), "windows.weekly[0].days"),
        (WindowSettings(weekly=(WeeklyHours(),) * 201), "windows.weekly"),
        (WindowSettings(rules=_rules(501)), "windows.rules"),
        (
            WindowSettings(rules=(RegionRule(name="r", regions=("US-CA",) * 101),)),
            "windows.rules[0].regions",
        ),
        (WindowSettings(rules=_rules(30, weekly=(WeeklyHours(),) * 200)), "windows"),
    ],
)
def test_settings_that_would_take_long_to_look_at_are_not_looked_at(
    settings: WindowSettings, field: str
) -> None:
    assert [(fault.field, "too many" in fault.message) for fault in window_faults(settings)] == [
        (field, True)
    ]
