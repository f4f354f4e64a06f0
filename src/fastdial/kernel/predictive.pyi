from typing import Final, NamedTuple, SupportsFloat, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray
from typing_extensions import disjoint_base

from fastdial.kernel.variates import Law

AGENTS_MAX: Final = 10_000
LINES_MAX: Final = 1_000_000
CHOICES_MAX: Final = 1_000
CALLS_MAX: Final = 1e10
TROUBLES: Final[dict[str, tuple[float, float]]]

class Runs(NamedTuple):
    events: NDArray[np.int64]
    dialed: NDArray[np.int64]
    given_up: NDArray[np.int64]
    most_lines: NDArray[np.int64]
    handling_s: NDArray[np.float64]
    present_s: NDArray[np.float64]
    answered: NDArray[np.int32]
    abandoned: NDArray[np.int32]
    inbound: NDArray[np.int64]
    inbound_abandoned: NDArray[np.int64]
    inbound_waited_s: NDArray[np.float64]

@disjoint_base
class Dialer: ...

class OneToOne(Dialer): ...

def predictive(
    dialer: Dialer,
    *,
    agents: SupportsIndex,
    answer: SupportsFloat = 0.0,
    ring: Law,
    handle: Law,
    no_answer: Law | None = None,
    engaged: Law | None = None,
    engaged_share: SupportsFloat = 0.0,
    contacts: Law | None = None,
    told: bool = False,
    told_scale: SupportsFloat = 1.0,
    told_power: SupportsFloat = 1.0,
    choices: SupportsIndex = 1,
    patience_s: SupportsFloat = 0.0,
    opening_s: SupportsFloat,
    days: SupportsIndex = 1,
    period_s: SupportsFloat = 86_400.0,
    piece_s: SupportsFloat = 900.0,
    lines_max: SupportsIndex | None = None,
    trouble: dict[str, float] | None = None,
    login_after: Law | None = None,
    shift_s: SupportsFloat = 0.0,
    break_every: Law | None = None,
    break_length: Law | None = None,
    keeps_agents: bool = False,
    answer_factors: ArrayLike | None = None,
    slowness: ArrayLike | None = None,
    inbound_per_s: ArrayLike | None = None,
    inbound_handle: Law | None = None,
    inbound_patience: Law | None = None,
    seed: SupportsIndex,
    first: SupportsIndex = 0,
    count: SupportsIndex = 1,
) -> Runs: ...
