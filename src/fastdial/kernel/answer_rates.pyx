# cython: language_level=3
"""How likely answers are, learned while that changes, and in no order that could mislead.

A line that was dialed with probability p is answered within t seconds with f p F(t), where F is
the law of ringing until an answer and f is what is sought. So answers, over the sum of p F(age) of
all lines dialed, those that ring still and those that have ended alike, estimate f without bias at
every moment. An estimate from ended lines would not: of the lines dialed at once, those that are
answered end first, so that the more is dialed the likelier answers seem.

How fast to forget nobody knows beforehand: six estimates forget at different rates, and each
weighs as much as it has lately foretold the answers of the next second, by Poisson's law (the
weights are those of N. Littlestone and M. K. Warmuth, "The weighted majority algorithm",
Information and Computation 108, 1994, with the sharing of M. Herbster and M. K. Warmuth, "Tracking
the best expert", Machine Learning 32, 1998).

Of the last few hundred answers alone nobody can tell an estimate that is wrong by three percent
from one that is wrong by one, so the six never quite settle. Whether the world stands still is
therefore asked over thousands: by how much the longest memory has foretold answers better than all
six together, within bounds, as in a cumulative sum (E. S. Page, "Continuous inspection schemes",
Biometrika 41, 1954). The more it has, the more it is followed alone, and the less an hour in which
little is heard adds to the doubt; another day may be another world all the same. One jump takes
that back within some dozens of answers.
"""

cimport cython
from libc.math cimport exp, log, pow
from libc.stdint cimport int32_t, int64_t
from libc.string cimport memset

import numpy as np

from fastdial.kernel._numbers cimport to_number

cdef double[6] HALF_LIVES = [10.0, 25.0, 60.0, 150.0, 500.0, 4000.0]    # in answers
cdef double SHARED = 0.002          # of the weights, with each answer
cdef double SCORES_KEPT = 0.998
cdef double STEADY_PRIOR = -1.0     # logarithm of the odds that answers stand still, at first,
cdef double STEADY_LEAST = -6.0     # and its bounds
cdef double STEADY_MOST = 3.0
cdef double CHANGE = 0.0004         # of the logarithm, squared, in a second without answers
cdef double DAY_STALE_S = 600.0     # worth of not hearing is between two days
cdef double DAY_WEIGHT = 5.0        # answers that what is known of other days is worth on a new one
cdef double LIFE = 20_000.0
cdef int64_t DAY_GAP_S = 1_800      # without a line: what comes then is another day
cdef double STALE_ANSWERS = 10.0


cdef void rate_open(AnswerRate* rate, double prior, double weight) noexcept nogil:
    """`prior`: the factor to begin with; `weight`: worth so many expected answers."""
    cdef int32_t one
    memset(rate, 0, sizeof(AnswerRate))
    for one in range(MEMORIES):
        rate.exposure[one] = weight
        rate.answers[one] = prior * weight
        rate.keeps[one] = -log(2.0) / HALF_LIVES[one]
    rate.factor = prior
    rate.mixed = prior
    rate.steadiness = STEADY_PRIOR
    rate.doubt = 1 / weight
    rate.life_answers = weight * prior
    rate.life_chances = weight
    rate.settled_answers = 5 * prior
    rate.settled_chances = 5


cdef inline double* second(AnswerRate* rate, double at) noexcept nogil:
    return &rate.dialed[<int64_t> at & (SECONDS - 1)]


cdef void rate_dialed(AnswerRate* rate, double now, double chance) noexcept nogil:
    second(rate, now)[0] += chance
    rate.whole[<int64_t> now & (SECONDS - 1)] += chance


cdef void rate_given_up(
    AnswerRate* rate, double dialed_at, double chance, double still
) noexcept nogil:
    """Nothing more can come of a line; `still`: how many answers take longer than it rang."""
    cdef int64_t at = <int64_t> dialed_at & (SECONDS - 1)
    if rate.at - dialed_at < SECONDS - 1:
        rate.dialed[at] = max(rate.dialed[at] - chance, 0.0)
        rate.whole[at] = max(rate.whole[at] - chance * still, 0.0)


cdef void rate_answered(AnswerRate* rate, double dialed_at) noexcept nogil:
    cdef int64_t at = <int64_t> dialed_at
    rate.new_answers += 1.0
    if <int64_t> rate.at - at < SECONDS:    # later its place is that of other lines
        rate.answered[at & (SECONDS - 1)] += 1.0


