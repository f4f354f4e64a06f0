from libc.stdint cimport int64_t, uint64_t

cdef enum:
    LEVELS = 8                      # digits of a 64-bit key
    DIGITS = 256                    # values of one digit
    NEAR = LEVELS * DIGITS          # the run that is kept as a heap
    WORDS = 32                      # 64-bit words with a bit for each other run

cdef struct TimerEntry:
    uint64_t key                    # due_at with its sign bit flipped: unsigned order is time order
    uint64_t sequence
    int64_t id

cdef struct TimerRun:
    TimerEntry* entries
    size_t length
    size_t capacity

cdef struct TimerSlot:
    int64_t id
    uint64_t key
    uint64_t sequence               # 0: the slot is free

cdef struct TimerSet:
    TimerSlot* slots                # open addressing, linear probing; the size is a power of two
    size_t slot_count
    size_t live                     # ids pending
    size_t stored                   # entries in all runs; those above `live` are stale
    size_t rebase_at                # length of the heap at which a lower horizon is tried
    uint64_t sequence               # the last one given
    uint64_t horizon                # the heap holds keys up to and with this one
    TimerRun runs[NEAR + 1]
    uint64_t occupied[WORDS]

cdef int timers_open(TimerSet* timers) noexcept nogil
cdef void timers_close(TimerSet* timers) noexcept nogil
cdef int timers_schedule(TimerSet* timers, int64_t id, int64_t due_at) noexcept nogil
cdef int timers_schedule_many(
    TimerSet* timers, const int64_t* ids, const int64_t* due_at, size_t count
) noexcept nogil
cdef bint timers_cancel(TimerSet* timers, int64_t id) noexcept nogil
cdef bint timers_find(TimerSet* timers, int64_t id, int64_t* due_at) noexcept nogil
cdef bint timers_peek(TimerSet* timers, int64_t* id, int64_t* due_at) noexcept nogil
cdef bint timers_pop(TimerSet* timers, int64_t now, int64_t* id) noexcept nogil
cdef size_t timers_pop_due(
    TimerSet* timers, int64_t now, int64_t* ids, size_t room
) noexcept nogil
cdef size_t timers_due_bound(TimerSet* timers, int64_t now) noexcept nogil
cdef void timers_entries(
    TimerSet* timers, int64_t* ids, int64_t* due_at, uint64_t* sequences
) noexcept nogil
cdef size_t timers_nbytes(TimerSet* timers) noexcept nogil


cdef class Timers:
    cdef TimerSet timers
    cdef bint busy
    cdef int check_free(self) except -1
    cpdef schedule(self, id, due_at)
    cpdef cancel(self, id)
    cpdef peek(self)
    cpdef next_due(self)
    cpdef bint is_due(self, int64_t now) except -1
