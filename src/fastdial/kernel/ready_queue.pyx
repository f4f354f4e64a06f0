# cython: language_level=3, embedsignature=False
"""Contacts that may be dialed now, in the order in which to dial them."""

from libc.stdint cimport UINT32_MAX, int32_t, int64_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memset

import numpy as np

from fastdial.kernel._entry cimport Entry, Order, ahead
from fastdial.kernel._lane cimport (
    ARITY,
    Lane,
    lane_append,
    lane_entry,
    lane_free,
    lane_refresh,
    lane_remove,
    lane_reserve,
    lane_settle,
    lane_size,
    lane_take_head,
    lane_unsort,
)
from fastdial.kernel._places cimport (
    mix64,
    places_erase,
    places_find,
    places_free,
    places_nbytes,
    places_reserve,
)
from fastdial.kernel._run cimport BUCKETS, Item, run_ends, run_sort_more

cdef uint64_t HELD = <uint64_t>1 << 63


cdef inline uint32_t class_of(uint64_t word) noexcept nogil:
    return <uint32_t>(word >> 32) & 0xFFFF


# The front: open lanes, the one with the best head first ---------------------------------------

cdef inline bint front_ahead(Queue* queue, uint32_t a, uint32_t b) noexcept nogil:
    return ahead(&queue.lanes[a].head, &queue.lanes[b].head, &queue.order)


cdef inline void front_set(Queue* queue, uint32_t at, uint32_t window_class) noexcept nogil:
    queue.front[at] = window_class
    queue.lanes[window_class].front_at = at + 1


cdef void front_sift(Queue* queue, uint32_t at, uint32_t window_class) noexcept nogil:
    """Puts a lane at its place, starting from `at`, which is free."""
    cdef uint32_t other
    while at > 0:
        other = (at - 1) >> 1
        if not front_ahead(queue, window_class, queue.front[other]):
            break
        front_set(queue, at, queue.front[other])
        at = other
    while True:
        other = 2 * at + 1
        if other >= queue.front_count:
            break
        if other + 1 < queue.front_count and front_ahead(
            queue, queue.front[other + 1], queue.front[other]
        ):
            other += 1
        if not front_ahead(queue, queue.front[other], window_class):
            break
        front_set(queue, at, queue.front[other])
        at = other
    front_set(queue, at, window_class)


cdef void front_leave(Queue* queue, uint32_t window_class) noexcept nogil:
    cdef uint32_t at = queue.lanes[window_class].front_at
    if at == 0:
        return
    queue.lanes[window_class].front_at = 0
    queue.front_count -= 1
    if at - 1 != queue.front_count:
        front_sift(queue, at - 1, queue.front[queue.front_count])


cdef inline void queue_mark(Queue* queue, uint32_t window_class) noexcept nogil:
    """Says that the head of a lane may have changed."""
    cdef Lane* lane = &queue.lanes[window_class]
    if lane.is_open and not lane.is_dirty:
        lane.is_dirty = True
        queue.dirty[queue.dirty_count] = window_class
        queue.dirty_count += 1


cdef int queue_look(Queue* queue) noexcept nogil:
    """Brings the front up to date; what could not be for lack of memory stays to be done."""
    cdef uint32_t window_class
    cdef Lane* lane
    cdef int found
    while queue.dirty_count:
        window_class = queue.dirty[queue.dirty_count - 1]
        lane = &queue.lanes[window_class]
        found = 0
        if lane.is_open:
            found = lane_refresh(lane, &queue.places, &queue.order)
            if found < 0:
                return NO_MEMORY
        queue.dirty_count -= 1
        lane.is_dirty = False
        if not found:
            front_leave(queue, window_class)
        elif lane.front_at:
            front_sift(queue, lane.front_at - 1, window_class)
        else:
            queue.front_count += 1
            front_sift(queue, queue.front_count - 1, window_class)
    return 0


# The queue --------------------------------------------------------------------------------------

