"""Replies: the one answer to each command."""

import msgspec

from fastdial.messages.base import Reply
from fastdial.messages.callback_events import PlannedCallback
from fastdial.messages.callbacks import CallbackView, MadeOfCaller
from fastdial.messages.errors import Fault, RefusedRow
from fastdial.messages.explain import AnswerChance, Behind, Looked, PacingDecision
from fastdial.messages.guides import GuideQuestion
from fastdial.messages.queues import QueueView
from fastdial.messages.settings import CampaignSettings, WrapUpCode
from fastdial.messages.slot_queries import SLOT_REPLIES
from fastdial.messages.words import AgentState, CampaignState, ContactState


class Ok(Reply, tag="ok"):
    """Done, with nothing to tell."""


class Error(Reply, tag="error"):
    """Refused: nothing was done. ``faults`` lists everything that was found wrong."""

    faults: tuple[Fault, ...]

    @property
    def fault(self) -> Fault:
        """The first fault."""
        return self.faults[0]


class Welcome(Reply, tag="hello.welcome"):
    """The answer to hello."""

    protocol: int
    server: str
    site: str
    now: int
    """the site's time, ms"""
    speed: float
    """how many times faster than a wall clock the site's time runs; 1 but in demonstrations"""
    last_seq: int
    """sequence of the newest event"""
    max_frame_bytes: int


class Pong(Reply, tag="ping.pong"):
    """The answer to ping."""

    now: int


class Subscribed(Reply, tag="subscribe.subscribed"):
    """Events after ``after`` follow."""

    after: int


class CampaignNotice(msgspec.Struct, omit_defaults=True, frozen=True):
    """What an agent sees of a campaign in `My campaigns`."""

    campaign_id: str
    name: str
    state: CampaignState


class CampaignView(msgspec.Struct, omit_defaults=True):
    """A campaign as it stands."""

    campaign_id: str
    state: CampaignState
    settings: CampaignSettings
    contacts: dict[ContactState, int]
    """how many contacts are in each state; states without any are left out"""
    queue_id: str = ""
    """of a queue's callback campaign (rule CQ-1)"""


class CampaignReply(Reply, tag="campaign.view"):
    """One campaign: the answer to create, update, start, pause, stop and get."""

    campaign: CampaignView


class CampaignsReply(Reply, tag="campaign.notices"):
    """The campaigns, by id."""

    campaigns: tuple[CampaignNotice, ...]


class Warned(msgspec.Struct, omit_defaults=True, frozen=True):
    """What is done as asked, and perhaps not as meant."""

    message: str
    field: str
    values: dict[str, str | int] = {}


class QueueReply(Reply, tag="queue.view"):
    """One queue: the answer to create, update and get."""

    queue: QueueView
    warnings: tuple[Warned, ...] = ()


class QueuesReply(Reply, tag="queue.views"):
    """The queues."""

    queues: tuple[QueueView, ...]


class CallbackReply(Reply, tag="callback.view"):
    """One callback: the answer to schedule, update, move, cancel, done and get."""

    callback: CallbackView


class CallbacksReply(Reply, tag="callback.views"):
    """A page of callbacks, by the start of their window."""

    callbacks: tuple[CallbackView, ...]
    next: str = ""
    """``after`` of the next page; empty: there is none"""


class CallbackExplanation(Reply, tag="callback.explanation"):
    """Every rule that was looked at for a callback, in the order in which they are asked."""

    callback: CallbackView
    may_be_dialed: bool
    looked_at: tuple[Looked, ...]
    earliest_at: int | None = None
    """when the rules that pass by themselves all have; none where one does not"""


class RescheduleReply(Reply, tag="call.plan"):
    """What the call is going to be, once the agent has marked it done."""

    call_id: int
    plan: PlannedCallback


class CallerReply(Reply, tag="queue.caller"):
    """What became of a caller whom nobody served."""

    caller: MadeOfCaller


class LoadReply(Reply, tag="contacts.load_counts"):
    """What became of a load."""

    added: int
    updated: int
    refused: tuple[RefusedRow, ...] = ()


class RemoveReply(Reply, tag="contacts.remove_counts"):
    """What became of a removal."""

    removed: int
    unknown: tuple[str, ...] = ()


class ContactView(msgspec.Struct, omit_defaults=True):
    """Where a contact stands."""

    contact_key: str
    state: ContactState
    numbers: tuple[str, ...]
    next_number: int
    """index into ``numbers`` of the one that goes next"""
    attempts: int
    priority: int = 0
    rank: int = 0
    answer_chance: float | None = None
    """how likely a person answers, as the platform told it"""
    zone: str = ""
    region: str = ""
    due_at: int | None = None
    """for a contact that waits: when it may be dialed again"""
    reason: str = ""
    """why it is in its state: the outcome or wrap-up code that put it there, and the like"""
    variables: dict[str, str] = {}
    answers: dict[str, str] = {}
    """to the questions of the call guide, of the newest attempt that had any (rule CA-12)"""


