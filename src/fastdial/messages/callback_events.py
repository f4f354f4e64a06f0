"""Events of callbacks, and of callers whom nobody served."""

import msgspec

from fastdial.messages.base import Event
from fastdial.messages.callbacks import CallbackTry
from fastdial.messages.fates import ContactFate
from fastdial.messages.words import (
    CallbackKind,
    CallbackState,
    Channel,
    MissedCallers,
    NumberKind,
)


class PlannedCallback(msgspec.Struct, omit_defaults=True, frozen=True):
    """What a call is rescheduled to, until the agent marks it done (rule CB-7)."""

    window_start_at: int
    window_end_at: int
    number: str
    kind: NumberKind = NumberKind.VOICE
    """of a number that is new, as are the next two"""
    from_minute: int = 0
    """of the local day; both 0: no hours of its own"""
    until_minute: int = 0
    is_new: bool = False
    """the contact does not have this number yet"""
    slot_at: int | None = None
    """when the slot begins in which it has a place already; of a queue with slots"""
    owner_id: str | None = None
    reason: str = ""


class CallRescheduled(Event, tag="call.rescheduled"):
    """A call is going to be a callback, in place of what was said before."""

    call_id: int
    campaign_id: str
    agent_id: str
    plan: PlannedCallback


class CallRescheduleDropped(Event, tag="call.reschedule_dropped"):
    """It is not."""

    call_id: int
    campaign_id: str
    agent_id: str


class CallbackScheduled(Event, tag="callback.scheduled"):
    """A customer was promised a call (rules CB-1, CB-2)."""

    callback_id: int
    campaign_id: str
    """its campaign, or that by which its queue calls back"""
    contact_key: str
    kind: CallbackKind
    number: str
    name: str
    window_start_at: int
    window_end_at: int
    due_at: int
    queue_id: str = ""
    zone: str = ""
    owner_id: str | None = None
    reason: str = ""
    interaction_id: str = ""
    channel: Channel | None = None
    variables: dict[str, str] = {}
    priority: int = 0
    agent_id: str | None = None
    """who agreed on it"""
    slot_at: int | None = None
    """when the slot begins in which it has a place (rule SL-3)"""
    call_id: int | None = None
    """the call that was rescheduled to it, whose place it takes over"""
    number_kind: NumberKind = NumberKind.VOICE
    """of a number that is new to its contact, as are the next two"""
    from_minute: int = 0
    until_minute: int = 0


class CallbackUpdated(Event, tag="callback.updated"):
    """It was edited or moved: all that can change, as it is from now on (rule CB-5)."""

    callback_id: int
    campaign_id: str
    contact_key: str
    number: str
    name: str
    window_start_at: int
    window_end_at: int
    due_at: int
    zone: str = ""
    owner_id: str | None = None
    reason: str = ""
    variables: dict[str, str] = {}
    priority: int = 0
    slot_at: int | None = None


class CallbackDue(Event, tag="callback.due"):
    """Its time has come, for its owner or whoever is free to see (rule CB-8)."""

    callback_id: int
    campaign_id: str
    agent_id: str | None = None
    """its owner"""


class CallbackReassigned(Event, tag="callback.reassigned"):
    """Its owner was away too long: it is anybody's of the team now (rule CB-6)."""

    callback_id: int
    campaign_id: str
    agent_id: str
    """who owned it"""
    reason: str


class CallbackOffered(Event, tag="callback.offered"):
    """It is on an agent's screen; nothing is dialed yet (rule CB-8)."""

    callback_id: int
    campaign_id: str
    contact_key: str
    agent_id: str
    kind: CallbackKind
    number: str
    caller_id: str
    """from which the number is going to be dialed"""
    name: str
    waiting_ms: int
    """since its window began, or the caller gave up"""
    window_end_at: int
    queue_id: str = ""
    reason: str = ""
    variables: dict[str, str] = {}
    lapses_at: int | None = None
    tried: int = 0
    """attempts so far"""
    competed: tuple[str, ...] = ()
    """the campaigns that competed for this piece of work (rule CA-5); empty: no other did"""


class CallbackReturned(Event, tag="callback.returned"):
    """It left the screen undialed; it is due again then."""

    callback_id: int
    campaign_id: str
    contact_key: str
    agent_id: str
    reason: str
    due_at: int


class CallbackEnded(Event, tag="callback.ended"):
    """It is over, in exactly one of the states that end it (rules CB-9, CQ-8)."""

    callback_id: int
    campaign_id: str
    contact_key: str
    kind: CallbackKind
    state: CallbackState
    reason: str
    number: str
    queue_id: str = ""
    owner_id: str | None = None
    agent_id: str | None = None
    """who marked it done"""
    tried: tuple[CallbackTry, ...] = ()
    fate: ContactFate | None = None
    """of its contact; none where a call or a removal has settled that"""


class CallbackForgotten(Event, tag="callback.forgotten"):
    """One that was over long ago is not listed any more."""

    callback_id: int
    campaign_id: str


class CallerMissed(Event, tag="queue.caller_missed"):
    """A caller gave up or pressed the key, and what was made of it (rules CQ-2, CQ-7)."""

    queue_id: str
    campaign_id: str
    number: str
    made: MissedCallers
    reason: str = ""
    """why nothing was made"""
    waited_s: int | None = None
    """of one who gave up"""
    key: str | None = None
    """that was pressed"""
    interaction_id: str = ""
    callback_id: int | None = None
    """that was made, or that is open for the number already"""


class TicketRequested(Event, tag="queue.ticket_requested"):
    """To the platform: write a ticket about a missed caller (rule CQ-10)."""

    queue_id: str
    campaign_id: str
    number: str
    subject: str
    name: str = ""
    interaction_id: str = ""
    variables: dict[str, str] = {}


class AnnouncementRequested(Event, tag="queue.announcement_requested"):
    """To the telephony side: play this to the caller who pressed the key (rule CQ-2)."""

    queue_id: str
    campaign_id: str
    number: str
    announcement: str
    interaction_id: str = ""


CALLBACK_EVENTS = (
    CallRescheduled,
    CallRescheduleDropped,
    CallbackScheduled,
    CallbackUpdated,
    CallbackDue,
    CallbackReassigned,
    CallbackOffered,
    CallbackReturned,
    CallbackEnded,
    CallbackForgotten,
    CallerMissed,
    TicketRequested,
    AnnouncementRequested,
)
