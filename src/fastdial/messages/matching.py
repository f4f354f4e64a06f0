"""Which events a filter lets through; the same for a socket's subscribers and in virtual time."""

from fastdial.messages.base import Event
from fastdial.messages.commands import EventFilter


def type_of(event: Event) -> str:
    """The event's type as it is written, such as ``call.ended``."""
    tag: str = event.__struct_config__.tag  # type: ignore[assignment] # ours are all strings
    return tag


def matches(wanted: EventFilter, event: Event) -> bool:
    """Whether ``event`` is one that ``wanted`` asks for; every dimension that is set must agree.

    An event that names no campaign (or no agent) is left out by a filter that names some.
    """
    return type_matches(wanted, type_of(event)) and names_match(
        wanted,
        getattr(event, "campaign_id", None),
        getattr(event, "agent_id", None),
        getattr(event, "agent_ids", ()),
    )


def type_matches(wanted: EventFilter, event_type: str) -> bool:
    """Whether ``wanted`` asks for events of this type."""
    return not wanted.types or any(
        event_type == one or (one.endswith(".") and event_type.startswith(one))
        for one in wanted.types
    )


def names_match(
    wanted: EventFilter,
    campaign_id: str | None,
    agent_id: str | None,
    agent_ids: tuple[str, ...],
) -> bool:
    """Whether ``wanted`` asks for events of this campaign and of one of these agents."""
    if wanted.campaign_ids and campaign_id not in wanted.campaign_ids:
        return False
    if not wanted.agent_ids:
        return True
    return agent_id in wanted.agent_ids or any(one in wanted.agent_ids for one in agent_ids)
