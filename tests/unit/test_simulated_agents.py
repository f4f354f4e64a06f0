"""Simulated agents follow what the site says of them, and nothing else."""

import msgspec

from fastdial.messages import commands as c
from fastdial.messages.base import Command, Event
from fastdial.messages.errors import ErrorCode, Fault
from fastdial.messages.events import (
    AgentLoggedIn,
    AgentStateChanged,
    CallEnded,
    CampaignCreated,
    CampaignStateChanged,
    PreviewOffered,
)
from fastdial.messages.replies import (
    AgentReply,
    CampaignNotice,
    CampaignReply,
    CampaignView,
    Error,
)
from fastdial.messages.settings import CampaignSettings
from fastdial.messages.words import (
    AgentState,
    AttemptOutcome,
    CampaignState,
    DialingMode,
    Party,
)
from fastdial.simulation.agents import SimulatedAgents
from fastdial.simulation.scenario import AgentGroup, Breaks
from fastdial.telephony.simulated.laws import Constant, Lognormal

AT = 1_767_603_600_000
ANN = "desk-001"

SURE = AgentGroup(
    name="desk",
    count=1,
    teams=("sales",),
    login_after=Constant(value_s=10.0),
    wrap_up=Constant(value_s=20.0),
    codes={"sale": 1.0},
    look=Constant(value_s=15.0),
    skip_share=0.0,
    ask_again=Constant(value_s=30.0),
    comes_back=Constant(value_s=5.0),
)


class Desk:
    """Agents, and what they said so far: commands with their times after `AT`."""

    def __init__(self, group: AgentGroup = SURE) -> None:
        self.agents = SimulatedAgents((group,), start_at=AT, seed=3)
        self.now = AT

    def until(self, after_s: float) -> list[tuple[float, Command]]:
        said: list[tuple[float, Command]] = []
        until = AT + round(after_s * 1_000)
        while (due := self.agents.next_due()) is not None and due <= until:
            self.now = max(self.now, due)
            said += [((self.now - AT) / 1_000, one) for one in self.agents.act(self.now)]
        self.now = until
        return said

    def see(self, event: Event) -> list[Command]:
        event.at = self.now
        return self.agents.see(event, self.now)

    def is_now(
        self, state: AgentState, reason: str = "", call_id: int | None = None
    ) -> list[Command]:
        return self.see(
            AgentStateChanged(agent_id=ANN, state=state, reason=reason, call_id=call_id)
        )

    def refused(self, command: Command, code: ErrorCode) -> list[Command]:
        return self.agents.hear(command, Error(faults=(Fault(code, "no"),)), self.now)

    def at_work(self) -> "Desk":
        self.until(10)
        self.is_now(AgentState.NOT_READY, "logged_in")
        self.until(10)
        self.is_now(AgentState.READY, "asked")
        return self

    def sees_preview_campaign(self, **settings: object) -> None:
        told = msgspec.convert({"name": "P", "mode": "preview", **settings}, CampaignSettings)
        self.see(CampaignCreated(campaign_id="10000", settings=told))
        self.see(
            CampaignStateChanged(
                campaign_id="10000", state=CampaignState.RUNNING, reason="asked", agent_ids=(ANN,)
            )
        )


def ended(call_id: int, talk_ms: int) -> CallEnded:
    return CallEnded(
        call_id=call_id,
        campaign_id="10000",
        contact_key="c",
        number="+48220000001",
        outcome=AttemptOutcome.ANSWERED,
        party=Party.CUSTOMER,
        agent_id=ANN,
        talk_ms=talk_ms,
    )


def offer() -> PreviewOffered:
    return PreviewOffered(
        agent_id=ANN, campaign_id="10000", contact_key="c", numbers=("+48220000001",), next_number=0
    )


