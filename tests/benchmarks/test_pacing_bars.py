"""A tiny version of `make pacing` runs, and its rows have the form of compare.json."""

import json
from pathlib import Path

import pytest
from benchmarks.pacing import __main__ as command
from benchmarks.pacing.bars import by_size, groups

GROUPS = groups()


@pytest.mark.parametrize("name", GROUPS)
def test_the_first_bar_of_each_group_is_measured(name: str, tmp_path: Path) -> None:
    rows = list(command.measured(GROUPS[name][:1], 0.005))
    assert rows
    for row in rows:
        fields = {*("name", "ours", "peer", "peer_name", "unit", "ratio", "goal", "met")}
        assert set(row) - {"count"} == fields
        assert row["name"].startswith(name)
        assert row["met"] == (row["ratio"] >= row["goal"] - 1e-9)
    command.save(rows, tmp_path / "pacing.json")
    command.save(rows[:1], tmp_path / "pacing.json")
    kept = {row["name"] for row in json.loads((tmp_path / "pacing.json").read_text())}
    assert kept >= {row["name"] for row in rows}


def test_a_size_is_judged_over_all_its_cells() -> None:
    def cell(name: str, count: int, over: float, hour: float) -> list[dict[str, object]]:
        rows = (
            ("over 3.0", over),
            ("worst", 2.9 + over),
            ("utilisation", 80.0),
            ("worst hour", hour),
        )
        return [
            {"name": f"{name}/{what}", "ours": ours, "peer": 81.0}
            | ({"count": count} if what == "over 3.0" else {})
            for what, ours in rows
        ]

    rows = [*cell("day/5.0.1.0", 300, 0.0, 4.0), *cell("day/5.0.2.0/giving up", 100, 1.0, 6.0)]
    found = {figure.name: figure for figure in by_size(rows)}
    assert found["day/5/over 3.0"].count == 400
    assert found["day/5/over 3.0"].ours == pytest.approx(0.25)
    assert found["day/5/worst"].ours == pytest.approx(3.9)
    assert found["day/5/worst hour"].ours == 6.0
    assert found["day/5/utilisation"].slack == 1.8


def test_a_group_that_does_not_exist_is_named() -> None:
    with pytest.raises(SystemExit, match="no group weather; there are stationary"):
        command.chosen(["weather"])
