"""Due callbacks, whose they are, and how they are tried: rules CB-6 and CB-8 to CB-11."""

from typing import Any

import pytest

from callback_floor import DAY_MS, HOUR_MS, MINUTE_MS, CallbackFloor, retries
from fastdial.messages.callback_events import (
    CallbackDue,
    CallbackEnded,
    CallbackOffered,
    CallbackReassigned,
    CallbackReturned,
)
from fastdial.messages.callbacks import (
    CallbackAccept,
    CallbackDone,
    CallbackExplain,
    CallbackMove,
)
from fastdial.messages.commands import (
    AgentLogin,
    AgentLogout,
    AgentNotReady,
    AgentReady,
    CallHangUp,
    ContactsRemove,
    ExclusionAdd,
    PreviewDial,
    PreviewSkip,
    SiteConfigure,
)
from fastdial.messages.compliance import (
    AbandonmentDefinition,
    ComplianceSettings,
    FrequencyCap,
)
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import (
    AgentStateChanged,
    CallEnded,
    ContactPassedOver,
    DialRequested,
    HangUpRequested,
)
from fastdial.messages.limits import CallLimits, SiteLimits
from fastdial.messages.queues import QueueUpdate
from fastdial.messages.replies import CallbackExplanation, Error
from fastdial.messages.settings import (
    CallbackSettings,
    RetrySettings,
    SiteCallbacks,
    SiteConfig,
    WrapUpCode,
)
from fastdial.messages.windows import WeeklyHours, WindowSettings
from fastdial.messages.words import (
    AgentState,
    AttemptOutcome,
    CallbackKind,
    CallbackState,
    CodeMeaning,
    DialingMode,
    OwnerAway,
    Party,
    PersonalCallbacks,
    PreviewLapse,
    Saw,
)
from floor import number

E = ErrorCode
S = CallbackState
AWAY = CallbackSettings(owner_away=OwnerAway.GIVE_TO_TEAM, give_after_s=600)


@pytest.fixture
def floor() -> CallbackFloor:
    floor = CallbackFloor()
    floor.queue(retries=retries(1, 600), caller_id="+48221000000")
    return floor


# --- whose it is


def test_cb_6_a_personal_callback_is_offered_to_its_owner_only(floor: CallbackFloor) -> None:
    floor.agent("ann")
    floor.agent("bob")
    floor.promise(1, agent_id="bob", personal=True)
    floor.wait(HOUR_MS)
    assert floor.offered() == [(1, "bob")]


def test_cb_6_the_owner_is_the_agent_or_a_teammate(floor: CallbackFloor) -> None:
    floor.agent("ann", "sales")
    floor.agent("bob", "sales", "help")
    floor.agent("eve", "service")
    assert floor.promise(1, agent_id="ann", owner_id="bob").owner_id == "bob"
    command = floor.asking(2, agent_id="ann", owner_id="eve")
    assert floor.refused(command) == (E.NOT_ASSIGNED, "owner_id")
    nobody = floor.asking(2, personal=True)
    assert floor.refused(nobody) == (E.INVALID_VALUE, "owner_id")
    stranger = floor.asking(2, agent_id="ann", owner_id="stranger")
    assert floor.refused(stranger) == (E.UNKNOWN_AGENT, "owner_id")
    both = floor.asking(2, agent_id="ann", owner_id="bob", personal=False)
    assert floor.refused(both) == (E.INVALID_VALUE, "owner_id")


def test_cb_6_an_owner_who_leaves_while_the_number_is_in_another_call_is_not_waited_for() -> None:
    floor = CallbackFloor()
    floor.queue(callbacks=AWAY)
    floor.queue("service", teams=("service",))
    floor.agent("eve", "service")
    floor.agent("bob", "sales")
    floor.promise(1, queue_id="service")
    floor.promise(1, in_ms=HOUR_MS + 1_000, agent_id="bob", personal=True)
    floor.wait(HOUR_MS)
    call_id = floor.accept(1, "eve")
    floor.wait(2_000)

    floor.do(AgentLogout(agent_id="bob"))
    floor.agent("ann", "sales")
    floor.nobody_answers(call_id)
    floor.wait(600_000)

    assert floor.callback(2).owner_id is None
    assert floor.callback(2).agent_id == "ann"


