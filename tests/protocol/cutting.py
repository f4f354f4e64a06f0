"""A proxy that cuts connections after a number of bytes, in either direction."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path


class CuttingProxy:
    """Forwards to the Unix socket ``target``; each connection may carry ``budget()`` bytes."""

    def __init__(self, target: str, budget: Callable[[], int]) -> None:
        self.cuts = 0
        self._target = target
        self._budget = budget
        self._tasks: set[asyncio.Task[None]] = set()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            other_reader, other_writer = await asyncio.open_unix_connection(self._target)
        except OSError:
            writer.transport.abort()
            return
        left = [self._budget()]
        there = asyncio.ensure_future(self._forward(reader, other_writer, left))
        back = asyncio.ensure_future(self._forward(other_reader, writer, left))
        self._tasks |= {there, back}
        await asyncio.wait([there, back], return_when=asyncio.FIRST_COMPLETED)
        self.cuts += left[0] <= 0
        for one in (writer, other_writer):
            one.transport.abort()
        await asyncio.wait([there, back])
        self._tasks -= {there, back}
        for one in (writer, other_writer):
            with contextlib.suppress(ConnectionError):
                await one.wait_closed()

    @staticmethod
    async def _forward(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter, left: list[int]
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while left[0] > 0 and (data := await reader.read(4_096)):
                part = data[: left[0]]
                left[0] -= len(part)
                writer.write(part)
                await writer.drain()


@contextlib.asynccontextmanager
async def cutting(
    target: str, path: Path, budget: Callable[[], int]
) -> AsyncIterator[CuttingProxy]:
    """A proxy that listens on the Unix socket ``path``."""
    proxy = CuttingProxy(target, budget)
    server = await asyncio.start_unix_server(proxy.accept, path)
    try:
        yield proxy
    finally:
        server.close()
        while proxy._tasks:
            for task in list(proxy._tasks):
                task.cancel()
            await asyncio.sleep(0)