cdef double rate_settled(const AnswerRate* rate) noexcept nogil:
    """The factor by the lines that have ended for certain; slow."""
    return rate.settled_answers / rate.settled_chances


cdef void rate_opened(AnswerRate* rate, double now) noexcept nogil:
    """A day begins: nothing rings, and today is known by other days alone."""
    cdef double factor = rate.life_answers / rate.life_chances
    cdef int32_t one
    for one in range(MEMORIES):
        rate.exposure[one] = DAY_WEIGHT / factor
        rate.answers[one] = DAY_WEIGHT
        rate.scores[one] = 0.0
    rate.settled_answers = DAY_WEIGHT
    rate.settled_chances = DAY_WEIGHT / factor
    rate.factor = factor
    rate.mixed = factor
    rate.stale_s = rate.apart_s = DAY_STALE_S
    rate.doubt = CHANGE * rate.stale_s + 0.5 / DAY_WEIGHT
    memset(rate.dialed, 0, sizeof(rate.dialed))
    memset(rate.answered, 0, sizeof(rate.answered))
    memset(rate.whole, 0, sizeof(rate.whole))
    rate.at = now
    rate.new_answers = 0.0


cdef inline double by_memory(const AnswerRate* rate, int32_t one) noexcept nogil:
    return rate.answers[one] / rate.exposure[one]


cdef void weigh(AnswerRate* rate, double expected) noexcept nogil:
    """The factor that follows from the weights."""
    cdef double best = rate.scores[0]
    cdef double total = 0.0
    cdef double factor = 0.0
    cdef double weights[6]
    cdef int32_t one
    cdef double level
    cdef double shared = min(SHARED * expected, 0.1)
    cdef double kept = pow(SCORES_KEPT, expected)
    cdef double steady = 1 / (1 + exp(-rate.steadiness))
    for one in range(MEMORIES):
        best = max(best, rate.scores[one])
    for one in range(MEMORIES):
        weights[one] = exp(rate.scores[one] - best)
        total += weights[one]
    for one in range(MEMORIES):
        weights[one] = weights[one] / total * (1 - shared) + shared / MEMORIES
        rate.scores[one] = kept * log(weights[one])
        factor += weights[one] * log(by_memory(rate, one))
        weights[one] *= 1 - steady
    weights[MEMORIES - 1] += steady
    rate.mixed = exp(factor)
    factor += steady * (log(by_memory(rate, MEMORIES - 1)) - factor)
    rate.factor = exp(factor)
    rate.stale_s = (rate.stale_s + 1.0) * exp(-expected / STALE_ANSWERS)
    rate.apart_s *= exp(-expected / STALE_ANSWERS)
    rate.doubt = CHANGE * (rate.stale_s - steady * (rate.stale_s - rate.apart_s))
    for one in range(MEMORIES):
        level = log(by_memory(rate, one)) - factor
        rate.doubt += weights[one] * (level * level + 0.5 / rate.answers[one])


cdef inline void compare(AnswerRate* rate, double exposure) noexcept nogil:
    """Whether answers stand still: how well the longest memory foretold these."""
    cdef double longest = by_memory(rate, MEMORIES - 1)
    cdef double better = rate.new_answers * log(longest / rate.mixed)
    better -= exposure * (longest - rate.mixed)
    rate.steadiness = min(max(rate.steadiness + better, STEADY_LEAST), STEADY_MOST)


