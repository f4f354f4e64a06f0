"""Checkpoints of an SQLite journal, beside its commits instead of within them.

SQLite copies its write-ahead log into the file within the commit that makes the log long, and
that commit waits for it. Here a thread copies while others write. The log begins anew only where
nothing at all is left to copy, and as long as somebody writes there always is: the last few pages
are therefore copied between two commits, by whoever writes.
"""

import logging
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

log = logging.getLogger("fastdial.journal")

LOG_BYTES = 16 << 20
"""the log has grown by about so much, then it is copied"""
PAGE_BYTES = 4_120
"""with its header in the log; a commit writes two and what its records take"""
TAIL_PAGES = 256
"""so few may be copied between two commits"""
ROUNDS = 8
"""in which what was written meanwhile is copied after what was there; then others get their turn"""


class Checkpoints:
    """Keeps the log of the file ``path`` short. `wrote` is called after each commit."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._thread = ThreadPoolExecutor(1, "fastdial-checkpoint")
        self._written = 0
        self._copying = Event()
        self._nearly_done = Event()

    def wrote(self, nbytes: int, writer: sqlite3.Connection) -> None:
        """So much was committed; copies the last of the log where that is little.

        Never raises: what was committed is committed.
        """
        try:
            self._wrote(nbytes + 2 * PAGE_BYTES, writer)
        except Exception:
            log.exception("%s: the log is not copied into the file for now", self._path)
            self._copying.clear()

    def _wrote(self, nbytes: int, writer: sqlite3.Connection) -> None:
        self._written += nbytes
        if self._nearly_done.is_set():
            self._nearly_done.clear()
            if nbytes <= TAIL_PAGES * PAGE_BYTES:
                self._copy(writer)
                return
        if self._written >= LOG_BYTES and not self._copying.is_set():
            self._written = 0
            self._copying.set()
            self._thread.submit(self._copy_beside)

    def _copy_beside(self) -> None:
        try:
            self._copy_until_little_is_new()
        except Exception:
            log.exception("%s: the log could not be copied into the file", self._path)
        finally:
            self._copying.clear()

    def _copy_until_little_is_new(self) -> None:
        """SQLite tells of the log as it was when a round began; what is new shows in the next."""
        before = self._copy(self._connection)
        for _ in range(ROUNDS):
            copied = self._copy(self._connection)
            if before is None or copied is None:
                return
            if copied - before <= TAIL_PAGES:
                self._nearly_done.set()
                return
            before = copied

    def _copy(self, connection: sqlite3.Connection) -> int | None:
        """Pages of the log that are in the file now; None: it could not be done."""
        try:
            busy, _, copied = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except sqlite3.Error as error:
            log.error("%s: the log could not be copied into the file: %s", self._path, error)
            return None
        return None if busy else int(copied)

    def close(self) -> None:
        """End the thread; what it is copying is finished."""
        self._thread.shutdown()
        self._connection.close()
