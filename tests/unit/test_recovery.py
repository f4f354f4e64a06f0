"""A site comes back from its journal as it was, or it is said why not."""

from pathlib import Path

import pytest

from fastdial.engine import Site
from fastdial.journal import JournalError, MemoryJournal, Snapshot, SqliteJournal, rebuild, recover
from fastdial.messages.codec import encode
from fastdial.messages.commands import AgentLogin, AgentReady
from fastdial.messages.settings import SiteConfig


def _write(journal: MemoryJournal | SqliteJournal, site: Site, *agent_ids: str) -> None:
    epoch = journal.claim()
    for place, agent_id in enumerate(agent_ids):
        for command in (AgentLogin(agent_id=agent_id), AgentReady(agent_id=agent_id)):
            events = site.handle(command, site.now + 1_000 * place).events
            journal.append(
                [encode(event) for event in events],
                expected_last_seq=journal.last_seq,
                epoch=epoch,
            )


def test_a_new_journal_gets_the_fresh_site_with_its_configuration_and_seed() -> None:
    journal = MemoryJournal()
    config = SiteConfig(name="first")
    site = recover(journal, fresh=lambda: Site(config, 7), restore=Site.restore)
    _write(journal, site, "ann")
    again = recover(journal, fresh=lambda: Site(SiteConfig(name="other"), 8), restore=Site.restore)
    assert (again.config, again.seed) == (config, 7)
    assert again.state_hash() == site.state_hash()
    assert (again.now, again.last_seq) == (site.now, site.last_seq)


def test_events_after_the_newest_snapshot_are_applied(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "site.journal")
    site = recover(journal, fresh=Site, restore=Site.restore)
    _write(journal, site, "ann", "bob")
    journal.save_snapshot(Snapshot(site.last_seq, site.snapshot()))
    _write(journal, site, "eve")
    journal.close()
    journal = SqliteJournal(tmp_path / "site.journal")
    again = recover(journal, fresh=Site, restore=Site.restore)
    assert again.state_hash() == site.state_hash()
    journal.close()


def test_a_site_is_rebuilt_as_it_was_after_any_event() -> None:
    journal = MemoryJournal()
    site = recover(journal, fresh=Site, restore=Site.restore)
    hashes = {0: site.state_hash()}
    for agent_id in ("ann", "bob", "eve"):
        _write(journal, site, agent_id)
        hashes[site.last_seq] = site.state_hash()
        if agent_id == "bob":
            journal.save_snapshot(Snapshot(site.last_seq, site.snapshot()))
    for seq, digest in hashes.items():
        assert rebuild(journal, seq, restore=Site.restore).state_hash() == digest
    with pytest.raises(JournalError, match="there is no 99 yet"):
        rebuild(journal, 99, restore=Site.restore)
    with pytest.raises(JournalError, match="no snapshot from before event 1"):
        rebuild(MemoryJournal(), 1, restore=Site.restore)


def test_events_without_any_snapshot_are_no_whole_journal() -> None:
    journal = MemoryJournal()
    _write(journal, Site(), "ann")
    with pytest.raises(JournalError, match="no snapshot to begin from"):
        recover(journal, fresh=Site, restore=Site.restore)


@pytest.mark.parametrize(
    ("payload", "said"),
    [(b"\xc1", "cannot be read"), (b"\x81\xa4type\xa7unheard", "cannot be read"), (None, "holds")],
)
def test_a_record_that_is_not_the_next_event_is_named(payload: bytes | None, said: str) -> None:
    journal = MemoryJournal()
    site = recover(journal, fresh=Site, restore=Site.restore)
    _write(journal, site, "ann")
    repeated = payload or journal.read(0)[0].payload
    journal.append([repeated], expected_last_seq=journal.last_seq, epoch=journal.claim())
    with pytest.raises(JournalError, match=f"{journal.last_seq}.* {said}"):
        recover(journal, fresh=Site, restore=Site.restore)
