# cython: language_level=3
"""`cimport` this for a table's columns in C: `&table.contacts` and the functions of
contact_store."""

cimport cython
from libc.stdint cimport int64_t

from fastdial.kernel.contact_store cimport (
    Contact, Contacts, Entry, Number, contacts_at, contacts_count_attempt, contacts_find,
    contacts_hash, contacts_is_live, contacts_number, contacts_put, contacts_remove,
)


@cython.final
cdef class ContactTable:
    cdef Contacts contacts
    cdef int readers
    cdef bint writing

    cdef int begin_read(self) except -1
    cdef int begin_write(self) except -1
    cdef Contact* contact_at(self, int64_t row) except NULL
    cdef Number* number_at(self, int64_t row, int64_t number) except NULL
    cdef explain_unfit(self, name, row, place, number, low, high)
    cpdef find(self, str key)
