# cython: language_level=3
"""A campaign that dials ahead of its agents in a real centre: what it learned, and what it may do.

It is told what happens to its lines and calls, and by that alone it learns (`learned`), so that two
who were told the same decide the same. How likely each contact answers it learns by levels
(`answer_levels`), and follows what all have in common from second to second. Campaigns that share
agents are asked together: a decision sums up the lines of all of them, each by the laws of its own
campaign, and the calls of the agents whom they share, in the order of their ids. Of several risks
to take the least is taken, since an agent who is not there may be missed by any line. Instants are
in ms since the epoch.
"""

from libc.math cimport exp2, isfinite
from libc.stdint cimport int32_t, int64_t, uint64_t, uint8_t
from libc.stdlib cimport free, realloc
from libc.string cimport memcpy, memmove, memset

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE

from fastdial.kernel._hashing cimport checksum64
from fastdial.kernel._numbers cimport to_number
from fastdial.kernel.answer_levels cimport AnswerLevels
from fastdial.kernel.answer_rates cimport (
    MEMORIES, AnswerRate, rate_settled, rate_until,
)
from fastdial.kernel.budget cimport LIFE, ROLLING, WINDOW, budget_moved, budget_open, budget_window
from fastdial.kernel.hazards cimport BINS, Hazard, hazard_survival
from fastdial.kernel.hourly cimport (
    RARER, Hourly, Standing, hourly_added, hourly_lines, hourly_may_lose, hourly_open,
)
from fastdial.kernel.learned cimport (
    learned_answered, learned_cycle, learned_dialed, learned_finished, learned_given_up,
    learned_is_green, learned_is_new, learned_is_stale, learned_is_tried, learned_most,
    learned_open, learned_refresh, learned_ringing, learned_tables, learned_unanswered,
)
from fastdial.kernel.levels cimport (
    Traits, levels_answered, levels_are_due, levels_chance, levels_dialed,
    levels_given_up, levels_tick, levels_traits, levels_tried,
)
from fastdial.kernel.odds cimport (
    MOMENTS, Outlook, odds_early, odds_of_call, odds_of_line, outlook_call, outlook_line,
)
from fastdial.kernel.pacing cimport (
    pacing_launch, pacing_overflow, pacing_theta, pacing_within,
)

from fastdial.kernel.budget import GUARDED_RESERVES as _GUARDED_RESERVES

cdef double HYSTERESIS = 3.0        # times what is accepted, then lines are given up
cdef double LINES_FACTOR = 4.0      # lines for so many times the agents who will be free
cdef int32_t FREE_OF_CAPS = 1_000_000
cdef double THETA = 0.03            # the risk taken at first; the guard stands behind it
cdef double LOSES_ANY = 1e9         # where no hour has a cap
cdef double NEVER = 1e15            # dialing ends
cdef double BUSY = 0.85             # of agents, roughly
cdef double HOUR_S = 3600.0
cdef int64_t USUAL = 2_000          # lines whose mean chance is the usual one
cdef double CHANCE_MOST = 1e4       # before the factor
cdef double COMMON_MOST = 20.0
cdef double COMMON_HALF_S = 14_400.0

WINDOWS = {"life": LIFE, "window": WINDOW, "rolling day": ROLLING, "rolling month": ROLLING}
HELD_BY = ("forecast", "lines_per_agent", "runaway", "cap", "progressive", "hour_cap")


# ---- lines and talks -------------------------------------------------------------------------

cdef Py_ssize_t place_of_line(const Floor* floor, int64_t call_id) noexcept nogil:
    """Where the line is, or would be."""
    cdef Py_ssize_t low = 0
    cdef Py_ssize_t high = floor.line_count
    cdef Py_ssize_t middle
    while low < high:
        middle = (low + high) // 2
        if floor.lines[middle].call_id < call_id:
            low = middle + 1
        else:
            high = middle
    return low


cdef RingingLine* find_line(const Floor* floor, int64_t call_id) noexcept nogil:
    cdef Py_ssize_t at = place_of_line(floor, call_id)
    if at < floor.line_count and floor.lines[at].call_id == call_id:
        return &floor.lines[at]
    return NULL


cdef int insert_line(Floor* floor, const RingingLine* line) noexcept nogil:
    """-1 without memory."""
    cdef Py_ssize_t at = place_of_line(floor, line.call_id)
    cdef void* grown
    if floor.line_count == floor.line_room:
        grown = realloc(floor.lines, 2 * (floor.line_room + 8) * sizeof(RingingLine))
        if grown == NULL:
            return -1
        floor.lines = <RingingLine*> grown
        floor.line_room = 2 * (floor.line_room + 8)
    memmove(
        &floor.lines[at + 1], &floor.lines[at], (floor.line_count - at) * sizeof(RingingLine)
    )
    floor.lines[at] = line[0]
    floor.line_count += 1
    return 0


