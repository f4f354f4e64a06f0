"""What pacing is held to, each cell and property a row: `ROWS` by group, measured by `measure`.

A row is measured at a scale: 1 is the full length of runs, 0.01 what a test can wait for.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from benchmarks.pacing import peers_table
from benchmarks.pacing.contacts_optimum import load as load_known
from benchmarks.pacing.methods import CELLS, GIVING_UP, OURS, Cell, methods
from benchmarks.pacing.optimum import load as load_optima
from benchmarks.pacing.rings import CELLS as RINGS
from benchmarks.pacing.rings import optimum as best_of_rings
from benchmarks.pacing.rings import rule as rule_of_rings
from benchmarks.pacing.rows import Row
from benchmarks.pacing.rows import load as load_rows
from benchmarks.pacing.rows import measure as tuned
from benchmarks.pacing.rule import utilisation as of_the_rule
from benchmarks.pacing.worlds import DAY_S, HANDLE_S, TROUBLE, ours, stationary_s
from numpy.typing import NDArray

from fastdial.kernel.budget import RESERVES
from fastdial.kernel.variates import Law

CAP = 3.0
HOUR_CAP = 5.0
SEEDS = (1, 2, 3)
LEGAL_RING_S = 15.0
ANSWERED = 100_000
DAYS = 100
"""for each seed; with everything known, for the first alone"""
MONTH_DAYS = 90


def reserve(window: str) -> dict[str, float]:
    calls, per_agent = RESERVES[window]
    return {"handicap": calls, "handicap_per_agent": per_agent}


HANDICAPS: dict[str, dict[str, Any]] = {
    "day": {"window": "window", **reserve("window")},
    "rolling day": {"window": "rolling", **reserve("rolling day")},
    "rolling month": {
        "window": "rolling",
        "window_s": 30 * 86_400.0,
        **reserve("rolling month"),
    },
}
PUBLISHED = {
    (1, 0.1): (55.5, 55.6),
    (1, 0.3): (76.7, 76.7),
    (5, 0.1): (75.0, 75.5),
    (5, 0.3): (81.5, 81.8),
    (10, 0.1): (82.2, 82.4),
    (10, 0.2): (83.7, 84.0),
    (10, 0.3): (85.2, 85.4),
    (10, 0.5): (88.1, 88.3),
    (20, 0.1): (87.4, 88.0),
    (20, 0.2): (88.0, 88.5),
    (20, 0.3): (88.7, 89.2),
    (50, 0.2): (92.5, 93.2),
    (50, 0.3): (92.8, 93.5),
    (100, 0.2): (95.0, 95.8),
    (100, 0.3): (95.1, 96.0),
}
"""the newsvendor's utilisation in a lifelike world by agents and answers, where nobody waits and
where people wait two seconds: figures this project began with, tuned by hand and known to 0.3"""
CHOICES = (2, 5, 20)
CHOICE_NOISE = 0.1
"""of differences between runs, where there is nothing to win"""
SIZES = (5, 10, 20, 50, 100)
LOSS_ALLOWED = {5: 1.8, 10: 1.3}
PIECES = {"day": 32, "rolling day": 32, "rolling month": 32 * 30}

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Figure:
    """Ours beside what it is held to, in `unit`; `more_is_better` or less."""

    name: str
    ours: float
    peer: float
    peer_name: str
    unit: str
    slack: float = 0.0
    """by how much ours may fall behind"""
    more_is_better: bool = True
    count: int = 0
    """of windows that were judged; 0: of something else"""

    def as_json(self) -> dict[str, Any]:
        ahead = self.ours - self.peer if self.more_is_better else self.peer - self.ours
        counted = {"count": self.count} if self.count else {}
        return {
            "name": self.name,
            "ours": round(float(self.ours), 4),
            "peer": round(float(self.peer), 4),
            "peer_name": self.peer_name,
            "unit": self.unit,
            "ratio": round(float(ahead), 4),
            "goal": -self.slack,
            "met": bool(ahead >= -self.slack - 1e-9),
            **counted,
        }


Bar = Callable[[float], Iterable[Figure]]


def percent(runs: Any) -> tuple[float, float]:
    """Utilisation and the share abandoned of answered calls."""
    return (
        float(100 * runs.handling_s.sum() / runs.present_s.sum()),
        float(100 * runs.abandoned.sum() / max(runs.answered.sum(), 1)),
    )


def long_run(world: str, cell: tuple[int, float, float], scale: float, **given: Any) -> Any:
    """One opening in which some hundred thousand calls are answered."""
    agents, answer, patience_s = cell
    centre = {"opening_s": stationary_s(agents, ANSWERED * scale)} | given.pop("centre", {})
    return percent(ours(world, agents, answer, patience_s, centre=centre, **given)[0])


def where(*cell: float) -> str:
    return ".".join(f"{part:g}" for part in cell)


def stationary(cell: tuple[int, float, float], scale: float) -> Iterator[Figure]:
    """Beside the exact optimum."""
    best = 100 * load_optima()[cell].utilisation
    utilisation, abandoned = long_run("exponential", cell, scale)
    name = f"stationary/{where(*cell)}"
    yield Figure(f"{name}/utilisation", utilisation, best, "optimum", "%", 0.3)
    yield Figure(f"{name}/abandoned", abandoned, CAP, "cap", "%", 0.0, False)


def rule(cell: tuple[int, float, float], scale: float) -> Iterator[Figure]:
    """With all known and the best theta, in the chain of the optimum: exact, at any scale."""
    del scale
    best = 100 * load_optima()[cell].utilisation
    yield Figure(f"rule/{where(*cell)}", 100 * of_the_rule(*cell), best, "optimum", "%", 0.25)


def rings(cell: tuple[int, float], scale: float) -> Iterator[Figure]:
    """The same where lines ring for a while; beside it, what it wins to wait for an answer that is
    near. Exact, at any scale."""
    del scale
    name = f"rings/{where(*cell)}"
    waits = 100 * rule_of_rings(*cell)
    yield Figure(name, waits, 100 * best_of_rings(*cell), "optimum in steps", "%", 0.15)
    without = 100 * rule_of_rings(*cell, waits=False)
    yield Figure(f"{name}/waiting", waits, without, "without waiting", "%", 0.01)


def lifelike(cell: tuple[int, float, float], scale: float) -> Iterator[Figure]:
    """Beside the newsvendor rule that knows all laws and is tuned to the cap in the same world,
    with the same chances: another seed's handle times alone can be worth 0.2 points."""
    newsvendor = next(one for one in methods() if one.name == "newsvendor, knowing")
    as_long = stationary_s(cell[0], ANSWERED * scale) * cell[0] / HANDLE_S
    row = tuned(newsvendor, Cell("lognormal", *cell), as_long, seed=SEEDS[0])
    plain, abandoned = long_run("lifelike", cell, scale, seed=SEEDS[0])
    giving, _ = long_run("lifelike", cell, scale, seed=SEEDS[0], legal_ring_s=LEGAL_RING_S)
    name = f"lifelike/{where(*cell)}"
    yield Figure(
        f"{name}/utilisation", plain, 100 * row.utilisation, "newsvendor, knowing, tuned", "%"
    )
    yield Figure(
        f"{name}/as published", plain, PUBLISHED[cell[:2]][int(cell[2] > 0)],
        "newsvendor, tuned by hand to 3.0 +- 0.3 %, design notes", "%", 0.3,
    )  # fmt: skip
    yield Figure(f"{name}/abandoned", abandoned, CAP, "cap", "%", 0.0, False)
    yield Figure(
        f"{name}/giving up", giving, plain, "without", "%",
        -3.0 if cell[:2] == (10, 0.1) else 0.0,
    )  # fmt: skip


