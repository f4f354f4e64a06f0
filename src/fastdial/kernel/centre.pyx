# cython: language_level=3
"""A contact centre that dials ahead, simulated: agents, lines that ring, people who wait.

A line that is dialed is answered or not, after a time by one law or another. A person who answers
is bridged to an idle agent at once, else waits, in order, and is abandoned after the patience. What
decides how many lines ring is a policy: a struct with a state and three functions, so that it
costs a call by pointer and any Cython module can bring one. What can go wrong in a day (`Trouble`)
comes with the world and is the same for every policy: all chance that no policy can change is drawn
from streams of its own.
"""

from libc.math cimport INFINITY, M_PI, exp, log, pow, sin
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memmove, memset

from fastdial.kernel._rng cimport Rng, rng_open, rng_split, rng_uniform
from fastdial.kernel.event_list cimport (
    events_cancel, events_close, events_pop, events_reserve, events_schedule,
)
from fastdial.kernel.variates cimport EXPONENTIAL, LawTerms, law_draw

cdef enum:
    TICK                            # events after those of lines and agents
    CLOSING
    JUMP
    LUNCH
    SLOW
    SWIFT
    DRY
    FILLED
    CALLER
    COMES                           # an id for each agent follows, then two more

cdef enum:
    AGENT_EVENTS = 3                # COMES, a break, the end of the shift

cdef double ANSWER_MOST = 0.98


# ---- queues of lines --------------------------------------------------------------------------

cdef inline void append(Centre* centre, Queue* queue, uint32_t line) noexcept nogil:
    centre.lines[line].next = NOBODY
    centre.lines[line].before = queue.last
    if queue.last == NOBODY:
        queue.first = line
    else:
        centre.lines[queue.last].next = line
    queue.last = line
    queue.count += 1


cdef inline void unlink(Centre* centre, Queue* queue, uint32_t line) noexcept nogil:
    cdef uint32_t before = centre.lines[line].before
    cdef uint32_t after = centre.lines[line].next
    if before == NOBODY:
        queue.first = after
    else:
        centre.lines[before].next = after
    if after == NOBODY:
        queue.last = before
    else:
        centre.lines[after].before = before
    queue.count -= 1


cdef inline void set_free(Centre* centre, uint32_t line) noexcept nogil:
    centre.lines[line].phase = NOT_USED
    centre.lines[line].next = centre.free_line
    centre.free_line = line


cdef void empty(Queue* queue) noexcept nogil:
    queue.first = NOBODY
    queue.last = NOBODY
    queue.count = 0


# ---- small parts ------------------------------------------------------------------------------

cdef inline void tell(
    Centre* centre, Happening what, uint32_t id, double value
) noexcept nogil:
    if centre.policy.told != NULL:
        centre.policy.told(centre.policy.state, centre, what, id, value)


cdef inline void schedule(Centre* centre, uint32_t id, double at) noexcept nogil:
    if events_schedule(&centre.events, id, at):
        centre.stopped = True


cdef inline double time_by(const LawTerms* law, Rng* rng) noexcept nogil:
    if law.kind == EXPONENTIAL:
        return -law.a * log(rng_uniform(rng))
    return law_draw(law, rng)


cdef inline uint32_t other(const Centre* centre, uint32_t event) noexcept nogil:
    return centre.world.lines_max + centre.world.agents + event


cdef inline uint32_t of_agent(
    const Centre* centre, uint32_t event, uint32_t agent
) noexcept nogil:
    """0: it comes; 1: wants a break; 2: wants to go home."""
    return other(centre, COMES) + event * centre.world.agents + agent


cdef inline double closes_at(const Centre* centre) noexcept nogil:
    return centre.opened_at + centre.world.opening


cdef inline void count_presence(Centre* centre) noexcept nogil:
    """Up to now; before each change of who is here."""
    centre.today.present += centre.here * (centre.now - centre.changed_at)
    centre.changed_at = centre.now


cdef inline int64_t piece_at(const Centre* centre) noexcept nogil:
    """This piece of the day; what comes after the close belongs to the last."""
    cdef double within = min(centre.now - centre.opened_at, centre.world.opening * (1 - 1e-12))
    return <int64_t> (within / centre.world.piece)


cdef inline int32_t* piece_now(Centre* centre) noexcept nogil:
    return centre.pieces + 2 * piece_at(centre)