cdef void remove_line(Floor* floor, RingingLine* line) noexcept nogil:
    cdef Py_ssize_t after = &floor.lines[floor.line_count] - line - 1
    memmove(line, line + 1, after * sizeof(RingingLine))
    floor.line_count -= 1


cdef Py_ssize_t place_of_talk(const Floor* floor, int64_t agent) noexcept nogil:
    cdef Py_ssize_t low = 0
    cdef Py_ssize_t high = floor.talk_count
    cdef Py_ssize_t middle
    while low < high:
        middle = (low + high) // 2
        if floor.talks[middle].agent < agent:
            low = middle + 1
        else:
            high = middle
    return low


cdef int put_talk(Floor* floor, const Talk* talk) noexcept nogil:
    """Also in place of what is known of the agent's talk; -1 without memory."""
    cdef Py_ssize_t at = place_of_talk(floor, talk.agent)
    cdef void* grown
    if at < floor.talk_count and floor.talks[at].agent == talk.agent:
        floor.talks[at] = talk[0]
        return 0
    if floor.talk_count == floor.talk_room:
        grown = realloc(floor.talks, 2 * (floor.talk_room + 8) * sizeof(Talk))
        if grown == NULL:
            return -1
        floor.talks = <Talk*> grown
        floor.talk_room = 2 * (floor.talk_room + 8)
    memmove(&floor.talks[at + 1], &floor.talks[at], (floor.talk_count - at) * sizeof(Talk))
    floor.talks[at] = talk[0]
    floor.talk_count += 1
    return 0


# ---- looking ---------------------------------------------------------------------------------

cdef inline int64_t second_of(int64_t at) noexcept nogil:
    return at // 1_000


cdef void view(Pace pace, int64_t now) noexcept nogil:
    """How likely answers are now, though nothing may have happened for a while."""
    cdef AnswerRate rate
    cdef int64_t second = second_of(now)
    if pace.viewed == second:
        return
    rate = pace.learned.rate
    rate_until(&rate, second, pace.learned.rate_survival, learned_is_green(&pace.learned))
    pace.factor = rate.factor
    pace.doubt = rate.doubt
    pace.settled = rate_settled(&rate)
    pace.viewed = second


cdef double add_lines(Outlook* outlook, Pace pace, int64_t now) noexcept nogil:
    """The chances of a campaign's lines; how much the number of its answers is in doubt."""
    cdef float[5] chances
    cdef double answers = outlook.answers[MOMENTS - 1]
    cdef const RingingLine* line
    cdef Py_ssize_t at
    for at in range(pace.floor.line_count):
        line = &pace.floor.lines[at]
        odds_of_line(
            &pace.learned.odds, line.chance * pace.factor, 1e-3 * (now - line.dialed_at), chances
        )
        outlook_line(outlook, chances, 1)
    answers = outlook.answers[MOMENTS - 1] - answers
    return pace.doubt * answers * answers


cdef void add_talks(
    Outlook* outlook, Pace pace, int64_t now, const char* groups, Py_ssize_t group_count
) noexcept nogil:
    cdef float[5] chances
    cdef const Talk* talk
    cdef Py_ssize_t at
    for at in range(pace.floor.talk_count):
        talk = &pace.floor.talks[at]
        if talk.stays and talk.group < group_count and groups[talk.group]:
            odds_of_call(&pace.learned.odds, 1e-3 * (now - talk.since), chances)
            outlook_call(outlook, chances, 1)


cdef double least_theta(Pace pace, tuple others) noexcept:
    """Of the campaign itself and of all whose lines ring, which could miss the same agents."""
    cdef double theta = pace.budget.theta
    cdef Pace other
    for other in others:
        if other.floor.line_count > 0:
            theta = min(theta, other.budget.theta)
    return theta


# ---- written down ----------------------------------------------------------------------------

cdef uint64_t MAGIC = 0x3145_4341_5044_4646     # "FFDPACE1" in the order of bytes
cdef uint64_t VERSION = 4

cdef struct KeptLaw:
    double weight
    double ended[64]
    double at_risk[64]
    double slopes[64]
    double sums[65]

cdef struct Kept:
    KeptLaw answer
    KeptLaw silence
    KeptLaw handle
    AnswerRate rate
    double rang_at
    double began_at
    double theta
    double reference
    double burst
    double answers
    double news
    double usual
    double usual_count
    double common
    double hour
    double hour_answered
    double hour_lost
    double newest[4]                # hour, attempt, kind, told

# What is written down: this, and after it the levels.
cdef struct Image:
    uint64_t magic
    uint64_t version
    uint64_t checksum
    Kept kept


cdef void keep_law(KeptLaw* kept, const Hazard* law) noexcept nogil:
    kept.weight = law.weight
    memcpy(kept.ended, law.ended, sizeof(kept.ended))
    memcpy(kept.at_risk, law.at_risk, sizeof(kept.at_risk))
    memcpy(kept.slopes, law.slopes, sizeof(kept.slopes))
    memcpy(kept.sums, law.sums, sizeof(kept.sums))


