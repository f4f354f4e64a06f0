"""A tiny version of `make pacing` runs, and its rows have the form of compare.json."""

import json
from pathlib import Path

import pytest
from benchmarks.pacing import __main__ as command
from benchmarks.pacing.bars import groups

GROUPS = groups()


@pytest.mark.parametrize("name", GROUPS)
def test_the_first_bar_of_each_group_is_measured(name: str, tmp_path: Path) -> None:
    rows = list(command.measured(GROUPS[name][:1], 0.005))
    assert rows
    for row in rows:
        assert set(row) == {*("name", "ours", "peer", "peer_name", "unit", "ratio", "goal", "met")}
        assert row["name"].startswith(name)
        assert row["met"] == (row["ratio"] >= row["goal"] - 1e-9)
    command.save(rows, tmp_path / "pacing.json")
    command.save(rows[:1], tmp_path / "pacing.json")
    assert len(json.loads((tmp_path / "pacing.json").read_text())) == len(rows)


def test_a_group_that_does_not_exist_is_named() -> None:
    with pytest.raises(SystemExit, match="no group weather; there are stationary"):
        command.chosen(["weather"])
