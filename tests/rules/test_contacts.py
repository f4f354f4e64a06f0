"""Rules CA: the list, its order, and what becomes of a contact."""

from collections import Counter

import msgspec
import pytest

from fastdial import Site
from fastdial.messages.commands import CampaignUpdate, ContactsLoad, ContactsRemove
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import (
    CallEnded,
    ContactHeld,
    ContactPassedOver,
    DialRequested,
    HangUpRequested,
)
from fastdial.messages.settings import CampaignSettings, RetryRule, RetrySettings, SiteConfig
from fastdial.messages.words import (
    Answerer,
    AttemptOutcome,
    ContactOrder,
    ContactState,
    NextNumber,
    Saw,
)
from floor import Floor, number, rows

HOUR_MS = 3_600_000


@pytest.fixture
def floor() -> Floor:
    return Floor()


def work_through(floor: Floor, calls: int) -> list[str]:
    """Let one agent have that many conversations; the contacts in the order of dialing."""
    if "ann" not in floor.site._state.records.agents:
        floor.agent()
    for _ in range(calls):
        call = max(floor.site._state.records.calls)
        floor.talk(call, ms=1_000)
        floor.wrap_up(call)
    return floor.dialed_keys()


# --- CA-6: order


def test_ca_6_oldest_first(floor: Floor) -> None:
    floor.campaign(1, 2, 3, contact_order=ContactOrder.OLDEST)
    assert work_through(floor, 3) == ["c1", "c2", "c3"]


def test_ca_6_newest_first(floor: Floor) -> None:
    floor.campaign(1, 2, 3, contact_order=ContactOrder.NEWEST)
    assert work_through(floor, 3) == ["c3", "c2", "c1"]


def test_ca_6_by_a_numeric_column_given_at_load(floor: Floor) -> None:
    campaign = floor.campaign(contact_order=ContactOrder.COLUMN)
    for n, rank in ((1, 30), (2, -10), (3, 20)):
        floor.load(campaign, rows(n, rank=rank))
    assert work_through(floor, 3) == ["c2", "c3", "c1"]


def test_ca_6_random_follows_from_the_seed_alone() -> None:
    def order(seed: int) -> list[str]:
        floor = Floor(seed=seed)
        floor.campaign(*range(30), contact_order=ContactOrder.RANDOM)
        return work_through(floor, 30)

    first = order(7)
    assert first == order(7)
    assert first != order(8)
    assert first != sorted(first, key=lambda key: int(key[1:]))
    assert sorted(first) == sorted(f"c{n}" for n in range(30))


def test_ca_6_random_dials_every_contact_once_before_any_twice(floor: Floor) -> None:
    at_once = RetrySettings(not_reached=RetryRule(times=5, after_s=0))
    floor.campaign(*range(20), contact_order=ContactOrder.RANDOM, retries=at_once)
    floor.agent()
    for _ in range(59):
        floor.saw(max(floor.site._state.records.calls), Saw.BUSY, after_ms=1_000)
        floor.wait(0)
    counts = Counter(floor.dialed_keys())
    assert set(counts.values()) == {3}


@pytest.mark.parametrize("order", list(ContactOrder))
def test_ca_6_priority_goes_before_every_order(floor: Floor, order: ContactOrder) -> None:
    campaign = floor.campaign(contact_order=order)
    for n, priority in ((1, 0), (2, 5), (3, -5), (4, 9)):
        floor.load(campaign, rows(n, priority=priority))
    assert work_through(floor, 4) == ["c4", "c2", "c1", "c3"]


def test_ca_6_the_order_of_a_live_campaign_can_be_changed(floor: Floor) -> None:
    campaign = floor.campaign(1, 2, 3, 4, contact_order=ContactOrder.OLDEST)
    work_through(floor, 1)
    newest = CampaignSettings(name="Test", contact_order=ContactOrder.NEWEST)
    floor.do(CampaignUpdate(campaign_id=campaign, settings=newest))
    assert work_through(floor, 3) == ["c1", "c2", "c4", "c3"]


# --- CA-7: loads


