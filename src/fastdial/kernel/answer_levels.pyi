from typing import Final, NamedTuple, Self, SupportsFloat, SupportsIndex, final

import numpy as np
from numpy.typing import NDArray
from typing_extensions import Buffer

LISTS_MAX: Final = 65_536
FACTORS: Final[tuple[str, ...]]
NAMES: Final[dict[str, tuple[int, int]]]

class Factors(NamedTuple):
    factors: NDArray[np.float64]
    answers: NDArray[np.float64]
    expected: NDArray[np.float64]

@final
class AnswerLevels:
    def __new__(cls, *, prior: SupportsFloat = 0.3, half_life: SupportsFloat = 2_000.0) -> Self: ...
    def chance(
        self,
        *,
        list: SupportsIndex = 0,
        hour: SupportsIndex = 0,
        attempt: SupportsIndex = 1,
        kind: SupportsIndex = 0,
        told: SupportsFloat | None = None,
    ) -> float: ...
    def reasons(
        self,
        *,
        list: SupportsIndex = 0,
        hour: SupportsIndex = 0,
        attempt: SupportsIndex = 1,
        kind: SupportsIndex = 0,
        told: SupportsFloat | None = None,
    ) -> dict[str, float]: ...
    def dialed(
        self,
        now_s: SupportsFloat,
        *,
        list: SupportsIndex = 0,
        hour: SupportsIndex = 0,
        attempt: SupportsIndex = 1,
        kind: SupportsIndex = 0,
        told: SupportsFloat | None = None,
    ) -> int: ...
    def answered(self, serial: SupportsIndex) -> bool: ...
    def given_up(self, serial: SupportsIndex, still: SupportsFloat) -> bool: ...
    def tick(self, now_s: SupportsFloat) -> None: ...
    @property
    def pending(self) -> int: ...
    @property
    def nbytes(self) -> int: ...
    def factors(self, name: str, *, told: bool = False) -> Factors: ...
    def snapshot(self) -> bytes: ...
    @staticmethod
    def restore(snapshot: Buffer) -> AnswerLevels: ...
    def __sizeof__(self) -> int: ...
