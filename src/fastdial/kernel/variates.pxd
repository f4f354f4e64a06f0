from libc.stdint cimport uint64_t

from fastdial.kernel._rng cimport Rng

cdef enum LawKind:
    CONSTANT
    UNIFORM
    EXPONENTIAL
    LOGNORMAL
    GAMMA
    BETA
    BERNOULLI
    EMPIRICAL
    MIXTURE

# What the parameters are, by kind: value | low, width | mean | mu, sigma | shape, mean/shape |
# alpha, beta | p | none | none. `table`: quantiles, or the shares of a mixture, each added to those
# before.
cdef struct LawTerms:
    LawKind kind
    double a
    double b
    double mean
    double low                      # nothing below this is drawn
    const double* table
    size_t count
    const LawTerms* parts

cdef double normal_quantile(double u) noexcept nogil
cdef double gamma_draw(double shape, Rng* rng) noexcept nogil
cdef double law_draw(const LawTerms* law, Rng* rng) noexcept nogil
cdef void law_draw_many(const LawTerms* law, Rng* rng, double* drawn, size_t count) noexcept nogil

cdef class Law:
    cdef LawTerms terms
    cdef str said
    cdef list kept                  # the laws of a mixture

cdef class Stream:
    cdef Rng rng
    cdef bint busy
    cdef int check_free(self) except -1
