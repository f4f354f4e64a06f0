"""One decision of pacing beside the plain twin, which convolves exact distributions in NumPy."""

from time import perf_counter

import numpy as np
from benchmarks.compare.harness import Measure, Row
from numpy.typing import NDArray

from fastdial.kernel.hazards import HazardLaw
from fastdial.kernel.pacing import Forecast
from fastdial.kernel.variates import Law, Stream

AGENTS = 1_000
LINES = 3_000
IDLE = 20
ROUNDS = 200
THETA = 0.01


def forecast() -> tuple[Forecast, HazardLaw, HazardLaw, HazardLaw]:
    """Laws that were learned from a thousand lines and calls."""
    chance = Stream(7)
    answer, silence = HazardLaw(mean_s=12), HazardLaw(mean_s=25)
    handle = HazardLaw(bin_s=3, growth=1.08, mean_s=180)
    for law, drawn in (
        (answer, Law.uniform(4, 20)),
        (silence, Law.uniform(20, 30)),
        (handle, Law.lognormal(180, 1.2)),
    ):
        for lasted in chance.draws(drawn, 1_000):
            law.observe(lasted)
        law.refresh()
    return Forecast(answer, silence, handle), answer, silence, handle


def prepare(scale: float) -> tuple[Measure, Measure]:
    some, answer, silence, handle = forecast()
    chance = Stream(8)
    lines, agents = max(int(LINES * scale), 3), max(int(AGENTS * scale), 2)
    ages_s = chance.draws(Law.uniform(0, 24), lines)
    answers = chance.draws(Law.beta(0.048, 0.024), lines)
    busy_s = chance.draws(Law.exponential(180), agents)
    idle = max(int(IDLE * scale), 1)

    def ours() -> float:
        start = perf_counter()
        for _ in range(ROUNDS):
            some.decide(
                idle=idle, ages_s=ages_s, answers=answers, busy_s=busy_s, answer=0.048, theta=THETA
            )
        return (perf_counter() - start) / ROUNDS * 1e6

    seconds = np.arange(0, 400.0)
    still, silent, going = (
        np.array([law.survival(second) for second in seconds]) for law in (answer, silence, handle)
    )
    moments = [answer.quantile(share) for share in (0.1, 0.3, 0.5, 0.7, 0.9)]

    def exactly(moment: float) -> float:
        """P(no agent is free) by convolution, a thing at a time."""
        above = np.interp(ages_s, seconds, still)
        later = np.interp(ages_s + moment, seconds, still)
        below = answers * above + (1 - answers) * np.interp(ages_s, seconds, silent) + 1e-6
        done = 1 - np.interp(busy_s + moment, seconds, going) / np.interp(busy_s, seconds, going)
        many = convolved(answers * (above - later) / below)
        ends = convolved(done)
        at_least = np.append(np.cumsum(many[::-1])[::-1], 0.0)
        return float((ends * at_least[np.minimum(idle + np.arange(len(ends)), len(many))]).sum())

    def twin() -> float:
        start = perf_counter()
        sum(exactly(moment) for moment in moments)
        return (perf_counter() - start) * 1e6

    return ours, twin


def convolved(chances: NDArray[np.float64]) -> NDArray[np.float64]:
    found = np.ones(1)
    for chance in chances:
        found = np.convolve(found, [1 - chance, chance])
    return found


def within(scale: float) -> tuple[Measure, Measure]:
    ours, _ = prepare(scale)
    return ours, lambda: 50.0


WORK = "1,000 agents in calls, 3,000 lines ringing at different ages, one decision"
ROWS = [
    Row(
        name="pacing.decide",
        unit="us",
        goal=50,
        peer_name=f"exact convolution, NumPy {np.__version__}",
        prepare=prepare,
        more_is_better=False,
        work=WORK,
    ),
    Row(
        name="pacing.decide.time",
        unit="us",
        goal=1.0,
        peer_name="limit",
        prepare=within,
        more_is_better=False,
        work=WORK,
    ),
]
