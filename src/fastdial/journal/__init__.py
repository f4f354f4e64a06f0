"""The append-only record of a site: what happened, in order, and snapshots beside it."""

from fastdial.journal.base import (
    AppendConflict,
    AppendUnknown,
    EpochFenced,
    Journal,
    JournalBusy,
    JournalError,
    Record,
    Snapshot,
    Story,
)
from fastdial.journal.memory import MemoryJournal
from fastdial.journal.recovery import rebuild, recover
from fastdial.journal.sqlite import SqliteJournal
from fastdial.journal.sqlite_reading import SqliteReader

__all__ = [
    "AppendConflict",
    "AppendUnknown",
    "EpochFenced",
    "Journal",
    "JournalBusy",
    "JournalError",
    "MemoryJournal",
    "Record",
    "Snapshot",
    "SqliteJournal",
    "SqliteReader",
    "Story",
    "rebuild",
    "recover",
]
