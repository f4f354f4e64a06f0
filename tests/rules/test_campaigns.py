"""Rules CA: campaigns, their modes and their life."""

from datetime import UTC, datetime
from typing import Any

import pytest

from fastdial.messages.commands import (
    AgentLogin,
    AgentLogout,
    AgentNotReady,
    CampaignCreate,
    CampaignExplain,
    CampaignList,
    CampaignPause,
    CampaignStart,
    CampaignStop,
    CampaignUpdate,
    ContactsGet,
    ContactsRemove,
    PreviewDial,
    PreviewRequest,
    PreviewSkip,
)
from fastdial.messages.compliance import AbandonmentDefinition, ComplianceSettings
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import (
    AgentLoggedIn,
    BridgeRequested,
    CallEnded,
    CampaignFirstDay,
    CampaignStateChanged,
    CampaignUpdated,
    DialRequested,
    HangUpRequested,
    MessageRequested,
    PreviewOffered,
    PreviewSkipped,
)
from fastdial.messages.replies import (
    AgentReply,
    CampaignExplanation,
    CampaignReply,
    CampaignsReply,
    PreviewReply,
)
from fastdial.messages.settings import CampaignSettings, PacingSettings
from fastdial.messages.words import (
    AgentState,
    Answerer,
    AttemptOutcome,
    CampaignState,
    ContactState,
    DialingMode,
    PreviewLapse,
    Saw,
)
from floor import NOON, Floor, number, rows

DAY_MS = 86_400_000


@pytest.fixture
def floor() -> Floor:
    return Floor()


def test_ca_1_ids_are_five_digits_given_in_sequence(floor: Floor) -> None:
    floor.do(CampaignCreate(settings=CampaignSettings(name="Own"), campaign_id="00002"))
    ids = [floor.campaign(run=False) for _ in range(3)]
    assert ids == ["00003", "00004", "00005"] or ids == ["00001", "00003", "00004"]
    again = CampaignCreate(settings=CampaignSettings(name="Again"), campaign_id="00002")
    assert floor.refused(again) == (ErrorCode.CAMPAIGN_EXISTS, "campaign_id")


# --- CA-2: dialing modes


def preview(floor: Floor, *contacts: int, **settings: Any) -> str:
    campaign = floor.campaign(*contacts, mode=DialingMode.PREVIEW, **settings)
    floor.agent()
    return campaign


def test_ca_2_preview_the_agent_asks_looks_and_dials(floor: Floor) -> None:
    campaign = preview(floor, 1)
    assert floor.all_seen(DialRequested) == []
    reply = floor.do(PreviewRequest(agent_id="ann", campaign_id=campaign))
    assert isinstance(reply, PreviewReply)
    assert (reply.campaign_id, reply.contact.contact_key) == (campaign, "c1")
    assert floor.agent_state() is AgentState.PREVIEWING
    floor.wait(60_000)
    assert floor.all_seen(DialRequested) == []
    floor.do(PreviewDial(agent_id="ann"))
    (dialed,) = floor.seen(DialRequested)
    assert (dialed.contact_key, dialed.agent_id) == ("c1", "ann")
    assert floor.agent_state() is AgentState.RESERVED


def test_ca_2_preview_the_agent_picks_another_of_the_numbers(floor: Floor) -> None:
    campaign = preview(floor)
    floor.load(campaign, [{"contact_key": "c1", "numbers": [number(1), number(2)]}])
    floor.do(PreviewRequest(agent_id="ann"))
    stranger = PreviewDial(agent_id="ann", number=number(3))
    assert floor.refused(stranger) == (ErrorCode.INVALID_VALUE, "number")
    floor.do(PreviewDial(agent_id="ann", number=number(2)))
    assert [e.number for e in floor.seen(DialRequested)] == [number(2)]


