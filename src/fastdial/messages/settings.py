"""Configuration as structs: what a site and a campaign can be told. Every default is here."""

from typing import Annotated

from msgspec import Meta

from fastdial.messages.agentless import AgentlessSettings
from fastdial.messages.base import Settings
from fastdial.messages.compliance import ComplianceSettings, SiteCompliance
from fastdial.messages.guides import GuideSettings
from fastdial.messages.limits import CallLimits, SiteLimits
from fastdial.messages.windows import WindowSettings
from fastdial.messages.words import (
    AfterWrapUp,
    AttemptOutcome,
    CodeMeaning,
    ContactOrder,
    DialingMode,
    NextNumber,
    OwnerAway,
    PersonalCallbacks,
    PreviewLapse,
)

# a pattern's $ lets a newline at the end pass; the length does not
CampaignId = Annotated[str, Meta(pattern="^[0-9]{5}$", max_length=5, description="five digits")]
AgentId = Annotated[str, Meta(min_length=1, max_length=64)]
ContactKey = Annotated[str, Meta(min_length=1, max_length=64)]
TeamName = Annotated[str, Meta(min_length=1, max_length=64)]
Teams = Annotated[tuple[TeamName, ...], Meta(max_length=100)]
LocalDate = Annotated[
    str,
    Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", max_length=10, description="YYYY-MM-DD, local"),
]
Seconds = Annotated[int, Meta(ge=0, le=7 * 86_400)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]


class RetryRule(Settings, frozen=True):
    """How often, when and at which number an attempt with this outcome is followed by another."""

    times: Annotated[int, Meta(ge=0, le=100)] = 0
    """how many more attempts after this outcome, 0 = none"""
    after_s: Seconds = 600
    next_number: NextNumber = NextNumber.SAME


class RetrySettings(Settings, frozen=True):
    """What follows an attempt that reached nobody (rule CA-9).

    ``busy`` and ``no_answer`` use ``not_reached`` where they have no rule of their own; an
    outcome without any rule is not tried again.
    """

    max_attempts: Annotated[int, Meta(ge=1, le=1_000)] = 6
    """of a contact in all, whatever the outcomes"""
    max_attempts_per_number: Annotated[int, Meta(ge=1, le=1_000)] | None = None
    """of each number of a contact in all; for a day or another period see ``compliance.caps``"""
    not_reached: RetryRule = RetryRule(times=3, after_s=1_800, next_number=NextNumber.NEXT)
    busy: RetryRule | None = None
    no_answer: RetryRule | None = None
    answering_machine: RetryRule | None = RetryRule(times=2, after_s=7_200)
    fax: RetryRule | None = None
    invalid_number: RetryRule | None = None
    congestion: RetryRule | None = RetryRule(times=5, after_s=60)
    failed: RetryRule | None = RetryRule(times=2, after_s=300)
    cancelled: RetryRule | None = RetryRule(times=2, after_s=600)
    abandoned: RetryRule | None = RetryRule(times=1, after_s=86_400)

    def rule_for(self, outcome: AttemptOutcome) -> RetryRule | None:
        """The rule for ``outcome``; none for ``answered``, which a wrap-up code decides."""
        if outcome is AttemptOutcome.ANSWERED:
            return None
        own: RetryRule | None = getattr(self, outcome.value)
        if own is None and outcome in (AttemptOutcome.BUSY, AttemptOutcome.NO_ANSWER):
            return self.not_reached
        return own


class WrapUpCode(Settings, frozen=True):
    """A code that an agent can give, and what it makes of the contact (rule CA-11)."""

    code: Annotated[str, Meta(min_length=1, max_length=32)]
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    meaning: CodeMeaning = CodeMeaning.DONE
    retry_after_s: Seconds = 3_600
    """with ``meaning = retry``"""
    all_numbers: bool = True
    """with ``meaning = do_not_call``: all numbers of the contact; else only the one dialed"""


