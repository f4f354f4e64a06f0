# cython: language_level=3
"""Inbound calls that share agents with a dialer, simulated day by day.

Inbound calls come as a Poisson process whose rate changes with the period of the day and is
multiplied by a busyness drawn each day. They go to an agent for inbound calls alone, else to a
blend agent, else wait. A dialer tries numbers whenever a call ends and enough agents are free, so
many for each free blend agent; there is no dial delay. Who is reached goes to a blend agent, else
waits in a queue of its own, which blend agents look at first.

This is the model of A. Deslauriers, P. L'Ecuyer, J. Pichitlamken, A. Ingolfsson and A. N.
Avramidis, "Markov chain models of a telephone call center with call blending", Computers &
Operations Research 34 (2007), in the form of the example `Blend` of the library ContactCenters,
whose published results are what it is held against.
"""

from libc.math cimport log
from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset

from typing import NamedTuple

import numpy as np
from cpython.exc cimport PyErr_CheckSignals

from fastdial.kernel._numbers cimport to_number, to_whole
from fastdial.kernel._rng cimport Rng, rng_open, rng_split, rng_uniform
from fastdial.kernel.event_list cimport (
    events_cancel, events_close, events_pop, events_reserve, events_schedule,
)
from fastdial.kernel.variates cimport Law, LawTerms, law_draw

AGENTS_MAX = 10_000
QUEUE_MAX = 100_000
PERIODS_MAX = 1_000
RATE_MAX = 1_000.0

cdef enum:
    NOBODY = 0xFFFFFFFF

cdef enum:
    INBOUND                         # also: the group of agents for inbound calls alone
    OUTBOUND                        # also: the group of blend agents

cdef enum:
    ARRIVAL                         # events after those of calls
    PERIOD
    DIALER_STARTS
    DIALER_STOPS
    OTHERS


# ---- the model -------------------------------------------------------------------------------

cdef inline uint32_t other(const Blend* blend, uint32_t event) noexcept nogil:
    return blend.room + event


cdef void count_time(Blend* blend) noexcept nogil:
    """Agent time up to now, within the day; who stays to end a call is present."""
    cdef double end = min(blend.now, blend.day.period * blend.day.periods)
    cdef double lasted = end - blend.counted_at
    cdef int group
    if lasted <= 0.0:
        return
    for group in range(2):
        blend.counted.busy[group] += blend.busy[group] * lasted
        blend.counted.present[group] += max(blend.staff[group], blend.busy[group]) * lasted
    blend.counted_at = end


cdef inline int64_t idle(const Blend* blend, int group) noexcept nogil:
    return max(blend.staff[group] - blend.busy[group], 0)


cdef void set_unused(Blend* blend, uint32_t id) noexcept nogil:
    blend.calls[id].next = blend.unused
    blend.unused = id


cdef void append(Blend* blend, uint32_t id) noexcept nogil:
    cdef Queue* queue = &blend.queues[blend.calls[id].kind]
    blend.calls[id].next = NOBODY
    blend.calls[id].before = queue.last
    if queue.last == NOBODY:
        queue.first = id
    else:
        blend.calls[queue.last].next = id
    queue.last = id
    blend.waiting += 1


cdef void unlink(Blend* blend, uint32_t id) noexcept nogil:
    cdef Queue* queue = &blend.queues[blend.calls[id].kind]
    cdef Call* call = &blend.calls[id]
    if call.before == NOBODY:
        queue.first = call.next
    else:
        blend.calls[call.before].next = call.next
    if call.next == NOBODY:
        queue.last = call.before
    else:
        blend.calls[call.next].before = call.before
    blend.waiting -= 1


cdef void serve(Blend* blend, uint32_t id, int group) noexcept nogil:
    cdef Call* call = &blend.calls[id]
    count_time(blend)
    call.group = group
    call.served = True
    blend.busy[group] += 1
    blend.counted.served[call.kind] += 1
    if call.kind == INBOUND and blend.now - call.arrived_at >= blend.day.late:
        blend.counted.late += 1
    events_schedule(
        &blend.events, id, blend.now + law_draw(blend.day.handle[call.kind], &blend.lengths)
    )


