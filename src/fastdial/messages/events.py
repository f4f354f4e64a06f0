"""Events: what happened, in order, and what is asked of the outside.

They are the journal, the feed and the audit trail. Those whose type ends in ``_requested`` ask the
telephony side for something: to dial, bridge, play a message or hang up; whoever carries them out
reports back with ``call.report`` and uses the call id as idempotency key.
"""

from fastdial.messages.base import Event
from fastdial.messages.callback_events import CALLBACK_EVENTS
from fastdial.messages.compliance import MeasuringWindow
from fastdial.messages.errors import RefusedRow
from fastdial.messages.explain import PacingDecision
from fastdial.messages.fates import ContactFate
from fastdial.messages.queue_events import QUEUE_EVENTS
from fastdial.messages.replies import CampaignNotice
from fastdial.messages.settings import CampaignSettings, SiteConfig
from fastdial.messages.slot_events import SLOT_EVENTS
from fastdial.messages.words import (
    AgentState,
    Answerer,
    AttemptOutcome,
    CampaignState,
    DialingMode,
    NumberKind,
    Party,
)


class SiteConfigured(Event, tag="site.configured"):
    """The site's configuration from here on."""

    config: SiteConfig


class CommandRemembered(Event, tag="command.remembered"):
    """The first reply to a command that carried an idempotency key."""

    idempotency_key: str
    digest: bytes
    """of the command, so that a key used for another one is found out"""
    reply: bytes
    """the reply as MessagePack"""
    forget_at: int


# --- campaigns


class CampaignCreated(Event, tag="campaign.created"):
    """A new campaign, in draft."""

    campaign_id: str
    settings: CampaignSettings
    first_day_at: int | None = None
    """when the first day begins"""
    expires_at: int | None = None
    """when the last day has passed"""
    queue_id: str = ""
    """of a queue's callback campaign (rule CQ-1)"""


class CampaignUpdated(Event, tag="campaign.updated"):
    """New settings, for the agents who work on it to see, or who did so up to now (rule CA-4)."""

    campaign_id: str
    settings: CampaignSettings
    first_day_at: int | None = None
    expires_at: int | None = None
    agent_ids: tuple[str, ...] = ()
    """the agents who are or were assigned and are logged in"""


class CampaignFirstDay(Event, tag="campaign.first_day"):
    """The first day has begun: a running campaign may call from now on."""

    campaign_id: str
    agent_ids: tuple[str, ...] = ()
    """the assigned agents who are logged in"""


class CampaignStateChanged(Event, tag="campaign.state_changed"):
    """A step in a campaign's life, for the agents who work on it to see (rule CA-4)."""

    campaign_id: str
    state: CampaignState
    reason: str
    agent_ids: tuple[str, ...] = ()
    """the assigned agents who are logged in"""


class CampaignPacingChanged(Event, tag="campaign.pacing_changed"):
    """A predictive campaign falls back to progressive dialing, or dials ahead again (rule CO-5).

    By its definition of abandonment; a campaign begins progressive.
    """

    campaign_id: str
    ahead: bool
    """false: one call for each idle agent at most"""
    abandoned: float
    """calls in the window, with estimates of persons taken for machines"""
    base: float
    """calls that they are a share of"""
    cap: float
    window: MeasuringWindow
    decision: PacingDecision | None = None
    """what it launches now: the inputs, and the numbers that made it"""


class WindowChanged(Event, tag="campaign.window"):
    """Contacts of a campaign may be called from now on, or may not, by the time where they are.

    It holds for all contacts of one class: those with these zones, regions and number's hours
    (rule CO-1).
    """

    campaign_id: str
    zones: tuple[str, ...]
    regions: tuple[str, ...]
    from_minute: int
    until_minute: int
    open: bool
    until: int | None
    """when that changes; none if not for long"""
    look_again_at: int | None
    """when it is looked at again; none: never, while the campaign's hours stay as they are"""
    reason: str = ""
    """when closed"""
    values: dict[str, str | int] = {}
    """what was looked at"""


# --- contacts


class ContactsLoaded(Event, tag="contacts.loaded"):
    """A load, by columns; the lists are equally long, or empty where no contact has such."""

    campaign_id: str
    contact_keys: list[str]
    numbers: list[list[str]]
    """E.164 with the plus sign"""
    zones: list[str]
    priorities: list[int]
    ranks: list[int]
    variables: list[dict[str, str]]
    regions: list[str] = []
    kinds: list[list[NumberKind]] = []
    """of each number"""
    hours: list[list[tuple[int, int]]] = []
    """of each number: minutes of the local day from and until which it may be called"""
    answer_chances: list[float] = []
    """as the platform told them; 0: it told none"""
    refused: tuple[RefusedRow, ...] = ()
    reopen: bool = False


class ContactsRemoved(Event, tag="contacts.removed"):
    """Contacts taken off the list."""

    campaign_id: str
    contact_keys: list[str]


class ContactsDue(Event, tag="contacts.due"):
    """The wait of these contacts is over: they may be dialed again."""

    campaign_id: str
    contact_keys: list[str]


