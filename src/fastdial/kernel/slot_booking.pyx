# cython: language_level=3
"""Bookings of slots in C: taken, moved, and given back once."""

from libc.stdint cimport int64_t, uint32_t, uint64_t

from fastdial.kernel._memory cimport paged_make
from fastdial.kernel.slot_store cimport BOOKING_PAGE_BITS, Grid, grid_give, grid_take, grids_at

cdef enum:
    PLACES_MAX = 1 << 30

cdef int64_t bookings_next(Grids* t) noexcept nogil:
    cdef uint32_t place = t.booking_free - 1 if t.booking_free else t.booking_high
    cdef Booking* booking
    if place >= PLACES_MAX:
        return -1
    booking = <Booking*>paged_make(&t.bookings, place)
    if booking == NULL:
        return -1
    return (<int64_t>booking.generation << 32) | (place + 1)

cdef int bookings_reserve(Grids* t, uint64_t more) noexcept nogil:
    cdef uint64_t place = t.booking_high, end = t.booking_high + more
    if end > PLACES_MAX:
        return -1
    while place < end:
        if paged_make(&t.bookings, place) == NULL:
            return -1
        # The first place of the next page.
        place = ((place >> BOOKING_PAGE_BITS) + 1) << BOOKING_PAGE_BITS
    return 0

cdef void bookings_take(Grids* t, uint32_t handle, uint32_t slot) noexcept nogil:
    cdef Grid* g = grids_at(t, handle)
    cdef uint32_t place = t.booking_free - 1 if t.booking_free else t.booking_high
    cdef Booking* booking = booking_at(t, place)
    if t.booking_free:
        t.booking_free = booking.next_free
        booking.next_free = 0
    else:
        t.booking_high += 1
    booking.grid1 = handle + 1
    booking.slot = g.base + slot
    grid_take(g, slot)
    g.booked += 1
    t.booked += 1

cdef Booking* bookings_find(const Grids* t, int64_t token) noexcept nogil:
    cdef uint64_t place = <uint64_t><uint32_t>token - 1
    cdef Booking* booking
    if place >= t.booking_high:
        return NULL
    booking = booking_at(t, <uint32_t>place)
    if booking.grid1 == 0 or booking.generation != <uint64_t>token >> 32:
        return NULL
    return booking

cdef void give_up(Grids* t, uint32_t place) noexcept nogil:
    cdef Booking* booking = booking_at(t, place)
    booking.grid1 = 0
    booking.slot = 0
    booking.generation += 1
    if booking.generation != GENERATIONS:
        booking.next_free = t.booking_free
        t.booking_free = place + 1
    t.booked -= 1

cdef void bookings_give(Grids* t, int64_t token) noexcept nogil:
    cdef uint32_t place = <uint32_t>token - 1
    cdef Booking* booking = booking_at(t, place)
    cdef Grid* g = grids_at(t, booking.grid1 - 1)
    grid_give(g, booking.slot - g.base)
    g.booked -= 1
    give_up(t, place)

cdef void bookings_move(Grids* t, Booking* booking, uint32_t handle, uint32_t slot) noexcept nogil:
    cdef Grid* old = grids_at(t, booking.grid1 - 1)
    cdef Grid* g = grids_at(t, handle)
    grid_give(old, booking.slot - old.base)
    old.booked -= 1
    grid_take(g, slot)
    g.booked += 1
    booking.grid1 = handle + 1
    booking.slot = g.base + slot

cdef uint32_t bookings_sweep(Grids* t, uint32_t grid1) noexcept nogil:
    cdef uint32_t place, swept = 0
    cdef Booking* booking
    cdef Grid* g
    # From the last to the first, so that the first is the first to be used again.
    for place in range(t.booking_high, 0, -1):
        booking = booking_at(t, place - 1)
        if booking.grid1 == 0:
            continue
        g = grids_at(t, booking.grid1 - 1)
        if booking.grid1 == grid1 or booking.slot < g.base:
            g.booked -= 1
            give_up(t, place - 1)
            swept += 1
    return swept