cdef void abandon(Blend* blend, uint32_t id) noexcept nogil:
    cdef Call* call = &blend.calls[id]
    blend.counted.abandoned[call.kind] += 1
    if call.kind == INBOUND and blend.now - call.arrived_at >= blend.day.late:
        blend.counted.late += 1
    set_unused(blend, id)


cdef void arrive(Blend* blend, int kind) noexcept nogil:
    """A call that came in or was reached: to an agent, into the queue, or lost."""
    cdef uint32_t id = blend.unused
    cdef bint balks
    blend.counted.arrived[kind] += 1
    if kind == INBOUND:
        balks = rng_uniform(&blend.arrivals) < blend.day.balk
    else:
        balks = False
    blend.unused = blend.calls[id].next
    blend.calls[id].kind = kind
    blend.calls[id].arrived_at = blend.now
    blend.calls[id].served = False
    if kind == INBOUND and idle(blend, INBOUND) > 0:
        serve(blend, id, INBOUND)
    elif idle(blend, OUTBOUND) > 0:
        serve(blend, id, OUTBOUND)
    elif balks or blend.waiting >= blend.day.queue_max:
        abandon(blend, id)
    else:
        append(blend, id)
        events_schedule(
            &blend.events, id, blend.now + law_draw(blend.day.patience[kind], &blend.arrivals)
        )


cdef void look_at_queues(Blend* blend, int group) noexcept nogil:
    """While agents of the group are free: who was dialed first, then who came in."""
    cdef uint32_t id
    while idle(blend, group) > 0:
        id = blend.queues[OUTBOUND].first if group == OUTBOUND else NOBODY
        if id == NOBODY:
            id = blend.queues[INBOUND].first
        if id == NOBODY:
            return
        unlink(blend, id)
        events_cancel(&blend.events, id)
        serve(blend, id, group)


cdef void dial(Blend* blend) noexcept nogil:
    cdef int64_t numbers, _
    if not blend.dials or idle(blend, INBOUND) + idle(blend, OUTBOUND) < blend.day.free_least:
        return
    numbers = <int64_t> (blend.day.lines_per_free * idle(blend, OUTBOUND) + 0.5)
    for _ in range(numbers):
        blend.counted.tried += 1
        if rng_uniform(&blend.dialing) < blend.day.reach[blend.at]:
            arrive(blend, OUTBOUND)


cdef void end_of(Blend* blend, uint32_t id) noexcept nogil:
    """Of a call with an agent, or of somebody's patience."""
    cdef int group = blend.calls[id].group
    if not blend.calls[id].served:
        unlink(blend, id)
        abandon(blend, id)
        return
    count_time(blend)
    blend.busy[group] -= 1
    set_unused(blend, id)
    look_at_queues(blend, group)
    dial(blend)


cdef void await_arrival(Blend* blend) noexcept nogil:
    cdef double rate = blend.busyness * blend.day.rate[blend.at]
    if rate > 0.0:
        events_schedule(
            &blend.events, other(blend, ARRIVAL),
            blend.now - log(rng_uniform(&blend.arrivals)) / rate,
        )
    else:
        events_cancel(&blend.events, other(blend, ARRIVAL))


cdef void begin_period(Blend* blend) noexcept nogil:
    """The first at 0; after the last nobody calls, and its agents stay until all is over."""
    cdef int group
    cdef int64_t at = <int64_t> (blend.now / blend.day.period + 0.5)
    count_time(blend)
    if at == blend.day.periods:
        events_cancel(&blend.events, other(blend, ARRIVAL))
        return
    blend.at = at
    for group in range(2):
        blend.staff[group] = blend.day.staff[2 * at + group]
        look_at_queues(blend, group)
    await_arrival(blend)
    events_schedule(&blend.events, other(blend, PERIOD), (at + 1) * blend.day.period)


