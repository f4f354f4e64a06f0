"""The best that any pacing can do, computed exactly: the yardstick for ours and for the peers.

In the exponential world a ringing line ends after Exp(12 s) and is answered with probability p, a
handle time is Exp(180 s), lines are free, and who answers is lost after w seconds without an agent.
What is known is the number n of answered calls in the system and the number r of ringing lines;
after each event any number of lines may be added. Wanted is the policy that serves most while no
more than a share of the answered calls is abandoned: a constrained Markov decision process.

By Lagrange (E. Altman, "Constrained Markov Decision Processes", 1999) it is the minimum over a
price of the best mean reward for

    served + price (cap answered - abandoned),

a convex function made of straight lines, one for each policy. Two lines, one of a policy under the
cap and one of a policy over it, meet in the next price to try; where no policy lies above the
meeting point, that is the minimum. The best policy at a price is found by policy iteration, each of
its evaluations a sparse linear system.

With w = 0 this is exact. With w > 0 those who wait leave at the rates at which they leave M/M/N
with a fixed patience, given how many wait (A. Brandt and M. Brandt, "On the M(n)/M(n)/s queue with
impatient calls", Performance Evaluation 35, 1999); these do not depend on the rate of arrivals
while that is constant, and it hardly changes within two seconds.

    python -m benchmarks.pacing.optimum             # solve all cells and compare with the file
    python -m benchmarks.pacing.optimum --write     # and write them to it
"""

import argparse
import json
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix
from scipy.sparse.linalg import splu
from scipy.special import gammainc, gammaln

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

RESULTS = Path(__file__).parents[1] / "results" / "optimum.json"
RING_S = 12.0
HANDLE_S = 180.0
CAP = 0.03
CELLS = [
    (agents, answer, patience_s)
    for agents in (1, 2, 5, 10, 20, 50, 100)
    for answer in (0.1, 0.2, 0.3, 0.5)
    for patience_s in (0.0, 2.0)
]
HAIR = 1e-8
"""of a call: below this two values are the same"""
ACCURACY = 1e-6
"""between what is reached and what nothing goes beyond"""


@dataclass(frozen=True)
class Optimum:
    """The solution of one cell."""

    agents: int
    answer: float
    patience_s: float
    cap: float
    utilisation: float
    """handling time over agent time, at most"""
    price: float
    """served calls that one abandoned call more is worth"""
    levels: list[int]
    """by answered calls in the system, from `first` on: dial up to this many ringing lines"""
    first: int

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def leaving_rates(agents: int, patience_s: float, room: int) -> Floats:
    """At which rate somebody leaves, by how many wait (0 to room), by Brandt and Brandt.

    With m completions in a unit of time, k waiting weigh F(k), the integral of m exp(-m x) times
    min(x, w)**k / k! over x from 0 on; F(k-1) / F(k) is the rate at which k become k - 1, and m of
    it is completions.
    """
    m = agents / HANDLE_S
    k = np.arange(room + 1)
    within = gammainc(k + 1, m * patience_s) / m**k
    beyond = np.exp(k * math.log(patience_s) - gammaln(k + 1) - m * patience_s)
    weights = within + beyond
    rates = np.zeros(room + 1)
    rates[1:] = weights[:-1] / weights[1:] - m
    return rates


