"""Rows of a Parquet file, by pyarrow (the extra ``parquet``)."""

import shutil
import tempfile
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from fastdial.cli.lists.source import BadList, Record, Source, Wanted
from fastdial.messages.errors import RefusedRow

if TYPE_CHECKING:
    import pyarrow

ROWS_AT_ONCE = 2_000


def read_parquet(source: Source, wanted: Wanted) -> Iterator[Record | RefusedRow]:
    """Every row in order, a few at a time, numbered from 1.

    Parquet is read from its end, so standard input goes into a temporary file first. Raises
    `BadList` for what is no Parquet, and where pyarrow is missing.
    """
    try:
        import pyarrow  # noqa: PLC0415 - an extra
        import pyarrow.parquet  # noqa: PLC0415 - an extra
    except ImportError:
        raise BadList(
            f"{source.name}: reading Parquet needs pyarrow: pip install 'fastdial[parquet]'"
        ) from None
    with tempfile.TemporaryFile() as spare:
        stream: IO[bytes] = source.stream
        if not source.is_seekable():
            shutil.copyfileobj(source.stream, spare)
            stream = spare
        try:
            with pyarrow.parquet.ParquetFile(stream, pre_buffer=False) as file:
                wanted.check(source.name, _names(file.schema_arrow))
                yield from _rows(file.iter_batches(batch_size=ROWS_AT_ONCE, use_threads=False))
        except (pyarrow.ArrowException, OSError) as error:
            first = str(error).partition("\n")[0]
            raise BadList(f"{source.name}: not readable as Parquet: {first}") from None


def _rows(batches: Iterator["pyarrow.RecordBatch"]) -> Iterator[Record]:
    number = 0
    for batch in batches:
        names = _names(batch.schema)
        columns = [column.to_pylist() for column in batch.columns]
        for cells in zip(*columns, strict=True):
            number += 1
            yield Record(number, names, list(cells))


def _names(schema: "pyarrow.Schema") -> tuple[str, ...]:
    return tuple(name.strip().lower() for name in schema.names)
