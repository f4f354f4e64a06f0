"""Preview dialing: an agent asks for a contact or is given one, dials or skips (rule CA-2)."""

from typing import NoReturn

from fastdial.engine.contact_list import Contact, e164
from fastdial.engine.decide import callback_endings, limits
from fastdial.engine.decide.agents import let_go, set_agent
from fastdial.engine.decide.contacts import number_index_of, view
from fastdial.engine.decide.dialing import dial, next_contact
from fastdial.engine.decide.gate import NUMBER_LIVE, obstacle_to_previewed
from fastdial.engine.decide.obstacles import Obstacle
from fastdial.engine.decide.pacing import counted_on
from fastdial.engine.decide.turns import ids_of, next_of, of_lowest_order
from fastdial.engine.records import Agent, Campaign
from fastdial.engine.turn import Turn, refuse
from fastdial.messages.base import Reply
from fastdial.messages.commands import PreviewDial, PreviewRequest, PreviewSkip
from fastdial.messages.errors import ErrorCode, Fault
from fastdial.messages.events import PreviewOffered, PreviewSkipped
from fastdial.messages.replies import AgentReply, CallReply, Error, PreviewReply
from fastdial.messages.words import AgentState, DialingMode


def request(turn: Turn, command: PreviewRequest) -> Reply:
    """The next contact of the campaign asked for, or of the one whose turn it is (CA-5)."""
    agent = turn.agent_at_work(command.agent_id)
    if agent.state is not AgentState.READY:
        refuse(
            ErrorCode.AGENT_STATE,
            f"agent {agent.agent_id!r} is {agent.state.value}; only a ready agent is given work",
            "agent_id",
        )
    if counted_on(turn, agent.teams):
        refuse(
            ErrorCode.AGENT_STATE,
            f"agent {agent.agent_id!r} is counted on for calls that ring; ask again later",
            "agent_id",
        )
    campaigns = _campaigns(turn, agent, command.campaign_id)
    while campaigns:
        rivals = of_lowest_order(campaigns)
        campaign = next_of(turn, rivals)
        contact = next_contact(turn, campaign)
        if contact is not None:
            offer(turn, agent, campaign, contact, "asked", ids_of(rivals))
            return PreviewReply(
                campaign_id=campaign.campaign_id, contact=view(contact), lapses_at=agent.until
            )
        campaigns.remove(campaign)
    # not raised: looking may have held contacts whose numbers are in other calls
    fault = Fault(ErrorCode.NOTHING_TO_DIAL, "no contact can be dialed now", "campaign_id")
    return Error(faults=(fault,))


def dial_previewed(turn: Turn, command: PreviewDial) -> Reply:
    """Dial the contact on screen."""
    agent = turn.agent_at_work(command.agent_id)
    return dial_on_screen(turn, agent, on_screen(turn, agent), command.number)


def dial_on_screen(turn: Turn, agent: Agent, contact: Contact, number: str | None) -> Reply:
    """Dial it at its next number or another, unless something stands in the way."""
    campaign = turn.state.records.campaigns[contact.campaign_id]
    if contact.removed:
        refuse(
            ErrorCode.UNKNOWN_CONTACT,
            f"contact {contact.contact_key!r} was taken off the list; skip it",
            "agent_id",
        )
    if not campaign.launches:
        refuse(
            ErrorCode.CAMPAIGN_STATE,
            f"campaign {campaign.campaign_id!r} is {campaign.state.value}; skip the contact",
            "agent_id",
        )
    number_index = number_index_of(turn, contact, number)
    number = e164(contact.record.number(number_index))
    if contact.dead[number_index]:
        refuse(ErrorCode.INVALID_VALUE, f"{number} is not dialed any more", "number")
    found = obstacle_to_previewed(turn, campaign, contact, number_index)
    if found is not None:
        _refuse_number(number, found)
    if (limit := limits.reached(turn, campaign)) is not None:
        limits.refuse_launch(limit, "agent_id")
    return CallReply(call_id=dial(turn, campaign, contact, agent, number_index))


