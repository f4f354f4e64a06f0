"""Rows of a file with one JSON object on each line."""

import codecs
from collections.abc import Iterator

import msgspec

from fastdial.cli.lists.source import Record, Source
from fastdial.messages.errors import RefusedRow

MAX_LINE_BYTES = 1 << 20

_DECODER = msgspec.json.Decoder(dict[str, object])


def read_json(source: Source) -> Iterator[Record | RefusedRow]:
    """Every line in order, read as it is asked for. Blank lines are passed over.

    A line that is no object, or longer than `MAX_LINE_BYTES`, costs that line alone.
    """
    stream = source.stream
    if source.begins_with(codecs.BOM_UTF8):
        stream.read(len(codecs.BOM_UTF8))
    number = 0
    while text := stream.readline(MAX_LINE_BYTES):
        number += 1
        if len(text) == MAX_LINE_BYTES and not text.endswith(b"\n"):
            while (rest := stream.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
                pass
            yield RefusedRow(number, "", f"the line is longer than {MAX_LINE_BYTES:,} bytes")
        elif text.strip():
            yield _row(number, text)


def _row(number: int, text: bytes) -> Record | RefusedRow:
    try:
        row = _DECODER.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return RefusedRow(number, "", f"not a JSON object: {error}")
    return Record(number, tuple(name.strip().lower() for name in row), list(row.values()))
