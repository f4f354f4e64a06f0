# cython: language_level=3
"""Bookings, as C sees them. A token names one booking for ever: its place, and how often that was
given up before."""

from libc.stdint cimport int64_t, uint32_t, uint64_t

from fastdial.kernel._memory cimport paged_at
from fastdial.kernel.slot_store cimport Booking, Grids

cdef enum:
    GENERATIONS = 0x7FFFFFFF  # a place that was given up so often is not used again

cdef inline Booking* booking_at(const Grids* t, uint32_t place) noexcept nogil:
    return <Booking*>paged_at(&t.bookings, place)

# The token that the next booking will have, with memory for it; -1 when memory fails.
cdef int64_t bookings_next(Grids* t) noexcept nogil
# Memory for so many more bookings; -1 when it fails.
cdef int bookings_reserve(Grids* t, uint64_t more) noexcept nogil
# Book a slot, whatever its room, after bookings_next(), whose token it has.
cdef void bookings_take(Grids* t, uint32_t handle, uint32_t slot) noexcept nogil
# The booking of a token, or NULL when there is none or no more.
cdef Booking* bookings_find(const Grids* t, int64_t token) noexcept nogil
# Give back the place of a token that was found.
cdef void bookings_give(Grids* t, int64_t token) noexcept nogil
# Give a place back and take another, whatever its room.
cdef void bookings_move(Grids* t, Booking* booking, uint32_t handle, uint32_t slot) noexcept nogil
# Give up the bookings of slots that were forgotten, or all of a grid (handle + 1; 0: none).
cdef uint32_t bookings_sweep(Grids* t, uint32_t grid1) noexcept nogil
