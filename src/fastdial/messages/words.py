"""The field's words as enums: one word for one thing, in code, protocol, docs and CLI."""

from enum import StrEnum


class DialingMode(StrEnum):
    """How a campaign's calls and agents come together (rule CA-2)."""

    PREVIEW = "preview"
    """the agent asks for a contact, looks, dials or skips"""
    PUSH_PREVIEW = "push_preview"
    """a contact is put before each agent who is ready, who dials or skips"""
    PROGRESSIVE = "progressive"
    """one call for each agent who is ready"""
    PREDICTIVE = "predictive"
    """calls ahead of agents becoming free"""
    AGENTLESS = "agentless"
    """no agent: a message is played and keys are collected"""


class ContactOrder(StrEnum):
    """Which contact goes next among those of the same priority (rule CA-6)."""

    OLDEST = "oldest"
    NEWEST = "newest"
    RANDOM = "random"
    COLUMN = "column"


class CampaignState(StrEnum):
    """Where a campaign is in its life (rule CA-4)."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    FINISHED = "finished"
    EXPIRED = "expired"


class AgentState(StrEnum):
    """What an agent is doing (rule AG-1)."""

    LOGGED_OUT = "logged_out"
    NOT_READY = "not_ready"
    READY = "ready"
    RESERVED = "reserved"
    PREVIEWING = "previewing"
    TALKING = "talking"
    WRAP_UP = "wrap_up"
    LOGGING_OUT = "logging_out"


class ContactState(StrEnum):
    """Where a contact stands on its campaign's list."""

    READY = "ready"
    """in the ready queue: may be dialed now"""
    WAITING = "waiting"
    """to be tried again at a later instant"""
    HELD = "held"
    """its number is in another live call (rule CA-8)"""
    PREVIEWED = "previewed"
    """on an agent's screen"""
    LIVE = "live"
    """in an attempt, or in the wrap-up after one"""
    DONE = "done"
    """not to be dialed any more"""
    PROMISED = "promised"
    """to be called back: an open callback says when, and by whom"""


class CallState(StrEnum):
    """How far an attempt has come."""

    CONNECTING = "connecting"
    """its agent is rung first; the customer is not dialed yet"""
    CONNECTED = "connected"
    """its agent is on the line, and the customer is about to be dialed"""
    DIALING = "dialing"
    RINGING = "ringing"
    ANSWERED = "answered"
    """a person is on the line and no agent is yet"""
    PLAYING = "playing"
    """a person hears the message of a campaign without agents, or is about to press keys"""
    BRIDGING = "bridging"
    TALKING = "talking"
    ENDING = "ending"
    """told to hang up; the network has not reported it yet"""
    WRAP_UP = "wrap_up"
    """over, and its agent has still to say what it was about"""


class AttemptOutcome(StrEnum):
    """What the network and call-progress analysis said; an attempt ends in exactly one."""

    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    ANSWERING_MACHINE = "answering_machine"
    FAX = "fax"
    INVALID_NUMBER = "invalid_number"
    CONGESTION = "congestion"
    FAILED = "failed"
    CANCELLED = "cancelled"
    ABANDONED = "abandoned"


class Saw(StrEnum):
    """What the telephone network saw of a call (``call.report``)."""

    RINGING = "ringing"
    ANSWERED = "answered"
    BRIDGED = "bridged"
    PLAYED = "played"
    """the message that was asked for is over"""
    KEY = "key"
    """the customer pressed a key"""
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    INVALID_NUMBER = "invalid_number"
    CONGESTION = "congestion"
    FAILED = "failed"
    HUNG_UP = "hung_up"


class AgentSaw(StrEnum):
    """What the telephone network saw of an agent's own leg (``agent.report``)."""

    CONNECTED = "connected"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    HUNG_UP = "hung_up"


class Answerer(StrEnum):
    """Who answered, by call-progress analysis."""

    PERSON = "person"
    ANSWERING_MACHINE = "answering_machine"
    FAX = "fax"


class Party(StrEnum):
    """Who ended a call."""

    CUSTOMER = "customer"
    AGENT = "agent"
    NETWORK = "network"
    DIALER = "dialer"


class CodeMeaning(StrEnum):
    """What a wrap-up code makes of the contact (rule CA-11)."""

    DONE = "done"
    RETRY = "retry"
    """come back after a while"""
    DO_NOT_CALL = "do_not_call"
    """never again"""
    CALLBACK = "callback"
    """come back at the instant that the agent gives with the code"""


