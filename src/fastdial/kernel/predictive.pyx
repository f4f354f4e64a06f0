# cython: language_level=3
"""Predictive dialing, simulated: the contact centre of `centre` under a dialer that can be chosen.

A dialer is an object of a class derived from `Dialer`, in Cython, whose `policy` says what is done.
`OneToOne`, a call for each idle agent, is the first: with it the share of time in calls tends to
p h / (p h + r), as in `progressive`, where nobody is abandoned.
"""

cimport cython
from libc.math cimport ceil
from libc.stdint cimport int32_t, int64_t, uint64_t

from typing import NamedTuple

import numpy as np
from cpython.exc cimport PyErr_CheckSignals

from fastdial.kernel._numbers cimport to_number, to_whole
from fastdial.kernel.centre cimport (
    Centre, Tally, World, centre_begin, centre_close, centre_dial, centre_reserve, centre_run_day,
)
from fastdial.kernel.variates cimport Law, LawTerms

AGENTS_MAX = 10_000
LINES_MAX = 1_000_000
CHOICES_MAX = 1_000
CALLS_MAX = 1e10


cdef class Dialer:
    """What decides how many lines ring; a class of Cython fills in `policy`.

    An object serves one run at a time; another thread that uses it meanwhile gets a RuntimeError.
    """


cdef void dial_for_idle(void* state, Centre* centre) noexcept nogil:
    cdef int32_t free = centre.idle - centre.parting - centre.waiting.count
    while centre.ringing.count < free and centre_dial(centre, 0):
        pass


cdef class OneToOne(Dialer):
    """One call for each idle agent: progressive dialing."""

    def __cinit__(self):
        self.policy.act = dial_for_idle


# ---- arguments --------------------------------------------------------------------------------

class Runs(NamedTuple):
    """What came out: arrays of shape (count, days), in order of streams and days.

    `answered` and `abandoned` are by pieces of the day: (count, days, pieces).
    """

    events: object
    dialed: object
    given_up: object
    most_lines: object
    handling_s: object
    present_s: object
    answered: object
    abandoned: object
    inbound: object
    inbound_abandoned: object
    inbound_waited_s: object


cdef const LawTerms* to_law(Law law, str name, bint positive) except NULL:
    if law.terms.low < 0.0:
        raise ValueError(f"{name} is {law!r}, which can fall below 0")
    if positive and law.terms.mean <= 0.0:
        raise ValueError(f"{name} is {law!r}; it must last some time on average")
    return &law.terms


TROUBLES = {
    "sway": (0.0, 1.0),
    "sway_s": (1.0, 1e9),
    "jumps_per_h": (0.0, 60.0),
    "jump_s": (0.0, 3600.0),
    "lunch_share": (0.0, 1.0),
    "lunch_s": (0.0, 1e6),
    "slow_factor": (0.0, 100.0),
    "slow_s": (0.0, 1e6),
    "dry_s": (0.0, 1e6),
}
"""What can go wrong in a day, and from where to where its figures go; 0: it does not."""


cdef int read_trouble(World* world, dict given) except -1:
    figures = dict.fromkeys(TROUBLES, 0.0) | {"sway_s": 7200.0, "jump_s": 60.0}
    for name, value in given.items():
        if name not in TROUBLES:
            raise ValueError(f"trouble has {name!r}; it can have {', '.join(TROUBLES)}")
        low, high = TROUBLES[name]
        figures[name] = to_number(value, f"trouble[{name!r}]", low, high)
    world.trouble = figures
    return 0


cdef int check_memory(Dialer dialer, const World* world) except -1:
    if dialer.agents_max and world.agents > dialer.agents_max:
        raise ValueError(f"agents is {world.agents}; the dialer was made for {dialer.agents_max}")
    if dialer.lines_max and world.lines_max > dialer.lines_max:
        raise ValueError(
            f"lines_max is {world.lines_max}; the dialer was made for {dialer.lines_max}"
        )
    return 0


cdef int check_size(const World* world, int64_t count) except -1:
    """By the agents alone: what a dialer dials is not known beforehand."""
    cdef double calls = world.agents * world.opening / world.handle.mean * world.days * count
    if calls > CALLS_MAX:
        raise ValueError(
            f"some {calls:.3g} calls are answered, and {CALLS_MAX:g} is the most; make agents,"
            " opening_s, days or count smaller"
        )
    return 0


@cython.internal
cdef class Stage:
    """A world, with the laws that it points to, and the memory of its centre."""

    cdef World world
    cdef Centre centre
    cdef list kept

    def __dealloc__(self):
        centre_close(&self.centre)