cdef inline double factor_now(const Centre* centre) noexcept nogil:
    """By which answers are likelier now than on an even day."""
    cdef const Trouble* trouble = &centre.world.trouble
    cdef double factor = 1.0
    cdef double level = centre.level
    cdef double since = centre.now - centre.level_since
    if trouble.sway > 0.0:
        factor += trouble.sway * sin(2 * M_PI * centre.now / trouble.sway_s + centre.phase)
    if trouble.jumps_per_h > 0.0:
        if since < trouble.jump_s:
            level = centre.level_from + (level - centre.level_from) * since / trouble.jump_s
        factor *= exp(level)
    if centre.world.factors != NULL:
        factor *= centre.world.factors[piece_at(centre)]
    return factor


cdef inline double slowness_now(const Centre* centre) noexcept nogil:
    """By which lines that are dialed now ring longer."""
    if centre.world.slowness == NULL:
        return centre.slowness
    return centre.slowness * centre.world.slowness[piece_at(centre)]


cdef inline double next_contact(Centre* centre) noexcept nogil:
    if centre.world.contacts == NULL:
        return centre.world.answer
    return law_draw(centre.world.contacts, &centre.list_chance)


# ---- agents -----------------------------------------------------------------------------------

cdef inline void rest(Centre* centre, uint32_t agent) noexcept nogil:
    """Become idle."""
    centre.agents[agent].busy = False
    centre.agents[agent].place = centre.idle
    centre.idle_agents[centre.idle] = agent
    centre.idle += 1


cdef void unrest(Centre* centre, uint32_t agent) noexcept nogil:
    cdef uint32_t place = centre.agents[agent].place
    centre.idle -= 1
    centre.idle_agents[place] = centre.idle_agents[centre.idle]
    centre.agents[centre.idle_agents[place]].place = place


cdef inline void bridge(Centre* centre, uint32_t line) noexcept nogil:
    """To the agent who became idle last; the line is nobody's afterwards."""
    cdef uint32_t agent
    cdef double lasts = time_by(
        centre.world.inbound_handle if centre.lines[line].inbound else centre.world.handle,
        &centre.inbound_chance if centre.lines[line].inbound else &centre.handle_chance,
    )
    cdef double left = closes_at(centre) - centre.now
    cdef double waited = centre.now - centre.lines[line].answered_at
    set_free(centre, line)
    centre.idle -= 1
    agent = centre.idle_agents[centre.idle]
    centre.agents[agent].busy = True
    centre.agents[agent].busy_since = centre.now
    centre.busy += 1
    if centre.agents[agent].leaving:
        centre.parting -= 1
        centre.leaving += 1
    if left > 0.0:
        centre.today.handling += min(lasts, left)
    schedule(centre, centre.world.lines_max + agent, centre.now + lasts)
    tell(centre, BRIDGED, agent, waited)


cdef void serve(Centre* centre) noexcept nogil:
    """People who wait get the agents who are idle: those who were dialed, then those who called."""
    cdef uint32_t line
    cdef Queue* queue
    while centre.waiting.count + centre.inbound.count > 0 and centre.idle > 0:
        queue = &centre.waiting if centre.waiting.count > 0 else &centre.inbound
        line = queue.first
        unlink(centre, queue, line)
        events_cancel(&centre.events, line)
        if centre.lines[line].inbound:
            centre.today.inbound_waited += centre.now - centre.lines[line].answered_at
        bridge(centre, line)


cdef void leave(Centre* centre, uint32_t agent) noexcept nogil:
    """An idle agent goes to lunch, on a break, or home."""
    count_presence(centre)
    unrest(centre, agent)
    centre.agents[agent].here = False
    centre.here -= 1
    tell(centre, WENT, agent, 0.0)
    if centre.open and centre.agents[agent].away < INFINITY:
        schedule(
            centre, of_agent(centre, 0, agent), centre.now + centre.agents[agent].away
        )


cdef void wish(Centre* centre, uint32_t agent) noexcept nogil:
    """The next break, unless the shift is over before it."""
    cdef double at = INFINITY
    if centre.world.break_every != NULL:
        at = centre.now + time_by(centre.world.break_every, &centre.agent_chance)
    if at < centre.agents[agent].home_at:
        schedule(centre, of_agent(centre, 1, agent), at)