def told(answer: float, scale: float) -> Iterator[Figure]:
    """Calibrated probabilities of contacts, beside their mean alone; in list order."""
    law = Law.beta(answer, answer / 2)
    cell = (10, answer, 0.0)
    means = [
        np.mean(
            [
                long_run(
                    "lifelike", cell, scale, seed=seed, centre={"contacts": law, "told": told}
                )[0]
                for seed in SEEDS
            ]
        )
        for told in (True, False)
    ]
    yield Figure(f"told/{where(10, answer)}", means[0], means[1], "mean alone", "%", -0.5)
    best = load_known()[10, answer, 1] - load_optima()[10, answer, 0.0].utilisation
    yield Figure(
        f"told/{where(10, answer)}/gain", float(means[0] - means[1]), 100 * best,
        "the best, of contacts of two kinds in the exponential world", "%", 0.1,
    )  # fmt: skip


def levels(answer: float, scale: float) -> Iterator[Figure]:
    """Probabilities that a platform tells too flat and too high, and how far they are believed is
    learned; beside their mean alone, what was told at its face, and the truth."""
    contacts = {"contacts": Law.beta(answer, answer / 2)}
    wrong = {"told": True, "told_scale": 0.8, "told_power": 0.3}
    found = [
        np.mean(
            [
                long_run(
                    "lifelike", (10, answer, 0.0), scale, seed=seed, learn_levels=learns,
                    centre=contacts | told,
                )[0]
                for seed in SEEDS[:2]
            ]
        )
        for told, learns in (
            (wrong, True), ({"told": False}, False), (wrong, False), ({"told": True}, False),
        )
    ]  # fmt: skip
    name = f"levels/{where(10, answer)}"
    yield Figure(f"{name}/beside none", found[0], found[1], "mean alone", "%", -0.3)
    yield Figure(f"{name}/beside its face", found[0], found[2], "as told", "%")
    yield Figure(f"{name}/beside the truth", found[0], found[3], "true ones", "%", 0.2)


