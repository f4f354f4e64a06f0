"""A call becomes a callback once its agent has marked it done (rule CB-7)."""

import msgspec

from fastdial.engine.contact_list import Contact, e164
from fastdial.engine.decide import callback_endings, callbacks, places
from fastdial.engine.decide.callback_checks import Checks, replaceable
from fastdial.engine.records import Agent, Call, Callback, Campaign
from fastdial.engine.turn import Turn, refuse
from fastdial.messages.base import Reply
from fastdial.messages.callback_events import (
    CallbackScheduled,
    CallRescheduled,
    CallRescheduleDropped,
    PlannedCallback,
)
from fastdial.messages.callbacks import CallDropReschedule, CallReschedule
from fastdial.messages.contact_numbers import ContactNumber
from fastdial.messages.errors import ErrorCode
from fastdial.messages.replies import Ok, RescheduleReply
from fastdial.messages.words import (
    CallbackKind,
    CallbackState,
    CallState,
    Channel,
    PersonalCallbacks,
    SecondCallback,
)
from fastdial.rules import callbacks as rules
from fastdial.rules.windows.numbers_given import (
    PLAIN_NUMBER,
    BadField,
    NumberGiven,
    number_given,
)

_SPOKEN = (CallState.TALKING, CallState.ENDING, CallState.WRAP_UP)
MOST_NUMBERS = 8
"""of a contact"""


def reschedule(turn: Turn, command: CallReschedule) -> Reply:
    """Plan a callback, in place of one that was planned before."""
    call, agent = _own_call(turn, command.call_id, command.agent_id)
    campaign = turn.state.records.campaigns[call.campaign_id]
    checks = Checks(turn)
    checks.allowed_by(campaign, "call_id")
    window_ms = _check_window(checks, campaign, command)
    for sentence in why_not_then(turn, call, command.callback_at):
        checks.add(ErrorCode.INVALID_VALUE, sentence, "callback_at")
    checks.values(rules.reason_faults(command.reason))
    number = _number(turn, checks, call, command.number)
    owner_id = checks.owner(command.personal, command.owner_id, agent, campaign)
    slot_at = _slot_at(turn, checks, call, command.callback_at, window_ms, owner_id)
    checks.refuse()
    contact = turn.state.contact_at(call.row)
    plan = PlannedCallback(
        window_start_at=command.callback_at,
        window_end_at=command.callback_at + window_ms,
        number=number.number,
        kind=number.kind,
        from_minute=number.from_minute,
        until_minute=number.until_minute,
        is_new=contact.record.place_of(int(number.number)) < 0,
        slot_at=slot_at,
        owner_id=owner_id,
        reason=command.reason,
    )
    if turn.state.records.plans.get(call.call_id) != plan:
        turn.emit(
            CallRescheduled(
                call_id=call.call_id,
                campaign_id=call.campaign_id,
                agent_id=command.agent_id,
                plan=plan,
            )
        )
    return RescheduleReply(call_id=call.call_id, plan=plan)


def drop(turn: Turn, command: CallDropReschedule) -> Reply:
    """No callback is planned any more."""
    call, _ = _own_call(turn, command.call_id, command.agent_id)
    if call.call_id in turn.state.records.plans:
        turn.emit(
            CallRescheduleDropped(
                call_id=call.call_id, campaign_id=call.campaign_id, agent_id=command.agent_id
            )
        )
    return Ok()


def _slot_at(
    turn: Turn,
    checks: Checks,
    call: Call,
    callback_at: int,
    window_ms: int,
    owner_id: str | None,
) -> int | None:
    """Where the call's queue has slots: when one begins, be it that of the plan before."""
    campaign = turn.state.records.campaigns[call.campaign_id]
    if not campaign.queue_id or callback_at <= turn.now:
        return None
    return places.find(
        turn,
        checks,
        campaign.queue_id,
        (callback_at, callback_at + window_ms),
        owner_id,
        earliest=True,
        moving=turn.state.records.plan_tokens.get(call.call_id, ()),
        field="callback_at",
    )


