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


# ---- either array ----------------------------------------------------------------------------

ctypedef fused Entry:
    RingingLine
    Talk


cdef inline int64_t id_of(const Entry* entry) noexcept nogil:
    if Entry is RingingLine:
        return entry.call_id
    else:
        return entry.agent


cdef Py_ssize_t place_of(const Entry* entries, Py_ssize_t count, int64_t id) noexcept nogil:
    """Where the one with this id is, or would be."""
    cdef Py_ssize_t low = 0
    cdef Py_ssize_t high = count
    cdef Py_ssize_t middle
    while low < high:
        middle = (low + high) // 2
        if id_of(&entries[middle]) < id:
            low = middle + 1
        else:
            high = middle
    return low


cdef int insert(
    Entry** entries, Py_ssize_t* count, Py_ssize_t* room, Py_ssize_t at, const Entry* entry
) noexcept nogil:
    cdef Py_ssize_t more = 2 * (room[0] + 8)
    cdef void* grown
    if count[0] == room[0]:
        grown = realloc(entries[0], more * sizeof(Entry))
        if grown == NULL:
            return -1
        entries[0] = <Entry*> grown
        room[0] = more
    memmove(&entries[0][at + 1], &entries[0][at], (count[0] - at) * sizeof(Entry))
    entries[0][at] = entry[0]
    count[0] += 1
    return 0


cdef void remove(Entry* entries, Py_ssize_t* count, Py_ssize_t at) noexcept nogil:
    count[0] -= 1
    memmove(&entries[at], &entries[at + 1], (count[0] - at) * sizeof(Entry))


# ---- lines -----------------------------------------------------------------------------------

cdef RingingLine* floor_line(const Floor* floor, int64_t call_id) noexcept nogil:
    cdef Py_ssize_t at = place_of(floor.lines, floor.line_count, call_id)
    if at < floor.line_count and floor.lines[at].call_id == call_id:
        return &floor.lines[at]
    return NULL


cdef int floor_add_line(Floor* floor, const RingingLine* line) noexcept nogil:
    cdef Py_ssize_t at = place_of(floor.lines, floor.line_count, line.call_id)
    return insert(&floor.lines, &floor.line_count, &floor.line_room, at, line)


cdef void floor_remove_line(Floor* floor, RingingLine* line) noexcept nogil:
    remove(floor.lines, &floor.line_count, line - floor.lines)


cdef bint floor_has_rung(const Floor* floor, int64_t since) noexcept nogil:
    """Whether a line has rung since then."""
    cdef Py_ssize_t at
    for at in range(floor.line_count):
        if floor.lines[at].rings_since <= since:
            return True
    return False


# ---- talks -----------------------------------------------------------------------------------

cdef int floor_put_talk(Floor* floor, const Talk* talk) noexcept nogil:
    cdef Py_ssize_t at = place_of(floor.talks, floor.talk_count, talk.agent)
    if at < floor.talk_count and floor.talks[at].agent == talk.agent:
        floor.talks[at] = talk[0]
        return 0
    return insert(&floor.talks, &floor.talk_count, &floor.talk_room, at, talk)


cdef void floor_end_talk(Floor* floor, int64_t agent) noexcept nogil:
    cdef Py_ssize_t at = place_of(floor.talks, floor.talk_count, agent)
    if at < floor.talk_count and floor.talks[at].agent == agent:
        remove(floor.talks, &floor.talk_count, at)
