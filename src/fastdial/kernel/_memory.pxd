# cython: language_level=3
"""Memory that grows without moving: pages of items behind two levels of pointers, and blocks in
it.

A growing array that is copied pauses for as long as it is large. A `Paged` never moves an item:
growing by one item allocates at most one page, one leaf of page pointers and the root, all of
fixed size. Pages are zeroed.

The first pages are allocated one by one, so that small tables stay small. Later ones come in slabs
of `SLAB_NBYTES`, for which huge pages are asked: at random places in gigabytes, finding the address
costs more than fetching the line.
"""

from libc.stdint cimport uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, memset

cdef extern from *:
    """
    #include <stdint.h>
    #include <sys/mman.h>
    #define FASTDIAL_SLAB ((size_t)2 << 20)

    /* A zeroed slab at a multiple of its size, or NULL: map twice as much, return the ends. */
    static inline char *fastdial_slab_new(void) {
        char *map = (char *)mmap(NULL, 2 * FASTDIAL_SLAB, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        size_t before;
        if (map == (char *)MAP_FAILED) return NULL;
        before = (FASTDIAL_SLAB - (uintptr_t)map % FASTDIAL_SLAB) % FASTDIAL_SLAB;
        if (before) munmap(map, before);
        munmap(map + before + FASTDIAL_SLAB, FASTDIAL_SLAB - before);
    #ifdef MADV_HUGEPAGE
        madvise(map + before, FASTDIAL_SLAB, MADV_HUGEPAGE);
    #endif
        /* Were it read first, it would get the shared zero page, and small pages when written to
           (Linux before 6.12). */
        *(volatile char *)(map + before) = 0;
        return map + before;
    }

    static inline void fastdial_slab_free(char *slab) {
        munmap(slab, FASTDIAL_SLAB);
    }
    """
    char* slab_new "fastdial_slab_new"() noexcept nogil
    void slab_free "fastdial_slab_free"(char*) noexcept nogil

cdef enum:
    SLAB_NBYTES = 2 << 20
    SLABS_SINGLE = 4  # so many slabs' worth of pages come one by one
    ROOT_BITS = 8
    LEAF_BITS = 10
    BLOCK_NONE = 0xFFFFFFFF

# A page is at least 2 KiB, so that the pages of a slab lie in at most two leaves.
cdef struct Paged:
    char*** root
    uint32_t page_bits  # items in a page, as a power of two
    uint32_t item_nbytes
    uint64_t nbytes  # allocated, pointers included
    uint64_t allocations  # made so far: the work that growth has cost

cdef inline void paged_init(Paged* p, uint32_t page_bits, uint32_t item_nbytes) noexcept nogil:
    memset(p, 0, sizeof(Paged))
    p.page_bits = page_bits
    p.item_nbytes = item_nbytes

cdef inline uint64_t paged_limit(const Paged* p) noexcept nogil:
    """How many items can ever be held."""
    return (<uint64_t>1) << (ROOT_BITS + LEAF_BITS + p.page_bits)

cdef inline char* paged_at(const Paged* p, uint64_t item) noexcept nogil:
    """The item, whose page must exist."""
    cdef uint64_t page = item >> p.page_bits
    cdef uint64_t within = item & (((<uint64_t>1) << p.page_bits) - 1)
    return p.root[page >> LEAF_BITS][page & ((1 << LEAF_BITS) - 1)] + within * p.item_nbytes

cdef inline char* paged_find(const Paged* p, uint64_t item) noexcept nogil:
    """The item, or NULL when its page was never made."""
    cdef uint64_t page = item >> p.page_bits
    cdef char** leaf
    cdef char* start
    if p.root == NULL:
        return NULL
    leaf = p.root[page >> LEAF_BITS]
    if leaf == NULL:
        return NULL
    start = leaf[page & ((1 << LEAF_BITS) - 1)]
    if start == NULL:
        return NULL
    return start + (item & (((<uint64_t>1) << p.page_bits) - 1)) * p.item_nbytes

cdef inline uint64_t slab_pages(const Paged* p) noexcept nogil:
    """How many pages a slab has; page n lies in slab n // that many."""
    return SLAB_NBYTES // ((<uint64_t>p.item_nbytes) << p.page_bits)

cdef inline char** leaf_make(Paged* p, uint64_t page) noexcept nogil:
    """Where the pointer to a page stands; NULL when memory fails."""
    cdef char** leaf
    if p.root == NULL:
        p.root = <char***>calloc(1 << ROOT_BITS, sizeof(char**))
        if p.root == NULL:
            return NULL
        p.nbytes += (1 << ROOT_BITS) * sizeof(char**)
        p.allocations += 1
    leaf = p.root[page >> LEAF_BITS]
    if leaf == NULL:
        leaf = <char**>calloc(1 << LEAF_BITS, sizeof(char*))
        if leaf == NULL:
            return NULL
        p.root[page >> LEAF_BITS] = leaf
        p.nbytes += (1 << LEAF_BITS) * sizeof(char*)
        p.allocations += 1
    return leaf + (page & ((1 << LEAF_BITS) - 1))

