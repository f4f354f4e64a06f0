"""Lines that ring for a while: what is best there, and what the rule loses."""

import numpy as np
import pytest
from benchmarks.pacing import rings
from benchmarks.pacing.optimum import CAP
from benchmarks.pacing.rings import Rings


def test_a_step_keeps_every_chance_and_counts_who_is_answered() -> None:
    """Values that are all 1 stay so; all who are answered are served or abandoned."""
    some = Rings(2, 0.4)
    np.testing.assert_allclose(some.before(np.ones(some.shape), 0.0, 0.0), 1.0)
    nobody = np.zeros(some.shape)
    answered, lost = some.before(nobody, 0.0, 1.0), some.before(nobody, -1.0, 0.0)
    lines = np.indices(answered.shape)[1:]
    chance = np.array([0.05 / (1 - 0.05 * rang) for rang in range(8)])
    np.testing.assert_allclose(answered, np.tensordot(chance, lines, 1), atol=1e-12)
    assert lost[0].min() == 0
    assert lost[2].max() > 0.3


def test_one_line_for_each_idle_agent_comes_to_what_a_renewal_says() -> None:
    """One agent, dialed for when idle and nothing rings: rings and calls follow each other."""
    some = Rings(1, 0.5)
    busy, *lines = np.indices(some.shape)
    policy = ((busy == 0) & (sum(lines) == 0)).astype(np.int64)
    utilisation, spare = some.follow(policy)
    assert spare == pytest.approx(CAP * utilisation * rings.ENDS, abs=1e-7), "none abandoned"
    # half are answered, after 4.5 steps on average; the other half ring for eight
    ringing, calling = 0.5 * 4.5 + 0.5 * 8, 0.5 / rings.ENDS
    # a call ends within a step at whose end the next line is dialed
    assert utilisation == pytest.approx(calling / (calling + ringing), rel=2e-3)


@pytest.mark.slow
def test_to_wait_for_an_answer_that_is_near_is_all_but_the_best() -> None:
    best = rings.optimum(3, 0.3)
    waiting, without = rings.rule(3, 0.3), rings.rule(3, 0.3, waits=False)
    assert best - 0.0005 < waiting < best + 1e-4
    assert without < best - 0.0015
