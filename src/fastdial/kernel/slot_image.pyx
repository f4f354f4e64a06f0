# cython: language_level=3
"""Snapshots of grids.

A header of 64 bytes; the grids by handle (32 bytes each); their stretches (16 bytes); the
capacities of their slots (16 bits, HOLIDAY_CAPACITY for a holiday); the bookings by place (16
bytes). What is taken follows from the bookings, so it can not disagree with them. Slots are counted
from the first one that is there, so that bytes do not say what was forgotten. Little-endian; a
machine of the other order refuses the magic.
"""

from libc.stdint cimport int64_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

from fastdial.kernel._hashing cimport checksum64
from fastdial.kernel._memory cimport paged_make
from fastdial.kernel.slot_booking cimport GENERATIONS, booking_at
from fastdial.kernel.slot_store cimport (
    GRIDS_MAX, SLOT_MS_MAX, SLOTS_MAX, TIME_MAX, Booking, Grid, Stretch, bit_at,
    grid_reserve, grid_set_capacity, grid_take, grids_at, stretch_end,
)

cdef enum:
    VERSION = 1
    HOLIDAY_CAPACITY = 0xFFFF

cdef uint64_t MAGIC = 0x4452475F544F4C53  # "SLOT_GRD" in the order of bytes

cdef struct Header:
    uint64_t magic
    uint32_t version
    uint32_t high
    uint32_t live
    uint32_t free_head
    uint32_t booking_high
    uint32_t booked
    uint32_t booking_free
    uint32_t spare
    uint64_t stretches
    uint64_t slots
    uint64_t checksum

cdef struct GridImage:
    int64_t slot_ms
    int64_t lead_ms
    int64_t horizon_ms
    uint32_t stretch_count
    uint32_t next_free

cdef struct StretchImage:
    int64_t start_at
    uint64_t count

cdef void describe(const Grids* t, Header* h) noexcept nogil:
    cdef uint32_t handle
    memset(h, 0, sizeof(Header))
    h.magic = MAGIC
    h.version = VERSION
    h.high = t.high
    h.live = t.live
    h.free_head = t.free_head
    h.booking_high = t.booking_high
    h.booked = t.booked
    h.booking_free = t.booking_free
    for handle in range(t.high):
        h.stretches += grids_at(t, handle).stretch_count
        h.slots += grids_at(t, handle).count

cdef uint64_t length_of(const Header* h) noexcept nogil:
    # Capacities are filled up to whole words.
    return (sizeof(Header) + h.high * sizeof(GridImage) + h.stretches * sizeof(StretchImage)
            + ((h.slots + 3) >> 2 << 3) + h.booking_high * sizeof(Booking))

cdef uint64_t checksum_of(const Header* h, const char* image) noexcept nogil:
    cdef Header bare = h[0]
    bare.checksum = 0
    return checksum64(image + sizeof(Header), length_of(h) - sizeof(Header),
                      checksum64(<char*>&bare, sizeof(Header), 0))

cdef uint64_t image_nbytes(const Grids* t) noexcept nogil:
    cdef Header h
    describe(t, &h)
    return length_of(&h)

cdef void write_grid(
        const Grid* g, GridImage* grid, StretchImage* stretches, uint16_t* slots) noexcept nogil:
    cdef uint32_t i
    memset(grid, 0, sizeof(GridImage))
    grid.slot_ms = g.slot_ms
    grid.lead_ms = g.lead_ms
    grid.horizon_ms = g.horizon_ms
    grid.stretch_count = g.stretch_count
    grid.next_free = g.next_free
    for i in range(g.stretch_count):
        stretches[i].start_at = g.stretches[i].start_at
        stretches[i].count = g.stretches[i].count
    for i in range(g.count):
        slots[i] = <uint16_t>HOLIDAY_CAPACITY if bit_at(g.holiday, i) else g.capacity[i]

