from libc.stdint cimport int32_t, int64_t

from fastdial.kernel.odds cimport Outlook

cdef enum:
    RARER = 4                       # so many times as rare answers may become within an hour

# The cap of each hour by the clock, which no hour is to pass.
cdef struct Hourly:
    double cap                      # abandoned over answered calls; 0: none
    int64_t hour                    # the one that is counted
    double answered
    double lost
    double heard                    # answers of late,
    double expected                 # and how many were expected
    double heard_at
    float left[24]                  # by hour of the day: the share of agents who leave at once
    int32_t quiet[24]               # such hours since then
    double leaving_since            # of those who left last
    double leaving
    double leaving_of

# For whom lines are asked for.
cdef struct Standing:
    double now
    double close                    # when dialing ends
    int32_t here                    # agents who may leave at any moment; 0: nobody does
    int32_t free                    # idle agents less people who wait
    int32_t ringing
    double chance                   # of an answer to a line launched now
    double rate                     # answers expected in a second at one line for each free agent
    bint is_new                     # nothing was heard for long

cdef void hourly_open(Hourly* hourly, double cap) noexcept nogil
cdef void hourly_counted(Hourly* hourly, bint lost, double now) noexcept nogil
cdef void hourly_added(Hourly* hourly, double answered, double lost, double now) noexcept nogil
cdef void hourly_waits(Hourly* hourly, double now, double pace) noexcept nogil
cdef void hourly_heard(Hourly* hourly) noexcept nogil
cdef void hourly_left(Hourly* hourly, double now, int32_t here) noexcept nogil
cdef double hourly_may_lose(
    Hourly* hourly, double now, double rate, double close
) noexcept nogil
cdef int32_t hourly_lines(
    const Hourly* hourly, const Outlook* outlook, const Standing* standing, double lose,
    int32_t most
) noexcept nogil

cdef class HourGuard:
    cdef Hourly hourly
    cdef double last
    cdef double moment(self, object now_s) except -1.0
