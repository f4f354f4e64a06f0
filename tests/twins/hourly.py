"""The cap of an hour, slow and obvious: all calls are kept, and lines are tried one by one."""

import math

HOUR_S = 3600.0


def surely(expected: float) -> float:
    return max(0.5 * expected - math.sqrt(0.5 * expected), 0.0)


class Hours:
    def __init__(self, cap: float) -> None:
        self.aim = 0.92 * cap
        self.calls: list[tuple[float, bool]] = []

    def counted(self, abandoned: bool, now_s: float) -> None:
        self.calls.append((now_s, abandoned))

    def may_lose(self, now_s: float, rate: float, closes_at_s: float) -> int:
        hour = now_s // HOUR_S
        here = [abandoned for at, abandoned in self.calls if at // HOUR_S == hour]
        ends_at = (hour + 1) * HOUR_S
        come = surely(rate * (min(ends_at, closes_at_s) - now_s))
        lose = math.floor(self.aim * (len(here) + come) + 1e-9) - sum(here)
        if ends_at - now_s < 40 and closes_at_s > ends_at:
            later = surely(rate * (min(ends_at + HOUR_S, closes_at_s) - ends_at))
            lose = min(lose, math.floor(self.aim * later + 1e-9))
        return lose


def too_many(
    lines: int, *, free: int, chance: float, may_lose: int, rate: float, answers: float, ends: float
) -> bool:
    """Whether so many more lines could lose more than may be lost."""
    seen_s = 20 + 0.5 / max(rate, 1e-6)
    rise = min(4 ** (min(seen_s, 60) / 60), 4.0)
    mean = rise * answers / 0.9 + lines * min(rise * chance, 1)
    return mean - ends - free + 2.5 * math.sqrt(mean + ends) > may_lose + 1e-6
