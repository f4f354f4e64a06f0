"""The day's report as text, JSON or CSV."""

import csv
import io
from collections.abc import Mapping

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fastdial.cli.report.daily.form import CampaignDay, DayReport, WindowShare
from fastdial.cli.report.text import instant, percent
from fastdial.messages.compliance import AbandonmentDefinition, MeasuringWindow
from fastdial.messages.words import AttemptOutcome

OUTSIDE_SHOWN = 10


def as_json(report: DayReport) -> str:
    """The whole report."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n"


def as_csv(report: DayReport) -> str:
    """A line for each campaign."""
    out = io.StringIO()
    rows = [_row(report, campaign) for campaign in report.campaigns]
    writer = csv.DictWriter(out, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


_COLUMNS = (
    "date", "zone", "campaign_id", "name", "mode", "state", "definition", "cap",
    "numerator", "denominator", "rate",
    *(f"rate_{window.value}" for window in MeasuringWindow),
    "within_cap", "fell_back", "attempts", *(outcome.value for outcome in AttemptOutcome),
    "outside_windows", "rows_loaded", "rows_refused", "passed_over", "passed_over_reasons",
)  # fmt: skip


def _row(report: DayReport, day: CampaignDay) -> dict[str, object]:
    return {
        "date": report.date,
        "zone": report.zone,
        "campaign_id": day.campaign_id,
        "name": day.name,
        "mode": day.mode,
        "state": day.state,
        "definition": in_words(day.definition, day.preset),
        "cap": day.definition.cap,
        "numerator": day.abandonment.numerator,
        "denominator": day.abandonment.denominator,
        "rate": _figure(day.abandonment.rate),
        **{f"rate_{one.window}": _figure(one.rate) for one in day.windows},
        "within_cap": "yes" if day.is_kept else "no",
        "fell_back": day.fell_back,
        "attempts": day.attempts,
        **day.outcomes,
        "outside_windows": len(day.outside_windows),
        "rows_loaded": day.rows_loaded,
        "rows_refused": sum(day.rows_refused.values()),
        "passed_over": sum(day.passed_over.values()),
        "passed_over_reasons": "; ".join(f"{why} = {n}" for why, n in day.passed_over.items()),
    }


def _figure(rate: float | None) -> str:
    return "" if rate is None else f"{rate:.6f}"


def in_words(definition: AbandonmentDefinition, preset: str | None) -> str:
    """A definition of abandonment in one sentence."""
    counted = {
        "met_no_agent": "calls that a person answered and that met no agent",
        "limit_passed": "calls that a person answered and that met no agent within the limit",
    }[definition.numerator.value]
    base = {
        "answered_by_person": "calls answered by a person",
        "answered": "answered calls",
        "attempts": "attempts",
    }[definition.denominator.value]
    estimate = ", with an estimate of persons taken for machines"
    name = f"{preset}: " if preset else ""
    return (
        f"{name}{counted} ({definition.limit_ms / 1_000:g} s from "
        f"{definition.start.value.replace('_', ' ')}) / {base}, "
        f"{definition.window.value.replace('_', ' ')}"
        f"{estimate if definition.false_positives_count else ''}"
    )


def print_day(report: DayReport, console: Console) -> None:
    """The report for people."""
    console.print()
    console.print(
        Text.assemble(
            (f"{report.date}", "bold"),
            f"  in {report.zone}: {instant(report.begins_at)} to {instant(report.ends_at)} UTC; "
            f"{report.events:,} events",
        )
    )
    for day in report.campaigns:
        console.print()
        _print_campaign(day, console)
    console.print()
    for sentence in report.audit:
        console.print(Text(sentence, style="red"))
    if not report.audit:
        console.print("Audit: the events keep every promise that was looked at.")


def _print_campaign(day: CampaignDay, console: Console) -> None:
    console.print(
        Text.assemble((day.name, "bold"), f"  {day.campaign_id}, {day.mode}, {day.state}")
    )
    console.print(Text(in_words(day.definition, day.preset), style="dim"))
    console.print(_abandonment(day))
    outcomes = {name.replace("_", " "): n for name, n in day.outcomes.items() if n}
    console.print(Text(f"attempts begun {day.attempts:,}; ended: {_listed(outcomes)}"))
    if day.fell_back:
        console.print(Text(f"fell back to progressive dialing {day.fell_back:,} times (CO-5)"))
    refused = f"rows loaded {day.rows_loaded:,}, refused {sum(day.rows_refused.values()):,}"
    console.print(Text(refused + (f": {_listed(day.rows_refused)}" if day.rows_refused else "")))
    console.print(Text(f"contacts passed over: {_listed(day.passed_over)}"))
    if day.callbacks:
        console.print(Text(f"callbacks that ended: {_listed(day.callbacks)}"))
    _print_outside(day, console)


def _abandonment(day: CampaignDay) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("abandonment", no_wrap=True)
    for heading in ("abandoned", "of", "rate", "cap", "highest at"):
        table.add_column(heading, justify="right", no_wrap=True)
    own = day.abandonment
    table.add_row(
        "calls of the day", f"{own.numerator:,.6g}", f"{own.denominator:,.8g}", percent(own.rate, 2)
    )
    for one in day.windows:
        is_measure = one.window == day.definition.window.value
        style = "" if not is_measure else "bold" if day.is_kept else "bold red"
        table.add_row(*_window(one, day.definition.cap if is_measure else None), style=style)
    return table


def _window(one: WindowShare, cap: float | None) -> tuple[str, ...]:
    return (
        one.window.replace("_", " "),
        f"{one.numerator:,.6g}",
        f"{one.denominator:,.8g}",
        percent(one.rate, 2),
        "" if cap is None else percent(cap, 2),
        "" if one.at is None else instant(one.at),
    )


def _print_outside(day: CampaignDay, console: Console) -> None:
    outside = day.outside_windows
    if not outside:
        console.print("calls outside windows: none")
        return
    console.print(Text(f"CALLS OUTSIDE WINDOWS: {len(outside):,}", style="bold red"))
    for one in outside[:OUTSIDE_SHOWN]:
        console.print(
            Text(
                f"  {instant(one.at)} UTC call {one.call_id} to {one.number} "
                f"({one.contact_key}): {one.reason}"
            )
        )
    if len(outside) > OUTSIDE_SHOWN:
        console.print(f"  and {len(outside) - OUTSIDE_SHOWN:,} more")


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{why} {n:,}" for why, n in counts.items() if n) or "none"