BUILT_IN_CODES: tuple[WrapUpCode, ...] = (
    WrapUpCode(code="sale", name="Sale"),
    WrapUpCode(code="answering_machine", name="Answering machine", meaning=CodeMeaning.RETRY),
    WrapUpCode(code="busy", name="Busy", meaning=CodeMeaning.RETRY),
    WrapUpCode(code="fax", name="Fax"),
    WrapUpCode(code="no_answer", name="No answer", meaning=CodeMeaning.RETRY),
    WrapUpCode(code="voicemail", name="Voicemail", meaning=CodeMeaning.RETRY),
)
"""Codes that every campaign has; a code of the campaign with the same name replaces its meaning."""


class PacingSettings(Settings, frozen=True):
    """How far a predictive campaign may dial ahead of its agents."""

    max_lines_per_agent: Annotated[float, Meta(ge=1, le=20)] = 5.0
    """calls being set up for each agent who is logged in to work on the campaign"""
    target: Annotated[float, Meta(ge=0.001, le=0.5)] = 0.03
    """abandonment to aim for, by the campaign's definition; where its cap is lower, the cap"""
    hour_cap: Annotated[float, Meta(ge=0.001, le=0.5)] | None = None
    """abandonment, by the campaign's definition, that no hour by the clock of the campaign's zone
    should pass; none = only the definition's own window counts"""
    choose: Annotated[int, Meta(ge=1, le=50)] = 1
    """with contact order ``random``: among so many of the next contacts that are equals, dial the
    one that suits best by how likely it answers; worth it for up to ten agents; 1 = the first"""
    certain: bool = False
    """dial beyond idle agents no further than can break no cap whatever the lines do, at the price
    of idle agents; else so that all but surely none is broken"""
    give_up: bool = False
    """give up lines that rang long enough when more would be answered than agents are free"""
    legal_ring_s: Annotated[int, Meta(ge=5, le=120)] = 15
    """with ``give_up``: how long a line rings at least, and no less than the definition asks"""


class CallbackSettings(Settings, frozen=True):
    """Callbacks that calls of a campaign or queue lead to (rules CB-4, CB-6)."""

    allowed: bool = True
    """whether they may"""
    window_s: Annotated[int, Meta(ge=60, le=8 * 3_600)] = 3_600
    """how long a callback may take place where only its beginning was agreed"""
    owner_away: OwnerAway = OwnerAway.KEEP
    give_after_s: Annotated[int, Meta(ge=1, le=7 * 86_400)] = 600
    """with ``owner_away = give_to_team``: how long after it was due, or after the owner left"""