def test_cb_6_the_owner_works_on_the_queue() -> None:
    floor = CallbackFloor()
    floor.queue(teams=("help",))
    floor.agent("ann", "help", "sales")
    floor.agent("bob", "sales")
    command = floor.asking(agent_id="ann", owner_id="bob")
    assert floor.refused(command) == (E.NOT_ASSIGNED, "owner_id")


def _all_due(floor: CallbackFloor, *promised: dict[str, Any]) -> list[int]:
    """In which order ann, who owns the personal ones, is offered what is due."""
    floor.agent("ann")
    floor.do(AgentNotReady(agent_id="ann"))
    for n, more in enumerate(promised, 1):
        floor.promise(n, **{"agent_id": "ann", **more})
    floor.wait(2 * HOUR_MS)
    found = []
    floor.do(AgentReady(agent_id="ann"))
    for _ in promised:
        ((callback_id, _agent_id),) = floor.offered()
        found.append(callback_id)
        floor.do(CallbackDone(agent_id="ann", callback_id=callback_id))
    return found


def test_cb_6_personal_ones_come_before_others_of_the_same_time(floor: CallbackFloor) -> None:
    assert _all_due(floor, {}, {"personal": True}, {}) == [2, 1, 3]


def test_cb_6_but_not_before_those_of_an_earlier_time(floor: CallbackFloor) -> None:
    earlier = {"in_ms": HOUR_MS - MINUTE_MS}
    assert _all_due(floor, earlier, {"personal": True}) == [1, 2]


def test_cb_6_unless_a_priority_is_given(floor: CallbackFloor) -> None:
    late = {"priority": 1, "in_ms": HOUR_MS + MINUTE_MS}
    assert _all_due(floor, {"personal": True}, {"priority": 1}, late, {}) == [2, 3, 1, 4]


def test_cb_6_an_owner_who_is_away_is_waited_for_until_the_window_ends(
    floor: CallbackFloor,
) -> None:
    floor.agent("ann")
    floor.agent("bob")
    floor.promise(agent_id="ann", personal=True)
    floor.do(AgentLogout(agent_id="ann"))
    floor.wait(3 * HOUR_MS - 1)
    assert floor.all_seen(CallbackOffered) == []
    floor.wait(1)
    assert floor.ended() == [(1, S.EXPIRED, "window_over")]


def test_cb_6_an_owner_who_comes_in_time_gets_it(floor: CallbackFloor) -> None:
    floor.agent("ann")
    floor.promise(agent_id="ann", personal=True)
    floor.do(AgentLogout(agent_id="ann"))
    floor.wait(2 * HOUR_MS)
    floor.agent("ann")
    assert floor.offered() == [(1, "ann")]


def test_cb_6_or_it_is_given_to_the_team_after_a_delay() -> None:
    floor = CallbackFloor()
    floor.queue(callbacks=AWAY)
    floor.agent("ann")
    floor.agent("bob")
    floor.promise(agent_id="ann", personal=True)
    floor.do(AgentLogout(agent_id="ann"))
    floor.wait(HOUR_MS + 10 * MINUTE_MS - 1)
    assert floor.all_seen(CallbackReassigned) == []
    floor.wait(1)
    assert [event.agent_id for event in floor.seen(CallbackReassigned)] == ["ann"]
    assert floor.offered() == [(1, "bob")]
    assert floor.callback().owner_id is None


def test_cb_6_the_delay_begins_when_the_owner_leaves_and_ends_when_the_owner_comes() -> None:
    floor = CallbackFloor()
    floor.queue(callbacks=AWAY)
    floor.agent("ann")
    floor.promise(agent_id="ann", personal=True)
    floor.do(AgentNotReady(agent_id="ann"))
    floor.wait(HOUR_MS + 30 * MINUTE_MS)
    assert floor.all_seen(CallbackReassigned) == []
    floor.do(AgentLogout(agent_id="ann"))
    floor.wait(5 * MINUTE_MS)
    floor.do(AgentLogin(agent_id="ann"))
    floor.wait(20 * MINUTE_MS)
    floor.do(AgentLogout(agent_id="ann"))
    floor.wait(10 * MINUTE_MS - 1)
    assert floor.all_seen(CallbackReassigned) == []
    floor.wait(1)
    assert len(floor.all_seen(CallbackReassigned)) == 1


