# cython: language_level=3
"""No hour in which too large a share of calls is abandoned.

The budget of a day lets one hour lose what others have saved. Here each hour by the clock has a cap
of its own: what may still be lost in it is the cap's part of the calls that were answered and of
those that surely will be, less what was lost. Lines are launched only while it is hardly possible
that those in flight lose more: though answers may suddenly come several times as often as is
believed, so much as they can rise before some have been heard, and more where more are heard than
were expected; and though agents may leave at once, as many as have left at this hour of other days.
Where the hour can lose nobody, even an idle agent may then be left without a line; but by the same
rule more lines ring than agents are idle where answers are rare, and earn what the hour has lost.
"""

cimport cython
from libc.math cimport exp, floor, sqrt
from libc.stdint cimport int32_t, int64_t
from libc.string cimport memset

from fastdial.kernel._numbers cimport to_number, to_whole
from fastdial.kernel.odds cimport MOMENTS, Outlook
from fastdial.kernel.pacing cimport pacing_at_moment

cdef double HOUR_S = 3600.0
cdef int64_t HOURS = 24             # of a day
cdef double FLIGHT_S = 40.0         # that a line may ring
cdef double SURE_SHARE = 0.8        # of answers that come at one line for each free agent
cdef double SURE_LEAVING = 0.4      # less, times the share of agents who may leave
cdef double SURE_SPREAD = 1.0       # and so many standard deviations less
cdef double HARDLY = 2e-4           # accepted: that lines in flight lose more than may be lost;
cdef double HARDLY_MOST = 1e-3      # as much again for each call that may be, up to this
cdef double RISE = 1.3862943611198906 / 60      # of the logarithm of answers, in a second
cdef double UNHEARD_MOST_S = 60.0
cdef double HEARD_S = 20.0          # until an answer comes
cdef double HEARD = 0.5             # answers until a change begins to be seen
cdef double LATE_S = 20.0           # what is of late
cdef double CHANCE_MOST = 0.99
cdef double LAST_MOMENT = 0.9       # of answers come until the last moment
cdef double LEFT_UNKNOWN = 0.5      # share of agents who may leave, in an hour not seen yet
cdef double LEFT_ALIKE = 0.75       # of a share seen: so many leave again
cdef double LEAVE_S = 10.0          # who leave within this leave at once
cdef int32_t QUIET_HOURS = 20       # such hours without it, and nobody is expected to
cdef double LEAVING_HARDLY = 0.005  # accepted: more is lost, if agents leave
cdef double LEFT_SURE = 0.5         # of answers, after they have left


cdef void hourly_open(Hourly* hourly, double cap) noexcept nogil:
    cdef int32_t at
    memset(hourly, 0, sizeof(Hourly))
    hourly.cap = cap
    hourly.hour = -1
    hourly.leaving_since = -HOUR_S
    for at in range(HOURS):
        hourly.left[at] = <float> LEFT_UNKNOWN


cdef inline void turn(Hourly* hourly, double now) noexcept nogil:
    cdef int64_t hour = <int64_t> (now / HOUR_S)
    cdef int64_t at = hour % HOURS
    if hour != hourly.hour:
        hourly.hour = hour
        hourly.answered = 0.0
        hourly.lost = 0.0
        hourly.quiet[at] += 1
        if hourly.quiet[at] > QUIET_HOURS:
            hourly.left[at] = 0.0


cdef void hourly_counted(Hourly* hourly, bint lost, double now) noexcept nogil:
    """A call was answered, and abandoned or not."""
    hourly_added(hourly, 1.0, <double> lost, now)


cdef void hourly_added(Hourly* hourly, double answered, double lost, double now) noexcept nogil:
    """So many calls were answered, and so many abandoned; parts of one where that is estimated."""
    turn(hourly, now)
    hourly.answered += answered
    hourly.lost += lost


cdef void hourly_waits(Hourly* hourly, double now, double pace) noexcept nogil:
    """Lines have rung until now from which so many answers are expected in a second."""
    cdef double since = max(now - hourly.heard_at, 0.0)
    cdef double kept = exp(-since / LATE_S)
    hourly.heard *= kept
    hourly.expected = kept * hourly.expected + min(since, LATE_S) * pace
    hourly.heard_at = now


cdef void hourly_heard(Hourly* hourly) noexcept nogil:
    """A line was answered."""
    hourly.heard += 1.0


cdef void hourly_left(Hourly* hourly, double now, int32_t here) noexcept nogil:
    """One of so many agents leaves, or will after a call."""
    cdef int32_t at
    cdef double share
    turn(hourly, now)
    if now - hourly.leaving_since > LEAVE_S:
        hourly.leaving_since = now
        hourly.leaving = 0.0
        hourly.leaving_of = max(here, 1)
    hourly.leaving += 1.0
    at = hourly.hour % HOURS
    share = hourly.leaving / hourly.leaving_of
    if share >= LEFT_ALIKE * hourly.left[at]:
        hourly.left[at] = <float> min(share, 1.0)
        hourly.quiet[at] = 0