cdef void come(Centre* centre, uint32_t agent) noexcept nogil:
    count_presence(centre)
    centre.agents[agent].here = True
    centre.here += 1
    rest(centre, agent)
    if centre.world.shift > 0.0 and centre.agents[agent].home_at == 0.0:
        centre.agents[agent].home_at = centre.now + centre.world.shift
        schedule(centre, of_agent(centre, 2, agent), centre.agents[agent].home_at)
    elif centre.world.shift <= 0.0:
        centre.agents[agent].home_at = INFINITY
    wish(centre, agent)
    tell(centre, CAME, agent, 0.0)
    serve(centre)


cdef void wants_away(Centre* centre, uint32_t agent, double lasts) noexcept nogil:
    """At once, or after the call that it is in; who is away already goes home from there."""
    cdef Agent* who = &centre.agents[agent]
    if not who.here:
        if lasts == INFINITY:
            events_cancel(&centre.events, of_agent(centre, 0, agent))
        return
    who.away = max(lasts, who.away) if who.leaving else lasts
    if who.leaving:
        return
    if not who.busy and may_go(centre):
        leave(centre, agent)
        return
    who.leaving = True
    if who.busy:
        centre.leaving += 1
        tell(centre, LEAVING, agent, 0.0)
    else:
        centre.parting += 1


cdef inline bint may_go(const Centre* centre) noexcept nogil:
    """An idle agent: no line is left without one."""
    return not centre.world.keeps or centre.ringing.count < centre.idle


cdef void let_go(Centre* centre) noexcept nogil:
    """A line has ended: those of the idle who wanted to go, as far as they may."""
    cdef int32_t place = centre.idle - 1
    while place >= 0 and centre.parting > 0 and may_go(centre):
        if centre.agents[centre.idle_agents[place]].leaving:
            centre.agents[centre.idle_agents[place]].leaving = False
            centre.parting -= 1
            leave(centre, centre.idle_agents[place])
        place -= 1


cdef void finish(Centre* centre, uint32_t agent) noexcept nogil:
    cdef double lasted = centre.now - centre.agents[agent].busy_since
    centre.busy -= 1
    rest(centre, agent)
    tell(centre, FINISHED, agent, lasted)
    if centre.agents[agent].leaving:
        centre.agents[agent].leaving = False
        centre.leaving -= 1
        leave(centre, agent)
    else:
        serve(centre)


cdef void go_to_lunch(Centre* centre) noexcept nogil:
    """A share of the agents; who is in a call goes after it."""
    cdef uint32_t agent
    cdef uint32_t count = <uint32_t> (centre.world.trouble.lunch_share * centre.world.agents)
    for agent in range(count):
        wants_away(centre, agent, centre.world.trouble.lunch_s)


# ---- lines ------------------------------------------------------------------------------------

cdef double centre_next_told(const Centre* centre, uint32_t choice) noexcept nogil:
    """The probability that is told of a contact that can be dialed; below 0: none is."""
    cdef const World* world = centre.world
    if not world.told:
        return -1.0
    if world.told_scale == 1.0 and world.told_power == 1.0:
        return centre.choices[choice]
    return min(world.told_scale * pow(centre.choices[choice], world.told_power), 1.0)


cdef int64_t centre_passed(const Centre* centre) noexcept nogil:
    """How many contacts were dialed instead of the oldest that can be chosen."""
    return centre.contacted - centre.offered[0]


cdef void take_choice(Centre* centre, uint32_t choice) noexcept nogil:
    """It is dialed; the list's next contact can be chosen instead."""
    cdef uint32_t last = centre.world.choices - 1
    memmove(
        &centre.choices[choice], &centre.choices[choice + 1], (last - choice) * sizeof(double)
    )
    memmove(
        &centre.offered[choice], &centre.offered[choice + 1], (last - choice) * sizeof(int64_t)
    )
    centre.contacted += 1
    centre.choices[last] = next_contact(centre)
    centre.offered[last] = centre.contacted


