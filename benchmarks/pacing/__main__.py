"""Our pacing against its bars: `python -m benchmarks.pacing [--only stationary,day] [--scale 0.1]`.

Writes benchmarks/results/pacing.json, rows as in compare.json; `ratio` is by how much ours is
ahead, in the row's unit. Runs at another scale than 1 are only kept when asked to.
"""

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.pacing.bars import Bar, by_size, groups

RESULTS = Path(__file__).parents[1] / "results" / "pacing.json"


def chosen(only: Iterable[str]) -> dict[str, list[Bar]]:
    every = groups()
    wanted = list(only)
    unknown = [name for name in wanted if name not in every]
    if unknown:
        raise SystemExit(f"no group {', '.join(unknown)}; there are {', '.join(every)}")
    return {name: bars for name, bars in every.items() if not wanted or name in wanted}


def measured(bars: Iterable[Bar], scale: float) -> Iterator[dict[str, Any]]:
    for bar in bars:
        for figure in bar(scale):
            yield figure.as_json()


def save(rows: list[dict[str, Any]], path: Path = RESULTS) -> None:
    """Beside the rows that were not taken this time."""
    kept = {row["name"]: row for row in json.loads(path.read_text())} if path.exists() else {}
    kept |= {row["name"]: row for row in rows}
    kept |= {figure.name: figure.as_json() for figure in by_size(list(kept.values()))}
    lines = ",\n".join(json.dumps(kept[name]) for name in sorted(kept))
    path.write_text(f"[\n{lines}\n]\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pacing")
    parser.add_argument("--only", default="", help="groups, parted by commas")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full length")
    parser.add_argument("--keep", action="store_true", help="at any scale")
    parser.add_argument("--part", default="0/1", help="every n-th bar from the k-th: k/n")
    given = parser.parse_args()
    first, step = (int(part) for part in given.part.split("/"))
    for name, bars in chosen(part for part in given.only.split(",") if part).items():
        rows = []
        for row in measured(bars[first::step], given.scale):
            rows.append(row)
            print(
                f"{row['name']:44}{row['ours']:>10.3f}{row['peer']:>10.3f} {row['unit']:12}"
                f"{row['ratio']:>+9.3f}{row['goal']:>+8.2f}  {'met' if row['met'] else 'MISSED'}",
                flush=True,
            )
        missed = sum(not row["met"] for row in rows)
        print(f"{name}: {len(rows) - missed} of {len(rows)} met", flush=True)
        if given.scale == 1.0 or given.keep:
            save(rows)


if __name__ == "__main__":
    main()
