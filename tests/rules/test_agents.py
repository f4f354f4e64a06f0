"""Rules AG: agents."""

import pytest

from fastdial import Site
from fastdial.engine.decide.agents import STEPS
from fastdial.messages.commands import (
    AgentLogin,
    AgentLogout,
    AgentNotReady,
    AgentReady,
    CallWrapUp,
    CampaignPause,
    PreviewRequest,
    StatsGet,
)
from fastdial.messages.compliance import AbandonmentPreset, ComplianceSettings
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import (
    AgentNextState,
    AgentStateChanged,
    BridgeRequested,
    CallWrappedUp,
    DialRequested,
    HangUpRequested,
)
from fastdial.messages.replies import AgentReply, StatsReply
from fastdial.messages.words import (
    AfterWrapUp,
    AgentState,
    Answerer,
    AttemptOutcome,
    ContactState,
    DialingMode,
    Saw,
)
from floor import Floor

S = AgentState
NO_CAP = ComplianceSettings(abandonment=AbandonmentPreset.NONE)


@pytest.fixture
def floor() -> Floor:
    return Floor()


def states(floor: Floor, agent_id: str = "ann") -> list[AgentState]:
    return [e.state for e in floor.all_seen(AgentStateChanged) if e.agent_id == agent_id]


def test_ag_1_an_agent_goes_through_the_states_of_a_call(floor: Floor) -> None:
    floor.campaign(1)
    floor.agent()
    (call,) = floor.dialed()
    floor.talk(call)
    floor.wrap_up(call)
    floor.do(AgentNotReady(agent_id="ann", reason="lunch"))
    floor.do(AgentLogout(agent_id="ann"))
    assert states(floor) == [
        S.NOT_READY,
        S.READY,
        S.RESERVED,
        S.TALKING,
        S.WRAP_UP,
        S.READY,
        S.NOT_READY,
        S.LOGGED_OUT,
    ]


def test_ag_1_every_change_says_when_and_why(floor: Floor) -> None:
    floor.campaign(1)
    floor.agent()
    (call,) = floor.dialed()
    floor.saw(call, Saw.BUSY, after_ms=3_000)
    floor.do(AgentNotReady(agent_id="ann", reason="lunch"), after_ms=500)
    changes = floor.all_seen(AgentStateChanged)
    assert [change.reason for change in changes] == [
        "logged_in",
        "asked",
        "dialing",
        "busy",
        "lunch",
    ]
    assert changes[-1].at == changes[-2].at + 500
    assert all(change.reason for change in changes)


@pytest.mark.parametrize("state", [S.NOT_READY, S.READY])
def test_ag_1_asking_for_the_state_one_is_in_changes_nothing(
    floor: Floor, state: AgentState
) -> None:
    floor.agent()
    asks = {S.READY: AgentReady(agent_id="ann"), S.NOT_READY: AgentNotReady(agent_id="ann")}
    floor.do(asks[state])
    floor.do(asks[state])
    assert floor.fresh == []


def test_ag_1_the_table_of_steps_names_every_state_and_ends_nowhere() -> None:
    assert set(STEPS) == set(AgentState)
    for following in STEPS.values():
        assert following


def test_ag_2_only_a_ready_agent_is_chosen(floor: Floor) -> None:
    floor.campaign(1, 2, 3)
    floor.do(AgentLogin(agent_id="ann"))
    assert floor.dialed() == []
    floor.do(AgentReady(agent_id="ann"))
    assert len(floor.dialed()) == 1


def test_ag_2_an_agent_chosen_for_a_call_is_not_chosen_for_anything_else(floor: Floor) -> None:
    floor.campaign(1, 2, 3)
    floor.agent()
    assert len(floor.all_seen(DialRequested)) == 1
    floor.wait(5_000)
    assert len(floor.all_seen(DialRequested)) == 1
    preview = floor.campaign(4, mode=DialingMode.PREVIEW)
    refused = floor.refused(PreviewRequest(agent_id="ann", campaign_id=preview))
    assert refused == (ErrorCode.AGENT_STATE, "agent_id")


def test_ag_2_the_agent_who_has_been_ready_longest_is_chosen(floor: Floor) -> None:
    floor.agent("ann")
    floor.agent("bob")
    floor.do(AgentNotReady(agent_id="ann"))
    floor.do(AgentReady(agent_id="ann"))
    floor.campaign(1)
    (dialed,) = floor.seen(DialRequested)
    assert dialed.agent_id == "bob"