cdef void blend_run(Blend* blend, uint64_t seed, uint64_t stream) noexcept nogil:
    """One day, until the last call is over. Memory must have been reserved."""
    cdef uint32_t id
    cdef Rng rng
    rng_open(&rng, seed, stream)
    rng_split(&rng, &blend.arrivals)
    rng_split(&rng, &blend.lengths)
    rng_split(&rng, &blend.dialing)
    memset(&blend.counted, 0, sizeof(Counted))
    blend.now = blend.counted_at = 0.0
    blend.waiting = blend.at = 0
    blend.dials = False
    for id in range(2):
        blend.busy[id] = blend.staff[id] = 0
        blend.queues[id].first = blend.queues[id].last = NOBODY
    blend.unused = NOBODY
    for id in range(blend.room):
        set_unused(blend, blend.room - 1 - id)
    blend.busyness = 1.0
    if blend.day.busyness != NULL:
        blend.busyness = law_draw(blend.day.busyness, &blend.arrivals)
    events_schedule(&blend.events, other(blend, DIALER_STARTS), blend.day.dial_from)
    events_schedule(&blend.events, other(blend, DIALER_STOPS), blend.day.dial_to)
    begin_period(blend)
    while events_pop(&blend.events, &id, &blend.now):
        if id < blend.room:
            end_of(blend, id)
        elif id == other(blend, ARRIVAL):
            await_arrival(blend)
            arrive(blend, INBOUND)
        elif id == other(blend, PERIOD):
            begin_period(blend)
        else:
            blend.dials = id == other(blend, DIALER_STARTS)
            dial(blend)


cdef int blend_reserve(Blend* blend, const Day* day, int64_t agents) noexcept nogil:
    blend.day = day
    blend.room = <uint32_t> (agents + day.queue_max + 1)
    blend.calls = <Call*> calloc(blend.room, sizeof(Call))
    if blend.calls == NULL or events_reserve(
        &blend.events, blend.room + OTHERS, blend.room + OTHERS
    ):
        return -1
    return 0


cdef void blend_close(Blend* blend) noexcept nogil:
    free(blend.calls)
    events_close(&blend.events)
    memset(blend, 0, sizeof(Blend))


# ---- the Python face -------------------------------------------------------------------------

class BlendedRuns(NamedTuple):
    """What came out of each day: arrays of shape (count,), in order of streams.

    Times are of agents, from the opening to the end of the last period; `late`: inbound calls that
    waited so long, whether served or abandoned.
    """

    inbound: object
    inbound_served: object
    inbound_abandoned: object
    late: object
    tried: object
    reached: object
    outbound_served: object
    outbound_abandoned: object
    inbound_busy_s: object
    inbound_present_s: object
    blend_busy_s: object
    blend_present_s: object


cdef object to_periods(object given, str name, object kind, object count, double high):
    """Figures by period, 0 to `high`."""
    column = np.ascontiguousarray(given, kind)
    if column.ndim != 1 or (count is not None and column.size != count):
        raise ValueError(f"{name} has shape {column.shape}; give one for each period")
    if not 1 <= column.size <= PERIODS_MAX:
        raise ValueError(f"{name} has {column.size} periods; it can have 1 to {PERIODS_MAX}")
    if not (column >= 0).all() or not (column <= high).all():
        raise ValueError(f"{name} is {column.tolist()}; each can be 0 to {high:g}")
    return column


cdef const LawTerms* to_law(Law law, str name) except NULL:
    if law.terms.low < 0.0:
        raise ValueError(f"{name} is {law!r}, which can fall below 0")
    return &law.terms


