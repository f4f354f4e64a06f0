"""A site from its journal: the newest snapshot, then every event after it."""

from collections.abc import Callable
from typing import Protocol, TypeVar

import msgspec

from fastdial.journal.base import Journal, JournalError, Snapshot, Story
from fastdial.messages.base import Event
from fastdial.messages.codec import decode_event


class Recoverable(Protocol):
    """What recovery needs of a site; `fastdial.engine.Site` has it."""

    @property
    def last_seq(self) -> int:
        """Sequence of the newest event that it knows."""

    def apply(self, event: Event) -> None:
        """Take over what happened."""

    def snapshot(self) -> bytes:
        """The whole state."""


S = TypeVar("S", bound=Recoverable)


def recover(journal: Journal, *, fresh: Callable[[], S], restore: Callable[[bytes], S]) -> S:
    """The site that ``journal`` tells of, or a fresh one where the journal is new.

    A fresh site's snapshot goes into the journal at sequence 0, so that the configuration and
    the seed that its events rest on are beside them. Raises `JournalError` where the journal
    does not tell a whole story.
    """
    snapshot = journal.newest_snapshot()
    if snapshot is None:
        if journal.last_seq:
            raise JournalError(
                f"the journal holds {journal.last_seq} events and no snapshot to begin from: "
                "bring back a whole copy of it"
            )
        site = fresh()
        journal.save_snapshot(Snapshot(0, site.snapshot()))
        return site
    if snapshot.seq > journal.last_seq:
        raise JournalError(
            f"the newest snapshot is at sequence {snapshot.seq}, but the journal ends at "
            f"{journal.last_seq}: events are missing; bring back a whole copy of it"
        )
    site = restore(snapshot.data)
    if site.last_seq != snapshot.seq:
        raise JournalError(f"the snapshot at {snapshot.seq} says that it is at {site.last_seq}")
    replay(journal, site)
    return site


def rebuild(journal: Story, until: int, *, restore: Callable[[bytes], S]) -> S:
    """The site as it was after the event ``until``; from the nearest snapshot before it.

    Raises `JournalError` where the journal does not tell so much.
    """
    snapshot = journal.newest_snapshot(until)
    if snapshot is None:
        raise JournalError(f"the journal has no snapshot from before event {until} to begin from")
    site = restore(snapshot.data)
    replay(journal, site, until)
    if site.last_seq != until:
        raise JournalError(f"the journal ends at event {site.last_seq}; there is no {until} yet")
    return site


def replay(journal: Story, site: Recoverable, until: int | None = None) -> int:
    """Apply the events after ``site.last_seq``, up to ``until``; returns how many there were."""
    before = seq = site.last_seq
    while records := journal.read(seq):
        for record in records:
            if until is not None and record.seq > until:
                return seq - before
            if record.seq != seq + 1:
                raise JournalError(f"after event {seq} the journal goes on with {record.seq}")
            try:
                event = decode_event(record.payload)
            except msgspec.DecodeError as error:
                raise JournalError(
                    f"event {record.seq} cannot be read: {error}; it was written by a newer "
                    "version, or it is damaged"
                ) from error
            if event.seq != record.seq:
                raise JournalError(f"record {record.seq} holds the event {event.seq}")
            site.apply(event)
            seq = record.seq
    return seq - before