cdef inline char* paged_make(Paged* p, uint64_t item) noexcept nogil:
    """The item, making its page if need be; NULL when memory fails, and then nothing is lost."""
    cdef char* found = paged_find(p, item)
    cdef uint64_t page = item >> p.page_bits
    cdef uint64_t page_nbytes = (<uint64_t>p.item_nbytes) << p.page_bits
    cdef uint64_t per_slab = slab_pages(p)
    cdef uint64_t first = page - page % per_slab, i
    cdef char** place
    cdef char* slab
    if found != NULL:
        return found
    if item >= paged_limit(p):
        return NULL
    place = leaf_make(p, page)
    if place == NULL:
        return NULL
    if page < SLABS_SINGLE * per_slab:
        place[0] = <char*>calloc(1, page_nbytes)
        if place[0] == NULL:
            return NULL
        p.nbytes += page_nbytes
    else:
        # The pages of a slab may lie in two leaves.
        if leaf_make(p, first) == NULL or leaf_make(p, first + per_slab - 1) == NULL:
            return NULL
        slab = slab_new()
        if slab == NULL:
            return NULL
        for i in range(per_slab):
            leaf_make(p, first + i)[0] = slab + i * page_nbytes
        p.nbytes += SLAB_NBYTES
    p.allocations += 1
    return paged_find(p, item)

cdef inline char** page_place(const Paged* p, uint64_t page) noexcept nogil:
    """Where the pointer to a page stands, or NULL."""
    if p.root == NULL or p.root[page >> LEAF_BITS] == NULL:
        return NULL
    return p.root[page >> LEAF_BITS] + (page & ((1 << LEAF_BITS) - 1))

cdef inline void paged_drop_page(Paged* p, uint64_t page) noexcept nogil:
    """Give up one page; what it held is gone.

    Pages are to be dropped in order: the last one of a slab takes the slab with it, and the last
    one that a leaf points to takes the leaf.
    """
    cdef char** place = page_place(p, page)
    cdef uint64_t per_slab = slab_pages(p)
    cdef uint64_t leaf = page >> LEAF_BITS
    if place == NULL:
        return
    if place[0] != NULL:
        if page < SLABS_SINGLE * per_slab:
            free(place[0])
            p.nbytes -= (<uint64_t>p.item_nbytes) << p.page_bits
        elif page % per_slab == per_slab - 1:
            slab_free(place[0] - (per_slab - 1) * ((<uint64_t>p.item_nbytes) << p.page_bits))
            p.nbytes -= SLAB_NBYTES
        place[0] = NULL
    if (page & ((1 << LEAF_BITS) - 1)) == (1 << LEAF_BITS) - 1:
        free(p.root[leaf])
        p.root[leaf] = NULL
        p.nbytes -= (1 << LEAF_BITS) * sizeof(char*)

cdef inline void paged_free(Paged* p) noexcept nogil:
    cdef uint64_t leaf, page, pages = 1 << LEAF_BITS
    if p.root != NULL:
        for leaf in range(<uint64_t>(1 << ROOT_BITS)):
            if p.root[leaf] != NULL:
                for page in range(leaf * pages, (leaf + 1) * pages):
                    paged_drop_page(p, page)
        free(p.root)
    p.root = NULL
    p.nbytes = 0

# Blocks of one size: freed ones are chained through their first four bytes and used again last
# in, first out, so that the same calls always give the same blocks.
cdef struct Blocks:
    Paged pages
    uint32_t top  # blocks ever used
    uint32_t live
    uint32_t free_head  # block + 1; 0: none

cdef inline void blocks_init(Blocks* b, uint32_t page_bits, uint32_t block_nbytes) noexcept nogil:
    memset(b, 0, sizeof(Blocks))
    paged_init(&b.pages, page_bits, block_nbytes)

cdef inline uint32_t blocks_take(Blocks* b) noexcept nogil:
    """A zeroed block; BLOCK_NONE when memory fails."""
    cdef uint32_t block
    cdef char* at
    if b.free_head:
        block = b.free_head - 1
        at = paged_at(&b.pages, block)
        memcpy(&b.free_head, at, 4)
        memset(at, 0, b.pages.item_nbytes)
    else:
        if paged_make(&b.pages, b.top) == NULL:
            return <uint32_t>BLOCK_NONE
        block = b.top
        b.top += 1
    b.live += 1
    return block

cdef inline void blocks_give(Blocks* b, uint32_t block) noexcept nogil:
    memcpy(paged_at(&b.pages, block), &b.free_head, 4)
    b.free_head = block + 1
    b.live -= 1
