"""The best that can be done where lines ring for a while, and what the rule of pacing loses there.

In the world of `optimum` a line may be answered at any moment, however long it has rung. Here time
goes in steps of 2.5 s: a line that will be answered is so after 1 to 8 steps, all as likely, and
nobody waits. What is known is how many agents are in calls, which end as before, and how many lines
have rung for how many steps; at each step up to two lines are dialed. That is few enough to say
what is best for every state, for a few agents. Within a step calls end first, and then lines are
answered.

As there, wanted is what serves most while no more than a share of the answered calls is abandoned:
two policies, which are best at nearly the same price of an abandoned call, meet it in turn. The
best at a price is found by iterating values until all states gain alike. The rule is what
`Forecast` says, with all laws known and one theta, as in `rule`; but a line for each idle agent is
dialed only where it is worth it.

    python -m benchmarks.pacing.rings
"""

import math
from collections.abc import Callable
from itertools import product

import numpy as np
from benchmarks.pacing.in_turn import Reached, at_the_cap
from benchmarks.pacing.optimum import CAP, HANDLE_S, Floats, Places
from benchmarks.pacing.rule import Chances, asked, exponential

from fastdial.kernel.hazards import HazardLaw
from fastdial.kernel.pacing import Forecast

CELLS = [(2, 0.3), (3, 0.3), (5, 0.3), (3, 0.5), (5, 0.5), (10, 0.3)]
STEPS = 8
STEP_S = 2.5
DIALED_MOST = 2
BEYOND = 6
"""people abandoned at once: more never are, nearly"""
ENDS = 1 - math.exp(-STEP_S / HANDLE_S)
PRICES = (0.1, 8.0)
THETAS = (0.005, 0.5)
HALVINGS = 14
SETTLED = 1e-8
"""calls a step, by which states may still differ in what they gain"""


def binomial(most: int, chance: float) -> Floats:
    """At [k, n]: that k of n happen."""
    return np.array(
        [
            [math.comb(n, k) * chance**k * (1 - chance) ** (n - k) for n in range(most + 1)]
            for k in range(most + 1)
        ]
    )


class Rings:
    """What a step does to values of states.

    A state is (agents in calls, lines that rang for 1, 2, ... 7 steps); with a decision, lines that
    were dialed just now come second. Values are arrays of that many axes.
    """

    def __init__(self, agents: int, answer: float) -> None:
        self.agents, self.answer = agents, answer
        self.shape = (agents + 1,) + (DIALED_MOST + 1,) * (STEPS - 1)
        self.answered = [
            binomial(DIALED_MOST, answer / STEPS / (1 - answer * rang / STEPS))
            for rang in range(STEPS)
        ]
        self.ended = binomial(agents, ENDS)

    def before(self, values: Floats, price: float, answered: float) -> Floats:
        """By state and decision: what a step is worth and `values` after it, where an answered
        call is worth `answered` and an abandoned one `price` less."""
        beyond = [values[-1:] - price * lost for lost in range(1, BEYOND + 1)]
        values = np.concatenate([values, *beyond])
        for rang in range(STEPS):
            values = self._answer(values, rang, answered)
        found: Floats = np.zeros((self.agents + 1, *values.shape[1:]))
        for busy in range(self.agents + 1):
            for ended in range(busy + 1):
                found[busy] += self.ended[ended, busy] * values[busy - ended]
        return found

    def _answer(self, values: Floats, rang: int, worth: float) -> Floats:
        """Lines that rang for so many steps are answered, or ring a step longer, or no more."""
        last = rang == STEPS - 1
        values = values[..., None] if last else np.moveaxis(values, 1 + rang, -1)
        found = np.zeros((*values.shape[:-1], DIALED_MOST + 1))
        for answers in range(DIALED_MOST + 1):
            later = np.concatenate([values[answers:], *[values[-1:]] * answers]) + answers * worth
            for lines in range(answers, DIALED_MOST + 1):
                chance = self.answered[rang][answers, lines]
                found[..., lines] += chance * later[..., 0 if last else lines - answers]
        return np.moveaxis(found, -1, 1 + rang)

    def settled(self, step: Callable[[Floats], Floats], values: Floats) -> tuple[float, Floats]:
        """What a step gains in the long run, and the values of states relative to the first."""
        while True:
            gains = (after := step(values)) - values
            values = after - after.flat[0]
            if np.ptp(gains) < SETTLED:
                return float(gains.max() + gains.min()) / 2, values

    def follow(self, policy: Places) -> Reached:
        """Of a policy, lines to dial by state."""
        chosen = policy[:, None]

        def by_policy(price: float, worth: float) -> Callable[[Floats], Floats]:
            def step(values: Floats) -> Floats:
                return np.take_along_axis(self.before(values, price, worth), chosen, 1)[:, 0]

            return step

        answered, _ = self.settled(by_policy(0.0, 1.0), np.zeros(self.shape))
        lost, _ = self.settled(by_policy(-1.0, 0.0), np.zeros(self.shape))
        return Reached((answered - lost) / ENDS / self.agents, CAP * answered - lost)

    def best(self, price: float, values: Floats) -> tuple[Places, Floats]:
        """What is best at a price, for `served + price (cap answered - abandoned)`."""

        def before(values: Floats) -> Floats:
            return self.before(values, 1 + price, 1 + price * CAP)

        def step(values: Floats) -> Floats:
            found: Floats = before(values).max(1)
            return found

        _, values = self.settled(step, values)
        return before(values).argmax(1), values


