from libc.stdint cimport int32_t, int64_t

from fastdial.kernel.answer_levels cimport AnswerLevels
from fastdial.kernel.campaign cimport Campaign
from fastdial.kernel.floor cimport RingingLine
from fastdial.kernel.odds cimport Outlook
from fastdial.kernel.pace_decision cimport Asked, Reasons

cdef class Pace:
    cdef Campaign campaign
    cdef Outlook outlook
    cdef Reasons made
    cdef readonly AnswerLevels levels

    cdef int heard(self, int64_t at) except -1
    cdef int see_new(self, int64_t call_id) except -1
    cdef int see_line(
        self, RingingLine* line, int64_t call_id, int64_t dialed_at, double chance
    ) except -1
    cdef int add_up(self, int64_t now, tuple others, bytes groups, int32_t ready) except -1
    cdef double least_theta(self, tuple others) noexcept
    cdef double least_lose(self, tuple others, const Asked* asked) noexcept
    cpdef bint is_tried(self, double told) except -1
    cpdef double chance_of(
        self, int32_t hour, int32_t attempt, int32_t kind, double told
    ) except -1.0
    cpdef int64_t dialed_to(
        self, int64_t call_id, int64_t at, int32_t hour, int32_t attempt, int32_t kind, double told
    ) except -2
    cpdef double said_of(self, int64_t call_id) except -1.0
    cpdef dialed(self, int64_t call_id, int64_t at, double chance, int64_t serial=*)
    cpdef line(
        self, int64_t call_id, int64_t dialed_at, int64_t rings_since, double chance,
        int64_t serial=*
    )
    cpdef rings(self, int64_t call_id, int64_t at)
    cpdef answered(self, int64_t call_id, int64_t at)
    cpdef unanswered(self, int64_t call_id, int64_t at)
    cpdef given_up(self, int64_t call_id, int64_t at)
    cpdef talks(self, int64_t agent, int32_t group, int64_t since, bint stays)
    cpdef talk_over(self, int64_t agent)
    cpdef finished(self, int64_t lasted_ms, int64_t at)
    cpdef double to_come(self, int32_t agents, double seconds) except -1.0
    cpdef counted(
        self, double abandoned, double base, double spare, int32_t agents, double left_s,
        int64_t at=*
    )
    cpdef int decide(
        self, int64_t now, tuple others, bytes groups, int32_t idle, int32_t waiting,
        int32_t lines, int32_t beyond, bint certain, int32_t room, double chance, int32_t here=*,
        int64_t legal_ring_ms=*
    ) except -1
    cpdef list too_many(
        self, int64_t now, tuple others, bytes groups, int32_t idle, int32_t waiting,
        int32_t lines, double chance, int64_t legal_ring_ms
    )