cdef void image_write(const Grids* t, char* out) noexcept nogil:
    cdef Header h
    cdef GridImage* grids
    cdef StretchImage* stretches
    cdef uint16_t* slots
    cdef Booking* bookings
    cdef const Grid* g
    cdef uint32_t i
    describe(t, &h)
    # The image lies where bytes do, at a multiple of eight at least.
    grids = <GridImage*>(out + sizeof(Header))
    stretches = <StretchImage*>(grids + h.high)
    slots = <uint16_t*>(stretches + h.stretches)
    bookings = <Booking*>(<char*>slots + ((h.slots + 3) >> 2 << 3))
    memset(<char*>bookings - 8, 0, 8)
    for i in range(t.high):
        g = grids_at(t, i)
        write_grid(g, &grids[i], stretches, slots)
        stretches += g.stretch_count
        slots += g.count
    for i in range(t.booking_high):
        bookings[i] = booking_at(t, i)[0]
        if bookings[i].grid1:
            bookings[i].slot -= grids_at(t, bookings[i].grid1 - 1).base
    h.checksum = checksum_of(&h, out)
    memcpy(out, &h, sizeof(Header))

cdef ImageError check_header(const char* data, uint64_t nbytes, Header* h) noexcept nogil:
    if nbytes < sizeof(Header):
        return IMAGE_TOO_SHORT
    memcpy(h, data, sizeof(Header))
    if h.magic != MAGIC:
        return IMAGE_NOT_OURS
    if h.version != VERSION:
        return IMAGE_VERSION
    # Each count is bounded before they are added up, so that no sum wraps.
    if h.high > GRIDS_MAX or h.live > h.high or h.booked > h.booking_high or h.spare:
        return IMAGE_LENGTH
    if h.stretches > nbytes or h.slots > nbytes or length_of(h) != nbytes:
        return IMAGE_LENGTH
    if checksum_of(h, data) != h.checksum:
        return IMAGE_CHECKSUM
    return IMAGE_OK

cdef bint is_sound(const GridImage* image) noexcept nogil:
    return (1 <= image.slot_ms <= SLOT_MS_MAX and 0 <= image.lead_ms <= TIME_MAX
            and 0 <= image.horizon_ms <= TIME_MAX and image.next_free == 0)

cdef ImageError read_stretches(Grid* g, const char* at, uint32_t count) noexcept nogil:
    cdef StretchImage image
    cdef Stretch* s
    cdef uint32_t i
    for i in range(count):
        memcpy(&image, at + i * sizeof(StretchImage), sizeof(StretchImage))
        if image.count < 1 or image.count > SLOTS_MAX - g.count:
            return IMAGE_GRID
        if image.start_at < -TIME_MAX or image.start_at > TIME_MAX:
            return IMAGE_GRID
        s = &g.stretches[i]
        # Those that touch would be one.
        if i and image.start_at <= stretch_end(g, s - 1):
            return IMAGE_GRID
        s.start_at = image.start_at
        s.first = g.count
        s.count = <uint32_t>image.count
        g.count += s.count
        g.stretch_count += 1
    return IMAGE_OK

cdef void read_slots(Grid* g, const char* at) noexcept nogil:
    cdef uint16_t capacity
    cdef uint32_t i
    for i in range(g.count):
        memcpy(&capacity, at + <uint64_t>i * 2, 2)
        if capacity == HOLIDAY_CAPACITY:
            grid_set_capacity(g, i, 0, True)
        else:
            grid_set_capacity(g, i, capacity, False)

cdef ImageError read_grid(
        Grids* t, Grid* g, const GridImage* image, const char** stretches,
        const char* stretches_end, const char** slots, const char* slots_end) noexcept nogil:
    cdef uint32_t count
    cdef ImageError error
    if not is_sound(image):
        return IMAGE_GRID
    if <uint64_t>(stretches_end - stretches[0]) < image.stretch_count * sizeof(StretchImage):
        return IMAGE_GRID
    g.slot_ms = image.slot_ms
    g.lead_ms = image.lead_ms
    g.horizon_ms = image.horizon_ms
    if grid_reserve(t, g, 0, image.stretch_count):
        return IMAGE_MEMORY
    error = read_stretches(g, stretches[0], image.stretch_count)
    if error != IMAGE_OK:
        return error
    stretches[0] += image.stretch_count * sizeof(StretchImage)
    count = g.count
    if <uint64_t>(slots_end - slots[0]) < <uint64_t>count * 2:
        return IMAGE_GRID
    g.count = 0
    if grid_reserve(t, g, count, 0):
        return IMAGE_MEMORY
    g.count = count
    read_slots(g, slots[0])
    slots[0] += <uint64_t>count * 2
    return IMAGE_OK

