"""What must hold of a campaign's settings beyond the limits of each field."""

from collections.abc import Iterator

from fastdial.engine.turn import Refused
from fastdial.messages.errors import ErrorCode, Fault
from fastdial.messages.settings import CampaignSettings


def check_settings(settings: CampaignSettings) -> None:
    """Refuse settings that contradict themselves, naming every fault."""
    faults = tuple(_codes(settings))
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
