"""Abandonment from a list of all calls, looked through from end to end."""

from datetime import UTC, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

DAY_MS = 86_400_000


class AbandonmentTwin:
    def __init__(self, window: str, zone: str) -> None:
        self.window = window
        self.zone = ZoneInfo(zone)
        self.calls: list[tuple[int, bool]] = []

    def _label(self, at: int) -> str:
        local = datetime.fromtimestamp(at / 1_000, tz=UTC).astimezone(self.zone)
        return local.strftime("%Y-%m-%d" if self.window == "calendar_day" else "%Y-%m")

    def figure(self, at: int, slack_ms: int = 0) -> tuple[int, int]:
        """Abandoned and answered in the window at ``at``; of a rolling one, that much longer."""
        match self.window:
            case "campaign_life":
                mine = self.calls
            case "calendar_day" | "calendar_month":
                mine = [call for call in self.calls if self._label(call[0]) == self._label(at)]
            case _:
                length_ms = (1 if self.window == "rolling_24h" else 30) * DAY_MS + slack_ms
                mine = [call for call in self.calls if call[0] > at - length_ms]
        return sum(abandoned for _, abandoned in mine), len(mine)

    def highest(self, before: int) -> Fraction:
        """Of the calendar windows that were over when ``before`` began."""
        labels = {self._label(at) for at, _ in self.calls} - {self._label(before)}
        rates = [Fraction(0)]
        for label in sorted(labels):
            mine = [abandoned for at, abandoned in self.calls if self._label(at) == label]
            rates.append(Fraction(sum(mine), len(mine)))
        return max(rates)
