from libc.stdint cimport int32_t

from fastdial.kernel.hazards cimport Hazard

cdef enum:
    MOMENTS = 5                     # when the next line may be answered: quantiles of its ring time
    SOON = 5                        # beside them: within the next second
    CHANCES = 6                     # of a line
    AGES = 256                      # of lines by a quarter of a second, of calls by four seconds
    A_SECOND = 4                    # of ages of lines

# What follows from the three laws, as tables: made anew when something was learned.
cdef struct Odds:
    double moments[5]
    float survival[256]             # by age of a line: of ringing until an answer
    float silent[256]               # and without one
    float later[256][5]             # until an answer, beyond each moment from that age on
    float finish[256][5]            # by age of a call: to end until each moment

# At each of the moments: sums of chances, and of their squares.
cdef struct Outlook:
    double answers[5]               # of lines that ring, to be answered until then
    double answers_2[5]
    double ends[5]                  # of agents in calls, to be free until then
    double ends_2[5]
    double soon                     # answers in the next second
    double calls                    # of whose agents the ends are
    double doubt                    # squared coefficient of variation of all chances of answers

cdef void odds_make(
    Odds* odds, const Hazard* answer, const Hazard* silence, const Hazard* handle, double patience
) noexcept nogil

# Here, so that they become part of the loops that call them. Ages below 0 are taken for 0: who asks
# about the past may ask of lines and calls that were not there yet.

cdef inline void odds_of_line(
    const Odds* odds, double chance, double age, float* chances
) noexcept nogil:
    """`chance`: to be answered at all, when it was dialed. Until each moment, and soon."""
    cdef int32_t at = <int32_t> (4 * max(age, 0.0) + 0.5) if age < AGES // 4 - 1 else AGES - 1
    cdef float p = <float> min(chance, 0.98)
    cdef float still = odds.survival[at]
    cdef float share = p / (p * still + (1 - p) * odds.silent[at] + <float> 1e-6)
    cdef int32_t k
    for k in range(MOMENTS):
        chances[k] = share * (still - odds.later[at][k])
    chances[SOON] = share * (still - odds.survival[min(at + A_SECOND, AGES - 1)])


cdef inline int32_t odds_early(const Odds* odds, double legal_ring) noexcept nogil:
    """Moments at which a line launched now cannot be given up yet; all, if it never is (< 0)."""
    cdef int32_t early = 0
    if legal_ring < 0.0:
        return MOMENTS
    while early < MOMENTS and odds.moments[early] <= legal_ring:
        early += 1
    return early


cdef inline void odds_of_call(const Odds* odds, double age, float* chances) noexcept nogil:
    cdef int32_t at = <int32_t> (max(age, 0.0) * 0.25) if age < 4 * (AGES - 1) else AGES - 1
    cdef int32_t k
    for k in range(MOMENTS):
        chances[k] = odds.finish[at][k]


cdef inline double calls_in_a_second(double agents, double handle_s) noexcept nogil:
    """Answered by so many agents, who are in calls for some 85 % of the time."""
    return 0.85 * agents / handle_s


cdef inline void outlook_line(Outlook* outlook, const float* chances, double sign) noexcept nogil:
    """Add a line (1), or take it away (-1)."""
    cdef int32_t k
    for k in range(MOMENTS):
        outlook.answers[k] += sign * chances[k]
        outlook.answers_2[k] += sign * chances[k] * chances[k]
    outlook.soon += sign * chances[SOON]


cdef inline void outlook_call(Outlook* outlook, const float* chances, double sign) noexcept nogil:
    cdef int32_t k
    for k in range(MOMENTS):
        outlook.ends[k] += sign * chances[k]
        outlook.ends_2[k] += sign * chances[k] * chances[k]
    outlook.calls += sign
