"""Callbacks promised, checked, listed, edited and deleted: rules CB-1 to CB-5 and CB-12."""

from typing import Any

import pytest

from callback_floor import DAY_MS, HOUR_MS, MINUTE_MS, CallbackFloor
from fastdial.messages.callback_events import CallbackScheduled, CallbackUpdated
from fastdial.messages.callbacks import (
    CallbackCancel,
    CallbackGet,
    CallbackList,
    CallbackMove,
    CallbackSchedule,
    CallbackUpdate,
)
from fastdial.messages.commands import ExclusionAdd, SiteConfigure
from fastdial.messages.errors import ErrorCode
from fastdial.messages.queues import QueueUpdate
from fastdial.messages.replies import CallbacksReply, Error
from fastdial.messages.settings import CallbackSettings, SiteCallbacks, SiteConfig
from fastdial.messages.words import CallbackKind, CallbackState, Channel, SecondCallback
from floor import number

E = ErrorCode


@pytest.fixture
def floor() -> CallbackFloor:
    """A queue for everybody, and nobody at work."""
    floor = CallbackFloor(SiteConfig(default_region="GB"))
    floor.queue()
    return floor


def faults(floor: CallbackFloor, command: Any) -> list[tuple[ErrorCode, str]]:
    """Everything that a command is refused for."""
    before = floor.site.state_hash()
    reply = floor.ask(command)
    assert isinstance(reply, Error), reply
    assert floor.site.state_hash() == before
    return [(fault.code, fault.field) for fault in reply.faults]


# --- what there is


@pytest.mark.parametrize("kind", [CallbackKind.SCHEDULED, CallbackKind.WEB, CallbackKind.COURTESY])
def test_cb_1_kinds_that_are_asked_for(floor: CallbackFloor, kind: CallbackKind) -> None:
    callback = floor.promise(kind=kind)
    assert (callback.kind, callback.owner_id) == (kind, None)


@pytest.mark.parametrize("kind", [CallbackKind.CAMPAIGN, CallbackKind.ABANDONED])
def test_cb_1_kinds_that_come_from_calls_and_callers_are_made_by_those(
    floor: CallbackFloor, kind: CallbackKind
) -> None:
    assert faults(floor, floor.asking(kind=kind)) == [(E.INVALID_VALUE, "kind")]


def test_cb_1_a_callback_is_for_anybody_or_for_one_agent(floor: CallbackFloor) -> None:
    floor.agent("ann")
    assert floor.promise(1, agent_id="ann").owner_id is None
    assert floor.promise(2, agent_id="ann", personal=True).owner_id == "ann"


def test_cb_1_a_place_kept_in_a_queue_begins_at_once_and_takes_no_window(
    floor: CallbackFloor,
) -> None:
    floor.queue("short", callbacks=CallbackSettings(window_s=900))
    callback = floor.promise(kind=CallbackKind.COURTESY, queue_id="short")
    assert (callback.window_start_at, callback.window_end_at) == (
        floor.now,
        floor.now + 15 * MINUTE_MS,
    )
    assert floor.state_of() is CallbackState.DUE
    late = floor.asking(2, kind=CallbackKind.COURTESY, window_start_at=floor.now + HOUR_MS)
    assert faults(floor, late) == [(E.INVALID_VALUE, "window_start_at")]
    own = floor.asking(3, kind=CallbackKind.COURTESY, personal=True)
    assert faults(floor, own) == [(E.INVALID_VALUE, "personal")]


def test_cb_2_a_callback_holds_all_that_was_said(floor: CallbackFloor) -> None:
    floor.agent("ann")
    floor.promise(
        7,
        name="  Żółw, Łódź ",
        agent_id="ann",
        personal=True,
        reason="the invoice",
        interaction_id="chat-17",
        channel=Channel.CHAT,
        variables={"account": "A-1"},
        priority=5,
    )
    callback = floor.callback()
    assert (callback.number, callback.name) == (number(7), "Żółw, Łódź")
    assert callback.window_end_at - callback.window_start_at == 2 * HOUR_MS
    assert (callback.zone, callback.queue_id) == ("Europe/London", "help")
    assert (callback.owner_id, callback.made_by) == ("ann", "ann")
    assert (callback.reason, callback.kind) == ("the invoice", CallbackKind.SCHEDULED)
    assert (callback.interaction_id, callback.channel) == ("chat-17", Channel.CHAT)
    assert (callback.variables, callback.priority) == ({"account": "A-1"}, 5)
    assert callback.made_at == floor.now


