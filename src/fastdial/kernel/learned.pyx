# cython: language_level=3
"""What is learned of calls while they are made, for whoever dials.

Ring times, how long calls are handled and how likely answers are (`hazards`, `answer_rates`), begun
with priors that may be wrong; and how many lines may ring by what is known for certain. It knows no
centre and no clock: `pacer` feeds it from the simulated one.
"""

from libc.stdint cimport int32_t

from fastdial.kernel.answer_rates cimport (
    rate_answered, rate_dialed, rate_given_up, rate_open, rate_tick,
)
from fastdial.kernel.hazards cimport (
    hazard_mean, hazard_observe, hazard_open, hazard_refresh, hazard_survival,
)
from fastdial.kernel.odds cimport odds_make

cdef int32_t NEWS = 50              # observations, then the tables are made anew
cdef int32_t NEWS_LATER = 150       # once so many answers are known:
cdef int32_t MANY = 500
cdef int32_t ANSWERS_FEW = 30       # so long the law of ring times is not relied on
cdef double SILENT_S = 60.0         # nothing rang: who knows how likely answers are now
cdef double SOFT_S = 25.0           # and so long lines are few, to see
cdef double CHANCE_MOST = 0.98


cdef void learned_tables(Learned* learned) noexcept nogil:
    cdef int32_t at
    odds_make(
        &learned.odds, &learned.answer, &learned.silence, &learned.handle, learned.patience
    )
    for at in range(66):                # lines of a second are half a second younger on average
        learned.rate_survival[at] = hazard_survival(&learned.answer, max(at - 0.5, 0.0))
    learned.ring_s = hazard_mean(&learned.answer)
    learned.silence_s = hazard_mean(&learned.silence)
    learned.handle_s = hazard_mean(&learned.handle)


cdef void learned_open(Learned* learned, double ring, double handle) noexcept nogil:
    """With priors for the means, in seconds."""
    learned.answers = 0
    learned.news = 0
    learned.rang_at = -SILENT_S
    if not learned.known:
        hazard_open(&learned.answer, 1.0, 1.0, 500.0, ring, 5.0)
        hazard_open(&learned.silence, 1.0, 1.0, 500.0, ring, 5.0)
        hazard_open(&learned.handle, 3.0, 1.08, 500.0, handle, 5.0)
    rate_open(&learned.rate, 1.0, 6.0)
    learned_tables(learned)


# ---- what happened ---------------------------------------------------------------------------

cdef void learned_dialed(Learned* learned, double now, double chance) noexcept nogil:
    if not learned.known:
        rate_dialed(&learned.rate, now, chance)


cdef void learned_answered(Learned* learned, double dialed_at, double rang) noexcept nogil:
    if learned.known:
        return
    learned.news += 1
    learned.answers += 1
    rate_answered(&learned.rate, dialed_at)
    hazard_observe(&learned.answer, rang, 1.0, True)


cdef void learned_unanswered(Learned* learned, double rang) noexcept nogil:
    if not learned.known:
        learned.news += 1
        hazard_observe(&learned.silence, rang, 1.0, True)


cdef void learned_given_up(
    Learned* learned, double dialed_at, double chance, double rang
) noexcept nogil:
    """Whether it would have been answered nobody knows: it is split."""
    cdef double likely = min(chance * learned.rate.factor, CHANCE_MOST)
    cdef double still, share
    if learned.known:
        return
    learned.news += 1
    still = hazard_survival(&learned.answer, rang)
    share = likely * still
    rate_given_up(&learned.rate, dialed_at, chance, still)
    share /= share + (1 - likely) * hazard_survival(&learned.silence, rang) + 1e-9
    hazard_observe(&learned.answer, rang, share, False)
    hazard_observe(&learned.silence, rang, 1 - share, False)


cdef void learned_finished(Learned* learned, double lasted) noexcept nogil:
    if not learned.known:
        learned.news += 1
        hazard_observe(&learned.handle, lasted, 1.0, True)


# ---- taken over ------------------------------------------------------------------------------

cdef bint learned_is_stale(const Learned* learned) noexcept nogil:
    """Whether so much was observed that the tables are to be made anew."""
    return learned.news >= (NEWS if learned.answers < MANY else NEWS_LATER)


cdef void learned_refresh(
    Learned* learned, const double* lasting, int32_t count
) noexcept nogil:
    hazard_refresh(&learned.handle, lasting, count)
    hazard_refresh(&learned.answer, NULL, 0)
    hazard_refresh(&learned.silence, NULL, 0)
    learned_tables(learned)
    learned.news = 0


cdef bint learned_is_green(const Learned* learned) noexcept nogil:
    """Whether too few answers are known for the law of ring times to be relied on."""
    return learned.answers < ANSWERS_FEW


cdef void learned_second(Learned* learned, double now) noexcept nogil:
    """How likely answers are, up to now."""
    rate_tick(&learned.rate, now, learned.rate_survival, learned_is_green(learned))


cdef double learned_cycle(const Learned* learned, double chance) noexcept nogil:
    """Seconds of an agent from one call to the next, at one line at a time, of a chance."""
    chance = min(max(chance, 0.001), CHANCE_MOST)
    return learned.handle_s + learned.ring_s + (1 / chance - 1) * learned.silence_s


# ---- lines at most ---------------------------------------------------------------------------

cdef void learned_ringing(Learned* learned, double now, int32_t lines) noexcept nogil:
    if lines > 0:
        learned.rang_at = now
    elif now - learned.rang_at > SILENT_S:
        learned.began_at = now


cdef bint learned_is_new(const Learned* learned, double now, int32_t lines) noexcept nogil:
    """Whether nothing rang for long, until just now."""
    if lines == 0 and now - learned.rang_at > SILENT_S:
        return True
    return now - learned.began_at < SOFT_S


cdef bint learned_is_tried(const Learned* learned, int32_t lines) noexcept nogil:
    """Whether as many answers are known as lines ring: of those dialed at once the first to answer
    are the quickest, and what is learned from them alone is wrong of the rest."""
    return learned.known or learned.answers >= lines


cdef int32_t learned_most(
    int32_t spare, double ends, double chance, double factor, bint is_new
) noexcept nogil:
    """The guard against an estimate that runs away: lines for so many (`factor`) times the agents
    who will be free; and few after a silence.

    `spare`: idle agents less people who wait; `ends`: of calls, expected until the last moment;
    `chance`: of the next contact, by what is known of lines that have ended.
    """
    cdef double ready = max(spare, 0) + ends + 1
    if is_new:
        return 2 * max(spare, 0) + 1
    return <int32_t> min(factor * ready / max(chance, 0.001), 1e6)