cdef void take_law(Hazard* law, const KeptLaw* kept) noexcept nogil:
    law.weight = kept.weight
    memcpy(law.ended, kept.ended, sizeof(kept.ended))
    memcpy(law.at_risk, kept.at_risk, sizeof(kept.at_risk))
    memcpy(law.slopes, kept.slopes, sizeof(kept.slopes))
    memcpy(law.sums, kept.sums, sizeof(kept.sums))


cdef bint is_law(const KeptLaw* kept) noexcept nogil:
    cdef int32_t at
    if kept.weight < 1.0 or kept.sums[0] != 0.0:
        return False
    for at in range(BINS):
        if kept.ended[at] < 0.0 or kept.at_risk[at] < 0.0 or kept.slopes[at] < 0.0:
            return False
        if kept.sums[at + 1] < kept.sums[at]:
            return False
    return True


cdef bint is_rate(const AnswerRate* rate) noexcept nogil:
    cdef int32_t one
    for one in range(MEMORIES):
        if rate.answers[one] <= 0.0 or rate.exposure[one] <= 0.0 or rate.keeps[one] >= 0.0:
            return False
    return (
        rate.factor > 0.0 and rate.mixed > 0.0 and rate.doubt >= 0.0 and rate.at >= 0.0
        and rate.life_answers > 0.0 and rate.life_chances > 0.0
        and rate.settled_answers > 0.0 and rate.settled_chances > 0.0
    )


