"""What is wrong with a campaign's or a site's compliance settings taken together."""

from collections.abc import Iterator

from fastdial.messages.compliance import CapPreset, CapScope, FrequencyCap, SiteCompliance
from fastdial.messages.settings import CampaignSettings
from fastdial.rules.compliance.presets import definition_of
from fastdial.rules.days import is_zone


def campaign_faults(settings: CampaignSettings, site: SiteCompliance) -> Iterator[tuple[str, str]]:
    """Field and sentence for each thing that does not fit; fields begin with ``settings``."""
    given = settings.compliance
    definition = definition_of(given)
    if definition.zone and not is_zone(definition.zone):
        sentence = f"{definition.zone!r} is not an IANA time zone"
        yield "settings.compliance.abandonment.zone", sentence
    if settings.ring_s < definition.min_ring_s:
        yield (
            "settings.ring_s",
            f"{settings.ring_s} s are less than the {definition.min_ring_s} s for which a call "
            "must ring by the campaign's definition of abandonment",
        )
    if definition.message_required and not given.abandon_message:
        yield (
            "settings.compliance.abandon_message",
            "the campaign's definition of abandonment asks for a message to be played",
        )
    if given.do_not_call_list not in (*given.exclusion_lists, *site.exclusion_lists):
        yield (
            "settings.compliance.do_not_call_list",
            f"{given.do_not_call_list!r} is neither among the campaign's exclusion lists nor "
            "among the site's, so nobody would look at it",
        )
    yield from _cap_faults(given.caps, "settings.compliance.caps")


def site_faults(site: SiteCompliance) -> Iterator[tuple[str, str]]:
    """Field and sentence for each thing that does not fit; fields begin with ``config``."""
    yield from _cap_faults(site.caps, "config.compliance.caps")
    for place, cap in enumerate(site.caps):
        if isinstance(cap, FrequencyCap) and cap.scope is CapScope.CAMPAIGN:
            yield (
                f"config.compliance.caps[{place}].scope",
                "a cap of the site counts the calls of the site; one that counts those of a "
                "campaign is for the campaign's settings",
            )


def _cap_faults(
    caps: tuple[CapPreset | FrequencyCap, ...], field: str
) -> Iterator[tuple[str, str]]:
    for place, cap in enumerate(caps):
        if isinstance(cap, CapPreset):
            continue
        if cap.attempts is None and not cap.quiet_after_conversation_s:
            yield (
                f"{field}[{place}]",
                "the cap limits nothing: give attempts, or quiet_after_conversation_s",
            )
        if cap.attempts is not None and not cap.period_s:
            yield f"{field}[{place}].period_s", "attempts are counted in a period above 0"
