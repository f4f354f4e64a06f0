# cython: language_level=3
"""How many lines to launch now, and which to give up.

A line is worth launching while the chance is small that no agent is free when it is answered,
unless it is worth more to see first whether a line that rings is answered (`pacing_awaits`). When
it will be answered is not known: the chance is the mean over five moments (see `odds`), of which
those at which the line may be given up by then count less. Until such a moment A of the lines that
ring will have been answered and C of the agents in calls be free, each line and agent with a chance
of its own. Sums of such chances are taken for binomial with the same mean and variance (W. Ehm,
"Binomial approximation to the Poisson binomial distribution", Statistics and Probability Letters
11, 1991), A and C for independent. Where the chances of answers are in doubt together, A varies
more than that; with more variance than mean the same recursion, whose number of trials is negative
then, gives the negative binomial law.
"""

cimport cython
from libc.math cimport INFINITY, exp, log1p, sqrt
from libc.stdint cimport int32_t, int64_t
from libc.string cimport memset

from typing import NamedTuple

import numpy as np

from fastdial.kernel._numbers cimport to_whole
from fastdial.kernel.hazards cimport HazardLaw, hazard_mean
from fastdial.kernel.odds cimport (
    MOMENTS, SOON, Odds, Outlook, calls_in_a_second, odds_early, odds_make, odds_of_call,
    odds_of_line, outlook_call, outlook_line,
)

cdef double EACH_AGENT = 0.05       # more is accepted, where one agent more is free,
cdef int32_t FURTHER_MOST = 20      # up to so many
cdef double ACCEPTED_MOST = 0.3
cdef double LATE = 0.25             # counts a moment at which the line may be given up by then
cdef double FIRST_AGENTS = 1.5      # over so many free agents more is accepted, where answers are
cdef double FIRST_MOST = 1.5        # rare: the less so, the likelier
cdef double FIRST_LESS = 5.0
cdef double GAINS = 0.14            # a line, of the time between two answered calls
cdef double NEGLIGIBLE = 1e-9
cdef int32_t PUT_OFF = 3            # a contact is put off for so many times the others, at most
cdef double SPENT_CHANCE = 1e-3     # accepted, that lines which ring lose all that may be lost
cdef int32_t LITTLE = 3             # calls that may be lost: then nothing is left to chance


cdef struct Count:
    double chance                   # of exactly `at`
    double below                    # of less than `at`
    double trials
    double odds
    int32_t at


cdef inline void count_from_0(Count* count, double mean, double mean_2) noexcept nogil:
    """A binomial count by the sums of chances and of their squares; trials need not be whole."""
    cdef double share = mean_2 / mean if mean > 0.0 else 0.0
    count.at = 0
    count.below = 0.0
    if -1e-6 < share < 1e-6:        # Poisson's law, nearly
        share = 1e-6
    elif share > 1 - 1e-6:
        share = 1 - 1e-6
    count.trials = mean / share
    count.odds = share / (1 - share)
    count.chance = exp(count.trials * log1p(-share))


cdef inline void count_up(Count* count) noexcept nogil:
    count.below += count.chance
    count.chance *= count.odds * (count.trials - count.at) / (count.at + 1)
    if count.chance < 0.0:
        count.chance = 0.0
    count.at += 1


cdef double pacing_at_moment(
    double answers, double answers_2, double ends, double ends_2, int32_t free
) noexcept nogil:
    """P(free + C - A <= 0), by sums of chances and of their squares."""
    cdef Count a, c
    cdef double over = 0.0
    count_from_0(&a, answers, answers_2)
    count_from_0(&c, ends, ends_2)
    while free < 0:                 # so many have to be free before one is
        over += c.chance
        count_up(&c)
        free += 1
    while a.at < free:
        count_up(&a)
    while c.below < 1 - NEGLIGIBLE and a.below < 1 - NEGLIGIBLE:
        if c.chance < NEGLIGIBLE * NEGLIGIBLE and c.at > ends:
            break                   # with trials that are not whole the sum may stay below 1
        over += c.chance * (1 - a.below)
        count_up(&c)
        count_up(&a)
    return over


