"""Whole attempts through a `Site`: `python benchmarks/attempts.py [--contacts 10000,100000] …`.

Dial, ring, answer, bridge, end, wrap-up, ready: five commands and eleven events each. The commands
are made beforehand by one site that is told what a network and agents would say, and carried out
by another in the time that is taken, which is the processor's. What there was before the time is
taken is kept from the collector of cycles, which would look through the commands again and again:
a server has none of them. Prints a line of JSON for each size.
"""

import argparse
import gc
import json
import resource
import statistics
from collections import deque
from time import process_time

from fastdial import Site
from fastdial.engine import site as engine_site
from fastdial.messages.base import Command, Event
from fastdial.messages.commands import (
    AgentLogin,
    AgentReady,
    CallReport,
    CallWrapUp,
    CampaignCreate,
    CampaignStart,
    ContactsLoad,
)
from fastdial.messages.events import BridgeRequested, DialRequested
from fastdial.messages.settings import CampaignSettings
from fastdial.messages.windows import ALWAYS_OPEN
from fastdial.messages.words import DialingMode, Saw

NOW = 1_700_000_000_000
AT_ONCE = 10_000
"""contacts in one command"""


def loaded(contacts: int, agents: int) -> tuple[Site, list[Event]]:
    """A site with a list and agents who are ready, and what it asks for first."""
    site = Site(seed=1)
    settings = CampaignSettings(name="attempts", mode=DialingMode.PROGRESSIVE, windows=ALWAYS_OPEN)
    site.handle(CampaignCreate(settings=settings), NOW)
    for first in range(0, contacts, AT_ONCE):
        rows = [
            {"contact_key": f"c{n}", "numbers": [f"+4420{n:08d}"]}
            for n in range(first, min(first + AT_ONCE, contacts))
        ]
        site.handle(ContactsLoad(campaign_id="00001", contacts=rows), NOW)
    for number in range(agents):
        site.handle(AgentLogin(agent_id=f"a{number}"), NOW)
        site.handle(AgentReady(agent_id=f"a{number}"), NOW)
    return site, site.handle(CampaignStart(campaign_id="00001"), NOW).events


def what_follows(event: Event) -> list[Command]:
    """What a network in which everybody answers, and an agent, say of an event."""
    if isinstance(event, DialRequested):
        return [CallReport(call_id=event.call_id, saw=saw) for saw in (Saw.RINGING, Saw.ANSWERED)]
    if isinstance(event, BridgeRequested):
        call_id = event.call_id
        return [
            CallReport(call_id=call_id, saw=Saw.BRIDGED),
            CallReport(call_id=call_id, saw=Saw.HUNG_UP),
            CallWrapUp(call_id=call_id, agent_id=event.agent_id, code="sale"),
        ]
    return []


def commands_of(attempts: int, agents: int) -> list[Command]:
    """The commands of so many attempts, in the order in which a site gets them."""
    site, events = loaded(attempts + agents, agents)
    waiting = deque(command for event in events for command in what_follows(event))
    commands: list[Command] = []
    ended = 0
    while ended < attempts:
        command = waiting.popleft()
        commands.append(command)
        ended += isinstance(command, CallWrapUp)
        events = site.handle(command, NOW + len(commands)).events
        waiting.extend(further for event in events for further in what_follows(event))
    return commands


def seconds(site: Site, commands: list[Command]) -> float:
    """Processor time in which the site carries the commands out."""
    gc.collect()
    gc.freeze()
    handle = site.handle
    begun = process_time()
    for at, command in enumerate(commands, NOW + 1):
        handle(command, at)
    took = process_time() - begun
    gc.unfreeze()
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", default="", help="sizes of the list, parted by commas")
    parser.add_argument("--attempts", type=int, default=10_000)
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    commands = commands_of(given.attempts, given.agents)
    least = given.attempts + given.agents
    for contacts in [int(size) for size in given.contacts.split(",") if size] or [least]:
        times = [
            seconds(loaded(max(contacts, least), given.agents)[0], commands)
            for _ in range(given.runs)
        ]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        figures = {
            "compiled": not str(engine_site.__file__).endswith(".py"),
            "contacts": contacts,
            "seconds": statistics.median(times) / given.attempts,
            "peak_bytes": peak,
        }
        print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
