# cython: language_level=3
"""The contacts of one window class, best first: a lane of the ready queue.

A lane has three parts. New entries wait unsorted in the *tail*. When somebody looks at the lane, a
short tail is sifted into the *heap* in front of it in the same array; a long one becomes, with all
else that the lane holds, the *run*: an array that is sorted from its front and no further than
somebody has looked. Unsorted stretches of the run are partitioned by the leading bits in which
their keys differ, as in a ladder queue (Tang, Goh, Thng, "Ladder queue: an O(1) priority queue
structure for large-scale discrete event simulation", ACM TOMACS 15(3), 2005), and the boundaries
are kept on a stack, as in incremental quicksort (Paredes, Navarro, "Optimal incremental sorting",
ALENEX 2006).

Every entry's place is written down in `Places` as tag | IN_RUN? | position, at every move.
"""

from libc.stdint cimport UINT32_MAX, int32_t, int64_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcpy

from fastdial.kernel._places cimport Places, mix64, places_erase, places_put

cdef struct Entry:
    int64_t rank_key        # the rank, so turned that smaller goes first
    int64_t id              # -1 where an entry of the run was removed
    uint32_t sequence
    int32_t priority_key    # ~priority: smaller goes first

cdef struct Order:
    bint newest             # rank_key is ~rank
    bint shuffled           # among equal ranks, by mix64(id ^ salt)
    uint64_t salt

cdef struct Lane:
    Entry* heap             # ordered as a heap up to `heaped`, then the tail
    uint32_t heaped
    uint32_t count          # entries in heap and tail
    uint32_t room
    Entry* run
    uint32_t run_at         # the first entry not yet taken
    uint32_t sorted_end     # the run is in order up to here
    uint32_t run_end
    uint32_t run_live       # entries of the run neither taken nor removed
    uint32_t* cuts          # ends of the run's unsorted stretches, the nearest last
    uint32_t cut_count
    uint32_t cut_room
    Entry head              # the best entry, as of the last queue_look()
    bint head_in_run
    bint is_open
    bint is_dirty           # waits in Queue.dirty
    uint32_t front_at       # 1 + place in Queue.front, 0 when not there
    uint64_t tag            # HELD and the window class

cdef enum:
    ARITY = 4
    LEAF = 24               # a stretch up to this long is sorted by insertion
    MAX_BUCKETS = 4096
    MIN_RUN = 256           # a tail shorter than this is always sifted into the heap
    RUN_SHARE = 8           # a tail of at least 1/8 of the rest makes a new run

cdef inline uint64_t in_run() noexcept nogil:
    return <uint64_t>1 << 62


cdef inline bint ahead(const Entry* a, const Entry* b, const Order* order) noexcept nogil:
    """Whether `a` goes before `b`; total, as sequence numbers are unique."""
    if a.priority_key != b.priority_key:
        return a.priority_key < b.priority_key
    if a.rank_key != b.rank_key:
        return a.rank_key < b.rank_key
    if order.shuffled and a.id != b.id:
        return mix64(<uint64_t>a.id ^ order.salt) < mix64(<uint64_t>b.id ^ order.salt)
    return a.sequence < b.sequence


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


# The run ----------------------------------------------------------------------------------------

cdef inline void lane_free_run(Lane* lane) noexcept nogil:
    free(lane.run)
    free(lane.cuts)
    lane.run = NULL
    lane.cuts = NULL
    lane.run_at = lane.sorted_end = lane.run_end = lane.run_live = 0
    lane.cut_count = lane.cut_room = 0


cdef inline void lane_place_run(
    Lane* lane, uint32_t start, uint32_t end, Places* places
) noexcept nogil:
    cdef uint32_t at
    for at in range(start, end):
        if lane.run[at].id >= 0:
            places_put(places, lane.run[at].id, lane.tag | in_run() | at)


cdef inline uint64_t sort_field(const Entry* entry, int field, uint64_t salt) noexcept nogil:
    """The fields of the order one after the other, as unsigned numbers."""
    if field == 0:
        return <uint64_t><int64_t>entry.priority_key ^ (<uint64_t>1 << 63)
    if field == 1:
        return <uint64_t>entry.rank_key ^ (<uint64_t>1 << 63)
    if field == 2:
        return mix64(<uint64_t>entry.id ^ salt)
    return entry.sequence


