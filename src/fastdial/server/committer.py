"""Group commit: whatever was decided while one batch was written goes into the next."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from fastdial.journal.base import AppendUnknown, Journal, JournalError, Snapshot

log = logging.getLogger("fastdial.server")

Release = Callable[[], None]


class Committer:
    """Writes events to a journal and lets nothing out before it is there.

    What is added is released in order: with its own batch, or, where it has no events, as soon
    as what was decided before it is written, since it may tell of that. After a failure nothing
    is released any more, and ``failed`` is called with the reason.
    """

    def __init__(
        self,
        journal: Journal,
        epoch: int,
        *,
        released: Callable[[], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._journal = journal
        self._epoch = epoch
        self._released = released
        self._failed = failed
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(1, "fastdial-journal")
        self._waiting: list[tuple[list[bytes], Release]] = []
        self._snapshot: Snapshot | None = None
        self._last_seq = journal.last_seq
        self._writing = False
        self._planned = False
        self._broken = False
        self._idle = asyncio.Event()
        self._idle.set()
        self.batches = 0
        """transactions so far"""

    def add(self, payloads: list[bytes], release: Release) -> None:
        """Write ``payloads`` (maybe none), then call ``release``."""
        if self._broken:
            return
        if not payloads and not self._writing and not self._waiting:
            release()
            return
        self._waiting.append((payloads, release))
        self._plan()

    def keep(self, snapshot: Snapshot) -> None:
        """Keep a snapshot once the events up to it are written."""
        self._snapshot = snapshot
        self._plan()

    async def drained(self) -> None:
        """Return when everything that was added is written and released, or will never be."""
        while not self._idle.is_set():
            await self._idle.wait()

    def close(self) -> None:
        """End the thread; what it is writing is finished."""
        self._thread.shutdown()

    def _plan(self) -> None:
        # at the end of this turn of the loop, so that all commands of the turn share a batch
        if not self._planned and not self._writing and not self._broken:
            self._planned = True
            self._idle.clear()
            self._loop.call_soon(self._next)

    def _next(self) -> None:
        self._planned = False
        batch, self._waiting = self._waiting, []
        payloads = [payload for some, _ in batch for payload in some]
        releases = [release for _, release in batch]
        if not payloads:
            self._release(releases)
            self._keep_or_rest()
        elif self._journal.blocking:
            self._writing = True
            work = self._loop.run_in_executor(self._thread, self._write, payloads)
            work.add_done_callback(lambda done: self._written(done.exception(), releases))
        else:
            try:
                self._write(payloads)
            except JournalError as error:
                self._written(error, releases)
            else:
                self._written(None, releases)

    def _write(self, payloads: list[bytes]) -> None:
        try:
            self._journal.append(payloads, expected_last_seq=self._last_seq, epoch=self._epoch)
        except AppendUnknown:
            if not self._journal.settle(payloads, expected_last_seq=self._last_seq):
                raise
        self._last_seq += len(payloads)

    def _written(self, error: BaseException | None, releases: list[Release]) -> None:
        self._writing = False
        if error is not None:
            self._break(error)
            return
        self.batches += 1
        self._release(releases)
        self._keep_or_rest()

    def _release(self, releases: list[Release]) -> None:
        for release in releases:
            release()
        self._released()

    def _keep_or_rest(self) -> None:
        if self._broken:
            self._idle.set()
        elif self._snapshot is not None and self._snapshot.seq <= self._last_seq:
            snapshot, self._snapshot = self._snapshot, None
            self._writing = True
            work = self._loop.run_in_executor(self._thread, self._journal.save_snapshot, snapshot)
            work.add_done_callback(lambda done: self._kept(done.exception()))
        elif self._waiting:
            self._next()
        else:
            self._idle.set()

    def _kept(self, error: BaseException | None) -> None:
        self._writing = False
        if error is not None:
            log.error("the snapshot was not kept: %s; recovery will take longer", error)
        self._keep_or_rest()

    def _break(self, error: BaseException) -> None:
        self._broken = True
        self._waiting.clear()
        self._idle.set()
        self._failed(error if isinstance(error, Exception) else RuntimeError(repr(error)))
