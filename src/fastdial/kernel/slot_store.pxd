# cython: language_level=3
"""Grids of slots, as C sees them: where they lie, and what each slot has room for."""

from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from fastdial.kernel._memory cimport Paged, paged_at

cdef enum:
    GRID_PAGE_BITS = 8
    BOOKING_PAGE_BITS = 12
    GRIDS_MAX = 1 << 24
    SLOTS_MAX = 1 << 24  # of a grid
    CAPACITY_MAX = 65_534
    SLOT_MS_MAX = 86_400_000

cdef extern from *:
    """
    /* Instants and durations reach so far from 0, so that sums of a few never wrap. */
    #define FASTDIAL_TIME_MAX ((int64_t)1 << 60)
    """
    const int64_t TIME_MAX "FASTDIAL_TIME_MAX"

cdef enum Reason:
    NONE = 0  # it can be booked
    CLOSED
    HOLIDAY
    FULL
    TOO_SOON
    TOO_FAR
    PAST
    NO_SLOT

# Slots that follow each other without a gap. Those of a grid lie in order of time.
cdef struct Stretch:
    int64_t start_at
    uint32_t first  # index of its first slot within the grid
    uint32_t count

# One block holds the four arrays. A slot without capacity is closed, on a holiday or not.
cdef struct Grid:
    int64_t slot_ms  # 0: no grid has this handle
    int64_t lead_ms
    int64_t horizon_ms
    uint16_t* capacity
    uint16_t* taken
    uint64_t* free  # a bit for each slot: taken < capacity
    uint64_t* holiday  # a bit for each slot
    Stretch* stretches
    uint32_t count  # slots
    uint32_t room
    uint32_t base  # slots forgotten so far: slot i is number base + i for good
    uint32_t stretch_count
    uint32_t stretch_room
    uint32_t booked
    uint32_t next_free  # handle + 1 of another that is free; 0: none

cdef struct Booking:
    uint32_t grid1  # handle + 1; 0: nothing is booked
    uint32_t slot  # base + index
    uint32_t generation  # how often this place was given up
    uint32_t next_free  # place + 1; 0: none

cdef struct Grids:
    Paged grids
    Paged bookings
    uint32_t high  # handles ever used
    uint32_t live
    uint32_t free_head  # handle + 1; 0: none
    uint32_t booking_high
    uint32_t booked
    uint32_t booking_free
    uint64_t blocks_nbytes

cdef void grids_init(Grids* t) noexcept nogil
cdef void grids_free(Grids* t) noexcept nogil
# The handle, or -1 when memory fails or there are too many.
cdef int64_t grids_add(
    Grids* t, int64_t slot_ms, int64_t lead_ms, int64_t horizon_ms) noexcept nogil
# Give up a grid that has no bookings; its handle is the first to be used again.
cdef void grids_remove(Grids* t, uint32_t handle) noexcept nogil
# Append a stretch that begins where or after the last one ends; -1 when memory fails. What is a
# holiday has no capacity.
cdef int grid_extend(
    Grids* t, Grid* g, int64_t start_at, uint32_t count, const uint16_t* capacities,
    const uint8_t* holidays) noexcept nogil
# Room for so many more slots and stretches; -1 when memory fails, and then nothing changed.
cdef int grid_reserve(Grids* t, Grid* g, uint32_t slots, uint32_t stretches) noexcept nogil
# Give up the stretches that end at or before an instant; gives how many slots they had.
cdef uint32_t grid_forget(Grid* g, int64_t before_at) noexcept nogil
cdef void grid_set_capacity(
    Grid* g, uint32_t slot, uint16_t capacity, bint holiday) noexcept nogil
# The stretch that holds a slot.
cdef const Stretch* grid_stretch(const Grid* g, uint32_t slot) noexcept nogil
# The first slot that begins at or after an instant; their count if none does.
cdef uint32_t grid_lower(const Grid* g, int64_t at) noexcept nogil

cdef inline Grid* grids_at(const Grids* t, uint32_t handle) noexcept nogil:
    """The grid of a handle that was ever used; its place in memory never changes."""
    return <Grid*>paged_at(&t.grids, handle)

cdef inline bint grids_has(const Grids* t, int64_t handle) noexcept nogil:
    return 0 <= handle < t.high and grids_at(t, <uint32_t>handle).slot_ms != 0

cdef inline int64_t stretch_end(const Grid* g, const Stretch* s) noexcept nogil:
    return s.start_at + s.count * g.slot_ms

cdef inline int64_t grid_start(const Grid* g, uint32_t slot) noexcept nogil:
    """When a slot begins."""
    cdef const Stretch* s = grid_stretch(g, slot)
    return s.start_at + (slot - s.first) * g.slot_ms

cdef inline int64_t grid_slot(const Grid* g, int64_t start_at) noexcept nogil:
    """The slot that begins at an instant, or -1."""
    cdef uint32_t slot = grid_lower(g, start_at)
    return slot if slot < g.count and grid_start(g, slot) == start_at else -1

cdef inline bint bit_at(const uint64_t* bits, uint32_t i) noexcept nogil:
    return (bits[i >> 6] >> (i & 63)) & 1

cdef inline void bit_set(uint64_t* bits, uint32_t i, bint on) noexcept nogil:
    cdef uint64_t mask = (<uint64_t>1) << (i & 63)
    bits[i >> 6] = bits[i >> 6] | mask if on else bits[i >> 6] & ~mask

cdef inline void grid_take(Grid* g, uint32_t slot) noexcept nogil:
    """One place more is taken."""
    g.taken[slot] += 1
    bit_set(g.free, slot, g.taken[slot] < g.capacity[slot])

cdef inline void grid_give(Grid* g, uint32_t slot) noexcept nogil:
    """One place less is taken."""
    g.taken[slot] -= 1
    bit_set(g.free, slot, g.taken[slot] < g.capacity[slot])
