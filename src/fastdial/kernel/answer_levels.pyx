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

cimport cython
from libc.math cimport exp, fmax, fmin, log
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t, uint8_t
from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memcpy, memset

from typing import NamedTuple

import numpy as np
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize

from fastdial.kernel._hashing cimport checksum64
from fastdial.kernel._numbers cimport to_number, to_whole

cdef enum:
    VERSION = 1
    ROOM_MIN = 64
    UNTOLD = 0                      # where the levels of each group begin
    TOLD = GROUP
    CALIBRATION = 2 * GROUP
    AT_HOURS = 1                    # and within a group, after its base
    AT_ATTEMPTS = 1 + HOURS
    AT_KINDS = 1 + HOURS + ATTEMPTS

cdef uint64_t MAGIC = 0x534C_4556_454C_4446    # "FDLEVELS" in the order of bytes
cdef double CHANCE_LEAST = 1e-4
cdef double CHANCE_MOST = 0.98
cdef double LOG_MOST = 6.0          # of a factor
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

LISTS_MAX = 65_536

# The levels of a contact: which, how much of their logarithm counts, and their priors.
cdef struct Parts:
    int32_t count
    uint32_t at[7]
    double weights[7]
    double priors[7]


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


cdef void parts_of(const Levels* levels, const Traits* traits, Parts* parts) noexcept nogil:
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


