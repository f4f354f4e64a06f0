"""Streams and laws: known numbers, known distributions, honest refusals."""

import math
import sys
import threading
from collections.abc import Callable
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fastdial.kernel.variates import Law, Stream
from twins import variates as twin

Column = NDArray[np.float64]

COUNT = 200_000
WORST = 1.949  # Kolmogorov's law: sqrt(n) D is above it once in a thousand samples


def distance(drawn: Column, cdf: Callable[[float], float]) -> float:
    """Kolmogorov and Smirnov's distance between a sample and a distribution, times sqrt(n)."""
    expected = np.array([cdf(value) for value in np.sort(drawn)])
    steps = np.arange(len(drawn) + 1) / len(drawn)
    return float(
        max((steps[1:] - expected).max(), (expected - steps[:-1]).max()) * math.sqrt(len(drawn))
    )


def erlang_cdf(shape: int, scale: float) -> Callable[[float], float]:
    """Gamma of a whole shape."""
    return lambda x: (
        1 - math.exp(-x / scale) * sum((x / scale) ** k / math.factorial(k) for k in range(shape))
    )


def beta_cdf(a: int, b: int) -> Callable[[float], float]:
    """Beta of whole parameters: at least `a` of `a + b - 1` uniform numbers are below x."""
    n = a + b - 1
    return lambda x: sum(math.comb(n, j) * x**j * (1 - x) ** (n - j) for j in range(a, n + 1))


NORMAL = NormalDist()
SIGMA = math.sqrt(math.log1p(1.2**2))

CONTINUOUS: dict[str, tuple[Law, Callable[[float], float], float]] = {
    # law, distribution function, standard deviation
    "uniform": (Law.uniform(4, 20), lambda x: (x - 4) / 16, 16 / math.sqrt(12)),
    "exponential": (Law.exponential(180), lambda x: 1 - math.exp(-x / 180), 180),
    "lognormal": (
        Law.lognormal(180, 1.2),
        lambda x: NORMAL.cdf((math.log(x / 180) + SIGMA**2 / 2) / SIGMA),
        216,
    ),
    "gamma, shape 3": (Law.gamma(60, 3), erlang_cdf(3, 20), 60 / math.sqrt(3)),
    "gamma, shape 1": (Law.gamma(60, 1), erlang_cdf(1, 60), 60),
    "gamma, shape 1/2": (
        Law.gamma(1, 0.5),
        lambda x: math.erf(math.sqrt(x / 2)),
        math.sqrt(2),
    ),
    "gamma, shape 400": (
        Law.gamma(400, 400),
        # Wilson and Hilferty's cube root, good to 1e-5 here
        lambda x: NORMAL.cdf(((x / 400) ** (1 / 3) - (1 - 1 / 3_600)) * math.sqrt(3_600)),
        20,
    ),
    "beta(2, 8)": (Law.beta(0.2, math.sqrt(0.2 * 0.8 / 11)), beta_cdf(2, 8), math.sqrt(0.16 / 11)),
    "empirical": (
        Law.empirical([0, 10, 10.5, 40]),
        lambda x: float(np.interp(x, [0, 10, 10.5, 40], [0, 1 / 3, 2 / 3, 1])),
        math.sqrt((100 + 100 + 105 + 110.25 + 110.25 + 420 + 1_600) / 9 - 13.5**2),
    ),
    "mixture": (
        Law.mixture([Law.exponential(10), Law.uniform(50, 60)], [3, 1]),
        lambda x: 0.75 * (1 - math.exp(-x / 10)) + 0.25 * min(max((x - 50) / 10, 0), 1),
        math.sqrt(0.75 * 200 + 0.25 * (55**2 + 100 / 12) - 21.25**2),
    ),
}


def test_the_generator_is_xoshiro256_plus_plus() -> None:
    """The twin gives published numbers: those that follow from the words 0, 0, 0, 1."""
    numbers = twin.Xoshiro([0, 0, 0, 1])
    assert [f"{numbers.bits():016X}" for _ in range(10)] == [
        "0000000000800000",
        "0000000000800011",
        "0002200000800011",
        "0002200044000020",
        "00022000448008A1",
        "01102100802208A0",
        "0114002284200880",
        "0402896644A64095",
        "8A14A0A244ACC891",
        "8C88BA4680B20495",
    ]


