from libc.stdint cimport int32_t, int64_t, uint32_t, uint8_t

cdef enum:
    HOURS = 24
    ATTEMPTS = 8                    # the eighth and all later ones are alike
    KINDS = 8
    POINTS = 10                     # of what platforms tell, from 1 % to 100 %
    GROUP = 1 + HOURS + ATTEMPTS + KINDS
    FIXED = 2 * GROUP + POINTS      # levels; those of lists come after
    PARTS = 7                       # levels that a contact has, at most
    SETTLED_S = 64                  # for so long a line may still be answered
    LISTS_MOST = 65_536
    LOG_MOST = 6                    # of a factor
    UNTOLD = 0                      # where the levels of each group begin
    TOLD = GROUP
    CALIBRATION = 2 * GROUP
    AT_HOURS = 1                    # and within a group, after its base
    AT_ATTEMPTS = 1 + HOURS
    AT_KINDS = 1 + HOURS + ATTEMPTS

# What a contact's probability depends on.
cdef struct Traits:
    uint32_t list
    uint8_t hour                    # where it is called, 0 to 23
    uint8_t attempt                 # 1: the first
    uint8_t kind                    # of its number
    float told                      # by the platform; below 0: nothing

# The levels of a contact: which, how much of their logarithm counts, and their priors.
cdef struct Parts:
    int32_t count
    uint32_t at[7]
    double weights[7]
    double priors[7]

cdef struct Level:
    double log_factor
    double answers                  # remembered
    double expected                 # likewise, by what was believed of each line as it was counted

cdef struct DialedLine:
    double dialed_at
    Traits traits
    float share                     # of its answers that it rang long enough for
    uint8_t answered

cdef struct Levels:
    double prior                    # where the platform tells nothing
    double half_life                # in answers
    Level* levels                   # FIXED, then one of each list
    uint32_t lists
    DialedLine* lines               # a ring, in order of dialing
    int64_t room                    # a power of two
    int64_t first                   # serial numbers: of the oldest line that is not counted yet
    int64_t next                    # and of the next to be dialed
    double last                     # the latest time that was told

# -1: memory failed. Levels of zeros can be closed.
cdef int levels_open(Levels* levels, double prior, double half_life) noexcept nogil
cdef void levels_close(Levels* levels) noexcept nogil
cdef void levels_forget(Levels* levels) noexcept nogil
cdef int levels_need_list(Levels* levels, uint32_t number) noexcept nogil
cdef int levels_need_room(Levels* levels, int64_t lines) noexcept nogil

# What a contact of a list of one is; `told`: 0 or below: nothing. -1: not of this world.
cdef int levels_traits(
    Traits* traits, int32_t hour, int32_t attempt, int32_t kind, double told
) noexcept nogil

cdef void levels_parts(const Levels* levels, const Traits* traits, Parts* parts) noexcept nogil

# The probability that a contact answers now.
cdef double levels_chance(const Levels* levels, const Traits* traits) noexcept nogil
cdef double levels_by_parts(
    const Levels* levels, const Traits* traits, const Parts* parts
) noexcept nogil
cdef bint levels_tried(const Levels* levels, const Traits* traits) noexcept nogil

# A line; gives its serial number, or -1 where memory fails. Times do not fall.
cdef int64_t levels_dialed(
    Levels* levels, double now, const Traits* traits
) noexcept nogil

# What became of a line: an answer; or nothing more can, as it was given up (`still`: the share of
# answers that take longer than it rang). False: too late, it is counted.
cdef bint levels_answered(Levels* levels, int64_t serial) noexcept nogil
cdef bint levels_given_up(Levels* levels, int64_t serial, double still) noexcept nogil

# Whether there are lines to be counted.
cdef bint levels_are_due(const Levels* levels, double now) noexcept nogil

# Count all lines that were dialed SETTLED_S ago or earlier.
cdef void levels_tick(Levels* levels, double now) noexcept nogil
