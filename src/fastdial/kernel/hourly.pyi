from typing import Self, SupportsFloat, SupportsIndex, final

@final
class HourGuard:
    def __new__(cls, *, cap: SupportsFloat = 0.05) -> Self: ...
    def counted(self, abandoned: bool, *, now_s: SupportsFloat) -> None: ...
    def may_lose(
        self, *, now_s: SupportsFloat, rate: SupportsFloat, closes_at_s: SupportsFloat
    ) -> int: ...
    def lines(
        self,
        *,
        free: SupportsIndex,
        ringing: SupportsIndex,
        chance: SupportsFloat,
        may_lose: SupportsFloat,
        rate: SupportsFloat,
        answers: SupportsFloat,
        ends: SupportsFloat,
    ) -> int: ...
