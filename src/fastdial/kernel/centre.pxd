from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from fastdial.kernel._rng cimport Rng
from fastdial.kernel.event_list cimport Events
from fastdial.kernel.variates cimport LawTerms

cdef enum:
    NOBODY = 0xFFFFFFFF             # no line, no agent

cdef struct Centre
cdef struct Policy

# What a policy is told of, with what it is about and a value.
cdef enum Happening:
    OPENED          # - | a day begins; agents have come, nothing rings
    DIALED          # line | the probability told of its contact, below 0: none
    ANSWERED        # line | how long it rang
    UNANSWERED      # line | how long it rang
    GIVEN_UP        # line | how long it had rung when the policy gave it up
    ABANDONED       # line | how long the person waited
    BRIDGED         # agent | how long the person waited
    FINISHED        # agent | how long the call was handled
    CAME            # agent | -
    LEAVING         # agent | -; busy, and goes after this call
    WENT            # agent | -

cdef enum Phase:
    NOT_USED
    RINGING
    WAITING

cdef struct Line:
    double dialed_at
    double answered_at
    double told                     # probability of an answer; below 0: nobody says
    uint32_t next                   # of those in the same phase, in order of dialing or answering
    uint32_t before
    uint8_t phase
    uint8_t inbound                 # waits in the other queue, or has an agent
    uint8_t will_answer             # hidden from policies

cdef struct Agent:
    double busy_since
    uint32_t place                  # among the idle, while idle
    uint8_t here
    uint8_t busy
    uint8_t leaving                 # goes when this call is over
    double away                     # how long it will be, or is; infinite: until the next day
    double home_at                  # the end of its shift

cdef struct Queue:
    uint32_t first
    uint32_t last
    int32_t count

cdef struct Tally:
    int64_t events
    int64_t dialed
    int64_t answered
    int64_t abandoned
    int64_t given_up
    int64_t most_lines              # ringing at once
    int64_t inbound                 # callers
    int64_t inbound_abandoned
    double inbound_waited           # by all of them
    double handling                 # agent time in calls while open
    double present                  # agent time paid while open

# What goes wrong in a day; all zeros is a day in which nothing does. Times are in seconds.
cdef struct Trouble:
    double sway                     # answers vary by this share, as a sine
    double sway_s                   # in so long
    double jumps_per_h              # how often answers go to a half, once or twice what they were
    double jump_s                   # and how long that takes
    double lunch_share              # of agents, who leave at once, in the middle of the day
    double lunch_s
    double slow_factor              # every line rings so many times longer
    double slow_s                   # for so long
    double dry_s                    # the list is empty for so long

cdef struct World:
    uint32_t agents
    uint32_t lines_max
    uint32_t choices                # how many contacts can be chosen among; 1: list order
    bint told                       # whether probabilities of contacts are
    double told_scale               # what is told of p is this, times p to the power
    double told_power
    double answer
    const LawTerms* contacts        # of probabilities; NULL: the same for all
    const LawTerms* ring            # until an answer
    const LawTerms* no_answer       # until the network gives up
    const LawTerms* engaged
    double engaged_share            # of calls that are not answered
    const LawTerms* handle
    double patience
    double opening                  # from the opening of a day to its close
    double period                   # from one opening to the next
    double piece                    # of a day, for which counts are kept
    int64_t days
    const double* factors           # of answers, by piece of the day; NULL: 1
    const double* slowness          # of lines, by piece; NULL: 1
    const LawTerms* login           # from the opening until an agent comes; NULL: at once
    double shift                    # from then to the end of its shift; 0: none
    bint keeps                      # an idle agent goes only while fewer lines ring than are idle
    const LawTerms* break_every     # from coming to a break; NULL: none
    const LawTerms* break_length
    const double* inbound_per_s     # by piece; NULL: nobody calls
    const LawTerms* inbound_handle
    const LawTerms* inbound_patience
    Trouble trouble

cdef struct Centre:
    const World* world
    const Policy* policy
    double now
    double opened_at
    bint open                       # lines can be dialed
    bint dry                        # no contact can be dialed
    bint stopped                    # memory failed
    int32_t here                    # agents
    int32_t idle
    int32_t busy                    # the leaving included
    int32_t leaving
    int32_t parting                 # of the idle: go as soon as they may
    Queue ringing
    Queue waiting
    Queue inbound                   # callers who wait; after `waiting`
    bint caller_comes               # when their event is due; else it is a look at the day
    double factor                   # of answers, now: what a policy that knows all may read
    double slowness                 # of lines, now: likewise
    Tally today                     # since this day's opening
    double* choices                 # told or not: probabilities of the next contacts, oldest first
    int64_t* offered                # of each: contacts dialed before it could be chosen
    int64_t contacted               # contacts dialed in the replication
    uint32_t* idle_agents
    Line* lines
    Agent* agents
    uint32_t free_line
    Events events
    Rng list_chance
    Rng line_chance
    Rng handle_chance
    Rng trouble_chance
    Rng agent_chance
    Rng inbound_chance
    double phase                    # of the sway
    double level                    # jumps: the logarithm of the factor
    double level_from
    double level_since
    double changed_at               # up to when presence is counted
    int32_t* pieces                 # answered and abandoned of each piece of this day

# How many lines, and which to give up. `begin` comes before each replication, `told` at each
# happening, and `act`, which dials and gives up by the functions below, after each event (unless
# `ticks_only`) and every `tick_s`.
cdef struct Policy:
    void* state
    void (*begin)(void* state, const Centre* centre) noexcept nogil
    void (*told)(
        void* state, const Centre* centre, Happening what, uint32_t id, double value
    ) noexcept nogil
    void (*act)(void* state, Centre* centre) noexcept nogil
    double tick_s
    bint ticks_only

# For `act`: dial the contact at a place among the choices (0: the next of the list); False where
# no line, contact or opening hour is left. Give up a line that rings.
cdef bint centre_dial(Centre* centre, uint32_t choice) noexcept nogil
cdef void centre_give_up(Centre* centre, uint32_t line) noexcept nogil
cdef double centre_next_told(const Centre* centre, uint32_t choice) noexcept nogil
cdef int64_t centre_passed(const Centre* centre) noexcept nogil     # over the oldest choice

# A Centre of zeros can be closed. -1: memory failed.
cdef int centre_reserve(Centre* centre, const World* world) noexcept nogil
cdef void centre_begin(
    Centre* centre, const Policy* policy, uint64_t seed, uint64_t stream
) noexcept nogil
cdef int centre_run_day(
    Centre* centre, int64_t day, Tally* tally, int32_t* pieces
) noexcept nogil
cdef void centre_close(Centre* centre) noexcept nogil
