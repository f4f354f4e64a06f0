cimport cython
from libc.stdint cimport int64_t

include "contact_list.pxi"


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
    cpdef class_number(self, key)


@cython.final
@cython.no_gc
@cython.freelist(8)
cdef class Contact:
    cdef readonly object campaign_id
    cdef readonly ContactList home
    cdef readonly ContactRecord record
    cdef readonly object row

    cpdef bury(self, number)
    cpdef tries(self, outcome)
    cpdef count_try(self, outcome)
    cpdef rank_in(self, order)


cpdef str e164(int64_t number)
cpdef _number_of(value, list values, dict numbers)
