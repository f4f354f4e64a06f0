"""What simulated days come to: arrays, and estimates with their confidence intervals."""

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

T_95 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
)  # fmt: skip
"""97.5 % points of Student's t, from one degree of freedom on"""


class Estimate(NamedTuple):
    """A figure with its 95 % confidence interval; nan where a single day says nothing of it."""

    value: float
    low: float
    high: float

    def meets(self, other: "Estimate") -> bool:
        """Whether the two intervals have something in common."""
        return self.low <= other.high and other.low <= self.high


class Figures(NamedTuple):
    """Days, each simulated for itself: arrays of shape (days,)."""

    dialed: Floats
    answered: Floats
    """reported as answered by a person"""
    abandoned: Floats
    handling_s: Floats
    """agent time in calls and their wrap-up, while open"""
    present_s: Floats
    """agent time at work, breaks not counted"""
    inbound: Floats
    """people who called"""
    inbound_abandoned: Floats
    inbound_waited_s: Floats
    """by all of them"""

    @property
    def days(self) -> int:
        """How many."""
        return len(self.dialed)

    def estimates(self) -> dict[str, Estimate]:
        """By name; shares are from 0 to 1."""
        served = self.answered - self.abandoned
        hours = self.present_s / 3_600
        found = {
            "utilisation": share(self.handling_s, self.present_s),
            "abandonment": share(self.abandoned, self.answered),
            "answer_rate": share(self.answered, self.dialed),
            "served_per_agent_hour": share(served, hours),
            "dialed_per_agent_hour": share(self.dialed, hours),
        }
        if self.inbound.any():
            found["inbound_abandonment"] = share(self.inbound_abandoned, self.inbound)
            found["inbound_wait_s"] = share(self.inbound_waited_s, self.inbound)
        return found


def share(part: Floats, whole: Floats) -> Estimate:
    """Of sums over the days, with an interval by the delta method and Student's t."""
    total = float(whole.sum())
    if total <= 0:
        return Estimate(float("nan"), float("nan"), float("nan"))
    value = float(part.sum()) / total
    days = len(part)
    if days < 2:
        return Estimate(value, float("nan"), float("nan"))
    error = float(np.std(part - value * whole, ddof=1)) / sqrt(days) / (total / days)
    margin = student(days - 1) * error
    return Estimate(value, value - margin, value + margin)


def student(freedom: int) -> float:
    """The 97.5 % point of Student's t; beyond the table by its expansion in 1/freedom."""
    if freedom <= len(T_95):
        return T_95[freedom - 1]
    z = 1.959964
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)


def joined(parts: list[Figures]) -> Figures:
    """All days, in order."""
    return Figures(*(np.concatenate(column) for column in zip(*parts, strict=True)))