def hours(agents: int, scale: float) -> Iterator[Figure]:
    """Answers that differ from hour to hour, learned over days beside followed as they come."""
    factors = np.repeat([0.3, 1.0, 1.8, 0.5, 1.0, 2.0, 0.4, 1.0], 4)
    found = [
        np.mean(
            [
                percent(
                    ours(
                        "lifelike", agents, 0.2, 0.0, seed=seed, window="window",
                        learn_levels=learns,
                        centre={"days": max(int(30 * scale), 2), "answer_factors": factors},
                    )[0]
                )[0]
                for seed in SEEDS
            ]
        )
        for learns in (True, False)
    ]  # fmt: skip
    with_levels, without = map(float, found)
    yield Figure(f"levels/hours/{agents}", with_levels, without, "without", "%", 0.2)


def choice(cell: tuple[int, float, float], scale: float) -> Iterator[Figure]:
    """Which contact to dial among the next few, beside list order; all are told, none is left out.

    The choices stay as many, and the oldest is put off for a while only, so that contacts dialed
    are as likely to answer as those of the list: that is held as well.
    """
    agents, answer, patience_s = cell
    law = Law.beta(answer, answer / 2)
    found: dict[int, list[tuple[float, float]]] = {}
    for choices in (1, *CHOICES):
        for seed in SEEDS[:2]:
            runs, _ = ours(
                "lifelike", agents, answer, patience_s, seed=seed, choose=choices > 1,
                centre={
                    "contacts": law, "told": True, "choices": choices,
                    "opening_s": stationary_s(agents, ANSWERED * scale),
                },
            )  # fmt: skip
            share = 100 * float(runs.answered.sum() / runs.dialed.sum())
            found.setdefault(choices, []).append((percent(runs)[0], share))
    means = {choices: np.mean(runs, axis=0) for choices, runs in found.items()}
    for choices in CHOICES:
        name = f"choice/{where(agents, answer)}/{choices}"
        yield Figure(
            f"{name}/utilisation", means[choices][0], means[1][0], "list order", "%", CHOICE_NOISE
        )
        off = abs(means[choices][1] - 100 * answer)
        yield Figure(f"{name}/answers off", off, 0.0, "those of the list", "%", 0.1, False)


def shares(answered: Floats, abandoned: Floats, pieces: int) -> Floats:
    """Percent abandoned in each rolling window of so many pieces, or all there is of one."""
    ones = np.ones(min(pieces, len(answered)))
    whole = np.convolve(answered, ones, "valid")
    return np.asarray(100 * np.convolve(abandoned, ones, "valid") / np.maximum(whole, 1))