# --- what is checked


@pytest.mark.parametrize(
    ("text", "e164"),
    [
        ("0114 496 0001", "+441144960001"),
        ("+44 114-496.0001", "+441144960001"),
        ("+44,114,496,0001", "+441144960001"),
        (" 01144960001 ", "+441144960001"),
        ("+1 202 555 0100", "+12025550100"),
    ],
)
def test_cb_3_a_number_has_digits_separators_and_perhaps_a_country_code(
    floor: CallbackFloor, text: str, e164: str
) -> None:
    assert floor.promise(number=text).number == e164


@pytest.mark.parametrize(
    "text",
    [
        "",
        "123456",
        "+4411449600011234",
        "0114 496 000x",
        "0114/4960001",
        "+44+114496001",
        "+999 1234567",
    ],
)
def test_cb_3_what_is_no_number_is_refused(floor: CallbackFloor, text: str) -> None:
    assert faults(floor, floor.asking(number=text)) == [(E.INVALID_VALUE, "number")]


@pytest.mark.parametrize(
    ("name", "fits"),
    [("Al", False), ("  Al  ", False), ("Ala", True), ("愛子様", True), ("ł" * 250, True)],
)
def test_cb_3_a_name_has_3_to_250_characters(floor: CallbackFloor, name: str, fits: bool) -> None:
    if fits:
        assert floor.promise(name=name).name == name
    else:
        assert faults(floor, floor.asking(name=name)) == [(E.INVALID_VALUE, "name")]
    assert faults(floor, floor.asking(2, name="ł" * 251)) == [(E.INVALID_VALUE, "name")]


@pytest.mark.parametrize(
    ("in_ms", "fits"),
    [
        (30 * MINUTE_MS, True),
        (30 * MINUTE_MS - 1, False),
        (-HOUR_MS, False),
        (31 * DAY_MS, True),
        (31 * DAY_MS + 1, False),
    ],
)
def test_cb_3_a_window_starts_30_minutes_to_31_days_from_now(
    floor: CallbackFloor, in_ms: int, fits: bool
) -> None:
    command = floor.asking(in_ms=in_ms)
    if fits:
        floor.do(command)
    else:
        assert faults(floor, command) == [(E.INVALID_VALUE, "window_start_at")]


@pytest.mark.parametrize(
    ("for_ms", "fits"),
    [
        (30 * MINUTE_MS, True),
        (30 * MINUTE_MS - 1, False),
        (8 * HOUR_MS, True),
        (8 * HOUR_MS + 1, False),
        (0, False),
        (-HOUR_MS, False),
    ],
)
def test_cb_3_a_window_is_30_minutes_to_8_hours_long(
    floor: CallbackFloor, for_ms: int, fits: bool
) -> None:
    command = floor.asking(for_ms=for_ms)
    if fits:
        floor.do(command)
    else:
        assert faults(floor, command) == [(E.INVALID_VALUE, "window_end_at")]


@pytest.mark.parametrize("zone", ["", "Europe/Atlantis", "../etc/passwd", "Europe", "x" * 9_000])
def test_cb_3_a_zone_is_one_that_iana_knows(floor: CallbackFloor, zone: str) -> None:
    assert faults(floor, floor.asking(zone=zone)) == [(E.INVALID_VALUE, "zone")]


def test_cb_3_a_reason_has_at_most_250_characters(floor: CallbackFloor) -> None:
    assert floor.promise(reason="ż" * 250).reason == "ż" * 250
    assert faults(floor, floor.asking(2, reason="ż" * 251)) == [(E.INVALID_VALUE, "reason")]


