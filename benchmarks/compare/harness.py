"""Side by side: ours and a named peer do the same work in turn, and the ratio is what counts.

A module of this folder that has `ROWS`, a list of `Row`, is a subject; `python -m
benchmarks.compare` finds and runs them all, or those asked for.
"""

import gc
import importlib
import json
import os
import pkgutil
import platform
import statistics
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

Measure = Callable[[], float]

RESULTS = Path(__file__).parents[1] / "results" / "compare.json"


class PeerMissingError(Exception):
    """The peer is not installed; the text says what is missing and how to get it."""


@dataclass(frozen=True)
class Row:
    """One comparison.

    `prepare(scale)` makes the input, at `scale` times the full size (1 for the full size, 0.001 in
    the tests), and returns two functions, ours and the peer's. Each does the whole work once, on a
    fresh object, and returns its figure in `unit`: a rate where `more_is_better`, else a cost
    (seconds, bytes). It raises PeerMissingError if the peer cannot be had.

    The ratio is above 1 where ours is ahead, whichever way the figure goes. For a limit instead of
    a peer ("at most 160 bytes a contact"), let the second function be `lambda: 160.0` with
    `more_is_better=False`, `goal=1.0` and `peer_name="limit"`.
    """

    name: str
    unit: str
    goal: float
    peer_name: str
    prepare: Callable[[float], tuple[Measure, Measure]]
    more_is_better: bool = True
    work: str = ""  # what is done and how much of it, at full size


@dataclass(frozen=True)
class Result:
    """Medians of ours, of the peer's, and of the ratios of the pairs."""

    row: Row
    ours: float
    peer: float
    ratio: float

    @property
    def met(self) -> bool:
        return self.ratio >= self.row.goal

    def as_json(self) -> dict[str, str | float | bool]:
        return {
            "name": self.row.name,
            "ours": self.ours,
            "peer": self.peer,
            "peer_name": self.row.peer_name,
            "unit": self.row.unit,
            "ratio": self.ratio,
            "goal": self.row.goal,
            "met": self.met,
        }


def measure(row: Row, scale: float = 1.0, pairs: int = 5) -> Result:
    """Run ours and the peer's in turn, `pairs` times each."""
    ours, peer = row.prepare(scale)
    figures = []
    for _ in range(pairs):
        gc.collect()
        our_figure = ours()
        gc.collect()
        figures.append((our_figure, peer()))
    ratios = [a / b if row.more_is_better else b / a for a, b in figures]
    return Result(
        row,
        ours=statistics.median(figure[0] for figure in figures),
        peer=statistics.median(figure[1] for figure in figures),
        ratio=statistics.median(ratios),
    )


def subjects() -> dict[str, list[Row]]:
    """The rows of every subject, by the name of its module, in order of name."""
    found: dict[str, list[Row]] = {}
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module.name in {"__main__", "harness"}:
            continue
        rows = getattr(importlib.import_module(f"benchmarks.compare.{module.name}"), "ROWS", None)
        if rows is not None:
            found[module.name] = rows
    return found


def select(only: Iterable[str]) -> list[Row]:
    """The rows of the subjects, groups (`slots` of `slots.range`) and names asked for; else all."""
    wanted = set(only)
    rows: list[Row] = []
    known: set[str] = set()
    for subject, subject_rows in subjects().items():
        for row in subject_rows:
            names = {subject, row.name, row.name.split(".")[0]}
            known |= names
            if not wanted or wanted & names:
                rows.append(row)
    unknown = wanted - known
    if unknown:
        raise SystemExit(
            f"no rows for {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}"
        )
    return rows


def save(results: list[Result], path: Path = RESULTS) -> None:
    """Put the results beside those of rows that were not taken this time."""
    kept = {}
    if path.exists():
        kept = {entry["name"]: entry for entry in json.loads(path.read_text())}
    kept |= {result.row.name: result.as_json() for result in results}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([kept[name] for name in sorted(kept)], indent=2) + "\n")


def environment() -> str:
    """What the figures were taken with."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("fastdial", "numpy", "Cython"))
    load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    return (
        f"{platform.python_implementation()} {platform.python_version()}, {packages}\n"
        f"{platform.platform()}, {os.cpu_count()} cores, load {load}"
    )


def lines(rows: list[Row], scale: float, pairs: int, results: list[Result]) -> Iterator[str]:
    """The table, line by line as it is measured; what is measured is added to `results`."""
    yield f"{'':18}{'ours':>12}{'peer':>12}  {'unit':14}{'ratio':>8}{'goal':>8}"
    for row in rows:
        try:
            result = measure(row, scale, pairs)
        except PeerMissingError as missing:
            yield f"{row.name:18}peer missing: {missing}"
            continue
        results.append(result)
        yield (
            f"{row.name:18}{result.ours:>12.4g}{result.peer:>12.4g}  {row.unit:14}"
            f"{result.ratio:>8.2f}{row.goal:>8.3g}  {'met' if result.met else 'MISSED'}"
        )
        yield f"{'':18}{row.work}{' | ' if row.work else ''}peer: {row.peer_name}"


def run(only: Iterable[str] = (), scale: float = 1.0, pairs: int = 5) -> list[Result]:
    """Measure, print the table, and keep the results of full-size runs."""
    results: list[Result] = []
    rows = select(only)
    print(environment())
    if scale != 1.0:
        print(f"at {scale:g} of the full size: the results are not kept")
    for line in lines(rows, scale, pairs, results):
        print(line, flush=True)
    if scale == 1.0:
        save(results)
        print(f"written to {os.path.relpath(RESULTS)}", file=sys.stderr)
    return results