def by_window(runs: Any, window: str) -> Floats:
    """Of a replication of days: percent abandoned by day, or at each quarter of an hour."""
    answered, abandoned = (part[0].astype(float) for part in (runs.answered, runs.abandoned))
    if window == "day":
        return np.asarray(100 * abandoned.sum(1) / np.maximum(answered.sum(1), 1))
    return shares(answered.ravel(), abandoned.ravel(), PIECES[window])


def worst_hour(runs: Any) -> float:
    hours = [part[0].reshape(-1, 8, 4).sum(2) for part in (runs.answered, runs.abandoned)]
    return float(100 * (hours[1] / np.maximum(hours[0], 1)).max())


def cap(
    window: str, cell: tuple[int, float, float], legal_ring_s: float | None, scale: float
) -> Iterator[Figure]:
    """Days with all disturbances together, beside the same with everything known."""
    agents, answer, patience_s = cell
    days = max(int((MONTH_DAYS if window == "rolling month" else DAYS) * scale), 2)
    found: dict[bool, list[tuple[Floats, float, float]]] = {False: [], True: []}
    for known, parts in found.items():
        for seed in SEEDS if window == "day" and not known else SEEDS[:1]:
            runs, _ = ours(
                "lifelike", agents, answer, patience_s, known=known, seed=seed,
                centre={"days": days, "trouble": TROUBLE, "opening_s": DAY_S},
                legal_ring_s=legal_ring_s, **HANDICAPS[window],
            )  # fmt: skip
            parts.append((by_window(runs, window), percent(runs)[0], worst_hour(runs)))
    name = f"{window}/{where(*cell)}{'' if legal_ring_s is None else '/giving up'}"
    all_shares = np.concatenate([part[0] for part in found[False]])
    over = 100 * float((all_shares > CAP + 1e-9).mean())
    count = len(all_shares)
    yield Figure(f"{name}/over 3.0", over, 0.0, "1 of 300", "% of windows", 1 / 3, False, count)
    yield Figure(f"{name}/worst", float(all_shares.max()), 3.2, "limit", "%", 0.0, False)
    yield Figure(
        f"{name}/utilisation", found[False][0][1], found[True][0][1], "known", "%",
        LOSS_ALLOWED.get(agents, 1.0),
    )  # fmt: skip
    hour = max(part[2] for part in found[False])
    yield Figure(f"{name}/worst hour", hour, HOUR_CAP, "limit", "%", 0.0, False)


def by_size(rows: Iterable[dict[str, Any]]) -> Iterator[Figure]:
    """Of rows of cells: each number of agents and window as a whole, as the cap is meant."""
    cells: dict[str, dict[str, dict[str, Any]]] = {}
    for row in rows:
        cell, _, what = row["name"].rpartition("/")
        cells.setdefault(cell, {})[what] = row
    for window in HANDICAPS:
        for agents in SIZES:
            whole = [
                found
                for cell, found in cells.items()
                if cell.startswith(f"{window}/{agents}.") and "count" in found["over 3.0"]
            ]
            if whole:
                yield from together(f"{window}/{agents}", whole)


def together(name: str, cells: list[dict[str, dict[str, Any]]]) -> Iterator[Figure]:
    count = sum(cell["over 3.0"]["count"] for cell in cells)
    over = sum(cell["over 3.0"]["count"] * cell["over 3.0"]["ours"] for cell in cells) / count
    worst, hour = (max(cell[what]["ours"] for cell in cells) for what in ("worst", "worst hour"))
    agents = int(name.rpartition("/")[2])
    yield Figure(f"{name}/over 3.0", over, 0.0, "1 of 300", "% of windows", 1 / 3, False, count)
    yield Figure(f"{name}/worst", worst, 3.2, "limit", "%", 0.0, False)
    ours_, known = (
        float(np.mean([cell["utilisation"][side] for cell in cells])) for side in ("ours", "peer")
    )
    yield Figure(f"{name}/utilisation", ours_, known, "known", "%", LOSS_ALLOWED.get(agents, 1.0))
    yield Figure(f"{name}/worst hour", hour, HOUR_CAP, "limit", "%", 0.0, False)


