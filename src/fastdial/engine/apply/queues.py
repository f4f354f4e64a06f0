"""Events of queues."""

from fastdial.engine.records import Queue
from fastdial.engine.state import State
from fastdial.messages.queue_events import QueueCreated, QueueUpdated, QueueWaitingChanged


def created(state: State, event: QueueCreated) -> None:
    queues = state.records.queues
    queues[event.queue_id] = Queue(event.queue_id, event.settings, event.campaign_id)


def updated(state: State, event: QueueUpdated) -> None:
    state.records.queues[event.queue_id].settings = event.settings


def waiting_changed(state: State, event: QueueWaitingChanged) -> None:
    state.records.queues[event.queue_id].waiting_callers = event.callers
