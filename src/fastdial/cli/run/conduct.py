"""A run from beginning to end: processes up, the shift's work, processes down, report."""

import asyncio
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from fastdial.cli.display import Display
from fastdial.cli.journal_file import read_journal
from fastdial.cli.problems import Failed
from fastdial.cli.run.crew import Crew
from fastdial.cli.run.plan import Plan
from fastdial.cli.run.shift import Ending, Shift
from fastdial.client import AsyncClient, CannotConnect, ClientError, CommandRefused
from fastdial.messages.errors import RefusedRow
from fastdial.messages.events import CampaignStateChanged
from fastdial.server.config import ListenConfig

LISTENS_WITHIN_S = 60.0
DEATH_SHOWS_WITHIN_S = 2.0
"""how long after a connection was lost the end of the server is waited for"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended."""

    ending: Ending | None
    """none: it was interrupted"""
    unread: list[RefusedRow]


def conduct(plan: Plan, display: Display) -> Outcome:
    """Do the run; raises `ChildDied` or `Failed`. No process of it is left when this returns."""
    begins_at = _began(plan.journal) if plan.resume else None
    with _sockets() as folder, display:
        return asyncio.run(_conduct(plan, display, folder, begins_at))


def _began(journal: Path) -> int | None:
    """When the shift in a journal began; none where it has not yet."""
    for event in read_journal(journal):
        if isinstance(event, CampaignStateChanged):
            return event.at
    return None


@contextmanager
def _sockets() -> Iterator[Path]:
    """A folder for the socket and the configurations: a socket's path may be 100 bytes long."""
    folder = Path(tempfile.mkdtemp(prefix="fastdial-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _conduct(plan: Plan, display: Display, folder: Path, begins_at: int | None) -> Outcome:
    interrupted = asyncio.Event()
    async with Crew(plan.logs) as crew:
        _stop_on_signals(interrupted, crew)
        work = asyncio.create_task(_work(plan, display, folder, crew, begins_at))
        signalled = asyncio.create_task(interrupted.wait())
        try:
            await asyncio.wait((work, crew.death, signalled), return_when=asyncio.FIRST_COMPLETED)
            if crew.death.done():
                raise crew.death.result()
            if interrupted.is_set():
                display.note("Interrupted; stopping.")
                return Outcome(None, [])
            return await _result(work, crew)
        finally:
            for task in (work, signalled):
                task.cancel()
            await asyncio.gather(work, signalled, return_exceptions=True)


def _stop_on_signals(interrupted: asyncio.Event, crew: Crew) -> None:
    """The first signal stops in good order; a second one ends everything at once."""

    def stop() -> None:
        if interrupted.is_set():
            crew.kill()
        interrupted.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)


async def _result(work: "asyncio.Task[Outcome]", crew: Crew) -> Outcome:
    """What the work came to. Where it lost the server, the server's end is the better reason."""
    try:
        return work.result()
    except CommandRefused as refusal:
        raise Failed(str(refusal)) from refusal
    except ClientError as error:
        with suppress(TimeoutError):
            death = await asyncio.wait_for(asyncio.shield(crew.death), DEATH_SHOWS_WITHIN_S)
            raise death from error
        raise Failed(str(error)) from error


async def _work(
    plan: Plan, display: Display, folder: Path, crew: Crew, begins_at: int | None
) -> Outcome:
    address = f"unix:{folder / 'site.sock'}"
    server = msgspec.structs.replace(
        plan.server,
        listen=ListenConfig(unix=str(folder / "site.sock")),
        journal=msgspec.structs.replace(plan.server.journal, path=str(plan.journal.absolute())),
    )
    config, scenario = folder / "server.toml", folder / "scenario.toml"
    config.write_bytes(msgspec.toml.encode(server))
    scenario.write_bytes(msgspec.toml.encode(plan.scenario))
    await crew.start("server", ["serve", "--config", str(config)])
    client = await _connected(address)
    try:
        shift = Shift(plan, client, display, begins_at=begins_at)
        await shift.prepare()
        world = ["--connect", address, "--scenario", str(scenario), "--seed", str(plan.server.seed)]
        await crew.start("network", ["network", *world])
        await crew.start("agents", ["agents", *world])
        ending = await shift.work()
        return Outcome(ending, shift.unread)
    finally:
        await client.close()


async def _connected(address: str) -> AsyncClient:
    """A client of the server that is just starting."""
    give_up_s = asyncio.get_running_loop().time() + LISTENS_WITHIN_S
    while True:
        try:
            return await AsyncClient.connect(address, name="fastdial run")
        except CannotConnect as error:
            if asyncio.get_running_loop().time() > give_up_s:
                raise Failed(f"the server did not answer: {error}") from None
            await asyncio.sleep(0.05)
