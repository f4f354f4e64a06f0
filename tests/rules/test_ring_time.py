"""A call rings long enough, and who is abandoned hears a message (rule CO-6)."""

import pytest

from fastdial.messages.commands import (
    AgentLogout,
    AgentReport,
    CallHangUp,
    CampaignStop,
)
from fastdial.messages.compliance import (
    AbandonmentDefinition,
    ComplianceSettings,
)
from fastdial.messages.events import (
    BridgeRequested,
    HangUpRequested,
)
from fastdial.messages.settings import (
    SiteConfig,
)
from fastdial.messages.words import (
    AgentSaw,
    AgentState,
    AttemptOutcome,
    DialingMode,
    Saw,
)
from floor import Floor


@pytest.fixture
def floor() -> Floor:
    return Floor()


# --- CO-6: it rings long enough, and who is abandoned hears why


def rings(floor: Floor, mode: DialingMode = DialingMode.PROGRESSIVE) -> int:
    """A call that has rung for five seconds, where it must ring for fifteen."""
    mine = ComplianceSettings(
        abandonment=AbandonmentDefinition(min_ring_s=15), abandon_message="sorry"
    )
    floor.campaign(1, mode=mode, compliance=mine)
    floor.agent("ann")
    floor.saw(1, Saw.RINGING, after_ms=2_000)
    floor.wait(5_000)
    return 1


def given_up(floor: Floor) -> list[tuple[AttemptOutcome, str]]:
    return [(e.outcome, e.reason) for e in floor.all_seen(HangUpRequested)]


@pytest.mark.parametrize("way", ["stop", "hang_up", "log_out"])
def test_co_6_a_call_is_not_given_up_before_it_has_rung_long_enough(way: str) -> None:
    floor = Floor(SiteConfig(log_out_wait_s=1))
    call = rings(floor)
    if way == "stop":
        floor.do(CampaignStop(campaign_id="00001"))
    elif way == "hang_up":
        floor.do(CallHangUp(call_id=call))
    else:
        floor.do(AgentLogout(agent_id="ann"))
    floor.wait(9_999)
    assert given_up(floor) == []
    floor.wait(1)
    reasons = {"stop": "campaign_stopped", "hang_up": "asked", "log_out": "agent_logged_out"}
    assert given_up(floor) == [(AttemptOutcome.CANCELLED, reasons[way])]


def test_co_6_a_call_that_rang_long_enough_is_given_up_at_once(floor: Floor) -> None:
    call = rings(floor)
    floor.wait(10_000)
    floor.do(CallHangUp(call_id=call))
    assert given_up(floor) == [(AttemptOutcome.CANCELLED, "asked")]


@pytest.mark.parametrize("after_ms", [0, 4_000])
def test_co_6_what_counts_is_ringing_not_setting_up(floor: Floor, after_ms: int) -> None:
    mine = ComplianceSettings(abandonment=AbandonmentDefinition(min_ring_s=15))
    floor.campaign(1, compliance=mine)
    floor.agent("ann")
    floor.do(CallHangUp(call_id=1))
    floor.saw(1, Saw.RINGING, after_ms=after_ms)
    floor.wait(14_999)
    assert given_up(floor) == []
    floor.wait(1)
    assert given_up(floor) == [(AttemptOutcome.CANCELLED, "asked")]


def test_co_6_who_answers_meanwhile_is_served(floor: Floor) -> None:
    call = rings(floor)
    floor.do(CampaignStop(campaign_id="00001"))
    floor.talk(call)
    floor.wrap_up(call)
    assert floor.agent_state() is AgentState.READY


def test_co_6_a_call_whose_agent_has_gone_goes_to_another_agent() -> None:
    floor = Floor(SiteConfig(log_out_wait_s=1))
    call = rings(floor)
    floor.do(AgentLogout(agent_id="ann"))
    floor.wait(1_000)
    floor.do(CampaignStop(campaign_id="00001"))
    floor.agent("bob")
    floor.saw(call, Saw.ANSWERED)
    (bridge,) = floor.seen(BridgeRequested)
    assert bridge.agent_id == "bob"


def test_co_6_an_abandoned_call_gets_the_campaigns_message(floor: Floor) -> None:
    call = rings(floor, DialingMode.PREDICTIVE)
    floor.do(AgentLogout(agent_id="ann"))
    floor.saw(call, Saw.ANSWERED)
    floor.do(CallHangUp(call_id=call))
    (asked,) = floor.all_seen(HangUpRequested)
    assert (asked.outcome, asked.message) == (AttemptOutcome.ABANDONED, "sorry")


def test_co_6_a_call_whose_agent_hung_up_rings_on_for_anybody(floor: Floor) -> None:
    mine = ComplianceSettings(abandonment=AbandonmentDefinition(min_ring_s=15))
    floor.campaign(1, compliance=mine, agent_first=True)
    floor.agent("ann")
    floor.do(AgentReport(agent_id="ann", call_id=1, saw=AgentSaw.CONNECTED))
    floor.saw(1, Saw.RINGING)
    floor.do(AgentReport(agent_id="ann", call_id=1, saw=AgentSaw.HUNG_UP), after_ms=5_000)
    assert floor.agent_state("ann") is AgentState.NOT_READY
    assert given_up(floor) == []
    floor.do(CampaignStop(campaign_id="00001"))
    floor.agent("bob")
    floor.saw(1, Saw.ANSWERED)
    (bridge,) = floor.seen(BridgeRequested)
    assert (bridge.agent_id, bridge.zip_tone) == ("bob", True)
