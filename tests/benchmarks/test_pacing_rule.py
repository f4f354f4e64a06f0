"""The rule itself, in the chain of the exact optimum."""

import numpy as np
import pytest
from benchmarks.pacing import optimum, rule


@pytest.mark.parametrize("cell", [(5, 0.1, 0.0), (5, 0.3, 2.0), (10, 0.2, 0.0)])
def test_the_rule_is_all_but_the_best_that_can_be_done(cell: tuple[int, float, float]) -> None:
    best = optimum.load()[cell].utilisation
    assert best - 0.0005 < rule.utilisation(*cell) < best + 1e-6


def test_what_is_accepted_of_a_chance_makes_the_policy() -> None:
    """A line for each idle agent at least; then up to the first that is not worth it."""
    chain = optimum.Chain(5, 0.2, 0.0)
    known = rule.chances(chain, 0.2, 0.0)
    for over in (known.overflow, known.overflow_after):
        assert (np.diff(over, axis=1) >= -1e-9).all(), "each line is worth less than the last"
        assert (np.diff(over, axis=0) >= -1e-9).all(), "and with fewer idle agents"
    assert (np.diff(known.accepted_after, axis=1) <= 1e-9).all(), "an answer is nearer, too"
    careful = rule.policy(chain, known, 1e-6)
    assert careful[:, 0].tolist() == [5, 4, 3, 2, 1, 0]
    bold = rule.policy(chain, known, 0.02)
    level = int(bold[0, 0])
    assert level > 5
    worth = known.worth(0.02)
    assert (worth[0, level - 1], worth[0, level]) == (True, False)
    waits = known.overflow[0, level] <= 0.02 * known.accepted[0, level]
    assert waits, "an answer that is near is waited for, in a chain too"
    assert bold[0, level + 3] == level + 3, "what rings is not given up"


def test_a_cap_that_no_theta_meets_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule, "THETAS", (1e-4, 2e-4))
    with pytest.raises(ArithmeticError, match="the cap is not met between"):
        rule.utilisation(5, 0.3, 0.0)
