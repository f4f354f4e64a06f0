# cython: language_level=3
"""A campaign that dials ahead of its agents in a real centre: what it learned, and what it may do.

It is told what happens to its lines and calls and by that alone it learns (`campaign`), so that two
who were told the same decide the same. Campaigns that share agents are asked together: a decision
sums up the lines of all of them, each by the laws of its own campaign, and the calls of the agents
whom they share, in the order of their ids (`campaign_outlook`). Of several risks to take the least
is taken, since an agent who is not there may be missed by any line (`pace_decision`). Instants are
in ms since the epoch.
"""

from libc.math cimport isfinite
from libc.stdint cimport int32_t, int64_t
from libc.string cimport memset

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE

from fastdial.kernel._numbers cimport to_number
from fastdial.kernel.answer_levels cimport AnswerLevels
from fastdial.kernel.budget cimport LIFE, ROLLING, WINDOW, budget_window
from fastdial.kernel.campaign cimport (
    CHANCE_MOST, HOUR_S, LOSES_ANY, campaign_answered, campaign_chance, campaign_close,
    campaign_counted, campaign_dialed, campaign_given_up, campaign_heard, campaign_is_tried,
    campaign_may_lose, campaign_open, campaign_to_come, campaign_unanswered, campaign_usual,
    campaign_view,
)
from fastdial.kernel.campaign_outlook cimport Groups, outlook_campaign, outlook_own
from fastdial.kernel.floor cimport (
    Floor, RingingLine, Talk, floor_add_line, floor_end_talk, floor_has_rung, floor_line,
    floor_put_talk,
)
from fastdial.kernel.hourly cimport RARER
from fastdial.kernel.learned cimport learned_cycle, learned_finished, learned_tables
from fastdial.kernel.levels cimport Traits, levels_dialed, levels_traits
from fastdial.kernel.odds cimport MOMENTS, odds_early, odds_of_line, outlook_line
from fastdial.kernel.pace_decision cimport Asked, decision_make
from fastdial.kernel.pace_image cimport campaign_from_bytes, campaign_to_bytes
from fastdial.kernel.pacing cimport pacing_overflow, pacing_theta

from fastdial.kernel.budget import GUARDED_RESERVES as _GUARDED_RESERVES

cdef double CALLS_MOST = 1e12
cdef double HYSTERESIS = 3.0        # times what is accepted, then lines are given up

