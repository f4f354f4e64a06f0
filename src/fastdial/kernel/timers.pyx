# cython: language_level=3
"""What becomes due when: millions of pending timers, in exact order of time and then of scheduling.

A radix heap with a small heap in front of it. Every key (a time) up to the
*horizon* lies in a 4-ary heap; every later one in one of 8 x 256 unordered runs, chosen by the
highest byte in which it differs from the horizon and by the value of that byte. When the heap is
empty, the first run is opened: a small one becomes the heap, a large one is distributed over lower
levels. So an entry moves at most once for each byte of its key, all moves are sequential, and the
heap stays small enough for the first-level cache.

Cancelling leaves a stale entry behind, known by its sequence; the entry at the top of the heap is
never stale, and stale entries are swept out before they outnumber the live ones.

The radix heap is that of R. K. Ahuja, K. Mehlhorn, J. B. Orlin and R. E. Tarjan, "Faster
algorithms for the shortest path problem", J. ACM 37 (1990). There keys may never fall below the
last one taken; here the heap takes those that do.
"""

cimport cython
from cpython.buffer cimport PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer
from libc.stdint cimport int64_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, realloc

from fastdial.kernel._integers cimport to_int64

import numpy as np

cdef extern from *:
    int count_leading_zeros "__builtin_clzll"(unsigned long long) noexcept nogil
    int count_trailing_zeros "__builtin_ctzll"(unsigned long long) noexcept nogil
    void prefetch "__builtin_prefetch"(const void*) noexcept nogil

cdef enum:
    SMALL = 256                     # entries that become the heap without being distributed
    REBASE_MIN = 2048
    STALE_MIN = 1024
    SLOTS_MIN = 64
    KEPT_CAPACITY = 8               # an emptied run of at most this many entries keeps its memory

cdef uint64_t SIGN = 1ULL << 63
cdef object EMPTY = np.empty
cdef object INT64 = np.dtype(np.int64)


# ---- slots: id -> (key, sequence) -------------------------------------------------------------

cdef inline size_t home_of(TimerSet* timers, int64_t id) noexcept nogil:
    cdef uint64_t mixed = <uint64_t> id                     # as in splitmix64
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL
    return <size_t> (mixed ^ (mixed >> 31)) & (timers.slot_count - 1)


cdef inline TimerSlot* slot_of(TimerSet* timers, int64_t id) noexcept nogil:
    """The slot of `id`, or the free one where it would be put."""
    cdef size_t mask = timers.slot_count - 1
    cdef size_t at = home_of(timers, id)
    while timers.slots[at].sequence != 0 and timers.slots[at].id != id:
        at = (at + 1) & mask
    return &timers.slots[at]


cdef int slots_reserve(TimerSet* timers, size_t live) noexcept nogil:
    """Make room for `live` ids at no more than 5/8 full; -1 and nothing changed without memory."""
    cdef TimerSlot* old = timers.slots
    cdef TimerSlot* slots
    cdef size_t old_count = timers.slot_count
    cdef size_t count = old_count
    cdef size_t at
    if live > (<size_t> 1 << 57):
        return -1
    while live > count // 8 * 5:
        count *= 2
    if count == old_count:
        return 0
    slots = <TimerSlot*> calloc(count, sizeof(TimerSlot))
    if slots == NULL:
        return -1
    timers.slots = slots
    timers.slot_count = count
    for at in range(old_count):
        if old[at].sequence != 0:
            slot_of(timers, old[at].id)[0] = old[at]
    free(old)
    return 0


cdef void slot_remove(TimerSet* timers, TimerSlot* slot) noexcept nogil:
    # Closes the gap, so that no tombstones are needed: an entry moves back into it unless that
    # would put it before its home.
    cdef size_t mask = timers.slot_count - 1
    cdef size_t gap = slot - timers.slots
    cdef size_t at = gap
    cdef size_t home
    while True:
        at = (at + 1) & mask
        if timers.slots[at].sequence == 0:
            break
        home = home_of(timers, timers.slots[at].id)
        if ((at - home) & mask) >= ((at - gap) & mask):
            timers.slots[gap] = timers.slots[at]
            gap = at
    timers.slots[gap].sequence = 0


