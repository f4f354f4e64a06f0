from typing import Final, NamedTuple, SupportsFloat, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastdial.kernel.variates import Law

AGENTS_MAX: Final = 10_000
QUEUE_MAX: Final = 100_000
PERIODS_MAX: Final = 1_000
RATE_MAX: Final = 1_000.0

class BlendedRuns(NamedTuple):
    inbound: NDArray[np.int64]
    inbound_served: NDArray[np.int64]
    inbound_abandoned: NDArray[np.int64]
    late: NDArray[np.int64]
    tried: NDArray[np.int64]
    reached: NDArray[np.int64]
    outbound_served: NDArray[np.int64]
    outbound_abandoned: NDArray[np.int64]
    inbound_busy_s: NDArray[np.float64]
    inbound_present_s: NDArray[np.float64]
    blend_busy_s: NDArray[np.float64]
    blend_present_s: NDArray[np.float64]

def blended(
    *,
    period_s: SupportsFloat,
    inbound_per_s: ArrayLike,
    inbound_agents: ArrayLike,
    blend_agents: ArrayLike,
    reach: ArrayLike,
    patience: Law,
    handle: Law,
    outbound_patience: Law,
    outbound_handle: Law,
    busyness: Law | None = None,
    balk: SupportsFloat = 0.0,
    dial_from_s: SupportsFloat,
    dial_to_s: SupportsFloat,
    free_least: SupportsIndex = 1,
    lines_per_free: SupportsFloat = 1.0,
    queue_max: SupportsIndex = 1_000,
    late_s: SupportsFloat = 20.0,
    seed: SupportsIndex,
    first: SupportsIndex = 0,
    count: SupportsIndex = 1,
) -> BlendedRuns: ...
