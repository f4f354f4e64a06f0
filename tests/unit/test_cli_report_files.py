"""The report as text and files."""

from io import StringIO
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from fastdial.cli.report.files import write_report
from fastdial.cli.report.form import Report
from fastdial.cli.report.tally import Tally
from fastdial.cli.report.text import duration, instant, percent, print_report, seconds
from fastdial.messages import events as ev
from fastdial.messages.errors import RefusedRow
from fastdial.messages.settings import CampaignSettings
from fastdial.messages.words import AgentState, AttemptOutcome, Party

NINE = 1_772_355_600_000


def small_report() -> Report:
    tally = Tally()
    tally.see(
        ev.CampaignCreated(at=NINE, campaign_id="10001", settings=CampaignSettings(name="Spring"))
    )
    for after_ms, state in ((0, AgentState.READY), (60_000, AgentState.TALKING)):
        tally.see(
            ev.AgentStateChanged(at=NINE + after_ms, agent_id="desk-001", state=state, reason="")
        )
    tally.see(
        ev.CallEnded(
            at=NINE + 90_000,
            call_id=1,
            campaign_id="10001",
            contact_key="a",
            number="+442079460001",
            outcome=AttemptOutcome.ANSWERED,
            party=Party.CUSTOMER,
            talk_ms=30_000,
        )
    )
    rows = [RefusedRow(line, "zone", "[no] such zone") for line in range(2, 14)]
    return tally.report(unread=rows, speed=120)


def printed(report: Report, width: int) -> str:
    file = StringIO()
    print_report(report, Console(file=file, width=width, color_system=None))
    return file.getvalue()


@pytest.mark.parametrize("width", [60, 80, 132])
def test_text_names_the_figures_at_any_width(width: int) -> None:
    text = printed(small_report(), width)
    assert "1:30 of site time at speed 120" in " ".join(text.split())
    assert "Spring" in text
    assert "utilisation" in text
    assert "33.3 %" in text
    assert "[no] such zone" in text
    assert "and 2 more" in text
    assert max(map(len, text.splitlines())) <= width


def test_text_tells_what_the_audit_found() -> None:
    report = small_report()
    assert "Audit" not in printed(report, 100)
    clean = msgspec.structs.replace(report, audit=[])
    assert "keep every promise" in printed(clean, 100)
    broken = msgspec.structs.replace(report, audit=["sequence 7: dialed twice"])
    assert "sequence 7: dialed twice" in printed(broken, 100)


@pytest.mark.parametrize("report", [small_report(), Tally().report()], ids=["small", "empty"])
def test_files_hold_the_report(tmp_path: Path, report: Report) -> None:
    files = write_report(report, tmp_path / "made", abandonment_cap=0.03)
    assert [file.name for file in files] == [
        "report.json",
        "report.txt",
        "report.png",
        "refused.csv",
    ]
    assert msgspec.json.decode(files[0].read_bytes(), type=Report) == report
    assert files[2].read_bytes().startswith(b"\x89PNG")
    lines = files[3].read_text().splitlines()
    assert lines[0] == "line,field,reason"
    assert len(lines) == 1 + len(report.refused_rows)


def test_words_for_figures() -> None:
    assert percent(0.0314, 2) == "3.14 %"
    assert percent(None) == "-"
    assert seconds(1_234) == "1.2 s"
    assert duration(4 * 3_600_000 + 61_000) == "4:01:01"
    assert instant(NINE) == "2026-03-01 09:00:00"
