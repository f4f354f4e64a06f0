# cython: language_level=3
"""Arrays that grow without being copied: a large one is a mapping, and growing moves its pages.

Copying a million entries takes long enough for somebody to wait for it. Pages are made as they are
written to, so that the work of filling an array is spread as evenly as what it is filled with.
What an array has is told by whoever has it; sizes are in bytes.
"""

from libc.stdlib cimport free, realloc
from libc.string cimport memcpy

from fastdial.kernel._hints cimport advise_huge

cdef extern from *:
    """
    #ifndef _GNU_SOURCE
    #define _GNU_SOURCE
    #endif
    #include <stddef.h>
    #include <stdint.h>
    #include <string.h>
    #include <sys/mman.h>
    #define FASTDIAL_HUGE ((size_t)2 << 20)

    static inline size_t fastdial_mapped_size(size_t size) {
        return (size + FASTDIAL_HUGE - 1) & ~(FASTDIAL_HUGE - 1);
    }

    /* Zeroed memory at a multiple of 2 MiB, or NULL; both sizes are multiples of it. */
    static inline char *fastdial_map(size_t size, int huge) {
        char *map = (char *)mmap(NULL, size + FASTDIAL_HUGE, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        size_t before;
        if (map == (char *)MAP_FAILED) return NULL;
        before = (FASTDIAL_HUGE - (uintptr_t)map % FASTDIAL_HUGE) % FASTDIAL_HUGE;
        if (before) munmap(map, before);
        if (before < FASTDIAL_HUGE) munmap(map + before + size, FASTDIAL_HUGE - before);
    #ifdef MADV_HUGEPAGE
        if (huge) madvise(map + before, size, MADV_HUGEPAGE);
    #else
        (void)huge;
    #endif
        return map + before;
    }

    /* What is mapped at `old`, with room for more behind it; NULL leaves it as it was. */
    static inline char *fastdial_map_more(char *old, size_t old_size, size_t size, int huge) {
        char *map = fastdial_map(size, huge);
        if (map == NULL) return NULL;
    #if defined(__linux__) && defined(MREMAP_FIXED)
        /* Onto an address that suits huge pages, which are then moved whole. What is new becomes
           part of the old mapping: one that is made of several cannot be moved again. */
        if (mremap(old, old_size, size, MREMAP_MAYMOVE | MREMAP_FIXED, map) == MAP_FAILED)
            /* What was mapped there may be gone already and somebody else's, so it is left. */
            return NULL;
    #else
        memcpy(map, old, old_size);
        munmap(old, old_size);
    #endif
        return map;
    }

    static inline void fastdial_unmap(char *map, size_t size) {
        munmap(map, size);
    }
    """
    size_t mapped_size "fastdial_mapped_size" (size_t size) noexcept nogil
    char* map_new "fastdial_map" (size_t size, int huge) noexcept nogil
    char* map_more "fastdial_map_more" (
        char* old, size_t old_size, size_t size, int huge
    ) noexcept nogil
    void map_free "fastdial_unmap" (char* map, size_t size) noexcept nogil

cdef enum:
    MAPPED_NBYTES = 1 << 20         # an array that grows beyond this is mapped from then on


cdef inline void* array_grow(
    void* array, size_t old_nbytes, size_t nbytes, bint huge, bint* mapped
) noexcept nogil:
    """An array (NULL: none yet) with more bytes than before; NULL leaves it as it was: no memory.

    `huge`: it will be filled, so that huge pages do not make memory of gaps. Entries are then
    reached without a miss in the translation buffer, and a fault is taken for each 2 MiB.
    `mapped`: what it is; new bytes of a mapping are zeros. One that is made large at once is not
    mapped yet, as what was freed before may be had without clearing it.
    """
    cdef char* grown
    if mapped[0]:
        if mapped_size(nbytes) == mapped_size(old_nbytes):
            return array
        return map_more(<char*>array, mapped_size(old_nbytes), mapped_size(nbytes), huge)
    if array == NULL or nbytes < MAPPED_NBYTES:
        grown = <char*>realloc(array, nbytes)
        if grown != NULL and huge:
            advise_huge(grown, nbytes)
        return grown
    grown = map_new(mapped_size(nbytes), huge)
    if grown != NULL:
        memcpy(grown, array, old_nbytes)
        free(array)
        mapped[0] = True
    return grown


cdef inline void array_free(void* array, size_t nbytes, bint mapped) noexcept nogil:
    """Gives an array back, of the size that it has."""
    if mapped:
        map_free(<char*>array, mapped_size(nbytes))
    else:
        free(array)
