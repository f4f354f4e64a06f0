"""A journal that lasts as long as its process: for tests, forecasts and what-if runs."""

from collections.abc import Sequence
from itertools import accumulate
from threading import Lock

from fastdial.journal.base import (
    READ_BYTES,
    READ_RECORDS,
    AppendConflict,
    EpochFenced,
    JournalError,
    Record,
    Snapshot,
)


class MemoryJournal:
    """Records in a list; see `fastdial.journal.base.Journal`."""

    blocking = False

    def __init__(self) -> None:
        self._payloads: list[bytes] = []
        self._snapshots: list[Snapshot] = []
        self._epoch = 0
        self._lock = Lock()

    @property
    def last_seq(self) -> int:
        """Sequence of the newest record."""
        return len(self._payloads)

    def claim(self) -> int:
        """A new epoch."""
        with self._lock:
            self._epoch += 1
            return self._epoch

    def append(self, payloads: Sequence[bytes], *, expected_last_seq: int, epoch: int) -> int:
        """Write a batch, whole or not at all."""
        with self._lock:
            if epoch < self._epoch:
                raise EpochFenced(epoch, self._epoch)
            if expected_last_seq != len(self._payloads):
                raise AppendConflict(expected_last_seq, len(self._payloads))
            self._epoch = epoch
            self._payloads.extend(payloads)
            return len(self._payloads)

    def settle(self, payloads: Sequence[bytes], *, expected_last_seq: int) -> bool:
        """Whether the batch stands here."""
        end = expected_last_seq + len(payloads)
        return self._payloads[expected_last_seq:end] == list(payloads)

    def read(
        self, after: int, *, max_records: int = READ_RECORDS, max_bytes: int = READ_BYTES
    ) -> list[Record]:
        """The records after ``after``."""
        payloads = self._payloads[after : after + max_records]
        sums = accumulate(map(len, payloads), initial=0)
        return [
            Record(after + place, payload)
            for place, (payload, before) in enumerate(zip(payloads, sums, strict=False), 1)
            if before < max_bytes
        ]

    def save_snapshot(self, snapshot: Snapshot) -> None:
        """Keep the newest snapshot, and that at sequence 0."""
        if snapshot.seq > self.last_seq:
            raise JournalError(
                f"a snapshot at sequence {snapshot.seq} is ahead of the journal, "
                f"which ends at {self.last_seq}"
            )
        newest = self._snapshots[-1].seq if self._snapshots else 0
        if snapshot.seq >= newest:
            first = [one for one in self._snapshots[:1] if one.seq == 0 != snapshot.seq]
            self._snapshots = [*first, snapshot]

    def newest_snapshot(self, until: int | None = None) -> Snapshot | None:
        """Of those kept."""
        kept = [one for one in self._snapshots if until is None or one.seq <= until]
        return kept[-1] if kept else None

    def close(self) -> None:
        """Nothing to give up."""
