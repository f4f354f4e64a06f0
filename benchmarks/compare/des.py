"""Discrete events: the progressive model beside the same in SimPy, and over a binary heap in C++.

N agents each have one call at a time: it rings Exp(12 s), is answered with probability p and
handled Exp(180 s), and the next one starts at once. An event is the end of ringing or handling.
"""

import ctypes
import functools
import importlib
import random
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from benchmarks.compare.harness import Measure, PeerMissingError, Row

from fastdial.kernel.progressive import progressive
from fastdial.kernel.variates import Law

SOURCE = Path(__file__).parents[1] / "peers" / "progressive.cpp"
AGENTS = 100
ANSWER = 0.2
RING_S = 12.0
HANDLE_S = 180.0
SEED = 20_231_116
EVENTS = 10_000_000
PER_AGENT_S = (1 + ANSWER) / (RING_S + ANSWER * HANDLE_S)  # events
UTILISATION = ANSWER * HANDLE_S / (ANSWER * HANDLE_S + RING_S)

Run = Callable[[float], tuple[int, float]]


@functools.cache
def in_cpp() -> ctypes.CDLL:
    """The C++ peer, compiled now."""
    compiler = shutil.which("g++") or shutil.which("c++")
    if compiler is None:
        raise PeerMissingError("no C++ compiler: install g++")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "progressive.so"
        flags = ["-std=c++17", "-O2", "-shared", "-fPIC", "-o", str(library)]
        subprocess.run([compiler, *flags, str(SOURCE)], check=True)
        loaded = ctypes.CDLL(str(library))
    loaded.progressive.restype = ctypes.c_int64
    return loaded


def ours(end_s: float) -> tuple[int, float]:
    runs = progressive(
        agents=AGENTS,
        answer=ANSWER,
        ring=Law.exponential(RING_S),
        handle=Law.exponential(HANDLE_S),
        end=end_s,
        seed=SEED,
    )
    return int(runs.events[0]), float(runs.handling[0])


def cpp(end_s: float) -> tuple[int, float]:
    words = np.random.default_rng(SEED).integers(0, 2**63, 4, np.uint64)
    answered, handling = ctypes.c_int64(), ctypes.c_double()
    events = in_cpp().progressive(
        ctypes.c_void_p(words.ctypes.data),
        ctypes.c_int64(AGENTS),
        *map(ctypes.c_double, (ANSWER, RING_S, HANDLE_S, end_s)),
        ctypes.byref(answered),
        ctypes.byref(handling),
    )
    return int(events), handling.value


@functools.cache
def simpy() -> Any:
    try:
        return importlib.import_module("simpy")
    except ImportError:
        raise PeerMissingError("SimPy is not installed: say make compare") from None


def in_simpy(end_s: float) -> tuple[int, float]:
    """A process for each agent, as SimPy's own examples have it."""
    env = simpy().Environment()
    dice = random.Random(SEED)
    counted = [0, 0.0]

    def agent() -> Iterator[Any]:
        while True:
            yield env.timeout(dice.expovariate(1 / RING_S))
            counted[0] += 1
            if dice.random() < ANSWER:
                lasts = dice.expovariate(1 / HANDLE_S)
                counted[1] += min(env.now + lasts, end_s) - env.now
                yield env.timeout(lasts)
                counted[0] += 1

    for _ in range(AGENTS):
        env.process(agent())
    env.run(until=end_s)
    return int(counted[0]), counted[1]


def timed(run: Run, events: float) -> Measure:
    """Events per second, of a run that must come to the utilisation of the formula."""
    end_s = max(events / PER_AGENT_S / AGENTS, 100.0)

    def measure() -> float:
        start = perf_counter()
        count, handling_s = run(end_s)
        seconds = perf_counter() - start
        # A call adds about 200 s to handling, so this is some six standard deviations.
        allowed = 6 * HANDLE_S * (AGENTS * end_s) ** 0.5
        if abs(handling_s - UTILISATION * AGENTS * end_s) > allowed + AGENTS * HANDLE_S:
            raise AssertionError(f"{handling_s:.0f} s were spent in handling calls in {end_s:.0f}")
        return count / seconds

    return measure


def beside_cpp(scale: float) -> tuple[Measure, Measure]:
    in_cpp()
    return timed(ours, EVENTS * scale), timed(cpp, EVENTS * scale)


def beside_simpy(scale: float) -> tuple[Measure, Measure]:
    simpy()
    # Rates are compared: SimPy gets a tenth of the events.
    return timed(ours, EVENTS * scale), timed(in_simpy, EVENTS * scale / 10)


def simpy_name() -> str:
    try:
        return f"SimPy {version('simpy')}, a process for each agent"
    except ImportError:
        return "SimPy"


WORK = "progressive model, 100 agents, p = .2, ring Exp(12 s), handle Exp(180 s), 10 M events"
ROWS = [
    Row(
        name="des.events",
        unit="events/s",
        goal=25,
        peer_name=simpy_name(),
        prepare=beside_simpy,
        work=f"{WORK} (SimPy 1 M)",
    ),
    Row(
        name="des.events.heap",
        unit="events/s",
        goal=0.8,
        peer_name="C++ std::priority_queue with the same model and generator, -O2",
        prepare=beside_cpp,
        work=WORK,
    ),
]
