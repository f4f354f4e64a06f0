"""The processes of a run: started, watched, and stopped whatever happens."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

STOP_S = 15.0
"""how long a process that was told to stop may take"""
TAIL_LINES = 15
WITH_PARENT = "--stop-with-stdin"
"""our commands end by themselves when their standard input does, so also when we are killed"""


class ChildDied(Exception):
    """A process ended that nobody had told to."""

    def __init__(self, name: str, how: str, log: Path, tail: str) -> None:
        super().__init__(f"the {name} {how}")
        self.name = name
        self.how = how
        self.log = log
        self.tail = tail


@dataclass(slots=True)
class Child:
    """A process and where it speaks."""

    name: str
    process: asyncio.subprocess.Process
    log: Path
    watch: "asyncio.Task[int]"


class Crew:
    """Child processes, stopped in the reverse order of their start when the context ends."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self.children: list[Child] = []
        """those that have not been stopped"""
        self._stopping = False
        self.death: asyncio.Future[ChildDied] = asyncio.get_running_loop().create_future()
        """done when a child has ended that nobody told to; the first one counts"""

    async def __aenter__(self) -> "Crew":
        self._logs.mkdir(parents=True, exist_ok=True)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self, name: str, arguments: Sequence[str]) -> None:
        """Start ``fastdial`` with ``arguments``; what it says goes to its log."""
        log = self._logs / f"{name}.log"
        with log.open("ab") as out:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "fastdial", *arguments, WITH_PARENT,
                stdin=asyncio.subprocess.PIPE, stdout=out, stderr=out,
                # Ctrl-C goes to the whole group of the terminal; children are stopped in order.
                start_new_session=True,
            )  # fmt: skip
        watch = asyncio.create_task(self._watch(name, process, log), name=f"watch {name}")
        self.children.append(Child(name, process, log, watch))

    async def _watch(self, name: str, process: asyncio.subprocess.Process, log: Path) -> int:
        code = await process.wait()
        if not self._stopping and not self.death.done():
            self.death.set_result(ChildDied(name, _how(code), log, tail_of(log)))
        return code

    async def stop(self) -> None:
        """Tell all of them to stop, the last one first, and see that they have."""
        self._stopping = True
        while self.children:
            child = self.children.pop()
            with contextlib.suppress(ProcessLookupError):
                child.process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(asyncio.shield(child.watch), STOP_S)
            except TimeoutError:
                self._kill(child)
                await child.watch
            except asyncio.CancelledError:
                self._kill(child)
                self.kill()
                raise
        self.death.cancel()

    def kill(self) -> None:
        """End all of them at once, whatever they are doing."""
        self._stopping = True
        for child in self.children:
            self._kill(child)

    @staticmethod
    def _kill(child: Child) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.process.pid, signal.SIGKILL)


def _how(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended by itself with exit code {code}"


def tail_of(log: Path) -> str:
    """The last lines of a log."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(lines[-TAIL_LINES:])
