"""A campaign's call is rescheduled to a time and a number: rules CB-7, CB-4 and CB-6."""

from typing import Any

import pytest

from callback_floor import HOUR_MS, MINUTE_MS, CallbackFloor
from fastdial.messages.callback_events import (
    CallbackOffered,
    CallbackScheduled,
    CallRescheduled,
    CallRescheduleDropped,
)
from fastdial.messages.callbacks import (
    CallbackMove,
    CallbackUpdate,
    CallDropReschedule,
    CallReschedule,
)
from fastdial.messages.commands import (
    AgentLogout,
    CallWrapUp,
    CampaignUpdate,
    ContactsLoad,
    ExclusionAdd,
)
from fastdial.messages.contact_numbers import ContactNumber
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import CallWrappedUp, ContactPassedOver, DialRequested
from fastdial.messages.replies import Error, RescheduleReply
from fastdial.messages.settings import (
    CallbackSettings,
    RetrySettings,
    SiteCallbacks,
    SiteConfig,
    WrapUpCode,
)
from fastdial.messages.words import (
    CallbackKind,
    CallbackState,
    Channel,
    CodeMeaning,
    ContactState,
    DialingMode,
    NumberKind,
    PersonalCallbacks,
    Saw,
)
from floor import NOON, number

E = ErrorCode
S = CallbackState
LATER = WrapUpCode(code="later", name="Later", meaning=CodeMeaning.CALLBACK)
NEVER = WrapUpCode(code="never", name="Never", meaning=CodeMeaning.DO_NOT_CALL)


def started(config: SiteConfig | None = None, **settings: Any) -> CallbackFloor:
    """Ann is talking with a contact that has two numbers, at the first."""
    floor = CallbackFloor(config)
    settings.setdefault("wrap_up_codes", (LATER, NEVER))
    floor.campaign(**settings)
    row = {
        "contact_key": "c1",
        "numbers": [number(1), number(2)],
        "zone": "Europe/London",
        "variables": {"name": "Maria"},
    }
    floor.load("00001", [row])
    floor.agent("ann")
    floor.saw(1, Saw.ANSWERED, after_ms=5_000)
    floor.saw(1, Saw.BRIDGED)
    return floor


@pytest.fixture
def floor() -> CallbackFloor:
    return started()


def plan(floor: CallbackFloor, *, in_ms: int = HOUR_MS, **more: Any) -> CallReschedule:
    more.setdefault("agent_id", "ann")
    return CallReschedule(call_id=1, callback_at=floor.now + in_ms, **more)


def mark_done(floor: CallbackFloor, code: str = "sale", **more: Any) -> None:
    floor.saw(1, Saw.HUNG_UP, after_ms=1_000)
    floor.wrap_up(1, code=code, **more)


def test_cb_7_it_takes_effect_when_the_agent_marks_the_call_done(floor: CallbackFloor) -> None:
    reply = floor.do(plan(floor, reason="busy now"))
    assert isinstance(reply, RescheduleReply)
    assert reply.plan.window_end_at - reply.plan.window_start_at == HOUR_MS
    floor.saw(1, Saw.HUNG_UP, after_ms=60_000)
    assert floor.all_seen(CallbackScheduled) == []
    floor.wrap_up(1)
    (promised,) = floor.seen(CallbackScheduled)
    assert (promised.kind, promised.contact_key) == (CallbackKind.CAMPAIGN, "c1")
    assert (promised.number, promised.name, promised.reason) == (number(1), "Maria", "busy now")
    assert (promised.interaction_id, promised.channel) == ("call-1", Channel.VOICE)
    assert (promised.window_start_at, promised.zone) == (
        reply.plan.window_start_at,
        "Europe/London",
    )
    assert floor.contact("c1").state is ContactState.PROMISED


