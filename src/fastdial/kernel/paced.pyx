# cython: language_level=3
"""A dialer of the simulated centre that is paced by what it learns: the Python face of `pacer`."""

from libc.stdint cimport uint32_t

import numpy as np

from fastdial.kernel._numbers cimport to_number
from fastdial.kernel.budget cimport LIFE, ROLLING, WINDOW
from fastdial.kernel.hazards cimport hazard_mean, hazard_open, hazard_set
from fastdial.kernel.pacer cimport (
    Pacer, pacer_act, pacer_begin, pacer_close, pacer_reserve, pacer_told,
)
from fastdial.kernel.variates cimport Law

from fastdial.kernel.budget import RESERVES as _RESERVES
from fastdial.kernel.variates import Stream

DRAWS = 400_000

WINDOWS = {"life": LIFE, "window": WINDOW, "rolling": ROLLING}


cdef double hour_cap_of(object given, str window) except -1.0:
    """0: none."""
    if given is None or (given == "by window" and window == "life"):
        return 0.0
    return to_number(0.05 if given == "by window" else given, "hour_cap", 1e-4, 0.5)


cdef object survival_of(Law law, list edges):
    drawn = np.sort(Stream(0).draws(law, DRAWS))
    return 1 - np.searchsorted(drawn, edges, side="right") / DRAWS


cdef class Paced(Dialer):
    """Dials by what it learned, and keeps the share of abandoned calls below `cap`.

    `agents_max`, `lines_max`: of the centre that it serves. `cap`: abandoned over answered calls.
    `window`: over what the cap is held: "life", each opening ("window"), or "rolling" over
    `window_s`. `handicap` + `handicap_per_agent` times agents: calls kept in reserve; left out, 4 +
    0.2, and 7 + 0.03 for life. `gain`: how fast the risk follows (see `budget`). `theta`, `answer`,
    `ring_s`, `handle_s`: what is believed at first. `legal_ring_s`: lines that rang so long may be
    given up; left out, none is.
    `hour_cap`: what no hour by the clock may pass, or None; left out, 0.05, and none for life.
    `hour_by_counts`: it is kept by counts alone, as sites do, which ask agents not to leave while
    lines count on them; else for agents who may leave at once lines are held back.
    `guard`: fall back to one line for each idle agent before the cap can be broken, as a campaign
    of a real centre does (`pace`); with contacts that are told, by that alone.
    `known`: laws (ring, no_answer, handle) instead of learning, and the centre's true probability.
    `choose`: among the centre's next contacts, where their probabilities are told (see
    `pacing.choose`); else in list order. `learn_levels`: of hours, and how far what is told of
    contacts can be believed (see `answer_levels`).
    """

    def __cinit__(
        self, *, agents_max, lines_max, cap=0.03, window="life", window_s=86_400.0, handicap=None,
        handicap_per_agent=None, gain=0.05, theta=0.01, answer=0.3, ring_s=15.0, handle_s=240.0,
        legal_ring_s=None, hysteresis=3.0, lines_factor=4.0, hour_cap="by window",
        hour_by_counts=False, known=None, choose=False, learn_levels=False, guard=False,
    ):
        cdef Pacer* pacer = &self.pacer
        pacer.lines_max = <uint32_t> to_number(lines_max, "lines_max", 1, 1_000_000)
        pacer.agents_max = <uint32_t> to_number(agents_max, "agents_max", 1, 10_000)
        if window not in WINDOWS:
            raise ValueError(f"window is {window!r}; it can be {', '.join(WINDOWS)}")
        pacer.budget.kind = WINDOWS[window]
        pacer.budget.piece_s = to_number(window_s, "window_s", 96, 1e9) / 96
        pacer.budget.gain = to_number(gain, "gain", 1e-4, 1)
        pacer.hour_cap = hour_cap_of(hour_cap, window)
        pacer.hour_by_counts = bool(hour_by_counts)
        pacer.cap = to_number(cap, "cap", 1e-4, 0.5)
        pacer.theta = to_number(theta, "theta", 1e-6, 0.5)
        base, each = _RESERVES["life" if window == "life" else "window"]
        pacer.handicap = to_number(base if handicap is None else handicap, "handicap", 0, 1e6)
        pacer.handicap_per_agent = to_number(
            each if handicap_per_agent is None else handicap_per_agent,
            "handicap_per_agent", 0, 100,
        )
        pacer.learned.prior_answer = to_number(answer, "answer", 1e-3, 1)
        pacer.prior_ring = to_number(ring_s, "ring_s", 0.1, 1e4)
        pacer.prior_handle = to_number(handle_s, "handle_s", 0.1, 1e6)
        pacer.legal_ring = -1.0 if legal_ring_s is None else to_number(
            legal_ring_s, "legal_ring_s", 0, 1e4
        )
        pacer.guard = bool(guard)
        pacer.hysteresis = to_number(hysteresis, "hysteresis", 1, 1e6)
        pacer.lines_factor = to_number(lines_factor, "lines_factor", 1, 1e6)
        pacer.choose = bool(choose)
        pacer.learns_levels = bool(learn_levels)
        pacer.learned.known = known is not None
        if known is not None:
            self.know(*known)
        if pacer_reserve(pacer):
            raise MemoryError(f"no memory for {lines_max} lines")
        self.policy.state = pacer
        self.policy.begin = pacer_begin
        self.policy.told = pacer_told
        self.policy.act = pacer_act
        self.policy.tick_s = 1.0
        self.agents_max = pacer.agents_max
        self.lines_max = pacer.lines_max

    def know(self, Law ring not None, Law no_answer not None, Law handle not None):
        cdef double[::1] survival
        hazard_open(&self.pacer.learned.answer, 1.0, 1.0, 500.0, 10, 5.0)
        hazard_open(&self.pacer.learned.silence, 1.0, 1.0, 500.0, 10, 5.0)
        hazard_open(&self.pacer.learned.handle, 3.0, 1.08, 500.0, 100, 5.0)
        edges = [self.pacer.learned.answer.edges[at] for at in range(65)]
        survival = survival_of(ring, edges)
        hazard_set(&self.pacer.learned.answer, &survival[0])
        survival = survival_of(no_answer, edges)
        hazard_set(&self.pacer.learned.silence, &survival[0])
        survival = survival_of(handle, [self.pacer.learned.handle.edges[at] for at in range(65)])
        hazard_set(&self.pacer.learned.handle, &survival[0])

    def __dealloc__(self):
        pacer_close(&self.pacer)

    @property
    def learned(self):
        """What is believed now, and the risk taken: by name."""
        cdef Pacer* pacer = &self.pacer
        return {
            "answer": pacer.learned.prior_answer * pacer.learned.rate.factor,
            "doubt": pacer.learned.rate.doubt,
            "handle_s": hazard_mean(&pacer.learned.handle),
            "ring_s": hazard_mean(&pacer.learned.answer),
            "theta": pacer.budget.theta,
            "spare": pacer.budget.spare,
            "decisions": pacer.decisions,
        }
