# cython: language_level=3
"""What is to come of the lines and talks of campaigns that share agents, added up.

Each campaign's lines count by its own laws. Of the calls those count whose agents are free for the
campaign that asks when they end.
"""

from libc.stdint cimport int32_t, int64_t

from fastdial.kernel.campaign cimport campaign_view
from fastdial.kernel.floor cimport RingingLine, Talk
from fastdial.kernel.odds cimport (
    MOMENTS, odds_of_call, odds_of_line, outlook_call, outlook_line,
)


cdef void add_lines(Outlook* outlook, const Campaign* campaign, int64_t now) noexcept nogil:
    cdef float[6] chances
    cdef const RingingLine* line
    cdef Py_ssize_t at
    for at in range(campaign.floor.line_count):
        line = &campaign.floor.lines[at]
        odds_of_line(
            &campaign.learned.odds, line.chance * campaign.factor, 1e-3 * (now - line.dialed_at),
            chances,
        )
        outlook_line(outlook, chances, 1)


cdef void add_talks(
    Outlook* outlook, const Campaign* campaign, int64_t now, const Groups* groups
) noexcept nogil:
    cdef float[5] chances
    cdef const char* works = groups.works
    cdef Py_ssize_t count = groups.count
    cdef const Talk* talk
    cdef Py_ssize_t at
    for at in range(campaign.floor.talk_count):
        talk = &campaign.floor.talks[at]
        if talk.stays and talk.group < count and works[talk.group]:
            odds_of_call(&campaign.learned.odds, 1e-3 * (now - talk.since), chances)
            outlook_call(outlook, chances, 1)


cdef void outlook_campaign(
    Outlook* outlook, Campaign* campaign, int64_t now, const Groups* groups
) noexcept nogil:
    cdef double answers = outlook.answers[MOMENTS - 1]
    campaign_view(campaign, now)
    add_lines(outlook, campaign, now)
    answers = outlook.answers[MOMENTS - 1] - answers
    outlook.doubt += campaign.doubt * answers * answers
    add_talks(outlook, campaign, now, groups)


cdef void outlook_own(
    Outlook* outlook, Campaign* campaign, int64_t now, const Groups* groups, int32_t ready
) noexcept nogil:
    cdef double answers = outlook.answers[MOMENTS - 1]
    cdef double own, every
    campaign_view(campaign, now)
    add_lines(outlook, campaign, now)
    add_talks(outlook, campaign, now, groups)
    own = outlook.answers[MOMENTS - 1]
    # errors of several campaigns do not add up: its own counts as if it dialed all that is left
    own = max(max(own, ready + outlook.ends[MOMENTS - 1]) - answers, 1.0)
    every = own + answers
    outlook.doubt += campaign.doubt * own * own
    outlook.doubt /= every * every
