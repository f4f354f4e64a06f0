"""The risk budget, slow and obvious: all calls are kept, and what is spare is added up anew."""

import math
from dataclasses import dataclass, field

PIECES = 96
LN_LEAST, LN_MOST = -13.8, -0.7


def gain_of_life(gain: float, calls: int) -> float:
    """Of the logarithm of theta for each call: the longer a life, the less a call counts."""
    return gain * math.pow(5_000 / min(max(calls, 5_000), 100_000), 2 / 3)


def life_level(spare: float, handicap: float, gain: float, calls: int) -> float:
    """By how much the logarithm of theta stands off its reference."""
    now = gain_of_life(gain, calls)
    off = spare - handicap * math.sqrt(gain / now)
    spread = math.sqrt(1 / now)
    if off < -spread / 2:
        return -now * spread / 2 + gain * (off + spread / 2)
    if off > 2 * spread:
        return now * 2 * spread + gain * (off - 2 * spread)
    return now * off


@dataclass(frozen=True)
class Call:
    lost: bool
    now_s: float
    to_come: float


@dataclass
class BudgetTwin:
    cap: float
    theta_first: float
    window: str
    window_s: float
    handicap: float
    gain: float
    calls: list[Call] = field(default_factory=list)
    """all, for a window that rolls; else those of this one"""
    of_today: list[Call] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.reference = math.log(self.theta_first)
        self.theta = self.theta_first
        self.spare = 0.0

    def next_window(self) -> None:
        if self.window != "rolling":
            self.calls.clear()
        self.of_today.clear()
        self.spare = 0.0
        self.theta = math.exp(self.reference)

    def earned(self, calls: list[Call]) -> float:
        return self.cap * len(calls) - sum(call.lost for call in calls)

    def piece(self, now_s: float) -> int:
        return int(now_s / (self.window_s / PIECES))

    def spare_in(self, now: int, window_end: int, each: float) -> float:
        """In the window that ends with a later piece, if each of those to come earns so much."""
        first = window_end - PIECES
        inside = [call for call in self.calls if first <= self.piece(call.now_s) <= now]
        return self.earned(inside) + each * max(window_end - now - 1, 0)

    def rolled(self, call: Call) -> float:
        """The least in windows that end from now to half a length later."""
        now = self.piece(call.now_s)
        each = 0.4 * self.cap * call.to_come * (self.window_s / PIECES) / 3600
        ends = range(now, now + PIECES - PIECES // 2 + 2)
        least = min(self.spare_in(now, end, each) for end in ends)
        if self.window_s <= 2 * 86_400 - 1e-6:
            least = min(least, self.earned(self.of_today))
        return least

    def counted(self, lost: bool, to_come: float, now_s: float) -> None:
        call = Call(lost, now_s, to_come)
        self.calls.append(call)
        self.of_today.append(call)
        self.spare = self.rolled(call) if self.window == "rolling" else self.earned(self.calls)
        if self.window == "life":
            self.counted_of(len(self.calls), sum(call.lost for call in self.calls))
            return
        gain = min(max(1.5 / (self.cap * max(to_come, 1.0)), self.gain), 0.6)
        level = self.reference + 0.5 * min(0.0, self.burst() + 2.0)
        level += gain * (self.spare - self.handicap)
        self.take(level, 1 / 1500)

    def counted_of(self, calls: int, lost: int) -> None:
        """Of a life: the last of so many, of which so many were lost."""
        self.spare = self.cap * calls - lost
        level = self.reference + life_level(self.spare, self.handicap, self.gain, calls)
        self.take(level, gain_of_life(self.gain, calls) / self.gain / 1500)

    def take(self, level: float, drift: float) -> None:
        level = min(max(level, LN_LEAST), LN_MOST)
        self.reference += drift * (level - self.reference)
        self.theta = math.exp(level)

    def burst(self) -> float:
        """What the last calls of the window, or of the day, left spare; by a memory of thirty."""
        return sum(
            (self.cap - call.lost) * (1 - 1 / 30) ** ago
            for ago, call in enumerate(reversed(self.of_today))
        )
