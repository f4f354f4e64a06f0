"""Window classes: contacts that open and close together, whatever a campaign's settings are."""

from functools import lru_cache
from typing import NamedTuple

from fastdial.rules.windows.places import Place, is_inside, place_of, zones_in

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
    place = place_of(number)
    regions, zones = _placed(region, place) if region else place
    if contact_zone:
        zones = (contact_zone,)
    return WindowKey(zones, regions, from_minute, until_minute)


@lru_cache(maxsize=16_384)
def _placed(region: str, place: Place) -> Place:
    """Where a contact in ``region`` may be whose number alone would say ``place``."""
    inside = tuple(one for one in place.regions if is_inside(one, region))
    around = any(is_inside(region, one) for one in place.regions)
    zones = zones_in(region)
    if inside or around:
        zones = tuple(zone for zone in place.zones if zone in zones)
    return Place(inside or (region,), zones)