def test_cb_6_another_setting_holds_for_what_is_due_already(floor: CallbackFloor) -> None:
    floor.agent("ann")
    floor.promise(agent_id="ann", personal=True)
    floor.do(AgentLogout(agent_id="ann"))
    floor.wait(HOUR_MS)
    settings = floor.queue_view().settings
    changed = type(settings)(name="Help", callbacks=AWAY, windows=settings.windows)
    floor.do(QueueUpdate(queue_id="help", settings=changed))
    floor.wait(10 * MINUTE_MS)
    assert len(floor.all_seen(CallbackReassigned)) == 1


@pytest.mark.parametrize(
    ("rule", "personal", "owner_id"),
    [
        (PersonalCallbacks.ALL, None, "ann"),
        (PersonalCallbacks.ALL, True, "ann"),
        (PersonalCallbacks.NONE, None, None),
        (PersonalCallbacks.NONE, False, None),
        (PersonalCallbacks.AS_CHOSEN, None, None),
    ],
)
def test_cb_6_a_site_makes_all_callbacks_personal_or_none(
    rule: PersonalCallbacks, personal: bool | None, owner_id: str | None
) -> None:
    floor = CallbackFloor(SiteConfig(callbacks=SiteCallbacks(personal=rule)))
    floor.queue()
    floor.agent("ann")
    assert floor.promise(agent_id="ann", personal=personal).owner_id == owner_id


@pytest.mark.parametrize(
    ("rule", "personal"), [(PersonalCallbacks.ALL, False), (PersonalCallbacks.NONE, True)]
)
def test_cb_6_and_then_the_choice_is_refused_with_that_reason(
    rule: PersonalCallbacks, personal: bool
) -> None:
    floor = CallbackFloor(SiteConfig(callbacks=SiteCallbacks(personal=rule)))
    floor.queue()
    floor.agent("ann")
    reply = floor.ask(floor.asking(agent_id="ann", personal=personal))
    assert isinstance(reply, Error)
    assert (reply.fault.code, reply.fault.field) == (E.NOT_ALLOWED, "personal")
    assert reply.fault.values == {"personal": rule.value}


# --- offered


def test_cb_8_a_due_callback_is_told_of_and_offered_to_a_free_agent(floor: CallbackFloor) -> None:
    floor.agent("ann")
    floor.promise(7, reason="the invoice", variables={"account": "A-1"})
    floor.wait(HOUR_MS)
    (due,) = floor.seen(CallbackDue)
    assert (due.callback_id, due.agent_id) == (1, None)
    (offer,) = floor.seen(CallbackOffered)
    assert (offer.agent_id, offer.kind, offer.number) == (
        "ann",
        CallbackKind.SCHEDULED,
        number(7),
    )
    assert (offer.caller_id, offer.queue_id, offer.reason) == (
        "+48221000000",
        "help",
        "the invoice",
    )
    assert offer.variables == {"account": "A-1", "callback_reason": "the invoice"}
    assert offer.waiting_ms == 0
    assert floor.agent_state() is AgentState.PREVIEWING


def test_cb_8_the_owner_is_told_even_when_busy_and_is_offered_it_after_that(
    floor: CallbackFloor,
) -> None:
    floor.agent("ann")
    floor.promise(agent_id="ann", personal=True)
    floor.do(AgentNotReady(agent_id="ann"))
    floor.wait(HOUR_MS)
    assert [event.agent_id for event in floor.seen(CallbackDue)] == ["ann"]
    floor.wait(90_000)
    floor.do(AgentReady(agent_id="ann"))
    assert [event.waiting_ms for event in floor.seen(CallbackOffered)] == [90_000]


def test_cb_8_delivered_is_not_dialed(floor: CallbackFloor) -> None:
    floor.agent("ann")
    floor.promise()
    floor.wait(HOUR_MS + 20_000)
    assert floor.all_seen(DialRequested) == []
    floor.accept()
    (dial,) = floor.seen(DialRequested)
    assert (dial.callback_id, dial.agent_id, dial.number) == (1, "ann", number(1))
    assert floor.state_of() is S.DIALED


def test_cb_8_a_preview_is_dialed_as_any_other(floor: CallbackFloor) -> None:
    floor.agent("ann")
    floor.promise()
    floor.wait(HOUR_MS)
    floor.do(PreviewDial(agent_id="ann"))
    assert [event.callback_id for event in floor.seen(DialRequested)] == [1]


