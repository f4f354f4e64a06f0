# cython: language_level=3
"""The pacing as a whole, as what a dialer of the simulated centre does. `paced` is its Python face.

Nothing is known beforehand but priors, which may be wrong: ring times, calls and how likely answers
are is learned (`learned`), the risk to take follows from the share abandoned (`budget`), and a line
is launched by `pacing`. Chances are summed up once a second, and kept as lines and calls begin and
end in between.
"""

from libc.stdint cimport int32_t, int64_t, uint32_t, uint8_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset

from fastdial.kernel.answer_rates cimport rate_opened, rate_settled
from fastdial.kernel.budget cimport LIFE, WINDOW, budget_counted, budget_open, budget_window
from fastdial.kernel.centre cimport (
    ABANDONED, ANSWERED, BRIDGED, DIALED, FINISHED, GIVEN_UP, LEAVING, NOBODY, OPENED, UNANSWERED,
    WENT, Centre, Happening, centre_dial, centre_give_up, centre_next_told, centre_passed,
)
from fastdial.kernel.hazards cimport hazard_survival
from fastdial.kernel.hourly cimport (
    RARER, Standing, hourly_counted, hourly_heard, hourly_left, hourly_lines, hourly_may_lose,
    hourly_open, hourly_waits,
)
from fastdial.kernel.learned cimport (
    learned_answered, learned_cycle, learned_dialed, learned_finished, learned_given_up,
    learned_is_new, learned_is_stale, learned_is_tried, learned_line, learned_most, learned_open,
    learned_refresh, learned_ringing, learned_second, learned_unanswered,
)
from fastdial.kernel.levels cimport (
    Traits, levels_answered, levels_chance, levels_close, levels_dialed, levels_forget,
    levels_given_up, levels_open, levels_tick,
)
from fastdial.kernel.odds cimport (
    MOMENTS, Outlook, calls_in_a_second, odds_early, odds_of_call, outlook_call, outlook_line,
)
from fastdial.kernel.pacing cimport (
    FREE_OF_CAPS, outlook_usual, pacing_awaits, pacing_choice, pacing_launch, pacing_overflow,
    pacing_theta, pacing_within,
)

cdef double HOUR_S = 3600.0
cdef double LEVELS_HALF_LIFE = 2_000.0  # in answers
cdef int64_t USUAL = 2_000           # contacts whose mean probability is the usual one


cdef int pacer_reserve(Pacer* pacer) noexcept nogil:
    pacer.lines = <LineOdds*> calloc(pacer.lines_max, sizeof(LineOdds))
    pacer.agents = <AgentOdds*> calloc(pacer.agents_max, sizeof(AgentOdds))
    pacer.lasting = <double*> calloc(pacer.agents_max, sizeof(double))
    if (
        pacer.lines == NULL or pacer.agents == NULL or pacer.lasting == NULL
        or levels_open(&pacer.levels, pacer.learned.prior_answer, LEVELS_HALF_LIFE)
    ):
        return -1
    return 0


cdef void pacer_close(Pacer* pacer) noexcept nogil:
    free(pacer.lines)
    free(pacer.agents)
    free(pacer.lasting)
    levels_close(&pacer.levels)


# ---- looking ---------------------------------------------------------------------------------

cdef inline void see_contact(const Centre* centre, double told, Traits* traits) noexcept nogil:
    """What the centre has of it: the hour, and what is told."""
    memset(traits, 0, sizeof(Traits))
    traits.hour = <uint8_t> ((centre.now - centre.opened_at) / HOUR_S) % 24
    traits.attempt = 1
    traits.told = <float> told


cdef inline double chance_of(const Pacer* pacer, const Centre* centre, double told) noexcept nogil:
    """Of a contact to be answered, before the factor; `told`: below 0 where nothing is."""
    cdef Traits traits
    if pacer.learns_levels:
        see_contact(centre, told, &traits)
        return levels_chance(&pacer.levels, &traits)
    if told >= 0.0:
        return told
    return centre.world.answer if pacer.learned.known else pacer.learned.prior_answer


cdef inline double next_chance(const Pacer* pacer, const Centre* centre) noexcept nogil:
    return chance_of(pacer, centre, centre_next_told(centre, 0))


cdef inline double usual_chance(const Pacer* pacer, const Centre* centre) noexcept nogil:
    """Of contacts to be answered, before the factor: the next may be anything."""
    return pacer.usual if pacer.usual_count > 0 else next_chance(pacer, centre)


