"""The simulated centre that dials ahead comes to what is known of it, and keeps its own books."""

import math
from typing import Any

import numpy as np
import pytest

from fastdial.kernel.predictive import Dialer, OneToOne, Runs, predictive
from fastdial.kernel.variates import Law

RING = Law.exponential(12)
HANDLE = Law.exponential(180)
TROUBLE = {
    "sway": 0.6,
    "jumps_per_h": 2.0,
    "lunch_share": 0.5,
    "lunch_s": 1_800,
    "slow_factor": 1.5,
    "slow_s": 3_600,
    "dry_s": 900,
}


def centre(**changes: Any) -> Runs:
    """Ten agents, a call for each that is idle, twenty days of eight hours."""
    given: dict[str, Any] = {
        "dialer": OneToOne(),
        "agents": 10,
        "answer": 0.2,
        "ring": RING,
        "handle": HANDLE,
        "opening_s": 8 * 3_600,
        "days": 20,
        "seed": 20_231_118,
        "count": 2,
    } | changes
    return predictive(given.pop("dialer"), **given)


def utilisation(runs: Runs) -> Any:
    return runs.handling_s / runs.present_s


@pytest.mark.parametrize("answer", [0.1, 0.2, 0.3, 0.5])
@pytest.mark.parametrize("agents", [1, 10, 100])
def test_one_call_for_each_idle_agent_is_progressive_dialing(agents: int, answer: float) -> None:
    """180 / (180 + 12 / p): 60.0, 75.0, 81.8 and 88.2 % for p of .1, .2, .3 and .5."""
    runs = centre(agents=agents, answer=answer, opening_s=400_000, days=1, count=20)
    found = utilisation(runs)
    error = found.std(ddof=1) / math.sqrt(found.size)
    # the first call comes after 12 s / p of idleness instead of the mean of an even day
    assert abs(found.mean() - 180 / (180 + 12 / answer)) < 4 * error + 12 / answer / 400_000
    assert error < 0.004
    assert runs.abandoned.sum() == 0


def test_a_person_is_abandoned_when_the_agent_went_to_lunch_meanwhile() -> None:
    calm = centre(trouble={})
    lunch = centre(trouble={"lunch_share": 0.5, "lunch_s": 3_600})
    assert calm.abandoned.sum() == 0
    assert 0 < lunch.abandoned.sum() < 5 * lunch.abandoned.size
    # five agents, an hour each, of ten for eight; who is in a call goes later
    assert lunch.present_s.mean() == pytest.approx((80 - 5) * 3_600, rel=0.01)
    assert centre(trouble=TROUBLE, patience_s=60).abandoned.sum() < lunch.abandoned.sum()


def test_answers_sway_and_jump_around_what_they_are_on_an_even_day() -> None:
    def share(**changes: Any) -> Any:
        runs = centre(agents=100, opening_s=3_600 * 20, days=30, count=1, **changes)
        return runs.answered.sum(-1) / runs.dialed

    def expected(probability: Any) -> Any:
        calls = 1 / (12 + 180 * probability)  # of an agent in a second
        return (calls * probability).mean() / calls.mean()

    even, sway = share(), share(trouble={"sway": 0.6})
    assert even.std() < 0.003
    turn = np.linspace(0, 2 * np.pi, 1_000, endpoint=False)
    assert sway.mean() == pytest.approx(expected(0.2 + 0.12 * np.sin(turn)), abs=0.004)
    jumps = share(trouble={"jumps_per_h": 4.0})
    assert jumps.std() > 3 * even.std()
    assert jumps.mean() == pytest.approx(expected(np.array([0.1, 0.2, 0.4])), abs=0.01)


def test_nothing_is_dialed_while_the_list_is_dry_and_slow_lines_ring_longer() -> None:
    calm = utilisation(centre(days=100)).mean()
    dry = utilisation(centre(days=100, trouble={"dry_s": 2 * 3_600})).mean()
    assert dry == pytest.approx(calm * 0.75, abs=0.02)
    slow = utilisation(centre(days=100, trouble={"slow_factor": 3, "slow_s": 8 * 3_600})).mean()
    assert slow == pytest.approx(180 / (180 + 36 / 0.2), abs=0.01)


def test_calls_engaged_and_not_answered_end_by_their_own_laws() -> None:
    runs = centre(
        ring=Law.constant(10),
        no_answer=Law.constant(25),
        engaged=Law.constant(2),
        engaged_share=0.5,
        days=100,
    )
    line_s = 0.2 * 10 + 0.8 * (0.5 * 25 + 0.5 * 2)
    assert utilisation(runs).mean() == pytest.approx(36 / (36 + line_s), abs=0.005)


def test_contacts_have_probabilities_of_their_own() -> None:
    runs = centre(contacts=Law.beta(0.2, 0.1), told=True, choices=10, days=100)
    assert runs.answered.sum() / runs.dialed.sum() == pytest.approx(0.2, abs=0.01)


def test_the_books_agree() -> None:
    runs = centre(trouble=TROUBLE, patience_s=2)
    assert (runs.answered.sum(-1) <= runs.dialed).all()
    assert (runs.abandoned <= runs.answered).all()
    assert (runs.handling_s <= runs.present_s).all()
    assert runs.given_up.sum() == 0
    assert (runs.most_lines <= 10).all()
    assert runs.answered.shape == (2, 20, 32)


def test_no_more_lines_ring_than_there_are() -> None:
    assert (centre(lines_max=3).most_lines == 3).all()


def test_a_replication_is_the_same_alone_and_among_others() -> None:
    whole = centre(trouble=TROUBLE, days=3, count=3)
    for row in range(3):
        alone = centre(trouble=TROUBLE, days=3, first=row, count=1)
        for name in Runs._fields:
            np.testing.assert_array_equal(getattr(alone, name)[0], getattr(whole, name)[row])


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"agents": 0}, ValueError, "agents is 0; it can be 1 to 10000"),
        ({"answer": 1.5}, ValueError, "answer is 1.5; it can be 0 to 1"),
        ({"ring": Law.constant(0)}, ValueError, "must last some time"),
        ({"handle": Law.uniform(-1, 5)}, ValueError, "which can fall below 0"),
        ({"patience_s": -1}, ValueError, "patience_s is -1"),
        ({"opening_s": math.inf}, ValueError, "opening_s is inf"),
        ({"days": 0}, ValueError, "days is 0"),
        ({"choices": 1001}, ValueError, "choices is 1001"),
        ({"trouble": {"rain": 1}}, ValueError, "trouble has 'rain'; it can have sway"),
        ({"trouble": {"sway": 2}}, ValueError, r"trouble\['sway'\] is 2.0; it can be 0 to 1"),
        ({"lines_max": 0}, ValueError, "lines_max is 0"),
        ({"days": 100_000, "agents": 1_000}, ValueError, "1e.10 is the most"),
        ({"dialer": Dialer()}, TypeError, "Dialer has no policy"),
        ({"seed": -1}, ValueError, "seed is -1"),
    ],
)
def test_what_is_refused_says_what_was_allowed(
    changes: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        centre(**changes)
