"""Why a contact may be dialed now, or may not: every rule that is asked, with values (CO-9)."""

from collections.abc import Iterator

from fastdial.engine.contact_list import Contact, e164
from fastdial.engine.decide import explain_campaign
from fastdial.engine.decide.choosing import up_next
from fastdial.engine.decide.compliance import WITHOUT_AGENT, subject_for
from fastdial.engine.decide.contacts import number_index_of, view
from fastdial.engine.decide.pacing import answer_of
from fastdial.engine.records import Campaign
from fastdial.engine.turn import Turn
from fastdial.messages.base import Reply
from fastdial.messages.commands import ContactsExplain
from fastdial.messages.explain import Looked
from fastdial.messages.replies import ContactExplanation
from fastdial.messages.words import ContactState

_STATES: dict[ContactState, tuple[str, str]] = {
    ContactState.WAITING: ("CA-9", "wait until it is due again"),
    ContactState.HELD: ("CA-8", "the call with its number must end"),
    ContactState.PREVIEWED: ("CA-2", "the agent who has it on screen must dial or skip it"),
    ContactState.LIVE: ("CA-8", "its attempt must end and be wrapped up"),
    ContactState.DONE: ("CA-9", "load it again with reopen"),
    ContactState.PROMISED: ("CB-8", "its callback must be due; see callback.explain"),
}
"""For each state but ready the rule that keeps it there, and what would have to change."""


def explain(turn: Turn, command: ContactsExplain) -> Reply:
    """Everything that is asked before the contact is dialed, whether or not it comes to that."""
    campaign = turn.campaign(command.campaign_id)
    contact = turn.contact(command.campaign_id, command.contact_key)
    number_index = number_index_of(turn, contact, command.number)
    looked_at = (
        *explain_campaign.of_life(turn, campaign),
        *_of_contact(turn, contact, number_index),
        *of_windows(turn, campaign, contact, number_index),
        *of_compliance(turn, campaign, contact, number_index),
        *explain_campaign.of_limits(turn, campaign),
        *explain_campaign.of_agents(turn, campaign),
        *_of_order(turn, campaign, contact),
    )
    return ContactExplanation(
        contact=view(contact),
        number=e164(contact.record.number(number_index)),
        may_be_dialed=all(one.passed for one in looked_at),
        looked_at=looked_at,
        earliest_at=_earliest(turn, looked_at),
        answer=answer_of(turn, campaign, contact, number_index),
    )


def _earliest(turn: Turn, looked_at: tuple[Looked, ...]) -> int | None:
    """When all that stands in the way has passed by itself; none where something does not.

    An agent who has to come free, or another contact that goes first, is no such thing.
    """
    standing = [one for one in looked_at if not one.passed and one.rule not in ("AG-2", "CA-6")]
    if any(one.until is None for one in standing):
        return None
    return max((one.until or 0 for one in standing), default=turn.now)


def _of_contact(turn: Turn, contact: Contact, number_index: int) -> Iterator[Looked]:
    state = contact.state
    rule, change = _STATES.get(state, ("CA-9", ""))
    values: dict[str, str | int] = {
        "state": state.value,
        "reason": contact.reason,
        "attempts": contact.attempts,
    }
    passed = state is ContactState.READY
    yield Looked(
        rule,
        passed,
        "the contact is on the list and may be tried",
        values,
        reason="" if passed else contact.reason if state is ContactState.WAITING else state.value,
        until=contact.due_at,
        change=change,
    )
    yield from of_number(turn, contact, number_index)


def of_number(turn: Turn, contact: Contact, number_index: int) -> Iterator[Looked]:
    """Whether the number is dead or in another call."""
    dead = contact.dead[number_index]
    yield Looked(
        "CA-9",
        not dead,
        "the number has not been called invalid, nor ruled out for good",
        {"number": e164(contact.record.number(number_index))},
        reason="number_dead" if dead else "",
        change="load the contact again with reopen" if dead else "",
    )
    call_id = turn.state.live_numbers.get(contact.record.number(number_index))
    live = call_id is not None
    yield Looked(
        "CA-8",
        not live,
        "no other call has this number",
        {} if call_id is None else {"call_id": call_id},
        reason="number_live" if live else "",
        change="that call must end" if live else "",
    )


def of_windows(
    turn: Turn, campaign: Campaign, contact: Contact, number_index: int
) -> Iterator[Looked]:
    """Each layer of the contact's window."""
    key = contact.window_key(number_index)
    windows = turn.state.windows[campaign.campaign_id]
    now = windows.state(key, turn.now)
    place: dict[str, str | int] = {
        "zones": ", ".join(key.zones),
        "regions": ", ".join(key.regions),
    }
    layers = windows.looked_at(key, turn.now)
    if not layers:
        yield Looked("CO-1", True, "the campaign has no hours that could be closed", place)
    for is_open, reason, values in layers:
        yield Looked(
            "CO-1",
            is_open,
            f"the window is open: {reason or 'hours'}",
            {**place, **values},
            reason="" if is_open else reason,
            until=None if is_open else now.look_again_at,
            change="" if is_open else "wait for the window, or change the campaign's hours",
        )


def of_compliance(
    turn: Turn, campaign: Campaign, contact: Contact, number_index: int
) -> Iterator[Looked]:
    """Exclusion lists, quiet after an abandoned call, and caps."""
    number = contact.record.number(number_index)
    rules = turn.state.compliance.rules[campaign.campaign_id]
    on = [name for name, numbers in rules.lists if number in numbers]
    yield Looked(
        "CO-2",
        not on,
        "the number is on no exclusion list",
        {"lists": ", ".join(name for name, _ in rules.lists), "on": ", ".join(on)},
        reason="excluded" if on else "",
        change=f"take it off list {', '.join(on)}" if on else "",
    )
    quiet_until = turn.state.compliance.quiet_until(campaign.campaign_id, number)
    quiet = quiet_until > turn.now and campaign.settings.mode in WITHOUT_AGENT
    yield Looked(
        "CO-7",
        not quiet,
        "no call to the number was abandoned of late, or an agent is reserved for it first",
        {"quiet_s": rules.quiet_after_abandoned_ms // 1_000, "mode": campaign.settings.mode.value},
        reason="quiet_after_abandoned" if quiet else "",
        until=quiet_until if quiet else None,
        change="dial it with an agent reserved first" if quiet else "",
    )
    for bound in rules.caps:
        cap = bound.cap
        allowed_at = bound.allowed_at(subject_for(turn, contact, number_index, cap.subject))
        capped = allowed_at > turn.now
        yield Looked(
            "CO-3",
            not capped,
            f"the frequency cap of the {cap.subject.value} leaves room",
            {
                "scope": cap.scope.value,
                "attempts": cap.attempts or 0,
                "period_s": cap.period_s,
                "quiet_after_conversation_s": cap.quiet_after_conversation_s,
            },
            reason="frequency_cap" if capped else "",
            until=allowed_at if capped else None,
            change="wait until older attempts no longer count" if capped else "",
        )


def _of_order(turn: Turn, campaign: Campaign, contact: Contact) -> Iterator[Looked]:
    """Whether another contact goes first; how many do is not counted, which would take long."""
    queue = turn.state.queues[campaign.campaign_id]
    first = up_next(turn, campaign)
    before = contact.state is ContactState.READY and first not in (None, contact.record.row)
    yield Looked(
        "CA-6",
        not before,
        "no other contact goes first",
        {
            "contact_order": campaign.settings.contact_order.value,
            "priority": contact.priority,
            "ready": queue.ready,
        },
        reason="others_first" if before else "",
        change="those before it must be dialed, or its priority raised" if before else "",
    )
