"""Dialing: the next contact that may be dialed, and the beginning of an attempt."""

from fastdial.engine.contact_list import Contact, ContactList, e164
from fastdial.engine.decide.agents import set_agent
from fastdial.engine.decide.choosing import up_next
from fastdial.engine.decide.gate import NUMBER_LIVE, obstacle, obstacle_to_chosen
from fastdial.engine.decide.obstacles import Obstacle
from fastdial.engine.records import Agent, Call, Campaign
from fastdial.engine.turn import Turn
from fastdial.messages.events import ContactHeld, ContactPassedOver, DialRequested
from fastdial.messages.words import AgentState, DialingMode
from fastdial.rules.retries import fate_after_obstacle

_PREVIEWING = AgentState.PREVIEWING
_RESERVED = AgentState.RESERVED
_PREVIEW = DialingMode.PREVIEW
_PUSH_PREVIEW = DialingMode.PUSH_PREVIEW


def next_contact(turn: Turn, campaign: Campaign, most: int | None = None) -> Contact | None:
    """The first in the ready queue that may be dialed, or the one chosen; others leave the queue.

    None where there is none, or none before ``most`` have left.
    """
    contacts: ContactList = turn.state.lists[campaign.campaign_id]
    shares_a_class = contacts.shares_a_class
    while (row := up_next(turn, campaign)) is not None:
        contact = contacts.at(row)
        number_index = contact.next_number
        if shares_a_class:
            found = obstacle_to_chosen(turn, campaign, contact, number_index)
        else:
            found = obstacle(turn, campaign, contact, number_index)
        if found is None:
            return contact
        if most is not None:
            if not most:
                break
            most -= 1
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
    for_good = found.until is None and not found.spent
    dead = [a or b for a, b in zip(contact.dead, found.spent, strict=True)] if found.spent else None
    until, number_index = found.until, contact.next_number
    if until is not None:
        until, number_index = _soonest(turn, contact, until)
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
                until=until,
                at=turn.now,
                number_index=number_index,
                dead=contact.dead if dead is None else dead,
            ),
        )
    )


def _soonest(turn: Turn, contact: Contact, until: int) -> tuple[int, int]:
    """When and at which number a contact may be dialed whose next one has to wait ``until`` then.

    That number, unless another in the chain may be dialed sooner.
    """
    campaign = turn.state.records.campaigns[contact.campaign_id]
    soonest = contact.next_number
    dead = contact.dead
    for step in range(1, len(dead)):
        number_index = (contact.next_number + step) % len(dead)
        if dead[number_index]:
            continue
        found = obstacle_to_chosen(turn, campaign, contact, number_index)
        if found is None:
            return turn.now, number_index
        if found.until is not None and found.until < until:
            soonest, until = number_index, found.until
    return until, soonest


def dial(
    turn: Turn,
    campaign: Campaign,
    contact: Contact,
    agent: Agent | None,
    number_index: int,
    competed: tuple[str, ...] = (),
    *,
    prepared: Call | None = None,
) -> int:
    """Begin an attempt, for an agent who is reserved for it or for none yet; the call's id.

    ``competed``: the campaigns among which it was this one's turn, if there was another.
    ``prepared``: the call for which the agent is on the line already.
    """
    settings = campaign.settings
    previewed = agent is not None and agent.state is _PREVIEWING
    call_id = turn.state.records.last_call + 1 if prepared is None else prepared.call_id
    callback = turn.state.callbacks.by_row.get(contact.row) if previewed else None
    turn.emit(
        DialRequested(
            call_id=call_id,
            campaign_id=campaign.campaign_id,
            contact_key=contact.contact_key,
            number=e164(contact.record.number(number_index)),
            # the mode may have been changed while the contact was on the screen
            mode=_previewed_as(settings.mode) if previewed else settings.mode,
            attempt=contact.attempts + 1,
            ring_ms=settings.ring_s * 1_000,
            caller_id=settings.caller_id,
            trunk=settings.trunk,
            agent_first=prepared is not None,
            competed=competed,
            agent_id=None if agent is None else agent.agent_id,
            number_index=number_index,
            account=turn.state.compliance.account_of(contact),
            callback_id=None if callback is None else callback.callback_id,
        )
    )
    if agent is not None and prepared is None:
        set_agent(turn, agent, _RESERVED, "dialing", call_id=call_id)
    return call_id


def _previewed_as(mode: DialingMode) -> DialingMode:
    return mode if mode is _PUSH_PREVIEW else _PREVIEW
