"""Presets and settings of compliance (rules CO-2 to CO-6): what is refused, and the figures."""

import datetime

import msgspec
import pytest

from fastdial.messages.commands import (
    CampaignCreate,
    SiteConfigure,
)
from fastdial.messages.compliance import (
    AbandonmentBase,
    AbandonmentDefinition,
    AbandonmentPreset,
    CapPreset,
    CapScope,
    CapSubject,
    ComplianceSettings,
    FrequencyCap,
    MeasuringWindow,
    SiteCompliance,
    WaitStart,
)
from fastdial.messages.errors import ErrorCode
from fastdial.messages.settings import (
    CampaignSettings,
    PacingSettings,
    SiteConfig,
)
from fastdial.rules.compliance.presets import (
    ABANDONMENT,
    ABANDONMENT_SOURCES,
    CAP_SOURCES,
    CAPS,
    caps_of,
    definition_of,
)
from floor import Floor

DAY_S = 86_400


@pytest.fixture
def floor() -> Floor:
    return Floor()


def refused(floor: Floor, compliance: ComplianceSettings, ring_s: int = 25) -> tuple[str, str]:
    settings = CampaignSettings(name="Test", compliance=compliance, ring_s=ring_s)
    return floor.refused(CampaignCreate(settings=settings))


# --- CO-4: presets and definitions


@pytest.mark.parametrize(
    ("preset", "cap", "limit_ms", "start", "window", "min_ring_s", "quiet_h"),
    [
        ("us-ftc", 0.03, 2_000, "greeting_end", "rolling_30d", 15, 0),
        ("uk-ofcom-2008", 0.03, 2_000, "greeting_start", "rolling_24h", 15, 72),
        ("ca-crtc", 0.05, 2_000, "connected", "calendar_month", 0, 0),
        ("none", 1.0, 2_000, "connected", "campaign_life", 0, 0),
    ],
)
def test_co_4_presets_say_what_their_sources_say(
    preset: str, cap: float, limit_ms: int, start: str, window: str, min_ring_s: int, quiet_h: int
) -> None:
    definition = ABANDONMENT[AbandonmentPreset(preset)]
    assert (definition.cap, definition.limit_ms) == (cap, limit_ms)
    assert (definition.start, definition.window) == (WaitStart(start), MeasuringWindow(window))
    assert definition.min_ring_s == min_ring_s
    assert definition.quiet_after_abandoned_s == quiet_h * 3_600
    assert definition.denominator is AbandonmentBase.ANSWERED_BY_PERSON


def test_co_3_presets_of_caps_say_what_their_sources_say() -> None:
    (reg_f,) = CAPS[CapPreset.US_REG_F]
    assert (reg_f.attempts, reg_f.period_s) == (7, 7 * DAY_S)
    assert reg_f.quiet_after_conversation_s == 7 * DAY_S
    (france,) = CAPS[CapPreset.FR_D223_9]
    assert (france.attempts, france.period_s) == (4, 30 * DAY_S)


def test_co_4_every_preset_has_a_source_and_a_date() -> None:
    assert set(ABANDONMENT) == set(ABANDONMENT_SOURCES) == set(AbandonmentPreset)
    assert set(CAPS) == set(CAP_SOURCES) == set(CapPreset)
    for preset, source in (*ABANDONMENT_SOURCES.items(), *CAP_SOURCES.items()):
        assert source.title
        datetime.date.fromisoformat(source.read_on)
        if preset is not AbandonmentPreset.NONE:
            assert source.url.startswith("https://")
            datetime.date.fromisoformat(source.in_force_from)


def test_co_4_a_definition_of_ones_own_is_taken_as_it_is() -> None:
    mine = AbandonmentDefinition(cap=0.01, window=MeasuringWindow.CALENDAR_DAY)
    assert definition_of(ComplianceSettings(abandonment=mine)) is mine
    named = ComplianceSettings(abandonment=AbandonmentPreset.CA_CRTC)
    assert definition_of(named).cap == 0.05


