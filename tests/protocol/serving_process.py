"""A server as a process of its own, to be killed."""

import asyncio
import signal
import sys
from pathlib import Path


class ServerProcess:
    """``python -m fastdial.server`` in ``folder``, on a Unix socket and an SQLite journal."""

    def __init__(self, folder: Path, *, snapshot_every_events: int = 100_000) -> None:
        self.address = f"unix:{folder}/s.sock"
        self._config = folder / "site.toml"
        self._config.write_text(
            f'[listen]\nunix = "{folder}/s.sock"\n'
            f'[journal]\npath = "{folder}/site.journal"\n'
            f"snapshot_every_events = {snapshot_every_events}\n"
        )
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> str:
        """Start it; returns what it says when it listens."""
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "fastdial.server", str(self._config)),
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout is not None
        line = (await self._process.stdout.readline()).decode()
        assert line.startswith("fastdial: listening on"), "see standard error"
        return line

    async def stop(self, how: signal.Signals) -> int:
        """Send it a signal, and wait for its exit code."""
        assert self._process is not None
        self._process.send_signal(how)
        await self._process.communicate()
        code = self._process.returncode
        assert code is not None
        return code
