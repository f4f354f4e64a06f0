"""Inbound calls that share agents with a dialer: a published run, Erlang's formulas, the books."""

import math
from typing import Any

import numpy as np
import pytest

from fastdial.kernel.blended import BlendedRuns, blended
from fastdial.kernel.erlang import erlang_a, erlang_b, erlang_c
from fastdial.kernel.variates import Law

HOUR_S = 3_600


def published(**changes: Any) -> BlendedRuns:
    """8:00 to 14:00 in three periods, the dialer from 11:00 to 13:55."""
    given: dict[str, Any] = {
        "period_s": 2 * HOUR_S,
        "inbound_per_s": np.array([68.45, 72.93, 71.92]) / 1_800,
        "busyness": Law.gamma(mean=1, shape=29.7),
        "inbound_agents": [23, 23, 21],
        "blend_agents": [16, 18, 16],
        "reach": [0.28, 0.29, 0.29],
        "balk": 0.005,
        "patience": Law.exponential(500),
        "handle": Law.gamma(mean=0.755 * 753.8, shape=0.755),
        "outbound_patience": Law.constant(5),
        "outbound_handle": Law.exponential(440.2),
        "dial_from_s": 3 * HOUR_S,
        "dial_to_s": 6 * HOUR_S - 300,
        "free_least": 4,
        "lines_per_free": 2,
        "queue_max": 80,
        "seed": 20_231_127,
        "count": 4_000,
    }
    return blended(**given | changes)


def queue(agents: int, **changes: Any) -> BlendedRuns:
    """One agent group, calls in balance of 9 in 10, no dialer."""
    given: dict[str, Any] = {
        "period_s": 500 * HOUR_S,
        "inbound_per_s": [0.9 * agents / 180],
        "inbound_agents": [agents],
        "blend_agents": [0],
        "reach": [0.0],
        "patience": Law.constant(1e8),
        "handle": Law.exponential(180),
        "outbound_patience": Law.constant(0),
        "outbound_handle": Law.constant(1),
        "dial_from_s": 0,
        "dial_to_s": 0,
        "queue_max": 100_000,
        "late_s": 1e-9,
        "seed": 5,
        "count": 40,
    }
    return blended(**given | changes)


def test_the_published_run_of_a_thousand_days_is_met_inside_its_confidence_intervals() -> None:
    """The example Blend of ContactCenters; where it prints no interval, mean and deviation do."""
    runs = published()
    for counts, low, high in (
        (runs.inbound, 838.899, 858.285),
        (runs.inbound_served, 834.193, 852.761),
        (runs.inbound_abandoned, 4.495, 5.735),
        (runs.reached, 317.279, 326.513),
        (runs.outbound_served, 294.637, 303.115),
        (runs.outbound_abandoned, 22.548, 23.492),
        (runs.tried, 1_109.04 - 1.96 * 258.167 / 1_000**0.5, 1_109.04 + 16.0),
        (runs.late, 39.427 - 1.96 * 63.682 / 1_000**0.5, 39.427 + 3.95),
    ):
        assert low < counts.mean() < high
    inbound, blend = runs.inbound_present_s.sum(), runs.blend_present_s.sum()
    assert 0.81135 < runs.inbound_busy_s.sum() / inbound < 0.82058
    assert 0.55237 < runs.blend_busy_s.sum() / blend < 0.56092
    busy = runs.inbound_busy_s.sum() + runs.blend_busy_s.sum()
    assert 0.70091 < busy / (inbound + blend) < 0.70936
    assert 1 - runs.late.sum() / runs.inbound.sum() == pytest.approx(0.95354, abs=0.0045)


def test_days_vary_as_much_as_published() -> None:
    runs = published()
    for counts, deviation in (
        (runs.tried, 258.167),
        (runs.inbound, 156.201),
        (runs.reached, 74.396),
        (runs.outbound_abandoned, 7.609),
    ):
        assert counts.std() == pytest.approx(deviation, rel=0.08)


