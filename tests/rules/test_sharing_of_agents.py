"""Rule CA-5: campaigns that compete for the same agents go by order, then share by parity."""

from collections import Counter
from fractions import Fraction

import pytest

from fastdial import Site
from fastdial.messages.commands import (
    AgentLogin,
    AgentLogout,
    AgentNotReady,
    CampaignPause,
    CampaignStart,
    CampaignUpdate,
    PreviewRequest,
    PreviewSkip,
)
from fastdial.messages.events import DialRequested, PreviewOffered
from fastdial.messages.limits import CallLimits
from fastdial.messages.settings import CampaignSettings
from fastdial.messages.words import DialingMode, Saw
from floor import Floor

PREVIEW, PROGRESSIVE, PREDICTIVE = (
    DialingMode.PREVIEW,
    DialingMode.PROGRESSIVE,
    DialingMode.PREDICTIVE,
)


@pytest.fixture
def floor() -> Floor:
    return Floor()


def launched(floor: Floor) -> list[str]:
    """The campaigns of the calls so far, in order."""
    return [event.campaign_id for event in floor.all_seen(DialRequested)]


def work_through(floor: Floor, calls: int) -> None:
    """Every call is busy, and so the next is launched, until there were so many."""
    while len(floor.all_seen(DialRequested)) < calls:
        before = len(floor.all_seen(DialRequested))
        for call_id in tuple(floor.site._state.live_numbers.values()):
            floor.saw(call_id, Saw.BUSY)
        if len(floor.all_seen(DialRequested)) == before:
            floor.wait(1_000)


def assert_within_one_call(picked: list[str], parities: dict[str, int]) -> None:
    total = sum(parities.values())
    made: Counter[str] = Counter()
    for count, campaign_id in enumerate(picked, 1):
        made[campaign_id] += 1
        for rival, parity in parities.items():
            assert abs(Fraction(parity * count, total) - made[rival]) < 1, (count, made)


@pytest.mark.parametrize(
    "modes",
    [
        (PROGRESSIVE, PROGRESSIVE, PROGRESSIVE),
        (PREDICTIVE, PREDICTIVE, PREDICTIVE),
        (PROGRESSIVE, PREDICTIVE, PROGRESSIVE),
        (PREDICTIVE, PROGRESSIVE, PREDICTIVE),
    ],
)
@pytest.mark.parametrize("agents", [1, 3])
def test_ca_5_equal_orders_share_by_parity_within_one_call_at_any_time(
    floor: Floor, modes: tuple[DialingMode, ...], agents: int
) -> None:
    parities: dict[str, int] = {}
    for place, (mode, parity) in enumerate(zip(modes, (5, 2, 1), strict=True)):
        contacts = range(place * 400, place * 400 + 400)
        parities[floor.campaign(*contacts, mode=mode, parity=parity)] = parity
    for n in range(agents):
        floor.agent(f"a{n}")
    work_through(floor, 240)
    assert_within_one_call(launched(floor), parities)


def test_ca_5_previews_that_name_no_campaign_share_by_parity(floor: Floor) -> None:
    one = floor.campaign(*range(40), mode=PREVIEW, parity=3)
    two = floor.campaign(*range(40, 80), mode=PREVIEW, parity=1)
    floor.agent()
    for _ in range(24):
        floor.do(PreviewRequest(agent_id="ann"))
        floor.do(PreviewSkip(agent_id="ann"))
    offered = [event.campaign_id for event in floor.all_seen(PreviewOffered)]
    assert_within_one_call(offered, {one: 3, two: 1})


def test_ca_5_a_preview_that_names_its_campaign_is_nobodys_turn(floor: Floor) -> None:
    one = floor.campaign(*range(40), mode=PREVIEW)
    two = floor.campaign(*range(40, 80), mode=PREVIEW)
    floor.agent()
    for campaign_id in [two] * 5 + [None] * 4:
        floor.do(PreviewRequest(agent_id="ann", campaign_id=campaign_id))
        floor.do(PreviewSkip(agent_id="ann"))
    offered = [event.campaign_id for event in floor.all_seen(PreviewOffered)]
    assert offered[5:] == [one, two, one, two]


@pytest.mark.parametrize("modes", [(PROGRESSIVE, PREDICTIVE), (PREDICTIVE, PROGRESSIVE)])
def test_ca_5_the_lower_order_goes_first_until_it_has_nothing_to_dial(
    floor: Floor, modes: tuple[DialingMode, DialingMode]
) -> None:
    later = floor.campaign(*range(40), mode=modes[0], order=2, parity=100)
    first = floor.campaign(*range(40, 45), mode=modes[1], order=1)
    floor.agent()
    work_through(floor, 12)
    assert launched(floor) == [first] * 5 + [later] * 7


def test_ca_5_previews_go_by_order(floor: Floor) -> None:
    later = floor.campaign(1, mode=PREVIEW, order=2)
    first = floor.campaign(2, mode=PREVIEW, order=1)
    floor.agent()
    for _ in range(2):
        floor.do(PreviewRequest(agent_id="ann"))
        floor.do(PreviewSkip(agent_id="ann"))
    assert [event.campaign_id for event in floor.all_seen(PreviewOffered)] == [first, later]


def test_ca_5_only_campaigns_that_share_agents_share_work(floor: Floor) -> None:
    one = floor.campaign(*range(50), teams=("sales",), parity=1)
    two = floor.campaign(*range(50, 99), teams=("service",), parity=9)
    floor.agent("ann", "sales")
    floor.agent("bob", "service")
    work_through(floor, 40)
    assert Counter(launched(floor)) == {one: 20, two: 20}
    assert all(event.competed == () for event in floor.all_seen(DialRequested))