def test_co_3_caps_of_site_and_campaign_hold_together_each_once() -> None:
    mine = FrequencyCap(attempts=2, period_s=DAY_S)
    caps = caps_of((CapPreset.US_REG_F, mine), (mine, *CAPS[CapPreset.US_REG_F]))
    assert caps == (*CAPS[CapPreset.US_REG_F], mine)


def test_co_6_a_ring_time_below_that_of_the_definition_is_refused(floor: Floor) -> None:
    ftc = ComplianceSettings(abandonment=AbandonmentPreset.US_FTC, abandon_message="sorry")
    assert refused(floor, ftc, ring_s=14) == (ErrorCode.INVALID_VALUE, "settings.ring_s")
    floor.campaign(run=False, compliance=ftc, ring_s=15)


def test_co_6_a_ring_time_at_which_no_line_could_be_given_up_is_refused(floor: Floor) -> None:
    pacing = PacingSettings(give_up=True, legal_ring_s=15)
    settings = CampaignSettings(name="Test", pacing=pacing, ring_s=15)
    assert floor.refused(CampaignCreate(settings=settings)) == (
        ErrorCode.INVALID_VALUE,
        "settings.pacing.legal_ring_s",
    )
    floor.campaign(run=False, pacing=pacing, ring_s=16)
    floor.campaign(run=False, pacing=PacingSettings(legal_ring_s=15), ring_s=15)


def test_co_6_a_campaign_of_an_older_record_keeps_no_site_from_being_configured(
    floor: Floor,
) -> None:
    campaign_id = floor.campaign(run=False)
    campaign = floor.site._state.records.campaigns[campaign_id]
    pacing = PacingSettings(give_up=True, legal_ring_s=60)
    campaign.settings = msgspec.structs.replace(campaign.settings, pacing=pacing)
    floor.do(SiteConfigure(config=SiteConfig(name="Another")))


def test_co_6_a_definition_that_asks_for_a_message_gets_one(floor: Floor) -> None:
    silent = ComplianceSettings(abandonment=AbandonmentPreset.US_FTC)
    field = "settings.compliance.abandon_message"
    assert refused(floor, silent) == (ErrorCode.INVALID_VALUE, field)


@pytest.mark.parametrize(
    ("compliance", "field"),
    [
        ({"caps": (FrequencyCap(),)}, "caps[0]"),
        ({"caps": (CapPreset.US_REG_F, FrequencyCap(attempts=1, period_s=0))}, "caps[1].period_s"),
        ({"abandonment": AbandonmentDefinition(zone="Mars/Base")}, "abandonment.zone"),
        ({"do_not_call_list": "nowhere"}, "do_not_call_list"),
    ],
)
def test_co_3_co_4_settings_that_mean_nothing_are_refused(
    floor: Floor, compliance: dict[str, object], field: str
) -> None:
    given = ComplianceSettings(**compliance)  # type: ignore[arg-type] # fields of the settings
    assert refused(floor, given) == (ErrorCode.INVALID_VALUE, f"settings.compliance.{field}")


def test_co_3_a_cap_of_the_site_cannot_count_a_campaigns_calls(floor: Floor) -> None:
    cap = FrequencyCap(subject=CapSubject.NUMBER, scope=CapScope.CAMPAIGN, attempts=1)
    config = SiteConfig(compliance=SiteCompliance(caps=(cap,)))
    field = "config.compliance.caps[0].scope"
    assert floor.refused(SiteConfigure(config=config)) == (ErrorCode.INVALID_VALUE, field)


def test_co_2_a_site_keeps_the_lists_that_its_campaigns_write_to(floor: Floor) -> None:
    floor.campaign(run=False)
    config = SiteConfig(compliance=SiteCompliance(exclusion_lists=()))
    refusal = floor.refused(SiteConfigure(config=config))
    assert refusal == (ErrorCode.INVALID_VALUE, "config.compliance")
