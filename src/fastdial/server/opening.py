"""From configuration to a site that can be served."""

from typing import NamedTuple

from fastdial.engine import BadSnapshot, Site
from fastdial.journal import Journal, JournalError, MemoryJournal, SqliteJournal, recover
from fastdial.rules.windows.holiday_dates import read_calendars
from fastdial.server.clock import SiteClock
from fastdial.server.config import MEMORY, ServeConfig


class Opened(NamedTuple):
    """A recovered site with its journal, whose owner we are, and its clock."""

    site: Site
    journal: Journal
    epoch: int
    clock: SiteClock


def open_site(config: ServeConfig) -> Opened:
    """Claim the journal and recover its site; raises `JournalError`."""
    read_calendars()
    journal: Journal = (
        MemoryJournal() if config.journal.path == MEMORY else SqliteJournal(config.journal.path)
    )
    try:
        epoch = journal.claim()
        site = recover(journal, fresh=lambda: Site(config.site, config.seed), restore=Site.restore)
    except BadSnapshot as error:
        journal.close()
        raise JournalError(
            f"the snapshot in {config.journal.path} is of no use: {error}"
        ) from error
    except BaseException:
        journal.close()
        raise
    clock = SiteClock(last=site.now, speed=config.clock.speed, start=config.clock.start_at)
    return Opened(site, journal, epoch, clock)
