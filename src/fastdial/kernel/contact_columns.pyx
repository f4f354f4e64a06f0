# cython: language_level=3
"""Fields of contacts and of their numbers by name, copied to and from arrays."""

import numpy as np

from libc.stdint cimport int64_t, uint32_t
from libc.string cimport memcpy, memset

from fastdial.kernel.contact_store cimport (
    Contact, Contacts, Number, contacts_at, contacts_is_live, contacts_number,
)

cdef extern from *:
    void __builtin_prefetch(const void*) noexcept nogil

cdef enum:
    AHEAD = 16  # rows are fetched so long before they are copied

cdef Contact _contact
cdef Number _number

cdef inline int64_t in_contact(void* field) noexcept nogil:
    return <char*>field - <char*>&_contact

cdef inline int64_t in_number(void* field) noexcept nogil:
    return <char*>field - <char*>&_number

# Name: type, offset, of a number, whether it can be put, smallest and largest value.
_COLUMNS = {
    "next_due_at": ("<i8", in_contact(&_contact.next_due_at), False, True, None),
    "last_attempt_at": ("<i8", in_contact(&_contact.last_attempt_at), False, True, None),
    "order_key": ("<i8", in_contact(&_contact.order_key), False, True, None),
    "answer_probability": ("<f4", in_contact(&_contact.answer_probability), False, True, (0, 1)),
    "priority": ("<i4", in_contact(&_contact.priority), False, True, None),
    "generation": ("<u4", in_contact(&_contact.generation), False, False, None),
    "day": ("<i4", in_contact(&_contact.day), False, True, None),
    "zone": ("<u2", in_contact(&_contact.zone), False, True, None),
    "attempts": ("<u2", in_contact(&_contact.attempts), False, True, None),
    "day_attempts": ("<u2", in_contact(&_contact.day_attempts), False, True, None),
    "flags": ("<u2", in_contact(&_contact.flags), False, True, None),
    "sequence": ("<i8", in_contact(&_contact.sequence), False, True, None),
    "marks": ("<i8", in_contact(&_contact.marks), False, True, None),
    "reason": ("<u2", in_contact(&_contact.reason), False, True, None),
    "state": ("u1", in_contact(&_contact.state), False, True, None),
    "key_nbytes": ("u1", in_contact(&_contact.key_nbytes), False, False, None),
    "number_count": ("u1", in_contact(&_contact.number_count), False, False, None),
    "number_next": ("u1", in_contact(&_contact.number_next), False, True, (0, 7)),
    "number": ("<i8", in_number(&_number.number), True, False, None),
    "number_kind": ("u1", in_number(&_number.kind), True, True, None),
    "number_from_minute": ("<u2", in_number(&_number.from_minute), True, True, (0, 1440)),
    "number_until_minute": ("<u2", in_number(&_number.until_minute), True, True, (0, 1440)),
    "number_attempts": ("<u2", in_number(&_number.attempts), True, True, None),
    "number_state": ("u1", in_number(&_number.state), True, True, None),
}

cdef object column_named(str name, Column* column):
    if name not in _COLUMNS:
        raise KeyError(f"no column is named {name!r}; there are {', '.join(_COLUMNS)}")
    code, offset, of_number, _, limits = _COLUMNS[name]
    dtype = np.dtype(code)
    column.offset = offset
    column.nbytes = dtype.itemsize
    column.of_number = of_number
    column.is_float = dtype.kind == "f"
    column.is_turn = name == "number_next"
    if limits is None:
        info = np.iinfo(dtype)
        limits = (info.min, info.max)
    column.low, column.high = limits
    return dtype

cdef int check_puttable(str name) except -1:
    if not _COLUMNS[name][3]:
        raise ValueError(f"{name} can not be put; it follows from loading and removing contacts")
    return 0

cdef inline char* field_at(
        const Contacts* t, const Column* c, int64_t number, int64_t row) noexcept nogil:
    """The field of a used row; NULL where the contact has no such number."""
    cdef Contact* contact = contacts_at(t, <uint32_t>row)
    if not c.of_number:
        return <char*>contact + c.offset
    if number >= contact.number_count:
        return NULL
    return <char*>contacts_number(t, contact, <uint32_t>number) + c.offset

cdef inline void copy_field(const char* field, int64_t nbytes, char* out) noexcept nogil:
    # A copy of a size that the compiler knows is one instruction.
    if field == NULL:
        memset(out, 0, nbytes)
    elif nbytes == 1:
        out[0] = field[0]
    elif nbytes == 2:
        memcpy(out, field, 2)
    elif nbytes == 4:
        memcpy(out, field, 4)
    else:
        memcpy(out, field, 8)

cdef void copy_range(
        const Contacts* t, const Column* c, int64_t number, int64_t start, int64_t stop, char* out
) noexcept nogil:
    cdef int64_t row
    for row in range(start, stop):
        copy_field(field_at(t, c, number, row), c.nbytes, out + (row - start) * c.nbytes)

cdef int64_t copy_rows(
        const Contacts* t, const Column* c, int64_t number, const int64_t* rows, int64_t n,
        char* out) noexcept nogil:
    cdef int64_t i, row
    cdef char* ahead
    for i in range(n):
        row = rows[i + AHEAD] if i + AHEAD < n else -1
        if 0 <= row < t.high:
            ahead = <char*>contacts_at(t, <uint32_t>row)
            __builtin_prefetch(ahead + in_contact(&_contact.key_nbytes))
            __builtin_prefetch(
                ahead + c.offset + (in_contact(&_contact.first) if c.of_number else 0))
        row = rows[i]
        if not contacts_is_live(t, row):
            return i
        copy_field(field_at(t, c, number, row), c.nbytes, out + i * c.nbytes)
    return -1

cdef inline bint fits(const Column* c, int64_t value, float real) noexcept nogil:
    if c.is_float:
        return c.low <= real <= c.high
    return c.low <= value <= c.high

cdef int64_t find_unfit(
        const Contacts* t, const Column* c, int64_t number, const int64_t* rows, int64_t n,
        const int64_t* values, const float* floats, int64_t step) noexcept nogil:
    cdef int64_t i, row, value
    for i in range(n):
        row = rows[i]
        if not contacts_is_live(t, row) or field_at(t, c, number, row) == NULL:
            return i
        value = 0 if c.is_float else values[i * step]
        if not fits(c, value, floats[i * step] if c.is_float else 0):
            return i
        if c.is_turn and value >= contacts_at(t, <uint32_t>row).number_count:
            return i
    return -1

cdef void put_rows(
        const Contacts* t, const Column* c, int64_t number, const int64_t* rows, int64_t n,
        const int64_t* values, const float* floats, int64_t step) noexcept nogil:
    cdef int64_t i, value
    cdef char* field
    for i in range(n):
        field = field_at(t, c, number, rows[i])
        if c.is_float:
            memcpy(field, &floats[i * step], 4)
        else:
            # Little-endian: the low bytes come first.
            value = values[i * step]
            memcpy(field, &value, c.nbytes)
