"""Rule CA-13: limits on calls at once, on launches in a second, and on what is configured."""

from typing import Any

import pytest

from fastdial import Site
from fastdial.messages.commands import (
    AgentLogin,
    CampaignCreate,
    CampaignUpdate,
    PreviewDial,
    PreviewRequest,
    SiteConfigure,
)
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import DialRequested
from fastdial.messages.limits import CallLimits, SiteLimits
from fastdial.messages.replies import Error
from fastdial.messages.settings import CampaignSettings, SiteConfig
from fastdial.messages.words import AgentState, DialingMode, PreviewLapse, Saw
from floor import Floor

CALLER, TRUNK = "+48221000000", "warsaw"
TWO = CallLimits(calls=2)
SCOPES: dict[str, tuple[SiteLimits, CallLimits]] = {
    "site": (SiteLimits(site=TWO), CallLimits()),
    "campaign": (SiteLimits(), TWO),
    "caller_id": (SiteLimits(caller_ids={CALLER: TWO}), CallLimits()),
    "each_caller_id": (SiteLimits(each_caller_id=TWO), CallLimits()),
    "trunk": (SiteLimits(trunks={TRUNK: TWO}), CallLimits()),
    "each_trunk": (SiteLimits(each_trunk=TWO), CallLimits()),
}
MODES = [DialingMode.PROGRESSIVE, DialingMode.PREDICTIVE]


def floor_with(limits: SiteLimits, agents: int = 5, **config: Any) -> Floor:
    floor = Floor(SiteConfig(limits=limits, **config))
    for n in range(agents):
        floor.agent(f"a{n}")
    return floor


def live(floor: Floor) -> list[int]:
    return list(floor.site._state.live_numbers.values())


@pytest.mark.parametrize("scope", list(SCOPES))
@pytest.mark.parametrize("mode", MODES)
def test_ca_13_calls_at_once_are_limited_and_the_next_goes_when_one_is_over(
    scope: str, mode: DialingMode
) -> None:
    shared, own = SCOPES[scope]
    floor = floor_with(shared)
    floor.campaign(*range(9), mode=mode, limits=own, caller_id=CALLER, trunk=TRUNK)
    assert len(live(floor)) == 2
    floor.wait(3_000)
    assert len(live(floor)) == 2
    first = live(floor)[0]
    floor.saw(first, Saw.BUSY)
    assert len(live(floor)) == 2
    assert first not in live(floor)


@pytest.mark.parametrize("scope", ["caller_id", "trunk", "campaign"])
def test_ca_13_a_limit_holds_for_its_own_caller_id_trunk_or_campaign_alone(scope: str) -> None:
    shared, own = SCOPES[scope]
    floor = floor_with(shared)
    floor.campaign(1, 2, 3, limits=own, caller_id=CALLER, trunk=TRUNK)
    floor.campaign(4, 5, 6, caller_id="+48221000001", trunk="cracow")
    assert len(live(floor)) == 5


def test_ca_13_campaigns_share_the_limit_of_their_trunk() -> None:
    floor = floor_with(SiteLimits(trunks={TRUNK: CallLimits(calls=3)}))
    floor.campaign(1, 2, trunk=TRUNK)
    floor.campaign(3, 4, trunk=TRUNK)
    assert len(live(floor)) == 3


def test_ca_13_a_call_that_is_being_hung_up_still_counts() -> None:
    floor = floor_with(SiteLimits(site=CallLimits(calls=1)))
    floor.campaign(1, 2)
    (call,) = live(floor)
    floor.wait(40_000)  # the network is silent: the call is told to end
    assert live(floor) == [call]
    floor.saw(call, Saw.HUNG_UP)
    assert len(live(floor)) == 1
    assert live(floor) != [call]


@pytest.mark.parametrize("mode", MODES)
def test_ca_13_launches_in_any_second_are_limited_and_go_on_when_it_has_passed(
    mode: DialingMode,
) -> None:
    floor = floor_with(SiteLimits(), agents=0)
    floor.campaign(*range(20), mode=mode, limits=CallLimits(launches_per_s=2))
    for n in range(7):
        floor.agent(f"a{n}")
        floor.wait(150)
    floor.wait(5_000)
    launched = [event.at for event in floor.all_seen(DialRequested)]
    assert len(launched) == 7
    start = launched[0]
    assert [at - start for at in launched] == [0, 150, 1_000, 1_150, 2_000, 2_150, 3_000]


def test_ca_13_next_due_is_the_instant_at_which_the_limit_leaves_room() -> None:
    floor = floor_with(SiteLimits(site=CallLimits(launches_per_s=1)), agents=2)
    floor.campaign(1, 2)
    assert floor.site.next_due() == floor.now + 1_000
    again = Site.restore(floor.site.snapshot())
    assert again.next_due() == floor.now + 1_000
    assert len(again.advance(floor.now + 1_000)) > 0
    floor.wait(1_000)
    assert len(live(floor)) == 2
    due_at = floor.site.next_due()
    assert due_at is not None
    assert due_at > floor.now + 1_000, "nothing waits for a limit any more"


