from libc.stdint cimport int32_t, int64_t

from fastdial.kernel.odds cimport Outlook

# The cap of each hour by the clock, which no hour may pass.
cdef struct Hourly:
    double cap                      # abandoned over answered calls; 0: none
    int64_t hour                    # the one that is counted
    double answered
    double lost

cdef void hourly_open(Hourly* hourly, double cap) noexcept nogil
cdef void hourly_counted(Hourly* hourly, bint lost, double now) noexcept nogil
cdef void hourly_added(Hourly* hourly, double answered, double lost, double now) noexcept nogil
cdef double hourly_may_lose(
    Hourly* hourly, double now, double rate, double close
) noexcept nogil
cdef int32_t hourly_lines(
    const Outlook* outlook, int32_t free, int32_t ringing, double chance, double lose, double rate
) noexcept nogil

cdef class HourGuard:
    cdef Hourly hourly
    cdef double last
    cdef double moment(self, object now_s) except -1.0
