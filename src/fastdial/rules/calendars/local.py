"""Instants as people read them in a zone, with the offset that tells two like labels apart."""

from collections.abc import Iterable
from datetime import date

from fastdial.rules.windows.clocks import DAY_S, clock
from fastdial.rules.windows.layers import EPOCH_DAY

_TIMES = [f"T{minute // 60:02d}:{minute % 60:02d}" for minute in range(1_440)]


class LocalTimes:
    """The local times of one zone (SL-8)."""

    __slots__ = ("_clock",)

    def __init__(self, zone: str) -> None:
        """``zone``: one that IANA knows."""
        self._clock = clock(zone)

    def day(self, at: int) -> str:
        """The local day of an instant (ms), as ``2026-10-25``."""
        at_s = at // 1_000
        number = (at_s + self._clock.segment(at_s)[0]) // DAY_S
        return date.fromordinal(number + EPOCH_DAY).isoformat()

    def texts(self, instants: Iterable[int]) -> list[str]:
        """Each instant (ms) as ``2026-10-25T02:30+01:00``."""
        found: list[str] = []
        until_s, midnight_s, end_s = 0, 0, -1
        day = offset_text = ""
        for at in instants:
            at_s = at // 1_000
            if not midnight_s <= at_s < min(until_s, end_s):
                offset, until_s = self._clock.segment(at_s)
                number = (at_s + offset) // DAY_S
                midnight_s, end_s = number * DAY_S - offset, (number + 1) * DAY_S - offset
                day = date.fromordinal(number + EPOCH_DAY).isoformat()
                offset_text = _offset_text(offset)
            found.append(f"{day}{_TIMES[(at_s - midnight_s) // 60]}{offset_text}")
        return found


def _offset_text(offset_s: int) -> str:
    sign = "-" if offset_s < 0 else "+"
    hours, rest = divmod(abs(offset_s), 3_600)
    minutes, seconds = divmod(rest, 60)
    return f"{sign}{hours:02d}:{minutes:02d}" + (f":{seconds:02d}" if seconds else "")
