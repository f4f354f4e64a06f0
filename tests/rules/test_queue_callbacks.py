"""Missed callers of a queue are called back: rules CQ-1 to CQ-11."""

from itertools import pairwise

import pytest

from callback_floor import DAY_MS, HOUR_MS, MINUTE_MS, CallbackFloor
from fastdial.messages.callback_events import (
    AnnouncementRequested,
    CallbackEnded,
    CallbackOffered,
    CallbackScheduled,
    CallerMissed,
    TicketRequested,
)
from fastdial.messages.callbacks import CallbackDone, MadeOfCaller, QueueCallerAbandoned
from fastdial.messages.commands import AgentNotReady, AgentReady, ExclusionAdd, SiteConfigure
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import AgentStateChanged, DialRequested
from fastdial.messages.limits import CallLimits, SiteLimits
from fastdial.messages.queues import MissedCallerSettings, QueueUpdate, QueueWaiting
from fastdial.messages.settings import RetryRule, RetrySettings, SiteConfig
from fastdial.messages.windows import WeeklyHours, WindowSettings
from fastdial.messages.words import (
    AgentState,
    CallbackKind,
    CallbackState,
    CallBackWhen,
    CallerOrder,
    MissedCallers,
    PreviewLapse,
    Saw,
    SecondCallback,
)
from floor import number

E = ErrorCode
S = CallbackState
CALLBACK, TICKET, NOTHING = MissedCallers.CALLBACK, MissedCallers.TICKET, MissedCallers.NOTHING


@pytest.fixture
def floor() -> CallbackFloor:
    return CallbackFloor()


def waiting(floor: CallbackFloor, callers: int) -> None:
    floor.do(QueueWaiting(queue_id="help", callers=callers))


# --- who calls back


def test_cq_1_the_queue_s_agents_call_back_and_nobody_else(floor: CallbackFloor) -> None:
    floor.calls_back(teams=("help",))
    floor.agent("eve", "sales")
    floor.gives_up()
    assert floor.all_seen(CallbackOffered) == []
    floor.agent("ann", "help")
    assert floor.offered() == [(1, "ann")]


# --- how it fills


def test_cq_2_a_caller_who_gave_up_after_waiting_long_enough_is_called_back(
    floor: CallbackFloor,
) -> None:
    floor.calls_back(min_wait_s=30)
    floor.agent("ann")
    assert floor.gives_up(1, waited_s=29) == MadeOfCaller(NOTHING, "waited_too_short")
    assert floor.gives_up(2, waited_s=30, name="Maria", interaction_id="i-2") == MadeOfCaller(
        CALLBACK, callback_id=1
    )
    (offer,) = floor.seen(CallbackOffered)
    assert (offer.kind, offer.number, offer.name) == (
        CallbackKind.ABANDONED,
        number(2),
        "Maria",
    )
    assert floor.callback().interaction_id == "i-2"
    (missed,) = floor.all_seen(CallerMissed)[1:]
    assert (missed.made, missed.waited_s, missed.callback_id) == (CALLBACK, 30, 1)


def test_cq_2_a_caller_who_pressed_the_key_is_told_so_and_called_back(
    floor: CallbackFloor,
) -> None:
    floor.calls_back(key="5", announcement="we call you back")
    floor.agent("ann")
    assert floor.presses(1, key="4") == MadeOfCaller(NOTHING, "other_key")
    assert floor.seen(AnnouncementRequested) == []
    assert floor.presses(1, key="5", interaction_id="i-1") == MadeOfCaller(CALLBACK, callback_id=1)
    (announcement,) = floor.seen(AnnouncementRequested)
    assert (announcement.announcement, announcement.interaction_id) == ("we call you back", "i-1")
    assert floor.offered() == [(1, "ann")]


def test_cq_2_no_announcement_where_none_is_set(floor: CallbackFloor) -> None:
    floor.calls_back(key="0")
    assert floor.presses(1, key="0").made is CALLBACK
    assert floor.seen(AnnouncementRequested) == []


def test_cq_2_a_queue_may_have_the_key_only_or_none_of_it(floor: CallbackFloor) -> None:
    floor.calls_back(key="5", on_abandoned=False)
    assert floor.gives_up() == MadeOfCaller(NOTHING, "not_for_abandoned")
    floor.queue("other")
    assert floor.gives_up(queue_id="other") == MadeOfCaller(NOTHING, "not_asked_for")
    floor.calls_back("closed", active=False)
    assert floor.gives_up(queue_id="closed") == MadeOfCaller(NOTHING, "queue_inactive")
    assert floor.all_seen(CallbackScheduled) == []
    assert [event.reason for event in floor.all_seen(CallerMissed)] == [
        "not_for_abandoned",
        "not_asked_for",
        "queue_inactive",
    ]


