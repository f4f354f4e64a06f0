"""What events of calls, contacts and agents mean for open callbacks, and the steps of these."""

from fastdial.engine.callback_lists import Wanted, callback_id_at
from fastdial.engine.contact_list import Contact
from fastdial.engine.records import Agent, Call, Callback, Campaign, TimerKind
from fastdial.engine.state import State
from fastdial.messages.callbacks import CallbackTry
from fastdial.messages.events import CallEnded
from fastdial.messages.words import AgentState, CallbackState, OwnerAway

_LOGGED_OUT = AgentState.LOGGED_OUT
_DIALED = CallbackState.DIALED
_SCHEDULED = CallbackState.SCHEDULED


def dialed(state: State, call: Call) -> None:
    """An attempt to the contact of an open callback has begun."""
    callback = state.callbacks.by_row.get(call.row)
    if callback is not None:
        step(state, callback, _DIALED)


def tried(state: State, call: Call, event: CallEnded) -> None:
    """The attempt is over; its agent goes on to other work unless it is to be wrapped up."""
    callback = state.callbacks.by_row[call.row]
    callback.tried += (
        CallbackTry(call.call_id, event.number, call.dialed_at, event.outcome, call.agent_id or ""),
    )
    if event.fate is not None:
        let_go(state, callback)


def wrapped_up(state: State, call: Call) -> None:
    """The agent has said what it was about."""
    let_go(state, state.callbacks.by_row[call.row])


def kept(state: State, contact: Contact, reason: str, due_at: int | None) -> None:
    """The contact of an open callback was let go, to be tried again at ``due_at``."""
    callback = state.callbacks.by_row.get(contact.row)
    if callback is not None and due_at is not None:
        state.callbacks.step_out(callback)
        wait(state, callback, due_at, reason)


def hold(state: State, callback: Callback) -> None:
    """The number is in another call."""
    state.callbacks.step_out(callback)
    callback.held = True


def release(state: State, callback: Callback) -> None:
    """It is not any more."""
    callback.held = False
    state.callbacks.line_up(callback)


def owner_came_or_went(state: State, agent: Agent) -> None:
    """An owner logged in or out: how long callbacks wait depends on it (rule CB-6)."""
    _owners_matter(state, Wanted(None, agent.agent_id, None, (CallbackState.DUE,)))


def owners_matter_anew(state: State, campaign: Campaign) -> None:
    """The campaign has other settings for owners who are away."""
    _owners_matter(state, Wanted(None, None, campaign.campaign_id, (CallbackState.DUE,)))


def _owners_matter(state: State, wanted: Wanted) -> None:
    """Of due callbacks, those too whose number is in another call now."""
    for place in tuple(state.callbacks.lists.find(wanted, None, None)):
        wait_for_owner(state, state.records.callbacks[callback_id_at(place)])


# --- steps that several events share


def step(state: State, callback: Callback, to: CallbackState) -> None:
    """The callback's state, in the record and in the lists."""
    if callback.state is not to:
        state.callbacks.lists.move(callback, to)
        callback.state = to


def let_go(state: State, callback: Callback) -> None:
    """Its agent does not call back any more."""
    if callback.agent_id is not None:
        state.callbacks.count(callback.campaign_id, -1)
        callback.agent_id = None


def schedule(state: State, callback: Callback, due_at: int) -> None:
    """Its timer is that of its next try, or of its window's end."""
    callback.due_at = due_at
    callback.give_at = None
    set_timer(state, callback, min(due_at, callback.window_end_at))


def wait(state: State, callback: Callback, due_at: int, reason: str) -> None:
    """Back to wait for its next try, for which its contact gives the reason."""
    contact = state.contact_at(callback.row)
    contact.due_at = due_at
    contact.reason = reason
    callback.held = False
    step(state, callback, _SCHEDULED)
    schedule(state, callback, due_at)


def wait_for_owner(state: State, callback: Callback) -> None:
    """While it is due, its timer is that of its window's end, or of the owner's absence."""
    callback.give_at = None
    if callback.owner_id is not None:
        settings = state.records.campaigns[callback.campaign_id].settings.callbacks
        owner = state.records.agents.get(callback.owner_id)
        away = owner is None or owner.state is _LOGGED_OUT
        if away and settings.owner_away is OwnerAway.GIVE_TO_TEAM:
            callback.give_at = state.at + settings.give_after_s * 1_000
    until = callback.window_end_at
    if callback.give_at is not None:
        until = min(until, callback.give_at)
    set_timer(state, callback, until)


def set_timer(state: State, callback: Callback, at: int | None) -> None:
    """The callback's one timer."""
    state.set_timer(TimerKind.CALLBACK, callback.callback_id, at)
