"""The cap of an hour, slow and obvious: all that happened is kept, and lines are tried one by one.

How many are answered is counted out as a sum over a law, and so is who leaves.
"""

import math
from dataclasses import dataclass

HOUR_S = 3600.0
UNKNOWN = 0.5


def surely(expected: float, leaving: float) -> float:
    mean = (0.8 - 0.4 * leaving) * max(expected, 0.0)
    return max(mean - math.sqrt(mean), 0.0)


class Hours:
    def __init__(self, cap: float) -> None:
        self.cap = cap
        self.calls: list[tuple[float, bool]] = []
        self.left: list[tuple[float, int]] = []
        self.lived: list[int] = []

    def counted(self, abandoned: bool, now_s: float) -> None:
        self.live(now_s)
        self.calls.append((now_s, abandoned))

    def leaves(self, now_s: float, here: int) -> None:
        self.live(now_s)
        self.left.append((now_s, here))

    def live(self, now_s: float) -> None:
        hour = int(now_s // HOUR_S)
        if hour not in self.lived:
            self.lived.append(hour)

    def waves(self) -> list[tuple[int, float]]:
        """After each who left: the hour, and the share of agents who had left at once by then."""
        found: list[tuple[int, float]] = []
        since, of, many = -math.inf, 1, 0
        for at, here in self.left:
            if at - since > 10:
                since, of, many = at, here, 0
            many += 1
            found.append((int(at // HOUR_S), min(many / of, 1.0)))
        return found

    def may_leave(self, hour: int) -> float:
        """By the hours of that time of the day, in order, and the waves of each."""
        share, quiet = UNKNOWN, 0
        for lived in self.lived:
            if lived % 24 != hour % 24:
                continue
            quiet += 1
            if quiet > 20:
                share = 0.0
            for at, left in self.waves():
                if at == lived and left >= 0.75 * share - 1e-9:
                    share, quiet = left, 0
        return share

    def may_lose(self, now_s: float, rate: float, closes_at_s: float) -> int:
        self.live(now_s)
        hour = int(now_s // HOUR_S)
        here = [abandoned for at, abandoned in self.calls if at // HOUR_S == hour]
        ends_at = (hour + 1) * HOUR_S
        come = surely(rate * (min(ends_at, closes_at_s) - now_s), self.may_leave(hour))
        lose = math.floor(self.cap * (len(here) + come) + 1e-9) - sum(here)
        if ends_at - now_s < 40 and closes_at_s > ends_at:
            later = surely(
                rate * (min(ends_at + HOUR_S, closes_at_s) - ends_at), self.may_leave(hour + 1)
            )
            lose = min(lose, math.floor(self.cap * later + 1e-9))
        return lose


@dataclass(frozen=True)
class Moment:
    """What lines are asked for."""

    free: int
    ringing: int
    chance: float
    may_lose: int
    rate: float
    answers: float
    ends: float
    here: int = 0
    is_new: bool = False
    heard: float = 0.0
    expected: float = 0.0
    leaving: float = UNKNOWN
    lose_then: int = 0

    def rise(self) -> float:
        heard_s = 20 + 0.5 / (1e-6 if self.is_new else max(self.rate, 1e-6))
        return 4 ** (min(heard_s, 60) / 60) * max((1 + self.heard) / (1 + self.expected), 1.0)

    def answers_of(self, lines: int, rise: float) -> float:
        more = max(lines - self.ringing, 0)
        return rise * self.answers / 0.9 + more * min(rise * self.chance, 0.99)

    def is_within(self, lines: int, slack: float = 1.0) -> bool:
        """`slack`: of the chances accepted, for rounding."""
        lose = max(self.may_lose, 0)
        if lines <= self.free + lose:
            chance = 0.0
        else:
            answers = self.answers_of(lines, self.rise())
            chance = beyond(self.free + lose, answers, lines, self.ends)
        leave = int(self.leaving * self.here + 1e-6) if self.free > 0 else 0
        if chance > slack * min(2e-4 * (1 + lose), 1e-3):
            return False
        if leave == 0 or lines <= self.free - leave + self.lose_then:
            return True
        return self.loss_if_they_leave(lines, leave) <= slack * 0.005

    def loss_if_they_leave(self, lines: int, leave: int) -> float:
        answers = self.answers_of(lines, 1.0)
        ends = self.ends * (1 - leave / self.here)
        busy = self.here - self.free
        return sum(
            math.comb(self.free, out)
            * math.comb(busy, leave - out)
            / math.comb(self.here, leave)
            * beyond(self.free - out + self.lose_then, answers, lines, ends)
            for out in range(max(leave - busy, 0), min(leave, self.free) + 1)
        )


def beyond(free: int, answers: float, lines: int, ends: float) -> float:
    """P(A - C > free): A of so many lines with this mean, all alike, C by Poisson's law."""
    mean = min(answers, 0.99 * lines)
    at_most = counts(mean, mean / max(lines, 1))
    found = 0.0
    for many in range(400):
        chance = math.exp(many * math.log(max(ends, 1e-300)) - ends - math.lgamma(many + 1))
        found += chance * max(1 - sum(at_most[: max(free + many + 1, 0)]), 0.0)
    return found


def counts(mean: float, share: float) -> list[float]:
    """Chances of 0, 1, ... by a binomial. Trials need not be whole, so that it may end with less
    than 1."""
    if mean <= 0:
        return [1.0]
    share = min(max(share, 1e-6), 1 - 1e-6)
    trials, odds = mean / share, share / (1 - share)
    found = [math.exp(trials * math.log1p(-share))]
    for many in range(600):
        found.append(max(found[-1] * odds * (trials - many) / (many + 1), 0.0))
    return found
