cimport cython

include "launching.pxi"


@cython.final
@cython.no_gc
@cython.freelist(4)
cdef class _Launching:
    cdef Turn _turn
    cdef object _enough
    cdef object _may_pass_over
    cdef dict _out
    cdef dict _up_next
    cdef dict _decided
    cdef readonly object again_at

    cpdef for_agents(self)
    cpdef without_agents(self)
    cpdef _line_up(self, list line, teams)
    cpdef bint _ahead(self, Campaign campaign) except -1
    cpdef bint _launch(self, Campaign campaign, Agent agent, competed) except -1
    cpdef bint _push(self, Campaign campaign, Agent agent, competed) except -1
    cpdef bint _dial(self, Campaign campaign, Agent agent, competed) except -1
    cpdef Contact _next_contact(self, Campaign campaign)
    cpdef list _rivals(self, some)
    cpdef bint _is_able(self, Campaign campaign) except -1
