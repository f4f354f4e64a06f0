# cython: language_level=3
"""One contact of the ready queue, and which of two goes first."""

from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

from fastdial.kernel._places cimport mix64

cdef struct Entry:
    int64_t rank_key        # the rank, so turned that smaller goes first
    int64_t id              # ~id, which is negative, where the entry was removed from a run
    uint32_t sequence
    int32_t priority_key    # ~priority: smaller goes first

cdef struct Order:
    bint newest             # rank_key is ~rank
    bint shuffled           # among equal ranks, by mix64(id ^ salt)
    uint64_t salt


cdef inline uint64_t shuffle_key(const Entry* entry, const Order* order) noexcept nogil:
    # The shift makes all ones of a negative id, so that an entry keeps its key when removed.
    return mix64(<uint64_t>(entry.id ^ (entry.id >> 63)) ^ order.salt)


cdef inline bint ahead(const Entry* a, const Entry* b, const Order* order) noexcept nogil:
    """Whether `a` goes before `b`; total, as sequence numbers are unique."""
    cdef uint64_t shuffled_a, shuffled_b
    if a.priority_key != b.priority_key:
        return a.priority_key < b.priority_key
    if a.rank_key != b.rank_key:
        return a.rank_key < b.rank_key
    if order.shuffled:
        shuffled_a = shuffle_key(a, order)
        shuffled_b = shuffle_key(b, order)
        if shuffled_a != shuffled_b:
            return shuffled_a < shuffled_b
    return a.sequence < b.sequence