cdef double pacing_overflow(
    const Outlook* outlook, int32_t free, const float* chances, double lines, int32_t early
) noexcept nogil:
    """The chance that no agent is free when a line launched now is answered, beside `lines` others
    launched now, with these chances to be answered until each moment; `free`: idle agents less
    people who wait.

    At `early` of the moments the line cannot be given up yet. Later ones count less: where too many
    would be answered then, it will not ring any more."""
    cdef double over = 0.0
    cdef double weight
    cdef double weights = 0.0
    cdef double answers, answers_2
    cdef int32_t k
    for k in range(MOMENTS):            # taken away and added, a sum may be a hair below 0
        answers = max(outlook.answers[k], 0.0) + lines * chances[k]
        answers_2 = max(outlook.answers_2[k], 0.0) + lines * chances[k] * chances[k]
        weight = 1.0 if k < early else LATE
        weights += weight
        over += weight * pacing_at_moment(
            answers, answers_2 - outlook.doubt * answers * answers,
            max(outlook.ends[k], 0.0), max(outlook.ends_2[k], 0.0), free,
        )
    return min(max(over / weights, 0.0), 1.0)


cdef double pacing_overflow_after(
    const Outlook* outlook, int32_t free, const float* chances, double lines, int32_t early
) noexcept nogil:
    """The same, once one of all these lines is answered; a likelier one is, the rather."""
    cdef Outlook after = outlook[0]
    cdef double answers, answers_2, answered
    cdef int32_t k
    for k in range(MOMENTS):
        answers = max(outlook.answers[k], 0.0) + lines * chances[k]
        answers_2 = max(outlook.answers_2[k], 0.0) + lines * chances[k] * chances[k]
        answered = answers_2 / answers if answers > NEGLIGIBLE else 0.0
        after.answers[k] = answers - answered
        after.answers_2[k] = answers_2 - answered * answered
    return pacing_overflow(&after, free - 1, chances, 0, early)


cdef double pacing_accepted_after(
    const Outlook* outlook, const float* chances, double lines, double theta, double usual
) noexcept nogil:
    """How likely an overflow may be after that; from 1 on, no answer is waited for. None is where
    as much is accepted as can be: one agent would wait for each, and calls that may be abandoned
    be left over."""
    cdef double soon = max(outlook.soon, 0.0) + lines * chances[SOON]
    if soon <= NEGLIGIBLE or theta >= ACCEPTED_MOST:
        return INFINITY
    return theta * (1 + usual / (GAINS * soon))


cdef bint pacing_awaits(
    const Outlook* outlook, int32_t free, const float* chances, double lines, double theta,
    double usual, int32_t early
) noexcept nogil:
    """Whether it is worth more to see first what the lines that ring do than to launch one now,
    beside `lines` others.

    Within a moment dt one of them is answered with probability `soon` dt. If it is, and the
    overflow is by then more than theta, what it is above theta, times the price of an abandoned
    call, has been saved; else an agent idles for dt more. The price is what a line gains, over
    theta, and a line gains some part of the time between two answered calls. Held against the best
    that can be done where lines ring for a while (docs/decisions); where the time to an answer has
    no memory, this changes hardly anything.
    """
    cdef double accepted = pacing_accepted_after(outlook, chances, lines, theta, usual)
    return accepted < 1.0 and (
        pacing_overflow_after(outlook, free, chances, lines, early) > accepted
    )


cdef int32_t hardly_missed(
    const Outlook* outlook, int32_t free, const float* chances, double theta, int32_t most,
    int32_t early
) noexcept nogil:
    """How many lines, at most `most`, hardly meet nobody: the overflow rises with each."""
    cdef int32_t low = 0
    cdef int32_t step = 1
    cdef int32_t high
    while low < most:               # 1, 2, 4, ... at once
        high = min(low + step, most)
        if pacing_overflow(outlook, free, chances, high - 1, early) > theta:
            break
        low = high
        step *= 2
    else:
        return low
    while high - low > 1:           # `low` hardly do, `high` may
        step = (low + high) // 2
        if pacing_overflow(outlook, free, chances, step - 1, early) > theta:
            high = step
        else:
            low = step
    return low


