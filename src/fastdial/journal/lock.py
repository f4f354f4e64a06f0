"""One writer for each journal file: a lock that the system drops when the process is gone."""

import fcntl
import os
from pathlib import Path

from fastdial.journal.base import JournalBusy, JournalError


class FileLock:
    """An exclusive lock beside ``path``; raises `JournalBusy` where another process holds it.

    It is a file of its own: closing a second descriptor of the database file would drop the
    locks that SQLite holds on it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(path.name + ".lock")
        try:
            self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise JournalError(
                f"cannot open {self.path}: {error.strerror}; the journal's folder has to exist "
                "and this process has to be allowed to write in it"
            ) from None
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(self._fd, 20).decode("ascii", "replace").strip()
            self.release()
            raise JournalBusy(
                f"the journal {path} is in use by process {owner or 'unknown'}: one journal has "
                "one server; stop that one, or give this one another journal"
            ) from None
        os.ftruncate(self._fd, 0)
        os.write(self._fd, str(os.getpid()).encode("ascii"))

    def release(self) -> None:
        """Let go; may be called twice. The file stays, so that nobody locks a removed one."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
