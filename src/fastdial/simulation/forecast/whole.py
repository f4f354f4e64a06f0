"""Simulated days of a whole site: its engine, network and agents in virtual time."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from fastdial.engine import Site
from fastdial.messages.base import Command, Reply
from fastdial.messages.commands import CampaignCreate, CampaignStart, ContactsLoad, StatsGet
from fastdial.messages.replies import Error, Stats, StatsReply
from fastdial.messages.settings import CampaignSettings, SiteConfig
from fastdial.messages.words import AgentState
from fastdial.simulation.agents import SimulatedAgents
from fastdial.simulation.forecast.figures import Figures
from fastdial.simulation.scenario import Scenario
from fastdial.simulation.world import World
from fastdial.telephony.simulated import SimulatedNetwork
from fastdial.telephony.simulated.model import Fortune

MONDAY = (2026, 1, 5)
CAMPAIGN_ID = "00001"
LOAD_ROWS = 20_000
LEAST_TOLD = 0.001
MOST_TOLD = 0.95
AT_WORK = tuple(
    state for state in AgentState if state not in (AgentState.LOGGED_OUT, AgentState.NOT_READY)
)


class SiteRefused(RuntimeError):
    """The site refused what a simulated day needs; the text says why."""


def whole_days(
    scenario: Scenario, campaign: CampaignSettings, *, first: int = 0, count: int = 1
) -> Iterator[Figures]:
    """Days `first` to `first + count - 1`, one by one; day n has the seed n.

    Raises `SiteRefused` where the campaign can not be run.
    """
    if scenario.inbound is not None:
        raise SiteRefused("a site has no inbound queues yet; the compiled model has callers")
    for seed in range(first, first + count):
        yield _day(scenario, campaign, seed)


def opens_at(scenario: Scenario) -> int:
    """The opening of the simulated day, ms since the epoch."""
    local = datetime(*MONDAY, scenario.day.opens_at, tzinfo=ZoneInfo(scenario.zone))
    return round(local.timestamp() * 1_000)


def _day(scenario: Scenario, campaign: CampaignSettings, seed: int) -> Figures:
    begins = opens_at(scenario)
    fortune = Fortune(scenario.network, scenario.zone, seed) if scenario.day.told else None
    world = World(
        Site(SiteConfig(), seed),
        (
            SimulatedNetwork(scenario.network, zone=scenario.zone, seed=seed),
            SimulatedAgents(scenario.agents, start_at=begins, seed=seed),
        ),
        start_at=begins,
    )
    _tell(world, CampaignCreate(campaign_id=CAMPAIGN_ID, settings=campaign))
    for start in range(0, scenario.day.contacts, LOAD_ROWS):
        rows = people(start, min(LOAD_ROWS, scenario.day.contacts - start))
        if fortune is not None:
            tell_chances(rows, fortune, begins)
        _tell(world, ContactsLoad(campaign_id=CAMPAIGN_ID, contacts=rows))
    _tell(world, CampaignStart(campaign_id=CAMPAIGN_ID))
    world.run(begins + round(scenario.day.opening_h * 3_600_000))
    reply = _tell(world, StatsGet())
    if not isinstance(reply, StatsReply):
        raise SiteRefused(f"the site answered stats.get with {type(reply).__name__}")
    return _figures(reply.stats)


def people(start: int, count: int) -> list[dict[str, Any]]:
    """Contacts with numbers of their own."""
    return [
        {"contact_key": f"c{n}", "numbers": [f"+4822{n:07}"]} for n in range(start, start + count)
    ]


def tell_chances(rows: list[dict[str, Any]], fortune: Fortune, at: int) -> None:
    """What the platform of this world knows of contacts with one number each."""
    for row in rows:
        chance = fortune.answer_chance(row["numbers"][0], at)
        row["answer_chance"] = min(max(chance, LEAST_TOLD), MOST_TOLD)


def _figures(stats: Stats) -> Figures:
    spent = stats.agent_ms
    busy = spent.get(AgentState.TALKING, 0) + spent.get(AgentState.WRAP_UP, 0)
    here = sum(spent.get(state, 0) for state in AT_WORK)
    row = (stats.attempts, stats.answered, stats.abandoned, busy / 1_000, here / 1_000, 0, 0, 0)
    return Figures(*(np.array([figure], np.float64) for figure in row))


def _tell(world: World, command: Command) -> Reply:
    reply = world.send(command)
    if isinstance(reply, Error):
        raise SiteRefused(f"{msgspec.json.encode(reply.fault).decode()}")
    return reply
