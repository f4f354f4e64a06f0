"""Exclusion lists and frequency caps (rules CO-2 and CO-3)."""

from typing import Any

import numpy as np
import pytest

from abandoning import next_call
from fastdial import Site
from fastdial.messages.commands import (
    ExclusionAdd,
    ExclusionCheck,
    ExclusionList,
    ExclusionRemove,
    PreviewDial,
    PreviewRequest,
)
from fastdial.messages.compliance import (
    CapPreset,
    CapScope,
    CapSubject,
    ComplianceSettings,
    FrequencyCap,
)
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import (
    ContactPassedOver,
    DialRequested,
    ExclusionAdded,
)
from fastdial.messages.replies import (
    ExclusionChangedReply,
    ExclusionCheckReply,
    ExclusionListsReply,
)
from fastdial.messages.settings import (
    RetryRule,
    RetrySettings,
    WrapUpCode,
)
from fastdial.messages.words import (
    CodeMeaning,
    ContactState,
    DialingMode,
    Saw,
)
from fastdial.rules.compliance.packed import packed
from floor import NOON, Floor, number, rows


@pytest.fixture
def floor() -> Floor:
    return Floor()


DAY_S = 86_400


# --- CO-2: exclusion lists


def exclude(floor: Floor, *numbers: int, list_name: str = "do_not_call") -> None:
    floor.do(ExclusionAdd(list_name=list_name, numbers=tuple(number(n) for n in numbers)))


def passed_over(floor: Floor) -> list[tuple[str, str, str]]:
    """Contacts that were passed over, by which rule, and what became of them."""
    return [(e.contact_key, e.rule, e.fate.state.value) for e in floor.all_seen(ContactPassedOver)]


def test_co_2_an_excluded_number_is_refused_at_the_load(floor: Floor) -> None:
    exclude(floor, 1, 3)
    campaign = floor.campaign(run=False)
    two = {"contact_key": "two", "numbers": [number(3), number(4)]}
    none = {"contact_key": "none", "numbers": [number(3), number(1)]}
    reply = floor.load(campaign, [*rows(1, 2), two, none])
    assert reply.added == 2
    assert [(row.row, row.field) for row in reply.refused] == [(1, "numbers"), (4, "numbers")]
    assert "excluded, by list do_not_call" in reply.refused[0].reason
    assert floor.contact("two").numbers == (number(3), number(4))


def test_co_2_an_excluded_number_is_passed_over_at_dialing_and_the_record_says_by_which_list(
    floor: Floor,
) -> None:
    campaign = floor.campaign(1, 2)
    floor.load(campaign, [{"contact_key": "two", "numbers": [number(3), number(4)]}])
    exclude(floor, 1, 3)
    floor.agent("ann")
    assert floor.dialed_keys() == ["c2"]
    assert passed_over(floor) == [("c1", "CO-2", "done")]
    assert floor.all_seen(ContactPassedOver)[0].values == {"list_name": "do_not_call"}
    assert floor.contact("c1").reason == "excluded"
    floor.saw(next_call(floor), Saw.INVALID_NUMBER)
    floor.wait(0)
    (last,) = floor.all_seen(DialRequested)[1:]
    assert (last.contact_key, last.number) == ("two", number(4))


def test_co_2_a_list_holds_for_the_campaigns_that_name_it(floor: Floor) -> None:
    exclude(floor, 1, 2, list_name="competitors")
    mine = ComplianceSettings(exclusion_lists=("competitors",))
    floor.campaign(1, 2, 3)
    floor.campaign(compliance=mine)
    assert floor.load("00002", rows(1, 2, 3)).added == 1
    assert floor.contact("c1", "00001").state is ContactState.READY


def test_co_2_a_number_is_excluded_until_it_goes_off_the_list(floor: Floor) -> None:
    exclude(floor, 1)
    campaign = floor.campaign(run=False)
    assert floor.load(campaign, rows(1)).added == 0
    reply = floor.do(ExclusionRemove(list_name="do_not_call", numbers=(number(1), number(2))))
    assert reply == ExclusionChangedReply(id=0, changed=1)
    assert floor.load(campaign, rows(1)).added == 1
    code = floor.refused(ExclusionRemove(list_name="nowhere", numbers=(number(1),)))
    assert code == (ErrorCode.UNKNOWN_LIST, "list_name")


def test_co_2_numbers_come_in_bulk_and_bad_ones_are_refused_one_by_one(floor: Floor) -> None:
    many = np.arange(10**9, 10**9 + 5_000)
    many[7] = 5
    reply = floor.do(
        ExclusionAdd(list_name="big", numbers=(number(1), "nobody"), packed=packed(many))
    )
    assert isinstance(reply, ExclusionChangedReply)
    assert reply.changed == 5_000
    assert [(row.row, row.field) for row in reply.refused] == [(2, "numbers"), (8, "packed")]
    assert floor.do(ExclusionList()) == ExclusionListsReply(lists={"big": 5_000})
    again = floor.do(ExclusionAdd(list_name="big", packed=packed(many[8:])))
    assert again == ExclusionChangedReply(changed=0)
    assert floor.seen(ExclusionAdded) == []
    odd = floor.refused(ExclusionAdd(list_name="big", packed=b"123"))
    assert odd == (ErrorCode.INVALID_VALUE, "packed")


