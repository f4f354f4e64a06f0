from libc.stdint cimport uint32_t, uint64_t

cdef enum:
    ID_BITS = 24
    EVENT_IDS = 1 << ID_BITS        # ids go from 0 up to one below

cdef struct Event:
    uint64_t tie                    # sequence << ID_BITS | id
    uint64_t key                    # the bits of the time, so that unsigned order is time order

cdef struct Events:
    Event* heap                     # four children each; the largest keys close the end
    uint32_t* places                # by id: its place in the heap + 1; 0: not pending
    size_t length                   # entries in the heap, the hole included
    size_t room                     # entries that the heap has memory for, besides the closing ones
    size_t ids                      # how many ids `places` has memory for
    uint64_t sequence               # the last one given; renumbered in time
    bint hole                       # the first has been popped and nothing has taken its place

# All zeros is an empty list. Ids must be below EVENT_IDS and times finite; -1: memory failed, and
# nothing changed. What was reserved never asks for memory again.
cdef int events_reserve(Events* events, size_t ids, size_t count) noexcept nogil
cdef void events_close(Events* events) noexcept nogil
cdef int events_schedule(Events* events, uint32_t id, double at) noexcept nogil
cdef bint events_cancel(Events* events, uint32_t id) noexcept nogil
cdef bint events_find(Events* events, uint32_t id, double* at) noexcept nogil
cdef bint events_peek(Events* events, uint32_t* id, double* at) noexcept nogil
cdef bint events_pop(Events* events, uint32_t* id, double* at) noexcept nogil
cdef size_t events_until(Events* events, double until) noexcept nogil
cdef size_t events_count(const Events* events) noexcept nogil
cdef size_t events_nbytes(const Events* events) noexcept nogil

cdef class EventList:
    cdef Events events
    cdef bint busy
    cdef int check_free(self) except -1
