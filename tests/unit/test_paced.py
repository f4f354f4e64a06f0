"""The learning pacing keeps its cap, is near the optimum, and does not run away."""

from typing import Any

import numpy as np
import pytest
from benchmarks.pacing.worlds import TROUBLE, ours

from fastdial.kernel.answer_rates import AnswerFactor
from fastdial.kernel.budget import RiskBudget
from fastdial.kernel.paced import Paced
from fastdial.kernel.predictive import predictive
from fastdial.kernel.variates import Law


def percent(runs: Any) -> tuple[float, float]:
    return (
        100 * runs.handling_s.sum() / runs.present_s.sum(),
        100 * runs.abandoned.sum() / runs.answered.sum(),
    )


def test_from_wrong_priors_it_comes_near_the_optimum_and_keeps_the_cap() -> None:
    runs, learned = ours("exponential", 10, 0.2, 0.0, centre={"opening_s": 500_000})
    utilisation, abandoned = percent(runs)
    # the optimum is 86.16 %, one call for each idle agent 75.0 %; the run is a short one
    assert utilisation > 85.0
    assert abandoned <= 3.0
    assert learned["handle_s"] == pytest.approx(180, rel=0.2)


def test_days_with_all_disturbances_at_once_stay_below_the_cap() -> None:
    runs, _ = ours(
        "lifelike", 20, 0.2, 0.0, window="window", centre={"days": 8, "trouble": TROUBLE}
    )
    shares = 100 * runs.abandoned.sum(-1) / runs.answered.sum(-1)
    assert shares.max() <= 3.0
    assert percent(runs)[0] > 82


def hourly_shares(runs: Any) -> Any:
    answered, abandoned = (
        part[0].reshape(-1, 8, 4).sum(2) for part in (runs.answered, runs.abandoned)
    )
    return 100 * abandoned / np.maximum(answered, 1)


def test_hardly_an_hour_is_above_five_percent_unless_that_is_not_asked_for() -> None:
    """With ten agents an hour of a hundred answers may lose five."""

    def shares(hour_cap: float | None) -> tuple[int, float]:
        runs, _ = ours(
            "lifelike", 10, 0.2, 0.0, window="window", seed=4, hour_cap=hour_cap,
            centre={"days": 24, "trouble": TROUBLE},
        )  # fmt: skip
        return int((hourly_shares(runs) > 5.0).sum()), percent(runs)[0]

    over, utilisation = shares(0.05)
    over_without, utilisation_without = shares(None)
    assert over == 0
    assert over_without >= 8
    assert utilisation_without - 8 < utilisation < utilisation_without


def test_twenty_four_hours_at_any_quarter_of_an_hour_stay_below_the_cap() -> None:
    runs, _ = ours(
        "lifelike", 20, 0.2, 0.0, window="rolling", handicap=5.0,
        centre={"days": 8, "trouble": TROUBLE},
    )  # fmt: skip
    answered, abandoned = (
        np.convolve(part[0].ravel(), np.ones(32), "valid")
        for part in (runs.answered, runs.abandoned)
    )
    assert (100 * abandoned / answered).max() <= 3.0
    assert percent(runs)[0] > 82


@pytest.mark.parametrize("agents", [50, 100, 300, 1_000])
def test_lines_do_not_run_away_though_answers_come_before_their_ends_without_one(
    agents: int,
) -> None:
    """With answers that are counted as lines end, 39 % were abandoned at 100 agents."""
    runs, _ = ours("lifelike", agents, 0.1, 0.0, window="window", centre={"opening_s": 2 * 3_600})
    assert percent(runs)[1] <= 3.5
    assert runs.most_lines.max() <= 20 * agents


def test_giving_lines_up_early_pays_and_stays_below_the_cap() -> None:
    plain, giving = (
        ours("lifelike", 10, 0.1, 0.0, legal_ring_s=legal, centre={"opening_s": 200_000})[0]
        for legal in (None, 15.0)
    )
    assert plain.given_up.sum() == 0
    assert percent(giving)[0] > percent(plain)[0] + 1.5
    assert percent(giving)[1] <= 3.0


def test_choosing_which_contact_to_dial_pays_for_a_few_agents_and_leaves_nobody_out() -> None:
    found = {}
    for choices in (1, 5):
        runs, _ = ours(
            "lifelike", 5, 0.3, 0.0, choose=True,
            centre={
                "opening_s": 400_000, "contacts": Law.beta(0.3, 0.15), "told": True,
                "choices": choices,
            },
        )  # fmt: skip
        found[choices] = percent(runs)
        # those that are dialed are neither better nor worse than the list
        assert runs.answered.sum() / runs.dialed.sum() == pytest.approx(0.3, abs=0.01)
    assert found[5][1] <= 3.0
    assert found[5][0] > found[1][0] + 0.4


