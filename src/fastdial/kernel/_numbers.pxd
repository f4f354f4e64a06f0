# cython: language_level=3
"""Numbers as they come from Python, and must lie within bounds, for the faces of modules."""

from libc.math cimport isfinite


cdef inline double to_number(object value, str name, double low, double high) except? -1.0:
    cdef double number
    try:
        number = value
    except TypeError:
        raise TypeError(f"{name} is {value!r}; it must be a number") from None
    if not (isfinite(number) and low <= number <= high):
        raise ValueError(f"{name} is {number}; it can be {low:g} to {high:g}")
    return number


cdef inline object to_whole(object value, str name, object low, object high):
    try:
        value = value.__index__()
    except AttributeError:
        raise TypeError(f"{name} is {value!r}; it must be an integer") from None
    if not low <= value <= high:
        raise ValueError(f"{name} is {value}; it can be {low} to {high}")
    return value
