# cython: language_level=3
"""Fields of contacts and of their numbers by name, copied to and from arrays."""

from libc.stdint cimport int64_t

from fastdial.kernel.contact_store cimport Contacts

# Where a field lies in the record or in a number, and which values may be put there.
cdef struct Column:
    int64_t offset
    int64_t nbytes
    int64_t low
    int64_t high
    bint of_number
    bint is_float
    bint is_turn  # number_next: also below the contact's own count of numbers

# Fills the column and gives its NumPy type; raises KeyError for a name that is none.
cdef object column_named(str name, Column* column)
# Raises ValueError for a column that is not for putting.
cdef int check_puttable(str name) except -1
# Copy from rows start to stop, free ones and numbers that a contact does not have as 0.
cdef void copy_range(
    const Contacts* t, const Column* c, int64_t number, int64_t start, int64_t stop, char* out
) noexcept nogil
# Copy from chosen rows: -1, or the first place where the row is not live.
cdef int64_t copy_rows(
    const Contacts* t, const Column* c, int64_t number, const int64_t* rows, int64_t n, char* out
) noexcept nogil
# Check before putting: -1, or the first place where the row, its number or the value is not fit.
cdef int64_t find_unfit(
    const Contacts* t, const Column* c, int64_t number, const int64_t* rows, int64_t n,
    const int64_t* values, const float* floats, int64_t step) noexcept nogil
cdef void put_rows(
    const Contacts* t, const Column* c, int64_t number, const int64_t* rows, int64_t n,
    const int64_t* values, const float* floats, int64_t step) noexcept nogil