def test_they_log_in_with_their_teams_and_get_ready() -> None:
    desk = Desk()
    login = c.AgentLogin(agent_id=ANN, name=ANN, teams=("sales",))
    assert desk.until(60) == [(10.0, login)]
    desk.is_now(AgentState.NOT_READY, "logged_in")
    assert desk.until(60) == [(60.0, c.AgentReady(agent_id=ANN))]


def test_they_wrap_up_with_a_code_after_a_while() -> None:
    desk = Desk().at_work()
    desk.is_now(AgentState.TALKING, "bridged", 7)
    desk.see(ended(7, talk_ms=60_000))
    desk.is_now(AgentState.WRAP_UP, "call_ended", 7)
    assert desk.until(300) == [(30.0, c.CallWrapUp(call_id=7, agent_id=ANN, code="sale"))]


def test_a_talk_of_a_few_seconds_was_with_a_machine() -> None:
    desk = Desk().at_work()
    desk.is_now(AgentState.WRAP_UP, "call_ended", 7)
    desk.see(ended(7, talk_ms=8_999))
    [(_, said)] = desk.until(300)
    assert said == c.CallWrapUp(call_id=7, agent_id=ANN, code="answering_machine")


def test_when_the_limit_ends_the_wrap_up_first_they_say_nothing_more() -> None:
    desk = Desk().at_work()
    desk.is_now(AgentState.WRAP_UP, "call_ended", 7)
    desk.until(20)
    desk.is_now(AgentState.READY, "wrap_up_limit")
    assert desk.until(300) == []


def test_a_code_that_the_campaign_does_not_have_is_replaced_by_a_built_in_one() -> None:
    desk = Desk().at_work()
    wrong = c.CallWrapUp(call_id=7, agent_id=ANN, code="nonsense", id=9)
    assert desk.refused(wrong, ErrorCode.UNKNOWN_WRAP_UP_CODE) == [
        c.CallWrapUp(call_id=7, agent_id=ANN, code="sale")
    ]


def test_made_not_ready_they_come_back() -> None:
    desk = Desk().at_work()
    desk.is_now(AgentState.NOT_READY, "wrap_up_limit")
    assert desk.until(60) == [(15.0, c.AgentReady(agent_id=ANN))]


def test_they_take_breaks_and_come_back_from_them() -> None:
    breaks = Breaks(every=Constant(value_s=600.0), length=Constant(value_s=120.0))
    desk = Desk(msgspec.structs.replace(SURE, breaks=breaks)).at_work()
    assert desk.until(610) == [(610.0, c.AgentNotReady(agent_id=ANN, reason="break"))]
    desk.is_now(AgentState.NOT_READY, "break")
    assert desk.until(900) == [(730.0, c.AgentReady(agent_id=ANN))]
    desk.is_now(AgentState.READY, "asked")
    assert [after_s for after_s, _ in desk.until(2_000)] == [1_500.0]


def test_at_the_end_of_the_shift_they_leave_after_the_call_and_stay_away() -> None:
    desk = Desk(msgspec.structs.replace(SURE, shift_s=3_600.0)).at_work()
    desk.is_now(AgentState.TALKING, "bridged", 7)
    assert desk.until(4_000) == [(3_610.0, c.AgentLogout(agent_id=ANN, after_call=True))]
    desk.is_now(AgentState.LOGGED_OUT, "asked")
    assert desk.agents.next_due() is None


def test_logged_out_by_somebody_else_they_want_nothing_more() -> None:
    breaks = Breaks(every=Constant(value_s=600.0), length=Constant(value_s=120.0))
    desk = Desk(msgspec.structs.replace(SURE, breaks=breaks)).at_work()
    desk.is_now(AgentState.LOGGED_OUT, "asked")
    assert desk.agents.next_due() is None


def test_they_ask_for_previews_look_and_dial() -> None:
    """CA-2"""
    desk = Desk().at_work()
    desk.sees_preview_campaign()
    assert [one for _, one in desk.until(10)] == [c.PreviewRequest(agent_id=ANN)]
    desk.is_now(AgentState.PREVIEWING, "asked")
    desk.see(offer())
    assert desk.until(60) == [(25.0, c.PreviewDial(agent_id=ANN))]


