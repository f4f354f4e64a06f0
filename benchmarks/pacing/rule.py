"""What the rule itself loses against the best that can be done, exactly: no run, no learning.

In the chain of the exact optimum (`optimum`) lines are dialed by what `Forecast` says there, with
all laws known and one theta, chosen so that the cap is met by two thetas in turn.

    python -m benchmarks.pacing.rule            # all cells of up to 20 agents
"""

import argparse
from typing import Any, NamedTuple

import numpy as np
from benchmarks.pacing import optimum
from benchmarks.pacing.in_turn import Reached, at_the_cap
from benchmarks.pacing.optimum import CAP, CELLS, HANDLE_S, RING_S, Chain, Floats, Places
from numpy.typing import NDArray

from fastdial.kernel.hazards import HazardLaw
from fastdial.kernel.pacing import Forecast

HALVINGS = 16
"""halvings of theta's range, in logarithms"""
THETAS = (1e-4, 0.3)


def exponential(mean_s: float, **bins: float) -> HazardLaw:
    law = HazardLaw(mean_s=mean_s, **bins)
    law.set(np.exp(-law.edges / mean_s))
    return law


TINY = 1e-6
"""a theta at which nothing reaches 1 that is accepted"""


class Chances(NamedTuple):
    """What decides about one line more, by state (answered calls in the system, ringing lines)."""

    overflow: Floats
    """the chance that its answer meets nobody"""
    accepted: Floats
    """of that, in thetas, here and below"""
    overflow_after: Floats
    """the same chance once a line that rings is answered"""
    accepted_after: Floats

    def worth(self, theta: float) -> NDArray[np.bool_]:
        """Where one line more is."""
        then = theta * self.accepted_after
        found: NDArray[np.bool_] = (self.overflow <= theta * self.accepted) & (
            (then >= 1) | (self.overflow_after <= then)
        )
        return found


def asked(forecast: Forecast, **floor: Any) -> tuple[float, float, float, float]:
    """One state's `Chances`: what `Forecast` says beside these lines, and launches none."""
    made = forecast.decide(theta=TINY, most=len(floor["ages_s"]), **floor)
    return (
        made.overflow, made.accepted / TINY, made.overflow_after, made.accepted_after / TINY
    )  # fmt: skip


def chances(chain: Chain, answer: float, patience_s: float) -> Chances:
    """With all laws known."""
    ring, handle = exponential(RING_S), exponential(HANDLE_S, bin_s=3.0, growth=1.08)
    forecast = Forecast(ring, exponential(RING_S), handle, patience_s=patience_s)
    found = np.empty((*chain.shape, 4))
    for n in range(chain.shape[0]):
        busy = min(n + chain.first, chain.agents)
        for r in range(chain.shape[1]):
            found[n, r] = asked(
                forecast, idle=chain.agents - busy, waiting=n + chain.first - busy,
                ages_s=np.zeros(r), answers=answer, busy_s=np.zeros(busy), answer=answer,
            )  # fmt: skip
    return Chances(*np.moveaxis(found, -1, 0))


def policy(chain: Chain, known: Chances, theta: float) -> Places:
    """Lines that ring after the decision: those that ring, up to the first that is not worth it."""
    worth = known.worth(theta)
    level = np.where(worth.all(1), chain.most, np.argmin(worth, 1))
    idle = chain.agents - chain.first - np.arange(chain.shape[0])
    level = np.minimum(np.maximum(level, idle), chain.most)
    found: Places = np.maximum(np.arange(chain.shape[1]), level[:, None]).astype(np.int64)
    return found


def utilisation(agents: int, answer: float, patience_s: float) -> float:
    """Of the rule, at the cap: two thetas in turn, nearly the same, meet it."""
    chain = Chain(agents, answer, patience_s)
    known = chances(chain, answer, patience_s)

    def reached(theta: float) -> Reached:
        (served, answered, abandoned), _ = chain.evaluate(policy(chain, known, theta))
        return Reached(served * HANDLE_S / agents, CAP * answered - abandoned)

    return at_the_cap(reached, *THETAS, HALVINGS)


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