def test_ag_4_log_out_waits_for_a_call_that_is_being_set_up(floor: Floor) -> None:
    floor.campaign(1)
    floor.agent()
    (call,) = floor.dialed()
    reply = floor.do(AgentLogout(agent_id="ann"), after_ms=1_000)
    assert isinstance(reply, AgentReply)
    assert (reply.state, reply.granted_by) == (S.LOGGING_OUT, floor.now + 30_000)
    floor.saw(call, Saw.BUSY, after_ms=2_000)
    assert floor.agent_state() is S.LOGGED_OUT


def test_ag_4_a_call_that_arrives_while_logging_out_is_delivered(floor: Floor) -> None:
    floor.campaign(1, 2)
    floor.agent()
    (call,) = floor.dialed()
    floor.do(AgentLogout(agent_id="ann"))
    floor.saw(call, Saw.ANSWERED, after_ms=5_000)
    assert [bridge.agent_id for bridge in floor.seen(BridgeRequested)] == ["ann"]


def test_ag_4_after_a_delivered_call_the_log_out_is_granted(floor: Floor) -> None:
    floor.campaign(1, 2)
    floor.agent()
    (call,) = floor.dialed()
    floor.do(AgentLogout(agent_id="ann"))
    floor.talk(call)
    floor.wrap_up(call)
    assert floor.agent_state() is S.LOGGED_OUT
    assert len(floor.all_seen(DialRequested)) == 1


def test_ag_4_the_longest_wait_is_bounded_and_the_ringing_call_is_given_up(floor: Floor) -> None:
    floor.campaign(1, ring_s=60)
    floor.agent()
    (call,) = floor.dialed()
    floor.saw(call, Saw.RINGING)
    floor.do(AgentLogout(agent_id="ann"))
    floor.wait(30_000)
    assert floor.agent_state() is S.LOGGED_OUT
    assert [(e.call_id, e.outcome) for e in floor.seen(HangUpRequested)] == [
        (call, AttemptOutcome.CANCELLED)
    ]


def test_ag_4_a_log_out_can_be_taken_back(floor: Floor) -> None:
    floor.campaign(1)
    floor.agent()
    (call,) = floor.dialed()
    floor.do(AgentLogout(agent_id="ann"))
    floor.do(AgentReady(agent_id="ann"))
    floor.saw(call, Saw.BUSY)
    assert floor.agent_state() is S.READY


def test_ag_4_log_out_waits_for_lines_that_count_on_the_agent(floor: Floor) -> None:
    floor.campaign(*range(20), mode=DialingMode.PREDICTIVE, compliance=NO_CAP)
    floor.agent()
    calls = floor.dialed()
    reply = floor.do(AgentLogout(agent_id="ann"), after_ms=1_000)
    assert isinstance(reply, AgentReply)
    assert (reply.state, reply.granted_by) == (S.LOGGING_OUT, floor.now + 30_000)
    for call in calls:
        assert floor.agent_state() is S.LOGGING_OUT
        floor.saw(call, Saw.BUSY)
    assert floor.agent_state() is S.LOGGED_OUT
    assert floor.all_seen(AgentStateChanged)[-1].reason == "log_out_granted"
    assert len(floor.all_seen(DialRequested)) == len(calls), "nobody is dialed for who leaves"


def test_ag_4_who_leaves_takes_the_call_that_nobody_else_can_and_is_gone_afterwards(
    floor: Floor,
) -> None:
    floor.campaign(1, mode=DialingMode.PREDICTIVE, compliance=NO_CAP)
    floor.agent("ann")
    (call,) = floor.dialed()
    floor.do(AgentLogout(agent_id="ann"))
    floor.talk(call)
    assert [bridge.agent_id for bridge in floor.all_seen(BridgeRequested)] == ["ann"]
    floor.wrap_up(call)
    assert floor.agent_state() is S.LOGGED_OUT


def test_ag_4_who_stays_takes_a_call_before_who_leaves(floor: Floor) -> None:
    floor.campaign(1, 2, mode=DialingMode.PREDICTIVE, compliance=NO_CAP)
    floor.agent("ann")
    floor.agent("bob")
    first, second = (dialed.call_id for dialed in floor.all_seen(DialRequested))
    floor.do(AgentLogout(agent_id="ann"))
    floor.saw(first, Saw.ANSWERED)
    assert [bridge.agent_id for bridge in floor.all_seen(BridgeRequested)] == ["bob"]
    assert floor.agent_state("ann") is S.LOGGING_OUT, "there is nobody else for the second line"
    floor.saw(second, Saw.NO_ANSWER, after_ms=6_000)
    assert floor.agent_state("ann") is S.LOGGED_OUT


