"""The report as text for a terminal, a log or a file."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from rich import box
from rich.console import Console, Group, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from fastdial.cli.report.form import Hour, Report, Waiting

REFUSED_SHOWN = 10
_WIDE = Console(width=1_000)


def print_report(report: Report, console: Console) -> None:
    """The whole report."""
    console.print()
    console.print(_title(report))
    console.print()
    console.print(_beside_each_other(console, _calls(report), _agents(report), _contacts(report)))
    if report.hours:
        console.print()
        console.print(_hours(report.hours))
    if report.refused_rows:
        console.print()
        console.print(_refused(report))
    if report.audit is not None:
        console.print()
        console.print(_audit(report))


def _beside_each_other(console: Console, *columns: list[Table]) -> RenderableType:
    """The tables in columns where there is room, else all below each other."""
    groups = [Group(*_spaced(column)) for column in columns]
    if sum(_width(column) for column in columns) > console.width:
        return Group(*_spaced([table for column in columns for table in column]))
    grid = Table.grid(padding=(0, 3))
    grid.add_row(*groups)
    return grid


def _width(tables: list[Table]) -> int:
    return 3 + max(
        Measurement.get(_WIDE, _WIDE.options, table).maximum for table in tables if table.row_count
    )


def _spaced(tables: list[Table]) -> list[RenderableType]:
    filled = [table for table in tables if table.row_count]
    parts: list[RenderableType] = []
    for table in filled:
        parts += [table, Text()]
    return parts[:-1]


def _title(report: Report) -> Text:
    text = Text()
    text.append(report.title or "no campaign", style="bold")
    words = [word for word in (report.campaign_id, report.mode, report.state) if word]
    if words:
        text.append("  " + ", ".join(words))
    speed = f" at speed {report.speed:g}" if report.speed else ""
    text.append(
        f"\n{instant(report.begins_at)} to {instant(report.ends_at)} UTC, "
        f"{duration(report.duration_ms)} of site time{speed}; {report.events:,} events",
        style="dim",
    )
    return text


def _calls(report: Report) -> list[Table]:
    calls, waiting = report.calls, report.waiting
    outcomes = _table("Outcomes", shares(calls.outcomes))
    figures = _table(
        "Calls",
        [
            ("attempts", f"{calls.attempts:,}", ""),
            ("answered by a person", f"{calls.answered:,}", percent(calls.connect_rate)),
            ("connected to an agent", f"{calls.connected:,}", ""),
            ("abandoned, of answered", f"{calls.abandoned:,}", percent(calls.abandonment_rate, 2)),
            ("mean ringing", seconds(calls.mean_ring_ms), ""),
            ("mean talk", seconds(calls.mean_talk_ms), ""),
            ("no wait for an agent", "", percent(waiting.at_once_share)),
            ("waited, 95 of 100 up to", seconds(waiting.p95_ms), ""),
            ("longest wait", seconds(waiting.max_ms), ""),
            ("bridging, 50 / 95 of 100", _two(waiting), ""),
        ],
    )
    return [figures, outcomes]


def _agents(report: Report) -> list[Table]:
    agents = report.agents
    figures = _table(
        "Agents",
        [
            ("agents", f"{agents.agents:,}", ""),
            ("logged in", duration(agents.logged_in_ms), ""),
            ("utilisation", "", percent(agents.utilisation)),
            ("calls per agent and hour", _number(agents.calls_per_agent_hour), ""),
        ],
    )
    states = _table(
        "Agents' time",
        [
            (state.replace("_", " "), duration(ms), percent(_part(ms, agents.logged_in_ms)))
            for state, ms in agents.state_ms.items()
        ],
    )
    codes = {code or "(none in time)": n for code, n in report.wrap_up_codes.items()}
    return [figures, states, _table("Wrap-up codes", shares(codes))]


def _contacts(report: Report) -> list[Table]:
    contacts = report.contacts
    figures = _table(
        "Contacts",
        [
            ("listed", f"{contacts.listed:,}", ""),
            *shares(contacts.by_state),
            ("rows refused", f"{contacts.refused_rows:,}", ""),
        ],
    )
    attempts = _table(
        "Contacts by attempts",
        shares({str(n): count for n, count in contacts.by_attempts.items()}),
    )
    done = _table("Done because", shares(contacts.done_because))
    return [figures, attempts, done]


def _table(title: str, rows: Iterable[tuple[str, str, str]]) -> Table:
    table = Table(title=title, title_justify="left", box=None, show_header=False, padding=(0, 1))
    table.title_style = "bold"
    table.min_width = len(title) + 2
    table.add_column()
    table.add_column(justify="right")
    table.add_column(justify="right")
    for row in rows:
        table.add_row(*row)
    return table


def _hours(hours: Iterable[Hour]) -> Table:
    table = Table(
        title="By the hour", title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    table.title_style = "bold"
    table.add_column("UTC", no_wrap=True)
    for heading in (
        "attempts", "answered", "rate", "abandoned", "rate", "agents", "utilised"
    ):  # fmt: skip
        table.add_column(heading, justify="right")
    for hour in hours:
        table.add_row(
            instant(hour.begins_at)[5:16],
            f"{hour.attempts:,}",
            f"{hour.answered:,}",
            percent(hour.connect_rate),
            f"{hour.abandoned:,}",
            percent(hour.abandonment_rate, 2),
            f"{hour.agents:.1f}",
            percent(hour.utilisation),
        )
    return table


def _refused(report: Report) -> RenderableType:
    rows = report.refused_rows
    table = Table(
        title=f"Rows refused: {len(rows):,}",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1),
    )
    table.title_style = "bold"
    table.add_column("line", justify="right")
    table.add_column("field")
    table.add_column("reason", overflow="fold")
    for row in rows[:REFUSED_SHOWN]:
        table.add_row(f"{row.row:,}", Text(row.field), Text(row.reason))
    if len(rows) <= REFUSED_SHOWN:
        return table
    return Group(table, Text(f"  and {len(rows) - REFUSED_SHOWN:,} more", style="dim"))


def _audit(report: Report) -> RenderableType:
    if not report.audit:
        return Text(f"Audit: the {report.events:,} events keep every promise that was looked at.")
    text = Text("Audit: promises were broken", style="bold red")
    for sentence in report.audit:
        text.append(f"\n  {sentence}", style="not bold red")
    return text


# --- words for figures


def shares(counts: Mapping[str, int]) -> list[tuple[str, str, str]]:
    """Rows of name, count and share of the whole."""
    whole = sum(counts.values())
    return [
        (name.replace("_", " "), f"{count:,}", percent(_part(count, whole)))
        for name, count in counts.items()
    ]


def _part(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def percent(share: float | None, digits: int = 1) -> str:
    """``0.031`` as ``3.1 %``; a dash for none."""
    return "-" if share is None else f"{100 * share:.{digits}f} %"


def seconds(ms: float | None) -> str:
    """Milliseconds as seconds, such as ``12.3 s``."""
    return "-" if ms is None else f"{ms / 1000:.1f} s"


def duration(ms: int) -> str:
    """Milliseconds as hours, minutes and seconds, such as ``3:59:07``."""
    minutes, second = divmod(round(ms / 1000), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}"


def instant(at: int) -> str:
    """An instant in UTC to the second."""
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _two(waiting: Waiting) -> str:
    return f"{seconds(waiting.bridging_p50_ms)} / {seconds(waiting.bridging_p95_ms)}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