def test_the_words_are_those_of_splitmix64() -> None:
    assert twin.split_mix(1234567, 3) == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
    ]


def test_what_a_seed_gives_stays_as_it_is() -> None:
    stream = Stream(20_231_117, 3)
    assert [stream.bits() for _ in range(3)] == [
        16307252490072978417,
        7180017291296157699,
        202473971805711810,
    ]
    assert stream.split().bits() == 10462741114890053202
    assert stream.draw(Law.exponential(180)) == pytest.approx(54.95777172789837, rel=1e-14)
    assert stream.draw(Law.gamma(10, 0.5)) == pytest.approx(5.1276247451670045, rel=1e-12)


@pytest.mark.parametrize("name", CONTINUOUS)
def test_draws_have_the_distribution_of_the_law(name: str) -> None:
    law, cdf, _ = CONTINUOUS[name]
    assert distance(Stream(1, 7).draws(law, COUNT // 10), cdf) < WORST


@pytest.mark.parametrize("name", CONTINUOUS)
def test_draws_have_the_moments_of_the_law(name: str) -> None:
    law, _, sd = CONTINUOUS[name]
    drawn = Stream(2, 7).draws(law, COUNT)
    assert drawn.mean() == pytest.approx(law.mean, abs=4 * sd / math.sqrt(COUNT))
    assert drawn.std() == pytest.approx(sd, rel=0.03)
    assert drawn.min() >= law.low


def test_the_distance_would_notice_a_law_that_is_a_little_off() -> None:
    drawn = Stream(1, 7).draws(Law.exponential(180), COUNT // 10)
    assert distance(drawn, lambda x: 1 - math.exp(-x / 190)) > WORST


def test_bernoulli_happens_as_often_as_it_says() -> None:
    drawn = Stream(3).draws(Law.bernoulli(0.3), COUNT)
    assert set(drawn.tolist()) == {0.0, 1.0}
    assert drawn.mean() == pytest.approx(0.3, abs=4 * math.sqrt(0.21 / COUNT))
    stream = Stream(3)
    assert [stream.happens(0.3) for _ in range(9)] == drawn[:9].astype(bool).tolist()


@pytest.mark.parametrize(("p", "value"), [(0.0, 0.0), (1.0, 1.0)])
def test_what_is_certain_always_happens(p: float, value: float) -> None:
    assert set(Stream(4).draws(Law.bernoulli(p), 10_000).tolist()) == {value}


def test_a_constant_draws_nothing_from_the_stream() -> None:
    stream = Stream(5)
    assert stream.draws(Law.constant(7), 3).tolist() == [7.0] * 3
    assert stream.bits() == Stream(5).bits()


def test_streams_are_independent_of_their_neighbours_and_of_their_children() -> None:
    parent = Stream(6)
    children = [parent.split() for _ in range(3)]
    streams = [*children, children[0].split(), parent, Stream(6, 1), Stream(7), Stream(1, 6)]
    drawn = np.array([stream.draws(Law.uniform(0, 1), 20_000) for stream in streams])
    correlation = np.corrcoef(drawn) - np.eye(len(streams))
    assert np.abs(correlation).max() < 4.5 / math.sqrt(20_000)
    lagged = np.corrcoef(drawn[:, 1:], drawn[:, :-1]) - np.eye(2 * len(streams))
    assert np.abs(lagged).max() < 4.5 / math.sqrt(20_000)


def test_the_first_numbers_of_many_streams_are_as_random_as_those_of_one() -> None:
    for firsts in (
        np.array([Stream(8, stream).uniform() for stream in range(20_000)]),
        np.array([Stream(seed).uniform() for seed in range(20_000)]),
        np.array([Stream(1 << 40, stream << 44).uniform() for stream in range(20_000)]),
    ):
        assert distance(firsts, lambda x: x) < WORST
        assert abs(np.corrcoef(firsts[1:], firsts[:-1])[0, 1]) < 4 / math.sqrt(20_000)


def test_the_same_seed_and_stream_give_the_same_again() -> None:
    law = Law.gamma(10, 2)
    assert Stream(9, 2).draws(law, 100).tolist() == Stream(9, 2).draws(law, 100).tolist()
    assert Stream(9, 2).bits() not in {Stream(9, 3).bits(), Stream(2, 9).bits(), Stream(9).bits()}


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: Law.exponential(0), ValueError, "mean is 0; it must be above 0"),
        (lambda: Law.exponential(-1), ValueError, "mean is -1"),
        (lambda: Law.exponential(math.nan), ValueError, "mean is nan"),
        (lambda: Law.exponential("long"), TypeError, "mean is 'long'; it must be a number"),  # type: ignore[arg-type]  # wrong on purpose
        (lambda: Law.uniform(3, 2), ValueError, "high is 2.0; it can be 3 to"),
        (lambda: Law.lognormal(10, 21), ValueError, "cv is 21.0; it can be 0 to 20"),
        (lambda: Law.gamma(10, 0.01), ValueError, "shape is 0.01; it can be 0.05 to 1000"),
        (lambda: Law.beta(0.1, 0.3), ValueError, "too much for shares"),
        (lambda: Law.beta(0.1, 0), ValueError, "sd is 0"),
        (lambda: Law.bernoulli(1.1), ValueError, "p is 1.1; it can be 0 to 1"),
        (lambda: Law.constant(math.inf), ValueError, "value is inf"),
        (lambda: Law.empirical([1]), ValueError, "quantiles has 1 rows; give 2 to 1001"),
        (lambda: Law.empirical([1, 3, 2]), ValueError, "quantiles falls from 3.0 to 2.0"),
        (lambda: Law.empirical([1, math.nan]), ValueError, r"quantiles\[1\] is nan"),
        (lambda: Law.empirical(["a", "b"]), TypeError, "quantiles has dtype"),
        (lambda: Law.empirical([[1, 2]]), ValueError, "2 dimensions"),
        (lambda: Law.mixture([], []), (TypeError, ValueError), "laws|dtype"),
        (lambda: Law.mixture([Law.constant(1)], [1, 2]), ValueError, "1 laws and 2 shares"),
        (lambda: Law.mixture([Law.constant(1)], [0]), ValueError, "each must be above 0"),
        (lambda: Law.mixture([3], [1]), TypeError, "laws holds 3; give laws"),  # type: ignore[list-item]  # wrong on purpose
        (Law, TypeError, "make a law by a method"),
        (lambda: Stream(-1), ValueError, "seed is -1; it can be 0 to"),
        (lambda: Stream(0, 2**64), ValueError, "stream is 18446744073709551616"),
        (lambda: Stream(1.5), TypeError, "seed is 1.5; it must be an integer"),  # type: ignore[arg-type]  # wrong on purpose
        (lambda: Stream(1).draws(Law.constant(1), -1), ValueError, "count is -1"),
        (lambda: Stream(1).draw(None), TypeError, "law"),  # type: ignore[arg-type]  # wrong on purpose
        (lambda: Stream(1).happens(2), ValueError, "p is 2.0; it can be 0 to 1"),
    ],
)
def test_what_is_refused_says_what_was_allowed(
    make: Callable[[], Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        make()


def test_a_mixture_keeps_its_parts_alive() -> None:
    law = Law.mixture([Law.empirical(range(1_000)) for _ in range(3)], [1, 1, 1])
    other = [Law.empirical(np.full(1_000, -5.0)) for _ in range(9)]
    assert Stream(1).draws(law, 1_000).min() >= 0
    assert (law.low, other[0].low) == (0.0, -5.0)
    assert law.mean == pytest.approx(499.5)


def test_a_law_says_what_it_is_and_what_it_holds() -> None:
    assert repr(Law.lognormal(180, 1.2)) == "Law.lognormal(mean=180, cv=1.2)"
    assert sys.getsizeof(Law.empirical(range(1_001))) > 8 * 1_001


def test_threads_that_share_a_stream_are_refused_or_served() -> None:
    shared = Stream(1)
    outcomes: list[str] = []

    def work() -> None:
        for _ in range(30):
            try:
                shared.draws(Law.gamma(1, 0.5), 5_000)
                outcomes.append("served")
            except RuntimeError:
                outcomes.append("refused")

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(outcomes) <= {"served", "refused"}
    alone = Stream(1)
    alone.draws(Law.gamma(1, 0.5), 5_000 * outcomes.count("served"))
    assert shared.bits() == alone.bits()
