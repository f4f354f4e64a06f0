# cython: language_level=3
"""Grids of slots in C: making and extending them, forgetting what is past, capacities."""

from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memcpy, memmove, memset

from fastdial.kernel._memory cimport paged_free, paged_init, paged_make

cdef void grids_init(Grids* t) noexcept nogil:
    memset(t, 0, sizeof(Grids))
    paged_init(&t.grids, GRID_PAGE_BITS, sizeof(Grid))
    paged_init(&t.bookings, BOOKING_PAGE_BITS, sizeof(Booking))

cdef uint64_t block_nbytes(uint32_t room) noexcept nogil:
    """Two counts of 16 bits and two bits for each slot; room is a multiple of 64."""
    return <uint64_t>room * 4 + room // 4

cdef void grid_close(Grids* t, Grid* g) noexcept nogil:
    t.blocks_nbytes -= block_nbytes(g.room) + g.stretch_room * sizeof(Stretch)
    free(g.capacity)
    free(g.stretches)
    memset(g, 0, sizeof(Grid))

cdef void grids_free(Grids* t) noexcept nogil:
    cdef uint32_t handle
    for handle in range(t.high):
        grid_close(t, grids_at(t, handle))
    paged_free(&t.grids)
    paged_free(&t.bookings)

cdef int64_t grids_add(
        Grids* t, int64_t slot_ms, int64_t lead_ms, int64_t horizon_ms) noexcept nogil:
    cdef uint32_t handle = t.free_head - 1 if t.free_head else t.high
    cdef Grid* g
    if handle >= GRIDS_MAX:
        return -1
    g = <Grid*>paged_make(&t.grids, handle)
    if g == NULL:
        return -1
    if t.free_head:
        t.free_head = g.next_free
        g.next_free = 0
    else:
        t.high += 1
    t.live += 1
    g.slot_ms = slot_ms
    g.lead_ms = lead_ms
    g.horizon_ms = horizon_ms
    return handle

cdef void grids_remove(Grids* t, uint32_t handle) noexcept nogil:
    cdef Grid* g = grids_at(t, handle)
    grid_close(t, g)
    g.next_free = t.free_head
    t.free_head = handle + 1
    t.live -= 1

