"""Where a list comes from: a file or standard input, and in which format."""

import sys
from dataclasses import dataclass
from enum import StrEnum
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import Any, Protocol, cast

STDIN = Path("-")


class BadList(ValueError):
    """A file that is no list at all; the sentence names the file and what to do."""


class Format(StrEnum):
    """How rows are written down in a file."""

    CSV = "csv"
    JSON = "json"
    """one object on each line"""
    PARQUET = "parquet"


_BY_SUFFIX = {
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
    ".txt": Format.CSV,
    ".json": Format.JSON,
    ".jsonl": Format.JSON,
    ".ndjson": Format.JSON,
    ".parquet": Format.PARQUET,
    ".pq": Format.PARQUET,
}


def format_of(path: Path) -> Format:
    """By the file's ending; CSV for standard input. Raises `BadList` for an unknown ending."""
    if path == STDIN:
        return Format.CSV
    found = _BY_SUFFIX.get(path.suffix.lower())
    if found is None:
        raise BadList(
            f"{path}: {path.suffix or 'no ending'!r} tells of no format; "
            f"say which it is: --format {', '.join(Format)}"
        )
    return found


@dataclass(frozen=True, slots=True)
class Record:
    """A row of a file: its names and, in the same places, what stands in them."""

    line: int
    """where the row begins in the file, from 1; in Parquet, which has no lines, the row"""
    names: tuple[str, ...]
    cells: list[Any]


class Wanted(Protocol):
    """What somebody looks for in a list whose columns have names."""

    def knows(self, names: tuple[str, ...]) -> bool:
        """Whether it is there: what tells the right delimiter of CSV."""

    def check(self, file: str, names: tuple[str, ...]) -> None:
        """Raises `BadList` where the names will not do."""


class Source:
    """An open file, or standard input. A context that closes it."""

    def __init__(self, path: Path) -> None:
        """Raises `BadList` where it cannot be opened."""
        self.name = "standard input" if path == STDIN else str(path)
        self.size: int | None = None
        """bytes, where they are known"""
        try:
            if path == STDIN:
                stream = BufferedReader(cast(RawIOBase, sys.stdin.buffer))
            else:
                stream = cast("BufferedReader[RawIOBase]", path.open("rb"))
                self.size = path.stat().st_size
        except OSError as error:
            raise BadList(f"{self.name}: {error.strerror}") from None
        self.stream = stream

    def __enter__(self) -> "Source":
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()

    def is_seekable(self) -> bool:
        """Whether places in it can be gone to, as Parquet needs."""
        return self.stream.seekable()

    def begins_with(self, *marks: bytes) -> bool:
        """Whether one of ``marks`` stands at the place reached, which is not left."""
        return self.stream.peek(max(map(len, marks))).startswith(marks)

    def position(self) -> int | None:
        """How many bytes have been read, more or less; none where nobody counts them."""
        if self.size is None or self.stream.closed:
            return None
        return self.stream.raw.tell()