def test_cq_2_and_cb_12_who_gives_up_again_is_called_back_once(floor: CallbackFloor) -> None:
    floor.calls_back()
    assert floor.gives_up(1).callback_id == 1
    assert floor.gives_up(1) == MadeOfCaller(NOTHING, "callback_open", 1)
    floor.calls_back("renewing", second_callback=SecondCallback.REPLACE)
    assert floor.gives_up(1, queue_id="renewing").callback_id == 2
    assert floor.gives_up(1, queue_id="renewing").callback_id == 3
    assert floor.ended() == [(2, S.CANCELLED, "replaced")]


def test_cq_2_a_caller_without_a_number_is_refused(floor: CallbackFloor) -> None:
    floor.calls_back()
    for field, given in (("number", {"number": ""}), ("zone", {"zone": "Nowhere"})):
        command = QueueCallerAbandoned(
            **{"queue_id": "help", "number": number(1), "waited_s": 60, **given}  # type: ignore[arg-type]
        )
        assert floor.refused(command) == (E.INVALID_VALUE, field)


# --- when


def test_cq_3_a_delay_before_the_first_call(floor: CallbackFloor) -> None:
    floor.calls_back(delay_s=120)
    floor.agent("ann")
    floor.gives_up()
    floor.wait(2 * MINUTE_MS - 1)
    assert floor.all_seen(CallbackOffered) == []
    floor.wait(1)
    assert [(event.agent_id, event.waiting_ms) for event in floor.seen(CallbackOffered)] == [
        ("ann", 2 * MINUTE_MS)
    ]


@pytest.mark.parametrize(
    ("percent", "agents", "at_once"), [(50, 4, 2), (50, 5, 2), (10, 5, 1), (100, 3, 3), (0, 3, 0)]
)
def test_cq_4_so_many_agents_call_back_at_the_same_time(
    floor: CallbackFloor, percent: int, agents: int, at_once: int
) -> None:
    floor.calls_back(agents_percent=percent)
    for n in range(agents):
        floor.agent(f"a{n}")
    for n in range(agents):
        floor.gives_up(n)
    assert len(floor.all_seen(CallbackOffered)) == at_once
    view = floor.queue_view()
    assert (view.calling_back, view.may_call_back) == (at_once, at_once)
    assert view.open_callbacks == agents


def test_cq_4_the_next_goes_when_one_has_finished_with_the_wrap_up(floor: CallbackFloor) -> None:
    floor.calls_back(agents_percent=50)
    floor.agent("ann")
    floor.agent("bob")
    floor.gives_up(1)
    floor.gives_up(2)
    assert floor.all_seen(CallbackOffered)[0].agent_id == "ann"
    call_id = floor.accept()
    floor.talk(call_id)
    assert floor.queue_view().calling_back == 1
    assert len(floor.all_seen(CallbackOffered)) == 1
    floor.wrap_up(call_id)
    assert len(floor.all_seen(CallbackOffered)) == 2


def test_cq_4_promises_with_a_time_count_too(floor: CallbackFloor) -> None:
    floor.calls_back(agents_percent=50)
    for agent_id in ("ann", "bob"):
        floor.agent(agent_id)
        floor.do(AgentNotReady(agent_id=agent_id))
    floor.promise(1, agent_id="ann", personal=True)
    floor.promise(2)
    floor.wait(HOUR_MS)
    for agent_id in ("ann", "bob"):
        floor.do(AgentReady(agent_id=agent_id))
    assert [event.callback_id for event in floor.all_seen(CallbackOffered)] == [1]


@pytest.mark.parametrize(
    ("order", "expected"),
    [(CallerOrder.OLDEST, [1, 2, 3, 4]), (CallerOrder.NEWEST, [4, 3, 2, 1])],
)
def test_cq_5_oldest_or_newest_first(
    floor: CallbackFloor, order: CallerOrder, expected: list[int]
) -> None:
    floor.calls_back(caller_order=order)
    assert _in_turn(floor) == expected


def test_cq_5_random_order_is_the_same_for_the_same_seed_and_not_that_of_time() -> None:
    def of(seed: int) -> list[int]:
        floor = CallbackFloor(seed=seed)
        floor.calls_back(caller_order=CallerOrder.RANDOM)
        return _in_turn(floor, 8)

    orders = [of(seed) for seed in range(5)]
    assert all(sorted(order) == list(range(1, 9)) for order in orders)
    assert orders == [of(seed) for seed in range(5)]
    assert len({tuple(order) for order in orders}) == 5


