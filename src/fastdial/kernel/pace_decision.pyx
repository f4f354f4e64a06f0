# cython: language_level=3
"""How many lines a campaign launches now, and why.

Lines are limited by what agents and the caps let ring at all. Of those, one for each idle agent is
sure; of the rest as many are launched as the risk that is accepted wants, and as can break no cap.
"""

from libc.stdint cimport int32_t

from fastdial.kernel.campaign cimport LOSES_ANY, NEVER, by_clock, campaign_hour
from fastdial.kernel.hourly cimport Hourly, Standing, hourly_lines
from fastdial.kernel.learned cimport (
    learned_cycle, learned_is_new, learned_is_tried, learned_most,
)
from fastdial.kernel.odds cimport MOMENTS, odds_of_line
from fastdial.kernel.pacing cimport (
    FREE_OF_CAPS, outlook_lines, outlook_usual, pacing_accepted_after, pacing_launch,
    pacing_overflow, pacing_overflow_after, pacing_theta, pacing_within,
)

cdef double LINES_FACTOR = 4.0      # lines for so many times the agents who will be free
cdef double CHANCE_MOST = 0.98      # with the factor


# ---- what may ring ---------------------------------------------------------------------------

cdef int32_t within_hour(
    const Outlook* outlook, const Campaign* campaign, const Asked* asked, bint is_new, int32_t most
) noexcept nogil:
    """Lines, of so many, that the caps of this hour let ring. None is kept back for agents who
    might leave: here that is asked of them. Those to be launched count as what is likelier, the
    next contact or the usual one."""
    cdef double chance = asked.usual * campaign.factor
    cdef Hourly hourly
    cdef Standing standing
    if asked.lose >= LOSES_ANY:
        return most
    hourly = campaign_hour(campaign)
    standing.now = by_clock(campaign, asked.now)
    standing.close = NEVER
    standing.here = 0
    standing.free = asked.ready
    standing.ringing = asked.lines
    standing.chance = min(max(chance, asked.chance * campaign.factor), 1.0)
    standing.rate = asked.here / learned_cycle(&campaign.learned, chance)
    standing.is_new = is_new
    return hourly_lines(&hourly, outlook, &standing, asked.lose, most)


cdef int32_t most_lines(
    Reasons* reasons, const Outlook* outlook, const Campaign* campaign, const Asked* asked
) noexcept nogil:
    """Lines that may ring, those that do included, and what holds them there."""
    cdef bint is_new = learned_is_new(
        &campaign.learned, 1e-3 * asked.now, <int32_t> campaign.floor.line_count
    )
    cdef int32_t most, hour
    most = learned_most(
        asked.ready, outlook.ends[MOMENTS - 1], asked.usual * campaign.settled, LINES_FACTOR, is_new
    )
    most = max(most, asked.idle)    # it does not stand against one line for each idle agent
    reasons.held_by = RUNAWAY
    if asked.room <= most:
        most = asked.room
        reasons.held_by = LINES_PER_AGENT
    hour = within_hour(outlook, campaign, asked, is_new, most)
    if hour < most:
        most = max(hour, asked.idle)
        reasons.held_by = HOURLY
    if asked.beyond < 1 and asked.idle <= most:
        most = asked.idle
        reasons.held_by = PROGRESSIVE
    return most


# ---- what is launched ------------------------------------------------------------------------

cdef inline double usual_of(
    const Outlook* outlook, const Campaign* campaign, const Asked* asked
) noexcept nogil:
    return outlook_usual(outlook, asked.ready, campaign.learned.handle_s)


cdef int32_t wanted_lines(
    Reasons* reasons, const Outlook* outlook, const Campaign* campaign, const Asked* asked,
    const float* fresh, int32_t sure
) noexcept nogil:
    """Lines beyond those that are sure, of `most`: as many as the risk wants and no cap forbids."""
    cdef int32_t within
    cdef int32_t wanted = pacing_launch(
        outlook, asked.ready, fresh, reasons.accepted, usual_of(outlook, campaign, asked),
        reasons.most, asked.early,
    )
    if wanted < reasons.most:
        reasons.held_by = WANTED
    if asked.beyond >= FREE_OF_CAPS or wanted <= 0:
        return wanted
    within = pacing_within(
        outlook, asked.ready, fresh, asked.beyond, asked.idle + asked.beyond - asked.lines - sure,
        wanted, not asked.certain and learned_is_tried(&campaign.learned, asked.lines),
    )
    if within < wanted:
        reasons.held_by = SPENT
        return within
    return wanted


cdef void note(
    Reasons* reasons, const Outlook* outlook, const Campaign* campaign, const Asked* asked,
    const float* fresh
) noexcept nogil:
    """The numbers that have made the decision."""
    reasons.idle = asked.idle
    reasons.waiting = asked.waiting
    reasons.lines = asked.lines
    reasons.beyond = asked.beyond
    reasons.hour_lose = asked.lose
    reasons.overflow = pacing_overflow(outlook, asked.ready, fresh, 0, asked.early)
    reasons.overflow_after = pacing_overflow_after(outlook, asked.ready, fresh, 0, asked.early)
    reasons.accepted_after = min(
        pacing_accepted_after(
            outlook, fresh, 0, reasons.accepted, usual_of(outlook, campaign, asked)
        ),
        1.0,
    )
    reasons.soon = max(outlook.soon, 0.0)
    if reasons.held_by == WANTED and reasons.overflow <= reasons.accepted:
        reasons.held_by = AWAITED
    reasons.moment = campaign.learned.odds.moments[MOMENTS - 1]
    reasons.answers = outlook.answers[MOMENTS - 1]
    reasons.ends = outlook.ends[MOMENTS - 1]
    reasons.said = asked.chance
    reasons.chance = min(asked.chance * campaign.factor, CHANCE_MOST)
    reasons.doubt = outlook.doubt


cdef int32_t decision_make(
    Reasons* reasons, Outlook* outlook, const Campaign* campaign, const Asked* asked
) noexcept nogil:
    cdef double chance = asked.chance * campaign.factor
    cdef float[6] fresh
    cdef int32_t most, sure, wanted
    odds_of_line(&campaign.learned.odds, chance, 0.0, fresh)
    reasons.theta = asked.theta
    reasons.accepted = pacing_theta(asked.theta, asked.ready, chance)
    most = most_lines(reasons, outlook, campaign, asked)
    sure = max(min(asked.idle, most) - asked.lines, 0)
    reasons.most = max(most - asked.lines - sure, 0)
    outlook_lines(outlook, fresh, sure)
    wanted = wanted_lines(reasons, outlook, campaign, asked, fresh, sure)
    outlook_lines(outlook, fresh, wanted)
    reasons.launch = sure + wanted
    note(reasons, outlook, campaign, asked, fresh)
    return reasons.launch
