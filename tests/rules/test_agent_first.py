"""Rules CA-2, CA-3 and AG-3: progressive campaigns that connect the agent first."""

from typing import Any

import pytest

from fastdial import Site
from fastdial.messages.commands import (
    AgentLogout,
    AgentReady,
    AgentReport,
    CallHangUp,
    CallReport,
    CampaignPause,
    CampaignStop,
    CampaignUpdate,
    ContactsRemove,
    SiteConfigure,
)
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import (
    AgentConnected,
    AgentConnectEnded,
    AgentConnectRequested,
    AgentStateChanged,
    BridgeRequested,
    DialDelayed,
    DialRequested,
    HangUpRequested,
)
from fastdial.messages.limits import CallLimits, SiteLimits
from fastdial.messages.settings import CampaignSettings, SiteConfig
from fastdial.messages.words import AgentSaw, AgentState, ContactState, Saw
from floor import Floor


@pytest.fixture
def floor() -> Floor:
    return Floor()


def agent_first(floor: Floor, *contacts: int, **settings: Any) -> str:
    campaign = floor.campaign(*contacts, agent_first=True, **settings)
    floor.agent()
    return campaign


def leg(floor: Floor, saw: AgentSaw, call_id: int = 1, agent_id: str = "ann") -> None:
    floor.do(AgentReport(call_id=call_id, agent_id=agent_id, saw=saw))


def test_ca_2_agent_first_rings_the_agent_and_dials_when_the_agent_is_there(floor: Floor) -> None:
    agent_first(floor, 1)
    (asked,) = floor.seen(AgentConnectRequested)
    assert (asked.agent_id, asked.contact_key, asked.ring_ms) == ("ann", "c1", 20_000)
    assert floor.agent_state() is AgentState.RESERVED
    assert floor.all_seen(DialRequested) == []
    floor.now += 2_000
    leg(floor, AgentSaw.CONNECTED)
    (dialed,) = floor.seen(DialRequested)
    assert (dialed.call_id, dialed.agent_id, dialed.agent_first) == (asked.call_id, "ann", True)
    leg(floor, AgentSaw.CONNECTED)
    assert floor.fresh == []


def test_ca_3_an_agent_who_was_first_hears_no_zip_tone(floor: Floor) -> None:
    agent_first(floor, 1)
    leg(floor, AgentSaw.CONNECTED)
    floor.saw(1, Saw.ANSWERED, after_ms=5_000)
    assert [event.zip_tone for event in floor.seen(BridgeRequested)] == [False]
    floor.saw(1, Saw.BRIDGED)
    floor.saw(1, Saw.HUNG_UP)
    floor.wrap_up(1)
    assert floor.contact("c1").state is ContactState.DONE


@pytest.mark.parametrize("silent", [True, False])
def test_ag_3_an_agent_who_does_not_answer_is_not_ready_and_the_contact_keeps_its_place(
    floor: Floor, silent: bool
) -> None:
    agent_first(floor, 1, 2, agent_ring_s=20)
    floor.wait(19_999)
    assert floor.agent_state() is AgentState.RESERVED
    if silent:
        floor.wait(1)
    else:
        leg(floor, AgentSaw.NO_ANSWER)
        floor.wait(0)
    changes = floor.all_seen(AgentStateChanged)
    assert (changes[-1].state, changes[-1].reason) == (AgentState.NOT_READY, "rona")
    contact = floor.contact("c1")
    assert (contact.state, contact.attempts) == (ContactState.READY, 0)
    floor.do(AgentReady(agent_id="ann"))
    assert [event.contact_key for event in floor.seen(AgentConnectRequested)] == ["c1"]


def test_ca_2_agent_first_the_agent_who_leaves_before_the_answer_gives_the_call_up(
    floor: Floor,
) -> None:
    agent_first(floor, 1)
    leg(floor, AgentSaw.CONNECTED)
    leg(floor, AgentSaw.HUNG_UP)
    assert [event.reason for event in floor.seen(HangUpRequested)] == ["agent_hung_up"]
    assert floor.agent_state() is AgentState.NOT_READY