def test_ca_2_preview_a_skipped_contact_is_left_alone_for_a_while(floor: Floor) -> None:
    preview(floor, 1, 2, skip_for_s=3_600)
    floor.do(PreviewRequest(agent_id="ann"))
    floor.do(PreviewSkip(agent_id="ann"))
    assert [e.contact_key for e in floor.seen(PreviewSkipped)] == ["c1"]
    assert floor.agent_state() is AgentState.READY
    floor.do(PreviewRequest(agent_id="ann"))
    assert [e.contact_key for e in floor.seen(PreviewOffered)] == ["c2"]
    floor.wait(3_600_000)
    floor.do(PreviewSkip(agent_id="ann"))
    floor.do(PreviewRequest(agent_id="ann"))
    assert [e.contact_key for e in floor.seen(PreviewOffered)] == ["c1"]


@pytest.mark.parametrize(
    ("lapse", "state"),
    [(PreviewLapse.DIAL, AgentState.RESERVED), (PreviewLapse.SKIP, AgentState.READY)],
)
def test_ca_2_preview_when_the_time_runs_out_the_setting_decides(
    floor: Floor, lapse: PreviewLapse, state: AgentState
) -> None:
    preview(floor, 1, preview_s=20, preview_lapse=lapse)
    floor.do(PreviewRequest(agent_id="ann"))
    floor.wait(19_999)
    assert floor.agent_state() is AgentState.PREVIEWING
    floor.wait(1)
    assert floor.agent_state() is state
    assert len(floor.dialed()) == (lapse is PreviewLapse.DIAL)


@pytest.mark.parametrize("lapse", list(PreviewLapse))
def test_ca_8_preview_a_number_that_is_in_another_call_is_not_dialed(
    floor: Floor, lapse: PreviewLapse
) -> None:
    preview(floor, 1, preview_s=10, preview_lapse=lapse)
    floor.do(PreviewRequest(agent_id="ann"))
    floor.campaign(1)
    floor.agent("bob")
    assert floor.refused(PreviewDial(agent_id="ann"))[0] is ErrorCode.NUMBER_LIVE
    floor.wait(10_000)
    assert [e.campaign_id for e in floor.all_seen(DialRequested)] == ["00002"]


def test_ca_9_preview_a_number_that_the_network_called_invalid_is_not_dialed(
    floor: Floor,
) -> None:
    campaign = preview(floor)
    floor.load(campaign, [{"contact_key": "c1", "numbers": [number(1), number(2)]}])
    floor.do(PreviewRequest(agent_id="ann"))
    floor.do(PreviewDial(agent_id="ann"))
    floor.saw(floor.dialed()[0], Saw.INVALID_NUMBER)
    floor.wait(0)
    floor.do(PreviewRequest(agent_id="ann"))
    invalid = PreviewDial(agent_id="ann", number=number(1))
    assert floor.refused(invalid) == (ErrorCode.INVALID_VALUE, "number")
    floor.do(PreviewDial(agent_id="ann"))
    assert [e.number for e in floor.seen(DialRequested)] == [number(2)]


@pytest.mark.parametrize("lapse", list(PreviewLapse))
def test_ca_2_preview_a_contact_taken_off_the_list_while_it_is_looked_at_is_not_dialed(
    floor: Floor, lapse: PreviewLapse
) -> None:
    campaign_id = preview(floor, 1, preview_s=20, preview_lapse=lapse)
    floor.do(PreviewRequest(agent_id="ann"))
    floor.do(ContactsRemove(campaign_id=campaign_id, contact_keys=["c1"]))
    assert floor.refused(PreviewDial(agent_id="ann"))[0] is ErrorCode.UNKNOWN_CONTACT
    floor.wait(20_000)
    assert floor.agent_state() is AgentState.READY
    assert floor.all_seen(DialRequested) == []
    floor.refused(ContactsGet(campaign_id=campaign_id, contact_key="c1"))


def test_ca_2_preview_says_when_there_is_nothing_to_dial(floor: Floor) -> None:
    preview(floor, ends_when_dry=False)
    assert floor.refused(PreviewRequest(agent_id="ann"))[0] is ErrorCode.NOTHING_TO_DIAL


