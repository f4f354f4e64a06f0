cimport cython

include "turn.pxi"


@cython.final
@cython.no_gc
@cython.freelist(4)
cdef class Turn:
    cdef readonly State state
    cdef readonly object now
    cdef readonly list events

    cpdef emit(self, Event event)
    cpdef CampaignSettings settings_of(self, Call call)
    cpdef Campaign campaign(self, campaign_id)
    cpdef Contact contact(self, campaign_id, contact_key)
    cpdef Agent agent(self, agent_id)
    cpdef Agent agent_at_work(self, agent_id)
