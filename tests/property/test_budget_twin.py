"""The risk to take, beside all calls added up anew; and what holds whatever is lost."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from effort import examples
from fastdial.kernel.budget import RiskBudget
from twins.budget import BudgetTwin


class BudgetMachine(RuleBasedStateMachine):
    @initialize(
        window=st.sampled_from(["life", "window", "rolling"]),
        window_s=st.sampled_from([9_600.0, 86_400.0, 30 * 86_400.0]),
        cap=st.sampled_from([0.01, 0.03, 0.4]),
        handicap=st.sampled_from([0.0, 5.0]),
        gain=st.sampled_from([0.05, 0.3]),
    )
    def begin(self, window: str, window_s: float, cap: float, handicap: float, gain: float) -> None:
        self.budget = RiskBudget(
            cap=cap, theta=0.02, window=window, window_s=window_s, handicap=handicap, gain=gain
        )
        self.twin = BudgetTwin(cap, 0.02, window, window_s, handicap, gain)
        self.window_s = window_s
        self.now_s = 0.0

    @rule(
        lost=st.lists(st.booleans(), min_size=1, max_size=12),
        to_come=st.sampled_from([0.0, 1.0, 40.0, 5_000.0]),
        apart_s=st.sampled_from([0.0, 1.0, 60.0]),
    )
    def calls(self, lost: list[bool], to_come: float, apart_s: float) -> None:
        for one in lost:
            self.now_s += apart_s
            self.budget.counted(one, to_come=to_come, now_s=self.now_s)
            self.twin.counted(one, to_come, self.now_s)

    @rule(share=st.sampled_from([0.011, 0.3, 0.51, 0.99, 1.02, 1.5, 40.0]))
    def time_passes(self, share: float) -> None:
        self.now_s += share * self.window_s

    @rule()
    def another_window_begins(self) -> None:
        self.budget.next_window()
        self.twin.next_window()

    @invariant()
    def both_risk_the_same(self) -> None:
        if hasattr(self, "budget"):
            assert self.budget.spare == pytest.approx(self.twin.spare, abs=1e-9)
            assert self.budget.theta == pytest.approx(self.twin.theta, rel=1e-9)
            assert 0 < self.budget.theta <= math.exp(-0.7) + 1e-12


TestBudget = BudgetMachine.TestCase
TestBudget.settings = settings(max_examples=examples(80), stateful_step_count=25, deadline=None)


@given(
    st.lists(st.booleans(), min_size=1, max_size=200),
    st.sampled_from([0.0, 3.0]),
    st.sampled_from([0.03, 0.2]),
)
@settings(deadline=None)
def test_for_life_what_is_spare_knows_no_order_and_a_loss_makes_careful(
    lost: list[bool], handicap: float, cap: float
) -> None:
    def after(calls: list[bool]) -> tuple[float, float]:
        budget = RiskBudget(cap=cap, handicap=handicap, theta=0.02)
        for one in calls:
            budget.counted(one)
        return budget.spare, budget.theta

    spare = cap * len(lost) - sum(lost)
    for order in (lost, sorted(lost), sorted(lost, reverse=True)):
        assert after(order)[0] == pytest.approx(spare, abs=1e-9)
    assert after([*lost, True])[1] <= after([*lost, False])[1]


@given(
    every=st.integers(20, 60),
    bursts=st.lists(st.integers(0, 11_900), max_size=3),
    handicap=st.sampled_from([0.0, 5.0]),
)
@settings(max_examples=examples(10), deadline=None)
def test_the_longer_a_life_the_less_a_call_counts(
    every: int, bursts: list[int], handicap: float
) -> None:
    """Beyond 5,000 calls, beside the twin where one in so many is lost, and thirty at a time."""
    budget = RiskBudget(theta=0.02, handicap=handicap)
    twin = BudgetTwin(0.03, 0.02, "life", 86_400.0, handicap, 0.05)
    lost_ever = 0
    for call in range(12_000):
        lost = call % every == 0 or any(at <= call < at + 30 for at in bursts)
        budget.counted(lost)
        lost_ever += lost
        twin.counted_of(call + 1, lost_ever)
    assert budget.theta == pytest.approx(twin.theta, rel=1e-6)


def test_what_is_spare_of_a_life_stays_within_a_band_whatever_happens() -> None:
    """Though a call counts less in a long life: where each call is lost with 30 times theta, and
    this jumps to 300 times and back."""
    budget = RiskBudget(theta=0.001, handicap=5.0)
    debt, least = 0.0, 0.0
    for call in range(200_000):
        rate = 3.0 if 50_000 <= call % 100_000 < 60_000 else 0.3
        debt += min(rate * budget.theta, 1.0)
        lost = debt >= 1
        debt -= lost
        budget.counted(lost)
        least = min(least, budget.spare)
        if call > 5_000:
            assert budget.spare < 5 * 2.72 + 2 * 12 + math.log(10) / 0.05 + 10
    assert least > -math.log(10) / 0.05


def test_what_is_refused_says_what_was_allowed() -> None:
    for changes, words in (
        ({"cap": 0}, r"cap is 0.0; it can be 0.0001 to 0.5"),
        ({"theta": 0}, r"theta is 0.0"),
        ({"window": "week"}, "window is 'week'; it can be life, window, rolling"),
        ({"window_s": 1}, r"window_s is 1.0; it can be 96 to 1e\+09"),
        ({"handicap": -1}, r"handicap is -1.0"),
        ({"gain": math.nan}, "gain is nan"),
    ):
        with pytest.raises(ValueError, match=words):
            RiskBudget(**changes)
    budget = RiskBudget(window="rolling")
    budget.counted(False, now_s=5)
    theta, spare = budget.theta, budget.spare
    for given_, words in (
        ({"now_s": 4}, r"now_s is 4.0; it can be 5 to 1e\+15"),
        ({"now_s": math.inf}, "now_s is inf"),
        ({"now_s": 6, "to_come": -1}, r"to_come is -1.0; it can be 0 to 1e\+12"),
    ):
        with pytest.raises(ValueError, match=words):
            budget.counted(True, **given_)
    assert (budget.theta, budget.spare) == (theta, spare)
    budget.counted(False, now_s=5)  # what was refused did not move its clock
