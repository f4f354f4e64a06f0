"""A server of a real site in the test's own loop, on a Unix socket."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import uvloop

from fastdial.engine import Site
from fastdial.journal import JournalError, MemoryJournal, Snapshot
from fastdial.kernel.frames import FrameSplitter, frame
from fastdial.messages.base import Command
from fastdial.messages.codec import decode_from_server, encode
from fastdial.messages.commands import ContactsLoad
from fastdial.messages.settings import CampaignSettings
from fastdial.server import ServeConfig, Server
from fastdial.server.clock import SiteClock
from fastdial.server.config import JournalConfig, LimitsConfig, ListenConfig
from fastdial.server.opening import Opened


def config(folder: Path, *, memory: bool = True, **limits: Any) -> ServeConfig:
    """A configuration whose files are in ``folder``."""
    path = ":memory:" if memory else str(folder / "site.journal")
    return ServeConfig(
        listen=ListenConfig(unix=str(folder / "s.sock")),
        journal=JournalConfig(path=path),
        limits=LimitsConfig(**limits),
    )


@contextlib.asynccontextmanager
async def serving(settings: ServeConfig, opened: Opened | None = None) -> AsyncIterator[Server]:
    """A server that runs while the block does."""
    server = Server(settings, opened)
    await server.start()
    try:
        yield server
    finally:
        if isinstance(server._journal, HeldJournal):
            server._journal.let_tell.set()
            server._journal.let_go.set()  # so that a test that fails also ends
        await server.stop()


LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": uvloop.new_event_loop,
}


def run(
    scenario: Callable[[], Awaitable[None]], *, loop: str = "uvloop", limit_s: float = 60.0
) -> None:
    """Run a scenario; one that hangs fails."""

    async def bounded() -> None:
        async with asyncio.timeout(limit_s):
            await scenario()

    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(bounded())


class HeldJournal(MemoryJournal):
    """Appends wait, in the journal's thread, before or after they are done; or fail."""

    blocking = True

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()
        self.let_go.set()
        self.let_tell = threading.Event()
        self.let_tell.set()
        self.error: JournalError | None = None
        self.batches: list[int] = []

    def append(self, payloads: Sequence[bytes], *, expected_last_seq: int, epoch: int) -> int:
        self.let_go.wait()
        if self.error is not None:
            raise self.error
        self.batches.append(len(payloads))
        last = super().append(payloads, expected_last_seq=expected_last_seq, epoch=epoch)
        self.let_tell.wait()
        return last


def held(journal: HeldJournal) -> Opened:
    """A fresh site with that journal."""
    site = Site()
    journal.save_snapshot(Snapshot(0, site.snapshot()))
    return Opened(site, journal, journal.claim(), SiteClock())


class Raw:
    """A connection that sends bytes as it likes and reads messages."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._splitter = FrameSplitter(64 << 20)
        self._came: list[bytes] = []

    @classmethod
    async def open(cls, server: Server) -> "Raw":
        return cls(*await asyncio.open_unix_connection(server.addresses[0].removeprefix("unix:")))

    async def payload(self) -> bytes:
        """The next payload; raises EOFError at the end."""
        while not self._came:
            data = await self.reader.read(1 << 16)
            if not data:
                raise EOFError
            for one in self._splitter.feed(data):
                assert isinstance(one, bytes)
                self._came.append(one)
        return self._came.pop(0)

    async def message(self) -> Any:
        return decode_from_server(await self.payload())

    async def json(self) -> Any:
        """The next message as plain data, whatever its encoding."""
        payload = await self.payload()
        if payload[:1] == b"{":
            return msgspec.json.decode(payload)
        return msgspec.msgpack.decode(payload)

    def send(self, *commands: Command | bytes | dict[str, Any]) -> None:
        for command in commands:
            if isinstance(command, Command):
                payload = encode(command)
            elif isinstance(command, dict):
                payload = msgspec.json.encode(command)
            else:
                payload = command
            self.writer.write(frame(payload))

    async def ask(self, command: Command | bytes | dict[str, Any]) -> Any:
        self.send(command)
        return await self.json()

    async def hello(self) -> Any:
        return await self.ask({"type": "hello", "id": 1, "protocol": 1})

    async def close(self) -> None:
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()


def campaign() -> CampaignSettings:
    """Settings of a campaign that dials nobody in a test, since no agent works on it."""
    return CampaignSettings(name="test", teams=("nobody",), ends_when_dry=False)


def load(campaign_id: str, keys: Iterable[str], **more: Any) -> ContactsLoad:
    """A load of contacts with one number each."""
    rows = [{"contact_key": key, "numbers": [number_of(key)]} for key in keys]
    return ContactsLoad(campaign_id=campaign_id, contacts=rows, **more)


def number_of(key: str) -> str:
    """A number that follows from ``key``."""
    return f"+4812{int.from_bytes(key.encode(), 'big') % 9_000_000 + 1_000_000}"