class AnswerKind(StrEnum):
    """What an answer to a question of a call guide is (rule CA-12)."""

    CHOICE = "choice"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"


class NextNumber(StrEnum):
    """Which number of the contact the next attempt dials."""

    SAME = "same"
    NEXT = "next"
    """the next in the chain, and the first again after the last"""


class AfterWrapUp(StrEnum):
    """What becomes of the agent when the wrap-up limit passes (rule AG-6)."""

    READY = "ready"
    NOT_READY = "not_ready"


class PreviewLapse(StrEnum):
    """What is done when the preview time runs out (rule CA-2)."""

    DIAL = "dial"
    SKIP = "skip"


class Weekday(StrEnum):
    """A day of the week."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class NumberKind(StrEnum):
    """What a contact's number is (rule CB-7)."""

    VOICE = "voice"
    """a line of which no more is known"""
    MOBILE = "mobile"
    HOME = "home"
    WORK = "work"
    OTHER = "other"


class SlotReason(StrEnum):
    """Why a slot cannot be booked (rule SL-2)."""

    CLOSED = "closed"
    HOLIDAY = "holiday"
    FULL = "full"
    TOO_SOON = "too_soon"
    TOO_FAR = "too_far"
    PAST = "past"


class Channel(StrEnum):
    """How a customer and the centre are in touch (rule CB-4)."""

    VOICE = "voice"
    CHAT = "chat"
    EMAIL = "email"
    SMS = "sms"
    SOCIAL = "social"


class PersonalCallbacks(StrEnum):
    """Whether callbacks are for one agent (rule CB-6)."""

    AS_CHOSEN = "as_chosen"
    ALL = "all"
    NONE = "none"


class OwnerAway(StrEnum):
    """What becomes of a due personal callback whose owner is not logged in (rule CB-6)."""

    KEEP = "keep"
    """it waits for the owner until its window ends"""
    GIVE_TO_TEAM = "give_to_team"
    """after a delay it is anybody's"""


class SecondCallback(StrEnum):
    """What becomes of a second callback for one number and queue (rule CB-12)."""

    REFUSE = "refuse"
    REPLACE = "replace"
    """the first one is cancelled"""


class MissedCallers(StrEnum):
    """What is made of callers who gave up or pressed the key (rules CQ-2, CQ-10)."""

    NOTHING = "nothing"
    CALLBACK = "callback"
    TICKET = "ticket"


class CallerOrder(StrEnum):
    """Which missed caller is called back first (rule CQ-5)."""

    OLDEST = "oldest"
    NEWEST = "newest"
    RANDOM = "random"


class CallBackWhen(StrEnum):
    """When the agents of a queue call missed callers back (rule CQ-6)."""

    ALWAYS = "always"
    WHEN_FREE_AGENTS = "when_free_agents"
    """while more agents are ready than callers wait"""
    WHEN_NO_WAITING_CALLERS = "when_no_waiting_callers"


class CallbackKind(StrEnum):
    """Where a callback comes from (rule CB-1)."""

    CAMPAIGN = "campaign"
    """an outbound call was rescheduled"""
    SCHEDULED = "scheduled"
    """an agent agreed on a time with the customer"""
    WEB = "web"
    """asked for on a page or in a chat"""
    COURTESY = "courtesy"
    """a place kept in a queue"""
    ABANDONED = "abandoned"
    """a caller gave up, or pressed the key"""


class CallbackState(StrEnum):
    """Where a callback stands; the last five end it, and it ends in exactly one of them."""

    SCHEDULED = "scheduled"
    """its time is still to come, or that of its next try"""
    DUE = "due"
    """to be offered to its owner, or to a free agent"""
    OFFERED = "offered"
    """on an agent's screen"""
    DIALED = "dialed"
    """in a call, or in the wrap-up after it"""
    DONE = "done"
    """the customer was reached, or an agent marked it so"""
    MISSED = "missed"
    """tried, and the customer was not reached"""
    EXPIRED = "expired"
    """its window ended before anybody dialed"""
    CANCELLED = "cancelled"
    """deleted, replaced by another, or ruled out for good"""
    REMOVED = "removed"
    """a missed caller's record, so long after the caller was missed (rule CQ-8)"""
