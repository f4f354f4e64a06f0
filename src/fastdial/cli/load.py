"""``fastdial load``: a list of any length into a campaign of a running site."""

import asyncio
import csv
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TextIO

import uvloop
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from fastdial.cli.lists.columns import Told
from fastdial.cli.lists.contacts import contacts_in
from fastdial.cli.lists.loading import Loading
from fastdial.cli.lists.source import STDIN, BadList, Format, Source
from fastdial.cli.problems import Failed, Unusable
from fastdial.client import AsyncClient, CannotConnect, ClientError, CommandRefused
from fastdial.messages.commands import CampaignGet
from fastdial.messages.errors import RefusedRow

REPLY_WITHIN_S = 120.0
PLAIN_EVERY_S = 10.0


@dataclass(frozen=True, slots=True)
class Errand:
    """What is to be loaded, and where."""

    file: Path
    form: Format
    told: Told
    campaign_id: str
    address: str
    refused: Path
    """where refused rows are written"""
    reopen: bool
    salt: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of the rows."""

    added: int
    updated: int
    refused: int


def refused_beside(file: Path) -> Path:
    """Where refused rows go unless somebody says: beside the list."""
    return (
        Path("stdin.refused.csv") if file == STDIN else file.with_name(f"{file.name}.refused.csv")
    )


def load(errand: Errand, console: Console) -> Loaded | None:
    """Load the list; none where it was interrupted. Raises `Unusable` or `Failed`."""
    try:
        with (
            Source(errand.file) as source,
            Refusals(errand.refused) as refusals,
            asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        ):
            return runner.run(_until_interrupted(errand, source, refusals, console))
    except BadList as error:
        raise Unusable(str(error)) from None
    except (CannotConnect, CommandRefused, ClientError) as error:
        raise Failed(str(error)) from None


async def _until_interrupted(
    errand: Errand, source: Source, refusals: "Refusals", console: Console
) -> Loaded | None:
    work = asyncio.ensure_future(_load(errand, source, refusals, console))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, work.cancel)
    try:
        return await work
    except asyncio.CancelledError:
        return None


async def _load(errand: Errand, source: Source, refusals: "Refusals", console: Console) -> Loaded:
    client = await AsyncClient.connect(
        errand.address, name="fastdial load", reconnect=True, timeout_s=REPLY_WITHIN_S
    )
    try:
        await client.request(CampaignGet(campaign_id=errand.campaign_id))
        loading = Loading(
            client,
            errand.campaign_id,
            refuse=refusals.add,
            reopen=errand.reopen,
            salt=errand.salt,
        )
        with _progress(console, source) as progress:
            await loading.run(contacts_in(source, errand.form, errand.told), progress.show)
        return Loaded(loading.added, loading.updated, loading.refused)
    finally:
        await client.close()


class Refusals:
    """A file of the rows that were not taken, made with the first of them.

    A file that an earlier load left there is emptied where this one refuses nothing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None

    def __enter__(self) -> "Refusals":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._file is None and kind is None and self._path.exists():
            self._open()
        if self._file is not None:
            self._file.close()

    def add(self, row: RefusedRow) -> None:
        """One more; raises `Failed` where it cannot be written down."""
        self._write(row.row, row.field, row.reason)

    def _open(self) -> None:
        self._file = self._path.open("w", encoding="utf-8", newline="")
        csv.writer(self._file, lineterminator="\n").writerow(("line", "field", "reason"))

    def _write(self, *cells: object) -> None:
        try:
            if self._file is None:
                self._open()
            csv.writer(self._file, lineterminator="\n").writerow(cells)  # type: ignore[arg-type]
        except OSError as error:
            raise Failed(f"{self._path}: {error.strerror}") from None


class _Told:
    """Tells of progress as lines, now and then."""

    def __init__(self, console: Console, source: Source) -> None:
        self._console = console
        self._source = source
        self._begun_s = self._shown_s = time.monotonic()

    def show(self, loading: Loading) -> None:
        """One line, unless the last one is less than `PLAIN_EVERY_S` old."""
        now_s = time.monotonic()
        if now_s - self._shown_s >= PLAIN_EVERY_S:
            self._shown_s = now_s
            self._console.print(self.sentence(loading), markup=False, highlight=False)

    def sentence(self, loading: Loading) -> str:
        """How far it is."""
        rate = loading.rows / max(time.monotonic() - self._begun_s, 1e-3)
        refused = f", {loading.refused:,} refused" if loading.refused else ""
        return f"{loading.rows:,} rows{refused}, {rate:,.0f} rows/s"


class _Drawn(_Told):
    """Draws a bar over itself."""

    def __init__(self, console: Console, source: Source, bar: Progress) -> None:
        super().__init__(console, source)
        self._bar = bar
        self._task = bar.add_task("", total=source.size)

    def show(self, loading: Loading) -> None:
        """The bar by the bytes that were read, the rows beside it."""
        position = self._source.position()
        self._bar.update(self._task, completed=position, description=self.sentence(loading))


@contextmanager
def _progress(console: Console, source: Source) -> Iterator[_Told]:
    if not console.is_terminal or console.is_dumb_terminal:
        yield _Told(console, source)
        return
    columns = (
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        yield _Drawn(console, source, bar)
