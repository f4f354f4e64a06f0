# cython: language_level=3
"""The pending events of a simulation: by id, in exact order of time and then of scheduling.

A heap with four children to each entry (D. B. Johnson, "Priority queues with update and finding
minimum spanning trees", Information Processing Letters 4, 1975), and the place of every id, so that
what is cancelled is gone at once. A simulation pops an event and schedules what follows from it:
popping leaves a hole at the top, which the next event scheduled fills on its way down, so that the
two cost one way through the heap instead of two.

Times are doubles in any unit, compared by their bits together with the sequence as one number of
128 bits: the way down then has no branch that depends on chance.
"""

cimport cython
from libc.math cimport isfinite
from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.stdlib cimport free, qsort, realloc
from libc.string cimport memcpy, memset

import numpy as np

cdef extern from *:
    # Cython knows no 128-bit numbers; the C compiler does, and C's rules hold for what it sees.
    ctypedef unsigned long long uint128 "unsigned __int128"

cdef enum:
    CHILDREN = 4

cdef uint64_t SIGN = <uint64_t> 1 << 63
cdef uint64_t LAST = <uint64_t> -1
cdef uint64_t SEQUENCE_MAX = (<uint64_t> 1 << 64 - ID_BITS) - 1

ID_MAX = EVENT_IDS - 1


# ---- order -----------------------------------------------------------------------------------

cdef inline uint64_t key_of(double at) noexcept nogil:
    """Unsigned order of keys is the order of times; -0.0 is the same time as 0.0."""
    cdef uint64_t bits
    at += 0.0
    memcpy(&bits, &at, sizeof(bits))
    return ~bits if bits & SIGN else bits | SIGN


cdef inline double time_of(uint64_t key) noexcept nogil:
    cdef uint64_t bits = key ^ SIGN if key & SIGN else ~key
    cdef double at
    memcpy(&at, &bits, sizeof(at))
    return at


cdef inline uint128 rank_of(const Event* event) noexcept nogil:
    return (<uint128> event.key << 64) | event.tie


cdef inline bint before(const Event* a, const Event* b) noexcept nogil:
    return rank_of(a) < rank_of(b)


cdef int by_rank(const void* a, const void* b) noexcept nogil:
    return -1 if before(<const Event*> a, <const Event*> b) else 1


cdef inline uint32_t id_of(const Event* event) noexcept nogil:
    return <uint32_t> (event.tie & (EVENT_IDS - 1))


cdef inline size_t first_child(const Event* heap, size_t place) noexcept nogil:
    """The place of the earliest of four children, which all exist or close the end."""
    cdef size_t first = CHILDREN * place + 1
    cdef size_t low = first + <size_t> before(&heap[first + 1], &heap[first])
    cdef size_t high = first + 2 + <size_t> before(&heap[first + 3], &heap[first + 2])
    # no branch: the answer is chance
    return low + (high - low) * <size_t> before(&heap[high], &heap[low])


# ---- the heap --------------------------------------------------------------------------------

cdef inline void put(Events* events, size_t place, const Event* event) noexcept nogil:
    events.heap[place] = event[0]
    events.places[id_of(event)] = <uint32_t> place + 1


cdef inline void close_end(Events* events) noexcept nogil:
    """Called after each change of length by one: four closing entries follow the last one."""
    events.heap[events.length].key = LAST
    events.heap[events.length].tie = LAST
    events.heap[events.length + CHILDREN - 1].key = LAST
    events.heap[events.length + CHILDREN - 1].tie = LAST


cdef inline void sink(Events* events, size_t place, Event event) noexcept nogil:
    """Put an event at a place, or as far below as it belongs."""
    cdef size_t child
    while CHILDREN * place + 1 < events.length:
        child = first_child(events.heap, place)
        if not before(&events.heap[child], &event):
            break
        put(events, place, &events.heap[child])
        place = child
    put(events, place, &event)


