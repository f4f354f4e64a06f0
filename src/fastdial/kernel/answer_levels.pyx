# cython: language_level=3
"""How likely each contact answers: the Python face of `levels`, where the method is told."""

cimport cython
from libc.math cimport exp
from libc.stdint cimport int32_t, int64_t, uint32_t, uint8_t
from libc.string cimport memset

from typing import NamedTuple

import numpy as np

from fastdial.kernel._numbers cimport to_number, to_whole
from fastdial.kernel.levels cimport (
    AT_ATTEMPTS, AT_HOURS, AT_KINDS, ATTEMPTS, CALIBRATION, FIXED, HOURS, KINDS, LISTS_MOST, POINTS,
    TOLD, UNTOLD, DialedLine, Level, Parts, Traits, levels_answered, levels_by_parts, levels_chance,
    levels_close, levels_dialed, levels_given_up, levels_open, levels_parts, levels_tick,
)
from fastdial.kernel.levels_image cimport (
    LevelsHeader, levels_from_bytes, levels_header, levels_to_bytes,
)

LISTS_MAX = LISTS_MOST


class Factors(NamedTuple):
    """Of the levels of one name: arrays of as many; of what is remembered, both in answers."""

    factors: object
    answers: object
    expected: object


NAMES = {
    "base": (0, 1),
    "hour": (AT_HOURS, HOURS),
    "attempt": (AT_ATTEMPTS, ATTEMPTS),
    "kind": (AT_KINDS, KINDS),
}


FACTORS = ("base", "hour", "attempt", "kind", "list")   # as `levels_parts` puts them


cdef int read_traits(
    Traits* traits, object list, object hour, object attempt, object kind, object told
) except -1:
    memset(traits, 0, sizeof(Traits))
    traits.list = to_whole(list, "list", 0, LISTS_MOST - 1)
    traits.hour = to_whole(hour, "hour", 0, HOURS - 1)
    traits.attempt = min(to_whole(attempt, "attempt", 1, 1_000_000), ATTEMPTS)
    traits.kind = to_whole(kind, "kind", 0, KINDS - 1)
    traits.told = -1.0 if told is None else <float> to_number(told, "told", 0, 1)
    return 0


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
        levels_parts(&self.levels, &traits, &parts)
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
        found["chance"] = levels_by_parts(&self.levels, &traits, &parts)
        return found

    def dialed(self, now_s, *, list=0, hour=0, attempt=1, kind=0, told=None):
        """A line; gives its serial number. O(1), amortised."""
        cdef Traits traits
        cdef double now = to_number(now_s, "now_s", self.levels.last, 1e15)
        cdef int64_t serial
        read_traits(&traits, list, hour, attempt, kind, told)
        serial = levels_dialed(&self.levels, now, &traits)
        if serial < 0:
            raise MemoryError(f"no memory for {self.pending + 1} lines")
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
        cdef double now = to_number(now_s, "now_s", self.levels.last, 1e15)
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
        return levels_to_bytes(&self.levels)

    @staticmethod
    def restore(snapshot):
        """What a snapshot holds; ValueError for one that is damaged or not of this kind."""
        cdef const uint8_t[::1] data = memoryview(snapshot).cast("B")
        cdef LevelsHeader header
        cdef AnswerLevels restored
        levels_header(data, &header)
        restored = AnswerLevels(prior=header.prior, half_life=header.half_life)
        levels_from_bytes(&restored.levels, data, &header)
        return restored

    def __sizeof__(self):
        return object.__sizeof__(self) + self.nbytes
