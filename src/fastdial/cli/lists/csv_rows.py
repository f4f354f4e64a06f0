"""Rows of a CSV file as spreadsheets write them, each with its line.

The reader judges what the file is made of: encoding, delimiter, quotes, number of cells.

A line that cannot be read costs that line alone. A quote that is opened and never closed would
swallow the rest of the file, so a row may go over `MAX_LINES_OF_ROW` lines and no further.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from typing import TextIO

from fastdial.cli.lists.source import BadList, Record, Source, Wanted
from fastdial.messages.errors import RefusedRow

MAX_LINES_OF_ROW = 50
MAX_LINE_CHARACTERS = 1 << 20
"""a longer line is refused without being kept"""
DELIMITERS = (",", ";", "\t", "|")

_OVERLONG = "x" * (csv.field_size_limit() + 1)
"""stands for a line that was not kept; the parser refuses it"""
_SURROGATES = re.compile("[\ud800-\udfff]")
_INVISIBLE = dict.fromkeys((0xFEFF, 0x200B))


def read_csv(source: Source, wanted: Wanted) -> Iterator[Record | RefusedRow]:
    """Every row in order, read as it is asked for. Blank lines are passed over.

    The first line names the columns. Raises `BadList` where it does not, or not what is wanted.
    """
    encoding = "utf-8-sig"
    if source.begins_with(codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        encoding = "utf-16"
    file = io.TextIOWrapper(source.stream, encoding, errors="surrogateescape", newline="")
    try:
        lines = _Lines(file)
        names, delimiter = _header(source.name, lines, wanted)
        wanted.check(source.name, names)
        yield from _rows(lines, names, delimiter)
    except UnicodeError as error:
        raise BadList(f"{source.name}: not readable as {encoding}: {error}") from None
    finally:
        file.detach()  # whoever opened the stream closes it


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
        line = self._returned.pop() if self._returned else self._next()
        self.taken.append(line)
        return line

    def _next(self) -> str:
        line = self._file.readline(MAX_LINE_CHARACTERS)
        if not line:
            raise StopIteration
        if len(line) < MAX_LINE_CHARACTERS or line.endswith("\n"):
            return line
        while (rest := self._file.readline(MAX_LINE_CHARACTERS)) and not rest.endswith("\n"):
            pass
        return _OVERLONG

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


def _header(file: str, lines: _Lines, wanted: Wanted) -> tuple[tuple[str, ...], str]:
    """The names of the columns, and the delimiter between them."""
    text = next(lines, "")
    lines.row_is_over()
    if not text.strip():
        raise BadList(f"{file}: the first line is empty; it must name the columns")
    splits = {delimiter: _names(text, delimiter) for delimiter in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda one: (wanted.knows(splits[one]), len(splits[one])))
    names = splits[delimiter]
    for place, name in enumerate(names):
        if name and name in names[:place]:
            raise BadList(f"{file}: the header names the column `{name}` twice")
    return names, delimiter


def _names(text: str, delimiter: str) -> tuple[str, ...]:
    cells = next(csv.reader([text], delimiter=delimiter), [])
    return tuple(cell.translate(_INVISIBLE).strip().lower() for cell in cells)


def _rows(lines: _Lines, names: tuple[str, ...], delimiter: str) -> Iterator[Record | RefusedRow]:
    parser = csv.reader(lines, delimiter=delimiter, strict=True)
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
            yield _row(line, cells, names)


def _reason(error: csv.Error, span: int) -> str:
    if "unexpected end of data" in str(error):
        within = f"within {span} lines" if span >= MAX_LINES_OF_ROW else "before the file ends"
        return f"a quote is opened and not closed {within}"
    if "larger than field limit" in str(error):
        return f"a cell is longer than {csv.field_size_limit():,} characters"
    return f"not CSV: {error}"


def _row(line: int, cells: list[str], names: tuple[str, ...]) -> Record | RefusedRow:
    if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
        reason = f"{len(cells)} cells where the header names {len(names)} columns"
        return RefusedRow(line, "", reason)
    for name, cell in zip(names, cells, strict=False):
        if not cell.isascii() and _SURROGATES.search(cell):
            return RefusedRow(line, name, "holds bytes that are not UTF-8")
    return Record(line, names, cells)