cdef inline bint is_stale(TimerSet* timers, TimerEntry* entry) noexcept nogil:
    return slot_of(timers, entry.id).sequence != entry.sequence


# ---- runs ------------------------------------------------------------------------------------

cdef int run_reserve(TimerRun* run, size_t more) noexcept nogil:
    cdef size_t capacity = run.capacity
    cdef TimerEntry* entries
    if run.length + more <= capacity:
        return 0
    capacity = capacity + capacity // 2 if capacity else 4
    if capacity < run.length + more:
        capacity = run.length + more
    if capacity > (<size_t> -1) // sizeof(TimerEntry):
        return -1
    entries = <TimerEntry*> realloc(run.entries, capacity * sizeof(TimerEntry))
    if entries == NULL:
        return -1
    run.entries = entries
    run.capacity = capacity
    return 0


cdef inline void run_empty(TimerRun* run) noexcept nogil:
    run.length = 0
    if run.capacity > KEPT_CAPACITY:
        free(run.entries)
        run.entries = NULL
        run.capacity = 0


cdef inline void mark(TimerSet* timers, size_t index) noexcept nogil:
    timers.occupied[index >> 6] |= 1ULL << (index & 63)


cdef inline void unmark(TimerSet* timers, size_t index) noexcept nogil:
    timers.occupied[index >> 6] &= ~(1ULL << (index & 63))


cdef inline size_t run_index(uint64_t key, uint64_t horizon) noexcept nogil:
    cdef int level
    if key <= horizon:
        return NEAR
    level = (63 - count_leading_zeros(key ^ horizon)) >> 3
    return <size_t> (level * DIGITS) + <size_t> ((key >> (8 * level)) & (DIGITS - 1))


cdef inline size_t first_run(TimerSet* timers) noexcept nogil:
    """The lowest index of a run with entries: the one whose times come first; NEAR for none."""
    cdef size_t word
    for word in range(WORDS):
        if timers.occupied[word]:
            return word * 64 + <size_t> count_trailing_zeros(timers.occupied[word])
    return NEAR


# ---- the heap: runs[NEAR], four children to an entry ------------------------------------------

cdef inline bint comes_before(const TimerEntry* a, const TimerEntry* b) noexcept nogil:
    return a.key < b.key or (a.key == b.key and a.sequence < b.sequence)


cdef void sift_up(TimerEntry* heap, size_t at) noexcept nogil:
    cdef TimerEntry entry = heap[at]
    cdef size_t parent
    while at > 0:
        parent = (at - 1) >> 2
        if not comes_before(&entry, &heap[parent]):
            break
        heap[at] = heap[parent]
        at = parent
    heap[at] = entry


cdef void sift_down(TimerEntry* heap, size_t length, size_t at) noexcept nogil:
    cdef TimerEntry entry = heap[at]
    cdef size_t child, best, end
    while True:
        best = 4 * at + 1
        if best >= length:
            break
        end = best + 4 if best + 4 < length else length
        for child in range(best + 1, end):
            if comes_before(&heap[child], &heap[best]):
                best = child
        if not comes_before(&heap[best], &entry):
            break
        heap[at] = heap[best]
        at = best
    heap[at] = entry


cdef void heapify(TimerRun* run) noexcept nogil:
    cdef size_t at
    if run.length > 1:
        at = ((run.length - 2) >> 2) + 1
        while at > 0:
            at -= 1
            sift_down(run.entries, run.length, at)


cdef inline void heap_remove_first(TimerSet* timers) noexcept nogil:
    cdef TimerRun* heap = &timers.runs[NEAR]
    heap.length -= 1
    timers.stored -= 1
    if heap.length:
        heap.entries[0] = heap.entries[heap.length]
        sift_down(heap.entries, heap.length, 0)


