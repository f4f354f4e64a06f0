"""Events of contacts and of previews."""

import numpy as np
from numpy.typing import NDArray

from fastdial.engine.apply import callback_steps
from fastdial.engine.apply.campaigns import charge, count_contact
from fastdial.engine.contact_list import Contact, ContactList
from fastdial.engine.records import Agent, Campaign, TimerKind
from fastdial.engine.state import State
from fastdial.kernel.ready_queue import ReadyQueue
from fastdial.messages.events import (
    ContactHeld,
    ContactPassedOver,
    ContactsDue,
    ContactsLoaded,
    ContactsRemoved,
    PreviewOffered,
    PreviewSkipped,
)
from fastdial.messages.fates import ContactFate
from fastdial.messages.words import ContactState

_DONE = ContactState.DONE
_HELD = ContactState.HELD
_LIVE = ContactState.LIVE
_PREVIEWED = ContactState.PREVIEWED
_PROMISED = ContactState.PROMISED
_READY = ContactState.READY
_WAITING = ContactState.WAITING
_CONTACT = TimerKind.CONTACT


def loaded(state: State, event: ContactsLoaded) -> None:
    if not event.contact_keys:
        return
    campaign: Campaign = state.records.campaigns[event.campaign_id]
    contacts = state.lists[event.campaign_id]
    before = contacts.table.find_many(event.contact_keys)
    known = before[before >= 0]
    for row in dict.fromkeys(known.tolist()):
        _take_from_line(state, contacts.at(row))
    rows, new = contacts.load(event)
    _add(state, campaign, rows[new])
    for row in dict.fromkeys(known.tolist()):
        _renew(state, contacts, row, reopen=event.reopen)


def _add(state: State, campaign: Campaign, rows: NDArray[np.int32]) -> None:
    count_contact(campaign, _READY, len(rows))
    state.enqueue_many(campaign, rows)


def _take_from_line(state: State, contact: Contact) -> None:
    """Its place in the queue, or among those who wait for a number, may be another one now."""
    if contact.state is _READY:
        state.queues[contact.campaign_id].remove(contact.record.row)
    elif contact.state is _HELD:
        forget_held(state, contact)
        callback = state.callbacks.by_row.get(contact.row)
        if callback is None:
            move(state, contact, _READY)
        else:
            move(state, contact, _PROMISED)
            callback_steps.release(state, callback)


def _renew(state: State, contacts: ContactList, row: int, *, reopen: bool) -> None:
    contact = contacts.at(row)
    reopen = reopen and contact.state is _DONE
    dead = contact.dead
    if reopen or all(dead):
        contact.revive()
    elif dead[contact.next_number]:
        contact.record.number_next = dead.index(False)
    contact.removed = False
    if contact.state is _READY:
        state.enqueue(contact)
    elif reopen:
        contact.start_afresh()
        contact.reason = "reopened"
        state.records.guides.pop(contact.row, None)
        make_ready(state, contact)


def removed(state: State, event: ContactsRemoved) -> None:
    for key in event.contact_keys:
        contact = state.known(event.campaign_id, key)
        if contact.state in (_LIVE, _PREVIEWED):
            contact.removed = True
        else:
            drop(state, contact)


def due(state: State, event: ContactsDue) -> None:
    for key in event.contact_keys:
        contact = state.known(event.campaign_id, key)
        state.set_timer(_CONTACT, contact.row, None)
        contact.due_at = None
        make_ready(state, contact)


def held(state: State, event: ContactHeld) -> None:
    contact = state.known(event.campaign_id, event.contact_key)
    move(state, contact, _HELD)
    callback = state.callbacks.by_row.get(contact.row)
    if callback is not None:
        callback_steps.hold(state, callback)
    state.records.held.setdefault(int(event.number), []).append(contact.row)


def passed_over(state: State, event: ContactPassedOver) -> None:
    contact = state.known(event.campaign_id, event.contact_key)
    if event.number_is_dead:
        contact.bury(int(event.number))
    settle(state, contact, event.fate)


def preview_offered(state: State, event: PreviewOffered) -> None:
    charge(state, event)
    contact = state.known(event.campaign_id, event.contact_key)
    move(state, contact, _PREVIEWED)
    state.records.agents[event.agent_id].preview_row = contact.row


def preview_skipped(state: State, event: PreviewSkipped) -> None:
    agent: Agent = state.records.agents[event.agent_id]
    agent.preview_row = None
    contact = state.known(event.campaign_id, event.contact_key)
    settle(
        state,
        contact,
        ContactFate(_WAITING, event.reason, event.due_at, contact.next_number),
    )


# --- steps that several events share


def move(state: State, contact: Contact, to: ContactState) -> None:
    """The contact's state, the campaign's counts, and its place in queue and timers."""
    campaign: Campaign = state.records.campaigns[contact.campaign_id]
    now = contact.state
    if now is _READY:
        queue: ReadyQueue = state.queues[contact.campaign_id]
        queue.remove(contact.record.row)
    count_contact(campaign, now, -1)
    count_contact(campaign, to, 1)
    contact.state = to


def make_ready(state: State, contact: Contact) -> None:
    """Back into the ready queue."""
    move(state, contact, _READY)
    state.enqueue(contact)


def settle(state: State, contact: Contact, fate: ContactFate) -> None:
    """What becomes of a contact that an attempt or a preview let go."""
    if contact.removed:
        drop(state, contact)
        return
    move(state, contact, fate.state)
    contact.reason = fate.reason
    contact.record.number_next = min(fate.next_number, contact.record.number_count - 1)
    contact.due_at = fate.due_at
    if fate.state is _PROMISED:
        callback_steps.kept(state, contact, fate.reason, fate.due_at)
    else:
        state.set_timer(_CONTACT, contact.row, fate.due_at)


def drop(state: State, contact: Contact) -> None:
    """Off the list for good."""
    if contact.state is _READY:
        state.queues[contact.campaign_id].remove(contact.record.row)
    if contact.state is _HELD:
        forget_held(state, contact)
    state.set_timer(_CONTACT, contact.row, None)
    count_contact(state.records.campaigns[contact.campaign_id], contact.state, -1)
    state.records.guides.pop(contact.row, None)
    contact.home.drop(contact)


def release_held(state: State, number: int) -> None:
    """The call that used ``number`` is over: those that waited for it may be dialed."""
    for row in state.records.held.pop(number, ()):
        callback = state.callbacks.by_row.get(row)
        if callback is None:
            make_ready(state, state.contact_at(row))
        else:
            move(state, state.contact_at(row), _PROMISED)
            callback_steps.release(state, callback)


def forget_held(state: State, contact: Contact) -> None:
    """It does not wait for its number any more."""
    number = contact.record.number(contact.next_number)
    rows = state.records.held[number]
    rows.remove(contact.row)
    if not rows:
        del state.records.held[number]