def test_ag_4_an_agent_leaves_at_once_where_others_are_ready_for_all_lines(floor: Floor) -> None:
    floor.campaign(1, mode=DialingMode.PREDICTIVE, compliance=NO_CAP)
    floor.agent("ann")
    floor.agent("bob")
    floor.do(AgentLogout(agent_id="ann"))
    assert floor.agent_state("ann") is S.LOGGED_OUT


def test_ag_4_lines_that_ring_for_long_do_not_keep_an_agent_beyond_the_limit(
    floor: Floor,
) -> None:
    floor.campaign(1, ring_s=60, mode=DialingMode.PREDICTIVE, compliance=NO_CAP)
    floor.agent()
    (call,) = floor.dialed()
    floor.saw(call, Saw.RINGING)
    floor.do(AgentLogout(agent_id="ann"))
    floor.wait(29_999)
    assert floor.agent_state() is S.LOGGING_OUT
    floor.wait(1)
    assert floor.agent_state() is S.LOGGED_OUT


def test_ag_4_a_log_out_that_waits_for_lines_can_be_taken_back(floor: Floor) -> None:
    floor.campaign(1, mode=DialingMode.PREDICTIVE, compliance=NO_CAP)
    floor.agent()
    floor.do(AgentLogout(agent_id="ann"))
    floor.do(AgentReady(agent_id="ann"))
    assert floor.agent_state() is S.READY


def test_ag_4_who_is_about_to_leave_is_so_after_a_restart_too(floor: Floor) -> None:
    floor.campaign(*range(9), mode=DialingMode.PREDICTIVE, compliance=NO_CAP, teams=("x", "y"))
    floor.agent("ann", "x")
    floor.agent("bob", "y")
    floor.do(AgentNotReady(agent_id="ann"))
    floor.do(AgentReady(agent_id="ann"))
    floor.wait(3_000)
    first, *others = list(floor.site._state.records.calls)
    for name in ("bob", "ann"):
        floor.do(AgentLogout(agent_id=name), after_ms=500)
    restored = Floor()
    restored.site, restored.now = Site.restore(floor.site.snapshot()), floor.now
    for one in (floor, restored):
        one.saw(first, Saw.ANSWERED)
        assert [bridge.agent_id for bridge in one.all_seen(BridgeRequested)] == ["bob"]
        for call in others:
            assert one.agent_state("ann") is S.LOGGING_OUT
            one.saw(call, Saw.NO_ANSWER)
        assert one.agent_state("ann") is S.LOGGED_OUT
    assert restored.site.state_hash() == floor.site.state_hash()


def test_ag_4_who_asked_first_leaves_first_whatever_their_teams(floor: Floor) -> None:
    floor.campaign(*range(9), mode=DialingMode.PREDICTIVE, compliance=NO_CAP, teams=("x", "y"))
    floor.agent("ann", "x")
    floor.agent("bob", "y")
    floor.wait(3_000)
    calls = list(floor.site._state.records.calls)
    for name in ("bob", "ann"):
        floor.do(AgentLogout(agent_id=name))
    for call in calls:
        floor.saw(call, Saw.NO_ANSWER)
    gone = [e for e in floor.all_seen(AgentStateChanged) if e.state is S.LOGGED_OUT]
    assert [(e.agent_id, e.reason) for e in gone] == [
        ("bob", "log_out_granted"), ("ann", "log_out_granted"),
    ]  # fmt: skip


def test_ag_4_nobody_is_kept_for_a_line_that_a_machine_answered(floor: Floor) -> None:
    campaign = floor.campaign(1, mode=DialingMode.PREDICTIVE, compliance=NO_CAP)
    floor.agent()
    (call,) = floor.dialed()
    floor.do(AgentLogout(agent_id="ann"))
    floor.do(CampaignPause(campaign_id=campaign))
    floor.saw(call, Saw.ANSWERED, answerer=Answerer.ANSWERING_MACHINE)
    assert floor.agent_state() is S.LOGGED_OUT


def test_ag_1_the_time_in_each_state_is_counted(floor: Floor) -> None:
    floor.campaign(1)
    floor.do(AgentLogin(agent_id="ann"))
    floor.wait(7_000)
    floor.do(AgentReady(agent_id="ann"))
    floor.talk(floor.dialed()[0], ms=60_000)
    stats = floor.do(StatsGet(), after_ms=3_000)
    assert isinstance(stats, StatsReply)
    assert {state: ms for state, ms in stats.stats.agent_ms.items() if ms} == {
        S.NOT_READY: 7_000,
        S.RESERVED: 5_000,
        S.TALKING: 60_000,
        S.WRAP_UP: 3_000,
    }