# ---- moving entries between runs --------------------------------------------------------------

cdef inline void append(TimerSet* timers, size_t index, const TimerEntry* entry) noexcept nogil:
    cdef TimerRun* run = &timers.runs[index]
    run.entries[run.length] = entry[0]
    run.length += 1
    if index < NEAR:
        mark(timers, index)
    else:
        sift_up(run.entries, run.length - 1)


cdef int reserve_targets(
    TimerSet* timers, const TimerRun* source, size_t extra_index, size_t extra
) noexcept nogil:
    """Room for all of `source` where it belongs, and for `extra` more in one run; -1 without."""
    cdef size_t counts[NEAR + 1]
    cdef size_t at, index
    for index in range(NEAR + 1):
        counts[index] = 0
    counts[extra_index] = extra
    for at in range(source.length):
        counts[run_index(source.entries[at].key, timers.horizon)] += 1
    for index in range(NEAR + 1):
        if counts[index] and run_reserve(&timers.runs[index], counts[index]):
            return -1
    return 0


cdef void move_to_targets(TimerSet* timers, const TimerRun* source) noexcept nogil:
    # `source` may be the heap's own memory, once the heap's length is 0: it is written no
    # further than it was read.
    cdef size_t at, index
    for at in range(source.length):
        index = run_index(source.entries[at].key, timers.horizon)
        append(timers, index, &source.entries[at])


cdef void set_rebase_at(TimerSet* timers) noexcept nogil:
    # A rebase may touch every entry; it is tried only after a sixteenth as many were added.
    timers.rebase_at = timers.stored // 16
    if timers.rebase_at < 2 * timers.runs[NEAR].length:
        timers.rebase_at = 2 * timers.runs[NEAR].length
    if timers.rebase_at < REBASE_MIN:
        timers.rebase_at = REBASE_MIN


cdef void open_first_run(TimerSet* timers) noexcept nogil:
    """Fill the empty heap from the first run. Never fails: memory only makes it faster."""
    cdef size_t index = first_run(timers)
    cdef TimerRun* heap = &timers.runs[NEAR]
    cdef TimerRun run = timers.runs[index]
    cdef TimerRun emptied
    cdef uint64_t horizon = timers.horizon
    cdef uint64_t low, high
    cdef size_t at
    low = high = run.entries[0].key
    for at in range(run.length):
        if run.entries[at].key < low:
            low = run.entries[at].key
        elif run.entries[at].key > high:
            high = run.entries[at].key
    if run.length > SMALL and low < high:
        # Relative to the lowest key every entry of this run belongs to a lower level.
        timers.horizon = low
        if reserve_targets(timers, &run, NEAR, 0) == 0:
            move_to_targets(timers, &run)
            run_empty(&timers.runs[index])
            unmark(timers, index)
            set_rebase_at(timers)
            return
        timers.horizon = horizon
    emptied = heap[0]
    heap[0] = run
    emptied.length = 0
    timers.runs[index] = emptied
    run_empty(&timers.runs[index])
    unmark(timers, index)
    timers.horizon = high
    heapify(heap)
    for at in range(heap.length if heap.length < SMALL else SMALL):
        prefetch(&timers.slots[home_of(timers, heap.entries[at].id)])
    set_rebase_at(timers)


cdef void settle(TimerSet* timers) noexcept nogil:
    """Bring a live entry to the top of the heap, if there is one anywhere."""
    cdef TimerRun* heap = &timers.runs[NEAR]
    while True:
        while heap.length and is_stale(timers, &heap.entries[0]):
            heap_remove_first(timers)
        if heap.length:
            return
        if timers.stored == 0:
            timers.horizon = 0
            return
        open_first_run(timers)


