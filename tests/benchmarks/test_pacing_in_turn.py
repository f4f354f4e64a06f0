"""Two policies that meet the cap in turn."""

import pytest
from benchmarks.pacing.in_turn import Reached, at_the_cap


def test_a_cap_that_nothing_meets_is_said() -> None:
    with pytest.raises(ArithmeticError, match="the cap is not met between"):
        at_the_cap(lambda theta: Reached(0.5, -0.1), 0.1, 0.2, 5)


def test_two_policies_in_turn_meet_the_cap_by_time() -> None:
    def reached(theta: float) -> Reached:
        return Reached(0.5, 0.01) if theta < 1 else Reached(0.7, -0.03)

    assert at_the_cap(reached, 0.1, 10, 9) == pytest.approx(0.55)