cdef int queue_init(Queue* queue) noexcept nogil:
    """Prepares a zeroed struct: class 0 is open, order is oldest first."""
    if queue_reserve_class(queue, 0) < 0:
        return NO_MEMORY
    queue_open(queue, 0)
    return 0


cdef void queue_free(Queue* queue) noexcept nogil:
    cdef uint32_t window_class
    for window_class in range(queue.lane_count):
        lane_free(&queue.lanes[window_class])
    free(queue.lanes)
    free(queue.front)
    free(queue.dirty)
    places_free(&queue.places)
    memset(queue, 0, sizeof(Queue))


cdef int queue_reserve_class(Queue* queue, uint32_t window_class) noexcept nogil:
    """Makes sure that a window class (below MAX_CLASSES) has its lane."""
    cdef uint32_t count, at
    cdef void* grown
    if window_class < queue.lane_count:
        return 0
    count = min(<uint32_t>MAX_CLASSES, max(window_class + 1, 2 * queue.lane_count))
    grown = realloc(queue.front, count * sizeof(uint32_t))
    if grown == NULL:
        return NO_MEMORY
    queue.front = <uint32_t*>grown
    grown = realloc(queue.dirty, count * sizeof(uint32_t))
    if grown == NULL:
        return NO_MEMORY
    queue.dirty = <uint32_t*>grown
    grown = realloc(queue.lanes, count * sizeof(Lane))
    if grown == NULL:
        return NO_MEMORY
    queue.lanes = <Lane*>grown
    memset(&queue.lanes[queue.lane_count], 0, (count - queue.lane_count) * sizeof(Lane))
    for at in range(queue.lane_count, count):
        queue.lanes[at].tag = HELD | <uint64_t>at << 32
    queue.lane_count = count
    return 0


cdef int queue_push(
    Queue* queue, int64_t id, int32_t priority, int64_t rank, uint32_t window_class
) noexcept nogil:
    """Adds a contact with id >= 0 and window_class < MAX_CLASSES."""
    if places_find(&queue.places, id) != NULL:
        return PRESENT_ALREADY
    if queue_reserve_class(queue, window_class) < 0:
        return NO_MEMORY
    if queue.next_sequence == UINT32_MAX and queue_renumber(queue) < 0:
        return NO_MEMORY
    return push_new(queue, id, priority, rank, window_class, queue.count + 1)


cdef inline int push_new(
    Queue* queue,
    int64_t id,
    int32_t priority,
    int64_t rank,
    uint32_t window_class,
    uint64_t expected,
) noexcept nogil:
    cdef Lane* lane = &queue.lanes[window_class]
    cdef Entry entry
    if lane.count >= lane.room and lane_reserve(lane, 1) < 0:
        return NO_MEMORY
    if places_reserve(&queue.places, id, expected) < 0:
        return NO_MEMORY
    entry.id = id
    entry.priority_key = ~priority
    entry.rank_key = ~rank if queue.order.newest else rank
    entry.sequence = queue.next_sequence
    queue.next_sequence += 1
    lane_append(lane, &entry, &queue.places)
    queue.count += 1
    queue.ready += lane.is_open
    queue_mark(queue, window_class)
    return 0


cdef void queue_undo(Queue* queue, uint32_t first_sequence) noexcept nogil:
    """Takes back the pushes from `first_sequence` on; nothing has looked at the queue since."""
    cdef uint32_t window_class
    cdef Lane* lane
    for window_class in range(queue.lane_count):
        lane = &queue.lanes[window_class]
        while lane.count and lane.heap[lane.count - 1].sequence >= first_sequence:
            queue_remove(queue, lane.heap[lane.count - 1].id)
    queue.next_sequence = first_sequence


cdef struct Batch:
    Py_ssize_t count
    const int64_t* ids
    const int32_t* priorities   # NULL: all 0, as in the two below
    const int64_t* ranks
    const int32_t* classes
    int status
    Py_ssize_t at               # the row at fault
    int64_t wrong               # its value


cdef enum:
    BAD_ID = -4
    BAD_CLASS = -5
    LARGE = 4096            # rows of a batch for which room is made in advance