def test_cb_7_the_customer_is_called_at_that_time_and_not_before(floor: CallbackFloor) -> None:
    at = floor.now + HOUR_MS
    floor.do(plan(floor))
    mark_done(floor)
    floor.wait(at - floor.now - 1)
    assert floor.all_seen(CallbackOffered) == []
    floor.wait(1)
    assert floor.offered() == [(1, "ann")]
    floor.accept()
    assert floor.dialed_keys() == ["c1", "c1"]


def test_cb_7_until_then_it_can_be_changed(floor: CallbackFloor) -> None:
    floor.do(plan(floor))
    floor.do(plan(floor, in_ms=3 * HOUR_MS, number=number(2)))
    assert len(floor.all_seen(CallRescheduled)) == 2
    floor.do(plan(floor, in_ms=3 * HOUR_MS, number=number(2)))
    assert len(floor.all_seen(CallRescheduled)) == 2
    at = floor.now + 3 * HOUR_MS
    mark_done(floor)
    (promised,) = floor.seen(CallbackScheduled)
    assert (promised.window_start_at, promised.number) == (at, number(2))


def test_cb_7_or_dropped(floor: CallbackFloor) -> None:
    floor.do(plan(floor))
    floor.do(CallDropReschedule(call_id=1, agent_id="ann"))
    assert len(floor.seen(CallRescheduleDropped)) == 1
    floor.do(CallDropReschedule(call_id=1, agent_id="ann"))
    assert floor.fresh == []
    mark_done(floor)
    assert floor.all_seen(CallbackScheduled) == []
    assert floor.contact("c1").state is ContactState.DONE


def test_cb_7_in_the_wrap_up_too_but_not_after_it(floor: CallbackFloor) -> None:
    floor.saw(1, Saw.HUNG_UP, after_ms=1_000)
    floor.do(plan(floor))
    floor.wrap_up(1)
    assert len(floor.seen(CallbackScheduled)) == 1
    assert floor.refused(plan(floor)) == (E.UNKNOWN_CALL, "call_id")


def test_cb_7_the_same_number_another_or_a_new_one(floor: CallbackFloor) -> None:
    floor.do(plan(floor, number=number(2)))
    mark_done(floor)
    assert floor.contact("c1").next_number == 1
    floor.wait(HOUR_MS)
    (offer,) = floor.seen(CallbackOffered)
    assert offer.number == number(2)


def test_cb_7_a_new_number_has_a_kind_and_hours(floor: CallbackFloor) -> None:
    new = ContactNumber(number=number(3), kind=NumberKind.MOBILE, from_="15:00", until="18:00")
    floor.do(plan(floor, number=new, window_s=4 * 3_600))
    mark_done(floor)
    contact = floor.contact("c1")
    assert contact.numbers == (number(1), number(2), number(3))
    assert contact.next_number == 2
    floor.wait(HOUR_MS)
    # due at one o'clock, but this number may not be called before three
    assert [event.rule for event in floor.seen(ContactPassedOver)] == ["CO-1"]
    assert floor.offered() == []
    floor.wait(2 * HOUR_MS)
    (offer,) = floor.seen(CallbackOffered)
    assert (offer.number, offer.at % (24 * HOUR_MS)) == (number(3), 15 * HOUR_MS)
    floor.accept()
    assert floor.seen(DialRequested)[0].number == number(3)


def test_cb_7_numbers_known_before_keep_their_kind_and_hours(floor: CallbackFloor) -> None:
    hours = {"number": number(8), "kind": "work", "from": "09:00", "until": "17:00"}
    floor.do(
        ContactsLoad(
            campaign_id="00001", contacts=[{"contact_key": "c1", "numbers": [number(1), hours]}]
        )
    )
    floor.do(plan(floor, number=number(3)))
    mark_done(floor)
    record = floor.contacts()[0].record
    assert [record.number_hours(i) for i in range(3)] == [(0, 1_440), (540, 1_020), (0, 1_440)]
    assert record.number_attempts(0) == 1


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"in_ms": 0}, (E.INVALID_VALUE, "callback_at")),
        ({"in_ms": 32 * 24 * HOUR_MS}, (E.INVALID_VALUE, "callback_at")),
        ({"number": "12"}, (E.INVALID_VALUE, "number")),
        (
            {"number": ContactNumber(number=number(3), from_="25:00")},
            (E.INVALID_VALUE, "number.from"),
        ),
        ({"reason": "x" * 251}, (E.INVALID_VALUE, "reason")),
        ({"window_s": 60}, (E.INVALID_VALUE, "window_s")),
        ({"owner_id": "stranger"}, (E.UNKNOWN_AGENT, "owner_id")),
    ],
)
def test_cb_7_what_cannot_be_promised_is_refused(
    floor: CallbackFloor, more: dict[str, Any], refusal: tuple[ErrorCode, str]
) -> None:
    assert floor.refused(plan(floor, **more)) == refusal


