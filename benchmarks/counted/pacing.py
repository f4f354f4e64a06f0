"""Counted operations of pacing: a decision, and a second of a simulated centre that is paced."""

from collections.abc import Callable

from benchmarks.compare.pacing import THETA, forecast

from fastdial.kernel.paced import Paced
from fastdial.kernel.predictive import predictive
from fastdial.kernel.variates import Law, Stream

SECONDS = 600


def decide() -> tuple[Callable[[], object], int]:
    some, *_ = forecast()
    chance = Stream(8)
    ages_s = chance.draws(Law.uniform(0, 24), 300)
    busy_s = chance.draws(Law.exponential(180), 100)
    return (
        lambda: some.decide(
            idle=8, ages_s=ages_s, answers=0.04, busy_s=busy_s, answer=0.04, theta=THETA
        ),
        1,
    )


def paced() -> tuple[Callable[[], object], int]:
    dialer = Paced(agents_max=20, lines_max=500)
    ring, handle = Law.exponential(12), Law.exponential(180)
    return (
        lambda: predictive(
            dialer, agents=20, answer=0.2, ring=ring, handle=handle, opening_s=SECONDS,
            lines_max=500, seed=1,
        ),
        SECONDS,
    )  # fmt: skip


OPERATIONS = {"pacing.decide": decide, "pacing.second": paced}
