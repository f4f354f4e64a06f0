# cython: language_level=3
"""An index of many rows at once: they are parted by hash first, and then entered part by part.

Entered one by one in the order of rows, each would miss the cache. A part is what goes into
`PART_NBYTES` of the index, which stay in the cache while it is filled; parting itself writes to
one place for each part. Rows to be entered lie in chunks, chained for each part in their order, so
that any hashes whatever need the same memory.
"""

from libc.stdint cimport uint32_t, uint64_t, uintptr_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset

from fastdial.kernel._hints cimport advise_huge
from fastdial.kernel._row_index cimport RowIndex, Slot

cdef enum:
    PART_BITS = 15  # slots of the index for a part: 256 KiB
    CHUNK_SLOTS = 512
    CHUNK_NBYTES = 4096

cdef struct Part:
    Slot* end  # where the next goes; at the start of a chunk, one must be taken first
    uint32_t first  # chunk
    uint32_t last

cdef struct Parting:
    char* memory
    Slot* slots  # chunks, at a multiple of their size
    uint32_t* following  # chunk → the next one of its part
    Part* parts
    uint32_t part_bits
    uint32_t used  # chunks

cdef inline void parting_free(Parting* p) noexcept nogil:
    free(p.memory)
    free(p.following)
    free(p.parts)
    memset(p, 0, sizeof(Parting))

cdef inline int parting_init(Parting* p, const RowIndex* x, uint64_t rows) noexcept nogil:
    """For so many rows of an index that is sized already; -1 when memory fails."""
    cdef uint64_t parts, chunks, nbytes
    memset(p, 0, sizeof(Parting))
    p.part_bits = x.bits - PART_BITS if x.bits > PART_BITS else 0
    parts = (<uint64_t>1) << p.part_bits
    chunks = rows // CHUNK_SLOTS + parts
    nbytes = (chunks + 1) * CHUNK_NBYTES
    p.memory = <char*>malloc(nbytes)
    p.following = <uint32_t*>malloc(chunks * sizeof(uint32_t))
    p.parts = <Part*>calloc(parts, sizeof(Part))
    if p.memory == NULL or p.following == NULL or p.parts == NULL:
        parting_free(p)
        return -1
    advise_huge(p.memory, nbytes)
    p.slots = <Slot*>((<uintptr_t>p.memory + CHUNK_NBYTES - 1) & ~<uintptr_t>(CHUNK_NBYTES - 1))
    return 0

cdef inline void parting_add(Parting* p, uint32_t hash, uint32_t row) noexcept nogil:
    """No more rows may be added than were said."""
    # In two steps, since a shift by 32 is none.
    cdef Part* part = &p.parts[(hash >> 1) >> (31 - p.part_bits)]
    if <uintptr_t>part.end & (CHUNK_NBYTES - 1) == 0:
        if part.end == NULL:
            part.first = p.used
        else:
            p.following[part.last] = p.used
        part.last = p.used
        part.end = p.slots + <uint64_t>p.used * CHUNK_SLOTS
        p.used += 1
    part.end.hash = hash
    part.end.row1 = row + 1
    part.end += 1

cdef inline const Slot* chunk_of(
        const Parting* p, const Part* part, uint32_t chunk, uint32_t* count) noexcept nogil:
    """The rows of a chunk and how many they are."""
    cdef const Slot* start = p.slots + <uint64_t>chunk * CHUNK_SLOTS
    count[0] = <uint32_t>(part.end - start) if chunk == part.last else <uint32_t>CHUNK_SLOTS
    return start