cdef void batch_make_room(Queue* queue, const Batch* batch) noexcept nogil:
    """Gives each lane its room in one step; a hint, as each push looks for room itself."""
    cdef uint32_t* counts
    cdef Py_ssize_t i
    cdef uint32_t window_class
    if batch.classes == NULL:
        lane_reserve(&queue.lanes[0], <uint64_t>batch.count)
        return
    counts = <uint32_t*>calloc(MAX_CLASSES, sizeof(uint32_t))
    if counts == NULL:
        return
    for i in range(batch.count):
        if 0 <= batch.classes[i] < MAX_CLASSES:
            counts[batch.classes[i]] += 1
    for window_class in range(MAX_CLASSES):
        if counts[window_class] and queue_reserve_class(queue, window_class) == 0:
            lane_reserve(&queue.lanes[window_class], counts[window_class])
    free(counts)


cdef void queue_push_batch(Queue* queue, Batch* batch) noexcept nogil:
    """Pushes a batch; what went wrong, if anything, stands in it, and then nothing was pushed.

    Each value is read once, as another thread may write into the arrays meanwhile.
    """
    cdef Py_ssize_t i
    cdef int64_t id, window_class = 0
    cdef uint32_t first_sequence
    cdef uint64_t expected = queue.count + <uint64_t>batch.count
    batch.status = 0
    if <uint64_t>queue.next_sequence + batch.count > UINT32_MAX and (
        expected > UINT32_MAX or queue_renumber(queue) < 0
    ):
        batch.status = NO_MEMORY
        return
    first_sequence = queue.next_sequence
    if batch.count >= LARGE:
        batch_make_room(queue, batch)
    for i in range(batch.count):
        batch.at = i
        id = batch.wrong = batch.ids[i]
        if batch.classes != NULL:
            window_class = batch.classes[i]
        if id < 0:
            batch.status = BAD_ID
        elif not 0 <= window_class < MAX_CLASSES:
            batch.status = BAD_CLASS
            batch.wrong = window_class
        elif queue_reserve_class(queue, <uint32_t>window_class) < 0:
            batch.status = NO_MEMORY
        elif places_find(&queue.places, id) != NULL:
            batch.status = PRESENT_ALREADY
        else:
            batch.status = push_new(
                queue,
                id,
                0 if batch.priorities == NULL else batch.priorities[i],
                0 if batch.ranks == NULL else batch.ranks[i],
                <uint32_t>window_class,
                expected,
            )
        if batch.status < 0:
            queue_undo(queue, first_sequence)
            return


cdef bint queue_remove(Queue* queue, int64_t id) noexcept nogil:
    """Removes a contact; False: it is not there."""
    cdef uint64_t* word = places_find(&queue.places, id)
    cdef uint32_t window_class
    cdef Lane* lane
    if word == NULL:
        return False
    window_class = class_of(word[0])
    lane = &queue.lanes[window_class]
    lane_remove(lane, word[0], &queue.places, &queue.order)
    places_erase(&queue.places, id)
    queue.count -= 1
    queue.ready -= lane.is_open
    queue_mark(queue, window_class)
    return True


cdef int queue_set_priority(Queue* queue, int64_t id, int32_t priority) noexcept nogil:
    """Changes the priority of a contact that is there; its place among equals stays."""
    cdef uint64_t word = places_find(&queue.places, id)[0]
    cdef Lane* lane = &queue.lanes[class_of(word)]
    cdef Entry entry = lane_entry(lane, word)[0]
    if lane_reserve(lane, 1) < 0:
        return NO_MEMORY
    lane_remove(lane, word, &queue.places, &queue.order)
    entry.priority_key = ~priority
    lane_append(lane, &entry, &queue.places)
    queue_mark(queue, class_of(word))
    return 0


cdef void queue_open(Queue* queue, uint32_t window_class) noexcept nogil:
    """Opens a class that has its lane."""
    cdef Lane* lane = &queue.lanes[window_class]
    if not lane.is_open:
        lane.is_open = True
        queue.ready += lane_size(lane)
        queue_mark(queue, window_class)


