# cython: language_level=3
"""From a 32-bit hash to rows: open addressing in pages, grown a few slots at a time.

A slot is the hash and the row + 1 (0: empty). A home slot is the hash's top bits, so a table
twice as large has every entry at about twice its place, and moving slots in order fills pages in
order and empties old pages in order. When three quarters are full, a table of twice the size is
begun; every addition then moves at most `MOVES` slots of the old one, which is empty long before
the new one fills. Look-ups meanwhile search both. Removal from the new table closes the gap; in
the old one it leaves a mark, which goes with the table.
"""

from libc.stdint cimport int64_t, uint32_t, uint64_t

from fastdial.kernel._memory cimport (
    Paged, paged_at, paged_drop_page, paged_find, paged_free, paged_init, paged_make,
)

cdef extern from *:
    void __builtin_prefetch(const void*) noexcept nogil

cdef enum:
    MOVES = 8
    SLOT_PAGE_BITS = 12
    SLOT_BITS_MAX = 30
    SLOT_GONE = 0xFFFFFFFF

cdef struct Slot:
    uint32_t hash
    uint32_t row1  # row + 1; 0: empty; SLOT_GONE: was taken away, look further

cdef struct RowIndex:
    Paged now
    Paged old
    uint32_t bits
    uint32_t old_bits  # 0: nothing to move
    uint64_t moved  # slots of the old table that are done
    uint64_t count
    uint64_t moves  # slots looked at for growth so far: the work that it has cost

cdef struct Probe:
    const Paged* part
    uint64_t at
    uint64_t mask
    uint32_t hash
    bint in_old
    bint wrapped

cdef inline void index_init(RowIndex* x) noexcept nogil:
    paged_init(&x.now, SLOT_PAGE_BITS, sizeof(Slot))
    paged_init(&x.old, SLOT_PAGE_BITS, sizeof(Slot))
    x.bits = SLOT_PAGE_BITS
    x.old_bits = 0
    x.moved = 0
    x.count = 0
    x.moves = 0

cdef inline void index_free(RowIndex* x) noexcept nogil:
    paged_free(&x.now)
    paged_free(&x.old)

cdef inline void index_reserve(RowIndex* x, uint64_t rows) noexcept nogil:
    """Size an empty index for so many rows at once; pages are still made as they are used."""
    if x.count or x.old_bits:
        return
    while x.bits < SLOT_BITS_MAX and rows * 4 > ((<uint64_t>3) << x.bits):
        x.bits += 1

cdef inline void index_prefetch(const RowIndex* x, uint32_t hash) noexcept nogil:
    cdef char* at = paged_find(&x.now, hash >> (32 - x.bits))
    if at != NULL:
        __builtin_prefetch(at)

cdef inline void probe_start(const RowIndex* x, uint32_t hash, Probe* p) noexcept nogil:
    p.part = &x.now
    p.hash = hash
    p.at = hash >> (32 - x.bits)
    p.mask = ((<uint64_t>1) << x.bits) - 1
    p.in_old = False
    p.wrapped = False

cdef inline int64_t probe_next(const RowIndex* x, Probe* p) noexcept nogil:
    """The next row with this hash, or -1."""
    cdef const Slot* slot
    while True:
        if p.in_old and p.at < x.moved:
            # Pages before `moved` may be gone, and hold nothing: go on behind them, but once only,
            # since the empty slots that end a search may have gone with them.
            if p.wrapped:
                return -1
            p.wrapped = True
            p.at = x.moved
        slot = <const Slot*>paged_find(p.part, p.at)
        if slot == NULL or slot.row1 == 0:
            if p.in_old or x.old_bits == 0:
                return -1
            p.part = &x.old
            p.at = p.hash >> (32 - x.old_bits)
            p.mask = ((<uint64_t>1) << x.old_bits) - 1
            p.in_old = True
            continue
        p.at = (p.at + 1) & p.mask
        if slot.hash == p.hash and slot.row1 != <uint32_t>SLOT_GONE:
            return <int64_t>slot.row1 - 1

