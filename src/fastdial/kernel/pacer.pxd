from libc.stdint cimport int32_t, int64_t, uint32_t, uint8_t

from fastdial.kernel.answer_rates cimport AnswerRate
from fastdial.kernel.budget cimport Budget
from fastdial.kernel.hazards cimport Hazard
from fastdial.kernel.odds cimport Odds, Outlook
from fastdial.kernel.predictive cimport Dialer

cdef struct LineOdds:
    float chances[5]                # as counted in the outlook
    float chance                    # to be answered at all, before the factor

cdef struct AgentOdds:
    float chances[5]
    uint8_t counted

cdef struct Pacer:
    Hazard answer                   # ringing until an answer
    Hazard silence                  # and without one
    Hazard handle
    AnswerRate rate
    Budget budget
    Odds odds
    Outlook outlook                 # of what rings and who talks, since the last look
    float fresh[5]                  # chances of the next line
    double rate_survival[66]
    double patience
    double looked_at
    double rang_at
    double began_at                 # the last time that dialing began after a silence
    int64_t decisions
    int64_t answers                 # ever
    int64_t answered                # people who have no agent yet and are not abandoned
    int64_t news                    # observations that the tables do not know
    # settings
    double cap
    double theta
    double handicap
    double handicap_per_agent
    double prior_answer
    double prior_ring
    double prior_handle
    double legal_ring               # below 0: no line is given up
    double hysteresis
    double lines_factor
    bint known
    uint32_t lines_max
    uint32_t agents_max
    LineOdds* lines
    AgentOdds* agents
    double* lasting

cdef class Paced(Dialer):
    cdef Pacer pacer