@pytest.mark.parametrize("agents", [1, 10, 50])
def test_without_a_dialer_and_with_endless_patience_waits_are_those_of_erlang_c(
    agents: int,
) -> None:
    runs = queue(agents)
    share = runs.late / runs.inbound
    error = share.std() / math.sqrt(share.size)
    assert abs(share.mean() - erlang_c(agents, 0.9 * agents)) < 4 * error
    assert runs.inbound_abandoned.sum() == 0


def test_without_a_dialer_impatient_callers_are_lost_as_in_erlang_a() -> None:
    runs = queue(10, patience=Law.exponential(60), inbound_per_s=[10 / 180])
    share = runs.inbound_abandoned / runs.inbound
    error = share.std() / math.sqrt(share.size)
    assert abs(share.mean() - erlang_a(10, 10 / 180, 180, 60).abandons) < 4 * error


def test_blend_agents_take_the_calls_that_the_others_have_no_agent_for() -> None:
    alone, together = queue(10), queue(6, blend_agents=[4], inbound_per_s=[9 / 180])
    assert together.late.sum() / together.inbound.sum() == pytest.approx(
        alone.late.sum() / alone.inbound.sum(), abs=0.02
    )
    assert together.blend_busy_s.sum() / together.blend_present_s.sum() < 0.9
    assert together.inbound_busy_s.sum() / together.inbound_present_s.sum() > 0.9


def test_the_books_agree_and_nobody_dials_outside_the_dialers_hours() -> None:
    runs = published(count=50)
    assert (runs.inbound == runs.inbound_served + runs.inbound_abandoned).all()
    assert (runs.reached == runs.outbound_served + runs.outbound_abandoned).all()
    assert (runs.inbound_busy_s <= runs.inbound_present_s).all()
    assert (runs.blend_busy_s <= runs.blend_present_s).all()
    idle = published(count=50, dial_from_s=0, dial_to_s=0, blend_agents=[0, 0, 0])
    assert idle.tried.sum() == 0


def test_where_nobody_may_wait_calls_are_blocked_as_in_erlang_b() -> None:
    runs = queue(5, queue_max=0)
    share = runs.inbound_abandoned / runs.inbound
    error = share.std() / math.sqrt(share.size)
    assert abs(share.mean() - erlang_b(5, 4.5)) < 4 * error
    assert runs.late.sum() == 0


def test_a_day_is_the_same_alone_and_among_others() -> None:
    whole = published(count=5)
    for row in range(5):
        alone = published(first=row, count=1)
        assert [column[0] for column in alone] == [column[row] for column in whole]


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"inbound_per_s": []}, ValueError, "inbound_per_s has 0 periods; it can have 1 to 1000"),
        ({"inbound_per_s": [[1.0]]}, ValueError, r"shape \(1, 1\); give one for each period"),
        ({"blend_agents": [1, 2]}, ValueError, r"blend_agents has shape \(2,\); give one"),
        ({"inbound_agents": [1, 2, -1]}, ValueError, "each can be 0 to 10000"),
        ({"reach": [0.1, math.nan, 0.1]}, ValueError, "reach is .* each can be 0 to 1"),
        ({"balk": 2}, ValueError, "balk is 2.0; it can be 0 to 1"),
        ({"patience": Law.uniform(-1, 1)}, ValueError, "patience is .* can fall below 0"),
        ({"dial_to_s": 5}, ValueError, "dial_to_s is 5.0; it can be 10800 to 21600"),
        ({"free_least": 0}, ValueError, "free_least is 0; it can be 1"),
        ({"queue_max": 1.5}, TypeError, "queue_max is 1.5; it must be an integer"),
        ({"count": 0}, ValueError, "count is 0"),
        ({"seed": -1}, ValueError, "seed is -1"),
    ],
)
def test_what_is_refused_says_what_was_allowed(
    changes: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        published(**changes)
