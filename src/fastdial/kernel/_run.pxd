# cython: language_level=3
"""A load of entries, sorted from its front and no further than somebody has looked.

The entries stay where they were written (the *log*), so that what is known of their places stays
true; what is sorted are *items*: a 64-bit key and a position in the log. The first look counts the
entries by the leading bits of their keys. Items are then drawn from the log, a quarter of them
first and then the rest, straight into the bucket of their leading bits, and a bucket is parted
further by the bits in which its keys differ when it is reached, as in a ladder queue (Tang, Goh,
Thng, "Ladder queue: an O(1) priority queue structure for large-scale discrete event simulation",
ACM TOMACS 15(3), 2005). The ends of unsorted stretches are kept on a stack, as in incremental
quicksort (Paredes, Navarro, "Optimal incremental sorting", ALENEX 2006).
"""

from libc.stdint cimport UINT32_MAX, int32_t, int64_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memcpy, memset

from fastdial.kernel._array cimport array_free
from fastdial.kernel._entry cimport Entry, Order, ahead, shuffle_key
from fastdial.kernel._hints cimport advise_huge, prefetch

cdef struct Scale:
    # What makes a 64-bit key of an entry: priority, rank and the tie-breaker above what is lowest,
    # joined at their widths and cut off after 64 bits, so that keys are in order but may be equal.
    int32_t priority_low
    uint32_t sequence_low
    int64_t rank_low
    int priority_left
    int rank_left
    int rank_right
    int tie_left
    int tie_right
    bint has_tie

cdef struct Item:
    uint64_t key
    uint32_t at             # in the log

cdef struct Run:
    Entry* log
    uint32_t count          # entries in the log
    uint32_t room           # for how many it has memory, which is
    bint mapped             # or is not
    uint32_t live           # of them, neither taken nor removed
    Scale scale
    uint32_t* histogram     # entries by the leading bits of their keys
    uint32_t next_bucket    # the first whose entries were not yet drawn
    uint32_t drawn          # entries drawn so far
    Item* items
    uint32_t item_at        # the first item not yet taken
    uint32_t sorted_end     # items are in order up to here
    uint32_t item_end
    uint32_t* cuts          # ends of unsorted stretches of items, the nearest last
    uint32_t cut_count
    uint32_t cut_room

cdef enum:
    LEAF = 16               # a stretch up to this long is sorted by insertion
    BUCKET_BITS = 12
    BUCKETS = 4096          # 2**BUCKET_BITS, into which a log is drawn
    PARTS = 1024            # into which a bucket is partitioned further, at most
    PREFETCH = 8            # how many items ahead of the one that is taken
    FIRST_ROUND = 4         # the first round draws at least a quarter of a run


cdef inline int width(uint64_t value) noexcept nogil:
    """How many bits a number has."""
    cdef int bits = 0
    while value:
        value >>= 1
        bits += 1
    return bits


cdef inline Scale make_scale(
    const Entry* log, const Item* items, uint32_t count, const Order* order
) noexcept nogil:
    """The scale for the entries of some items, or without items for the first of the log."""
    cdef Scale scale
    cdef const Entry* entry = &log[items[0].at] if items != NULL else log
    cdef int32_t priority_low = entry.priority_key, priority_high = entry.priority_key
    cdef int64_t rank_low = entry.rank_key, rank_high = entry.rank_key
    cdef uint32_t sequence_low = entry.sequence, sequence_high = entry.sequence
    cdef uint32_t i
    cdef int ranks, ties, left
    for i in range(1, count):
        entry = &log[items[i].at] if items != NULL else &log[i]
        priority_low = min(priority_low, entry.priority_key)
        priority_high = max(priority_high, entry.priority_key)
        rank_low = min(rank_low, entry.rank_key)
        rank_high = max(rank_high, entry.rank_key)
        sequence_low = min(sequence_low, entry.sequence)
        sequence_high = max(sequence_high, entry.sequence)
    scale.priority_low = priority_low
    scale.rank_low = rank_low
    scale.sequence_low = sequence_low
    # Where a part has no width its value is 0 and any shift below 64 will do.
    left = 64 - width(<uint32_t>priority_high - <uint32_t>priority_low)
    scale.priority_left = min(left, 63)
    ranks = width(<uint64_t>rank_high - <uint64_t>rank_low)
    scale.rank_left = min(max(left - ranks, 0), 63)
    scale.rank_right = max(ranks - left, 0)
    left = max(left - ranks, 0)
    scale.has_tie = left > 0
    ties = 64 if order.shuffled else width(sequence_high - sequence_low)
    scale.tie_left = min(max(left - ties, 0), 63)
    scale.tie_right = min(max(ties - left, 0), 63)
    return scale


