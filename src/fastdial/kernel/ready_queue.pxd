# cython: language_level=3
"""The ready queue for other compiled modules: a struct, and functions that need no Python.

Zero a `Queue`, call queue_init(), and queue_free() at the end. Functions that need memory return
NO_MEMORY and leave the queue as it was. Nothing here locks: one thread at a time.
"""

from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

from fastdial.kernel._entry cimport Order
from fastdial.kernel._lane cimport Lane
from fastdial.kernel._places cimport Places

cdef enum:
    NO_MEMORY = -1
    NOTHING = -2
    PRESENT_ALREADY = -3
    MAX_CLASSES = 65536

cdef struct Queue:
    Lane* lanes             # by window class
    uint32_t lane_count
    uint32_t* front         # a heap, by head, of the open lanes that hold something
    uint32_t front_count
    uint32_t* dirty         # open lanes whose head may have changed
    uint32_t dirty_count
    Places places           # for each id, where its entry is
    Order order
    uint64_t count          # of all contacts
    uint64_t ready          # of contacts in open classes
    uint32_t next_sequence

cdef int queue_init(Queue* queue) noexcept nogil
cdef void queue_free(Queue* queue) noexcept nogil
cdef int queue_reserve_class(Queue* queue, uint32_t window_class) noexcept nogil
cdef int queue_push(
    Queue* queue, int64_t id, int32_t priority, int64_t rank, uint32_t window_class
) noexcept nogil
cdef bint queue_remove(Queue* queue, int64_t id) noexcept nogil
cdef int queue_set_priority(Queue* queue, int64_t id, int32_t priority) noexcept nogil
cdef void queue_open(Queue* queue, uint32_t window_class) noexcept nogil
cdef void queue_close(Queue* queue, uint32_t window_class) noexcept nogil
cdef int queue_look(Queue* queue) noexcept nogil
cdef int64_t queue_peek(Queue* queue) noexcept nogil
cdef int64_t queue_pop(Queue* queue) noexcept nogil
cdef int queue_reorder(Queue* queue, Order order) noexcept nogil


cdef class ReadyQueue:
    cdef Queue queue
    cdef str order_name
    cdef object seed_value
    cdef bint busy
    cdef int begin(self) except -1
    cpdef remove(self, int64_t id)
    cpdef peek(self)
