# cython: language_level=3
"""How long ringing and calls last, learned while they change.

Discrete hazards: in each bin of time, the share of those that reach it which end in it, as in a
life table (E. L. Kaplan and P. Meier, "Nonparametric estimation from incomplete observations",
Journal of the American Statistical Association 53, 1958). What has not ended yet is at risk as
long as it lasts, so that short calls, which end first, do not look like all calls. Old
observations are forgotten by a half-life counted in observations. Within a bin the rate of ending
is even.
"""

cimport cython
from libc.math cimport exp, log, pow
from libc.stdint cimport int32_t
from libc.string cimport memset

import numpy as np

from fastdial.kernel._numbers cimport to_number

cdef double WEIGHT_MAX = 1e100
cdef double CERTAIN = 1 - 1e-5      # chance to end in a bin, at most


cdef void hazard_open(
    Hazard* hazard, double width, double growth, double half_life, double mean, double prior
) noexcept nogil:
    """With a prior of so many observations that last `mean` on average, without memory."""
    cdef int32_t at
    cdef double wide = width
    memset(hazard, 0, sizeof(Hazard))
    hazard.width = width
    hazard.growth = growth
    hazard.log_growth = log(growth)
    for at in range(BINS):
        hazard.edges[at + 1] = hazard.edges[at] + wide
        wide *= growth
    hazard.weight = 1.0
    hazard.gain = pow(2.0, 1 / half_life)
    hazard.prior = prior
    hazard.prior_mean = mean
    hazard_refresh(hazard, NULL, 0)


cdef int32_t hazard_bin(const Hazard* hazard, double age) noexcept nogil:
    cdef double place = age / hazard.width
    if hazard.growth > 1.0:
        place = log(1.0 + place * (hazard.growth - 1.0)) / hazard.log_growth
    if place < 0.0:
        return 0
    return <int32_t> place if place < BINS - 1 else BINS - 1


cdef void hazard_observe(Hazard* hazard, double lasted, double weight, bint ended) noexcept nogil:
    """One that lasted so long and ended, or of which no more is known; `weight`: 0 to 1."""
    cdef int32_t last = hazard_bin(hazard, lasted)
    cdef int32_t at
    cdef double heavy = hazard.weight * weight
    for at in range(last + ended):
        hazard.at_risk[at] += heavy
    if ended:
        hazard.ended[last] += heavy
    else:                           # half of what ends in a bin has ended by its middle
        hazard.at_risk[last] += 0.5 * heavy
    hazard.weight *= pow(hazard.gain, weight) if weight < 1.0 else hazard.gain
    if hazard.weight > WEIGHT_MAX:
        for at in range(BINS):
            hazard.at_risk[at] /= hazard.weight
            hazard.ended[at] /= hazard.weight
        hazard.weight = 1.0


cdef void hazard_refresh(Hazard* hazard, const double* lasting, int32_t count) noexcept nogil:
    """Make the tables anew; with those that last now, by how long they have."""
    cdef double more[65]
    cdef double chance, expected, wide
    cdef int32_t at
    cdef double held = hazard.prior * hazard.weight
    memset(more, 0, sizeof(more))
    for at in range(count):
        more[hazard_bin(hazard, lasting[at])] += hazard.weight
    for at in range(BINS - 1, -1, -1):
        more[at] += more[at + 1]
    for at in range(BINS):
        wide = hazard.edges[at + 1] - hazard.edges[at]
        expected = 1 - exp(-wide / hazard.prior_mean)
        # of those in this bin only who has left it is known to have lived through it
        chance = (hazard.ended[at] + held * expected) / (hazard.at_risk[at] + more[at + 1] + held)
        chance = min(chance, CERTAIN)
        hazard.slopes[at] = -log(1 - chance) / wide
        hazard.sums[at + 1] = hazard.sums[at] - log(1 - chance)


cdef void hazard_set(Hazard* hazard, const double* survival) noexcept nogil:
    """As known: the chance to last beyond each edge, 65 of them, the first 1."""
    cdef int32_t at
    for at in range(BINS):
        hazard.sums[at + 1] = max(-log(max(survival[at + 1], 1e-300)), hazard.sums[at])
        hazard.slopes[at] = hazard.sums[at + 1] - hazard.sums[at]
        hazard.slopes[at] /= hazard.edges[at + 1] - hazard.edges[at]


