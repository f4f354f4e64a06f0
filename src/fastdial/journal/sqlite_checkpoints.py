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
"""written since the last checkpoint, then there is another"""
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
        """So much was committed; copies the last of the log where that is little."""
        self._written += nbytes
        if self._nearly_done.is_set():
            self._nearly_done.clear()
            self._copy(writer)
        elif self._written >= LOG_BYTES and not self._copying.is_set():
            self._written = 0
            self._copying.set()
            self._thread.submit(self._copy_beside)

    def _copy_beside(self) -> None:
        for _ in range(ROUNDS):
            left = self._copy(self._connection)
            if left is None:
                break
            if left <= TAIL_PAGES:
                self._nearly_done.set()
                break
        self._copying.clear()

    def _copy(self, connection: sqlite3.Connection) -> int | None:
        """Pages of the log that are not in the file yet; None: it could not be done now."""
        try:
            busy, pages, copied = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except sqlite3.Error as error:
            log.error("%s: the log could not be copied into the file: %s", self._path, error)
            return None
        return None if busy else int(pages - copied)

    def close(self) -> None:
        """End the thread; what it is copying is finished."""
        self._thread.shutdown()
        self._connection.close()
