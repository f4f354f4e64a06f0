cimport cython

from fastdial.engine.contact_list cimport Contact, ContactList
from fastdial.engine.layouts cimport Agent, Call, Campaign
from fastdial.engine.state cimport State
from fastdial.engine.turn cimport Turn


@cython.final
cdef class _Launching:
    cdef Turn _turn
    cdef object _enough
    cdef object _may_pass_over
    cdef dict _out
    cdef readonly object again_at
