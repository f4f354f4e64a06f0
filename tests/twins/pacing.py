"""Pacing, slow and obvious: laws from counts, and exact distributions by convolution in NumPy."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Survival = Callable[[float], float]


class Hazards:
    """A life table over given edges, all observations kept with their ages."""

    def __init__(self, edges: Floats, half_life: float, mean_s: float, prior: float) -> None:
        self.edges, self.half_life, self.mean_s, self.prior = edges, half_life, mean_s, prior
        self.seen: list[tuple[float, float, bool]] = []

    def observe(self, lasted_s: float, weight: float, ended: bool) -> None:
        self.seen.append((lasted_s, weight, ended))

    def chances(self, lasting_s: Sequence[float] = ()) -> Floats:
        """To end in each bin, for those that reach it."""
        found = []
        after = 0.0
        weights = []
        for _, weight, _ in reversed(self.seen):
            after += weight
            weights.append(weight * 2 ** (-after / self.half_life))
        weights.reverse()
        for low, high in zip(self.edges, self.edges[1:], strict=False):
            last = high == self.edges[-1]
            ended = at_risk = 0.0
            for (lasted, _, did_end), weight in zip(self.seen, weights, strict=True):
                within = low <= lasted and (lasted < high or last)
                ended += weight * (within and did_end)
                if lasted >= high and not last:
                    at_risk += weight
                elif within:
                    at_risk += weight * (1 if did_end else 0.5)
            at_risk += sum(lasted >= high and not last for lasted in lasting_s)
            expected = 1 - math.exp(-(high - low) / self.mean_s)
            found.append((ended + self.prior * expected) / (at_risk + self.prior))
        return np.minimum(found, 1 - 1e-5)

    def survival(self, age_s: float, lasting_s: Sequence[float] = ()) -> float:
        alive = 1.0
        for low, high, chance in zip(
            self.edges, self.edges[1:], self.chances(lasting_s), strict=False
        ):
            if age_s <= low:
                return alive
            share = (age_s - low) / (high - low)
            alive *= (1 - chance) ** (share if high == self.edges[-1] else min(share, 1))
        return alive


def number_of(chances: Floats) -> Floats:
    """The exact distribution of how many of independent things happen."""
    found = np.ones(1)
    for chance in chances:
        found = np.convolve(found, [1 - chance, chance])
    return found


def overflow(
    free: int, answers: Sequence[Floats], ends: Sequence[Floats], late: Sequence[bool]
) -> float:
    """The mean over moments of P(free + C - A <= 0), exactly; late ones count a quarter."""
    total = 0.0
    weights = [0.25 if is_late else 1.0 for is_late in late]
    for lines, calls, weight in zip(answers, ends, weights, strict=True):
        many, done = number_of(lines), number_of(calls)
        # P(A >= j), with a 1 for j of 0 and less and a 0 beyond the end
        at_least = np.concatenate([np.cumsum(many[::-1])[::-1], [0.0]])
        needed = np.clip(free + np.arange(len(done)), 0, len(many))
        total += weight * float((done * at_least[needed]).sum())
    return total / sum(weights)


def line_chances(
    p: float, age: float, moments: Sequence[float], ring: tuple[Survival, Survival]
) -> Floats:
    """Of one line, by `ring`: survival with an answer and without one."""
    answer, silence = ring
    still = p * answer(age)
    return np.array(
        [(still - p * answer(age + x)) / (still + (1 - p) * silence(age) + 1e-6) for x in moments]
    )


def least_spare(
    calls: Sequence[tuple[float, bool]], cap: float, piece_s: float, to_come: float
) -> float:
    """Over the windows of 96 pieces that end with this piece or one of the next: the least of what
    is spare, with each window's oldest piece and without, where pieces to come earn some."""
    now = int(calls[-1][0] / piece_s)
    found = []
    for end in range(now, now + 49):
        earned = (end - now) * 0.4 * cap * to_come * piece_s / 3600
        for oldest in (end - 96, end - 95):
            window = [lost for at, lost in calls if oldest <= int(at / piece_s)]
            found.append(cap * len(window) - sum(window) + earned)
    return min(found)


def accepted(theta: float, free: int, answer: float) -> float:
    """Twice as much for the first of those who are free where one of ten lines is answered, no more
    than theta from three of ten on; and a twentieth more for each of twenty further ones. Never
    more than 0.3."""
    further = min(max(free, 1), 21) - 1
    first = float(np.interp(answer, [0.1, 0.3], [1.0, 0.0])) * math.exp(-further / 1.5)
    return min(theta * (1 + first) * (1 + further / 20), 0.3)


def overflow_after(
    free: int, answers: Sequence[Floats], ends: Sequence[Floats], late: Sequence[bool]
) -> float:
    """The overflow once one of the lines is answered: the mean over the lines, each of which weighs
    as much as it may be answered until that moment; and there is a free agent less."""
    total = 0.0
    weights = [0.25 if is_late else 1.0 for is_late in late]
    for at, weight in enumerate(weights):
        lines = answers[at]
        if lines.sum() < 1e-9:
            total += weight * overflow(free - 1, [lines], [ends[at]], [False])
            continue
        for line, chance in enumerate(lines):
            others = np.delete(lines, line)
            after = overflow(free - 1, [others], [ends[at]], [False])
            total += weight * chance / lines.sum() * after
    return total / sum(weights)


def accepted_after(accepted: float, soon: float, agents: int, handle_s: float) -> float:
    """What a line gains, by a second of waiting: a gain is 0.14 of the time between two answered
    calls, of agents who are in calls for 85 % of the time. Where as much is accepted as can be, no
    answer is waited for."""
    between_s = handle_s / (0.85 * agents) if agents else math.inf
    if soon <= 1e-9 or accepted >= 0.3:
        return 1.0
    return min(accepted * (1 + 1 / (0.14 * between_s * soon)), 1.0)


def choice(chances: Sequence[float], free: int, passed: int) -> int:
    """Which of the next contacts, the oldest first: the likeliest for the last free agent."""
    if passed >= 3 * len(chances):
        return 0
    wanted = max(chances) if free <= 1 else min(chances)
    return list(chances).index(wanted)
