"""Presets of abandonment and of frequency caps: data with a source and a date, not advice.

They repeat what the sources said on the day on which they were read. Whether a rule applies to a
campaign, and what it asks besides numbers, is for whoever runs the campaign to find out.
"""

import msgspec

from fastdial.messages.compliance import (
    AbandonmentDefinition,
    AbandonmentPreset,
    CapPreset,
    CapScope,
    CapSubject,
    ComplianceSettings,
    FrequencyCap,
    MeasuringWindow,
    WaitStart,
)

_DAY_S = 86_400


class Source(msgspec.Struct, frozen=True):
    """Where a preset's figures come from."""

    title: str
    url: str
    in_force_from: str
    """YYYY-MM-DD, of the version that the figures were taken from"""
    read_on: str
    note: str
    """where the preset says more, or less, than its source"""


_READ_ON = "2026-11-22"

ABANDONMENT_SOURCES: dict[AbandonmentPreset, Source] = {
    AbandonmentPreset.US_FTC: Source(
        "Telemarketing Sales Rule, 16 CFR 310.4(b)(4)",
        "https://www.law.cornell.edu/cfr/text/16/310.4",
        "2008-10-01",
        _READ_ON,
        "The rule counts campaigns shorter than 30 days as a whole and longer ones in successive "
        "periods of 30 days; the preset looks at every 30 days, which holds both. Four rings "
        "stand beside 15 seconds in the rule.",
    ),
    AbandonmentPreset.UK_OFCOM_2008: Source(
        "Ofcom, Revised statement of policy on the persistent misuse of an electronic "
        "communications network or service",
        "https://www.ofcom.org.uk/consultations-and-statements/category-2/persistent_misuse",
        "2008-09-10",
        _READ_ON,
        "Replaced in 2010 (a calendar day instead of any 24 hours) and on 2017-03-01, since when "
        "there is no share below which calls are tolerated. Kept as a measure that many still "
        "work by.",
    ),
    AbandonmentPreset.CA_CRTC: Source(
        "CRTC Unsolicited Telecommunications Rules, Telemarketing Rules (Telecom Decision CRTC "
        "2007-48)",
        "https://crtc.gc.ca/eng/archive/2007/dt2007-48.htm",
        "2008-09-30",
        _READ_ON,
        "What the share is of is taken as the calls answered by a person, and the two seconds "
        "from the connection: the stricter readings.",
    ),
    AbandonmentPreset.NONE: Source(
        "no rule: nothing is capped, and a person still waits two seconds at most",
        "",
        "",
        _READ_ON,
        "",
    ),
}

ABANDONMENT: dict[AbandonmentPreset, AbandonmentDefinition] = {
    AbandonmentPreset.US_FTC: AbandonmentDefinition(
        start=WaitStart.GREETING_END,
        window=MeasuringWindow.ROLLING_30D,
        cap=0.03,
        min_ring_s=15,
        message_required=True,
    ),
    AbandonmentPreset.UK_OFCOM_2008: AbandonmentDefinition(
        start=WaitStart.GREETING_START,
        window=MeasuringWindow.ROLLING_24H,
        cap=0.03,
        min_ring_s=15,
        quiet_after_abandoned_s=72 * 3_600,
        message_required=True,
        false_positives_count=True,
    ),
    AbandonmentPreset.CA_CRTC: AbandonmentDefinition(
        window=MeasuringWindow.CALENDAR_MONTH,
        cap=0.05,
    ),
    AbandonmentPreset.NONE: AbandonmentDefinition(cap=1.0),
}

CAP_SOURCES: dict[CapPreset, Source] = {
    CapPreset.US_REG_F: Source(
        "Debt Collection Practices (Regulation F), 12 CFR 1006.14(b)(2)",
        "https://www.ecfr.gov/current/title-12/section-1006.14",
        "2021-11-30",
        _READ_ON,
        "A presumption, not a limit, and for each debt: the account of the contact. Days are "
        "counted as 24 hours from the instant, which is never less than calendar days.",
    ),
    CapPreset.FR_D223_9: Source(
        "Code de la consommation, article D. 223-9 (décret no 2022-1313)",
        "https://www.legifrance.gouv.fr/jorf/id/JORFTEXT000046421823",
        "2023-03-01",
        _READ_ON,
        "For each consumer and professional: the contact, on all lists of the site. The sixty "
        "days after a refusal are for the wrap-up code that says so.",
    ),
}

CAPS: dict[CapPreset, tuple[FrequencyCap, ...]] = {
    CapPreset.US_REG_F: (
        FrequencyCap(
            subject=CapSubject.ACCOUNT,
            scope=CapScope.SITE,
            attempts=7,
            period_s=7 * _DAY_S,
            quiet_after_conversation_s=7 * _DAY_S,
        ),
    ),
    CapPreset.FR_D223_9: (
        FrequencyCap(
            subject=CapSubject.CONTACT,
            scope=CapScope.SITE,
            attempts=4,
            period_s=30 * _DAY_S,
        ),
    ),
}


def definition_of(settings: ComplianceSettings) -> AbandonmentDefinition:
    """The campaign's definition of abandonment, whichever way it was given."""
    given = settings.abandonment
    return given if isinstance(given, AbandonmentDefinition) else ABANDONMENT[given]


def caps_of(*given: tuple[CapPreset | FrequencyCap, ...]) -> tuple[FrequencyCap, ...]:
    """The caps in all of these, each once, in order; presets are what they stand for."""
    caps: dict[FrequencyCap, None] = {}
    for cap in (cap for caps_given in given for cap in caps_given):
        caps.update(dict.fromkeys(CAPS[cap] if isinstance(cap, CapPreset) else (cap,)))
    return tuple(caps)
