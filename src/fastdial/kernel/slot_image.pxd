# cython: language_level=3
"""Snapshots of grids: a run of bytes that holds all of them and says nothing of memory."""

from libc.stdint cimport uint64_t

from fastdial.kernel.slot_store cimport Grids

cdef enum ImageError:
    IMAGE_OK = 0
    IMAGE_TOO_SHORT
    IMAGE_NOT_OURS
    IMAGE_VERSION
    IMAGE_LENGTH
    IMAGE_CHECKSUM
    IMAGE_GRID
    IMAGE_BOOKING
    IMAGE_CHAIN
    IMAGE_MEMORY

cdef uint64_t image_nbytes(const Grids* t) noexcept nogil
cdef void image_write(const Grids* t, char* out) noexcept nogil
# Fills freshly initialised grids. On an error they hold part of it, and are to be freed.
cdef ImageError image_read(Grids* t, const char* data, uint64_t nbytes) noexcept nogil