cdef bint centre_dial(Centre* centre, uint32_t choice) noexcept nogil:
    cdef const World* world = centre.world
    cdef uint32_t id = centre.free_line
    cdef Line* line
    cdef const LawTerms* law
    cdef double answer
    if id == NOBODY or centre.dry or not centre.open or choice >= world.choices:
        return False
    line = &centre.lines[id]
    centre.free_line = line.next
    line.phase = RINGING
    line.inbound = False
    line.dialed_at = centre.now
    line.told = centre_next_told(centre, choice)
    answer = min(centre.choices[choice] * factor_now(centre), ANSWER_MOST)
    if world.contacts != NULL:
        take_choice(centre, choice)
    line.will_answer = rng_uniform(&centre.line_chance) < answer
    if line.will_answer:
        law = world.ring
    elif world.engaged_share > 0.0 and rng_uniform(&centre.line_chance) < world.engaged_share:
        law = world.engaged
    else:
        law = world.no_answer
    append(centre, &centre.ringing, id)
    schedule(centre, id, centre.now + slowness_now(centre) * time_by(law, &centre.line_chance))
    centre.today.dialed += 1
    centre.today.most_lines = max(centre.today.most_lines, <int64_t> centre.ringing.count)
    tell(centre, DIALED, id, line.told)
    return True


cdef void centre_give_up(Centre* centre, uint32_t line) noexcept nogil:
    if centre.lines[line].phase != RINGING:
        return
    events_cancel(&centre.events, line)
    unlink(centre, &centre.ringing, line)
    centre.today.given_up += 1
    tell(centre, GIVEN_UP, line, centre.now - centre.lines[line].dialed_at)
    set_free(centre, line)
    if centre.parting > 0:
        let_go(centre)


cdef void abandon(Centre* centre, uint32_t line) noexcept nogil:
    piece_now(centre)[1] += 1
    centre.today.abandoned += 1
    tell(centre, ABANDONED, line, centre.now - centre.lines[line].answered_at)
    set_free(centre, line)


cdef void give_up_waiting(Centre* centre, uint32_t id) noexcept nogil:
    """A caller does."""
    unlink(centre, &centre.inbound, id)
    centre.today.inbound_abandoned += 1
    centre.today.inbound_waited += centre.now - centre.lines[id].answered_at
    set_free(centre, id)


cdef void await_caller(Centre* centre) noexcept nogil:
    """The next caller of this piece of the day; without one, another look when it is over."""
    cdef int64_t piece = piece_at(centre)
    cdef double rate = centre.world.inbound_per_s[piece]
    cdef double over = centre.opened_at + (piece + 1) * centre.world.piece
    cdef double at = INFINITY
    if rate > 0.0:
        at = centre.now - log(rng_uniform(&centre.inbound_chance)) / rate
    centre.caller_comes = at < over
    schedule(centre, other(centre, CALLER), min(at, over))


cdef void take_caller(Centre* centre) noexcept nogil:
    """Somebody calls, unless this was a look at the next piece of the day."""
    cdef uint32_t id = centre.free_line
    cdef bint comes = centre.caller_comes
    await_caller(centre)
    if not comes or id == NOBODY:
        return
    centre.free_line = centre.lines[id].next
    centre.lines[id].inbound = True
    centre.lines[id].answered_at = centre.now
    centre.today.inbound += 1
    if centre.idle > 0:
        bridge(centre, id)
        return
    centre.lines[id].phase = WAITING
    append(centre, &centre.inbound, id)
    schedule(
        centre, id,
        centre.now + time_by(centre.world.inbound_patience, &centre.inbound_chance),
    )


cdef void resolve(Centre* centre, uint32_t id) noexcept nogil:
    """A line that has rung to its end, or a wait that has."""
    cdef Line* line = &centre.lines[id]
    cdef double rang = centre.now - line.dialed_at
    if line.phase == WAITING:
        if line.inbound:
            give_up_waiting(centre, id)
            return
        unlink(centre, &centre.waiting, id)
        abandon(centre, id)
        return
    unlink(centre, &centre.ringing, id)
    if not line.will_answer:
        tell(centre, UNANSWERED, id, rang)
        set_free(centre, id)
        if centre.parting > 0:
            let_go(centre)
        return
    line.answered_at = centre.now
    piece_now(centre)[0] += 1
    centre.today.answered += 1
    tell(centre, ANSWERED, id, rang)
    if centre.idle > 0:
        bridge(centre, id)
    elif centre.world.patience <= 0.0:
        abandon(centre, id)
    else:
        line.phase = WAITING
        append(centre, &centre.waiting, id)
        schedule(centre, id, centre.now + centre.world.patience)


# ---- days -------------------------------------------------------------------------------------