cdef bint is_whole(const Kept* kept) noexcept nogil:
    """Whether a campaign can have learned this."""
    cdef const double* numbers = <const double*> kept
    cdef Py_ssize_t at
    for at in range(<Py_ssize_t> (sizeof(Kept) // sizeof(double))):
        if not isfinite(numbers[at]):
            return False
    return (
        is_law(&kept.answer) and is_law(&kept.silence) and is_law(&kept.handle)
        and is_rate(&kept.rate) and 0.0 < kept.theta <= 1.0 and -20.0 <= kept.reference <= 0.0
        and 0.0 <= kept.answers <= 1e15 and 0.0 <= kept.news <= 1e6
        and 0.0 <= kept.usual <= CHANCE_MOST and 0.0 <= kept.usual_count <= USUAL
        and 1 / COMMON_MOST <= kept.common <= COMMON_MOST
        and -1.0 <= kept.hour <= 1e12 and kept.hour_answered >= 0.0 and kept.hour_lost >= 0.0
        and 0.0 <= kept.newest[0] < 24.0 and 0.0 <= kept.newest[1] <= 8.0
        and 0.0 <= kept.newest[2] < 8.0 and -1.0 <= kept.newest[3] <= 1.0
    )


# ---- the Python face -------------------------------------------------------------------------

cdef int see_contact(
    Traits* traits, int32_t hour, int32_t attempt, int32_t kind, double told
) except -1:
    if levels_traits(traits, hour, attempt, kind, told):
        raise ValueError(
            f"hour {hour}, attempt {attempt}, kind {kind} and told {told} are no contact's: 0 to "
            "23, 1 or more, 0 to 7 and up to 1"
        )
    return 0


@cython.final
cdef class Pace:
    """What a campaign has learned, which of its lines ring, and who talks for it.

    `answer`, `ring_s`, `handle_s`: what is believed at first of the share of contacts who answer,
    of how long they are rung, and of how long a call takes an agent, wrap-up included.
    """

    def __cinit__(self, *, answer=0.3, ring_s=15.0, handle_s=240.0):
        self.learned.prior_answer = to_number(answer, "answer", 1e-3, 1)
        self.learned.patience = 2.0
        learned_open(
            &self.learned, to_number(ring_s, "ring_s", 0.1, 1e4),
            to_number(handle_s, "handle_s", 0.1, 1e6),
        )
        self.budget.kind = LIFE
        self.budget.gain = 0.05
        self.reserve, self.reserve_per_agent = _GUARDED_RESERVES["life"]
        budget_open(&self.budget, 0.03, THETA, self.reserve)
        self.levels = AnswerLevels(prior=answer)
        self.common = 1.0
        hourly_open(&self.hourly, 0.0)
        self.viewed = -1

    def __dealloc__(self):
        free(self.floor.lines)
        free(self.floor.talks)
        free(self.lasting)

    # --- what holds for it

    def aim(self, *, target, window, patience_s, hour_cap=None, hour_begins_s=0):
        """`target`: abandoned over all calls that count, to aim for. `window`: over what, "life",
        "window" until `next_window`, "rolling day" or "rolling month", of which `next_window` says
        that another day begins. `patience_s`: how long a person waits. `hour_cap`: abandoned over
        all calls of each hour by a clock, whose hours begin `hour_begins_s` after those of UTC."""
        if window not in WINDOWS:
            raise ValueError(f"window is {window!r}; it can be {', '.join(WINDOWS)}")
        cdef double target_ = to_number(target, "target", 0, 1)
        cdef double patience = to_number(patience_s, "patience_s", 0, 3600)
        cdef double hourly = 0.0 if hour_cap is None else to_number(hour_cap, "hour_cap", 1e-4, 1)
        cdef double begins = to_number(hour_begins_s, "hour_begins_s", 0, HOUR_S)
        self.hour_begins = begins
        self.hourly.cap = hourly
        self.budget.cap = target_
        self.budget.kind = WINDOWS[window]
        self.reserve, self.reserve_per_agent = _GUARDED_RESERVES[window]
        if patience != self.learned.patience:
            self.learned.patience = patience
            learned_tables(&self.learned)

    def next_window(self):
        """Nothing has been counted yet in the window that begins."""
        budget_window(&self.budget)

    # --- what happens

    cdef int heard(self, int64_t at) except -1:
        """Take over what is known by now."""
        cdef Py_ssize_t place
        cdef void* grown
        self.count_lines(1e-3 * at)
        rate_until(
            &self.learned.rate, second_of(at), self.learned.rate_survival,
            learned_is_green(&self.learned),
        )
        if not learned_is_stale(&self.learned):
            return 0
        if self.lasting_room < self.floor.talk_room:
            grown = realloc(self.lasting, self.floor.talk_room * sizeof(double))
            if grown == NULL:
                raise MemoryError("no memory for talks")
            self.lasting = <double*> grown
            self.lasting_room = self.floor.talk_room
        for place in range(self.floor.talk_count):
            self.lasting[place] = 1e-3 * (at - self.floor.talks[place].since)
        learned_refresh(&self.learned, self.lasting, <int32_t> self.floor.talk_count)
        return 0

    cdef void count_lines(self, double now) noexcept:
        """Levels learn from lines of a while ago; not what they have in common.

        The factor has followed that from second to second, and would have to unlearn it: a
        campaign whose contacts answer a third as often as was thought would dial ahead as if it
        were a ninth, until it did. It is told by the newest line, though another may be the next
        whose levels have not moved as far; so it is forgotten, slowly enough for the factor.
        """
        cdef double before
        if now > self.levels.levels.last:
            self.common **= exp2((self.levels.levels.last - now) / COMMON_HALF_S)
            self.levels.levels.last = now
        if not levels_are_due(&self.levels.levels, self.levels.levels.last):
            return
        before = levels_chance(&self.levels.levels, &self.newest)
        levels_tick(&self.levels.levels, self.levels.levels.last)
        self.common *= levels_chance(&self.levels.levels, &self.newest) / before
        self.common = min(max(self.common, 1 / COMMON_MOST), COMMON_MOST)

    cpdef double chance_of(
        self, int32_t hour, int32_t attempt, int32_t kind, double told
    ) except -1.0:
        """How likely a contact answers, before what all have in common of late. O(1).

        `hour`: where it is, 0 to 23; `attempt`: 1 is the first; `kind`: of its number, 0 to 7;
        `told`: the platform's probability, 0 where it tells none. ValueError beyond these.
        """
        cdef Traits traits
        see_contact(&traits, hour, attempt, kind, told)
        return levels_chance(&self.levels.levels, &traits) / self.common

    cpdef bint is_tried(self, double told) except -1:
        """Whether lines have shown what it is worth where as much is told, and where as much as of
        the newest. ValueError where it is no probability; 0: nothing."""
        cdef Traits traits
        see_contact(&traits, 0, 1, 0, told)
        return levels_tried(&self.levels.levels, &traits) and (
            self.newest.attempt == 0 or levels_tried(&self.levels.levels, &self.newest)
        )

    cpdef int64_t dialed_to(
        self, int64_t call_id, int64_t at, int32_t hour, int32_t attempt, int32_t kind, double told
    ) except -2:
        """A line is launched to such a contact; gives its number among those of the campaign."""
        cdef Traits traits
        cdef int64_t serial
        see_contact(&traits, hour, attempt, kind, told)
        self.heard(at)
        if find_line(&self.floor, call_id) != NULL:
            raise ValueError(f"call {call_id} rings already")
        serial = levels_dialed(&self.levels.levels, self.levels.levels.last, &traits)
        if serial < 0:
            raise MemoryError(f"no memory for {self.levels.pending + 1} lines")
        self.newest = traits
        self.dialed(call_id, at, self.chance_of(hour, attempt, kind, told), serial)
        return serial

    cpdef double said_of(self, int64_t call_id) except -1.0:
        """How likely a line that rings was to be answered. KeyError where it does not ring."""
        cdef RingingLine* line = find_line(&self.floor, call_id)
        if line == NULL:
            raise KeyError(call_id)
        return line.chance

    cpdef dialed(self, int64_t call_id, int64_t at, double chance, int64_t serial=-1):
        """A line is launched; `chance`: of an answer, as is said of the contact: what `factor`
        makes a chance of, so that it may be above 1."""
        self.heard(at)
        if self.floor.line_count == 0:
            learned_ringing(&self.learned, 1e-3 * at, 0)
        self.line(call_id, at, at, chance, serial)
        self.usual_count = min(self.usual_count + 1, USUAL)
        self.usual += (chance - self.usual) / self.usual_count
        learned_dialed(&self.learned, 1e-3 * at, chance)
        learned_ringing(&self.learned, 1e-3 * at, 1)

    cdef double usual_chance(self, double chance) noexcept:
        """Of contacts to be answered: the next may be anything."""
        return self.usual if self.usual_count > 0 else chance

    cpdef line(
        self, int64_t call_id, int64_t dialed_at, int64_t rings_since, double chance,
        int64_t serial=-1
    ):
        """A line that rings, of which all has been learned already."""
        cdef RingingLine line
        if not 0.0 <= chance <= CHANCE_MOST:
            raise ValueError(f"chance is {chance}; it can be 0 to {CHANCE_MOST:g}")
        if find_line(&self.floor, call_id) != NULL:
            raise ValueError(f"call {call_id} rings already")
        line.call_id = call_id
        line.dialed_at = dialed_at
        line.rings_since = rings_since
        line.serial = serial
        line.chance = <float> chance
        if insert_line(&self.floor, &line):
            raise MemoryError(f"no memory for {self.floor.line_count + 1} lines")

    cpdef rings(self, int64_t call_id, int64_t at):
        """The network says that it rings, from now on."""
        cdef RingingLine* line = find_line(&self.floor, call_id)
        if line != NULL:
            line.rings_since = at

    cpdef answered(self, int64_t call_id, int64_t at):
        """A person answered; what is no line of this campaign is passed over, here and below."""
        cdef RingingLine* line = find_line(&self.floor, call_id)
        if line != NULL:
            self.heard(at)
            learned_answered(
                &self.learned, 1e-3 * line.dialed_at, 1e-3 * (at - line.dialed_at)
            )
            levels_answered(&self.levels.levels, line.serial)
            self.over(line, at)

    cpdef unanswered(self, int64_t call_id, int64_t at):
        """The line has ended, and no person answered."""
        cdef RingingLine* line = find_line(&self.floor, call_id)
        if line != NULL:
            self.heard(at)
            learned_unanswered(&self.learned, 1e-3 * (at - line.dialed_at))
            self.over(line, at)

    cpdef given_up(self, int64_t call_id, int64_t at):
        """The line was ended by ourselves: nobody knows what would have come of it."""
        cdef RingingLine* line = find_line(&self.floor, call_id)
        cdef double rang
        if line != NULL:
            self.heard(at)
            rang = 1e-3 * (at - line.dialed_at)
            levels_given_up(
                &self.levels.levels, line.serial, hazard_survival(&self.learned.answer, rang)
            )
            learned_given_up(&self.learned, 1e-3 * line.dialed_at, line.chance, rang)
            self.over(line, at)

    cdef void over(self, RingingLine* line, int64_t at) noexcept:
        learned_ringing(&self.learned, 1e-3 * at, 1)
        remove_line(&self.floor, line)

    cpdef talks(self, int64_t agent, int32_t group, int64_t since, bint stays):
        """An agent of a group has talked, or wrapped up, since then; again where that changes.

        `stays`: whether the agent will be free afterwards.
        """
        cdef Talk talk
        talk.agent = agent
        talk.since = since
        talk.group = group
        talk.stays = stays
        if put_talk(&self.floor, &talk):
            raise MemoryError(f"no memory for {self.floor.talk_count + 1} talks")

    cpdef talk_over(self, int64_t agent):
        """The agent talks and wraps up no more."""
        cdef Py_ssize_t at = place_of_talk(&self.floor, agent)
        if at < self.floor.talk_count and self.floor.talks[at].agent == agent:
            memmove(
                &self.floor.talks[at], &self.floor.talks[at + 1],
                (self.floor.talk_count - at - 1) * sizeof(Talk),
            )
            self.floor.talk_count -= 1

    cpdef finished(self, int64_t lasted_ms, int64_t at):
        """A call kept an agent busy for so long, wrap-up included."""
        learned_finished(&self.learned, 1e-3 * max(lasted_ms, 0))
        self.heard(at)

    cpdef counted(
        self, double abandoned, double base, double spare, int32_t agents, double left_s,
        int64_t at=0
    ):
        """Calls were counted for abandonment, and `spare` is what `target` leaves to be abandoned.

        `agents`: who are at work; `left_s`: until the window ends, of one that has an end; `at`:
        when, for the cap of an hour.
        """
        cdef double to_come = self.to_come(
            agents, HOUR_S if self.budget.kind == ROLLING else left_s
        )
        self.budget.handicap = self.reserve + self.reserve_per_agent * agents
        self.budget.spare = spare
        self.budget.calls = self.learned.answers
        hourly_added(&self.hourly, base, abandoned, self.by_clock(at))
        budget_moved(&self.budget, self.budget.cap * base - abandoned, to_come)

    cpdef double to_come(self, int32_t agents, double seconds) except -1.0:
        """Calls that so many agents may be expected to serve in so many seconds."""
        return BUSY * agents / self.learned.handle_s * max(seconds, 0.0)

    # --- what to do

    cdef int add_up(self, int64_t now, tuple others, bytes groups, int32_t ready) except -1:
        """Lines and talks of all who are paced together."""
        cdef const char* groups_ = PyBytes_AS_STRING(groups)
        cdef Py_ssize_t group_count = PyBytes_GET_SIZE(groups)
        cdef double own, doubt = 0.0
        cdef double answers = 0.0
        cdef Pace other
        memset(&self.outlook, 0, sizeof(Outlook))
        for other in others:
            view(other, now)
            doubt += add_lines(&self.outlook, other, now)
            add_talks(&self.outlook, other, now, groups_, group_count)
        answers = self.outlook.answers[MOMENTS - 1]
        view(self, now)
        add_lines(&self.outlook, self, now)
        add_talks(&self.outlook, self, now, groups_, group_count)
        own = self.outlook.answers[MOMENTS - 1]
        # errors of several campaigns do not add up: its own counts as if it dialed all that is left
        own = max(max(own, ready + self.outlook.ends[MOMENTS - 1]) - answers, 1.0)
        doubt += self.doubt * own * own
        self.outlook.doubt = doubt / ((own + answers) * (own + answers))
        return 0

    cdef double by_clock(self, int64_t at) noexcept:
        """Seconds of which the hours of the clock are multiples of 3,600."""
        return max(1e-3 * at - self.hour_begins, 0.0)

    cdef Hourly of_hour(self) noexcept:
        """What is kept of its hours: who leaves nobody tells it, nor is that written down."""
        cdef Hourly hourly
        hourly_open(&hourly, self.hourly.cap)
        hourly.hour = self.hourly.hour
        hourly.answered = self.hourly.answered
        hourly.lost = self.hourly.lost
        return hourly

    cdef double may_lose(self, int64_t now, double rate) noexcept:
        """Calls that may be abandoned in this hour; a look changes nothing, though it be another's.
        """
        cdef Hourly hourly
        if self.hourly.cap == 0.0:
            return LOSES_ANY
        hourly = self.of_hour()
        return hourly_may_lose(&hourly, self.by_clock(now), rate, NEVER)

    cdef int32_t within_hour(
        self, int64_t now, tuple others, int32_t ready, int32_t lines, int32_t here, double chance,
        int32_t most
    ) except -1:
        """Lines, of so many, that the caps of this hour let ring, its own and those of who has
        lines up. None is kept back for agents who might leave: here that is asked of them."""
        cdef double rare = here / learned_cycle(&self.learned, chance / RARER)
        cdef double lose = self.may_lose(now, rare)
        cdef Hourly hourly
        cdef Standing standing
        cdef Pace other
        for other in others:
            if other.floor.line_count > 0:
                lose = min(lose, other.may_lose(now, rare))
        self.made.hour_lose = lose
        if lose >= LOSES_ANY:
            return most
        hourly = self.of_hour()
        standing.now = self.by_clock(now)
        standing.close = NEVER
        standing.here = 0
        standing.free = ready
        standing.ringing = lines
        standing.chance = min(chance, 1.0)
        standing.rate = here / learned_cycle(&self.learned, chance)
        standing.is_new = learned_is_new(
            &self.learned, 1e-3 * now, <int32_t> self.floor.line_count
        )
        return hourly_lines(&hourly, &self.outlook, &standing, lose, most)

    cdef void add_fresh(self, const float* chances, int32_t lines) noexcept:
        cdef int32_t k
        for k in range(MOMENTS):
            self.outlook.answers[k] += lines * chances[k]
            self.outlook.answers_2[k] += lines * chances[k] * chances[k]

    cpdef int decide(
        self, int64_t now, tuple others, bytes groups, int32_t idle, int32_t waiting,
        int32_t lines, int32_t beyond, bint certain, int32_t room, double chance, int32_t here=0,
        int64_t legal_ring_ms=-1
    ) except -1:
        """How many lines to launch now. O(lines + talks).

        `others`: campaigns that share agents with this one; `groups`: for each group of agents
        whether it works on this campaign, a byte each. `idle` agents are free, `waiting` people
        wait for one, `lines` were launched and are not over, all for these agents. `beyond`: lines
        beyond the idle agents that can break no cap, whatever they do; below 1 none is launched,
        nor any more where it must be `certain`, or little is left, or known. `room`: lines at most.
        `chance`: of the next contact, as is said of it; those after it count as no likelier.
        `here`: agents at work, for the cap of an hour. `legal_ring_ms`: how long the line has to
        ring before it may be given up (`too_many`); below 0, none is.
        """
        cdef Reasons* reasons = &self.made
        cdef float[5] fresh
        cdef int32_t ready, sure, most, wanted, within, hour
        cdef int32_t early = odds_early(&self.learned.odds, 1e-3 * legal_ring_ms)
        ready = idle - waiting
        self.add_up(now, others, groups, ready)
        odds_of_line(&self.learned.odds, chance * self.factor, 0.0, fresh)
        reasons.theta = least_theta(self, others)
        reasons.accepted = pacing_theta(
            reasons.theta, ready, chance * self.factor
        )
        most = learned_most(
            ready, self.outlook.ends[MOMENTS - 1], self.usual_chance(chance) * self.settled,
            LINES_FACTOR,
            learned_is_new(&self.learned, 1e-3 * now, <int32_t> self.floor.line_count),
        )
        most = max(most, idle)          # it does not stand against one line for each idle agent
        reasons.held_by = RUNAWAY
        if room <= most:
            most = room
            reasons.held_by = LINES_PER_AGENT
        hour = self.within_hour(
            now, others, ready, lines, here, self.usual_chance(chance) * self.factor, most
        )
        if hour < most:
            most = max(hour, idle)
            reasons.held_by = HOURLY
        if beyond < 1 and idle <= most:
            most = idle
            reasons.held_by = PROGRESSIVE
        sure = max(min(idle, most) - lines, 0)
        reasons.launch = sure
        most = max(most - max(lines, sure + lines), 0)
        self.add_fresh(fresh, sure)
        wanted = pacing_launch(&self.outlook, ready, fresh, reasons.accepted, most, early)
        if wanted < most:
            reasons.held_by = WANTED
        if beyond < FREE_OF_CAPS and wanted > 0:
            within = pacing_within(
                &self.outlook, ready, fresh, beyond, idle + beyond - lines - sure, wanted,
                not certain and learned_is_tried(&self.learned, lines),
            )
            if within < wanted:
                wanted = within
                reasons.held_by = SPENT
        self.add_fresh(fresh, wanted)
        reasons.launch += wanted
        reasons.idle = idle
        reasons.waiting = waiting
        reasons.lines = lines
        reasons.beyond = beyond
        reasons.most = most
        reasons.overflow = pacing_overflow(&self.outlook, ready, fresh, 0, early)
        reasons.moment = self.learned.odds.moments[MOMENTS - 1]
        reasons.answers = self.outlook.answers[MOMENTS - 1]
        reasons.ends = self.outlook.ends[MOMENTS - 1]
        reasons.said = chance
        reasons.chance = min(chance * self.factor, 0.98)
        reasons.doubt = self.outlook.doubt
        return reasons.launch

    cpdef list too_many(
        self, int64_t now, tuple others, bytes groups, int32_t idle, int32_t waiting,
        int32_t lines, double chance, int64_t legal_ring_ms
    ):
        """Lines of this campaign to give up, the first dialed first: ids of calls.

        Those that have rung for `legal_ring_ms`, while the chance that no agent is free for an
        answer is three times what is accepted; at what is accepted none would ring longer, and what
        happens then would never be seen. The rest is as `decide` takes it.
        """
        cdef float[5] fresh
        cdef float[5] chances
        cdef int32_t ready = idle - waiting
        cdef RingingLine* line
        cdef Py_ssize_t at
        cdef double patient
        found = []
        if lines <= idle or not self.has_rung(now - legal_ring_ms):
            return found
        self.add_up(now, others, groups, ready)
        patient = HYSTERESIS * pacing_theta(
            least_theta(self, others), ready, chance * self.factor
        )
        odds_of_line(&self.learned.odds, chance * self.factor, 0.0, fresh)
        for at in range(self.floor.line_count):
            if lines - len(found) <= idle:
                break
            if pacing_overflow(&self.outlook, ready, fresh, 0, MOMENTS) <= patient:
                break
            line = &self.floor.lines[at]
            if line.rings_since <= now - legal_ring_ms:
                odds_of_line(
                    &self.learned.odds, line.chance * self.factor,
                    1e-3 * (now - line.dialed_at), chances,
                )
                outlook_line(&self.outlook, chances, -1)
                found.append(line.call_id)
        return found

    cdef bint has_rung(self, int64_t since) noexcept:
        """Whether a line has rung since then."""
        cdef Py_ssize_t at
        for at in range(self.floor.line_count):
            if self.floor.lines[at].rings_since <= since:
                return True
        return False

    # --- what is known

    @property
    def reasons(self):
        """The last decision, and the numbers that made it: by name."""
        cdef Reasons* reasons = &self.made
        return {
            "launch": reasons.launch,
            "held_by": HELD_BY[reasons.held_by],
            "idle": reasons.idle,
            "waiting": reasons.waiting,
            "lines": reasons.lines,
            "beyond": reasons.beyond,
            "hour_lose": None if reasons.hour_lose >= LOSES_ANY else reasons.hour_lose,
            "theta": reasons.theta,
            "accepted": reasons.accepted,
            "overflow": reasons.overflow,
            "moment_s": reasons.moment,
            "answers": reasons.answers,
            "ends": reasons.ends,
            "answer": reasons.chance,
            "doubt": reasons.doubt,
        }

    def learned_at(self, now):
        """What is believed at an instant, by name: `factor` is by how much answers are likelier
        than was said, `common` by how much more was said of all than in the beginning."""
        view(self, now)
        return {
            "factor": self.factor,
            "common": self.common,
            "doubt": self.doubt,
            "ring_s": self.learned.ring_s,
            "handle_s": self.learned.handle_s,
            "answers": self.learned.answers,
            "theta": self.budget.theta,
        }

    @property
    def decided_for(self):
        """The chance of an answer that the last decision was made for."""
        return self.made.said

    @property
    def usual_of_late(self):
        """The mean chance of the lines of late, as was said of their contacts; 0: there were none.
        """
        return self.usual

    @property
    def ringing(self):
        """Calls that ring, in order."""
        return [self.floor.lines[at].call_id for at in range(self.floor.line_count)]

    @property
    def talking(self):
        """Numbers of agents who talk or wrap up, in order."""
        return [self.floor.talks[at].agent for at in range(self.floor.talk_count)]

    # --- written down

    def to_bytes(self):
        """What has been learned, as bytes; lines and talks are told again. Equal for equal."""
        cdef Image image
        cdef Kept* kept = &image.kept
        memset(&image, 0, sizeof(Image))
        image.magic = MAGIC
        image.version = VERSION
        keep_law(&kept.answer, &self.learned.answer)
        keep_law(&kept.silence, &self.learned.silence)
        keep_law(&kept.handle, &self.learned.handle)
        kept.rate = self.learned.rate
        kept.rang_at = self.learned.rang_at
        kept.began_at = self.learned.began_at
        kept.theta = self.budget.theta
        kept.reference = self.budget.reference
        kept.burst = self.budget.burst
        kept.answers = self.learned.answers
        kept.news = self.learned.news
        kept.usual = self.usual
        kept.usual_count = self.usual_count
        kept.common = self.common
        kept.hour = self.hourly.hour
        kept.hour_answered = self.hourly.answered
        kept.hour_lost = self.hourly.lost
        kept.newest[0] = self.newest.hour
        kept.newest[1] = self.newest.attempt
        kept.newest[2] = self.newest.kind
        kept.newest[3] = self.newest.told
        image.checksum = seal(kept)
        return PyBytes_FromStringAndSize(<char*> &image, sizeof(Image)) + self.levels.snapshot()

    @staticmethod
    def from_bytes(image):
        """What `to_bytes` gave. Raises ValueError for bytes that are damaged or of another kind."""
        cdef const unsigned char[::1] data = memoryview(image).cast("B")
        cdef Image known
        cdef Pace pace
        if data.shape[0] < sizeof(Image):
            raise ValueError(
                f"not what a pace learned: {data.shape[0]} bytes are less than {sizeof(Image)}"
            )
        memcpy(&known, &data[0], sizeof(Image))
        if known.magic != MAGIC:
            raise ValueError("not what a pace learned: it does not begin as that")
        if known.version != VERSION:
            raise ValueError(
                f"not what a pace learned that is read here: version {known.version}; {VERSION} is"
            )
        if known.checksum != seal(&known.kept) or not is_whole(&known.kept):
            raise ValueError("not what a pace learned: it is damaged")
        pace = Pace()
        take_law(&pace.learned.answer, &known.kept.answer)
        take_law(&pace.learned.silence, &known.kept.silence)
        take_law(&pace.learned.handle, &known.kept.handle)
        pace.learned.rate = known.kept.rate
        pace.learned.rang_at = known.kept.rang_at
        pace.learned.began_at = known.kept.began_at
        pace.budget.theta = known.kept.theta
        pace.budget.reference = known.kept.reference
        pace.budget.burst = known.kept.burst
        pace.learned.answers = <int64_t> known.kept.answers
        pace.learned.news = <int64_t> known.kept.news
        pace.usual = known.kept.usual
        pace.usual_count = <int64_t> known.kept.usual_count
        pace.common = known.kept.common
        pace.hourly.hour = <int64_t> known.kept.hour
        pace.hourly.answered = known.kept.hour_answered
        pace.hourly.lost = known.kept.hour_lost
        pace.newest.hour = <uint8_t> known.kept.newest[0]
        pace.newest.attempt = <uint8_t> known.kept.newest[1]
        pace.newest.kind = <uint8_t> known.kept.newest[2]
        pace.newest.told = <float> known.kept.newest[3]
        try:
            pace.levels = AnswerLevels.restore(memoryview(image).cast("B")[sizeof(Image):])
        except ValueError as error:
            raise ValueError(f"not what a pace learned: {error}") from None
        learned_tables(&pace.learned)
        return pace


cdef uint64_t seal(const Kept* kept) noexcept nogil:
    return checksum64(<const char*> kept, sizeof(Kept), VERSION)