cdef void queue_close(Queue* queue, uint32_t window_class) noexcept nogil:
    """Closes a class that has its lane."""
    cdef Lane* lane = &queue.lanes[window_class]
    if lane.is_open:
        lane.is_open = False
        queue.ready -= lane_size(lane)
        front_leave(queue, window_class)


cdef int64_t queue_peek(Queue* queue) noexcept nogil:
    """The best contact in the open classes, NOTHING or NO_MEMORY."""
    if queue_look(queue) < 0:
        return NO_MEMORY
    return queue.lanes[queue.front[0]].head.id if queue.front_count else NOTHING


cdef int64_t queue_pop(Queue* queue) noexcept nogil:
    """Takes the best contact in the open classes; else NOTHING or NO_MEMORY."""
    cdef Lane* lane
    cdef int64_t id
    if queue_look(queue) < 0:
        return NO_MEMORY
    if queue.front_count == 0:
        return NOTHING
    lane = &queue.lanes[queue.front[0]]
    id = lane.head.id
    lane_take_head(lane, &queue.places, &queue.order)
    places_erase(&queue.places, id)
    queue.count -= 1
    queue.ready -= 1
    queue_mark(queue, queue.front[0])
    return id


cdef int queue_reorder(Queue* queue, Order order) noexcept nogil:
    """Puts the same contacts in another order."""
    cdef uint32_t window_class, at
    cdef Lane* lane
    for window_class in range(queue.lane_count):
        lane = &queue.lanes[window_class]
        if lane_reserve(lane, lane.run.live) < 0:
            return NO_MEMORY
    for window_class in range(queue.lane_count):
        lane = &queue.lanes[window_class]
        lane_unsort(lane, &queue.places)
        if order.newest != queue.order.newest:
            for at in range(lane.count):
                lane.heap[at].rank_key = ~lane.heap[at].rank_key
        # The front was ordered by the old rule: it is built anew at the next look.
        lane.front_at = 0
        queue_mark(queue, window_class)
    queue.front_count = 0
    queue.order = order
    return 0


# All of it, in some order -----------------------------------------------------------------------

cdef struct Listed:
    Entry* entry
    uint32_t sequence
    uint32_t window_class


cdef Listed* queue_listed(Queue* queue) noexcept nogil:
    """All entries in order of sequence (a radix sort), to be freed by the caller; NULL: no memory.
    """
    cdef Listed* listed = <Listed*>malloc((queue.count + 1) * sizeof(Listed))
    cdef Listed* sorted = <Listed*>malloc((queue.count + 1) * sizeof(Listed))
    cdef uint64_t[2049] bounds
    cdef uint64_t at, count = 0
    cdef uint32_t window_class, digit
    cdef int shift
    cdef Lane* lane
    if listed == NULL or sorted == NULL:
        free(listed)
        free(sorted)
        return NULL
    for window_class in range(queue.lane_count):
        lane = &queue.lanes[window_class]
        for at in range(lane.count):
            listed[count].entry = &lane.heap[at]
            listed[count].window_class = window_class
            count += 1
        for at in range(lane.run.count):
            if lane.run.log[at].id >= 0:
                listed[count].entry = &lane.run.log[at]
                listed[count].window_class = window_class
                count += 1
    for at in range(count):
        listed[at].sequence = listed[at].entry.sequence
    for shift in range(0, 33, 11):
        memset(bounds, 0, sizeof(bounds))
        for at in range(count):
            bounds[((listed[at].sequence >> shift) & 2047) + 1] += 1
        for digit in range(2048):
            bounds[digit + 1] += bounds[digit]
        for at in range(count):
            digit = (listed[at].sequence >> shift) & 2047
            sorted[bounds[digit]] = listed[at]
            bounds[digit] += 1
        listed, sorted = sorted, listed
    free(sorted)
    return listed


