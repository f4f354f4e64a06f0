"""CO-4: abandonment by every window, beside a list of all calls."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from effort import examples
from fastdial.kernel.budget import RiskBudget
from fastdial.messages.compliance import AbandonmentDefinition, MeasuringWindow
from fastdial.rules.compliance.measure import CALL, count, figure, planned, spare, stands_until
from fastdial.rules.compliance.measured import Figure, Measure
from twins.abandonment import DAY_MS, AbandonmentTwin

BEGIN = 1_774_000_000_000
"""2026-03-20: clocks change in Warsaw and in New York within some weeks of it"""
ZONES = st.sampled_from(["UTC", "Europe/Warsaw", "America/New_York", "Pacific/Kiritimati"])
BUCKET_MS = {"rolling_24h": 300_000, "rolling_30d": 7_200_000}
STEPS = st.one_of(
    st.integers(0, 2_000),
    st.integers(0, 400_000),
    st.integers(0, 10 * 3_600_000),
    st.integers(0, 20 * DAY_MS),
)
CALLS = st.lists(st.tuples(STEPS, st.booleans()), max_size=60)
WINDOWS = st.sampled_from(list(MeasuringWindow))


def measured(
    window: MeasuringWindow, zone: str, calls: list[tuple[int, bool]]
) -> tuple[AbandonmentDefinition, Measure, AbandonmentTwin, int]:
    definition = AbandonmentDefinition(window=window)
    measure, twin, now = Measure(), AbandonmentTwin(window.value, zone), BEGIN
    for step, abandoned in calls:
        now += step
        count(measure, definition, zone, now, abandoned=CALL * abandoned, base=CALL)
        twin.calls.append((now, abandoned))
    return definition, measure, twin, now


@settings(deadline=None, max_examples=examples(300))
@given(window=WINDOWS, zone=ZONES, calls=CALLS, later=STEPS)
def test_co_4_the_figure_is_exact_or_errs_on_the_safe_side(
    window: MeasuringWindow, zone: str, calls: list[tuple[int, bool]], later: int
) -> None:
    definition, measure, twin, now = measured(window, zone, calls)
    at = now + later
    seen = figure(measure, definition, at)
    abandoned, base = twin.figure(at)
    slack = BUCKET_MS.get(window.value)
    if slack is None:
        assert (seen.abandoned, seen.base) == (abandoned * CALL, base * CALL)
        return
    longer, _ = twin.figure(at, slack)
    _, shorter = twin.figure(at, -slack)
    assert abandoned * CALL <= seen.abandoned <= longer * CALL
    assert shorter * CALL <= seen.base <= base * CALL


@settings(deadline=None, max_examples=examples(150))
@given(
    window=st.sampled_from([MeasuringWindow.CALENDAR_DAY, MeasuringWindow.CALENDAR_MONTH]),
    zone=ZONES,
    calls=CALLS.filter(bool),
)
def test_co_4_the_highest_rate_of_the_windows_that_are_over(
    window: MeasuringWindow, zone: str, calls: list[tuple[int, bool]]
) -> None:
    _, measure, twin, now = measured(window, zone, calls)
    assert abs(measure.highest.rate - twin.highest(now)) < 1e-12


@settings(deadline=None, max_examples=examples(150))
@given(
    window=st.sampled_from([MeasuringWindow.ROLLING_24H, MeasuringWindow.ROLLING_30D]),
    calls=CALLS,
    share=st.floats(0, 0.5),
)
def test_co_5_what_is_spare_now_stays_so_for_half_a_rolling_window(
    window: MeasuringWindow, calls: list[tuple[int, bool]], share: float
) -> None:
    definition, measure, twin, now = measured(window, "UTC", calls)
    length_ms = (1 if window is MeasuringWindow.ROLLING_24H else 30) * DAY_MS
    now_spare = spare(measure, definition, now, definition.cap)
    abandoned, base = twin.figure(now + int(share * length_ms))
    assert now_spare <= definition.cap * base - abandoned + 1e-9


@settings(deadline=None, max_examples=examples(150))
@given(
    window=st.sampled_from(MeasuringWindow),
    calls=CALLS,
    later_ms=st.integers(0, 31 * DAY_MS),
    cap=st.sampled_from([0.01, 0.03]),
)
def test_co_4_without_another_call_a_measure_stands_as_long_as_it_says(
    window: MeasuringWindow, calls: list[tuple[int, bool]], later_ms: int, cap: float
) -> None:
    definition, measure, _, now = measured(window, "UTC", calls)
    now += later_ms
    until = stands_until(measure, definition, now)
    assert until is None or until > now
    last = now + 40 * DAY_MS if until is None else until - 1
    for at in (now + (last - now) // 2, last):
        assert figure(measure, definition, at) == figure(measure, definition, now)
        assert spare(measure, definition, at, cap) == spare(measure, definition, now, cap)


@given(calls=CALLS)
def test_co_4_a_rolling_window_is_kept_in_bounded_memory(calls: list[tuple[int, bool]]) -> None:
    _, measure, _, now = measured(MeasuringWindow.ROLLING_24H, "UTC", calls)
    assert all(bucket.begins_at > now - DAY_MS - 300_000 for bucket in measure.buckets)
    assert len(measure.buckets) <= 289


HOUR_MS = 3_600_000
DAY = AbandonmentDefinition(window=MeasuringWindow.ROLLING_24H)


def day_of(*calls: tuple[float, int, int]) -> Measure:
    """Calls at an hour after the beginning: how many were answered, and abandoned of these."""
    measure = Measure()
    for hour, answered, abandoned in calls:
        at = BEGIN - BEGIN % HOUR_MS + int(hour * HOUR_MS)
        count(measure, DAY, "UTC", at, abandoned=abandoned * CALL, base=answered * CALL)
    return measure


def at_hour(hour: float) -> int:
    return BEGIN - BEGIN % HOUR_MS + int(hour * HOUR_MS)


def test_co_4_of_the_bucket_that_is_leaving_abandoned_calls_count_and_the_others_do_not() -> None:
    measure = day_of((0.01, 10, 1), (1, 10, 0))
    assert figure(measure, DAY, at_hour(23.9)) == Figure(1 * CALL, 20 * CALL)
    assert figure(measure, DAY, at_hour(24.05)) == Figure(1 * CALL, 10 * CALL)
    assert figure(measure, DAY, at_hour(24.1)) == Figure(0, 10 * CALL)


def test_co_5_what_is_spare_is_the_least_of_the_windows_down_to_the_youngest_half() -> None:
    assert spare(day_of((0, 100, 0), (20, 100, 3)), DAY, at_hour(20), DAY.cap) == pytest.approx(0)
    assert spare(day_of((0, 100, 0), (13, 100, 0)), DAY, at_hour(20), DAY.cap) == pytest.approx(3)
    in_the_middle = day_of((0, 100, 0), (5, 10, 3), (10, 100, 0))
    assert spare(in_the_middle, DAY, at_hour(20), DAY.cap) == pytest.approx(0.0)
    assert spare(in_the_middle, DAY, at_hour(23), DAY.cap) == pytest.approx(0.0)


def test_co_5_what_leaves_a_rolling_window_soon_is_not_to_be_spent() -> None:
    """Of 100 calls at its beginning three may be lost, but not by the time that they leave."""
    measure = day_of((0, 100, 0), (20, 100, 2))
    assert spare(measure, DAY, at_hour(20), 0.03) == pytest.approx(1)
    assert planned(measure, DAY, "UTC", at_hour(20), 0.03, 0.0) == pytest.approx(1)
    measure = day_of((0, 100, 0), (2, 100, 0), (20, 100, 2), (20.1, 0, 0))
    at = at_hour(20.1)
    month = AbandonmentDefinition(window=MeasuringWindow.ROLLING_30D)
    assert planned(measure, month, "UTC", at, 0.03, 0.0) == pytest.approx(7)
    begins = BEGIN - BEGIN % HOUR_MS
    saved = Measure()
    for day, answered, abandoned in ((0, 1_000, 0), (5, 1_000, 0), (29, 1_000, 40)):
        at = begins + day * DAY_MS
        count(saved, month, "UTC", at, abandoned=abandoned * CALL, base=answered * CALL)
    assert spare(saved, month, at, 0.03) == pytest.approx(-10)
    later = begins + 29 * DAY_MS + DAY_MS // 2
    now = figure(saved, month, later)
    assert 0.03 * now.base / CALL - now.abandoned / CALL == pytest.approx(50)
    assert planned(saved, month, "UTC", later, 0.03, 0.0) == pytest.approx(-10)
    earning = planned(saved, month, "UTC", later, 0.03, 0.1)
    assert earning == pytest.approx(-10 + 0.1 * 134, abs=0.3), "as calls of the fifth day leave"


@pytest.mark.parametrize(("zone", "spent"), [("UTC", 3.0), ("Pacific/Kiritimati", 0.0)])
def test_co_5_a_day_of_a_rolling_window_spends_its_own_calls_alone(zone: str, spent: float) -> None:
    """In Kiritimati a day begins at ten in the morning of UTC."""
    measure = Measure()
    for hour, answered in ((8, 100), (11, 0)):
        at = BEGIN - BEGIN % DAY_MS + hour * HOUR_MS
        count(measure, DAY, zone, at, base=answered * CALL)
    assert planned(measure, DAY, zone, at, 0.03, 0.0) == pytest.approx(spent)


@settings(deadline=None, max_examples=examples(100))
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 12), st.integers(1, 60), st.integers(0, 3)), max_size=30
    )
)
def test_co_5_what_a_rolling_day_has_to_spend_is_what_the_kernel_would_spend_of_it(
    steps: list[tuple[int, int, int]],
) -> None:
    """In pieces of a quarter of an hour, where both see the same edges."""
    measure, budget = Measure(), RiskBudget(cap=0.03, window="rolling")
    piece = day = BEGIN // DAY_MS * 96
    pieces: list[int] = []
    for more, answered, lost in steps:
        piece += more
        if piece // 96 > day // 96:
            day = piece
            budget.next_window()
        assume(piece - 96 not in pieces and piece - 48 not in pieces)
        pieces.append(piece)
        at = piece * 900_000
        for call in range(answered):
            budget.counted(call < lost, now_s=at // 1_000)
        abandoned = min(lost, answered) * CALL
        count(measure, DAY, "UTC", at, abandoned=abandoned, base=answered * CALL)
        found = planned(measure, DAY, "UTC", at, 0.03, 0.0)
        assert found == pytest.approx(budget.spare, abs=1e-6)


def test_co_4_the_highest_rate_of_a_rolling_window_is_that_at_its_worst_call() -> None:
    assert day_of((0, 10, 1), (1, 90, 0)).highest == Figure(1 * CALL, 10 * CALL)
