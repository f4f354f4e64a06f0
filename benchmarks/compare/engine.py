"""The compiled engine beside the same sources uncompiled, and beside itself with more loaded."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from benchmarks.compare.harness import Measure, PeerMissingError, Row

ROOT = Path(__file__).parents[2]
COMPILED = ROOT / "build" / "compiled"
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)


def compiled() -> Path:
    """The folder with the compiled engine, unless a source is newer."""
    built = COMPILED / ".built"
    made_at = built.stat().st_mtime if built.exists() else 0.0
    if any(path.stat().st_mtime > made_at for path in (ROOT / "src").rglob("*.py")):
        raise PeerMissingError("the engine is not compiled; say make build/compiled/.built")
    return COMPILED


def attempts(source: Path, *arguments: str) -> list[dict[str, float]]:
    """What benchmarks/attempts.py says with fastdial taken from `source`."""
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "attempts.py", *arguments],
        env={**os.environ, "PYTHONPATH": str(source)},
        check=True,
        capture_output=True,
        text=True,
    )
    figures: list[dict[str, float]] = [json.loads(line) for line in done.stdout.splitlines()]
    wrong = [one for one in figures if bool(one["compiled"]) != (source == COMPILED)]
    if wrong:
        raise RuntimeError(f"the engine in {source} is not what it should be: {wrong}")
    return figures


def beside_python(scale: float) -> tuple[Measure, Measure]:
    folder = compiled()
    size = ("--attempts", str(max(50, int(10_000 * scale))))

    def ours() -> float:
        return 1 / attempts(folder, *size)[0]["seconds"]

    def peer() -> float:
        return 1 / attempts(ROOT / "src", *size)[0]["seconds"]

    return ours, peer


def with_more_loaded(scale: float) -> tuple[Measure, Measure]:
    folder = compiled()
    sizes = ",".join(str(max(60, int(size * scale))) for size in SIZES)

    @cache  # once is enough: loading ten million contacts takes minutes
    def ours() -> float:
        given = ("--contacts", sizes, "--attempts", str(max(50, int(9_000 * scale))), "--runs")
        figures = attempts(folder, *given, "1")
        for one in figures:
            print(
                f"  {one['contacts']:>10,.0f} contacts: {one['seconds'] * 1e6:.1f} us an attempt, "
                f"peak {one['peak_bytes'] / 1e6:,.0f} MB"
            )
        return figures[-1]["seconds"] / figures[0]["seconds"]

    return ours, lambda: 1.5


ROWS = [
    Row(
        name="engine.attempts",
        unit="attempts/s",
        goal=3,
        peer_name="the engine uncompiled",
        prepare=beside_python,
        work="10,000 attempts of 50 agents: five commands and eleven events each",
    ),
    Row(
        name="engine.growth",
        unit="times the cost at 10,000",
        goal=1,
        peer_name="limit",
        prepare=with_more_loaded,
        more_is_better=False,
        work="9,000 attempts with 10 M contacts loaded",
    ),
]
