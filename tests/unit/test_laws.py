"""Durations in a simulated world follow the laws that a scenario names."""

from statistics import fmean, pstdev

import msgspec
import pytest

from fastdial.telephony.simulated.dice import Dice, between_0_and_1
from fastdial.telephony.simulated.laws import (
    LONGEST_S,
    Constant,
    Empirical,
    Exponential,
    Gamma,
    Law,
    Lognormal,
    Uniform,
)

LAWS: list[tuple[Law, float, float]] = [
    (Constant(value_s=4.0), 4.0, 0.0),
    (Uniform(low_s=2.0, high_s=8.0), 5.0, 6 / 12**0.5),
    (Exponential(mean_s=7.0), 7.0, 7.0),
    (Lognormal(mean_s=180.0, cv=1.2), 180.0, 216.0),
    (Gamma(mean_s=60.0, shape=3.0), 60.0, 60 / 3**0.5),
    (Gamma(mean_s=60.0, shape=0.5), 60.0, 60 / 0.5**0.5),
    (Empirical(quantiles_s=(0.0, 10.0, 40.0)), 15.0, 12.25),
]


@pytest.mark.parametrize(("law", "mean_s", "deviation_s"), LAWS)
def test_samples_have_the_mean_and_the_spread_of_their_law(
    law: Law, mean_s: float, deviation_s: float
) -> None:
    dice = Dice("spread")
    samples_s = [law.sample_ms(dice) / 1_000 for _ in range(20_000)]
    assert law.mean_s == pytest.approx(mean_s)
    assert fmean(samples_s) == pytest.approx(mean_s, rel=0.03, abs=0.001)
    assert pstdev(samples_s) == pytest.approx(deviation_s, rel=0.08, abs=0.001)


def test_no_duration_is_longer_than_the_longest() -> None:
    law = Lognormal(mean_s=LONGEST_S, cv=20.0)
    dice = Dice("long")
    samples_ms = [law.sample_ms(dice) for _ in range(2_000)]
    assert max(samples_ms) == LONGEST_S * 1_000
    assert min(samples_ms) >= 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('law = "constant"\nvalue_s = nan', "value_s"),
        ('law = "constant"\nvalue_s = -1.0', "value_s"),
        ('law = "exponential"\nmean_s = 0.0', "mean_s"),
        ('law = "uniform"\nlow_s = 3.0\nhigh_s = 2.0', "below `low_s`"),
        ('law = "empirical"\nquantiles_s = [1.0]', "quantiles_s"),
        ('law = "empirical"\nquantiles_s = [3.0, 1.0]', "falls from 3.0 to 1.0"),
        ('law = "pareto"\nmean_s = 2.0', "law"),
    ],
)
def test_impossible_laws_are_refused(text: str, said: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=said):
        msgspec.toml.decode(text, type=Law)


def test_dice_fall_by_their_key_alone() -> None:
    first, again, other = Dice(1, "a"), Dice(1, "a"), Dice(1, "b")
    draws = [first.draw() for _ in range(20)]
    assert draws == [again.draw() for _ in range(20)]
    assert draws != [other.draw() for _ in range(20)]
    assert all(0 < draw < 1 for draw in draws)


def test_no_word_draws_0_or_1() -> None:
    assert 0 < between_0_and_1(0) < between_0_and_1(2**64 - 1) < 1


def test_the_parts_of_a_key_do_not_run_into_each_other() -> None:
    assert Dice(1, 23).draw() != Dice(12, 3).draw()


def test_the_stream_of_dice_is_kept_from_version_to_version() -> None:
    dice = Dice(7, "golden")
    assert [round(dice.draw(), 12) for _ in range(9)] == GOLDEN


GOLDEN = [
    0.016190571102,
    0.396925718054,
    0.647965194879,
    0.040551231751,
    0.588583832695,
    0.604168630461,
    0.899024460457,
    0.728011791106,
    0.574572265709,
]
