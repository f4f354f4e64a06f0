from libc.stdint cimport int32_t, int64_t

from fastdial.kernel.answer_levels cimport AnswerLevels
from fastdial.kernel.budget cimport Budget
from fastdial.kernel.hourly cimport Hourly
from fastdial.kernel.learned cimport Learned
from fastdial.kernel.levels cimport Traits
from fastdial.kernel.odds cimport Outlook

cdef struct RingingLine:
    int64_t call_id
    int64_t dialed_at               # ms, as all instants here
    int64_t rings_since             # from the request to dial on, until ringing is reported
    int64_t serial                  # among the lines that levels are learned from; below 0: none
    float chance                    # of an answer, before the factor

cdef struct Talk:
    int64_t agent
    int64_t since
    int32_t group
    bint stays                      # whether the agent is free after it

# Who rings and talks; room for more is made at their end.
cdef struct Floor:
    RingingLine* lines              # by call_id
    Py_ssize_t line_count
    Py_ssize_t line_room
    Talk* talks                     # by agent
    Py_ssize_t talk_count
    Py_ssize_t talk_room

cdef enum HeldBy:
    WANTED                          # nothing: more would be answered than agents are free
    LINES_PER_AGENT
    RUNAWAY                         # what is certain of answers, or a silence
    SPENT                           # little may be lost before a cap is broken
    PROGRESSIVE                     # nothing may
    HOURLY                          # little may in this hour

# What was decided, and the numbers that made it.
cdef struct Reasons:
    int32_t launch
    int32_t held_by
    int32_t idle
    int32_t waiting
    int32_t lines                   # of all who share the agents
    int32_t beyond                  # lines beyond idle agents that can break no cap
    int32_t most                    # lines, by agents or by what is certain
    double hour_lose                # what this hour may lose by its cap
    double theta                    # the risk to take, of all whose lines ring the least
    double accepted                 # the chance that no agent is free for an answer
    double overflow                 # the same, for the next line after those launched
    double moment                   # by when most lines dialed now are answered, s from now
    double answers                  # expected until then
    double ends                     # of calls, likewise
    double said                     # of the next contact to answer, before the factor
    double chance                   # and with it
    double doubt

cdef class Pace:
    cdef Learned learned
    cdef Budget budget
    cdef Floor floor
    cdef Outlook outlook
    cdef Reasons made
    cdef double* lasting
    cdef Py_ssize_t lasting_room
    cdef int64_t viewed             # the second for which what follows stands
    cdef double factor
    cdef double doubt
    cdef double settled
    cdef readonly AnswerLevels levels
    cdef Traits newest              # whom the newest line was dialed to; attempt 0: nobody yet
    cdef double common              # what all levels have risen by alike: the factor follows it
    cdef Hourly hourly
    cdef double hour_begins         # s after an hour of UTC
    cdef double reserve             # calls that are not spent, and more for each agent
    cdef double reserve_per_agent
    cdef double usual               # mean chance of the lines of late
    cdef int64_t usual_count

    cdef int heard(self, int64_t at) except -1
    cdef void over(self, RingingLine* line, int64_t at) noexcept
    cdef bint has_rung(self, int64_t since) noexcept
    cdef double by_clock(self, int64_t at) noexcept
    cdef Hourly of_hour(self) noexcept
    cdef double may_lose(self, int64_t now, double rate) noexcept
    cdef int32_t within_hour(
        self, int64_t now, tuple others, int32_t ready, int32_t lines, int32_t here, double chance,
        int32_t most
    ) except -1
    cdef void add_fresh(self, const float* chances, int32_t lines) noexcept
    cdef int add_up(self, int64_t now, tuple others, bytes groups, int32_t ready) except -1
    cdef void count_lines(self, double now) noexcept
    cdef double usual_chance(self, double chance) noexcept
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
