cimport cython

include "compliance.pxi"


@cython.final
cdef class Compliance:
    cdef readonly dict lists
    cdef readonly dict rules
    cdef dict _histories
    cdef dict _recorded
    cdef object _account_variable

    cpdef account_of(self, Contact contact)
    cpdef attempted(self, campaign_id, number, key, account, at)
    cpdef spoken_to(self, campaign_id, number, key, account, at)
    cpdef quiet_until(self, campaign_id, number)
