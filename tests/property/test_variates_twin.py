"""Streams give what their twins in plain Python give, and so do the laws drawn from them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effort import examples
from fastdial.kernel.variates import Law, Stream
from fastdial.telephony.simulated import laws
from twins import variates as twin

words = st.integers(0, 2**64 - 1) | st.integers(0, 3)
means = st.floats(1e-3, 1e5)


@given(seed=words, stream=words)
def test_a_stream_gives_the_bits_of_its_twin(seed: int, stream: int) -> None:
    ours, theirs = Stream(seed, stream), twin.Stream(seed, stream)
    assert [ours.bits() for _ in range(8)] == [theirs.bits() for _ in range(8)]
    assert [ours.uniform() for _ in range(8)] == [theirs.draw() for _ in range(8)]


@given(seed=words, stream=words, path=st.lists(st.integers(1, 4), max_size=4), drawn=st.booleans())
def test_a_split_stream_follows_from_its_key_and_from_how_often_its_parent_was_split(
    seed: int, stream: int, path: list[int], drawn: bool
) -> None:
    ours, theirs = Stream(seed, stream), twin.Stream(seed, stream)
    for splits in path:
        if drawn:
            ours.bits()
        for _ in range(splits):
            our_child, their_child = ours.split(), theirs.split()
        ours, theirs = our_child, their_child
    assert [ours.bits() for _ in range(4)] == [theirs.bits() for _ in range(4)]


@st.composite
def same_law(draw: st.DrawFn) -> tuple[Law, laws.Law]:
    """A law of ours, and the same one of the simulated network."""
    mean = draw(means)
    kind = draw(st.sampled_from(["constant", "uniform", "exponential", "lognormal", "gamma", "e"]))
    if kind == "constant":
        return Law.constant(mean), laws.Constant(value_s=mean)
    if kind == "uniform":
        high = mean + draw(means)
        return Law.uniform(mean, high), laws.Uniform(low_s=mean, high_s=high)
    if kind == "exponential":
        return Law.exponential(mean), laws.Exponential(mean_s=mean)
    if kind == "lognormal":
        cv = draw(st.floats(0, 5))
        return Law.lognormal(mean, cv), laws.Lognormal(mean_s=mean, cv=cv)
    if kind == "gamma":
        shape = draw(st.floats(0.05, 100))
        return Law.gamma(mean, shape), laws.Gamma(mean_s=mean, shape=shape)
    points = sorted(draw(st.lists(st.floats(0, 1e5), min_size=2, max_size=30)))
    return Law.empirical(points), laws.Empirical(quantiles_s=tuple(points))


@settings(max_examples=examples(300))
@given(pair=same_law(), seed=words)
def test_laws_mean_what_those_of_the_simulated_network_mean(
    pair: tuple[Law, laws.Law], seed: int
) -> None:
    ours, theirs = pair
    drawn = Stream(seed).draws(ours, 20)
    dice = twin.Stream(seed)
    for value in drawn:
        expected_ms = theirs.sample_ms(dice)
        if expected_ms < laws.LONGEST_S * 1_000:
            # within a rounding to whole milliseconds and of the last digits
            assert abs(value * 1_000 - expected_ms) <= 0.5 + 1e-10 * expected_ms
    if not isinstance(theirs, laws.Exponential | laws.Lognormal | laws.Gamma | laws.Constant):
        assert ours.mean == pytest.approx(theirs.mean_s)


@given(seed=words, count=st.integers(0, 50), pair=same_law())
def test_bulk_draws_are_those_made_one_by_one(
    seed: int, count: int, pair: tuple[Law, laws.Law]
) -> None:
    one, many = Stream(seed), Stream(seed)
    assert many.draws(pair[0], count).tolist() == [one.draw(pair[0]) for _ in range(count)]
    assert one.bits() == many.bits()


@given(seed=words, mean=st.floats(0.05, 0.95), sd_share=st.floats(0.05, 0.8))
def test_beta_is_a_gamma_over_the_sum_of_two(seed: int, mean: float, sd_share: float) -> None:
    sd = sd_share * (mean * (1 - mean)) ** 0.5
    n = mean * (1 - mean) / sd**2 - 1
    ours, dice = Stream(seed), twin.Stream(seed)
    if min(mean, 1 - mean) * n < 0.051:
        return
    for value in ours.draws(Law.beta(mean, sd), 5):
        x = twin.gamma(dice, mean * n)
        assert value == pytest.approx(x / (x + twin.gamma(dice, (1 - mean) * n)), rel=1e-9)


@given(seed=words, p=st.floats(0, 1), shares=st.lists(st.floats(0.01, 10), min_size=1, max_size=9))
def test_a_mixture_chooses_its_part_by_the_first_number_and_draws_with_the_next(
    seed: int, p: float, shares: list[float]
) -> None:
    parts = [Law.uniform(n, n + 1) for n in range(len(shares))]
    law = Law.mixture([Law.mixture(parts, shares), Law.bernoulli(p)], [3, 1])
    dice = twin.Stream(seed)
    for value in Stream(seed).draws(law, 10):
        if dice.draw() >= 0.75:
            assert value == (dice.draw() < p)
            continue
        u, part = dice.draw() * sum(shares), 0
        while part < len(shares) - 1 and u >= sum(shares[: part + 1]) * (1 + 1e-13):
            part += 1
        assert value == pytest.approx(part + dice.draw())


def test_every_law_of_the_network_is_thrown_above() -> None:
    """A new one there wants its twin here."""
    kinds = {kind.__name__ for kind in laws.Law.__args__}
    assert kinds == {"Constant", "Uniform", "Exponential", "Lognormal", "Gamma", "Empirical"}