def hour_cap(cell: tuple[int, float, float], scale: float) -> Iterator[Figure]:
    """What it costs that no hour is above 5 %: not a bar, a price."""
    days = max(int(DAYS * scale), 2)
    held, free = (
        ours(
            "lifelike", *cell, hour_cap=hour_cap, window="window",
            centre={"days": days, "trouble": TROUBLE, "opening_s": DAY_S},
        )[0]
        for hour_cap in (HOUR_CAP / 100, None)
    )  # fmt: skip
    name = f"hour cap/{where(*cell)}"
    yield Figure(f"{name}/utilisation", percent(held)[0], percent(free)[0], "without", "%", 100.0)
    yield Figure(
        f"{name}/worst hour", worst_hour(held), worst_hour(free), "without", "%", 0.0, False
    )


def runaway(agents: int, scale: float) -> Iterator[Figure]:
    """Waves of lines whose answers come before their ends without one: a day from wrong priors."""
    runs, _ = ours(
        "lifelike", agents, 0.1, 0.0, window="window",
        centre={"opening_s": max(DAY_S * scale, 1_800.0)},
    )  # fmt: skip
    name = f"runaway/{agents}"
    yield Figure(f"{name}/abandoned", percent(runs)[1], CAP, "cap", "%", 0.0, False)
    lines = float(runs.most_lines.max())
    yield Figure(f"{name}/lines", lines / agents, 20.0, "2 / p", "lines/agent", 0.0, False)


def peers(cell: Cell, scale: float) -> Iterator[Figure]:
    """Beside the best of all others that keep to the cap in that cell, as `make yardsticks` found.

    All are tuned to the cap there. Those that are given true laws or answer rates in advance stand
    by themselves; giving lines up after the legal ring time is what only ours can do.
    """
    told = {method.name: method.told for method in methods()}
    kept = {row.method: row for row in load_rows(peers_table.FILE) if row.cell == cell}
    within = [kept[name] for name in told if kept[name].abandonment <= CAP / 100 + 0.0002]
    name = f"peers/{cell.world}.{where(cell.agents, cell.answer, cell.patience_s)}"
    for what, mine, others in (
        ("told nothing", OURS, [row for row in within if not told[row.method]]),
        ("told the laws", OURS, [row for row in within if told[row.method]]),
        ("giving up", GIVING_UP, within),
    ):
        best = max(others, key=by_utilisation)
        ours = 100 * kept[mine].utilisation
        yield Figure(f"{name}/{what}", ours, 100 * best.utilisation, best.method, "%")


def by_utilisation(row: Row) -> float:
    return row.utilisation


def groups() -> dict[str, list[Bar]]:
    """The bars by group."""
    few = [(n, p, w) for n in SIZES for p in (0.1, 0.2, 0.3) for w in (0.0, 2.0)]
    life = sorted(
        (row.cell.agents, row.cell.answer, row.cell.patience_s)
        for row in load_rows(peers_table.FILE)
        if row.method == "newsvendor, knowing" and row.cell.world == "lifelike"
    )
    return {
        "stationary": [partial(stationary, cell) for cell in load_optima()],
        "rings": [partial(rings, cell) for cell in RINGS],
        "rule": [partial(rule, cell) for cell in load_optima() if 1 < cell[0] <= 50],
        "lifelike": [partial(lifelike, cell) for cell in life],
        "peers": [partial(peers, cell) for cell in CELLS],
        "told": [partial(told, answer) for answer in (0.1, 0.2, 0.3)],
        "levels": [
            *(partial(levels, answer) for answer in (0.1, 0.2, 0.3)),
            *(partial(hours, agents) for agents in (10, 50)),
        ],
        "choice": [
            partial(choice, (agents, answer, 0.0))
            for agents in (5, 10, 20, 50)
            for answer in (0.1, 0.2, 0.3)
        ],
        **{
            window: [
                partial(cap, window, cell, legal) for cell in few for legal in (None, LEGAL_RING_S)
            ]
            for window in HANDICAPS
        },
        "hour cap": [partial(hour_cap, cell) for cell in few if cell[2] == 0.0],
        "runaway": [partial(runaway, agents) for agents in (50, 100, 300, 1_000)],
    }