def push_preview(floor: Floor, *contacts: int, **settings: Any) -> str:
    campaign = floor.campaign(*contacts, mode=DialingMode.PUSH_PREVIEW, **settings)
    floor.agent()
    return campaign


def test_ca_2_push_preview_a_contact_is_put_before_an_agent_who_is_ready(floor: Floor) -> None:
    push_preview(floor, 1, 2, preview_s=30)
    (offered,) = floor.seen(PreviewOffered)
    assert (offered.agent_id, offered.contact_key) == ("ann", "c1")
    assert offered.lapses_at == floor.now + 30_000
    assert floor.agent_state() is AgentState.PREVIEWING
    floor.do(PreviewDial(agent_id="ann"))
    (dialed,) = floor.seen(DialRequested)
    assert (dialed.mode, dialed.agent_id) == (DialingMode.PUSH_PREVIEW, "ann")
    floor.saw(1, Saw.BUSY)
    assert [event.contact_key for event in floor.seen(PreviewOffered)] == ["c2"]


def test_ca_2_push_preview_a_skipped_contact_gives_way_to_the_next(floor: Floor) -> None:
    push_preview(floor, 1, 2, skip_for_s=600)
    floor.do(PreviewSkip(agent_id="ann"))
    assert [event.contact_key for event in floor.seen(PreviewOffered)] == ["c2"]
    assert floor.contact("c1").due_at == floor.now + 600_000


@pytest.mark.parametrize("lapse", list(PreviewLapse))
def test_ca_2_push_preview_when_the_time_runs_out_the_setting_decides(
    floor: Floor, lapse: PreviewLapse
) -> None:
    push_preview(floor, 1, preview_s=20, preview_lapse=lapse)
    floor.wait(19_999)
    assert floor.agent_state() is AgentState.PREVIEWING
    floor.wait(1)
    if lapse is PreviewLapse.DIAL:
        assert [event.contact_key for event in floor.seen(DialRequested)] == ["c1"]
    else:
        assert [event.contact_key for event in floor.seen(PreviewSkipped)] == ["c1"]
        assert floor.agent_state() is AgentState.READY


def test_ca_2_push_preview_is_not_asked_for(floor: Floor) -> None:
    campaign = push_preview(floor)
    asked = PreviewRequest(agent_id="ann", campaign_id=campaign)
    assert floor.refused(asked) == (ErrorCode.CAMPAIGN_STATE, "campaign_id")


def test_ca_2_push_preview_pushes_nothing_while_the_campaign_pauses(floor: Floor) -> None:
    campaign = push_preview(floor, 1, 2, skip_for_s=600)
    floor.do(CampaignPause(campaign_id=campaign))
    floor.do(PreviewSkip(agent_id="ann"))
    assert floor.agent_state() is AgentState.READY


@pytest.mark.parametrize("mode", [DialingMode.PROGRESSIVE, DialingMode.PREDICTIVE])
def test_ca_3_an_agent_who_meets_a_customer_on_the_line_hears_a_zip_tone(
    floor: Floor, mode: DialingMode
) -> None:
    floor.campaign(1, mode=mode)
    floor.agent()
    floor.saw(1, Saw.ANSWERED, after_ms=5_000)
    assert [event.zip_tone for event in floor.seen(BridgeRequested)] == [True]


def test_ca_3_an_agent_who_looked_and_dialed_hears_no_zip_tone(floor: Floor) -> None:
    preview(floor, 1)
    floor.do(PreviewRequest(agent_id="ann"))
    floor.do(PreviewDial(agent_id="ann"))
    floor.saw(1, Saw.ANSWERED, after_ms=5_000)
    push_preview(floor, 2)
    floor.agent("bob")
    floor.do(PreviewDial(agent_id="bob"))
    floor.saw(2, Saw.ANSWERED, after_ms=5_000)
    assert [event.zip_tone for event in floor.all_seen(BridgeRequested)] == [False, False]


