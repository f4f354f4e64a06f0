# cython: language_level=3
"""How much risk to take, so that the share of abandoned calls stays below its cap in each window.

On every answered call the logarithm of theta, the chance accepted that a line's answer meets no
free agent, follows what is spare: cap times answered less abandoned calls. In a window without end
that is multiplicative adaptive conformal inference (I. Gibbs and E. Candes, "Adaptive conformal
inference under distribution shift", 2021): what is spare stays within a band whatever happens, so
long as a theta near 0 is safe. Towards the end of a window the gain grows, so that what is spare is
spent and not overspent; some calls are kept in reserve. Several people lost at once lower theta
more than each for itself, and for some thirty calls.

In a window that rolls, what one day saved and spent later is missing at the same hour of the next:
what counts is the least that will be spare as old pieces leave the window. And a saving or a debt
would be handed on from day to day; a window of up to two days therefore spends each day's own
calls alone.
"""

cimport cython
from libc.math cimport exp, log, pow, sqrt
from libc.stdint cimport int64_t
from libc.string cimport memset

from fastdial.kernel._numbers cimport to_number

cdef double LN_LEAST = -13.8        # one in a million
cdef double LN_MOST = -0.7
cdef double SPEND = 1.5             # e-foldings of theta, for all that the rest of a window earns
cdef double GAIN_MOST = 0.6
cdef double DRIFT = 1 / 1500.0      # of the reference, with each call
cdef double STEADY = 5_000.0        # calls of a life, after which the gain falls
cdef double STEADY_MOST = 100_000.0
cdef double BURST_KEPT = 1 - 1 / 30.0
cdef double BURST_GAIN = 0.5
cdef double BURST_FREE = 2.0        # so many calls lost at once are chance
cdef double HOUR_S = 3600.0
cdef double EARNED = 0.4            # of the cap, by answers that are to come
cdef double DAY_PIECE_S = 1_800.0   # a piece of a window of two days

EARNED_OF_CAP = EARNED
# Calls kept in reserve and further ones for each agent, by window; where nothing else stands behind
# theta, and under a guard that holds lines back as soon as little may be lost.
RESERVES = {
    "life": (7.0, 0.03),
    "window": (4.0, 0.2),
    "rolling day": (3.0, 0.35),
    "rolling month": (15.0, 0.4),
}
GUARDED_RESERVES = RESERVES | {"life": (10.0, 0.2), "window": (6.0, 0.2)}


cdef void budget_open(
    Budget* budget, double cap, double theta, double handicap
) noexcept nogil:
    """Begin; `kind`, `gain` and `piece_s` stand already."""
    budget.cap = cap
    budget.handicap = handicap
    budget.reference = log(theta)
    budget.calls = 0.0
    budget.piece = 0
    memset(budget.pieces, 0, sizeof(budget.pieces))
    budget_window(budget)


cdef void budget_window(Budget* budget) noexcept nogil:
    """Another window begins, or another day of one that rolls; what was accepted over long is
    kept."""
    budget.spare = 0.0
    budget.today = 0.0
    budget.burst = 0.0
    budget.calls = 0.0
    budget.theta = exp(budget.reference)


