"""How long a site keeps others waiting while a long list is loaded into it.

    python -m benchmarks.load_pause --rows 1000000

A server on an SQLite journal, a simulated network and simulated agents who work on one campaign,
`fastdial load` with a list for another, and a prober with two connections: one pings (what the
loop does for others), one changes the state of an agent of its own (what the loop and the journal
do). A probe is sent as soon as the last one is answered, but at most 500 a second. What is printed
is how long answers took, before the load and during it; the longest is the longest pause.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fastdial.cli.run.crew import Crew
from fastdial.client import AsyncClient, CannotConnect
from fastdial.messages.base import Command
from fastdial.messages.commands import (
    AgentLogin,
    AgentNotReady,
    CampaignCreate,
    CampaignGet,
    CampaignStart,
    ContactsLoad,
    Ping,
)
from fastdial.messages.replies import CampaignReply
from fastdial.messages.settings import CampaignSettings
from fastdial.messages.windows import ALWAYS_OPEN
from fastdial.messages.words import DialingMode

LIVE, LIST = "00001", "00002"
PROBE_EVERY_S = 0.002
LIVE_CONTACTS = 20_000
GOAL_MS = 50.0


@dataclass(frozen=True)
class Waits:
    """How long answers took, ms."""

    count: int
    median: float
    p99: float
    longest: float

    @classmethod
    def of(cls, waits_s: list[float]) -> "Waits":
        ms = np.array(waits_s or [0.0]) * 1_000
        return cls(
            len(waits_s),
            float(np.median(ms)),
            float(np.percentile(ms, 99)),
            float(ms.max()),
        )


@dataclass(frozen=True)
class Result:
    """Waits of pings and of durable commands, before the load and during it."""

    rows: int
    load_s: float
    contacts: int
    """on the list afterwards"""
    before: dict[str, Waits]
    during: dict[str, Waits]


class Prober:
    """Asks again and again, and notes how long each answer took."""

    def __init__(self, client: AsyncClient, *commands: Command) -> None:
        self._client = client
        self._commands = commands
        self.waits_s: list[float] = []

    async def run(self) -> None:
        place = 0
        while True:
            command = self._commands[place % len(self._commands)]
            place += 1
            asked_s = time.perf_counter()
            await self._client.request(command)
            took_s = time.perf_counter() - asked_s
            self.waits_s.append(took_s)
            await asyncio.sleep(max(0.0, PROBE_EVERY_S - took_s))

    def taken(self) -> Waits:
        waits_s, self.waits_s = self.waits_s, []
        return Waits.of(waits_s)


def write_list(path: Path, rows: int) -> None:
    with path.open("w") as file:
        file.write("contact_key,number,number_2,zone,name\n")
        for n in range(rows):
            zone = "Europe/London" if n % 2 else "Europe/Warsaw"
            file.write(f"c-{n},+4420{n:08},+4822{n % 10_000_000:07},{zone},Customer {n}\n")


@asynccontextmanager
async def centre(folder: Path, agents: int, speed: float) -> AsyncIterator[str]:
    """A server with a network and agents around it; gives its address."""
    address = f"unix:{folder / 's.sock'}"
    config = folder / "site.toml"
    config.write_text(
        f'[listen]\nunix = "{folder / "s.sock"}"\n'
        f'[journal]\npath = "{folder / "site.journal"}"\n'
        f"[clock]\nspeed = {speed}\n[site]\nsilence_s = 60\n"
    )
    async with Crew(folder / "logs") as crew:
        await crew.start("server", ["serve", "--config", str(config)])
        while True:
            try:
                await (await AsyncClient.connect(address)).close()
                break
            except CannotConnect:
                await asyncio.sleep(0.05)
        await crew.start("network", ["network", "--connect", address])
        await crew.start("agents", ["agents", "--connect", address, "--agents", str(agents)])
        yield address


async def live_campaign(client: AsyncClient, contacts: int) -> None:
    """A campaign that is called while the list of another one is loaded."""
    settings = CampaignSettings(
        name="live", mode=DialingMode.PREDICTIVE, ends_when_dry=False, windows=ALWAYS_OPEN
    )
    await client.request(CampaignCreate(campaign_id=LIVE, settings=settings))
    for first in range(0, contacts, 1_000):
        rows = [
            {"contact_key": f"l-{n}", "numbers": [f"+4930{n:08}"]}
            for n in range(first, min(contacts, first + 1_000))
        ]
        await client.request(ContactsLoad(campaign_id=LIVE, contacts=rows))
    await client.request(CampaignStart(campaign_id=LIVE))
    # running as well, but nobody works on it: what is loaded is sorted in and not called
    other = CampaignSettings(name="list", teams=("nobody",), ends_when_dry=False)
    await client.request(CampaignCreate(campaign_id=LIST, settings=other))
    await client.request(CampaignStart(campaign_id=LIST))


async def measure(
    rows: int, *, agents: int = 50, speed: float = 10.0, before_s: float = 5.0
) -> Result:
    """Load ``rows`` rows beside a campaign that runs ``speed`` times as fast as a wall clock."""
    with tempfile.TemporaryDirectory(prefix="fastdial-pause-") as name:
        folder = Path(name)
        write_list(folder / "list.csv", rows)
        async with centre(folder, agents, speed) as address:
            control = await AsyncClient.connect(address)
            await live_campaign(control, min(LIVE_CONTACTS, max(100, rows)))
            await control.request(AgentLogin(agent_id="probe", teams=("probes",)))
            probers = {
                "ping": Prober(await AsyncClient.connect(address), Ping()),
                "durable": Prober(
                    await AsyncClient.connect(address),
                    AgentNotReady(agent_id="probe", reason="a"),
                    AgentNotReady(agent_id="probe", reason="b"),
                ),
            }
            tasks = [asyncio.create_task(one.run()) for one in probers.values()]
            await asyncio.sleep(before_s)
            before = {kind: one.taken() for kind, one in probers.items()}
            began_s = time.perf_counter()
            await load(folder / "list.csv", address)
            load_s = time.perf_counter() - began_s
            during = {kind: one.taken() for kind, one in probers.items()}
            for task in tasks:
                if task.done():
                    await task
                task.cancel()
            reply = await control.request(CampaignGet(campaign_id=LIST))
            assert isinstance(reply, CampaignReply)
            contacts = sum(reply.campaign.contacts.values())
            for client in (control, *(one._client for one in probers.values())):
                await client.close()
    return Result(rows, load_s, contacts, before, during)


async def load(file: Path, address: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "fastdial", "load", str(file), "--campaign", LIST, "--to", address
    )  # fmt: skip
    if await process.wait():
        raise RuntimeError("the load failed")


def lines(result: Result) -> list[str]:
    """The figures as a table."""
    rate = result.rows / result.load_s
    text = [
        f"{result.rows:,} rows in {result.load_s:.1f} s ({rate:,.0f} rows/s), "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        f"{'answers, ms':24}{'count':>8}{'median':>9}{'p99':>9}{'longest':>9}",
    ]
    for when, kinds in (("before", result.before), ("during", result.during)):
        text += [
            f"{f'{kind}, {when} the load':24}{w.count:>8,}{w.median:>9.2f}{w.p99:>9.2f}"
            f"{w.longest:>9.2f}"
            for kind, w in kinds.items()
        ]
    longest = max(waits.longest for waits in result.during.values())
    met = "met" if longest <= GOAL_MS else "MISSED"
    text.append(f"longest pause {longest:.1f} ms; at most {GOAL_MS:g} is wanted: {met}")
    return text


def main() -> None:
    parser = argparse.ArgumentParser("benchmarks.load_pause", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--speed", type=float, default=10.0)
    told = parser.parse_args()
    result = asyncio.run(measure(told.rows, agents=told.agents, speed=told.speed))
    print("\n".join(lines(result)))


if __name__ == "__main__":
    main()