def optimum(agents: int, answer: float) -> float:
    """The utilisation of the best."""
    rings = Rings(agents, answer)
    values = np.zeros(rings.shape)

    def reached(gain: float) -> Reached:
        nonlocal values
        policy, values = rings.best(1 / gain, values)
        return rings.follow(policy)

    return at_the_cap(reached, 1 / PRICES[1], 1 / PRICES[0], HALVINGS)


def forecast() -> Forecast:
    """That knows the laws."""
    answer, silence = HazardLaw(mean_s=9), HazardLaw(mean_s=9)
    answer.set(np.clip(1 - answer.edges / (STEPS * STEP_S), 0, 1))
    silence.set((silence.edges <= STEPS * STEP_S).astype(float))
    return Forecast(answer, silence, exponential(HANDLE_S, bin_s=3.0, growth=1.08))


def chances(rings: Rings) -> Chances:
    """By state and lines that were dialed just now."""
    some = forecast()
    found = np.empty((*rings.shape[:1], DIALED_MOST + 1, *rings.shape[1:], 4))
    for state in product(*map(range, found.shape[:-1])):
        busy, *lines = state
        found[state] = asked(
            some, idle=rings.agents - busy, ages_s=np.repeat(STEP_S * np.arange(STEPS), lines),
            answers=rings.answer, busy_s=np.zeros(busy), answer=rings.answer,
        )  # fmt: skip
    return Chances(*np.moveaxis(found, -1, 0))


def rule(agents: int, answer: float, waits: bool = True) -> float:
    """The utilisation of the rule; without waiting for an answer that is near, if that is said."""
    rings = Rings(agents, answer)
    known = chances(rings)
    if not waits:
        known = known._replace(overflow_after=np.zeros_like(known.overflow))

    def reached(theta: float) -> Reached:
        dialed = np.cumprod(known.worth(theta), 1).sum(1)
        return rings.follow(np.minimum(dialed, DIALED_MOST))

    return at_the_cap(reached, *THETAS, HALVINGS)


def main() -> None:
    for cell in CELLS:
        best, waiting, without = (
            100 * found for found in (optimum(*cell), rule(*cell), rule(*cell, waits=False))
        )
        print(
            f"N = {cell[0]}, p = {cell[1]}: {best:.3f} % at best; the rule {waiting - best:+.3f},"
            f" without waiting {without - best:+.3f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
