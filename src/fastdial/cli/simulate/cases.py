"""What is to be simulated: a case for each way of pacing and each value of what is swept."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from fastdial.cli.problems import Unusable
from fastdial.cli.run.plan import with_agents
from fastdial.messages.settings import CampaignSettings
from fastdial.messages.windows import ALWAYS_OPEN
from fastdial.messages.words import DialingMode
from fastdial.simulation.scenario import Scenario

METHODS = {mode.value: mode for mode in (DialingMode.PROGRESSIVE, DialingMode.PREDICTIVE)}
STEPS = 8
"""values of a range that is swept"""
SWEPT = ("agents", "answer_rate")


@dataclass(frozen=True, slots=True)
class Sweep:
    """A figure of the scenario that takes several values."""

    name: str
    values: tuple[float, ...]

    def applied(self, scenario: Scenario, value: float) -> Scenario:
        """The scenario with that value."""
        if self.name == "agents":
            return with_agents(scenario, round(value))
        network = msgspec.structs.replace(scenario.network, answer_rate=(value,) * 24)
        return msgspec.structs.replace(scenario, network=network)


@dataclass(frozen=True, slots=True)
class Case:
    """One simulation."""

    method: str
    value: float | None
    """of what is swept"""
    scenario: Scenario
    campaign: CampaignSettings


def read_sweep(text: str) -> Sweep:
    """``agents=5:100`` (eight sizes, each the same share above the last) or ``agents=5,10,20``."""
    name, _, figures = text.partition("=")
    if name not in SWEPT:
        raise Unusable(f"--sweep {text}: it can sweep {' or '.join(SWEPT)}, as in agents=5:100")
    try:
        values = _range(figures) if ":" in figures else [float(one) for one in figures.split(",")]
    except ValueError:
        raise Unusable(f"--sweep {text}: give a range such as 5:100, or values: 5,10,20") from None
    if name == "agents":
        values = list(dict.fromkeys(float(round(value)) for value in values))
    highest = 10_000 if name == "agents" else 1
    if not all(0 < value <= highest for value in values):
        raise Unusable(f"--sweep {text}: {name} can be above 0 and up to {highest:,}")
    return Sweep(name, tuple(values))


def _range(figures: str) -> list[float]:
    low, high = (float(end) for end in figures.split(":"))
    if not 0 < low < high:
        raise ValueError
    return [low * (high / low) ** (step / (STEPS - 1)) for step in range(STEPS)]


def read_methods(text: str | None, campaign: CampaignSettings) -> list[str]:
    """Names parted by commas; else the campaign's own mode."""
    if text is None:
        return [campaign.mode.value]
    names = list(dict.fromkeys(name.strip() for name in text.split(",")))
    for name in names:
        if name not in METHODS:
            raise Unusable(f"--compare {text}: there are {', '.join(METHODS)}; no {name!r}")
    return names


def cases(
    scenario: Scenario, campaign: CampaignSettings, methods: list[str], sweep: Sweep | None
) -> Iterator[Case]:
    """All of them, method by method. Call windows are left open: the day is made up."""
    for method in methods:
        told = msgspec.structs.replace(
            campaign, mode=METHODS.get(method, campaign.mode), windows=ALWAYS_OPEN
        )
        if sweep is None:
            yield Case(method, None, scenario, told)
        else:
            for value in sweep.values:
                yield Case(method, value, sweep.applied(scenario, value), told)
