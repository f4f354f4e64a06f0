"""A scenario: what the network, its customers and the agents of a simulated centre are like."""

from math import ceil
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from fastdial.messages.base import Settings
from fastdial.messages.settings import TeamName
from fastdial.messages.toml import load_toml
from fastdial.telephony.simulated.laws import (
    Constant,
    Exponential,
    Law,
    Lognormal,
    Positive,
    Uniform,
)
from fastdial.telephony.simulated.model import LocalHours, NetworkModel, Share


class Breaks(Settings, frozen=True):
    """Pauses that an agent takes between calls."""

    every: Law = Lognormal(mean_s=5_400.0, cv=0.3)
    """from log-in, or from the last break's end, to the wish for a break"""
    length: Law = Lognormal(mean_s=600.0, cv=0.4)


class AgentGroup(Settings, frozen=True):
    """Agents who behave alike. Their ids are the group's name with a number: ``agent-001``."""

    name: Annotated[str, Meta(min_length=1, max_length=50)] = "agent"
    count: Annotated[int, Meta(ge=0, le=100_000)] = 10
    teams: tuple[TeamName, ...] = ()
    login_after: Law = Uniform(low_s=0.0, high_s=60.0)
    """from the start to the log-in"""
    shift_s: Positive | None = None
    """from log-in to the wish to log out; none = they stay"""
    breaks: Breaks | None = None
    """none = they take no breaks"""
    wrap_up: Law = Lognormal(mean_s=20.0, cv=0.6)
    codes: dict[Annotated[str, Meta(min_length=1, max_length=32)], Positive] = msgspec.field(
        default_factory=lambda: {"sale": 1.0}
    )
    """wrap-up codes with their weights"""
    short_talk_s: Annotated[float, Meta(ge=0, le=3_600)] = 9.0
    """a talk shorter than this was with a machine, and gets the code ``short_talk_code``"""
    short_talk_code: str = "answering_machine"
    look: Law = Lognormal(mean_s=15.0, cv=0.5)
    """at a contact in preview"""
    skip_share: Share = 0.05
    """of the contacts previewed: skipped"""
    ask_again: Law = Constant(value_s=30.0)
    """after there was nothing to preview"""
    comes_back: Law = Uniform(low_s=2.0, high_s=10.0)
    """from being made not ready to being ready again"""

    def __post_init__(self) -> None:
        if not self.codes:
            raise ValueError('`codes` is empty; give at least one, such as codes = { "sale" = 1 }')


CallsPerHour = Annotated[float, Meta(ge=0, le=100_000)]


class Day(Settings, frozen=True):
    """The day that `fastdial simulate` lives through; `fastdial run` has a shift and a list."""

    opens_at: Annotated[int, Meta(ge=0, le=23)] = 9
    """local hour in which dialing begins"""
    opening_h: Annotated[float, Meta(gt=0, le=24)] = 8.0
    """hours from there to the close"""
    contacts: Annotated[int, Meta(ge=1, le=5_000_000)] = 20_000
    """on the list, each with one number; the compiled model's list never ends"""
    told: bool = False
    """whether the list tells how likely a person answers each number, as the day opens"""


class Inbound(Settings, frozen=True):
    """People who call, and whom the agents serve between the calls that they make."""

    per_h: Annotated[tuple[CallsPerHour, ...], Meta(min_length=24, max_length=24)]
    """callers by hour of the day in the scenario's zone, from the hour after midnight on"""
    patience: Law = Exponential(mean_s=300.0)
    """how long they wait for an agent, after those who were dialed and answered"""
    talk: Law = Lognormal(mean_s=180.0, cv=1.0)
    """the wrap-up after it is the agents' own"""


class Scenario(Settings, frozen=True):
    """A world to put around a site."""

    name: Annotated[str, Meta(max_length=200)] = "scenario"
    zone: str = "UTC"
    """IANA zone in which the hours of ``network.answer_rate`` are hours"""
    network: NetworkModel = NetworkModel()
    agents: tuple[AgentGroup, ...] = (AgentGroup(),)
    day: Day = Day()
    inbound: Inbound | None = None
    """none = nobody calls"""

    def __post_init__(self) -> None:
        LocalHours(self.zone)
        names = [group.name for group in self.agents]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two groups of agents are called {name!r}; give each its own")

    def open_hours(self) -> list[int]:
        """The local hour of each quarter of an hour of the opening; the last may be cut short."""
        quarters = ceil(4 * self.day.opening_h)
        return [(self.day.opens_at + quarter // 4) % 24 for quarter in range(quarters)]


def read_scenario(path: str | Path) -> Scenario:
    """The scenario in a TOML file; raises `BadMessage` that names the field, or OSError."""
    return load_toml(Path(path).read_bytes(), Scenario)
