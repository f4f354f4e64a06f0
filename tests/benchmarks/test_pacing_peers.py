"""The peers of pacing: each compiled formula does, call for call, what its plain twin does."""

from typing import Any

import numpy as np
import pytest
from benchmarks.pacing.building import peers
from hypothesis import given
from hypothesis import strategies as st

from fastdial.kernel.predictive import Dialer, OneToOne, Runs, predictive
from fastdial.kernel.variates import Law
from twins import peers as twins

pytestmark = pytest.mark.slow  # compiled first

WORLDS: dict[str, dict[str, Any]] = {
    "exponential": {"ring": Law.exponential(12)},
    "lifelike": {"ring": Law.uniform(4, 20), "no_answer": Law.constant(25)},
}


def centre(dialer: Dialer, **changes: Any) -> Runs:
    shape: dict[str, Any] = {
        "agents": 8,
        "answer": 0.2,
        "ring": Law.exponential(12),
        "handle": Law.exponential(180),
        "opening_s": 5_000,
        "days": 2,
        "seed": 17,
    }
    return predictive(dialer, **shape | changes)


def assert_same(ours: Dialer, twin: object, tick_s: float = 0.0, **changes: Any) -> Runs:
    runs = centre(ours, **changes)
    again = centre(peers().Called(twin, tick_s, tick_s > 0 and ours_ticks_only(ours)), **changes)
    for name in Runs._fields:
        np.testing.assert_array_equal(getattr(runs, name), getattr(again, name), name)
    assert runs.answered.sum() > 50
    return runs


def ours_ticks_only(ours: Dialer) -> bool:
    return isinstance(ours, peers().Vicidial | peers().Issabel)


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize(
    ("measure", "lines"), [("idle", 2.3), ("ringing_and_busy", 1.7), ("agents", 0.7)]
)
def test_fixed_lines(measure: str, lines: float, world: str) -> None:
    dialer = peers().FixedLines(measure, lines)
    assert_same(dialer, twins.FixedLines(measure, lines), 0.0, **WORLDS[world])


def test_one_line_for_each_idle_agent_is_one_to_one() -> None:
    for name in Runs._fields:
        np.testing.assert_array_equal(
            getattr(centre(peers().FixedLines("idle", 1.0)), name),
            getattr(centre(OneToOne()), name),
        )


@pytest.mark.parametrize("patience_s", [0.0, 8.0])
@pytest.mark.parametrize("guard", ["hard_limit", "average", "tapered"])
def test_vicidial(guard: str, patience_s: float) -> None:
    steering = {"intensity": 20.0, "target": 0.5, "level_max": 2.5}
    dialer = peers().Vicidial(guard, 0.1, **steering)
    twin = twins.Vicidial(guard, 0.1, 5_000, **steering)
    assert_same(dialer, twin, 0.5, patience_s=patience_s, trouble={"jumps_per_h": 6.0})


@given(
    st.floats(0.5, 5),
    st.floats(-50, 50),
    st.integers(1, 100),
    st.floats(-99, 99),
    st.floats(1, 10),
)
def test_the_steering_of_vicidial(
    level: float, difference: float, agents: int, intensity: float, most: float
) -> None:
    found = peers().vicidial_level(level, difference, agents, intensity, most)
    assert found == pytest.approx(twins.vicidial_level(level, difference, agents, intensity, most))


def test_the_steering_of_vicidial_in_its_own_figures() -> None:
    """Ten agents at level 2: two idle give 2.4; one who waits, at intensity 20, gives 1.84."""
    assert peers().vicidial_level(2.0, 2.0, 10.0) == pytest.approx(2.4)
    assert peers().vicidial_level(2.0, -1.0, 10.0, 20.0) == pytest.approx(1.84)


@pytest.mark.parametrize("answer", [None, 0.3, 0.1])
def test_issabel(answer: float | None) -> None:
    dialer = peers().Issabel(12.0, 180.0, 0.5, answer)
    assert_same(dialer, twins.Issabel(12.0, 180.0, 0.5, answer or 1.0), 5.0)


@pytest.mark.parametrize("limit", [0.2, 1.0])
def test_fourati_and_tabbane(limit: float) -> None:
    dialer = peers().FouratiTabbane(0.2, 12.0, 180.0, 0.9, limit)
    runs = assert_same(dialer, twins.FouratiTabbane(0.2, 12.0, 180.0, 0.9, limit), 1.0)
    assert runs.abandoned.sum() > 0


def test_fourati_and_tabbane_stall_for_the_day_once_the_limit_is_broken() -> None:
    runs = centre(peers().FouratiTabbane(0.2, 12.0, 180.0, 0.9, 0.03), opening_s=50_000)
    stalled = runs.abandoned.sum(-1) > 0.03 * runs.answered.sum(-1)
    assert stalled.all()
    assert (runs.handling_s / runs.present_s < 0.1).all()


@pytest.mark.parametrize("answer", [None, 0.2])
@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("agents", [3, 24])
def test_the_newsvendor(agents: int, world: str, answer: float | None) -> None:
    ring_s = 12.0 if world == "exponential" else (4.0, 20.0)
    changes: dict[str, Any] = {
        **WORLDS[world],
        "agents": agents,
        "patience_s": 2.0,
        "opening_s": 9_000 / agents,
    }
    dialer = peers().Newsvendor(0.02, ring_s, 180.0, answer)
    twin = twins.Newsvendor(0.02, ring_s, 180.0, 2.0, answer)
    assert_same(dialer, twin, 0.5, **changes)


def test_the_levels_of_the_optimum_come_to_what_the_optimum_says() -> None:
    """N = 10, p = .2: 86.16 % at 3.0 %."""
    levels = [33, 29, 25, 22, 18, 14, 10, 7, 4, 1, 0]
    runs = centre(peers().Levels(levels), agents=10, opening_s=1e6, days=1, count=4)
    share = runs.abandoned.sum() / runs.answered.sum()
    assert share == pytest.approx(0.03, abs=0.003)
    assert runs.handling_s.sum() / runs.present_s.sum() == pytest.approx(0.8616, abs=0.003)