cdef inline void sort_insertion(Entry* entries, uint32_t count, const Order* order) noexcept nogil:
    cdef Entry entry
    cdef uint32_t i, j
    for i in range(1, count):
        entry = entries[i]
        j = i
        while j > 0 and ahead(&entry, &entries[j - 1], order):
            entries[j] = entries[j - 1]
            j -= 1
        entries[j] = entry


cdef inline void sort_sift(
    Entry* entries, uint32_t at, uint32_t count, const Order* order
) noexcept nogil:
    cdef Entry entry = entries[at]
    cdef uint64_t child
    while True:
        child = 2 * <uint64_t>at + 1
        if child >= count:
            break
        if child + 1 < count and ahead(&entries[child], &entries[child + 1], order):
            child += 1
        if not ahead(&entry, &entries[child], order):
            break
        entries[at] = entries[child]
        at = <uint32_t>child
    entries[at] = entry


cdef inline void sort_in_place(Entry* entries, uint32_t count, const Order* order) noexcept nogil:
    """Heapsort: slow, but needs no memory, which is when it is used."""
    cdef uint32_t at
    cdef Entry first
    for at in range(count // 2, 0, -1):
        sort_sift(entries, at - 1, count, order)
    for at in range(count, 1, -1):
        first = entries[0]
        entries[0] = entries[at - 1]
        entries[at - 1] = first
        sort_sift(entries, 0, at - 1, order)


cdef inline int lane_partition(
    Lane* lane, uint32_t start, uint32_t end, Places* places, const Order* order
) noexcept nogil:
    """Parts the stretch start..end, the nearest one, by the leading bits in which its keys differ.

    Returns -1, with nothing changed, when there is no memory.
    """
    cdef Entry* scratch
    cdef uint32_t* grown
    cdef uint32_t[MAX_BUCKETS + 1] bounds
    cdef uint32_t size = end - start, buckets, bucket, at, to
    cdef int field, shift = 0
    cdef uint64_t low, high, value

    for field in range(4):
        if field == 2 and not order.shuffled:
            continue
        low = high = sort_field(&lane.run[start], field, order.salt)
        for at in range(start + 1, end):
            value = sort_field(&lane.run[at], field, order.salt)
            low = min(low, value)
            high = max(high, value)
        if low != high:
            break
    while (high - low) >> shift >= MAX_BUCKETS or (high - low) >> shift > size >> 2:
        shift += 1
    buckets = <uint32_t>((high - low) >> shift) + 1

    if lane.cut_count + buckets > lane.cut_room:
        grown = <uint32_t*>realloc(
            lane.cuts, (<size_t>lane.cut_room + 2 * buckets) * sizeof(uint32_t)
        )
        if grown == NULL:
            return -1
        lane.cuts = grown
        lane.cut_room += 2 * buckets
    scratch = <Entry*>malloc(<size_t>size * sizeof(Entry))
    if scratch == NULL:
        return -1

    for bucket in range(buckets + 1):
        bounds[bucket] = 0
    for at in range(start, end):
        bounds[((sort_field(&lane.run[at], field, order.salt) - low) >> shift) + 1] += 1
    for bucket in range(buckets):
        bounds[bucket + 1] += bounds[bucket]
    # Beyond the first, each cut is where its bucket ends; empty buckets get none.
    lane.cut_count -= 1
    for bucket in range(buckets, 0, -1):
        if bounds[bucket] != bounds[bucket - 1]:
            lane.cuts[lane.cut_count] = start + bounds[bucket]
            lane.cut_count += 1
    for at in range(start, end):
        bucket = <uint32_t>((sort_field(&lane.run[at], field, order.salt) - low) >> shift)
        to = bounds[bucket]
        bounds[bucket] = to + 1
        scratch[to] = lane.run[at]
        if scratch[to].id >= 0:
            places_put(places, scratch[to].id, lane.tag | in_run() | (start + to))
    if size == lane.run_end:
        free(lane.run)
        lane.run = scratch
    else:
        memcpy(lane.run + start, scratch, <size_t>size * sizeof(Entry))
        free(scratch)
    return 0


cdef inline void lane_sort_more(Lane* lane, Places* places, const Order* order) noexcept nogil:
    """Sorts some more of a run that is not yet sorted to its end."""
    cdef uint32_t start = lane.sorted_end, end
    while True:
        end = lane.cuts[lane.cut_count - 1]
        if end - start > LEAF:
            if lane_partition(lane, start, end, places, order) == 0:
                continue
            sort_in_place(lane.run + start, end - start, order)
        else:
            sort_insertion(lane.run + start, end - start, order)
        lane_place_run(lane, start, end, places)
        lane.cut_count -= 1
        lane.sorted_end = end
        return


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
    grown = <Entry*>realloc(lane.heap, room * sizeof(Entry))
    if grown == NULL:
        return -1
    lane.heap = grown
    lane.room = <uint32_t>room
    return 0


cdef inline void lane_append(Lane* lane, const Entry* entry, Places* places) noexcept nogil:
    """Adds an entry to the tail; lane_reserve() and places_reserve() have made room for it."""
    lane_set(lane, lane.count, entry, places)
    lane.count += 1


cdef inline int lane_unsort(Lane* lane, Places* places) noexcept nogil:
    """Makes everything tail; -1 leaves the lane as it was: no memory."""
    cdef uint32_t at
    if lane.run_live:
        if lane_reserve(lane, lane.run_live) < 0:
            return -1
        for at in range(lane.run_at, lane.run_end):
            if lane.run[at].id >= 0:
                lane_append(lane, &lane.run[at], places)
    lane_free_run(lane)
    lane.heaped = 0
    return 0


cdef inline int lane_make_run(Lane* lane, Places* places, const Order* order) noexcept nogil:
    """Turns heap, tail and what is left of the run into a new run; -1: no memory."""
    cdef uint32_t* cuts = <uint32_t*>malloc(64 * sizeof(uint32_t))
    if cuts == NULL or lane_unsort(lane, places) < 0:
        free(cuts)
        return -1
    lane.run = lane.heap
    lane.run_end = lane.run_live = lane.count
    lane.cuts = cuts
    lane.cut_room = 64
    lane.cut_count = 1
    cuts[0] = lane.count
    lane.heap = NULL
    lane.count = lane.room = 0
    # Writes the place of every entry, as it begins with the whole run.
    lane_sort_more(lane, places, order)
    return 0


cdef inline void lane_settle(Lane* lane, Places* places, const Order* order) noexcept nogil:
    """Leaves no tail, so that the best entry is the head of the run or of the heap."""
    cdef uint64_t tail = lane.count - lane.heaped
    if tail >= MIN_RUN and tail * RUN_SHARE >= <uint64_t>lane.heaped + lane.run_live:
        if lane_make_run(lane, places, order) == 0:
            return
    while lane.heaped < lane.count:
        lane.heaped += 1
        lane_sift_up(lane, lane.heaped - 1, lane.heap[lane.heaped - 1], places, order)


cdef inline bint lane_refresh(Lane* lane, Places* places, const Order* order) noexcept nogil:
    """Finds the lane's head; False: the lane is empty."""
    lane_settle(lane, places, order)
    if lane.run_live == 0:
        if lane.run != NULL:
            lane_free_run(lane)
        if lane.heaped == 0:
            return False
        lane.head_in_run = False
        lane.head = lane.heap[0]
        return True
    while True:
        while lane.run_at < lane.sorted_end and lane.run[lane.run_at].id < 0:
            lane.run_at += 1
        if lane.run_at < lane.sorted_end:
            break
        lane_sort_more(lane, places, order)
    lane.head_in_run = lane.heaped == 0 or ahead(&lane.run[lane.run_at], &lane.heap[0], order)
    lane.head = lane.run[lane.run_at] if lane.head_in_run else lane.heap[0]
    return True


cdef inline Entry* lane_entry(Lane* lane, uint64_t word) noexcept nogil:
    """The entry that a word of this lane points to."""
    return &(lane.run if word & in_run() else lane.heap)[<uint32_t>word]


cdef inline void lane_remove(
    Lane* lane, uint64_t word, Places* places, const Order* order
) noexcept nogil:
    """Takes out the entry that a word points to; the word itself is left to the caller."""
    if word & in_run():
        lane.run[<uint32_t>word].id = -1
        lane.run_live -= 1
    else:
        lane_take_heap(lane, <uint32_t>word, places, order)


cdef inline void lane_free(Lane* lane) noexcept nogil:
    lane_free_run(lane)
    free(lane.heap)
    lane.heap = NULL
    lane.heaped = lane.count = lane.room = 0


cdef inline uint32_t lane_size(const Lane* lane) noexcept nogil:
    return lane.count + lane.run_live
