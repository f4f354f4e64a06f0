# cython: language_level=3
"""Who rings and talks for a campaign, in order."""

from libc.stdint cimport int32_t, int64_t

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

# Room for more is made at their end. One of zeros is empty.
cdef struct Floor:
    RingingLine* lines              # by call_id
    Py_ssize_t line_count
    Py_ssize_t line_room
    Talk* talks                     # by agent
    Py_ssize_t talk_count
    Py_ssize_t talk_room

cdef void floor_close(Floor* floor) noexcept nogil

# NULL: it does not ring.
cdef RingingLine* floor_line(const Floor* floor, int64_t call_id) noexcept nogil

# A line that is not there yet. -1: memory failed, and nothing has changed, here and below.
cdef int floor_add_line(Floor* floor, const RingingLine* line) noexcept nogil
cdef void floor_remove_line(Floor* floor, RingingLine* line) noexcept nogil
cdef bint floor_has_rung(const Floor* floor, int64_t since) noexcept nogil

# Also in place of what is known of the agent's talk.
cdef int floor_put_talk(Floor* floor, const Talk* talk) noexcept nogil
cdef void floor_end_talk(Floor* floor, int64_t agent) noexcept nogil
