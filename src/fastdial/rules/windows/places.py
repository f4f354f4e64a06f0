"""Where a contact may be, by its number: regions (ISO 3166) and time zones (IANA)."""

from collections.abc import Iterable
from functools import cache

import phonenumbers
from phonenumbers.tzdata import TIMEZONE_DATA, TIMEZONE_LONGEST_PREFIX

from fastdial.rules.windows.areas import AREA_CODES, ISLAND_CODES, SMALLER

AMERICAN = "1"
"""the country code of the North American plan"""
RUSSIAN = "7"
KAZAKH = ("76", "77")

_NORTH_AMERICA = ("CA", "US")
"""an area code of neither a state nor an island, such as 800, is answered in both"""

_REGIONS_OF_AREA: dict[str, tuple[str, ...]] = {
    area: tuple(regions.split())
    for table in (AREA_CODES, ISLAND_CODES)
    for regions, areas in table.items()
    for area in areas.split()
}
_AREAS_OF_REGION: dict[str, tuple[str, ...]] = {
    region: tuple(areas.split())
    for table in (AREA_CODES, ISLAND_CODES)
    for regions, areas in table.items()
    for region in regions.split()
}
_CODES: dict[str, tuple[str, ...]] = {
    str(code): tuple(regions)
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()
    if "001" not in regions  # numbers of the whole world, such as those of satellites
}


def is_inside(region: str, other: str) -> bool:
    """Whether ``region`` is ``other`` or a subdivision of it."""
    return region == other or region.startswith(other + "-")


def is_region(region: str) -> bool:
    """Whether there is such a region; the subdivisions only of US and CA are known by name."""
    country, dash, subdivision = region.partition("-")
    if country not in phonenumbers.SUPPORTED_REGIONS:
        return False
    if country in _NORTH_AMERICA and dash:
        return region in _AREAS_OF_REGION
    return not dash or (1 <= len(subdivision) <= 3 and _is_code(subdivision))


def regions_of(number: int) -> tuple[str, ...]:
    """The regions where ``number`` (E.164 as an integer) may be; none of a code that has none.

    A state or province of the North American plan, else a country. Several where they share the
    number's area: the rules of all of them hold.
    """
    digits = str(number)
    if digits.startswith(AMERICAN):
        return _REGIONS_OF_AREA.get(digits[1:4], _NORTH_AMERICA)
    if digits.startswith(RUSSIAN):
        return ("KZ",) if digits.startswith(KAZAKH) else ("RU",)
    for length in (2, 3):
        code = digits[:length]
        countries = _CODES.get(code)
        if countries is not None:
            return _shared(code, digits) if code in SMALLER else countries[:1]
    return ()


def zones_of(number: int) -> tuple[str, ...]:
    """The zones that the area of ``number`` (E.164 as an integer) spans, by the longest prefix.

    A number that belongs to no area, such as a mobile one in most countries, has all zones of
    its country; one of no country (satellites) has none.
    """
    digits = str(number)
    for length in range(min(TIMEZONE_LONGEST_PREFIX, len(digits)), 0, -1):
        zones: tuple[str, ...] | None = TIMEZONE_DATA.get(digits[:length])
        if zones is not None:
            return zones
    return ()


@cache  # of the regions that `is_region` knows by name, else of their country
def zones_in(region: str) -> tuple[str, ...]:
    """All the zones that ``region`` spans; those of its country where the region is not known."""
    areas = _AREAS_OF_REGION.get(region)
    if areas is not None:
        return _union(AMERICAN + area for area in areas)
    country = region.partition("-")[0]
    if country in _NORTH_AMERICA:
        return _union(
            AMERICAN + area
            for name, areas in _AREAS_OF_REGION.items()
            if is_inside(name, country)
            for area in areas
        )
    if country == "KZ":
        return _union(KAZAKH)
    return _union(code for code, countries in _CODES.items() if country in countries)


def _shared(code: str, digits: str) -> tuple[str, ...]:
    """The largest country of a code, and the smaller ones that the number may be of."""
    national = digits[len(code) :]
    also = [name for name, begins in SMALLER[code].items() if national.startswith(begins)]
    return tuple(sorted((_CODES[code][0], *also)))


def _union(prefixes: Iterable[str]) -> tuple[str, ...]:
    """The zones of all numbers that begin with one of ``prefixes``."""
    wanted = tuple(prefixes)
    found = {
        zone: None
        for prefix, zones in TIMEZONE_DATA.items()
        if prefix.startswith(wanted)
        for zone in zones
    }
    for prefix in wanted:  # an area of which the data say no more than of its country
        if not any(known.startswith(prefix) for known in TIMEZONE_DATA):
            found |= dict.fromkeys(zones_of(int(prefix)))
    return tuple(sorted(found))


def _is_code(text: str) -> bool:
    return text.isascii() and text.isalnum() and text == text.upper()