cdef int queue_renumber(Queue* queue) noexcept nogil:
    """Numbers all entries from 0 on in the same sequence, once in four thousand million pushes."""
    cdef Listed* listed
    cdef uint64_t at
    cdef uint32_t window_class
    for window_class in range(queue.lane_count):
        # Entries that were removed from a run keep old numbers: no run, no such entries.
        if lane_unsort(&queue.lanes[window_class], &queue.places) < 0:
            return NO_MEMORY
        queue_mark(queue, window_class)
    listed = queue_listed(queue)
    if listed == NULL:
        return NO_MEMORY
    for at in range(queue.count):
        listed[at].entry.sequence = <uint32_t>at
    queue.next_sequence = <uint32_t>queue.count
    free(listed)
    return 0


cdef struct Cursor:
    Entry entry
    uint32_t window_class
    uint32_t at             # in the heap, or how far ahead in the run
    bint in_run


cdef struct Cursors:
    Cursor* items           # a binary heap
    size_t count
    size_t room


cdef int cursors_add(Cursors* cursors, const Cursor* cursor, const Order* order) noexcept nogil:
    cdef size_t at = cursors.count, parent
    cdef Cursor* grown
    if at == cursors.room:
        grown = <Cursor*>realloc(cursors.items, (2 * at + 16) * sizeof(Cursor))
        if grown == NULL:
            return NO_MEMORY
        cursors.items = grown
        cursors.room = 2 * at + 16
    cursors.count += 1
    while at > 0:
        parent = (at - 1) >> 1
        if not ahead(&cursor.entry, &cursors.items[parent].entry, order):
            break
        cursors.items[at] = cursors.items[parent]
        at = parent
    cursors.items[at] = cursor[0]
    return 0


cdef Cursor cursors_take(Cursors* cursors, const Order* order) noexcept nogil:
    cdef Cursor best = cursors.items[0]
    cdef Cursor last
    cdef size_t at = 0, child
    cursors.count -= 1
    last = cursors.items[cursors.count]
    while True:
        child = 2 * at + 1
        if child >= cursors.count:
            break
        if child + 1 < cursors.count and ahead(
            &cursors.items[child + 1].entry, &cursors.items[child].entry, order
        ):
            child += 1
        if not ahead(&cursors.items[child].entry, &last.entry, order):
            break
        cursors.items[at] = cursors.items[child]
        at = child
    cursors.items[at] = last
    return best


cdef int cursors_add_heap(
    Cursors* cursors, Queue* queue, uint32_t window_class, uint32_t at
) noexcept nogil:
    cdef Cursor cursor
    cursor.entry = queue.lanes[window_class].heap[at]
    cursor.window_class = window_class
    cursor.at = at
    cursor.in_run = False
    return cursors_add(cursors, &cursor, &queue.order)


cdef int cursors_add_run(
    Cursors* cursors, Queue* queue, uint32_t window_class, uint32_t ahead_by
) noexcept nogil:
    """Adds the first entry of a run that is so many items ahead of its next one, or more."""
    cdef Lane* lane = &queue.lanes[window_class]
    cdef Entry* entry
    cdef Cursor cursor
    while not run_ends(&lane.run, ahead_by):
        if lane.run.item_at + ahead_by >= lane.run.sorted_end:
            if run_sort_more(&lane.run, &queue.order) < 0:
                return NO_MEMORY
            continue
        entry = &lane.run.log[lane.run.items[lane.run.item_at + ahead_by].at]
        if entry.id >= 0:
            cursor.entry = entry[0]
            cursor.window_class = window_class
            cursor.at = ahead_by
            cursor.in_run = True
            return cursors_add(cursors, &cursor, &queue.order)
        ahead_by += 1
    return 0