cdef void jump(Centre* centre) noexcept nogil:
    """Answers begin to go to a half, once or twice what they were at first."""
    cdef const Trouble* trouble = &centre.world.trouble
    centre.level_from = centre.level
    centre.level_since = centre.now
    centre.level = log(2.0) * (<int> (3.0 * rng_uniform(&centre.trouble_chance)) - 1)
    schedule(
        centre, other(centre, JUMP),
        centre.now - 3600 / trouble.jumps_per_h * log(rng_uniform(&centre.trouble_chance)),
    )


cdef void plan(Centre* centre, uint32_t event, uint32_t after, double lasts) noexcept nogil:
    """A trouble of the day, at any time at which it can end before the close."""
    cdef double from_s = max(centre.world.opening - lasts, 0.0)
    cdef double at = centre.now + from_s * rng_uniform(&centre.trouble_chance)
    if lasts > 0.0:
        schedule(centre, other(centre, event), at)
        schedule(centre, other(centre, after), at + lasts)


cdef void plan_troubles(Centre* centre) noexcept nogil:
    cdef const Trouble* trouble = &centre.world.trouble
    cdef double noon = centre.now + centre.world.opening * 0.5
    centre.phase = 2 * M_PI * rng_uniform(&centre.trouble_chance)
    centre.level = 0.0
    centre.level_from = 0.0
    centre.level_since = centre.now
    plan(centre, SLOW, SWIFT, trouble.slow_s if trouble.slow_factor > 0.0 else 0.0)
    plan(centre, DRY, FILLED, trouble.dry_s)
    noon += centre.world.opening * 0.25 * (rng_uniform(&centre.trouble_chance) - 0.5)
    if trouble.lunch_share > 0.0:
        schedule(centre, other(centre, LUNCH), noon)
    if trouble.jumps_per_h > 0.0:
        jump(centre)
        centre.level_since -= trouble.jump_s       # the day begins there


cdef void begin_shift(Centre* centre, uint32_t agent) noexcept nogil:
    """At the opening, before anybody is told of anything."""
    centre.agents[agent].here = True
    centre.here += 1
    rest(centre, agent)
    centre.agents[agent].home_at = INFINITY
    if centre.world.shift > 0.0:
        centre.agents[agent].home_at = centre.now + centre.world.shift
        schedule(centre, of_agent(centre, 2, agent), centre.agents[agent].home_at)
    wish(centre, agent)


cdef void open_day(Centre* centre, int64_t day) noexcept nogil:
    cdef uint32_t agent, line
    cdef uint32_t lines = centre.world.lines_max
    centre.now = centre.opened_at = centre.changed_at = day * centre.world.period
    memset(&centre.today, 0, sizeof(Tally))
    memset(centre.agents, 0, centre.world.agents * sizeof(Agent))
    empty(&centre.ringing)
    empty(&centre.waiting)
    empty(&centre.inbound)
    centre.free_line = NOBODY
    for line in range(lines):
        set_free(centre, lines - 1 - line)
    centre.here = centre.idle = centre.busy = centre.leaving = centre.parting = 0
    centre.dry = False
    centre.open = True
    centre.slowness = 1.0
    for agent in range(centre.world.agents):
        if centre.world.login == NULL:
            begin_shift(centre, agent)
        else:
            schedule(
                centre, of_agent(centre, 0, agent),
                centre.now + time_by(centre.world.login, &centre.agent_chance),
            )
    plan_troubles(centre)
    centre.factor = factor_now(centre)
    schedule(centre, other(centre, CLOSING), closes_at(centre))
    if centre.world.inbound_per_s != NULL:
        await_caller(centre)
    if centre.policy.tick_s > 0.0:
        schedule(centre, other(centre, TICK), centre.now + centre.policy.tick_s)
    tell(centre, OPENED, NOBODY, 0.0)


cdef void close_day(Centre* centre) noexcept nogil:
    """No more is dialed; what rings and who talks go on to their ends."""
    cdef uint32_t event
    count_presence(centre)
    centre.open = False
    for event in range(COMES + AGENT_EVENTS * centre.world.agents):
        events_cancel(&centre.events, other(centre, event))


