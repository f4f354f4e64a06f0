"""Launching calls: whom to dial now, and for which agent."""

from fastdial.engine.decide import calls, campaigns
from fastdial.engine.decide.agents import set_agent
from fastdial.engine.pacing import View, lines_to_launch
from fastdial.engine.records import Agent, Campaign, Contact
from fastdial.engine.turn import Turn
from fastdial.messages.events import ContactHeld, DialRequested
from fastdial.messages.words import AgentState, CampaignState, DialingMode

PACING_TICK_MS = 1_000
"""how often a predictive campaign is paced when nothing else happens"""


def launch(turn: Turn) -> None:
    """After every change: agents to those who wait, calls to agents, and campaigns that are dry."""
    _serve_waiting(turn)
    for campaign in tuple(turn.state.running):
        match campaign.settings.mode:
            case DialingMode.PROGRESSIVE:
                _launch_progressive(turn, campaign)
            case DialingMode.PREDICTIVE:
                _launch_predictive(turn, campaign)
            case DialingMode.PREVIEW:
                pass  # agents ask
        if campaign.settings.ends_when_dry and campaigns.is_dry(campaign):
            campaigns.change(turn, campaign, CampaignState.FINISHED, "nothing_left_to_call")


def next_contact(turn: Turn, campaign: Campaign) -> Contact | None:
    """The first in the ready queue whose number is free; the others before it are held (CA-8)."""
    queue = turn.state.queues[campaign.campaign_id]
    while (row := queue.peek()) is not None:
        contact = turn.state.records.contacts[row]
        number = contact.numbers[contact.next_number]
        if number not in turn.state.live_numbers:
            return contact
        turn.emit(
            ContactHeld(
                campaign_id=campaign.campaign_id,
                contact_key=contact.contact_key,
                number=number,
            )
        )
    return None


def dial(
    turn: Turn, campaign: Campaign, contact: Contact, agent: Agent | None, number_index: int
) -> int:
    """Begin an attempt, for an agent who is reserved for it or for none yet; the call's id."""
    settings = campaign.settings
    previewed = agent is not None and agent.state is AgentState.PREVIEWING
    call_id = turn.state.records.last_call + 1
    turn.emit(
        DialRequested(
            call_id=call_id,
            campaign_id=campaign.campaign_id,
            contact_key=contact.contact_key,
            number=contact.numbers[number_index],
            # the mode may have been changed while the contact was on the screen
            mode=DialingMode.PREVIEW if previewed else settings.mode,
            attempt=contact.attempts + 1,
            ring_ms=settings.ring_s * 1_000,
            caller_id=settings.caller_id,
            agent_id=None if agent is None else agent.agent_id,
            number_index=number_index,
        )
    )
    if agent is not None:
        set_agent(turn, agent, AgentState.RESERVED, "dialing", call_id=call_id)
    return call_id


def paced(turn: Turn) -> bool:
    """Whether a running campaign is to be looked at again though nothing happens."""
    return any(
        campaign.settings.mode is DialingMode.PREDICTIVE
        and turn.state.queues[campaign.campaign_id].ready > 0
        and turn.state.workforce.anybody_logged_in(campaign)
        for campaign in turn.state.running
    )


def _serve_waiting(turn: Turn) -> None:
    """Agents who became ready take the calls that wait, the longest waiting first."""
    if not turn.state.workforce.anybody_ready():
        return
    for campaign in turn.state.records.campaigns.values():
        for call_id in tuple(campaign.waiting):
            agent = turn.state.workforce.longest_ready(campaign)
            if agent is None:
                break
            calls.bridge(turn, turn.state.records.calls[call_id], agent)


def _launch_progressive(turn: Turn, campaign: Campaign) -> None:
    while (agent := turn.state.workforce.longest_ready(campaign)) is not None:
        contact = next_contact(turn, campaign)
        if contact is None:
            return
        dial(turn, campaign, contact, agent, contact.next_number)


def _launch_predictive(turn: Turn, campaign: Campaign) -> None:
    if turn.state.queues[campaign.campaign_id].ready == 0:
        return
    for _ in range(lines_to_launch(_view(turn, campaign))):
        contact = next_contact(turn, campaign)
        if contact is None:
            return
        dial(turn, campaign, contact, None, contact.next_number)


def _view(turn: Turn, campaign: Campaign) -> View:
    workforce = turn.state.workforce
    idle, busy, here = workforce.counts(campaign)
    rivals = sum(
        other.lines
        for other in turn.state.records.campaigns.values()
        if other.lines and other is not campaign and workforce.shared(campaign, other)
    )
    return View(
        idle=idle,
        busy=busy,
        here=here,
        lines=campaign.lines + rivals,
        answered=campaign.counts.answered - campaign.met_nobody_yet,
        abandoned=campaign.counts.abandoned,
        estimates=campaign.estimates,
        settings=campaign.settings.pacing,
    )
