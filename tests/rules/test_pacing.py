"""Predictive campaigns: what they learn, who are paced together, and what is given up (CO-5)."""

from typing import Any

import msgspec
import pytest

from fastdial.engine import Site
from fastdial.messages.commands import (
    AgentNotReady,
    CampaignExplain,
    CampaignPause,
    CampaignUpdate,
)
from fastdial.messages.compliance import (
    AbandonmentDefinition,
    AbandonmentPreset,
    ComplianceSettings,
    MeasuringWindow,
)
from fastdial.messages.events import (
    CallEnded,
    CampaignPacingChanged,
    DialRequested,
    HangUpRequested,
)
from fastdial.messages.explain import PacingDecision
from fastdial.messages.replies import CampaignExplanation
from fastdial.messages.settings import PacingSettings, RetryRule, RetrySettings
from fastdial.messages.words import AttemptOutcome, DialingMode, Saw
from floor import Floor, rows

NO_CAP = ComplianceSettings(abandonment=AbandonmentPreset.NONE)
NEVER_LOST = ComplianceSettings(abandonment=AbandonmentDefinition(cap=0.0))


@pytest.fixture
def floor() -> Floor:
    return Floor()


def predictive(floor: Floor, *contacts: int, **settings: Any) -> str:
    settings.setdefault("compliance", NO_CAP)
    return floor.campaign(*contacts, mode=DialingMode.PREDICTIVE, **settings)


def pacing(floor: Floor, campaign_id: str = "00001") -> PacingDecision:
    reply = floor.do(CampaignExplain(campaign_id=campaign_id))
    assert isinstance(reply, CampaignExplanation)
    assert reply.pacing is not None
    return reply.pacing


def lines(floor: Floor, campaign_id: str = "00001") -> int:
    return floor.site._state.records.campaigns[campaign_id].lines


def nobody_answers(floor: Floor, rounds: int) -> None:
    """Lines that ring out, and those that come in their place."""
    for _ in range(rounds):
        calls = list(floor.site._state.records.calls)
        floor.wait(6_000)
        for call in calls:
            floor.saw(call, Saw.NO_ANSWER)


def test_co_5_the_fewer_answer_the_further_it_dials_ahead(floor: Floor) -> None:
    predictive(floor, *range(800), pacing=PacingSettings(max_lines_per_agent=20))
    for n in range(4):
        floor.agent(f"agent {n}")
    floor.wait(30_000)
    before, learned_before = lines(floor), pacing(floor)
    nobody_answers(floor, 8)
    assert pacing(floor).answer < learned_before.answer
    assert lines(floor) > before >= 4


def test_co_5_what_it_learned_and_decides_survives_a_snapshot_and_is_in_the_record(
    floor: Floor,
) -> None:
    predictive(floor, *range(300))
    for n in range(4):
        floor.agent(f"agent {n}")
    nobody_answers(floor, 4)
    for call in list(floor.site._state.records.calls)[:3]:
        floor.saw(call, Saw.ANSWERED, after_ms=3_000)
        floor.saw(call, Saw.BRIDGED)
    rebuilt = Site(floor.site.config, floor.site.seed)
    for event in floor.events:
        rebuilt.apply(event)
    restored = Site.restore(floor.site.snapshot())
    asked = CampaignExplain(campaign_id="00001")
    now = floor.now + 3_500
    told = floor.site.look(asked, now)
    assert rebuilt.look(asked, now) == told == restored.look(asked, now)
    assert restored.advance(now) == floor.site.advance(now)


def test_co_5_a_campaign_without_a_cap_does_not_break_that_of_another(floor: Floor) -> None:
    """Lines of one ring for the same agent: then the other dials no further ahead than it may."""
    predictive(floor, *range(50), compliance=NEVER_LOST)
    predictive(floor, *range(100, 400))
    floor.agent("ann")
    floor.agent("eve")
    floor.agent("bob")
    floor.wait(5_000)
    assert lines(floor, "00001") > 0
    assert lines(floor, "00001") + lines(floor, "00002") == 3
    assert pacing(floor, "00002").held_by == "progressive"
    floor.do(CampaignPause(campaign_id="00001"))
    for call, known in tuple(floor.site._state.records.calls.items()):
        if known.campaign_id == "00001":
            floor.saw(call, Saw.NO_ANSWER)
    floor.wait(2_000)
    assert lines(floor, "00001") == 0
    assert pacing(floor, "00002").held_by == "forecast"
    assert pacing(floor, "00002").beyond == 1_000_000


