"""Launching calls: whom to dial now, and for which agent."""

from functools import partial

from fastdial.engine.contact_list import Contact, e164
from fastdial.engine.decide import calls, campaigns, limits
from fastdial.engine.decide.agents import set_agent
from fastdial.engine.decide.gate import NUMBER_LIVE, Obstacle, obstacle
from fastdial.engine.pacing import View, beyond_idle, lines_to_launch
from fastdial.engine.records import Agent, Campaign
from fastdial.engine.turn import Turn
from fastdial.messages.events import (
    CampaignPacingChanged,
    ContactHeld,
    ContactPassedOver,
    DialRequested,
)
from fastdial.messages.words import AgentState, CampaignState, DialingMode
from fastdial.rules.compliance.measure import CALL, figure, spare
from fastdial.rules.compliance.presets import definition_of
from fastdial.rules.retries import fate_after_obstacle

PACING_TICK_MS = 1_000
"""how often a predictive campaign is paced when nothing else happens"""


def launch(turn: Turn) -> int | None:
    """After every change: agents to those who wait, calls to agents, and campaigns that are dry.

    The instant at which to launch again, because a limit on launches in a second leaves room then.
    """
    _serve_waiting(turn)
    again_at: int | None = None
    before: list[Campaign] = []
    for campaign in tuple(turn.state.running):
        match campaign.settings.mode:
            case DialingMode.PROGRESSIVE:
                again_at = _earlier(again_at, _launch_progressive(turn, campaign))
                before.append(campaign)
            case DialingMode.PREDICTIVE if not _is_before(turn, campaign, before):
                again_at = _earlier(again_at, _launch_predictive(turn, campaign))
            case _:
                pass  # in preview agents ask
        if campaign.settings.ends_when_dry and campaigns.is_dry(campaign):
            campaigns.change(turn, campaign, CampaignState.FINISHED, "nothing_left_to_call")
    return again_at


def next_contact(turn: Turn, campaign: Campaign) -> Contact | None:
    """The first in the ready queue that may be dialed; those before it leave the queue."""
    queue = turn.state.queues[campaign.campaign_id]
    contacts = turn.state.lists[campaign.campaign_id]
    while (row := queue.peek()) is not None:
        contact = contacts.at(row)
        found = obstacle(turn, campaign, contact, contact.next_number)
        if found is None:
            return contact
        _pass_over(turn, contact, found)
    return None


def _pass_over(turn: Turn, contact: Contact, found: Obstacle) -> None:
    """The contact comes back when the obstacle is gone, so that nobody looks again and again."""
    number = e164(contact.record.number(contact.next_number))
    if found.rule == NUMBER_LIVE:
        turn.emit(
            ContactHeld(
                campaign_id=contact.campaign_id, contact_key=contact.contact_key, number=number
            )
        )
        return
    for_good = found.until is None
    turn.emit(
        ContactPassedOver(
            campaign_id=contact.campaign_id,
            contact_key=contact.contact_key,
            number=number,
            rule=found.rule,
            values=found.values,
            number_is_dead=for_good,
            fate=fate_after_obstacle(
                found.reason,
                until=found.until,
                at=turn.now,
                number_index=contact.next_number,
                dead=contact.dead,
            ),
        )
    )


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
            number=e164(contact.record.number(number_index)),
            # the mode may have been changed while the contact was on the screen
            mode=DialingMode.PREVIEW if previewed else settings.mode,
            attempt=contact.attempts + 1,
            ring_ms=settings.ring_s * 1_000,
            caller_id=settings.caller_id,
            trunk=settings.trunk,
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


def counted_on(turn: Turn, teams: tuple[str, ...]) -> bool:
    """Whether ready agents of these teams are needed for lines that were launched ahead.

    Whoever takes one of them for other work leaves a person who answers to silence (rule CO-5).
    """
    return any(
        campaign.lines
        and campaign.takes(teams)
        and turn.state.workforce.counts(campaign)[0] <= _lines(turn, campaign)
        for campaign in turn.state.records.campaigns.values()
    )


def _is_before(turn: Turn, campaign: Campaign, others: list[Campaign]) -> bool:
    """Whether one of ``others`` has contacts for the same agents, and so goes first (CA-5)."""
    return any(
        turn.state.queues[other.campaign_id].ready and turn.state.workforce.shared(campaign, other)
        for other in others
    )


def _serve_waiting(turn: Turn) -> None:
    """Agents who became ready take the calls that wait: by campaign, then the longest waiting."""
    if not turn.state.workforce.anybody_ready():
        return
    waiting = [c for c in turn.state.records.campaigns.values() if c.waiting]
    for campaign in sorted(waiting, key=lambda c: (c.settings.order, c.campaign_id)):
        for call_id in tuple(campaign.waiting):
            agent = turn.state.workforce.longest_ready(campaign)
            if agent is None:
                break
            calls.bridge(turn, turn.state.records.calls[call_id], agent)


def _launch_progressive(turn: Turn, campaign: Campaign) -> int | None:
    workforce = turn.state.workforce
    taken = partial(counted_on, turn)
    while (agent := workforce.longest_ready(campaign, unless=taken)) is not None:
        if (limit := limits.reached(turn, campaign)) is not None:
            return limit.until
        contact = next_contact(turn, campaign)
        if contact is None:
            break
        dial(turn, campaign, contact, agent, contact.next_number)
    return None


def _launch_predictive(turn: Turn, campaign: Campaign) -> int | None:
    if turn.state.queues[campaign.campaign_id].ready == 0:
        return None
    view = _view(turn, campaign)
    _say_pacing(turn, campaign, view)
    for _ in range(lines_to_launch(view)):
        if (limit := limits.reached(turn, campaign)) is not None:
            return limit.until
        contact = next_contact(turn, campaign)
        if contact is None:
            break
        dial(turn, campaign, contact, None, contact.next_number)
    return None


def _earlier(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def _say_pacing(turn: Turn, campaign: Campaign, view: View) -> None:
    """For the record: falling back to progressive at the cap, and dialing ahead again (CO-5)."""
    ahead = beyond_idle(view) > 0
    if ahead == campaign.dials_ahead:
        return
    definition = definition_of(campaign.settings.compliance)
    now = figure(campaign.abandonment, definition, turn.now)
    turn.emit(
        CampaignPacingChanged(
            campaign_id=campaign.campaign_id,
            ahead=ahead,
            abandoned=now.abandoned / CALL,
            base=now.base / CALL,
            cap=definition.cap,
            window=definition.window,
        )
    )


def _view(turn: Turn, campaign: Campaign) -> View:
    idle, busy, here = turn.state.workforce.counts(campaign)
    compliance = campaign.settings.compliance
    definition = definition_of(compliance)
    return View(
        idle=idle,
        busy=busy,
        here=here,
        lines=_lines(turn, campaign),
        spare=spare(campaign.abandonment, definition, turn.now),
        cap=definition.cap,
        false_positive_share=compliance.false_positive_share
        if definition.false_positives_count
        else 0.0,
        estimates=campaign.estimates,
        settings=campaign.settings.pacing,
    )


def _lines(turn: Turn, campaign: Campaign) -> int:
    """Lines launched ahead by the campaign and by all that share agents with it."""
    return campaign.lines + sum(
        other.lines
        for other in turn.state.records.campaigns.values()
        if other.lines and other is not campaign and turn.state.workforce.shared(campaign, other)
    )
