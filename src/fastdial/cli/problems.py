"""What goes wrong for a user: a sentence and an exit code, never a traceback.

Exit codes: 0 done, 1 something failed on the way, 2 the command line or a file cannot be used,
3 done but for rows of a list that were refused, 130 interrupted.
"""

from pathlib import Path
from typing import TypeVar

import click

from fastdial.messages.codec import BadMessage
from fastdial.messages.toml import load_toml

T = TypeVar("T")

FAILED = 1
UNUSABLE = 2
ROWS_REFUSED = 3
INTERRUPTED = 130


class Unusable(click.ClickException):
    """The command line or a file cannot be used; nothing was done."""

    exit_code = UNUSABLE


class Failed(click.ClickException):
    """Something failed on the way."""

    exit_code = FAILED


def read_bytes(path: Path) -> bytes:
    """A file's content; raises `Unusable` that names the file."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror}") from None


def read_toml(path: Path, kind: type[T]) -> T:
    """Configuration of type ``kind``; raises `Unusable` that names the file and the field."""
    try:
        return load_toml(read_bytes(path), kind)
    except BadMessage as error:
        raise Unusable(f"{path}: {error}") from None
