"""Rules CA-2 and CA-14: campaigns without agents."""

from typing import Any

import pytest

from fastdial.messages.agentless import AgentlessSettings, KeyMeaning
from fastdial.messages.commands import CallHangUp, CallReport, CampaignCreate, StatsGet
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import (
    CallEnded,
    DialRequested,
    HangUpRequested,
    KeyPressed,
    MessageRequested,
)
from fastdial.messages.limits import CallLimits
from fastdial.messages.replies import Error, StatsReply
from fastdial.messages.settings import CampaignSettings, WrapUpCode
from fastdial.messages.words import (
    Answerer,
    AttemptOutcome,
    CodeMeaning,
    ContactState,
    DialingMode,
    Party,
    Saw,
)
from floor import Floor, number

CODES = (
    WrapUpCode(code="yes", name="Yes"),
    WrapUpCode(code="never", name="Never", meaning=CodeMeaning.DO_NOT_CALL),
    WrapUpCode(code="again", name="Again", meaning=CodeMeaning.RETRY, retry_after_s=600),
    WrapUpCode(code="later", name="Later", meaning=CodeMeaning.CALLBACK),
)
KEYS = (
    KeyMeaning(keys="1", code="yes", message="thanks.wav"),
    KeyMeaning(keys="2#", code="again"),
    KeyMeaning(keys="9", code="never"),
)


@pytest.fixture
def floor() -> Floor:
    return Floor()


def agentless(floor: Floor, *contacts: int, **said: Any) -> str:
    settings = AgentlessSettings(**{"message": "hello.wav", "keys": KEYS, **said})
    return floor.campaign(
        *contacts, mode=DialingMode.AGENTLESS, wrap_up_codes=CODES, agentless=settings
    )


def press(floor: Floor, keys: str, call_id: int = 1) -> None:
    for key in keys:
        floor.do(CallReport(call_id=call_id, saw=Saw.KEY, key=key))


def ended(floor: Floor) -> CallEnded:
    """The call is over as it was told."""
    floor.saw(1, Saw.HUNG_UP, party=Party.DIALER)
    (event,) = floor.seen(CallEnded)
    return event


@pytest.mark.parametrize("lines", [1, 3])
def test_ca_14_agentless_is_paced_by_its_lines_and_needs_no_agent(floor: Floor, lines: int) -> None:
    agentless(floor, *range(9), lines=lines)
    dialed = floor.all_seen(DialRequested)
    assert len(dialed) == lines
    assert {(event.agent_id, event.mode) for event in dialed} == {(None, DialingMode.AGENTLESS)}
    floor.saw(1, Saw.BUSY)
    assert len(floor.dialed()) == 1
    floor.agent()
    assert len(floor.all_seen(DialRequested)) == lines + 1, "agents make no difference"


def test_ca_14_launches_in_a_second_pace_it_too(floor: Floor) -> None:
    floor.campaign(
        *range(9),
        mode=DialingMode.AGENTLESS,
        agentless=AgentlessSettings(lines=9),
        limits=CallLimits(launches_per_s=2),
    )
    floor.wait(2_500)
    start = floor.all_seen(DialRequested)[0].at
    launched = [event.at - start for event in floor.all_seen(DialRequested)]
    assert launched == [0, 0, 1_000, 1_000, 2_000, 2_000]


def test_ca_14_agents_and_other_campaigns_are_not_counted_on_by_its_lines(floor: Floor) -> None:
    agentless(floor, *range(9), lines=5)
    floor.campaign(*range(10, 19))
    floor.agent()
    assert [event.agent_id for event in floor.seen(DialRequested)] == ["ann"]


def test_ca_14_a_person_who_answers_hears_the_message(floor: Floor) -> None:
    agentless(floor, 1)
    floor.saw(1, Saw.ANSWERED, after_ms=5_000)
    (asked,) = floor.seen(MessageRequested)
    assert (asked.message, asked.keys) == ("hello.wav", ("1", "2#", "9"))


def test_ca_14_a_machine_is_not_played_to(floor: Floor) -> None:
    agentless(floor, 1)
    floor.saw(1, Saw.ANSWERED, answerer=Answerer.ANSWERING_MACHINE, after_ms=5_000)
    assert floor.seen(MessageRequested) == []
    assert ended(floor).outcome is AttemptOutcome.ANSWERING_MACHINE


@pytest.mark.parametrize(
    ("keys", "code", "state", "message"),
    [
        ("1", "yes", ContactState.DONE, "thanks.wav"),
        ("2#", "again", ContactState.WAITING, ""),
        ("9", "never", ContactState.DONE, ""),
        ("52#", "again", ContactState.WAITING, ""),
        ("251", "yes", ContactState.DONE, "thanks.wav"),
    ],
)
def test_ca_14_keys_stand_for_a_code_that_decides_what_becomes_of_the_contact(
    floor: Floor, keys: str, code: str, state: ContactState, message: str
) -> None:
    agentless(floor, 1)
    floor.saw(1, Saw.ANSWERED, after_ms=5_000)
    press(floor, keys)
    (asked,) = floor.seen(HangUpRequested)
    assert (asked.outcome, asked.reason, asked.message) == (
        AttemptOutcome.ANSWERED,
        "key_pressed",
        message,
    )
    over = ended(floor)
    assert (over.outcome, over.code) == (AttemptOutcome.ANSWERED, code)
    assert over.fate is not None
    assert over.fate.state is state
    stats = floor.do(StatsGet(campaign_id="00001"))
    assert isinstance(stats, StatsReply)
    assert stats.stats.wrap_up_codes == {code: 1}
    assert stats.stats.abandoned == 0


