"""Events of contacts and of previews."""

from fastdial.engine.apply.campaigns import count_contact
from fastdial.engine.records import Contact, TimerKind
from fastdial.engine.state import State
from fastdial.messages.events import (
    ContactFate,
    ContactHeld,
    ContactsDue,
    ContactsLoaded,
    ContactsRemoved,
    PreviewOffered,
    PreviewSkipped,
)
from fastdial.messages.words import ContactState


def loaded(state: State, event: ContactsLoaded) -> None:
    rows = state.keys[event.campaign_id]
    for place, key in enumerate(event.contact_keys):
        row = rows.get(key)
        if row is None:
            _add(state, event, place)
        else:
            _update(state, event, place, state.records.contacts[row])


def _add(state: State, event: ContactsLoaded, place: int) -> None:
    records = state.records
    records.last_row += 1
    contact = Contact(
        row=records.last_row,
        campaign_id=event.campaign_id,
        contact_key=event.contact_keys[place],
        numbers=event.numbers[place],
        dead=[False] * len(event.numbers[place]),
        zone=event.zones[place],
        priority=event.priorities[place],
        rank=event.ranks[place],
        variables=event.variables[place],
    )
    records.contacts[contact.row] = contact
    state.keys[event.campaign_id][contact.contact_key] = contact.row
    count_contact(records.campaigns[event.campaign_id], ContactState.READY, 1)
    state.enqueue(contact)


def _update(state: State, event: ContactsLoaded, place: int, contact: Contact) -> None:
    current = contact.numbers[contact.next_number]
    if contact.state is ContactState.READY:
        state.queues[contact.campaign_id].remove(contact.row)
    elif contact.state is ContactState.HELD:
        # its next number may be another one now, which the next launch looks at afresh
        _forget_held(state.records.held, contact.row, current)
        move(state, contact, ContactState.READY)
    numbers = event.numbers[place]
    known = dict(zip(contact.numbers, contact.dead, strict=True))
    contact.numbers = numbers
    contact.dead = [known.get(number, False) for number in numbers]
    if all(contact.dead) or (event.reopen and contact.state is ContactState.DONE):
        contact.dead = [False] * len(numbers)
    next_number = numbers.index(current) if current in numbers else 0
    contact.next_number = contact.dead.index(False) if contact.dead[next_number] else next_number
    contact.zone = event.zones[place]
    contact.priority = event.priorities[place]
    contact.rank = event.ranks[place]
    contact.variables = event.variables[place]
    contact.removed = False
    if contact.state is ContactState.READY:
        state.enqueue(contact)
    elif event.reopen and contact.state is ContactState.DONE:
        contact.attempts = 0
        contact.tries = {}
        contact.reason = "reopened"
        make_ready(state, contact)


def removed(state: State, event: ContactsRemoved) -> None:
    for key in event.contact_keys:
        contact = state.records.contacts[state.keys[event.campaign_id][key]]
        if contact.state in (ContactState.LIVE, ContactState.PREVIEWED):
            contact.removed = True
        else:
            drop(state, contact)


def due(state: State, event: ContactsDue) -> None:
    for key in event.contact_keys:
        contact = state.records.contacts[state.keys[event.campaign_id][key]]
        state.set_timer(TimerKind.CONTACT, contact.row, None)
        contact.due_at = None
        make_ready(state, contact)


def held(state: State, event: ContactHeld) -> None:
    contact = state.records.contacts[state.keys[event.campaign_id][event.contact_key]]
    move(state, contact, ContactState.HELD)
    state.records.held.setdefault(event.number, []).append(contact.row)


def preview_offered(state: State, event: PreviewOffered) -> None:
    contact = state.records.contacts[state.keys[event.campaign_id][event.contact_key]]
    move(state, contact, ContactState.PREVIEWED)
    state.records.agents[event.agent_id].preview_row = contact.row


def preview_skipped(state: State, event: PreviewSkipped) -> None:
    agent = state.records.agents[event.agent_id]
    agent.preview_row = None
    contact = state.records.contacts[state.keys[event.campaign_id][event.contact_key]]
    settle(
        state,
        contact,
        ContactFate(ContactState.WAITING, event.reason, event.due_at, contact.next_number),
    )


# --- steps that several events share


def move(state: State, contact: Contact, to: ContactState) -> None:
    """The contact's state, the campaign's counts, and its place in queue and timers."""
    campaign = state.records.campaigns[contact.campaign_id]
    if contact.state is ContactState.READY:
        state.queues[contact.campaign_id].remove(contact.row)
    count_contact(campaign, contact.state, -1)
    count_contact(campaign, to, 1)
    contact.state = to


def make_ready(state: State, contact: Contact) -> None:
    """Back into the ready queue."""
    move(state, contact, ContactState.READY)
    state.enqueue(contact)


def settle(state: State, contact: Contact, fate: ContactFate) -> None:
    """What becomes of a contact that an attempt or a preview let go."""
    if contact.removed:
        drop(state, contact)
        return
    move(state, contact, fate.state)
    contact.reason = fate.reason
    contact.next_number = min(fate.next_number, len(contact.numbers) - 1)
    contact.due_at = fate.due_at
    state.set_timer(TimerKind.CONTACT, contact.row, fate.due_at)


def drop(state: State, contact: Contact) -> None:
    """Off the list for good."""
    records = state.records
    if contact.state is ContactState.READY:
        state.queues[contact.campaign_id].remove(contact.row)
    if contact.state is ContactState.HELD:
        number = contact.numbers[contact.next_number]
        _forget_held(records.held, contact.row, number)
    state.set_timer(TimerKind.CONTACT, contact.row, None)
    count_contact(records.campaigns[contact.campaign_id], contact.state, -1)
    del state.keys[contact.campaign_id][contact.contact_key]
    del records.contacts[contact.row]


def release_held(state: State, number: str) -> None:
    """The call that used ``number`` is over: those that waited for it may be dialed."""
    for row in state.records.held.pop(number, ()):
        make_ready(state, state.records.contacts[row])


def _forget_held(held: dict[str, list[int]], row: int, number: str) -> None:
    rows = held[number]
    rows.remove(row)
    if not rows:
        del held[number]
