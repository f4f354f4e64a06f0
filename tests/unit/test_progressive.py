"""The progressive model comes to what renewal theory says of it."""

import heapq
import math
import os
import signal
import threading
from typing import Any

import numpy as np
import pytest

from fastdial.kernel.progressive import Runs, progressive
from fastdial.kernel.variates import Law
from twins import variates as twin

RING = Law.exponential(12)
HANDLE = Law.exponential(180)


def floor(**changes: Any) -> Runs:
    """Ten agents for a day, of which the first hour does not count."""
    given: dict[str, Any] = {
        "agents": 10,
        "answer": 0.2,
        "ring": RING,
        "handle": HANDLE,
        "start": 3_600,
        "end": 90_000,
        "seed": 20_231_118,
        "count": 40,
    }
    return progressive(**(given | changes))


def share(p: float, ring: float, handle: float) -> float:
    """Of an agent's time that handling takes: p h / (p h + r)."""
    return p * handle / (p * handle + ring)


@pytest.mark.parametrize("answer", [0.1, 0.2, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("agents", [1, 10, 100])
def test_utilisation_is_that_of_the_formula(agents: int, answer: float) -> None:
    """180 / (180 + 12 / p): 60.0, 75.0, 81.8 and 88.2 % for p of .1, .2, .3 and .5."""
    found = floor(agents=agents, answer=answer).utilisation
    error = found.std(ddof=1) / math.sqrt(len(found))
    assert abs(found.mean() - share(answer, 12, 180)) < 4 * error
    assert error < 0.004


@pytest.mark.parametrize(
    ("ring", "handle"),
    [
        (Law.uniform(4, 20), Law.lognormal(180, 1.2)),
        (Law.constant(12), Law.gamma(180, 0.5)),
        (Law.empirical([5, 10, 12, 25]), Law.mixture([HANDLE, Law.constant(5)], [2, 1])),
    ],
)
def test_the_formula_holds_whatever_the_laws(ring: Law, handle: Law) -> None:
    found = floor(ring=ring, handle=handle).utilisation
    error = found.std(ddof=1) / math.sqrt(len(found))
    assert abs(found.mean() - share(0.2, ring.mean, handle.mean)) < 4 * error


def test_as_many_calls_are_answered_as_the_probability_says() -> None:
    runs = floor(agents=100, answer=0.3)
    dialed, answered = runs.dialed.sum(), runs.answered.sum()
    assert abs(answered - 0.3 * dialed) < 4 * math.sqrt(0.21 * dialed)


def one_by_one(seed: int, stream: int, agents: int, start: float, end: float) -> list[Any]:
    """The model as a Python program with heapq."""
    dice = twin.Stream(seed, stream)
    events: list[tuple[float, int, int, bool]] = []
    counted = [0, 0, 0, 0.0]
    sequence = 0

    def begin(agent: int, at: float, handling: bool) -> None:
        nonlocal sequence
        sequence += 1
        lasts = -(180 if handling else 12) * math.log(dice.draw())
        heapq.heappush(events, (at + lasts, sequence, agent, handling))
        if handling:
            counted[3] += max(0.0, min(at + lasts, end) - max(at, start))
        counted[1 + handling] += at >= start

    for agent in range(agents):
        begin(agent, 0.0, False)
    while events[0][0] <= end:
        at, _, agent, handling = heapq.heappop(events)
        counted[0] += 1
        begin(agent, at, not handling and dice.draw() < 0.2)
    return counted


@pytest.mark.parametrize("start", [0, 1_000])
def test_a_replication_is_that_of_the_plain_program(start: float) -> None:
    runs = floor(start=start, end=5_000, seed=5, first=3, count=4)
    for row in range(4):
        events, dialed, answered, handling = one_by_one(5, 3 + row, 10, start, 5_000)
        assert (runs.events[row], runs.dialed[row], runs.answered[row]) == (
            events,
            dialed,
            answered,
        )
        assert runs.handling[row] == pytest.approx(handling, rel=1e-12)
        assert runs.utilisation[row] == pytest.approx(handling / 10 / (5_000 - start))


def test_nobody_who_never_answers_is_handled_and_all_who_always_do_are() -> None:
    assert floor(answer=0).handling.tolist() == [0.0] * 40
    always = floor(answer=1, ring=Law.constant(30), handle=Law.constant(70), start=0, end=1_000)
    assert set(always.utilisation.tolist()) == {0.7}
    assert set(always.events.tolist()) == {200}


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"agents": 0}, ValueError, "agents is 0; it can be 1 to 1000000"),
        ({"agents": 1.5}, TypeError, "agents is 1.5; it must be an integer"),
        ({"answer": 1.01}, ValueError, "answer is 1.01; it can be 0 to 1"),
        ({"answer": math.nan}, ValueError, "answer is nan"),
        ({"ring": Law.constant(0)}, ValueError, "must last some time"),
        ({"handle": Law.uniform(-1, 5)}, ValueError, "which can fall below 0"),
        ({"ring": None}, TypeError, "ring"),
        ({"end": math.inf}, ValueError, "end is inf; it must be finite"),
        ({"end": 3_600}, ValueError, "it must be later"),
        ({"start": -1}, ValueError, "start is -1"),
        ({"count": 0}, ValueError, "count is 0"),
        ({"seed": 2**64}, ValueError, "seed is 18446744073709551616"),
        ({"first": -1}, ValueError, "first is -1"),
        ({"ring": Law.constant(1e-9)}, ValueError, "1e.10 is the most"),
    ],
)
def test_what_is_refused_says_what_was_allowed(
    changes: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        floor(**changes)


def test_a_long_run_can_be_interrupted_between_replications() -> None:
    # A background job begins with this signal ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Timer(0.1, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    try:
        with pytest.raises(KeyboardInterrupt):
            floor(count=20_000)
    finally:
        signal.signal(signal.SIGINT, before)


def test_streams_are_taken_in_order_from_the_first() -> None:
    whole = floor(count=6, end=5_000)
    parts = [floor(first=first, count=2, end=5_000) for first in (0, 2, 4)]
    for name in Runs._fields:
        joined = np.concatenate([getattr(part, name) for part in parts])
        assert joined.tolist() == getattr(whole, name).tolist()