def test_cb_7_every_failed_check_is_told(floor: CallbackFloor) -> None:
    reply = floor.ask(plan(floor, in_ms=-1, number="1", reason="x" * 251, window_s=60))
    assert isinstance(reply, Error)
    assert [fault.field for fault in reply.faults] == [
        "window_s",
        "callback_at",
        "reason",
        "number",
    ]


def test_cb_7_an_excluded_number_is_promised_nothing(floor: CallbackFloor) -> None:
    floor.do(ExclusionAdd(list_name="do_not_call", numbers=(number(3),)))
    assert floor.refused(plan(floor, number=number(3))) == (E.NOT_ALLOWED, "number")


def test_cb_7_only_the_agent_of_the_call_who_has_spoken_reschedules_it(
    floor: CallbackFloor,
) -> None:
    floor.agent("bob")
    assert floor.refused(plan(floor, agent_id="bob")) == (E.NOT_ASSIGNED, "agent_id")
    assert floor.refused(plan(floor, agent_id="eve")) == (E.UNKNOWN_AGENT, "agent_id")
    floor.load("00001", [{"contact_key": "c5", "numbers": [number(5)]}])
    early = CallReschedule(call_id=2, agent_id="bob", callback_at=floor.now + HOUR_MS)
    assert floor.refused(early) == (E.CALL_STATE, "call_id")


def test_cb_7_a_plan_holds_when_the_wrap_up_limit_passes(floor: CallbackFloor) -> None:
    floor.do(plan(floor))
    floor.saw(1, Saw.HUNG_UP, after_ms=1_000)
    floor.wait(30_000)
    assert len(floor.seen(CallbackScheduled)) == 1


def test_cb_7_never_again_and_a_callback_contradict_each_other(floor: CallbackFloor) -> None:
    floor.do(plan(floor))
    floor.saw(1, Saw.HUNG_UP, after_ms=1_000)
    command = CallWrapUp(call_id=1, agent_id="ann", code="never")
    assert floor.refused(command) == (E.INVALID_VALUE, "code")
    twice = CallWrapUp(call_id=1, agent_id="ann", code="later", callback_at=floor.now + 5 * HOUR_MS)
    assert floor.refused(twice) == (E.INVALID_VALUE, "callback_at")
    floor.do(CallWrapUp(call_id=1, agent_id="ann", code="later"))
    assert len(floor.seen(CallbackScheduled)) == 1


def test_cb_7_a_code_that_means_callback_is_the_same_promise(floor: CallbackFloor) -> None:
    at = floor.now + 2 * HOUR_MS
    mark_done(floor, "later", callback_at=at)
    (promised,) = floor.seen(CallbackScheduled)
    (wrapped,) = floor.seen(CallWrappedUp)
    assert (promised.kind, promised.window_start_at) == (CallbackKind.CAMPAIGN, at)
    assert promised.window_end_at == at + HOUR_MS
    assert wrapped.fate.due_at == at


def test_cb_7_a_callback_call_can_be_rescheduled_again(floor: CallbackFloor) -> None:
    floor.do(plan(floor))
    mark_done(floor)
    floor.wait(HOUR_MS)
    call_id = floor.accept()
    floor.talk(call_id)
    command = CallReschedule(call_id=call_id, agent_id="ann", callback_at=floor.now + HOUR_MS)
    floor.do(command)
    floor.wrap_up(call_id)
    assert floor.ended() == [(1, S.DONE, "sale")]
    assert floor.state_of(2) is S.SCHEDULED
    assert floor.callback(2).kind is CallbackKind.CAMPAIGN


