from typing import Final, Self, SupportsFloat

from typing_extensions import disjoint_base

from fastdial.kernel.predictive import Dialer
from fastdial.kernel.variates import Law

DRAWS: Final = 400_000
WINDOWS: Final[dict[str, int]]

@disjoint_base
class Paced(Dialer):
    def __new__(
        cls,
        *,
        agents_max: SupportsFloat,
        lines_max: SupportsFloat,
        cap: SupportsFloat = 0.03,
        window: str = "life",
        window_s: SupportsFloat = 86_400.0,
        handicap: SupportsFloat | None = None,
        handicap_per_agent: SupportsFloat | None = None,
        gain: SupportsFloat = 0.05,
        theta: SupportsFloat = 0.01,
        answer: SupportsFloat = 0.3,
        ring_s: SupportsFloat = 15.0,
        handle_s: SupportsFloat = 240.0,
        legal_ring_s: SupportsFloat | None = None,
        hysteresis: SupportsFloat = 3.0,
        lines_factor: SupportsFloat = 4.0,
        hour_cap: SupportsFloat | str | None = "by window",
        hour_by_counts: bool = False,
        known: tuple[Law, Law, Law] | None = None,
        choose: bool = False,
        learn_levels: bool = False,
        guard: bool = False,
    ) -> Self: ...
    def know(self, ring: Law, no_answer: Law, handle: Law) -> None: ...
    @property
    def learned(self) -> dict[str, float]: ...
