"""Apply: the only code that changes what a site knows. It never decides.

One function for each type of event, found by `apply`. Recovery is: apply the events again.
"""

from collections.abc import Callable
from typing import Any

from fastdial.engine.apply import (
    agents,
    callbacks,
    calls,
    campaigns,
    compliance,
    contacts,
    exclusion,
    guides,
    queues,
)
from fastdial.engine.state import State
from fastdial.messages import callback_events, events, queue_events, slot_events
from fastdial.messages.base import Event
from fastdial.messages.events import AgentStateChanged
from fastdial.messages.words import AgentState

_APPLY: dict[type[Event], Callable[[State, Any], None]] = {
    events.SiteConfigured: campaigns.site_configured,
    events.CommandRemembered: campaigns.command_remembered,
    events.CampaignCreated: campaigns.created,
    events.CampaignUpdated: campaigns.updated,
    events.CampaignFirstDay: campaigns.first_day,
    events.CampaignStateChanged: campaigns.state_changed,
    events.CampaignPacingChanged: compliance.pacing_changed,
    events.WindowChanged: campaigns.window,
    queue_events.QueueCreated: queues.created,
    queue_events.QueueUpdated: queues.updated,
    queue_events.QueueWaitingChanged: queues.waiting_changed,
    slot_events.SlotsPlanned: queues.slots_planned,
    callback_events.CallRescheduled: callbacks.rescheduled,
    callback_events.CallRescheduleDropped: callbacks.reschedule_dropped,
    callback_events.CallbackScheduled: callbacks.scheduled,
    callback_events.CallbackUpdated: callbacks.updated,
    callback_events.CallbackDue: callbacks.due,
    callback_events.CallbackReassigned: callbacks.reassigned,
    callback_events.CallbackOffered: callbacks.offered,
    callback_events.CallbackReturned: callbacks.returned,
    callback_events.CallbackEnded: callbacks.ended,
    callback_events.CallbackForgotten: callbacks.forgotten,
    callback_events.CallerMissed: queues.only_told,
    callback_events.TicketRequested: queues.only_told,
    callback_events.AnnouncementRequested: queues.only_told,
    events.ContactsLoaded: contacts.loaded,
    events.ContactsRemoved: contacts.removed,
    events.ContactsDue: contacts.due,
    events.ContactHeld: contacts.held,
    events.ContactPassedOver: contacts.passed_over,
    events.ExclusionAdded: exclusion.added,
    events.ExclusionRemoved: exclusion.removed,
    events.AgentLoggedIn: agents.logged_in,
    events.AgentStateChanged: agents.state_changed,
    events.AgentNextState: agents.next_state,
    events.PreviewOffered: contacts.preview_offered,
    events.PreviewSkipped: contacts.preview_skipped,
    events.AgentConnectRequested: calls.connect_requested,
    events.AgentConnected: calls.connected,
    events.DialDelayed: calls.dial_delayed,
    events.AgentConnectEnded: calls.connect_ended,
    events.DialRequested: calls.dial_requested,
    events.CallRinging: calls.ringing,
    events.CallGiveUpPlanned: calls.give_up_planned,
    events.CallAnswered: calls.answered,
    events.BridgeRequested: calls.bridge_requested,
    events.CallBridged: calls.bridged,
    events.MessageRequested: calls.message_requested,
    events.MessagePlayed: calls.message_played,
    events.KeyPressed: calls.key_pressed,
    events.HangUpRequested: calls.hang_up_requested,
    events.CallEnded: calls.ended,
    events.GuideAnswered: guides.answered,
    events.CallWrappedUp: calls.wrapped_up,
}


_QUIET = frozenset(
    (
        callback_events.CallRescheduled,
        callback_events.CallRescheduleDropped,
        callback_events.CallbackForgotten,
        callback_events.CallerMissed,
        callback_events.TicketRequested,
        callback_events.AnnouncementRequested,
        events.CommandRemembered,
        events.ContactHeld,
        events.DialRequested,
        events.CallRinging,
        events.CallAnswered,
        events.BridgeRequested,
        events.CallBridged,
        events.HangUpRequested,
        events.AgentNextState,
        slot_events.SlotsPlanned,
    )
)
"""events after which no more can be launched than before, but for campaigns that dial ahead; a
bridge to a line that was launched ahead says so by itself"""

_AGENT_STATE_CHANGED = events.AgentStateChanged
_LOGGED_OUT = AgentState.LOGGED_OUT
_READY = AgentState.READY


def _is_only_work(event: Event) -> bool:
    """Whether an agent took a step after which nobody is free for more than before.

    One who logs out may have been all that two campaigns shared, so that the lines of one count on
    the agents of the other no more.
    """
    if type(event) is not _AGENT_STATE_CHANGED:
        return False
    changed: AgentStateChanged = event
    return changed.state is not _READY and changed.state is not _LOGGED_OUT


class BrokenRecord(ValueError):
    """An event that cannot follow what went before."""


def apply(state: State, event: Event) -> None:
    """Change ``state`` by ``event``, which must be the next in sequence; else `BrokenRecord`."""
    records = state.records
    if event.seq != records.seq + 1:
        raise BrokenRecord(f"event {event.seq} cannot follow event {records.seq}")
    apply_next(state, event)


def apply_next(state: State, event: Event) -> None:
    """The same, of an event that was numbered just now."""
    state.records.seq = event.seq
    state.at = event.at
    kind = type(event)
    if not (state.stirred or kind in _QUIET) and not _is_only_work(event):
        state.stirred = True
    _APPLY[kind](state, event)
