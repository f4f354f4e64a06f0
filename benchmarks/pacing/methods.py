"""Ways of pacing, each with the one parameter that is tuned, and the worlds they are tried in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.pacing.building import peers

from fastdial.kernel.paced import Paced
from fastdial.kernel.predictive import Dialer, OneToOne, Runs, predictive
from fastdial.kernel.variates import Law

HANDLE_S = 180.0
DAY_S = 8 * 3_600.0
SEED = 20_261_127
LEGAL_RING_S = 15.0
OURS = "fastdial"
GIVING_UP = "fastdial, giving lines up"
WORLDS: dict[str, dict[str, Any]] = {
    # that of the exact optimum
    "exponential": {"ring": Law.exponential(12), "handle": Law.exponential(HANDLE_S)},
    # harder: ring times that are bounded, and lines that ring on where nobody answers
    "lifelike": {
        "ring": Law.uniform(4, 20),
        "no_answer": Law.constant(25),
        "handle": Law.exponential(HANDLE_S),
    },
    # and calls that last as those of real centres do
    "lognormal": {
        "ring": Law.uniform(4, 20),
        "no_answer": Law.constant(25),
        "handle": Law.lognormal(HANDLE_S, 1.2),
    },
}
TABLED = ("exponential", "lifelike")
"""the worlds in which all peers are tried"""


@dataclass(frozen=True)
class Cell:
    """A world and who works in it."""

    world: str
    agents: int
    answer: float
    patience_s: float

    @property
    def ring_s(self) -> float | tuple[float, float]:
        """As the newsvendor takes it."""
        return 12.0 if self.world == "exponential" else (4.0, 20.0)

    @property
    def setup_s(self) -> float:
        """How long a line is in use, on average."""
        return 12.0 if self.world == "exponential" else 12 * self.answer + 25 * (1 - self.answer)


CELLS = [
    Cell(world, agents, answer, patience_s)
    for world in TABLED
    for patience_s in (0.0, 2.0)
    for agents, answers in (
        (1, (0.1, 0.3)),
        (5, (0.1, 0.3)),
        (10, (0.1, 0.2, 0.3, 0.5)),
        (20, (0.1, 0.2, 0.3)),
        (50, (0.2, 0.3)),
        (100, (0.2, 0.3)),
    )
    for answer in answers
]


@dataclass(frozen=True)
class Method:
    """A way of pacing: how it is made for a cell, from what to what its parameter goes."""

    name: str
    make: Callable[[Cell, float], Dialer]
    low: float = 0.0
    high: float = 0.0
    """0: there is nothing to tune"""
    told: bool = False
    """it is given true ring or handle times, or the answer rate, in advance"""
    by_day: bool = False
    """its rule looks at the day so far, so it is tried in days of eight hours, not one long one"""


def methods() -> list[Method]:
    """All peers; the more of the parameter, the more calls are abandoned."""
    p = peers()
    return [
        Method("1:1", lambda cell, x: OneToOne()),
        Method("lines for each agent", lambda cell, x: p.FixedLines("agents", x), 0.01, 20.0),
        Method("lines for each idle agent", lambda cell, x: p.FixedLines("idle", x), 1.0, 40.0),
        Method("ringing + busy", lambda cell, x: p.FixedLines("ringing_and_busy", x), 1.0, 40.0),
        *(
            Method(f"VICIdial {guard}", vicidial(guard), 0.001, 0.3, by_day=True)
            for guard in ("hard_limit", "average", "tapered")
        ),
        # its drop limit off, and the highest level that keeps to the cap all the same
        Method("VICIdial by its highest level", vicidial_up_to, 1.0, 30.0, by_day=True),
        Method("Issabel", lambda cell, x: p.Issabel(12.0, HANDLE_S, 1 - x), 1e-9, 1.0, told=True),
        Method(
            "Issabel by answer rate",
            lambda cell, x: p.Issabel(12.0, HANDLE_S, 1 - x, cell.answer),
            1e-9,
            1.0,
            told=True,
        ),
        Method(
            "Fourati-Tabbane",
            lambda cell, x: p.FouratiTabbane(cell.answer, cell.setup_s, HANDLE_S, x, 1.0),
            0.01,
            2.0,
            told=True,
        ),
        Method(
            "Fourati-Tabbane under its limit",
            lambda cell, x: p.FouratiTabbane(cell.answer, cell.setup_s, HANDLE_S, 0.9, 0.03),
            told=True,
            by_day=True,
        ),
        Method(
            "newsvendor, learning",
            lambda cell, x: p.Newsvendor(x, cell.ring_s, HANDLE_S),
            1e-4,
            0.9,
            told=True,
        ),
        Method(
            "newsvendor, knowing",
            lambda cell, x: p.Newsvendor(x, cell.ring_s, HANDLE_S, cell.answer),
            1e-4,
            0.9,
            told=True,
        ),
    ]


def ours() -> list[Method]:
    """Ours, which begins with wrong priors; what little there is to tune is the cap it is told."""
    return [
        Method(OURS, lambda cell, x: paced(cell, x, None), 0.02, 0.045),
        Method(GIVING_UP, lambda cell, x: paced(cell, x, LEGAL_RING_S), 0.02, 0.045),
    ]


def paced(cell: Cell, cap: float, legal_ring_s: float | None) -> Dialer:
    """Without calls in reserve, as the cap is met by tuning here."""
    return Paced(
        agents_max=cell.agents, lines_max=lines_max(cell), cap=cap, legal_ring_s=legal_ring_s,
        handicap=0, handicap_per_agent=0,
    )  # fmt: skip


def lines_max(cell: Cell) -> int:
    return 300 * cell.agents + 1_000


def vicidial(guard: str) -> Callable[[Cell, float], Dialer]:
    def make(cell: Cell, limit: float) -> Dialer:
        made: Dialer = peers().Vicidial(guard, limit)
        return made

    return make


def vicidial_up_to(cell: Cell, level_max: float) -> Dialer:
    made: Dialer = peers().Vicidial("hard_limit", 1.0, level_max=level_max)
    return made


def run(
    dialer: Dialer, cell: Cell, answered: float, *, by_day: bool = False, seed: int = SEED
) -> Runs:
    """Long enough for about so many answered calls."""
    seconds = answered * HANDLE_S / cell.agents
    shape: dict[str, Any] = {"opening_s": seconds, "piece_s": seconds}
    if by_day:
        shape = {"opening_s": DAY_S, "piece_s": DAY_S, "days": max(1, round(seconds / DAY_S))}
    return predictive(
        dialer,
        agents=cell.agents,
        answer=cell.answer,
        patience_s=cell.patience_s,
        lines_max=lines_max(cell),
        seed=seed,
        **WORLDS[cell.world],
        **shape,
    )
