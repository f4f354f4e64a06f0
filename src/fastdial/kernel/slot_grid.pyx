# cython: language_level=3
"""Slots with capacity for many queues and agents at once, and the bookings in them (SL-1 … SL-6).

A grid is a row of slots of one length, in stretches without gaps, with a capacity for each slot. It
knows instants only; calendars and zones are turned into stretches elsewhere. The C side stands in
`slot_store`, `slot_booking`, `slot_query` and `slot_image`.

Questions about many grids release the GIL. Meanwhile other threads may ask too; a call that would
change what is being read raises RuntimeError. What changes grids holds the GIL.
"""

cimport cython

import enum
from typing import NamedTuple

import numpy as np

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from fastdial.kernel cimport slot_store
from fastdial.kernel.slot_arguments cimport (
    check_duration, clamped, counts, instant, instants, memory_of,
)
from fastdial.kernel.slot_booking cimport (
    bookings_find, bookings_give, bookings_move, bookings_next, bookings_reserve, bookings_sweep,
    bookings_take,
)
from fastdial.kernel.slot_image cimport (
    IMAGE_BOOKING, IMAGE_CHAIN, IMAGE_CHECKSUM, IMAGE_GRID, IMAGE_LENGTH, IMAGE_MEMORY,
    IMAGE_NOT_OURS, IMAGE_OK, IMAGE_TOO_SHORT, IMAGE_VERSION, ImageError, image_nbytes, image_read,
    image_write,
)
from fastdial.kernel.slot_query cimport (
    NEVER, Span, SpanOut, grid_first_free, grid_open_until, grids_first_free, slot_reason,
    span_between, span_bookable, span_first_free, span_read, span_roomiest,
)
from fastdial.kernel.slot_store cimport (
    CAPACITY_MAX, GRIDS_MAX, SLOT_MS_MAX, SLOTS_MAX, TIME_MAX, Booking, grid_extend, grid_forget,
    grid_set_capacity, grid_slot, grid_start, grids_add, grids_at, grids_free, grids_has,
    grids_init, grids_remove, stretch_end,
)


class Reason(enum.IntEnum):
    """Why a slot can not be booked; `NONE` says that it can."""

    NONE = slot_store.NONE
    CLOSED = slot_store.CLOSED
    HOLIDAY = slot_store.HOLIDAY
    FULL = slot_store.FULL
    TOO_SOON = slot_store.TOO_SOON
    TOO_FAR = slot_store.TOO_FAR
    PAST = slot_store.PAST
    NO_SLOT = slot_store.NO_SLOT


class Availability(NamedTuple):
    """Slots in order of time, a column for each thing said of them."""

    start_at: np.ndarray
    capacity: np.ndarray
    taken: np.ndarray
    free: np.ndarray
    reason: np.ndarray


NEVER_AT = 0x7FFFFFFFFFFFFFFF
HORIZON_MAX_MS = 1 << 60

_WHY_NOT_RESTORED = {
    IMAGE_TOO_SHORT: "it is shorter than a header of 64 bytes",
    IMAGE_NOT_OURS: "it does not begin as a snapshot of slot grids does",
    IMAGE_VERSION: "its version is not the one that is read here",
    IMAGE_LENGTH: "its counts do not agree with its length",
    IMAGE_CHECKSUM: "its checksum does not agree with its contents",
    IMAGE_GRID: "a grid in it is out of bounds",
    IMAGE_BOOKING: "a booking in it is out of bounds",
    IMAGE_CHAIN: "what it gives as free is not what is free, each once",
}

cdef object _EMPTY = np.empty
cdef object _INT64 = np.dtype(np.int64)
cdef object _UINT16 = np.dtype(np.uint16)
cdef object _UINT8 = np.dtype(np.uint8)


