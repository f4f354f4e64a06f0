"""Limits: what they keep from being launched, and how a refusal names them (rule CA-13)."""

from typing import NoReturn

from fastdial.engine.limits import Reached
from fastdial.engine.records import Campaign
from fastdial.engine.turn import Turn, refuse
from fastdial.messages.errors import ErrorCode

_OF = {
    "site": "the site",
    "campaign": "campaign {!r}",
    "caller_id": "caller id {!r}",
    "trunk": "trunk {!r}",
}
_WHAT = {"calls": "calls at once", "launches_per_s": "launches in a second"}


def reached(turn: Turn, campaign: Campaign, *, own: int = 0) -> Reached | None:
    """The limit that keeps the campaign from launching a call now.

    ``own``: 1 for a call that counts as up already, as its agent was connected first.
    """
    return turn.state.launches.reached(campaign.campaign_id, turn.now, own=own)


def refuse_launch(limit: Reached, field: str) -> NoReturn:
    """Refuse a command that would launch a call above ``limit``."""
    whose = _OF[limit.bound.of].format(limit.bound.name)
    refuse(
        ErrorCode.LIMIT_REACHED,
        f"{whose} has its {limit.allowed} {_WHAT[limit.what]}; try again later",
        field,
        limit.values,
    )


def check_room(taken: int, allowed: int, what: str) -> None:
    """Refuse to make one more of what the site's configuration limits to ``allowed``."""
    if taken >= allowed:
        refuse(
            ErrorCode.LIMIT_REACHED,
            f"the site has its {allowed} {what.removeprefix('max_')} already",
            values={"limit": f"site.{what}", "allowed": allowed},
        )
