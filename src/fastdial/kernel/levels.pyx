# cython: language_level=3
"""How likely each contact answers, by its list, the hour, the attempt, the kind of its number, and
what the platform tells of it.

A probability is a product: of what the platform tells, or of one for all where it tells nothing;
of a factor for each level; and, of what is told, of a factor that runs through ten points, which
is its calibration. Contacts of which something is told have levels of their own, as what is told
may say already what the hour does.

Logarithms of factors are held for independent and normal around 0, each with a variance of
1 / (prior + expected answers). A line's outcome moves the factors by what it tells of their
product, each in proportion to its variance, so that together they do not move too far: the
assumed-density filter of T. Graepel, J. Quinonero Candela, T. Borchert and R. Herbrich, "Web-scale
Bayesian click-through rate prediction", ICML 2010, with Poisson's likelihood. What a level has seen
is forgotten by a half-life counted in answers of that level.

A line is counted when it was dialed 64 seconds ago, whatever has become of it until then, so all
are counted in order of dialing. In order of ending the lines that are answered would come first,
and the more lines rang the likelier answers would seem.
"""

from libc.math cimport exp, fmax, fmin, log
from libc.stdint cimport int32_t, int64_t, uint32_t, uint8_t
from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memset

cdef enum:
    ROOM_MIN = 64

cdef double CHANCE_LEAST = 1e-4
cdef double CHANCE_MOST = 0.98
cdef double TOLD_LEAST = 0.01       # the first point; one for all below it
cdef double BASE_KEPT = 0.25        # the base follows what all have in common so much faster
# How many answers the prior of a factor is worth: the fewer, the wider such factors lie.
cdef double PRIOR_BASE = 1.0
cdef double PRIOR_LIST = 4.0
cdef double PRIOR_HOUR = 12.0
cdef double PRIOR_ATTEMPT = 8.0
cdef double PRIOR_KIND = 6.0
cdef double PRIOR_TOLD = 4.0
cdef double TRIED = 3.0             # answers: if all that are due had failed to come, it shows
cdef double TRIED_SHARE = 1.5       # of those expected
cdef double TRIED_LINES = 300.0     # that show it where hardly any is due


# ---- levels of a contact ---------------------------------------------------------------------

cdef inline void put(Parts* parts, uint32_t at, double weight, double prior) noexcept nogil:
    parts.at[parts.count] = at
    parts.weights[parts.count] = weight
    parts.priors[parts.count] = prior
    parts.count += 1


cdef int levels_traits(
    Traits* traits, int32_t hour, int32_t attempt, int32_t kind, double told
) noexcept nogil:
    if not (0 <= hour < HOURS and attempt >= 1 and 0 <= kind < KINDS and told <= 1):
        return -1
    memset(traits, 0, sizeof(Traits))
    traits.hour = <uint8_t> hour
    traits.attempt = <uint8_t> min(attempt, ATTEMPTS)
    traits.kind = <uint8_t> kind
    traits.told = <float> told if told > 0 else -1.0
    return 0


cdef void levels_parts(const Levels* levels, const Traits* traits, Parts* parts) noexcept nogil:
    cdef uint32_t group = TOLD if traits.told >= 0 else UNTOLD
    cdef double place
    cdef int32_t low
    parts.count = 0
    put(parts, group, 1.0, PRIOR_BASE)
    put(parts, group + AT_HOURS + traits.hour, 1.0, PRIOR_HOUR)
    put(parts, group + AT_ATTEMPTS + min(traits.attempt, ATTEMPTS) - 1, 1.0, PRIOR_ATTEMPT)
    put(parts, group + AT_KINDS + traits.kind, 1.0, PRIOR_KIND)
    if traits.list < levels.lists:
        put(parts, FIXED + traits.list, 1.0, PRIOR_LIST)
    if group == TOLD:
        place = log(fmax(traits.told, TOLD_LEAST) / TOLD_LEAST) / -log(TOLD_LEAST) * (POINTS - 1)
        place = fmin(place, POINTS - 1)         # a rounding beyond the last
        low = min(<int32_t> place, POINTS - 2)
        put(parts, CALIBRATION + low, 1 - (place - low), PRIOR_TOLD)
        put(parts, CALIBRATION + low + 1, place - low, PRIOR_TOLD)


cdef double levels_by_parts(
    const Levels* levels, const Traits* traits, const Parts* parts
) noexcept nogil:
    cdef double log_factor = 0.0
    cdef double chance = fmax(traits.told, CHANCE_LEAST) if traits.told >= 0 else levels.prior
    cdef int32_t part
    for part in range(parts.count):
        log_factor += parts.weights[part] * levels.levels[parts.at[part]].log_factor
    return fmin(fmax(chance * exp(log_factor), CHANCE_LEAST), CHANCE_MOST)


cdef double levels_chance(const Levels* levels, const Traits* traits) noexcept nogil:
    cdef Parts parts
    levels_parts(levels, traits, &parts)
    return levels_by_parts(levels, traits, &parts)