class ContactHeld(Event, tag="contacts.held"):
    """Passed over because its number is in a live call; comes back when that is over (CA-8)."""

    campaign_id: str
    contact_key: str
    number: str


class ContactPassedOver(Event, tag="contacts.passed_over"):
    """A contact whose turn it was is not dialed, by which rule, and what was looked at (CO-9)."""

    campaign_id: str
    contact_key: str
    number: str
    rule: str
    """the domain rule, such as ``CO-3``"""
    fate: ContactFate
    values: dict[str, str | int] = {}
    number_is_dead: bool = False
    """this number is not dialed any more"""


# --- exclusion lists


class ExclusionAdded(Event, tag="exclusion.added"):
    """Numbers that came on an exclusion list (rule CO-2)."""

    list_name: str
    numbers: bytes
    """E.164 without the plus sign as int64, little-endian, one after the other"""
    reason: str
    """``asked``, or ``do_not_call`` where an agent's wrap-up code said so"""
    call_id: int | None = None
    """that the code was given for"""


class ExclusionRemoved(Event, tag="exclusion.removed"):
    """Numbers that went off an exclusion list."""

    list_name: str
    numbers: bytes
    """as in ``exclusion.added``"""


# --- agents


class AgentLoggedIn(Event, tag="agent.logged_in"):
    """An agent came to work; a state change to not ready follows."""

    agent_id: str
    name: str = ""
    teams: tuple[str, ...] = ()
    campaigns: tuple[CampaignNotice, ...] = ()
    """`My campaigns`, so that the agent is told of those that run (rule CA-4)"""


class AgentStateChanged(Event, tag="agent.state_changed"):
    """When and why an agent's state changed (rule AG-1)."""

    agent_id: str
    state: AgentState
    reason: str
    call_id: int | None = None
    until: int | None = None
    """when the state ends by itself: wrap-up limit, preview limit, latest grant of a log-out"""


class AgentNextState(Event, tag="agent.next_state"):
    """The agent asked, in the middle of work, for a state that holds from its end."""

    agent_id: str
    state: AgentState
    reason: str = ""


# --- previews


class PreviewOffered(Event, tag="preview.offered"):
    """A contact is on an agent's screen."""

    agent_id: str
    campaign_id: str
    contact_key: str
    numbers: tuple[str, ...]
    next_number: int
    variables: dict[str, str] = {}
    lapses_at: int | None = None
    competed: tuple[str, ...] = ()
    """the campaigns that competed for this piece of work (rule CA-5); empty: no other did"""


class PreviewSkipped(Event, tag="preview.skipped"):
    """The contact left the screen without being dialed; it comes back at ``due_at``."""

    agent_id: str
    campaign_id: str
    contact_key: str
    reason: str
    due_at: int


# --- calls


class AgentConnectRequested(Event, tag="agent.connect_requested"):
    """To the telephony side: ring the agent, and keep the line for the call that follows.

    The customer is dialed under the same ``call_id`` once the agent is there.
    """

    agent_id: str
    call_id: int
    campaign_id: str
    contact_key: str
    number: str
    """that is going to be dialed"""
    ring_ms: int
    number_index: int = 0
    caller_id: str = ""
    trunk: str = ""
    competed: tuple[str, ...] = ()
    """the campaigns that competed for this piece of work (rule CA-5); empty: no other did"""


class AgentConnected(Event, tag="agent.connected"):
    """The agent is on the line."""

    agent_id: str
    call_id: int
    campaign_id: str


class DialDelayed(Event, tag="call.dial_delayed"):
    """The agent is on the line, but a limit leaves no room to dial before ``until`` (CA-13)."""

    call_id: int
    campaign_id: str
    agent_id: str
    until: int
    values: dict[str, str | int] = {}
    """which limit it is"""


class AgentConnectEnded(Event, tag="agent.connect_ended"):
    """To the telephony side: let the agent's line go. The customer was never dialed.

    The contact keeps its place; no attempt is counted.
    """

    agent_id: str
    call_id: int
    campaign_id: str
    contact_key: str
    reason: str
    due_at: int


class DialRequested(Event, tag="call.dial_requested"):
    """To the telephony side: dial ``number``. To everybody: an attempt has begun."""

    call_id: int
    campaign_id: str
    contact_key: str
    number: str
    mode: DialingMode
    attempt: int
    """of this contact, from 1"""
    ring_ms: int
    caller_id: str = ""
    agent_id: str | None = None
    """reserved for this call; in predictive mode nobody is"""
    agent_first: bool = False
    """the agent is on the line of this call already, and hears the ringing"""
    number_index: int = 0
    account: str = ""
    """of the contact, where a frequency cap counts accounts"""
    trunk: str = ""
    competed: tuple[str, ...] = ()
    """the campaigns that competed for this piece of work (rule CA-5); empty: no other did"""
    callback_id: int | None = None
    """that it is dialed for"""


