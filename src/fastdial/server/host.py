"""The one site of a server: commands and time go in, events go to the journal, then out."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Protocol

from fastdial.journal.base import Journal, Snapshot
from fastdial.journal.recovery import Recoverable
from fastdial.messages.base import Command, Event, Reply
from fastdial.messages.codec import Encoding, encode
from fastdial.messages.settings import SiteConfig
from fastdial.server.clock import SiteClock
from fastdial.server.committer import Committer
from fastdial.server.feed import Feed

log = logging.getLogger("fastdial.server")

LONGEST_SLEEP_S = 3_600.0
SHORTEST_SLEEP_S = 0.001
"""between two calls to `advance` that the site asked for at once"""


class Decided(Protocol):
    """A reply and the events that came with it; `fastdial.engine.Outcome` is one."""

    @property
    def reply(self) -> Reply:
        """To the one who asked."""

    @property
    def events(self) -> list[Event]:
        """To everybody."""


class HostedSite(Recoverable, Protocol):
    """What a server needs of a site; `fastdial.engine.Site` has it."""

    @property
    def now(self) -> int:
        """The last instant seen."""

    @property
    def config(self) -> SiteConfig:
        """What it was told."""

    def handle(self, command: Command, now: int) -> Decided:
        """Answer a command."""

    def advance(self, now: int) -> list[Event]:
        """Do what is due."""

    def next_due(self) -> int | None:
        """When something is due."""


class Asker(Protocol):
    """Who waits for a reply."""

    def answer(self, payload: bytes) -> None:
        """The reply, encoded; the journal holds what it tells of."""


class SiteHost:
    """Runs a site in the loop's thread; `failed` is told of the first thing that stops it."""

    def __init__(
        self,
        site: HostedSite,
        journal: Journal,
        epoch: int,
        clock: SiteClock,
        *,
        snapshot_every_events: int,
        flush: Callable[[], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self.site = site
        self.clock = clock
        self.feed = Feed(journal, journal.last_seq)
        self._committer = Committer(journal, epoch, released=flush, failed=self._fail)
        self._failed = failed
        self._broken = False
        self._snapshot_every = snapshot_every_events
        snapshot = journal.newest_snapshot()
        self._snapshot_seq = 0 if snapshot is None else snapshot.seq
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._settling = False

    def command(self, command: Command, asker: Asker, encoding: Encoding) -> None:
        """Decide now; the asker gets the reply when the journal holds what it tells of."""
        if self._broken:
            return
        try:
            decided = self.site.handle(command, self.clock.now())
            reply = encode(decided.reply, encoding)
            payloads = [encode(event) for event in decided.events]
        except Exception as error:
            # half of the command may be in the site's state and not in its events
            log.exception("%s stopped the site", command.__struct_config__.tag)
            self._fail(error)
            return
        self._commit(payloads, partial(self._let_out, asker, reply))

    def start(self) -> None:
        """Do what became due while nobody was there."""
        self._advance()

    def snapshot(self) -> None:
        """Keep the state as it is now, beside the journal."""
        try:
            data = self.site.snapshot()
        except Exception:
            log.exception("the site gave no snapshot; recovery will take longer")
            return
        self._snapshot_seq = self.site.last_seq
        self._committer.keep(Snapshot(self._snapshot_seq, data))

    async def finish(self) -> None:
        """Let out what was decided, keep a last snapshot, stop time."""
        self._stop_timer()
        await self._committer.drained()
        if not self._broken and self.site.last_seq > self._snapshot_seq:
            self.snapshot()
            await self._committer.drained()

    def close(self) -> None:
        """End time and the threads."""
        self._broken = True
        self._stop_timer()
        self.feed.close()
        self._committer.close()

    def _let_out(self, asker: Asker, reply: bytes, payloads: list[bytes]) -> None:
        asker.answer(reply)
        if payloads:
            self.feed.publish(payloads)

    def _commit(self, payloads: list[bytes], release: Callable[[list[bytes]], None]) -> None:
        self._committer.add(payloads, partial(release, payloads))
        if payloads and not self._settling:
            self._settling = True
            self._loop.call_soon(self._settle)

    def _settle(self) -> None:
        """Once in a turn of the loop in which something happened."""
        self._settling = False
        if self._broken:
            return
        if self.site.last_seq - self._snapshot_seq >= self._snapshot_every:
            self.snapshot()
        self._set_timer()

    def _set_timer(self, shortest_s: float = 0.0) -> None:
        self._stop_timer()
        due = self.site.next_due()
        if due is not None:
            wait_s = min(max(self.clock.seconds_until(due), shortest_s), LONGEST_SLEEP_S)
            self._timer = self._loop.call_later(wait_s, self._advance)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _advance(self) -> None:
        if self._broken:
            return
        try:
            payloads = [encode(event) for event in self.site.advance(self.clock.now())]
        except Exception as error:
            log.exception("the passing of time stopped the site")
            self._fail(error)
            return
        if payloads:
            self._commit(payloads, self.feed.publish)
        self._set_timer(SHORTEST_SLEEP_S)

    def _fail(self, error: Exception) -> None:
        if not self._broken:
            self._broken = True
            self._stop_timer()
            self._failed(error)
