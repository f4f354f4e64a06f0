"""Counts of a campaign or of the whole site."""

from collections import Counter

from fastdial.engine.decide.notices import assigned
from fastdial.engine.records import Agent, Campaign
from fastdial.engine.turn import Turn
from fastdial.messages.base import Reply
from fastdial.messages.commands import StatsGet
from fastdial.messages.replies import Stats, StatsReply
from fastdial.messages.words import AgentState, CallState, ContactState


def get(turn: Turn, command: StatsGet) -> Reply:
    """Counts since the beginning; agents are those assigned to the campaign."""
    records = turn.state.records
    if command.campaign_id is None:
        campaigns = list(records.campaigns.values())
        agents = list(records.agents.values())
    else:
        campaigns = [turn.campaign(command.campaign_id)]
        agents = list(assigned(turn.state, campaigns[0]))
    return StatsReply(stats=_stats(turn, campaigns, agents), at=turn.now)


def _stats(turn: Turn, campaigns: list[Campaign], agents: list[Agent]) -> Stats:
    ids = {campaign.campaign_id for campaign in campaigns}
    outcomes: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    contacts: Counter[ContactState] = Counter()
    for campaign in campaigns:
        outcomes.update(campaign.counts.outcomes)
        codes.update(campaign.counts.wrap_up_codes)
        contacts.update(campaign.counts.contacts)
    return Stats(
        attempts=sum(campaign.counts.attempts for campaign in campaigns),
        live_calls=sum(
            call.campaign_id in ids and call.state is not CallState.WRAP_UP
            for call in turn.state.records.calls.values()
        ),
        answered=sum(campaign.counts.answered for campaign in campaigns),
        abandoned=sum(campaign.counts.abandoned for campaign in campaigns),
        outcomes=dict(outcomes),
        wrap_up_codes=dict(codes),
        contacts={state: n for state, n in contacts.items() if n},
        agents=dict(Counter(agent.state for agent in agents)),
        agent_ms=_agent_ms(turn, agents),
    )


def _agent_ms(turn: Turn, agents: list[Agent]) -> dict[AgentState, int]:
    spent: Counter[AgentState] = Counter()
    for agent in agents:
        spent.update(agent.spent_ms)
        spent[agent.state] += turn.now - agent.since
    return dict(spent)
