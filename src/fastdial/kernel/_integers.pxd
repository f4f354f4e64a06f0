# cython: language_level=3
"""Integers as they come from Python, for the faces of modules."""

from cpython.long cimport PyLong_Check
from cpython.number cimport PyNumber_Index
from libc.stdint cimport int64_t


cdef inline int64_t to_int64(object value, str name) except? -1:
    # Cython's own conversion would cut a float down to an integer without a word.
    if not PyLong_Check(value):
        try:
            value = PyNumber_Index(value)
        except TypeError:
            raise TypeError(f"{name} is {value!r}; it must be an integer") from None
    try:
        return value
    except OverflowError:
        raise OverflowError(f"{name} is {value}; it must fit into 64 bits, signed") from None
