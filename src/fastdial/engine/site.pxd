include "site.pxi"


cdef class Site:
    cdef public State _state
    cdef public object _now
    cdef public object _paced_at
    cdef public object _launch_at

    cpdef Turn _turn(self, now)
    cpdef _launch(self, Turn turn)
    cpdef Reply _reply(self, Turn turn, Command command)
