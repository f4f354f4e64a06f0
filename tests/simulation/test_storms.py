"""Disturbed in every way, a site keeps its promises, and its record tells all of it."""

import pytest

from fastdial.engine import Site
from fastdial.messages.base import Event
from fastdial.messages.codec import decode_event, encode
from fastdial.messages.commands import CampaignCreate, CampaignPause, CampaignStart, ContactsLoad
from fastdial.messages.words import DialingMode
from fastdial.simulation.agents import SimulatedAgents
from fastdial.simulation.auditor import Auditor
from fastdial.simulation.scenario import Scenario
from fastdial.simulation.world import World
from fastdial.telephony.simulated import SimulatedNetwork
from simulation.centre import BUSY_DESK, HOUR_MS, START, people, settings
from simulation.storm import Storm

SCENARIO = Scenario(agents=(BUSY_DESK,))
CAMPAIGNS = {f"1000{n}": mode for n, mode in enumerate(DialingMode)}


def stormy(seed: int, auditor: Auditor, events: list[Event]) -> World:
    """One campaign of each mode, sharing agents and numbers, under a storm of half an hour."""
    agents = SimulatedAgents(SCENARIO.agents, start_at=START, seed=seed)
    storm = Storm(seed, START, agents.agent_ids, every_ms=4_000, until=START + HOUR_MS // 2)
    network = SimulatedNetwork(SCENARIO.network, seed=seed)
    world = World(
        Site(None, seed),
        (network, agents, storm),
        start_at=START,
        journal=events,
        watchers=(auditor.see,),
    )
    for n, (campaign_id, mode) in enumerate(CAMPAIGNS.items()):
        world.send(CampaignCreate(settings=settings(mode), campaign_id=campaign_id))
        world.send(ContactsLoad(campaign_id=campaign_id, contacts=people(20, n * 10)))
        world.send(CampaignStart(campaign_id=campaign_id))
    return world


@pytest.mark.parametrize("seed", range(8))
def test_promises_hold_in_a_storm_and_every_attempt_has_its_outcome_after_it(seed: int) -> None:
    """CA-8, CA-9, AG-1, AG-2"""
    auditor, events = Auditor(), list[Event]()
    world = stormy(seed, auditor, events)
    world.run(START + HOUR_MS)
    for campaign_id in CAMPAIGNS:
        world.send(CampaignPause(campaign_id=campaign_id))
    world.run(START + 6 * HOUR_MS)
    auditor.close()
    assert auditor.attempts > 50
    replica = Site(None, seed)
    for event in events:
        replica.apply(decode_event(encode(event)))
    assert isinstance(world.site, Site)
    assert replica.state_hash() == world.site.state_hash()


@pytest.mark.parametrize("seed", range(8, 12))
def test_kills_in_a_storm_change_nothing(seed: int) -> None:
    quiet: list[Event] = []
    stormy(seed, Auditor(), quiet).run(START + HOUR_MS)
    killed: list[Event] = []
    world = stormy(seed, Auditor(), killed)
    for minute in range(1, 61):
        world.run(START + minute * 60_000)
        assert isinstance(world.site, Site)
        world.site = Site.restore(world.site.snapshot())
    assert [encode(event) for event in killed] == [encode(event) for event in quiet]
