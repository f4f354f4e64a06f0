# cython: language_level=3
"""Pacing as others do it, under the kernel's model: what ours is held against.

Each is written from its published formula alone, and has a plain twin in `tests/twins/peers.py`.
All start from what they can know; where a formula asks for mean times or for the share of calls
that is answered and its author does not say how they are learned, they are given the true ones.
"""

from libc.math cimport erfc, exp, fabs, floor, log, sqrt
from libc.stdint cimport int32_t, int64_t, uint32_t
from libc.string cimport memset

from fastdial.kernel._rng cimport Rng, rng_open, rng_uniform
from fastdial.kernel.centre cimport (
    ABANDONED, ANSWERED, BRIDGED, FINISHED, NOBODY, OPENED, UNANSWERED, Centre, Happening,
    centre_dial,
)
from fastdial.kernel.predictive cimport Dialer

cdef enum:
    MINUTE = 60
    SAMPLES = 15
    MOMENTS = 5
    EXACT = 20                      # agents: beyond, the normal law will do
    LEVELS_MAX = 1001
    PRIOR_LINES = 30

cdef double NEVER = 1e30
MEASURES = ("idle", "ringing_and_busy", "agents")
GUARDS = ("hard_limit", "average", "tapered")


cdef void dial(Centre* centre, double lines) noexcept nogil:
    """So many lines more, if it is a number above 0."""
    while lines >= 1.0 and centre_dial(centre, 0):
        lines -= 1.0


# ---- fixed numbers of lines -------------------------------------------------------------------

cdef enum Measure:
    PER_IDLE
    RINGING_AND_BUSY
    PER_AGENT

cdef struct Fixed:
    Measure measure
    double lines
    double dither                   # a part of a line is a line as often as that
    Rng rng


cdef void fixed_begin(void* state, const Centre* centre) noexcept nogil:
    cdef Fixed* fixed = <Fixed*> state
    rng_open(&fixed.rng, 1, fixed.measure)
    fixed.dither = rng_uniform(&fixed.rng)


cdef void fixed_told(
    void* state, const Centre* centre, Happening what, uint32_t id, double value
) noexcept nogil:
    cdef Fixed* fixed = <Fixed*> state
    if what == FINISHED or what == BRIDGED:
        fixed.dither = rng_uniform(&fixed.rng)


cdef void fixed_act(void* state, Centre* centre) noexcept nogil:
    cdef Fixed* fixed = <Fixed*> state
    cdef double lines
    if fixed.measure == PER_IDLE:
        lines = fixed.lines * centre.idle
    elif fixed.measure == RINGING_AND_BUSY:
        lines = fixed.lines * centre.here - centre.busy
    else:
        lines = fixed.lines * centre.here
    dial(centre, floor(lines + fixed.dither) - centre.ringing.count)


cdef class FixedLines(Dialer):
    """L lines by a measure, where a part of a line is a line as often as that.

    `idle`: L ring for each idle agent. `ringing_and_busy`: L for each agent ring or are in calls.
    `agents`: L ring for each agent, whatever they do.
    """

    cdef Fixed state

    def __cinit__(self, str measure, double lines):
        self.state.measure = <Measure> <int> MEASURES.index(measure)
        self.state.lines = lines
        self.policy.state = &self.state
        self.policy.begin = fixed_begin
        self.policy.told = fixed_told
        self.policy.act = fixed_act


# ---- the levels of the optimum ------------------------------------------------------------------

cdef struct Staircase:
    int32_t first
    int32_t count
    double mix                      # a part of a line, drawn with each call's end
    double dither
    Rng rng
    double levels[LEVELS_MAX]


cdef void staircase_begin(void* state, const Centre* centre) noexcept nogil:
    cdef Staircase* stairs = <Staircase*> state
    rng_open(&stairs.rng, 2, 0)
    stairs.dither = rng_uniform(&stairs.rng)


cdef void staircase_told(
    void* state, const Centre* centre, Happening what, uint32_t id, double value
) noexcept nogil:
    cdef Staircase* stairs = <Staircase*> state
    if what == FINISHED or what == BRIDGED:
        stairs.dither = rng_uniform(&stairs.rng)