def test_cb_7_a_queue_s_callback_can_be_rescheduled_to_a_new_number_with_hours() -> None:
    floor = CallbackFloor()
    floor.queue()
    floor.agent("ann")
    floor.promise(1, variables={"account": "A-1"}, priority=2)
    floor.wait(HOUR_MS)
    floor.talk(floor.accept())
    new = ContactNumber(number=number(3), kind=NumberKind.HOME, from_="18:00", until="20:00")
    floor.do(CallReschedule(call_id=1, agent_id="ann", callback_at=floor.now + HOUR_MS, number=new))
    floor.wrap_up(1)
    callback = floor.callback(2)
    assert floor.ended() == [(1, S.DONE, "sale")]
    assert (callback.kind, callback.queue_id) == (CallbackKind.SCHEDULED, "help")
    assert (callback.number, callback.name) == (number(3), "Customer 1")
    assert (callback.variables, callback.priority) == ({"account": "A-1"}, 2)
    record = floor.contacts()[-1].record
    assert record.number_hours(0) == (18 * 60, 20 * 60)


def test_cb_7_the_hours_of_a_number_outlive_edits_and_another_reschedule() -> None:
    floor = CallbackFloor()
    floor.queue()
    floor.agent("ann")
    floor.promise(1)
    floor.wait(HOUR_MS)
    floor.talk(floor.accept())
    new = ContactNumber(number=number(3), kind=NumberKind.HOME, from_="12:00", until="18:00")
    floor.do(CallReschedule(call_id=1, agent_id="ann", callback_at=floor.now + HOUR_MS, number=new))
    floor.wrap_up(1)

    floor.do(CallbackUpdate(callback_id=2, reason="the bill"))
    floor.wait(HOUR_MS)
    floor.talk(floor.accept(2))
    floor.do(CallReschedule(call_id=2, agent_id="ann", callback_at=floor.now + 5 * HOUR_MS))
    floor.wrap_up(2)
    floor.wait(5 * HOUR_MS)

    assert floor.now > NOON + 6 * HOUR_MS
    assert floor.offered() == []
    record = floor.contacts()[-1].record
    assert record.number_hours(0) == (12 * 60, 18 * 60)


def test_cb_7_and_cb_12_no_second_callback_comes_of_it() -> None:
    floor = CallbackFloor()
    floor.queue()
    floor.agent("ann")
    floor.promise(1)
    floor.wait(HOUR_MS)
    floor.talk(floor.accept())
    at = floor.now + HOUR_MS
    floor.do(CallReschedule(call_id=1, agent_id="ann", callback_at=at, number=number(2)))
    floor.promise(2)
    floor.wrap_up(1)
    assert floor.ended()[0][:2] == (1, S.DONE)
    assert len(floor.all_seen(CallbackScheduled)) == 2


def test_cb_7_and_cb_12_a_number_that_has_its_callback_already_is_refused_at_once() -> None:
    floor = CallbackFloor()
    floor.queue()
    floor.agent("ann")
    floor.promise(1)
    floor.promise(2, in_ms=3 * HOUR_MS)
    floor.wait(HOUR_MS)
    floor.talk(floor.accept())
    at = floor.now + HOUR_MS
    taken = CallReschedule(call_id=1, agent_id="ann", callback_at=at, number=number(2))
    assert floor.refused(taken) == (E.CALLBACK_EXISTS, "number")
    floor.do(CallReschedule(call_id=1, agent_id="ann", callback_at=at, number=number(1)))


