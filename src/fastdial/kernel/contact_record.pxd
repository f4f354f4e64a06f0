# cython: language_level=3
"""`cimport` this to read a contact's columns from compiled code of your own."""

cimport cython
from libc.stdint cimport int64_t, uint32_t

from fastdial.kernel.contact_store cimport Contact, Number
from fastdial.kernel.contact_table cimport ContactTable


@cython.final
@cython.no_gc
@cython.freelist(8)
cdef class ContactRecord:
    cdef readonly ContactTable table
    cdef readonly int64_t row
    cdef uint32_t generation

    cdef Contact* here(self) except NULL
    cdef Number* at(self, int64_t i) except NULL
    cpdef int64_t number(self, int64_t i) except -1
    cpdef int number_state(self, int64_t i) except -1
    cpdef set_number_state(self, int64_t i, unsigned char state)
    cpdef int place_of(self, int64_t number) except -2
    cpdef count_attempt(self, int64_t i, int64_t at, int day)
