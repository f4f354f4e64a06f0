# cython: language_level=3
"""The contacts of one window class, best first: a lane of the ready queue.

New entries wait unsorted in the *tail*. When somebody looks at the lane, a short tail is sifted
into the *heap* in front of it in the same array; a long one becomes, with all else that the lane
holds, a *run*, which is sorted as far as somebody looks. Either is the cheaper by far for what it
takes: single pushes between pops, and loads.

Where each entry is stands in `Places` as tag | turn | position. The turn is one bit, and says in
which of its two arrays: when the tail's array becomes the run's, the lane's own turn changes, and
all places are right without being written again.
"""

from libc.stdint cimport UINT32_MAX, uint32_t, uint64_t

from fastdial.kernel._array cimport array_free, array_grow
from fastdial.kernel._entry cimport Entry, Order, ahead
from fastdial.kernel._hints cimport prefetch
from fastdial.kernel._places cimport Places, places_hint, places_put
from fastdial.kernel._run cimport PREFETCH, Run, run_free, run_head, run_start

cdef struct Lane:
    Entry* heap             # ordered as a heap up to `heaped`, then the tail
    uint32_t heaped
    uint32_t count          # entries in heap and tail
    uint32_t room           # for how many entries it has memory, which is
    bint mapped             # or is not
    Run run
    Entry head              # the best entry, as of the last queue_look()
    bint head_in_run
    bint is_open
    bint is_dirty           # waits in Queue.dirty
    uint32_t front_at       # 1 + place in Queue.front, 0 when not there
    uint64_t tag            # HELD, the window class, and the turn of heap and tail

cdef enum:
    ARITY = 4
    MIN_RUN = 256           # a tail shorter than this is always sifted into the heap
    RUN_SHARE = 8           # a tail of at least 1/8 of the rest makes a new run


cdef inline uint64_t turn() noexcept nogil:
    return <uint64_t>1 << 62


# The heap ---------------------------------------------------------------------------------------

cdef inline void lane_set(
    Lane* lane, uint32_t at, const Entry* entry, Places* places
) noexcept nogil:
    lane.heap[at] = entry[0]
    places_put(places, entry.id, lane.tag | at)


cdef inline void lane_sift_up(
    Lane* lane, uint32_t at, Entry entry, Places* places, const Order* order
) noexcept nogil:
    cdef uint32_t parent
    while at > 0:
        parent = (at - 1) // ARITY
        if not ahead(&entry, &lane.heap[parent], order):
            break
        lane_set(lane, at, &lane.heap[parent], places)
        at = parent
    lane_set(lane, at, &entry, places)


cdef inline void lane_sift_down(
    Lane* lane, uint32_t at, Entry entry, Places* places, const Order* order
) noexcept nogil:
    cdef uint64_t child, best, last
    while True:
        best = <uint64_t>at * ARITY + 1
        if best >= lane.heaped:
            break
        last = min(best + ARITY, <uint64_t>lane.heaped)
        for child in range(best + 1, last):
            if ahead(&lane.heap[child], &lane.heap[best], order):
                best = child
        if not ahead(&lane.heap[best], &entry, order):
            break
        lane_set(lane, at, &lane.heap[best], places)
        at = <uint32_t>best
    lane_set(lane, at, &entry, places)


