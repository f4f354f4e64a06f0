"""Where a contact may be, by its number and by what the platform says (rule CO-1)."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers.geodata import GEOCODE_DATA
from phonenumbers.timezone import time_zones_for_number

from fastdial.rules.windows import WindowKey, class_of
from fastdial.rules.windows.areas import AREA_CODES
from fastdial.rules.windows.places import is_inside, is_region, place_of, zones_in

EASTERN = ("America/New_York",)
TOLD_APART = ("KZ", "RE", "YT")
"""countries whose mobile numbers the library gives the zones of others of the same code, too"""


@pytest.mark.parametrize(
    ("number", "regions"),
    [
        (12125550123, ("US-NY",)),
        (14165550123, ("CA-ON",)),
        (19025550123, ("CA-NS", "CA-PE")),
        (17875550123, ("PR",)),
        (18765550123, ("JM",)),
        (18005550123, ("CA", "US")),
        (79161234567, ("RU",)),
        (77011234567, ("KZ",)),
        (442079460123, ("GB",)),
        (441481960123, ("GB", "GG")),
        (447797712345, ("GB", "JE")),
        (61891621234, ("AU", "CC")),
        (48221234567, ("PL",)),
        (262639012345, ("RE", "YT")),
        (870773111632, ()),
        (800123456789, ()),
        (999, ()),
        (0, ()),
    ],
)
def test_co_1_the_region_of_a_number(number: int, regions: tuple[str, ...]) -> None:
    assert place_of(number).regions == regions


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        (12125550123, EASTERN),
        (61255501234, ("Australia/Sydney",)),
        (5592912345678, ("America/Manaus",)),
        (48600123456, ("Europe/Warsaw",)),
        (870773111632, ()),
    ],
)
def test_co_1_the_zones_of_a_number_s_area(number: int, zones: tuple[str, ...]) -> None:
    assert place_of(number).zones == zones


@pytest.mark.parametrize(
    "number", [18005550123, 19005550123, 61412345678, 79161234567, 34612345678, 64211234567]
)
def test_co_1_a_mobile_number_has_all_zones_of_its_country(number: int) -> None:
    zones = place_of(number).zones
    assert len(zones) > 1
    assert set(zones) == {zone for region in place_of(number).regions for zone in zones_in(region)}


def offsets(zones: tuple[str, ...]) -> set[tuple[object, ...]]:
    """What clocks the zones have: the same for Oslo and Longyearbyen."""
    moments = [datetime(y, m, 15, 12, tzinfo=UTC) for y in (2020, 2026, 2030) for m in range(1, 13)]
    return {tuple(at.astimezone(ZoneInfo(zone)).utcoffset() for at in moments) for zone in zones}


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_co_1_no_zone_that_the_library_names_for_a_number_is_missed(region: str) -> None:
    """Outside the North American plan, where the area code is believed for every number."""
    for kind in range(11):
        number = phonenumbers.example_number_for_type(region, kind)
        if number is None or number.country_code == 1:
            continue
        zones = place_of(
            int(f"{number.country_code}{phonenumbers.national_significant_number(number)}")
        )
        named = tuple(time_zones_for_number(number))
        if region in TOLD_APART:
            continue
        assert offsets(named) <= offsets(zones.zones), number


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_co_1_the_library_s_region_of_a_number_is_among_ours(region: str) -> None:
    number = phonenumbers.example_number(region)
    assert number is not None
    found = place_of(int(phonenumbers.format_number(number, 0).removeprefix("+"))).regions
    assert region in {one.partition("-")[0] for one in found}


def test_co_1_area_codes_are_those_of_the_library() -> None:
    """Codes that the library names by a state stand under that state."""
    own = {code: states for states, codes in AREA_CODES.items() for code in codes.split()}
    names: dict[str, set[str]] = {}
    for prefix, texts in GEOCODE_DATA.items():
        if prefix.startswith("1") and len(prefix) == 4 and "en" in texts:
            names.setdefault(texts["en"], set()).add(own.get(prefix[1:], prefix))
    several = {name: found for name, found in names.items() if len(found) > 1}
    assert several == {}
    assert sum(len(codes.split()) for codes in AREA_CODES.values()) > 400
    assert {names[name].pop() for name in ("Texas", "Ontario", "Washington State")} == {
        "US-TX",
        "CA-ON",
        "US-WA",
    }


def test_co_1_every_zone_that_can_come_out_is_one() -> None:
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        zones = zones_in(region)
        assert zones, region
        assert set(zones) <= available_timezones()


def test_co_1_the_zones_of_a_state_are_those_of_its_area_codes() -> None:
    assert zones_in("US-NY") == EASTERN
    assert zones_in("US-TN") == ("America/Chicago", "America/New_York")
    assert "America/Los_Angeles" in zones_in("US")
    assert "Pacific/Guam" not in zones_in("US")
    assert "Europe/Moscow" not in zones_in("KZ")


@given(number=st.integers(0, 10**15))
def test_co_1_any_number_has_a_place(number: int) -> None:
    place = place_of(number)
    assert sorted(place.regions) == list(place.regions)
    assert class_of("", "", number) == WindowKey(place.zones, place.regions)


# --- what the platform says besides


def test_co_1_the_zone_given_is_believed() -> None:
    assert class_of("Asia/Tokyo", "", 12125550123).zones == ("Asia/Tokyo",)
    assert class_of("Asia/Tokyo", "", 12125550123).regions == ("US-NY",)


def test_co_1_the_region_given_is_believed_and_the_number_says_where_in_it() -> None:
    assert class_of("", "US", 12125550123) == WindowKey(EASTERN, ("US-NY",))
    moved = class_of("", "US-CA", 12125550123)
    assert moved == WindowKey(("America/Los_Angeles",), ("US-CA",))
    abroad = class_of("", "PL", 12125550123)
    assert abroad == WindowKey(("Europe/Warsaw",), ("PL",))
    bavarian = class_of("", "DE-BY", 4989123456)
    assert bavarian == WindowKey(("Europe/Berlin",), ("DE-BY",))
    western = class_of("", "AU-WA", 61892221234)
    assert western == WindowKey(("Australia/Adelaide", "Australia/Perth"), ("AU-WA",))
    toll_free = class_of("", "US-CA", 18005550123)
    assert toll_free == WindowKey(("America/Los_Angeles",), ("US-CA",))
    assert set(class_of("", "US", 18005550123).zones) == set(zones_in("US"))


def test_a_part_of_a_country_is_not_one_whose_name_begins_so() -> None:
    assert is_inside("DE-BY", "DE")
    assert is_inside("DE-BY", "DE-BY")
    assert not is_inside("DE-BY", "DE-B")
    assert not is_inside("DE", "DE-BY")


def test_co_1_hours_of_a_number_make_a_class_of_their_own() -> None:
    plain = class_of("", "", 12125550123)
    assert plain == class_of("", "", 12125550199, 0, 1_440) == class_of("", "", 12125550123, 0, 0)
    assert class_of("", "", 12125550123, 540, 600) == plain._replace(
        from_minute=540, until_minute=600
    )


@pytest.mark.parametrize(
    ("region", "known"),
    [
        ("US", True),
        ("US-CA", True),
        ("US-ZZ", False),
        ("CA-ON", True),
        ("DE-BY", True),
        ("GB-SCT", True),
        ("UK", False),
        ("us", False),
        ("DE-", False),
        ("DE-by", False),
        ("DE-ABCD", False),
        ("", False),
    ],
)
def test_regions_that_can_be_named(region: str, known: bool) -> None:
    assert is_region(region) is known
