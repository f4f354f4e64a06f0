cimport cython

from fastdial.engine.compliance cimport Compliance
from fastdial.engine.contact_list cimport Contact, ContactList
from fastdial.engine.layouts cimport Agent, Call, Campaign, Records
from fastdial.engine.limits cimport LaunchBook
from fastdial.engine.workforce cimport Workforce


@cython.final
cdef class State:
    cdef dict _assigned
    cdef dict _serving
    cdef dict _sharers
    cdef object _sharers_of
    cdef readonly dict agents_by_number
    cdef public object at
    cdef readonly object callbacks
    cdef readonly dict campaigns_by_number
    cdef readonly Compliance compliance
    cdef readonly object dials_ahead
    cdef readonly LaunchBook launches
    cdef readonly dict lists
    cdef readonly dict live_numbers
    cdef readonly dict queues
    cdef readonly Records records
    cdef readonly list running
    cdef readonly object sharing
    cdef readonly object slots
    cdef public object stirred
    cdef readonly object timers
    cdef readonly dict windows
    cdef readonly Workforce workforce

    cpdef enqueue(self, Contact contact)
    cpdef set_timer(self, kind, number, due_at)
    cpdef Contact contact(self, campaign_id, contact_key)
    cpdef Contact known(self, campaign_id, contact_key)
    cpdef Contact contact_at(self, row)
