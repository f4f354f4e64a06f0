"""Events of callbacks."""

from fastdial.engine.apply import places
from fastdial.engine.apply.callback_steps import (
    let_go,
    schedule,
    set_timer,
    step,
    wait,
    wait_for_owner,
)
from fastdial.engine.apply.campaigns import charge, count_contact
from fastdial.engine.apply.contacts import forget_held, move, settle
from fastdial.engine.contact_list import Contact
from fastdial.engine.records import Callback, Campaign
from fastdial.engine.state import State
from fastdial.messages.callback_events import (
    CallbackDue,
    CallbackEnded,
    CallbackForgotten,
    CallbackOffered,
    CallbackReassigned,
    CallbackReturned,
    CallbackScheduled,
    CallbackUpdated,
    CallRescheduled,
    CallRescheduleDropped,
)
from fastdial.messages.words import CallbackState, ContactState

_DIALED = CallbackState.DIALED
_DUE = CallbackState.DUE
_OFFERED = CallbackState.OFFERED
_HELD = ContactState.HELD
_PREVIEWED = ContactState.PREVIEWED
_PROMISED = ContactState.PROMISED


def scheduled(state: State, event: CallbackScheduled) -> None:
    contact = _promised_contact(state, event)
    callback = Callback(
        callback_id=event.callback_id,
        kind=event.kind,
        campaign_id=event.campaign_id,
        row=contact.row,
        contact_key=event.contact_key,
        number=int(event.number),
        name=event.name,
        window_start_at=event.window_start_at,
        window_end_at=event.window_end_at,
        made_at=event.at,
        due_at=event.due_at,
        zone=event.zone,
        owner_id=event.owner_id,
        reason=event.reason,
        interaction_id=event.interaction_id,
        channel=event.channel,
        priority=event.priority,
        made_by=event.agent_id or "",
        slot_at=event.slot_at,
    )
    state.records.last_callback = event.callback_id
    state.records.callbacks[event.callback_id] = callback
    state.callbacks.lists.add(callback)
    state.callbacks.open(callback)
    places.take(state, callback, event.call_id)
    schedule(state, callback, event.due_at)


def _promised_contact(state: State, event: CallbackScheduled) -> Contact:
    """The contact on which the callback hangs; one of a queue is made for it."""
    campaign: Campaign = state.records.campaigns[event.campaign_id]
    contacts = state.lists[event.campaign_id]
    if campaign.queue_id:
        contact = contacts.add(event)
        count_contact(campaign, _PROMISED, 1)
        contact.state = _PROMISED
    else:
        contact = state.known(event.campaign_id, event.contact_key)
        if contact.record.place_of(int(event.number)) < 0:
            contacts.add_number(contact, event)
        move(state, contact, _PROMISED)
        contact.reason = "callback"
    contact.record.number_next = contact.record.place_of(int(event.number))
    contact.due_at = event.due_at
    return contact


def updated(state: State, event: CallbackUpdated) -> None:
    callback = state.records.callbacks[event.callback_id]
    book = state.callbacks
    book.lists.remove(callback)
    book.close(callback)
    places.change(state, callback, event)
    contact = state.contact_at(callback.row)
    if state.records.campaigns[event.campaign_id].queue_id:
        contact.home.renew(contact, event)
    contact.record.number_next = contact.record.place_of(int(event.number))
    callback.number = int(event.number)
    callback.name = event.name
    callback.window_start_at = event.window_start_at
    callback.window_end_at = event.window_end_at
    callback.zone = event.zone
    callback.owner_id = event.owner_id
    callback.reason = event.reason
    callback.priority = event.priority
    callback.slot_at = event.slot_at
    contact.due_at = event.due_at
    book.lists.add(callback)
    book.open(callback)
    schedule(state, callback, event.due_at)


def due(state: State, event: CallbackDue) -> None:
    callback = state.records.callbacks[event.callback_id]
    step(state, callback, _DUE)
    callback.due_at = None
    state.contact_at(callback.row).due_at = None
    state.callbacks.line_up(callback)
    wait_for_owner(state, callback)


def reassigned(state: State, event: CallbackReassigned) -> None:
    callback = state.records.callbacks[event.callback_id]
    book = state.callbacks
    book.step_out(callback)
    book.lists.remove(callback)
    places.leave_owner(state, callback)
    callback.owner_id = None
    book.lists.add(callback)
    if not callback.held:
        book.line_up(callback)
    wait_for_owner(state, callback)


def offered(state: State, event: CallbackOffered) -> None:
    charge(state, event)
    callback = state.records.callbacks[event.callback_id]
    state.callbacks.step_out(callback)
    step(state, callback, _OFFERED)
    callback.agent_id = event.agent_id
    state.callbacks.count(callback.campaign_id, 1)
    move(state, state.contact_at(callback.row), _PREVIEWED)
    state.records.agents[event.agent_id].preview_row = callback.row
    set_timer(state, callback, None)


def returned(state: State, event: CallbackReturned) -> None:
    callback = state.records.callbacks[event.callback_id]
    state.records.agents[event.agent_id].preview_row = None
    move(state, state.contact_at(callback.row), _PROMISED)
    let_go(state, callback)
    wait(state, callback, event.due_at, event.reason)


def ended(state: State, event: CallbackEnded) -> None:
    callback = state.records.callbacks[event.callback_id]
    book = state.callbacks
    if callback.state is _OFFERED:
        state.records.agents[callback.agent_id or ""].preview_row = None
    if callback.state in (_OFFERED, _DIALED) and callback.agent_id is not None:
        let_go(state, callback)
    book.step_out(callback)
    book.close(callback)
    step(state, callback, event.state)
    callback.ended_at = event.at
    callback.end_reason = event.reason
    places.give_back(state, callback)
    callback.due_at = callback.give_at = None
    if event.fate is not None:
        contact = state.contact_at(callback.row)
        if contact.state is _HELD:
            forget_held(state, contact)
        settle(state, contact, event.fate)
    set_timer(state, callback, event.at + state.records.config.callbacks.keep_s * 1_000)


def forgotten(state: State, event: CallbackForgotten) -> None:
    callback = state.records.callbacks.pop(event.callback_id)
    state.callbacks.lists.remove(callback)
    set_timer(state, callback, None)
    campaign: Campaign = state.records.campaigns[event.campaign_id]
    if campaign.queue_id:
        contact = state.contact_at(callback.row)
        count_contact(campaign, contact.state, -1)
        contact.home.drop(contact)


def rescheduled(state: State, event: CallRescheduled) -> None:
    places.leave_plan(state, event.call_id)
    state.records.plans[event.call_id] = event.plan
    places.plan(state, event)


def reschedule_dropped(state: State, event: CallRescheduleDropped) -> None:
    places.leave_plan(state, event.call_id)
    del state.records.plans[event.call_id]