class CampaignSettings(Settings, frozen=True):
    """A campaign as the platform describes it (rule CA-1)."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    mode: DialingMode = DialingMode.PROGRESSIVE
    agent_first: bool = False
    """in ``progressive`` mode: the agent is connected first and hears the customer being rung"""
    agent_ring_s: Annotated[int, Meta(ge=5, le=120)] = 20
    """how long an agent who is connected first is rung (rule AG-3)"""
    contact_order: ContactOrder = ContactOrder.OLDEST
    order: Annotated[int, Meta(ge=0, le=1_000_000)] = 100
    """among campaigns that compete for agents the lower goes first"""
    record: bool = False
    """ask the telephony side to record the conversations"""
    parity: Annotated[int, Meta(ge=1, le=100)] = 1
    """among campaigns of the same order that compete for agents: its part of the work"""
    teams: Teams = ()
    """whose agents work on it; empty = every agent of the site"""
    first_day: LocalDate | None = None
    last_day: LocalDate | None = None
    zone: str = "UTC"
    """the IANA zone in which the first and the last day are days"""
    caller_id: Annotated[str, Meta(max_length=32)] = ""
    trunk: Annotated[str, Meta(max_length=64)] = ""
    """the line over which the telephony side dials, by a name of its own"""
    limits: CallLimits = CallLimits()
    """of this campaign; the site's own come on top"""
    ring_s: Annotated[int, Meta(ge=5, le=120)] = 25
    """how long a call rings before it counts as not answered"""
    preview_s: Seconds = 0
    """0 = no limit"""
    preview_lapse: PreviewLapse = PreviewLapse.SKIP
    skip_for_s: Seconds = 3_600
    """how long a contact that was skipped in preview is left alone"""
    wrap_up_s: Seconds = 30
    """0 = no limit"""
    after_wrap_up: AfterWrapUp = AfterWrapUp.READY
    """what becomes of the agent when the wrap-up limit passes"""
    wrap_up_codes: Annotated[tuple[WrapUpCode, ...], Meta(max_length=1_000)] = ()
    """besides the built-in ones, which cannot be removed; each code once"""
    ends_when_dry: bool = True
    """finish when nothing is left to call, now or later (rule CA-10); false for a list that is
    fed all the time"""
    guide: GuideSettings = GuideSettings()
    agentless: AgentlessSettings = AgentlessSettings()
    """in ``agentless`` mode"""
    retries: RetrySettings = RetrySettings()
    pacing: PacingSettings = PacingSettings()
    compliance: ComplianceSettings = ComplianceSettings()
    windows: WindowSettings = WindowSettings()
    """when its contacts may be called (rule CO-1)"""
    callbacks: CallbackSettings = CallbackSettings()

    def takes(self, teams: tuple[str, ...]) -> bool:
        """Whether an agent of these teams is assigned; without teams everybody is."""
        return not self.teams or any(team in self.teams for team in teams)

    def codes(self) -> tuple[WrapUpCode, ...]:
        """Every wrap-up code that an agent can give: the campaign's own, then those built in."""
        own = [known.code for known in self.wrap_up_codes]
        return (*self.wrap_up_codes, *(code for code in BUILT_IN_CODES if code.code not in own))


class SiteCallbacks(Settings, frozen=True):
    """What holds for every callback of the site (rules CB-3, CB-6)."""

    personal: PersonalCallbacks = PersonalCallbacks.AS_CHOSEN
    lead_s: Annotated[int, Meta(ge=0, le=86_400)] = 1_800
    """how long before its window one is agreed at the latest"""
    horizon_s: Annotated[int, Meta(ge=3_600, le=366 * 86_400)] = 31 * 86_400
    """how long before its window one is agreed at the earliest"""
    min_window_s: Annotated[int, Meta(ge=60, le=86_400)] = 1_800
    max_window_s: Annotated[int, Meta(ge=60, le=7 * 86_400)] = 8 * 3_600
    keep_s: Annotated[int, Meta(ge=1, le=366 * 86_400)] = 31 * 86_400
    """how long one that is over is still listed"""


class SiteConfig(Settings, frozen=True):
    """One contact centre: what holds for all its campaigns."""

    name: Annotated[str, Meta(min_length=1, max_length=100)] = "site"
    default_region: Annotated[str, Meta(pattern="^[A-Z]{2}$", max_length=2)] | None = None
    """the region (ISO 3166) of numbers that are written without a country code"""
    silence_s: Annotated[int, Meta(ge=1, le=3_600)] = 15
    """how long after it should have spoken the telephony side is taken to have lost a call"""
    log_out_wait_s: Annotated[int, Meta(ge=0, le=600)] = 30
    """the longest that a log-out waits for calls that are being set up (rule AG-4)"""
    remember_keys_s: Annotated[int, Meta(ge=0, le=30 * 86_400)] = 86_400
    """how long an idempotency key is remembered"""
    max_load_rows: Annotated[int, Meta(ge=1, le=1_000_000)] = 50_000
    """contacts in one load"""
    max_contacts: Annotated[int, Meta(ge=1, le=1_000_000_000)] = 20_000_000
    """contacts of one campaign"""
    max_campaigns: Annotated[int, Meta(ge=1, le=99_999)] = 10_000
    max_agents: Annotated[int, Meta(ge=1, le=1_000_000)] = 20_000
    """agents who have ever logged in"""
    max_queues: Annotated[int, Meta(ge=0, le=99_999)] = 5_000
    limits: SiteLimits = SiteLimits()
    compliance: SiteCompliance = SiteCompliance()
    callbacks: SiteCallbacks = SiteCallbacks()