cdef inline int64_t index_first(const RowIndex* x, uint32_t hash) noexcept nogil:
    """The first row with this hash, or -1; as a probe finds it, but mostly within one page."""
    cdef Probe p
    cdef uint64_t at = hash >> (32 - x.bits)
    cdef uint64_t left = (1 << SLOT_PAGE_BITS) - (at & ((1 << SLOT_PAGE_BITS) - 1))
    cdef const Slot* slot = <const Slot*>paged_find(&x.now, at)
    if slot != NULL:
        while left and slot.row1 != 0:
            # Marks of what was taken away are only in the old table.
            if slot.hash == hash:
                return <int64_t>slot.row1 - 1
            slot += 1
            left -= 1
    if x.old_bits == 0 and left:
        return -1
    probe_start(x, hash, &p)
    return probe_next(x, &p)

cdef inline int index_put(RowIndex* x, uint32_t hash, uint32_t row1) noexcept nogil:
    cdef uint64_t mask = ((<uint64_t>1) << x.bits) - 1
    cdef uint64_t at = hash >> (32 - x.bits)
    cdef Slot* slot
    while True:
        slot = <Slot*>paged_make(&x.now, at)
        if slot == NULL:
            return -1
        if slot.row1 == 0:
            slot.hash = hash
            slot.row1 = row1
            return 0
        at = (at + 1) & mask

cdef inline int index_move(RowIndex* x) noexcept nogil:
    """Move a few slots of the old table; -1 when memory fails, and then nothing is lost."""
    cdef Slot* slot
    cdef int _
    for _ in range(MOVES):
        slot = <Slot*>paged_find(&x.old, x.moved)
        if slot != NULL:
            if slot.row1 != 0 and slot.row1 != <uint32_t>SLOT_GONE:
                if index_put(x, slot.hash, slot.row1):
                    return -1
                slot.row1 = <uint32_t>SLOT_GONE
        x.moved += 1
        x.moves += 1
        if (x.moved & ((1 << SLOT_PAGE_BITS) - 1)) == 0:
            paged_drop_page(&x.old, (x.moved - 1) >> SLOT_PAGE_BITS)
        if x.moved >> x.old_bits:
            paged_free(&x.old)
            x.old_bits = 0
            return 0
    return 0

cdef inline int index_add(RowIndex* x, uint32_t hash, uint32_t row) noexcept nogil:
    """Add a row that is not there yet; -1 when memory fails, and then it is not added."""
    cdef Paged spare
    if x.old_bits == 0 and (x.count + 1) * 4 > ((<uint64_t>3) << x.bits):
        if x.bits == SLOT_BITS_MAX:
            return -1
        spare = x.old
        x.old = x.now
        x.now = spare
        x.old_bits = x.bits
        x.bits += 1
        x.moved = 0
    if x.old_bits and index_move(x):
        return -1
    if index_put(x, hash, row + 1):
        return -1
    x.count += 1
    return 0

cdef inline int index_add_behind(
        RowIndex* x, const Probe* p, uint32_t hash, uint32_t row) noexcept nogil:
    """As index_add, after a probe that found no more rows and with no change since."""
    cdef Slot* slot
    # With one table only, the probe stands at the empty slot that ended it.
    if x.old_bits or (x.count + 1) * 4 > ((<uint64_t>3) << x.bits):
        return index_add(x, hash, row)
    slot = <Slot*>paged_make(&x.now, p.at)
    if slot == NULL:
        return -1
    slot.hash = hash
    slot.row1 = row + 1
    x.count += 1
    return 0

cdef inline bint index_remove(RowIndex* x, uint32_t hash, uint32_t row) noexcept nogil:
    """Take a row away; False when it was not there."""
    cdef Probe p
    cdef int64_t found
    cdef uint64_t hole, at, home
    cdef Slot* slot
    probe_start(x, hash, &p)
    while True:
        found = probe_next(x, &p)
        if found < 0:
            return False
        if found == row:
            break
    x.count -= 1
    hole = (p.at - 1) & p.mask
    if p.in_old:
        (<Slot*>paged_at(&x.old, hole)).row1 = <uint32_t>SLOT_GONE
        return True
    at = hole
    while True:
        at = (at + 1) & p.mask
        slot = <Slot*>paged_find(&x.now, at)
        if slot == NULL or slot.row1 == 0:
            break
        home = slot.hash >> (32 - x.bits)
        if ((at - home) & p.mask) >= ((at - hole) & p.mask):
            (<Slot*>paged_at(&x.now, hole))[0] = slot[0]
            hole = at
    slot = <Slot*>paged_at(&x.now, hole)
    slot.hash = 0
    slot.row1 = 0
    return True
