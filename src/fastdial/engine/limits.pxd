cimport cython

include "limits.pxi"


@cython.final
cdef class LaunchBook:
    cdef dict _bounds
    cdef dict _calls
    cdef dict _launched

    cpdef add(self, Call call)
    cpdef launch(self, Call call)
    cpdef remove(self, Call call)
    cpdef _count_call(self, Call call, change)
    cpdef calls_of(self, campaign_id)
    cpdef reached(self, campaign_id, now, own=*)


cpdef _count(dict calls, name, change)
