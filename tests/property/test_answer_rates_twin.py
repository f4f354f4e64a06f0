"""How likely answers are, beside what each line should have given by now, added up."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from numpy.typing import NDArray

from effort import examples
from fastdial.kernel.answer_rates import AnswerFactor
from twins.answer_rates import AnswerFactorTwin, Line

CHANCES = st.sampled_from([0.0, 0.05, 0.2, 0.3, 1.0])
EVEN = np.clip(1 - (np.arange(64) - 0.5) / 20, 0, 1)
LATE = np.clip(1 - (np.arange(64) - 0.5) / 80, 0, 1)


class RatesMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.rate = AnswerFactor(prior=1.5, weight=4)
        self.twin = AnswerFactorTwin(prior=1.5, weight=4)
        self.now = 0
        self.ringing: list[Line] = []

    @rule(chance=CHANCES, lines=st.integers(1, 40))
    def dial(self, chance: float, lines: int) -> None:
        for _ in range(lines):
            self.rate.dialed(self.now, chance)
            self.ringing.append(self.twin.dialed(self.now, chance))

    @rule(data=st.data(), share=st.floats(0, 1))
    def answer(self, data: st.DataObject, share: float) -> None:
        for _ in range(int(share * min(len(self.ringing), 8))):
            line = self.ringing.pop(data.draw(st.integers(0, len(self.ringing) - 1)))
            self.rate.answered(line.dialed_at)
            self.twin.answered(line)

    @rule(data=st.data(), still=st.sampled_from([0.0, 0.3, 1.0]))
    def give_up(self, data: st.DataObject, still: float) -> None:
        if self.ringing:
            line = self.ringing.pop(data.draw(st.integers(0, len(self.ringing) - 1)))
            self.rate.given_up(line.dialed_at, line.chance, still)
            if self.now - line.dialed_at < 63:
                line.still = still

    @rule(seconds=st.integers(1, 70), late=st.booleans(), settled=st.booleans())
    def time_passes(self, seconds: int, late: bool, settled: bool) -> None:
        survival = LATE if late else EVEN
        for _ in range(seconds):
            self.now += 1
            self.rate.tick(self.now, survival, settled=settled)
            self.twin.tick(self.now, survival.tolist(), settled=settled)

    @rule(later=st.integers(0, 1_000))
    def a_day_begins(self, later: int) -> None:
        self.now += later
        self.ringing.clear()
        self.rate.open_day(self.now)
        self.twin.open_day()

    @invariant()
    def both_believe_the_same(self) -> None:
        assert self.rate.factor == pytest.approx(self.twin.factor, rel=1e-6)
        assert self.rate.doubt == pytest.approx(self.twin.doubt, rel=1e-6)
        assert self.rate.settled == pytest.approx(self.twin.settled.factor, rel=1e-6)


TestRates = RatesMachine.TestCase
TestRates.settings = settings(max_examples=examples(60), stateful_step_count=25, deadline=None)


@given(st.integers(0, 400), st.lists(st.integers(4, 19), max_size=40), st.integers(0, 62))
@settings(deadline=None)
def test_a_wave_says_the_same_however_its_answers_are_spread_once_it_is_over(
    silent: int, rings_s: list[int], given_up_s: int
) -> None:
    """By lines that have ended for certain alone, in whatever order they ended."""
    found = []
    for times_s in (rings_s, [19 for _ in rings_s]):
        rate = AnswerFactor()
        for _ in range(silent + len(rings_s)):
            rate.dialed(0, 0.2)
        for now in range(1, 65):
            rate.tick(now, EVEN, settled=True)
            for _ in range(times_s.count(now)):
                rate.answered(0)
            if now == given_up_s and silent:
                rate.given_up(0, 0.2, 0.5)
        found.append((rate.factor, rate.settled, rate.doubt))
    assert found[0] == found[1]


@pytest.mark.parametrize("now_s", [64, 65, 1_000])
def test_an_answer_after_more_than_a_minute_is_not_put_down_to_other_lines(now_s: int) -> None:
    rate = AnswerFactor()
    rate.dialed(0, 0.2)
    for now in range(1, now_s + 1):
        rate.tick(now, EVEN)
    before = rate.settled
    rate.answered(0)
    for now in range(now_s + 1, now_s + 130):
        rate.tick(now, EVEN)
    assert rate.settled <= before


def heard(rate: AnswerFactor, begin_s: int, factors: Sequence[float]) -> NDArray[np.float64]:
    """Ten lines a second of which a tenth answer, times a factor: what is learned of it by then,
    and the doubt."""
    counts = np.random.default_rng(begin_s).binomial(10, 0.1 * np.array(factors))
    found = []
    for now, count in enumerate(counts, begin_s):
        rate.tick(now, EVEN)
        found.append((rate.factor, rate.doubt))
        rate.dialed(now, 1.0)
        for _ in range(count):
            rate.answered(now)
    return np.array(found)


def off(learned: NDArray[np.float64]) -> float:
    """By how much it is wrong where 1 is true."""
    return float(np.sqrt(np.mean((learned - 1) ** 2)))


def test_answers_that_stand_still_are_known_ever_better() -> None:
    found = heard(AnswerFactor(), 1, [1.0] * 40_000)[20_000:]
    assert off(found[:, 0]) < 0.015
    assert found[:, 1].mean() < 0.0015


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_a_jump_after_long_stillness_is_followed_within_some_dozens_of_answers(
    factor: float,
) -> None:
    rate = AnswerFactor()
    heard(rate, 1, [1.0] * 40_000)
    found = heard(rate, 40_001, [factor] * 400)[:, 0] / factor
    assert off(found[80:]) < 0.25
    assert off(found[200:]) < 0.15


def test_hearing_nothing_leaves_more_in_doubt_where_answers_sway_than_where_they_stand_still() -> (
    None
):
    still = [1.0] * 30_000
    sway = [1 + 0.6 * math.sin(now / 1_000) for now in range(30_000)]
    grown = []
    for factors in (still, sway):
        rate = AnswerFactor()
        heard(rate, 1, factors)
        doubts = []
        for now in range(30_001, 30_301):
            rate.tick(now, EVEN)
            doubts.append(rate.doubt)
        grown.append(doubts[-1] - doubts[99])
    assert grown[0] < 0.2 * 0.0004 * 200
    assert grown[1] > 0.99 * 0.0004 * 200


def test_another_day_may_be_another_world_however_still_this_one_was() -> None:
    rate = AnswerFactor()
    heard(rate, 1, [1.0] * 30_000)
    rate.open_day(50_000)
    at_first = rate.doubt
    rate.tick(50_001, EVEN)
    assert rate.doubt > 0.95 * at_first > 0.3


def test_what_is_refused_says_what_was_allowed() -> None:
    rate = AnswerFactor()
    for act, words in (
        (lambda: AnswerFactor(prior=0), r"prior is 0.0; it can be 1e-06 to 1e\+06"),
        (lambda: AnswerFactor(weight=math.nan), "weight is nan"),
        (lambda: rate.dialed(-1, 0.2), r"now_s is -1.0"),
        (lambda: rate.dialed(0, 1.5), r"chance is 1.5; it can be 0 to 1"),
        (lambda: rate.answered(-1), r"dialed_at_s is -1.0"),
        (lambda: rate.given_up(0, 0.2, 2), r"still is 2.0"),
        (lambda: rate.open_day(math.inf), "now_s is inf"),
        (lambda: rate.tick(1, [0.5]), r"survival has shape \(1,\); give 64 in one column"),
        (lambda: rate.tick(1, [math.nan] * 64), r"survival\[0\] is nan; it can be 0 to 1"),
        (lambda: rate.tick(1, [2.0] * 64), r"survival\[0\] is 2.0"),
        (lambda: rate.tick(1, [[0.5] * 64]), r"survival has shape \(1, 64\)"),
    ):
        with pytest.raises(ValueError, match=words):
            act()
    with pytest.raises(TypeError):
        rate.dialed("now", 0.2)  # type: ignore[arg-type]
    assert (rate.factor, rate.settled) == (1.0, 1.0)
