"""Abandonment from a table of all attempts, looked through from end to end (rule CO-4).

A second way beside the engine's running counts: what happened to each attempt is kept as columns,
and a definition is applied to them afterwards.
"""

from array import array
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fastdial.cli.report.daily.form import Share, WindowShare
from fastdial.messages.compliance import (
    Abandoned,
    AbandonmentBase,
    AbandonmentDefinition,
    MeasuringWindow,
)
from fastdial.rules.days import day_begins_at

PERSON, MACHINE, ABANDONED, LEFT_EARLY, TAKEN_FOR_MACHINE, LATE = 1, 2, 4, 8, 16, 32
"""who answered, by detection; what became of it"""

DAY_MS = 86_400_000
ROLLING_MS = {MeasuringWindow.ROLLING_24H: DAY_MS, MeasuringWindow.ROLLING_30D: 30 * DAY_MS}

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Attempts:
    """Every attempt of one campaign; one that is over takes 25 bytes."""

    def __init__(self) -> None:
        self._dialed_at = array("q")
        self._answered_at = array("q")
        self._waited_ms = array("q")
        self._flags = array("B")
        self._places: dict[int, int] = {}
        """live calls"""

    def dialed(self, call_id: int, at: int) -> None:
        """An attempt has begun."""
        self._places[call_id] = len(self._flags)
        self._dialed_at.append(at)
        self._answered_at.append(0)
        self._waited_ms.append(0)
        self._flags.append(0)

    def answered(self, call_id: int, at: int, *, person: bool) -> None:
        """Somebody or something answered."""
        place = self._places.get(call_id)
        if place is not None:
            self._answered_at[place] = at
            self._flags[place] |= PERSON if person else MACHINE

    def met_agent_late(self, call_id: int) -> None:
        """An agent was found only after the limit: the person counts as abandoned."""
        place = self._places.get(call_id)
        if place is not None:
            self._flags[place] |= LATE

    def ended(
        self, call_id: int, at: int, *, abandoned: bool, by_customer: bool, by_machine: bool
    ) -> None:
        """The attempt is over."""
        place = self._places.pop(call_id, None)
        if place is None:
            return
        if abandoned:
            if not self._answered_at[place]:
                # answered in the very instant in which it was given up
                self._answered_at[place] = at
            self._flags[place] |= PERSON | ABANDONED
            self._waited_ms[place] = at - self._answered_at[place]
            if by_customer:
                self._flags[place] |= LEFT_EARLY
        if by_machine:
            self._flags[place] |= TAKEN_FOR_MACHINE

    def counted(self, definition: AbandonmentDefinition, estimate: float) -> "Counted":
        """The calls that count by a definition. ``estimate``: of machines, the share of persons."""
        flags = np.frombuffer(self._flags, np.uint8)
        answered_at = np.frombuffer(self._answered_at, np.int64)
        at = np.frombuffer(self._dialed_at, np.int64)
        waited_ms = np.frombuffer(self._waited_ms, np.int64)
        numerator = ((flags & ABANDONED) > 0).astype(np.float64)
        if definition.numerator is Abandoned.LIMIT_PASSED:
            numerator[((flags & LEFT_EARLY) > 0) & (waited_ms < definition.limit_ms)] = 0.0
        numerator[(flags & LATE) > 0] = 1.0
        if definition.denominator is AbandonmentBase.ATTEMPTS:
            denominator = np.ones(len(flags))
        else:
            persons_only = definition.denominator is AbandonmentBase.ANSWERED_BY_PERSON
            wanted = PERSON if persons_only else PERSON | MACHINE
            denominator = ((flags & wanted) > 0).astype(np.float64)
            at = np.where(answered_at > 0, answered_at, at)
        if definition.false_positives_count:
            taken = (flags & TAKEN_FOR_MACHINE) > 0
            numerator[taken] += estimate
            if definition.denominator is AbandonmentBase.ANSWERED_BY_PERSON:
                denominator[taken] += estimate
        return Counted(at, numerator, denominator)


class Counted:
    """Calls in order of time, with sums up to each of them."""

    def __init__(self, at: Ints, numerator: Floats, denominator: Floats) -> None:
        order = np.argsort(at, kind="stable")
        self._at = at[order]
        self._numerator = np.concatenate([[0.0], np.cumsum(numerator[order])])
        self._denominator = np.concatenate([[0.0], np.cumsum(denominator[order])])

    def between(self, begins_at: int | None, ends_at: int) -> Share:
        """Calls from one instant until before another."""
        first = 0 if begins_at is None else int(np.searchsorted(self._at, begins_at, "left"))
        last = int(np.searchsorted(self._at, ends_at, "left"))
        return share(
            float(self._numerator[last] - self._numerator[first]),
            float(self._denominator[last] - self._denominator[first]),
        )

    def highest(self, window: MeasuringWindow, begins_at: int, ends_at: int) -> WindowShare:
        """The highest share in a rolling window that ends at a call of the day."""
        calls = self._at[np.searchsorted(self._at, begins_at) : np.searchsorted(self._at, ends_at)]
        if not len(calls):
            return WindowShare(window=window.value, numerator=0.0, denominator=0.0, rate=None)
        first = np.searchsorted(self._at, calls - ROLLING_MS[window], "right")
        last = np.searchsorted(self._at, calls, "right")
        numerator = self._numerator[last] - self._numerator[first]
        denominator = self._denominator[last] - self._denominator[first]
        rates = numerator / np.maximum(denominator, 1e-9)
        place = int(np.argmax(rates))
        top = share(float(numerator[place]), float(denominator[place]))
        return WindowShare(
            window=window.value,
            numerator=top.numerator,
            denominator=top.denominator,
            rate=top.rate,
            at=int(calls[place]) if top.rate else None,
        )

    def windows(self, zone: str, begins_at: int, ends_at: int) -> list[WindowShare]:
        """The share in each kind of window; calendar windows are those of ``zone``."""
        day, month = calendar_begins(zone, ends_at - 1)
        found = []
        for window in MeasuringWindow:
            if window in ROLLING_MS:
                found.append(self.highest(window, begins_at, ends_at))
                continue
            since = {MeasuringWindow.CALENDAR_DAY: day, MeasuringWindow.CALENDAR_MONTH: month}
            part = self.between(since.get(window), ends_at)
            found.append(
                WindowShare(
                    window=window.value,
                    numerator=part.numerator,
                    denominator=part.denominator,
                    rate=part.rate,
                )
            )
        return found


def calendar_begins(zone: str, at: int) -> tuple[int, int]:
    """When the local day and the local month began in which ``at`` lies."""
    local = datetime.fromtimestamp(at // 1_000, tz=UTC).astimezone(ZoneInfo(zone)).date()
    day, month = local.isoformat(), local.replace(day=1).isoformat()
    return day_begins_at(day, zone), day_begins_at(month, zone)


def share(numerator: float, denominator: float) -> Share:
    """A share, rounded to what an estimate is counted in."""
    top, base = round(numerator, 6), round(denominator, 6)
    return Share(numerator=top, denominator=base, rate=top / base if base else None)
