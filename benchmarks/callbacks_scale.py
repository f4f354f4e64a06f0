"""What many open callbacks cost a site: memory, and the time of each thing that is done with one.

    nice .venv/bin/python -m benchmarks.callbacks_scale --callbacks 1000000

Promised in one queue of one site, over 31 days, each to another number; every tenth is personal.
The first and the last tenth are timed apart: what grew with the number of callbacks would show
between them.
"""

import argparse
import gc
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median

from fastdial import Site
from fastdial.messages.base import Command
from fastdial.messages.callback_events import CallbackOffered
from fastdial.messages.callbacks import (
    CallbackCancel,
    CallbackDone,
    CallbackGet,
    CallbackList,
    CallbackMove,
    CallbackSchedule,
    CallbackUpdate,
)
from fastdial.messages.commands import AgentLogin, AgentReady
from fastdial.messages.queues import QueueCreate, QueueSettings
from fastdial.messages.replies import Error
from fastdial.messages.windows import ALWAYS_OPEN
from fastdial.messages.words import CallbackState
from fastdial.server.app import COLLECT_AFTER

START = 1_772_452_800_000
"""2026-03-02, 12:00 UTC"""
HOUR_MS = 3_600_000
SPAN_MS = 30 * 24 * HOUR_MS
"""in which windows begin"""


@dataclass(frozen=True)
class Result:
    """All that was measured; times in microseconds, of the middle one of many."""

    callbacks: int
    bytes_each: float
    """resident memory"""
    first_us: float
    """to promise one of the first tenth"""
    last_us: float
    """and of the last"""
    others_us: dict[str, float]
    """what else is done, with all of them there"""
    snapshot_nbytes: int
    snapshot_s: float
    restored_s: float


def resident() -> int:
    """Bytes that this process holds."""
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * 4_096


def promise(n: int, rng: random.Random) -> CallbackSchedule:
    """The ``n``-th callback."""
    start_at = START + HOUR_MS + rng.randrange(SPAN_MS)
    return CallbackSchedule(
        queue_id="help",
        number=f"+44{7_000_000_000 + n}",
        name=f"Customer {n}",
        window_start_at=start_at,
        window_end_at=start_at + HOUR_MS,
        zone="Europe/London",
        agent_id="ann" if n % 10 == 0 else None,
        personal=n % 10 == 0,
        reason="the invoice",
    )


def timed(site: Site, commands: Iterable[Command], at: int = START) -> float:
    """The middle time of one, in microseconds."""
    took_s = []
    for command in commands:
        began_s = time.perf_counter()
        reply = site.handle(command, at).reply
        took_s.append(time.perf_counter() - began_s)
        if isinstance(reply, Error):
            raise RuntimeError(f"{command}: {reply.faults}")
    return median(took_s) * 1e6


def opened() -> Site:
    """A site with a queue and an agent."""
    site = Site()
    settings = QueueSettings(name="Help", windows=ALWAYS_OPEN)
    site.handle(QueueCreate(settings=settings, queue_id="help"), START)
    site.handle(AgentLogin(agent_id="ann"), START)
    return site


def _others(site: Site, callbacks: int, rng: random.Random) -> dict[str, float]:
    ids = rng.sample(range(1, callbacks + 1), min(callbacks // 2, 1_000))
    move_at = START + 2 * HOUR_MS
    own = (CallbackState.SCHEDULED,)
    cases: dict[str, Callable[[int], Command]] = {
        "get": lambda one: CallbackGet(callback_id=one),
        "update": lambda one: CallbackUpdate(callback_id=one, reason="another"),
        "move": lambda one: CallbackMove(
            callback_id=one, window_start_at=move_at, window_end_at=move_at + HOUR_MS
        ),
        "list, 100 of the queue": lambda one: CallbackList(
            queue_id="help", from_at=START + one * SPAN_MS // callbacks
        ),
        "list, 100 of an owner": lambda one: CallbackList(
            agent_id="ann", states=own, from_at=START + one * SPAN_MS // callbacks
        ),
        "list, of a number": lambda one: CallbackList(number=f"+44{7_000_000_000 + one - 1}"),
        "cancel": lambda one: CallbackCancel(callback_id=one),
    }
    return {name: timed(site, map(case, ids)) for name, case in cases.items()}


def _served(site: Site, times: int) -> float:
    """The time from a callback's coming due to its offer and end, an agent being there."""
    site.handle(AgentReady(agent_id="ann"), START)
    took_s: list[float] = []
    while len(took_s) < times and (at := site.next_due()) is not None:
        began_s = time.perf_counter()
        events = site.advance(max(at, site.now))
        for event in events:
            if isinstance(event, CallbackOffered):
                done = CallbackDone(agent_id="ann", callback_id=event.callback_id)
                site.handle(done, site.now)
                took_s.append(time.perf_counter() - began_s)
    return median(took_s) * 1e6


def measure(callbacks: int) -> Result:
    """Everything."""
    gc.set_threshold(*COLLECT_AFTER)
    rng = random.Random(1)
    site = opened()
    before = resident()
    tenth = callbacks // 10
    tenths_us = [
        timed(site, (promise(n, rng) for n in range(k * tenth, (k + 1) * tenth))) for k in range(10)
    ]
    bytes_each = (resident() - before) / callbacks
    others = _others(site, callbacks, rng)
    others["due, offered, done"] = _served(site, min(callbacks // 4, 1_000))
    began_s = time.perf_counter()
    data = site.snapshot()
    snapshot_s = time.perf_counter() - began_s
    began_s = time.perf_counter()
    Site.restore(data)
    restored_s = time.perf_counter() - began_s
    return Result(
        callbacks,
        bytes_each,
        tenths_us[0],
        tenths_us[-1],
        others,
        len(data),
        snapshot_s,
        restored_s,
    )


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description="Open callbacks of a site: memory and time.")
    parser.add_argument("--callbacks", type=int, default=1_000_000)
    found = measure(parser.parse_args().callbacks)
    print(f"{found.callbacks:,} open callbacks, {found.bytes_each:.0f} bytes each")
    print(
        f"promising one: {found.first_us:.0f} us in the first tenth, {found.last_us:.0f} us in the "
        f"last ({found.last_us / found.first_us:.2f} times)"
    )
    for name, took_us in found.others_us.items():
        print(f"{name}: {took_us:.0f} us")
    print(
        f"snapshot {found.snapshot_nbytes:,} bytes in {found.snapshot_s:.2f} s, "
        f"restored in {found.restored_s:.2f} s"
    )


if __name__ == "__main__":
    main()