def _own_call(turn: Turn, call_id: int, agent_id: str) -> tuple[Call, Agent]:
    """The call of an agent who has spoken with the customer, or cancelled a call back."""
    agent = turn.agent(agent_id)
    call = turn.state.records.calls.get(call_id)
    if call is None:
        refuse(ErrorCode.UNKNOWN_CALL, f"there is no live call {call_id}", "call_id")
    if agent.call_id != call_id:
        refuse(
            ErrorCode.NOT_ASSIGNED,
            f"call {call_id} is not agent {agent_id!r}'s to reschedule",
            "agent_id",
        )
    if call.state not in _SPOKEN:
        sentence = f"call {call_id} is {call.state.value}; it is rescheduled after that"
        refuse(ErrorCode.CALL_STATE, sentence, "call_id")
    return call, agent


def _check_window(checks: Checks, campaign: Campaign, command: CallReschedule) -> int:
    window_s = command.window_s
    if window_s is None:
        return campaign.settings.callbacks.window_s * 1_000
    site = checks.site
    if not site.min_window_s <= window_s <= site.max_window_s:
        sentence = (
            f"the window is {window_s} s long; it can be {site.min_window_s} to {site.max_window_s}"
        )
        checks.add(ErrorCode.INVALID_VALUE, sentence, "window_s")
    return window_s * 1_000


def why_not_then(turn: Turn, call: Call, callback_at: int) -> list[str]:
    """Why a customer cannot be promised a call then, in sentences; empty: it can be kept."""
    found = []
    latest = turn.now + turn.state.records.config.callbacks.horizon_s * 1_000
    if not turn.now < callback_at <= latest:
        found.append(f"callback_at is {callback_at}; it can be {turn.now + 1} to {latest}")
    campaign = turn.state.records.campaigns[call.campaign_id]
    if campaign.expires_at is not None and callback_at >= campaign.expires_at:
        found.append(f"the campaign ends before that, at {campaign.expires_at}")
    allowed = campaign.settings.retries.max_attempts
    if not campaign.queue_id and turn.state.contact_at(call.row).attempts >= allowed:
        found.append(f"this was the last of the {allowed} attempts that the contact may have")
    return found


def _number(
    turn: Turn, checks: Checks, call: Call, given: str | ContactNumber | None
) -> NumberGiven:
    """The number to call: the same, another of the contact's, or a new one with its hours."""
    if given is None:
        number = NumberGiven(e164(call.number))
    else:
        number = NumberGiven(checks.number(given if isinstance(given, str) else given.number))
    if not number.number:
        return number
    if isinstance(given, ContactNumber):
        try:
            plain = msgspec.structs.replace(given, number=number.number)
            number = number_given(plain, None)
        except BadField as bad:
            checks.add(ErrorCode.INVALID_VALUE, bad.reason, f"number.{bad.field}")
    contact = turn.state.contact_at(call.row)
    place = contact.record.place_of(int(number.number))
    if place >= 0 and contact.dead[place]:
        sentence = f"{number.number} is not dialed any more"
        checks.add(ErrorCode.INVALID_VALUE, sentence, "number")
    campaign = turn.state.records.campaigns[call.campaign_id]
    if place < 0 and not campaign.queue_id and contact.record.number_count >= MOST_NUMBERS:
        sentence = f"the contact has its {MOST_NUMBERS} numbers already"
        checks.add(ErrorCode.INVALID_VALUE, sentence, "number")
    checks.not_excluded(call.campaign_id, number.number)
    _check_second(turn, checks, call, number.number)
    return number


def _check_second(turn: Turn, checks: Checks, call: Call, number: str) -> None:
    """One callback is open for each number and queue (rule CB-12), but for that of the call."""
    campaign = turn.state.records.campaigns[call.campaign_id]
    queue = turn.state.records.queues.get(campaign.queue_id)
    own = turn.state.callbacks.by_row.get(call.row)
    if queue is not None and (own is None or own.number != int(number)):
        checks.second(queue, number)