cdef double hazard_sum(const Hazard* hazard, double age) noexcept nogil:
    cdef int32_t at = hazard_bin(hazard, age)
    return hazard.sums[at] + hazard.slopes[at] * max(age - hazard.edges[at], 0.0)


cdef double hazard_survival(const Hazard* hazard, double age) noexcept nogil:
    """The chance to last longer than that."""
    return exp(-hazard_sum(hazard, age))


cdef double hazard_quantile(const Hazard* hazard, double share) noexcept nogil:
    """What that share does not outlast; at most the last edge."""
    cdef double sought = -log(1 - share)
    cdef int32_t at
    for at in range(BINS):
        if hazard.sums[at + 1] >= sought:
            return hazard.edges[at] + (sought - hazard.sums[at]) / hazard.slopes[at]
    return hazard.edges[BINS]


cdef double hazard_mean(const Hazard* hazard) noexcept nogil:
    """Of what lasts no longer than the last edge, where the rest is cut off."""
    cdef int32_t at
    cdef double mean = 0.0
    cdef double wide, slope
    for at in range(BINS):
        wide = hazard.edges[at + 1] - hazard.edges[at]
        slope = hazard.slopes[at]
        if slope * wide > 1e-9:
            mean += exp(-hazard.sums[at]) * (1 - exp(-slope * wide)) / slope
        else:
            mean += exp(-hazard.sums[at]) * wide
    return mean


# ---- the Python face -------------------------------------------------------------------------

@cython.final
cdef class HazardLaw:
    """How long something lasts, learned: 64 bins, the first `bin_s` wide, each `growth` times the
    one before.

    It begins as an exponential law with `mean_s`, worth `prior` observations; `half_life`: the
    number of observations after which one counts half.
    """

    def __cinit__(self, *, bin_s=1.0, growth=1.0, half_life=500.0, mean_s, prior=5.0):
        hazard_open(
            &self.hazard, to_number(bin_s, "bin_s", 1e-3, 1e6), to_number(growth, "growth", 1, 2),
            to_number(half_life, "half_life", 1, 1e9), to_number(mean_s, "mean_s", 1e-3, 1e9),
            to_number(prior, "prior", 1e-6, 1e9),
        )

    def observe(self, lasted_s, *, ended=True, weight=1.0):
        """One that lasted so long, and ended then or was lost sight of. It counts after `refresh`.

        `weight`: 0 to 1, where it is not certain to be one of those.
        """
        hazard_observe(
            &self.hazard, to_number(lasted_s, "lasted_s", 0, 1e12),
            to_number(weight, "weight", 0, 1), bool(ended),
        )

    def refresh(self, lasting_s=()):
        """Make the law anew, with those that last now, by how long they have. O(bins + lasting)."""
        cdef double[::1] lasting = np.array(lasting_s, np.float64, ndmin=1)
        hazard_refresh(
            &self.hazard, &lasting[0] if lasting.shape[0] else NULL, <int32_t> lasting.shape[0]
        )

    def set(self, survival):
        """Set the law as known: the chance to last beyond each of `edges`."""
        cdef double[::1] known = np.array(survival, np.float64)
        if known.shape[0] != BINS + 1:
            raise ValueError(f"survival has {known.shape[0]} entries; give {BINS + 1}, as edges")
        hazard_set(&self.hazard, &known[0])

    @property
    def edges(self):
        return np.array([self.hazard.edges[at] for at in range(BINS + 1)])

    @property
    def mean_s(self):
        return hazard_mean(&self.hazard)

    def survival(self, age_s):
        """The chance to last longer than that."""
        return hazard_survival(&self.hazard, to_number(age_s, "age_s", 0, 1e12))

    def quantile(self, share):
        """What that share does not outlast, at most the last edge; `share` below 1."""
        return hazard_quantile(&self.hazard, to_number(share, "share", 0, 1 - 1e-12))
