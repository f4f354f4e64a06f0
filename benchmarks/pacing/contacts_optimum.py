"""The best that can be done with contacts whose probabilities are known: in order, and by choice.

In the exponential world of `optimum`, without patience, half of the contacts answer with half the
mean probability and half with one and a half of it, which is the spread that pacing is held to.
What knowing them is worth, and what choosing among the next few, is exact there; the rule that
pacing follows was read off the policies.

    python -m benchmarks.pacing.contacts_optimum            # solve the cells that are not kept
"""

import json
import math
from functools import partial
from pathlib import Path

from benchmarks.pacing.building import contacts
from benchmarks.pacing.optimum import load as load_optima

RESULTS = Path(__file__).parents[1] / "results" / "contacts_optimum.json"
CELLS = [
    *((agents, answer, 1) for agents in (5, 10) for answer in (0.1, 0.2, 0.3)),
    *((5, 0.3, choices) for choices in (2, 5)),
    *((10, 0.3, choices) for choices in (2, 5)),
]
"""agents, mean probability, contacts that can be chosen among (1: list order)"""
GOLDEN = (math.sqrt(5) - 1) / 2
STEPS = 5


def solve(agents: int, answer: float, choices: int, steps: int = STEPS) -> float:
    """Utilisation: the least over the price of an abandoned call of the best reward at it.

    By golden section around the price at which contacts are unknown; each price gives a bound.
    """
    known = load_optima()[agents, answer, 0.0]
    best = partial(
        contacts().reward, agents=agents, less=answer / 2, more=1.5 * answer, choices=choices,
        most=known.levels[0] + 8,
    )  # fmt: skip
    low, high = 0.8 * known.price, 1.12 * known.price
    inner = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)]
    values = [best(price=price) for price in inner]
    for _ in range(steps):
        if values[0] < values[1]:
            high, inner[1], values[1] = inner[1], inner[0], values[0]
            inner[0] = high - GOLDEN * (high - low)
            values[0] = best(price=inner[0])
        else:
            low, inner[0], values[0] = inner[0], inner[1], values[1]
            inner[1] = low + GOLDEN * (high - low)
            values[1] = best(price=inner[1])
    return float(min(values))


def load(path: Path = RESULTS) -> dict[tuple[int, float, int], float]:
    """The utilisations that were kept, by cell."""
    kept = json.loads(path.read_text()) if path.exists() else []
    return {(row["agents"], row["answer"], row["choices"]): row["utilisation"] for row in kept}


def save(found: dict[tuple[int, float, int], float], path: Path = RESULTS) -> None:
    names = ("agents", "answer", "choices")
    rows = [
        json.dumps(dict(zip(names, cell, strict=True)) | {"utilisation": utilisation})
        for cell, utilisation in sorted(found.items())
    ]
    path.write_text("[\n" + ",\n".join(rows) + "\n]\n")


def main() -> None:
    found = load()
    for cell in CELLS:
        if cell not in found:
            found[cell] = solve(*cell)
            save(found)
        agents, answer, choices = cell
        unknown = load_optima()[agents, answer, 0.0].utilisation
        ordered = found.get((agents, answer, 1), unknown)
        print(
            f"N = {agents:3}, mean {answer}, among {choices:2}: {100 * found[cell]:.3f} %;"
            f" {100 * (found[cell] - unknown):+.2f} over unknown contacts,"
            f" {100 * (found[cell] - ordered):+.2f} over list order",
            flush=True,
        )


if __name__ == "__main__":
    main()
