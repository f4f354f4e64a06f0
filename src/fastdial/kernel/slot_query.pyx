# cython: language_level=3
"""Questions about slots in C.

The reasons of time are ranges, since slots lie in order of time: three searches find where they
begin and end, and what remains for each slot is arithmetic without branches.
"""

from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

from fastdial.kernel.slot_store cimport (
    CLOSED, FULL, HOLIDAY, NONE, PAST, TOO_FAR, TOO_SOON, Stretch, bit_at, grid_lower, grid_start,
    grid_stretch, grids_at,
)

cdef extern from *:
    int trailing_zeros "__builtin_ctzll"(unsigned long long) noexcept nogil

# Which slots begin too early, late enough, too late: the ends of these three, in order.
cdef struct Bounds:
    uint32_t past
    uint32_t soon
    uint32_t far

cdef Bounds bounds_of(const Grid* g, int64_t now) noexcept nogil:
    cdef Bounds b
    if now == NO_NOW:
        b.past = b.soon = 0
        b.far = g.count
    else:
        b.past = grid_lower(g, now)
        b.soon = grid_lower(g, now + g.lead_ms)
        # A horizon shorter than the lead leaves nothing.
        b.far = max(b.soon, grid_lower(g, now + g.horizon_ms + 1))
    return b

cdef Span span_between(const Grid* g, int64_t from_at, int64_t until_at) noexcept nogil:
    cdef Span span
    span.first = grid_lower(g, from_at)
    span.end = max(span.first, grid_lower(g, until_at))
    return span

cdef Span span_bookable(
        const Grid* g, int64_t from_at, int64_t until_at, int64_t now) noexcept nogil:
    if now == NO_NOW:
        return span_between(g, from_at, until_at)
    return span_between(
        g, max(from_at, now + g.lead_ms), min(until_at, now + g.horizon_ms + 1))

cdef void read_starts(const Grid* g, Span span, int64_t* out) noexcept nogil:
    cdef uint32_t at = span.first, stop, i
    cdef const Stretch* s
    cdef int64_t start, step = g.slot_ms
    if span.first == span.end:
        return
    s = grid_stretch(g, at)
    while at < span.end:
        stop = min(span.end, s.first + s.count)
        start = s.start_at + (at - s.first) * g.slot_ms
        # Adding up, since most processors multiply no vectors of 64-bit numbers.
        for i in range(stop - at):
            out[i] = start
            start += step
        out += stop - at
        at = stop
        s += 1

cdef void read_reasons(
        const uint16_t* capacity, const uint16_t* taken, uint32_t n, uint8_t if_free,
        uint8_t if_full, uint8_t* out) noexcept nogil:
    cdef uint32_t i
    cdef uint16_t room, used
    cdef uint8_t reason
    for i in range(n):
        room = capacity[i]
        used = taken[i]
        reason = if_full if used >= room else if_free
        out[i] = <uint8_t>CLOSED if room == 0 else reason

cdef void mark_holidays(const Grid* g, uint32_t first, uint32_t end, uint8_t* out) noexcept nogil:
    cdef uint32_t word, at
    cdef uint64_t bits
    if first >= end:
        return
    for word in range(first >> 6, (end + 63) >> 6):
        bits = g.holiday[word]
        if word == first >> 6:
            bits &= (<uint64_t>-1) << (first & 63)
        while bits:
            at = (word << 6) + trailing_zeros(bits)
            bits &= bits - 1
            if at >= end:
                return
            out[at - first] = HOLIDAY

cdef inline uint32_t within(uint32_t at, Span span) noexcept nogil:
    return min(max(at, span.first), span.end)