cdef void look(Pacer* pacer, const Centre* centre) noexcept nogil:
    """Sum up everything anew."""
    cdef const Learned* learned = &pacer.learned
    cdef double slowness = centre.slowness if learned.known else 1.0
    cdef uint32_t line = centre.ringing.first
    cdef uint32_t agent
    cdef LineOdds* odds
    memset(&pacer.outlook, 0, sizeof(Outlook))
    pacer.outlook.doubt = 0.0 if learned.known else learned.rate.doubt
    while line != NOBODY:
        odds = &pacer.lines[line]
        learned_line(
            learned, odds.chance, (centre.now - centre.lines[line].dialed_at) / slowness,
            odds.chances,
        )
        outlook_line(&pacer.outlook, odds.chances, 1)
        line = centre.lines[line].next
    for agent in range(centre.world.agents):
        pacer.agents[agent].counted = (
            centre.agents[agent].busy and not centre.agents[agent].leaving
        )
        if pacer.agents[agent].counted:
            odds_of_call(
                &learned.odds, centre.now - centre.agents[agent].busy_since,
                pacer.agents[agent].chances,
            )
            outlook_call(&pacer.outlook, pacer.agents[agent].chances, 1)
    learned_line(learned, next_chance(pacer, centre), 0.0, pacer.fresh)


cdef void learn(Pacer* pacer, const Centre* centre) noexcept nogil:
    """Take over what was observed."""
    cdef uint32_t agent
    cdef int32_t count = 0
    for agent in range(centre.world.agents):
        if centre.agents[agent].busy:
            pacer.lasting[count] = centre.now - centre.agents[agent].busy_since
            count += 1
    learned_refresh(&pacer.learned, pacer.lasting, count)


cdef void each_second(Pacer* pacer, const Centre* centre) noexcept nogil:
    pacer.looked_at = centre.now
    if pacer.learned.known:
        pacer.learned.rate.factor = centre.factor
    else:
        if learned_is_stale(&pacer.learned):
            learn(pacer, centre)
        learned_second(&pacer.learned, centre.now)
        levels_tick(&pacer.levels, centre.now)
    look(pacer, centre)


# ---- hearing ---------------------------------------------------------------------------------

cdef double to_come(const Pacer* pacer, const Centre* centre) noexcept nogil:
    """Answered calls until the window ends, or in an hour of a window that does not."""
    cdef double left = HOUR_S
    if pacer.budget.kind == WINDOW:
        left = max(centre.opened_at + centre.world.opening - centre.now, 0.0)
    return calls_in_a_second(centre.here, pacer.learned.handle_s) * left


cdef void count(Pacer* pacer, const Centre* centre, bint lost) noexcept nogil:
    """An answered call."""
    budget_counted(&pacer.budget, lost, to_come(pacer, centre), centre.now)
    hourly_counted(&pacer.hourly, lost, centre.now)


cdef void hear_line(
    Pacer* pacer, const Centre* centre, Happening what, uint32_t id, double value
) noexcept nogil:
    cdef LineOdds* line = &pacer.lines[id]
    cdef double dialed_at = centre.lines[id].dialed_at
    cdef Traits traits
    if what == DIALED:
        line.chance = <float> chance_of(pacer, centre, value)
        if value >= 0.0:
            pacer.usual_count = min(pacer.usual_count + 1, USUAL)
            pacer.usual += (line.chance - pacer.usual) / pacer.usual_count
        if pacer.learns_levels:
            see_contact(centre, value, &traits)
            line.serial = levels_dialed(&pacer.levels, centre.now, &traits)
        learned_line(&pacer.learned, line.chance, 0.0, line.chances)
        outlook_line(&pacer.outlook, line.chances, 1)
        learned_dialed(&pacer.learned, centre.now, line.chance)
        return
    outlook_line(&pacer.outlook, line.chances, -1)
    if what == ANSWERED:
        pacer.answered += 1
        if not pacer.hour_by_counts:
            hourly_heard(&pacer.hourly)
        learned_answered(&pacer.learned, dialed_at, value)
        levels_answered(&pacer.levels, line.serial)
    elif what == UNANSWERED:
        learned_unanswered(&pacer.learned, value)
    else:
        learned_given_up(&pacer.learned, dialed_at, line.chance, value)
        levels_given_up(
            &pacer.levels, line.serial, hazard_survival(&pacer.learned.answer, value)
        )


cdef void forget_call(Pacer* pacer, uint32_t agent) noexcept nogil:
    if pacer.agents[agent].counted:
        outlook_call(&pacer.outlook, pacer.agents[agent].chances, -1)
        pacer.agents[agent].counted = False


cdef inline void agent_leaves(Pacer* pacer, const Centre* centre, int32_t here) noexcept nogil:
    if not pacer.hour_by_counts:
        hourly_left(&pacer.hourly, centre.now, here)