def test_cb_8_only_what_is_on_the_screen_is_accepted(floor: CallbackFloor) -> None:
    floor.agent("ann")
    floor.promise()
    early = CallbackAccept(agent_id="ann", callback_id=1)
    assert floor.refused(early) == (E.AGENT_STATE, "agent_id")
    floor.wait(HOUR_MS)
    for command in (
        CallbackAccept(agent_id="ann", callback_id=2),
        CallbackDone(agent_id="ann", callback_id=2),
    ):
        assert floor.refused(command) == (E.CALLBACK_STATE, "callback_id")


def test_cb_8_who_lets_the_preview_time_pass_is_not_there(floor: CallbackFloor) -> None:
    floor.agent("ann")
    floor.agent("bob")
    floor.promise()
    floor.wait(HOUR_MS)
    assert floor.offered() == [(1, "ann")]
    floor.wait(30_000)
    assert [event.reason for event in floor.seen(CallbackReturned)] == ["preview_lapsed"]
    assert floor.agent_state("ann") is AgentState.NOT_READY
    assert floor.offered() == [(1, "bob")]


def test_cb_8_or_it_is_dialed_then_where_the_queue_says_so() -> None:
    floor = CallbackFloor()
    floor.queue(preview_s=10, preview_lapse=PreviewLapse.DIAL)
    floor.agent("ann")
    floor.promise()
    floor.wait(HOUR_MS + 10_000)
    assert [event.callback_id for event in floor.seen(DialRequested)] == [1]


def test_cb_8_one_that_is_skipped_comes_back_after_a_while(floor: CallbackFloor) -> None:
    floor.agent("ann")
    floor.promise()
    floor.wait(HOUR_MS)
    floor.do(PreviewSkip(agent_id="ann"))
    assert (floor.state_of(), floor.callback().due_at) == (S.SCHEDULED, floor.now + 300_000)
    floor.wait(300_000)
    assert floor.offered() == [(1, "ann")]


def test_cb_8_one_on_the_screen_can_be_marked_done(floor: CallbackFloor) -> None:
    floor.agent("ann")
    floor.promise()
    floor.wait(HOUR_MS)
    floor.do(CallbackDone(agent_id="ann", callback_id=1, reason="customer_called"))
    assert floor.ended() == [(1, S.DONE, "customer_called")]
    assert floor.agent_state() is AgentState.READY


def test_cb_8_promises_go_before_campaigns(floor: CallbackFloor) -> None:
    floor.promise(9)
    floor.wait(HOUR_MS)
    floor.campaign(1, 2, mode=DialingMode.PROGRESSIVE)
    floor.agent("ann")
    assert floor.offered() == [(1, "ann")]
    assert floor.all_seen(DialRequested) == []


def test_cb_8_agents_whom_ringing_lines_count_on_are_not_taken(floor: CallbackFloor) -> None:
    floor.campaign(1, mode=DialingMode.PREDICTIVE)
    floor.promise(9)
    floor.wait(HOUR_MS - 1_000)
    floor.agent("ann")
    (call_id,) = floor.dialed()
    floor.wait(1_000)
    assert floor.state_of() is S.DUE
    floor.saw(call_id, Saw.BUSY)
    assert floor.offered() == [(1, "ann")]


def test_cb_8_an_inactive_queue_offers_nothing(floor: CallbackFloor) -> None:
    floor.agent("ann")
    floor.promise()
    settings = floor.queue_view().settings
    off = type(settings)(name="Help", active=False, windows=settings.windows)
    floor.do(QueueUpdate(queue_id="help", settings=off))
    floor.wait(2 * HOUR_MS)
    assert floor.all_seen(CallbackOffered) == []
    floor.do(QueueUpdate(queue_id="help", settings=settings))
    assert floor.offered() == [(1, "ann")]


# --- tried


def test_cb_9_not_reached_is_retried_inside_the_window_and_then_missed(
    floor: CallbackFloor,
) -> None:
    floor.agent("ann")
    floor.promise()
    floor.wait(HOUR_MS)
    floor.nobody_answers(floor.accept())
    assert (floor.state_of(), floor.callback().due_at) == (S.SCHEDULED, floor.now + 600_000)
    floor.wait(600_000)
    assert floor.offered() == [(1, "ann")]
    call_id = floor.accept()
    floor.saw(call_id, Saw.BUSY, after_ms=1_000)
    (ended,) = floor.seen(CallbackEnded)
    assert (ended.state, ended.reason, ended.queue_id) == (S.MISSED, "busy", "help")
    assert [(one.call_id, one.outcome, one.agent_id) for one in ended.tried] == [
        (1, AttemptOutcome.NO_ANSWER, "ann"),
        (2, AttemptOutcome.BUSY, "ann"),
    ]


