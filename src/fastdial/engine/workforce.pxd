cimport cython

include "workforce.pxi"


@cython.final
cdef class Group:
    cdef readonly int number
    cdef readonly dict ready
    cdef readonly dict leaving
    cdef public Py_ssize_t busy
    cdef public Py_ssize_t here
    cdef public Py_ssize_t logged_in
    cdef public bint manned


@cython.final
cdef class Workforce:
    cdef dict _groups
    cdef Group _left
    cdef Py_ssize_t _leaving
    cdef dict _masks
    cdef dict _working
    cdef dict _shared
    cdef readonly object changes

    cpdef add(self, Agent agent)
    cpdef remove(self, Agent agent)
    cpdef Agent longest_ready(self, Campaign campaign)
    cpdef Agent longest_leaving(self, Campaign campaign)
    cpdef bint anybody_leaving(self) except -1
    cpdef list leaving(self)
    cpdef Agent first_of(self, teams)
    cpdef list ready_teams(self)
    cpdef int group_of(self, teams) except -1
    cpdef bytes mask(self, Campaign campaign)
    cpdef tuple counts(self, Campaign campaign)
    cpdef bint anybody_ready(self) except -1
    cpdef tuple _working_on(self, Campaign campaign)
    cpdef _settle(self, Group group)
    cpdef _count(self, Group group, Agent agent, Py_ssize_t change)


cpdef Agent _longest(list lines)
cpdef _line_up(dict line, Agent agent)