def test_co_2_it_can_be_asked_on_which_lists_a_number_is(floor: Floor) -> None:
    floor.campaign(run=False)
    exclude(floor, 1)
    exclude(floor, 1, 2, list_name="other")
    asked = (number(1), number(2))
    everywhere = floor.do(ExclusionCheck(numbers=asked))
    assert isinstance(everywhere, ExclusionCheckReply)
    assert everywhere.found == {number(1): ("do_not_call", "other"), number(2): ("other",)}
    here = floor.do(ExclusionCheck(numbers=asked, campaign_id="00001"))
    assert isinstance(here, ExclusionCheckReply)
    assert here.found == {number(1): ("do_not_call",), number(2): ()}


def test_co_2_an_agents_code_puts_all_numbers_of_the_contact_on_the_list(floor: Floor) -> None:
    code = WrapUpCode(code="never", name="Never again", meaning=CodeMeaning.DO_NOT_CALL)
    campaign = floor.campaign(2, wrap_up_codes=(code,))
    floor.load(campaign, [{"contact_key": "c", "numbers": [number(7), number(8)], "priority": 1}])
    floor.agent("ann")
    (call,) = floor.dialed()
    floor.talk(call)
    floor.wrap_up(call, code="never")
    (added,) = floor.seen(ExclusionAdded)
    assert (added.list_name, added.reason, added.call_id) == ("do_not_call", "do_not_call", call)
    other = floor.campaign(run=False)
    assert floor.load(other, rows(7, 8, 9)).added == 1


def test_co_2_a_preview_of_an_excluded_number_is_not_dialed(floor: Floor) -> None:
    floor.campaign(1, mode=DialingMode.PREVIEW)
    floor.agent("ann")
    floor.do(PreviewRequest(agent_id="ann"))
    exclude(floor, 1)
    assert floor.refused(PreviewDial(agent_id="ann")) == (ErrorCode.NOT_ALLOWED, "number")


# --- CO-3: frequency caps

MANY_TRIES = RetrySettings(
    max_attempts=50, no_answer=RetryRule(times=50, after_s=60), abandoned=RetryRule(times=50)
)


def capped(floor: Floor, *caps: CapPreset | FrequencyCap, contacts: Any = (1,), **more: Any) -> str:
    """A campaign with caps, whose contacts are tried again every minute."""
    compliance = ComplianceSettings(caps=caps)
    return floor.campaign(*contacts, retries=MANY_TRIES, compliance=compliance, **more)