cdef void hear_agent(
    Pacer* pacer, const Centre* centre, Happening what, uint32_t id, double value
) noexcept nogil:
    cdef AgentOdds* agent = &pacer.agents[id]
    if what == BRIDGED:
        if pacer.answered > 0:      # those come first; else it is somebody who called
            pacer.answered -= 1
            count(pacer, centre, False)
        agent.counted = True
        odds_of_call(&pacer.learned.odds, 0.0, agent.chances)
        outlook_call(&pacer.outlook, agent.chances, 1)
    elif what == LEAVING:
        forget_call(pacer, id)
        agent.leaves = True
        agent_leaves(pacer, centre, centre.here)
    elif what == WENT:
        if not agent.leaves:
            agent_leaves(pacer, centre, centre.here + 1)
        agent.leaves = False
    elif what == FINISHED:
        forget_call(pacer, id)
        learned_finished(&pacer.learned, value)


cdef void open_day(Pacer* pacer, const Centre* centre) noexcept nogil:
    memset(pacer.agents, 0, pacer.agents_max * sizeof(AgentOdds))
    if pacer.budget.kind != LIFE:
        budget_window(&pacer.budget)
    pacer.answered = 0
    pacer.learned.began_at = centre.now
    pacer.looked_at = centre.now
    if pacer.learned.known:
        pacer.learned.rate.factor = centre.factor
    else:
        rate_opened(&pacer.learned.rate, centre.now)
    look(pacer, centre)


cdef void pacer_told(
    void* state, const Centre* centre, Happening what, uint32_t id, double value
) noexcept nogil:
    cdef Pacer* pacer = <Pacer*> state
    if what == DIALED or what == ANSWERED or what == UNANSWERED or what == GIVEN_UP:
        hear_line(pacer, centre, what, id, value)
    elif what == ABANDONED:
        pacer.answered -= 1
        count(pacer, centre, True)
    elif what == OPENED:
        open_day(pacer, centre)
    else:
        hear_agent(pacer, centre, what, id, value)


cdef void pacer_begin(void* state, const Centre* centre) noexcept nogil:
    cdef Pacer* pacer = <Pacer*> state
    pacer.decisions = 0
    pacer.usual = 0.0
    pacer.usual_count = 0
    levels_forget(&pacer.levels)
    pacer.learned.patience = centre.world.patience
    budget_open(
        &pacer.budget, pacer.cap, pacer.theta,
        pacer.handicap + pacer.handicap_per_agent * centre.world.agents,
    )
    hourly_open(&pacer.hourly, pacer.hour_cap)
    if pacer.hour_by_counts:
        memset(pacer.hourly.left, 0, sizeof(pacer.hourly.left))
    learned_open(&pacer.learned, pacer.prior_ring, pacer.prior_handle)


# ---- acting ----------------------------------------------------------------------------------

cdef int32_t lines_most(const Pacer* pacer, const Centre* centre, int32_t spare) noexcept nogil:
    if pacer.learned.known:
        return 1_000_000
    return learned_most(
        spare, pacer.outlook.ends[MOMENTS - 1],
        usual_chance(pacer, centre) * rate_settled(&pacer.learned.rate), pacer.lines_factor,
        learned_is_new(&pacer.learned, centre.now, centre.ringing.count),
    )


cdef inline double answers_pace(const Pacer* pacer) noexcept nogil:
    """Answers expected in a second, of lines that ring."""
    return max(pacer.outlook.answers[0], 0.0) / max(pacer.learned.odds.moments[0], 0.5)


cdef int32_t within_hour(
    Pacer* pacer, const Centre* centre, int32_t spare, int32_t most
) noexcept nogil:
    """Lines, of so many, that the cap of this hour lets ring."""
    cdef double chance = usual_chance(pacer, centre) * pacer.learned.rate.factor
    cdef Standing standing
    cdef double rare
    if pacer.hourly.cap <= 0.0:
        return most
    standing.now = centre.now
    standing.close = centre.opened_at + centre.world.opening
    standing.here = 0 if pacer.hour_by_counts else centre.here
    standing.free = spare
    standing.ringing = centre.ringing.count
    standing.chance = max(chance, next_chance(pacer, centre) * pacer.learned.rate.factor)
    standing.rate = centre.here / learned_cycle(&pacer.learned, chance)
    standing.is_new = learned_is_new(&pacer.learned, centre.now, centre.ringing.count)
    rare = centre.here / learned_cycle(&pacer.learned, chance / RARER)
    return hourly_lines(
        &pacer.hourly, &pacer.outlook, &standing,
        hourly_may_lose(&pacer.hourly, centre.now, rare, standing.close), most,
    )