def test_cb_9_no_try_is_planned_past_the_window(floor: CallbackFloor) -> None:
    floor.agent("ann")
    floor.promise(for_ms=30 * MINUTE_MS)
    floor.wait(HOUR_MS + 25 * MINUTE_MS)
    # the offer lapsed, and its agent was away until now
    floor.do(AgentReady(agent_id="ann"))
    floor.nobody_answers(floor.accept())
    (ended,) = floor.seen(CallbackEnded)
    assert (ended.state, len(ended.tried)) == (S.MISSED, 1)


def test_cb_9_a_preview_ends_with_the_window(floor: CallbackFloor) -> None:
    floor.promise(for_ms=30 * MINUTE_MS)
    floor.wait(HOUR_MS + 30 * MINUTE_MS - 5_000)
    floor.agent("ann")
    (offer,) = floor.seen(CallbackOffered)
    assert offer.lapses_at == floor.now + 5_000
    floor.wait(5_000)
    assert floor.ended() == [(1, S.EXPIRED, "window_over")]
    assert floor.agent_state() is AgentState.READY


def test_cb_9_a_wait_cut_by_the_window_s_end_leaves_it_missed(floor: CallbackFloor) -> None:
    floor.agent("ann")
    floor.promise(for_ms=30 * MINUTE_MS)
    floor.wait(HOUR_MS)
    floor.nobody_answers(floor.accept())
    floor.do(AgentNotReady(agent_id="ann"))
    floor.wait(30 * MINUTE_MS)
    (ended,) = floor.all_seen(CallbackEnded)
    assert (ended.state, ended.reason, len(ended.tried)) == (S.MISSED, "window_over", 1)


def test_cb_9_one_that_nobody_dialed_has_expired(floor: CallbackFloor) -> None:
    floor.promise()
    floor.wait(3 * HOUR_MS)
    assert floor.ended() == [(1, S.EXPIRED, "window_over")]


def test_cb_9_reached_is_done(floor: CallbackFloor) -> None:
    floor.agent("ann")
    floor.promise()
    floor.wait(HOUR_MS)
    call_id = floor.accept()
    floor.talk(call_id)
    assert floor.ended() == []
    floor.wrap_up(call_id)
    (ended,) = floor.seen(CallbackEnded)
    assert (ended.state, ended.reason) == (S.DONE, "sale")
    assert [one.outcome for one in ended.tried] == [AttemptOutcome.ANSWERED]


def test_cb_9_a_code_that_means_retry_tries_again_inside_the_window() -> None:
    floor = CallbackFloor()
    again = WrapUpCode(code="again", name="Again", meaning=CodeMeaning.RETRY, retry_after_s=60)
    later = WrapUpCode(code="later", name="Much", meaning=CodeMeaning.RETRY, retry_after_s=86_400)
    floor.queue(wrap_up_codes=(again, later))
    floor.agent("ann")
    floor.promise()
    floor.wait(HOUR_MS)
    for code in ("again", "later"):
        call_id = floor.accept()
        floor.talk(call_id)
        floor.wrap_up(call_id, code=code)
        if code == "again":
            assert floor.ended() == []
            floor.wait(60_000)
    assert floor.ended() == [(1, S.MISSED, "later")]


def test_cb_9_what_is_missed_can_be_promised_again(floor: CallbackFloor) -> None:
    floor.promise()
    floor.wait(3 * HOUR_MS)
    assert floor.promise().callback_id == 2


# --- cancelled by the agent