def test_ca_2_progressive_launches_one_call_for_each_ready_agent(floor: Floor) -> None:
    floor.campaign(*range(10), mode=DialingMode.PROGRESSIVE)
    for agent_id in ("ann", "bob", "eve"):
        floor.agent(agent_id)
    dialed = floor.all_seen(DialRequested)
    assert [e.agent_id for e in dialed] == ["ann", "bob", "eve"]


def test_ca_2_progressive_only_an_answered_call_reaches_the_agent(floor: Floor) -> None:
    floor.campaign(1, 2, 3)
    floor.agent()
    (first,) = floor.dialed()
    floor.saw(first, Saw.NO_ANSWER, after_ms=25_000)
    assert floor.all_seen(BridgeRequested) == []
    (second,) = floor.dialed()
    floor.saw(second, Saw.ANSWERED, answerer=Answerer.ANSWERING_MACHINE, after_ms=9_000)
    assert floor.all_seen(BridgeRequested) == []
    assert [e.outcome for e in floor.seen(HangUpRequested)] == [AttemptOutcome.ANSWERING_MACHINE]
    (third,) = floor.dialed()
    floor.saw(third, Saw.ANSWERED, after_ms=9_000)
    assert [e.agent_id for e in floor.seen(BridgeRequested)] == ["ann"]


def test_ca_2_predictive_starts_with_one_call_for_each_idle_agent(floor: Floor) -> None:
    floor.campaign(*range(50), mode=DialingMode.PREDICTIVE)
    floor.agent("ann")
    floor.agent("bob")
    dialed = floor.all_seen(DialRequested)
    assert [e.agent_id for e in dialed] == [None, None]


def test_ca_2_predictive_launches_ahead_of_agents_once_the_cap_leaves_room(floor: Floor) -> None:
    half = ComplianceSettings(abandonment=AbandonmentDefinition(cap=0.5))
    floor.campaign(
        *range(2_000),
        mode=DialingMode.PREDICTIVE,
        compliance=half,
        pacing=PacingSettings(target=0.5),
    )
    floor.agent("ann")
    busiest = 0
    for _ in range(800):
        live = list(floor.site._state.records.calls.values())
        busiest = max(busiest, len(live))
        for call in live:
            if call.call_id % 12:
                floor.saw(call.call_id, Saw.NO_ANSWER)
            elif floor.agent_state() is AgentState.READY:
                floor.talk(call.call_id, ms=20_000)
                floor.wrap_up(call.call_id)
        floor.wait(1_000)
    assert busiest > 1


def test_ca_2_predictive_an_answered_call_goes_to_whoever_is_ready(floor: Floor) -> None:
    floor.campaign(1, 2, mode=DialingMode.PREDICTIVE)
    floor.agent("ann")
    (call,) = floor.dialed()
    floor.do(AgentNotReady(agent_id="ann", reason="break"))
    floor.agent("bob")
    floor.saw(call, Saw.ANSWERED, after_ms=4_000)
    assert [e.agent_id for e in floor.seen(BridgeRequested)] == ["bob"]


def test_ca_2_predictive_a_person_waits_for_an_agent_up_to_the_limit(floor: Floor) -> None:
    floor.campaign(1, mode=DialingMode.PREDICTIVE)
    floor.agent("ann")
    (call,) = floor.dialed()
    floor.do(AgentNotReady(agent_id="ann", reason="break"))
    floor.saw(call, Saw.ANSWERED, after_ms=4_000)
    floor.wait(1_000)
    floor.agent("bob")
    (bridge,) = floor.seen(BridgeRequested)
    assert (bridge.agent_id, bridge.waited_ms) == ("bob", 1_000)