def test_some_contacts_they_skip() -> None:
    desk = Desk(msgspec.structs.replace(SURE, skip_share=1.0)).at_work()
    desk.is_now(AgentState.PREVIEWING, "asked")
    desk.see(offer())
    assert desk.until(60) == [(25.0, c.PreviewSkip(agent_id=ANN))]


def test_what_cannot_be_dialed_they_skip() -> None:
    desk = Desk().at_work()
    desk.is_now(AgentState.PREVIEWING, "asked")
    desk.see(offer())
    [(_, asked)] = desk.until(60)
    assert desk.refused(asked, ErrorCode.NUMBER_LIVE) == [c.PreviewSkip(agent_id=ANN)]


def test_with_nothing_to_preview_they_ask_again_later() -> None:
    desk = Desk().at_work()
    desk.sees_preview_campaign()
    [(_, asked)] = desk.until(10)
    desk.refused(asked, ErrorCode.NOTHING_TO_DIAL)
    assert desk.until(60) == [(40.0, c.PreviewRequest(agent_id=ANN))]


def test_they_ask_for_previews_of_their_own_teams_alone() -> None:
    desk = Desk().at_work()
    desk.sees_preview_campaign(teams=("service",))
    assert desk.until(60) == []


def test_of_a_campaign_that_they_did_not_see_made_they_ask_the_mode() -> None:
    desk = Desk().at_work()
    notice = CampaignNotice("10000", "P", CampaignState.RUNNING)
    asked = desk.see(AgentLoggedIn(agent_id=ANN, campaigns=(notice,)))
    assert asked == [c.CampaignGet(campaign_id="10000")]
    assert desk.see(AgentLoggedIn(agent_id=ANN, campaigns=(notice,))) == []
    view = CampaignView(
        "10000",
        CampaignState.RUNNING,
        CampaignSettings(name="P", mode=DialingMode.PREVIEW),
        contacts={},
    )
    desk.agents.hear(asked[0], CampaignReply(campaign=view), desk.now)
    assert [one for _, one in desk.until(10)] == [c.PreviewRequest(agent_id=ANN)]


def test_started_anew_while_the_agents_are_at_work_they_take_up_where_the_site_says() -> None:
    desk = Desk()
    [(_, login)] = desk.until(10)
    said = AgentReply(agent_id=ANN, state=AgentState.NOT_READY, reason="wrap_up_limit")
    desk.agents.hear(login, said, desk.now)
    assert desk.until(60) == [(15.0, c.AgentReady(agent_id=ANN))]


def test_refused_for_now_they_try_again() -> None:
    desk = Desk()
    [(_, login)] = desk.until(10)
    desk.refused(login, ErrorCode.SERVER_STOPPING)
    assert desk.until(60) == [(15.0, login)]


def test_agents_of_others_are_none_of_theirs() -> None:
    desk = Desk().at_work()
    other = AgentStateChanged(agent_id="eve", state=AgentState.WRAP_UP, reason="", call_id=7)
    assert desk.see(other) == []
    assert desk.until(300) == []


def test_what_an_agent_does_does_not_depend_on_the_others() -> None:
    """An agent's draws are their own, however many work beside them."""
    few = SimulatedAgents(
        (AgentGroup(count=2, login_after=Lognormal(mean_s=60, cv=1)),), start_at=AT
    )
    many = SimulatedAgents(
        (AgentGroup(count=9, login_after=Lognormal(mean_s=60, cv=1)),), start_at=AT
    )

    def logins(agents: SimulatedAgents) -> dict[str, int]:
        said: dict[str, int] = {}
        while (due := agents.next_due()) is not None:
            for one in agents.act(due):
                assert isinstance(one, c.AgentLogin)
                said[one.agent_id] = due
        return said

    assert logins(few).items() <= logins(many).items()