def test_ca_5_each_gets_its_share_of_the_agents_that_it_competes_for(floor: Floor) -> None:
    """Ann works for the first two, Bob for the last two: a half each."""
    sales = floor.campaign(*range(300), teams=("sales",))
    both = floor.campaign(*range(300, 600), teams=("sales", "service"))
    service = floor.campaign(*range(600, 900), teams=("service",))
    floor.agent("ann", "sales")
    floor.agent("bob", "service")
    work_through(floor, 400)
    made = Counter(launched(floor)[:400])
    assert abs(made[sales] - 100) <= 1
    assert abs(made[both] - 200) <= 1
    assert abs(made[service] - 100) <= 1


def test_ca_5_a_campaign_that_pauses_piles_up_no_credit(floor: Floor) -> None:
    one = floor.campaign(*range(100))
    two = floor.campaign(*range(100, 200))
    floor.agent()
    work_through(floor, 10)
    floor.do(CampaignPause(campaign_id=two))
    work_through(floor, 30)
    assert launched(floor)[11:30] == [one] * 19
    floor.do(CampaignStart(campaign_id=two))
    work_through(floor, 50)
    assert abs(Counter(launched(floor)[30:50])[one] - 10) <= 1


def test_ca_5_a_campaign_at_its_limit_holds_nobody_back(floor: Floor) -> None:
    one = floor.campaign(*range(10), order=1, limits=CallLimits(calls=1))
    two = floor.campaign(*range(10, 20), order=2)
    for n in range(3):
        floor.agent(f"a{n}")
    assert Counter(launched(floor)) == {one: 1, two: 2}


def test_ca_5_another_parity_holds_from_then_on(floor: Floor) -> None:
    one = floor.campaign(*range(200))
    two = floor.campaign(*range(200, 400))
    floor.agent()
    work_through(floor, 20)
    floor.do(CampaignUpdate(campaign_id=two, settings=CampaignSettings(name="Two", parity=4)))
    work_through(floor, 120)
    assert abs(Counter(launched(floor)[20:])[one] - 20) <= 1


def test_ca_5_a_site_restored_goes_on_with_the_same_credits(floor: Floor) -> None:
    for place in range(3):
        floor.campaign(*range(place * 50, place * 50 + 50), parity=place + 2)
    floor.agent()
    work_through(floor, 17)
    twin = Floor()
    twin.site, twin.now, twin.events = Site.restore(floor.site.snapshot()), floor.now, []
    before = len(floor.all_seen(DialRequested))
    work_through(floor, 60)
    work_through(twin, 60 - before)
    assert launched(twin) == launched(floor)[before:]


def test_ca_5_the_record_says_who_competed(floor: Floor) -> None:
    one = floor.campaign(1, 2)
    two = floor.campaign(3, 4)
    floor.campaign(5, order=200)
    floor.agent()
    assert [event.competed for event in floor.all_seen(DialRequested)] == [(one, two)]


def test_ca_5_pushed_previews_and_calls_share_by_parity(floor: Floor) -> None:
    push = floor.campaign(*range(60), mode=DialingMode.PUSH_PREVIEW, parity=2)
    call = floor.campaign(*range(60, 120), parity=1)
    floor.agent()
    given: list[str] = []
    for _ in range(30):
        if floor.site._state.live_numbers:
            given.append(call)
            (live,) = floor.site._state.live_numbers.values()
            floor.saw(live, Saw.BUSY)
        else:
            given.append(push)
            floor.do(PreviewSkip(agent_id="ann"))
    assert_within_one_call(given, {push: 2, call: 1})


def paused_with_lines_up(floor: Floor, *campaigns: str) -> None:
    for campaign in campaigns:
        floor.do(CampaignPause(campaign_id=campaign))


def test_co_5_agents_are_free_as_soon_as_the_lines_of_others_have_met_theirs(
    floor: Floor,
) -> None:
    for agent, team in {"bob": "b", "bill": "b", "ann": "a", "amy": "a"}.items():
        floor.agent(agent, team)
    first = floor.campaign(1, mode=PREDICTIVE, teams=("a",))
    second = floor.campaign(2, 3, mode=PREDICTIVE, teams=("a", "b"))
    paused_with_lines_up(floor, first, second)
    other = floor.campaign(4, 5, teams=("a",))
    assert launched(floor) == [first, second, second], "ann and amy are counted on"
    floor.saw(2, Saw.ANSWERED)
    floor.saw(3, Saw.ANSWERED)
    assert launched(floor)[3:] == [other], "one of them is still counted on"


def test_co_5_agents_are_free_as_soon_as_nobody_works_for_both_campaigns_any_more(
    floor: Floor,
) -> None:
    floor.agent("wil", "w")
    first = floor.campaign(1, mode=PREDICTIVE, teams=("w", "x"))
    floor.do(AgentNotReady(agent_id="wil"))
    floor.agent("bob", "y")
    floor.agent("bea", "y")
    second = floor.campaign(2, mode=PREDICTIVE, teams=("x", "y"))
    paused_with_lines_up(floor, first, second)
    floor.do(AgentLogin(agent_id="xen", teams=("x",)))
    other = floor.campaign(3, 4, teams=("y",))
    assert launched(floor) == [first, second], "bob and bea are counted on for both lines"
    floor.do(AgentLogout(agent_id="xen"))
    assert launched(floor)[2:] == [other]
