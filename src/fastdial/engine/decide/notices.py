"""Who works on what, and what agents are told of their campaigns (rule CA-4)."""

from collections.abc import Iterator

from fastdial.engine.records import Agent, Campaign
from fastdial.engine.state import State
from fastdial.messages.replies import CampaignNotice
from fastdial.messages.settings import CampaignSettings
from fastdial.messages.words import AgentState, CampaignState


def assigned(state: State, campaign: Campaign) -> Iterator[Agent]:
    """The agents assigned to a campaign, logged in or not, in the order of their first log-in."""
    for agent in state.records.agents.values():
        if campaign.takes(agent.teams):
            yield agent


def logged_in_ids(state: State, campaign: Campaign) -> tuple[str, ...]:
    """Who is to be told of a change of the campaign."""
    return tuple(
        agent.agent_id
        for agent in assigned(state, campaign)
        if agent.state is not AgentState.LOGGED_OUT
    )


def told_of_update(state: State, campaign: Campaign, to: CampaignSettings) -> tuple[str, ...]:
    """Who is to be told of new settings: also those who are assigned by them, or were before."""
    return tuple(
        agent.agent_id
        for agent in state.records.agents.values()
        if agent.state is not AgentState.LOGGED_OUT
        and (campaign.takes(agent.teams) or to.takes(agent.teams))
    )


def notice(campaign: Campaign) -> CampaignNotice:
    """A campaign as agents see it."""
    return CampaignNotice(campaign.campaign_id, campaign.settings.name, campaign.state)


def notices_for(state: State, teams: tuple[str, ...]) -> tuple[CampaignNotice, ...]:
    """`My campaigns` of an agent of these teams: all but drafts, by id."""
    return tuple(
        notice(campaign)
        for _, campaign in sorted(state.records.campaigns.items())
        if campaign.state is not CampaignState.DRAFT and campaign.takes(teams)
    )
