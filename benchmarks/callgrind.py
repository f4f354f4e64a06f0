"""Instructions for each unit of work of the kernel's main operations, held against a baseline.

`python -m benchmarks.callgrind` counts them under valgrind and fails if one took over 10 % more
than benchmarks/baseline.json says; `--update` rewrites that file. Counts depend on the compiler
and the interpreter, so the baseline names those that it was taken with, and is only held against
the same ones.
"""

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from importlib.metadata import version
from pathlib import Path

BASELINE = Path(__file__).with_name("baseline.json")
ROOT = Path(__file__).parents[1]
GROWTH_ALLOWED = 0.10
# Else large blocks would lie in the heap or in maps of their own by what was freed before, and so
# be copied and cleared or not: by as much as the path of the clone or the age of its .pyc files.
STEADY = {
    "PYTHONHASHSEED": "0",
    "MALLOC_MMAP_THRESHOLD_": "65536",
    "MALLOC_TRIM_THRESHOLD_": "67108864",
    "MALLOC_TOP_PAD_": "16777216",
}


def environment() -> dict[str, str]:
    """What a count depends on beside the source."""
    # The first word: a distribution may call its compiler `gcc -pthread`.
    compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()[0]
    if shutil.which(compiler) is None:
        return {"compiler": f"no {compiler}"}
    said = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True)
    return {
        "compiler": said.stdout.splitlines()[0],
        "cython": minor(version("cython")),
        "numpy": minor(version("numpy")),
        "python": minor(platform.python_version()),
        "machine": platform.machine(),
    }


def minor(full: str) -> str:
    """3.12.1 as 3.12."""
    return ".".join(full.split(".")[:2])


def unlike(there: dict[str, str], here: dict[str, str]) -> str:
    """In what two environments differ."""
    return ", ".join(
        f"{what} {there.get(what, 'unknown')!r} there and {here.get(what, 'unknown')!r} here"
        for what in sorted(there | here)
        if there.get(what) != here.get(what)
    )


def count(valgrind: str) -> dict[str, float]:
    """Instructions for a unit of each operation, from one run with a new count at each mark."""
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            [
                valgrind,
                "--tool=callgrind",
                f"--callgrind-out-file={folder}/out",
                "--dump-before=getppid",
                sys.executable,
                "-m",
                "benchmarks.counted.run",
            ],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=os.environ | STEADY,
            check=False,
        )
        if run.returncode:
            raise SystemExit(f"the counted operations failed:\n{run.stdout}{run.stderr}")
        counts = {}
        for place, line in enumerate(run.stdout.splitlines()):
            name, units = line.split("\t")
            # Dump 1 holds the start, then an operation and what prepares the next one in turn.
            dump = Path(folder, f"out.{2 * place + 2}").read_text()
            total = re.search(r"^totals: (\d+)$", dump, re.MULTILINE)
            if total is None:
                raise SystemExit(f"valgrind's dump for {name} has no total; is it too old?")
            counts[name] = round(int(total[1]) / int(units), 1)
    return counts


def grown(before: dict[str, float], now: dict[str, float]) -> list[str]:
    """What is wrong with `now`: an operation that costs more, or is not in the baseline."""
    wrong = []
    for name, figure in now.items():
        if name not in before:
            wrong.append(f"{name} is not in the baseline; say make callgrind-update")
        elif figure > before[name] * (1 + GROWTH_ALLOWED):
            more = figure / before[name] - 1
            wrong.append(
                f"{name} takes {figure:.1f} instructions instead of {before[name]:.1f}, "
                f"{more:.0%} more; make it cheaper, or say make callgrind-update and why"
            )
    wrong += [
        f"{name} is in the baseline and not counted; say make callgrind-update"
        for name in before
        if name not in now
    ]
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.callgrind", description=__doc__)
    parser.add_argument("--update", action="store_true", help="rewrite the baseline")
    update = parser.parse_args().update
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        if update:
            raise SystemExit("callgrind: FAILED, there is no valgrind to count with; install it")
        print("callgrind: SKIPPED, there is no valgrind; install it")
        return
    here = environment()
    baseline = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    if not update and baseline.get("environment") != here:
        there = baseline.get("environment", {})
        print(f"callgrind: SKIPPED, counts can not be compared: {unlike(there, here)}")
        return
    counts = count(valgrind)
    before: dict[str, float] = baseline.get("instructions", {})
    for name, figure in counts.items():
        print(f"{name:28}{figure:>12.1f}{before.get(name, 0.0):>12.1f}")
    if update:
        BASELINE.write_text(
            json.dumps({"environment": here, "instructions": counts}, indent=2) + "\n"
        )
        return
    wrong = grown(before, counts)
    if wrong:
        raise SystemExit("\n".join(["callgrind: FAILED", *wrong]))
    print("callgrind: nothing grew by more than 10 %")


if __name__ == "__main__":
    main()
