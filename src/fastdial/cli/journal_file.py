"""Events and reports from a journal file."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from fastdial.cli.problems import Unusable
from fastdial.cli.report.daily.form import DayReport
from fastdial.cli.report.daily.tally import DayTally
from fastdial.cli.report.form import Report
from fastdial.cli.report.tally import Tally
from fastdial.journal import JournalBusy, JournalError, SqliteJournal
from fastdial.messages.base import Event
from fastdial.messages.codec import decode_event
from fastdial.messages.errors import RefusedRow
from fastdial.rules.days import BadDay
from fastdial.simulation.auditor import Auditor, BrokenPromise


def read_journal(path: Path) -> Iterator[Event]:
    """All events in sequence; raises `Unusable` where this is no journal, or somebody writes it."""
    if not path.is_file():
        raise Unusable(f"{path}: there is no such file")
    try:
        journal = SqliteJournal(path)
    except JournalBusy as error:
        raise Unusable(f"{error}; stop it first") from None
    except JournalError as error:
        raise Unusable(str(error)) from None
    try:
        after = 0
        while records := journal.read(after):
            for record in records:
                yield _decoded(path, record.seq, record.payload)
            after = records[-1].seq
    except JournalError as error:
        raise Unusable(str(error)) from None
    finally:
        journal.close()


def _decoded(path: Path, seq: int, payload: bytes) -> Event:
    try:
        return decode_event(payload)
    except msgspec.DecodeError as error:
        raise Unusable(
            f"{path}: event {seq} cannot be read by this version of fastdial: {error}"
        ) from None


def day_of(path: Path, date: str, zone: str, *, campaign_id: str | None = None) -> DayReport:
    """The day's compliance report of a journal. Raises `Unusable`, also for no date or zone."""
    try:
        tally = DayTally(date, zone, campaign_id)
    except BadDay as error:
        raise Unusable(str(error)) from None
    auditor = Auditor()
    broken: list[str] = []
    for event in read_journal(path):
        if tally.is_over(event):
            break
        tally.see(event)
        if not broken:
            try:
                auditor.see(event)
            except BrokenPromise as error:
                broken.append(str(error))
    return tally.report(broken)


def report_of(
    path: Path,
    *,
    campaign_id: str | None = None,
    unread: Sequence[RefusedRow] = (),
    speed: float | None = None,
) -> Report:
    """The report of a journal, audited on the way; see `Tally.report`."""
    tally, auditor = Tally(campaign_id), Auditor()
    broken: list[str] = []
    for event in read_journal(path):
        tally.see(event)
        if not broken:
            try:
                auditor.see(event)
            except BrokenPromise as error:
                broken.append(str(error))
    report = tally.report(unread=unread, speed=speed)
    return msgspec.structs.replace(report, audit=broken)