cdef void staircase_act(void* state, Centre* centre) noexcept nogil:
    cdef Staircase* stairs = <Staircase*> state
    cdef int32_t n = centre.busy + centre.waiting.count - stairs.first
    if n < stairs.count:
        dial(
            centre,
            floor(stairs.levels[max(n, 0)] + stairs.mix + stairs.dither) - centre.ringing.count,
        )


cdef class Levels(Dialer):
    """Dial up to a level by the answered calls in the system: the form of the exact optimum.

    `levels`: from `first` calls on. `mix` is added to each, and a part of a line is a line as often
    as that.
    """

    cdef Staircase state

    def __cinit__(self, levels, int first=0, double mix=0.0):
        if not 1 <= len(levels) <= LEVELS_MAX:
            raise ValueError(f"there are {len(levels)} levels; give 1 to {LEVELS_MAX}")
        self.state.first = first
        self.state.count = <int32_t> len(levels)
        self.state.mix = mix
        for at in range(self.state.count):
            self.state.levels[at] = levels[at]
        self.policy.state = &self.state
        self.policy.begin = staircase_begin
        self.policy.told = staircase_told
        self.policy.act = staircase_act


# ---- VICIdial -------------------------------------------------------------------------------------

cdef enum Guard:
    HARD_LIMIT
    AVERAGE
    TAPERED

cdef struct Adapter:
    Guard guard
    double limit                    # of abandoned calls, as a share
    double intensity                # in percent
    double target                   # agents who are to be idle
    double level_max
    double opens_at                 # seconds after midnight
    double level
    int64_t ticks                   # of half a second
    double idle[SAMPLES]
    double waiting[SAMPLES]
    double here[SAMPLES]
    int64_t answered[MINUTE]        # up to each of the last seconds
    int64_t abandoned[MINUTE]


cdef double steered(
    double level, double difference, double agents, double intensity, double level_max
) noexcept nogil:
    """The level after a look at how many agents were idle beyond those who waited for one."""
    cdef double percent = 100.0 * difference / max(agents, 1.0)
    cdef double k = intensity / 100.0
    percent *= fabs(k - 1.0) if percent < 0.0 else 1.0 + k
    return min(level_max, max(1.0, level * (1.0 + percent / 100.0)))


cdef double guarded(
    double level, Guard guard, double limit, int64_t answered, int64_t abandoned, double left
) noexcept nogil:
    """The level after a look at today's abandoned calls; `left`: to the close, as HHMM - HHMM."""
    if answered <= 50 or abandoned <= limit * answered:
        return level
    if guard == HARD_LIMIT:
        return 1.0
    if guard == AVERAGE:
        return level / 2.0
    return level * min(1.0, left / 1000.0)