def test_ca_2_predictive_a_person_whom_no_agent_met_is_abandoned_with_a_message(
    floor: Floor,
) -> None:
    floor.campaign(
        1, mode=DialingMode.PREDICTIVE, compliance=ComplianceSettings(abandon_message="sorry.wav")
    )
    floor.agent("ann")
    (call,) = floor.dialed()
    floor.do(AgentNotReady(agent_id="ann", reason="break"))
    floor.saw(call, Saw.ANSWERED, after_ms=4_000)
    floor.wait(2_000)
    (asked,) = floor.seen(HangUpRequested)
    assert (asked.outcome, asked.message) == (AttemptOutcome.ABANDONED, "sorry.wav")
    floor.saw(call, Saw.HUNG_UP)
    (ended,) = floor.seen(CallEnded)
    assert (ended.outcome, ended.waited_ms) == (AttemptOutcome.ABANDONED, 2_000)


def answer_all(floor: Floor) -> int:
    """Everybody who rings answers at once; how many of them met nobody."""
    for call in tuple(floor.site._state.records.calls):
        floor.saw(call, Saw.ANSWERED)
    floor.wait(3_000)
    return sum(e.outcome is AttemptOutcome.ABANDONED for e in floor.all_seen(HangUpRequested))


@pytest.mark.parametrize("orders", [(1, 2), (2, 1)])
def test_co_5_agents_counted_on_by_lines_are_not_given_to_a_progressive_campaign(
    floor: Floor, orders: tuple[int, int]
) -> None:
    for n in range(10):
        floor.agent(f"a{n}")
    floor.campaign(*range(50), mode=DialingMode.PREDICTIVE, order=orders[0])
    floor.campaign(*range(50, 99), mode=DialingMode.PROGRESSIVE, order=orders[1])
    assert answer_all(floor) == 0


def test_co_5_agents_counted_on_by_lines_are_given_no_preview(floor: Floor) -> None:
    preview(floor, 90, 91)
    floor.campaign(*range(50), mode=DialingMode.PREDICTIVE)
    assert floor.refused(PreviewRequest(agent_id="ann")) == (ErrorCode.AGENT_STATE, "agent_id")
    assert answer_all(floor) == 0


def test_ca_5_a_progressive_campaign_that_goes_first_gets_agents_in_the_end(floor: Floor) -> None:
    for n in range(5):
        floor.agent(f"a{n}")
    floor.campaign(*range(50), mode=DialingMode.PREDICTIVE, order=2)
    second = floor.campaign(*range(50, 99), mode=DialingMode.PROGRESSIVE, order=1)
    for call in tuple(floor.site._state.records.calls):
        floor.saw(call, Saw.NO_ANSWER)
    calls = floor.site._state.records.calls.values()
    assert [call.campaign_id for call in calls] == [second] * 5


# --- CA-4: life cycle


def test_ca_2_predictive_campaigns_of_different_teams_share_agents_of_both(floor: Floor) -> None:
    floor.campaign(*range(50), mode=DialingMode.PREDICTIVE, teams=("sales",))
    floor.campaign(*range(50, 100), mode=DialingMode.PREDICTIVE, teams=("service",))
    for place in range(5):
        floor.agent(f"agent {place}", "sales", "service")
    assert len(floor.all_seen(DialRequested)) == 5


def test_co_5_people_who_wait_for_an_agent_are_not_yet_a_reason_to_dial_ahead(
    floor: Floor,
) -> None:
    """Of 34 who met an agent one more may be lost; who answered and waits counts neither way."""
    patient = ComplianceSettings(abandonment=AbandonmentDefinition(limit_ms=60_000))
    floor.campaign(*range(300), mode=DialingMode.PREDICTIVE, compliance=patient)
    floor.agent("ann")
    for _ in range(34):
        call = floor.all_seen(DialRequested)[-1].call_id
        floor.talk(call)
        floor.wrap_up(call)

    def beyond() -> int:
        reply = floor.do(CampaignExplain(campaign_id="00001"))
        assert isinstance(reply, CampaignExplanation)
        assert reply.pacing is not None
        return reply.pacing.beyond

    assert beyond() == 1
    ringing = floor.all_seen(DialRequested)[-1].call_id
    floor.do(AgentNotReady(agent_id="ann", reason="break"))
    floor.saw(ringing, Saw.ANSWERED, after_ms=5_000)
    assert beyond() == 1
    floor.wait(60_000)
    floor.saw(ringing, Saw.HUNG_UP)
    assert beyond() == 0


