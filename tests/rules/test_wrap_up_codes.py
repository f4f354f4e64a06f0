"""Rule CA-11: wrap-up codes and what they make of a contact."""

import pytest

from fastdial.messages.callback_events import CallbackOffered
from fastdial.messages.commands import (
    CallWrapUp,
    CampaignCreate,
    PreviewDial,
    WrapUpCodesSearch,
)
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import CallWrappedUp, DialRequested
from fastdial.messages.replies import Error, WrapUpCodesReply
from fastdial.messages.settings import (
    BUILT_IN_CODES,
    CampaignSettings,
    RetrySettings,
    WrapUpCode,
)
from fastdial.messages.words import CodeMeaning, ContactState
from fastdial.rules.codes import code_of
from floor import Floor

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

NEVER = WrapUpCode(code="never", name="Never again", meaning=CodeMeaning.DO_NOT_CALL)
LATER = WrapUpCode(code="later", name="Call back", meaning=CodeMeaning.CALLBACK)
RETRY = WrapUpCode(code="again", name="Again", meaning=CodeMeaning.RETRY, retry_after_s=60)
LOST = WrapUpCode(code="lost", name="Żółw, głęboka ŁÓDŹ")
CODES = (NEVER, LATER, RETRY, LOST)


@pytest.fixture
def floor() -> Floor:
    """Ann has just talked with the first of two contacts."""
    floor = Floor()
    floor.campaign(1, wrap_up_codes=CODES)
    floor.agent()
    floor.talk(1)
    return floor


def test_ca_11_a_code_that_means_done_closes_the_contact(floor: Floor) -> None:
    floor.wrap_up(1, code="lost")
    contact = floor.contact("c1")
    assert (contact.state, contact.reason) == (ContactState.DONE, "lost")


def test_ca_11_a_code_that_means_retry_brings_the_contact_back_after_its_time(
    floor: Floor,
) -> None:
    floor.wrap_up(1, code="again")
    assert floor.contact("c1").due_at == floor.now + 60_000
    floor.until_dialed()
    assert floor.dialed_keys() == ["c1", "c1"]


def test_ca_11_do_not_call_closes_the_contact_and_says_so(floor: Floor) -> None:
    floor.wrap_up(1, code="never")
    (wrapped,) = floor.seen(CallWrappedUp)
    assert (wrapped.code, wrapped.fate.reason) == ("never", "do_not_call")
    assert floor.contact("c1").state is ContactState.DONE


def test_ca_11_callback_brings_the_contact_back_at_the_instant_that_was_agreed(
    floor: Floor,
) -> None:
    at = floor.now + 5 * HOUR_MS
    floor.wrap_up(1, code="later", callback_at=at)
    (wrapped,) = floor.seen(CallWrappedUp)
    contact = floor.contact("c1")
    assert (contact.state, contact.due_at) == (ContactState.PROMISED, at)
    assert (wrapped.fate.reason, wrapped.fate.due_at) == ("later", at)
    floor.wait(5 * HOUR_MS)
    (offer,) = floor.seen(CallbackOffered)
    assert (offer.at, offer.contact_key) == (at, "c1")
    floor.do(PreviewDial(agent_id="ann"))
    assert [event.contact_key for event in floor.seen(DialRequested)] == ["c1"]


@pytest.mark.parametrize("wait_ms", [None, 0, -1, 31 * DAY_MS + 1, 2**62])
def test_ca_11_callback_needs_an_instant_that_can_be_promised(
    floor: Floor, wait_ms: int | None
) -> None:
    at = None if wait_ms is None else floor.now + wait_ms
    command = CallWrapUp(call_id=1, agent_id="ann", code="later", callback_at=at)
    assert floor.refused(command) == (ErrorCode.INVALID_VALUE, "callback_at")


def test_ca_11_an_instant_that_is_no_whole_number_is_refused(floor: Floor) -> None:
    at: int = floor.now + 60_000.5  # type: ignore[assignment]  # what an embedder may do
    command = CallWrapUp(call_id=1, agent_id="ann", code="later", callback_at=at)
    assert floor.refused(command) == (ErrorCode.WRONG_TYPE, "callback_at")


def test_ca_11_only_callback_takes_an_instant(floor: Floor) -> None:
    at = floor.now + HOUR_MS
    command = CallWrapUp(call_id=1, agent_id="ann", code="again", callback_at=at)
    assert floor.refused(command) == (ErrorCode.INVALID_VALUE, "callback_at")


def test_ca_11_no_callback_is_promised_past_the_last_day_or_the_last_attempt() -> None:
    floor = Floor()
    floor.campaign(1, wrap_up_codes=CODES, last_day="2026-03-02")
    floor.campaign(2, wrap_up_codes=CODES, retries=RetrySettings(max_attempts=1))
    for call_id, agent_id in enumerate(("ann", "bob"), 1):
        floor.agent(agent_id)
        floor.talk(call_id)
        at = floor.now + (DAY_MS if call_id == 1 else HOUR_MS)
        command = CallWrapUp(call_id=call_id, agent_id=agent_id, code="later", callback_at=at)
        assert floor.refused(command) == (ErrorCode.INVALID_VALUE, "callback_at")


def test_ca_11_built_in_codes_cannot_be_removed(floor: Floor) -> None:
    floor.campaign(wrap_up_codes=())
    settings = floor.site._state.records.campaigns["00002"].settings
    assert settings.codes() == BUILT_IN_CODES
    for name in ("answering_machine", "busy", "fax", "no_answer", "sale", "voicemail"):
        assert code_of(settings, name) is not None


def test_ca_11_a_campaign_gives_a_built_in_code_its_own_meaning(floor: Floor) -> None:
    own = WrapUpCode(code="busy", name="Was busy", meaning=CodeMeaning.DONE)
    settings = CampaignSettings(name="Own", wrap_up_codes=(own,))
    assert code_of(settings, "busy") == own
    assert [code.code for code in settings.codes()].count("busy") == 1
    assert len(settings.codes()) == len(BUILT_IN_CODES)


def test_ca_11_a_code_is_there_once_and_every_one_too_many_is_named(floor: Floor) -> None:
    codes = (LATER, NEVER, LATER, NEVER)
    reply = floor.ask(CampaignCreate(settings=CampaignSettings(name="x", wrap_up_codes=codes)))
    assert isinstance(reply, Error)
    assert [fault.field for fault in reply.faults] == [
        "settings.wrap_up_codes[2].code",
        "settings.wrap_up_codes[3].code",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("AGAIN", ["never", "again"]),
        ("glebo", ["lost"]),
        ("Łódź", ["lost"]),
        ("lódz", ["lost"]),
        (" voice ", ["voicemail"]),
        ("_ma", ["answering_machine"]),
        ("nothing of the kind", []),
    ],
)
def test_ca_11_codes_are_found_by_a_part_whatever_case_and_accents(
    floor: Floor, text: str, found: list[str]
) -> None:
    reply = floor.do(WrapUpCodesSearch(campaign_id="00001", text=text))
    assert isinstance(reply, WrapUpCodesReply)
    assert [code.code for code in reply.codes] == found


@pytest.mark.parametrize("text", ["", "ne", "ne ", "  n"])
def test_ca_11_codes_are_searched_from_three_characters_on(floor: Floor, text: str) -> None:
    search = WrapUpCodesSearch(campaign_id="00001", text=text)
    assert floor.refused(search) == (ErrorCode.INVALID_VALUE, "text")