cdef int queue_first(
    Queue* queue, bint open_only, int64_t* ids, uint64_t count, uint64_t* found
) noexcept nogil:
    """Writes the first `count` ids in order, and how many there were; takes nothing."""
    cdef Cursors cursors
    cdef Cursor best
    cdef Lane* lane
    cdef uint64_t child
    cdef uint32_t window_class
    cdef int status = 0
    memset(&cursors, 0, sizeof(Cursors))
    found[0] = 0
    for window_class in range(queue.lane_count):
        lane = &queue.lanes[window_class]
        if not (lane.is_open or not open_only):
            continue
        lane_settle(lane, &queue.places, &queue.order)
        queue_mark(queue, window_class)
        if status == 0 and lane.heaped:
            status = cursors_add_heap(&cursors, queue, window_class, 0)
        if status == 0:
            status = cursors_add_run(&cursors, queue, window_class, 0)
    while status == 0 and cursors.count and found[0] < count:
        best = cursors_take(&cursors, &queue.order)
        ids[found[0]] = best.entry.id
        found[0] += 1
        lane = &queue.lanes[best.window_class]
        if best.in_run:
            status = cursors_add_run(&cursors, queue, best.window_class, best.at + 1)
            continue
        child = <uint64_t>best.at * ARITY + 1
        while status == 0 and child < min(<uint64_t>best.at * ARITY + 1 + ARITY, lane.heaped):
            status = cursors_add_heap(&cursors, queue, best.window_class, <uint32_t>child)
            child += 1
    free(cursors.items)
    return status


# Python's side ----------------------------------------------------------------------------------

ORDERS = ("oldest", "newest", "random", "column")


cdef Order make_order(str name, object seed):
    cdef Order order
    if name not in ORDERS:
        raise ValueError(f"order is {name!r}; it can be one of {', '.join(ORDERS)}")
    if not 0 <= seed < 2**64:
        raise ValueError(f"seed is {seed}; it can be 0 to 2**64 - 1")
    order.newest = name == "newest"
    order.shuffled = name == "random"
    # Mixed once more, so that neighbouring seeds do not give related permutations.
    order.salt = mix64(<uint64_t>seed + <uint64_t>0x9E3779B97F4A7C15)
    return order


cdef int refuse_id(int64_t id) except -1:
    raise ValueError(f"id is {id}; an id can be 0 to 2**63 - 1")


cdef int refuse_class(object window_class) except -1:
    raise ValueError(
        f"window_class is {window_class}; a window class can be 0 to {MAX_CLASSES - 1}"
    )


cdef int refuse_present(int64_t id) except -1:
    raise ValueError(f"id {id} is in the queue already; remove it first, or set its priority")


cdef object to_python(int64_t id):
    if id == NO_MEMORY:
        raise MemoryError
    return None if id < 0 else id


def _column(name, values, dtype, length=None):
    """A whole column as a contiguous array of `dtype`, or an error that names it."""
    array = np.asarray(values)
    if array.ndim != 1:
        raise ValueError(f"{name} has {array.ndim} dimensions; it must have one")
    if length is not None and len(array) != length:
        raise ValueError(f"{name} has {len(array)} values for {length} ids; give one for each id")
    if array.dtype.kind not in "iu" and len(array):
        raise TypeError(f"{name} is of type {array.dtype}; it must hold whole numbers")
    if not np.can_cast(array.dtype, dtype, "safe") and len(array):
        limits = np.iinfo(dtype)
        low, high = int(array.min()), int(array.max())
        if low < limits.min or high > limits.max:
            wrong = low if low < limits.min else high
            raise OverflowError(f"{name} has {wrong}; it can be {limits.min} to {limits.max}")
    return np.ascontiguousarray(array, dtype=dtype)