def test_ca_4_from_draft_to_running_paused_stopped(floor: Floor) -> None:
    campaign = floor.campaign(1, 2, run=False)
    floor.agent()
    assert floor.campaign_state() is CampaignState.DRAFT
    for command, state in (
        (CampaignStart, CampaignState.RUNNING),
        (CampaignPause, CampaignState.PAUSED),
        (CampaignStart, CampaignState.RUNNING),
        (CampaignStop, CampaignState.STOPPED),
        (CampaignStart, CampaignState.RUNNING),
    ):
        floor.do(command(campaign_id=campaign))
        assert floor.campaign_state() is state


def test_ca_4_steps_that_do_not_exist_are_refused(floor: Floor) -> None:
    campaign = floor.campaign(1, run=False)
    code = ErrorCode.CAMPAIGN_STATE
    assert floor.refused(CampaignPause(campaign_id=campaign)) == (code, "campaign_id")
    assert floor.refused(CampaignStop(campaign_id=campaign)) == (code, "campaign_id")
    unknown = CampaignStart(campaign_id="99999")
    assert floor.refused(unknown) == (ErrorCode.UNKNOWN_CAMPAIGN, "campaign_id")


def test_ca_4_paused_launches_nothing_and_lets_calls_go_on(floor: Floor) -> None:
    campaign = floor.campaign(1, 2)
    floor.agent()
    (call,) = floor.dialed()
    floor.do(CampaignPause(campaign_id=campaign))
    assert floor.seen(HangUpRequested) == []
    floor.talk(call)
    floor.wrap_up(call)
    floor.wait(60_000)
    assert len(floor.all_seen(DialRequested)) == 1


def test_ca_4_stopped_gives_up_the_calls_that_nobody_answered(floor: Floor) -> None:
    campaign = floor.campaign(1, 2, 3)
    floor.agent("ann")
    floor.agent("bob")
    first, second = (e.call_id for e in floor.all_seen(DialRequested))
    floor.saw(first, Saw.ANSWERED)
    floor.do(CampaignStop(campaign_id=campaign))
    assert [e.call_id for e in floor.seen(HangUpRequested)] == [second]


def test_ca_4_assigned_agents_see_each_change_at_once(floor: Floor) -> None:
    floor.agent("ann", "sales")
    floor.agent("bob", "service")
    campaign = floor.campaign(1, teams=("sales",))
    floor.do(CampaignPause(campaign_id=campaign))
    seen = floor.all_seen(CampaignStateChanged)
    assert [(e.state, e.agent_ids) for e in seen] == [
        (CampaignState.RUNNING, ("ann",)),
        (CampaignState.PAUSED, ("ann",)),
    ]


def test_ca_4_an_agent_who_has_left_is_not_told(floor: Floor) -> None:
    campaign = floor.campaign(1, run=False)
    floor.agent("ann")
    floor.agent("bob")
    floor.do(AgentLogout(agent_id="ann"))
    floor.do(CampaignStart(campaign_id=campaign))
    assert [e.agent_ids for e in floor.seen(CampaignStateChanged)] == [("bob",)]


def test_ca_4_an_agent_who_logs_in_is_told_of_campaigns_that_run(floor: Floor) -> None:
    campaign = floor.campaign(1, teams=("sales",))
    floor.campaign(2, teams=("service",))
    floor.campaign(3, teams=("sales",), run=False)
    reply = floor.do(AgentLogin(agent_id="ann", teams=("sales",)))
    assert isinstance(reply, AgentReply)
    told = [(n.campaign_id, n.state) for n in reply.campaigns]
    assert told == [(campaign, CampaignState.RUNNING)]
    assert [e.campaigns for e in floor.seen(AgentLoggedIn)] == [reply.campaigns]