def test_ca_7_good_rows_are_kept_and_bad_ones_refused_one_by_one(floor: Floor) -> None:
    campaign = floor.campaign()
    reply = floor.load(
        campaign,
        [
            {"contact_key": "good", "numbers": [number(1)], "zone": "Europe/London"},
            {"contact_key": "short", "numbers": ["+4411"]},
            {"contact_key": "word", "numbers": ["call me"]},
            {"contact_key": "place", "numbers": [number(2)], "zone": "Europe/Nowhere"},
            {"numbers": [number(3)]},
            {"contact_key": "none", "numbers": []},
            {"contact_key": "many", "numbers": [number(n) for n in range(9)]},
            {"contact_key": "urgent", "numbers": [number(4)], "priority": "high"},
            {"contact_key": "k" * 65, "numbers": [number(5)]},
            {"contact_key": "local", "numbers": ["0114 496 0006"]},
            "not a row",
            {"contact_key": "also good", "numbers": [number(7), number(7), number(8)]},
        ],
        first_row=2,
    )
    assert (reply.added, reply.updated) == (2, 0)
    assert [(bad.row, bad.field) for bad in reply.refused] == [
        (3, "numbers[0]"),
        (4, "numbers[0]"),
        (5, "zone"),
        (6, "contact_key"),
        (7, "numbers"),
        (8, "numbers"),
        (9, "priority"),
        (10, "contact_key"),
        (11, "numbers[0]"),
        (12, ""),
    ]
    assert all(bad.reason for bad in reply.refused)
    assert floor.contact("also good").numbers == (number(7), number(8))


def test_ca_7_the_same_key_again_updates_and_never_duplicates(floor: Floor) -> None:
    campaign = floor.campaign(1, 2)
    first = {"contact_key": "c1", "numbers": [number(9)], "priority": -1}
    second = {"contact_key": "c1", "numbers": [number(8)], "priority": -2}
    reply = floor.load(campaign, [first, second])
    assert (reply.added, reply.updated) == (0, 2)
    assert floor.contact("c1").numbers == (number(8),)
    assert work_through(floor, 2) == ["c2", "c1"]


@pytest.mark.parametrize("told", [0.001, 0.3, 0.999])
def test_ca_7_a_platform_may_tell_how_likely_a_contact_answers(floor: Floor, told: float) -> None:
    campaign = floor.campaign()
    floor.load(campaign, [*rows(1, answer_chance=told), *rows(2)])
    assert floor.contact("c1").answer_chance == told
    assert floor.contact("c2").answer_chance is None
    floor.site = Site.restore(floor.site.snapshot())
    assert floor.contact("c1").answer_chance == told


@pytest.mark.parametrize("told", [0, 1, -0.1, 1.5, float("nan"), float("inf"), "0.3"])
def test_ca_7_an_answer_chance_that_is_none_is_refused_with_its_row(
    floor: Floor, told: object
) -> None:
    campaign = floor.campaign()
    reply = floor.load(campaign, [*rows(1, answer_chance=told), *rows(2, answer_chance=0.5)])
    ((row, field, reason),) = ((bad.row, bad.field, bad.reason) for bad in reply.refused)
    assert (row, field, reply.added) == (1, "answer_chance", 1)
    assert "float" in reason


def test_ca_7_a_load_that_tells_no_answer_chance_any_more_takes_it_back(floor: Floor) -> None:
    campaign = floor.campaign()
    floor.load(campaign, rows(1, 2, answer_chance=0.3))
    floor.load(campaign, rows(1))
    assert floor.contact("c1").answer_chance is None
    assert floor.contact("c2").answer_chance == 0.3


def test_the_smallest_answer_chance_is_not_taken_for_none(floor: Floor) -> None:
    campaign = floor.campaign()
    floor.load(campaign, [*rows(1, answer_chance=1e-300), *rows(2, answer_chance=1 - 1e-12)])
    assert (floor.contact("c1").answer_chance, floor.contact("c2").answer_chance) == (1e-6, 1)


def test_ca_7_a_key_twice_in_one_load_is_one_contact(floor: Floor) -> None:
    campaign = floor.campaign()
    reply = floor.load(campaign, rows(1) + rows(1))
    assert (reply.added, reply.updated) == (1, 1)
    assert work_through(floor, 1) == ["c1"]


