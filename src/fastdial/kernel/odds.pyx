# cython: language_level=3
"""Chances of lines to be answered, and of calls to end, until each of five moments.

The moments are the 10, 30, 50, 70 and 90 % quantiles of the ring time until an answer: when a line
launched now would be answered, if it is. A line that will be answered with probability p and has
rung for a is answered within x with

    p (S(a) - S(a + x)) / (p S(a) + (1 - p) Z(a)),

where S and Z are survival functions of ringing with an answer and without.
"""

from libc.math cimport exp
from libc.stdint cimport int32_t

from fastdial.kernel.hazards cimport Hazard, hazard_quantile, hazard_sum, hazard_survival

cdef void odds_make(
    Odds* odds, const Hazard* answer, const Hazard* silence, const Hazard* handle, double patience
) noexcept nogil:
    """Calls may end `patience` later than a moment, as so long a person waits."""
    cdef int32_t at, k
    cdef double age, now
    for k in range(MOMENTS):
        odds.moments[k] = hazard_quantile(answer, 0.1 + 0.2 * k)
    for at in range(AGES):
        age = 0.25 * at
        odds.survival[at] = <float> hazard_survival(answer, age)
        odds.silent[at] = <float> hazard_survival(silence, age)
        for k in range(MOMENTS):
            odds.later[at][k] = <float> hazard_survival(answer, age + odds.moments[k])
        age = 4.0 * at + 2.0
        now = hazard_sum(handle, age)
        for k in range(MOMENTS):
            odds.finish[at][k] = <float> (
                1 - exp(now - hazard_sum(handle, age + odds.moments[k] + patience))
            )
