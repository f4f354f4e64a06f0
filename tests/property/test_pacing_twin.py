"""The pacing kernel beside plain counts and exact convolutions."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fastdial.kernel.budget import RiskBudget
from fastdial.kernel.hazards import HazardLaw
from fastdial.kernel.pacing import Decision, Forecast, choose
from twins import pacing as twin

ages = st.floats(0, 120, allow_nan=False)


@given(
    st.lists(st.tuples(ages, st.sampled_from([0.25, 1.0]), st.booleans()), max_size=40),
    st.lists(ages, max_size=10),
    st.sampled_from([1.0, 1.08]),
    st.sampled_from([5.0, 500.0]),
)
@settings(deadline=None)
def test_a_law_that_was_learned_is_that_of_a_life_table(
    seen: list[tuple[float, float, bool]],
    lasting: list[float],
    growth: float,
    half_life: float,
) -> None:
    law = HazardLaw(growth=growth, half_life=half_life, mean_s=20, prior=3)
    plain = twin.Hazards(law.edges, half_life, 20, 3)
    for age, weight, ended in seen:
        # at an edge the bin is a matter of rounding
        lasted = age + (1e-3 if np.abs(law.edges - age).min() < 1e-6 else 0.0)
        law.observe(lasted, weight=weight, ended=ended)
        plain.observe(lasted, weight, ended)
    lasting = [age + 1e-3 for age in lasting]
    law.refresh(lasting)
    for age in (0.5, 7.25, 33.0, 63.5):
        expected = plain.survival(age, lasting)
        assert law.survival(age) == pytest.approx(expected, rel=1e-6, abs=1e-9)


def forecast(patience_s: float = 0.0) -> tuple[Forecast, HazardLaw, HazardLaw, HazardLaw]:
    answer, silence = HazardLaw(mean_s=9), HazardLaw(mean_s=22)
    handle = HazardLaw(bin_s=3, growth=1.08, mean_s=150)
    for second in range(4, 21):
        answer.observe(second + 0.5)
        silence.observe(25.5)
    for law in (answer, silence, handle):
        law.refresh()
    return Forecast(answer, silence, handle, patience_s=patience_s), answer, silence, handle


FORECAST = forecast()[0]

centres = st.fixed_dictionaries(
    {
        "idle": st.integers(0, 12),
        "waiting": st.integers(0, 3),
        "lines": st.lists(st.tuples(st.floats(0, 24), st.floats(0.02, 0.6)), max_size=40),
        "busy": st.lists(st.floats(0, 400), max_size=25),
        "patience_s": st.sampled_from([0.0, 2.0]),
        "theta": st.floats(0.002, 0.1) | st.just(0.4),
        "legal_ring_s": st.sampled_from([None, 0.0, 9.0, 15.0, 60.0]),
    }
)


def few(**changes: Any) -> dict[str, Any]:
    return {
        "idle": 1, "waiting": 0, "lines": [], "busy": [], "patience_s": 0.0, "theta": 0.08,
        "legal_ring_s": None,
    } | changes  # fmt: skip


@given(centres)
@example(few())
@example(few(idle=2, lines=[(12.0, 0.05), (18.0, 0.05), (18.0, 0.5)], theta=0.07))
@settings(deadline=None, max_examples=60)
def test_the_chance_that_no_agent_is_free_is_nearly_the_exact_one(case: dict[str, Any]) -> None:
    lines, busy = case["lines"], case["busy"]
    patience_s, theta, legal_s = case["patience_s"], case["theta"], case["legal_ring_s"]
    some, answer, silence, handle = forecast(patience_s)
    # ages where the tables stand, so that only the distributions differ
    at_s = [round(4 * age) / 4 for age, _ in lines]
    busy_s = [4 * round(age / 4) + 2.0 for age in busy]
    chances = [p for _, p in lines]
    made = some.decide(
        idle=case["idle"], waiting=case["waiting"], ages_s=at_s, answers=chances,
        busy_s=busy_s, answer=0.2, theta=theta, legal_ring_s=legal_s, hysteresis=1e6,
    )  # fmt: skip
    assert made.give_up == []
    late = [legal_s is not None and moment > legal_s for moment in made.moments_s]
    at_s += [0.0] * made.launch
    chances += [0.2] * made.launch
    ring = (answer.survival, silence.survival)
    every = [
        twin.line_chances(p, age, made.moments_s, ring)
        for p, age in zip(chances, at_s, strict=True)
    ]
    ends = [
        np.array(
            [1 - handle.survival(age + x + patience_s) / handle.survival(age) for age in busy_s]
        )
        for x in made.moments_s
    ]
    answers = [np.array([line[k] for line in every]) for k in range(5)]
    exact = twin.overflow(made.free, answers, ends, late)
    assert made.overflow == pytest.approx(exact, abs=0.004, rel=0.03)
    assert made.answers == pytest.approx([float(part.sum()) for part in answers], abs=1e-4)
    assert made.ends == pytest.approx([float(part.sum()) for part in ends], abs=1e-4)
    after = twin.overflow_after(made.free, answers, ends, late)
    assert made.overflow_after == pytest.approx(after, abs=0.02, rel=0.1)
    second = [
        twin.line_chances(p, age, [1.0], ring)[0] for p, age in zip(chances, at_s, strict=True)
    ]
    assert made.soon == pytest.approx(sum(second), abs=1e-4)
    agents = max(made.free, 0) + len(busy)
    accepted_after = twin.accepted_after(made.accepted, sum(second), agents, handle.mean_s)
    assert made.accepted_after == pytest.approx(accepted_after, abs=1e-3, rel=1e-3)
    # one more is not worth it, and the last one was, or there are free agents for all
    assert made.overflow > made.accepted - 1e-9 or made.overflow_after > made.accepted_after - 1e-9
    if made.launch and len(at_s) > made.free:
        before = twin.overflow(made.free, [part[:-1] for part in answers], ends, late)
        assert before <= made.accepted * 1.05 + 0.004
        after = twin.overflow_after(made.free, [part[:-1] for part in answers], ends, late)
        then = twin.accepted_after(made.accepted, sum(second[:-1]), agents, handle.mean_s)
        assert then == 1 or after <= then * 1.1 + 0.02


@given(st.integers(0, 120), st.integers(0, 5), st.floats(0, 1), st.floats(0, 0.5))
@settings(deadline=None)
def test_the_first_free_agents_are_worth_more_where_answers_are_rare(
    idle: int, waiting: int, answer: float, theta: float
) -> None:
    made = FORECAST.decide(
        idle=idle, waiting=waiting, ages_s=[], answers=0, busy_s=[], answer=answer, theta=theta,
        most=0,
    )  # fmt: skip
    assert made.accepted == pytest.approx(twin.accepted(theta, idle - waiting, answer), abs=1e-12)


@pytest.mark.parametrize("idle", [1, 20, 400, 1_000])
@pytest.mark.parametrize("answer", [0.02, 0.1, 0.3, 0.9])
def test_however_many_agents_are_free_no_more_than_twice_theta_is_accepted(
    idle: int, answer: float
) -> None:
    def accepted(theta: float) -> float:
        made = FORECAST.decide(
            idle=idle, ages_s=[], answers=0, busy_s=[], answer=answer, theta=theta
        )
        held = made.overflow > made.accepted or made.overflow_after > made.accepted_after
        assert held, "not everything is launched"
        return made.accepted

    assert 0.03 <= accepted(0.03) < 0.0601
    assert accepted(0.5) <= 0.3


@given(
    st.lists(st.sampled_from([0.0, 0.1, 0.25, 1.0]) | st.floats(0, 1), min_size=1, max_size=30),
    st.integers(-5, 5),
    st.integers(0, 100),
)
def test_the_last_free_agent_gets_the_likeliest_contact_and_the_oldest_goes_in_the_end(
    chances: list[float], free: int, passed: int
) -> None:
    assert choose(chances, free=free, passed=passed) == twin.choice(chances, free, passed)


@pytest.mark.parametrize(
    ("chances", "changes", "words"),
    [
        ([], {}, "chances has 0 entries; give 1 to 1000000"),
        ([0.5, 1.5], {}, r"chances\[1\] is 1.5"),
        ([0.5], {"passed": -1}, "passed is -1"),
        ([0.5], {"free": 10**7}, "free is 10000000"),
    ],
)
def test_a_choice_of_none_is_refused(
    chances: list[float], changes: dict[str, int], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        choose(chances, **({"free": 1} | changes))
    with pytest.raises(TypeError, match=r"free is 0.5; it must be an integer"):
        choose([0.5], free=0.5)  # type: ignore[arg-type]


def test_a_line_for_each_free_agent_is_always_launched() -> None:
    some, *_ = forecast()
    made = some.decide(idle=5, ages_s=[1.0], answers=0.9, busy_s=[], answer=0.9, theta=1e-6)
    assert made.launch == 4
    assert some.decide(idle=0, ages_s=[], answers=0, busy_s=[], answer=0.2, theta=0.01).launch == 0
    capped = some.decide(idle=9, ages_s=[], answers=0, busy_s=[], answer=0.2, theta=0.01, most=3)
    assert capped.launch == 3


def test_an_answer_that_is_near_is_waited_for_where_few_agents_are_there() -> None:
    answer, silence = HazardLaw(mean_s=9), HazardLaw(mean_s=9)
    handle = HazardLaw(bin_s=3, growth=1.08, mean_s=180)
    answer.set(np.clip((20 - answer.edges) / 16, 0, 1))
    silence.set((silence.edges < 25).astype(float))
    some = Forecast(answer, silence, handle)

    def asked(age_s: float, busy: int) -> Decision:
        return some.decide(
            idle=1, ages_s=[age_s] * 5, answers=0.1, busy_s=[60.0] * busy, answer=0.2, theta=0.05
        )

    nearly, over = asked(19.0, 4), asked(21.0, 4)
    assert (nearly.launch, nearly.overflow < nearly.accepted) == (0, True)
    assert nearly.overflow_after > nearly.accepted_after
    assert nearly.soon == pytest.approx(5 * 0.0069, rel=0.01)
    assert over.soon == 0
    assert over.launch > 0
    # but not where a chance of 0.3 is accepted, as calls to be abandoned are left over
    spending = some.decide(
        idle=1, ages_s=[19.0] * 5, answers=0.1, busy_s=[60.0] * 4, answer=0.2, theta=0.3
    )
    assert spending.launch > 0
    assert spending.accepted_after == 1
    # one of many agents is soon free anyway: to wait is worth nothing there
    many = asked(19.0, 400)
    assert many.launch > 0
    assert many.overflow_after < many.accepted_after


def test_lines_are_given_up_after_the_legal_ring_time_only_and_longest_first() -> None:
    some, *_ = forecast()
    ages_s = [2.0, 16.0, 19.0, 15.5, 14.0]
    given_up = some.decide(
        idle=0, ages_s=ages_s, answers=0.5, busy_s=[], answer=0.2, theta=0.01, legal_ring_s=15
    ).give_up
    assert given_up == [2, 1, 3]
    calm = some.decide(
        idle=9, ages_s=ages_s, answers=0.5, busy_s=[], answer=0.2, theta=0.01, legal_ring_s=15
    )
    assert calm.give_up == []


def test_more_lines_are_launched_where_they_can_be_given_up_before_all_would_be_answered() -> None:
    some, *_ = forecast()

    def launch(legal_ring_s: float | None) -> int:
        return some.decide(
            idle=5, ages_s=[], answers=0, busy_s=[60.0] * 10, answer=0.1, theta=0.05,
            legal_ring_s=legal_ring_s,
        ).launch  # fmt: skip

    assert launch(15.0) > launch(None)
    assert launch(60.0) == launch(None), "all would be answered by then"
    assert launch(0.0) == launch(None), "no moment is before another, then"


def test_a_few_certain_things_beside_unlikely_ones_make_a_chance_all_the_same() -> None:
    some, *_ = forecast()
    made = some.decide(
        idle=0, ages_s=[12.0, 19.0, 0.0], answers=[0.95, 0.9, 0.01], busy_s=[1e6, 0.0], answer=0.9,
        theta=0.01,
    )  # fmt: skip
    assert 0 <= made.overflow <= 1


def test_doubt_about_all_answers_together_launches_less() -> None:
    some, *_ = forecast()
    launched = [
        some.decide(
            idle=30, ages_s=[], answers=0, busy_s=[], answer=0.1, theta=0.01, doubt=doubt
        ).launch
        for doubt in (0.0, 0.05, 0.3)
    ]
    assert launched[0] > launched[1] > launched[2] >= 30


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"idle": -1}, "idle is -1; it can be 0 to 1000000"),
        ({"theta": 2}, "theta is 2.0; it can be 0 to 1"),
        ({"ages_s": [1.0, math.nan]}, r"ages_s\[1\] is nan"),
        ({"answers": [0.5, 0.5]}, "2 answers for 1 lines"),
        ({"answers": [1.5]}, r"answers\[0\] is 1.5"),
        ({"doubt": -1}, "doubt is -1"),
    ],
)
def test_what_is_refused_says_what_was_allowed(changes: dict[str, Any], words: str) -> None:
    some, *_ = forecast()
    right: dict[str, Any] = {
        "idle": 1, "ages_s": [3.0], "answers": 0.2, "busy_s": [], "answer": 0.2, "theta": 0.01,
    }  # fmt: skip
    with pytest.raises(ValueError, match=words):
        some.decide(**(right | changes))


@given(
    st.lists(st.tuples(st.floats(0, 30_000), st.booleans()), min_size=1, max_size=40),
    st.floats(0, 200),
)
@settings(deadline=None)
def test_a_rolling_window_has_spare_what_the_least_of_the_next_windows_has(
    gaps: list[tuple[float, bool]], to_come: float
) -> None:
    """As each ends, old pieces leave; a day's own calls do not bind a window of three days."""
    budget = RiskBudget(window="rolling", window_s=3 * 86_400)
    calls: list[tuple[float, bool]] = []
    now_s = 0.0
    for gap_s, lost in gaps:
        now_s += gap_s
        calls.append((now_s, lost))
        budget.counted(lost, to_come=to_come, now_s=now_s)
        expected = twin.least_spare(calls, 0.03, 2_700, to_come)
        assert budget.spare == pytest.approx(expected, abs=1e-9)
