cimport cython

include "pacing.pxi"


@cython.final
cdef class PacingBook:
    cdef dict _left
    cdef readonly dict paces
    cdef public dict touched

    cpdef open(self, Campaign campaign)
    cpdef whose(self, campaign_id)
    cpdef dialed(self, Campaign campaign, Contact contact, Call call)
    cpdef double chance_of(self, Campaign campaign, Contact contact, at) except -1
    cpdef talks(self, Agent agent, int group)
    cpdef talk_over(self, Agent agent)
    cpdef finished(self, campaign_id, lasted_ms, at)
    cpdef counted(self, Campaign campaign, abandoned, base, here, at, is_new)
    cpdef int beyond_idle(self, Campaign campaign, here, at) except -1
    cpdef double _left_of(self, Campaign campaign, at) except? -1
