"""What must hold of a campaign's settings beyond the limits of each field."""

from collections.abc import Iterator

from fastdial.engine.turn import Refused
from fastdial.messages.compliance import SiteCompliance
from fastdial.messages.errors import ErrorCode, Fault
from fastdial.messages.settings import CampaignSettings
from fastdial.rules.compliance.checks import campaign_faults
from fastdial.rules.windows import window_faults


def check_settings(settings: CampaignSettings, site: SiteCompliance) -> None:
    """Refuse settings that contradict themselves, naming every fault."""
    faults = (
        *_codes(settings),
        *_compliance(settings, site),
        *window_faults(settings.windows, "settings.windows"),
    )
    if faults:
        raise Refused(*faults)


def _codes(settings: CampaignSettings) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for place, code in enumerate(settings.wrap_up_codes):
        first = seen.setdefault(code.code, place)
        if first != place:
            yield Fault(
                ErrorCode.INVALID_VALUE,
                f"code {code.code!r} is there already, at {first}; each code once",
                f"settings.wrap_up_codes[{place}].code",
            )


def _compliance(settings: CampaignSettings, site: SiteCompliance) -> Iterator[Fault]:
    for field, sentence in campaign_faults(settings, site):
        yield Fault(ErrorCode.INVALID_VALUE, sentence, field)