cdef bint levels_tried(const Levels* levels, const Traits* traits) noexcept nogil:
    """Whether what is told of such contacts has been found to be worth something.

    That is, whether so many lines were dialed that answers were due by what was told, or few could
    be, and not many more came than the levels by now expect. Where nothing is told there is nothing
    to try.
    """
    cdef const Level* level
    cdef Parts parts
    cdef double chance, due
    cdef double expected = 0.0
    cdef double answers = 0.0
    cdef int32_t part
    if traits.told < 0:
        return True
    levels_parts(levels, traits, &parts)
    for part in range(parts.count):
        if CALIBRATION <= parts.at[part] < CALIBRATION + POINTS:
            level = &levels.levels[parts.at[part]]
            expected += parts.weights[part] * level.expected
            answers += parts.weights[part] * level.answers
    chance = levels_by_parts(levels, traits, &parts)
    due = expected * fmax(traits.told / chance, 1.0)
    if due < TRIED and expected < TRIED_LINES * chance:
        return False
    return answers <= TRIED + TRIED_SHARE * expected


# ---- counting --------------------------------------------------------------------------------

cdef inline void forget(Level* level, double prior, double kept) noexcept nogil:
    """What was seen weighs less beside the prior, which says that the factor is 1."""
    level.log_factor *= kept * (prior + level.expected) / (prior + kept * level.expected)
    level.expected *= kept
    level.answers *= kept


cdef void count_line(Levels* levels, const DialedLine* line) noexcept nogil:
    cdef Parts parts
    cdef Level* level
    cdef int32_t part
    cdef double expected, kept, weight, moved
    cdef double variance = 0.0
    levels_parts(levels, &line.traits, &parts)
    expected = line.share * levels_by_parts(levels, &line.traits, &parts)
    for part in range(parts.count):
        level = &levels.levels[parts.at[part]]
        weight = parts.weights[part]
        kept = -log(2.0) / levels.half_life * weight * expected
        if part == 0:
            kept /= BASE_KEPT
        forget(level, parts.priors[part], exp(kept))
        variance += weight * weight / (parts.priors[part] + level.expected)
    moved = (line.answered - expected) / (1 + variance * expected)
    for part in range(parts.count):
        level = &levels.levels[parts.at[part]]
        weight = parts.weights[part]
        level.log_factor += weight * moved / (parts.priors[part] + level.expected)
        level.log_factor = fmin(fmax(level.log_factor, -LOG_MOST), LOG_MOST)
        level.expected += weight * expected
        level.answers += weight * line.answered


cdef bint levels_are_due(const Levels* levels, double now) noexcept nogil:
    cdef const DialedLine* line = &levels.lines[levels.first & (levels.room - 1)]
    return levels.first < levels.next and line.dialed_at <= now - SETTLED_S


cdef void levels_tick(Levels* levels, double now) noexcept nogil:
    while levels_are_due(levels, now):
        count_line(levels, &levels.lines[levels.first & (levels.room - 1)])
        levels.first += 1
    levels.last = now


# ---- lines -----------------------------------------------------------------------------------

cdef int levels_need_list(Levels* levels, uint32_t number) noexcept nogil:
    cdef uint32_t lists = max(levels.lists, 4)
    cdef Level* grown
    if number < levels.lists:
        return 0
    while lists <= number:
        lists *= 2
    grown = <Level*> realloc(levels.levels, (FIXED + lists) * sizeof(Level))
    if grown == NULL:
        return -1
    memset(grown + FIXED + levels.lists, 0, (lists - levels.lists) * sizeof(Level))
    levels.levels = grown
    levels.lists = lists
    return 0


cdef int levels_need_room(Levels* levels, int64_t lines) noexcept nogil:
    cdef int64_t room = max(levels.room, ROOM_MIN)
    cdef int64_t serial
    cdef DialedLine* grown
    if lines <= levels.room:
        return 0
    while room < lines:
        room *= 2
    grown = <DialedLine*> calloc(room, sizeof(DialedLine))
    if grown == NULL:
        return -1
    for serial in range(levels.first, levels.next):
        grown[serial & (room - 1)] = levels.lines[serial & (levels.room - 1)]
    free(levels.lines)
    levels.lines = grown
    levels.room = room
    return 0


cdef int levels_open(Levels* levels, double prior, double half_life) noexcept nogil:
    memset(levels, 0, sizeof(Levels))
    levels.prior = prior
    levels.half_life = half_life
    levels.levels = <Level*> calloc(FIXED, sizeof(Level))
    return -1 if levels.levels == NULL else levels_need_room(levels, ROOM_MIN)


cdef void levels_close(Levels* levels) noexcept nogil:
    free(levels.levels)
    free(levels.lines)
    memset(levels, 0, sizeof(Levels))


cdef void levels_forget(Levels* levels) noexcept nogil:
    """All that was learned, and all lines; the memory is kept."""
    memset(levels.levels, 0, (FIXED + levels.lists) * sizeof(Level))
    levels.first = levels.next


cdef int64_t levels_dialed(
    Levels* levels, double now, const Traits* traits
) noexcept nogil:
    cdef DialedLine* line
    if (
        levels_need_room(levels, levels.next - levels.first + 1)
        or levels_need_list(levels, traits.list)
    ):
        return -1
    line = &levels.lines[levels.next & (levels.room - 1)]
    line.dialed_at = now
    line.traits = traits[0]
    line.share = 1.0
    line.answered = False
    levels.next += 1
    levels.last = now
    return levels.next - 1


cdef bint levels_answered(Levels* levels, int64_t serial) noexcept nogil:
    if not levels.first <= serial < levels.next:
        return False
    levels.lines[serial & (levels.room - 1)].answered = True
    return True


cdef bint levels_given_up(Levels* levels, int64_t serial, double still) noexcept nogil:
    if not levels.first <= serial < levels.next:
        return False
    levels.lines[serial & (levels.room - 1)].share = <float> (1 - still)
    return True