def test_cb_3_the_queue_is_an_active_voice_queue_that_the_agent_may_use(
    floor: CallbackFloor,
) -> None:
    floor.agent("ann", "sales")
    floor.queue("off", active=False)
    floor.queue("chat", channel=Channel.CHAT)
    floor.queue("theirs", teams=("service",))
    for queue_id, code in (
        ("nowhere", E.UNKNOWN_QUEUE),
        ("off", E.QUEUE_STATE),
        ("chat", E.QUEUE_STATE),
        ("theirs", E.NOT_ASSIGNED),
    ):
        command = floor.asking(queue_id=queue_id, agent_id="ann")
        assert faults(floor, command) == [(code, "queue_id")]


def test_cb_3_every_failed_check_is_told(floor: CallbackFloor) -> None:
    command = CallbackSchedule(
        queue_id="nowhere",
        number="12",
        name="A",
        window_start_at=floor.now - 1,
        window_end_at=floor.now - 2,
        zone="Nowhere",
        reason="x" * 251,
        agent_id="stranger",
        call_id=99,
    )
    assert sorted(faults(floor, command)) == sorted(
        [
            (E.UNKNOWN_QUEUE, "queue_id"),
            (E.INVALID_VALUE, "number"),
            (E.INVALID_VALUE, "name"),
            (E.INVALID_VALUE, "window_start_at"),
            (E.INVALID_VALUE, "window_end_at"),
            (E.INVALID_VALUE, "zone"),
            (E.INVALID_VALUE, "reason"),
            (E.UNKNOWN_AGENT, "agent_id"),
            (E.UNKNOWN_CALL, "call_id"),
        ]
    )


def test_cb_3_what_is_missing_is_told_too(floor: CallbackFloor) -> None:
    command = CallbackSchedule(queue_id="help", number="", name="")
    assert [field for _, field in faults(floor, command)] == [
        "number",
        "name",
        "zone",
        "window_start_at",
        "window_end_at",
    ]


def test_cb_3_the_bounds_are_settings_of_the_site() -> None:
    bounds = SiteCallbacks(lead_s=60, horizon_s=3_600, min_window_s=60, max_window_s=600)
    floor = CallbackFloor(SiteConfig(callbacks=bounds))
    floor.queue()
    floor.promise(1, in_ms=MINUTE_MS, for_ms=MINUTE_MS)
    late = floor.asking(2, in_ms=2 * HOUR_MS, for_ms=HOUR_MS)
    assert [field for _, field in faults(floor, late)] == ["window_start_at", "window_end_at"]


@pytest.mark.parametrize(
    ("bounds", "field"),
    [
        (SiteCallbacks(lead_s=7_200, horizon_s=3_600), "config.callbacks.lead_s"),
        (SiteCallbacks(min_window_s=7_200, max_window_s=3_600), "config.callbacks.min_window_s"),
    ],
)
def test_cb_3_bounds_between_which_nothing_fits_are_refused(
    floor: CallbackFloor, bounds: SiteCallbacks, field: str
) -> None:
    command = SiteConfigure(config=SiteConfig(callbacks=bounds))
    assert floor.refused(command) == (E.INVALID_VALUE, field)


def test_cb_3_a_number_on_an_exclusion_list_is_promised_nothing(floor: CallbackFloor) -> None:
    floor.do(ExclusionAdd(list_name="do_not_call", numbers=(number(1),)))
    assert faults(floor, floor.asking(1)) == [(E.NOT_ALLOWED, "number")]


# --- from where


@pytest.mark.parametrize("channel", list(Channel))
def test_cb_4_any_channel_s_interaction_can_give_rise_to_one(
    floor: CallbackFloor, channel: Channel
) -> None:
    callback = floor.promise(channel=channel, interaction_id="i-1")
    assert (callback.interaction_id, callback.channel) == ("i-1", channel)


def test_cb_4_a_call_of_a_campaign_can_unless_the_campaign_forbids_it(
    floor: CallbackFloor,
) -> None:
    floor.campaign(1)
    floor.campaign(2, callbacks=CallbackSettings(allowed=False))
    floor.agent("ann")
    floor.agent("bob")
    assert floor.promise(1, call_id=1, channel=Channel.VOICE).interaction_id == "call-1"
    reply = floor.ask(floor.asking(2, call_id=2))
    assert isinstance(reply, Error)
    assert (reply.fault.code, reply.fault.field) == (E.NOT_ALLOWED, "call_id")
    assert reply.fault.values == {"campaign_id": "00003"}


