"""An hour of the example campaign in virtual time, as a program: prints a digest of its events."""

import sys
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

from fastdial import Site
from fastdial.cli.lists.contacts import Chunk, in_chunks, read_contacts
from fastdial.client.actor import Actor
from fastdial.messages.base import Event
from fastdial.messages.codec import encode
from fastdial.messages.commands import CampaignCreate, CampaignStart, ContactsLoad
from fastdial.messages.settings import CampaignSettings
from fastdial.messages.toml import load_toml
from fastdial.simulation.agents import SimulatedAgents
from fastdial.simulation.scenario import read_scenario
from fastdial.simulation.world import World
from fastdial.telephony.simulated import SimulatedNetwork

EXAMPLES = Path(__file__).parents[2] / "examples"
START = int(datetime(2026, 3, 2, 9, tzinfo=UTC).timestamp() * 1_000)


def main(seed: int) -> None:
    scenario = read_scenario(EXAMPLES / "scenario.toml")
    settings = load_toml((EXAMPLES / "campaign.toml").read_bytes(), CampaignSettings)
    actors: list[Actor] = [
        SimulatedNetwork(scenario.network, zone=scenario.zone, seed=seed),
        SimulatedAgents(scenario.agents, start_at=START, seed=seed),
    ]
    events: list[Event] = []
    world = World(Site(seed=seed), actors, start_at=START, journal=events)
    world.send(CampaignCreate(settings=settings, campaign_id="00001"))
    for part in in_chunks(read_contacts(EXAMPLES / "contacts.csv"), size=5_000):
        if isinstance(part, Chunk):
            world.send(
                ContactsLoad(campaign_id="00001", contacts=part.contacts, first_row=part.first_line)
            )
    world.send(CampaignStart(campaign_id="00001"))
    world.run(until=START + 3_600_000)
    digest = blake2b(b"".join(encode(event) for event in events), digest_size=16)
    sys.stdout.write(f"{len(events)} {digest.hexdigest()}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