def ring_out(floor: Floor, hours: int) -> list[int]:
    """Nobody answers for so long: when each call was dialed, in seconds from the beginning."""
    begin, until = floor.now, floor.now + hours * 3_600_000
    while floor.now < until:
        for call in tuple(floor.site._state.records.calls):
            floor.saw(call, Saw.NO_ANSWER)
        due_at = floor.site.next_due()
        floor.wait(until - floor.now if due_at is None else max(0, min(due_at, until) - floor.now))
    return [(e.at - begin) // 1_000 for e in floor.all_seen(DialRequested)]


def test_co_3_at_most_so_many_attempts_in_any_rolling_period(floor: Floor) -> None:
    capped(floor, FrequencyCap(attempts=3, period_s=3_600))
    floor.agent("ann")
    assert ring_out(floor, 2) == [0, 60, 120, 3600, 3660, 3720, 7200]
    (first, *_) = floor.all_seen(ContactPassedOver)
    assert (first.rule, first.fate.reason) == ("CO-3", "frequency_cap")
    assert first.values == {
        "subject": "number",
        "scope": "site",
        "attempts": 3,
        "period_s": 3_600,
    }


def test_co_3_several_caps_hold_together(floor: Floor) -> None:
    capped(
        floor,
        FrequencyCap(attempts=2, period_s=600),
        FrequencyCap(attempts=3, period_s=3_600, scope=CapScope.CAMPAIGN),
    )
    floor.agent("ann")
    assert ring_out(floor, 2) == [0, 60, 600, 3600, 3660, 4200, 7200]


def test_co_3_quiet_after_a_conversation_counts_from_its_end(floor: Floor) -> None:
    again = WrapUpCode(code="again", name="Again", meaning=CodeMeaning.RETRY, retry_after_s=60)
    quiet = FrequencyCap(quiet_after_conversation_s=3_600)
    capped(floor, quiet, wrap_up_codes=(again,))
    floor.agent("ann")
    (call,) = floor.dialed()
    floor.talk(call, ms=120_000)
    over_at = floor.now
    floor.wrap_up(call, code="again")
    floor.until_dialed()
    assert floor.now == over_at + 3_600_000


@pytest.mark.parametrize(("scope", "calls"), [("site", 1), ("campaign", 2)])
def test_co_3_the_scope_says_whose_calls_count(floor: Floor, scope: str, calls: int) -> None:
    cap = FrequencyCap(attempts=1, period_s=3_600, scope=CapScope(scope))
    capped(floor, cap)
    capped(floor, cap)
    floor.agent("ann")
    floor.saw(floor.dialed()[0], Saw.BUSY)
    assert len(floor.all_seen(DialRequested)) == calls


@pytest.mark.parametrize(
    ("subject", "keys"),
    [("number", ["a", "b", "c"]), ("contact", ["a", "b", "c"]), ("account", ["a", "c"])],
)
def test_co_3_a_cap_on_accounts_counts_all_contacts_of_an_account(
    floor: Floor, subject: str, keys: list[str]
) -> None:
    cap = FrequencyCap(subject=CapSubject(subject), attempts=1, period_s=3_600)
    campaign = capped(floor, cap, contacts=())
    variables: list[dict[str, str]] = [{"account": "X"}, {"account": "X"}, {}]
    floor.load(
        campaign,
        [
            {"contact_key": key, "numbers": [number(n)], "variables": given}
            for n, (key, given) in enumerate(zip("abc", variables, strict=True))
        ],
    )
    floor.agent("ann")
    for _ in range(3):
        for call in tuple(floor.site._state.records.calls):
            floor.saw(call, Saw.BUSY)
    assert floor.dialed_keys() == keys


def test_co_3_a_contact_is_one_whatever_its_numbers(floor: Floor) -> None:
    cap = FrequencyCap(subject=CapSubject.CONTACT, attempts=1, period_s=3_600)
    campaign = capped(floor, cap, contacts=())
    floor.load(campaign, [{"contact_key": "c", "numbers": [number(1), number(2)]}])
    floor.agent("ann")
    assert ring_out(floor, 1)[:2] == [0, 3600]


def test_co_3_caps_survive_a_restart_to_the_millisecond(floor: Floor) -> None:
    capped(floor, CapPreset.US_REG_F)
    floor.agent("ann")
    ring_out(floor, 1)
    (waits,) = floor.all_seen(ContactPassedOver)
    assert waits.fate.due_at == floor.all_seen(DialRequested)[0].at + 7 * DAY_S * 1_000
    restored = Floor()
    restored.site, restored.now = Site.restore(floor.site.snapshot()), floor.now
    assert restored.site.state_hash() == floor.site.state_hash()
    floor.wait(8 * DAY_S * 1_000)
    restored.wait(8 * DAY_S * 1_000)
    assert restored.fresh == floor.fresh
    assert restored.seen(DialRequested)[0].at == waits.fate.due_at


def test_co_2_however_many_are_passed_over_no_turn_does_them_all(floor: Floor) -> None:
    """The rest is due at once, before another campaign's; also in a site made from the record."""
    floor.campaign(*range(1_401), mode=DialingMode.PROGRESSIVE)
    floor.campaign(2_000, mode=DialingMode.PROGRESSIVE, order=200)
    excluded = tuple(number(n) for n in range(1_400))
    floor.do(ExclusionAdd(list_name="do_not_call", numbers=excluded))
    replica = Site(seed=floor.site.seed)
    floor.agent("ann")
    assert len(floor.seen(ContactPassedOver)) == 500
    assert not floor.all_seen(DialRequested)
    for event in floor.events:
        replica.apply(event)
    restored = Site.restore(floor.site.snapshot())
    turns = []
    while floor.site.next_due() == floor.now:
        turns.append(floor.site.advance(floor.now))
        assert replica.advance(floor.now) == turns[-1]
        assert restored.advance(floor.now) == turns[-1]
    events = [event for turn in turns for event in turn]
    assert sum(isinstance(event, ContactPassedOver) for event in events) == 900
    assert [e.contact_key for e in events if isinstance(e, DialRequested)] == ["c1400"]
    assert max(map(len, turns)) < 600


def test_co_3_a_contact_whose_number_has_to_wait_is_dialed_at_the_other(floor: Floor) -> None:
    """And then at whichever may be dialed soonest."""
    once_a_day = ComplianceSettings(caps=(FrequencyCap(attempts=1, period_s=DAY_S),))
    again = RetryRule(times=9, after_s=3_600)
    campaign = floor.campaign(retries=RetrySettings(not_reached=again), compliance=once_a_day)
    chain = [number(1), number(2), number(3)]
    floor.load(campaign, [{"contact_key": "a", "numbers": chain}])
    floor.do(ExclusionAdd(list_name="do_not_call", numbers=(number(3),)))
    floor.agent()
    for call in (1, 2, 3):
        floor.saw(call, Saw.BUSY)
        floor.until_dialed()
    dialed = [(event.number, event.at - NOON) for event in floor.all_seen(DialRequested)]
    assert dialed == [
        (number(1), 0),
        (number(2), 3_600_000),
        (number(1), DAY_S * 1_000),
        (number(2), DAY_S * 1_000 + 3_600_000),
    ]
