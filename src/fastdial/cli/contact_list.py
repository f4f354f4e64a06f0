"""Contact lists in CSV: a stream of rows for ``contacts.load``, each with its line in the file.

The reader judges what the file is made of: encoding, delimiter, quotes, number of cells. Whether
a number, a zone or a priority is good is for the site to say, so that every way of loading gets
the same answers and the refusal stands in the journal.

A line that cannot be read costs that line alone. A quote that is opened and never closed would
swallow the rest of the file, so a row may go over `MAX_LINES_OF_ROW` lines and no further.
"""

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from fastdial.messages.errors import RefusedRow

MAX_LINES_OF_ROW = 50
DELIMITERS = (",", ";", "\t", "|")

_NUMBER_COLUMN = re.compile(r"^(number|phone)(_\d+)?$|^(numbers|phones)$")
_WHOLE_NUMBER = re.compile(r"^[+-]?\d{1,19}$")
_SURROGATES = re.compile("[\ud800-\udfff]")
_COUNTED = ("priority", "rank")
_INVISIBLE = dict.fromkeys((0xFEFF, 0x200B))


class BadContactList(ValueError):
    """A file that is no contact list at all; the sentence names the file and what to do."""


@dataclass(frozen=True, slots=True)
class ListedContact:
    """A row that can be sent to the site: ``contact`` has the fields of `ContactRow`."""

    line: int
    """where the row begins in the file, from 1; the header is line 1"""
    contact: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows for one ``contacts.load``: their lines follow each other without a gap."""

    first_line: int
    contacts: list[dict[str, Any]]


def read_contacts(path: Path) -> Iterator[ListedContact | RefusedRow]:
    """Every row of the file in order, read as it is asked for.

    Raises `BadContactList` where the file cannot be opened or its header names no contact key or
    no number. Blank lines are passed over.
    """
    encoding = _encoding_of(path)
    try:
        with path.open(encoding=encoding, errors="surrogateescape", newline="") as file:
            lines = _Lines(file)
            header = _header(path, lines)
            yield from _rows(lines, header)
    except OSError as error:
        raise BadContactList(f"{path}: {error.strerror}") from None
    except UnicodeError as error:
        raise BadContactList(f"{path}: not readable as {encoding}: {error}") from None


def in_chunks(
    rows: Iterator[ListedContact | RefusedRow], refused: list[RefusedRow], size: int
) -> Iterator[Chunk]:
    """The rows in loads of at most ``size``; those that cannot be read go to ``refused``.

    A load numbers its rows by counting from the first one, so a gap in the lines begins a new one.
    """
    first_line = 0
    contacts: list[dict[str, Any]] = []
    for row in rows:
        if isinstance(row, RefusedRow):
            refused.append(row)
            continue
        if contacts and (len(contacts) >= size or row.line != first_line + len(contacts)):
            yield Chunk(first_line, contacts)
            contacts = []
        if not contacts:
            first_line = row.line
        contacts.append(row.contact)
    if contacts:
        yield Chunk(first_line, contacts)


def _encoding_of(path: Path) -> str:
    """UTF-8 with or without a byte order mark, or UTF-16 with one, as spreadsheets write it."""
    try:
        with path.open("rb") as file:
            start = file.read(2)
    except OSError as error:
        raise BadContactList(f"{path}: {error.strerror}") from None
    return "utf-16" if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"


class _Lines:
    """The lines of a file for the CSV parser, which can be given back.

    ``taken`` holds the lines of the row that is being parsed. After `MAX_LINES_OF_ROW` of them
    the parser is told that the file is over, which an open quote turns into an error.
    """

    def __init__(self, file: TextIO) -> None:
        self.taken: list[str] = []
        self.line = 1
        """number of the line at which the next row begins"""
        self._file = file
        self._returned: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= MAX_LINES_OF_ROW:
            raise StopIteration
        line = self._returned.pop() if self._returned else next(self._file)
        self.taken.append(line)
        return line

    def row_is_over(self) -> int:
        """The line at which it began."""
        line = self.line
        self.line += len(self.taken)
        self.taken = []
        return line

    def keep_first_only(self) -> int:
        """The row is broken: only its first line is spent, the others are read again."""
        self._returned.extend(reversed(self.taken[1:]))
        self.taken = self.taken[:1]
        return self.row_is_over()


@dataclass(slots=True)
class _Header:
    names: list[str]
    delimiter: str
    numbers: list[int] = field(default_factory=list)


def _header(path: Path, lines: _Lines) -> _Header:
    text = next(lines, "")
    lines.row_is_over()
    if not text.strip():
        raise BadContactList(f"{path}: the first line is empty; it must name the columns")
    splits = {delimiter: _names(text, delimiter) for delimiter in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda one: ("contact_key" in splits[one], len(splits[one])))
    names = splits[delimiter]
    found = f"the columns are: {', '.join(names)}"
    if "contact_key" not in names:
        raise BadContactList(f"{path}: the header names no column `contact_key`; {found}")
    header = _Header(names, delimiter)
    header.numbers = [place for place, name in enumerate(names) if _NUMBER_COLUMN.match(name)]
    if not header.numbers:
        raise BadContactList(f"{path}: the header names no column `number`; {found}")
    for place, name in enumerate(names):
        if name and name in names[:place]:
            raise BadContactList(f"{path}: the header names the column `{name}` twice")
    return header


def _names(text: str, delimiter: str) -> list[str]:
    cells = next(csv.reader([text], delimiter=delimiter), [])
    return [cell.translate(_INVISIBLE).strip().lower() for cell in cells]


def _rows(lines: _Lines, header: _Header) -> Iterator[ListedContact | RefusedRow]:
    parser = csv.reader(lines, delimiter=header.delimiter, strict=True)
    while True:
        try:
            cells = next(parser)
        except StopIteration:
            return
        except csv.Error as error:
            span = len(lines.taken)
            yield RefusedRow(lines.keep_first_only(), "", _reason(error, span))
            continue
        line = lines.row_is_over()
        if any(cell.strip() for cell in cells):
            yield _row(line, cells, header)


def _reason(error: csv.Error, span: int) -> str:
    if "unexpected end of data" in str(error):
        within = f"within {span} lines" if span >= MAX_LINES_OF_ROW else "before the file ends"
        return f"a quote is opened and not closed {within}"
    if "larger than field limit" in str(error):
        return f"a cell is longer than {csv.field_size_limit():,} characters"
    return f"not CSV: {error}"


def _row(line: int, cells: list[str], header: _Header) -> ListedContact | RefusedRow:
    names = header.names
    if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
        reason = f"{len(cells)} cells where the header names {len(names)} columns"
        return RefusedRow(line, "", reason)
    for name, cell in zip(names, cells, strict=False):
        if not cell.isascii() and _SURROGATES.search(cell):
            return RefusedRow(line, name, "holds bytes that are not UTF-8")
    return ListedContact(line, _contact(cells, header))


def _contact(cells: list[str], header: _Header) -> dict[str, Any]:
    contact: dict[str, Any] = {"contact_key": "", "numbers": _numbers(cells, header)}
    variables: dict[str, str] = {}
    for place, (name, raw) in enumerate(zip(header.names, cells, strict=False)):
        cell = raw.strip()
        if not cell or not name or place in header.numbers:
            continue
        if name in _COUNTED:
            # What is no whole number goes as it is: the site refuses it and says so.
            contact[name] = int(cell) if _WHOLE_NUMBER.match(cell) else cell
        elif name in ("contact_key", "zone"):
            contact[name] = cell
        else:
            variables[name] = cell
    if variables:
        contact["variables"] = variables
    return contact


def _numbers(cells: list[str], header: _Header) -> list[str]:
    numbers: list[str] = []
    for place in header.numbers:
        if place < len(cells):
            numbers += (one.strip() for one in re.split(r"[;|]", cells[place]))
    return [number for number in numbers if number]
