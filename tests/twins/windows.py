"""The slow, obvious twin of call windows: one instant at a time, straight from the settings."""

from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from fastdial.messages.windows import RegionRule, WindowSettings, WorkingHours
from fastdial.messages.words import Weekday
from fastdial.rules.windows import WindowKey
from fastdial.rules.windows.places import zones_in

MINUTE = 60_000


def is_open(settings: WindowSettings, campaign_zone: str, key: WindowKey, at: int) -> bool:
    """Whether everything is open at an instant (ms); of classes whose zones are known."""
    utc = datetime.fromtimestamp(at // 1_000, tz=UTC)
    if settings.working is not None:
        local = utc.astimezone(ZoneInfo(campaign_zone))
        if not week_is_open(settings.working, local, ()):
            return False
    return all(contact_is_open(settings, key, z, utc.astimezone(ZoneInfo(z))) for z in key.zones)


def contact_is_open(settings: WindowSettings, key: WindowKey, zone: str, local: datetime) -> bool:
    if not week_is_open(settings, local, key.regions):
        return False
    minute = local.hour * 60 + local.minute
    if key.from_minute < key.until_minute:
        own = key.from_minute <= minute < key.until_minute
    else:
        own = minute >= key.from_minute or minute < key.until_minute
    return own and all(
        rule_is_open(rule, key.regions, local)
        for rule in settings.rules
        if is_ruled(rule, key, zone)
    )


def is_ruled(rule: RegionRule, key: WindowKey, zone: str) -> bool:
    """Whether a rule that holds for the contact goes by this one of its zones."""
    its_zones = {
        z
        for region in rule.regions
        if not key.regions or any(overlap(region, one) for one in key.regions)
        for z in zones_in(region)
    }
    return zone in its_zones or its_zones.isdisjoint(key.zones)


def overlap(one: str, other: str) -> bool:
    return (one + "-").startswith(other + "-") or (other + "-").startswith(one + "-")


def rule_is_open(rule: RegionRule, regions: tuple[str, ...], local: datetime) -> bool:
    inside = tuple(
        one for one in regions if any((one + "-").startswith(r + "-") for r in rule.regions)
    )
    if regions and not any(overlap(one, r) for one in regions for r in rule.regions):
        return True
    today = local.date().isoformat()
    if rule.valid_from is not None and today < rule.valid_from:
        return True
    if rule.valid_until is not None and today > rule.valid_until:
        return True
    return week_is_open(rule, local, inside or rule.regions)


def week_is_open(
    week: WindowSettings | WorkingHours | RegionRule, local: datetime, regions: tuple[str, ...]
) -> bool:
    today, minute = local.date(), local.strftime("%H:%M")
    for exception in week.exceptions:
        if exception.date == today.isoformat():
            return any(hours.from_ <= minute < hours.until for hours in exception.hours)
    for holiday in week.holidays:
        for region in (holiday.region,) if holiday.region else regions:
            if is_holiday(region, today) and not any(
                hours.from_ <= minute < hours.until for hours in holiday.hours
            ):
                return False
    weekday = list(Weekday)[today.weekday()]
    return any(
        weekday in hours.days and hours.from_ <= minute < hours.until for hours in week.weekly
    )


@cache
def is_holiday(region: str, day: date) -> bool:
    country, _, part = region.partition("-")
    known = holidays.list_supported_countries()
    if country not in known:
        return False
    subdivision = part if part in known[country] else None
    return day in holidays.country_holidays(country, subdiv=subdivision, years=day.year)
