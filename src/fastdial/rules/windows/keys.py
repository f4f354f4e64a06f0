"""Window classes: contacts that open and close together, whatever a campaign's settings are."""

from functools import lru_cache
from typing import NamedTuple

from fastdial.rules.windows.places import is_inside, regions_of, zones_in, zones_of

DAY_MINUTES = 1_440


class WindowKey(NamedTuple):
    """What of a contact's number decides when it may be called; equal keys are one class."""

    zones: tuple[str, ...]
    """every IANA zone in which the contact may be, in order; empty: nobody knows"""
    regions: tuple[str, ...]
    """every region in which the contact may be, in order; empty: nobody knows"""
    from_minute: int = 0
    """of the local day, from which this number may be called"""
    until_minute: int = DAY_MINUTES
    """of the local day, until which; at or before ``from_minute``: on the next day"""


def class_of(
    contact_zone: str, region: str, number: int, from_minute: int = 0, until_minute: int = 0
) -> WindowKey:
    """The class of a contact's number.

    ``contact_zone`` is the contact's IANA zone or empty, ``region`` its ISO 3166 region or empty,
    ``number`` E.164 as an integer, ``from_minute`` and ``until_minute`` the number's own hours in
    minutes of the local day (both 0, or 0 and 1440: none of its own).

    The zone given is believed. Without one, the zones are those that the number's area spans; of
    a region given in which the number is not, all those of the region. A region given is believed
    too; the number only says where in it.
    """
    if from_minute == until_minute or (from_minute == 0 and until_minute == DAY_MINUTES):
        from_minute, until_minute = 0, DAY_MINUTES
    regions = regions_of(number)
    if region:
        zones, regions = _placed(region, regions, zones_of(number))
    elif not contact_zone:
        zones = zones_of(number)
    if contact_zone:
        zones = (contact_zone,)
    return WindowKey(zones, regions, from_minute, until_minute)


@lru_cache(maxsize=16_384)
def _placed(
    region: str, by_number: tuple[str, ...], zones: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Zones and regions of a contact in ``region`` whose number would have others."""
    inside = tuple(one for one in by_number if is_inside(one, region))
    around = any(is_inside(region, one) for one in by_number)
    whole = zones_in(region)
    if inside or around:
        whole = tuple(zone for zone in zones if zone in whole) or whole
    return whole, inside or (region,)