def test_cb_10_an_agent_cancels_before_the_customer_answers_and_wraps_up(
    floor: CallbackFloor,
) -> None:
    floor.agent("ann")
    floor.promise()
    floor.wait(HOUR_MS)
    call_id = floor.accept()
    floor.saw(call_id, Saw.RINGING)
    floor.do(CallHangUp(call_id=call_id), after_ms=3_000)
    (asked,) = floor.seen(HangUpRequested)
    assert (asked.outcome, asked.party) == (AttemptOutcome.CANCELLED, Party.AGENT)
    assert floor.agent_state() is AgentState.RESERVED
    floor.saw(call_id, Saw.HUNG_UP)
    (ended,) = floor.seen(CallEnded)
    assert (ended.outcome, ended.fate) == (AttemptOutcome.CANCELLED, None)
    assert floor.agent_state() is AgentState.WRAP_UP
    floor.wrap_up(call_id)
    assert floor.ended() == [(1, S.DONE, "sale")]
    assert floor.agent_state() is AgentState.READY


def test_cb_10_without_a_code_it_is_tried_again_as_not_reached(floor: CallbackFloor) -> None:
    floor.agent("ann")
    floor.promise()
    floor.wait(HOUR_MS)
    call_id = floor.accept()
    floor.do(CallHangUp(call_id=call_id))
    floor.saw(call_id, Saw.HUNG_UP)
    floor.wait(30_000)
    assert floor.agent_state() is AgentState.READY
    assert (floor.state_of(), floor.callback().due_at) == (S.SCHEDULED, floor.now + 600_000)


def test_cb_10_when_the_call_must_ring_on_a_customer_who_answers_is_served() -> None:
    floor = CallbackFloor()
    rings = ComplianceSettings(abandonment=AbandonmentDefinition(min_ring_s=15))
    floor.queue(compliance=rings)
    floor.agent("ann")
    floor.promise()
    floor.wait(HOUR_MS)
    call_id = floor.accept()
    floor.saw(call_id, Saw.RINGING)
    floor.do(CallHangUp(call_id=call_id))
    assert floor.seen(HangUpRequested) == []
    floor.talk(call_id)
    floor.wrap_up(call_id)
    assert floor.ended() == [(1, S.DONE, "sale")]


def test_cb_10_then_it_is_given_up_when_it_has_rung_long_enough_and_wrapped_up() -> None:
    floor = CallbackFloor()
    rings = ComplianceSettings(abandonment=AbandonmentDefinition(min_ring_s=15))
    floor.queue(compliance=rings)
    floor.agent("ann")
    floor.promise()
    floor.wait(HOUR_MS)
    call_id = floor.accept()
    floor.saw(call_id, Saw.RINGING)
    floor.do(CallHangUp(call_id=call_id))
    floor.wait(15_000)
    floor.saw(call_id, Saw.HUNG_UP)
    assert floor.agent_state() is AgentState.WRAP_UP


def test_cb_10_a_customer_who_answers_in_that_instant_met_silence(floor: CallbackFloor) -> None:
    floor.agent("ann")
    floor.promise()
    floor.wait(HOUR_MS)
    call_id = floor.accept()
    floor.do(CallHangUp(call_id=call_id))
    floor.saw(call_id, Saw.ANSWERED)
    floor.saw(call_id, Saw.HUNG_UP)
    (ended,) = floor.seen(CallEnded)
    assert ended.outcome is AttemptOutcome.ABANDONED
    assert floor.agent_state() is AgentState.READY


def test_cb_10_other_calls_are_not_wrapped_up_after_a_cancel() -> None:
    floor = CallbackFloor()
    floor.campaign(1)
    floor.agent("ann")
    (call_id,) = floor.dialed()
    floor.do(CallHangUp(call_id=call_id))
    assert floor.agent_state() is AgentState.READY


# --- as any attempt


def test_cb_11_an_excluded_number_is_not_called_back(floor: CallbackFloor) -> None:
    floor.agent("ann")
    floor.promise()
    floor.do(ExclusionAdd(list_name="do_not_call", numbers=(number(1),)))
    floor.wait(HOUR_MS)
    (passed_over,) = floor.seen(ContactPassedOver)
    assert passed_over.rule == "CO-2"
    assert floor.ended() == [(1, S.CANCELLED, "excluded")]
    assert floor.all_seen(CallbackOffered) == []


def test_cb_11_nor_dialed_from_the_screen(floor: CallbackFloor) -> None:
    floor.agent("ann")
    floor.promise()
    floor.wait(HOUR_MS)
    floor.do(ExclusionAdd(list_name="do_not_call", numbers=(number(1),)))
    command = CallbackAccept(agent_id="ann", callback_id=1)
    assert floor.refused(command) == (E.NOT_ALLOWED, "number")