cdef int read_shifts(Stage stage, dict given) except -1:
    """When agents come, go, and take breaks."""
    cdef World* world = &stage.world
    login, every, length = given["login_after"], given["break_every"], given["break_length"]
    stage.kept += [login, every, length]
    if (every is None) != (length is None):
        raise ValueError("break_every and break_length are given together, or neither")
    world.login = NULL if login is None else to_law(login, "login_after", False)
    world.break_every = NULL if every is None else to_law(every, "break_every", True)
    world.break_length = NULL if length is None else to_law(length, "break_length", True)
    world.keeps = bool(given["keeps_agents"])
    world.shift = to_number(given["shift_s"], "shift_s", 0.0, 1e9)
    return 0


cdef const double* to_pieces(Stage stage, object given, str name, double high) except? NULL:
    """Figures by pieces of the day; none: NULL."""
    cdef double[::1] column
    cdef int64_t parts = <int64_t> ceil(stage.world.opening / stage.world.piece)
    if given is None:
        return NULL
    figures = np.array(given, np.float64, order="C")
    if figures.shape != (parts,):
        raise ValueError(f"{name} has shape {figures.shape}; the day has {parts} pieces")
    if not ((figures >= 0) & (figures <= high)).all():
        raise ValueError(f"{name} is {figures.tolist()}; each can be 0 to {high:g}")
    stage.kept.append(figures)
    column = figures
    return &column[0]


cdef int read_pieces(Stage stage, dict given) except -1:
    """What differs from piece to piece of the day."""
    cdef World* world = &stage.world
    laws = [given["inbound_handle"], given["inbound_patience"]]
    stage.kept += laws
    world.factors = to_pieces(stage, given["answer_factors"], "answer_factors", 1e3)
    world.slowness = to_pieces(stage, given["slowness"], "slowness", 1e3)
    world.inbound_per_s = to_pieces(stage, given["inbound_per_s"], "inbound_per_s", 1e3)
    if world.slowness != NULL and min(given["slowness"]) <= 0:
        raise ValueError(f"slowness is {given['slowness']}; each must be above 0")
    if world.inbound_per_s != NULL:
        if None in laws:
            raise ValueError("inbound_per_s needs inbound_handle and inbound_patience")
        world.inbound_handle = to_law(laws[0], "inbound_handle", True)
        world.inbound_patience = to_law(laws[1], "inbound_patience", False)
    return 0


cdef Stage to_stage(dict given):
    """From the arguments of `predictive`, checked."""
    cdef Stage stage = Stage()
    cdef World* world = &stage.world
    contacts = given["contacts"]
    laws = [given[name] for name in ("ring", "no_answer", "engaged", "handle")]
    stage.kept = [*laws, contacts]
    world.agents = to_whole(given["agents"], "agents", 1, AGENTS_MAX)
    world.answer = to_number(given["answer"], "answer", 0.0, 1.0)
    world.ring = to_law(laws[0], "ring", True)
    world.no_answer = to_law(laws[1] or laws[0], "no_answer", True)
    world.engaged = to_law(laws[2] or laws[0], "engaged", True)
    world.handle = to_law(laws[3], "handle", True)
    world.contacts = NULL if contacts is None else to_law(contacts, "contacts", False)
    world.engaged_share = to_number(given["engaged_share"], "engaged_share", 0.0, 1.0)
    world.patience = to_number(given["patience_s"], "patience_s", 0.0, 1e6)
    world.opening = to_number(given["opening_s"], "opening_s", 1.0, 1e9)
    world.period = max(world.opening, to_number(given["period_s"], "period_s", 0.0, 1e9))
    world.piece = to_number(given["piece_s"], "piece_s", 1.0, 1e9)
    world.days = to_whole(given["days"], "days", 1, 100_000)
    world.choices = to_whole(given["choices"], "choices", 1, CHOICES_MAX)
    world.told = bool(given["told"])
    world.told_scale = to_number(given["told_scale"], "told_scale", 1e-3, 1e3)
    world.told_power = to_number(given["told_power"], "told_power", 0.0, 10.0)
    lines_max = given["lines_max"]
    if lines_max is None:
        lines_max = min(LINES_MAX, 100 * <int64_t> world.agents + 100)
    world.lines_max = to_whole(lines_max, "lines_max", 1, LINES_MAX)
    read_trouble(world, given["trouble"] or {})
    read_shifts(stage, given)
    read_pieces(stage, given)
    return stage


