cimport cython

include "callback_book.pxi"


@cython.final
cdef class CallbackBook:
    cdef dict _open_by_number
    cdef Records _records
    cdef readonly dict by_row
    cdef readonly dict calling_back
    cdef readonly object lists
    cdef readonly dict own_due
    cdef readonly dict shared_due
    cdef readonly dict willing

    cpdef Callback open_for(self, campaign_number, number)
    cpdef own(self, agent_id)
    cpdef open(self, Callback callback)
    cpdef close(self, Callback callback)
    cpdef count(self, campaign_id, change)
    cpdef line_up(self, Callback callback)
    cpdef step_out(self, Callback callback)
    cpdef look_at(self, Agent agent)
    cpdef tuple key(self, Callback callback)
