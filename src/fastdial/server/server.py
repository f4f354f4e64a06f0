"""A server: one site, its listeners and its sessions."""

import asyncio
import logging

from fastdial.messages.codec import Encoding
from fastdial.messages.commands import SiteConfigure
from fastdial.server.clock import SiteClock
from fastdial.server.config import LimitsConfig, ServeConfig
from fastdial.server.host import HostedSite, SiteHost
from fastdial.server.listeners import Listeners
from fastdial.server.opening import Opened, open_site
from fastdial.server.session import Session

log = logging.getLogger("fastdial.server")

FLUSHED_POLL_S = 0.01


class Server:
    """Serves the site of ``config``. Start it in a running loop, and stop it there.

    ``opened`` is for those who bring a site of their own.
    """

    def __init__(self, config: ServeConfig, opened: Opened | None = None) -> None:
        self.config = config
        self.limits: LimitsConfig = config.limits
        self.stopping = False
        self.failed: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()
        """the reason, when the server cannot go on; what was not released by then never is"""
        site, self._journal, epoch, clock = opened or open_site(config)
        self.host = self._make_host(site, epoch, clock)
        self._listeners = Listeners()
        self._sessions: dict[Session, None] = {}
        self._turned_away: dict[Session, None] = {}
        self._to_flush: list[Session] = []

    def _make_host(self, site: HostedSite, epoch: int, clock: SiteClock) -> SiteHost:
        return SiteHost(
            site,
            self._journal,
            epoch,
            clock,
            snapshot_every_events=self.config.journal.snapshot_every_events,
            flush=self.flush,
            failed=self._fail,
        )

    @property
    def addresses(self) -> list[str]:
        """Where it listens, as clients take it."""
        return self._listeners.addresses

    async def start(self) -> None:
        """Do what is due, take over a changed configuration, listen; raises `CannotListen`."""
        try:
            self.host.start()
            if self.host.site.config != self.config.site:
                log.info("the site's configuration has changed")
                command = SiteConfigure(config=self.config.site)
                self.host.command(command, _Nobody(), Encoding.MSGPACK)
            await self._listeners.open(self.config.listen, lambda: Session(self))
        except BaseException:
            self._close()
            raise

    async def stop(self) -> None:
        """Take no new work, finish what is under way, keep a snapshot, say goodbye."""
        self.stopping = True
        self._listeners.close()
        await self.host.finish()
        if not self.failed.done():
            for session in list(self._sessions):
                session.close()
            await self._all_gone(self.limits.stop_s)
        self._close()

    async def _all_gone(self, longest_s: float) -> None:
        try:
            async with asyncio.timeout(longest_s):
                while self._sessions:
                    await asyncio.sleep(FLUSHED_POLL_S)
        except TimeoutError:
            log.warning("%d clients did not read what was sent to them", len(self._sessions))

    def _close(self) -> None:
        self._listeners.close()
        for session in (*self._sessions, *self._turned_away):
            session.give_up("the server is gone")
        self.host.close()
        self._journal.close()

    def _fail(self, error: Exception) -> None:
        self.stopping = True
        for session in list(self._sessions):
            session.give_up("the server has failed")
        if not self.failed.done():
            self.failed.set_result(error)

    # --- what sessions need

    def came(self, session: Session) -> bool:
        """A connection is there; false where there is no room for it."""
        if len(self._sessions) >= self.limits.connections:
            self._turned_away[session] = None
            return False
        self._sessions[session] = None
        return True

    def left(self, session: Session) -> None:
        """A connection is gone."""
        self._sessions.pop(session, None)
        self._turned_away.pop(session, None)

    def to_flush(self, session: Session) -> None:
        """The session has something to send at the end of this turn."""
        self._to_flush.append(session)

    def flush(self) -> None:
        """Let all sessions send what they have."""
        sessions, self._to_flush = self._to_flush, []
        for session in sessions:
            session.flush()


class _Nobody:
    """Who asks when the server asks its own site."""

    def answer(self, payload: bytes) -> None:
        """Nobody listens."""
