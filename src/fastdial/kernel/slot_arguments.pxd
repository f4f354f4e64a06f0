# cython: language_level=3
"""Arguments of slot grids, checked and as C needs them."""

from libc.stdint cimport int64_t

from fastdial.kernel.slot_store cimport TIME_MAX

cdef inline int64_t clamped(int64_t at) noexcept nogil:
    """The bounds of a range may lie anywhere."""
    return min(max(at, -TIME_MAX), TIME_MAX)

# An instant that bounds what can be booked; None bounds nothing.
cdef int64_t instant(object now) except? -1
cdef int check_duration(str name, int64_t value, int64_t low, int64_t high) except -1
# Where an array of one's own lies, for as long as it lives.
cdef void* memory_of(object array) except? NULL
# A uint16 array of its own of n counts, given as one or as n; each 0 to `high`.
cdef object counts(object values, str name, Py_ssize_t n, int64_t high)
# An int64 array of its own, of n values or of any number where n is -1.
cdef object instants(object values, str name, Py_ssize_t n)