cdef inline uint64_t scaled_key(
    const Entry* entry, const Scale* scale, const Order* order
) noexcept nogil:
    cdef uint64_t key, tie
    key = <uint64_t>(<uint32_t>entry.priority_key - <uint32_t>scale.priority_low)
    key = key << scale.priority_left
    key |= (
        (<uint64_t>entry.rank_key - <uint64_t>scale.rank_low) << scale.rank_left
    ) >> scale.rank_right
    if scale.has_tie:
        tie = shuffle_key(entry, order) if order.shuffled else entry.sequence - scale.sequence_low
        key |= (tie << scale.tie_left) >> scale.tie_right
    return key


cdef inline bint item_ahead(
    const Item* a, const Item* b, const Run* run, const Order* order
) noexcept nogil:
    if a.key != b.key:
        return a.key < b.key
    return ahead(&run.log[a.at], &run.log[b.at], order)


cdef inline void run_free(Run* run) noexcept nogil:
    array_free(run.log, run.room * sizeof(Entry), run.mapped)
    free(run.histogram)
    free(run.items)
    free(run.cuts)
    memset(run, 0, sizeof(Run))


cdef inline int run_start(
    Run* run, Entry* entries, uint32_t count, const Order* order
) noexcept nogil:
    """Makes a run of an array of entries (at least one), which it then owns; -1: no memory."""
    cdef uint32_t at
    cdef uint32_t* histogram
    cdef Scale scale
    memset(run, 0, sizeof(Run))
    histogram = <uint32_t*>calloc(BUCKETS, sizeof(uint32_t))
    if histogram == NULL:
        return -1
    scale = make_scale(entries, NULL, count, order)
    for at in range(count):
        histogram[scaled_key(&entries[at], &scale, order) >> (64 - BUCKET_BITS)] += 1
    run.log = entries
    run.count = run.live = count
    run.scale = scale
    run.histogram = histogram
    return 0


# Sorting ----------------------------------------------------------------------------------------

cdef inline int run_reserve_cuts(Run* run, uint32_t extra) noexcept nogil:
    cdef uint32_t* grown
    if run.cut_count + extra > run.cut_room:
        grown = <uint32_t*>realloc(
            run.cuts, (<size_t>run.cut_room + 2 * extra) * sizeof(uint32_t)
        )
        if grown == NULL:
            return -1
        run.cuts = grown
        run.cut_room += 2 * extra
    return 0


