from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

from fastdial.kernel._rng cimport Rng
from fastdial.kernel.event_list cimport Events
from fastdial.kernel.variates cimport LawTerms

cdef struct Call:
    double arrived_at
    uint32_t next                   # in its queue, or among those not used
    uint32_t before
    uint8_t kind
    uint8_t group                   # of the agent who has it
    uint8_t served                  # by an agent, now

cdef struct Queue:
    uint32_t first
    uint32_t last

cdef struct Day:
    int64_t periods
    double period
    const double* rate              # by period: inbound calls in a second
    const double* reach             # by period: share of the numbers tried
    const int64_t* staff            # by period and group
    double balk
    double late                     # a wait so long is
    const LawTerms* busyness        # NULL: 1
    const LawTerms* patience[2]     # by kind
    const LawTerms* handle[2]
    double dial_from
    double dial_to
    int64_t free_least
    double lines_per_free
    int64_t queue_max

cdef struct Counted:
    int64_t tried
    int64_t arrived[2]              # by kind
    int64_t served[2]
    int64_t abandoned[2]
    int64_t late                    # inbound
    double busy[2]                  # by group: agent time
    double present[2]

cdef struct Blend:
    const Day* day
    double now
    double counted_at
    int64_t at                      # the period
    int64_t staff[2]
    int64_t busy[2]
    int64_t waiting
    bint dials
    double busyness
    Queue queues[2]
    Call* calls
    uint32_t unused
    uint32_t room
    Events events
    Rng arrivals
    Rng lengths
    Rng dialing
    Counted counted

# A Blend of zeros can be closed. -1: memory failed. `agents`: the most of each group, together.
cdef int blend_reserve(Blend* blend, const Day* day, int64_t agents) noexcept nogil
cdef void blend_run(Blend* blend, uint64_t seed, uint64_t stream) noexcept nogil
cdef void blend_close(Blend* blend) noexcept nogil
