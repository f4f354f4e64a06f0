# cython: language_level=3
"""A campaign that dials ahead in a real centre, as a struct: what happens to it, and what it learns
by that. `pace` is its Python face."""

from libc.stdint cimport int32_t, int64_t

from fastdial.kernel.budget cimport Budget
from fastdial.kernel.floor cimport Floor, RingingLine
from fastdial.kernel.hourly cimport Hourly
from fastdial.kernel.learned cimport Learned
from fastdial.kernel.levels cimport Levels, Traits

cdef enum:
    CHANCE_MOST = 10_000            # before the factor
    COMMON_MOST = 20
    USUAL = 2_000                   # lines whose mean chance is the usual one
    HOUR_S = 3_600
    LOSES_ANY = 1_000_000_000       # where no hour has a cap

cdef double NEVER                   # dialing ends

cdef struct Campaign:
    Learned learned
    Levels* levels                  # another's, who closes them
    Budget budget
    Hourly hourly
    Floor floor
    double* lasting
    Py_ssize_t lasting_room
    int64_t viewed                  # the second for which what follows stands
    double factor
    double doubt
    double settled
    Traits newest                   # whom the newest line was dialed to; attempt 0: nobody yet
    double common                   # what all levels have risen by alike: the factor follows it
    double hour_begins              # s after an hour of UTC
    double reserve                  # calls that are not spent, and more for each agent
    double reserve_per_agent
    double usual                    # mean chance of the lines of late
    int64_t usual_count

# One of zeros, but for its reserves. In seconds, what is believed at first.
cdef void campaign_open(
    Campaign* campaign, Levels* levels, double answer, double ring, double handle
) noexcept nogil
cdef void campaign_close(Campaign* campaign) noexcept nogil

# Take over what is known by now: before anything that happens. Here and below, -1: memory failed.
cdef int campaign_heard(Campaign* campaign, int64_t at) noexcept nogil

# How likely answers are now, though nothing may have happened for a while.
cdef void campaign_view(Campaign* campaign, int64_t now) noexcept nogil

# How likely a contact answers, before the factor; and whether that can be believed.
cdef double campaign_chance(const Campaign* campaign, const Traits* traits) noexcept nogil
cdef bint campaign_is_tried(const Campaign* campaign, const Traits* traits) noexcept nogil

# What happens, after it was heard; `chance`: as is said of the contact.
cdef int campaign_dialed(
    Campaign* campaign, const RingingLine* line, double chance
) noexcept nogil
cdef void campaign_answered(Campaign* campaign, RingingLine* line, int64_t at) noexcept nogil
cdef void campaign_unanswered(Campaign* campaign, RingingLine* line, int64_t at) noexcept nogil
cdef void campaign_given_up(Campaign* campaign, RingingLine* line, int64_t at) noexcept nogil
cdef void campaign_counted(
    Campaign* campaign, double abandoned, double base, double spare, int32_t agents, double left_s,
    int64_t at
) noexcept nogil

# Calls that so many agents may be expected to serve in so many seconds.
cdef double campaign_to_come(
    const Campaign* campaign, int32_t agents, double seconds
) noexcept nogil

# Calls that may be abandoned in this hour. A look changes nothing, though it be another's.
cdef double campaign_may_lose(
    const Campaign* campaign, int64_t now, double rate
) noexcept nogil

# What is kept of its hours: who leaves nobody tells it, nor is that written down.
cdef Hourly campaign_hour(const Campaign* campaign) noexcept nogil


cdef inline double by_clock(const Campaign* campaign, int64_t at) noexcept nogil:
    """Seconds of which the hours of the clock are multiples of 3,600."""
    return max(1e-3 * at - campaign.hour_begins, 0.0)


cdef inline double campaign_usual(const Campaign* campaign, double chance) noexcept nogil:
    """Of contacts to be answered: the next, which has this chance, may be anything."""
    return campaign.usual if campaign.usual_count > 0 else chance
