# cython: language_level=3
"""What is to come of the lines and talks of campaigns that share agents, added up."""

from libc.stdint cimport int32_t, int64_t

from fastdial.kernel.campaign cimport Campaign
from fastdial.kernel.odds cimport Outlook

# For each group of agents, a byte each: whether it works on the campaign that asks.
cdef struct Groups:
    const char* works
    Py_ssize_t count

# Add another campaign, and what is added to `doubt`: that of its answers, in squares.
cdef void outlook_campaign(
    Outlook* outlook, Campaign* campaign, int64_t now, const Groups* groups
) noexcept nogil

# Add the one that asks, after all others. `doubt` is relative to all answers from then on.
cdef void outlook_own(
    Outlook* outlook, Campaign* campaign, int64_t now, const Groups* groups, int32_t ready
) noexcept nogil