class ContactReply(Reply, tag="contacts.view"):
    """One contact."""

    contact: ContactView


class ExclusionChangedReply(Reply, tag="exclusion.changed"):
    """What became of numbers that were to go on or off a list."""

    changed: int
    """numbers that were not there before, or were"""
    refused: tuple[RefusedRow, ...] = ()
    """by their place in ``numbers`` or ``packed``, from 1"""


class ExclusionCheckReply(Reply, tag="exclusion.found"):
    """For each number, as E.164, the lists that it is on."""

    found: dict[str, tuple[str, ...]]


class ExclusionListsReply(Reply, tag="exclusion.lists"):
    """How many numbers are on each list."""

    lists: dict[str, int]


class ContactExplanation(Reply, tag="contacts.explanation"):
    """Every rule that was looked at for a contact, in the order in which they are asked."""

    contact: ContactView
    number: str
    may_be_dialed: bool
    looked_at: tuple[Looked, ...]
    earliest_at: int | None = None
    """when the rules that pass by themselves all have; none where one does not"""
    answer: AnswerChance | None = None
    """of a campaign that dials ahead, or has: how likely the contact answers, as learned"""


class CampaignExplanation(Reply, tag="campaign.explanation"):
    """What was looked at for a campaign, and its contacts by what they wait for."""

    campaign_id: str
    at: int
    launches: bool
    """whether nothing but agents and time keeps it from dialing"""
    looked_at: tuple[Looked, ...]
    contacts: tuple[Behind, ...]
    """most contacts first"""
    pacing: PacingDecision | None = None
    """of a predictive campaign that has run: what it would launch now, and why"""


class AgentReply(Reply, tag="agent.view"):
    """The agent after the command: the answer to login, ready, not ready and log-out."""

    agent_id: str
    state: AgentState
    reason: str = ""
    granted_by: int | None = None
    """while logging out: the latest instant at which it is granted (rule AG-4)"""
    campaigns: tuple[CampaignNotice, ...] = ()
    """at login: `My campaigns`"""


class PreviewReply(Reply, tag="preview.view"):
    """The contact on the agent's screen."""

    campaign_id: str
    contact: ContactView
    lapses_at: int | None = None


class CallReply(Reply, tag="call.view"):
    """The call that a command started."""

    call_id: int


class WrapUpCodesReply(Reply, tag="wrap_up_codes.found"):
    """The codes that were searched for, in the campaign's order, the built-in ones last."""

    codes: tuple[WrapUpCode, ...]


class GuideReply(Reply, tag="guide.view"):
    """Where the guide of a call stands."""

    call_id: int
    question: GuideQuestion | None
    """the one to ask next; none: the guide is at its end"""
    answers: dict[str, str] = {}
    """by question, in the order in which they were given; of earlier attempts where it resumes"""


class Stats(msgspec.Struct, omit_defaults=True):
    """Counts since the campaign or the site was made."""

    attempts: int = 0
    live_calls: int = 0
    answered: int = 0
    """answered by a person: connected to an agent or abandoned"""
    abandoned: int = 0
    outcomes: dict[str, int] = {}
    """ended attempts by outcome"""
    wrap_up_codes: dict[str, int] = {}
    contacts: dict[ContactState, int] = {}
    agents: dict[AgentState, int] = {}
    """agents by state; for a campaign, those assigned to it"""
    agent_ms: dict[AgentState, int] = {}
    """time that agents spent in each state, up to now"""


class StatsReply(Reply, tag="stats.view"):
    """The answer to ``stats.get``."""

    stats: Stats
    at: int


REPLIES = (
    Ok,
    Error,
    Welcome,
    Pong,
    Subscribed,
    CampaignReply,
    CampaignsReply,
    QueueReply,
    QueuesReply,
    CallbackReply,
    CallbacksReply,
    CallbackExplanation,
    RescheduleReply,
    CallerReply,
    LoadReply,
    RemoveReply,
    ContactReply,
    ContactExplanation,
    CampaignExplanation,
    ExclusionChangedReply,
    ExclusionCheckReply,
    ExclusionListsReply,
    AgentReply,
    PreviewReply,
    CallReply,
    GuideReply,
    WrapUpCodesReply,
    StatsReply,
    *SLOT_REPLIES,
)
