"""The best pacing of the exponential world: solved anew where that is quick, and what was kept."""

import math
from statistics import NormalDist

import numpy as np
import pytest

pytest.importorskip("scipy", reason="the optimum is found with SciPy")

from benchmarks.pacing import optimum

KEPT = optimum.load()

# The figures published with the method, in percent: agents, answer probability, w = 0, w = 2.
PUBLISHED = [
    (1, 0.1, 64.24, 64.30),
    (1, 0.3, 82.64, 82.66),
    (5, 0.1, 78.04, 78.32),
    (5, 0.3, 85.68, 85.78),
    (10, 0.1, 84.29, 84.73),
    (10, 0.2, 86.16, 86.49),
    (10, 0.3, 87.85, 88.11),
    (10, 0.5, 90.32, 90.52),
    (20, 0.1, 89.27, 89.82),
    (20, 0.2, 89.99, 90.53),
    (20, 0.3, 90.72, 91.20),
    (50, 0.2, 94.11, 94.81),
    (50, 0.3, 94.34, 95.02),
    (100, 0.2, 96.22, 97.04),
    (100, 0.3, 96.32, 97.13),
]
TWO_AGENTS = [(0.1, 69.65), (0.2, 78.71), (0.3, 83.73), (0.5, 89.00)]


@pytest.mark.parametrize(("agents", "answer", "at_once", "in_two_s"), PUBLISHED)
def test_what_was_kept_is_what_was_published(
    agents: int, answer: float, at_once: float, in_two_s: float
) -> None:
    assert 100 * KEPT[agents, answer, 0.0].utilisation == pytest.approx(at_once, abs=0.0061)
    # those who wait are a stand-in, and two stand-ins part a little where many wait
    allowed = 0.0061 if agents <= 20 else 0.05
    assert 100 * KEPT[agents, answer, 2.0].utilisation == pytest.approx(in_two_s, abs=allowed)


@pytest.mark.parametrize(("answer", "percent"), TWO_AGENTS)
def test_two_agents(answer: float, percent: float) -> None:
    assert 100 * KEPT[2, answer, 0.0].utilisation == pytest.approx(percent, abs=0.0061)


@pytest.mark.parametrize("cell", [cell for cell in optimum.CELLS if cell[0] <= 10])
def test_a_small_cell_solved_anew_is_as_kept(cell: tuple[int, float, float]) -> None:
    found, kept = optimum.solve(*cell), KEPT[cell]
    assert found.utilisation == pytest.approx(kept.utilisation, rel=1e-5)
    assert found.levels == kept.levels


def test_the_best_policy_dials_up_to_a_level_that_falls_with_the_busy_agents() -> None:
    assert optimum.solve(10, 0.2, 0.0).levels == [33, 29, 25, 22, 18, 14, 10, 7, 4, 1, 0]


def test_every_cell_was_kept_and_more_patience_and_more_agents_never_harm() -> None:
    assert list(KEPT) == optimum.CELLS
    sizes = (1, 2, 5, 10, 20, 50, 100)
    for answer in (0.1, 0.2, 0.3, 0.5):
        for patience_s in (0.0, 2.0):
            row = [KEPT[agents, answer, patience_s].utilisation for agents in sizes]
            assert row == sorted(row)
        for agents in sizes:
            assert KEPT[agents, answer, 2.0].utilisation > KEPT[agents, answer, 0.0].utilisation


def test_one_call_for_each_idle_agent_is_worth_its_formula_in_the_chain() -> None:
    """180 / (180 + 12 / p), and nobody is abandoned."""
    for agents in (1, 5, 20):
        chain = optimum.Chain(agents, 0.2, 0.0)
        n, r = np.indices(chain.shape)
        (served, _, abandoned), _ = chain.evaluate(np.maximum(r, agents - n))
        assert served * 180 / agents == pytest.approx(180 / (180 + 12 / 0.2))
        assert abandoned == pytest.approx(0.0, abs=1e-9)


def test_who_waits_leaves_as_in_the_queue_with_a_fixed_patience() -> None:
    """By the same rates M/M/10 with patience 2 s loses .20959, and M/M/100 .06983."""
    for agents, lost in ((10, 0.20959), (100, 0.06983)):
        room = 60
        rates = optimum.leaving_rates(agents, 2.0, room)
        arrivals = agents / 180
        weights = [1.0]
        for n in range(1, agents + room + 1):
            weights.append(
                weights[-1] * arrivals / (min(n, agents) / 180 + rates[max(0, n - agents)])
            )
        leaving = sum(w * rates[n - agents] for n, w in enumerate(weights) if n > agents)
        assert leaving / sum(weights) / arrivals == pytest.approx(lost, abs=6e-6)


@pytest.mark.parametrize(("agents", "answer"), [(50, 0.2), (50, 0.3), (100, 0.2), (100, 0.3)])
def test_with_many_agents_the_loss_follows_a_law_of_the_square_root(
    agents: int, answer: float
) -> None:
    """sigma**2 = .30 (2 - p) N 12/180; phi(z)/Phi(z) = 2 cap sigma/(2 - p); within .25 points."""
    normal = NormalDist()
    sigma = math.sqrt(0.30 * (2 - answer) * agents * 12 / 180)
    wanted = 2 * 0.03 * sigma / (2 - answer)
    low, high = -5.0, 5.0
    while high - low > 1e-9:
        z = (low + high) / 2
        low, high = (z, high) if normal.pdf(z) / normal.cdf(z) > wanted else (low, z)
    law = 1 - sigma / agents * (z + normal.pdf(z) / normal.cdf(z))
    assert KEPT[agents, answer, 0.0].utilisation == pytest.approx(law, abs=0.0025)
