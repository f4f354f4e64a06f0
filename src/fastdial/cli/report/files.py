"""The report as files: ``report.json``, ``report.txt``, ``report.png`` and ``refused.csv``."""

import csv
from collections.abc import Iterable
from pathlib import Path

import msgspec
from rich.console import Console

from fastdial.cli.report.form import Report
from fastdial.cli.report.picture import draw_report
from fastdial.cli.report.text import print_report
from fastdial.messages.errors import RefusedRow

TEXT_WIDTH = 132


def write_report(report: Report, directory: Path, *, abandonment_cap: float | None) -> list[Path]:
    """Write all files into ``directory``, which is made; returns them."""
    directory.mkdir(parents=True, exist_ok=True)
    files = [directory / f"report.{kind}" for kind in ("json", "txt", "png")]
    json, text, picture = files
    json.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    with text.open("w", encoding="utf-8") as file:
        print_report(report, Console(file=file, width=TEXT_WIDTH, color_system=None))
    draw_report(report, picture, abandonment_cap=abandonment_cap)
    refused = directory / "refused.csv"
    write_refused(report.refused_rows, refused)
    return [*files, refused]


def write_refused(rows: Iterable[RefusedRow], file: Path) -> None:
    """Rows that were not taken, with their line in the list, the field at fault and why."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("line", "field", "reason"))
        writer.writerows((row.row, row.field, row.reason) for row in rows)
