"""What a site knows, as plain values. Only `fastdial.engine.apply` changes them."""

from typing import Final

import msgspec

from fastdial.messages.callback_events import PlannedCallback
from fastdial.messages.callbacks import CallbackTry
from fastdial.messages.queues import QueueSettings
from fastdial.messages.settings import CampaignSettings, SiteConfig
from fastdial.messages.words import (
    AgentState,
    Answerer,
    AttemptOutcome,
    CallbackKind,
    CallbackState,
    CallState,
    CampaignState,
    Channel,
    ContactState,
    DialingMode,
    Party,
)
from fastdial.rules.compliance.measured import Measure

_RUNNING = CampaignState.RUNNING


class Agent(msgspec.Struct, gc=False):
    """An agent, from the first log-in on. ``number`` counts the site's agents from 1."""

    number: int
    agent_id: str
    name: str
    teams: tuple[str, ...]
    state: AgentState = AgentState.LOGGED_OUT
    reason: str = ""
    since: int = 0
    since_seq: int = 0
    """sequence of the last state change: the longest ready has the smallest"""
    call_id: int | None = None
    preview_row: int | None = None
    until: int | None = None
    next_state: AgentState = AgentState.READY
    """what follows the work in hand"""
    next_reason: str = ""
    spent_ms: dict[AgentState, int] = {}
    busy_since: int = 0
    """while talking or in wrap-up: since when, in both together"""
    paced_by: str | None = None
    """while talking or in wrap-up: under what the pacing keeps it"""


class Call(msgspec.Struct, gc=False):
    """A live attempt, up to the end of its wrap-up."""

    call_id: int
    campaign_id: str
    row: int
    """of the contact, within the site"""
    contact_key: str
    number: int
    """E.164 without the plus sign"""
    number_index: int
    account: str
    """that its attempts are counted for; empty where no cap counts accounts"""
    mode: DialingMode
    attempt: int
    ring_limit_ms: int
    dialed_at: int
    caller_id: str = ""
    trunk: str = ""
    agent_first: bool = False
    state: CallState = CallState.DIALING
    agent_id: str | None = None
    ringing_at: int | None = None
    give_up_at: int | None = None
    """a cancellation that waits until it has rung long enough (rule CO-6)"""
    give_up_reason: str = ""
    answerer: Answerer | None = None
    answered_at: int | None = None
    bridge_asked_at: int | None = None
    late: bool = False
    """an agent was there only after the limit, which counts as abandoned (rule CO-4)"""
    bridged_at: int | None = None
    ended_at: int | None = None
    outcome: AttemptOutcome | None = None
    """settled: set when we ask for the end, or when the network reports it"""
    party: Party = Party.NETWORK
    played: bool = False
    """the message is over"""
    keys: str = ""
    """pressed so far, of those that may mean something"""
    wrong_keys: int = 0
    """how often keys that mean nothing were pressed"""
    code: str | None = None
    """the wrap-up code that the keys stand for"""
    chance: float = 0.0
    """of a line launched ahead: how likely the contact was to answer"""
    serial: int = -1
    """its number among the lines that the campaign's levels are learned from"""


class GuideRecord(msgspec.Struct, gc=False):
    """How far a contact has come in the call guide."""

    attempt: int
    """the newest that had an answer"""
    answers: dict[str, str] = {}
    """by question, in the order in which they were given"""
    next: str = ""
    """the question that follows; empty: the end"""


class Counts(msgspec.Struct, gc=False):
    """Counts since the campaign was made."""

    attempts: int = 0
    answered: int = 0
    abandoned: int = 0
    outcomes: dict[str, int] = {}
    wrap_up_codes: dict[str, int] = {}
    contacts: dict[ContactState, int] = {}
    contacts_left: int = 0
    """that are not done"""