cdef class ReadyQueue:
    """Contacts that may be dialed now, in the order in which to dial them.

    See docs/kernel/ready_queue.md for what the orders mean and what operations cost.
    """

    def __cinit__(self):
        if queue_init(&self.queue) < 0:
            raise MemoryError

    def __init__(self, str order="oldest", *, seed=0):
        if self.queue.count:
            raise RuntimeError("this queue is in use; say reorder() to change its order")
        self.queue.order = make_order(order, seed)
        self.order_name = order
        self.seed_value = int(seed)

    def __dealloc__(self):
        queue_free(&self.queue)

    cdef int begin(self) except -1:
        """Refuses a second thread while the first works on this queue without the GIL."""
        if self.busy:
            raise RuntimeError("another thread is in a batch method of this queue; use a lock")
        return 0

    @property
    def order(self):
        return self.order_name

    @property
    def seed(self):
        return self.seed_value

    @property
    def ready(self):
        return self.queue.ready

    @property
    def nbytes(self):
        cdef uint32_t at
        cdef size_t total = places_nbytes(&self.queue.places)
        self.begin()
        for at in range(self.queue.lane_count):
            total += <size_t>self.queue.lanes[at].room * sizeof(Entry)
            total += <size_t>self.queue.lanes[at].run.count * sizeof(Entry)
            total += <size_t>self.queue.lanes[at].run.item_end * sizeof(Item)
            total += <size_t>self.queue.lanes[at].run.cut_room * sizeof(uint32_t)
            if self.queue.lanes[at].run.histogram != NULL:
                total += BUCKETS * sizeof(uint32_t)
        return total + self.queue.lane_count * (sizeof(Lane) + 2 * sizeof(uint32_t))

    def __sizeof__(self):
        return object.__sizeof__(self) + self.nbytes

    def __len__(self):
        return self.queue.count

    def __contains__(self, int64_t id):
        self.begin()
        return id >= 0 and places_find(&self.queue.places, id) != NULL

    def __iter__(self):
        return iter(self.first(self.queue.ready).tolist())

    def reorder(self, str order, *, seed=0):
        cdef Order fresh = make_order(order, seed)
        self.begin()
        if queue_reorder(&self.queue, fresh) < 0:
            raise MemoryError
        self.order_name = order
        self.seed_value = int(seed)

    def push(
        self,
        int64_t id,
        *,
        int32_t priority=0,
        int64_t rank=0,
        int64_t window_class=0,
    ):
        cdef int status
        self.begin()
        if id < 0:
            refuse_id(id)
        if not 0 <= window_class < MAX_CLASSES:
            refuse_class(window_class)
        status = queue_push(&self.queue, id, priority, rank, <uint32_t>window_class)
        if status == PRESENT_ALREADY:
            refuse_present(id)
        elif status < 0:
            raise MemoryError

    def push_many(self, ids, *, priorities=None, ranks=None, window_classes=None):
        ids = _column("ids", ids, np.int64)
        cdef Py_ssize_t count = len(ids)
        cdef const int64_t[::1] id_view = ids
        cdef const int32_t[::1] priority_view = None
        cdef const int64_t[::1] rank_view = None
        cdef const int32_t[::1] class_view = None
        if priorities is not None:
            priority_view = _column("priorities", priorities, np.int32, count)
        if ranks is not None:
            rank_view = _column("ranks", ranks, np.int64, count)
        if window_classes is not None:
            class_view = _column("window_classes", window_classes, np.int32, count)
        self.begin()
        if count == 0:
            return
        cdef Batch batch
        batch.count = count
        batch.ids = &id_view[0]
        batch.priorities = NULL if priorities is None else &priority_view[0]
        batch.ranks = NULL if ranks is None else &rank_view[0]
        batch.classes = NULL if window_classes is None else &class_view[0]
        self.busy = True
        with nogil:
            queue_push_batch(&self.queue, &batch)
        self.busy = False
        if batch.status == NO_MEMORY:
            raise MemoryError
        if batch.status == PRESENT_ALREADY:
            raise ValueError(
                f"ids[{batch.at}] is {batch.wrong}, which is in the queue already or twice in ids;"
                " nothing was pushed"
            )
        if batch.status == BAD_ID:
            raise ValueError(
                f"ids[{batch.at}] is {batch.wrong}; an id can be 0 to 2**63 - 1;"
                " nothing was pushed"
            )
        if batch.status == BAD_CLASS:
            raise ValueError(
                f"window_classes[{batch.at}] is {batch.wrong}; a window class can be"
                f" 0 to {MAX_CLASSES - 1}; nothing was pushed"
            )

    cpdef remove(self, int64_t id):
        self.begin()
        return id >= 0 and queue_remove(&self.queue, id)

    def set_priority(self, int64_t id, int32_t priority):
        self.begin()
        if id < 0 or places_find(&self.queue.places, id) == NULL:
            raise KeyError(f"id {id} is not in the queue")
        if queue_set_priority(&self.queue, id, priority) < 0:
            raise MemoryError

    cpdef peek(self):
        self.begin()
        return to_python(queue_peek(&self.queue))

    def pop(self):
        self.begin()
        # The answer is made first: for want of memory for it, a contact must not be lost.
        best = to_python(queue_peek(&self.queue))
        if best is not None:
            queue_pop(&self.queue)
        return best

    def pop_many(self, count):
        if count < 0:
            raise ValueError(f"count is {count}; it can be 0 or more")
        self.begin()
        cdef Py_ssize_t taken = min(count, self.queue.ready)
        cdef Py_ssize_t at = 0
        ids = np.empty(taken, dtype=np.int64)
        cdef int64_t[::1] view = ids
        self.busy = True
        with nogil:
            while at < taken:
                view[at] = queue_pop(&self.queue)
                if view[at] < 0:
                    break
                at += 1
        self.busy = False
        # Without memory for more, what was taken so far must not be lost.
        if at == 0 and taken:
            raise MemoryError
        return ids if at == taken else ids[:at]

    def first(self, count, *, bint open_only=True):
        if count < 0:
            raise ValueError(f"count is {count}; it can be 0 or more")
        self.begin()
        cdef uint64_t found = min(
            count, self.queue.ready if open_only else self.queue.count
        )
        ids = np.empty(found + 1, dtype=np.int64)
        cdef int64_t[::1] view = ids
        if queue_first(&self.queue, open_only, &view[0], found, &found) < 0:
            raise MemoryError
        return ids[:found].copy() if found < len(ids) // 2 else ids[:found]

    def open_class(self, int64_t window_class):
        self.begin()
        if not 0 <= window_class < MAX_CLASSES:
            refuse_class(window_class)
        if queue_reserve_class(&self.queue, <uint32_t>window_class) < 0:
            raise MemoryError
        queue_open(&self.queue, <uint32_t>window_class)

    def close_class(self, int64_t window_class):
        self.begin()
        if not 0 <= window_class < MAX_CLASSES:
            refuse_class(window_class)
        if window_class < self.queue.lane_count:
            queue_close(&self.queue, <uint32_t>window_class)

    def is_open(self, int64_t window_class):
        self.begin()
        if not 0 <= window_class < MAX_CLASSES:
            refuse_class(window_class)
        return (
            window_class < self.queue.lane_count
            and self.queue.lanes[window_class].is_open
        )

    def class_size(self, int64_t window_class):
        """How many contacts of a window class are in the queue, whether it is open or not."""
        self.begin()
        if not 0 <= window_class < MAX_CLASSES:
            refuse_class(window_class)
        if window_class >= self.queue.lane_count:
            return 0
        return lane_size(&self.queue.lanes[window_class])

    def _skip_sequence(self, uint32_t left):
        """For tests: leaves so many sequence numbers before entries are numbered anew."""
        self.begin()
        self.queue.next_sequence = max(self.queue.next_sequence, UINT32_MAX - left)

    def entries(self):
        self.begin()
        cdef Py_ssize_t count = <Py_ssize_t>self.queue.count
        cdef Py_ssize_t at
        ids = np.empty(count, dtype=np.int64)
        priorities = np.empty(count, dtype=np.int32)
        ranks = np.empty(count, dtype=np.int64)
        window_classes = np.empty(count, dtype=np.int32)
        cdef int64_t[::1] id_view = ids
        cdef int32_t[::1] priority_view = priorities
        cdef int64_t[::1] rank_view = ranks
        cdef int32_t[::1] class_view = window_classes
        cdef Listed* listed = queue_listed(&self.queue)
        cdef Entry* entry
        if listed == NULL:
            raise MemoryError
        for at in range(count):
            entry = listed[at].entry
            id_view[at] = entry.id
            priority_view[at] = ~entry.priority_key
            rank_view[at] = ~entry.rank_key if self.queue.order.newest else entry.rank_key
            class_view[at] = <int32_t>listed[at].window_class
        free(listed)
        return ids, priorities, ranks, window_classes
