"""Answer levels, slow and obvious: every line is kept, and all are counted anew for each question.

Logarithms of factors are independent normal laws, kept by precision and by precision times mean, so
that forgetting is a product and what is left of the prior is a sum.
"""

import math
from dataclasses import dataclass, field
from itertools import pairwise

SETTLED_S = 64
PRIORS = {"base": 1.0, "list": 4.0, "hour": 12.0, "attempt": 8.0, "kind": 6.0, "point": 4.0}
BASE_FORGETS = 4
LOG_MOST = 6.0
LEAST, MOST = 1e-4, 0.98
POINTS = [0.01 * 100 ** (at / 9) for at in range(10)]

Key = tuple[object, ...]


@dataclass(frozen=True)
class Contact:
    list: int = 0
    hour: int = 0
    attempt: int = 1
    kind: int = 0
    told: float | None = None

    def levels(self) -> dict[Key, float]:
        """Those that it has, and how much of the logarithm of each counts."""
        told = self.told is not None
        found: dict[Key, float] = {
            ("base", told): 1.0,
            ("hour", told, self.hour): 1.0,
            ("attempt", told, min(self.attempt, 8)): 1.0,
            ("kind", told, self.kind): 1.0,
            ("list", self.list): 1.0,
        }
        if self.told is not None:
            told_at = max(self.told, POINTS[0])
            for at, (low, high) in enumerate(pairwise(POINTS)):
                if low <= told_at < high or (high == POINTS[-1] and told_at >= high):
                    share = math.log(told_at / low) / math.log(high / low)
                    found["point", at] = 1 - share
                    found["point", at + 1] = share
                    break
        return found


@dataclass
class Line:
    dialed_at: float
    contact: Contact
    answered: bool = False
    share: float = 1.0


@dataclass
class Level:
    prior: float
    seen: float = 0.0
    """expected answers, remembered"""
    answers: float = 0.0
    pull: float = 0.0
    """precision times mean"""

    @property
    def log_factor(self) -> float:
        return self.pull / (self.prior + self.seen)


@dataclass
class LevelsTwin:
    prior: float
    half_life: float
    lines: list[Line] = field(default_factory=list)

    def dialed(self, now_s: float, contact: Contact) -> int:
        self.lines.append(Line(now_s, contact))
        return len(self.lines) - 1

    def learned(self, now_s: float) -> dict[Key, Level]:
        levels: dict[Key, Level] = {}
        for line in self.lines:
            if line.dialed_at <= now_s - SETTLED_S:
                self.count(levels, line)
        return levels

    def count(self, levels: dict[Key, Level], line: Line) -> None:
        weights = line.contact.levels()
        expected = line.share * self.chance_by(levels, line.contact)
        for key, weight in weights.items():
            level = levels.setdefault(key, Level(PRIORS[str(key[0])]))
            times = BASE_FORGETS if key[0] == "base" else 1
            kept = 0.5 ** (times * weight * expected / self.half_life)
            level.seen *= kept
            level.answers *= kept
            level.pull *= kept
        variance = sum(
            weight**2 / (levels[key].prior + levels[key].seen) for key, weight in weights.items()
        )
        moved = (line.answered - expected) / (1 + variance * expected)
        for key, weight in weights.items():
            level = levels[key]
            mean = level.log_factor + weight * moved / (level.prior + level.seen)
            mean = min(max(mean, -LOG_MOST), LOG_MOST)
            level.seen += weight * expected
            level.answers += weight * line.answered
            level.pull = mean * (level.prior + level.seen)

    def chance_by(self, levels: dict[Key, Level], contact: Contact) -> float:
        chance = self.prior if contact.told is None else max(contact.told, LEAST)
        for key, weight in contact.levels().items():
            if key in levels:
                chance *= math.exp(weight * levels[key].log_factor)
        return min(max(chance, LEAST), MOST)

    def chance(self, now_s: float, contact: Contact) -> float:
        return self.chance_by(self.learned(now_s), contact)
