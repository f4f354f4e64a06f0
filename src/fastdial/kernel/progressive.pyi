from typing import Final, NamedTuple, SupportsFloat, SupportsIndex

import numpy as np
from numpy.typing import NDArray

from fastdial.kernel.variates import Law

AGENTS_MAX: Final = 1_000_000
CALLS_MAX: Final = 1e10

class Runs(NamedTuple):
    events: NDArray[np.int64]
    dialed: NDArray[np.int64]
    answered: NDArray[np.int64]
    handling: NDArray[np.float64]
    utilisation: NDArray[np.float64]

def progressive(
    *,
    agents: SupportsIndex,
    answer: SupportsFloat,
    ring: Law,
    handle: Law,
    end: SupportsFloat,
    seed: SupportsIndex,
    start: SupportsFloat = 0.0,
    first: SupportsIndex = 0,
    count: SupportsIndex = 1,
) -> Runs: ...