cdef inline int run_draw(Run* run, const Order* order) noexcept nogil:
    """Draws one more round of items from the log; -1: no memory, and nothing was changed."""
    cdef uint32_t kept = run.item_end - run.item_at
    cdef uint32_t wanted = max(3 * run.drawn, run.count // FIRST_ROUND, <uint32_t>LEAF)
    cdef uint32_t[BUCKETS] at_bucket
    cdef uint32_t first = run.next_bucket, last = run.next_bucket, count = 0, at, bucket
    cdef uint64_t key
    cdef Item* items
    cdef Scale scale = run.scale    # a copy, as stores into items cannot change it
    cdef const Entry* log = run.log
    while last < BUCKETS and count < wanted:
        at_bucket[last] = kept + count
        count += run.histogram[last]
        last += 1
    if run_reserve_cuts(run, last - first) < 0:
        return -1
    items = <Item*>malloc((<size_t>kept + count) * sizeof(Item))
    if items == NULL:
        return -1
    advise_huge(items, (<size_t>kept + count) * sizeof(Item))
    if kept:
        memcpy(items, run.items + run.item_at, kept * sizeof(Item))
    for bucket in range(last, first, -1):
        if run.histogram[bucket - 1]:
            run.cuts[run.cut_count] = at_bucket[bucket - 1] + run.histogram[bucket - 1]
            run.cut_count += 1
    for at in range(run.count):
        key = scaled_key(&log[at], &scale, order)
        bucket = <uint32_t>(key >> (64 - BUCKET_BITS))
        if bucket - first < last - first:
            items[at_bucket[bucket]].key = key
            items[at_bucket[bucket]].at = at
            at_bucket[bucket] += 1
    free(run.items)
    run.items = items
    run.item_at = 0
    run.sorted_end = kept
    run.item_end = kept + count
    run.drawn += count
    run.next_bucket = last
    return 0


cdef inline void sort_insertion(
    Item* items, uint32_t count, const Run* run, const Order* order
) noexcept nogil:
    cdef Item item
    cdef uint32_t i, j
    for i in range(1, count):
        item = items[i]
        j = i
        while j > 0 and item_ahead(&item, &items[j - 1], run, order):
            items[j] = items[j - 1]
            j -= 1
        items[j] = item


cdef inline void sort_sift(
    Item* items, uint32_t at, uint32_t count, const Run* run, const Order* order
) noexcept nogil:
    cdef Item item = items[at]
    cdef uint64_t child
    while True:
        child = 2 * <uint64_t>at + 1
        if child >= count:
            break
        if child + 1 < count and item_ahead(&items[child], &items[child + 1], run, order):
            child += 1
        if not item_ahead(&item, &items[child], run, order):
            break
        items[at] = items[child]
        at = <uint32_t>child
    items[at] = item


cdef inline void sort_in_place(
    Item* items, uint32_t count, const Run* run, const Order* order
) noexcept nogil:
    """Heapsort: slow, but needs no memory, which is when it is used."""
    cdef uint32_t at
    cdef Item first
    for at in range(count // 2, 0, -1):
        sort_sift(items, at - 1, count, run, order)
    for at in range(count, 1, -1):
        first = items[0]
        items[0] = items[at - 1]
        items[at - 1] = first
        sort_sift(items, 0, at - 1, run, order)


cdef inline int run_partition(Run* run, uint32_t size, const Order* order) noexcept nogil:
    """Parts the nearest stretch, of `size` items, by the leading bits in which their keys differ.

    Returns -1, with nothing parted, when there is no memory.
    """
    cdef Item* items = run.items + run.sorted_end
    cdef Item* scratch
    cdef uint32_t[PARTS + 1] bounds
    cdef uint32_t buckets, bucket, at
    cdef int shift = 0
    cdef uint64_t low, high
    cdef Scale scale

    low = high = items[0].key
    for at in range(1, size):
        low = min(low, items[at].key)
        high = max(high, items[at].key)
    if low == high:
        # The keys were cut off too early: on their own, these entries have finer ones.
        scale = make_scale(run.log, items, size, order)
        for at in range(size):
            items[at].key = scaled_key(&run.log[items[at].at], &scale, order)
        return 0
    while (high - low) >> shift >= PARTS or (high - low) >> shift > size >> 1:
        shift += 1
    buckets = <uint32_t>((high - low) >> shift) + 1

    if run_reserve_cuts(run, buckets) < 0:
        return -1
    scratch = <Item*>malloc(size * sizeof(Item))
    if scratch == NULL:
        return -1
    memcpy(scratch, items, size * sizeof(Item))
    memset(bounds, 0, (buckets + 1) * sizeof(uint32_t))
    for at in range(size):
        bounds[((scratch[at].key - low) >> shift) + 1] += 1
    for bucket in range(buckets):
        bounds[bucket + 1] += bounds[bucket]
    run.cut_count -= 1
    for bucket in range(buckets, 0, -1):
        if bounds[bucket] != bounds[bucket - 1]:
            run.cuts[run.cut_count] = run.sorted_end + bounds[bucket]
            run.cut_count += 1
    for at in range(size):
        bucket = <uint32_t>((scratch[at].key - low) >> shift)
        items[bounds[bucket]] = scratch[at]
        # These are the next to be taken, and lie all over the log.
        prefetch(&run.log[scratch[at].at])
        bounds[bucket] += 1
    free(scratch)
    return 0


cdef inline int run_sort_more(Run* run, const Order* order) noexcept nogil:
    """Sorts some more of a run that is not yet sorted to its end; -1: no memory."""
    cdef uint32_t size
    if run.sorted_end == run.item_end and run_draw(run, order) < 0:
        return -1
    while True:
        size = run.cuts[run.cut_count - 1] - run.sorted_end
        if size <= LEAF:
            sort_insertion(run.items + run.sorted_end, size, run, order)
        elif run_partition(run, size, order) == 0:
            continue
        else:
            sort_in_place(run.items + run.sorted_end, size, run, order)
        run.cut_count -= 1
        run.sorted_end += size
        return 0


cdef inline bint run_ends(const Run* run, uint32_t ahead_by) noexcept nogil:
    """Whether there is no item so far ahead of the next, now or after another draw."""
    return run.item_at + ahead_by >= run.item_end and run.drawn == run.count


cdef inline int run_head(Run* run, const Order* order) noexcept nogil:
    """Leaves a live entry at the front of a run that has one; -1: no memory."""
    while True:
        while run.item_at < run.sorted_end and run.log[run.items[run.item_at].at].id < 0:
            run.item_at += 1
        if run.item_at < run.sorted_end:
            return 0
        if run_sort_more(run, order) < 0:
            return -1
