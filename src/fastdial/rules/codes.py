"""Wrap-up codes by their names."""

from fastdial.messages.settings import BUILT_IN_CODES, CampaignSettings, WrapUpCode

_BUILT_IN = {known.code: known for known in BUILT_IN_CODES}


def code_of(settings: CampaignSettings, code: str) -> WrapUpCode | None:
    """The wrap-up code ``code``, of the campaign or built in."""
    known: WrapUpCode
    for known in settings.wrap_up_codes:
        if known.code == code:
            return known
    return _BUILT_IN.get(code)