cdef void rebase(TimerSet* timers) noexcept nogil:
    """Lower the horizon to the first key, so that a heap grown large becomes small again."""
    cdef TimerRun* heap = &timers.runs[NEAR]
    cdef TimerRun entries
    cdef uint64_t before = timers.horizon
    cdef uint64_t low = heap.entries[0].key
    cdef size_t meeting, index, displaced = 0
    timers.rebase_at = 2 * heap.length
    if low == before:
        return
    # The entries beyond the old horizon that differ from it only below the byte in which the two
    # horizons part have that byte in common: seen from the new horizon they meet in one run.
    meeting = run_index(before, low)
    for index in range(meeting // DIGITS * DIGITS):
        displaced += timers.runs[index].length
    timers.horizon = low
    if reserve_targets(timers, heap, meeting, displaced):
        timers.horizon = before
        return
    for index in range(meeting // DIGITS * DIGITS):
        if timers.runs[index].length:
            move_to_targets(timers, &timers.runs[index])
            timers.runs[index].length = 0       # what was reserved there stays for the heap's
            unmark(timers, index)
    entries = heap[0]
    heap.length = 0
    move_to_targets(timers, &entries)
    for index in range(meeting // DIGITS * DIGITS):
        if timers.runs[index].length == 0:
            run_empty(&timers.runs[index])
    set_rebase_at(timers)


cdef void sweep(TimerSet* timers) noexcept nogil:
    """Remove every stale entry."""
    cdef TimerRun* run
    cdef size_t index, at, kept
    timers.stored = 0
    for index in range(NEAR + 1):
        run = &timers.runs[index]
        if run.length == 0:
            continue
        kept = 0
        for at in range(run.length):
            if not is_stale(timers, &run.entries[at]):
                run.entries[kept] = run.entries[at]
                kept += 1
        run.length = kept
        timers.stored += kept
        if index == NEAR:
            heapify(run)
        elif kept == 0:
            run_empty(run)
            unmark(timers, index)


cdef inline void tidy(TimerSet* timers) noexcept nogil:
    """Restore what holds between calls, after ids other than the first were touched too."""
    if timers.stored - timers.live > timers.live + STALE_MIN:
        sweep(timers)
    if timers.runs[NEAR].length >= timers.rebase_at:
        rebase(timers)


# ---- the C face ------------------------------------------------------------------------------

cdef int timers_open(TimerSet* timers) noexcept nogil:
    """Make zeroed memory an empty set; -1 without memory."""
    timers.slots = <TimerSlot*> calloc(SLOTS_MIN, sizeof(TimerSlot))
    if timers.slots == NULL:
        return -1
    timers.slot_count = SLOTS_MIN
    timers.rebase_at = REBASE_MIN
    return 0


cdef void timers_close(TimerSet* timers) noexcept nogil:
    cdef size_t index
    for index in range(NEAR + 1):
        free(timers.runs[index].entries)
    free(timers.slots)


cdef int timers_schedule(TimerSet* timers, int64_t id, int64_t due_at) noexcept nogil:
    """Schedule, or reschedule as the last of its time; -1 and nothing changed without memory."""
    cdef TimerEntry entry
    cdef TimerSlot* slot
    cdef size_t index
    cdef bint new
    entry.key = <uint64_t> due_at ^ SIGN
    entry.sequence = timers.sequence + 1
    entry.id = id
    index = run_index(entry.key, timers.horizon)
    if slots_reserve(timers, timers.live + 1) or run_reserve(&timers.runs[index], 1):
        return -1
    slot = slot_of(timers, id)
    new = slot.sequence == 0
    slot.id = id
    slot.key = entry.key
    slot.sequence = entry.sequence
    timers.sequence = entry.sequence
    timers.stored += 1
    append(timers, index, &entry)
    if new:
        timers.live += 1
    if not new or timers.live == 1:
        settle(timers)
    tidy(timers)
    return 0


cdef int timers_schedule_many(
    TimerSet* timers, const int64_t* ids, const int64_t* due_at, size_t count
) noexcept nogil:
    """As timers_schedule for each in turn; -1 and nothing changed without memory."""
    cdef TimerRun added
    cdef TimerSlot* slot
    cdef size_t at
    if count == 0:
        return 0
    if count > (<size_t> -1) // sizeof(TimerEntry) or slots_reserve(timers, timers.live + count):
        return -1
    added.entries = <TimerEntry*> malloc(count * sizeof(TimerEntry))
    added.length = added.capacity = count
    if added.entries == NULL:
        return -1
    for at in range(count):
        added.entries[at].key = <uint64_t> due_at[at] ^ SIGN
        added.entries[at].sequence = timers.sequence + 1 + at
        added.entries[at].id = ids[at]
    if reserve_targets(timers, &added, NEAR, 0):
        free(added.entries)
        return -1
    for at in range(count):
        if at + 16 < count:
            prefetch(&timers.slots[home_of(timers, added.entries[at + 16].id)])
        # not from the array again: another thread may have written to it
        slot = slot_of(timers, added.entries[at].id)
        if slot.sequence == 0:
            timers.live += 1
        slot.id = added.entries[at].id
        slot.key = added.entries[at].key
        slot.sequence = added.entries[at].sequence
    move_to_targets(timers, &added)
    free(added.entries)
    timers.sequence += count
    timers.stored += count
    settle(timers)
    tidy(timers)
    return 0


cdef bint timers_cancel(TimerSet* timers, int64_t id) noexcept nogil:
    cdef TimerSlot* slot = slot_of(timers, id)
    if slot.sequence == 0:
        return False
    slot_remove(timers, slot)
    timers.live -= 1
    if timers.runs[NEAR].entries[0].id == id:
        settle(timers)
    tidy(timers)
    return True


cdef bint timers_find(TimerSet* timers, int64_t id, int64_t* due_at) noexcept nogil:
    cdef TimerSlot* slot = slot_of(timers, id)
    due_at[0] = <int64_t> (slot.key ^ SIGN)
    return slot.sequence != 0


cdef bint timers_peek(TimerSet* timers, int64_t* id, int64_t* due_at) noexcept nogil:
    cdef TimerRun* heap = &timers.runs[NEAR]
    if heap.length == 0:
        return False
    id[0] = heap.entries[0].id
    due_at[0] = <int64_t> (heap.entries[0].key ^ SIGN)
    return True


cdef bint timers_pop(TimerSet* timers, int64_t now, int64_t* id) noexcept nogil:
    """Take the first timer if it is due at `now`."""
    cdef TimerRun* heap = &timers.runs[NEAR]
    if heap.length == 0 or heap.entries[0].key > (<uint64_t> now ^ SIGN):
        return False
    id[0] = heap.entries[0].id
    slot_remove(timers, slot_of(timers, id[0]))
    timers.live -= 1
    heap_remove_first(timers)
    settle(timers)
    return True


cdef size_t timers_pop_due(
    TimerSet* timers, int64_t now, int64_t* ids, size_t room
) noexcept nogil:
    """Take as many as are due at `now`, and at most `room`; returns how many."""
    cdef size_t count = 0
    while count < room and timers_pop(timers, now, &ids[count]):
        count += 1
    return count


cdef size_t timers_due_bound(TimerSet* timers, int64_t now) noexcept nogil:
    """No fewer than are due at `now`, and 0 if none is."""
    cdef uint64_t key = <uint64_t> now ^ SIGN
    cdef TimerRun* heap = &timers.runs[NEAR]
    cdef size_t index, last, bound
    if heap.length == 0 or heap.entries[0].key > key:
        return 0
    bound = heap.length
    last = run_index(key, timers.horizon)
    if last < NEAR:
        for index in range(last + 1):
            bound += timers.runs[index].length
    return bound if bound < timers.live else timers.live


cdef void timers_entries(
    TimerSet* timers, int64_t* ids, int64_t* due_at, uint64_t* sequences
) noexcept nogil:
    """Write `live` entries, in no order that means anything."""
    cdef size_t slot, at = 0
    for slot in range(timers.slot_count):
        if timers.slots[slot].sequence != 0:
            ids[at] = timers.slots[slot].id
            due_at[at] = <int64_t> (timers.slots[slot].key ^ SIGN)
            sequences[at] = timers.slots[slot].sequence
            at += 1


cdef size_t timers_nbytes(TimerSet* timers) noexcept nogil:
    cdef size_t index, entries = 0
    for index in range(NEAR + 1):
        entries += timers.runs[index].capacity
    return timers.slot_count * sizeof(TimerSlot) + entries * sizeof(TimerEntry)


# ---- the Python face -------------------------------------------------------------------------

cdef inline int64_t to_id(object value) except -1:
    cdef int64_t id = to_int64(value, "id")
    if id < 0:
        raise ValueError(f"id is {id}; it can be 0 to 2**63 - 1")
    return id


cdef object to_column(object values, str name):
    """`values` as a contiguous int64 array; a scalar stays one of no dimensions."""
    cdef object array = np.asarray(values)
    if array.size == 0:
        return np.zeros(0, np.int64)
    if array.ndim > 1:
        raise ValueError(f"{name} has {array.ndim} dimensions; give it as one column")
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} has dtype {array.dtype}; give integers")
    if array.dtype == np.uint64 and array.max() > np.iinfo(np.int64).max:
        raise OverflowError(f"{name} holds {array.max()}; it can go up to 2**63 - 1")
    return np.asarray(array, np.int64, order="C")


@cython.final
cdef class Timers:
    """What becomes due when, by id.

    Ids are integers from 0 to 2**63 - 1, times are int64 milliseconds since the epoch, UTC; a time
    may lie anywhere, also before the times already popped. Timers of the same time are popped in
    the order in which they were last scheduled.

    While a bulk method runs without the GIL, any other use of the same object, from another
    thread, raises RuntimeError. Different objects can be used by different threads at once.
    """

    def __cinit__(self):
        if timers_open(&self.timers):
            raise MemoryError

    def __dealloc__(self):
        timers_close(&self.timers)

    cdef int check_free(self) except -1:
        if self.busy:
            raise RuntimeError("these Timers are in use by another thread; give each its own")
        return 0

    cpdef schedule(self, id, due_at):
        """Schedule `id` for `due_at`, or reschedule it as the last of that time.

        Amortised O(1). Raises ValueError for a negative id, OverflowError outside int64, TypeError
        for what is no integer.
        """
        cdef int64_t id_ = to_id(id)
        cdef int64_t due_at_ = to_int64(due_at, "due_at")
        self.check_free()
        if timers_schedule(&self.timers, id_, due_at_):
            raise MemoryError(f"no memory for one more timer beside {self.timers.live}")

    def schedule_many(self, ids, due_at):
        """As `schedule` for each in turn: all of them, or on an error none.

        `ids`: integers, shape (n,). `due_at`: integers, shape (n,), or one for all.
        """
        cdef object ids_column = to_column(ids, "ids")
        cdef object due_column = to_column(due_at, "due_at")
        if ids_column.ndim == 0:
            raise ValueError("ids is a single number; give a column, or use schedule")
        if due_column.ndim == 0:
            due_column = np.full(ids_column.shape, due_column)
        if ids_column.shape != due_column.shape:
            raise ValueError(
                f"ids has {len(ids_column)} rows and due_at {len(due_column)}; give as many"
            )
        if ids_column.size and ids_column.min() < 0:
            row = int(ids_column.argmin())
            raise ValueError(f"ids[{row}] is {ids_column[row]}; it can be 0 to 2**63 - 1")
        cdef const int64_t[::1] ids_ = ids_column
        cdef const int64_t[::1] due_at_ = due_column
        cdef size_t count = ids_.shape[0]
        cdef int failed
        if count == 0:
            return
        self.check_free()
        self.busy = True
        with nogil:
            failed = timers_schedule_many(&self.timers, &ids_[0], &due_at_[0], count)
        self.busy = False
        if failed:
            raise MemoryError(f"no memory for {count} more timers beside {self.timers.live}")

    cpdef cancel(self, id):
        """Forget `id`; False if it was not pending. Amortised O(1)."""
        cdef int64_t id_ = to_id(id)
        self.check_free()
        return timers_cancel(&self.timers, id_)

    def due_at(self, id):
        """When `id` is due, or None if it is not pending."""
        cdef int64_t id_ = to_id(id)
        cdef int64_t due_at
        self.check_free()
        return due_at if timers_find(&self.timers, id_, &due_at) else None

    cpdef peek(self):
        """The (id, due_at) of the first, or None. O(1)."""
        cdef int64_t id, due_at
        self.check_free()
        return (id, due_at) if timers_peek(&self.timers, &id, &due_at) else None

    cpdef next_due(self):
        """When the first is due, or None. O(1)."""
        cdef int64_t id, due_at
        self.check_free()
        return due_at if timers_peek(&self.timers, &id, &due_at) else None

    cpdef bint is_due(self, int64_t now) except -1:
        """Whether the first is due at `now` (due_at <= now). O(1)."""
        cdef int64_t id, due_at
        self.check_free()
        return timers_peek(&self.timers, &id, &due_at) and due_at <= now

    def pop(self, now):
        """Take the first timer if it is due at `now` (due_at <= now) and return its id, or None."""
        cdef int64_t now_ = to_int64(now, "now")
        cdef int64_t id, due_at
        cdef object first
        self.check_free()
        if not timers_peek(&self.timers, &id, &due_at) or due_at > now_:
            return None
        # The answer is made first: for want of memory for it, a timer must not be lost.
        first = id
        timers_pop(&self.timers, now_, &id)
        return first

    def pop_due(self, now, limit=None):
        """Take all that are due at `now`, or the first `limit` of them, in order; shape (n,)."""
        cdef int64_t now_ = to_int64(now, "now")
        cdef Py_buffer ids
        cdef size_t room, count = 0
        if limit is not None and limit < 0:
            raise ValueError(f"limit is {limit}; it can be 0 or more, or None for all")
        self.check_free()
        self.busy = True
        try:
            room = timers_due_bound(&self.timers, now_)
            if limit is not None and limit < room:
                room = limit
            # Memory is taken before anything is popped, so that nothing is lost for want of it.
            popped = EMPTY(room, INT64)
            if room:
                PyObject_GetBuffer(popped, &ids, PyBUF_WRITABLE)
                with nogil:
                    count = timers_pop_due(&self.timers, now_, <int64_t*> ids.buf, room)
                PyBuffer_Release(&ids)
        finally:
            self.busy = False
        if count < room:
            popped.resize(count, refcheck=False)
        return popped

    def entries(self):
        """The pending (ids, due_at), each of shape (n,), in the order in which they were scheduled.

        Given to `schedule_many` of a new object they behave as here. O(n log n).
        """
        cdef int64_t[::1] ids
        cdef int64_t[::1] due_at
        cdef uint64_t[::1] sequences
        cdef size_t count
        self.check_free()
        self.busy = True
        try:
            count = self.timers.live
            ids = np.empty(count, np.int64)
            due_at = np.empty(count, np.int64)
            sequences = np.empty(count, np.uint64)
            if count:
                with nogil:
                    timers_entries(&self.timers, &ids[0], &due_at[0], &sequences[0])
        finally:
            self.busy = False
        order = np.argsort(sequences)
        return np.asarray(ids)[order], np.asarray(due_at)[order]

    @property
    def nbytes(self):
        """Bytes of C memory held beside the object itself."""
        self.check_free()
        return timers_nbytes(&self.timers)

    def __contains__(self, id):
        cdef int64_t id_ = to_id(id)
        self.check_free()
        return slot_of(&self.timers, id_).sequence != 0

    def __len__(self):
        return self.timers.live

    def __sizeof__(self):
        self.check_free()
        return object.__sizeof__(self) + timers_nbytes(&self.timers)
