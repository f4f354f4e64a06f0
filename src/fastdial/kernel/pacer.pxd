# cython: language_level=3
"""What paces a simulated centre, as a struct. `paced` is its Python face."""

from libc.stdint cimport int64_t, uint32_t, uint8_t

from fastdial.kernel.budget cimport Budget
from fastdial.kernel.centre cimport Centre, Happening
from fastdial.kernel.hourly cimport Hourly
from fastdial.kernel.learned cimport Learned
from fastdial.kernel.levels cimport Levels
from fastdial.kernel.odds cimport Outlook

cdef struct LineOdds:
    float chances[6]                # as counted in the outlook
    float chance                    # to be answered at all, before the factor
    int64_t serial                  # where levels are learned

cdef struct AgentOdds:
    float chances[5]
    uint8_t counted
    uint8_t leaves                  # after its call

cdef struct Pacer:
    Learned learned
    Budget budget
    Hourly hourly
    Outlook outlook                 # of what rings and who talks, since the last look
    float fresh[6]                  # chances of the next line
    double looked_at
    int64_t decisions
    int64_t answered                # people who have no agent yet and are not abandoned
    # settings
    double cap
    double hour_cap
    bint hour_by_counts             # it knows neither who leaves nor what is heard of late
    double theta
    double handicap
    double handicap_per_agent
    double prior_ring
    double prior_handle
    double legal_ring               # below 0: no line is given up
    double hysteresis
    bint guard                      # hold the cap at every moment
    double lines_factor
    bint choose                     # which of the next contacts to dial
    Levels levels
    bint learns_levels              # of hours, and how far what is told can be believed
    double usual                    # the mean chance of contacts dialed
    int64_t usual_count
    uint32_t lines_max
    uint32_t agents_max
    LineOdds* lines
    AgentOdds* agents
    double* lasting

# After its settings are made. -1: memory failed.
cdef int pacer_reserve(Pacer* pacer) noexcept nogil
cdef void pacer_close(Pacer* pacer) noexcept nogil

# What a dialer does (see `centre`); `state` is a Pacer.
cdef void pacer_begin(void* state, const Centre* centre) noexcept nogil
cdef void pacer_told(
    void* state, const Centre* centre, Happening what, uint32_t id, double value
) noexcept nogil
cdef void pacer_act(void* state, Centre* centre) noexcept nogil