class CallRinging(Event, tag="call.ringing"):
    """The network is ringing the customer."""

    call_id: int
    campaign_id: str
    agent_id: str | None = None


class CallGiveUpPlanned(Event, tag="call.give_up_planned"):
    """To be cancelled, but only when it has rung as long as it must (rule CO-6).

    Whoever answers until then is served, or abandoned with the message. A call whose agent has
    gone is anybody's from here on.
    """

    call_id: int
    campaign_id: str
    give_up_at: int
    reason: str
    agent_id: str | None = None


class CallAnswered(Event, tag="call.answered"):
    """Somebody or something answered."""

    call_id: int
    campaign_id: str
    agent_id: str | None = None
    """reserved for this call"""
    answerer: Answerer = Answerer.PERSON
    abandon_at: int | None = None
    """when the call is abandoned unless an agent is found; none where one is already"""


class BridgeRequested(Event, tag="call.bridge_requested"):
    """To the telephony side: join the customer and the agent."""

    call_id: int
    campaign_id: str
    agent_id: str
    waited_ms: int
    """from the answer"""
    zip_tone: bool = False
    """play a short tone that only the agent hears: the customer was there first (rule CA-3)"""
    record: bool = False
    """record from here on (rule CA-1)"""
    late: bool = False
    """after the limit of the campaign's definition of abandonment: counts as abandoned (CO-4)"""


class CallBridged(Event, tag="call.bridged"):
    """The customer and the agent are talking."""

    call_id: int
    campaign_id: str
    agent_id: str


class MessageRequested(Event, tag="call.message_requested"):
    """To the telephony side: play the message, and report each key and the end of it."""

    call_id: int
    campaign_id: str
    message: str
    message_ms: int
    """the longest that it lasts"""
    keys: tuple[str, ...] = ()
    """what can be pressed; empty: no key is asked for"""
    record: bool = False
    """record from here on (rule CA-1)"""


class MessagePlayed(Event, tag="call.message_played"):
    """The message is over; the customer has until then to press a key."""

    call_id: int
    campaign_id: str
    until: int


class KeyPressed(Event, tag="call.key_pressed"):
    """The customer pressed a key."""

    call_id: int
    campaign_id: str
    key: str
    keys: str
    """pressed so far that may still mean something; empty: what was pressed means nothing"""
    until: int
    """when the next key must have been pressed"""
    code: str | None = None
    """the wrap-up code that the keys stand for, once they do"""


class HangUpRequested(Event, tag="call.hang_up_requested"):
    """To the telephony side: end the call. Its outcome is settled."""

    call_id: int
    campaign_id: str
    outcome: AttemptOutcome
    party: Party
    reason: str
    agent_id: str | None = None
    message: str = ""
    """to be played first"""


class CallEnded(Event, tag="call.ended"):
    """The attempt is over, with its one outcome."""

    call_id: int
    campaign_id: str
    contact_key: str
    number: str
    outcome: AttemptOutcome
    party: Party
    attempt: int = 1
    agent_id: str | None = None
    ring_ms: int = 0
    waited_ms: int = 0
    talk_ms: int = 0
    fate: ContactFate | None = None
    """none while an agent has still to give a wrap-up code"""
    code: str | None = None
    """the wrap-up code that keys stood for, where no agent was needed (rule CA-14)"""


class GuideAnswered(Event, tag="guide.answered"):
    """An answer to a question of the call guide; kept with the attempt and for the contact."""

    call_id: int
    campaign_id: str
    contact_key: str
    agent_id: str
    attempt: int
    question: str
    answer: str
    next: str = ""
    """the question that follows; empty: the end"""
    anew: bool = False
    """the guide begins here: answers of earlier attempts do not count any more"""


class CallWrappedUp(Event, tag="call.wrapped_up"):
    """What the call was about; no code where the limit passed first."""

    call_id: int
    campaign_id: str
    contact_key: str
    agent_id: str
    fate: ContactFate
    code: str | None = None


EVENTS = (
    SiteConfigured,
    CommandRemembered,
    CampaignCreated,
    CampaignUpdated,
    CampaignFirstDay,
    CampaignStateChanged,
    CampaignPacingChanged,
    WindowChanged,
    *QUEUE_EVENTS,
    *SLOT_EVENTS,
    *CALLBACK_EVENTS,
    ContactsLoaded,
    ContactsRemoved,
    ContactsDue,
    ContactHeld,
    ContactPassedOver,
    ExclusionAdded,
    ExclusionRemoved,
    AgentLoggedIn,
    AgentStateChanged,
    AgentNextState,
    PreviewOffered,
    PreviewSkipped,
    AgentConnectRequested,
    AgentConnected,
    DialDelayed,
    AgentConnectEnded,
    DialRequested,
    CallRinging,
    CallGiveUpPlanned,
    CallAnswered,
    BridgeRequested,
    CallBridged,
    MessageRequested,
    MessagePlayed,
    KeyPressed,
    HangUpRequested,
    CallEnded,
    GuideAnswered,
    CallWrappedUp,
)
