"""Pacing as others do it, in Python: formula by formula, slow and obvious.

Each has `told(what, value)`, which hears what happens, and `act(view)`, which says how many lines
to dial more.
"""

import math
from collections import Counter, deque
from statistics import NormalDist, fmean
from typing import TypedDict

import numpy as np

from fastdial.kernel.variates import Stream

OPENED, ANSWERED, UNANSWERED, BRIDGED, FINISHED = 0, 2, 3, 6, 7


class View(TypedDict):
    """What a policy sees of the centre."""

    clock: float
    here: int
    idle: int
    waiting: int
    ages: list[float]
    busy: list[float]
    answered: int
    abandoned: int


class FixedLines:
    def __init__(self, measure: str, lines: float) -> None:
        self.measure = measure
        self.lines = lines
        measures = ("idle", "ringing_and_busy", "agents")
        self.chance = Stream(seed=1, stream=measures.index(measure))
        self.part = self.chance.uniform()

    def told(self, what: int, value: float) -> None:
        if what in (BRIDGED, FINISHED):
            self.part = self.chance.uniform()

    def act(self, view: View) -> float:
        wanted = {
            "idle": self.lines * view["idle"],
            "ringing_and_busy": self.lines * view["here"] - len(view["busy"]),
            "agents": self.lines * view["here"],
        }[self.measure]
        return math.floor(wanted + self.part) - len(view["ages"])


def vicidial_level(
    level: float, difference: float, agents: float, intensity: float, level_max: float
) -> float:
    """pct = 100 diff / agents; pct |k - 1| below 0, pct (1 + k) above; 1 <= level <= the most."""
    percent = 100 * difference / max(agents, 1)
    k = intensity / 100
    percent = percent * abs(k - 1) if percent < 0 else percent * (1 + k)
    return min(level_max, max(1, level * (1 + percent / 100)))


def clock(minutes: int) -> int:
    """HHMM, as a number."""
    return int(f"{minutes // 60:02}{minutes % 60:02}")


class Vicidial:
    """A tick is half a second."""

    def __init__(self, guard: str, limit: float, closes_s: float, **steering: float) -> None:
        self.guard = guard
        self.limit = limit
        self.closes_s = closes_s
        self.intensity = steering.get("intensity", 0.0)
        self.target = steering.get("target", 0.0)
        self.level_max = steering.get("level_max", 3.0)

    def told(self, what: int, value: float) -> None:
        if what == OPENED:
            self.ticks = 0
            self.level = 1.0
            self.samples: deque[tuple[int, int, int]] = deque(maxlen=15)
            self.minute = deque([(0, 0)] * 60, maxlen=60)

    def act(self, view: View) -> int:
        tick, self.ticks = self.ticks, self.ticks + 1
        if tick % 2 == 0:
            self.samples.append((view["idle"], view["waiting"], view["here"]))
            if tick and tick % 30 == 0:
                self.adapt(view)
            self.minute.append((view["answered"], view["abandoned"]))
        if tick % 5:
            return 0
        goal = math.floor(self.level * view["here"] + 0.5)
        return goal - len(view["ages"]) - view["waiting"] - len(view["busy"])

    def adapt(self, view: View) -> None:
        idle, waiting, here = (fmean(column) for column in zip(*self.samples, strict=True))
        difference = idle - waiting - self.target
        self.level = vicidial_level(self.level, difference, here, self.intensity, self.level_max)
        answered, abandoned = view["answered"], view["abandoned"]
        before = self.minute[0]
        if answered - before[0] > 20 and abandoned - before[1] > (answered - before[0]) / 2:
            self.level /= 2
        if answered > 50 and abandoned / answered > self.limit:
            left = clock(540 + int(self.closes_s / 60)) - clock(int((32_400 + view["clock"]) / 60))
            self.level = {
                "hard_limit": 1.0,
                "average": self.level / 2,
                "tapered": self.level * min(1, left / 1000),
            }[self.guard]


