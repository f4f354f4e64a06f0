# cython: language_level=3
"""Sharing for other compiled modules: a struct of members, and functions that need no Python."""

from libc.stdint cimport int64_t

cdef struct Member:
    int64_t id
    int64_t order
    int64_t parity
    int64_t credit          # what its share exceeds its calls by, in 1 / (scale * ONE_PART) calls
    int64_t scale           # the sum of parities in which credit was last written, at least 1
    bint dry

cdef struct Shares:
    Member* members         # by id
    Py_ssize_t count
    Py_ssize_t room

cdef Py_ssize_t shares_find(const Shares* shares, int64_t id) noexcept nogil
cdef Py_ssize_t shares_next(Shares* shares) noexcept nogil
cdef void shares_give(Shares* shares, Py_ssize_t at) noexcept nogil


cdef class Sharing:
    cdef Shares shares
    cdef Member* member(self, int64_t id) except NULL
    cdef int add(self, Member member) except -1
    cdef int only(self, ids) except -1
