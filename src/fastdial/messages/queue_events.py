"""Events of queues."""

from fastdial.messages.base import Event
from fastdial.messages.queues import QueueSettings


class QueueCreated(Event, tag="queue.created"):
    """A new queue; the creation of its callback campaign follows."""

    queue_id: str
    campaign_id: str
    settings: QueueSettings


class QueueUpdated(Event, tag="queue.updated"):
    """New settings; the update of its callback campaign follows."""

    queue_id: str
    campaign_id: str
    settings: QueueSettings


class QueueWaitingChanged(Event, tag="queue.waiting_changed"):
    """Another number of callers waits in the queue."""

    queue_id: str
    campaign_id: str
    callers: int


QUEUE_EVENTS = (QueueCreated, QueueUpdated, QueueWaitingChanged)