# --- listing


def listed(floor: CallbackFloor, **asked: Any) -> list[int]:
    """The ids of all pages."""
    found: list[int] = []
    after = ""
    while True:
        reply = floor.do(CallbackList(after=after, **asked))
        assert isinstance(reply, CallbacksReply)
        assert len(reply.callbacks) <= asked.get("limit", 100)
        found += [callback.callback_id for callback in reply.callbacks]
        after = reply.next
        if not after:
            return found


@pytest.fixture
def many(floor: CallbackFloor) -> CallbackFloor:
    """Five callbacks in two queues, of whom ann owns two, in windows of another order."""
    floor.queue("other")
    floor.agent("ann")
    for n, in_hours, more in (
        (1, 5, {}),
        (2, 4, {"agent_id": "ann", "personal": True}),
        (3, 3, {"queue_id": "other"}),
        (1, 2, {"queue_id": "other", "agent_id": "ann", "personal": True}),
        (4, 2, {}),
    ):
        floor.promise(n, in_ms=in_hours * HOUR_MS, **more)
    floor.do(CallbackCancel(callback_id=3))
    return floor


def test_cb_5_callbacks_are_listed_by_the_start_of_their_window(many: CallbackFloor) -> None:
    assert listed(many) == [4, 5, 3, 2, 1]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"number": "0114 496 0001"}, [4, 1]),
        ({"agent_id": "ann"}, [4, 2]),
        ({"agent_id": "nobody"}, []),
        ({"queue_id": "other"}, [4, 3]),
        ({"campaign_id": "00001"}, [5, 2, 1]),
        ({"states": (CallbackState.SCHEDULED,)}, [4, 5, 2, 1]),
        ({"states": (CallbackState.CANCELLED, CallbackState.DONE)}, [3]),
        ({"number": "0114 496 0001", "queue_id": "help"}, [1]),
        ({"agent_id": "ann", "campaign_id": "00002"}, [4]),
        ({"queue_id": "other", "campaign_id": "00002", "states": (CallbackState.DUE,)}, []),
    ],
)
def test_cb_5_by_customer_agent_queue_campaign_and_state(
    many: CallbackFloor, asked: dict[str, Any], found: list[int]
) -> None:
    assert listed(many, **asked) == found
    assert listed(many, limit=1, **asked) == found


def test_cb_5_by_time(many: CallbackFloor) -> None:
    noon = many.now
    assert listed(many, from_at=noon + 3 * HOUR_MS) == [3, 2, 1]
    assert listed(many, until_at=noon + 3 * HOUR_MS) == [4, 5]
    assert listed(many, from_at=noon + 3 * HOUR_MS, until_at=noon + 5 * HOUR_MS) == [3, 2]
    assert listed(many, from_at=noon + 3 * HOUR_MS, limit=2) == [3, 2, 1]


def test_cb_5_a_list_goes_on_where_the_page_ended_whatever_changed(many: CallbackFloor) -> None:
    reply = many.do(CallbackList(limit=2))
    assert isinstance(reply, CallbacksReply)
    assert [one.callback_id for one in reply.callbacks] == [4, 5]
    many.do(CallbackCancel(callback_id=5))
    many.promise(6, in_ms=2 * HOUR_MS)
    assert listed(many, limit=2, states=(CallbackState.SCHEDULED,)) == [4, 6, 2, 1]
    follows = many.do(CallbackList(limit=3, after=reply.next))
    assert isinstance(follows, CallbacksReply)
    assert [one.callback_id for one in follows.callbacks] == [6, 3, 2]


