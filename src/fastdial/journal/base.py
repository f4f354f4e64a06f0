"""What a journal is: records in one unbroken sequence, written by one owner at a time.

An owner first claims the journal and is given an epoch above all before it; an append with an
older epoch is refused, so an owner that was put aside can write nothing more, whatever its clock
says. An append states the sequence that it follows; when its outcome is unknown it is settled by
reading, never by repeating it blindly.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

READ_RECORDS = 1_000
READ_BYTES = 1 << 20


class Record(NamedTuple):
    """One event: its sequence, counted from 1, and its MessagePack bytes."""

    seq: int
    payload: bytes


class Snapshot(NamedTuple):
    """A site's whole state after the event with sequence ``seq``."""

    seq: int
    data: bytes


class JournalError(Exception):
    """The journal could not do what was asked; nothing of it was done."""


class JournalBusy(JournalError):
    """Another process has this journal open for writing."""


class AppendConflict(JournalError):
    """The journal does not end at the sequence that the append was to follow."""

    def __init__(self, expected: int, found: int) -> None:
        super().__init__(
            f"the append was to follow sequence {expected}, but the journal ends at {found}: "
            "somebody else wrote to it; recover the site from the journal again"
        )
        self.expected = expected
        self.found = found


class EpochFenced(JournalError):
    """The append came from an owner whom another one has followed."""

    def __init__(self, epoch: int, newest: int) -> None:
        super().__init__(
            f"epoch {epoch} may not write: epoch {newest} owns the journal now; "
            "this process has to stop"
        )
        self.epoch = epoch
        self.newest = newest


class AppendUnknown(JournalError):
    """Whether the batch was written is not known; ask `Journal.settle`."""


class Story(Protocol):
    """What is read of a journal."""

    def read(
        self, after: int, *, max_records: int = READ_RECORDS, max_bytes: int = READ_BYTES
    ) -> list[Record]:
        """See `Journal.read`."""

    def newest_snapshot(self, until: int | None = None) -> Snapshot | None:
        """See `Journal.newest_snapshot`."""


class Journal(Protocol):
    """One site's journal. Every method may be called from any thread."""

    blocking: bool
    """whether calls wait for a disk or a network, and belong in a thread of their own"""

    @property
    def last_seq(self) -> int:
        """Sequence of the newest record; 0 where there is none."""

    def claim(self) -> int:
        """Become the owner: an epoch above all before it, from 1."""

    def append(self, payloads: Sequence[bytes], *, expected_last_seq: int, epoch: int) -> int:
        """Write a batch, all of it or nothing, durably; returns the new last sequence.

        The first payload becomes record ``expected_last_seq + 1``. Raises `AppendConflict`,
        `EpochFenced`, `AppendUnknown` or another `JournalError`.
        """

    def settle(self, payloads: Sequence[bytes], *, expected_last_seq: int) -> bool:
        """After `AppendUnknown`: whether that batch stands in the journal."""

    def read(
        self, after: int, *, max_records: int = READ_RECORDS, max_bytes: int = READ_BYTES
    ) -> list[Record]:
        """The records after sequence ``after``, in order; empty at the end.

        At most ``max_records``, and no more once their payloads have reached ``max_bytes``.
        """

    def save_snapshot(self, snapshot: Snapshot) -> None:
        """Keep a snapshot; that at sequence 0 and the newest are. Its sequence must be written."""

    def newest_snapshot(self, until: int | None = None) -> Snapshot | None:
        """The snapshot with the highest sequence, at most ``until``, if there is one."""

    def close(self) -> None:
        """Give up the journal; another process may open it. May be called twice."""