def test_ca_4_my_campaigns_lists_those_of_an_agent_with_their_state(floor: Floor) -> None:
    campaign = floor.campaign(1, teams=("sales",))
    floor.campaign(2, teams=("service",))
    floor.agent("ann", "sales")
    floor.do(CampaignPause(campaign_id=campaign))
    reply = floor.do(CampaignList(agent_id="ann"))
    assert isinstance(reply, CampaignsReply)
    assert [(n.campaign_id, n.state) for n in reply.campaigns] == [(campaign, CampaignState.PAUSED)]


def test_ca_4_past_its_last_day_it_launches_nothing_and_keeps_its_data(floor: Floor) -> None:
    floor.campaign(1, 2, last_day="2026-03-02", zone="America/New_York")
    end = int(datetime(2026, 3, 3, 5, tzinfo=UTC).timestamp() * 1_000)
    floor.wait(end - NOON - 1)
    assert floor.campaign_state() is CampaignState.RUNNING
    floor.wait(1)
    assert floor.campaign_state() is CampaignState.EXPIRED
    floor.agent()
    assert floor.all_seen(DialRequested) == []
    assert floor.contact("c1").state is ContactState.READY
    start = CampaignStart(campaign_id="00001")
    assert floor.refused(start) == (ErrorCode.CAMPAIGN_STATE, "campaign_id")


def test_ca_4_a_later_last_day_brings_an_expired_campaign_back(floor: Floor) -> None:
    campaign = floor.campaign(1, last_day="2026-03-02")
    floor.wait(DAY_MS)
    later = CampaignSettings(name="Test", last_day="2026-03-09")
    floor.do(CampaignUpdate(campaign_id=campaign, settings=later))
    assert floor.campaign_state() is CampaignState.STOPPED
    floor.do(CampaignStart(campaign_id=campaign))
    floor.wait(7 * DAY_MS)
    assert floor.campaign_state() is CampaignState.EXPIRED


def test_ca_4_before_its_first_day_it_launches_nothing(floor: Floor) -> None:
    floor.campaign(1, first_day="2026-03-03", zone="Europe/Warsaw")
    floor.agent()
    floor.wait(int(datetime(2026, 3, 2, 23, tzinfo=UTC).timestamp() * 1_000) - NOON - 1)
    assert floor.all_seen(DialRequested) == []
    floor.wait(1)
    assert len(floor.all_seen(DialRequested)) == 1


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"last_day": "2026-02-30"}, "settings.last_day"),
        ({"last_day": "2026-03-01"}, "settings.last_day"),
        ({"first_day": "2026-04-02", "last_day": "2026-04-01"}, "settings.last_day"),
        ({"first_day": "9999-99-99"}, "settings.first_day"),
        ({"last_day": "9999-12-31"}, "settings.last_day"),
        ({"zone": "Europe/Nowhere"}, "settings.zone"),
        ({"zone": "../../etc/passwd"}, "settings.zone"),
    ],
)
def test_ca_4_days_that_cannot_be_are_refused(
    floor: Floor, settings: dict[str, Any], field: str
) -> None:
    create = CampaignCreate(settings=CampaignSettings(name="Test", **settings))
    assert floor.refused(create) == (ErrorCode.INVALID_VALUE, field)


# --- CA-10: the end


def test_ca_10_it_ends_by_itself_when_nothing_is_left_to_call(floor: Floor) -> None:
    floor.campaign(1)
    floor.agent()
    (call,) = floor.dialed()
    floor.talk(call)
    assert floor.campaign_state() is CampaignState.RUNNING
    floor.wrap_up(call)
    assert floor.campaign_state() is CampaignState.FINISHED