def test_cb_5_a_list_that_cannot_be_is_refused(many: CallbackFloor) -> None:
    for asked, refusal in (
        (CallbackList(queue_id="nowhere"), (E.UNKNOWN_QUEUE, "queue_id")),
        (CallbackList(campaign_id="09999"), (E.UNKNOWN_CAMPAIGN, "campaign_id")),
        (CallbackList(campaign_id="00001", queue_id="other"), (E.INVALID_VALUE, "campaign_id")),
        (CallbackList(number="x"), (E.INVALID_VALUE, "number")),
        (CallbackList(after="next please"), (E.INVALID_VALUE, "after")),
    ):
        assert many.refused(asked) == refusal


# --- changing


def test_cb_5_a_callback_can_be_edited_until_its_window_starts(floor: CallbackFloor) -> None:
    floor.agent("ann")
    floor.promise(variables={"a": "1"})
    floor.do(
        CallbackUpdate(
            callback_id=1,
            number=number(2),
            name="Somebody else",
            reason="another",
            variables={"b": "2"},
            priority=3,
            owner_id="ann",
        )
    )
    callback = floor.callback()
    assert (callback.number, callback.name, callback.reason) == (
        number(2),
        "Somebody else",
        "another",
    )
    assert (callback.variables, callback.priority, callback.owner_id) == ({"b": "2"}, 3, "ann")
    floor.do(CallbackUpdate(callback_id=1, personal=False))
    assert floor.callback().owner_id is None
    assert listed(floor, agent_id="ann") == []
    assert listed(floor, number=number(2)) == [1]
    assert listed(floor, number=number(1)) == []


def test_cb_5_what_is_edited_to_what_it_was_changes_nothing(floor: CallbackFloor) -> None:
    callback = floor.promise(variables={"a": "1"})
    floor.do(CallbackUpdate(callback_id=1, name="Customer 1", variables={"a": "1"}))
    floor.do(
        CallbackMove(
            callback_id=1,
            window_start_at=callback.window_start_at,
            window_end_at=callback.window_end_at,
        )
    )
    assert floor.all_seen(CallbackUpdated) == []


def test_cb_5_an_edit_is_checked_as_a_promise_is(floor: CallbackFloor) -> None:
    floor.promise()
    command = CallbackUpdate(callback_id=1, number="1", name="", reason="x" * 251, agent_id="eve")
    assert [field for _, field in faults(floor, command)] == [
        "number",
        "name",
        "reason",
        "agent_id",
    ]


def test_cb_5_a_callback_can_be_moved_until_its_window_starts(floor: CallbackFloor) -> None:
    floor.promise()
    start_at = floor.now + 3 * HOUR_MS
    floor.do(
        CallbackMove(
            callback_id=1,
            window_start_at=start_at,
            window_end_at=start_at + HOUR_MS,
            zone="Asia/Tokyo",
        )
    )
    callback = floor.callback()
    assert (callback.window_start_at, callback.due_at, callback.zone) == (
        start_at,
        start_at,
        "Asia/Tokyo",
    )
    floor.wait(2 * HOUR_MS)
    assert floor.state_of() is CallbackState.SCHEDULED
    floor.wait(HOUR_MS)
    assert floor.state_of() is CallbackState.DUE
    command = CallbackMove(callback_id=1, window_start_at=0, window_end_at=0)
    assert floor.refused(command) == (E.TOO_LATE, "callback_id")


def test_cb_5_a_move_is_checked_as_a_promise_is(floor: CallbackFloor) -> None:
    floor.promise()
    command = CallbackMove(
        callback_id=1, window_start_at=floor.now, window_end_at=floor.now, zone="x"
    )
    assert [field for _, field in faults(floor, command)] == [
        "window_start_at",
        "window_end_at",
        "zone",
    ]


def test_cb_5_a_callback_can_be_deleted_until_its_window_starts(floor: CallbackFloor) -> None:
    floor.promise(1)
    floor.promise(2)
    floor.do(CallbackCancel(callback_id=1))
    assert floor.ended() == [(1, CallbackState.CANCELLED, "asked")]
    floor.agent("ann")
    floor.wait(HOUR_MS)
    assert floor.offered() == [(2, "ann")]