def _in_turn(floor: CallbackFloor, callers: int = 4) -> list[int]:
    """In which order callers are offered who gave up a minute after each other."""
    for n in range(1, callers + 1):
        floor.gives_up(n)
        floor.wait(MINUTE_MS)
    found = []
    floor.agent("ann")
    while floor.offered():
        ((callback_id, _),) = floor.offered()
        found.append(callback_id)
        floor.do(CallbackDone(agent_id="ann", callback_id=callback_id))
    return found


def test_cq_5_another_order_holds_for_those_who_are_due_already(floor: CallbackFloor) -> None:
    floor.calls_back()
    for n in (1, 2, 3):
        floor.gives_up(n)
        floor.wait(MINUTE_MS)
    settings = floor.queue_view().settings
    newest = MissedCallerSettings(become=CALLBACK, caller_order=CallerOrder.NEWEST)
    changed = type(settings)(name="Help", missed_callers=newest, windows=settings.windows)
    floor.do(QueueUpdate(queue_id="help", settings=changed))
    floor.agent("ann")
    assert floor.offered() == [(3, "ann")]


def test_cq_5_promises_with_a_time_go_before_missed_callers(floor: CallbackFloor) -> None:
    floor.calls_back()
    floor.gives_up(1)
    floor.promise(2)
    floor.wait(HOUR_MS)
    floor.agent("ann")
    assert floor.offered() == [(2, "ann")]


def test_cq_5_queues_that_compete_go_by_order_and_share_by_parity(floor: CallbackFloor) -> None:
    floor.calls_back("one", parity=2)
    floor.calls_back("two", parity=1)
    floor.calls_back("late", order=200)
    for n in range(6):
        for queue_id in ("late", "two", "one"):
            floor.gives_up(n, queue_id=queue_id)
    floor.agent("ann")
    served = []
    for _ in range(6):
        (offer,) = floor.seen(CallbackOffered)
        served.append(offer.queue_id)
        assert offer.competed == ("00001", "00002")
        floor.do(CallbackDone(agent_id="ann", callback_id=offer.callback_id))
    assert (served.count("one"), served.count("two")) == (4, 2)


def test_cq_6_always(floor: CallbackFloor) -> None:
    floor.calls_back(when=CallBackWhen.ALWAYS)
    waiting(floor, 9)
    floor.agent("ann")
    floor.gives_up()
    assert floor.offered() == [(1, "ann")]


def test_cq_6_only_while_more_agents_are_ready_than_callers_wait(floor: CallbackFloor) -> None:
    floor.calls_back(when=CallBackWhen.WHEN_FREE_AGENTS)
    waiting(floor, 1)
    floor.agent("ann")
    floor.gives_up()
    assert floor.all_seen(CallbackOffered) == []
    floor.agent("bob")
    assert floor.offered() == [(1, "ann")]
    floor.gives_up(2)
    assert len(floor.all_seen(CallbackOffered)) == 1
    waiting(floor, 0)
    assert floor.offered() == [(2, "bob")]


def test_cq_6_only_while_no_caller_waits(floor: CallbackFloor) -> None:
    floor.calls_back(when=CallBackWhen.WHEN_NO_WAITING_CALLERS)
    waiting(floor, 1)
    for agent_id in ("ann", "bob", "eve"):
        floor.agent(agent_id)
    floor.gives_up()
    assert floor.all_seen(CallbackOffered) == []
    waiting(floor, 0)
    assert floor.offered() == [(1, "ann")]


def test_cq_6_a_promised_time_is_kept_though_callers_wait(floor: CallbackFloor) -> None:
    floor.calls_back(when=CallBackWhen.WHEN_NO_WAITING_CALLERS)
    waiting(floor, 5)
    floor.agent("ann")
    floor.promise()
    floor.wait(HOUR_MS)
    assert floor.offered() == [(1, "ann")]


def test_cq_6_places_that_we_keep_are_callers_who_wait(floor: CallbackFloor) -> None:
    floor.calls_back(when=CallBackWhen.WHEN_NO_WAITING_CALLERS, agents_percent=100)
    floor.do(SiteConfigure(config=SiteConfig(limits=SiteLimits(site=CallLimits(calls=0)))))
    floor.promise(1, kind=CallbackKind.COURTESY)
    floor.gives_up(2)
    queue = floor.site._state.callbacks.shared_due.get("00001")
    assert queue is not None
    assert queue.courtesy == 1
    floor.do(SiteConfigure(config=SiteConfig()))
    floor.agent("ann")
    assert floor.offered() == [(1, "ann")]
    floor.agent("bob")
    assert floor.offered() == [(2, "bob")]


# --- whom not


def test_cq_7_numbers_that_are_never_called_back(floor: CallbackFloor) -> None:
    floor.do(ExclusionAdd(list_name="never_back", numbers=(number(1),)))
    floor.calls_back(never=("never_back",))
    floor.calls_back("other")
    assert floor.gives_up(1) == MadeOfCaller(NOTHING, "excluded")
    assert floor.gives_up(2).made is CALLBACK
    assert floor.gives_up(1, queue_id="other").made is CALLBACK


