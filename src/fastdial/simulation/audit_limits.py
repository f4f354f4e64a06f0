"""The auditor's own books of calls at once and launches in a second (rule CA-13)."""

from collections import Counter, deque

from fastdial.messages.events import DialRequested
from fastdial.messages.limits import CallLimits
from fastdial.messages.settings import CampaignSettings, SiteConfig


class LimitsAudit:
    """Counts launches and ends, and says which limit a launch broke."""

    def __init__(self, config: SiteConfig) -> None:
        self._config = config
        self._calls: Counter[tuple[str, str]] = Counter()
        self._places: dict[int, tuple[tuple[str, str], ...]] = {}
        self._launches: dict[tuple[str, str], deque[int]] = {}

    def configure(self, config: SiteConfig) -> None:
        """Limits on launches count from when they are set."""
        self._config = config
        self._launches.clear()

    def begin(self, event: DialRequested, settings: CampaignSettings) -> str | None:
        """A launch; the sentence is about the limit that it broke, if it did."""
        shared = self._config.limits
        limits = {
            ("site", ""): shared.site,
            ("campaign", event.campaign_id): settings.limits,
        }
        if event.caller_id:
            one = shared.caller_ids.get(event.caller_id, shared.each_caller_id)
            limits["caller id", event.caller_id] = one
        if event.trunk:
            limits["trunk", event.trunk] = shared.trunks.get(event.trunk, shared.each_trunk)
        self._places[event.call_id] = tuple(limits)
        self._calls.update(limits.keys())
        broken = None
        for place, limit in limits.items():
            broken = self._broken(place, limit, event.at) or broken
        return broken

    def _broken(self, place: tuple[str, str], limit: CallLimits, at: int) -> str | None:
        recent = self._launches.setdefault(place, deque())
        recent.append(at)
        while recent[0] <= at - 1_000:
            recent.popleft()
        if limit.calls is not None and self._calls[place] > limit.calls:
            return f"{place} has {self._calls[place]} calls; {limit.calls} are allowed (CA-13)"
        if limit.launches_per_s is not None and len(recent) > limit.launches_per_s:
            return f"{place} launched {len(recent)} in a second; {limit} (CA-13)"
        return None

    def end(self, call_id: int) -> None:
        """A call is over."""
        self._calls.subtract(self._places.pop(call_id))