cdef void rate_tick(
    AnswerRate* rate, double now, const double* survival, bint settled
) noexcept nogil:
    """Up to now; `survival`: of ringing until an answer, beyond 0, 1, ... 64 seconds."""
    cdef double exposure = 0.0
    cdef double expected, kept
    cdef int64_t age, passed
    cdef int64_t this = <int64_t> now
    cdef int32_t one
    passed = this - <int64_t> rate.at
    if passed <= 0:
        return
    for age in range(1, SECONDS):       # dialed so many seconds ago
        exposure += rate.dialed[this - age & (SECONDS - 1)] * (
            survival[age - 1] - survival[age]
        )
    kept = exp(rate.keeps[MEMORIES - 2] * rate.answered[this & (SECONDS - 1)])
    rate.settled_answers = kept * rate.settled_answers + rate.answered[this & (SECONDS - 1)]
    rate.settled_chances = kept * rate.settled_chances + rate.whole[this & (SECONDS - 1)]
    kept = exp(-log(2.0) / LIFE * rate.answered[this & (SECONDS - 1)])
    rate.life_answers = kept * rate.life_answers + rate.answered[this & (SECONDS - 1)]
    rate.life_chances = kept * rate.life_chances + rate.whole[this & (SECONDS - 1)]
    if settled:
        exposure = rate.whole[this & (SECONDS - 1)]
        rate.new_answers = rate.answered[this & (SECONDS - 1)]
    rate.dialed[this & (SECONDS - 1)] = 0.0
    rate.whole[this & (SECONDS - 1)] = 0.0
    rate.answered[this & (SECONDS - 1)] = 0.0
    rate.at = now
    compare(rate, exposure)
    for one in range(MEMORIES):
        expected = exposure * by_memory(rate, one)
        if expected > 0.0:
            rate.scores[one] += rate.new_answers * log(expected) - expected
        kept = exp(rate.keeps[one] * exposure * rate.factor)
        rate.answers[one] = max(kept * rate.answers[one] + rate.new_answers, 1e-6)
        rate.exposure[one] = kept * rate.exposure[one] + exposure
    rate.new_answers = 0.0
    weigh(rate, exposure * rate.factor)


cdef void rate_until(
    AnswerRate* rate, int64_t second, const double* survival, bint settled
) noexcept nogil:
    """Second by second up to that one, where nobody looked in between; as if a day had begun where
    that was long."""
    cdef int64_t at = <int64_t> rate.at
    cdef int64_t heard = min(second, at + SECONDS)
    if second - at > DAY_GAP_S:
        rate_opened(rate, second)
        return
    while at < heard:
        at += 1
        rate_tick(rate, at, survival, settled)
    if second > at:                     # nothing was dialed for so long
        rate.stale_s += second - at - 1
        rate.at = second
        weigh(rate, 0.0)


# ---- the Python face -------------------------------------------------------------------------

@cython.final
cdef class AnswerFactor:
    """By how much answers are likelier than was said: the factor, learned.

    It begins at `prior`, worth `weight` answers. Times are in seconds and do not fall; `tick` is to
    come once in each second in which something may be learned, before what happens in it.
    """

    def __cinit__(self, *, prior=1.0, weight=6.0):
        rate_open(
            &self.rate, to_number(prior, "prior", 1e-6, 1e6), to_number(weight, "weight", 1e-3, 1e6)
        )

    def open_day(self, now_s):
        """Nothing rings; what other days were like is all that is known of this one."""
        rate_opened(&self.rate, to_number(now_s, "now_s", 0, 1e15))

    def dialed(self, now_s, chance):
        """A line, with a chance of an answer at a factor of 1."""
        rate_dialed(
            &self.rate, to_number(now_s, "now_s", 0, 1e15), to_number(chance, "chance", 0, 1)
        )

    def answered(self, dialed_at_s):
        """A line that was dialed then."""
        rate_answered(&self.rate, to_number(dialed_at_s, "dialed_at_s", 0, 1e15))

    def given_up(self, dialed_at_s, chance, still):
        """A line that was dialed then; `still`: the share of answers that take longer."""
        rate_given_up(
            &self.rate, to_number(dialed_at_s, "dialed_at_s", 0, 1e15),
            to_number(chance, "chance", 0, 1), to_number(still, "still", 0, 1),
        )

    def tick(self, now_s, survival, *, settled=False):
        """Learn up to now. `survival`: the share of ring times of answers above -0.5, 0.5, 1.5 ...
        seconds, 64 of them; `settled`: learn by lines of 64 seconds ago alone, as ring times are
        not known yet."""
        column = np.array(survival, np.float64)
        if column.shape != (SECONDS,):
            raise ValueError(f"survival has shape {column.shape}; give {SECONDS} in one column")
        bad = np.flatnonzero(~((column >= 0) & (column <= 1)))
        if bad.size:
            raise ValueError(f"survival[{bad[0]}] is {column[bad[0]]}; it can be 0 to 1")
        cdef double[::1] above = column
        rate_tick(&self.rate, to_number(now_s, "now_s", 0, 1e15), &above[0], bool(settled))

    @property
    def factor(self):
        return self.rate.factor

    @property
    def doubt(self):
        """Its squared coefficient of variation."""
        return self.rate.doubt

    @property
    def settled(self):
        """The factor by lines that have ended for certain alone."""
        return rate_settled(&self.rate)
