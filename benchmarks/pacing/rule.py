"""What the rule itself loses against the best that can be done, exactly: no run, no learning.

In the chain of the exact optimum (`optimum`) lines are dialed by what `Forecast` says there, with
all laws known and one theta, chosen so that the cap is met by two thetas in turn.

    python -m benchmarks.pacing.rule            # all cells of up to 20 agents
"""

import argparse
import math

import numpy as np
from benchmarks.pacing import optimum
from benchmarks.pacing.optimum import CAP, CELLS, HANDLE_S, RING_S, Chain, Floats, Line, Places

from fastdial.kernel.hazards import HazardLaw
from fastdial.kernel.pacing import Forecast

STEPS = 16
"""halvings of theta's range, in logarithms"""
THETAS = (1e-4, 0.3)


def exponential(mean_s: float, **bins: float) -> HazardLaw:
    law = HazardLaw(mean_s=mean_s, **bins)
    law.set(np.exp(-law.edges / mean_s))
    return law


def chances(chain: Chain, answer: float, patience_s: float) -> tuple[Floats, Floats]:
    """By state: the chance that the next line's answer meets nobody. And what is accepted of it, by
    answered calls in the system, in thetas."""
    ring, handle = exponential(RING_S), exponential(HANDLE_S, bin_s=3.0, growth=1.08)
    forecast = Forecast(ring, exponential(RING_S), handle, patience_s=patience_s)
    over = np.empty(chain.shape)
    accepted = np.empty(chain.shape[0])
    for n in range(chain.shape[0]):
        busy = min(n + chain.first, chain.agents)
        for r in range(chain.shape[1]):
            made = forecast.decide(
                idle=chain.agents - busy, waiting=n + chain.first - busy, ages_s=np.zeros(r),
                answers=answer, busy_s=np.zeros(busy), answer=answer, theta=0.01, most=r,
            )  # fmt: skip
            over[n, r] = made.overflow
            accepted[n] = made.accepted / 0.01
    return over, accepted


def policy(chain: Chain, over: Floats, accepted: Floats) -> Places:
    """Lines that ring after the decision: those that ring, up to the first that is not worth it."""
    worth = over <= accepted[:, None]
    level = np.where(worth.all(1), chain.most, np.argmin(worth, 1))
    idle = chain.agents - chain.first - np.arange(chain.shape[0])
    level = np.minimum(np.maximum(level, idle), chain.most)
    found: Places = np.maximum(np.arange(chain.shape[1]), level[:, None]).astype(np.int64)
    return found


def utilisation(agents: int, answer: float, patience_s: float) -> float:
    """Of the rule, at the cap: two thetas in turn, nearly the same, meet it."""
    chain = Chain(agents, answer, patience_s)
    over, accepted = chances(chain, answer, patience_s)
    low, high = (math.log(theta) for theta in THETAS)
    under: Line | None = None
    above: Line | None = None
    for _ in range(STEPS):
        middle = (low + high) / 2
        post = policy(chain, over, math.exp(middle) * accepted)
        (served, answered, abandoned), _ = chain.evaluate(post)
        line = Line(served, CAP * answered - abandoned, post)
        if line.spare < 0:
            high, above = middle, line
        else:
            low, under = middle, line
    if under is None or above is None:
        raise ArithmeticError(f"no theta meets the cap with {agents} agents at {answer}")
    share = under.spare / (under.spare - above.spare)
    return (under.served + share * (above.served - under.served)) * HANDLE_S / agents


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pacing.rule")
    parser.add_argument("--most", type=int, default=20, help="cells of up to so many agents")
    given = parser.parse_args()
    best = optimum.load()
    for cell in CELLS:
        if 1 < cell[0] <= given.most:
            loss = 100 * (best[cell].utilisation - utilisation(*cell))
            print(f"N = {cell[0]:3}, p = {cell[1]}, w = {cell[2]:g} s: {loss:6.3f}", flush=True)


if __name__ == "__main__":
    main()
