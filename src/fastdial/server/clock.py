"""The site's time in a server."""

import time
from collections.abc import Callable


def wall_ms() -> int:
    """Milliseconds since the epoch by the machine's clock, which may be set back."""
    return time.time_ns() // 1_000_000


def steady_ms() -> float:
    """Milliseconds by a clock that nobody sets."""
    return time.monotonic_ns() / 1_000_000


class SiteClock:
    """Never goes back, and goes on from ``last``, the last instant that the site has seen.

    At ``speed`` 1 and without ``start`` it is the wall clock, or where that is behind ``last``
    (it was set back, or the site once ran fast) a steady clock that goes on from there.
    Otherwise a steady clock, ``speed`` times as fast, from ``start`` or from now.
    """

    def __init__(
        self,
        *,
        last: int = 0,
        speed: float = 1.0,
        start: int | None = None,
        wall: Callable[[], int] = wall_ms,
        steady: Callable[[], float] = steady_ms,
    ) -> None:
        self.speed = speed
        self._wall = wall
        self._steady = steady
        self._follows_wall = speed == 1.0 and start is None
        self._began = steady()
        if last:
            self._base = last if not self._follows_wall else max(last, wall())
        else:
            self._base = wall() if start is None else start
        self._said = self._base

    def now(self) -> int:
        """Milliseconds since the epoch."""
        if self._follows_wall:
            wall = self._wall()
            if wall >= self._said:
                self._said = wall
                return wall
        passed = int((self._steady() - self._began) * self.speed)
        self._said = max(self._said, self._base + passed)
        return self._said

    def seconds_until(self, instant: int) -> float:
        """How long, on the wall, until the site's time is ``instant``; 0 when it has passed."""
        return max(0.0, (instant - self.now()) / 1_000 / self.speed)