cdef inline void lane_take_heap(
    Lane* lane, uint32_t at, Places* places, const Order* order
) noexcept nogil:
    """Takes one entry out of the heap or the tail; its word is left to the caller."""
    cdef Entry last
    cdef uint32_t hole = at
    if at < lane.heaped:
        lane.heaped -= 1
        hole = lane.heaped
        if at != hole:
            last = lane.heap[hole]
            if at > 0 and ahead(&last, &lane.heap[(at - 1) // ARITY], order):
                lane_sift_up(lane, at, last, places, order)
            else:
                lane_sift_down(lane, at, last, places, order)
    lane.count -= 1
    if hole != lane.count:
        lane_set(lane, hole, &lane.heap[lane.count], places)


# The lane ---------------------------------------------------------------------------------------

cdef inline int lane_reserve(Lane* lane, uint64_t extra) noexcept nogil:
    """Makes room for `extra` more entries in the tail; -1: no memory, or too many for a lane."""
    cdef uint64_t room = <uint64_t>lane.count + extra
    cdef Entry* grown
    if room <= lane.room:
        return 0
    if room >= UINT32_MAX:
        return -1
    room = min(<uint64_t>UINT32_MAX, max(room, <uint64_t>lane.room * 2, <uint64_t>4))
    grown = <Entry*>array_grow(
        lane.heap, lane.room * sizeof(Entry), room * sizeof(Entry), True, &lane.mapped
    )
    if grown == NULL:
        return -1
    lane.heap = grown
    lane.room = <uint32_t>room
    return 0


cdef inline void lane_append(Lane* lane, const Entry* entry, Places* places) noexcept nogil:
    """Adds an entry to the tail; lane_reserve() and places_reserve() have made room for it."""
    lane_set(lane, lane.count, entry, places)
    lane.count += 1


cdef inline bint in_run(const Lane* lane, uint64_t word) noexcept nogil:
    return (word ^ lane.tag) & turn() != 0


cdef inline int lane_unsort(Lane* lane, Places* places) noexcept nogil:
    """Makes everything tail; -1 leaves the lane as it was: no memory."""
    cdef uint32_t at
    if lane.run.live and lane_reserve(lane, lane.run.live) < 0:
        return -1
    for at in range(lane.run.count if lane.run.live else 0):
        # The log still holds entries that were taken since, or pushed again elsewhere.
        if lane.run.log[at].id >= 0:
            lane_append(lane, &lane.run.log[at], places)
    run_free(&lane.run)
    lane.heaped = 0
    return 0


cdef inline int lane_make_run(Lane* lane, Places* places, const Order* order) noexcept nogil:
    """Turns heap, tail and what is left of the run into a new run; -1: no memory."""
    if lane_unsort(lane, places) < 0:
        return -1
    if run_start(&lane.run, lane.heap, lane.count, order) < 0:
        return -1
    lane.run.room = lane.room
    lane.run.mapped = lane.mapped
    lane.mapped = False
    lane.heap = NULL
    lane.count = lane.room = 0
    lane.tag ^= turn()
    return 0


cdef inline void lane_settle(Lane* lane, Places* places, const Order* order) noexcept nogil:
    """Leaves no tail, so that the best entry is the head of the run or of the heap."""
    cdef uint64_t tail = lane.count - lane.heaped
    if tail >= MIN_RUN and tail * RUN_SHARE >= <uint64_t>lane.heaped + lane.run.live:
        if lane_make_run(lane, places, order) == 0:
            return
    while lane.heaped < lane.count:
        lane.heaped += 1
        lane_sift_up(lane, lane.heaped - 1, lane.heap[lane.heaped - 1], places, order)


cdef inline int lane_refresh(Lane* lane, Places* places, const Order* order) noexcept nogil:
    """Finds the lane's head: 1, there is one; 0, the lane is empty; -1, no memory."""
    cdef Entry* head
    lane_settle(lane, places, order)
    if lane.run.live == 0:
        if lane.run.log != NULL:
            run_free(&lane.run)
        if lane.heaped == 0:
            return 0
        lane.head_in_run = False
        lane.head = lane.heap[0]
        return 1
    if run_head(&lane.run, order) < 0:
        return -1
    head = &lane.run.log[lane.run.items[lane.run.item_at].at]
    lane.head_in_run = lane.heaped == 0 or ahead(head, &lane.heap[0], order)
    lane.head = head[0] if lane.head_in_run else lane.heap[0]
    return 1


cdef inline void lane_take_head(Lane* lane, Places* places, const Order* order) noexcept nogil:
    """Takes what lane_refresh() found; its word is left to the caller."""
    cdef Entry* entry
    if lane.head_in_run:
        entry = &lane.run.log[lane.run.items[lane.run.item_at].at]
        entry.id = ~entry.id
        if lane.run.item_at + PREFETCH < lane.run.item_end:
            entry = &lane.run.log[lane.run.items[lane.run.item_at + PREFETCH].at]
            prefetch(places_hint(places, entry.id))
        lane.run.item_at += 1
        lane.run.live -= 1
    else:
        lane_take_heap(lane, 0, places, order)


cdef inline Entry* lane_entry(Lane* lane, uint64_t word) noexcept nogil:
    """The entry that a word of this lane points to."""
    return &(lane.run.log if in_run(lane, word) else lane.heap)[<uint32_t>word]


cdef inline void lane_remove(
    Lane* lane, uint64_t word, Places* places, const Order* order
) noexcept nogil:
    """Takes out the entry that a word points to; the word itself is left to the caller."""
    if in_run(lane, word):
        lane.run.log[<uint32_t>word].id = ~lane.run.log[<uint32_t>word].id
        lane.run.live -= 1
    else:
        lane_take_heap(lane, <uint32_t>word, places, order)


cdef inline void lane_free(Lane* lane) noexcept nogil:
    run_free(&lane.run)
    array_free(lane.heap, lane.room * sizeof(Entry), lane.mapped)
    lane.mapped = False
    lane.heap = NULL
    lane.heaped = lane.count = lane.room = 0


cdef inline uint32_t lane_size(const Lane* lane) noexcept nogil:
    return lane.count + lane.run.live