def test_ag_4_taking_a_log_out_back_takes_back_a_wish_for_a_break_too(floor: Floor) -> None:
    floor.campaign(1)
    floor.agent()
    (call,) = floor.dialed()
    floor.do(AgentNotReady(agent_id="ann", reason="lunch"))
    floor.do(AgentLogout(agent_id="ann"))
    floor.do(AgentReady(agent_id="ann"))
    floor.saw(call, Saw.BUSY)
    assert floor.agent_state() is S.READY


def test_ag_5_nobody_logs_out_in_a_call_and_the_reply_offers_it_for_later(floor: Floor) -> None:
    floor.campaign(1, 2)
    floor.agent()
    (call,) = floor.dialed()
    floor.saw(call, Saw.ANSWERED)
    floor.saw(call, Saw.BRIDGED)
    assert floor.refused(AgentLogout(agent_id="ann")) == (ErrorCode.AGENT_STATE, "agent_id")
    floor.do(AgentLogout(agent_id="ann", after_call=True))
    floor.saw(call, Saw.HUNG_UP, after_ms=10_000)
    floor.wrap_up(call)
    assert floor.agent_state() is S.LOGGED_OUT


def test_ag_6_wrap_up_lasts_until_a_code_is_given(floor: Floor) -> None:
    floor.campaign(1, wrap_up_s=30)
    floor.agent()
    (call,) = floor.dialed()
    floor.talk(call)
    assert floor.agent_state() is S.WRAP_UP
    floor.wait(29_999)
    assert floor.agent_state() is S.WRAP_UP
    floor.wrap_up(call)
    assert floor.agent_state() is S.READY


@pytest.mark.parametrize(
    ("setting", "state"), [(AfterWrapUp.READY, S.READY), (AfterWrapUp.NOT_READY, S.NOT_READY)]
)
def test_ag_6_what_happens_at_the_limit_is_a_setting(
    floor: Floor, setting: AfterWrapUp, state: AgentState
) -> None:
    floor.campaign(1, wrap_up_s=30, after_wrap_up=setting)
    floor.agent()
    (call,) = floor.dialed()
    floor.talk(call)
    floor.wait(30_000)
    assert floor.agent_state() is state
    (wrapped_up,) = floor.seen(CallWrappedUp)
    assert (wrapped_up.code, wrapped_up.fate.state) == (None, ContactState.DONE)


def test_ag_6_a_limit_of_zero_is_no_limit(floor: Floor) -> None:
    floor.campaign(1, wrap_up_s=0)
    floor.agent()
    (call,) = floor.dialed()
    floor.talk(call)
    floor.wait(86_400_000)
    assert floor.agent_state() is S.WRAP_UP


def test_ag_6_a_code_that_the_campaign_does_not_have_is_refused(floor: Floor) -> None:
    floor.campaign(1)
    floor.agent()
    (call,) = floor.dialed()
    floor.talk(call)
    unknown = CallWrapUp(call_id=call, agent_id="ann", code="no_such_code")
    assert floor.refused(unknown) == (ErrorCode.UNKNOWN_WRAP_UP_CODE, "code")
    floor.agent("bob")
    other = CallWrapUp(call_id=call, agent_id="bob", code="sale")
    assert floor.refused(other) == (ErrorCode.NOT_ASSIGNED, "agent_id")


def test_a_wish_for_a_break_in_a_call_holds_from_its_end(floor: Floor) -> None:
    floor.campaign(1, 2)
    floor.agent()
    (call,) = floor.dialed()
    floor.saw(call, Saw.ANSWERED)
    floor.saw(call, Saw.BRIDGED)
    floor.do(AgentNotReady(agent_id="ann", reason="lunch"))
    assert [e.state for e in floor.seen(AgentNextState)] == [S.NOT_READY]
    floor.saw(call, Saw.HUNG_UP, after_ms=10_000)
    floor.wrap_up(call)
    assert floor.agent_state() is S.NOT_READY


def test_an_agent_nobody_knows_is_refused(floor: Floor) -> None:
    assert floor.refused(AgentReady(agent_id="nobody")) == (ErrorCode.UNKNOWN_AGENT, "agent_id")
    floor.do(AgentLogin(agent_id="ann"))
    floor.do(AgentLogout(agent_id="ann"))
    assert floor.refused(AgentReady(agent_id="ann")) == (ErrorCode.AGENT_STATE, "agent_id")