cdef object run_days(Stage stage, Dialer dialer, object seed, uint64_t first, int64_t count):
    cdef uint64_t seed_ = seed
    cdef int64_t days = stage.world.days
    cdef int64_t row, day
    cdef int failed
    cdef Tally tally
    cdef int64_t parts = <int64_t> ceil(stage.world.opening / stage.world.piece)
    integers = np.zeros((6, count, days), np.int64)
    seconds = np.zeros((3, count, days), np.float64)
    pieces = np.zeros((count, days, parts, 2), np.int32)
    cdef int64_t[:, :, ::1] integers_ = integers
    cdef double[:, :, ::1] seconds_ = seconds
    cdef int32_t[:, :, :, ::1] pieces_ = pieces
    if centre_reserve(&stage.centre, &stage.world):
        raise MemoryError(f"no memory for {stage.world.agents} agents and their lines")
    for row in range(count):
        centre_begin(&stage.centre, &dialer.policy, seed_, first + <uint64_t> row)
        for day in range(days):
            with nogil:
                failed = centre_run_day(&stage.centre, day, &tally, &pieces_[row, day, 0, 0])
            if failed:
                raise MemoryError("no memory for the events of a day")
            integers_[0, row, day] = tally.events
            integers_[1, row, day] = tally.dialed
            integers_[2, row, day] = tally.given_up
            integers_[3, row, day] = tally.most_lines
            seconds_[0, row, day] = tally.handling
            seconds_[1, row, day] = tally.present
            integers_[4, row, day] = tally.inbound
            integers_[5, row, day] = tally.inbound_abandoned
            seconds_[2, row, day] = tally.inbound_waited
            PyErr_CheckSignals()            # a long run can be interrupted
    return Runs(
        *integers[:4], *seconds[:2], pieces[..., 0], pieces[..., 1], *integers[4:], seconds[2]
    )


def predictive(
    Dialer dialer not None, *, agents, answer=0.0, Law ring not None, Law handle not None,
    Law no_answer=None, Law engaged=None, engaged_share=0.0, Law contacts=None, told=False,
    told_scale=1.0, told_power=1.0, choices=1, patience_s=0.0, opening_s, days=1,
    period_s=86_400.0, piece_s=900.0, lines_max=None, trouble=None, login_after=None, shift_s=0.0,
    break_every=None, break_length=None, keeps_agents=False, answer_factors=None, slowness=None,
    inbound_per_s=None, inbound_handle=None, inbound_patience=None, seed, first=0, count=1,
):
    """Simulate `count` replications of `days` days each.

    Streams `first` to `first + count - 1` of `seed` are used.

    `agents`: 1 to 10,000. `answer`: probability that a call is answered, unless `contacts` is a
    law that each contact's is drawn from; with `told`, the dialer knows it, and it chooses among
    the next `choices` contacts; what it is told of p is `told_scale` p ** `told_power`, as
    platforms err. `ring`: time until an answer; `no_answer`, `engaged`: until a call that is not
    answered ends, by `engaged_share` the latter; left out, as `ring`. `handle`: a call with its
    wrap-up. `patience_s`: how long a person who answered waits for an agent.

    Each day begins with idle agents, `period_s` after the one before (or as it closes), and dials
    for `opening_s`. Answers and abandoned calls are counted by `piece_s`. `lines_max`: how many can
    be in use at once; left out, 100 an agent and 100. `trouble`: what goes wrong each day, by the
    names in `TROUBLES`.

    Agents are there from the opening, unless `login_after` is a law, until the close, or for
    `shift_s`; `break_every` is a law of the time from coming to a break of `break_length`. Who is
    in a call goes after it; with `keeps_agents` an idle agent goes only while fewer lines ring than
    agents are idle, so that nobody is abandoned for a break. By piece of the day, shape (pieces,):
    `answer_factors` multiply probabilities of answers, `slowness` ringing times, and
    `inbound_per_s` people call in a second, who get idle agents by `inbound_handle` or wait, after
    those who were dialed, up to `inbound_patience`.

    The dialer keeps what it learned from day to day and forgets it before each replication.
    Gives `Runs`. Raises ValueError for what is out of range, RuntimeError for a dialer in use.
    """
    cdef Stage stage = to_stage({
        "agents": agents, "answer": answer, "ring": ring, "handle": handle,
        "no_answer": no_answer, "engaged": engaged, "engaged_share": engaged_share,
        "contacts": contacts, "told": told, "told_scale": told_scale,
        "told_power": told_power, "choices": choices, "patience_s": patience_s,
        "opening_s": opening_s, "days": days, "period_s": period_s, "piece_s": piece_s,
        "lines_max": lines_max, "trouble": trouble, "login_after": login_after,
        "shift_s": shift_s, "break_every": break_every, "break_length": break_length,
        "keeps_agents": keeps_agents, "answer_factors": answer_factors,
        "slowness": slowness, "inbound_per_s": inbound_per_s,
        "inbound_handle": inbound_handle, "inbound_patience": inbound_patience,
    })
    cdef uint64_t first_ = to_whole(first, "first", 0, (1 << 63) - 1)
    to_whole(seed, "seed", 0, (1 << 64) - 1)
    check_size(&stage.world, to_whole(count, "count", 1, 1 << 32))
    if dialer.policy.act == NULL:
        raise TypeError(f"{type(dialer).__name__} has no policy; derive from a class that has")
    check_memory(dialer, &stage.world)
    if dialer.busy:
        raise RuntimeError(f"this {type(dialer).__name__} is in use by another run")
    dialer.busy = True
    try:
        return run_days(stage, dialer, seed, first_, count)
    finally:
        dialer.busy = False