# --- when the agent marks the call done


def planned_by_code(turn: Turn, call: Call, callback_at: int) -> PlannedCallback:
    """What a wrap-up code that means callback stands for: the same number, from then on.

    Refuses an instant at which the call's queue has no place.
    """
    campaign = turn.state.records.campaigns[call.campaign_id]
    personal = turn.state.records.config.callbacks.personal is PersonalCallbacks.ALL
    owner_id = call.agent_id if personal else None
    window_ms = campaign.settings.callbacks.window_s * 1_000
    checks = Checks(turn)
    slot_at = _slot_at(turn, checks, call, callback_at, window_ms, owner_id)
    checks.refuse()
    return PlannedCallback(
        window_start_at=callback_at,
        window_end_at=callback_at + window_ms,
        number=e164(call.number),
        slot_at=slot_at,
        owner_id=owner_id,
    )


def carry_out(turn: Turn, call: Call, plan: PlannedCallback, before: Callback | None) -> None:
    """The plan becomes a callback; ``before`` is the one that the call was for.

    One that takes effect late, as after a long wrap-up, has its whole window from then on.
    """
    campaign = turn.state.records.campaigns[call.campaign_id]
    contact = turn.state.contact_at(call.row)
    start_at = max(plan.window_start_at, turn.now)
    event = CallbackScheduled(
        callback_id=turn.state.records.last_callback + 1,
        campaign_id=call.campaign_id,
        contact_key=call.contact_key,
        kind=CallbackKind.CAMPAIGN,
        number=plan.number,
        name=_name(contact, before),
        window_start_at=start_at,
        window_end_at=start_at + plan.window_end_at - plan.window_start_at,
        due_at=places.due_at(start_at, plan.slot_at),
        queue_id=campaign.queue_id,
        zone=contact.zone,
        owner_id=plan.owner_id,
        reason=plan.reason,
        interaction_id=f"call-{call.call_id}",
        channel=Channel.VOICE,
        priority=contact.priority if before is None else before.priority,
        agent_id=call.agent_id,
        slot_at=plan.slot_at,
        call_id=call.call_id,
        number_kind=plan.kind,
        from_minute=plan.from_minute,
        until_minute=plan.until_minute,
    )
    if not campaign.queue_id:
        event.number = _number_with_room(contact, plan.number)
        turn.emit(event)
        return
    queue = turn.state.records.queues[campaign.queue_id]
    event.kind = CallbackKind.SCHEDULED
    event.variables = contact.variables
    known = contact.known_of(int(plan.number))
    if known is not None and (plan.kind, plan.from_minute, plan.until_minute) == PLAIN_NUMBER:
        event.number_kind, event.from_minute, event.until_minute = known
    other = turn.state.callbacks.open_for(int(queue.campaign_id), int(plan.number))
    if other is not None:
        # agreed on in the meantime: one is open for each number and queue (rule CB-12)
        replaces = queue.settings.second_callback is SecondCallback.REPLACE
        if not replaces or not replaceable(other):
            lapse(turn, call)
            return
        callback_endings.end(turn, other, CallbackState.CANCELLED, "replaced")
    callbacks.promise(turn, queue, event)


def _number_with_room(contact: Contact, number: str) -> str:
    """That number, or the next of a contact that was loaded with as many others meanwhile."""
    record = contact.record
    if record.place_of(int(number)) >= 0 or record.number_count < MOST_NUMBERS:
        return number
    return e164(record.number(contact.next_number))


def lapse(turn: Turn, call: Call) -> None:
    """What was planned for the call comes to nothing."""
    if call.call_id in turn.state.records.plans:
        turn.emit(
            CallRescheduleDropped(
                call_id=call.call_id,
                campaign_id=call.campaign_id,
                agent_id=call.agent_id or "",
            )
        )


def _name(contact: Contact, before: Callback | None) -> str:
    return contact.variables.get("name", "") if before is None else before.name
