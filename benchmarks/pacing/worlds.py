"""The two worlds, what goes wrong in them, and a run of ours in a cell."""

from typing import Any

from fastdial.kernel.paced import Paced
from fastdial.kernel.predictive import Runs, predictive
from fastdial.kernel.variates import Law

HOUR_S = 3600.0
DAY_S = 8 * HOUR_S
HANDLE_S = 180.0
WORLDS: dict[str, dict[str, Law]] = {
    "exponential": {
        "ring": Law.exponential(12),
        "no_answer": Law.exponential(12),
        "handle": Law.exponential(HANDLE_S),
    },
    "lifelike": {
        "ring": Law.uniform(4, 20),
        "no_answer": Law.constant(25),
        "handle": Law.lognormal(HANDLE_S, 1.2),
    },
}
TROUBLE = {
    "sway": 0.6,  # answers follow a sine of this height over two hours
    "jumps_per_h": 0.5,  # and go to a half, once or twice what they were, four times a day
    "jump_s": 60.0,
    "lunch_share": 0.5,
    "lunch_s": 1_800.0,
    "slow_factor": 1.5,
    "slow_s": 3_600.0,
    "dry_s": 600.0,
}
"""all at once, each day at other times"""


def ours(
    world: str,
    agents: int,
    answer: float,
    patience_s: float,
    *,
    known: bool = False,
    seed: int = 1,
    centre: dict[str, Any] | None = None,
    **settings: Any,
) -> tuple[Runs, dict[str, float]]:
    """A run of `Paced`, beginning with wrong priors, or with all laws and answers `known`.

    `centre`: further arguments of `predictive`; `settings`: of `Paced`.
    """
    laws = WORLDS[world]
    lines_max = 50 * agents + 100
    if known:
        settings["known"] = (laws["ring"], laws["no_answer"], laws["handle"])
    dialer = Paced(agents_max=agents, lines_max=lines_max, **settings)
    given: dict[str, Any] = {"opening_s": DAY_S, **laws} | (centre or {})
    runs = predictive(
        dialer,
        agents=agents,
        answer=answer,
        patience_s=patience_s,
        lines_max=lines_max,
        seed=seed,
        **given,
    )
    return runs, dialer.learned


def stationary_s(agents: int, answered: float) -> float:
    """How long about so many calls take to be answered, by busy agents."""
    return answered * HANDLE_S / (0.85 * agents)