def test_cb_11_nobody_is_called_back_outside_the_hours() -> None:
    floor = CallbackFloor()
    late = WindowSettings(weekly=(WeeklyHours(from_="14:00", until="20:00"),), presets=())
    floor.queue(windows=late)
    floor.agent("ann")
    floor.promise()
    floor.wait(HOUR_MS)
    (passed_over,) = floor.seen(ContactPassedOver)
    assert passed_over.rule == "CO-1"
    floor.wait(HOUR_MS)
    assert floor.offered() == [(1, "ann")]


def test_cb_11_a_cap_holds_back_until_it_leaves_room() -> None:
    floor = CallbackFloor()
    cap = FrequencyCap(attempts=1, period_s=3_600)
    floor.queue(retries=retries(3, 60), compliance=ComplianceSettings(caps=(cap,)))
    floor.agent("ann")
    floor.promise()
    floor.wait(HOUR_MS)
    floor.nobody_answers(floor.accept())
    floor.wait(HOUR_MS - 20_000 - 1)
    assert [event.rule for event in floor.all_seen(ContactPassedOver)] == ["CO-3"]
    assert floor.offered() == []
    floor.wait(1)
    assert floor.offered() == [(1, "ann")]


def test_cb_11_a_number_in_another_call_is_waited_for(floor: CallbackFloor) -> None:
    floor.campaign(1)
    floor.promise(1)
    floor.wait(HOUR_MS - 1_000)
    floor.agent("ann")
    (call_id,) = floor.dialed()
    floor.agent("bob")
    floor.wait(1_000)
    assert (floor.state_of(), floor.offered()) == (S.DUE, [])
    floor.saw(call_id, Saw.BUSY)
    assert len(floor.offered()) == 1


def test_cb_11_one_held_by_another_call_still_ends_with_its_window(floor: CallbackFloor) -> None:
    floor.campaign(1)
    floor.promise(1, for_ms=30 * MINUTE_MS)
    floor.wait(HOUR_MS + 30 * MINUTE_MS - 10_000)
    assert floor.state_of() is S.DUE
    floor.do(AgentLogin(agent_id="ann"))
    floor.load("00002", [{"contact_key": "c2", "numbers": [number(1)]}])
    floor.agent("ann")
    assert floor.offered() == [(1, "ann")]
    floor.agent("bob")
    floor.wait(10_000)
    assert floor.ended() == [(1, S.EXPIRED, "window_over")]


def test_cb_11_the_limit_on_attempts_holds() -> None:
    floor = CallbackFloor()
    floor.queue(retries=RetrySettings(max_attempts=1))
    floor.agent("ann")
    floor.promise()
    floor.wait(HOUR_MS)
    floor.nobody_answers(floor.accept())
    assert floor.ended() == [(1, S.MISSED, "max_attempts")]


def test_cb_11_limits_on_calls_hold(floor: CallbackFloor) -> None:
    floor.do(SiteConfigure(config=SiteConfig(limits=SiteLimits(site=CallLimits(calls=1)))))
    for agent_id in ("ann", "bob"):
        floor.agent(agent_id)
    floor.promise(1)
    floor.promise(2)
    floor.wait(HOUR_MS)
    # a call is counted when it is dialed, so both are on a screen
    assert len(floor.all_seen(CallbackOffered)) == 2
    floor.accept(1, "ann")
    command = CallbackAccept(agent_id="bob", callback_id=2)
    assert floor.refused(command) == (E.LIMIT_REACHED, "agent_id")


def test_cb_11_quiet_after_an_abandoned_call_does_not_hold_where_an_agent_is_reserved() -> None:
    floor = CallbackFloor()
    quiet = AbandonmentDefinition(quiet_after_abandoned_s=86_400)
    compliance = ComplianceSettings(abandonment=quiet)
    floor.campaign(1, mode=DialingMode.PREDICTIVE, compliance=compliance)
    floor.queue(compliance=compliance)
    floor.agent("ann")
    (call_id,) = floor.dialed()
    floor.do(AgentNotReady(agent_id="ann"))
    floor.saw(call_id, Saw.ANSWERED)
    floor.wait(2_000)
    floor.saw(call_id, Saw.HUNG_UP)
    floor.promise(1)
    floor.do(AgentReady(agent_id="ann"))
    floor.wait(HOUR_MS)
    assert floor.offered() == [(1, "ann")]


