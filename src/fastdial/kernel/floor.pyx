# cython: language_level=3
"""Who rings and talks for a campaign: two arrays, of lines by call and of talks by agent.

They are short and are read through at each decision, so they are arrays in order.
"""

from libc.stdint cimport int64_t
from libc.stdlib cimport free, realloc
from libc.string cimport memmove, memset


cdef void floor_close(Floor* floor) noexcept nogil:
    free(floor.lines)
    free(floor.talks)
    memset(floor, 0, sizeof(Floor))


# ---- lines -----------------------------------------------------------------------------------

cdef Py_ssize_t place_of_line(const Floor* floor, int64_t call_id) noexcept nogil:
    """Where the line is, or would be."""
    cdef Py_ssize_t low = 0
    cdef Py_ssize_t high = floor.line_count
    cdef Py_ssize_t middle
    while low < high:
        middle = (low + high) // 2
        if floor.lines[middle].call_id < call_id:
            low = middle + 1
        else:
            high = middle
    return low


cdef RingingLine* floor_line(const Floor* floor, int64_t call_id) noexcept nogil:
    cdef Py_ssize_t at = place_of_line(floor, call_id)
    if at < floor.line_count and floor.lines[at].call_id == call_id:
        return &floor.lines[at]
    return NULL


cdef int floor_add_line(Floor* floor, const RingingLine* line) noexcept nogil:
    cdef Py_ssize_t at = place_of_line(floor, line.call_id)
    cdef void* grown
    if floor.line_count == floor.line_room:
        grown = realloc(floor.lines, 2 * (floor.line_room + 8) * sizeof(RingingLine))
        if grown == NULL:
            return -1
        floor.lines = <RingingLine*> grown
        floor.line_room = 2 * (floor.line_room + 8)
    memmove(
        &floor.lines[at + 1], &floor.lines[at], (floor.line_count - at) * sizeof(RingingLine)
    )
    floor.lines[at] = line[0]
    floor.line_count += 1
    return 0


cdef void floor_remove_line(Floor* floor, RingingLine* line) noexcept nogil:
    cdef Py_ssize_t after = &floor.lines[floor.line_count] - line - 1
    memmove(line, line + 1, after * sizeof(RingingLine))
    floor.line_count -= 1


cdef bint floor_has_rung(const Floor* floor, int64_t since) noexcept nogil:
    """Whether a line has rung since then."""
    cdef Py_ssize_t at
    for at in range(floor.line_count):
        if floor.lines[at].rings_since <= since:
            return True
    return False


# ---- talks -----------------------------------------------------------------------------------

cdef Py_ssize_t place_of_talk(const Floor* floor, int64_t agent) noexcept nogil:
    """Where the agent's talk is, or would be."""
    cdef Py_ssize_t low = 0
    cdef Py_ssize_t high = floor.talk_count
    cdef Py_ssize_t middle
    while low < high:
        middle = (low + high) // 2
        if floor.talks[middle].agent < agent:
            low = middle + 1
        else:
            high = middle
    return low


cdef int floor_put_talk(Floor* floor, const Talk* talk) noexcept nogil:
    cdef Py_ssize_t at = place_of_talk(floor, talk.agent)
    cdef void* grown
    if at < floor.talk_count and floor.talks[at].agent == talk.agent:
        floor.talks[at] = talk[0]
        return 0
    if floor.talk_count == floor.talk_room:
        grown = realloc(floor.talks, 2 * (floor.talk_room + 8) * sizeof(Talk))
        if grown == NULL:
            return -1
        floor.talks = <Talk*> grown
        floor.talk_room = 2 * (floor.talk_room + 8)
    memmove(&floor.talks[at + 1], &floor.talks[at], (floor.talk_count - at) * sizeof(Talk))
    floor.talks[at] = talk[0]
    floor.talk_count += 1
    return 0


cdef void floor_end_talk(Floor* floor, int64_t agent) noexcept nogil:
    cdef Py_ssize_t at = place_of_talk(floor, agent)
    if at < floor.talk_count and floor.talks[at].agent == agent:
        memmove(
            &floor.talks[at], &floor.talks[at + 1], (floor.talk_count - at - 1) * sizeof(Talk)
        )
        floor.talk_count -= 1
