"""The site's time as a client sees it: told by the server, carried on by the client's clock."""

from collections.abc import Callable


class SiteTime:
    """Estimates the site's time between two tellings; never goes back.

    ``clock`` counts seconds and never goes back (`time.monotonic`).
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._told_at = clock()
        self._told_ms = 0
        self._said = 0
        self.speed = 1.0

    def tell(self, now: int, asked_at: float, speed: float | None = None) -> None:
        """The server said ``now`` to a question sent at ``asked_at`` on the client's clock.

        It is taken for the instant halfway between question and answer.
        """
        if speed is not None:
            self.speed = speed
        self._told_at = (asked_at + self._clock()) / 2
        self._told_ms = now

    def now(self) -> int:
        """The site's time, ms."""
        passed_ms = (self._clock() - self._told_at) * 1_000 * self.speed
        self._said = max(self._said, self._told_ms + int(passed_ms))
        return self._said
