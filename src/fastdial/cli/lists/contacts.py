"""Contact lists: a stream of rows for ``contacts.load``, each with its line in the file.

Whether a number, a zone or a priority is good is for the site to say, so that every way of loading
gets the same answers and the refusal stands in the journal.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastdial.cli.lists.columns import Columns, Told
from fastdial.cli.lists.csv_rows import read_csv
from fastdial.cli.lists.json_rows import read_json
from fastdial.cli.lists.parquet_rows import read_parquet
from fastdial.cli.lists.source import BadList, Format, Record, Source, Wanted, format_of
from fastdial.messages.errors import RefusedRow

MAX_SHAPES = 1_000
"""sets of names that are remembered; in JSON lines each line may have its own"""
_OPTION = {"contact_key": "contact_key", "number": "numbers"}


@dataclass(frozen=True, slots=True)
class ListedContact:
    """A row that can be sent to the site: ``contact`` has the fields of `ContactRow`."""

    line: int
    """where the row begins in the file, from 1; in CSV the header is line 1"""
    contact: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows for one ``contacts.load``: their lines follow each other without a gap."""

    first_line: int
    contacts: list[dict[str, Any]]


def read_contacts(path: Path) -> Iterator[ListedContact | RefusedRow]:
    """Every row of a file in order, read as it is asked for; see `contacts_in`."""
    form = format_of(path) if path.suffix else Format.CSV
    with Source(path) as source:
        yield from contacts_in(source, form)


def records_in(source: Source, form: Format, wanted: Wanted) -> Iterator[Record | RefusedRow]:
    """The rows of a list of any kind, read as they are asked for. Raises `BadList`."""
    match form:
        case Format.CSV:
            return read_csv(source, wanted)
        case Format.JSON:
            return read_json(source)
        case Format.PARQUET:
            return read_parquet(source, wanted)


def contacts_in(
    source: Source, form: Format, told: Told | None = None
) -> Iterator[ListedContact | RefusedRow]:
    """Every row in order, read as it is asked for, so that a list may be of any length.

    ``told`` says which columns are which fields, where the names do not say it themselves. Raises
    `BadList` where the file cannot be read as a list, or has no column for the key or for a number;
    in JSON lines, where each has names of its own, such a line is for the site to refuse.
    """
    wanted = _Contacts(told or {})
    for row in records_in(source, form, wanted):
        if isinstance(row, RefusedRow):
            yield row
        else:
            yield ListedContact(row.line, wanted.columns(row.names).contact(row.cells))


class _Contacts:
    """The columns of contacts, found once for each set of names."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._known: dict[tuple[str, ...], Columns] = {}

    def columns(self, names: tuple[str, ...]) -> Columns:
        found = self._known.get(names)
        if found is None:
            found = Columns.of(names, self._told)
            if len(self._known) < MAX_SHAPES:
                self._known[names] = found
        return found

    def knows(self, names: tuple[str, ...]) -> bool:
        return self.columns(names).contact_key is not None

    def check(self, file: str, names: tuple[str, ...]) -> None:
        found = f"the columns are: {', '.join(names)}"
        for field, wanted in self._told.items():
            for name in wanted:
                if name not in names:
                    raise BadList(f"{file}: there is no column `{name}` for `{field}`; {found}")
        columns = self.columns(names)
        for field, place in (("contact_key", columns.contact_key), ("number", columns.numbers)):
            if place in (None, ()):
                raise BadList(
                    f"{file}: the header names no column `{field}`; {found}; "
                    f"say which it is: --column {_OPTION[field]}=NAME"
                )


def in_chunks(
    rows: Iterator[ListedContact | RefusedRow], size: int
) -> Iterator[Chunk | RefusedRow]:
    """The rows in loads of at most ``size``, and between them those that cannot be read.

    A load numbers its rows by counting from the first one, so a gap in the lines begins a new one.
    """
    first_line = 0
    contacts: list[dict[str, Any]] = []
    for row in rows:
        good = isinstance(row, ListedContact) and row.line == first_line + len(contacts)
        if contacts and not (good and len(contacts) < size):
            yield Chunk(first_line, contacts)
            contacts = []
        if isinstance(row, RefusedRow):
            yield row
            continue
        if not contacts:
            first_line = row.line
        contacts.append(row.contact)
    if contacts:
        yield Chunk(first_line, contacts)
