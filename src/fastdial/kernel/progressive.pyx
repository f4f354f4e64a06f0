# cython: language_level=3
"""Progressive dialing, simulated: one call for each idle agent, and nothing else.

An agent's call rings for a time by the ring law; then it is answered with a given probability and
handled for a time by the handle law, or not, and the next call starts at once. So an agent's time
is a renewal process, and the share of it spent in handling calls tends to p h / (p h + r), with
mean ring time r, mean handle time h and answer probability p, whatever the laws are (D. R. Cox,
"Renewal Theory", 1962). That makes the model a yardstick: for the event list, for the streams, and
for the speed of both.
"""

from libc.math cimport isfinite, log
from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.string cimport memset

from typing import NamedTuple

import numpy as np
from cpython.exc cimport PyErr_CheckSignals

from fastdial.kernel._numbers cimport to_whole
from fastdial.kernel._rng cimport Rng, rng_open, rng_uniform
from fastdial.kernel.event_list cimport (
    Events, events_close, events_pop, events_reserve, events_schedule,
)
from fastdial.kernel.variates cimport EXPONENTIAL, Law, LawTerms, law_draw

AGENTS_MAX = 1_000_000
CALLS_MAX = 1e10

cdef enum:
    RINGING = 0
    HANDLING = 1


# ---- the model -------------------------------------------------------------------------------

cdef inline double within(const Floor* floor, double start, double end) noexcept nogil:
    """How much of a time lies in what is counted."""
    start = max(start, floor.start)
    end = min(end, floor.end)
    return end - start if end > start else 0.0


cdef inline double time_by(const LawTerms* law, Rng* rng) noexcept nogil:
    """As law_draw, which it spares in the commonest case."""
    if law.kind == EXPONENTIAL:
        return -law.a * log(rng_uniform(rng))
    return law_draw(law, rng)


cdef void progressive_run(
    const Floor* floor, Events* events, uint64_t seed, uint64_t stream, Counted* counted
) noexcept nogil:
    """From all agents idle at 0 to the end.

    An id is an agent and what it does, so that no more need be kept: 2 * agent + HANDLING.
    """
    cdef Rng rng
    cdef uint32_t id
    cdef int64_t agent
    cdef double at = 0.0
    cdef double lasts
    cdef bint counts
    rng_open(&rng, seed, stream)
    memset(counted, 0, sizeof(Counted))
    for agent in range(floor.agents):
        events_schedule(events, <uint32_t> (2 * agent), time_by(floor.ring, &rng))
        counted.dialed += floor.start == 0.0
    while events_pop(events, &id, &at) and at <= floor.end:
        counted.events += 1
        counts = at >= floor.start
        if not id & HANDLING and rng_uniform(&rng) < floor.answer:
            counted.answered += counts
            lasts = time_by(floor.handle, &rng)
            counted.handling += within(floor, at, at + lasts)
            events_schedule(events, id | HANDLING, at + lasts)
        else:
            counted.dialed += counts
            events_schedule(events, id & ~<uint32_t> HANDLING, at + time_by(floor.ring, &rng))


# ---- the Python face -------------------------------------------------------------------------

class Runs(NamedTuple):
    """What came out of each replication: arrays of shape (count,), in order of streams."""

    events: object
    dialed: object
    answered: object
    handling: object
    utilisation: object


cdef inline double to_time(object value, str name, double low) except? -1.0:
    cdef double time = value
    if not (isfinite(time) and time >= low):
        raise ValueError(f"{name} is {time}; it must be finite, and {low:g} or more")
    return time


cdef int check_law(Law law, str name, bint positive) except -1:
    if law.terms.low < 0.0:
        raise ValueError(f"{name} is {law!r}, which can fall below 0; a time can not")
    if positive and law.terms.mean <= 0.0:
        raise ValueError(f"{name} is {law!r}; it must last some time on average")
    return 0


cdef int check_size(const Floor* floor) except -1:
    cdef double calls = <double> floor.agents * floor.end / floor.ring.mean
    if calls > CALLS_MAX:
        raise ValueError(
            f"up to {calls:.3g} calls in one replication, and {CALLS_MAX:g} is the most; make"
            " agents or end smaller, and take more replications"
        )
    return 0


def progressive(
    *, agents, answer, Law ring not None, Law handle not None, end, seed, start=0.0, first=0,
    count=1,
):
    """Simulate `count` replications: with streams `first` to `first + count - 1` of `seed`.

    `agents`: 1 to 1,000,000. `answer`: probability, 0 to 1. `ring`, `handle`: laws of times, in any
    one unit, that of `start` and `end` too. Counted is what happens from `start` to `end`; agents
    begin idle at 0. The GIL is released: different threads can do parts of the streams, and what
    comes out of a stream is the same in each.

    Gives `Runs`: events popped in all; calls dialed and answered; agent time spent in handling
    calls; and that over all agent time, the utilisation. Raises ValueError for what is out of
    range, and where a replication would take more than 1e10 calls.
    """
    cdef Floor floor
    cdef Events events
    cdef Counted counted
    cdef uint64_t seed_ = to_whole(seed, "seed", 0, (1 << 64) - 1)
    cdef uint64_t first_ = to_whole(first, "first", 0, (1 << 63) - 1)
    cdef Py_ssize_t count_ = to_whole(count, "count", 1, 1 << 32)
    cdef Py_ssize_t row
    cdef int failed
    floor.agents = to_whole(agents, "agents", 1, AGENTS_MAX)
    if not 0.0 <= answer <= 1.0:
        raise ValueError(f"answer is {answer}; it can be 0 to 1")
    check_law(ring, "ring", True)
    check_law(handle, "handle", False)
    floor.answer = answer
    floor.ring = &ring.terms
    floor.handle = &handle.terms
    floor.start = to_time(start, "start", 0.0)
    floor.end = to_time(end, "end", floor.start)
    if floor.end == floor.start:
        raise ValueError(f"end is {end}, as start is; it must be later")
    check_size(&floor)
    integers = np.empty((3, count_), np.int64)
    handling = np.empty(count_, np.float64)
    cdef int64_t[:, ::1] integers_ = integers
    cdef double[::1] handling_ = handling
    memset(&events, 0, sizeof(events))
    try:
        for row in range(count_):
            with nogil:
                failed = events_reserve(&events, 2 * floor.agents, floor.agents + 1)
                if not failed:
                    progressive_run(&floor, &events, seed_, first_ + <uint64_t> row, &counted)
                events_close(&events)
            if failed:
                raise MemoryError(f"no memory for the events of {agents} agents")
            integers_[0, row] = counted.events
            integers_[1, row] = counted.dialed
            integers_[2, row] = counted.answered
            handling_[row] = counted.handling
            PyErr_CheckSignals()            # a long run can be interrupted
    finally:
        events_close(&events)
    utilisation = handling / (floor.agents * (floor.end - floor.start))
    return Runs(integers[0], integers[1], integers[2], handling, utilisation)
