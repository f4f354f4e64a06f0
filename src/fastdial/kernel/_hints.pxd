# cython: language_level=3
"""Hints to processor and operating system about memory; each may do nothing."""

from libc.stdint cimport uintptr_t

cdef extern from *:
    """
    #if defined(__GNUC__) || defined(__clang__)
    #define fastdial_prefetch(address) __builtin_prefetch(address)
    #else
    #define fastdial_prefetch(address) ((void)(address))
    #endif
    #if defined(__linux__)
    #include <sys/mman.h>
    #endif
    #if defined(MADV_HUGEPAGE)
    #define fastdial_huge_pages(address, size) ((void)madvise(address, size, MADV_HUGEPAGE))
    #else
    #define fastdial_huge_pages(address, size) ((void)(address), (void)(size))
    #endif
    """
    void prefetch "fastdial_prefetch" (const void* address) noexcept nogil
    void huge_pages "fastdial_huge_pages" (void* address, size_t size) noexcept nogil


cdef inline void advise_huge(void* block, size_t size) noexcept nogil:
    """Asks for huge pages under a large block that will be filled, as NumPy does for its arrays.

    Entries are then reached without a miss in the translation buffer, and a load takes a fault for
    2 MiB instead of one for 4 KiB.
    """
    cdef uintptr_t start
    if size >= <size_t>1 << 22:
        start = (<uintptr_t>block + 4095) & ~<uintptr_t>4095
        huge_pages(<void*>start, (<uintptr_t>block + size - start) & ~<size_t>4095)
