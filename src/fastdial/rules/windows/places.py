"""Where a contact may be, by its number: regions (ISO 3166) and time zones (IANA)."""

from bisect import bisect_left
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers.tzdata import TIMEZONE_DATA

from fastdial.rules.windows.areas import AREA_CODES, ISLAND_CODES, NOWHERE, SMALLER

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


_PREFIXES = sorted(TIMEZONE_DATA)
_LAST = ":"
"""sorts after every digit"""


def _depths() -> dict[str, int]:
    """For each country code, how many digits of a number may matter for its place."""
    known = [*TIMEZONE_DATA]
    known += [
        code + begin
        for code, countries in SMALLER.items()
        for begins in countries.values()
        for begin in begins
    ]
    known += [code + begin for code, begins in NOWHERE.items() for begin in begins]
    known += [AMERICAN + "000"]  # an area code
    found = {code: len(code) for code in _CODES}
    for prefix in known:
        code = next((prefix[:n] for n in (1, 2, 3) if prefix[:n] in found), None)
        if code is not None:
            found[code] = max(found[code], len(prefix))
    return found


_DEPTHS = _depths()


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


class Place(NamedTuple):
    """Where a number may be; the rules of all regions, and the clocks of all zones, hold."""

    regions: tuple[str, ...]
    """a state or province of the North American plan, else a country; several where they share
    the number's area, none of a code without country (satellites)"""
    zones: tuple[str, ...]
    """IANA zones that the number's area spans; of a number without area, as mobile ones are in
    most countries and toll-free ones everywhere, all of its regions"""


def place_of(number: int) -> Place:
    """The place of ``number``, E.164 as an integer."""
    digits = str(number)
    depth = _depth(digits)
    return _place(digits[:depth]) if depth else Place((), ())


def _depth(digits: str) -> int:
    for length in (1, 2, 3):
        depth = _DEPTHS.get(digits[:length])
        if depth is not None:
            return depth
    return 0


@lru_cache(maxsize=65_536)
def _place(prefix: str) -> Place:
    """The place of the numbers that begin so; the prefix is as long as may matter."""
    code = next(prefix[:length] for length in (1, 2, 3) if prefix[:length] in _CODES)
    national = prefix[len(code) :]
    if code == AMERICAN:
        regions = _REGIONS_OF_AREA.get(national[:3], _NORTH_AMERICA)
    elif code == RUSSIAN:
        regions = ("KZ",) if prefix.startswith(KAZAKH) else ("RU",)
    else:
        smaller = SMALLER.get(code, {})
        also = [name for name, begins in smaller.items() if national.startswith(begins)]
        regions = tuple(sorted((_CODES[code][0], *also)))
    zones = _zones(prefix)
    nowhere = code == AMERICAN and zones == TIMEZONE_DATA[AMERICAN]
    if nowhere or national.startswith(NOWHERE.get(code, ())):
        zones = tuple(sorted({z: 0 for one in regions for z in zones_in(one)}))
    return Place(regions, zones)


def _zones(prefix: str) -> tuple[str, ...]:
    """The zones that stand at the longest beginning of ``prefix`` in the library's data."""
    for length in range(len(prefix), 0, -1):
        zones: tuple[str, ...] | None = TIMEZONE_DATA.get(prefix[:length])
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
        return _union(KAZAKH[1:])  # no data for what is only set aside
    return _union(code for code, countries in _CODES.items() if country in countries)


def _union(prefixes: Iterable[str]) -> tuple[str, ...]:
    """The zones of all numbers that begin with one of ``prefixes``."""
    found: dict[str, None] = {}
    for prefix in prefixes:
        begin, end = (bisect_left(_PREFIXES, text) for text in (prefix, prefix + _LAST))
        for known in _PREFIXES[begin:end]:
            found |= dict.fromkeys(TIMEZONE_DATA[known])
        if begin == end:  # an area of which the data say no more than of its country
            found |= dict.fromkeys(_zones(prefix))
    return tuple(sorted(found))


def _is_code(text: str) -> bool:
    return text.isascii() and text.isalnum() and text == text.upper()
