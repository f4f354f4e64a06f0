# cython: language_level=3
"""How many lines a campaign launches now, and why."""

from libc.stdint cimport int32_t, int64_t

from fastdial.kernel.campaign cimport Campaign
from fastdial.kernel.odds cimport Outlook

cdef enum HeldBy:
    WANTED                          # nothing: more would be answered than agents are free
    AWAITED                         # an answer that is near comes first
    LINES_PER_AGENT
    RUNAWAY                         # what is certain of answers, or a silence
    SPENT                           # little may be lost before a cap is broken
    PROGRESSIVE                     # nothing may
    HOURLY                          # little may in this hour

# For whom lines are asked for, as `Pace.decide` is.
cdef struct Asked:
    int64_t now
    int32_t idle
    int32_t waiting
    int32_t ready                   # idle agents less people who wait
    int32_t lines
    int32_t beyond
    bint certain
    int32_t room
    int32_t here
    int32_t early                   # moments at which a line launched now cannot be given up yet
    double chance                   # of the next contact, before the factor
    double usual                    # of contacts at large, likewise
    double theta
    double lose                     # calls that may be abandoned in this hour

# What was decided, and the numbers that made it.
cdef struct Reasons:
    int32_t launch
    int32_t held_by
    int32_t idle
    int32_t waiting
    int32_t lines                   # of all who share the agents
    int32_t beyond                  # lines beyond idle agents that can break no cap
    int32_t most                    # lines, by agents or by what is certain
    double hour_lose                # what this hour may lose by its cap
    double theta                    # the risk to take, of all whose lines ring the least
    double accepted                 # the chance that no agent is free for an answer
    double overflow                 # the same, for the next line after those launched
    double accepted_after           # both, once a line that rings is answered
    double overflow_after
    double soon                     # answers expected within a second
    double moment                   # by when most lines dialed now are answered, s from now
    double answers                  # expected until then
    double ends                     # of calls, likewise
    double said                     # of the next contact to answer, before the factor
    double chance                   # and with it
    double doubt

# `outlook`: of all who share the agents; what is launched is added to it.
cdef int32_t decision_make(
    Reasons* reasons, Outlook* outlook, const Campaign* campaign, const Asked* asked
) noexcept nogil
