"""Runs the counted operations once each, with a mark before and after every one.

Started by benchmarks/callgrind.py under valgrind, which begins a new count at each mark. Prints the
operations in the order of their counts: name, tab, how many units of work.
"""

import gc
import importlib
import os
import pkgutil
from collections.abc import Callable
from pathlib import Path

Operation = Callable[[], tuple[Callable[[], object], int]]


def operations() -> dict[str, Operation]:
    """Those of every module in this folder that has OPERATIONS, by name.

    An operation, called, makes its input and returns what to count and how many units that does.
    """
    found: dict[str, Operation] = {}
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module.name != "run":
            imported = importlib.import_module(f"benchmarks.counted.{module.name}")
            found |= imported.OPERATIONS
    return found


def mark() -> None:
    os.getppid()  # does next to nothing, and nobody else calls it


def main() -> None:
    every = operations()
    gc.disable()
    for name, prepare in every.items():
        work, units = prepare()
        mark()
        work()
        mark()
        print(f"{name}\t{units}", flush=True)


if __name__ == "__main__":
    main()