def test_co_5_agents_who_leave_after_their_call_are_not_counted_on(floor: Floor) -> None:
    predictive(floor, *range(200))
    for n in range(6):
        floor.agent(f"agent {n}")
    for call in list(floor.site._state.records.calls)[:6]:
        floor.saw(call, Saw.ANSWERED, after_ms=2_000)
        floor.saw(call, Saw.BRIDGED)
    ends = pacing(floor).ends
    assert ends > 0
    for n in range(3):
        floor.do(AgentNotReady(agent_id=f"agent {n}", reason="break"))
    assert pacing(floor).ends == pytest.approx(ends / 2, rel=0.1)


def test_co_5_each_day_of_a_rolling_window_begins_anew(floor: Floor) -> None:
    """What was lost at once yesterday has made the risk small; today it is that of all days."""
    rolling = AbandonmentDefinition(cap=0.5, window=MeasuringWindow.ROLLING_24H)
    settings = ComplianceSettings(abandonment=rolling)
    campaign_id = predictive(floor, compliance=settings, ends_when_dry=False)
    pace = floor.site._state.pacing.paces[campaign_id]
    campaign = floor.site._state.records.campaigns[campaign_id]
    fresh = pace.learned_at(floor.now)["theta"]
    for n in range(12):
        floor.agent("ann")
        floor.load(campaign_id, rows(n))
        call = max(floor.site._state.records.calls)
        floor.do(AgentNotReady(agent_id="ann", reason="break"))
        floor.saw(call, Saw.ANSWERED)
        floor.wait(3_000)
        floor.saw(call, Saw.HUNG_UP)
    assert campaign.abandonment.day == floor.now // 86_400_000
    lost = pace.learned_at(floor.now)["theta"]
    assert lost < 0.01 * fresh
    floor.wait(30 * 3_600_000)
    floor.agent("ann")
    floor.load(campaign_id, rows(99))
    floor.talk(max(floor.site._state.records.calls))
    assert campaign.abandonment.day == floor.now // 86_400_000
    assert pace.learned_at(floor.now)["theta"] > 100 * lost, "nothing was earned yet either"


def test_co_5_an_hour_with_a_cap_of_its_own_must_earn_what_it_may_lose(floor: Floor) -> None:
    hourly = PacingSettings(hour_cap=0.05, max_lines_per_agent=20)
    campaign_id = predictive(floor, *range(600), pacing=hourly)
    for n in range(4):
        floor.agent(f"agent {n}")
    nobody_answers(floor, 8)
    assert lines(floor) == 4
    made = pacing(floor)
    assert (made.held_by, made.hour_lose) == ("hour_cap", 0)
    restored = Site.restore(floor.site.snapshot())
    asked = CampaignExplain(campaign_id=campaign_id)
    assert restored.look(asked, floor.now) == floor.site.look(asked, floor.now)
    settings = floor.site._state.records.campaigns[campaign_id].settings
    without = msgspec.structs.replace(settings, pacing=PacingSettings(max_lines_per_agent=20))
    floor.do(CampaignUpdate(campaign_id=campaign_id, settings=without))
    assert lines(floor) > 4
    assert pacing(floor).hour_lose is None


def test_co_5_falling_back_says_the_numbers_that_made_it(floor: Floor) -> None:
    half = ComplianceSettings(abandonment=AbandonmentDefinition(cap=0.5))
    predictive(floor, *range(40), compliance=half)
    floor.agent("ann")
    floor.talk(1)
    floor.wrap_up(1)
    (changed,) = floor.all_seen(CampaignPacingChanged)
    made = changed.decision
    assert made is not None
    assert (changed.ahead, made.beyond) == (True, 1)
    assert (made.target, made.idle, made.lines) == (0.03, 0, 0)
    assert (made.launch, made.held_by) == (0, "forecast")
    assert made.overflow > made.accepted > 0


def test_ca_13_lines_for_each_agent_are_a_limit_of_the_campaign(floor: Floor) -> None:
    campaign_id = predictive(floor, *range(200), pacing=PacingSettings(max_lines_per_agent=1))
    for n in range(5):
        floor.agent(f"agent {n}")
    nobody_answers(floor, 3)
    assert lines(floor) == 5
    settings = floor.site._state.records.campaigns[campaign_id].settings
    changed = msgspec.structs.replace(settings, pacing=PacingSettings(max_lines_per_agent=2))
    floor.do(CampaignUpdate(campaign_id=campaign_id, settings=changed))
    assert 5 < lines(floor) <= 10


def test_co_5_to_look_at_another_time_changes_nothing(floor: Floor) -> None:
    today = AbandonmentDefinition(cap=0.3, window=MeasuringWindow.CALENDAR_DAY)
    predictive(floor, *range(50), compliance=ComplianceSettings(abandonment=today))
    floor.agent("ann")
    campaign = floor.site._state.records.campaigns["00001"]
    campaign.abandonment.base = 100_000_000
    campaign.abandonment.window_ends_at = floor.now + 3_600_000
    floor.site._state.pacing.measured_anew(campaign)
    before = pacing(floor).beyond
    assert before > 10
    for at in (floor.now + 2 * 86_400_000, 0):
        reply = floor.site.look(CampaignExplain(campaign_id="00001"), at)
        assert isinstance(reply, CampaignExplanation)
    assert pacing(floor).beyond == before