def test_cb_4_a_campaign_that_forbids_callbacks_reschedules_nothing() -> None:
    floor = started(callbacks=CallbackSettings(allowed=False))
    assert floor.refused(plan(floor)) == (E.NOT_ALLOWED, "call_id")
    floor.saw(1, Saw.HUNG_UP, after_ms=1_000)
    command = CallWrapUp(call_id=1, agent_id="ann", code="later", callback_at=floor.now + HOUR_MS)
    assert floor.refused(command) == (E.NOT_ALLOWED, "code")


def test_cb_6_a_rescheduled_call_is_the_agent_s_own_or_anybody_s(floor: CallbackFloor) -> None:
    floor.do(plan(floor, personal=True))
    mark_done(floor)
    floor.agent("bob")
    floor.wait(HOUR_MS)
    assert floor.offered() == [(1, "ann")]


def test_cb_6_where_all_are_personal_a_code_s_callback_is_too() -> None:
    config = SiteConfig(callbacks=SiteCallbacks(personal=PersonalCallbacks.ALL))
    floor = started(config)
    mark_done(floor, "later", callback_at=floor.now + HOUR_MS)
    assert floor.callback().owner_id == "ann"


@pytest.mark.parametrize(
    "mode", [mode for mode in DialingMode if mode is not DialingMode.AGENTLESS]
)
def test_cb_7_in_every_mode_the_callback_is_offered_first(mode: DialingMode) -> None:
    floor = started()
    floor.do(plan(floor))
    mark_done(floor)
    campaign = floor.site._state.records.campaigns["00001"]
    settings = type(campaign.settings)(name="Other", mode=mode, windows=campaign.settings.windows)
    floor.do(CampaignUpdate(campaign_id="00001", settings=settings))
    floor.wait(HOUR_MS)
    assert floor.offered() == [(1, "ann")]
    floor.accept()
    (dial,) = floor.seen(DialRequested)
    assert dial.agent_id == "ann"


def test_cb_9_what_is_missed_goes_on_by_the_campaign_s_own_retries() -> None:
    floor = started(retries=RetrySettings())
    floor.do(plan(floor))
    mark_done(floor)
    floor.wait(HOUR_MS)
    for _ in range(2):
        floor.nobody_answers(floor.accept())
        floor.wait(30 * MINUTE_MS)
    assert floor.ended() == [(1, S.MISSED, "no_answer")]
    # the third try is the campaign's, past the callback's window
    assert floor.contact("c1").state in (ContactState.WAITING, ContactState.LIVE)


def test_cb_9_one_that_expired_goes_back_on_the_campaign_s_list(floor: CallbackFloor) -> None:
    floor.do(plan(floor, personal=True))
    mark_done(floor)
    floor.do(AgentLogout(agent_id="ann"))
    floor.wait(2 * HOUR_MS)
    assert floor.ended() == [(1, S.EXPIRED, "window_over")]
    assert floor.contact("c1").state is ContactState.READY


def test_cb_7_loading_the_contact_again_keeps_the_promise(floor: CallbackFloor) -> None:
    floor.do(plan(floor, number=number(2)))
    mark_done(floor)
    floor.load("00001", [{"contact_key": "c1", "numbers": [number(2), number(1)]}], reopen=True)
    assert floor.contact("c1").state is ContactState.PROMISED
    floor.wait(HOUR_MS)
    assert floor.seen(CallbackOffered)[0].number == number(2)


def test_cb_5_a_campaign_s_callback_is_edited_but_not_its_contact() -> None:
    floor = started(last_day="2026-03-03")
    floor.do(plan(floor))
    mark_done(floor)
    floor.do(CallbackUpdate(callback_id=1, number=number(2), name="Maria", priority=1))
    callback = floor.callback()
    assert (callback.number, callback.name, callback.priority) == (number(2), "Maria", 1)
    for command, field in (
        (CallbackUpdate(callback_id=1, number=number(7)), "number"),
        (CallbackUpdate(callback_id=1, variables={"a": "b"}), "variables"),
        (_to(floor, HOUR_MS, zone="Asia/Tokyo"), "zone"),
        (_to(floor, 48 * HOUR_MS), "window_start_at"),
    ):
        assert floor.refused(command) == (E.INVALID_VALUE, field)
    floor.do(_to(floor, 3 * HOUR_MS))
    floor.wait(3 * HOUR_MS)
    assert floor.offered() == [(1, "ann")]