def blended(
    *, period_s, inbound_per_s, inbound_agents, blend_agents, reach, Law patience not None,
    Law handle not None, Law outbound_patience not None, Law outbound_handle not None,
    Law busyness=None, balk=0.0, dial_from_s, dial_to_s, free_least=1, lines_per_free=1.0,
    queue_max=1_000, late_s=20.0, seed, first=0, count=1,
):
    """Simulate `count` days, with streams `first` to `first + count - 1` of `seed`.

    The day has periods of `period_s`; by period, each of shape (periods,): `inbound_per_s`,
    multiplied by the day's draw of `busyness`; `inbound_agents` and `blend_agents`; `reach`, the
    share of the numbers tried that are reached. `balk`: share of inbound calls that do not wait at
    all. `patience`, `handle`: laws of seconds. The dialer works from `dial_from_s` to `dial_to_s`
    after the opening: when a call ends and at least `free_least` agents are free in all, it tries
    `lines_per_free` numbers for each free blend agent. At most `queue_max` people wait; an inbound
    call that waits `late_s` is late.

    The GIL is released for each day. Raises ValueError for what is out of range.
    """
    cdef Day day
    cdef Blend blend
    cdef int64_t row, agents
    cdef uint64_t seed_ = to_whole(seed, "seed", 0, (1 << 64) - 1)
    cdef uint64_t first_ = to_whole(first, "first", 0, (1 << 63) - 1)
    cdef int64_t count_ = to_whole(count, "count", 1, 1 << 32)
    memset(&blend, 0, sizeof(blend))
    rates = to_periods(inbound_per_s, "inbound_per_s", np.float64, None, RATE_MAX)
    staff = np.ascontiguousarray(np.stack([
        to_periods(inbound_agents, "inbound_agents", np.int64, rates.size, AGENTS_MAX),
        to_periods(blend_agents, "blend_agents", np.int64, rates.size, AGENTS_MAX),
    ], axis=1))
    reaches = to_periods(reach, "reach", np.float64, rates.size, 1.0)
    cdef double[::1] rates_ = rates
    cdef double[::1] reaches_ = reaches
    cdef int64_t[:, ::1] staff_ = staff
    day.periods = rates.size
    day.period = to_number(period_s, "period_s", 1.0, 1e7)
    day.rate = &rates_[0]
    day.reach = &reaches_[0]
    day.staff = &staff_[0, 0]
    day.balk = to_number(balk, "balk", 0.0, 1.0)
    day.late = to_number(late_s, "late_s", 0.0, 1e9)
    day.busyness = NULL if busyness is None else to_law(busyness, "busyness")
    day.patience[INBOUND] = to_law(patience, "patience")
    day.patience[OUTBOUND] = to_law(outbound_patience, "outbound_patience")
    day.handle[INBOUND] = to_law(handle, "handle")
    day.handle[OUTBOUND] = to_law(outbound_handle, "outbound_handle")
    day.dial_from = to_number(dial_from_s, "dial_from_s", 0.0, day.period * day.periods)
    day.dial_to = to_number(dial_to_s, "dial_to_s", day.dial_from, day.period * day.periods)
    day.free_least = to_whole(free_least, "free_least", 1, 2 * AGENTS_MAX)
    day.lines_per_free = to_number(lines_per_free, "lines_per_free", 0.0, 100.0)
    day.queue_max = to_whole(queue_max, "queue_max", 0, QUEUE_MAX)
    # whoever has a call got it when there were fewer than staff of the period
    agents = staff.max(axis=0).sum()
    integers = np.zeros((8, count_), np.int64)
    seconds = np.zeros((4, count_), np.float64)
    cdef int64_t[:, ::1] integers_ = integers
    cdef double[:, ::1] seconds_ = seconds
    try:
        if blend_reserve(&blend, &day, agents):
            raise MemoryError(f"no memory for the calls of {agents} agents")
        for row in range(count_):
            with nogil:
                blend_run(&blend, seed_, first_ + <uint64_t> row)
            write(&blend.counted, integers_[:, row], seconds_[:, row])
            PyErr_CheckSignals()            # a long run can be interrupted
    finally:
        blend_close(&blend)
    return BlendedRuns(*integers, *seconds)


cdef int write(const Counted* counted, int64_t[:] integers, double[:] seconds) except -1:
    integers[0] = counted.arrived[INBOUND]
    integers[1] = counted.served[INBOUND]
    integers[2] = counted.abandoned[INBOUND]
    integers[3] = counted.late
    integers[4] = counted.tried
    integers[5] = counted.arrived[OUTBOUND]
    integers[6] = counted.served[OUTBOUND]
    integers[7] = counted.abandoned[OUTBOUND]
    seconds[0] = counted.busy[INBOUND]
    seconds[1] = counted.present[INBOUND]
    seconds[2] = counted.busy[OUTBOUND]
    seconds[3] = counted.present[OUTBOUND]
    return 0
