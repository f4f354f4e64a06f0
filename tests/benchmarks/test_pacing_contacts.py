"""The best policy for contacts that are known: exact, and what was kept is in order."""

from pathlib import Path

import pytest
from benchmarks.pacing.building import contacts
from benchmarks.pacing.contacts_optimum import CELLS, load, save, solve
from benchmarks.pacing.optimum import load as load_optima

pytestmark = pytest.mark.slow  # compiled first

SMALL = (2, 0.5, 0.0)


def test_contacts_that_are_all_alike_are_worth_what_the_optimum_says() -> None:
    known = load_optima()[SMALL]
    found = contacts().reward(
        agents=2, less=0.5, more=0.5, choices=1, most=known.levels[0] + 3, price=known.price
    )
    assert found == pytest.approx(known.utilisation, abs=2e-5)


def test_to_know_contacts_is_worth_something_and_to_choose_among_more_is_worth_more() -> None:
    worth = [load_optima()[SMALL].utilisation, *(solve(2, 0.5, choices) for choices in (1, 2, 4))]
    assert worth == sorted(worth)
    assert worth[1] - worth[0] > 0.005
    assert worth[3] - worth[1] > 0.003


def test_what_was_kept_is_in_order(tmp_path: Path) -> None:
    kept = load()
    save(kept, tmp_path / "kept.json")
    assert load(tmp_path / "kept.json") == kept
    assert set(kept) == set(CELLS)
    for (agents, answer, choices), utilisation in kept.items():
        unknown = load_optima()[agents, answer, 0.0].utilisation
        assert unknown < kept[agents, answer, 1] < unknown + 0.015
        if choices > 1:
            assert kept[agents, answer, 1] < utilisation < kept[agents, answer, 1] + 0.015


def test_that_many_steps_do_not_do_is_said() -> None:
    with pytest.raises(ArithmeticError, match="not within 1e-07 after 3 steps"):
        contacts().reward(agents=2, less=0.2, more=0.4, choices=1, most=9, price=0.5, steps=3)
