"""Public holidays by country and region, from the holidays library."""

from functools import cache, lru_cache

import holidays

FIRST_YEAR, LAST_YEAR = 1_900, 2_200
"""the years that are asked for; outside them no day is a holiday"""


@cache
def _calendars() -> dict[str, tuple[str, ...]]:
    """Countries with their subdivisions, of those that the library has."""
    known = holidays.list_supported_countries(include_aliases=True)
    return {country: tuple(subdivisions) for country, subdivisions in known.items()}


def read_calendars() -> None:
    """Read now what the first one who asks would have to wait for: a fifth of a second."""
    _calendars()


def has_calendar(region: str) -> bool:
    """Whether the holidays of exactly this country or subdivision are known."""
    country, dash, subdivision = region.partition("-")
    known = _calendars().get(country) if len(country) == 2 else None
    return known is not None and (not dash or subdivision in known)


@lru_cache(maxsize=4_096)
def holidays_of(region: str, year: int) -> dict[int, str]:
    """The holidays of a year, observed days included: proleptic ordinal of the day → name.

    A subdivision without a calendar of its own has that of its country; a country without one,
    no holidays.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return {}
    country, _, subdivision = region.partition("-")
    if not has_calendar(country):
        return {}
    days = holidays.country_holidays(
        country, subdiv=subdivision if has_calendar(region) else None, years=year, expand=False
    )
    return {day.toordinal(): name for day, name in sorted(days.items())}