def test_ca_7_lists_load_while_the_campaign_runs_and_calls_are_up(floor: Floor) -> None:
    campaign = floor.campaign(1)
    floor.agent()
    (call,) = floor.dialed()
    floor.load(campaign, [{"contact_key": "c1", "numbers": [number(5), number(1)]}, *rows(2)])
    floor.saw(call, Saw.BUSY, after_ms=1_000)
    assert floor.contact("c1").state is ContactState.WAITING
    assert floor.dialed_keys() == ["c1", "c2"]


def test_ca_7_a_contact_that_is_done_stays_done_unless_reopened(floor: Floor) -> None:
    campaign = floor.campaign(1, ends_when_dry=False)
    work_through(floor, 1)
    floor.load(campaign, rows(1))
    assert floor.contact("c1").state is ContactState.DONE
    floor.load(campaign, rows(1), reopen=True)
    assert floor.dialed_keys() == ["c1", "c1"]


def test_ca_7_national_numbers_are_read_in_the_region_of_the_site() -> None:
    floor = Floor(SiteConfig(default_region="GB"))
    campaign = floor.campaign()
    floor.load(campaign, [{"contact_key": "a", "numbers": ["0114 496 0006"]}])
    assert floor.contact("a").numbers == ("+441144960006",)


def test_ca_7_a_load_that_is_too_large_is_refused_whole() -> None:
    floor = Floor(SiteConfig(max_load_rows=2, max_contacts=3))
    campaign = floor.campaign(1, 2)
    code = ErrorCode.TOO_MANY_CONTACTS
    too_many = ContactsLoad(campaign_id=campaign, contacts=rows(3, 4, 5))
    assert floor.refused(too_many) == (code, "contacts")
    too_full = ContactsLoad(campaign_id=campaign, contacts=rows(3, 4))
    assert floor.refused(too_full) == (code, "contacts")


def test_a_contact_removed_in_the_middle_of_a_call_goes_at_its_end(floor: Floor) -> None:
    campaign = floor.campaign(1, 2)
    floor.agent()
    (call,) = floor.dialed()
    floor.do(ContactsRemove(campaign_id=campaign, contact_keys=["c1", "nobody"]))
    assert floor.contact("c1").state is ContactState.LIVE
    floor.saw(call, Saw.BUSY, after_ms=1_000)
    assert [c.contact_key for c in floor.contacts()] == ["c2"]


# --- CA-8: never two live attempts


def test_ca_8_two_contacts_with_one_number_are_not_dialed_at_once(floor: Floor) -> None:
    campaign = floor.campaign()
    same = [{"contact_key": key, "numbers": [number(1)]} for key in ("a", "b")]
    floor.load(campaign, same + rows(2))
    floor.agent("ann")
    floor.agent("bob")
    assert floor.dialed_keys() == ["a", "c2"]
    assert [e.contact_key for e in floor.all_seen(ContactHeld)] == ["b"]
    assert floor.contact("b").state is ContactState.HELD
    first = floor.all_seen(DialRequested)[0].call_id
    floor.saw(first, Saw.BUSY, after_ms=1_000)
    assert floor.dialed_keys() == ["a", "c2", "b"]


def test_ca_8_nor_from_two_campaigns_of_the_site(floor: Floor) -> None:
    floor.campaign(1)
    floor.campaign(1, 2)
    floor.agent("ann")
    floor.agent("bob")
    assert [(e.campaign_id, e.contact_key) for e in floor.all_seen(DialRequested)] == [
        ("00001", "c1"),
        ("00002", "c2"),
    ]


def test_ca_8_a_number_is_free_again_in_wrap_up_but_its_contact_is_not(floor: Floor) -> None:
    floor.campaign(1, retries=RetrySettings(not_reached=RetryRule(times=1, after_s=0)))
    floor.agent("ann")
    floor.agent("bob")
    (call,) = (e.call_id for e in floor.all_seen(DialRequested))
    floor.talk(call)
    floor.wait(1_000)
    assert floor.dialed_keys() == ["c1"]
    assert floor.contact("c1").state is ContactState.LIVE


