cimport cython

from fastdial.engine.contact_list cimport Contact
from fastdial.engine.layouts cimport Campaign


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
