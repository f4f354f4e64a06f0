"""What can be asked about slots, and the answers, in columns (rules SL-2, SL-6)."""

from typing import Annotated

from msgspec import Meta

from fastdial.messages.base import Command, Reply
from fastdial.messages.queues import QueueId
from fastdial.messages.settings import AgentId, LocalDate
from fastdial.messages.words import SlotReason

ZoneName = Annotated[str, Meta(min_length=1, max_length=64)]
Instant = Annotated[int, Meta(ge=0, le=2**53)]


class SlotsAvailability(Command, tag="slots.availability"):
    """Every slot of a queue that begins on some days of a customer's zone."""

    queue_id: QueueId
    zone: ZoneName
    """the IANA zone in which days are days and times are shown; the customer's"""
    first_day: LocalDate | None = None
    """none: today in that zone"""
    days: Annotated[int, Meta(ge=1, le=62)] = 7
    agent_id: AgentId | None = None
    """for a personal callback: slots at which this agent has promised another are full"""


class SlotsFirstFree(Command, tag="slots.first_free"):
    """The first slots that can be booked, of one queue or of many together, in order of time."""

    zone: ZoneName
    """the IANA zone in which times are shown; the customer's"""
    queue_ids: Annotated[tuple[QueueId, ...], Meta(max_length=100_000)] = ()
    """empty = every queue that has slots; slots of one instant come in the order of the queues"""
    from_at: Instant | None = None
    """slots that begin from this instant on; none: from now on"""
    until_at: Instant | None = None
    """and before this one"""
    limit: Annotated[int, Meta(ge=1, le=10_000)] = 1
    agent_id: AgentId | None = None
    """as in ``slots.availability``"""


class SlotsOpenFor(Command, tag="slots.open_for"):
    """How long the office of a queue stays open, whether there are free slots or not."""

    queue_id: QueueId
    at: Instant | None = None
    """none: now"""


class SlotsReply(Reply, tag="slots.view"):
    """Slots in order of time; the columns are equally long."""

    queue_id: str
    zone: str
    """in which the local times are"""
    at: int
    """when this was so, ms"""
    start_at: list[int]
    end_at: list[int]
    start_local: list[str]
    """with the offset, which tells apart what comes twice: ``2026-10-25T02:30+01:00``"""
    end_local: list[str]
    capacity: list[int]
    taken: list[int]
    """more than the capacity where that was lowered: the slot is over-full (rule SL-4)"""
    free: list[int]
    """places left, whether the slot can be booked or not"""
    reasons: list[SlotReason | None]
    """why it cannot be booked; none: it can"""


class SlotsFoundReply(Reply, tag="slots.found"):
    """The first slots that can be booked, in order of time; the columns are equally long."""

    zone: str
    at: int
    queue_ids: list[str]
    start_at: list[int]
    end_at: list[int]
    start_local: list[str]
    end_local: list[str]
    free: list[int]


class SlotsOpenReply(Reply, tag="slots.open"):
    """Whether the office is open, and for how long."""

    queue_id: str
    at: int
    open: bool
    open_s: int | None = None
    """how many seconds it stays open, 0 if it is closed; none: for longer than a year"""
    until: int | None = None
    """when it closes, if it is open"""
    opens_at: int | None = None
    """when it opens next, if it is closed; none: not within a year"""


SLOT_COMMANDS = (SlotsAvailability, SlotsFirstFree, SlotsOpenFor)
SLOT_REPLIES = (SlotsReply, SlotsFoundReply, SlotsOpenReply)
