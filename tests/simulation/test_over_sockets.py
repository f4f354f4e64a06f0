"""The simulated world around a real server: over a socket, in site time, through restarts."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import msgspec

from fastdial.client import AsyncClient
from fastdial.messages.base import Event
from fastdial.messages.commands import CampaignCreate, CampaignStart, ContactsLoad
from fastdial.messages.events import CallEnded, CampaignStateChanged, DialRequested
from fastdial.messages.settings import SiteConfig
from fastdial.messages.words import AttemptOutcome, CampaignState, DialingMode
from fastdial.server import ServeConfig
from fastdial.server.config import ClockConfig
from fastdial.simulation.auditor import Auditor
from fastdial.simulation.processes import run_agents, run_network
from fastdial.simulation.scenario import Scenario
from fastdial.telephony.simulated import NetworkModel
from protocol.serving import config, run, serving
from simulation.centre import BUSY_DESK, CAMPAIGN, Centre, people, settings

SPEED = 600.0
ONCE = settings(DialingMode.PROGRESSIVE, retries={"max_attempts": 1})
WORLD = Scenario(
    network=msgspec.convert({"answer_rate": (0.3,) * 24, "impatient": 0.0}, NetworkModel),
    agents=(msgspec.structs.replace(BUSY_DESK, breaks=None),),
)


def fast(folder: Path) -> ServeConfig:
    """A site whose hours are seconds, and that is patient when the machine is slow."""
    return msgspec.structs.replace(
        config(folder, memory=False),
        clock=ClockConfig(speed=SPEED),
        site=SiteConfig(silence_s=3_600),
    )


@contextlib.asynccontextmanager
async def living(*lives: Coroutine[Any, Any, None]) -> AsyncIterator[list["asyncio.Task[None]"]]:
    """The given processes, as tasks, until the block ends."""
    tasks = [asyncio.create_task(life) for life in lives]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def world(address: str) -> tuple[Coroutine[Any, Any, None], ...]:
    return run_network(address, WORLD, 1), run_agents(address, WORLD, 1)


async def begin(client: AsyncClient, contacts: int) -> None:
    await client.request(CampaignCreate(settings=ONCE, campaign_id=CAMPAIGN))
    await client.request(ContactsLoad(campaign_id=CAMPAIGN, contacts=people(contacts)))
    await client.request(CampaignStart(campaign_id=CAMPAIGN))


async def events_to_the_end(client: AsyncClient, auditor: Auditor) -> list[Event]:
    """All events up to the campaign's end, audited."""
    events: list[Event] = []
    async for event in client.events(after=0):
        auditor.see(event)
        events.append(event)
        if isinstance(event, CampaignStateChanged) and event.state is CampaignState.FINISHED:
            break
    return events


def outcomes(events: list[Event]) -> dict[str, AttemptOutcome]:
    return {event.number: event.outcome for event in events if isinstance(event, CallEnded)}


def test_over_a_socket_customers_meet_the_same_fortune_as_in_virtual_time(tmp_path: Path) -> None:
    async def story() -> None:
        async with serving(fast(tmp_path)) as server:
            address = server.addresses[0]
            async with (
                living(*world(address)),
                await AsyncClient.connect(address) as client,
            ):
                await begin(client, 40)
                events = await events_to_the_end(client, Auditor())
        centre = Centre(ONCE, WORLD, contacts=40)
        centre.run()
        live, virtual = outcomes(events), outcomes(centre.events)
        shared = live.keys() & virtual.keys()
        assert len(shared) > 30
        assert {number: live[number] for number in shared} == {
            number: virtual[number] for number in shared
        }

    run(story)


def test_network_and_agents_that_start_anew_carry_on_with_what_is_up(tmp_path: Path) -> None:
    """From the site's record alone: no call is lost, dialed twice or left hanging."""

    async def story() -> None:
        auditor = Auditor()
        async with serving(fast(tmp_path)) as server:
            address = server.addresses[0]
            async with await AsyncClient.connect(address) as client:
                await begin(client, 40)
                for _ in range(3):
                    async with living(*world(address)):
                        await asyncio.sleep(0.4)
                async with living(*world(address)):
                    events = await events_to_the_end(client, auditor)
        auditor.close()
        dialed = [event.contact_key for event in events if isinstance(event, DialRequested)]
        assert len(dialed) == len(set(dialed)) == 40

    run(story)


def test_the_world_lives_through_a_restart_of_the_server(tmp_path: Path) -> None:
    async def story() -> None:
        settings_ = fast(tmp_path)
        async with serving(settings_) as server:
            address = server.addresses[0]
            async with living(*world(address)) as tasks:
                async with await AsyncClient.connect(address) as client:
                    await begin(client, 40)
                    await asyncio.sleep(0.5)
                await server.stop()
                async with (
                    serving(settings_),
                    await AsyncClient.connect(address) as client,
                ):
                    auditor = Auditor()
                    await events_to_the_end(client, auditor)
                    auditor.close()
                    assert auditor.attempts == 40
                    assert not any(task.done() for task in tasks)

    run(story)
