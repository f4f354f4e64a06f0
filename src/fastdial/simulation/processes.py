"""The simulated network and the simulated agents as clients of a server, each for itself."""

from collections.abc import Callable
from pathlib import Path

from fastdial.client import AsyncClient
from fastdial.client.actor import Actor, run_actor
from fastdial.simulation.agents import SimulatedAgents
from fastdial.simulation.scenario import Scenario, read_scenario
from fastdial.telephony.simulated import SimulatedNetwork

RECONNECT_FOR_S = 300.0
"""how long a server may be away before the simulated world gives up"""


async def run_network(
    address: str, scenario: Scenario | str | Path, seed: int = 0, *, after: int | None = 0
) -> None:
    """Be the telephone network of the site at ``address`` until cancelled or cut off for good.

    ``scenario``: the scenario, or the path of its TOML file. Lives through restarts of the server
    and, with ``after = 0``, through its own: from the site's record it knows again which calls
    are up and what becomes of them. With ``after = None`` it knows calls from now on only.
    Raises `ClientError`, and for the file `BadMessage` or OSError.
    """
    world = _read(scenario)
    network = SimulatedNetwork(world.network, zone=world.zone, seed=seed)
    await _be(address, "simulated network", lambda now: network, after)


async def run_agents(
    address: str, scenario: Scenario | str | Path, seed: int = 0, *, after: int | None = 0
) -> None:
    """Be the agents of the site at ``address`` until cancelled or cut off for good.

    As `run_network`. Log-ins count from the site's time at which this begins.
    """
    world = _read(scenario)
    await _be(
        address,
        "simulated agents",
        lambda now: SimulatedAgents(world.agents, start_at=now, seed=seed),
        after,
    )


def _read(scenario: Scenario | str | Path) -> Scenario:
    return scenario if isinstance(scenario, Scenario) else read_scenario(scenario)


async def _be(address: str, name: str, make: Callable[[int], Actor], after: int | None) -> None:
    client = await AsyncClient.connect(
        address, name=name, reconnect=True, reconnect_for_s=RECONNECT_FOR_S
    )
    async with client:
        await run_actor(client, make(client.now()), after=after)
