cimport cython

from fastdial.kernel.contact_record cimport ContactRecord
from fastdial.kernel.contact_table cimport ContactTable


@cython.final
cdef class ContactList:
    cdef readonly object campaign_id
    cdef readonly object number
    cdef readonly object first_row
    cdef public ContactTable table
    cdef public dict variables
    cdef public list places
    cdef public list words
    cdef public list window_classes
    cdef public object next_sequence
    cdef dict _class_numbers
    cdef dict _place_numbers
    cdef dict _word_numbers

    cpdef Contact at(self, row)
    cpdef word_number(self, word)


@cython.final
@cython.freelist(8)
cdef class Contact:
    cdef readonly ContactList home
    cdef readonly ContactRecord record

    cpdef bury(self, number)
    cpdef tries(self, outcome)
    cpdef count_try(self, outcome)