cdef inline double share_leaving(const Hourly* hourly, int64_t hour) noexcept nogil:
    return hourly.left[max(hour, 0) % HOURS]        # before anything was counted


cdef inline double surely(double expected, double leaving) noexcept nogil:
    """At least so many answers come, of those expected, where such a share of agents may leave."""
    cdef double mean = (SURE_SHARE - SURE_LEAVING * leaving) * max(expected, 0.0)
    return max(mean - SURE_SPREAD * sqrt(mean), 0.0)


cdef inline double whole(const Hourly* hourly, double answered, double lost) noexcept nogil:
    return floor(hourly.cap * answered + 1e-9) - lost


cdef double hourly_may_lose(
    Hourly* hourly, double now, double rate, double close
) noexcept nogil:
    """How many calls may still be abandoned in this hour; below 0: it has lost too many. `rate`:
    answers expected in a second at one line for each free agent, though they be `RARER` times as
    rare; `close`: when dialing ends."""
    cdef double over = HOUR_S * (<int64_t> (now / HOUR_S) + 1)
    cdef double lose, come
    turn(hourly, now)
    come = surely(rate * (min(over, close) - now), share_leaving(hourly, hourly.hour))
    lose = whole(hourly, hourly.answered + come, hourly.lost)
    if over - now < FLIGHT_S and close > over:  # what is dialed now may be answered in the next
        come = surely(
            rate * (min(over + HOUR_S, close) - over), share_leaving(hourly, hourly.hour + 1)
        )
        lose = min(lose, whole(hourly, come, 0.0))
    return lose


# ---- lines -----------------------------------------------------------------------------------

cdef double rise_of(const Hourly* hourly, const Standing* standing) noexcept nogil:
    """By how much answers may have risen since what is believed of them.

    The longer it takes to hear of it, the more: some answers have to come first. What was heard of
    late is weighed as if one answer more had come, as was expected.
    """
    cdef double rate = 1e-6 if standing.is_new else max(standing.rate, 1e-6)
    cdef double rise = exp(RISE * min(HEARD_S + HEARD / rate, UNHEARD_MOST_S))
    return rise * max((1 + hourly.heard) / (1 + hourly.expected), 1.0)


cdef double lost_more(double free, double lines, double answers, double ends) noexcept nogil:
    """P(A - C > free): of so many lines more are answered than agents are or become free.

    Of all chances with one sum, equal ones spread most (W. Hoeffding, "On the distribution of the
    number of successes in independent trials", Annals of Mathematical Statistics 27, 1956).
    """
    cdef double mean = min(answers, CHANCE_MOST * lines)
    return pacing_at_moment(
        mean, mean * mean / max(lines, 1.0), ends, 0.0, <int32_t> floor(free) + 1
    )


cdef inline double answers_of(
    const Outlook* outlook, const Standing* standing, int32_t lines, double rise
) noexcept nogil:
    """Expected of so many lines, those that ring among them."""
    cdef double fresh = min(rise * standing.chance, CHANCE_MOST)
    return (
        rise * max(outlook.answers[MOMENTS - 1], 0.0) / LAST_MOMENT
        + max(lines - standing.ringing, 0) * fresh
    )


