"""Abandonment, measured by a campaign's definition (rules CO-4 and CO-8).

Calls are counted in millionths, since an estimate of persons taken for machines is no whole number.
A campaign's life and calendar windows are exact. A rolling window is counted in buckets, of five
minutes for 24 hours and of two hours for 30 days, and errs on the safe side: of the oldest bucket,
part of which has left the window, abandoned calls count and the others do not.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from fastdial.messages.compliance import AbandonmentDefinition, MeasuringWindow
from fastdial.rules.compliance.measured import Bucket, Figure, Measure
from fastdial.rules.days import day_begins_at, day_ends_at
from fastdial.rules.windows.clocks import day_began, local_day

CALL = 1_000_000
"""one call, in the unit that is counted"""

_CALENDAR_DAY = MeasuringWindow.CALENDAR_DAY
_CAMPAIGN_LIFE = MeasuringWindow.CAMPAIGN_LIFE
_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
ROLLING: dict[MeasuringWindow, tuple[int, int]] = {
    MeasuringWindow.ROLLING_24H: (24 * _HOUR_MS, _HOUR_MS // 12),
    MeasuringWindow.ROLLING_30D: (30 * 24 * _HOUR_MS, 2 * _HOUR_MS),
}
"""length of the window and of its buckets, ms"""


def count(
    measure: Measure,
    definition: AbandonmentDefinition,
    zone: str,
    at: int,
    *,
    abandoned: int = 0,
    base: int = 0,
) -> None:
    """Count calls at instant ``at`` (ms), in millionths; ``zone`` is that of the campaign."""
    rolling = ROLLING.get(definition.window)
    if rolling is not None:
        _count_in_bucket(measure, rolling, at, abandoned, base)
        measure.day = local_day(definition.zone or zone, at)
        if abandoned:
            measure.highest = _higher(measure.highest, figure(measure, definition, at))
        return
    if measure.window_ends_at is not None and at >= measure.window_ends_at:
        measure.highest = _higher(measure.highest, Figure(measure.abandoned, measure.base))
        measure.abandoned = measure.base = 0
        measure.window_ends_at = None
    if measure.window_ends_at is None:
        measure.window_ends_at = _window_end(definition, zone, at)
    measure.abandoned += abandoned
    measure.base += base


def figure(measure: Measure, definition: AbandonmentDefinition, at: int) -> Figure:
    """Abandonment in the window at hand at instant ``at`` (ms)."""
    rolling = ROLLING.get(definition.window)
    if rolling is None:
        if measure.window_ends_at is not None and at >= measure.window_ends_at:
            return Figure()
        return Figure(measure.abandoned, measure.base)
    length_ms, bucket_ms = rolling
    abandoned = base = 0
    for bucket in reversed(measure.buckets):
        if bucket.begins_at + bucket_ms <= at - length_ms:
            break
        abandoned += bucket.abandoned
        if bucket.begins_at > at - length_ms:
            base += bucket.base
    return Figure(abandoned, base)


def spare(measure: Measure, definition: AbandonmentDefinition, at: int, cap: float) -> float:
    """Cap times base less what was abandoned, in calls: above 0, more may be abandoned.

    ``cap``: the definition's, or less. Of a rolling window the least is taken over all of its ends,
    from the whole window down to the youngest half: what leaves a window was mostly answered and
    not abandoned, so the share in it may rise though nothing more happens. It stays within the cap
    for half a window's length.
    """
    rolling = ROLLING.get(definition.window)
    if rolling is None:
        now = figure(measure, definition, at)
        return (cap * now.base - now.abandoned) / CALL
    length_ms, bucket_ms = rolling
    abandoned = base = 0
    least: float | None = None
    for bucket in reversed(measure.buckets):
        if bucket.begins_at + bucket_ms <= at - length_ms:
            break
        if least is None and bucket.begins_at <= at - length_ms // 2:
            least = cap * base - abandoned  # the youngest half
        abandoned += bucket.abandoned
        if least is not None:
            least = min(least, cap * base - abandoned)
        if bucket.begins_at > at - length_ms:
            base += bucket.base
    whole = cap * base - abandoned
    return (whole if least is None else min(least, whole)) / CALL


def planned(
    measure: Measure,
    definition: AbandonmentDefinition,
    zone: str,
    at: int,
    cap: float,
    hourly: float,
) -> float:
    """What a rolling window has to spend, in calls: less than is spare where it will be missing.

    ``hourly``: what calls of an hour to come will earn. The least is taken of what is spare now, of
    what will be as the oldest buckets leave, up to half a window from now, and in a window of a day
    of what today has earned by itself. What one day saves by noon and spends by the evening is
    missing at noon of the next, and such a pattern would be handed on from day to day and grow.
    """
    length_ms, bucket_ms = ROLLING[definition.window]
    window = [b for b in measure.buckets if b.begins_at + bucket_ms > at - length_ms]
    left = sum(cap * b.base * (b.begins_at > at - length_ms) - b.abandoned for b in window) / CALL
    least = left
    for bucket in window:
        leaves_in = bucket.begins_at + bucket_ms + length_ms - at
        if leaves_in > length_ms // 2:
            break
        is_whole = bucket.begins_at > at - length_ms
        left -= (cap * bucket.base * is_whole - bucket.abandoned) / CALL
        least = min(least, left + hourly * leaves_in / _HOUR_MS)
    if length_ms > 2 * _DAY_MS:
        return least
    began_at = day_began(definition.zone or zone, at)
    today = (b for b in window if b.begins_at >= began_at)
    return min(least, sum(cap * b.base - b.abandoned for b in today) / CALL)


def stands_until(measure: Measure, definition: AbandonmentDefinition, at: int) -> int | None:
    """Until when `figure` and `spare` stay as they are if nothing is counted; none: for good.

    Rolling windows and their halves are whole numbers of buckets long, and buckets begin at
    multiples of their length, so that nothing enters or leaves them in between.
    """
    rolling = ROLLING.get(definition.window)
    if rolling is None:
        ends_at = measure.window_ends_at
        return None if ends_at is None or at >= ends_at else ends_at
    return at - at % rolling[1] + rolling[1]


def same_measure(one: AbandonmentDefinition, other: AbandonmentDefinition) -> bool:
    """Whether what was counted by one definition counts by the other."""
    return (one.numerator, one.denominator, one.window, one.zone, one.false_positives_count) == (
        other.numerator,
        other.denominator,
        other.window,
        other.zone,
        other.false_positives_count,
    )


def _count_in_bucket(
    measure: Measure, rolling: tuple[int, int], at: int, abandoned: int, base: int
) -> None:
    length_ms, bucket_ms = rolling
    begins_at = at - at % bucket_ms
    buckets = measure.buckets
    if not buckets or buckets[-1].begins_at != begins_at:
        old = 0
        while old < len(buckets) and buckets[old].begins_at + bucket_ms <= at - length_ms:
            old += 1
        del buckets[:old]
        buckets.append(Bucket(begins_at, 0, 0))
    buckets[-1].abandoned += abandoned
    buckets[-1].base += base


def _higher(one: Figure, other: Figure) -> Figure:
    return other if other.rate > one.rate else one


def _window_end(definition: AbandonmentDefinition, zone: str, at: int) -> int | None:
    """When the calendar window that ``at`` lies in is over; none in a campaign's life."""
    zone = definition.zone or zone
    if definition.window is _CAMPAIGN_LIFE:
        return None
    day = datetime.fromtimestamp(at // 1_000, tz=UTC).astimezone(ZoneInfo(zone)).date()
    if definition.window is _CALENDAR_DAY:
        return day_ends_at(day.isoformat(), zone)
    next_month = (date(day.year, day.month, 1) + timedelta(days=31)).replace(day=1)
    return day_begins_at(next_month.isoformat(), zone)
