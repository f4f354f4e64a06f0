"""What a campaign and a site are told about whom not to call, how often, and who may meet silence.

Presets are names here; what they stand for, with source and date, is in
`fastdial.rules.compliance.presets`. They are data, not advice.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from fastdial.messages.base import Settings

DO_NOT_CALL = "do_not_call"
"""the exclusion list that holds for the whole site unless it is told otherwise"""

ListName = Annotated[str, Meta(pattern="^[A-Za-z0-9_.-]{1,64}$", max_length=64)]
PeriodSeconds = Annotated[int, Meta(ge=0, le=400 * 86_400)]


# --- frequency caps (rule CO-3)


class CapSubject(StrEnum):
    """Whose attempts a cap counts."""

    NUMBER = "number"
    CONTACT = "contact"
    """the contact's key: in a cap for the site, the same key on any list is the same contact"""
    ACCOUNT = "account"
    """the variable that the site names; a contact without it is an account of its own"""


class CapScope(StrEnum):
    """Whose calls a cap counts."""

    SITE = "site"
    CAMPAIGN = "campaign"


class FrequencyCap(Settings, frozen=True):
    """At most ``attempts`` in any ``period_s``, and quiet after a conversation; one or both."""

    subject: CapSubject = CapSubject.NUMBER
    scope: CapScope = CapScope.SITE
    attempts: Annotated[int, Meta(ge=1, le=1_000)] | None = None
    period_s: PeriodSeconds = 7 * 86_400
    """rolling; holds for ``attempts``"""
    quiet_after_conversation_s: PeriodSeconds = 0
    """from the end of a talk with an agent; 0 = none"""


class CapPreset(StrEnum):
    """Caps with a source and a date, by name."""

    US_REG_F = "us-reg-f"
    """seven attempts in seven days, and seven days' quiet after a conversation"""
    FR_D223_9 = "fr-d223-9"
    """four attempts in thirty days"""


# --- abandoned calls (rules CO-4 to CO-8)


class Abandoned(StrEnum):
    """Which calls are abandoned ones: the numerator."""

    MET_NO_AGENT = "met_no_agent"
    """every person who answered and met no agent, whoever hung up and when"""
    LIMIT_PASSED = "limit_passed"
    """without those who hung up by themselves within the limit"""


class AbandonmentBase(StrEnum):
    """What abandoned calls are a share of: the denominator."""

    ANSWERED_BY_PERSON = "answered_by_person"
    ANSWERED = "answered"
    """also by machines"""
    ATTEMPTS = "attempts"


class WaitStart(StrEnum):
    """From when on a person waits for an agent.

    Where the telephony side does not say when that was, the next earlier one that it said counts.
    """

    CONNECTED = "connected"
    GREETING_START = "greeting_start"
    GREETING_END = "greeting_end"


class MeasuringWindow(StrEnum):
    """Over which calls abandonment is measured."""

    CAMPAIGN_LIFE = "campaign_life"
    CALENDAR_DAY = "calendar_day"
    CALENDAR_MONTH = "calendar_month"
    ROLLING_24H = "rolling_24h"
    ROLLING_30D = "rolling_30d"


class AbandonmentDefinition(Settings, frozen=True):
    """How abandonment is measured, how much there may be, and what goes with it (rule CO-4)."""

    numerator: Abandoned = Abandoned.MET_NO_AGENT
    denominator: AbandonmentBase = AbandonmentBase.ANSWERED_BY_PERSON
    start: WaitStart = WaitStart.CONNECTED
    limit_ms: Annotated[int, Meta(ge=0, le=60_000)] = 2_000
    """how long a person may wait for an agent"""
    window: MeasuringWindow = MeasuringWindow.CAMPAIGN_LIFE
    zone: Annotated[str, Meta(max_length=64)] = ""
    """of calendar windows; empty = the campaign's"""
    cap: Annotated[float, Meta(ge=0, le=1)] = 0.03
    """the share that may be abandoned; 1 = no cap"""
    min_ring_s: Annotated[int, Meta(ge=0, le=60)] = 0
    """how long a call rings at least before it is given up (rule CO-6)"""
    quiet_after_abandoned_s: PeriodSeconds = 0
    """how long the number is left alone afterwards unless an agent is reserved first (CO-7)"""
    message_required: bool = False
    """whether ``abandon_message`` must be set"""
    false_positives_count: bool = False
    """whether persons taken for machines are abandoned calls, by estimate (rule CO-8)"""


class AbandonmentPreset(StrEnum):
    """Definitions with a source and a date, by name."""

    US_FTC = "us-ftc"
    UK_OFCOM_2008 = "uk-ofcom-2008"
    CA_CRTC = "ca-crtc"
    NONE = "none"
    """no cap"""


# --- what a campaign and a site are told


class ComplianceSettings(Settings, frozen=True):
    """What holds for one campaign, besides what holds for the site."""

    caps: Annotated[tuple[CapPreset | FrequencyCap, ...], Meta(max_length=8)] = ()
    """all of them hold together"""
    abandonment: AbandonmentPreset | AbandonmentDefinition = AbandonmentDefinition()
    """a preset's name, or a definition of one's own"""
    abandon_message: Annotated[str, Meta(max_length=200)] = ""
    """what the telephony side plays to somebody whose call is abandoned"""
    false_positive_share: Annotated[float, Meta(ge=0, le=1)] = 0.0
    """of the calls that detection took for machines: an estimate of how many were persons"""
    exclusion_lists: Annotated[tuple[ListName, ...], Meta(max_length=32)] = ()
    """lists of numbers that this campaign never dials, besides the site's"""
    do_not_call_list: ListName = DO_NOT_CALL
    """where a number goes when an agent says that it is not to be called any more"""


class SiteCompliance(Settings, frozen=True):
    """What holds for every campaign of the site."""

    caps: Annotated[tuple[CapPreset | FrequencyCap, ...], Meta(max_length=8)] = ()
    account_variable: Annotated[str, Meta(min_length=1, max_length=64)] = "account"
    """the contacts' variable that caps on accounts go by"""
    exclusion_lists: Annotated[tuple[ListName, ...], Meta(max_length=32)] = (DO_NOT_CALL,)
    """lists of numbers that no campaign dials"""
