# cython: language_level=3
"""What a campaign has learned, as bytes: equal for equal."""

from fastdial.kernel.campaign cimport Campaign

cdef bytes campaign_to_bytes(const Campaign* campaign)

# How many of the bytes were read. ValueError where they are damaged or of another kind.
cdef Py_ssize_t campaign_from_bytes(
    Campaign* campaign, const unsigned char[::1] data
) except -1
