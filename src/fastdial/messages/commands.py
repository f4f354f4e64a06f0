"""Commands: what somebody asks of a site or a session, or reports to it."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from fastdial.messages.base import Command
from fastdial.messages.callbacks import CALLBACK_COMMANDS
from fastdial.messages.compliance import ListName
from fastdial.messages.contact_numbers import ContactNumber, NumberText, Variables
from fastdial.messages.guides import QuestionId
from fastdial.messages.queues import QUEUE_COMMANDS
from fastdial.messages.settings import (
    AgentId,
    CampaignId,
    CampaignSettings,
    ContactKey,
    SiteConfig,
    Teams,
)
from fastdial.messages.slot_queries import SLOT_COMMANDS
from fastdial.messages.windows import Region
from fastdial.messages.words import AgentSaw, Answerer, Party, Saw

CallId = Annotated[int, Meta(ge=1)]


# --- the session (answered by the server, not by a site)


class Hello(Command, tag="hello"):
    """The first message of a connection."""

    protocol: int
    client: Annotated[str, Meta(max_length=100)] = ""


class Ping(Command, tag="ping"):
    """Answered with the site's time."""


class EventFilter(msgspec.Struct, omit_defaults=True, frozen=True):
    """Which events a subscriber wants; an empty list leaves that dimension open.

    ``types`` holds event types or, with a trailing dot, their first part (``call.``).
    """

    types: tuple[str, ...] = ()
    campaign_ids: tuple[CampaignId, ...] = ()
    agent_ids: tuple[AgentId, ...] = ()


class Subscribe(Command, tag="subscribe"):
    """Send me the events after sequence ``after``, history first, then live.

    Without ``after``: from now on. A connection has at most one subscription.
    """

    after: Annotated[int, Meta(ge=0)] | None = None
    filter: EventFilter = EventFilter()


class Unsubscribe(Command, tag="unsubscribe"):
    """No more events on this connection."""


# --- the site


class SiteConfigure(Command, tag="site.configure"):
    """The site's configuration from now on."""

    config: SiteConfig


class StatsGet(Command, tag="stats.get"):
    """Counts of a campaign, or of the whole site."""

    campaign_id: CampaignId | None = None


# --- campaigns


class CampaignCreate(Command, tag="campaign.create"):
    """A new campaign, in draft; without an id it gets the next one in sequence."""

    settings: CampaignSettings
    campaign_id: CampaignId | None = None


class CampaignUpdate(Command, tag="campaign.update"):
    """New settings in place of all the old ones."""

    campaign_id: CampaignId
    settings: CampaignSettings


class CampaignStart(Command, tag="campaign.start"):
    """From draft, paused, stopped or finished to running."""

    campaign_id: CampaignId


class CampaignPause(Command, tag="campaign.pause"):
    """Launch nothing more for now; calls that are up go on."""

    campaign_id: CampaignId


class CampaignStop(Command, tag="campaign.stop"):
    """Launch nothing more, and cancel calls that nobody has answered."""

    campaign_id: CampaignId


class CampaignGet(Command, tag="campaign.get"):
    """One campaign with its settings and state."""

    campaign_id: CampaignId


class CampaignExplain(Command, tag="campaign.explain"):
    """What holds a campaign back now, and how many contacts stand behind each reason."""

    campaign_id: CampaignId


class CampaignList(Command, tag="campaign.list"):
    """All campaigns, or those that an agent is assigned to (`My campaigns`)."""

    agent_id: AgentId | None = None


# --- contacts