cdef inline double chance_by(
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
    parts_of(levels, traits, &parts)
    return chance_by(levels, traits, &parts)


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
    parts_of(levels, traits, &parts)
    for part in range(parts.count):
        if CALIBRATION <= parts.at[part] < CALIBRATION + POINTS:
            level = &levels.levels[parts.at[part]]
            expected += parts.weights[part] * level.expected
            answers += parts.weights[part] * level.answers
    chance = chance_by(levels, traits, &parts)
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
    parts_of(levels, &line.traits, &parts)
    expected = line.share * chance_by(levels, &line.traits, &parts)
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


# ---- lines -----------------------------------------------------------------------------------

cdef int need_list(Levels* levels, uint32_t number) noexcept nogil:
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


cdef int need_room(Levels* levels, int64_t lines) noexcept nogil:
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
    return -1 if levels.levels == NULL else need_room(levels, ROOM_MIN)


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
    if need_room(levels, levels.next - levels.first + 1) or need_list(levels, traits.list):
        return -1
    line = &levels.lines[levels.next & (levels.room - 1)]
    line.dialed_at = now
    line.traits = traits[0]
    line.share = 1.0
    line.answered = False
    levels.next += 1
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


# ---- the Python face -------------------------------------------------------------------------

class Factors(NamedTuple):
    """Of the levels of one name: arrays of as many; of what is remembered, both in answers."""

    factors: object
    answers: object
    expected: object


cdef struct Header:
    uint64_t magic
    uint64_t version
    uint64_t lists
    uint64_t lines
    int64_t first
    double prior
    double half_life
    double last
    uint64_t checksum

NAMES = {
    "base": (0, 1),
    "hour": (AT_HOURS, HOURS),
    "attempt": (AT_ATTEMPTS, ATTEMPTS),
    "kind": (AT_KINDS, KINDS),
}


FACTORS = ("base", "hour", "attempt", "kind", "list")   # as `parts_of` puts them


cdef int read_traits(
    Traits* traits, object list, object hour, object attempt, object kind, object told
) except -1:
    memset(traits, 0, sizeof(Traits))
    traits.list = to_whole(list, "list", 0, LISTS_MAX - 1)
    traits.hour = to_whole(hour, "hour", 0, HOURS - 1)
    traits.attempt = min(to_whole(attempt, "attempt", 1, 1_000_000), ATTEMPTS)
    traits.kind = to_whole(kind, "kind", 0, KINDS - 1)
    traits.told = -1.0 if told is None else <float> to_number(told, "told", 0, 1)
    return 0


cdef uint64_t seal(const Header* header, const char* payload, size_t nbytes) noexcept nogil:
    cdef Header bare = header[0]
    bare.checksum = 0
    return checksum64(payload, nbytes, checksum64(<const char*> &bare, sizeof(Header), 0))


@cython.final
cdef class AnswerLevels:
    """How likely each contact answers, learned by levels; times are in seconds and do not fall.

    A contact is said by its `list`, 0 to 65,535; the `hour` where it is, 0 to 23; the `attempt`, 1
    or more, of which the eighth and later ones are alike; the `kind` of its number, 0 to 7, by
    numbers of the caller's own; and the probability that was `told` of it, if any.

    `prior`: the probability of contacts of which nothing is told, at first. `half_life`: after so
    many answers of a level what it saw before counts half.
    """

    def __cinit__(self, *, prior=0.3, half_life=2_000.0):
        if levels_open(
            &self.levels, to_number(prior, "prior", 1e-3, 1),
            to_number(half_life, "half_life", 1, 1e9),
        ):
            raise MemoryError("no memory for levels")

    def __dealloc__(self):
        levels_close(&self.levels)

    def chance(self, *, list=0, hour=0, attempt=1, kind=0, told=None):
        """The probability that the contact answers. O(1)."""
        cdef Traits traits
        read_traits(&traits, list, hour, attempt, kind, told)
        return levels_chance(&self.levels, &traits)

    def reasons(self, *, list=0, hour=0, attempt=1, kind=0, told=None):
        """What makes that probability: it, the factor of each level, and `prior`, by name.

        `prior` is what they are multiplied with, "told" the factor of what was told.
        """
        cdef Traits traits
        cdef Parts parts
        cdef int32_t part
        cdef double calibration = 0.0
        read_traits(&traits, list, hour, attempt, kind, told)
        parts_of(&self.levels, &traits, &parts)
        found = dict.fromkeys(FACTORS, 1.0)
        names = FACTORS[: len(FACTORS) - (traits.list >= self.levels.lists)]
        for part in range(parts.count):
            factor = self.levels.levels[parts.at[part]].log_factor
            if part < len(names):
                found[names[part]] = exp(factor)
            else:
                calibration += parts.weights[part] * factor
        found["told"] = exp(calibration)
        found["prior"] = traits.told if traits.told >= 0 else self.levels.prior
        found["chance"] = chance_by(&self.levels, &traits, &parts)
        return found

    def dialed(self, now_s, *, list=0, hour=0, attempt=1, kind=0, told=None):
        """A line; gives its serial number. O(1), amortised."""
        cdef Traits traits
        cdef double now = to_number(now_s, "now_s", self.last, 1e15)
        cdef int64_t serial
        read_traits(&traits, list, hour, attempt, kind, told)
        serial = levels_dialed(&self.levels, now, &traits)
        if serial < 0:
            raise MemoryError(f"no memory for {self.pending + 1} lines")
        self.last = now
        return serial

    def answered(self, serial):
        """That line was; False where it is too late, as the line was counted already."""
        return levels_answered(&self.levels, self.known(serial))

    def given_up(self, serial, still):
        """That line was; `still`: the share of answers that take longer than it rang.

        False where it is too late, as the line was counted already.
        """
        return levels_given_up(
            &self.levels, self.known(serial), to_number(still, "still", 0, 1)
        )

    cdef int64_t known(self, object serial) except -1:
        cdef int64_t number = to_whole(serial, "serial", 0, (1 << 63) - 1)
        if number >= self.levels.next:
            raise IndexError(f"serial is {number}; {self.levels.next} lines were dialed")
        return number

    def tick(self, now_s):
        """Count the lines that were dialed 64 seconds ago or earlier. O(1) for each."""
        cdef double now = to_number(now_s, "now_s", self.last, 1e15)
        self.last = now
        levels_tick(&self.levels, now)

    @property
    def pending(self):
        """Lines that are not counted yet."""
        return self.levels.next - self.levels.first

    @property
    def nbytes(self):
        return (
            (FIXED + self.levels.lists) * sizeof(Level) + self.levels.room * sizeof(DialedLine)
        )

    def factors(self, name, *, told=False):
        """What was learned of "base", "hour", "attempt", "kind", "list" or "told".

        Those of "list" are of all contacts, those of "told" of the ten points at which the
        probability told is 1 % to 100 %, even steps of its logarithm; the others are of contacts of
        which something is `told`, or nothing.
        """
        if name == "list":
            return self.named(FIXED, self.levels.lists)
        if name == "told":
            return self.named(CALIBRATION, POINTS)
        if name not in NAMES:
            raise ValueError(f"name is {name!r}; it can be {', '.join(NAMES)}, list, told")
        first, count = NAMES[name]
        return self.named(first + (TOLD if told else UNTOLD), count)

    cdef object named(self, uint32_t first, uint32_t count):
        cdef double[:, ::1] found_
        cdef uint32_t at
        found = np.empty((3, count))
        found_ = found
        for at in range(count):
            found_[0, at] = exp(self.levels.levels[first + at].log_factor)
            found_[1, at] = self.levels.levels[first + at].answers
            found_[2, at] = self.levels.levels[first + at].expected
        return Factors(*found)

    def snapshot(self):
        """All that was learned, and the lines not counted yet, as bytes."""
        cdef size_t levels_nbytes = (FIXED + self.levels.lists) * sizeof(Level)
        cdef size_t nbytes = levels_nbytes + self.pending * sizeof(DialedLine)
        cdef Header header
        cdef int64_t serial
        cdef char* out
        image = PyBytes_FromStringAndSize(NULL, sizeof(Header) + nbytes)
        out = PyBytes_AS_STRING(image) + sizeof(Header)
        memcpy(out, self.levels.levels, levels_nbytes)
        out += levels_nbytes
        for serial in range(self.levels.first, self.levels.next):
            memcpy(
                out, &self.levels.lines[serial & (self.levels.room - 1)], sizeof(DialedLine)
            )
            out += sizeof(DialedLine)
        header.magic = MAGIC
        header.version = VERSION
        header.lists = self.levels.lists
        header.lines = self.levels.next - self.levels.first
        header.first = self.levels.first
        header.prior = self.levels.prior
        header.half_life = self.levels.half_life
        header.last = self.last
        header.checksum = seal(&header, PyBytes_AS_STRING(image) + sizeof(Header), nbytes)
        memcpy(PyBytes_AS_STRING(image), &header, sizeof(Header))
        return image

    @staticmethod
    def restore(snapshot):
        """What a snapshot holds; ValueError for one that is damaged or not of this kind."""
        cdef const uint8_t[::1] data = memoryview(snapshot).cast("B")
        cdef Header header
        cdef AnswerLevels restored
        cdef const char* payload
        check_header(data, &header)
        payload = <const char*> &data[0] + sizeof(Header)
        restored = AnswerLevels(prior=header.prior, half_life=header.half_life)
        if header.lists and need_list(&restored.levels, <uint32_t> header.lists - 1):
            raise MemoryError(f"no memory for {header.lists} lists")
        restored.levels.first = restored.levels.next = header.first
        if need_room(&restored.levels, header.lines):
            raise MemoryError(f"no memory for {header.lines} lines")
        restored.last = to_number(header.last, "last", 0, 1e15)
        take_levels(&restored.levels, payload)
        payload += (FIXED + restored.levels.lists) * sizeof(Level)
        take_lines(&restored.levels, payload, header.lines, header.last)
        return restored

    def __sizeof__(self):
        return object.__sizeof__(self) + self.nbytes


cdef int check_header(const uint8_t[::1] data, Header* header) except -1:
    cdef uint64_t nbytes = data.shape[0]
    if nbytes < sizeof(Header):
        raise ValueError(f"not a snapshot of levels: {nbytes} bytes are less than its header")
    memcpy(header, &data[0], sizeof(Header))
    nbytes -= sizeof(Header)
    if header.magic != MAGIC:
        raise ValueError("not a snapshot of levels: it does not begin as one")
    if header.version != VERSION:
        raise ValueError(
            f"not a snapshot of levels that is read here: version {header.version}; {VERSION} is"
        )
    if (
        header.lists > LISTS_MAX or header.lines > nbytes // sizeof(DialedLine)
        or nbytes != (FIXED + header.lists) * sizeof(Level) + header.lines * sizeof(DialedLine)
    ):
        raise ValueError("not a snapshot of levels: its length is not the one that it says")
    if seal(header, <const char*> &data[0] + sizeof(Header), nbytes) != header.checksum:
        raise ValueError("not a snapshot of levels: its checksum does not agree")
    if header.lists in (1, 2) or header.lists & (header.lists - 1) or not (
        0 <= header.first <= 1LL << 62
    ):
        raise ValueError("not a snapshot of levels: what it says of itself is out of bounds")
    return 0


cdef int take_levels(Levels* levels, const char* payload) except -1:
    cdef uint32_t at
    cdef Level* level
    memcpy(levels.levels, payload, (FIXED + levels.lists) * sizeof(Level))
    for at in range(FIXED + levels.lists):
        level = &levels.levels[at]
        if not (
            -LOG_MOST <= level.log_factor <= LOG_MOST and 0 <= level.answers <= 1e15
            and 0 <= level.expected <= 1e15
        ):
            raise ValueError(f"not a snapshot of levels: level {at} is out of bounds")
    return 0


cdef int take_lines(Levels* levels, const char* payload, int64_t count, double last) except -1:
    cdef DialedLine line
    cdef double before = 0.0
    cdef int64_t at
    for at in range(count):
        memcpy(&line, payload + at * sizeof(DialedLine), sizeof(DialedLine))
        if not (
            before <= line.dialed_at <= last and line.traits.list < levels.lists
            and line.traits.hour < HOURS and 1 <= line.traits.attempt <= ATTEMPTS
            and line.traits.kind < KINDS
            and (line.traits.told == -1 or 0 <= line.traits.told <= 1)
            and 0 <= line.share <= 1 and line.answered <= 1
        ):
            raise ValueError(f"not a snapshot of levels: line {at} is out of bounds")
        levels.lines[levels.next & (levels.room - 1)] = line
        levels.next += 1
        before = line.dialed_at
    return 0
