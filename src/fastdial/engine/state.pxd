cimport cython
from libc.stdint cimport int64_t

include "state.pxi"


@cython.final
cdef class State:
    cdef dict _ahead_by_teams
    cdef dict _ahead_with
    cdef dict _assigned
    cdef dict _paced_with
    cdef dict _serving
    cdef dict _sharers
    cdef object _sharers_of
    cdef readonly dict agents_by_number
    cdef public object at
    cdef readonly CallbackBook callbacks
    cdef readonly dict campaigns_by_number
    cdef readonly Compliance compliance
    cdef readonly object dials_ahead
    cdef readonly LaunchBook launches
    cdef readonly dict lists
    cdef readonly dict live_numbers
    cdef readonly PacingBook pacing
    cdef readonly dict queues
    cdef readonly Records records
    cdef readonly list running
    cdef readonly object sharing
    cdef readonly object slots
    cdef public object stirred
    cdef readonly Timers timers
    cdef readonly dict windows
    cdef readonly Workforce workforce

    cpdef enqueue(self, Contact contact)
    cpdef _window_class(self, Contact contact)
    cpdef set_timer(self, int64_t kind, int64_t number, due_at)
    cpdef tuple serving(self, teams)
    cpdef tuple assigned(self, teams)
    cpdef tuple sharing_with(self, Campaign campaign)
    cpdef tuple paced_with(self, Campaign campaign)
    cpdef touch(self, Campaign campaign)
    cpdef touch_teams(self, teams)
    cpdef Contact contact(self, campaign_id, contact_key)
    cpdef Contact known(self, campaign_id, contact_key)
    cpdef Contact contact_at(self, row)
