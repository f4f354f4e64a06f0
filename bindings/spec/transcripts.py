"""Plays the conversations in ``protocol.md`` against a server and writes down what it says."""

import asyncio
import re
import tempfile
from pathlib import Path

import msgspec

from fastdial.engine import Site
from fastdial.journal import MemoryJournal
from fastdial.kernel.frames import FrameSplitter, frame
from fastdial.server import ServeConfig, Server
from fastdial.server.clock import SiteClock
from fastdial.server.config import ListenConfig
from fastdial.server.opening import Opened

NOW = 1_772_442_000_000
"""2026-03-02T09:00:00Z; time stands still in a conversation"""
BLOCK = re.compile(r"(?<=```transcript\n).*?(?=```)", re.DOTALL)
LAST_PINGS = range(1_000_001, 1_000_006)


def played(text: str) -> str:
    """``text`` with the server's lines of every conversation made anew."""
    return BLOCK.sub(lambda block: asyncio.run(_play(block[0])), text)


async def _play(block: str) -> str:
    said = [line.removeprefix("C: ") for line in block.splitlines() if line.startswith("C: ")]
    site, journal = Site(), MemoryJournal()
    clock = SiteClock(start=NOW, steady=lambda: 0.0)
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        config = ServeConfig(listen=ListenConfig(unix=f"{folder}/s.sock"))
        server = Server(config, Opened(site, journal, journal.claim(), clock))
        await server.start()
        reader, writer = await asyncio.open_unix_connection(Path(folder) / "s.sock")
        heard = _Heard(reader)
        for line in said:
            lines.append(f"C: {line}")
            writer.write(frame(line.encode()))
            lines += [f"S: {one}" for one in await heard.until_reply()]
            for number in LAST_PINGS:
                writer.write(frame(b'{"type": "ping", "id": %d}' % number))
                lines += [f"S: {one}" for one in await heard.until_reply()][:-1]
        writer.close()
        await writer.wait_closed()
        await server.stop()
    return "".join(f"{line}\n" for line in lines)


class _Heard:
    """What the server says, as text."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._splitter = FrameSplitter(1 << 20)
        self._waiting: list[str] = []

    async def until_reply(self) -> list[str]:
        """Everything up to the next reply, which is the last of it."""
        found: list[str] = []
        while not found or "seq" in msgspec.json.decode(found[-1]):
            while not self._waiting:
                data = await self._reader.read(1 << 16)
                if not data:
                    raise EOFError("the server closed the connection in a conversation")
                self._waiting += [
                    re.sub(r'"fastdial [^"]*"', '"fastdial 0.1.0"', one.decode())
                    for one in self._splitter.feed(data)
                    if isinstance(one, bytes)
                ]
            found.append(self._waiting.pop(0))
        return found