# --- explained


def _explained(floor: CallbackFloor, callback_id: int = 1) -> CallbackExplanation:
    reply = floor.do(CallbackExplain(callback_id=callback_id))
    assert isinstance(reply, CallbackExplanation)
    return reply


def _stands(explanation: CallbackExplanation) -> list[tuple[str, str]]:
    return [(one.rule, one.reason) for one in explanation.looked_at if not one.passed]


def test_cb_8_and_co_9_a_callback_that_is_not_offered_is_explained(floor: CallbackFloor) -> None:
    floor.promise()
    explanation = _explained(floor)
    assert _stands(explanation) == [("CB-8", "scheduled"), ("AG-2", "no_agent_at_work")]
    assert explanation.earliest_at == floor.now + HOUR_MS
    assert not explanation.may_be_dialed
    floor.agent("ann")
    assert _explained(floor).earliest_at == floor.now + HOUR_MS
    floor.wait(HOUR_MS)
    floor.do(PreviewSkip(agent_id="ann"))
    floor.do(ExclusionAdd(list_name="do_not_call", numbers=(number(1),)))
    explanation = _explained(floor)
    assert _stands(explanation) == [("CB-8", "scheduled"), ("CO-2", "excluded")]
    assert explanation.earliest_at is None


def test_cb_6_and_co_9_an_owner_who_is_away_is_named(floor: CallbackFloor) -> None:
    floor.agent("ann")
    floor.promise(agent_id="ann", personal=True)
    floor.do(AgentLogout(agent_id="ann"))
    floor.wait(HOUR_MS)
    assert _stands(_explained(floor)) == [("CB-6", "owner_logged_out")]
    floor.wait(2 * HOUR_MS)
    assert ("CB-8", "window_over") in _stands(_explained(floor))


def test_cb_11_a_campaign_s_contact_that_is_taken_off_the_list_takes_its_callback_along() -> None:
    floor = CallbackFloor()
    later = WrapUpCode(code="later", name="Later", meaning=CodeMeaning.CALLBACK)
    floor.campaign(1, wrap_up_codes=(later,))
    floor.agent("ann")
    floor.talk(1)
    floor.wrap_up(1, code="later", callback_at=floor.now + HOUR_MS)
    floor.do(ContactsRemove(campaign_id="00001", contact_keys=["c1"]))
    assert floor.ended() == [(1, S.CANCELLED, "contact_removed")]
    floor.wait(DAY_MS)
    assert floor.all_seen(CallbackOffered) == []


def test_cb_11_one_on_the_screen_goes_when_it_leaves_the_screen() -> None:
    floor = CallbackFloor()
    later = WrapUpCode(code="later", name="Later", meaning=CodeMeaning.CALLBACK)
    floor.campaign(1, wrap_up_codes=(later,), preview_s=0)
    floor.agent("ann")
    floor.talk(1)
    floor.wrap_up(1, code="later", callback_at=floor.now + HOUR_MS)
    floor.wait(HOUR_MS)
    assert floor.offered() == [(1, "ann")]
    floor.do(ContactsRemove(campaign_id="00001", contact_keys=["c1"]))
    command = CallbackAccept(agent_id="ann", callback_id=1)
    assert floor.refused(command) == (E.UNKNOWN_CONTACT, "agent_id")
    floor.do(PreviewSkip(agent_id="ann"))
    assert floor.ended() == [(1, S.CANCELLED, "contact_removed")]
    assert floor.contacts() == []
    assert floor.seen(AgentStateChanged)[-1].state is AgentState.READY
    too_late = CallbackMove(callback_id=1, window_start_at=0, window_end_at=0)
    assert floor.refused(too_late) == (E.TOO_LATE, "callback_id")


def test_ag_3_who_need_not_dial_is_ready_again_where_the_number_may_not_be_dialed() -> None:
    floor = CallbackFloor()
    floor.queue(preview_s=20, preview_lapse=PreviewLapse.DIAL)
    floor.agent("ann")
    floor.promise(1)
    floor.wait(HOUR_MS)
    floor.do(ExclusionAdd(list_name="do_not_call", numbers=(number(1),)))
    floor.wait(20_000)
    assert [event.reason for event in floor.seen(CallbackReturned)] == ["preview_lapsed"]
    assert floor.agent_state() is AgentState.READY