WINDOWS = {"life": LIFE, "window": WINDOW, "rolling day": ROLLING, "rolling month": ROLLING}
HELD_BY = (
    "forecast", "awaited", "lines_per_agent", "runaway", "cap", "progressive", "hour_cap",
)


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
@cython.no_gc                       # it holds nothing that could hold it
cdef class Pace:
    """What a campaign has learned, which of its lines ring, and who talks for it.

    `answer`, `ring_s`, `handle_s`: what is believed at first of the share of contacts who answer,
    of how long they are rung, and of how long a call takes an agent, wrap-up included.
    """

    def __cinit__(self, *, answer=0.3, ring_s=15.0, handle_s=240.0):
        cdef double answer_ = to_number(answer, "answer", 1e-3, 1)
        cdef double ring = to_number(ring_s, "ring_s", 0.1, 1e4)
        cdef double handle = to_number(handle_s, "handle_s", 0.1, 1e6)
        self.levels = AnswerLevels(prior=answer)
        self.campaign.reserve, self.campaign.reserve_per_agent = _GUARDED_RESERVES["life"]
        campaign_open(&self.campaign, &self.levels.levels, answer_, ring, handle)

    def __dealloc__(self):
        campaign_close(&self.campaign)

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
        self.campaign.hour_begins = begins
        self.campaign.hourly.cap = hourly
        self.campaign.budget.cap = target_
        self.campaign.budget.kind = WINDOWS[window]
        self.campaign.reserve, self.campaign.reserve_per_agent = _GUARDED_RESERVES[window]
        if patience != self.campaign.learned.patience:
            self.campaign.learned.patience = patience
            learned_tables(&self.campaign.learned)

    def next_window(self):
        """Nothing has been counted yet in the window that begins."""
        budget_window(&self.campaign.budget)

    # --- what happens

    cdef int heard(self, int64_t at) except -1:
        """Take over what is known by now."""
        if campaign_heard(&self.campaign, at):
            raise MemoryError("no memory for talks")
        return 0

    cpdef double chance_of(
        self, int32_t hour, int32_t attempt, int32_t kind, double told
    ) except -1.0:
        """How likely a contact answers, before what all have in common of late. O(1).

        `hour`: where it is, 0 to 23; `attempt`: 1 is the first; `kind`: of its number, 0 to 7;
        `told`: the platform's probability, 0 where it tells none. ValueError beyond these.
        """
        cdef Traits traits
        see_contact(&traits, hour, attempt, kind, told)
        return campaign_chance(&self.campaign, &traits)

    cpdef bint is_tried(self, double told) except -1:
        """Whether lines have shown what it is worth where as much is told, and where as much as of
        the newest. ValueError where it is no probability; 0: nothing."""
        cdef Traits traits
        see_contact(&traits, 0, 1, 0, told)
        return campaign_is_tried(&self.campaign, &traits)

    cpdef int64_t dialed_to(
        self, int64_t call_id, int64_t at, int32_t hour, int32_t attempt, int32_t kind, double told
    ) except -2:
        """A line is launched to such a contact; gives its number among those of the campaign."""
        cdef Traits traits
        cdef int64_t serial
        see_contact(&traits, hour, attempt, kind, told)
        self.heard(at)
        self.see_new(call_id)
        serial = levels_dialed(&self.levels.levels, self.levels.levels.last, &traits)
        if serial < 0:
            raise MemoryError(f"no memory for {self.levels.pending + 1} lines")
        self.campaign.newest = traits
        self.dialed(call_id, at, campaign_chance(&self.campaign, &traits), serial)
        return serial

    cpdef double said_of(self, int64_t call_id) except -1.0:
        """How likely a line that rings was to be answered. KeyError where it does not ring."""
        cdef RingingLine* line = floor_line(&self.campaign.floor, call_id)
        if line == NULL:
            raise KeyError(call_id)
        return line.chance

    cpdef dialed(self, int64_t call_id, int64_t at, double chance, int64_t serial=-1):
        """A line is launched; `chance`: of an answer, as is said of the contact: what `factor`
        makes a chance of, so that it may be above 1."""
        cdef RingingLine line
        self.heard(at)
        self.see_line(&line, call_id, at, chance)
        line.serial = serial
        if campaign_dialed(&self.campaign, &line, chance):
            raise MemoryError(f"no memory for {self.campaign.floor.line_count + 1} lines")

    cpdef line(
        self, int64_t call_id, int64_t dialed_at, int64_t rings_since, double chance,
        int64_t serial=-1
    ):
        """A line that rings, of which all has been learned already."""
        cdef RingingLine line
        self.see_line(&line, call_id, dialed_at, chance)
        line.rings_since = rings_since
        line.serial = serial
        if floor_add_line(&self.campaign.floor, &line):
            raise MemoryError(f"no memory for {self.campaign.floor.line_count + 1} lines")

    cdef int see_line(
        self, RingingLine* line, int64_t call_id, int64_t dialed_at, double chance
    ) except -1:
        if not 0.0 <= chance <= CHANCE_MOST:
            raise ValueError(f"chance is {chance}; it can be 0 to {CHANCE_MOST:g}")
        self.see_new(call_id)
        line.call_id = call_id
        line.dialed_at = dialed_at
        line.rings_since = dialed_at
        line.chance = <float> chance
        return 0

    cdef int see_new(self, int64_t call_id) except -1:
        if floor_line(&self.campaign.floor, call_id) != NULL:
            raise ValueError(f"call {call_id} rings already")
        return 0

    cpdef rings(self, int64_t call_id, int64_t at):
        """The network says that it rings, from now on."""
        cdef RingingLine* line = floor_line(&self.campaign.floor, call_id)
        if line != NULL:
            line.rings_since = at

    cpdef answered(self, int64_t call_id, int64_t at):
        """A person answered; what is no line of this campaign is passed over, here and below."""
        cdef RingingLine* line = floor_line(&self.campaign.floor, call_id)
        if line != NULL:
            self.heard(at)
            campaign_answered(&self.campaign, line, at)

    cpdef unanswered(self, int64_t call_id, int64_t at):
        """The line has ended, and no person answered."""
        cdef RingingLine* line = floor_line(&self.campaign.floor, call_id)
        if line != NULL:
            self.heard(at)
            campaign_unanswered(&self.campaign, line, at)

    cpdef given_up(self, int64_t call_id, int64_t at):
        """The line was ended by ourselves: nobody knows what would have come of it."""
        cdef RingingLine* line = floor_line(&self.campaign.floor, call_id)
        if line != NULL:
            self.heard(at)
            campaign_given_up(&self.campaign, line, at)

    cpdef talks(self, int64_t agent, int32_t group, int64_t since, bint stays):
        """An agent of a group has talked, or wrapped up, since then; again where that changes.

        `stays`: whether the agent will be free afterwards.
        """
        cdef Talk talk
        talk.agent = agent
        talk.since = since
        talk.group = group
        talk.stays = stays
        if floor_put_talk(&self.campaign.floor, &talk):
            raise MemoryError(f"no memory for {self.campaign.floor.talk_count + 1} talks")

    cpdef talk_over(self, int64_t agent):
        """The agent talks and wraps up no more."""
        floor_end_talk(&self.campaign.floor, agent)

    cpdef finished(self, int64_t lasted_ms, int64_t at):
        """A call kept an agent busy for so long, wrap-up included."""
        learned_finished(&self.campaign.learned, 1e-3 * max(lasted_ms, 0))
        self.heard(at)

    cpdef counted(
        self, double abandoned, double base, double spare, int32_t agents, double left_s,
        int64_t at=0
    ):
        """Calls were counted for abandonment, and `spare` is what `target` leaves to be abandoned.

        `agents`: who are at work; `left_s`: until the window ends, of one that has an end; `at`:
        when, for the cap of an hour. ValueError where a number is none, or is negative.
        """
        if not (0 <= abandoned < CALLS_MOST and 0 <= base < CALLS_MOST and isfinite(spare)):
            raise ValueError(
                f"{abandoned} abandoned of {base} calls and {spare} to spare cannot be counted"
            )
        campaign_counted(&self.campaign, abandoned, base, spare, agents, left_s, at)

    cpdef double to_come(self, int32_t agents, double seconds) except -1.0:
        """Calls that so many agents may be expected to serve in so many seconds."""
        return campaign_to_come(&self.campaign, agents, seconds)

    # --- what to do

    cdef int add_up(self, int64_t now, tuple others, bytes groups, int32_t ready) except -1:
        """Lines and talks of all who are paced together."""
        cdef Groups works
        cdef Pace other
        if groups is None or others is None or None in others:
            raise TypeError("others and groups are given, and None is no campaign")
        works.works = PyBytes_AS_STRING(groups)
        works.count = PyBytes_GET_SIZE(groups)
        memset(&self.outlook, 0, sizeof(Outlook))
        for other in others:
            outlook_campaign(&self.outlook, &other.campaign, now, &works)
        outlook_own(&self.outlook, &self.campaign, now, &works, ready)
        return 0

    cdef double least_theta(self, tuple others) noexcept:
        """Of the campaign itself and of all whose lines ring, which could miss the same agents."""
        cdef double theta = self.campaign.budget.theta
        cdef Pace other
        for other in others:
            if other.campaign.floor.line_count > 0:
                theta = min(theta, other.campaign.budget.theta)
        return theta

    cdef double least_lose(self, tuple others, const Asked* asked) noexcept:
        """What this hour may lose by the caps of the same campaigns, though answers grow rarer."""
        cdef double chance = asked.usual * self.campaign.factor / RARER
        cdef double rare = asked.here / learned_cycle(&self.campaign.learned, chance)
        cdef double lose = campaign_may_lose(&self.campaign, asked.now, rare)
        cdef Pace other
        for other in others:
            if other.campaign.floor.line_count > 0:
                lose = min(lose, campaign_may_lose(&other.campaign, asked.now, rare))
        return lose

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
        cdef Asked asked
        asked.now = now
        asked.idle = idle
        asked.waiting = waiting
        asked.ready = idle - waiting
        asked.lines = lines
        asked.beyond = beyond
        asked.certain = certain
        asked.room = room
        asked.here = here
        asked.early = odds_early(&self.campaign.learned.odds, 1e-3 * legal_ring_ms)
        asked.chance = chance
        asked.usual = campaign_usual(&self.campaign, chance)
        self.add_up(now, others, groups, asked.ready)
        asked.theta = self.least_theta(others)
        asked.lose = self.least_lose(others, &asked)
        return decision_make(&self.made, &self.outlook, &self.campaign, &asked)

    cpdef list too_many(
        self, int64_t now, tuple others, bytes groups, int32_t idle, int32_t waiting,
        int32_t lines, double chance, int64_t legal_ring_ms
    ):
        """Lines of this campaign to give up, the first dialed first: ids of calls.

        Those that have rung for `legal_ring_ms`, while the chance that no agent is free for an
        answer is three times what is accepted; at what is accepted none would ring longer, and what
        happens then would never be seen. The rest is as `decide` takes it.
        """
        cdef float[6] fresh
        cdef float[6] chances
        cdef int32_t ready = idle - waiting
        cdef RingingLine* line
        cdef Py_ssize_t at
        cdef double patient
        found = []
        if lines <= idle or not floor_has_rung(&self.campaign.floor, now - legal_ring_ms):
            return found
        self.add_up(now, others, groups, ready)
        patient = HYSTERESIS * pacing_theta(
            self.least_theta(others), ready, chance * self.campaign.factor
        )
        odds_of_line(&self.campaign.learned.odds, chance * self.campaign.factor, 0.0, fresh)
        for at in range(self.campaign.floor.line_count):
            if lines - len(found) <= idle:
                break
            if pacing_overflow(&self.outlook, ready, fresh, 0, MOMENTS) <= patient:
                break
            line = &self.campaign.floor.lines[at]
            if line.rings_since <= now - legal_ring_ms:
                odds_of_line(
                    &self.campaign.learned.odds, line.chance * self.campaign.factor,
                    1e-3 * (now - line.dialed_at), chances,
                )
                outlook_line(&self.outlook, chances, -1)
                found.append(line.call_id)
        return found

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
            "accepted_after": reasons.accepted_after,
            "overflow_after": reasons.overflow_after,
            "soon": reasons.soon,
            "moment_s": reasons.moment,
            "answers": reasons.answers,
            "ends": reasons.ends,
            "answer": reasons.chance,
            "doubt": reasons.doubt,
        }

    def learned_at(self, now):
        """What is believed at an instant, by name: `factor` is by how much answers are likelier
        than was said, `common` by how much more was said of all than in the beginning."""
        campaign_view(&self.campaign, now)
        return {
            "factor": self.campaign.factor,
            "common": self.campaign.common,
            "doubt": self.campaign.doubt,
            "ring_s": self.campaign.learned.ring_s,
            "handle_s": self.campaign.learned.handle_s,
            "answers": self.campaign.learned.answers,
            "theta": self.campaign.budget.theta,
        }

    @property
    def decided_for(self):
        """The chance of an answer that the last decision was made for."""
        return self.made.said

    @property
    def usual_of_late(self):
        """The mean chance of the lines of late, as was said of their contacts; 0: there were none.
        """
        return self.campaign.usual

    @property
    def ringing(self):
        """Calls that ring, in order."""
        cdef const Floor* floor = &self.campaign.floor
        return [floor.lines[at].call_id for at in range(floor.line_count)]

    @property
    def talking(self):
        """Numbers of agents who talk or wrap up, in order."""
        cdef const Floor* floor = &self.campaign.floor
        return [floor.talks[at].agent for at in range(floor.talk_count)]

    # --- written down

    def to_bytes(self):
        """What has been learned, as bytes; lines and talks are told again. Equal for equal."""
        return campaign_to_bytes(&self.campaign) + self.levels.snapshot()

    @staticmethod
    def from_bytes(image):
        """What `to_bytes` gave. Raises ValueError for bytes that are damaged or of another kind."""
        cdef const unsigned char[::1] data = memoryview(image).cast("B")
        cdef Pace pace = Pace()
        cdef Py_ssize_t read = campaign_from_bytes(&pace.campaign, data)
        try:
            pace.levels = AnswerLevels.restore(memoryview(image).cast("B")[read:])
        except ValueError as error:
            raise ValueError(f"not what a pace learned: {error}") from None
        pace.campaign.levels = &pace.levels.levels
        return pace