def _refuse_number(number: str, found: Obstacle) -> NoReturn:
    if found.rule == NUMBER_LIVE:
        refuse(ErrorCode.NUMBER_LIVE, f"{number} is in another call now", "number")
    when = "" if found.until is None else f" before {found.until}"
    refuse(
        ErrorCode.NOT_ALLOWED,
        f"{number} may not be dialed{when}: {found.reason} (rule {found.rule})",
        "number",
        found.values,
    )


def skip(turn: Turn, command: PreviewSkip) -> Reply:
    """Not this contact now; it comes back after the campaign's time."""
    agent = turn.agent_at_work(command.agent_id)
    put_back(turn, agent, on_screen(turn, agent), "skipped")
    return AgentReply(agent_id=agent.agent_id, state=agent.state, reason=agent.reason)


def put_back(
    turn: Turn, agent: Agent, contact: Contact, reason: str, *, due_at: int | None = None
) -> None:
    """The contact leaves the screen undialed, until ``due_at`` or for the campaign's time."""
    settings = turn.state.records.campaigns[contact.campaign_id].settings
    if due_at is None:
        due_at = turn.now + settings.skip_for_s * 1_000
    callback = turn.state.callbacks.by_row.get(contact.row)
    if callback is not None:
        callback_endings.put_back(turn, callback, agent, reason, due_at=due_at)
        return
    turn.emit(
        PreviewSkipped(
            agent_id=agent.agent_id,
            campaign_id=contact.campaign_id,
            contact_key=contact.contact_key,
            reason=reason,
            due_at=due_at,
        )
    )
    let_go(turn, agent, reason)


def _campaigns(turn: Turn, agent: Agent, campaign_id: str | None) -> list[Campaign]:
    if campaign_id is None:
        return [
            campaign
            for campaign in turn.state.serving(agent.teams)
            if campaign.settings.mode is DialingMode.PREVIEW
            and turn.state.queues[campaign.campaign_id].ready
        ]
    campaign = turn.campaign(campaign_id)
    if not campaign.takes(agent.teams):
        refuse(
            ErrorCode.NOT_ASSIGNED,
            f"agent {agent.agent_id!r} does not work on campaign {campaign_id!r}",
            "campaign_id",
        )
    if campaign.settings.mode is not DialingMode.PREVIEW:
        refuse(
            ErrorCode.CAMPAIGN_STATE,
            f"campaign {campaign_id!r} dials in {campaign.settings.mode.value} mode, "
            "not in preview",
            "campaign_id",
        )
    if not campaign.launches:
        refuse(
            ErrorCode.CAMPAIGN_STATE,
            f"campaign {campaign_id!r} is {campaign.state.value}; nothing is dialed",
            "campaign_id",
        )
    return [campaign]


def offer(
    turn: Turn,
    agent: Agent,
    campaign: Campaign,
    contact: Contact,
    reason: str,
    competed: tuple[str, ...],
) -> None:
    """Put the contact on the screen of the agent, for the campaign's preview time."""
    limit_ms = campaign.settings.preview_s * 1_000
    lapses_at = turn.now + limit_ms if limit_ms else None
    # the state first: leaving PREVIEWING is what clears the screen
    set_agent(turn, agent, AgentState.PREVIEWING, reason, until=lapses_at)
    turn.emit(
        PreviewOffered(
            agent_id=agent.agent_id,
            campaign_id=campaign.campaign_id,
            contact_key=contact.contact_key,
            numbers=contact.numbers,
            next_number=contact.next_number,
            variables=contact.variables,
            lapses_at=lapses_at,
            competed=competed,
        )
    )


def on_screen(turn: Turn, agent: Agent) -> Contact:
    """The contact on the agent's screen; refuses where there is none."""
    if agent.state is not AgentState.PREVIEWING or agent.preview_row is None:
        refuse(
            ErrorCode.AGENT_STATE,
            f"agent {agent.agent_id!r} is {agent.state.value} and has no contact on screen",
            "agent_id",
        )
    return turn.state.contact_at(agent.preview_row)