@pytest.mark.parametrize("way", ["pause", "stop", "remove", "log_out", "hang_up", "mode", "line"])
def test_ca_2_agent_first_what_stands_in_the_way_meanwhile_leaves_the_customer_alone(
    floor: Floor, way: str
) -> None:
    campaign_id = agent_first(floor, 1)
    progressive = CampaignSettings(name="Test")
    other_line = CampaignSettings(name="Test", agent_first=True, caller_id="+48221000000")
    floor.do(
        {
            "pause": CampaignPause(campaign_id=campaign_id),
            "stop": CampaignStop(campaign_id=campaign_id),
            "remove": ContactsRemove(campaign_id=campaign_id, contact_keys=["c1"]),
            "log_out": AgentLogout(agent_id="ann"),
            "hang_up": CallHangUp(call_id=1),
            "mode": CampaignUpdate(campaign_id=campaign_id, settings=progressive),
            "line": CampaignUpdate(campaign_id=campaign_id, settings=other_line),
        }[way]
    )
    if way in ("stop", "hang_up"):
        assert floor.seen(AgentConnectEnded)
    else:
        leg(floor, AgentSaw.CONNECTED)
        assert floor.seen(AgentConnectEnded)
    assert not any(event.agent_first for event in floor.all_seen(DialRequested))
    if way == "log_out":
        assert floor.agent_state() is AgentState.LOGGED_OUT


def test_ca_13_a_call_counts_from_the_moment_at_which_its_agent_is_rung(floor: Floor) -> None:
    floor = Floor(SiteConfig(limits=SiteLimits(site=CallLimits(calls=1))))
    agent_first(floor, 1, 2)
    floor.agent("bob")
    assert len(floor.all_seen(AgentConnectRequested)) == 1
    leg(floor, AgentSaw.CONNECTED)
    assert len(floor.all_seen(DialRequested)) == 1
    floor.saw(1, Saw.BUSY)
    assert len(floor.all_seen(AgentConnectRequested)) == 2


def test_ca_13_an_agent_on_the_line_waits_for_launches_in_a_second(floor: Floor) -> None:
    floor = Floor(SiteConfig(limits=SiteLimits(site=CallLimits(launches_per_s=1))))
    agent_first(floor, 1, 2)
    floor.agent("bob")
    assert len(floor.all_seen(AgentConnectRequested)) == 2
    leg(floor, AgentSaw.CONNECTED)
    floor.now += 400
    leg(floor, AgentSaw.CONNECTED, 2, "bob")
    (delayed,) = floor.seen(DialDelayed)
    assert (delayed.until, delayed.values["limit"]) == (floor.now + 600, "site.launches_per_s")
    again = Site.restore(floor.site.snapshot())
    for site in (floor.site, again):
        assert site.next_due() == floor.now + 600
        events = site.advance(floor.now + 600)
        assert [event.call_id for event in events if isinstance(event, DialRequested)] == [2]


def test_ca_13_a_limit_lowered_meanwhile_lets_the_agent_go(floor: Floor) -> None:
    agent_first(floor, 1)
    floor.do(SiteConfigure(config=SiteConfig(limits=SiteLimits(site=CallLimits(calls=0)))))
    leg(floor, AgentSaw.CONNECTED)
    assert [event.reason for event in floor.seen(AgentConnectEnded)] == ["limit_reached"]
    assert floor.agent_state() is AgentState.READY


def test_ca_8_a_number_that_went_live_meanwhile_is_not_dialed(floor: Floor) -> None:
    agent_first(floor, 1)
    floor.campaign(1)
    floor.agent("bob")
    assert [event.campaign_id for event in floor.all_seen(DialRequested)] == ["00002"]
    leg(floor, AgentSaw.CONNECTED)
    assert [event.reason for event in floor.seen(AgentConnectEnded)] == ["number_live"]


def test_ca_2_agent_first_only_the_agent_who_is_rung_is_reported(floor: Floor) -> None:
    agent_first(floor, 1)
    other = AgentReport(call_id=1, agent_id="bob", saw=AgentSaw.CONNECTED)
    assert floor.refused(other) == (ErrorCode.NOT_ASSIGNED, "agent_id")
    unknown = AgentReport(call_id=7, agent_id="ann", saw=AgentSaw.CONNECTED)
    assert floor.refused(unknown) == (ErrorCode.UNKNOWN_CALL, "call_id")
    assert floor.all_seen(AgentConnected) == []


def test_ca_2_agent_first_nothing_is_seen_of_a_customer_who_was_not_dialed(floor: Floor) -> None:
    agent_first(floor, 1)
    early = CallReport(call_id=1, saw=Saw.ANSWERED)
    assert floor.refused(early) == (ErrorCode.CALL_STATE, "saw")
