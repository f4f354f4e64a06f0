"""What stands in a journal file, also while another process writes it."""

import sqlite3
from pathlib import Path
from threading import Lock
from urllib.parse import quote

from fastdial.journal.base import READ_BYTES, READ_RECORDS, JournalError, Record, Snapshot

APPLICATION_ID = 0x66646A31
SCHEMA_VERSION = 1


def read_records(
    connection: sqlite3.Connection, path: Path, after: int, max_records: int, max_bytes: int
) -> list[Record]:
    """See `journal.base.Journal.read`."""
    query = "SELECT seq, payload FROM records WHERE seq > ? ORDER BY seq LIMIT ?"
    records: list[Record] = []
    size = 0
    try:
        for row in connection.execute(query, (after, max_records)):
            records.append(Record(*row))
            size += len(row[1])
            if size >= max_bytes:
                break
    except sqlite3.Error as error:
        raise JournalError(f"{path}: reading failed: {error}") from error
    return records


def read_snapshot(
    connection: sqlite3.Connection, path: Path, until: int | None = None
) -> Snapshot | None:
    """See `journal.base.Journal.newest_snapshot`."""
    bound = 2**63 - 1 if until is None else until
    try:
        query = "SELECT max(seq) FROM snapshots WHERE seq <= ?"
        seq = connection.execute(query, (bound,)).fetchone()[0]
        if seq is None:
            return None
        parts = connection.execute("SELECT data FROM snapshots WHERE seq = ? ORDER BY part", (seq,))
        return Snapshot(seq, b"".join(row[0] for row in parts))
    except sqlite3.Error as error:
        raise JournalError(f"{path}: reading failed: {error}") from error


def check_format(connection: sqlite3.Connection, path: Path) -> None:
    """Raises `JournalError` where the file is no journal that this version reads."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != APPLICATION_ID:
        raise JournalError(f"{path} is an SQLite file, but not a journal of fastdial")
    if version != SCHEMA_VERSION:
        raise JournalError(
            f"{path} is a journal of format {version}; this fastdial knows format "
            f"{SCHEMA_VERSION}: open it with the version that wrote it, or a newer one"
        )


class SqliteReader:
    """Reads the journal in the file ``path``; whoever writes it goes on. Raises `JournalError`."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._lock = Lock()
        if not self.path.is_file():
            raise JournalError(f"{self.path}: there is no such file")
        uri = f"file:{quote(str(self.path))}?mode=ro"
        try:
            self._connection = sqlite3.connect(
                uri, uri=True, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise JournalError(f"{self.path} cannot be read as a journal: {error}") from error
        try:
            self._connection.execute("PRAGMA busy_timeout = 5000")
            check_format(self._connection, self.path)
        except sqlite3.Error as error:
            self._connection.close()
            raise JournalError(f"{self.path} cannot be read as a journal: {error}") from error
        except JournalError:
            self._connection.close()
            raise

    def read(
        self, after: int, *, max_records: int = READ_RECORDS, max_bytes: int = READ_BYTES
    ) -> list[Record]:
        """The records after ``after`` that have been written by now."""
        with self._lock:
            return read_records(self._connection, self.path, after, max_records, max_bytes)

    def newest_snapshot(self, until: int | None = None) -> Snapshot | None:
        """Of those kept, that with the highest sequence, at most ``until``."""
        with self._lock:
            return read_snapshot(self._connection, self.path, until)

    def close(self) -> None:
        """Give up the file. May be called twice."""
        with self._lock:
            self._connection.close()
