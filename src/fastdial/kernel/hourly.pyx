# cython: language_level=3
"""No hour in which too large a share of calls is abandoned.

The budget of a day lets one hour lose what others have saved. Here each hour by the clock has a cap
of its own: what may still be lost in it is the cap's part of the calls that were answered and of
those that surely will be, less what was lost. Lines are launched only while it is hardly possible
that those in flight lose more, though answers may suddenly come several times as often as is
believed: so much as they can rise before some have been heard.
"""

cimport cython
from libc.math cimport exp, floor, sqrt
from libc.stdint cimport int32_t, int64_t

from fastdial.kernel._numbers cimport to_number, to_whole
from fastdial.kernel.odds cimport MOMENTS, Outlook

cdef double HOUR_S = 3600.0
cdef double FLIGHT_S = 40.0         # that a line may ring
cdef double AIM = 0.92              # of the cap: what is foreseen is not certain
cdef double SURE_SHARE = 0.5        # of answers that come at one line for each free agent
cdef double SURE_SPREAD = 1.0       # and so many standard deviations less
cdef double SPREAD = 2.5            # standard deviations of calls lost by the lines in flight
cdef double RISE = 1.3862943611198906 / 60      # of the logarithm of answers, in a second
cdef double RISE_MOST = 4.0
cdef double HEARD_S = 20.0          # until an answer comes
cdef double HEARD = 0.5             # answers until a change begins to be seen


cdef void hourly_open(Hourly* hourly, double cap) noexcept nogil:
    hourly.cap = cap
    hourly.hour = -1
    hourly.answered = 0.0
    hourly.lost = 0.0


cdef inline void turn(Hourly* hourly, double now) noexcept nogil:
    cdef int64_t hour = <int64_t> (now / HOUR_S)
    if hour != hourly.hour:
        hourly.hour = hour
        hourly.answered = 0.0
        hourly.lost = 0.0


cdef void hourly_counted(Hourly* hourly, bint lost, double now) noexcept nogil:
    """A call was answered, and abandoned or not."""
    hourly_added(hourly, 1.0, <double> lost, now)


cdef void hourly_added(Hourly* hourly, double answered, double lost, double now) noexcept nogil:
    """So many calls were answered, and so many abandoned; parts of one where that is estimated."""
    turn(hourly, now)
    hourly.answered += answered
    hourly.lost += lost


cdef inline double surely(double expected) noexcept nogil:
    """At least so many answers come, of those expected."""
    expected = max(expected, 0.0)
    return max(SURE_SHARE * expected - SURE_SPREAD * sqrt(SURE_SHARE * expected), 0.0)


cdef double hourly_may_lose(
    Hourly* hourly, double now, double rate, double close
) noexcept nogil:
    """How many calls may still be abandoned in this hour; below 0: it has lost too many. `rate`:
    answers expected in a second at one line for each free agent; `close`: when dialing ends."""
    cdef double over = HOUR_S * (<int64_t> (now / HOUR_S) + 1)
    cdef double lose
    turn(hourly, now)
    lose = floor(
        AIM * hourly.cap * (hourly.answered + surely(rate * (min(over, close) - now))) + 1e-9
    ) - hourly.lost
    if over - now < FLIGHT_S and close > over:  # what is dialed now may be answered in the next
        lose = min(
            lose,
            floor(AIM * hourly.cap * surely(rate * (min(over + HOUR_S, close) - over)) + 1e-9),
        )
    return lose


cdef int32_t hourly_lines(
    const Outlook* outlook, int32_t free, int32_t ringing, double chance, double lose, double rate
) noexcept nogil:
    """How many lines may ring, with those that do, so that hardly ever more than `lose` people are
    lost by them. `free`: idle agents less people who wait; `chance`: of an answer to a line
    launched now.

    With a answers and c ends of calls expected, a - c - free is lost on average, with a variance of
    a + c at most.
    """
    cdef int32_t sure = max(free + <int32_t> max(lose, 0.0), 0)
    cdef double rise = min(exp(RISE * (HEARD_S + HEARD / max(rate, 1e-6))), RISE_MOST)
    cdef double ends = max(outlook.ends[MOMENTS // 2], 0.0)
    cdef double reach = max(free + lose + 2 * ends, 0.0)
    cdef double root = 0.5 * (sqrt(SPREAD * SPREAD + 4 * reach) - SPREAD)
    cdef double most = root * root - ends - rise * max(outlook.answers[MOMENTS - 1], 0.0) / 0.9
    if lose <= 0.0:
        return sure
    return max(sure, ringing + <int32_t> min(max(most / min(rise * chance, 1.0), 0.0), 1e6))


# ---- the Python face -------------------------------------------------------------------------

@cython.final
cdef class HourGuard:
    """How many lines the cap of this hour lets ring.

    `cap`: abandoned over answered calls. Times are in seconds of a clock whose hours count, and do
    not fall.
    """

    def __cinit__(self, *, cap=0.05):
        hourly_open(&self.hourly, to_number(cap, "cap", 1e-4, 0.5))

    cdef double moment(self, object now_s) except -1.0:
        self.last = to_number(now_s, "now_s", self.last, 1e15)
        return self.last

    def counted(self, abandoned, *, now_s):
        """A call was answered, and abandoned or not."""
        hourly_counted(&self.hourly, bool(abandoned), self.moment(now_s))

    def may_lose(self, *, now_s, rate, closes_at_s):
        """How many calls may still be abandoned; below 0, too many were. `rate`: answers expected
        in a second at one line for each free agent; `closes_at_s`: when dialing ends."""
        cdef double now = self.moment(now_s)
        return int(hourly_may_lose(
            &self.hourly, now, to_number(rate, "rate", 0, 1e6),
            to_number(closes_at_s, "closes_at_s", now, 1e15),
        ))

    def lines(self, *, free, ringing, chance, may_lose, rate, answers, ends):
        """How many lines may ring, with the `ringing`. `free`: idle agents less people who wait;
        `chance`: of an answer to a line launched now; `answers`: expected of those that ring until
        nine of ten are in; `ends`: of calls, until half are."""
        cdef Outlook outlook
        outlook.answers[MOMENTS - 1] = to_number(answers, "answers", 0, 1e6)
        outlook.ends[MOMENTS // 2] = to_number(ends, "ends", 0, 1e6)
        return hourly_lines(
            &outlook, to_whole(free, "free", -1_000_000, 1_000_000),
            to_whole(ringing, "ringing", 0, 1_000_000), to_number(chance, "chance", 1e-6, 1),
            to_number(may_lose, "may_lose", -1e6, 1e6), to_number(rate, "rate", 0, 1e6),
        )