def test_ca_14_do_not_call_by_key_holds_for_other_campaigns_too(floor: Floor) -> None:
    agentless(floor, 1)
    floor.saw(1, Saw.ANSWERED, after_ms=5_000)
    press(floor, "9")
    ended(floor)
    floor.campaign(1)
    floor.agent()
    assert len(floor.all_seen(DialRequested)) == 1


def test_ca_14_whoever_presses_nothing_in_time_gets_the_code_for_it(floor: Floor) -> None:
    agentless(floor, 1, key_s=5, no_key_code="again")
    floor.saw(1, Saw.ANSWERED, after_ms=5_000)
    floor.saw(1, Saw.PLAYED, after_ms=20_000)
    floor.wait(4_999)
    assert floor.all_seen(HangUpRequested) == []
    floor.wait(1)
    assert [event.reason for event in floor.seen(HangUpRequested)] == ["no_key"]
    assert ended(floor).code == "again"


def test_ca_14_each_key_gives_time_for_the_next(floor: Floor) -> None:
    agentless(floor, 1, key_s=5)
    floor.saw(1, Saw.ANSWERED)
    floor.saw(1, Saw.PLAYED)
    floor.wait(4_000)
    press(floor, "2")
    floor.wait(4_000)
    assert floor.all_seen(HangUpRequested) == []
    press(floor, "#")
    assert ended(floor).code == "again"


def test_ca_14_wrong_keys_end_the_call_after_the_tries(floor: Floor) -> None:
    agentless(floor, 1, tries=2)
    floor.saw(1, Saw.ANSWERED)
    press(floor, "5")
    assert floor.seen(HangUpRequested) == []
    press(floor, "24")
    assert [event.keys for event in floor.all_seen(KeyPressed)] == ["", "2", ""]
    assert [event.reason for event in floor.seen(HangUpRequested)] == ["wrong_keys"]
    assert ended(floor).code is None


def test_ca_14_without_keys_the_call_ends_with_the_message(floor: Floor) -> None:
    agentless(floor, 1, keys=())
    floor.saw(1, Saw.ANSWERED)
    floor.saw(1, Saw.PLAYED, after_ms=20_000)
    assert [event.reason for event in floor.seen(HangUpRequested)] == ["message_played"]
    assert floor.contact("c1").state is ContactState.LIVE
    over = ended(floor)
    assert (over.outcome, over.code) == (AttemptOutcome.ANSWERED, None)
    assert floor.contact("c1").state is ContactState.DONE


def test_ca_14_a_customer_who_leaves_in_the_message_was_answered(floor: Floor) -> None:
    agentless(floor, 1)
    floor.saw(1, Saw.ANSWERED)
    floor.saw(1, Saw.HUNG_UP, after_ms=3_000)
    (over,) = floor.seen(CallEnded)
    assert (over.outcome, over.party, over.code) == (
        AttemptOutcome.ANSWERED,
        Party.CUSTOMER,
        None,
    )


def test_ca_14_a_message_whose_end_is_never_reported_is_over_after_a_while(floor: Floor) -> None:
    agentless(floor, 1, message_s=60)
    floor.saw(1, Saw.ANSWERED)
    floor.wait(75_000)
    assert [event.reason for event in floor.all_seen(HangUpRequested)] == ["network_silent"]


def test_ca_14_somebody_ends_the_call_by_command(floor: Floor) -> None:
    agentless(floor, 1)
    floor.saw(1, Saw.ANSWERED)
    floor.do(CallHangUp(call_id=1))
    assert ended(floor).outcome is AttemptOutcome.ANSWERED


def test_ca_14_a_key_that_cannot_be_is_refused(floor: Floor) -> None:
    agentless(floor, 1)
    early = CallReport(call_id=1, saw=Saw.KEY, key="1")
    assert floor.refused(early) == (ErrorCode.CALL_STATE, "saw")
    none = CallReport(call_id=1, saw=Saw.KEY)
    assert floor.refused(none) == (ErrorCode.INVALID_VALUE, "key")


def test_ca_14_keys_are_checked_when_they_are_set(floor: Floor) -> None:
    keys = (
        KeyMeaning(keys="1", code="yes"),
        KeyMeaning(keys="12", code="yes"),
        KeyMeaning(keys="3", code="nothing"),
        KeyMeaning(keys="4", code="later"),
        KeyMeaning(keys="4", code="yes"),
    )
    settings = CampaignSettings(
        name="x",
        wrap_up_codes=CODES,
        agentless=AgentlessSettings(keys=keys, no_key_code="nothing"),
    )
    reply = floor.ask(CampaignCreate(settings=settings))
    assert isinstance(reply, Error)
    assert [fault.field for fault in reply.faults] == [
        "settings.agentless.keys[1].keys",
        "settings.agentless.keys[2].code",
        "settings.agentless.keys[3].code",
        "settings.agentless.keys[4].keys",
        "settings.agentless.no_key_code",
    ]


@pytest.mark.parametrize("all_numbers", [True, False])
def test_ca_11_do_not_call_takes_one_number_or_all(floor: Floor, all_numbers: bool) -> None:
    never = WrapUpCode(
        code="never", name="Never", meaning=CodeMeaning.DO_NOT_CALL, all_numbers=all_numbers
    )
    campaign = floor.campaign(wrap_up_codes=(never,))
    floor.load(campaign, [{"contact_key": "c1", "numbers": [number(1), number(2)]}])
    floor.agent()
    floor.talk(1)
    floor.wrap_up(1, code="never")
    floor.campaign(2)
    assert len(floor.all_seen(DialRequested)) == (1 if all_numbers else 2)
