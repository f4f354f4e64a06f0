"""Events of queues."""

from fastdial.engine.records import Queue
from fastdial.engine.state import State
from fastdial.messages.base import Event
from fastdial.messages.queue_events import QueueCreated, QueueUpdated, QueueWaitingChanged
from fastdial.messages.slot_events import SlotsPlanned


def created(state: State, event: QueueCreated) -> None:
    queues = state.records.queues
    queues[event.queue_id] = Queue(event.queue_id, event.settings, event.campaign_id)
    if event.settings.slots is not None:
        _plan_anew(state, event.queue_id)


def updated(state: State, event: QueueUpdated) -> None:
    queue = state.records.queues[event.queue_id]
    before = queue.settings
    queue.settings = event.settings
    if event.settings.slots != before.slots:
        _plan_anew(state, event.queue_id)
    if event.settings.missed_callers.caller_order is not before.missed_callers.caller_order:
        state.callbacks.reorder(queue.campaign_id)


def waiting_changed(state: State, event: QueueWaitingChanged) -> None:
    state.records.queues[event.queue_id].waiting_callers = event.callers


def slots_planned(state: State, event: SlotsPlanned) -> None:
    state.slots.plan(event)
    state.wake_for_slots()


def _plan_anew(state: State, queue_id: str) -> None:
    state.slots.settings_changed(queue_id)
    state.wake_for_slots()


def only_told(state: State, event: Event) -> None:
    """What others act on; what follows for the site comes in events of its own."""
