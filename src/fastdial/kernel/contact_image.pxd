# cython: language_level=3
"""Snapshots of contacts: a run of bytes that holds all of them and says nothing of memory."""

from libc.stdint cimport uint64_t

from fastdial.kernel.contact_store cimport Contacts

cdef enum:
    IMAGE_HEADER_NBYTES = 64

cdef enum ImageError:
    IMAGE_OK = 0
    IMAGE_TOO_SHORT
    IMAGE_NOT_OURS
    IMAGE_VERSION
    IMAGE_LENGTH
    IMAGE_CHECKSUM
    IMAGE_RECORD
    IMAGE_FREE_ROWS
    IMAGE_KEY_TWICE
    IMAGE_MEMORY

cdef uint64_t image_nbytes(const Contacts* t) noexcept nogil
cdef void image_write(const Contacts* t, char* out) noexcept nogil
# Fills freshly initialised contacts. On an error they hold part of it, and are to be freed.
cdef ImageError image_read(Contacts* t, const char* data, uint64_t nbytes) noexcept nogil
