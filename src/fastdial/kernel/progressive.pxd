from libc.stdint cimport int64_t, uint64_t

from fastdial.kernel.event_list cimport Events
from fastdial.kernel.variates cimport LawTerms

cdef struct Floor:
    int64_t agents
    double answer                   # probability that a call is answered
    const LawTerms* ring
    const LawTerms* handle
    double start                    # from here on is counted
    double end

cdef struct Counted:
    int64_t events
    int64_t dialed
    int64_t answered
    double handling                 # agent time spent in handling calls

# `events` has room for `agents` ids. Randomness follows from seed and stream alone.
cdef void progressive_run(
    const Floor* floor, Events* events, uint64_t seed, uint64_t stream, Counted* counted
) noexcept nogil