@cython.final
cdef class SlotGrids:
    """Grids by handle, a dense int; that of a removed grid is the first to be used again."""

    def __cinit__(self):
        grids_init(&self.grids)

    def __dealloc__(self):
        grids_free(&self.grids)

    def __reduce__(self):
        return SlotGrids.restore, (self.snapshot(),)

    cdef Grid* grid_of(self, int64_t handle) except NULL:
        if not grids_has(&self.grids, handle):
            raise KeyError(f"there is no grid {handle}")
        return grids_at(&self.grids, <uint32_t>handle)

    cdef int check_unread(self) except -1:
        if self.readers:
            raise RuntimeError("the grids are being read by another thread; wait for it")
        return 0

    cdef int64_t reserve_token(self) except -1:
        cdef int64_t token = bookings_next(&self.grids)
        if token < 0:
            raise MemoryError(f"no memory for another booking beside {self.grids.booked}")
        return token

    def __len__(self):
        return self.grids.live

    def __contains__(self, int64_t grid):
        return grids_has(&self.grids, grid)

    @property
    def booked(self):
        """How many bookings there are."""
        return self.grids.booked

    @property
    def nbytes(self):
        """Memory allocated."""
        return self.grids.blocks_nbytes + self.grids.grids.nbytes + self.grids.bookings.nbytes

    def __sizeof__(self):
        return object.__sizeof__(self) + self.nbytes

    # ---- grids

    def add(self, int64_t slot_ms, *, int64_t lead_ms=0, int64_t horizon_ms=HORIZON_MAX_MS):
        """A grid without slots yet; gives its handle."""
        cdef int64_t handle
        cdef object answer
        check_duration("slot_ms", slot_ms, 1, SLOT_MS_MAX)
        check_duration("lead_ms", lead_ms, 0, TIME_MAX)
        check_duration("horizon_ms", horizon_ms, 0, TIME_MAX)
        self.check_unread()
        if self.grids.live == GRIDS_MAX:
            raise OverflowError(f"there are {GRIDS_MAX} grids; more are not allowed")
        # The answer is made first: for want of memory for it, no grid must be left behind.
        answer = self.grids.free_head - 1 if self.grids.free_head else self.grids.high
        handle = grids_add(&self.grids, slot_ms, lead_ms, horizon_ms)
        if handle < 0:
            raise MemoryError(f"no memory for another grid beside {self.grids.live}")
        return answer

    def remove(self, int64_t grid):
        """Give up a grid and its bookings; gives how many these were."""
        cdef Grid* g = self.grid_of(grid)
        cdef object gone = g.booked
        self.check_unread()
        if g.booked:
            bookings_sweep(&self.grids, <uint32_t>grid + 1)
        grids_remove(&self.grids, <uint32_t>grid)
        return gone

    def limits(self, int64_t grid):
        """Slot length, lead time and horizon, in ms."""
        cdef Grid* g = self.grid_of(grid)
        return g.slot_ms, g.lead_ms, g.horizon_ms

    def set_limits(self, int64_t grid, *, int64_t lead_ms, int64_t horizon_ms):
        """How long before its start, and how far ahead, a slot can be booked."""
        cdef Grid* g = self.grid_of(grid)
        check_duration("lead_ms", lead_ms, 0, TIME_MAX)
        check_duration("horizon_ms", horizon_ms, 0, TIME_MAX)
        self.check_unread()
        g.lead_ms = lead_ms
        g.horizon_ms = horizon_ms

    def extend(self, int64_t grid, int64_t start_at, capacities, *, holidays=None):
        """Append slots that begin at an instant, where the last one ends or later."""
        cdef Grid* g = self.grid_of(grid)
        cdef const uint16_t[::1] view
        cdef const uint8_t[::1] on_holiday
        cdef const uint8_t* holiday = NULL
        cdef Py_ssize_t n = len(capacities)
        room = counts(capacities, "capacities", n, CAPACITY_MAX)
        if holidays is not None:
            marks = counts(holidays, "holidays", n, 1).astype(np.uint8)
            if np.any((marks != 0) & (room != 0)):
                raise ValueError("a slot on a holiday has capacity; give it 0, or no holiday")
        if not -TIME_MAX <= start_at <= TIME_MAX:
            raise ValueError(f"start_at is {start_at}; {-TIME_MAX} to {TIME_MAX} ms are allowed")
        self.check_unread()
        if g.stretch_count and start_at < stretch_end(g, &g.stretches[g.stretch_count - 1]):
            raise ValueError(
                f"grid {grid} has slots until {stretch_end(g, &g.stretches[g.stretch_count - 1])};"
                f" {start_at} is before that")
        if n > SLOTS_MAX - g.count or g.base > 0xFFFFFFFF - 2 * SLOTS_MAX:
            raise OverflowError(f"grid {grid} has {g.count} slots; {SLOTS_MAX} are allowed")
        if n == 0:
            return
        view = room
        if holidays is not None:
            on_holiday = marks
            holiday = &on_holiday[0]
        if grid_extend(&self.grids, g, start_at, <uint32_t>n, &view[0], holiday):
            raise MemoryError(f"no memory for {n} more slots; grid {grid} is as it was")

    def forget(self, int64_t before_at, *, grid=None):
        """Give up the slots that end at or before an instant, and their bookings.

        In one grid, or in all. Gives how many slots and how many bookings these were.
        """
        cdef uint32_t handle, bookings = 0, booked = self.grids.booked
        cdef uint64_t slots = 0
        cdef int64_t before = clamped(before_at)
        cdef Grid* g = NULL
        if grid is not None:
            g = self.grid_of(grid)
            booked = g.booked
        self.check_unread()
        if g != NULL:
            slots = grid_forget(g, before)
        else:
            for handle in range(self.grids.high):
                slots += grid_forget(grids_at(&self.grids, handle), before)
        if slots and booked:
            bookings = bookings_sweep(&self.grids, 0)
        return slots, bookings

    def span(self, int64_t grid):
        """When the first slot begins and the last one ends; None where there is no slot."""
        cdef Grid* g = self.grid_of(grid)
        if g.count == 0:
            return None
        return g.stretches[0].start_at, stretch_end(g, &g.stretches[g.stretch_count - 1])

    def set_capacity(self, int64_t grid, int64_t from_at, int64_t until_at, capacities, *,
                     holiday=False):
        """Set the capacity of slots that begin in a range, to one value or to one each.

        Bookings stay, also where they are more than fit then. Gives how many slots were set.
        """
        cdef Grid* g = self.grid_of(grid)
        cdef Span span = span_between(g, clamped(from_at), clamped(until_at))
        cdef bint on_holiday = holiday
        cdef const uint16_t[::1] view
        cdef uint32_t i
        room = counts(capacities, "capacities", span.end - span.first, CAPACITY_MAX)
        if on_holiday and np.any(room):
            raise ValueError("a slot on a holiday has capacity; give it 0, or no holiday")
        self.check_unread()
        view = room
        answer = len(room)
        for i in range(span.end - span.first):
            grid_set_capacity(g, span.first + i, view[i], on_holiday)
        return answer

    # ---- questions

    def availability(self, int64_t grid, int64_t from_at, int64_t until_at, *, now=None):
        """All that is known of the slots that begin in a range (SL-2)."""
        cdef Grid* g = self.grid_of(grid)
        cdef int64_t at = instant(now)
        cdef Span span = span_between(g, clamped(from_at), clamped(until_at))
        cdef Py_ssize_t n = span.end - span.first
        cdef SpanOut out
        starts, reason = _EMPTY(n, _INT64), _EMPTY(n, _UINT8)
        capacity, taken, free = _EMPTY(n, _UINT16), _EMPTY(n, _UINT16), _EMPTY(n, _UINT16)
        out.start_at = <int64_t*>memory_of(starts)
        out.capacity = <uint16_t*>memory_of(capacity)
        out.taken = <uint16_t*>memory_of(taken)
        out.free = <uint16_t*>memory_of(free)
        out.reason = <uint8_t*>memory_of(reason)
        span_read(g, span, at, &out)
        return Availability(starts, capacity, taken, free, reason)

    def why(self, int64_t grid, int64_t start_at, *, now=None):
        """Why the slot that begins at an instant can not be booked."""
        cdef Grid* g = self.grid_of(grid)
        cdef int64_t at = instant(now)
        cdef int64_t slot = grid_slot(g, clamped(start_at))
        return Reason(
            slot_store.NO_SLOT if slot < 0 else slot_reason(g, <uint32_t>slot, at))

    def first_free(self, int64_t grid, int64_t from_at, int64_t until_at, *, now=None):
        """When the first slot begins that can be booked and begins in a range; or None."""
        cdef Grid* g = self.grid_of(grid)
        cdef int64_t start = grid_first_free(
            g, clamped(from_at), clamped(until_at), instant(now))
        return None if start == NEVER else start

    def first_free_each(self, grids, int64_t from_at, int64_t until_at, *, now=None):
        """The same for each of many grids, as int64; NEVER_AT where there is none."""
        cdef int64_t[::1] handles, out
        cdef int64_t at = instant(now), first = clamped(from_at), until = clamped(until_at)
        cdef Py_ssize_t i
        listed = self.read_handles(grids)
        found = np.empty(len(listed), np.int64)
        handles, out = listed, found
        self.readers += 1
        with nogil:
            for i in range(handles.shape[0]):
                out[i] = grid_first_free(
                    grids_at(&self.grids, <uint32_t>handles[i]), first, until, at)
        self.readers -= 1
        return found

    def first_free_across(self, grids, int64_t from_at, int64_t until_at, *, now=None,
                          Py_ssize_t limit=1):
        """The first slots of many grids together that can be booked, in order of time.

        Those of one instant come in the order of the grids. Gives their grids and their starts, as
        two arrays of int64 of at most `limit`.
        """
        cdef int64_t[::1] handles, next_at, chosen, chosen_at
        cdef int64_t at = instant(now), first = clamped(from_at), until = clamped(until_at)
        cdef Py_ssize_t i, count = 0, slots = 0
        if limit < 0:
            raise ValueError(f"limit is {limit}; it must not be negative")
        listed = self.read_handles(grids)
        handles, next_at = listed, np.empty(len(listed), np.int64)
        for i in range(handles.shape[0]):
            slots += grids_at(&self.grids, <uint32_t>handles[i]).count
        found, found_at = (np.empty(min(limit, slots), np.int64) for _ in range(2))
        if len(found):
            chosen, chosen_at = found, found_at
            self.readers += 1
            with nogil:
                count = grids_first_free(
                    &self.grids, &handles[0], handles.shape[0], first, until, at, &next_at[0],
                    &chosen[0], &chosen_at[0], chosen.shape[0])
            self.readers -= 1
        return found[:count], found_at[:count]

    def best(self, int64_t grid, int64_t from_at, int64_t until_at, *, now=None,
             bint earliest=False):
        """The slot within a window that has most room, the first of them; or the first with any.

        Gives when it begins, or None. A slot lies within a window when it ends in it, too (SL-5).
        """
        cdef Grid* g = self.grid_of(grid)
        cdef Span span = span_bookable(
            g, clamped(from_at), clamped(until_at) - g.slot_ms + 1, instant(now))
        cdef uint32_t slot = span_first_free(g, span) if earliest else span_roomiest(g, span)
        return None if slot >= span.end else grid_start(g, slot)

    def open_until(self, int64_t grid, int64_t at):
        """Until when slots with capacity, free or not, follow each other from an instant on.

        That instant itself when it lies in no such slot.
        """
        cdef Grid* g = self.grid_of(grid)
        return grid_open_until(g, at) if -TIME_MAX <= at <= TIME_MAX else at

    # ---- bookings

    def book(self, int64_t grid, int64_t start_at, *, now=None):
        """Take a place in the slot that begins at an instant; gives the booking's token.

        Gives 0 where the slot can not be booked; `why` says why.
        """
        cdef Grid* g = self.grid_of(grid)
        cdef int64_t at = instant(now)
        cdef int64_t slot = grid_slot(g, clamped(start_at))
        cdef object token
        self.check_unread()
        if slot < 0 or slot_reason(g, <uint32_t>slot, at) != slot_store.NONE:
            return 0
        # The answer is made first: for want of memory for it, no place must be taken.
        token = self.reserve_token()
        bookings_take(&self.grids, <uint32_t>grid, <uint32_t>slot)
        return token

    def book_many(self, grids, starts, *, now=None):
        """Book in order, each if it can be; gives tokens as int64, 0 where one can not."""
        cdef int64_t[::1] handles, wanted, tokens
        cdef int64_t at = instant(now), slot
        cdef Py_ssize_t i
        cdef Grid* g
        listed = self.read_handles(grids)
        starts = instants(starts, "starts", len(listed))
        given = np.zeros(len(listed), np.int64)
        handles, wanted, tokens = listed, starts, given
        self.check_unread()
        if bookings_reserve(&self.grids, handles.shape[0]):
            raise MemoryError(f"no memory for {len(listed)} more bookings; none was made")
        for i in range(handles.shape[0]):
            g = grids_at(&self.grids, <uint32_t>handles[i])
            slot = grid_slot(g, clamped(wanted[i]))
            if slot < 0 or slot_reason(g, <uint32_t>slot, at) != slot_store.NONE:
                continue
            tokens[i] = bookings_next(&self.grids)
            bookings_take(&self.grids, <uint32_t>handles[i], <uint32_t>slot)
        return given

    def cancel(self, int64_t token):
        """Give a booking's place back; False where the token names none, or none any more."""
        if bookings_find(&self.grids, token) == NULL:
            return False
        self.check_unread()
        bookings_give(&self.grids, token)
        return True

    def cancel_many(self, tokens):
        """The same for many tokens; gives how many places were given back."""
        cdef int64_t[::1] view = instants(tokens, "tokens", -1)
        cdef Py_ssize_t i
        before = self.grids.booked
        self.check_unread()
        for i in range(view.shape[0]):
            if bookings_find(&self.grids, view[i]) != NULL:
                bookings_give(&self.grids, view[i])
        return before - self.grids.booked

    def move(self, int64_t token, int64_t grid, int64_t start_at, *, now=None):
        """Move a booking to another slot, of any grid, if that can be booked; its token stays.

        Gives whether it was moved. To where it is, it always can be.
        """
        cdef Grid* g = self.grid_of(grid)
        cdef Booking* booking = bookings_find(&self.grids, token)
        cdef int64_t at = instant(now)
        cdef int64_t slot = grid_slot(g, clamped(start_at))
        self.check_unread()
        if booking == NULL or slot < 0:
            return False
        if booking.grid1 == grid + 1 and booking.slot == g.base + slot:
            return True
        if slot_reason(g, <uint32_t>slot, at) != slot_store.NONE:
            return False
        bookings_move(&self.grids, booking, <uint32_t>grid, <uint32_t>slot)
        return True

    def carry(self, int64_t token, int64_t grid, int64_t start_at):
        """Move a booking to another slot, whether it has room or not, as a change of hours may ask.

        The slot may be over-full then. Gives whether there are such a booking and such a slot.
        """
        cdef Grid* g = self.grid_of(grid)
        cdef Booking* booking = bookings_find(&self.grids, token)
        cdef int64_t slot = grid_slot(g, clamped(start_at))
        self.check_unread()
        if booking == NULL or slot < 0:
            return False
        if booking.grid1 == grid + 1 and booking.slot == g.base + slot:
            return True
        if g.taken[slot] == 0xFFFF:
            raise OverflowError(f"the slot at {start_at} of grid {grid} holds 65535 bookings")
        bookings_move(&self.grids, booking, <uint32_t>grid, <uint32_t>slot)
        return True

    def where(self, int64_t token):
        """The grid of a booking and when its slot begins; None where the token names none."""
        cdef Booking* booking = bookings_find(&self.grids, token)
        cdef Grid* g
        if booking == NULL:
            return None
        g = grids_at(&self.grids, booking.grid1 - 1)
        return booking.grid1 - 1, grid_start(g, booking.slot - g.base)

    # ---- snapshots

    def snapshot_nbytes(self):
        """How many bytes a snapshot taken now would have."""
        return image_nbytes(&self.grids)

    def snapshot(self):
        """All grids and bookings as bytes; equal contents give equal bytes."""
        cdef char* out
        self.readers += 1
        try:
            image = PyBytes_FromStringAndSize(NULL, image_nbytes(&self.grids))
            out = PyBytes_AS_STRING(image)
            with nogil:
                image_write(&self.grids, out)
        finally:
            self.readers -= 1
        return image

    @staticmethod
    def restore(snapshot):
        """The grids of a snapshot; ValueError for one that is damaged or not of this kind."""
        cdef SlotGrids found = SlotGrids()
        cdef const uint8_t[::1] data = memoryview(snapshot).cast("B")
        cdef const char* start = NULL
        cdef ImageError error
        cdef uint64_t nbytes = data.shape[0]
        if nbytes:
            start = <const char*>&data[0]
        with nogil:
            error = image_read(&found.grids, start, nbytes)
        if error == IMAGE_MEMORY:
            raise MemoryError("no memory for the grids of the snapshot")
        if error != IMAGE_OK:
            raise ValueError(f"not a snapshot of slot grids: {_WHY_NOT_RESTORED[error]}")
        return found

    cdef object read_handles(self, object handles):
        """An int64 array of its own, all of grids that are there."""
        cdef int64_t[::1] view
        cdef Py_ssize_t i
        listed = instants(handles, "grids", -1)
        view = listed
        for i in range(view.shape[0]):
            if not grids_has(&self.grids, view[i]):
                raise KeyError(f"there is no grid {view[i]}, given at {i}")
        return listed
