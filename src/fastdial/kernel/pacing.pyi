from typing import NamedTuple, Self, SupportsFloat, SupportsIndex, final

from numpy.typing import ArrayLike

from fastdial.kernel.hazards import HazardLaw

class Decision(NamedTuple):
    launch: int
    give_up: list[int]
    overflow: float
    accepted: float
    overflow_after: float
    accepted_after: float
    soon: float
    free: int
    moments_s: list[float]
    answers: list[float]
    ends: list[float]

def choose(chances: ArrayLike, *, free: SupportsIndex, passed: SupportsIndex = 0) -> int: ...

@final
class Forecast:
    def __new__(
        cls,
        answer: HazardLaw,
        silence: HazardLaw,
        handle: HazardLaw,
        *,
        patience_s: SupportsFloat = 0.0,
    ) -> Self: ...
    def refresh(self) -> None: ...
    def decide(
        self,
        *,
        idle: SupportsIndex,
        waiting: SupportsIndex = 0,
        ages_s: ArrayLike,
        answers: ArrayLike,
        busy_s: ArrayLike,
        answer: SupportsFloat,
        theta: SupportsFloat,
        most: SupportsIndex = 1_000_000,
        doubt: SupportsFloat = 0.0,
        legal_ring_s: float | None = None,
        hysteresis: SupportsFloat = 3.0,
    ) -> Decision: ...
