from libc.stdint cimport int32_t

cdef enum:
    BINS = 64

# How long something lasts, learned while it changes: chances to end within each of 64 bins, for
# those that reach it. Bins are even, or grow by a ratio.
cdef struct Hazard:
    double width                    # of the first bin
    double growth                   # of each bin over the one before; 1: even
    double log_growth
    double edges[65]
    double ended[64]
    double at_risk[64]
    double weight                   # of the next observation; grows, so that others fade
    double gain                     # by which
    double prior                    # observations that are held to have been made before the first
    double prior_mean
    double slopes[64]               # the rate of ending, by bin
    double sums[65]                 # of the rates up to each edge: minus the logarithm of survival

cdef void hazard_open(
    Hazard* hazard, double width, double growth, double half_life, double mean, double prior
) noexcept nogil
cdef void hazard_observe(Hazard* hazard, double lasted, double weight, bint ended) noexcept nogil
cdef void hazard_refresh(
    Hazard* hazard, const double* lasting, int32_t count
) noexcept nogil
cdef void hazard_set(Hazard* hazard, const double* survival) noexcept nogil
cdef int32_t hazard_bin(const Hazard* hazard, double age) noexcept nogil
cdef double hazard_sum(const Hazard* hazard, double age) noexcept nogil
cdef double hazard_survival(const Hazard* hazard, double age) noexcept nogil
cdef double hazard_quantile(const Hazard* hazard, double share) noexcept nogil
cdef double hazard_mean(const Hazard* hazard) noexcept nogil

cdef class HazardLaw:
    cdef Hazard hazard
