# cython: language_level=3
"""Snapshots of levels: a run of bytes that holds what was learned and the lines not counted yet."""

from libc.stdint cimport int64_t, uint64_t, uint8_t

from fastdial.kernel.levels cimport Levels

cdef struct LevelsHeader:
    uint64_t magic
    uint64_t version
    uint64_t lists
    uint64_t lines
    int64_t first
    double prior
    double half_life
    double last
    uint64_t checksum

cdef bytes levels_to_bytes(const Levels* levels)

# ValueError for bytes that are damaged or of another kind. The levels to be filled are open, by
# what the header says, and empty.
cdef int levels_header(const uint8_t[::1] data, LevelsHeader* header) except -1
cdef int levels_from_bytes(
    Levels* levels, const uint8_t[::1] data, const LevelsHeader* header
) except -1