cdef inline double hhmm(double seconds) noexcept nogil:
    cdef int64_t minutes = <int64_t> (seconds / 60.0)
    return 100.0 * (minutes // 60) + minutes % 60


cdef void adapter_told(
    void* state, const Centre* centre, Happening what, uint32_t id, double value
) noexcept nogil:
    cdef Adapter* adapter = <Adapter*> state
    if what == OPENED:
        adapter.ticks = 0
        adapter.level = 1.0
        memset(adapter.answered, 0, sizeof(adapter.answered))
        memset(adapter.abandoned, 0, sizeof(adapter.abandoned))


cdef double mean(const double* samples) noexcept nogil:
    cdef double whole = 0.0
    cdef int at
    for at in range(SAMPLES):
        whole += samples[at]
    return whole / SAMPLES


cdef void adapt(Adapter* adapter, Centre* centre, int64_t second) noexcept nogil:
    """Each 15 s, from what was seen each second since."""
    cdef double now = adapter.opens_at + centre.now - centre.opened_at
    cdef double end = adapter.opens_at + centre.world.opening
    cdef int64_t answered = centre.today.answered - adapter.answered[second % MINUTE]
    cdef int64_t abandoned = centre.today.abandoned - adapter.abandoned[second % MINUTE]
    adapter.level = steered(
        adapter.level, mean(adapter.idle) - mean(adapter.waiting) - adapter.target,
        mean(adapter.here), adapter.intensity, adapter.level_max,
    )
    if answered > 20 and 2 * abandoned > answered:
        adapter.level /= 2.0
    adapter.level = guarded(
        adapter.level, adapter.guard, adapter.limit, centre.today.answered,
        centre.today.abandoned, hhmm(end) - hhmm(now),
    )


cdef void adapter_act(void* state, Centre* centre) noexcept nogil:
    """A tick of half a second: a sample each second, a level each 15 s, calls each 2.5 s."""
    cdef Adapter* adapter = <Adapter*> state
    cdef int64_t tick = adapter.ticks
    cdef int64_t second = tick // 2
    cdef int32_t up = centre.ringing.count + centre.waiting.count + centre.busy
    adapter.ticks += 1
    if tick % 2 == 0:
        adapter.idle[second % SAMPLES] = centre.idle
        adapter.waiting[second % SAMPLES] = centre.waiting.count
        adapter.here[second % SAMPLES] = centre.here
        if second > 0 and second % SAMPLES == 0:
            adapt(adapter, centre, second)
        adapter.answered[second % MINUTE] = centre.today.answered
        adapter.abandoned[second % MINUTE] = centre.today.abandoned
    if tick % 5 == 0:
        dial(centre, floor(adapter.level * centre.here + 0.5) - up)


cdef class Vicidial(Dialer):
    """A level of lines for each agent, steered by idle agents; no answer rate and no times in it.

    `guard`: what becomes of the level when more than `limit` of today's calls were abandoned:
    hard_limit, average or tapered. The day begins at `opens_at_s` after midnight.
    """

    cdef Adapter state

    def __cinit__(
        self, str guard, double limit=0.03, double intensity=0.0, double target=0.0,
        double level_max=3.0, double opens_at_s=32_400.0,
    ):
        self.state.guard = <Guard> <int> GUARDS.index(guard)
        self.state.limit = limit
        self.state.intensity = intensity
        self.state.target = target
        self.state.level_max = level_max
        self.state.opens_at = opens_at_s
        self.policy.state = &self.state
        self.policy.told = adapter_told
        self.policy.act = adapter_act
        self.policy.tick_s = 0.5
        self.policy.ticks_only = True


# ---- Issabel --------------------------------------------------------------------------------------

cdef struct Predictor:
    double ring                     # seconds, mean
    double handle
    double sure
    double answer                   # 1: not divided by


cdef void predictor_act(void* state, Centre* centre) noexcept nogil:
    cdef Predictor* known = <Predictor*> state
    cdef double lines = centre.idle - centre.waiting.count - centre.ringing.count
    cdef double since
    cdef uint32_t agent
    for agent in range(centre.world.agents):
        if centre.agents[agent].busy and not centre.agents[agent].leaving:
            since = centre.now - centre.agents[agent].busy_since
            lines += 1.0 - exp(-(since + known.ring) / known.handle) >= known.sure
    dial(centre, floor(lines / max(0.2, known.answer) + 1e-9))


cdef class Issabel(Dialer):
    """Each 5 s a line for each agent who is idle or surely will be when it is answered.

    `answer`: with it the number is divided by the share that is answered, 0.2 at least.
    """

    cdef Predictor state

    def __cinit__(self, double ring_s, double handle_s, double sure=0.97, answer=None):
        self.state.ring = ring_s
        self.state.handle = handle_s
        self.state.sure = sure
        self.state.answer = 1.0 if answer is None else answer
        self.policy.state = &self.state
        self.policy.act = predictor_act
        self.policy.tick_s = 5.0
        self.policy.ticks_only = True


# ---- Fourati and Tabbane ----------------------------------------------------------------------------

cdef struct Flow:
    double answer
    double setup
    double handle
    double occupancy
    double limit
    double most


cdef double flow_lines(const Flow* flow, double agents) noexcept nogil:
    """Lines in set-up that bring as many answers as agents so busy end calls (by Little's law)."""
    cdef double lines = agents * flow.occupancy * flow.setup / (flow.answer * flow.handle)
    return min(flow.most, max(0.0, lines))


cdef void flow_act(void* state, Centre* centre) noexcept nogil:
    cdef Flow* flow = <Flow*> state
    if centre.today.abandoned > flow.limit * centre.today.answered:
        return
    dial(centre, floor(flow_lines(flow, centre.here) + 0.5) - centre.ringing.count)


cdef class FouratiTabbane(Dialer):
    """Calls at the rate at which agents of a wanted occupancy end them; none beyond a limit.

    `setup_s`: how long a line rings, on average. Beyond the limit nothing is dialed, so nothing is
    answered, and it never comes back below.
    """

    cdef Flow state

    def __cinit__(
        self, double answer, double setup_s, double handle_s, double occupancy,
        double limit=0.03, double most=NEVER,
    ):
        self.state = Flow(answer, setup_s, handle_s, occupancy, limit, most)
        self.policy.state = &self.state
        self.policy.act = flow_act
        self.policy.tick_s = 1.0


# ---- the newsvendor ---------------------------------------------------------------------------------

cdef struct Vendor:
    double theta
    double known                    # share that is answered; 0: learned
    double low                      # of a uniform ring time; its mean where `memoryless`
    double width
    bint memoryless                 # and the same whether it is answered or not
    double handle
    double answered
    double resolved


cdef inline double rings_on(const Vendor* vendor, double age) noexcept nogil:
    """The share of answers that have not come at an age."""
    if vendor.memoryless:
        return exp(-age / vendor.low)
    return min(1.0, max(0.0, 1.0 - (age - vendor.low) / vendor.width))


cdef inline double moment(const Vendor* vendor, int k) noexcept nogil:
    """When a line is answered: five quantiles, 10 to 90 %."""
    cdef double share = 0.1 + 0.2 * k
    if vendor.memoryless:
        return -vendor.low * log(1.0 - share)
    return vendor.low + vendor.width * share


cdef double answers_within(
    const Vendor* vendor, double answer, double age, double within
) noexcept nogil:
    """The chance that a line of an age is answered so soon, given that it still rings."""
    cdef double on, rest
    if vendor.memoryless:
        return answer * (1.0 - rings_on(vendor, within))
    on = rings_on(vendor, age)
    rest = answer * on + 1.0 - answer
    if rest <= 0.0:
        return 0.0
    return answer * (on - rings_on(vendor, age + within)) / rest


cdef struct Outlook:
    int32_t spare                   # idle agents beyond those who wait
    int32_t busy
    double ends                     # the chance that one of the busy ends
    double mean                     # answers
    double variance
    int32_t last
    double counts[EXACT + 2]        # chances of so many answers; `last`: of so many or more


cdef void outlook_open(Outlook* outlook, int32_t spare, int32_t busy, double ends) noexcept nogil:
    memset(outlook, 0, sizeof(Outlook))
    outlook.last = max(spare + busy, 0) + 1
    outlook.spare = spare
    outlook.busy = busy
    outlook.ends = ends
    outlook.counts[0] = 1.0


cdef void outlook_add(Outlook* outlook, double chance) noexcept nogil:
    cdef int at
    cdef int last = outlook.last
    outlook.mean += chance
    outlook.variance += chance * (1.0 - chance)
    if outlook.spare + outlook.busy > EXACT:
        return
    outlook.counts[last] += outlook.counts[last - 1] * chance
    for at in range(last - 1, 0, -1):
        outlook.counts[at] += (outlook.counts[at - 1] - outlook.counts[at]) * chance
    outlook.counts[0] *= 1.0 - chance


cdef double outlook_over(const Outlook* outlook) noexcept nogil:
    """P(spare + completions - answers <= 0): the next who answers has no agent."""
    cdef double done = outlook.ends
    cdef double mean, variance, weight, left, over
    cdef int ended, at, needed
    if outlook.spare + outlook.busy > EXACT:
        mean = outlook.spare + outlook.busy * done - outlook.mean
        variance = outlook.busy * done * (1.0 - done) + outlook.variance
        return 0.5 * erfc((mean - 0.5) / sqrt(2.0 * max(variance, 1e-12)))
    over = 0.0
    weight = (1.0 - done)**outlook.busy
    for ended in range(outlook.busy + 1):
        needed = max(outlook.spare + ended, 0)
        left = 1.0
        for at in range(needed):
            left -= outlook.counts[at]
        over += weight * left
        weight *= (outlook.busy - ended) * done / ((ended + 1) * max(1.0 - done, 1e-12))
    return over


cdef inline double vendor_answer(const Vendor* vendor) noexcept nogil:
    if vendor.known > 0.0:
        return vendor.known
    return (vendor.answered + 0.3 * PRIOR_LINES) / (vendor.resolved + PRIOR_LINES)


cdef void vendor_begin(void* state, const Centre* centre) noexcept nogil:
    (<Vendor*> state).answered = 0.0
    (<Vendor*> state).resolved = 0.0


cdef void vendor_told(
    void* state, const Centre* centre, Happening what, uint32_t id, double value
) noexcept nogil:
    cdef Vendor* vendor = <Vendor*> state
    vendor.answered += what == ANSWERED
    vendor.resolved += what == ANSWERED or what == UNANSWERED


cdef void vendor_act(void* state, Centre* centre) noexcept nogil:
    """Dial while there is an idle agent for each line, or the chance of one too many is small."""
    cdef Vendor* vendor = <Vendor*> state
    cdef Outlook outlooks[MOMENTS]
    cdef double answer = vendor_answer(vendor)
    cdef double over, age, told, when
    cdef double free_by = centre.world.patience
    cdef int32_t spare = centre.idle - centre.waiting.count
    cdef uint32_t line
    cdef int k
    for k in range(MOMENTS):
        when = moment(vendor, k)
        outlook_open(
            &outlooks[k], spare, centre.busy - centre.leaving,
            1.0 - exp(-(when + free_by) / vendor.handle),
        )
        line = centre.ringing.first
        while line != NOBODY:
            age = centre.now - centre.lines[line].dialed_at
            told = centre.lines[line].told
            outlook_add(
                &outlooks[k],
                answers_within(vendor, told if told >= 0.0 else answer, age, when),
            )
            line = centre.lines[line].next
    while True:
        over = 0.0
        for k in range(MOMENTS):
            over += outlook_over(&outlooks[k]) / MOMENTS
        if centre.ringing.count >= spare and over > vendor.theta:
            return
        if not centre_dial(centre, 0):
            return
        told = centre.lines[centre.ringing.last].told
        for k in range(MOMENTS):
            outlook_add(
                &outlooks[k],
                answers_within(vendor, told if told >= 0.0 else answer, 0.0, moment(vendor, k)),
            )


cdef class Newsvendor(Dialer):
    """Dial while P(no agent is free when this line is answered) is at most `theta`.

    `ring_s`: the mean of an exponential ring time, or the bounds of a uniform one after which a
    call that is not answered still rings. `answer`: the share that is answered; none: it learns.
    """

    cdef Vendor state

    def __cinit__(self, double theta, ring_s, double handle_s, answer=None):
        self.state.theta = theta
        self.state.known = 0.0 if answer is None else answer
        self.state.handle = handle_s
        if isinstance(ring_s, tuple):
            self.state.low = ring_s[0]
            self.state.width = ring_s[1] - ring_s[0]
        else:
            self.state.low = ring_s
            self.state.memoryless = True
        self.policy.state = &self.state
        self.policy.begin = vendor_begin
        self.policy.told = vendor_told
        self.policy.act = vendor_act
        self.policy.tick_s = 0.5


# ---- a twin in Python -----------------------------------------------------------------------------

cdef void called_told(
    void* state, const Centre* centre, Happening what, uint32_t id, double value
) noexcept with gil:
    (<object> state).told(<int> what, value)


cdef void called_act(void* state, Centre* centre) noexcept with gil:
    cdef uint32_t line = centre.ringing.first
    cdef uint32_t agent
    ages = []
    while line != NOBODY:
        ages.append(centre.now - centre.lines[line].dialed_at)
        line = centre.lines[line].next
    busy = [
        centre.now - centre.agents[agent].busy_since
        for agent in range(centre.world.agents) if centre.agents[agent].busy
    ]
    wanted = (<object> state).act({
        "clock": centre.now - centre.opened_at, "here": centre.here, "idle": centre.idle,
        "waiting": centre.waiting.count, "ages": ages, "busy": busy,
        "answered": centre.today.answered, "abandoned": centre.today.abandoned,
    })
    dial(centre, wanted)


cdef class Called(Dialer):
    """A policy in Python, slow: `told(what, value)`, and `act(view)`, which says how many to dial.

    `what` is a place in the list of happenings of `centre.pxd`.
    """

    cdef object twin

    def __cinit__(self, twin, double tick_s, bint ticks_only):
        self.twin = twin
        self.policy.state = <void*> twin
        self.policy.told = called_told
        self.policy.act = called_act
        self.policy.tick_s = tick_s
        self.policy.ticks_only = ticks_only


def vicidial_level(
    double level, double difference, double agents, double intensity=0.0, double level_max=3.0
):
    """What becomes of a level of VICIdial's."""
    return steered(level, difference, agents, intensity, level_max)
