"""Exclusion sets beside a sorted array, in numbers as they are assigned and in the worst case."""

import subprocess
import sys
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from benchmarks.compare.harness import Measure, PeerMissingError, Row

from fastdial.kernel.exclusion import ExclusionSet

LOOK_UPS = 1_000_000
RANGE = 10_000


def clustered(rng: np.random.Generator, count: int) -> Any:
    """Ranges of 10,000 as operators assign them, 5 to 95 % of each, in a plan of 10¹⁰."""
    most = 2 * count // RANGE * 51 // 50 + 2
    ranges = np.sort(rng.choice(max(10**6, most), most, replace=False))
    shares = rng.uniform(0.05, 0.95, len(ranges))
    parts = [
        48_000_000_000 + start * RANGE + np.flatnonzero(rng.random(RANGE, np.float32) < share)
        for start, share in zip(ranges.tolist(), shares.tolist(), strict=True)
    ]
    return np.concatenate(parts)[:count]


def uniform(rng: np.random.Generator, count: int, gap: int) -> Any:
    """Ascending with gaps of 1 to 2 · gap: as many, and as uneven, as drawing them would give."""
    return 48_000_000_000 + np.cumsum(rng.integers(1, 2 * gap, count))


class Work:
    def __init__(self, kind: str, scale: float) -> None:
        rng = np.random.default_rng(20_231_116)
        count = max(10_000, int(100_000_000 * scale))
        made = {
            "clustered": partial(clustered, rng, count),
            "country": partial(uniform, rng, count, 100),
            "world": partial(uniform, rng, count, 10_000),
        }
        self.sorted = made[kind]()
        self.excluded = ExclusionSet(self.sorted)
        asked = max(1000, int(LOOK_UPS * scale))
        there = rng.choice(self.sorted, asked // 2)
        anywhere = rng.integers(self.sorted[0], self.sorted[-1], asked - asked // 2)
        self.asked = rng.permutation(np.concatenate([there, anywhere]))


def ours(work: Work) -> float:
    start = perf_counter()
    found = work.excluded.contains_many(work.asked)
    seconds = perf_counter() - start
    if int(found.sum()) != int(in_sorted(work).sum()):
        raise AssertionError("ours and the peer found different numbers")
    return len(work.asked) / seconds


def in_sorted(work: Work) -> Any:
    places = np.searchsorted(work.sorted, work.asked)
    return work.sorted[np.minimum(places, len(work.sorted) - 1)] == work.asked


def with_searchsorted(work: Work) -> float:
    start = perf_counter()
    in_sorted(work)
    return len(work.asked) / (perf_counter() - start)


def check(kind: str, scale: float) -> tuple[Measure, Measure]:
    work = Work(kind, scale)
    return partial(ours, work), partial(with_searchsorted, work)


def memory(kind: str, scale: float) -> tuple[Measure, Measure]:
    excluded = Work(kind, scale).excluded
    return lambda: excluded.nbytes / len(excluded), lambda: 8.0


def with_roaring(roaring: Any, work: Work) -> float:
    asked = work.asked.tolist()  # it has no look-up of many
    start = perf_counter()
    found = sum(number in roaring for number in asked)
    seconds = perf_counter() - start
    if found != int(in_sorted(work).sum()):
        raise AssertionError("ours and the peer found different numbers")
    return len(asked) / seconds


def beside_roaring(kind: str, scale: float) -> tuple[Measure, Measure]:
    work = Work(kind, scale / 10)
    roaring = _roaring(work)
    return partial(ours, work), partial(with_roaring, roaring, work)


RESIDENT = """
import sys
from pyroaring import BitMap64
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096
data = sys.stdin.buffer.read()
before = resident()
kept = BitMap64.deserialize(data)
print(resident() - before)
"""


def roaring_memory(kind: str, scale: float) -> tuple[Measure, Measure]:
    """Beside what the peer's process grows by, since the peer cannot be asked."""
    if not Path("/proc/self/statm").exists():
        raise PeerMissingError("the memory of a process is read from /proc, which is Linux's")
    work = Work(kind, scale / 10)
    grown = subprocess.run(
        [sys.executable, "-c", RESIDENT],
        input=_roaring(work).serialize(),
        capture_output=True,
        check=True,
    ).stdout
    peer = int(grown) / len(work.sorted)
    return lambda: work.excluded.nbytes / len(work.excluded), lambda: peer


def _roaring(work: Work) -> Any:
    try:
        from pyroaring import BitMap64  # noqa: PLC0415 - a peer, not needed otherwise
    except ImportError:
        raise PeerMissingError("pyroaring is not installed; pip install pyroaring") from None
    return BitMap64(work.sorted.tolist())


SPREADS = {
    "clustered": ("exclusion.check", "100 M numbers in ranges of 10,000, 5 to 95 % of each"),
    "country": ("exclusion.country", "100 M numbers, any of 10¹⁰"),
    "world": ("exclusion.world", "100 M numbers, any of 10¹²"),
}

ROWS = [
    *(
        Row(
            name=name,
            unit="look-ups/s",
            goal=3,
            peer_name=f"sorted array, searchsorted (NumPy {np.__version__})",
            prepare=partial(check, kind),
            work=f"1 M look-ups in {work}",
        )
        for kind, (name, work) in SPREADS.items()
    ),
    *(
        Row(
            name=f"{name}.bytes",
            unit="bytes/number",
            goal=2,
            peer_name="sorted array of int64",
            prepare=partial(memory, kind),
            more_is_better=False,
            work=work,
        )
        for kind, (name, work) in SPREADS.items()
    ),
    *(
        Row(
            name=f"{name.replace('check', 'clustered')}.roaring",
            unit="look-ups/s",
            goal=1,
            peer_name="pyroaring BitMap64, one look-up a call",
            prepare=partial(beside_roaring, kind),
            work=f"100,000 look-ups in {work.replace('100', '10')}",
        )
        for kind, (name, work) in SPREADS.items()
    ),
    *(
        Row(
            name=f"{name.replace('check', 'clustered')}.roaring.bytes",
            unit="bytes/number",
            goal=0.9,  # in a dense plan both are about as small
            peer_name="pyroaring BitMap64, growth of its process",
            prepare=partial(roaring_memory, kind),
            more_is_better=False,
            work=work.replace("100", "10"),
        )
        for kind, (name, work) in SPREADS.items()
    ),
]