def test_cb_5_after_that_it_is_too_late(floor: CallbackFloor) -> None:
    floor.promise()
    floor.wait(HOUR_MS - 1)
    floor.do(CallbackUpdate(callback_id=1, name="In time"))
    floor.wait(1)
    for command in (
        CallbackUpdate(callback_id=1, name="Too late"),
        CallbackMove(
            callback_id=1, window_start_at=floor.now + HOUR_MS, window_end_at=floor.now + DAY_MS
        ),
        CallbackCancel(callback_id=1),
    ):
        assert floor.refused(command) == (E.TOO_LATE, "callback_id")


def test_cb_5_one_that_is_over_is_listed_for_a_while_and_then_forgotten() -> None:
    floor = CallbackFloor(SiteConfig(callbacks=SiteCallbacks(keep_s=3_600)))
    floor.queue()
    floor.promise()
    floor.do(CallbackCancel(callback_id=1))
    floor.wait(HOUR_MS - 1)
    assert listed(floor) == [1]
    assert floor.refused(CallbackCancel(callback_id=1)) == (E.TOO_LATE, "callback_id")
    floor.wait(1)
    assert listed(floor) == []
    assert floor.refused(CallbackGet(callback_id=1)) == (E.UNKNOWN_CALLBACK, "callback_id")
    assert floor.contacts() == []


# --- one for each number and queue


def test_cb_12_a_second_callback_for_a_number_and_queue_is_refused(floor: CallbackFloor) -> None:
    floor.promise(1)
    reply = floor.ask(floor.asking(1, in_ms=5 * HOUR_MS))
    assert isinstance(reply, Error)
    assert (reply.fault.code, reply.fault.field) == (E.CALLBACK_EXISTS, "number")
    assert reply.fault.values == {"callback_id": 1, "state": "scheduled"}


def test_cb_12_or_it_replaces_the_first_as_the_queue_is_set() -> None:
    floor = CallbackFloor()
    floor.queue(second_callback=SecondCallback.REPLACE)
    floor.promise(1)
    floor.promise(1, in_ms=5 * HOUR_MS)
    assert floor.ended() == [(1, CallbackState.CANCELLED, "replaced")]
    assert floor.state_of(2) is CallbackState.SCHEDULED


def test_cb_12_one_that_an_agent_is_at_is_not_replaced() -> None:
    floor = CallbackFloor()
    floor.queue(second_callback=SecondCallback.REPLACE)
    floor.promise(1)
    floor.agent()
    floor.wait(HOUR_MS)
    assert floor.refused(floor.asking(1)) == (E.CALLBACK_EXISTS, "number")


def test_cb_12_other_queues_and_numbers_do_not_matter(floor: CallbackFloor) -> None:
    floor.queue("other")
    floor.promise(1)
    floor.promise(1, queue_id="other")
    floor.promise(2)
    assert len(floor.all_seen(CallbackScheduled)) == 3


def test_cb_12_when_the_first_is_over_there_is_room_again(floor: CallbackFloor) -> None:
    floor.promise(1)
    floor.do(CallbackCancel(callback_id=1))
    assert floor.promise(1).callback_id == 2


def test_cb_12_an_edit_makes_no_second_one_either(floor: CallbackFloor) -> None:
    floor.promise(1)
    floor.promise(2)
    command = CallbackUpdate(callback_id=2, number=number(1))
    assert floor.refused(command) == (E.CALLBACK_EXISTS, "number")
    floor.do(CallbackUpdate(callback_id=1, number=number(3)))
    floor.do(CallbackUpdate(callback_id=2, number=number(1)))
    assert floor.callback(2).number == number(1)


def test_cb_12_the_queue_s_other_settings_change_nothing_of_it(floor: CallbackFloor) -> None:
    floor.promise(1)
    settings = floor.queue_view().settings
    floor.do(QueueUpdate(queue_id="help", settings=settings))
    assert floor.refused(floor.asking(1)) == (E.CALLBACK_EXISTS, "number")


@pytest.mark.parametrize("zone", ["localtime", "posixrules", "posix/UTC", "right/UTC"])
def test_cb_3_a_zone_that_only_this_machine_knows_is_refused(
    floor: CallbackFloor, zone: str
) -> None:
    assert floor.refused(floor.asking(zone=zone)) == (E.INVALID_VALUE, "zone")
