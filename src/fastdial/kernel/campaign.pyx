# cython: language_level=3
"""A campaign that dials ahead in a real centre: what happens to it, and what it learns by that.

How likely each contact answers it learns by levels, and follows what all have in common from second
to second. Instants are in ms since the epoch.
"""

from libc.math cimport exp2
from libc.stdint cimport int32_t, int64_t
from libc.stdlib cimport free, realloc

from fastdial.kernel.answer_rates cimport AnswerRate, rate_settled, rate_until
from fastdial.kernel.budget cimport LIFE, ROLLING, budget_moved, budget_open
from fastdial.kernel.floor cimport floor_add_line, floor_close, floor_remove_line
from fastdial.kernel.hazards cimport hazard_survival
from fastdial.kernel.hourly cimport hourly_added, hourly_may_lose, hourly_open
from fastdial.kernel.learned cimport (
    learned_answered, learned_dialed, learned_given_up, learned_is_green, learned_is_stale,
    learned_open, learned_refresh, learned_ringing, learned_unanswered,
)
from fastdial.kernel.levels cimport (
    levels_answered, levels_are_due, levels_chance, levels_given_up, levels_tick, levels_tried,
)
from fastdial.kernel.odds cimport calls_in_a_second

cdef double THETA = 0.03            # the risk taken at first; the guard stands behind it
cdef double NEVER = 1e15
cdef double COMMON_HALF_S = 14_400.0


cdef inline int64_t second_of(int64_t at) noexcept nogil:
    return at // 1_000


cdef void campaign_open(
    Campaign* campaign, Levels* levels, double answer, double ring, double handle
) noexcept nogil:
    campaign.learned.prior_answer = answer
    campaign.learned.patience = 2.0
    learned_open(&campaign.learned, ring, handle)
    campaign.budget.kind = LIFE
    campaign.budget.gain = 0.05
    budget_open(&campaign.budget, 0.03, THETA, campaign.reserve)
    campaign.levels = levels
    campaign.common = 1.0
    hourly_open(&campaign.hourly, 0.0)
    campaign.viewed = -1


cdef void campaign_close(Campaign* campaign) noexcept nogil:
    floor_close(&campaign.floor)
    free(campaign.lasting)
    campaign.lasting = NULL


# ---- taken over ------------------------------------------------------------------------------

cdef void count_lines(Campaign* campaign, double now) noexcept nogil:
    """Levels learn from lines of a while ago; not what they have in common.

    The factor has followed that from second to second, and would have to unlearn it: a campaign
    whose contacts answer a third as often as was thought would dial ahead as if it were a ninth,
    until it did. It is told by the newest line, though another may be the next whose levels have
    not moved as far; so it is forgotten, slowly enough for the factor.
    """
    cdef Levels* levels = campaign.levels
    cdef double before
    if now > levels.last:
        campaign.common **= exp2((levels.last - now) / COMMON_HALF_S)
        levels.last = now
    if not levels_are_due(levels, levels.last):
        return
    before = levels_chance(levels, &campaign.newest)
    levels_tick(levels, levels.last)
    campaign.common *= levels_chance(levels, &campaign.newest) / before
    campaign.common = min(max(campaign.common, 1.0 / COMMON_MOST), <double> COMMON_MOST)


cdef int campaign_heard(Campaign* campaign, int64_t at) noexcept nogil:
    cdef const Floor* floor = &campaign.floor
    cdef Py_ssize_t place
    cdef void* grown
    count_lines(campaign, 1e-3 * at)
    rate_until(
        &campaign.learned.rate, second_of(at), campaign.learned.rate_survival,
        learned_is_green(&campaign.learned),
    )
    if not learned_is_stale(&campaign.learned):
        return 0
    if campaign.lasting_room < floor.talk_room:
        grown = realloc(campaign.lasting, floor.talk_room * sizeof(double))
        if grown == NULL:
            return -1
        campaign.lasting = <double*> grown
        campaign.lasting_room = floor.talk_room
    for place in range(floor.talk_count):
        campaign.lasting[place] = 1e-3 * (at - floor.talks[place].since)
    learned_refresh(&campaign.learned, campaign.lasting, <int32_t> floor.talk_count)
    return 0


