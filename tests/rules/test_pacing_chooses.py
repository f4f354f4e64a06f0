"""Predictive campaigns that choose among their next contacts (CO-5, CA-6)."""

from collections import Counter
from typing import Any

import pytest

from fastdial.engine import Site
from fastdial.messages.commands import CampaignExplain, ContactsExplain
from fastdial.messages.compliance import AbandonmentPreset, ComplianceSettings
from fastdial.messages.replies import CampaignExplanation, ContactExplanation
from fastdial.messages.settings import PacingSettings
from fastdial.messages.words import ContactOrder, DialingMode, Saw
from floor import Floor, rows

NO_CAP = ComplianceSettings(abandonment=AbandonmentPreset.NONE)


def told(*numbers_of: int, **fields: Any) -> list[dict[str, Any]]:
    """Contacts of which each has a chance of its own."""
    return [
        {**row, "answer_chance": (n * 37 % 97 + 1) / 100}
        for n, row in zip(numbers_of, rows(*numbers_of, **fields), strict=True)
    ]


def choosing(contacts: list[dict[str, Any]], among: int = 5, **settings: Any) -> Floor:
    floor = Floor()
    settings.setdefault("contact_order", ContactOrder.RANDOM)
    settings.setdefault("mode", DialingMode.PREDICTIVE)
    pacing = PacingSettings(choose=among, max_lines_per_agent=1)
    campaign_id = floor.campaign(compliance=NO_CAP, pacing=pacing, ends_when_dry=False, **settings)
    floor.load(campaign_id, contacts)
    return floor


def next_keys(floor: Floor, count: int) -> list[str]:
    """The first in the queue, in its order."""
    state = floor.site._state
    row_numbers = state.queues["00001"].first(count).tolist()
    return [state.lists["00001"].at(row).contact_key for row in row_numbers]


def likeliest(floor: Floor, keys: list[str]) -> str:
    return max(keys, key=lambda key: floor.contact(key).answer_chance or 0)


def test_co_5_the_last_free_agent_gets_the_likeliest_of_the_next_contacts() -> None:
    floor = choosing(told(*range(100)))
    wanted = likeliest(floor, next_keys(floor, 5))
    floor.agent("ann")
    for _ in range(12):
        assert floor.dialed_keys()[-1] == wanted
        wanted = likeliest(floor, next_keys(floor, 5))
        floor.wait(5_000)
        floor.saw(max(floor.site._state.records.calls), Saw.NO_ANSWER)


def test_co_5_while_more_are_free_the_least_likely_are_dialed() -> None:
    floor = choosing(told(*range(100)))
    keys = next_keys(floor, 5)
    least = min(keys, key=lambda key: floor.contact(key).answer_chance or 0)
    for n in range(3):
        floor.agent(f"agent {n}")
    dialed = floor.dialed_keys()
    assert dialed[0] == likeliest(floor, keys), "one agent was free"
    assert dialed[1] == least


def test_ca_6_nobody_is_left_for_ever_and_everybody_goes_once_before_any_twice() -> None:
    floor = choosing(told(*range(40)))
    floor.agent("ann")
    waits: Counter[str] = Counter()
    while len(floor.dialed_keys()) < 40:
        first = next_keys(floor, 1)[0]
        waits[first] += 1
        floor.wait(1_000)
        floor.saw(max(floor.site._state.records.calls), Saw.NO_ANSWER)
    assert sorted(floor.dialed_keys()) == sorted(f"c{n}" for n in range(40))
    assert 1 < max(waits.values()) <= 3 * 5 + 1


def test_ca_6_only_equals_in_priority_are_chosen_among() -> None:
    floor = choosing(told(*range(60)) + told(*range(60, 70), priority=5))
    floor.agent("ann")
    for _ in range(11):
        floor.wait(1_000)
        floor.saw(max(floor.site._state.records.calls), Saw.NO_ANSWER)
    urgent = [f"c{n}" for n in range(60, 70)]
    assert sorted(floor.dialed_keys()[:10]) == urgent


@pytest.mark.parametrize(
    "settings",
    [
        {"contact_order": ContactOrder.OLDEST},
        {"contact_order": ContactOrder.COLUMN},
        {"mode": DialingMode.PROGRESSIVE},
        {"among": 1},
    ],
)
def test_ca_6_who_does_not_choose_dials_in_order(settings: dict[str, Any]) -> None:
    floor = choosing(told(*range(30)), **settings)
    order = next_keys(floor, 10)
    floor.agent("ann")
    for _ in range(9):
        floor.wait(1_000)
        floor.saw(max(floor.site._state.records.calls), Saw.NO_ANSWER)
    assert floor.dialed_keys()[:10] == order


def test_co_9_the_contact_that_would_be_chosen_is_the_one_that_goes_first() -> None:
    floor = choosing(told(*range(50)))
    wanted = likeliest(floor, next_keys(floor, 5))
    reply = floor.do(CampaignExplain(campaign_id="00001"))
    assert isinstance(reply, CampaignExplanation)
    assert reply.pacing is not None
    assert reply.pacing.next is not None
    assert reply.pacing.next.told == floor.contact(wanted).answer_chance
    for key in next_keys(floor, 5):
        told_of = floor.do(ContactsExplain(campaign_id="00001", contact_key=key))
        assert isinstance(told_of, ContactExplanation)
        (order,) = [one for one in told_of.looked_at if one.rule == "CA-6"]
        assert order.passed == (key == wanted)


def test_co_5_choices_survive_a_snapshot_and_are_in_the_record() -> None:
    floor = choosing(told(*range(200)))
    for n in range(3):
        floor.agent(f"agent {n}")
    passed = []
    for _ in range(10):
        floor.wait(2_000)
        floor.saw(min(floor.site._state.records.calls), Saw.NO_ANSWER)
        passed.append(floor.site._state.records.campaigns["00001"].passed)
    assert max(passed) > 1
    rebuilt = Site(floor.site.config, floor.site.seed)
    for event in floor.events:
        rebuilt.apply(event)
    restored = Site.restore(floor.site.snapshot())
    assert rebuilt.state_hash() == floor.site.state_hash() == restored.state_hash()
    twin = Floor()
    twin.site, twin.now = restored, floor.now
    for one in (floor, twin):
        for _ in range(10):
            one.wait(2_000)
            one.saw(min(one.site._state.records.calls), Saw.NO_ANSWER)
    assert twin.dialed_keys() == floor.dialed_keys()[-len(twin.dialed_keys()) :]
    assert twin.site.state_hash() == floor.site.state_hash()
