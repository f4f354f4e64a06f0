"""How many calls are up, how many were launched in the last second, and how many may be (CA-13)."""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from fastdial.engine.records import Call, Campaign
from fastdial.messages.limits import CallLimits
from fastdial.messages.settings import SiteConfig

SECOND_MS = 1_000

_OF = ("site", "campaign", "caller_id", "trunk")


class Bound(NamedTuple):
    """A limit that holds for the launches of a campaign."""

    of: Literal["site", "campaign", "caller_id", "trunk"]
    name: str
    limits: CallLimits

    @property
    def key(self) -> str:
        """Under which its launches are counted."""
        return f"{self.of}:{self.name}"


class Reached(NamedTuple):
    """A limit that leaves no room for another launch now."""

    bound: Bound
    what: Literal["calls", "launches_per_s"]
    allowed: int
    until: int | None
    """the instant from which it leaves room by itself; none: when a call ends"""

    @property
    def values(self) -> dict[str, str | int]:
        """What was looked at, for programs."""
        values: dict[str, str | int] = {
            "limit": f"{self.bound.of}.{self.what}",
            "name": self.bound.name,
            "allowed": self.allowed,
        }
        return values if self.until is None else {**values, "until": self.until}


class LaunchBook:
    """Calls that are up and launches of the last second, by whose they are.

    Calls are an index over the records; ``launched`` is a part of them.
    """

    __slots__ = ("_bounds", "_calls", "_launched")

    def __init__(self, launched: dict[str, list[int]]) -> None:
        self._launched = launched
        self._calls: dict[str, dict[str, int]] = {of: {} for of in _OF}
        """by what is limited and its name"""
        self._bounds: dict[str, tuple[Bound, ...]] = {}

    def set_bounds(self, config: SiteConfig, campaigns: Iterable[Campaign]) -> None:
        """The limits that hold from now on."""
        self._bounds = {
            campaign.campaign_id: bounds
            for campaign in campaigns
            if (bounds := tuple(_bounds(config, campaign)))
        }
        counted = {bound.key for bounds in self._bounds.values() for bound in bounds}
        for key in tuple(self._launched):
            if key not in counted:
                del self._launched[key]

    def set_bounds_of_newest(self, config: SiteConfig, campaign: Campaign) -> None:
        """A campaign is new, and nothing else has changed."""
        if bounds := tuple(_bounds(config, campaign)):
            self._bounds[campaign.campaign_id] = bounds

    def add(self, call: Call) -> None:
        """A call is up."""
        self._count_call(call, 1)

    def launch(self, call: Call) -> None:
        """A call is launched, and so is up."""
        self.add(call)
        for bound in self._bounds.get(call.campaign_id, ()):
            if bound.limits.launches_per_s is not None:
                recent = self._launched.setdefault(bound.key, [])
                while recent and recent[0] <= call.dialed_at - SECOND_MS:
                    del recent[0]
                recent.append(call.dialed_at)

    def remove(self, call: Call) -> None:
        """A call is over."""
        self._count_call(call, -1)

    def _count_call(self, call: Call, change: int) -> None:
        _count(self._calls["site"], "", change)
        _count(self._calls["campaign"], call.campaign_id, change)
        if call.caller_id:
            _count(self._calls["caller_id"], call.caller_id, change)
        if call.trunk:
            _count(self._calls["trunk"], call.trunk, change)

    def calls_of(self, campaign_id: str) -> int:
        """How many calls of the campaign are up."""
        return self._calls["campaign"].get(campaign_id, 0)

    def reached(self, campaign_id: str, now: int, *, own: int = 0) -> Reached | None:
        """The first limit that keeps the campaign from launching a call at ``now``.

        ``own``: 1 for a call that counts as up already, as its agent was connected first.
        """
        for bound in self._bounds.get(campaign_id, ()):
            calls, launches = bound.limits.calls, bound.limits.launches_per_s
            if calls is not None and self._calls[bound.of].get(bound.name, 0) - own >= calls:
                return Reached(bound, "calls", calls, None)
            if launches is not None:
                recent = self._launched.get(bound.key, ())
                if len(recent) >= launches and recent[-launches] > now - SECOND_MS:
                    until = recent[-launches] + SECOND_MS
                    return Reached(bound, "launches_per_s", launches, until)
        return None


def _count(calls: dict[str, int], name: str, change: int) -> None:
    left = calls.get(name, 0) + change
    if left:
        calls[name] = left
    else:
        del calls[name]


def _bounds(config: SiteConfig, campaign: Campaign) -> Iterator[Bound]:
    settings, shared = campaign.settings, config.limits
    caller_id, trunk = settings.caller_id, settings.trunk
    none = CallLimits()
    for bound in (
        Bound("site", "", shared.site),
        Bound("campaign", campaign.campaign_id, settings.limits),
        Bound("caller_id", caller_id, shared.caller_ids.get(caller_id, shared.each_caller_id)),
        Bound("trunk", trunk, shared.trunks.get(trunk, shared.each_trunk)),
    ):
        if bound.limits != none and (bound.name or bound.of == "site"):
            yield bound
