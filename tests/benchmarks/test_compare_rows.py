"""Every comparison runs, so that none of them rots; tiny, and without a look at the figures."""

import json
from pathlib import Path

import pytest
from benchmarks.compare.harness import (
    PeerMissingError,
    Result,
    Row,
    measure,
    save,
    select,
    subjects,
)

ROWS = [row for rows in subjects().values() for row in rows]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_row_runs_at_a_tiny_size(row: Row) -> None:
    try:
        result = measure(row, scale=0.001, pairs=1)
    except PeerMissingError as missing:
        pytest.skip(str(missing))
    assert result.ours > 0
    assert result.peer > 0


def test_no_two_rows_have_the_same_name() -> None:
    names = [row.name for row in ROWS]
    assert sorted(set(names)) == sorted(names)


def constant(figure: float, more_is_better: bool) -> Row:
    return Row(
        name="test.constant",
        unit="1",
        goal=2.0,
        peer_name="a constant",
        prepare=lambda scale: (lambda: figure * scale, lambda: 10.0),
        more_is_better=more_is_better,
    )


def test_a_ratio_above_one_means_ahead_for_rates_and_for_costs() -> None:
    assert measure(constant(30.0, more_is_better=True)).ratio == 3.0
    assert measure(constant(5.0, more_is_better=False)).ratio == 2.0
    assert measure(constant(5.0, more_is_better=False)).met
    assert not measure(constant(5.0, more_is_better=True)).met


def test_the_ratio_is_the_median_of_pairs_run_in_turn() -> None:
    calls: list[str] = []
    figures = iter([1.0, 50.0, 2.0, 3.0, 100.0])

    def ours() -> float:
        calls.append("ours")
        return next(figures)

    def peer() -> float:
        calls.append("peer")
        return 1.0

    result = measure(Row("test.turns", "1", 1.0, "1", lambda scale: (ours, peer)))
    assert result.ratio == 3.0
    assert calls == ["ours", "peer"] * 5


def test_results_are_kept_beside_those_of_rows_not_taken_this_time(tmp_path: Path) -> None:
    path = tmp_path / "results" / "compare.json"
    old = Row("a.old", "1", 1.0, "x", lambda scale: (lambda: 1.0, lambda: 1.0))
    new = Row("b.new", "1", 3.0, "y", lambda scale: (lambda: 1.0, lambda: 1.0))
    save([Result(old, 2.0, 1.0, 2.0), Result(new, 1.0, 1.0, 1.0)], path)
    save([Result(new, 4.0, 2.0, 2.0)], path)
    kept = json.loads(path.read_text())
    assert [entry["name"] for entry in kept] == ["a.old", "b.new"]
    assert kept[1] == {
        "name": "b.new",
        "ours": 4.0,
        "peer": 2.0,
        "peer_name": "y",
        "unit": "1",
        "ratio": 2.0,
        "goal": 3.0,
        "met": False,
    }


def test_rows_are_chosen_by_subject_group_or_name() -> None:
    assert [row.name for row in select(["timers.bulk"])] == ["timers.bulk"]
    assert "timers" in [row.name for row in select(["timers"])]
    with pytest.raises(SystemExit, match="no rows for nothing; there are"):
        select(["nothing"])