cdef void rise(Events* events, size_t place, Event event) noexcept nogil:
    """Put an event at a place, or as far above as it belongs."""
    cdef size_t parent
    while place > 0:
        parent = (place - 1) // CHILDREN
        if not before(&event, &events.heap[parent]):
            break
        put(events, place, &events.heap[parent])
        place = parent
    put(events, place, &event)


cdef void drop(Events* events, size_t place) noexcept nogil:
    """Close the gap at a place with the last event."""
    cdef Event last = events.heap[events.length - 1]
    events.length -= 1
    close_end(events)
    if place == events.length:
        return
    if place > 0 and before(&last, &events.heap[(place - 1) // CHILDREN]):
        rise(events, place, last)
    else:
        sink(events, place, last)


cdef inline void settle(Events* events) noexcept nogil:
    if events.hole:
        events.hole = False
        drop(events, 0)


cdef int events_reserve(Events* events, size_t ids, size_t count) noexcept nogil:
    """Take memory for ids below `ids`, of which `count` are pending at once."""
    cdef void* grown
    if ids > events.ids:
        grown = realloc(events.places, ids * sizeof(uint32_t))
        if grown == NULL:
            return -1
        events.places = <uint32_t*> grown
        memset(&events.places[events.ids], 0, (ids - events.ids) * sizeof(uint32_t))
        events.ids = ids
    if count > events.room:
        grown = realloc(events.heap, (count + CHILDREN) * sizeof(Event))
        if grown == NULL:
            return -1
        events.heap = <Event*> grown
        if events.room == 0:
            memset(events.heap, 0xFF, CHILDREN * sizeof(Event))
        events.room = count
    return 0


cdef void events_close(Events* events) noexcept nogil:
    free(events.heap)
    free(events.places)
    memset(events, 0, sizeof(Events))


cdef int grow(Events* events, uint32_t id) noexcept nogil:
    cdef size_t ids = events.ids
    cdef size_t room = events.room
    if id >= ids:
        ids = max(<size_t> id + 1, min(2 * ids, <size_t> EVENT_IDS))
    if events.length == room:
        room = 2 * room + CHILDREN
    return events_reserve(events, ids, room)


cdef void renumber(Events* events) noexcept nogil:
    """Sequences from 1 on again, in the same order; a sorted heap is a heap."""
    cdef size_t place
    settle(events)
    qsort(events.heap, events.length, sizeof(Event), by_rank)
    for place in range(events.length):
        events.heap[place].tie = (place + 1) << ID_BITS | id_of(&events.heap[place])
        events.places[id_of(&events.heap[place])] = <uint32_t> place + 1
    events.sequence = events.length


cdef int events_schedule(Events* events, uint32_t id, double at) noexcept nogil:
    """Schedule an id, or reschedule it as the last of that time."""
    cdef Event event
    cdef size_t place
    if id >= events.ids or (events.length == events.room and not events.hole):
        if grow(events, id):
            return -1
    if events.sequence == SEQUENCE_MAX:
        renumber(events)
    events.sequence += 1
    event.key = key_of(at)
    event.tie = events.sequence << ID_BITS | id
    if events.places[id] != 0:
        settle(events)
        place = events.places[id] - 1
        if event.key < events.heap[place].key:
            rise(events, place, event)
        else:
            sink(events, place, event)
    elif events.hole:
        events.hole = False
        sink(events, 0, event)
    else:
        events.length += 1
        close_end(events)
        rise(events, events.length - 1, event)
    return 0


cdef bint events_cancel(Events* events, uint32_t id) noexcept nogil:
    if id >= events.ids or events.places[id] == 0:
        return False
    settle(events)
    drop(events, events.places[id] - 1)
    events.places[id] = 0
    return True


cdef bint events_find(Events* events, uint32_t id, double* at) noexcept nogil:
    if id >= events.ids or events.places[id] == 0:
        return False
    at[0] = time_of(events.heap[events.places[id] - 1].key)
    return True


cdef bint events_peek(Events* events, uint32_t* id, double* at) noexcept nogil:
    settle(events)
    if events.length == 0:
        return False
    id[0] = id_of(&events.heap[0])
    at[0] = time_of(events.heap[0].key)
    return True


cdef bint events_pop(Events* events, uint32_t* id, double* at) noexcept nogil:
    settle(events)
    if events.length == 0:
        return False
    id[0] = id_of(&events.heap[0])
    at[0] = time_of(events.heap[0].key)
    events.places[id[0]] = 0
    events.hole = True
    return True


cdef size_t events_until(Events* events, double until) noexcept nogil:
    """How many are due up to and with a time; O(n), and O(1) for none."""
    cdef uint64_t key = key_of(until)
    cdef size_t place, count = 0
    settle(events)
    if events.length == 0 or events.heap[0].key > key:
        return 0
    for place in range(events.length):
        count += events.heap[place].key <= key
    return count


cdef size_t events_count(const Events* events) noexcept nogil:
    return events.length - <size_t> events.hole


cdef size_t events_nbytes(const Events* events) noexcept nogil:
    cdef size_t heap = (events.room + CHILDREN) * sizeof(Event) if events.room else 0
    return heap + events.ids * sizeof(uint32_t)


# ---- the Python face -------------------------------------------------------------------------

cdef inline uint32_t to_id(object value) except? 0:
    cdef object id
    try:
        # Cython's own conversion would cut a float down to an integer without a word.
        id = value.__index__()
    except AttributeError:
        raise TypeError(f"id is {value!r}; it must be an integer") from None
    if not 0 <= id < EVENT_IDS:
        raise ValueError(f"id is {id}; it can be 0 to {EVENT_IDS - 1}")
    return id


cdef inline double to_time(object value, str name) except? -1.0:
    cdef double at
    try:
        at = value
    except TypeError:
        raise TypeError(f"{name} is {value!r}; it must be a number") from None
    if not isfinite(at):
        raise ValueError(f"{name} is {at}; it must be finite")
    return at


cdef object to_columns(object ids, object at):
    """Both as contiguous arrays of their own, checked."""
    cdef object id_column = np.asarray(ids)
    cdef object at_column = np.asarray(at)
    if id_column.dtype.kind not in "iu" and id_column.size:     # an empty list comes as floats
        raise TypeError(f"ids has dtype {id_column.dtype}; give integers")
    if at_column.dtype.kind not in "iuf":
        raise TypeError(f"at has dtype {at_column.dtype}; give numbers")
    if id_column.ndim != 1:
        raise ValueError(f"ids has {id_column.ndim} dimensions; give it as one column")
    if at_column.ndim == 0:
        at_column = np.full(id_column.shape, at_column)
    if at_column.shape != id_column.shape:
        raise ValueError(
            f"ids has shape {id_column.shape} and at {at_column.shape}; give as many of both"
        )
    # Copies: another thread may write to what was given, after it was checked.
    id_column = np.array(id_column, np.int64 if id_column.dtype.kind == "i" else np.uint64)
    at_column = np.array(at_column, np.float64)
    bad = np.flatnonzero((id_column < 0) | (id_column >= EVENT_IDS))
    if bad.size:
        raise ValueError(
            f"ids[{bad[0]}] is {id_column[bad[0]]}; it can be 0 to {EVENT_IDS - 1}"
        )
    bad = np.flatnonzero(~np.isfinite(at_column))
    if bad.size:
        raise ValueError(f"at[{bad[0]}] is {at_column[bad[0]]}; it must be finite")
    return id_column.astype(np.int64), at_column


@cython.final
cdef class EventList:
    """Pending events by id, popped in exact order of time and then of scheduling.

    Ids are integers from 0 to 16,777,215, best dense: the list holds 4 bytes for each id up to the
    highest. An id has one pending event at most; scheduled again, it moves. Times are finite
    numbers in any unit, and may lie anywhere, also before those already popped.

    While a bulk method runs without the GIL, any other use of the same object, from another
    thread, raises RuntimeError. Different objects can be used by different threads at once.
    """

    def __dealloc__(self):
        events_close(&self.events)

    cdef int check_free(self) except -1:
        if self.busy:
            raise RuntimeError("this EventList is in use by another thread; give each its own")
        return 0

    def schedule(self, id, at):
        """Schedule `id` for the time `at`, or reschedule it as the last of that time. O(log n).

        Raises ValueError for an id out of range or a time that is not finite, TypeError for what
        is no number.
        """
        cdef uint32_t id_ = to_id(id)
        cdef double at_ = to_time(at, "at")
        self.check_free()
        if events_schedule(&self.events, id_, at_):
            raise MemoryError(f"no memory for event {id} beside {events_count(&self.events)}")

    def schedule_many(self, ids, at):
        """As `schedule` for each in turn: all of them, or on an error none.

        `ids`: integers, shape (n,). `at`: times, shape (n,), or one for all.
        """
        cdef const int64_t[::1] ids_
        cdef const double[::1] at_
        cdef size_t row, count, ids_count = 0
        cdef int failed
        ids_, at_ = to_columns(ids, at)
        count = ids_.shape[0]
        if count == 0:
            return
        for row in range(count):
            ids_count = max(ids_count, <size_t> ids_[row] + 1)
        self.check_free()
        self.busy = True
        with nogil:
            ids_count = max(ids_count, self.events.ids)
            # no more can be pending than there are ids
            failed = events_reserve(
                &self.events, ids_count, min(ids_count, self.events.length + count)
            )
            if not failed:
                for row in range(count):
                    events_schedule(&self.events, <uint32_t> ids_[row], at_[row])
        self.busy = False
        if failed:
            raise MemoryError(f"no memory for {count} events")

    def cancel(self, id):
        """Forget the event of `id`; False if it has none. O(log n)."""
        cdef uint32_t id_ = to_id(id)
        self.check_free()
        return events_cancel(&self.events, id_)

    def time_of(self, id):
        """When the event of `id` is, or None if it has none. O(1)."""
        cdef uint32_t id_ = to_id(id)
        cdef double at
        self.check_free()
        return at if events_find(&self.events, id_, &at) else None

    def peek(self):
        """The (id, time) of the first event, or None."""
        cdef uint32_t id
        cdef double at
        self.check_free()
        return (id, at) if events_peek(&self.events, &id, &at) else None

    def pop(self):
        """Take the first event: its (id, time), or None if there is none. O(log n)."""
        cdef uint32_t id
        cdef double at
        cdef object first
        self.check_free()
        if not events_peek(&self.events, &id, &at):
            return None
        # The answer is made first: for want of memory for it, an event must not be lost.
        first = (id, at)
        events_pop(&self.events, &id, &at)
        return first

    def pop_until(self, until):
        """Take all events up to and with a time, in order: ids and times, each of shape (n,)."""
        cdef double until_ = to_time(until, "until")
        cdef int64_t[::1] ids
        cdef double[::1] times
        cdef size_t count, row
        cdef uint32_t id = 0
        self.check_free()
        self.busy = True
        try:
            with nogil:
                count = events_until(&self.events, until_)
            # Memory is taken before anything is popped, so that nothing is lost for want of it.
            found = (np.empty(count, np.int64), np.empty(count, np.float64))
            ids, times = found
            with nogil:
                for row in range(count):
                    events_pop(&self.events, &id, &times[row])
                    ids[row] = id
        finally:
            self.busy = False
        return found

    @property
    def nbytes(self):
        """Bytes of C memory held beside the object itself."""
        self.check_free()
        return events_nbytes(&self.events)

    def __contains__(self, id):
        return self.time_of(id) is not None

    def __len__(self):
        return events_count(&self.events)

    def __sizeof__(self):
        self.check_free()
        return object.__sizeof__(self) + events_nbytes(&self.events)