cdef double lost_if_they_leave(
    const Outlook* outlook, const Standing* standing, int32_t leave, double lose, int32_t lines
) noexcept nogil:
    """The same, where so many agents leave at once, by chance idle or not."""
    cdef double answers = answers_of(outlook, standing, lines, 1.0)
    cdef double ends = max(outlook.ends[MOMENTS // 2], 0.0)
    cdef double weight = 1.0
    cdef double total = 0.0
    cdef double lost = 0.0
    cdef int32_t idle = min(standing.free, standing.here)
    cdef int32_t busy = standing.here - idle
    cdef int32_t out = max(leave - busy, 0)
    ends *= 1 - <double> leave / standing.here
    while out <= min(leave, idle):
        lost += weight * lost_more(standing.free - out + lose, lines, answers, ends)
        total += weight
        weight *= <double> (idle - out) * (leave - out) / ((out + 1.0) * (busy - leave + out + 1.0))
        out += 1
    return lost / total


cdef struct Limits:
    double rise
    double lose                     # calls,
    double hardly                   # and how likely more may be
    int32_t leave                   # agents
    double lose_then                # calls, if they do


cdef void limits_of(
    const Hourly* hourly, const Standing* standing, double lose, Limits* limits
) noexcept nogil:
    cdef double leaving = share_leaving(hourly, hourly.hour)
    cdef double over = HOUR_S * (hourly.hour + 1)
    cdef double come = standing.rate * max(min(over, standing.close) - standing.now, 0.0)
    limits.rise = rise_of(hourly, standing)
    limits.lose = floor(max(lose, 0.0))
    limits.hardly = min(HARDLY * (1 + limits.lose), HARDLY_MOST)
    limits.leave = <int32_t> (leaving * standing.here + 1e-6) if standing.free > 0 else 0
    limits.lose_then = max(
        whole(hourly, hourly.answered + LEFT_SURE * (1 - leaving) * come, hourly.lost), 0.0
    )
    if over - standing.now < FLIGHT_S:
        limits.lose_then = min(limits.lose_then, limits.lose)


cdef bint is_within(
    const Outlook* outlook, const Standing* standing, const Limits* limits, int32_t lines
) noexcept nogil:
    """Whether so many lines hardly ever lose more than may be lost."""
    if lines > standing.free + limits.lose and lost_more(
        standing.free + limits.lose, lines,
        answers_of(outlook, standing, lines, limits.rise), max(outlook.ends[MOMENTS // 2], 0.0)
    ) > limits.hardly:
        return False
    return (
        limits.leave == 0 or lines <= standing.free - limits.leave + limits.lose_then
        or lost_if_they_leave(outlook, standing, limits.leave, limits.lose_then, lines)
        <= LEAVING_HARDLY
    )


cdef int32_t hourly_lines(
    const Hourly* hourly, const Outlook* outlook, const Standing* standing, double lose,
    int32_t most
) noexcept nogil:
    """How many lines, of `most`, may ring, with those that do, so that hardly ever more than `lose`
    people are lost by them. O(free agents + lines that are answered), times log(most)."""
    cdef Limits limits
    cdef int32_t low = 0
    cdef int32_t middle
    limits_of(hourly, standing, lose, &limits)
    if most <= 0 or is_within(outlook, standing, &limits, most):
        return max(most, 0)
    while most - low > 1:
        middle = (low + most) // 2
        if middle < standing.ringing or is_within(outlook, standing, &limits, middle):
            low = middle
        else:
            most = middle
    return low


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

    def waits(self, *, now_s, pace):
        """Lines have rung until now from which `pace` answers are expected in a second."""
        hourly_waits(&self.hourly, self.moment(now_s), to_number(pace, "pace", 0, 1e6))

    def heard(self):
        """A line was answered."""
        hourly_heard(&self.hourly)

    def left(self, *, now_s, here):
        """One of `here` agents leaves, or will after a call: they may at this hour of other days.
        """
        hourly_left(&self.hourly, self.moment(now_s), to_whole(here, "here", 1, 1_000_000))

    def may_leave(self, *, now_s):
        """The share of agents who may leave at once in this hour: half, until it is known."""
        turn(&self.hourly, self.moment(now_s))
        return share_leaving(&self.hourly, self.hourly.hour)

    def may_lose(self, *, now_s, rate, closes_at_s):
        """How many calls may still be abandoned; below 0, too many were. `rate`: answers expected
        in a second at one line for each free agent, though they become a quarter as likely;
        `closes_at_s`: when dialing ends."""
        cdef double now = self.moment(now_s)
        return int(hourly_may_lose(
            &self.hourly, now, to_number(rate, "rate", 0, 1e6),
            to_number(closes_at_s, "closes_at_s", now, 1e15),
        ))

    def lines(
        self, *, now_s, closes_at_s, free, ringing, chance, may_lose, rate, answers, ends,
        here=0, is_new=False, most=1_000_000,
    ):
        """How many lines, of `most`, may ring, with the `ringing`. `free`: idle agents less people
        who wait; `here`: agents who may leave at any moment; `chance`: of an answer to a line
        launched now; `rate`: answers expected in a second at one line for each free agent;
        `answers`: expected of those that ring until nine of ten are in; `ends`: of calls, until
        half are; `is_new`: nothing was heard for long.
        """
        cdef Outlook outlook
        cdef Standing standing
        standing.now = self.moment(now_s)
        turn(&self.hourly, standing.now)
        standing.close = to_number(closes_at_s, "closes_at_s", standing.now, 1e15)
        standing.here = to_whole(here, "here", 0, 1_000_000)
        standing.free = to_whole(free, "free", -1_000_000, 1_000_000)
        standing.ringing = to_whole(ringing, "ringing", 0, 1_000_000)
        standing.chance = to_number(chance, "chance", 1e-6, 1)
        standing.rate = to_number(rate, "rate", 0, 1e6)
        standing.is_new = bool(is_new)
        outlook.answers[MOMENTS - 1] = to_number(answers, "answers", 0, 1e6)
        outlook.ends[MOMENTS // 2] = to_number(ends, "ends", 0, 1e6)
        return hourly_lines(
            &self.hourly, &outlook, &standing, to_number(may_lose, "may_lose", -1e6, 1e6),
            to_whole(most, "most", 0, 1_000_000),
        )
