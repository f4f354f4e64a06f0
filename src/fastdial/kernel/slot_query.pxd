# cython: language_level=3
"""Questions about slots, as C sees them. An instant `now` bounds what can be booked by a grid's
lead and horizon; NO_NOW bounds nothing."""

from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t

from fastdial.kernel.slot_store cimport Grid, Grids, Reason

# Slots first to before end.
cdef struct Span:
    uint32_t first
    uint32_t end

cdef struct SpanOut:
    int64_t* start_at
    uint16_t* capacity
    uint16_t* taken
    uint16_t* free
    uint8_t* reason

cdef extern from *:
    """
    #define FASTDIAL_NO_NOW INT64_MIN
    #define FASTDIAL_NEVER INT64_MAX
    """
    const int64_t NO_NOW "FASTDIAL_NO_NOW"
    const int64_t NEVER "FASTDIAL_NEVER"

# Slots that begin from an instant to before another.
cdef Span span_between(const Grid* g, int64_t from_at, int64_t until_at) noexcept nogil
# Of these, those that lead and horizon allow.
cdef Span span_bookable(
    const Grid* g, int64_t from_at, int64_t until_at, int64_t now) noexcept nogil
# Everything about the slots of a span, in arrays of its length.
cdef void span_read(const Grid* g, Span span, int64_t now, SpanOut* out) noexcept nogil
# Why a slot can not be booked.
cdef Reason slot_reason(const Grid* g, uint32_t slot, int64_t now) noexcept nogil
# The first slot of a span with room; its end when there is none.
cdef uint32_t span_first_free(const Grid* g, Span span) noexcept nogil
# When the first slot begins that begins in a range and can be booked; NEVER when there is none.
cdef int64_t grid_first_free(
    const Grid* g, int64_t from_at, int64_t until_at, int64_t now) noexcept nogil
# The first of many grids together, in order of time and then of grids: gives how many, at most
# `limit`. `next_at` has a place for each grid.
cdef Py_ssize_t grids_first_free(
    const Grids* t, const int64_t* handles, Py_ssize_t n, int64_t from_at, int64_t until_at,
    int64_t now, int64_t* next_at, int64_t* found, int64_t* found_at, Py_ssize_t limit
) noexcept nogil
# The slot of a span with most room, the first of them; its end when none has room.
cdef uint32_t span_roomiest(const Grid* g, Span span) noexcept nogil
# Until when slots with capacity follow each other from an instant on; the instant itself when it
# lies in none.
cdef int64_t grid_open_until(const Grid* g, int64_t at) noexcept nogil