cdef int32_t pacing_launch(
    const Outlook* outlook, int32_t free, const float* chances, double theta, double usual,
    int32_t most, int32_t early
) noexcept nogil:
    """How many lines are worth dialing now, at most `most`."""
    cdef int32_t high = hardly_missed(outlook, free, chances, theta, most, early)
    cdef int32_t low = 0
    cdef int32_t middle
    if high == 0 or not pacing_awaits(outlook, free, chances, high - 1, theta, usual, early):
        return high
    while high - low > 1:           # with each, what may be answered first counts more
        middle = (low + high) // 2
        if pacing_awaits(outlook, free, chances, middle - 1, theta, usual, early):
            high = middle
        else:
            low = middle
    return low


cdef int32_t pacing_within(
    const Outlook* outlook, int32_t free, const float* chances, int32_t beyond, int32_t sure,
    int32_t most, bint is_known
) noexcept nogil:
    """How many of `most` lines can be dialed before a cap on abandoned calls may be broken.

    `beyond`: people who may meet nobody; `sure`: lines that lose no more, whatever they do. Where
    little may be lost there is no more than these, nor where chances are not well known; else as
    many as lose no more all but surely.
    """
    cdef int32_t k
    cdef double answers, spread
    cdef double highest = 0.0
    sure = min(max(sure, 0), most)
    if beyond < LITTLE or not is_known:
        return sure
    for k in range(MOMENTS):
        answers = max(outlook.answers[k], 0.0) + most * chances[k]
        spread = answers + outlook.doubt * answers * answers
        highest = max(highest, answers + 6 * sqrt(spread))
    if free + beyond > highest:         # so many do not answer
        return most
    return max(sure, hardly_missed(outlook, free + beyond, chances, SPENT_CHANCE, most, MOMENTS))


cdef double pacing_theta(double theta, int32_t free, double chance) noexcept nogil:
    """What to accept where so many agents are free and a line is answered with such a chance.

    Where answers are rare, twice as much for the first, who would wait longest for the few answers
    to come; and a little more with each further one, as what is amiss with many takes longer to be
    put right. Held against the optimum (docs/decisions), which says no more than twice; whatever
    theta is, a chance of more than 0.3 is not accepted.
    """
    cdef double first = min(max(FIRST_MOST - FIRST_LESS * chance, 0.0), 1.0)
    cdef int32_t further = min(max(free - 1, 0), FURTHER_MOST)
    if first > 0.0:
        first *= exp(-further / FIRST_AGENTS)
    return min(theta * (1 + first) * (1 + EACH_AGENT * further), ACCEPTED_MOST)


cdef int32_t pacing_choice(
    const double* chances, int32_t count, int32_t free, int64_t passed
) noexcept nogil:
    """Which of the next contacts to dial, by their chances of an answer, the oldest first; of
    equals the oldest. `free`: as above; `passed`: how many were dialed instead of the oldest.

    The last free agent gets the likeliest: one line that is nearly sure, rather than several of
    which two may be answered. Where more are free, much has to be dialed anyway, and the least
    likely go, which leaves the others for later. Contacts that are neither would stay for ever, so
    the oldest goes after some time. Held against the optimum (docs/decisions).
    """
    cdef int32_t at
    cdef int32_t best = 0
    if passed >= PUT_OFF * count:
        return 0
    for at in range(1, count):
        if chances[at] > chances[best] if free <= 1 else chances[at] < chances[best]:
            best = at
    return best


cdef void outlook_lines(Outlook* outlook, const float* chances, int32_t count) noexcept nogil:
    cdef int32_t k
    for k in range(MOMENTS):
        outlook.answers[k] += count * chances[k]
        outlook.answers_2[k] += count * chances[k] * chances[k]
    outlook.soon += count * chances[SOON]


