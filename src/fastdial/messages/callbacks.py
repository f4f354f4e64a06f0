"""Callbacks: promises to call a customer, and what they are asked for, moved and listed by."""

from typing import Annotated

import msgspec
from msgspec import Meta

from fastdial.messages.base import Command
from fastdial.messages.contact_numbers import ContactNumber, NumberText, Variables
from fastdial.messages.queues import CallerKey, InteractionId, QueueId
from fastdial.messages.settings import AgentId, CampaignId
from fastdial.messages.words import (
    AttemptOutcome,
    CallbackKind,
    CallbackState,
    Channel,
    MissedCallers,
)

CallId = Annotated[int, Meta(ge=1)]
CallbackId = Annotated[int, Meta(ge=1, le=2**53)]
Instant = Annotated[int, Meta(ge=-(2**53), le=2**53)]
LooseText = Annotated[str, Meta(max_length=10_000)]
"""checked by the site, so that every failed check can be told at once (rule CB-3)"""
Priority = Annotated[int, Meta(ge=-1_000, le=1_000)]
"""the higher goes first"""

REASON_VARIABLE = "callback_reason"
"""the variable by which an offer shows the reason (rule CB-2)"""


class CallbackTry(msgspec.Struct, omit_defaults=True, frozen=True):
    """An attempt that a callback led to."""

    call_id: int
    number: str
    dialed_at: int
    outcome: AttemptOutcome
    agent_id: str = ""


class CallbackView(msgspec.Struct, omit_defaults=True):
    """A callback as it stands (rule CB-2)."""

    callback_id: int
    kind: CallbackKind
    state: CallbackState
    campaign_id: str
    """its campaign, or that by which its queue calls back"""
    contact_key: str
    number: str
    name: str
    window_start_at: int
    window_end_at: int
    made_at: int
    queue_id: str = ""
    zone: str = ""
    owner_id: str | None = None
    """of a personal one"""
    reason: str = ""
    interaction_id: str = ""
    channel: Channel | None = None
    variables: dict[str, str] = {}
    priority: int = 0
    made_by: str = ""
    """the agent who agreed on it"""
    due_at: int | None = None
    """while it is scheduled"""
    slot_at: int | None = None
    """the beginning of the slot in which it has a place (rule SL-3)"""
    agent_id: str | None = None
    """who has it on screen or in a call"""
    tried: tuple[CallbackTry, ...] = ()
    ended_at: int | None = None
    end_reason: str = ""


class CallbackSchedule(Command, tag="callback.schedule"):
    """Promise a customer a call in a window of time, for a queue (rules CB-1 to CB-4).

    Of the kinds ``scheduled``, ``web`` and ``courtesy``; one of the last needs no window: it
    begins at once.
    """

    queue_id: QueueId
    number: LooseText
    """7 to 15 digits, with spaces, dashes, commas and points; with a country code or the site's"""
    name: LooseText
    """3 to 250 characters"""
    window_start_at: Instant | None = None
    """30 minutes to 31 days from now"""
    window_end_at: Instant | None = None
    """30 minutes to 8 hours after the start"""
    zone: LooseText = ""
    """IANA, of the customer"""
    kind: CallbackKind = CallbackKind.SCHEDULED
    agent_id: AgentId | None = None
    """who agrees on it; none: the customer asked for it elsewhere"""
    personal: bool | None = None
    """for one agent; left out: as the site has it, and where it leaves the choice for anybody"""
    owner_id: AgentId | None = None
    """of a personal one: the agent or a teammate; left out: the agent"""
    reason: LooseText = ""
    """at most 250 characters; an offer shows it as variable ``callback_reason`` too"""
    interaction_id: InteractionId = ""
    """from which it comes, on whatever channel"""
    channel: Channel | None = None
    """of that interaction"""
    call_id: CallId | None = None
    """a call of a campaign from which it comes, unless the campaign forbids that (rule CB-4)"""
    variables: Variables = {}
    priority: Priority = 0
    earliest: bool = False
    """of the slots in the window the earliest that is free, not that with most room (SL-5)"""


class CallbackUpdate(Command, tag="callback.update"):
    """Change what is given, until the window starts (rule CB-5)."""

    callback_id: CallbackId
    number: LooseText | None = None
    name: LooseText | None = None
    reason: LooseText | None = None
    variables: Variables | None = None
    priority: Priority | None = None
    personal: bool | None = None
    owner_id: AgentId | None = None
    agent_id: AgentId | None = None
    """who changes it; the owner of one that becomes personal unless another is named"""