cdef void handle_agent(Centre* centre, uint32_t event) noexcept nogil:
    """What an agent does of its own accord."""
    cdef uint32_t agent = event % centre.world.agents
    if event < centre.world.agents:
        come(centre, agent)
    elif event >= 2 * centre.world.agents:
        wants_away(centre, agent, INFINITY)
    elif centre.agents[agent].here and not centre.agents[agent].leaving:
        wants_away(centre, agent, time_by(centre.world.break_length, &centre.agent_chance))


cdef void handle_other(Centre* centre, uint32_t event) noexcept nogil:
    if event == TICK:
        schedule(centre, other(centre, TICK), centre.now + centre.policy.tick_s)
    elif event == CLOSING:
        close_day(centre)
    elif event == JUMP:
        jump(centre)
    elif event == LUNCH:
        go_to_lunch(centre)
    elif event == SLOW:
        centre.slowness = centre.world.trouble.slow_factor
    elif event == SWIFT:
        centre.slowness = 1.0
    elif event == DRY:
        centre.dry = True
    elif event == FILLED:
        centre.dry = False
    elif event == CALLER:
        take_caller(centre)
    else:
        handle_agent(centre, event - COMES)


cdef int centre_run_day(
    Centre* centre, int64_t day, Tally* tally, int32_t* pieces
) noexcept nogil:
    """From the opening until the last call is over. `pieces`: zeros, two for each piece of the day.

    -1: memory failed.
    """
    cdef uint32_t id
    cdef uint32_t lines = centre.world.lines_max
    cdef uint32_t agents = centre.world.agents
    cdef bint moves = (
        centre.world.trouble.sway > 0.0 or centre.world.trouble.jumps_per_h > 0.0
        or centre.world.factors != NULL
    )
    cdef bint ticks_only = centre.policy.ticks_only
    centre.pieces = pieces
    open_day(centre, day)
    centre.policy.act(centre.policy.state, centre)
    while not centre.stopped and events_pop(&centre.events, &id, &centre.now):
        centre.today.events += 1
        if id < lines:
            resolve(centre, id)
        elif id < lines + agents:
            finish(centre, id - lines)
        else:
            handle_other(centre, id - lines - agents)
        if centre.open and (not ticks_only or id == lines + agents + TICK):
            if moves:
                centre.factor = factor_now(centre)
            centre.policy.act(centre.policy.state, centre)
    tally[0] = centre.today
    return -1 if centre.stopped else 0


# ---- memory -----------------------------------------------------------------------------------

cdef int centre_reserve(Centre* centre, const World* world) noexcept nogil:
    cdef size_t ids = world.lines_max + (1 + AGENT_EVENTS) * world.agents + COMES
    centre.world = world
    centre.choices = <double*> calloc(world.choices, sizeof(double))
    centre.offered = <int64_t*> calloc(world.choices, sizeof(int64_t))
    centre.idle_agents = <uint32_t*> calloc(world.agents, sizeof(uint32_t))
    centre.lines = <Line*> calloc(world.lines_max, sizeof(Line))
    centre.agents = <Agent*> calloc(world.agents, sizeof(Agent))
    if (
        centre.choices == NULL or centre.offered == NULL or centre.idle_agents == NULL
        or centre.lines == NULL or centre.agents == NULL or events_reserve(&centre.events, ids, 256)
    ):
        return -1
    return 0


cdef void centre_begin(
    Centre* centre, const Policy* policy, uint64_t seed, uint64_t stream
) noexcept nogil:
    """Make ready for the first day of a replication."""
    cdef uint32_t choice
    cdef Rng rng
    rng_open(&rng, seed, stream)
    rng_split(&rng, &centre.list_chance)
    rng_split(&rng, &centre.line_chance)
    rng_split(&rng, &centre.handle_chance)
    rng_split(&rng, &centre.trouble_chance)
    rng_split(&rng, &centre.agent_chance)
    rng_split(&rng, &centre.inbound_chance)
    centre.policy = policy
    centre.stopped = False
    centre.now = 0.0
    centre.contacted = 0
    for choice in range(centre.world.choices):
        centre.choices[choice] = next_contact(centre)
        centre.offered[choice] = 0
    if policy.begin != NULL:
        policy.begin(policy.state, centre)


cdef void centre_close(Centre* centre) noexcept nogil:
    free(centre.choices)
    free(centre.offered)
    free(centre.idle_agents)
    free(centre.lines)
    free(centre.agents)
    events_close(&centre.events)
    memset(centre, 0, sizeof(Centre))
