"""Configuration from TOML: what is wrong is named by its field."""

import pytest

from fastdial.messages.codec import BadMessage
from fastdial.messages.errors import ErrorCode
from fastdial.messages.settings import CampaignSettings, SiteConfig
from fastdial.messages.toml import load_toml
from fastdial.messages.words import AttemptOutcome, DialingMode
from fastdial.rules.codes import code_of


def test_a_campaign_is_read_with_its_tables_and_lists() -> None:
    text = """
    name = "Spring offer"
    mode = "predictive"
    teams = ["sales", "evening"]

    [retries.busy]
    times = 2
    after_s = 90

    [[wrap_up_codes]]
    code = "later"
    name = "Call later"
    meaning = "retry"
    """
    settings = load_toml(text, CampaignSettings)
    assert settings.mode is DialingMode.PREDICTIVE
    assert settings.teams == ("sales", "evening")
    rule = settings.retries.rule_for(AttemptOutcome.BUSY)
    assert rule is not None
    assert (rule.times, rule.after_s) == (2, 90)
    assert code_of(settings, "later") == settings.wrap_up_codes[0]
    assert code_of(settings, "sale") is not None, "built-in codes stay"


@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        ("name = ", ErrorCode.MALFORMED_FRAME, ""),
        ("mode = 'preview'", ErrorCode.MISSING_FIELD, "name"),
        ("name = 5", ErrorCode.WRONG_TYPE, "name"),
        ("name = ''", ErrorCode.INVALID_VALUE, "name"),
        ("name = 'x'\nmode = 'psychic'", ErrorCode.INVALID_VALUE, "mode"),
        ("name = 'x'\nwrapup_s = 5", ErrorCode.INVALID_VALUE, "wrapup_s"),
        ("name = 'x'\n[retries.busy]\ntimes = -1", ErrorCode.INVALID_VALUE, "retries.busy.times"),
        ("name = 'x'\n[retries.busy]\ntime = 1", ErrorCode.INVALID_VALUE, "retries.busy.time"),
        (
            "name = 'x'\n[[wrap_up_codes]]\ncode = 'a'\nname = 'A'\n[[wrap_up_codes]]\nkode = 'b'",
            ErrorCode.INVALID_VALUE,
            "wrap_up_codes[1].kode",
        ),
        ("name = 'x'\nring_s = 3.5", ErrorCode.WRONG_TYPE, "ring_s"),
    ],
)
def test_what_is_wrong_is_named(text: str, code: ErrorCode, field: str) -> None:
    with pytest.raises(BadMessage) as caught:
        load_toml(text, CampaignSettings)
    assert (caught.value.fault.code, caught.value.fault.field) == (code, field)


def test_bytes_that_are_not_text_are_refused() -> None:
    with pytest.raises(BadMessage):
        load_toml(b"\xff\xfe", SiteConfig)