def test_cq_7_one_who_comes_on_the_list_later_is_not_called_either(floor: CallbackFloor) -> None:
    floor.calls_back(never=("never_back",), delay_s=60)
    floor.agent("ann")
    floor.gives_up(1)
    floor.do(ExclusionAdd(list_name="never_back", numbers=(number(1),)))
    floor.wait(MINUTE_MS)
    assert floor.ended() == [(1, S.CANCELLED, "excluded")]


# --- how long, and how often


def test_cq_8_a_record_is_removed_some_time_after_the_caller_was_missed(
    floor: CallbackFloor,
) -> None:
    floor.calls_back(remove_after_s=7_200)
    floor.gives_up()
    floor.wait(2 * HOUR_MS - 1)
    assert floor.all_seen(CallbackEnded) == []
    floor.wait(1)
    (ended,) = floor.seen(CallbackEnded)
    assert (ended.state, ended.kind, ended.number) == (
        S.REMOVED,
        CallbackKind.ABANDONED,
        number(1),
    )


def test_cq_8_not_after_the_next_opening(floor: CallbackFloor) -> None:
    hours = WindowSettings(weekly=(WeeklyHours(from_="08:00", until="13:00"),), presets=())
    floor.calls_back(remove_after_s=7_200, windows=hours)
    floor.wait(HOUR_MS - MINUTE_MS)
    floor.gives_up()
    floor.agent("ann")
    floor.do(AgentNotReady(agent_id="ann"))
    floor.wait(2 * MINUTE_MS)
    floor.do(AgentReady(agent_id="ann"))
    floor.wait(DAY_MS)
    (ended,) = floor.all_seen(CallbackEnded)
    assert (ended.state, ended.at) == (S.REMOVED, floor.all_seen(CallerMissed)[0].at + 2 * HOUR_MS)


def test_cq_9_busy_or_unanswered_is_tried_so_often_and_so_far_apart(floor: CallbackFloor) -> None:
    again = RetrySettings(not_reached=RetryRule(times=2, after_s=300))
    floor.calls_back(retries=again)
    floor.agent("ann")
    floor.gives_up()
    for saw in (Saw.BUSY, Saw.NO_ANSWER, Saw.BUSY):
        call_id = floor.accept()
        floor.saw(call_id, saw, after_ms=1_000)
        floor.wait(5 * MINUTE_MS)
    dials = [event.at for event in floor.all_seen(DialRequested)]
    assert [b - a for a, b in pairwise(dials)] == [301_000, 301_000]
    assert floor.ended() == [(1, S.MISSED, "busy")]


# --- tickets


def test_cq_10_callers_become_tickets_where_the_queue_says_so(floor: CallbackFloor) -> None:
    floor.calls_back(become=TICKET)
    floor.agent("ann")
    assert floor.gives_up(name="Maria", variables={"a": "1"}) == MadeOfCaller(TICKET)
    (ticket,) = floor.seen(TicketRequested)
    assert ticket.subject == f"Missed call from {number(1)}"
    assert (ticket.name, ticket.variables, ticket.queue_id) == ("Maria", {"a": "1"}, "help")
    assert floor.all_seen(CallbackScheduled) == []


def test_cq_10_with_a_subject_of_one_s_own(floor: CallbackFloor) -> None:
    floor.calls_back(become=TICKET, key="1", ticket_subject="%queue%: %name% at %number% (%what%)")
    floor.presses(name="Maria")
    (ticket,) = floor.seen(TicketRequested)
    assert ticket.subject == f"Help: Maria at {number(1)} (%what%)"


# --- reading, and wrapping up


def test_cq_11_time_to_read_before_the_call_and_time_after_it(floor: CallbackFloor) -> None:
    floor.calls_back(preview_s=45, preview_lapse=PreviewLapse.DIAL, wrap_up_s=20)
    floor.agent("ann")
    floor.gives_up()
    (offer,) = floor.seen(CallbackOffered)
    assert offer.lapses_at == floor.now + 45_000
    floor.wait(45_000 - 1)
    assert floor.all_seen(DialRequested) == []
    floor.wait(1)
    (dial,) = floor.seen(DialRequested)
    floor.talk(dial.call_id)
    assert floor.agent_state() is AgentState.WRAP_UP
    wrap_up = floor.seen(AgentStateChanged)[-1]
    assert wrap_up.until == floor.now + 20_000
    floor.wait(20_000)
    assert floor.agent_state() is AgentState.READY
    assert floor.ended() == [(1, S.DONE, "no_code")]
