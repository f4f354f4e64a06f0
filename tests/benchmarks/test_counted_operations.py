"""The counted operations run, each kernel baseline names them all, and growth is noticed."""

import json

import pytest
from benchmarks.callgrind import BASELINE, grown, unlike
from benchmarks.counted.run import operations

OPERATIONS = operations()


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_operation_runs(name: str) -> None:
    work, units = OPERATIONS[name]()
    assert units > 0
    work()


def test_the_baseline_holds_every_operation_and_no_other() -> None:
    assert sorted(json.loads(BASELINE.read_text())["instructions"]) == sorted(OPERATIONS)


def test_a_tenth_more_is_allowed_and_no_more() -> None:
    assert grown({"a": 100.0}, {"a": 110.0}) == []
    assert grown({"a": 100.0}, {"a": 50.0}) == []
    assert "11% more" in grown({"a": 100.0}, {"a": 111.0})[0]


def test_an_operation_that_is_only_on_one_side_is_named() -> None:
    assert "not in the baseline" in grown({}, {"a": 1.0})[0]
    assert "not counted" in grown({"a": 1.0}, {})[0]


def test_a_skip_says_in_what_the_environments_differ() -> None:
    there = {"compiler": "gcc 12", "numpy": "2.1"}
    assert unlike(there, {"compiler": "gcc 13", "numpy": "2.1"}) == (
        "compiler 'gcc 12' there and 'gcc 13' here"
    )
    assert "'unknown' there" in unlike({}, there)
    assert not unlike(there, there)