class CallbackMove(Command, tag="callback.move"):
    """Another window, until the old one starts (rule CB-5)."""

    callback_id: CallbackId
    window_start_at: Instant
    window_end_at: Instant
    zone: LooseText | None = None
    earliest: bool = False


class CallbackCancel(Command, tag="callback.cancel"):
    """Delete it, until its window starts (rule CB-5)."""

    callback_id: CallbackId
    reason: Annotated[str, Meta(min_length=1, max_length=64)] = "asked"


class CallbackGet(Command, tag="callback.get"):
    """One callback."""

    callback_id: CallbackId


class CallbackList(Command, tag="callback.list"):
    """Callbacks by the start of their window, of those that fit all that is given (rule CB-5).

    A page may have fewer than ``limit``, or none; ``next`` of the reply is where to go on.
    """

    number: NumberText | None = None
    agent_id: AgentId | None = None
    """the owner"""
    queue_id: QueueId | None = None
    campaign_id: CampaignId | None = None
    states: Annotated[tuple[CallbackState, ...], Meta(max_length=16)] = ()
    """empty = any"""
    from_at: Instant | None = None
    """windows that start then or later"""
    until_at: Instant | None = None
    """windows that start before"""
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100
    after: Annotated[str, Meta(max_length=64)] = ""
    """``next`` of the page before"""


class CallbackAccept(Command, tag="callback.accept"):
    """Dial the callback on the agent's screen, at its number or another of the contact's."""

    agent_id: AgentId
    callback_id: CallbackId
    number: NumberText | None = None


class CallbackDone(Command, tag="callback.done"):
    """The callback on the agent's screen needs no call any more."""

    agent_id: AgentId
    callback_id: CallbackId
    reason: Annotated[str, Meta(min_length=1, max_length=64)] = "marked_done"


class CallbackExplain(Command, tag="callback.explain"):
    """Whether a callback may be offered and dialed now, and by which rules (rule CO-9)."""

    callback_id: CallbackId


class CallReschedule(Command, tag="call.reschedule"):
    """Call this customer again at another time (rule CB-7).

    It takes effect when the agent marks the call done; until then it can be sent again, which
    replaces it, or dropped.
    """

    call_id: CallId
    agent_id: AgentId
    callback_at: Instant
    window_s: Annotated[int, Meta(ge=60, le=7 * 86_400)] | None = None
    """how long it may take place; left out: the campaign's"""
    number: NumberText | ContactNumber | None = None
    """another of the contact's numbers, or a new one with its kind and hours; left out: the same"""
    personal: bool | None = None
    owner_id: AgentId | None = None
    reason: LooseText = ""


class CallDropReschedule(Command, tag="call.drop_reschedule"):
    """The call is not rescheduled after all."""

    call_id: CallId
    agent_id: AgentId


class QueueCallerAbandoned(Command, tag="queue.caller_abandoned"):
    """A caller gave up in a queue (rule CQ-2)."""

    queue_id: QueueId
    number: NumberText
    waited_s: Annotated[int, Meta(ge=0, le=7 * 86_400)]
    name: Annotated[str, Meta(max_length=250)] = ""
    zone: Annotated[str, Meta(max_length=64)] = ""
    interaction_id: InteractionId = ""
    variables: Variables = {}


class QueueKeyPressed(Command, tag="queue.key_pressed"):
    """A caller pressed a key in a queue (rule CQ-2)."""

    queue_id: QueueId
    number: NumberText
    key: CallerKey
    name: Annotated[str, Meta(max_length=250)] = ""
    zone: Annotated[str, Meta(max_length=64)] = ""
    interaction_id: InteractionId = ""
    variables: Variables = {}


class MadeOfCaller(msgspec.Struct, omit_defaults=True, frozen=True):
    """What became of a caller whom nobody served."""

    made: MissedCallers
    reason: str = ""
    """why nothing was made"""
    callback_id: int | None = None
    """that was made, or that is open for the number already"""


CALLBACK_COMMANDS = (
    CallbackSchedule,
    CallbackUpdate,
    CallbackMove,
    CallbackCancel,
    CallbackGet,
    CallbackList,
    CallbackExplain,
    CallbackAccept,
    CallbackDone,
    CallReschedule,
    CallDropReschedule,
    QueueCallerAbandoned,
    QueueKeyPressed,
)