def test_what_a_platform_tells_wrongly_is_put_right_by_what_comes_of_it() -> None:
    """Told are 0.8 p**0.3: all are said to answer more likely than they do, and nearly alike."""
    found = {}
    for learns in (True, False):
        runs, _ = ours(
            "lifelike", 10, 0.3, 0.0, learn_levels=learns,
            centre={
                "opening_s": 800_000, "contacts": Law.beta(0.3, 0.15), "told": True,
                "told_scale": 0.8, "told_power": 0.3,
            },
        )  # fmt: skip
        found[learns] = percent(runs)
    assert found[True][1] <= 3.0
    assert found[True][0] > found[False][0] + 0.1


def test_a_dialer_of_another_size_is_refused() -> None:
    laws: dict[str, Any] = {"ring": Law.exponential(12), "handle": Law.exponential(180)}
    with pytest.raises(ValueError, match="agents is 6; the dialer was made for 5"):
        predictive(
            Paced(agents_max=5, lines_max=100), agents=6, answer=0.2, opening_s=60, seed=1,
            lines_max=100, **laws,
        )  # fmt: skip
    with pytest.raises(ValueError, match="lines_max is 101; the dialer was made for 100"):
        predictive(
            Paced(agents_max=5, lines_max=100), agents=5, answer=0.2, opening_s=60, seed=1,
            lines_max=101, **laws,
        )  # fmt: skip
    with pytest.raises(ValueError, match="window is 'week'; it can be life, window, rolling"):
        Paced(agents_max=5, lines_max=100, window="week")


def waves(factor: AnswerFactor, p: float, ring_s: int, seconds: int) -> None:
    """A thousand lines every thirty seconds; answers after `ring_s`, the others end later."""
    survival = [1.0 if at <= ring_s else 0.0 for at in range(64)]
    for now in range(seconds):
        if now % 30 == 0:
            for _ in range(1_000):
                factor.dialed(now + 0.5, 0.2)
        if now >= ring_s and (now - ring_s) % 30 == 0:
            for _ in range(round(1_000 * p)):
                factor.answered(now - ring_s + 0.5)
        factor.tick(now + 1, survival)


def test_answers_of_a_wave_do_not_seem_likelier_for_coming_first() -> None:
    factor = AnswerFactor()
    waves(factor, 0.1, 5, 30 * 20 + 12)  # in the middle of a wave, all answers of which have come
    assert factor.factor == pytest.approx(0.5, rel=0.05)
    assert factor.settled == pytest.approx(0.5, rel=0.05)
    assert factor.doubt < 0.01


def test_a_change_is_believed_within_some_tens_of_answers() -> None:
    factor = AnswerFactor()
    waves(factor, 0.1, 5, 600)
    factor.open_day(1_000.0)
    assert factor.factor == pytest.approx(0.5, rel=0.05)
    assert factor.doubt > 0.1  # who knows what today is like


def test_a_budget_loses_what_it_lost_and_no_more() -> None:
    """In a window without end what is spare is the logarithm of theta over the gain."""
    budget = RiskBudget(theta=0.01, gain=0.1)
    before = budget.theta
    for _ in range(20):
        budget.counted(False)
    assert budget.theta > before
    assert budget.spare == pytest.approx(0.6)
    high = budget.theta
    budget.counted(True)
    assert budget.theta < high
    assert budget.spare == pytest.approx(0.6 - 0.97)


def test_a_rolling_window_forgets_what_has_left_it() -> None:
    budget = RiskBudget(window="rolling", window_s=960)
    for second in range(100):
        budget.counted(second < 5, now_s=second)
    assert budget.spare == pytest.approx(100 * 0.03 - 5)
    budget.next_window()
    budget.counted(False, now_s=2_000)
    assert budget.spare == pytest.approx(0.03)
    with pytest.raises(ValueError, match="now_s is 1"):
        budget.counted(False, now_s=1_999)


def test_what_leaves_a_rolling_window_soon_is_not_spare() -> None:
    """What was earned before two calls were lost is as good as gone."""
    budget = RiskBudget(window="rolling", window_s=3 * 86_400)
    for minute in range(200):
        budget.counted(False, now_s=60 * minute)
    for hour in range(60):
        budget.counted(hour < 2, now_s=12_000 + 3_600 * hour)
    # of 200 earned before, 20 are in the piece of the first that was lost
    assert budget.spare == pytest.approx((20 + 60) * 0.03 - 2)


def test_a_day_of_a_rolling_window_spends_its_own_calls_alone() -> None:
    budget = RiskBudget(window="rolling")
    for second in range(1_000):
        budget.counted(False, now_s=second)
    budget.next_window()
    budget.counted(True, now_s=80_000)
    assert budget.spare == pytest.approx(0.03 - 1)


def test_near_the_end_of_a_window_each_call_counts_more() -> None:
    steps = []
    for to_come in (1e6, 100.0):
        budget = RiskBudget(window="window")
        before = budget.theta
        budget.counted(True, to_come=to_come)
        steps.append(np.log(before / budget.theta))
    assert steps[1] > 5 * steps[0]
