"""What must hold of a campaign's settings beyond the limits of each field."""

from collections.abc import Iterable, Iterator

from fastdial.engine.turn import Refused
from fastdial.messages.compliance import SiteCompliance
from fastdial.messages.errors import ErrorCode, Fault
from fastdial.messages.settings import CampaignSettings
from fastdial.messages.words import CodeMeaning
from fastdial.rules.codes import code_of
from fastdial.rules.compliance.checks import campaign_faults
from fastdial.rules.guides import guide_faults
from fastdial.rules.windows import window_faults


def check_settings(
    settings: CampaignSettings, site: SiteCompliance, also: Iterable[Fault] = ()
) -> None:
    """Refuse settings that contradict themselves, naming every fault and ``also`` these."""
    faults = (
        *_codes(settings),
        *_keys(settings),
        *_compliance(settings, site),
        *_giving_up(settings),
        *_guide(settings),
        *window_faults(settings.windows, "settings.windows"),
        *also,
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


def _keys(settings: CampaignSettings) -> Iterator[Fault]:
    """Keys that could not be told apart, and codes that keys cannot stand for (rule CA-14)."""
    path = "settings.agentless"
    for place, meaning in enumerate(settings.agentless.keys):
        for other, earlier in enumerate(settings.agentless.keys[:place]):
            if meaning.keys.startswith(earlier.keys) or earlier.keys.startswith(meaning.keys):
                yield Fault(
                    ErrorCode.INVALID_VALUE,
                    f"{meaning.keys!r} cannot be told from {earlier.keys!r}, at {other}",
                    f"{path}.keys[{place}].keys",
                )
                break
        yield from _key_code(settings, meaning.code, f"{path}.keys[{place}].code")
    if settings.agentless.no_key_code:
        yield from _key_code(settings, settings.agentless.no_key_code, f"{path}.no_key_code")


def _key_code(settings: CampaignSettings, name: str, field: str) -> Iterator[Fault]:
    code = code_of(settings, name)
    if code is None:
        sentence = f"the campaign has no wrap-up code {name!r}"
        yield Fault(ErrorCode.INVALID_VALUE, sentence, field)
    elif code.meaning is CodeMeaning.CALLBACK:
        sentence = f"code {name!r} means a callback, for which an agent says when"
        yield Fault(ErrorCode.INVALID_VALUE, sentence, field)


def _giving_up(settings: CampaignSettings) -> Iterator[Fault]:
    legal_ring_s = settings.pacing.legal_ring_s
    if settings.pacing.give_up and legal_ring_s >= settings.ring_s:
        yield Fault(
            ErrorCode.INVALID_VALUE,
            f"lines end after {settings.ring_s} s by themselves, so none would be given up after "
            f"{legal_ring_s} s",
            "settings.pacing.legal_ring_s",
        )


def _guide(settings: CampaignSettings) -> Iterator[Fault]:
    for field, sentence in guide_faults(settings.guide, "settings.guide"):
        yield Fault(ErrorCode.INVALID_VALUE, sentence, field)


def _compliance(settings: CampaignSettings, site: SiteCompliance) -> Iterator[Fault]:
    for field, sentence in campaign_faults(settings, site):
        yield Fault(ErrorCode.INVALID_VALUE, sentence, field)