class ContactRow(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A row of a load."""

    contact_key: ContactKey
    numbers: Annotated[list[NumberText | ContactNumber], Meta(min_length=1, max_length=8)]
    """in the order in which they are tried; E.164, or national with the site's region; as text,
    or as a map where a number has a kind or hours of its own"""
    zone: Annotated[str, Meta(max_length=64)] = ""
    """IANA zone of the contact; without one, all zones of the number's region are kept to"""
    region: Region = ""
    """ISO 3166 country or subdivision of the contact; empty = by each number"""
    priority: Annotated[int, Meta(ge=-1_000, le=1_000)] = 0
    """the higher goes first"""
    rank: Annotated[int, Meta(ge=-(2**62), le=2**62)] = 0
    """for contact order ``column``: the lower goes first"""
    answer_chance: Annotated[float, Meta(gt=0, lt=1)] | None = None
    """how likely a call of it is answered by a person, where the platform knows"""
    variables: Variables = {}


class ContactsLoad(Command, tag="contacts.load"):
    """Contacts for a campaign's list; a key that is there already is updated (rule CA-7).

    Each row is a map with the fields of `ContactRow`, checked one by one: a bad row is refused
    with its number, counted from ``first_row``, and the good ones are kept.
    """

    campaign_id: CampaignId
    contacts: list[Any]
    first_row: Annotated[int, Meta(ge=0, le=2**53)] = 1
    reopen: bool = False
    """put contacts that are done back on the list"""


class ContactsRemove(Command, tag="contacts.remove"):
    """Take contacts off the list; one in a live attempt goes when the attempt is over.

    One on an agent's screen is not dialed any more and goes when it is skipped.
    """

    campaign_id: CampaignId
    contact_keys: list[ContactKey]


class ContactsExplain(Command, tag="contacts.explain"):
    """Whether one contact may be dialed now, and by which rules (rule CO-9)."""

    campaign_id: CampaignId
    contact_key: ContactKey
    number: Annotated[str, Meta(max_length=100)] | None = None
    """one of the contact's numbers; else the one that goes next"""


class ContactsGet(Command, tag="contacts.get"):
    """Where one contact stands."""

    campaign_id: CampaignId
    contact_key: ContactKey


# --- exclusion lists


class ExclusionAdd(Command, tag="exclusion.add"):
    """Put numbers on an exclusion list, which is made when it first comes (rule CO-2).

    A list holds where the site or a campaign names it in its compliance settings. Long lists are
    sent in many commands; numbers that are there already do no harm.
    """

    list_name: ListName
    numbers: Annotated[tuple[NumberText, ...], Meta(max_length=100_000)] = ()
    """E.164, or national with the site's region"""
    packed: Annotated[bytes, Meta(max_length=8_000_000)] = b""
    """more numbers: E.164 without the plus sign as int64, little-endian, one after the other"""


class ExclusionRemove(Command, tag="exclusion.remove"):
    """Take numbers off an exclusion list."""

    list_name: ListName
    numbers: Annotated[tuple[NumberText, ...], Meta(max_length=100_000)] = ()
    """E.164, or national with the site's region"""
    packed: Annotated[bytes, Meta(max_length=8_000_000)] = b""
    """as in ``exclusion.add``"""


class ExclusionCheck(Command, tag="exclusion.check"):
    """On which lists numbers are: of those that hold for a campaign, or of all."""

    numbers: Annotated[tuple[NumberText, ...], Meta(max_length=1_000)]
    campaign_id: CampaignId | None = None


class ExclusionList(Command, tag="exclusion.list"):
    """The exclusion lists and how many numbers are on each."""


# --- agents


class AgentLogin(Command, tag="agent.login"):
    """The agent is at work, not yet ready."""

    agent_id: AgentId
    name: Annotated[str, Meta(max_length=250)] = ""
    teams: Teams = ()


class AgentReady(Command, tag="agent.ready"):
    """The agent can be given work."""

    agent_id: AgentId


class AgentNotReady(Command, tag="agent.not_ready"):
    """No work for now. In the middle of work it holds from its end."""

    agent_id: AgentId
    reason: Annotated[str, Meta(max_length=64)] = ""


class AgentLogout(Command, tag="agent.logout"):
    """Leave work, after calls that are being set up for the agent or count on the agent.

    ``after_call``: in the middle of work, leave at its end.
    """

    agent_id: AgentId
    after_call: bool = False


# --- previews


class PreviewRequest(Command, tag="preview.request"):
    """A ready agent asks for the next contact, of one campaign or of any."""

    agent_id: AgentId
    campaign_id: CampaignId | None = None


class PreviewDial(Command, tag="preview.dial"):
    """Dial the contact on screen, at its next number or at one of its others."""

    agent_id: AgentId
    number: str | None = None


class PreviewSkip(Command, tag="preview.skip"):
    """Not this contact now."""

    agent_id: AgentId


# --- calls


MsAgo = Annotated[int, Meta(ge=0, le=60_000)]


class CallReport(Command, tag="call.report"):
    """What the telephone network saw. Said twice, it counts once."""

    call_id: CallId
    saw: Saw
    answerer: Answerer = Answerer.PERSON
    """with ``saw = answered``"""
    connected_ms_ago: MsAgo | None = None
    """with ``saw = answered``, as are the next two: when that was, before this report"""
    greeting_start_ms_ago: MsAgo | None = None
    greeting_end_ms_ago: MsAgo | None = None
    party: Party = Party.CUSTOMER
    """with ``saw = hung_up``: who hung up"""
    key: Annotated[str, Meta(pattern="^[0-9*#]$", max_length=1)] | None = None
    """with ``saw = key``, and then needed: which one"""


class AgentReport(Command, tag="agent.report"):
    """What the telephone network saw of the leg of an agent who is connected first."""

    call_id: CallId
    agent_id: AgentId
    saw: AgentSaw


class CallHangUp(Command, tag="call.hang_up"):
    """End a call, or cancel it before it is answered."""

    call_id: CallId


class CallWrapUp(Command, tag="call.wrap_up"):
    """What the call was about; ends the wrap-up."""

    call_id: CallId
    agent_id: AgentId
    code: str
    callback_at: int | None = None
    """when the customer is to be called back: with a code that means callback, and only then"""


class GuideAnswer(Command, tag="guide.answer"):
    """The customer's answer to a question of the call guide; the reply has the next one.

    The question is the one at which the guide stands, or an earlier one, from which it then goes
    on anew.
    """

    call_id: CallId
    agent_id: AgentId
    question: QuestionId
    answer: Annotated[str, Meta(max_length=2_000)]


class GuideGet(Command, tag="guide.get"):
    """Where the guide of a call stands."""

    call_id: CallId


class WrapUpCodesSearch(Command, tag="wrap_up_codes.search"):
    """The campaign's codes whose code or name has ``text`` in it, whatever the case and accents."""

    campaign_id: CampaignId
    text: Annotated[str, Meta(min_length=3, max_length=100)]


SESSION_COMMANDS = (Hello, Ping, Subscribe, Unsubscribe)
SITE_COMMANDS = (
    SiteConfigure,
    StatsGet,
    CampaignCreate,
    CampaignUpdate,
    CampaignStart,
    CampaignPause,
    CampaignStop,
    CampaignGet,
    CampaignExplain,
    CampaignList,
    *QUEUE_COMMANDS,
    *SLOT_COMMANDS,
    *CALLBACK_COMMANDS,
    ContactsLoad,
    ContactsRemove,
    ContactsGet,
    ContactsExplain,
    ExclusionAdd,
    ExclusionRemove,
    ExclusionCheck,
    ExclusionList,
    AgentLogin,
    AgentReady,
    AgentNotReady,
    AgentLogout,
    PreviewRequest,
    PreviewDial,
    PreviewSkip,
    CallReport,
    AgentReport,
    CallHangUp,
    CallWrapUp,
    GuideAnswer,
    GuideGet,
    WrapUpCodesSearch,
)
