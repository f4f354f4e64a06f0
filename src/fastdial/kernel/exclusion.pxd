# cython: language_level=3
"""`cimport` this for a set's numbers in C: `numbers_has(&excluded.numbers, number)`."""

cimport cython
from libc.stdint cimport int64_t

from fastdial.kernel.number_set cimport NumberSet, numbers_add, numbers_has, numbers_remove


@cython.final
cdef class ExclusionSet:
    cdef NumberSet numbers
    cdef int readers
    cdef bint writing

    cdef int begin_read(self) except -1
    cdef int begin_write(self) except -1
    cdef int64_t checked(self, object number) except -1
    cdef object change(self, object numbers, bint adding)
    cdef object change_in_one_pass(self, const int64_t[::1] view, bint adding)
