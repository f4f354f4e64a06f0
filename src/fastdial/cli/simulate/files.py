"""The simulations as text, and as files: ``simulate.json``, ``simulate.csv``, ``simulate.png``."""

import csv
from pathlib import Path

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table

from fastdial.cli.simulate.form import CaseReport, Interval, SimulationReport
from fastdial.cli.simulate.picture import draw

SHARES = ("utilisation", "abandonment", "answer_rate", "inbound_abandonment")
HEADINGS = {
    "utilisation": "utilised %",
    "abandonment": "abandoned %",
    "served_per_agent_hour": "served/h",
    "dialed_per_agent_hour": "dialed/h",
}
INBOUND = {"inbound_abandonment": "callers lost %", "inbound_wait_s": "wait s"}


def print_simulation(report: SimulationReport, console: Console) -> None:
    """A line for each case: estimates with their 95 % intervals."""
    days = report.cases[0].days
    title = f"{report.scenario}: {days:,} days each, {report.model}; hours are an agent's"
    console.print(title, highlight=False)
    table = Table(box=box.SIMPLE_HEAD, padding=0, pad_edge=False, show_edge=False)
    table.add_column("dialing", no_wrap=True)
    table.add_column(
        report.sweep.replace("_", " ") if report.sweep else "agents", justify="right", no_wrap=True
    )
    columns = dict(HEADINGS)
    if all(set(INBOUND) <= set(case.estimates) for case in report.cases):
        del columns["dialed_per_agent_hour"]  # all of it is in the files
        columns |= INBOUND
    for heading in columns.values():
        table.add_column(heading, justify="right", no_wrap=True)
    for case in report.cases:
        swept = case.agents if case.swept is None else case.swept
        table.add_row(
            case.method,
            f"{swept:g}",
            *(told(name, case.estimates[name]) for name in columns),
        )
    console.print(table)
    left_out = dict.fromkeys(one for case in report.cases for one in case.left_out)
    if left_out:
        console.print(f"Not in the compiled model: {', '.join(left_out)}.", highlight=False)


def told(name: str, one: Interval) -> str:
    """An estimate with half the width of its interval."""
    if one.value is None:
        return "-"
    scale, digits = (100, 2) if name in SHARES else (1, 1)
    margin = "" if one.low is None else f" ±{scale * (one.value - one.low):.{digits}f}"
    return f"{scale * one.value:.{digits}f}{margin}"


def write_simulation(report: SimulationReport, directory: Path) -> list[Path]:
    """Write all files into ``directory``, which is made; returns them."""
    directory.mkdir(parents=True, exist_ok=True)
    json, table, picture = (directory / f"simulate.{kind}" for kind in ("json", "csv", "png"))
    json.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    with table.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        columns = list(report.cases[0].by_day)
        writer.writerow(("method", report.sweep or "swept", "agents", "day", *columns))
        for case in report.cases:
            writer.writerows(_rows(case, columns))
    draw(report, picture)
    return [json, table, picture]


def _rows(case: CaseReport, columns: list[str]) -> list[tuple[object, ...]]:
    swept = "" if case.swept is None else f"{case.swept:g}"
    return [
        (case.method, swept, case.agents, day, *(case.by_day[name][day] for name in columns))
        for day in range(case.days)
    ]
