"""A turn: what a site decides at one instant."""

from typing import NoReturn

from fastdial.engine.apply import apply_next
from fastdial.engine.contact_list import Contact
from fastdial.engine.records import Agent, Call, Campaign, Queue
from fastdial.engine.state import State
from fastdial.messages.base import Event
from fastdial.messages.errors import ErrorCode, Fault
from fastdial.messages.settings import CampaignSettings
from fastdial.messages.words import AgentState


class Refused(Exception):
    """A command that is not carried out; raised before anything was emitted."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = faults


def refuse(
    code: ErrorCode, message: str, field: str = "", values: dict[str, str | int] | None = None
) -> NoReturn:
    """Refuse the command at hand."""
    raise Refused(Fault(code, message, field, values or {}))


class Turn:
    """The instant, the state as it stands, and the events so far.

    Deciders read ``state`` and say what happens with `emit`, which applies each event before the
    next is decided.
    """

    __slots__ = ("events", "now", "state")

    def __init__(self, state: State, now: int) -> None:
        self.state = state
        self.now = now
        self.events: list[Event] = []

    def emit(self, event: Event) -> None:
        """Number and date the event, apply it, and keep it."""
        event.seq = self.state.records.seq + 1
        event.at = self.now
        apply_next(self.state, event)
        self.events.append(event)

    def settings_of(self, call: Call) -> CampaignSettings:
        """The settings of the call's campaign as they stand now."""
        campaign: Campaign = self.state.records.campaigns[call.campaign_id]
        return campaign.settings

    # --- what a command names, or a refusal

    def campaign(self, campaign_id: str) -> Campaign:
        """The campaign; refuses an unknown id."""
        campaign = self.state.records.campaigns.get(campaign_id)
        if campaign is None:
            refuse(
                ErrorCode.UNKNOWN_CAMPAIGN,
                f"there is no campaign {campaign_id!r}",
                "campaign_id",
            )
        return campaign

    def own_campaign(self, campaign_id: str) -> Campaign:
        """A campaign that is no queue's; refuses those that are changed with their queue."""
        campaign = self.campaign(campaign_id)
        if campaign.queue_id:
            refuse(
                ErrorCode.OF_A_QUEUE,
                f"campaign {campaign_id!r} is that by which queue {campaign.queue_id!r} calls "
                "back; it changes with the queue",
                "campaign_id",
            )
        return campaign

    def queue(self, queue_id: str) -> Queue:
        """The queue; refuses an unknown id."""
        queue = self.state.records.queues.get(queue_id)
        if queue is None:
            refuse(ErrorCode.UNKNOWN_QUEUE, f"there is no queue {queue_id!r}", "queue_id")
        return queue

    def contact(self, campaign_id: str, contact_key: str) -> Contact:
        """The contact on the campaign's list; refuses an unknown id or key."""
        self.campaign(campaign_id)
        contact = self.state.contact(campaign_id, contact_key)
        if contact is None:
            refuse(
                ErrorCode.UNKNOWN_CONTACT,
                f"campaign {campaign_id!r} has no contact {contact_key!r}",
                "contact_key",
            )
        return contact

    def agent(self, agent_id: str) -> Agent:
        """The agent; refuses an unknown id."""
        agent = self.state.records.agents.get(agent_id)
        if agent is None:
            refuse(
                ErrorCode.UNKNOWN_AGENT,
                f"agent {agent_id!r} has never logged in",
                "agent_id",
            )
        return agent

    def agent_at_work(self, agent_id: str) -> Agent:
        """The agent; refuses one who is not logged in."""
        agent = self.agent(agent_id)
        if agent.state is AgentState.LOGGED_OUT:
            refuse(
                ErrorCode.AGENT_STATE,
                f"agent {agent_id!r} is logged out; log in first",
                "agent_id",
            )
        return agent