def test_ca_10_a_contact_that_waits_for_a_retry_is_something_left(floor: Floor) -> None:
    floor.campaign(1)
    floor.agent()
    (call,) = floor.dialed()
    floor.saw(call, Saw.BUSY)
    assert floor.campaign_state() is CampaignState.RUNNING
    floor.do(ContactsRemove(campaign_id="00001", contact_keys=["c1"]))
    assert floor.campaign_state() is CampaignState.FINISHED


def test_ca_10_a_list_that_is_still_to_come_is_waited_for(floor: Floor) -> None:
    campaign = floor.campaign()
    floor.agent()
    floor.wait(DAY_MS)
    assert floor.campaign_state() is CampaignState.RUNNING
    floor.load(campaign, rows(1))
    assert len(floor.dialed()) == 1


def test_ca_10_a_campaign_that_is_fed_all_the_time_can_be_told_to_go_on(floor: Floor) -> None:
    campaign = floor.campaign(1, ends_when_dry=False)
    floor.agent()
    (call,) = floor.dialed()
    floor.talk(call)
    floor.wrap_up(call)
    assert floor.campaign_state() is CampaignState.RUNNING
    floor.load(campaign, rows(2))
    assert len(floor.dialed()) == 1


def test_ca_10_a_finished_campaign_with_a_new_list_is_started_again(floor: Floor) -> None:
    campaign = floor.campaign(1)
    floor.agent()
    floor.do(ContactsRemove(campaign_id=campaign, contact_keys=["c1"]))
    (call,) = [e.call_id for e in floor.all_seen(DialRequested)]
    floor.talk(call)
    floor.wrap_up(call)
    assert floor.campaign_state() is CampaignState.FINISHED
    floor.load(campaign, rows(2))
    reply = floor.do(CampaignStart(campaign_id=campaign))
    assert isinstance(reply, CampaignReply)
    assert len(floor.dialed()) == 1


@pytest.mark.parametrize("record", [True, False])
def test_ca_1_recording_is_asked_for_where_the_campaign_chose_it(
    floor: Floor, record: bool
) -> None:
    floor.campaign(1, record=record)
    floor.agent()
    floor.saw(1, Saw.ANSWERED)
    assert [event.record for event in floor.seen(BridgeRequested)] == [record]
    floor.campaign(2, mode=DialingMode.AGENTLESS, record=record)
    floor.saw(2, Saw.ANSWERED)
    assert [event.record for event in floor.seen(MessageRequested)] == [record]


def test_ca_4_agents_who_come_to_a_campaign_or_leave_it_by_its_teams_are_told(
    floor: Floor,
) -> None:
    floor.agent("ann", "sales")
    floor.agent("bob", "service")
    floor.agent("eve", "night")
    campaign = floor.campaign(teams=("sales",))
    settings = CampaignSettings(name="Test", teams=("service",))
    floor.do(CampaignUpdate(campaign_id=campaign, settings=settings))
    assert [event.agent_ids for event in floor.seen(CampaignUpdated)] == [("ann", "bob")]


def test_ca_4_an_agent_whose_teams_change_is_told_of_the_campaigns(floor: Floor) -> None:
    campaign = floor.campaign(1, teams=("sales",))
    floor.agent("ann", "service")
    floor.do(AgentLogin(agent_id="ann", teams=("sales",)))
    (told,) = floor.seen(AgentLoggedIn)
    assert [notice.campaign_id for notice in told.campaigns] == [campaign]
    assert [event.agent_id for event in floor.seen(DialRequested)] == ["ann"]


def test_ca_4_the_first_day_is_seen_by_assigned_agents(floor: Floor) -> None:
    floor.agent()
    floor.campaign(1, first_day="2026-03-03")
    floor.wait(DAY_MS // 2)
    assert [event.agent_ids for event in floor.all_seen(CampaignFirstDay)] == [("ann",)]
