from libc.stdint cimport int32_t, int64_t

cdef enum:
    MEMORIES = 6                    # estimates that forget faster and slower
    SECONDS = 64                    # for so long a line may still be answered

# By how much answers are likelier than was said of the contacts; 1: as was said.
cdef struct AnswerRate:
    double answers[6]
    double exposure[6]              # answers that there would have been at a factor of 1
    double keeps[6]                 # of the weight of what is past, for an exposure of 1
    double scores[6]                # logarithms of weights
    double dialed[64]              # probabilities of the lines of each second, by time modulo 64
    double at                       # up to when they are counted
    double factor
    double mixed                    # the factor by the six alone
    double steadiness               # logarithm of the odds that answers stand still
    double new_answers
    double stale_s                  # since when little has been heard,
    double apart_s                  # of it, what lies between two days
    double doubt                    # the factor's squared coefficient of variation
    double whole[64]                # as dialed, less what lines given up could still have come to
    double answered[64]            # of the lines of each second
    double life_answers             # the slowest: what a day begins with
    double life_chances
    double settled_answers          # of lines that have ended for certain, in order of dialing
    double settled_chances

cdef void rate_open(AnswerRate* rate, double prior, double weight) noexcept nogil
cdef void rate_dialed(AnswerRate* rate, double now, double chance) noexcept nogil
cdef void rate_given_up(
    AnswerRate* rate, double dialed_at, double chance, double still
) noexcept nogil
cdef void rate_answered(AnswerRate* rate, double dialed_at) noexcept nogil
cdef double rate_settled(const AnswerRate* rate) noexcept nogil
cdef void rate_tick(
    AnswerRate* rate, double now, const double* survival, bint settled
) noexcept nogil
cdef void rate_until(
    AnswerRate* rate, int64_t second, const double* survival, bint settled
) noexcept nogil
cdef void rate_opened(AnswerRate* rate, double now) noexcept nogil

cdef class AnswerFactor:
    cdef AnswerRate rate
