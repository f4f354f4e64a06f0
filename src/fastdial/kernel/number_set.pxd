# cython: language_level=3
"""Sets of up to two thousand million E.164 numbers, for C and for `cimport`."""

from libc.stdint cimport int64_t, uint32_t, uint64_t

from fastdial.kernel._memory cimport Blocks
from fastdial.kernel._number_leaf cimport Leaf

cdef enum:
    BRANCH_LEAVES = 512
    LEAF_CLASSES = 51  # blocks of 64, 128, … 3264 bytes
    BULK_NUMBERS = 448  # in a leaf that is made in bulk, so that a few more do not split it
    BATCH = 32  # looked up together, so that their cache misses overlap

cdef struct Branch:
    int64_t firsts[512]
    Leaf* leaves[512]
    uint32_t count

cdef struct NumberSet:
    Branch** branches
    int64_t* firsts
    uint32_t branch_count
    uint32_t branch_capacity
    Branch* spare  # allocated before a change that may need it
    uint64_t count
    Blocks blocks[51]

# A place between numbers; `position` is where the next leaf to be read stands.
cdef struct Cursor:
    uint32_t branch
    uint32_t leaf

# Numbers that come in ascending order, on their way into a set that holds only smaller ones.
cdef struct Builder:
    NumberSet* target
    int64_t above  # the last number that came
    uint32_t count
    int64_t numbers[512]

cdef void numbers_init(NumberSet* s) noexcept nogil
cdef void numbers_free(NumberSet* s) noexcept nogil
cdef uint64_t numbers_nbytes(const NumberSet* s) noexcept nogil
cdef bint numbers_has(const NumberSet* s, int64_t number) noexcept nogil
cdef void numbers_has_many(
    const NumberSet* s, const int64_t* numbers, int64_t n, char* out) noexcept nogil
# 1 when it was added or removed, 0 when there was nothing to do, -1 when memory fails. What is not
# 1 to 999,999,999,999,999 is never there and never added.
cdef int numbers_add(NumberSet* s, int64_t number) noexcept nogil
cdef int numbers_remove(NumberSet* s, int64_t number) noexcept nogil
# The leaf that may hold the number or, if none, the first behind it.
cdef void cursor_seek(const NumberSet* s, int64_t number, Cursor* cursor) noexcept nogil
cdef const Leaf* cursor_next(const NumberSet* s, Cursor* cursor) noexcept nogil
cdef void builder_init(Builder* b, NumberSet* target) noexcept nogil
# Passes over what is not above the number before, or is no number at all.
cdef int builder_push(Builder* b, int64_t number) noexcept nogil
cdef int builder_flush(Builder* b) noexcept nogil
