"""What is kept of a campaign's abandonment; see `fastdial.rules.compliance.measure`."""

import msgspec


class Figure(msgspec.Struct, frozen=True, gc=False):
    """Abandoned calls and what they are a share of, in millionths of a call."""

    abandoned: int = 0
    base: int = 0

    @property
    def rate(self) -> float:
        """The share, 0 to 1; of nothing it is 0, or 1 where something was abandoned."""
        if self.base <= 0:
            return 1.0 if self.abandoned else 0.0
        return min(1.0, self.abandoned / self.base)


class Bucket(msgspec.Struct, array_like=True, gc=False):
    """Calls of a part of a rolling window."""

    begins_at: int
    abandoned: int
    base: int


class Measure(msgspec.Struct, gc=False):
    """What is counted of one campaign. Changed by `count` alone."""

    abandoned: int = 0
    """in the window at hand, or in a campaign's life"""
    base: int = 0
    window_ends_at: int | None = None
    """of a calendar window"""
    buckets: list[Bucket] = []
    """of a rolling window, the oldest first; those without calls are left out"""
    day: int | None = None
    """of a rolling window: the local day of the newest call, counted from 1970-01-01"""
    highest: Figure = Figure()
    """of any calendar window that is over, or of a rolling window at any of its calls"""
