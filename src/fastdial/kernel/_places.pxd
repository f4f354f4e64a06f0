# cython: language_level=3
"""Where each id stands: a map from non-negative 64-bit ids to non-zero 64-bit words.

While ids are dense (row numbers) it is one array indexed by id; when they turn out to be sparse it
becomes a hash table with linear probing, and it goes back when the ids fill their range again.
All functions are inline, so that every module that cimports this has its own copy.
"""

from libc.stdint cimport int64_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset

from fastdial.kernel._array cimport array_free, array_grow
from fastdial.kernel._hints cimport advise_huge

cdef struct Places:
    uint64_t* words
    uint64_t* keys    # id + 1, 0 for an empty place; NULL while ids are dense
    size_t size       # number of words; a power of two when hashed
    size_t used       # ids held, counted when hashed
    bint mapped       # what the array of words is


cdef inline uint64_t mix64(uint64_t x) noexcept nogil:
    """The finalizer of SplitMix64, a bijection of 64-bit words.

    Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, with the
    constants of Stafford's variant 13.
    """
    x = (x ^ (x >> 30)) * <uint64_t>0xBF58476D1CE4E5B9
    x = (x ^ (x >> 27)) * <uint64_t>0x94D049BB133111EB
    return x ^ (x >> 31)


cdef inline bint places_dense(int64_t highest, size_t expected) noexcept nogil:
    # 2**22 words are 32 MiB of address space, of which only pages in use become memory.
    return highest < (<int64_t>1 << 22) or <uint64_t>highest >> 4 < expected


cdef inline uint64_t* places_find(const Places* places, int64_t id) noexcept nogil:
    """The word of `id`, or NULL when it has none."""
    cdef size_t at, mask
    if places.keys == NULL:
        if <uint64_t>id >= places.size or places.words[id] == 0:
            return NULL
        return &places.words[id]
    mask = places.size - 1
    at = mix64(<uint64_t>id) & mask
    while places.keys[at] != 0:
        if places.keys[at] == <uint64_t>id + 1:
            return &places.words[at]
        at = (at + 1) & mask
    return NULL


cdef inline const uint64_t* places_hint(const Places* places, int64_t id) noexcept nogil:
    """An address to prefetch() when the word of `id` will be wanted soon; any number will do.

    The caller prefetches: GCC drops calls of a function that does nothing else.
    """
    if places.keys == NULL and <uint64_t>id < places.size:
        return &places.words[id]
    return places.words


cdef inline void places_put(Places* places, int64_t id, uint64_t word) noexcept nogil:
    """Sets the word of `id`, for which places_reserve() has made room or which has a word."""
    cdef size_t at, mask
    if places.keys == NULL:
        places.words[id] = word
        return
    mask = places.size - 1
    at = mix64(<uint64_t>id) & mask
    while places.keys[at] != 0 and places.keys[at] != <uint64_t>id + 1:
        at = (at + 1) & mask
    places.used += places.keys[at] == 0
    places.keys[at] = <uint64_t>id + 1
    places.words[at] = word


cdef inline void places_erase(Places* places, int64_t id) noexcept nogil:
    """Forgets an id that has a word."""
    cdef size_t hole, at, home, mask
    if places.keys == NULL:
        places.words[id] = 0
        return
    mask = places.size - 1
    hole = places_find(places, id) - places.words
    at = hole
    while True:
        at = (at + 1) & mask
        if places.keys[at] == 0:
            break
        # Closing the hole keeps every probe sequence unbroken without tombstones.
        home = mix64(places.keys[at] - 1) & mask
        if ((at - home) & mask) >= ((at - hole) & mask):
            places.keys[hole] = places.keys[at]
            places.words[hole] = places.words[at]
            hole = at
    places.keys[hole] = 0
    places.words[hole] = 0
    places.used -= 1


cdef inline void places_free(Places* places) noexcept nogil:
    array_free(places.words, places.size * sizeof(uint64_t), places.mapped)
    free(places.keys)
    places.mapped = False
    places.words = NULL
    places.keys = NULL
    places.size = 0
    places.used = 0


cdef inline int places_rebuild(Places* places, size_t size, bint dense) noexcept nogil:
    """Moves all words to a table of another size or kind; -1 leaves everything as it was."""
    cdef Places fresh
    cdef size_t at
    fresh.size = size
    fresh.used = 0
    fresh.keys = NULL
    fresh.mapped = False
    fresh.words = <uint64_t*>calloc(size, sizeof(uint64_t))
    if fresh.words == NULL:
        return -1
    if not dense:
        fresh.keys = <uint64_t*>calloc(size, sizeof(uint64_t))
        if fresh.keys == NULL:
            free(fresh.words)
            return -1
    for at in range(places.size):
        if places.words[at] != 0:
            places_put(
                &fresh,
                <int64_t>(at if places.keys == NULL else places.keys[at] - 1),
                places.words[at],
            )
    places_free(places)
    places[0] = fresh
    return 0


cdef inline int places_extend(Places* places, size_t size, size_t expected) noexcept nogil:
    """Makes a dense table larger; -1 leaves it as it was."""
    # Not where ids are scattered: huge pages would make memory of the gaps.
    cdef bint huge = size < 4 * expected
    cdef void* words
    if places.words == NULL:
        if places_rebuild(places, size, True) < 0:
            return -1
        if huge:
            advise_huge(places.words, size * sizeof(uint64_t))
        return 0
    words = array_grow(
        places.words, places.size * sizeof(uint64_t), size * sizeof(uint64_t), huge, &places.mapped
    )
    if words == NULL:
        return -1
    places.words = <uint64_t*>words
    if not places.mapped:
        memset(places.words + places.size, 0, (size - places.size) * sizeof(uint64_t))
    places.size = size
    return 0


cdef inline int places_grow(Places* places, int64_t id, size_t expected) noexcept nogil:
    cdef size_t at, size
    cdef int64_t highest = id
    if places.keys == NULL and places_dense(id, expected):
        size = max(<size_t>1024, places.size + (places.size >> 1), <size_t>id + 1, expected)
        return places_extend(places, size, expected)
    if places.keys != NULL:
        for at in range(places.size):
            if places.keys[at] != 0:
                highest = max(highest, <int64_t>(places.keys[at] - 1))
        if places_dense(highest, expected):
            return places_rebuild(places, <size_t>highest + 1, True)
    size = 64
    while size < 2 * expected:
        size *= 2
    return places_rebuild(places, size, False)


cdef inline int places_reserve(Places* places, int64_t id, size_t expected) noexcept nogil:
    """Makes room for one more id, `expected` being how many ids there will be soon; -1: no memory.
    """
    if places.keys == NULL:
        if <uint64_t>id < places.size:
            return 0
    elif 2 * (places.used + 1) <= places.size:
        return 0
    return places_grow(places, id, expected)


cdef inline size_t places_nbytes(const Places* places) noexcept nogil:
    return places.size * sizeof(uint64_t) * (1 if places.keys == NULL else 2)