cdef double rolled(Budget* budget, double more, double now, double to_come) noexcept nogil:
    """The least that will be spare in the windows that end now or within half a length of them, as
    the oldest pieces leave and those to come earn some; `to_come`: answers of an hour."""
    cdef int64_t piece = <int64_t> (now / budget.piece_s)
    cdef int64_t back
    cdef double earned = EARNED * budget.cap * to_come * budget.piece_s / HOUR_S
    cdef double spare = 0.0
    cdef double least
    if piece - budget.piece > PIECES:
        memset(budget.pieces, 0, sizeof(budget.pieces))
        budget.piece = piece
    while budget.piece < piece:
        budget.piece += 1
        budget.pieces[budget.piece & 127] = 0.0
    budget.pieces[piece & 127] += more
    for back in range(PIECES + 1):
        spare += budget.pieces[(piece - back) & 127]
    least = spare
    for back in range(PIECES, PIECES // 2 - 1, -1):
        spare -= budget.pieces[(piece - back) & 127]
        least = min(least, spare)
        spare += earned
    return least


cdef void budget_counted(Budget* budget, bint lost, double to_come, double now) noexcept nogil:
    """A call was answered, and abandoned or not; `to_come`: further ones expected in the window, or
    in an hour where it has no end; `now`: in seconds, not falling."""
    cdef double more = budget.cap - <double> lost
    if budget.kind == ROLLING:
        budget.today += more
        budget.spare = rolled(budget, more, now, to_come)
        if budget.piece_s < DAY_PIECE_S:
            budget.spare = min(budget.spare, budget.today)
    else:
        budget.spare += more
    budget.calls += 1.0
    budget_moved(budget, more, to_come)


cdef double level_of_life(const Budget* budget, double gain) noexcept nogil:
    """What is spare of a life moves the logarithm of theta by that, and by the full gain beyond
    what is chance: spare calls spread with a deviation of about the root of 1 / gain."""
    cdef double spread = 1 / sqrt(gain)
    cdef double off = budget.spare - budget.handicap * sqrt(budget.gain / gain)
    return gain * off + (budget.gain - gain) * (
        min(off + 0.5 * spread, 0.0) + max(off - 2 * spread, 0.0)
    )


cdef void budget_moved(Budget* budget, double more, double to_come) noexcept nogil:
    """What is spare stands at what it is now, `more` than before: theta follows."""
    cdef double gain = budget.gain
    cdef double level = budget.reference
    cdef double drift = DRIFT
    if budget.kind == LIFE:
        if budget.calls > STEADY:
            gain *= pow(STEADY / min(budget.calls, STEADY_MOST), 2 / 3.0)
            drift *= gain / budget.gain
        level += level_of_life(budget, gain)
    else:
        gain = min(max(SPEND / (budget.cap * max(to_come, 1.0)), gain), GAIN_MOST)
        budget.burst = BURST_KEPT * budget.burst + more
        level += BURST_GAIN * min(0.0, budget.burst + BURST_FREE)
        level += gain * (budget.spare - budget.handicap)
    level = min(max(level, LN_LEAST), LN_MOST)
    budget.reference += drift * (level - budget.reference)
    budget.theta = exp(level)


# ---- the Python face -------------------------------------------------------------------------

KINDS = {"life": LIFE, "window": WINDOW, "rolling": ROLLING}


@cython.final
cdef class RiskBudget:
    """The chance to accept, theta, by what a window has spare.

    `cap`: abandoned over answered calls. `window`: "life"; "window", until `next_window`; or
    "rolling" over `window_s`. `handicap`: calls kept in reserve. `gain`: of the logarithm of theta,
    for each call.
    """

    def __cinit__(
        self, *, cap=0.03, theta=0.01, window="life", window_s=86_400.0, handicap=0.0, gain=0.05
    ):
        if window not in KINDS:
            raise ValueError(f"window is {window!r}; it can be {', '.join(KINDS)}")
        self.budget.kind = KINDS[window]
        self.budget.piece_s = to_number(window_s, "window_s", PIECES, 1e9) / PIECES
        self.budget.gain = to_number(gain, "gain", 1e-4, 1)
        budget_open(
            &self.budget, to_number(cap, "cap", 1e-4, 0.5), to_number(theta, "theta", 1e-6, 0.5),
            to_number(handicap, "handicap", 0, 1e6),
        )

    def next_window(self):
        """Another window begins, or another day of one that rolls."""
        budget_window(&self.budget)

    def counted(self, abandoned, *, to_come=0.0, now_s=0.0):
        """A call was answered, and abandoned or not. `to_come`: further ones expected until the
        window ends, or in an hour of one that rolls. `now_s`: does not fall."""
        cdef double now = to_number(now_s, "now_s", self.last, 1e15)
        cdef double expected = to_number(to_come, "to_come", 0, 1e12)
        self.last = now
        budget_counted(&self.budget, bool(abandoned), expected, now)

    @property
    def theta(self):
        return self.budget.theta

    @property
    def spare(self):
        return self.budget.spare