cdef ImageError read_grids(Grids* t, const Header* h, const char* data) noexcept nogil:
    cdef const char* stretches = data + sizeof(Header) + h.high * sizeof(GridImage)
    cdef const char* stretches_end = stretches + h.stretches * sizeof(StretchImage)
    cdef const char* slots = stretches_end
    cdef const char* slots_end = slots + h.slots * 2
    cdef GridImage image
    cdef Grid* g
    cdef uint32_t i
    cdef ImageError error
    for i in range(h.high):
        memcpy(&image, data + sizeof(Header) + i * sizeof(GridImage), sizeof(GridImage))
        g = <Grid*>paged_make(&t.grids, i)
        if g == NULL:
            return IMAGE_MEMORY
        t.high = i + 1
        if image.slot_ms == 0:
            if image.lead_ms or image.horizon_ms or image.stretch_count:
                return IMAGE_GRID
            g.next_free = image.next_free
            continue
        t.live += 1
        error = read_grid(t, g, &image, &stretches, stretches_end, &slots, slots_end)
        if error != IMAGE_OK:
            return error
    if t.live != h.live or stretches != stretches_end or slots != slots_end:
        return IMAGE_GRID
    while <uint64_t>(slots - data) & 7:
        if slots[0]:
            return IMAGE_GRID
        slots += 1
    return IMAGE_OK

cdef ImageError read_bookings(
        Grids* t, const Header* h, const char* at, uint32_t* unused) noexcept nogil:
    cdef Booking image
    cdef Booking* booking
    cdef Grid* g
    cdef uint32_t i
    for i in range(h.booking_high):
        memcpy(&image, at + <uint64_t>i * sizeof(Booking), sizeof(Booking))
        booking = <Booking*>paged_make(&t.bookings, i)
        if booking == NULL:
            return IMAGE_MEMORY
        booking[0] = image
        t.booking_high = i + 1
        if image.generation > GENERATIONS:
            return IMAGE_BOOKING
        if image.grid1 == 0:
            if image.slot:
                return IMAGE_BOOKING
            unused[0] += image.generation != GENERATIONS
            continue
        if image.grid1 > t.high or image.generation == GENERATIONS or image.next_free:
            return IMAGE_BOOKING
        g = grids_at(t, image.grid1 - 1)
        if image.slot >= g.count or g.taken[image.slot] == 0xFFFF:
            return IMAGE_BOOKING
        grid_take(g, image.slot)
        g.booked += 1
        t.booked += 1
    return IMAGE_OK if t.booked == h.booked else IMAGE_BOOKING

cdef ImageError check_chains(const Grids* t, uint32_t unused) noexcept nogil:
    """Free handles and places must be chained, each once: so many, and then no more."""
    cdef uint32_t next_ = t.free_head, left = t.high - t.live
    while next_:
        if left == 0 or next_ > t.high or grids_at(t, next_ - 1).slot_ms:
            return IMAGE_CHAIN
        left -= 1
        next_ = grids_at(t, next_ - 1).next_free
    if left:
        return IMAGE_CHAIN
    next_ = t.booking_free
    left = unused
    while next_:
        if left == 0 or next_ > t.booking_high or booking_at(t, next_ - 1).grid1:
            return IMAGE_CHAIN
        if booking_at(t, next_ - 1).generation == GENERATIONS:
            return IMAGE_CHAIN
        left -= 1
        next_ = booking_at(t, next_ - 1).next_free
    return IMAGE_CHAIN if left else IMAGE_OK

cdef ImageError image_read(Grids* t, const char* data, uint64_t nbytes) noexcept nogil:
    cdef Header h
    cdef uint32_t unused = 0
    cdef ImageError error = check_header(data, nbytes, &h)
    if error == IMAGE_OK:
        error = read_grids(t, &h, data)
    if error == IMAGE_OK:
        error = read_bookings(t, &h, data + nbytes - h.booking_high * sizeof(Booking), &unused)
    if error == IMAGE_OK:
        t.free_head = h.free_head
        t.booking_free = h.booking_free
        error = check_chains(t, unused)
    return error