cdef void campaign_view(Campaign* campaign, int64_t now) noexcept nogil:
    cdef AnswerRate rate
    cdef int64_t second = second_of(now)
    if campaign.viewed == second:
        return
    rate = campaign.learned.rate
    rate_until(
        &rate, second, campaign.learned.rate_survival, learned_is_green(&campaign.learned)
    )
    campaign.factor = rate.factor
    campaign.doubt = rate.doubt
    campaign.settled = rate_settled(&rate)
    campaign.viewed = second


# ---- contacts --------------------------------------------------------------------------------

cdef double campaign_chance(const Campaign* campaign, const Traits* traits) noexcept nogil:
    return levels_chance(campaign.levels, traits) / campaign.common


cdef bint campaign_is_tried(const Campaign* campaign, const Traits* traits) noexcept nogil:
    """Where as much is told as of this contact, and where as much as of the newest."""
    return levels_tried(campaign.levels, traits) and (
        campaign.newest.attempt == 0 or levels_tried(campaign.levels, &campaign.newest)
    )


# ---- what happens ----------------------------------------------------------------------------

cdef int campaign_dialed(
    Campaign* campaign, const RingingLine* line, double chance
) noexcept nogil:
    cdef double now = 1e-3 * line.dialed_at
    if campaign.floor.line_count == 0:
        learned_ringing(&campaign.learned, now, 0)
    if floor_add_line(&campaign.floor, line):
        return -1
    campaign.usual_count = min(campaign.usual_count + 1, <int64_t> USUAL)
    campaign.usual += (chance - campaign.usual) / campaign.usual_count
    learned_dialed(&campaign.learned, now, chance)
    learned_ringing(&campaign.learned, now, 1)
    return 0


cdef void over(Campaign* campaign, RingingLine* line, int64_t at) noexcept nogil:
    learned_ringing(&campaign.learned, 1e-3 * at, 1)
    floor_remove_line(&campaign.floor, line)


cdef void campaign_answered(Campaign* campaign, RingingLine* line, int64_t at) noexcept nogil:
    learned_answered(
        &campaign.learned, 1e-3 * line.dialed_at, 1e-3 * (at - line.dialed_at)
    )
    levels_answered(campaign.levels, line.serial)
    over(campaign, line, at)


cdef void campaign_unanswered(Campaign* campaign, RingingLine* line, int64_t at) noexcept nogil:
    learned_unanswered(&campaign.learned, 1e-3 * (at - line.dialed_at))
    over(campaign, line, at)


cdef void campaign_given_up(Campaign* campaign, RingingLine* line, int64_t at) noexcept nogil:
    cdef double rang = 1e-3 * (at - line.dialed_at)
    levels_given_up(
        campaign.levels, line.serial, hazard_survival(&campaign.learned.answer, rang)
    )
    learned_given_up(&campaign.learned, 1e-3 * line.dialed_at, line.chance, rang)
    over(campaign, line, at)


cdef void campaign_counted(
    Campaign* campaign, double abandoned, double base, double spare, int32_t agents, double left_s,
    int64_t at
) noexcept nogil:
    cdef Budget* budget = &campaign.budget
    cdef double to_come = campaign_to_come(
        campaign, agents, HOUR_S if budget.kind == ROLLING else left_s
    )
    budget.handicap = campaign.reserve + campaign.reserve_per_agent * agents
    budget.spare = spare
    budget.calls = campaign.learned.answers
    hourly_added(&campaign.hourly, base, abandoned, by_clock(campaign, at))
    budget_moved(budget, budget.cap * base - abandoned, to_come)


cdef double campaign_to_come(
    const Campaign* campaign, int32_t agents, double seconds
) noexcept nogil:
    return calls_in_a_second(agents, campaign.learned.handle_s) * max(seconds, 0.0)


# ---- hours -----------------------------------------------------------------------------------

cdef Hourly campaign_hour(const Campaign* campaign) noexcept nogil:
    cdef Hourly hourly
    hourly_open(&hourly, campaign.hourly.cap)
    hourly.hour = campaign.hourly.hour
    hourly.answered = campaign.hourly.answered
    hourly.lost = campaign.hourly.lost
    return hourly


cdef double campaign_may_lose(
    const Campaign* campaign, int64_t now, double rate
) noexcept nogil:
    cdef Hourly hourly
    if campaign.hourly.cap == 0.0:
        return LOSES_ANY
    hourly = campaign_hour(campaign)
    return hourly_may_lose(&hourly, by_clock(campaign, now), rate, NEVER)