def test_ca_8_a_held_contact_can_be_given_another_number_or_removed(floor: Floor) -> None:
    campaign = floor.campaign()
    keys = ("a", "b", "c")
    floor.load(campaign, [{"contact_key": key, "numbers": [number(1)]} for key in keys])
    floor.agent("ann")
    floor.agent("bob")
    assert floor.contact("c").state is ContactState.HELD
    floor.do(ContactsRemove(campaign_id=campaign, contact_keys=["c"]))
    floor.load(campaign, [{"contact_key": "b", "numbers": [number(2)]}])
    assert floor.dialed_keys() == ["a", "b"]
    floor.saw(floor.all_seen(DialRequested)[0].call_id, Saw.BUSY, after_ms=1_000)
    assert floor.dialed_keys() == ["a", "b"]


# --- CA-9: retries

OUTCOMES = {
    AttemptOutcome.BUSY: Saw.BUSY,
    AttemptOutcome.NO_ANSWER: Saw.NO_ANSWER,
    AttemptOutcome.CONGESTION: Saw.CONGESTION,
    AttemptOutcome.FAILED: Saw.FAILED,
}


@pytest.mark.parametrize("outcome", list(OUTCOMES))
def test_ca_9_each_outcome_has_its_own_count_and_delay(
    floor: Floor, outcome: AttemptOutcome
) -> None:
    rule = RetryRule(times=2, after_s=600)
    retries = msgspec.structs.replace(RetrySettings(max_attempts=20), **{outcome.value: rule})
    floor.campaign(1, retries=retries)
    floor.agent()
    for _ in range(3):
        floor.saw(floor.all_seen(DialRequested)[-1].call_id, OUTCOMES[outcome], after_ms=1_000)
        ended = floor.all_seen(CallEnded)[-1]
        if len(floor.all_seen(CallEnded)) < 3:
            assert ended.fate is not None
            assert ended.fate.due_at == ended.at + 600_000
            floor.wait(599_999)
            assert floor.contact("c1").state is ContactState.WAITING
            floor.wait(1)
    assert len(floor.all_seen(DialRequested)) == 3
    contact = floor.contact("c1")
    assert (contact.state, contact.reason) == (ContactState.DONE, outcome.value)


def test_ca_9_busy_and_no_answer_share_a_setting_where_they_have_none_of_their_own(
    floor: Floor,
) -> None:
    shared = RetryRule(times=1, after_s=60)
    own = RetryRule(times=3, after_s=30)
    floor.campaign(1, retries=RetrySettings(not_reached=shared, busy=own))
    floor.agent()
    floor.saw(1, Saw.BUSY, after_ms=1_000)
    assert floor.contact("c1").due_at == floor.now + 30_000
    floor.wait(30_000)
    floor.saw(2, Saw.NO_ANSWER, after_ms=1_000)
    assert floor.contact("c1").due_at == floor.now + 60_000
    floor.wait(60_000)
    floor.saw(3, Saw.NO_ANSWER, after_ms=1_000)
    assert floor.contact("c1").state is ContactState.DONE


def test_ca_9_the_next_number_in_the_chain_goes_next(floor: Floor) -> None:
    rule = RetryRule(times=5, after_s=60, next_number=NextNumber.NEXT)
    campaign = floor.campaign(retries=RetrySettings(not_reached=rule))
    floor.load(campaign, [{"contact_key": "a", "numbers": [number(1), number(2), number(3)]}])
    floor.agent()
    floor.saw(1, Saw.BUSY, after_ms=1_000)
    for _ in range(4):
        floor.saw(floor.until_dialed(), Saw.BUSY, after_ms=1_000)
    dialed = [e.number for e in floor.all_seen(DialRequested)]
    assert dialed == [number(1), number(2), number(3), number(1), number(2)]


def test_ca_9_an_invalid_number_is_never_dialed_again(floor: Floor) -> None:
    rule = RetryRule(times=5, after_s=60, next_number=NextNumber.NEXT)
    campaign = floor.campaign(retries=RetrySettings(not_reached=rule))
    floor.load(campaign, [{"contact_key": "a", "numbers": [number(1), number(2), number(3)]}])
    floor.agent()
    floor.saw(1, Saw.INVALID_NUMBER, after_ms=1_000)
    for saw, again in ((Saw.BUSY, Saw.INVALID_NUMBER), (Saw.BUSY, Saw.INVALID_NUMBER)):
        floor.saw(floor.dialed()[-1], saw, after_ms=1_000)  # the next number at once
        floor.saw(floor.until_dialed(), again, after_ms=1_000)
    dialed = [e.number for e in floor.all_seen(DialRequested)]
    assert dialed == [number(1), number(2), number(3), number(2), number(2)]
    assert floor.contact("a").state is ContactState.DONE


