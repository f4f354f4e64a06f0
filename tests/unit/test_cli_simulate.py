"""`fastdial simulate`: what it shows, what it writes, what it refuses."""

import csv
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from fastdial.cli.app import cli
from fastdial.cli.simulate.form import SimulationReport

SCENARIO = """
name = "small"
[network]
answer_rate = [0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25,
               0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25]
[day]
opening_h = 0.5
contacts = 300
[[agents]]
count = 4
"""


def simulate(folder: Path, *options: str) -> Result:
    (folder / "scenario.toml").write_text(SCENARIO)
    return CliRunner().invoke(
        cli,
        ["simulate", str(folder / "scenario.toml"), "--output", str(folder / "out"), *options],
    )


def written(folder: Path) -> SimulationReport:
    return msgspec.json.decode(
        (folder / "out" / "simulate.json").read_bytes(), type=SimulationReport
    )


def test_a_scenario_is_simulated_shown_and_written(tmp_path: Path) -> None:
    result = simulate(tmp_path, "--days", "30", "--seed", "7")
    assert result.exit_code == 0, result.output
    assert "small: 30 days each, compiled model" in result.output
    assert "Not in the compiled model: later attempts" in result.output
    report = written(tmp_path)
    (case,) = report.cases
    assert (report.seed, report.sweep, case.agents, case.days) == (7, None, 4, 30)
    estimate = case.estimates["utilisation"]
    assert estimate.low is not None
    assert estimate.high is not None
    assert 0.4 < estimate.low < estimate.high < 0.9
    used = sum(case.by_day["handling_s"]) / sum(case.by_day["present_s"])
    assert used == pytest.approx(estimate.value)
    with (tmp_path / "out" / "simulate.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [float(row["dialed"]) for row in rows] == case.by_day["dialed"]
    assert (tmp_path / "out" / "simulate.png").read_bytes().startswith(b"\x89PNG")


def test_a_sweep_has_a_case_for_each_value(tmp_path: Path) -> None:
    result = simulate(tmp_path, "--days", "3", "--sweep", "agents=5:100")
    assert result.exit_code == 0, result.output
    cases = written(tmp_path).cases
    assert [case.agents for case in cases] == [5, 8, 12, 18, 28, 42, 65, 100]
    assert [case.swept for case in cases] == [case.agents for case in cases]
    result = simulate(tmp_path, "--days", "3", "--sweep", "answer_rate=0.1,0.4")
    low, high = (case.estimates["utilisation"].value for case in written(tmp_path).cases)
    assert low is not None
    assert high is not None
    assert low < high


def test_whole_sites_compare_ways_of_dialing(tmp_path: Path) -> None:
    result = simulate(
        tmp_path, "--whole", "--days", "2", "--compare", "progressive,predictive", "--agents", "3"
    )
    assert result.exit_code == 0, result.output
    progressive, predictive = written(tmp_path).cases
    assert (progressive.method, predictive.method) == ("progressive", "predictive")
    assert progressive.agents == 3
    assert sum(progressive.by_day["abandoned"]) == 0
    assert progressive.left_out == []
    assert sum(predictive.by_day["dialed"]) > sum(progressive.by_day["dialed"])


def test_callers_are_shown_where_there_are_some(tmp_path: Path) -> None:
    callers = f"[inbound]\nper_h = {[30] * 24}\n"
    (tmp_path / "calls.toml").write_text(SCENARIO + callers)
    arguments = ["simulate", str(tmp_path / "calls.toml"), "--output", str(tmp_path / "out")]
    result = CliRunner().invoke(cli, [*arguments, "--days", "20"])
    assert "callers lost %" in result.output
    assert written(tmp_path).cases[0].estimates["inbound_wait_s"].value
    result = CliRunner().invoke(cli, [*arguments, "--whole"])
    assert result.exit_code == 1
    assert "no inbound queues yet" in result.output


def test_a_run_can_be_repeated(tmp_path: Path) -> None:
    simulate(tmp_path, "--days", "5")
    first = written(tmp_path)
    simulate(tmp_path, "--days", "5")
    assert written(tmp_path) == first


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--sweep", "rain=1:2"), "it can sweep agents or answer_rate"),
        (("--sweep", "agents=5"), None),
        (("--sweep", "agents=9:3"), "give a range such as 5:100"),
        (("--sweep", "answer_rate=0.5:2"), "answer_rate can be above 0 and up to 1"),
        (("--compare", "progressive,magic"), "no 'magic'"),
        (("--agents", "0"), "0 is not in the range"),
    ],
)
def test_what_can_not_be_used_is_said(
    tmp_path: Path, options: tuple[str, ...], words: str | None
) -> None:
    result = simulate(tmp_path, "--days", "2", *options)
    assert (result.exit_code == 0) == (words is None)
    assert words is None or words in result.output


def test_a_mistake_in_the_scenario_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("[day]\nopening_h = 25\n")
    result = CliRunner().invoke(cli, ["simulate", str(tmp_path / "bad.toml")])
    assert result.exit_code == 2
    assert "day.opening_h" in result.output