cdef bint dial_next(Pacer* pacer, Centre* centre, int32_t spare) noexcept nogil:
    """The next contact of the list, or the one of the next that suits best now."""
    cdef int32_t choice = 0
    if pacer.choose and centre.world.told:
        choice = pacing_choice(
            centre.choices, <int32_t> centre.world.choices, spare, centre_passed(centre)
        )
    return centre_dial(centre, <uint32_t> choice)


cdef bint dial_free(Pacer* pacer, Centre* centre, int32_t spare) noexcept nogil:
    """One line for each free agent, as far as this hour can lose them; whether there is."""
    cdef int32_t most = spare
    if centre.ringing.count < spare:
        most = within_hour(pacer, centre, spare, spare)
    while centre.ringing.count < most:
        if not dial_next(pacer, centre, spare):
            break
    return centre.ringing.count >= spare


cdef int32_t may_lose(const Pacer* pacer) noexcept nogil:
    """Lines beyond idle agents that keep abandoned <= cap * answered whatever they do."""
    if not pacer.guard:
        return FREE_OF_CAPS
    return max(<int32_t> (pacer.budget.spare / (1 - pacer.budget.cap) + 1e-9), 0)


cdef inline double usual_calls(const Pacer* pacer, int32_t spare) noexcept nogil:
    return outlook_usual(&pacer.outlook, spare, pacer.learned.handle_s)


cdef void dial_told(
    Pacer* pacer, Centre* centre, int32_t spare, double theta, int32_t most
) noexcept nogil:
    """One by one, as each contact has its own probability."""
    cdef int32_t early = odds_early(&pacer.learned.odds, pacer.legal_ring)
    cdef double likeliest = next_chance(pacer, centre)      # for whom `most` holds
    cdef double chance
    while centre.ringing.count < most:
        chance = next_chance(pacer, centre)
        if chance > likeliest:
            likeliest = chance
            most = within_hour(pacer, centre, spare, most)
        learned_line(&pacer.learned, chance, 0.0, pacer.fresh)
        if pacing_overflow(&pacer.outlook, spare, pacer.fresh, 0, early) > theta or pacing_awaits(
            &pacer.outlook, spare, pacer.fresh, 0, theta, usual_calls(pacer, spare), early
        ):
            break
        if not dial_next(pacer, centre, spare):
            break


cdef void give_up(Pacer* pacer, Centre* centre, int32_t spare, double theta) noexcept nogil:
    """The longest ringing, which have rung as long as they must, where too many will be answered.

    At `theta` itself none would ring longer than that, and what happens then would never be seen.
    """
    cdef uint32_t line = centre.ringing.first
    cdef double over
    while (
        line != NOBODY and centre.ringing.count > centre.idle
        and centre.now - centre.lines[line].dialed_at >= pacer.legal_ring
    ):
        over = pacing_overflow(&pacer.outlook, spare, pacer.fresh, 0, MOMENTS)
        if over <= pacer.hysteresis * theta:
            break
        centre_give_up(centre, line)
        line = centre.ringing.first


cdef void pacer_act(void* state, Centre* centre) noexcept nogil:
    cdef Pacer* pacer = <Pacer*> state
    cdef int32_t spare = centre.idle - centre.parting - centre.waiting.count
    cdef double theta = pacing_theta(
        pacer.budget.theta, spare, usual_chance(pacer, centre) * pacer.learned.rate.factor
    )
    cdef int32_t most, count, lines
    cdef int32_t beyond = may_lose(pacer)
    if centre.now - pacer.looked_at >= 1.0:
        each_second(pacer, centre)
    learned_ringing(&pacer.learned, centre.now, centre.ringing.count)
    pacer.decisions += 1
    hourly_waits(&pacer.hourly, centre.now, answers_pace(pacer))
    if not dial_free(pacer, centre, spare):
        return
    most = within_hour(pacer, centre, spare, lines_most(pacer, centre, spare))
    lines = centre.ringing.count + centre.waiting.count
    if beyond < 1:
        most = min(most, centre.idle - centre.waiting.count)
    if centre.world.told:
        dial_told(pacer, centre, spare, theta, most)
    else:
        count = pacing_launch(
            &pacer.outlook, spare, pacer.fresh, theta, usual_calls(pacer, spare),
            max(most - centre.ringing.count, 0), odds_early(&pacer.learned.odds, pacer.legal_ring),
        )
        if beyond < FREE_OF_CAPS:
            count = pacing_within(
                &pacer.outlook, spare, pacer.fresh, beyond, centre.idle + beyond - lines, count,
                learned_is_tried(&pacer.learned, lines),
            )
        while count > 0 and centre_dial(centre, 0):
            count -= 1
    if pacer.legal_ring >= 0.0:
        give_up(pacer, centre, spare, theta)