def test_ca_9_the_overall_limit_of_attempts_holds_whatever_the_outcomes(floor: Floor) -> None:
    floor.campaign(1, retries=RetrySettings(max_attempts=3))
    floor.agent()
    floor.saw(1, Saw.BUSY, after_ms=1_000)
    for saw in (Saw.FAILED, Saw.CONGESTION):
        floor.saw(floor.until_dialed(), saw, after_ms=1_000)
    contact = floor.contact("c1")
    assert (contact.state, contact.reason, contact.attempts) == (
        ContactState.DONE,
        "max_attempts",
        3,
    )


def test_ca_9_a_limit_of_attempts_that_is_lowered_holds_for_those_who_wait(floor: Floor) -> None:
    floor.campaign(1, 2)
    floor.agent()
    floor.saw(1, Saw.FAILED, after_ms=1_000)
    retries = RetrySettings(max_attempts=1)
    settings = CampaignSettings(name="Test", retries=retries)
    floor.do(CampaignUpdate(campaign_id="00001", settings=settings))
    floor.wait(HOUR_MS)
    assert floor.dialed_keys() == ["c1", "c2"]
    (passed,) = floor.all_seen(ContactPassedOver)
    assert (passed.rule, passed.values) == ("CA-9", {"attempts": 1, "allowed": 1})
    contact = floor.contact("c1")
    assert (contact.state, contact.reason) == (ContactState.DONE, "max_attempts")


def test_ca_9_the_attempts_at_each_number_are_limited(floor: Floor) -> None:
    rule = RetryRule(times=9, after_s=60)
    retries = RetrySettings(max_attempts=9, max_attempts_per_number=2, not_reached=rule)
    campaign = floor.campaign(retries=retries)
    floor.load(campaign, [{"contact_key": "a", "numbers": [number(1), number(2)]}])
    floor.agent()
    floor.saw(1, Saw.BUSY, after_ms=1_000)
    for _ in range(3):
        floor.saw(floor.until_dialed(), Saw.BUSY, after_ms=1_000)
    floor.wait(HOUR_MS)
    dialed = [event.number for event in floor.all_seen(DialRequested)]
    assert dialed == [number(1), number(1), number(2), number(2)]
    contact = floor.contact("a")
    assert (contact.state, contact.reason) == (ContactState.DONE, "max_attempts_per_number")


def test_ca_9_a_machine_is_tried_again_by_its_own_rule(floor: Floor) -> None:
    retries = RetrySettings(answering_machine=RetryRule(times=1, after_s=120))
    floor.campaign(1, retries=retries)
    floor.agent()
    floor.saw(1, Saw.ANSWERED, answerer=Answerer.ANSWERING_MACHINE, after_ms=8_000)
    floor.saw(1, Saw.HUNG_UP)
    assert floor.contact("c1").due_at == floor.now + 120_000


def test_ca_9_a_wrap_up_code_that_means_retry_brings_the_contact_back(floor: Floor) -> None:
    floor.campaign(1)
    floor.agent()
    floor.talk(1)
    floor.wrap_up(1, code="voicemail")
    contact = floor.contact("c1")
    assert (contact.state, contact.due_at) == (ContactState.WAITING, floor.now + HOUR_MS)


def test_ca_9_a_network_that_was_only_late_is_believed(floor: Floor) -> None:
    floor.campaign(1)
    floor.agent()
    floor.wait(41_000)
    assert [e.reason for e in floor.all_seen(HangUpRequested)] == ["network_silent"]
    floor.saw(1, Saw.BUSY)
    assert [e.outcome for e in floor.seen(CallEnded)] == [AttemptOutcome.BUSY]


def test_a_call_that_the_network_never_speaks_of_again_is_over_after_a_while(floor: Floor) -> None:
    floor.campaign(1)
    floor.agent()
    floor.wait(56_000)
    assert [e.outcome for e in floor.all_seen(CallEnded)] == [AttemptOutcome.FAILED]
    assert floor.contact("c1").state is ContactState.WAITING