def test_ca_13_a_site_made_anew_from_its_record_goes_on_when_the_limit_leaves_room() -> None:
    limits = SiteLimits(site=CallLimits(launches_per_s=1))
    floor = floor_with(limits, agents=2)
    floor.campaign(1, 2)
    replica = Site(SiteConfig(limits=limits), 1)
    for event in floor.events:
        replica.apply(event)
    while (due_at := replica.next_due()) is not None and due_at <= floor.now + 1_000:
        fresh = replica.advance(max(due_at, floor.now))
    assert [event.at for event in fresh if isinstance(event, DialRequested)] == [floor.now + 1_000]


def previewed(limits: SiteLimits, **settings: Any) -> Floor:
    """Ann looks at a contact while another campaign's call takes the site's one line."""
    floor = floor_with(limits, agents=0)
    floor.campaign(1, mode=DialingMode.PREVIEW, **settings)
    floor.agent("ann")
    floor.do(PreviewRequest(agent_id="ann"))
    floor.campaign(2)
    floor.agent("bob")
    return floor


def test_ca_13_a_dial_refused_for_a_limit_says_which_one() -> None:
    floor = previewed(SiteLimits(site=CallLimits(calls=1)))
    reply = floor.ask(PreviewDial(agent_id="ann"))
    assert isinstance(reply, Error)
    assert reply.fault.code is ErrorCode.LIMIT_REACHED
    assert reply.fault.values == {"limit": "site.calls", "name": "", "allowed": 1}
    assert "the site" in reply.fault.message
    floor.saw(1, Saw.BUSY)
    floor.do(PreviewDial(agent_id="ann"))


def test_ca_13_a_dial_refused_for_launches_in_a_second_says_until_when() -> None:
    floor = previewed(SiteLimits(each_trunk=CallLimits(launches_per_s=1)), trunk=TRUNK)
    update = CampaignUpdate(campaign_id="00002", settings=CampaignSettings(name="Two", trunk=TRUNK))
    floor.saw(1, Saw.BUSY)
    floor.do(update)
    floor.load("00002", [{"contact_key": "x", "numbers": ["+441144960099"]}])
    assert len(floor.dialed()) == 1
    reply = floor.ask(PreviewDial(agent_id="ann"), after_ms=400)
    assert isinstance(reply, Error)
    assert reply.fault.values == {
        "limit": "trunk.launches_per_s",
        "name": TRUNK,
        "allowed": 1,
        "until": floor.now + 600,
    }
    floor.do(PreviewDial(agent_id="ann"), after_ms=600)


def test_ca_13_a_preview_that_lapses_at_a_limit_leaves_the_contact_where_it_was() -> None:
    floor = previewed(
        SiteLimits(site=CallLimits(calls=1)), preview_s=10, preview_lapse=PreviewLapse.DIAL
    )
    floor.wait(10_000)
    assert floor.contact("c1").state.value == "ready"
    assert floor.agent_state("ann") is AgentState.READY
    assert len(floor.all_seen(DialRequested)) == 1


def test_ca_13_a_lower_limit_ends_no_call_and_a_higher_one_holds_at_once() -> None:
    floor = floor_with(SiteLimits())
    floor.campaign(*range(20))
    assert len(live(floor)) == 5
    floor.do(SiteConfigure(config=SiteConfig(limits=SiteLimits(site=CallLimits(calls=4)))))
    floor.saw(live(floor)[0], Saw.BUSY)
    assert len(live(floor)) == 4
    floor.saw(live(floor)[0], Saw.BUSY)
    assert len(live(floor)) == 4
    floor.do(SiteConfigure(config=SiteConfig()))
    assert len(live(floor)) == 5


def test_ca_13_a_limit_of_no_calls_closes_a_trunk() -> None:
    floor = floor_with(SiteLimits(trunks={TRUNK: CallLimits(calls=0)}))
    floor.campaign(1, trunk=TRUNK)
    assert live(floor) == []
    floor.do(SiteConfigure(config=SiteConfig()))
    assert len(live(floor)) == 1


def test_ca_13_the_dial_request_names_caller_id_and_trunk() -> None:
    floor = floor_with(SiteLimits())
    floor.campaign(1, caller_id=CALLER, trunk=TRUNK)
    (dialed,) = floor.seen(DialRequested)
    assert (dialed.caller_id, dialed.trunk) == (CALLER, TRUNK)


def test_ca_13_campaigns_and_agents_of_a_site_are_limited() -> None:
    floor = floor_with(SiteLimits(), agents=1, max_agents=1, max_campaigns=1)
    floor.campaign()
    for command, limit in (
        (CampaignCreate(settings=CampaignSettings(name="Two")), "site.max_campaigns"),
        (AgentLogin(agent_id="b"), "site.max_agents"),
    ):
        reply = floor.ask(command)
        assert isinstance(reply, Error)
        assert reply.fault.code is ErrorCode.LIMIT_REACHED
        assert reply.fault.values == {"limit": limit, "allowed": 1}
    floor.do(AgentLogin(agent_id="a0", teams=("sales",)))


def test_ca_13_the_teams_and_codes_of_a_campaign_are_limited() -> None:
    teams = tuple(f"t{n}" for n in range(101))
    floor = Floor()
    assert floor.refused(CampaignCreate(settings=CampaignSettings(name="x", teams=teams))) == (
        ErrorCode.INVALID_VALUE,
        "settings.teams",
    )