cdef double outlook_usual(const Outlook* outlook, int32_t free, double handle_s) noexcept nogil:
    """Calls answered in a second at large."""
    return calls_in_a_second(max(free, 0) + max(outlook.calls, 0.0), max(handle_s, 1e-3))


# ---- the Python face -------------------------------------------------------------------------

class Decision(NamedTuple):
    """What to do, and the numbers that made it."""

    launch: int
    give_up: object
    overflow: float
    accepted: float
    overflow_after: float
    accepted_after: float
    soon: float
    free: int
    moments_s: list
    answers: list
    ends: list


cdef object to_column(object values, str name, double high):
    column = np.array(values, np.float64)       # a copy, which nobody else writes to
    if column.ndim != 1:
        raise ValueError(f"{name} has {column.ndim} dimensions; give it as one column")
    cdef double[::1] numbers = column
    cdef Py_ssize_t at
    for at in range(numbers.shape[0]):
        if not 0.0 <= numbers[at] <= high:
            raise ValueError(f"{name}[{at}] is {numbers[at]}; it can be 0 to {high:g}")
    return column


cdef inline double to_share(object value, str name, double high) except? -1.0:
    cdef double number = value
    if not 0.0 <= number <= high:
        raise ValueError(f"{name} is {number}; it can be 0 to {high:g}")
    return number


cdef inline int32_t to_count(object value, str name) except? -1:
    if not hasattr(value, "__index__"):
        raise TypeError(f"{name} is {value!r}; it must be an integer")
    if not 0 <= value <= 1_000_000:
        raise ValueError(f"{name} is {value}; it can be 0 to 1000000")
    return value


def choose(chances, *, free, passed=0):
    """Which of the next contacts to dial now: a place in `chances`, the oldest first. O(contacts).

    `chances`: how likely each answers, 0 to 1. `free`: idle agents less people who wait, before
    the line. `passed`: how many were dialed instead of the oldest. Raises ValueError for no contact
    and for what is out of range.
    """
    cdef double[::1] column = to_column(chances, "chances", 1.0)
    cdef object free_ = to_whole(free, "free", -1_000_000, 1_000_000)
    cdef object passed_ = to_whole(passed, "passed", 0, (1 << 62) - 1)
    if not 0 < column.shape[0] <= 1_000_000:
        raise ValueError(f"chances has {column.shape[0]} entries; give 1 to 1000000")
    return pacing_choice(&column[0], <int32_t> column.shape[0], free_, passed_)


