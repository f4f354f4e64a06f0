from libc.stdint cimport int32_t, int64_t

from fastdial.kernel.answer_rates cimport AnswerRate
from fastdial.kernel.hazards cimport Hazard
from fastdial.kernel.odds cimport Odds, odds_of_line

# What is known of a campaign's calls, and when lines rang. Times are in seconds, of any origin.
cdef struct Learned:
    Hazard answer                   # ringing until an answer
    Hazard silence                  # and without one
    Hazard handle
    AnswerRate rate
    Odds odds
    double rate_survival[66]
    double ring_s                   # means
    double silence_s
    double handle_s
    double patience                 # how long who answered waits
    double prior_answer
    double rang_at
    double began_at                 # the last time that dialing began after a silence
    int64_t answers                 # ever
    int64_t news                    # observations that the tables do not know
    bint known                      # the laws are given: nothing is learned

# `patience`, `prior_answer`, `known` stand already, and the laws where they are known.
cdef void learned_open(Learned* learned, double ring, double handle) noexcept nogil

# What happened. `chance`: of an answer, before the factor.
cdef void learned_dialed(Learned* learned, double now, double chance) noexcept nogil
cdef void learned_answered(Learned* learned, double dialed_at, double rang) noexcept nogil
cdef void learned_unanswered(Learned* learned, double rang) noexcept nogil
cdef void learned_given_up(
    Learned* learned, double dialed_at, double chance, double rang
) noexcept nogil
cdef void learned_finished(Learned* learned, double lasted) noexcept nogil

# Once a second: take it over. `lasting`: how long calls that go on have lasted.
cdef bint learned_is_stale(const Learned* learned) noexcept nogil
cdef void learned_refresh(
    Learned* learned, const double* lasting, int32_t count
) noexcept nogil
cdef void learned_tables(Learned* learned) noexcept nogil
cdef bint learned_is_green(const Learned* learned) noexcept nogil
cdef void learned_second(Learned* learned, double now) noexcept nogil

cdef double learned_cycle(const Learned* learned, double chance) noexcept nogil

# Before each decision: `lines` ring now.
cdef void learned_ringing(Learned* learned, double now, int32_t lines) noexcept nogil
cdef bint learned_is_new(const Learned* learned, double now, int32_t lines) noexcept nogil
cdef bint learned_is_tried(const Learned* learned, int32_t lines) noexcept nogil
cdef int32_t learned_most(
    int32_t spare, double ends, double chance, double factor, bint is_new
) noexcept nogil


cdef inline void learned_line(
    const Learned* learned, double chance, double age, float* chances
) noexcept nogil:
    """The chances of a line to be answered until each moment."""
    odds_of_line(&learned.odds, chance * learned.rate.factor, age, chances)
