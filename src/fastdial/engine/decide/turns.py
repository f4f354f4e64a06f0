"""Whose turn it is among campaigns that compete for the same agents (rule CA-5)."""

from collections.abc import Iterable

from fastdial.engine.records import Campaign
from fastdial.engine.turn import Turn


def of_lowest_order(campaigns: Iterable[Campaign]) -> list[Campaign]:
    """Those of the lowest order, of campaigns given with the lowest order first."""
    lowest: list[Campaign] = []
    for campaign in campaigns:
        if lowest and campaign.settings.order != lowest[0].settings.order:
            break
        lowest.append(campaign)
    return lowest


def next_of(turn: Turn, rivals: list[Campaign]) -> Campaign:
    """The campaign that goes next of those that compete, of which there is one at least."""
    if len(rivals) == 1:
        return rivals[0]
    chosen = turn.state.sharing.choose([rival.number for rival in rivals])
    if chosen is None:
        raise RuntimeError("campaigns that compete do not share")
    return turn.state.campaigns_by_number[chosen]


def ids_of(rivals: list[Campaign]) -> tuple[str, ...]:
    """The rivals as an event names them; nobody where there is but one."""
    return tuple([rival.campaign_id for rival in rivals]) if len(rivals) > 1 else ()
