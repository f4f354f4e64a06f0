"""Answer rates, slow and obvious: all lines are kept, and what each should have given is added up.

Seconds are whole, and each is ticked before what happens in it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

HALF_LIVES = (10.0, 25.0, 60.0, 150.0, 500.0, 4000.0)
KEPT_S = 64
DAY_WEIGHT = 5.0


@dataclass
class Line:
    dialed_at: int
    chance: float
    answered: bool = False
    still: float | None = None
    """given up: the share of answers that take longer"""


def halved(answers: float, half_life: float) -> float:
    """What is left of a weight after so many answers."""
    return float(0.5 ** (answers / half_life))


@dataclass
class Share:
    """Answers, over those that there would have been at a factor of 1, with forgetting."""

    answers: float
    exposure: float

    def add(self, answers: float, exposure: float, kept: float) -> None:
        self.answers = kept * self.answers + answers
        self.exposure = kept * self.exposure + exposure

    @property
    def factor(self) -> float:
        return self.answers / self.exposure


@dataclass
class AnswerFactorTwin:
    prior: float = 1.0
    weight: float = 6.0
    lines: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.memories = [Share(self.prior * self.weight, self.weight) for _ in HALF_LIVES]
        self.scores = [0.0] * len(HALF_LIVES)
        self.life = Share(self.prior * self.weight, self.weight)
        self.settled = Share(5 * self.prior, 5.0)
        self.factor = self.prior
        self.doubt = 1 / self.weight
        self.stale_s = self.apart_s = 0.0
        self.mixed = self.prior
        self.steadiness = -1.0
        self.heard = 0

    def open_day(self) -> None:
        factor = self.life.factor
        self.lines.clear()
        self.memories = [Share(DAY_WEIGHT, DAY_WEIGHT / factor) for _ in HALF_LIVES]
        self.scores = [0.0] * len(HALF_LIVES)
        self.settled = Share(DAY_WEIGHT, DAY_WEIGHT / factor)
        self.factor = self.mixed = factor
        self.stale_s = self.apart_s = 600.0
        self.doubt = 0.0004 * self.stale_s + 0.5 / DAY_WEIGHT
        self.heard = 0

    def dialed(self, now: int, chance: float) -> Line:
        self.lines.append(Line(now, chance))
        return self.lines[-1]

    def answered(self, line: Line) -> None:
        line.answered = True
        self.heard += 1

    def tick(self, now: int, survival: Sequence[float], *, settled: bool = False) -> None:
        answers = float(self.heard)
        exposure = sum(
            line.chance * (survival[now - line.dialed_at - 1] - survival[now - line.dialed_at])
            for line in self.lines
            if line.still is None and 1 <= now - line.dialed_at < KEPT_S
        )
        ended = [line for line in self.lines if line.dialed_at == now - KEPT_S]
        came = float(sum(line.answered for line in ended))
        whole = sum(line.chance * (1 - (line.still or 0.0)) for line in ended)
        self.settled.add(came, whole, halved(came, 500))
        self.life.add(came, whole, halved(came, 20_000))
        if settled:
            answers, exposure = came, whole
        longest = self.memories[-1].factor
        better = answers * math.log(longest / self.mixed) - exposure * (longest - self.mixed)
        self.steadiness = min(max(self.steadiness + better, -6.0), 3.0)
        for at, (memory, half_life) in enumerate(zip(self.memories, HALF_LIVES, strict=True)):
            expected = exposure * memory.factor
            if expected > 0:
                self.scores[at] += answers * math.log(expected) - expected
            memory.add(answers, exposure, halved(exposure * self.factor, half_life))
            memory.answers = max(memory.answers, 1e-6)
        self.heard = 0
        self.weigh(exposure * self.factor)

    def weigh(self, expected: float) -> None:
        best = max(self.scores)
        raw = [math.exp(score - best) for score in self.scores]
        shared = min(0.002 * expected, 0.1)
        weights = [one / sum(raw) * (1 - shared) + shared / len(raw) for one in raw]
        self.scores = [0.998**expected * math.log(one) for one in weights]
        levels = [math.log(memory.factor) for memory in self.memories]
        middle = sum(one * level for one, level in zip(weights, levels, strict=True))
        self.mixed = math.exp(middle)
        steady = 1 / (1 + math.exp(-self.steadiness))
        weights = [(1 - steady) * one for one in weights]
        weights[-1] += steady
        middle = sum(one * level for one, level in zip(weights, levels, strict=True))
        self.factor = math.exp(middle)
        self.stale_s = (self.stale_s + 1) * math.exp(-expected / 10)
        self.apart_s *= math.exp(-expected / 10)
        within_s = self.stale_s - self.apart_s
        self.doubt = 0.0004 * (self.apart_s + (1 - steady) * within_s) + sum(
            one * ((level - middle) ** 2 + 0.5 / memory.answers)
            for one, level, memory in zip(weights, levels, self.memories, strict=True)
        )
