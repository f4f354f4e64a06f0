"""Whether a contact may be called now, and when that changes (rule CO-1)."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache, partial
from typing import NamedTuple

from fastdial.messages.windows import AUTO, RegionRule, WindowSettings
from fastdial.rules.windows.clocks import DAY_S, FIRST_S, LAST_S, clock
from fastdial.rules.windows.hours import DAY_MINUTES, daily
from fastdial.rules.windows.keys import WindowKey
from fastdial.rules.windows.layers import WHOLE, Calendar, Day, Layer, Values
from fastdial.rules.windows.places import is_inside
from fastdial.rules.windows.presets import presets

HORIZON_DAYS = 370
"""how far ahead a change is looked for, from the beginning of the day (UTC) that is asked about"""

_KEPT_STATES = 65_536


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
        self._layers: dict[WindowKey, tuple[Layer, ...] | None] = {}
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
        return self._layers_of(key) == ()

    def looked_at(self, key: WindowKey, at_ms: int) -> list[tuple[bool, str, Values]]:
        """For each thing that must be open: whether it is, what closes it if it does, values."""
        layers = self._layers_of(key)
        if layers is None:
            return [(False, "zone_unknown", {})]
        at_s = at_ms // 1_000
        return [(layer.piece(at_s)[0], *layer.why(at_s)) for layer in layers]

    def _fresh(self, key: WindowKey, at_s: int) -> tuple[int, WindowState]:
        """The state, and an instant until which the answer would be the very same."""
        horizon_s = (at_s // DAY_S + HORIZON_DAYS) * DAY_S
        next_day_s = (at_s // DAY_S + 1) * DAY_S
        layers = self._layers_of(key)
        if layers is None:
            return next_day_s, WindowState(False, None, horizon_s * 1_000, "zone_unknown")
        same_until_s = next_day_s
        closed = []
        for layer in layers:
            is_open, end_s = layer.piece(at_s)
            same_until_s = min(same_until_s, end_s)
            if not is_open:
                closed.append(layer)
        until_s = _opens(layers, at_s, horizon_s) if closed else _closes(layers, at_s, horizon_s)
        until = until_s * 1_000 if until_s < horizon_s else None
        if not closed:
            return same_until_s, WindowState(True, until, until_s * 1_000)
        last = max(closed, key=lambda layer: layer.next(at_s, True, horizon_s))
        return same_until_s, WindowState(False, until, until_s * 1_000, *last.why(at_s))

    def _layers_of(self, key: WindowKey) -> tuple[Layer, ...] | None:
        """What must be open for a class; none where that depends on a zone that nobody knows."""
        if key not in self._layers:
            if len(self._layers) >= _KEPT_STATES:
                self._layers.clear()
            self._layers[key] = self._made(key)
        return self._layers[key]

    def _made(self, key: WindowKey) -> tuple[Layer, ...] | None:
        local = [*self._own(key), *self._of_regions(key), *_of_number(key)]
        if not key.zones and (local or self._settings.presets or self._settings.rules):
            return None
        layers = [make(clock(zone)) for make in local for zone in key.zones]
        working = self._settings.working
        if working is not None:
            calendar = Calendar(working.weekly, working.holidays, working.exceptions, ())
            layers.append(Layer(clock(self._zone), calendar.day, "working_hours"))
        return tuple(layers)

    def _own(self, key: WindowKey) -> Iterator[Callable[..., Layer]]:
        own = self._settings
        calendar = Calendar(own.weekly, own.holidays, own.exceptions, key.regions)
        if not calendar.is_always_open:
            yield partial(Layer, of_day=calendar.day)

    def _of_regions(self, key: WindowKey) -> Iterator[Callable[..., Layer]]:
        for preset, is_auto, rule in self._rules:
            if _holds(rule, key.regions, is_auto):
                inside = [
                    one for one in key.regions if any(is_inside(one, r) for r in rule.regions)
                ]
                calendar = Calendar(
                    rule.weekly, rule.holidays, rule.exceptions, tuple(inside) or rule.regions
                )
                yield partial(
                    Layer,
                    of_day=_while_valid(calendar.day, rule),
                    reason="region_rule",
                    values={"preset": preset, "rule": rule.name} if preset else {"rule": rule.name},
                )


def _of_number(key: WindowKey) -> Iterator[Callable[..., Layer]]:
    parts = daily(key.from_minute, key.until_minute)
    if parts != ((0, DAY_MINUTES),):
        day = Day(parts, "number_hours", {})
        yield partial(Layer, of_day=lambda _: day)


def _rules(settings: WindowSettings) -> Iterator[tuple[str, bool, RegionRule]]:
    """Name of the preset or nothing, whether it was not named but found, and each rule."""
    for name, preset in presets().items():
        if name in settings.presets or AUTO in settings.presets:
            is_auto = name not in settings.presets
            yield from ((name, is_auto, rule) for rule in preset.rules)
    yield from (("", False, rule) for rule in settings.rules)


def _holds(rule: RegionRule, regions: tuple[str, ...], is_auto: bool) -> bool:
    """Whether a rule holds where the contact may be; what was named holds where nobody knows."""
    if not regions:
        return not is_auto
    return any(is_inside(one, r) or is_inside(r, one) for one in regions for r in rule.regions)


def _while_valid(of_day: Callable[[int], Day], rule: RegionRule) -> Callable[[int], Day]:
    if rule.valid_from is None and rule.valid_until is None:
        return of_day
    first = date.fromisoformat(rule.valid_from).toordinal() if rule.valid_from else 0
    last = date.fromisoformat(rule.valid_until or "9999-12-31").toordinal()
    return lambda ordinal: of_day(ordinal) if first <= ordinal <= last else WHOLE


def _opens(layers: tuple[Layer, ...], at_s: int, horizon_s: int) -> int:
    """The first instant at which all layers are open, at most the horizon."""
    moved = True
    while moved:
        before_s = at_s
        for layer in layers:
            at_s = layer.next(at_s, True, horizon_s)
        moved = at_s > before_s
    return at_s


def _closes(layers: tuple[Layer, ...], at_s: int, horizon_s: int) -> int:
    """The first instant at which one layer is closed, at most the horizon."""
    until_s = horizon_s
    for layer in layers:
        until_s = layer.next(at_s, False, until_s)
    return until_s


@lru_cache(maxsize=4_096)
def windows_of(settings: WindowSettings, zone: str) -> Windows:
    """The settings made ready, the same object for equal settings."""
    return Windows(settings, zone)