class Chain:
    """States (n, r) and what happens in them, for one cell.

    n below `first`, which never happens with many agents, is left out; so are queues longer than
    `room` and more ringing lines than `most`.
    """

    def __init__(self, agents: int, answer: float, patience_s: float) -> None:
        self.agents = agents
        self.first = max(0, agents - math.ceil(5 * math.sqrt(agents)))
        room = 0 if patience_s == 0 else math.ceil(6 + 8 * agents * patience_s / HANDLE_S)
        # enough for all who are idle, and for those who finish while it rings
        ahead = 1.2 * (agents - self.first) + agents * RING_S / HANDLE_S
        self.most = math.ceil(ahead / answer) + 10
        shape = (agents + room - self.first + 1, self.most + 1)
        n, r = np.indices(shape)
        self.shape = shape
        busy = np.minimum(n + self.first, agents)
        waiting = n + self.first - busy
        answered = r * answer / RING_S
        lost = np.where(n == shape[0] - 1, answered, 0.0)
        leaves = leaving_rates(agents, patience_s, room)[waiting] if room else np.zeros(shape)
        self.rewards = (busy / HANDLE_S, answered, lost + leaves)
        fewer = np.maximum(n - 1, 0)
        quieter = np.maximum(r - 1, 0)
        # where nothing is going on, one looks again a little later
        still = np.where((n == 0) & (r == 0), 1 / RING_S, 0.0)
        self.moves = [
            (busy / HANDLE_S + leaves, fewer, r),
            (r * (1 - answer) / RING_S + lost, n, quieter),
            (answered - lost, np.minimum(n + 1, shape[0] - 1), quieter),
            (still, n, r),
        ]

    def sensible(self, answer: float) -> Places:
        """A policy to begin with: answers for most of the idle agents.

        From one that dials too little the first step is to one that dials far too much, under which
        states that matter are too rare for the values there to be found.
        """
        n, r = np.indices(self.shape)
        idle = np.maximum(self.agents - self.first - n, 0)
        level = np.ceil(idle * max(1 - self.agents**-0.5, 0.1) / answer)
        found: Places = np.maximum(r, np.minimum(level, self.most).astype(np.int64))
        return found

    def evaluate(self, post: Places) -> tuple[list[float], list[Floats]]:
        """Mean rate and relative values of served, answered and abandoned calls.

        `post`: by state, how many lines ring after the decision. With a reference state's value 0,
        the values are x - g y, where x and y solve the same system without the reference's
        equation for the rewards and for 1; that equation then gives the mean rate g.
        """
        size = self.shape[0] * self.shape[1]
        ids = np.arange(size)
        flows = [(rate.ravel(), (n * self.shape[1] + post[n, r]).ravel())
                 for rate, n, r in self.moves]  # fmt: skip
        out = np.sum([rate for rate, _ in flows], axis=0)
        data = np.concatenate([out, *(-rate for rate, _ in flows)])
        rows = np.tile(ids, 1 + len(flows))
        columns = np.concatenate([ids, *(to for _, to in flows)])
        # visited for ever: the place where all are busy and the lines are as decided there
        n = self.agents - self.first
        reference = n * self.shape[1] + int(post[n, 0])
        kept = rows != reference
        matrix = csc_matrix(
            (np.append(data[kept], 1.0),
             (np.append(rows[kept], reference), np.append(columns[kept], reference))),
            shape=(size, size),
        )  # fmt: skip
        rewards = np.column_stack([*(reward.ravel() for reward in self.rewards), np.ones(size)])
        at_reference = rewards[reference].copy()
        rewards[reference] = 0.0
        solved = splu(matrix).solve(rewards)
        here = ~kept
        balance = data[here] @ solved[columns[here]]
        x, y = solved[:, :3], solved[:, 3:]
        rates = (at_reference[:3] - balance[:3]) / (1.0 - balance[3])
        values = x - rates * y
        return rates.tolist(), [values[:, i].reshape(self.shape) for i in range(3)]

    def improve(self, values: Floats, post: Places) -> Places:
        """The best number of lines from the present one on; the old one unless another beats it."""
        best, at = values[:, -1].copy(), np.full(self.shape[0], self.most)
        found = np.empty_like(post)
        for r in range(self.most, -1, -1):
            better = values[:, r] >= best
            at = np.where(better, r, at)
            best = np.where(better, values[:, r], best)
            found[:, r] = at
        n = np.arange(self.shape[0])[:, None]
        return np.where(values[n, found] > values[n, post] + HAIR, found, post)


@dataclass(frozen=True)
class Line:
    """What a policy is worth by the price: a straight line."""

    served: float
    spare: float
    """cap x answered - abandoned"""
    post: Places

    def at(self, price: float) -> float:
        return self.served + price * self.spare


def best_at(chain: Chain, price: float, cap: float, post: Places) -> Line:
    """The best policy at a price, from some policy on."""
    while True:
        (served, answered, abandoned), values = chain.evaluate(post)
        better = chain.improve(values[0] + price * (cap * values[1] - values[2]), post)
        if (better == post).all():
            return Line(served, cap * answered - abandoned, post)
        post = better


def solve(agents: int, answer: float, patience_s: float, cap: float = CAP) -> Optimum:
    """The optimum of a cell: `agents` 1 or more, `answer` in (0, 1), `patience_s` 0 or more."""
    chain = Chain(agents, answer, patience_s)
    low = high = 1.0
    under = over = best_at(chain, 1.0, cap, chain.sensible(answer))
    while under.spare < 0:
        high *= 2
        under = best_at(chain, high, cap, under.post)
    while over.spare >= 0 and low > 1e-3:
        low /= 2
        over = best_at(chain, low, cap, over.post)
    while True:
        price = (over.served - under.served) / (under.spare - over.spare)
        line = best_at(chain, price, cap, under.post)
        # what a mixture of the two reaches, and what nothing goes beyond
        if line.at(price) <= under.at(price) * (1 + ACCURACY):
            break
        if line.spare < 0:
            over = line
        else:
            under = line
    levels = [int(level) for level in line.post[: agents - chain.first + 1, 0]]
    if levels[0] >= chain.most:
        raise ArithmeticError(f"{chain.most} lines are too few for {agents} agents at {answer}")
    return Optimum(
        agents, answer, patience_s, cap,
        line.at(price) * HANDLE_S / agents, price, levels, chain.first,
    )  # fmt: skip


def load(path: Path = RESULTS) -> dict[tuple[int, float, float], Optimum]:
    """The optima that were kept, by cell."""
    kept = [Optimum(**entry) for entry in json.loads(path.read_text())]
    return {(one.agents, one.answer, one.patience_s): one for one in kept}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pacing.optimum")
    parser.add_argument("--write", action="store_true", help="keep what is found")
    parser.add_argument("--most", type=int, default=100, help="cells of up to so many agents")
    given = parser.parse_args()
    kept = load() if RESULTS.exists() else {}
    for cell in CELLS:
        if cell[0] > given.most:
            continue
        start = time.perf_counter()
        found = solve(*cell)
        before = f"{100 * kept[cell].utilisation:8.3f}" if cell in kept else "       -"
        print(
            f"N = {cell[0]:3}, p = {cell[1]}, w = {cell[2]:g} s: {100 * found.utilisation:8.3f} %,"
            f" kept {before}; price {found.price:.3f}, {time.perf_counter() - start:.1f} s",
            flush=True,
        )
        kept[cell] = found
    if given.write:
        rows = ",\n".join(json.dumps(kept[cell].as_json()) for cell in CELLS if cell in kept)
        RESULTS.write_text(f"[\n{rows}\n]\n")


if __name__ == "__main__":
    main()
