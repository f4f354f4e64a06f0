"""The pure functions of `fastdial.rules`: numbers, days, retries."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastdial.messages.settings import RetryRule, RetrySettings, WrapUpCode
from fastdial.messages.words import AttemptOutcome, CodeMeaning, ContactState, NextNumber
from fastdial.rules import numbers
from fastdial.rules.days import BadDay, day_begins_at, day_ends_at, is_zone
from fastdial.rules.numbers import BadNumber, to_e164
from fastdial.rules.retries import fate_after_code, fate_after_outcome

# --- numbers


@pytest.mark.parametrize(
    ("text", "region", "written"),
    [
        ("+44 20 7946 0123", None, "+442079460123"),
        ("+1 (202) 555-0123", None, "+12025550123"),
        ("020 7946 0123", "GB", "+442079460123"),
        ("00 44 20 7946 0123", "FR", "+442079460123"),
        ("+48 22 123 45 67", "GB", "+48221234567"),
    ],
)
def test_numbers_become_e164(text: str, region: str | None, written: str) -> None:
    assert to_e164(text, region) == written


@pytest.mark.parametrize(
    "text", ["", "call me", "+", "+44", "+999123456789", "+4420794601234567", "020 7946 0123"]
)
def test_what_cannot_be_dialed_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(BadNumber) as caught:
        to_e164(text)
    assert repr(text) in str(caught.value)


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        written = to_e164(text, "GB")
    except BadNumber:
        return
    assert to_e164(written) == written, "what was written is read as the same number"


@given(
    country_code=st.sampled_from(sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)),
    national=st.from_regex(r"[0-9]{4,13}", fullmatch=True),
)
@settings(max_examples=500)
def test_a_number_that_needs_no_parsing_is_the_same_when_parsed(
    country_code: int, national: str
) -> None:
    text = f"+{country_code}{national}"
    try:
        parsed = numbers._parsed(text, None)
    except BadNumber:
        parsed = "refused"
    try:
        assert to_e164(text) == parsed
    except BadNumber:
        assert parsed == "refused"


# --- days


def utc_ms(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp() * 1_000)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("day", "zone", "begins", "ends"),
    [
        ("2026-03-29", "Europe/Warsaw", utc_ms(2026, 3, 28, 23), utc_ms(2026, 3, 29, 22)),
        ("2026-10-25", "Europe/Warsaw", utc_ms(2026, 10, 24, 22), utc_ms(2026, 10, 25, 23)),
        ("2026-03-02", "Asia/Kolkata", utc_ms(2026, 3, 1, 18, 30), utc_ms(2026, 3, 2, 18, 30)),
        # midnight did not exist: clocks went from 23:59:59 to 01:00
        ("2018-11-04", "America/Sao_Paulo", utc_ms(2018, 11, 4, 3), utc_ms(2018, 11, 5, 2)),
        # midnight came twice: clocks went from 23:59:59 back to 23:00
        ("2018-02-18", "America/Sao_Paulo", utc_ms(2018, 2, 18, 3), utc_ms(2018, 2, 19, 3)),
    ],
)
def test_a_local_day_begins_and_ends_at_its_own_instants(
    day: str, zone: str, begins: int, ends: int
) -> None:
    assert (day_begins_at(day, zone), day_ends_at(day, zone)) == (begins, ends)


@given(
    st.dates(datetime(1990, 1, 1).date(), datetime(2040, 1, 1).date()),  # noqa: DTZ001 - dates
    st.sampled_from(["Europe/Warsaw", "America/New_York", "Australia/Lord_Howe", "Asia/Gaza"]),
)
def test_a_day_begins_where_the_one_before_it_ends_and_is_that_day(day: object, zone: str) -> None:
    begins = day_begins_at(str(day), zone)
    assert begins == day_ends_at(str(day - timedelta(days=1)), zone)  # type: ignore[operator]
    local = datetime.fromtimestamp(begins / 1_000, ZoneInfo(zone))
    before = datetime.fromtimestamp(begins / 1_000 - 1, ZoneInfo(zone))
    assert local.date() == day
    assert before.date() != day


def test_what_is_no_day_and_no_zone_is_refused() -> None:
    with pytest.raises(BadDay):
        day_begins_at("2026-02-30", "UTC")
    with pytest.raises(BadDay):
        day_begins_at("2026-02-03", "Europe/Nowhere")
    with pytest.raises(BadDay):
        day_ends_at("9999-12-31", "UTC")
    assert not is_zone("")
    assert not is_zone("Europe")
    assert not is_zone("/etc/passwd")


# --- retries


@given(
    rules=st.builds(
        RetrySettings,
        max_attempts=st.integers(1, 5),
        not_reached=st.builds(
            RetryRule,
            times=st.integers(0, 3),
            after_s=st.integers(0, 600),
            next_number=st.sampled_from(NextNumber),
        ),
    ),
    outcome=st.sampled_from(AttemptOutcome),
    attempts=st.integers(1, 8),
    tries=st.integers(1, 8),
    dead=st.lists(st.booleans(), min_size=1, max_size=8),
    data=st.data(),
)
def test_ca_9_a_fate_never_dials_a_dead_number_nor_beyond_the_limits(
    rules: RetrySettings,
    outcome: AttemptOutcome,
    attempts: int,
    tries: int,
    dead: list[bool],
    data: st.DataObject,
) -> None:
    number_index = data.draw(st.integers(0, len(dead) - 1))
    fate = fate_after_outcome(
        rules,
        outcome,
        at=1_000,
        attempts=attempts,
        tries=tries,
        number_index=number_index,
        dead=dead,
    )
    if fate.state is ContactState.DONE:
        assert fate.due_at is None
        return
    assert fate.state is ContactState.WAITING
    assert fate.due_at is not None
    assert fate.due_at >= 1_000
    assert attempts < rules.max_attempts
    if outcome is not AttemptOutcome.INVALID_NUMBER:
        assert not dead[fate.next_number]
        rule = rules.rule_for(outcome)
        assert rule is not None
        assert tries <= rule.times


def test_ca_11_a_code_decides_what_becomes_of_the_contact() -> None:
    later = WrapUpCode(code="later", name="Later", meaning=CodeMeaning.RETRY, retry_after_s=60)
    rules = RetrySettings(max_attempts=3)
    fate = fate_after_code(rules, later, at=5, attempts=2, number_index=1)
    assert (fate.state, fate.due_at, fate.next_number) == (ContactState.WAITING, 60_005, 1)
    last = fate_after_code(rules, later, at=5, attempts=3, number_index=1)
    assert (last.state, last.reason) == (ContactState.DONE, "max_attempts")
    none = fate_after_code(rules, None, at=5, attempts=1, number_index=0)
    assert (none.state, none.reason) == (ContactState.DONE, "no_code")
