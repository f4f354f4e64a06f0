# cython: language_level=3
"""Recent attempts for other compiled modules: structs, and functions that need no Python."""

from libc.stdint cimport int64_t, uint32_t, uint64_t

cdef struct Past:
    int64_t at
    int64_t subject
    uint32_t back           # so many events before this one was its last attempt; 0: none
    uint32_t conversation   # 1: a conversation, 0: an attempt

cdef struct Subject:
    int64_t id
    uint64_t attempt        # the number of its newest attempt; 0: none is kept
    uint64_t conversation   # likewise

cdef struct RecentSet:
    Past* past              # a ring: event number n is at n modulo room, a power of two
    uint64_t room
    uint64_t first          # the number of the oldest event that is kept; numbers begin at 1
    uint64_t next           # the number of the next event
    Subject* subjects       # open addressing, linear probing; the size is a power of two
    uint64_t slots
    uint64_t live
    int64_t keep_ms
    int64_t last_at

cdef int recent_record(
    RecentSet* recent, int64_t subject, int64_t at, bint conversation
) noexcept nogil
cdef int64_t recent_allowed_at(
    const RecentSet* recent, int64_t subject, int64_t attempts, int64_t period_ms, int64_t quiet_ms
) noexcept nogil
cdef uint64_t recent_forget(RecentSet* recent, int64_t now, uint64_t most) noexcept nogil
cdef void recent_free(RecentSet* recent) noexcept nogil