def test_co_5_a_cap_that_was_lowered_holds_at_once_for_who_does_not_dial_ahead(
    floor: Floor,
) -> None:
    floor.campaign(1, mode=DialingMode.PROGRESSIVE, compliance=ComplianceSettings())
    campaign = floor.site._state.records.campaigns["00001"]
    book = floor.site._state.pacing
    campaign.abandonment.base = 100_000_000
    before = book.beyond_idle(campaign, 1, floor.now)
    settings = msgspec.structs.replace(campaign.settings, compliance=NEVER_LOST)
    floor.do(CampaignUpdate(campaign_id="00001", settings=settings))
    assert before > 0
    assert book.beyond_idle(campaign, 1, floor.now) == 0


# --- lines that are given up early


def overcommitted(floor: Floor, contacts: int = 400, **pacing_settings: Any) -> None:
    """Lines ring for twelve agents, ten of whom go on a break."""
    predictive(
        floor,
        *range(contacts),
        pacing=PacingSettings(max_lines_per_agent=20, **pacing_settings),
        retries=RetrySettings(no_answer=RetryRule(times=1, after_s=600)),
    )
    for n in range(12):
        floor.agent(f"agent {n}")
    nobody_answers(floor, 6)
    for call in list(floor.site._state.records.calls):
        floor.saw(call, Saw.RINGING)
    for n in range(10):
        floor.do(AgentNotReady(agent_id=f"agent {n}", reason="break"))


def given_up(floor: Floor) -> list[HangUpRequested]:
    return [e for e in floor.all_seen(HangUpRequested) if e.reason == "given_up_early"]


def test_co_5_co_6_lines_that_rang_long_enough_are_given_up_when_too_many_would_answer(
    floor: Floor,
) -> None:
    overcommitted(floor, give_up=True)
    rang_from = floor.now
    floor.wait(14_999)
    assert given_up(floor) == []
    floor.wait(1_001)
    gone = given_up(floor)
    assert gone
    assert all(event.outcome is AttemptOutcome.NO_ANSWER for event in gone)
    assert all(event.at >= rang_from + 15_000 for event in gone)
    floor.saw(gone[0].call_id, Saw.NO_ANSWER)
    (ended,) = [e for e in floor.seen(CallEnded) if e.call_id == gone[0].call_id]
    assert ended.outcome is AttemptOutcome.NO_ANSWER
    assert ended.fate is not None
    assert ended.fate.due_at == floor.now + 600_000, "as after any attempt that nobody answered"


def test_co_5_co_6_lines_are_given_up_in_time_when_nobody_is_left_to_call(floor: Floor) -> None:
    overcommitted(floor, give_up=True, contacts=170)
    assert floor.site._state.queues["00001"].ready == 0
    due = floor.site.next_due()
    assert due is not None
    assert due <= floor.now + 1_000, "it is looked at, though there is nothing to launch"
    floor.wait(16_000)
    assert given_up(floor)


def test_co_5_what_could_be_given_up_by_then_stands_less_against_another_line() -> None:
    found = []
    for give_up in (False, True):
        floor = Floor()
        limits = PacingSettings(max_lines_per_agent=20, give_up=give_up)
        predictive(floor, *range(800), pacing=limits)
        for n in range(4):
            floor.agent(f"agent {n}")
        nobody_answers(floor, 4)
        found.append(lines(floor))
        assert given_up(floor) == []
    without, where_given_up = found
    assert where_given_up > without


def test_co_4_who_answers_in_the_instant_in_which_the_line_is_given_up_is_abandoned(
    floor: Floor,
) -> None:
    overcommitted(floor, give_up=True)
    floor.wait(16_000)
    call = given_up(floor)[0].call_id
    floor.saw(call, Saw.ANSWERED)
    floor.saw(call, Saw.HUNG_UP)
    (ended,) = [e for e in floor.seen(CallEnded) if e.call_id == call]
    assert ended.outcome is AttemptOutcome.ABANDONED


@pytest.mark.parametrize("settings", [{}, {"give_up": True, "legal_ring_s": 24}])
def test_co_6_no_line_is_given_up_unless_told_nor_before_its_time(settings: dict[str, Any]) -> None:
    floor = Floor()
    overcommitted(floor, **settings)
    floor.wait(20_000)
    assert given_up(floor) == []
    assert len(floor.all_seen(DialRequested)) > 12
