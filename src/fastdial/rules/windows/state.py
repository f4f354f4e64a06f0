"""Whether a contact may be called now, and when that changes (rule CO-1)."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from fastdial.messages.windows import AUTO, RegionRule, WindowSettings, WorkingHours
from fastdial.rules.windows.clocks import DAY_S, FIRST_S, LAST_S, SPAN_S, clock
from fastdial.rules.windows.hours import WHOLE_DAY, Parts, daily, week_of
from fastdial.rules.windows.keys import WindowKey
from fastdial.rules.windows.layers import LAST_DAY, Calendar, Layer, Values, year_of, years_around
from fastdial.rules.windows.places import is_inside, zones_in
from fastdial.rules.windows.presets import presets
from fastdial.rules.windows.together import Together

HORIZON_DAYS = 370
"""how far ahead a change is looked for, from the beginning of the day (UTC) that is asked about"""

_KEPT_STATES = 65_536

Week = WindowSettings | WorkingHours | RegionRule


class WindowState(NamedTuple):
    """Whether a window class is open, and until when."""

    open: bool
    until: int | None
    """the instant (ms) at which that changes; none if it does not before ``look_again_at``"""
    look_again_at: int
    """``until``, or the horizon, at which to ask again"""
    reason: str = ""
    """when closed: outside_hours, holiday, exception, working_hours, region_rule, number_hours
    or zone_unknown; of several reasons that which lasts longest"""
    values: Values = {}
    """when closed: what was looked at, such as zone, local_date, open_hours, rule, preset"""


class Windows:
    """A campaign's window settings, made ready to be asked; remembers, but never changes."""

    def __init__(self, settings: WindowSettings, zone: str = "UTC") -> None:
        """``zone`` is the campaign's own; the settings are without fault (`window_faults`)."""
        self._settings = settings
        self._zone = zone
        self._rules = tuple(_rules(settings))
        self._together: dict[WindowKey, Together | None] = {}
        self._warm_year: int | None = None
        self._calendars: dict[tuple[str, ...], list[tuple[Week, Calendar]]] = {}
        self._kept: dict[WindowKey, tuple[int, int, WindowState]] = {}

    def state(self, key: WindowKey, at_ms: int) -> WindowState:
        """The state of a window class at an instant (ms, UTC).

        Depends on nothing but its arguments and the settings. Beyond the year 9990 time stands.
        """
        kept = self._kept.get(key)
        if kept is not None and kept[0] <= at_ms < kept[1]:
            return kept[2]
        at_s = min(max(at_ms // 1_000, FIRST_S), LAST_S - (HORIZON_DAYS + 1) * DAY_S)
        same_until_s, state = self._fresh(key, at_s)
        if len(self._kept) >= _KEPT_STATES:
            self._kept.clear()
        self._kept[key] = (at_ms, same_until_s * 1_000, state)
        return state

    def is_open_for_good(self, key: WindowKey) -> bool:
        """Whether nothing that could close it holds for a class."""
        together = self._together_of(key)
        return together is not None and not together.layers

    def looked_at(self, key: WindowKey, at_ms: int) -> list[tuple[bool, str, Values]]:
        """For each thing that must be open: whether it is, what closes it if it does, values."""
        together = self._together_of(key)
        if together is None:
            return [(False, "zone_unknown", {})]
        at_s = at_ms // 1_000
        return [(layer.piece(at_s)[0], *layer.why(at_s)) for layer in together.layers]

    def warm(self, at_ms: int) -> None:
        """Have ready what is slow the first time and known from the settings alone.

        That is the calendars and the clocks of the regions that rules name, for more than two
        years, so that the first contact of a region costs what every other one does. Nothing at
        instant 0, which is that of no event.
        """
        first_s = min(max(at_ms // 1_000, FIRST_S), LAST_S - 4 * SPAN_S)
        if self._warm_year == year_of(first_s) or not at_ms:
            return
        self._warm_year = year_of(first_s)
        calendars = [self._calendar(rule, rule.regions) for _, _, rule in self._rules]
        calendars.append(self._calendar(self._settings, ()))
        for calendar in calendars:
            for year in years_around(year_of(first_s)):
                calendar.unusual(year)
        regions = dict.fromkeys(region for _, _, rule in self._rules for region in rule.regions)
        zones = dict.fromkeys(zone for region in regions for zone in zones_in(region))
        for zone in (self._zone, *zones):
            for span in range(3):
                clock(zone).segment(first_s + span * SPAN_S)

    def _fresh(self, key: WindowKey, at_s: int) -> tuple[int, WindowState]:
        """The state, and an instant until which the answer would be the very same."""
        horizon_s = (at_s // DAY_S + HORIZON_DAYS) * DAY_S
        next_day_s = (at_s // DAY_S + 1) * DAY_S
        together = self._together_of(key)
        if together is None:
            return next_day_s, WindowState(False, None, horizon_s * 1_000, "zone_unknown")
        same_until_s = next_day_s
        closed = []
        for layer in together.distinct(at_s):
            is_open, end_s = layer.piece(at_s)
            same_until_s = min(same_until_s, end_s)
            if not is_open:
                closed.append(layer)
        until_s = together.next(at_s, bool(closed), horizon_s)
        until = until_s * 1_000 if until_s < horizon_s else None
        if not closed:
            return same_until_s, WindowState(True, until, until_s * 1_000)
        last = max(closed, key=lambda layer: Together((layer,)).next(at_s, True, horizon_s))
        return same_until_s, WindowState(False, until, until_s * 1_000, *last.why(at_s))

    def _together_of(self, key: WindowKey) -> Together | None:
        """What must be open for a class; none where that depends on a zone that nobody knows."""
        if key not in self._together:
            if len(self._together) >= _KEPT_STATES:
                self._together.clear()
            layers = self._made(key)
            self._together[key] = None if layers is None else Together(layers)
        return self._together[key]

    def _made(self, key: WindowKey) -> tuple[Layer, ...] | None:
        settings = self._settings
        if not key.zones and (
            settings.presets
            or settings.rules
            or not self._calendar(settings, key.regions).is_always_open
            or _number_parts(key) != WHOLE_DAY
        ):
            return None
        layers = [*self._own(key), *self._of_regions(key), *_of_number(key)]
        if settings.working is not None:
            calendar = self._calendar(settings.working, ())
            layers.append(Layer(clock(self._zone), calendar, "working_hours"))
        return tuple(layers)

    def _calendar(self, week: Week, regions: tuple[str, ...]) -> Calendar:
        """The calendar of settings or of a rule, one for all classes for whom it is the same."""
        if all(holiday.region for holiday in week.holidays):
            regions = ()
        known = self._calendars.setdefault(regions, [])
        for one, calendar in known:
            if one is week:
                return calendar
        if len(self._calendars) > _KEPT_STATES:
            self._calendars.clear()
        calendar = _made_of(week, regions)
        known.append((week, calendar))
        return calendar

    def _own(self, key: WindowKey) -> Iterator[Layer]:
        calendar = self._calendar(self._settings, key.regions)
        if not calendar.is_always_open:
            yield from (Layer(clock(zone), calendar) for zone in key.zones)

    def _of_regions(self, key: WindowKey) -> Iterator[Layer]:
        for preset, is_auto, rule in self._rules:
            regions = _held_to(rule, key.regions, is_auto)
            if not regions:
                continue
            inside = [one for one in key.regions if any(is_inside(one, r) for r in regions)]
            calendar = self._calendar(rule, tuple(inside) or rule.regions)
            values = {"preset": preset, "rule": rule.name} if preset else {"rule": rule.name}
            for zone in _zones_of(regions, key.zones):
                yield Layer(clock(zone), calendar, "region_rule", values)


def _number_parts(key: WindowKey) -> Parts:
    return daily(key.from_minute, key.until_minute)


def _of_number(key: WindowKey) -> Iterator[Layer]:
    parts = _number_parts(key)
    if parts != WHOLE_DAY:
        calendar = Calendar((parts,) * 7, reason="number_hours")
        yield from (Layer(clock(zone), calendar) for zone in key.zones)


def _made_of(week: Week, regions: tuple[str, ...]) -> Calendar:
    hours = week_of(week.weekly), week.holidays, week.exceptions, regions
    if not isinstance(week, RegionRule):
        return Calendar(*hours)
    first, last = week.valid_from, week.valid_until
    return Calendar(
        *hours,
        first_day=date.fromisoformat(first).toordinal() if first else 0,
        last_day=date.fromisoformat(last).toordinal() if last else LAST_DAY,
    )


def _rules(settings: WindowSettings) -> Iterator[tuple[str, bool, RegionRule]]:
    """Name of the preset or nothing, whether it was not named but found, and each rule."""
    for name, preset in presets().items():
        if name in settings.presets or AUTO in settings.presets:
            is_auto = name not in settings.presets
            yield from ((name, is_auto, rule) for rule in preset.rules)
    yield from (("", False, rule) for rule in settings.rules)


def _held_to(rule: RegionRule, regions: tuple[str, ...], is_auto: bool) -> tuple[str, ...]:
    """The regions of a rule for which it holds where the contact may be.

    What was named holds where nobody knows.
    """
    if not regions:
        return () if is_auto else rule.regions
    return tuple(
        r for r in rule.regions if any(is_inside(one, r) or is_inside(r, one) for one in regions)
    )


def _zones_of(regions: tuple[str, ...], zones: tuple[str, ...]) -> tuple[str, ...]:
    """Those of ``zones`` by which rules of ``regions`` go; all where the contact is elsewhere."""
    return tuple(z for z in zones if any(z in zones_in(region) for region in regions)) or zones


@lru_cache(maxsize=4_096)
def windows_of(settings: WindowSettings, zone: str) -> Windows:
    """The settings made ready, the same object for equal settings."""
    return Windows(settings, zone)