cdef void span_read(const Grid* g, Span span, int64_t now, SpanOut* out) noexcept nogil:
    cdef uint32_t n = span.end - span.first, i
    cdef uint32_t past, soon, far
    cdef const uint16_t* capacity = g.capacity + span.first
    cdef const uint16_t* taken = g.taken + span.first
    cdef uint16_t* free = out.free
    cdef uint16_t room, used
    cdef Bounds b = bounds_of(g, now)
    if n == 0:
        return
    read_starts(g, span, out.start_at)
    memcpy(out.capacity, capacity, n * 2)
    memcpy(out.taken, taken, n * 2)
    for i in range(n):
        room = capacity[i]
        used = taken[i]
        free[i] = room - used if room > used else 0
    past = within(b.past, span) - span.first
    soon = within(b.soon, span) - span.first
    far = within(b.far, span) - span.first
    memset(out.reason, PAST, past)
    read_reasons(
        capacity + past, taken + past, soon - past, TOO_SOON, TOO_SOON, out.reason + past)
    read_reasons(capacity + soon, taken + soon, far - soon, NONE, FULL, out.reason + soon)
    read_reasons(capacity + far, taken + far, n - far, TOO_FAR, TOO_FAR, out.reason + far)
    mark_holidays(g, span.first + past, span.end, out.reason + past)

cdef Reason slot_reason(const Grid* g, uint32_t slot, int64_t now) noexcept nogil:
    cdef int64_t start = grid_start(g, slot)
    if now != NO_NOW and start < now:
        return PAST
    if g.capacity[slot] == 0:
        return HOLIDAY if bit_at(g.holiday, slot) else CLOSED
    if now != NO_NOW:
        if start < now + g.lead_ms:
            return TOO_SOON
        if start > now + g.horizon_ms:
            return TOO_FAR
    return FULL if g.taken[slot] >= g.capacity[slot] else NONE

cdef uint32_t span_first_free(const Grid* g, Span span) noexcept nogil:
    cdef uint32_t word = span.first >> 6
    cdef uint64_t bits
    if span.first >= span.end:
        return span.end
    bits = g.free[word] & (<uint64_t>-1 << (span.first & 63))
    while bits == 0:
        word += 1
        if word << 6 >= span.end:
            return span.end
        bits = g.free[word]
    return min(span.end, (word << 6) + trailing_zeros(bits))

cdef int64_t grid_first_free(
        const Grid* g, int64_t from_at, int64_t until_at, int64_t now) noexcept nogil:
    cdef Span span = span_bookable(g, from_at, until_at, now)
    cdef uint32_t slot = span_first_free(g, span)
    return NEVER if slot >= span.end else grid_start(g, slot)

cdef Py_ssize_t grids_first_free(
        const Grids* t, const int64_t* handles, Py_ssize_t n, int64_t from_at, int64_t until_at,
        int64_t now, int64_t* next_at, int64_t* found, int64_t* found_at, Py_ssize_t limit
) noexcept nogil:
    cdef Py_ssize_t i, best, count = 0
    cdef int64_t until = until_at
    for i in range(n):
        next_at[i] = grid_first_free(grids_at(t, <uint32_t>handles[i]), from_at, until, now)
        if limit == 1:
            # What is not before the first so far need not be found.
            until = min(until, next_at[i])
    while count < limit:
        best = 0
        for i in range(1, n):
            if next_at[i] < next_at[best]:
                best = i
        if next_at[best] == NEVER:
            break
        found[count] = handles[best]
        found_at[count] = next_at[best]
        count += 1
        next_at[best] = grid_first_free(
            grids_at(t, <uint32_t>handles[best]), next_at[best] + 1, until_at, now)
    return count

cdef uint32_t span_roomiest(const Grid* g, Span span) noexcept nogil:
    cdef uint32_t i, best = span.end
    cdef uint16_t most = 0, room
    for i in range(span.first, span.end):
        room = g.capacity[i] - g.taken[i] if g.capacity[i] > g.taken[i] else 0
        if room > most:
            most = room
            best = i
    return best

cdef int64_t grid_open_until(const Grid* g, int64_t at) noexcept nogil:
    cdef uint32_t slot
    cdef int64_t end
    cdef const Stretch* s
    # The slot that holds the instant is the last that begins at or before it.
    slot = grid_lower(g, at + 1)
    if slot == 0:
        return at
    slot -= 1
    s = grid_stretch(g, slot)
    end = s.start_at + (slot - s.first + 1) * g.slot_ms
    if end <= at or g.capacity[slot] == 0:
        return at
    while True:
        slot += 1
        if slot == s.first + s.count:
            s += 1
            if slot == g.count or s.start_at != end:
                return end
        if g.capacity[slot] == 0:
            return end
        end += g.slot_ms