class Campaign(msgspec.Struct, gc=False):
    """A campaign and where it is in its life."""

    campaign_id: str
    settings: CampaignSettings
    state: CampaignState = CampaignState.DRAFT
    first_day_at: int | None = None
    """set until the first day has begun"""
    expires_at: int | None = None
    waiting: list[int] = []
    """answered calls without an agent, in the order in which they were answered"""
    lines: int = 0
    """calls that no agent is reserved for and that are not over"""
    met_nobody_yet: int = 0
    """of these, the ones that a person has answered"""
    counts: Counts = msgspec.field(default_factory=Counts)
    abandonment: Measure = msgspec.field(default_factory=Measure)
    dials_ahead: bool = False
    """whether abandonment leaves room for more than one call for each idle agent (rule CO-5)"""
    queue_id: str = ""
    """of a queue's callback campaign (rule CQ-1)"""
    passed: int = 0
    """where it chooses among the next contacts: how many were dialed instead of the first"""

    @property
    def number(self) -> int:
        """The id as a number."""
        return int(self.campaign_id)

    @property
    def launches(self) -> bool:
        """Whether it may launch calls as far as its life is concerned."""
        return self.state is _RUNNING and self.first_day_at is None

    def takes(self, teams: tuple[str, ...]) -> bool:
        """Whether an agent of these teams is assigned to it; without teams it takes everybody."""
        return self.settings.takes(teams)


class Queue(msgspec.Struct, gc=False):
    """A queue and how many callers wait in it."""

    queue_id: str
    settings: QueueSettings
    campaign_id: str
    """its callback campaign"""
    waiting_callers: int = 0

    def takes(self, teams: tuple[str, ...]) -> bool:
        """Whether an agent of these teams works on it; without teams it takes everybody."""
        return self.settings.takes(teams)


class Callback(msgspec.Struct, gc=False):
    """A promise to call a customer; the contact that it hangs on has the numbers and variables.

    There may be a million of them, and none refers to another: the collector of cycles need not
    look at them.
    """

    callback_id: int
    kind: CallbackKind
    campaign_id: str
    row: int
    """of its contact, within the site"""
    contact_key: str
    number: int
    """E.164 without the plus sign"""
    name: str
    window_start_at: int
    window_end_at: int
    made_at: int
    due_at: int | None
    """while it is scheduled"""
    zone: str = ""
    owner_id: str | None = None
    reason: str = ""
    interaction_id: str = ""
    channel: Channel | None = None
    priority: int = 0
    made_by: str = ""
    state: CallbackState = CallbackState.SCHEDULED
    held: bool = False
    """while it is due: its number is in another call (rule CA-8)"""
    give_at: int | None = None
    """while it is due and its owner away: when it is given to the team (rule CB-6)"""
    agent_id: str | None = None
    """who has it on screen or in a call"""
    slot_at: int | None = None
    """when the slot begins in which it has a place"""
    tokens: tuple[int, ...] = ()
    """of its places: above 0 in a slot of its queue, below 0 of its owner (rule SL-7)"""
    tried: tuple[CallbackTry, ...] = ()
    ended_at: int | None = None
    end_reason: str = ""


class Remembered(msgspec.Struct, gc=False):
    """The first reply to a command with an idempotency key."""

    digest: bytes
    reply: bytes
    forget_at: int


class Records(msgspec.Struct, gc=False):
    """Everything a site knows, as plain values; indexes over it are in `State`."""

    config: SiteConfig
    seed: int
    seq: int = 0
    campaigns: dict[str, Campaign] = {}
    agents: dict[str, Agent] = {}
    calls: dict[int, Call] = {}
    held: dict[int, list[int]] = {}
    """rows of the site whose number is in a live call, by number"""
    remembered: dict[str, Remembered] = {}
    guides: dict[int, GuideRecord] = {}
    """by contact, for those who have given an answer"""
    launched: dict[str, list[int]] = {}
    """for each limit on launches per second the instants of those of the last second"""
    last_call: int = 0
    queues: dict[str, Queue] = {}
    callbacks: dict[int, Callback] = {}
    """those that are open, and for a while those that are over"""
    plans: dict[int, PlannedCallback] = {}
    """by call: what it is rescheduled to once its agent marks it done (rule CB-7)"""
    plan_tokens: dict[int, tuple[int, ...]] = {}
    """by call: of the places that these have taken"""
    last_callback: int = 0


KIND_BITS = 3
"""of a timer's id; the number of its subject stands above them"""


class TimerKind:
    """Whose timer it is. Each of them has one at most."""

    CONTACT: Final = 0
    CALL: Final = 1
    AGENT: Final = 2
    CAMPAIGN: Final = 3
    WINDOW: Final = 4
    QUEUE: Final = 5
    """one for all queues: when some are to be given more slots"""

    CALLBACK: Final = 6


def timer_id(kind: int, number: int) -> int:
    """The id of a timer in the kernel's table."""
    return number << KIND_BITS | kind
