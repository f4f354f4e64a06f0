"""Limits on calls: how many at once, and how many launched in a second (rule CA-13)."""

from typing import Annotated

from msgspec import Meta

from fastdial.messages.base import Settings


class CallLimits(Settings, frozen=True):
    """What one site, campaign, caller id or trunk may do; none = no limit."""

    calls: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    """at once, from the dial request to the end of the call"""
    launches_per_s: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    """in any second, wherever it begins; counted from when the limit is set"""


LineName = Annotated[str, Meta(min_length=1, max_length=64)]


class SiteLimits(Settings, frozen=True):
    """Limits that campaigns share. Each holds for itself; the campaign's own come on top."""

    site: CallLimits = CallLimits()
    each_caller_id: CallLimits = CallLimits()
    """of every caller id that is not named in ``caller_ids``"""
    caller_ids: Annotated[dict[LineName, CallLimits], Meta(max_length=100_000)] = {}
    each_trunk: CallLimits = CallLimits()
    """of every trunk that is not named in ``trunks``"""
    trunks: Annotated[dict[LineName, CallLimits], Meta(max_length=10_000)] = {}