def _to(floor: CallbackFloor, in_ms: int, **more: Any) -> CallbackMove:
    start_at = floor.now + in_ms
    return CallbackMove(
        callback_id=1, window_start_at=start_at, window_end_at=start_at + HOUR_MS, **more
    )


def test_cb_5_a_callback_can_be_edited_whose_contact_was_loaded_again_without_its_number(
    floor: CallbackFloor,
) -> None:
    floor.do(plan(floor, number=number(2)))
    mark_done(floor)
    floor.load("00001", [{"contact_key": "c1", "numbers": [number(5)]}])

    floor.do(CallbackUpdate(callback_id=1, reason="asked for it"))
    assert floor.callback(1).number == number(5)
    start_at = floor.now + 2 * HOUR_MS
    floor.do(
        CallbackMove(
            callback_id=1, window_start_at=start_at, window_end_at=start_at + 30 * MINUTE_MS
        )
    )
    floor.wait(2 * HOUR_MS)

    assert [event.number for event in floor.seen(CallbackOffered)] == [number(5)]


def test_cb_5_a_number_that_is_not_dialed_any_more_is_refused(floor: CallbackFloor) -> None:
    mark_done(floor, code="later", callback_at=floor.now + HOUR_MS)
    floor.wait(HOUR_MS)
    floor.saw(floor.accept(1, number=number(2)), Saw.INVALID_NUMBER)
    call_id = floor.accept(1)
    floor.saw(call_id, Saw.ANSWERED, after_ms=5_000)
    floor.saw(call_id, Saw.BRIDGED)
    floor.saw(call_id, Saw.HUNG_UP, after_ms=1_000)
    floor.wrap_up(call_id, code="later", callback_at=floor.now + HOUR_MS)

    command = CallbackUpdate(callback_id=2, number=number(2))
    assert floor.refused(command) == (E.INVALID_VALUE, "number")


def eight_others(floor: CallbackFloor) -> None:
    """The platform loads the contact again, without the number of the call."""
    numbers = [number(n) for n in range(11, 19)]
    floor.load("00001", [{"contact_key": "c1", "numbers": numbers}])


def test_cb_7_the_number_of_the_call_is_refused_where_the_contact_has_eight_others_now(
    floor: CallbackFloor,
) -> None:
    eight_others(floor)
    assert floor.refused(plan(floor)) == (E.INVALID_VALUE, "number")


def test_cb_7_a_contact_loaded_with_eight_others_meanwhile_is_called_at_its_next(
    floor: CallbackFloor,
) -> None:
    floor.do(plan(floor, number=number(20)))
    eight_others(floor)
    mark_done(floor)
    floor.wait(HOUR_MS)
    assert [event.number for event in floor.seen(CallbackOffered)] == [number(11)]


def test_cb_7_so_is_one_that_is_rescheduled_by_a_code(floor: CallbackFloor) -> None:
    eight_others(floor)
    mark_done(floor, code="later", callback_at=floor.now + HOUR_MS)
    floor.wait(HOUR_MS)
    assert [event.number for event in floor.seen(CallbackOffered)] == [number(11)]


def test_cb_7_a_plan_whose_time_passes_before_the_call_is_marked_done_is_kept_after_that() -> None:
    floor = CallbackFloor()
    floor.queue(wrap_up_s=0, callbacks=CallbackSettings(window_s=1_800))
    floor.agent("ann")
    floor.promise(1)
    floor.wait(HOUR_MS)
    floor.talk(floor.accept())
    floor.do(CallReschedule(call_id=1, agent_id="ann", callback_at=floor.now + MINUTE_MS))
    floor.wait(HOUR_MS)
    floor.wrap_up(1)
    assert floor.offered() == [(2, "ann")]
    assert floor.callback(2).window_end_at == floor.now + 30 * MINUTE_MS
