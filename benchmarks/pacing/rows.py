"""What a way of pacing comes to in a cell, tuned to the cap; and these as rows of a file."""

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.pacing.methods import SEED, Cell, Method, run

CAP = 0.03
STEPS = 7
"""halvings of the parameter's range, before the long runs"""
WIDENINGS = 4
"""steps of a tenth by which the long runs look further"""


@dataclass(frozen=True)
class Row:
    """One way of pacing in one cell."""

    world: str
    agents: int
    answer: float
    patience_s: float
    method: str
    parameter: float | None
    """none: there was nothing to tune"""
    utilisation: float
    abandonment: float
    answered: int

    @property
    def cell(self) -> Cell:
        return Cell(self.world, self.agents, self.answer, self.patience_s)


@dataclass(frozen=True)
class Outcome:
    parameter: float
    utilisation: float
    abandonment: float
    answered: int


def outcome(
    method: Method, cell: Cell, parameter: float, answered: float, seed: int = SEED
) -> Outcome:
    runs = run(method.make(cell, parameter), cell, answered, by_day=method.by_day, seed=seed)
    whole = int(runs.answered.sum())
    return Outcome(
        parameter,
        float(runs.handling_s.sum() / runs.present_s.sum()),
        float(runs.abandoned.sum() / max(whole, 1)),
        whole,
    )


def measure(method: Method, cell: Cell, answered: float, seed: int = SEED) -> Row:
    """Tuned to the cap by halving a range in logarithms, with the same chance each time.

    Two long runs on either side of the cap, taken in turn, meet it. Where a method never gets
    there, the row has what is nearest, and its abandonment says so.
    """
    parameter: float | None
    if not method.high:
        parameter, found = None, outcome(method, cell, 0.0, answered, seed)
    else:
        low, high = method.low, method.high
        for _ in range(STEPS):
            middle = math.sqrt(low * high)
            if outcome(method, cell, middle, answered / 4, seed).abandonment > CAP:
                high = middle
            else:
                low = middle
        found = at_the_cap(*around_the_cap(method, cell, low, high, answered, seed))
        parameter = found.parameter
    return Row(
        cell.world, cell.agents, cell.answer, cell.patience_s, method.name, parameter,
        found.utilisation, found.abandonment, found.answered,
    )  # fmt: skip


def around_the_cap(
    method: Method, cell: Cell, low: float, high: float, answered: float, seed: int
) -> tuple[Outcome, Outcome]:
    """Long runs on either side of the cap, as far as the parameter goes."""
    below = outcome(method, cell, low, answered, seed)
    above = outcome(method, cell, high, answered, seed)
    for _ in range(WIDENINGS):
        if below.abandonment > CAP and below.parameter > method.low:
            above = below
            below = outcome(method, cell, max(method.low, below.parameter / 1.1), answered, seed)
        if above.abandonment < CAP and above.parameter < method.high:
            below = above
            above = outcome(method, cell, min(method.high, above.parameter * 1.1), answered, seed)
    return below, above


def at_the_cap(low: Outcome, high: Outcome) -> Outcome:
    """The two in turn, so that the cap is met; where both are on one side, the one that is nearer.

    Taken in turn, times add up: calls served and calls abandoned, not their quotient.
    """
    under, over = spare(low), spare(high)
    if under < 0 or over > 0 or under == over:
        return min(low, high, key=lambda one: abs(one.abandonment - CAP))
    share = under / (under - over)
    return Outcome(
        low.parameter + share * (high.parameter - low.parameter),
        low.utilisation + share * (high.utilisation - low.utilisation),
        CAP,
        low.answered + high.answered,
    )


def spare(found: Outcome) -> float:
    """Calls that could be abandoned yet, in a handle time of an agent."""
    return found.utilisation / (1 - found.abandonment) * (CAP - found.abandonment)


def load(path: Path) -> list[Row]:
    """The rows that were kept."""
    return [Row(**entry) for entry in json.loads(path.read_text())] if path.exists() else []


def save(rows: Iterable[Row], path: Path) -> None:
    """Put rows beside those kept of other cells and methods."""
    kept = {(row.cell, row.method): row for row in (*load(path), *rows)}
    lines = [json.dumps(asdict(row)) for row in kept.values()]
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n")
