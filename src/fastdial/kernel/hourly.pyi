from typing import Self, SupportsFloat, SupportsIndex, final

@final
class HourGuard:
    def __new__(cls, *, cap: SupportsFloat = 0.05) -> Self: ...
    def counted(self, abandoned: bool, *, now_s: SupportsFloat) -> None: ...
    def waits(self, *, now_s: SupportsFloat, pace: SupportsFloat) -> None: ...
    def heard(self) -> None: ...
    def left(self, *, now_s: SupportsFloat, here: SupportsIndex) -> None: ...
    def may_leave(self, *, now_s: SupportsFloat) -> float: ...
    def may_lose(
        self, *, now_s: SupportsFloat, rate: SupportsFloat, closes_at_s: SupportsFloat
    ) -> int: ...
    def lines(
        self,
        *,
        now_s: SupportsFloat,
        closes_at_s: SupportsFloat,
        free: SupportsIndex,
        ringing: SupportsIndex,
        chance: SupportsFloat,
        may_lose: SupportsFloat,
        rate: SupportsFloat,
        answers: SupportsFloat,
        ends: SupportsFloat,
        here: SupportsIndex = 0,
        is_new: bool = False,
        most: SupportsIndex = 1_000_000,
    ) -> int: ...
