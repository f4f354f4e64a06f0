"""The simulated centre that dials ahead comes to what is known of it, and keeps its own books."""

import math
from typing import Any

import numpy as np
import pytest

from fastdial.kernel.erlang import erlang_a, erlang_c_mean_wait
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
        ({"answer_factors": [1.0]}, ValueError, r"has shape \(1,\); the day has 32 pieces"),
        ({"slowness": [0.0] * 32}, ValueError, "each must be above 0"),
        ({"inbound_per_s": [-1.0] * 32}, ValueError, "inbound_per_s is .* each can be 0 to 1000"),
        ({"inbound_per_s": [1.0] * 32}, ValueError, "needs inbound_handle and inbound_patience"),
        ({"break_every": RING}, ValueError, "given together, or neither"),
        ({"shift_s": -1}, ValueError, "shift_s is -1"),
    ],
)
def test_what_is_refused_says_what_was_allowed(
    changes: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        centre(**changes)


def test_answers_and_lines_differ_by_piece_of_the_day() -> None:
    halves = [0.5] * 16 + [1.5] * 16
    runs = centre(agents=100, answer_factors=halves, days=50)
    pieces = runs.answered.sum((0, 1))
    early, late = pieces[1:16].mean(), pieces[17:].mean()
    calls = [1 / (12 + 180 * p) * p for p in (0.1, 0.3)]
    assert early / late == pytest.approx(calls[0] / calls[1], rel=0.02)
    slow = utilisation(centre(slowness=[3.0] * 32, days=100)).mean()
    assert slow == pytest.approx(180 / (180 + 36 / 0.2), abs=0.01)


def test_agents_come_go_home_and_take_breaks_after_their_calls() -> None:
    late = centre(login_after=Law.uniform(0, 1_200))
    assert late.present_s.mean() == pytest.approx(10 * (28_800 - 600), rel=0.01)
    # who is in a call at the end of the shift, three of four, has 180 s to go
    shift = centre(shift_s=7_200)
    assert shift.present_s.mean() == pytest.approx(10 * (7_200 + 0.75 * 180), rel=0.01)
    breaks = centre(break_every=Law.constant(3_000), break_length=Law.constant(600), days=100)
    # each takes seven, the last of them 25,545 s after the opening
    assert breaks.present_s.mean() == pytest.approx(10 * (28_800 - 7 * 600), rel=0.01)
    both = centre(shift_s=3_100, break_every=Law.constant(3_000), break_length=Law.constant(600))
    assert both.present_s.max() < 10 * 3_500


def test_a_person_is_abandoned_when_the_agent_went_on_a_break_meanwhile() -> None:
    runs = centre(break_every=Law.exponential(900), break_length=Law.constant(300))
    assert 0 < runs.abandoned.sum() < 0.2 * runs.answered.sum()
    kept = centre(
        break_every=Law.exponential(900), break_length=Law.constant(300), keeps_agents=True
    )
    assert kept.abandoned.sum() == 0
    assert kept.present_s.mean() == pytest.approx(runs.present_s.mean(), rel=0.03)
    home = centre(shift_s=5_000, keeps_agents=True, trouble=TROUBLE)
    assert home.abandoned.sum() == 0
    assert home.present_s.max() < 10 * 8_000


@pytest.mark.parametrize("agents", [1, 10, 40])
def test_callers_wait_as_in_erlang_c_and_are_lost_as_in_erlang_a(agents: int) -> None:
    """Nobody answers those who are dialed, so all agents are the callers'."""
    given: dict[str, Any] = {
        "agents": agents,
        "answer": 0.0,
        "opening_s": 400_000,
        "days": 1,
        "count": 30,
        "piece_s": 100_000,
        "inbound_per_s": [0.85 * agents / 180] * 4,
        "inbound_handle": HANDLE,
        "inbound_patience": Law.constant(1e6),
    }
    runs = centre(**given)
    mean_s = runs.inbound_waited_s / runs.inbound
    error = mean_s.std() / math.sqrt(mean_s.size)
    assert abs(mean_s.mean() - erlang_c_mean_wait(agents, 0.85 * agents, 180)) < 4 * error
    impatient = centre(**given | {"inbound_patience": Law.exponential(60)})
    lost = impatient.inbound_abandoned / impatient.inbound
    error = lost.std() / math.sqrt(lost.size)
    true = erlang_a(agents, 0.85 * agents / 180, 180, 60).abandons
    assert abs(lost.mean() - true) < 4 * error
    assert runs.answered.sum() == 0


def test_callers_come_in_the_pieces_of_the_day_in_which_they_do() -> None:
    quiet, busy = [0.0] * 16, [0.02] * 16
    runs = centre(
        inbound_per_s=quiet + busy,
        inbound_handle=HANDLE,
        inbound_patience=Law.exponential(500),
        days=200,
    )
    assert runs.inbound.mean() == pytest.approx(0.02 * 14_400, rel=0.02)
    shared = utilisation(runs).mean()
    assert shared > utilisation(centre(days=200)).mean() + 0.02
    # an agent for whom a line rings may be a caller's when it is answered
    assert runs.abandoned.sum() > 0
