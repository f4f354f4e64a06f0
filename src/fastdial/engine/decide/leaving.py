"""Agents who ask to log out while lines that were launched ahead count on them (rule AG-4)."""

from fastdial.engine.lines import is_ringing_ahead
from fastdial.engine.records import Agent, Call, Campaign
from fastdial.engine.turn import Turn
from fastdial.messages.words import AgentState

_READY = AgentState.READY


def is_counted_on(turn: Turn, agent: Agent) -> bool:
    """Whether more lines that rang when the agent asked ring yet than others are ready for.

    Lines launched since do not count on the agent.
    """
    still_ready = agent.state is _READY
    asked_at = turn.now if still_ready else agent.since
    campaign: Campaign
    for campaign in turn.state.assigned(agent.teams):
        if campaign.lines:
            ready, _, _ = turn.state.workforce.counts(campaign)
            if _lines_of(turn, campaign, asked_at) > ready - still_ready:
                return True
    return False


def _lines_of(turn: Turn, campaign: Campaign, until: int) -> int:
    """Lines launched up to then that ring for agents of the campaign."""
    ids = [campaign.campaign_id]
    ids += [other.campaign_id for other in turn.state.sharing_with(campaign)]
    lines = 0
    call: Call
    for call in turn.state.records.calls.values():
        if call.dialed_at <= until and call.campaign_id in ids and is_ringing_ahead(call):
            lines += 1
    return lines
