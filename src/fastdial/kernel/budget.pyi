from typing import Final, Self, SupportsFloat, final

KINDS: Final[dict[str, int]]

EARNED_OF_CAP: Final[float]
RESERVES: Final[dict[str, tuple[float, float]]]
GUARDED_RESERVES: Final[dict[str, tuple[float, float]]]

@final
class RiskBudget:
    def __new__(
        cls,
        *,
        cap: SupportsFloat = 0.03,
        theta: SupportsFloat = 0.01,
        window: str = "life",
        window_s: SupportsFloat = 86_400.0,
        handicap: SupportsFloat = 0.0,
        gain: SupportsFloat = 0.05,
    ) -> Self: ...
    def next_window(self) -> None: ...
    def counted(
        self, abandoned: bool, *, to_come: SupportsFloat = 0.0, now_s: SupportsFloat = 0.0
    ) -> None: ...
    @property
    def theta(self) -> float: ...
    @property
    def spare(self) -> float: ...
