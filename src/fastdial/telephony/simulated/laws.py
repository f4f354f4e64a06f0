"""Laws of durations: how long things take in a simulated world.

In TOML a law is a table whose ``law`` names it: ``{ law = "lognormal", mean_s = 180, cv = 1.2 }``.
"""

from math import exp, log, log1p, sqrt
from statistics import NormalDist
from typing import Annotated

import msgspec
from msgspec import Meta

from fastdial.telephony.simulated.dice import Dice

LONGEST_S = 7 * 86_400
"""no duration is longer, whatever the law gives"""

Duration = Annotated[float, Meta(ge=0, le=LONGEST_S)]
Positive = Annotated[float, Meta(gt=0, le=LONGEST_S)]

normal_quantile = NormalDist().inv_cdf


class _Law(msgspec.Struct, kw_only=True, frozen=True, tag_field="law", tag=str.lower):
    def _sample_s(self, dice: Dice) -> float:
        """A duration in seconds, before it is rounded and bounded."""
        raise NotImplementedError

    def sample_ms(self, dice: Dice) -> int:
        """A duration in whole milliseconds, 0 to `LONGEST_S` seconds."""
        return round(1_000 * min(self._sample_s(dice), LONGEST_S))


class Constant(_Law, frozen=True):
    """Always the same."""

    value_s: Duration

    def _sample_s(self, dice: Dice) -> float:
        """The value; draws nothing."""
        return self.value_s

    @property
    def mean_s(self) -> float:
        """The value."""
        return self.value_s


class Uniform(_Law, frozen=True):
    """Anything between two bounds, equally likely."""

    low_s: Duration
    high_s: Duration

    def __post_init__(self) -> None:
        if self.high_s < self.low_s:
            raise ValueError(
                f"`high_s` is {self.high_s}, below `low_s`, which is {self.low_s}; "
                "give the smaller bound as `low_s`"
            )

    def _sample_s(self, dice: Dice) -> float:
        """By the inverse of the distribution function."""
        return self.low_s + (self.high_s - self.low_s) * dice.draw()

    @property
    def mean_s(self) -> float:
        """The middle."""
        return (self.low_s + self.high_s) / 2


class Exponential(_Law, frozen=True):
    """Without memory: what is left does not depend on how long it has lasted."""

    mean_s: Positive

    def _sample_s(self, dice: Dice) -> float:
        """By the inverse of the distribution function."""
        return -self.mean_s * log(dice.draw())


class Lognormal(_Law, frozen=True):
    """Many shortish, a few very long: talk and wrap-up times look like this."""

    mean_s: Positive
    cv: Annotated[float, Meta(ge=0, le=20)]
    """coefficient of variation: standard deviation over mean"""

    def _sample_s(self, dice: Dice) -> float:
        """By the normal quantile: sigma² = ln(1 + cv²), mu = ln(mean) - sigma²/2."""
        variance = log1p(self.cv * self.cv)
        mu = log(self.mean_s) - variance / 2
        return exp(mu + sqrt(variance) * normal_quantile(dice.draw()))


class Gamma(_Law, frozen=True):
    """Waiting for several things in turn (shape above 1), or bursts (shape below 1)."""

    mean_s: Positive
    shape: Annotated[float, Meta(ge=0.05, le=1_000)]

    def _sample_s(self, dice: Dice) -> float:
        """By rejection (Marsaglia and Tsang 2000); a shape below 1 by their boost."""
        boost = 1.0
        shape = self.shape
        if shape < 1:
            boost = dice.draw() ** (1 / shape)
            shape += 1
        d = shape - 1 / 3
        c = 1 / sqrt(9 * d)
        while True:
            x = normal_quantile(dice.draw())
            v = (1 + c * x) ** 3
            if v > 0 and log(dice.draw()) < x * x / 2 + d - d * v + d * log(v):
                return self.mean_s / self.shape * d * v * boost


class Empirical(_Law, frozen=True):
    """Between measured quantiles, on a straight line from each to the next."""

    quantiles_s: Annotated[tuple[Duration, ...], Meta(min_length=2, max_length=1_001)]
    """evenly spaced from the smallest (0 %) to the largest (100 %), not falling"""

    def __post_init__(self) -> None:
        for before, after in zip(self.quantiles_s, self.quantiles_s[1:], strict=False):
            if after < before:
                raise ValueError(
                    f"`quantiles_s` falls from {before} to {after}; give it in rising order"
                )

    def _sample_s(self, dice: Dice) -> float:
        """By the inverse of the distribution function."""
        place = dice.draw() * (len(self.quantiles_s) - 1)
        left = int(place)
        low, high = self.quantiles_s[left : left + 2]
        return low + (high - low) * (place - left)

    @property
    def mean_s(self) -> float:
        """Of the broken line."""
        ends = (self.quantiles_s[0] + self.quantiles_s[-1]) / 2
        return (sum(self.quantiles_s) - ends) / (len(self.quantiles_s) - 1)


Law = Constant | Uniform | Exponential | Lognormal | Gamma | Empirical
