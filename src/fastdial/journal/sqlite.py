"""A journal in one SQLite file: write-ahead log, every commit on disk before it counts."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from fastdial.journal.base import (
    READ_BYTES,
    READ_RECORDS,
    AppendConflict,
    AppendUnknown,
    EpochFenced,
    JournalError,
    Record,
    Snapshot,
)
from fastdial.journal.lock import FileLock
from fastdial.journal.sqlite_checkpoints import Checkpoints
from fastdial.journal.sqlite_reading import (
    APPLICATION_ID,
    SCHEMA_VERSION,
    check_format,
    read_records,
    read_snapshot,
)

SNAPSHOTS_KEPT = 2
ROWS_AT_ONCE = 128
"""records in one statement: after each the thread has to wait for its turn"""
LOG_BYTES_KEPT = 64 << 20
"""of a log that was longer, as while somebody read for long"""
PART_BYTES = 64 << 20
"""SQLite holds no value above 1 GB, so a snapshot is kept in parts"""

_SCHEMA = f"""
CREATE TABLE records (seq INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, payload BLOB NOT NULL);
CREATE TABLE snapshots (
    seq INTEGER NOT NULL, part INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (seq, part)
);
CREATE TABLE owner (only INTEGER PRIMARY KEY CHECK (only = 1), epoch INTEGER NOT NULL);
INSERT INTO owner VALUES (1, 0);
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA_VERSION};
"""


class SqliteJournal:
    """Records in the file ``path``, made where it is missing; see `journal.base.Journal`.

    The writer and the reader have a connection and a lock each, so that history is read while
    the next batch is written. Raises `JournalBusy` while another process has the file.
    """

    blocking = True

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._lock_file = FileLock(self.path)
        self._writing = Lock()
        self._reading = Lock()
        self._closed = False
        self._connections: list[sqlite3.Connection] = []
        try:
            self._writer = self._connect()
            self._prepare()
            self._reader = self._connect()
            self._reader.execute("PRAGMA query_only = ON")
            self._last_seq = self._read_last_seq(self._writer)
            self._checkpoints = Checkpoints(self.path)
        except sqlite3.Error as error:
            self._let_go()
            raise JournalError(f"{self.path} cannot be used as a journal: {error}") from error
        except JournalError:
            self._let_go()
            raise

    def _let_go(self) -> None:
        for connection in self._connections:
            connection.close()
        self._lock_file.release()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        self._connections.append(connection)
        connection.execute("PRAGMA busy_timeout = 5000")
        return connection

    def _prepare(self) -> None:
        mode = self._writer.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        if mode != "wal":
            raise JournalError(
                f"{self.path}: SQLite cannot keep a write-ahead log there (it says {mode!r}); "
                "put the journal on a local file system"
            )
        self._writer.execute("PRAGMA synchronous = FULL")
        self._writer.execute("PRAGMA wal_autocheckpoint = 0")
        self._writer.execute(f"PRAGMA journal_size_limit = {LOG_BYTES_KEPT}")
        application = self._writer.execute("PRAGMA application_id").fetchone()[0]
        tables = self._writer.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if application == 0 and tables == 0:
            self._writer.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}COMMIT;")
        else:
            check_format(self._writer, self.path)

    @staticmethod
    def _read_last_seq(connection: sqlite3.Connection) -> int:
        last: int | None = connection.execute("SELECT max(seq) FROM records").fetchone()[0]
        return last or 0

    @contextmanager
    def _transaction(self, nbytes: int = 0) -> Iterator[sqlite3.Connection]:
        """A write of so much; what SQLite says of it before its commit: nothing was done."""
        with self._writing:
            if self._closed:
                raise JournalError(f"the journal {self.path} is closed")
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                yield self._writer
            except BaseException as error:
                self._roll_back()
                if isinstance(error, sqlite3.Error):
                    raise JournalError(f"{self.path}: the write failed: {error}") from error
                raise
            try:
                self._writer.execute("COMMIT")
            except sqlite3.Error as error:
                self._roll_back()
                raise AppendUnknown(f"{self.path}: the commit failed: {error}") from error
            self._checkpoints.wrote(nbytes, self._writer)

    def _roll_back(self) -> None:
        if self._writer.in_transaction:
            self._writer.execute("ROLLBACK")

    @property
    def last_seq(self) -> int:
        """Sequence of the newest record."""
        return self._last_seq

    def claim(self) -> int:
        """A new epoch, on disk before it is given."""
        with self._transaction() as writer:
            row = writer.execute("UPDATE owner SET epoch = epoch + 1 RETURNING epoch").fetchone()
            epoch: int = row[0]
        return epoch

    def append(self, payloads: Sequence[bytes], *, expected_last_seq: int, epoch: int) -> int:
        """Write a batch in one transaction, on disk when this returns."""
        with self._transaction(sum(map(len, payloads))) as writer:
            newest, found = writer.execute(
                "SELECT epoch, (SELECT coalesce(max(seq), 0) FROM records) FROM owner"
            ).fetchone()
            if epoch < newest:
                raise EpochFenced(epoch, newest)
            if found != expected_last_seq:
                raise AppendConflict(expected_last_seq, found)
            if epoch > newest:
                writer.execute("UPDATE owner SET epoch = ?", (epoch,))
            for part in _parts(len(payloads)):
                _insert(writer, expected_last_seq + part.start + 1, epoch, payloads[part])
        self._last_seq = expected_last_seq + len(payloads)
        return self._last_seq

    def settle(self, payloads: Sequence[bytes], *, expected_last_seq: int) -> bool:
        """Whether the batch stands in the file."""
        end = expected_last_seq + len(payloads)
        query = "SELECT payload FROM records WHERE seq > ? AND seq <= ? ORDER BY seq"
        with self._reading:
            found = self._reader.execute(query, (expected_last_seq, end)).fetchall()
            self._last_seq = self._read_last_seq(self._reader)
        return [row[0] for row in found] == list(payloads)

    def read(
        self, after: int, *, max_records: int = READ_RECORDS, max_bytes: int = READ_BYTES
    ) -> list[Record]:
        """The records after ``after``, while others are being written."""
        with self._reading:
            if self._closed:
                raise JournalError(f"the journal {self.path} is closed")
            return read_records(self._reader, self.path, after, max_records, max_bytes)

    def save_snapshot(self, snapshot: Snapshot) -> None:
        """Keep a snapshot, the one before it, and that at sequence 0, where the story begins."""
        data = memoryview(snapshot.data)
        starts = range(0, max(1, len(data)), PART_BYTES)
        with self._transaction(len(data)) as writer:
            last = self._read_last_seq(writer)
            if snapshot.seq > last:
                raise JournalError(
                    f"a snapshot at sequence {snapshot.seq} is ahead of the journal, "
                    f"which ends at {last}"
                )
            writer.execute("DELETE FROM snapshots WHERE seq = ?", (snapshot.seq,))
            writer.executemany(
                "INSERT INTO snapshots VALUES (?, ?, ?)",
                (
                    (snapshot.seq, part, data[start : start + PART_BYTES])
                    for part, start in enumerate(starts)
                ),
            )
            writer.execute(
                "DELETE FROM snapshots WHERE seq > 0 AND seq NOT IN "
                "(SELECT DISTINCT seq FROM snapshots ORDER BY seq DESC LIMIT ?)",
                (SNAPSHOTS_KEPT,),
            )

    def newest_snapshot(self, until: int | None = None) -> Snapshot | None:
        """Of those kept, that with the highest sequence, at most ``until``."""
        with self._reading:
            return read_snapshot(self._reader, self.path, until)

    def close(self) -> None:
        """Close the file and give up the lock."""
        with self._writing, self._reading:
            if not self._closed:
                self._closed = True
                try:
                    self._checkpoints.close()
                finally:
                    self._reader.close()
                    self._writer.close()
                    self._lock_file.release()


def _parts(count: int) -> Iterator[slice]:
    """Of a batch, each a power of two long: so there are few statements to remember."""
    start = 0
    while start < count:
        stop = start + min(ROWS_AT_ONCE, 1 << (count - start).bit_length() - 1)
        yield slice(start, stop)
        start = stop


def _insert(
    writer: sqlite3.Connection, first_seq: int, epoch: int, payloads: Sequence[bytes]
) -> None:
    values: list[int | bytes] = []
    for seq, payload in enumerate(payloads, first_seq):
        values += (seq, epoch, payload)
    marks = ",".join(["(?,?,?)"] * len(payloads))
    writer.execute(f"INSERT INTO records VALUES {marks}", values)