class Issabel:
    """Idle agents and those who surely end their call soon, less who waits and what rings."""

    def __init__(self, ring_s: float, handle_s: float, sure: float, answer: float = 1.0) -> None:
        self.ring_s, self.handle_s, self.sure, self.answer = ring_s, handle_s, sure, answer

    def told(self, what: int, value: float) -> None:
        pass

    def act(self, view: View) -> float:
        soon = sum(
            1 - math.exp(-(since + self.ring_s) / self.handle_s) >= self.sure
            for since in view["busy"]
        )
        lines = view["idle"] + soon - view["waiting"] - len(view["ages"])
        return max(0, math.floor(lines / max(0.2, self.answer) + 1e-9))


class FouratiTabbane:
    def __init__(
        self, answer: float, setup_s: float, handle_s: float, occupancy: float, limit: float
    ) -> None:
        self.lines_per_agent = occupancy * setup_s / (answer * handle_s)
        self.limit = limit

    def told(self, what: int, value: float) -> None:
        pass

    def act(self, view: View) -> float:
        if view["abandoned"] > self.limit * view["answered"]:
            return 0
        return math.floor(view["here"] * self.lines_per_agent + 0.5) - len(view["ages"])


class Newsvendor:
    """P(no agent is free when the next line is answered), by whole distributions of counts."""

    def __init__(
        self,
        theta: float,
        ring_s: float | tuple[float, float],
        handle_s: float,
        patience_s: float,
        answer: float | None = None,
    ) -> None:
        self.theta = theta
        self.ring_s = ring_s
        self.handle_s = handle_s
        self.patience_s = patience_s
        self.answer = answer
        self.heard: Counter[int] = Counter()

    def told(self, what: int, value: float) -> None:
        self.heard[what] += 1

    def rings_on(self, age: float) -> float:
        if isinstance(self.ring_s, tuple):
            low, high = self.ring_s
            return float(np.clip((high - age) / (high - low), 0, 1))
        return math.exp(-age / self.ring_s)

    def moments(self) -> list[float]:
        shares = [0.1, 0.3, 0.5, 0.7, 0.9]
        if isinstance(self.ring_s, tuple):
            low, high = self.ring_s
            return [low + (high - low) * share for share in shares]
        return [-self.ring_s * math.log(1 - share) for share in shares]

    def answered_within(self, answer: float, age: float, within: float) -> float:
        """By Bayes: it still rings, because it will be answered later or not at all."""
        later = answer * self.rings_on(age)
        never = (1 - answer) * (1 if isinstance(self.ring_s, tuple) else self.rings_on(age))
        if later + never <= 0:
            return 0.0
        return answer * (self.rings_on(age) - self.rings_on(age + within)) / (later + never)

    def over(self, spare: int, busy: int, ages: list[float], answer: float) -> float:
        found = []
        for when in self.moments():
            answers = [self.answered_within(answer, age, when) for age in ages]
            ends = 1 - math.exp(-(when + self.patience_s) / self.handle_s)
            if spare + busy > 20:
                mean = spare + busy * ends - sum(answers)
                variance = busy * ends * (1 - ends) + sum(p * (1 - p) for p in answers)
                found.append(NormalDist(mean, max(variance, 1e-12) ** 0.5).cdf(0.5))
                continue
            counts = np.ones(1)
            for p in answers:
                counts = np.convolve(counts, [1 - p, p])
            completions = np.ones(1)
            for _ in range(busy):
                completions = np.convolve(completions, [1 - ends, ends])
            found.append(
                sum(
                    chance * counts[max(spare + ended, 0) :].sum()
                    for ended, chance in enumerate(completions)
                )
            )
        return fmean(found)

    def act(self, view: View) -> float:
        answer = self.answer
        if answer is None:
            answered = self.heard[ANSWERED]
            answer = (answered + 9) / (answered + self.heard[UNANSWERED] + 30)
        ages = list(view["ages"])
        spare = view["idle"] - view["waiting"]
        while len(ages) < spare or self.over(spare, len(view["busy"]), ages, answer) <= self.theta:
            ages.append(0.0)
        return len(ages) - len(view["ages"])
