# cython: language_level=3
"""`cimport` this for grids of slots in C: `&grids.grids` and the functions of slot_store,
slot_booking and slot_query."""

cimport cython
from libc.stdint cimport int64_t

from fastdial.kernel.slot_store cimport Grid, Grids


@cython.final
cdef class SlotGrids:
    cdef Grids grids
    cdef int readers

    cdef Grid* grid_of(self, int64_t handle) except NULL
    cdef int check_unread(self) except -1
    cdef int64_t reserve_token(self) except -1
    cdef object read_handles(self, object handles)