cdef int grow_slots(Grids* t, Grid* g, uint32_t slots) noexcept nogil:
    cdef uint32_t wanted = g.count + slots
    cdef uint32_t room = ((max(wanted, g.room + g.room // 4) if g.count else wanted) + 63) & ~63
    cdef char* block
    cdef Grid grown = g[0]
    if wanted <= g.room:
        return 0
    block = <char*>calloc(1, block_nbytes(room))
    if block == NULL:
        return -1
    grown.room = room
    grown.capacity = <uint16_t*>block
    grown.taken = grown.capacity + room
    grown.free = <uint64_t*>(grown.taken + room)
    grown.holiday = grown.free + room // 64
    if g.room:
        memcpy(grown.capacity, g.capacity, g.count * 2)
        memcpy(grown.taken, g.taken, g.count * 2)
        memcpy(grown.free, g.free, g.room // 8)
        memcpy(grown.holiday, g.holiday, g.room // 8)
    free(g.capacity)
    t.blocks_nbytes += block_nbytes(room) - block_nbytes(g.room)
    g[0] = grown
    return 0

cdef int grid_reserve(Grids* t, Grid* g, uint32_t slots, uint32_t stretches) noexcept nogil:
    cdef uint32_t wanted = g.stretch_count + stretches
    cdef uint32_t room
    cdef Stretch* grown
    if wanted > g.stretch_room:
        room = max(wanted, g.stretch_room + g.stretch_room // 4)
        grown = <Stretch*>realloc(g.stretches, room * sizeof(Stretch))
        if grown == NULL:
            return -1
        t.blocks_nbytes += (room - g.stretch_room) * sizeof(Stretch)
        g.stretches = grown
        g.stretch_room = room
    return grow_slots(t, g, slots)

cdef int grid_extend(
        Grids* t, Grid* g, int64_t start_at, uint32_t count, const uint16_t* capacities,
        const uint8_t* holidays) noexcept nogil:
    cdef Stretch* last
    cdef uint32_t i
    if count == 0:
        return 0
    if grid_reserve(t, g, count, 1):
        return -1
    last = g.stretches + g.stretch_count - 1
    if g.stretch_count and stretch_end(g, last) == start_at:
        last.count += count
    else:
        last += 1
        last.start_at = start_at
        last.first = g.count
        last.count = count
        g.stretch_count += 1
    g.count += count
    for i in range(count):
        grid_set_capacity(
            g, g.count - count + i, capacities[i], holidays != NULL and holidays[i] != 0)
    return 0

cdef void grid_set_capacity(
        Grid* g, uint32_t slot, uint16_t capacity, bint holiday) noexcept nogil:
    g.capacity[slot] = capacity
    bit_set(g.free, slot, g.taken[slot] < capacity)
    bit_set(g.holiday, slot, holiday)

cdef void shift_bits(uint64_t* bits, uint32_t words, uint32_t by) noexcept nogil:
    """Let the first bits go, and as many zeros come in behind."""
    cdef uint32_t whole = by >> 6, i
    cdef uint32_t part = by & 63
    for i in range(words):
        bits[i] = bits[i + whole] >> part if i + whole < words else 0
        if part and i + whole + 1 < words:
            bits[i] |= bits[i + whole + 1] << (64 - part)

cdef uint32_t grid_forget(Grid* g, int64_t before_at) noexcept nogil:
    cdef uint32_t stretches = 0, gone = 0, left, i, words = (g.count + 63) >> 6
    cdef int64_t within
    cdef Stretch* s
    while stretches < g.stretch_count and stretch_end(g, &g.stretches[stretches]) <= before_at:
        gone += g.stretches[stretches].count
        stretches += 1
    if stretches < g.stretch_count:
        # Of the one in which the instant lies, what is over.
        s = &g.stretches[stretches]
        within = (before_at - s.start_at) // g.slot_ms if before_at > s.start_at else 0
        s.start_at += within * g.slot_ms
        s.count -= <uint32_t>within
        gone += <uint32_t>within
    if gone == 0:
        return 0
    left = g.count - gone
    g.stretch_count -= stretches
    memmove(g.stretches, g.stretches + stretches, g.stretch_count * sizeof(Stretch))
    memmove(g.capacity, g.capacity + gone, left * 2)
    memmove(g.taken, g.taken + gone, left * 2)
    # What is beyond the slots is zeros, so that slots to come begin empty.
    memset(g.capacity + left, 0, gone * 2)
    memset(g.taken + left, 0, gone * 2)
    shift_bits(g.free, words, gone)
    shift_bits(g.holiday, words, gone)
    left = 0
    for i in range(g.stretch_count):
        g.stretches[i].first = left
        left += g.stretches[i].count
    g.count = left
    g.base += gone
    return gone

cdef const Stretch* grid_stretch(const Grid* g, uint32_t slot) noexcept nogil:
    cdef uint32_t low = 0, high = g.stretch_count - 1, middle
    while low < high:
        middle = (low + high + 1) >> 1
        if g.stretches[middle].first <= slot:
            low = middle
        else:
            high = middle - 1
    return &g.stretches[low]

cdef uint32_t grid_lower(const Grid* g, int64_t at) noexcept nogil:
    cdef uint32_t low = 0, high = g.stretch_count, middle
    cdef const Stretch* s
    # The first stretch that has a slot to begin at or after the instant.
    while low < high:
        middle = (low + high) >> 1
        s = &g.stretches[middle]
        if stretch_end(g, s) - g.slot_ms < at:
            low = middle + 1
        else:
            high = middle
    if low == g.stretch_count:
        return g.count
    s = &g.stretches[low]
    if at <= s.start_at:
        return s.first
    return s.first + <uint32_t>((at - s.start_at + g.slot_ms - 1) // g.slot_ms)
