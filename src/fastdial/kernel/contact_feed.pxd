# cython: language_level=3
"""Bulk rows for contacts, as C sees them."""

from libc.stdint cimport int32_t, int64_t, uint8_t

from fastdial.kernel.contact_store cimport Contacts, Entry

cdef enum:
    REFUSED_KEY = 1
    REFUSED_NUMBER
    REFUSED_KIND
    REFUSED_HOURS
    REFUSED_ZONE
    REFUSED_PRIORITY
    REFUSED_PROBABILITY

# Keys side by side: of one size with NULs at the end, or from offset to offset.
cdef struct KeySource:
    const char* data
    int64_t data_nbytes
    const int64_t* offsets
    int64_t item_nbytes

# A column of integers: NULL is not given; a step of 0 gives the same to all.
cdef struct Ints:
    const int64_t* data
    int64_t row_step
    int64_t number_step

cdef struct Feed:
    KeySource keys
    Ints numbers
    Ints kinds
    Ints from_minutes
    Ints until_minutes
    Ints zones
    Ints priorities
    Ints order_keys
    Ints sequences
    const float* probabilities
    int64_t probability_step
    int64_t number_width

cdef struct LoadResult:
    int32_t* rows
    uint8_t* new
    uint8_t* refused

# Row i as an entry; 0 or why it is refused.
cdef int read_entry(const Feed* f, int64_t i, Entry* entry) noexcept nogil
# Load n rows; -1 when memory fails or the table is full, and then the rows before are in.
cdef int load_feed(Contacts* t, const Feed* f, int64_t n, LoadResult* out) noexcept nogil
# The rows of n keys, -1 for those that are not there.
cdef void find_keys(
    const Contacts* t, const KeySource* k, int64_t n, int32_t* out) noexcept nogil