@cython.final
cdef class Forecast:
    """Chances by three laws: of ringing until an answer and without one, and of calls.

    `answer`, `silence`, `handle`: `HazardLaw`s; what they learn later counts after `refresh`.
    `patience_s`: how long a person who answered waits for an agent.
    """

    cdef Odds odds
    cdef HazardLaw answer, silence, handle
    cdef double patience
    cdef double handle_s

    def __cinit__(
        self, HazardLaw answer not None, HazardLaw silence not None, HazardLaw handle not None, *,
        patience_s=0.0,
    ):
        self.patience = to_share(patience_s, "patience_s", 3600.0)
        self.answer, self.silence, self.handle = answer, silence, handle
        self.refresh()

    def refresh(self):
        """Take over what the laws have learned. O(1), some 20 us."""
        odds_make(
            &self.odds, &self.answer.hazard, &self.silence.hazard, &self.handle.hazard,
            self.patience,
        )
        self.handle_s = hazard_mean(&self.handle.hazard)

    def decide(
        self, *, idle, waiting=0, ages_s, answers, busy_s, answer, theta, most=1_000_000,
        doubt=0.0, legal_ring_s=None, hysteresis=3.0,
    ):
        """What to do now. O(lines + agents).

        `idle`: agents without a call, and `waiting` people who answered and have none. `ages_s`:
        how long each line has rung, `answers`: the probability that it had when it was dialed to be
        answered (or one for all). `busy_s`: how long each agent who will be free again has been in
        a call with its wrap-up. `answer`: the probability of the next contact. `theta`: the chance
        to accept that a line's answer meets no free agent. `most`: lines that may ring at once.
        `doubt`: the square of the coefficient of variation of all answer probabilities together.
        `legal_ring_s`: lines that rang so long may be given up, if the chance is `hysteresis` times
        what is accepted, and more are launched, as moments after that count a quarter; left out,
        none is.

        Gives a `Decision`: lines to launch; places in `ages_s` of lines to give up, the longest
        ringing first; the chance for the next line after that and what was accepted; the same once
        a line that rings is answered, which is waited for where it is more, and how many answers
        are expected within a second; free agents; the moments, and expected answers and ends of
        calls until each of them.

        One line for each free agent is always launched, up to `most`. Raises ValueError for what is
        out of range.
        """
        ages = to_column(ages_s, "ages_s", 1e6)
        if np.ndim(answers) == 0:
            answers = np.full(len(ages), answers)
        cdef double[::1] ages_ = ages
        cdef double[::1] answers_ = to_column(answers, "answers", 1.0)
        cdef double[::1] busy_ = to_column(busy_s, "busy_s", 1e9)
        cdef int32_t free = to_count(idle, "idle") - to_count(waiting, "waiting")
        cdef double p = to_share(answer, "answer", 1.0)
        cdef double accepted = pacing_theta(to_share(theta, "theta", 1.0), free, p)
        cdef double patient = to_share(hysteresis, "hysteresis", 1e6) * accepted
        cdef int32_t room = max(to_count(most, "most") - <int32_t> len(ages), 0)
        cdef Outlook outlook
        cdef float[6] chances
        cdef float[6] fresh
        cdef float[5] ends
        cdef Py_ssize_t at
        cdef int32_t sure, launch
        cdef double usual
        cdef double legal = (
            -1.0 if legal_ring_s is None else to_share(legal_ring_s, "legal_ring_s", 1e6)
        )
        cdef int32_t early = odds_early(&self.odds, legal)
        if answers_.shape[0] != ages_.shape[0]:
            raise ValueError(f"{len(answers)} answers for {len(ages)} lines; give as many of both")
        memset(&outlook, 0, sizeof(outlook))
        outlook.doubt = to_share(doubt, "doubt", 100.0)
        with nogil:
            for at in range(ages_.shape[0]):
                odds_of_line(&self.odds, answers_[at], ages_[at], chances)
                outlook_line(&outlook, chances, 1)
            for at in range(busy_.shape[0]):
                odds_of_call(&self.odds, busy_[at], ends)
                outlook_call(&outlook, ends, 1)
            odds_of_line(&self.odds, p, 0.0, fresh)
            sure = min(max(free - <int32_t> ages_.shape[0], 0), room)
            outlook_lines(&outlook, fresh, sure)
            usual = outlook_usual(&outlook, free, self.handle_s)
            launch = sure + pacing_launch(
                &outlook, free, fresh, accepted, usual, room - sure, early
            )
            outlook_lines(&outlook, fresh, launch - sure)
        given_up = []
        if legal >= 0.0:
            for at in np.argsort(-ages, kind="stable"):
                if (
                    ages_[at] < legal or len(ages) - len(given_up) <= max(idle, free)
                    or pacing_overflow(&outlook, free, fresh, 0, MOMENTS) <= patient
                ):
                    break
                odds_of_line(&self.odds, answers_[at], ages_[at], chances)
                outlook_line(&outlook, chances, -1)
                given_up.append(int(at))
        return Decision(
            launch, given_up, pacing_overflow(&outlook, free, fresh, 0, early), accepted,
            pacing_overflow_after(&outlook, free, fresh, 0, early),
            min(pacing_accepted_after(&outlook, fresh, 0, accepted, usual), 1.0),
            max(outlook.soon, 0.0), free,
            [self.odds.moments[at] for at in range(MOMENTS)],
            [outlook.answers[at] for at in range(MOMENTS)],
            [outlook.ends[at] for at in range(MOMENTS)],
        )
