"""Many replications of a compiled model on several cores.

A model of the kernel releases the GIL and takes the streams that it is to run: `first` and `count`.
What comes out of a stream follows from the seed alone, so the parts can be run by any number of
threads, in any order, and put together are always the same.
"""

import itertools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np

Columns = TypeVar("Columns", bound=tuple[Any, ...])

PARTS_PER_THREAD = 4
"""so that a thread that is done early takes from the others' work"""


def replicate(
    run: Callable[[int, int], Columns], count: int, *, threads: int | None = None
) -> Columns:
    """`run(first, count)` for all of `count` replications, in parts, by several threads.

    `run` gives a named tuple of arrays with a row for each replication; so does this, in order of
    streams. `threads`: 1 or more; none given, as many as there are cores. Raises ValueError for a
    number below 1, and what `run` raises.
    """
    threads = threads if threads is not None else os.cpu_count() or 1
    for name, value in (("count", count), ("threads", threads)):
        if value < 1:
            raise ValueError(f"{name} is {value}; it can be 1 or more")
    if threads == 1 or count == 1:
        return run(0, count)
    parts = min(count, PARTS_PER_THREAD * threads)
    bounds = [count * part // parts for part in range(parts + 1)]
    with ThreadPoolExecutor(threads) as pool:
        futures = [
            pool.submit(run, first, after - first) for first, after in itertools.pairwise(bounds)
        ]
        try:
            done = [future.result() for future in futures]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    columns = (np.concatenate(column) for column in zip(*done, strict=True))
    return type(done[0])(*columns)
