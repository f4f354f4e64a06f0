"""Abandonment: what is counted, the cap, and who waits how long (rules CO-4, CO-5, CO-7, CO-8)."""

from typing import Any

import msgspec
import pytest

from abandoning import abandon, machine, measured, next_call, predictive, serve
from fastdial.messages.commands import (
    AgentNotReady,
    CallReport,
    CampaignUpdate,
)
from fastdial.messages.compliance import (
    Abandoned,
    AbandonmentBase,
    AbandonmentDefinition,
    AbandonmentPreset,
    ComplianceSettings,
    MeasuringWindow,
    WaitStart,
)
from fastdial.messages.events import (
    CampaignPacingChanged,
    ContactPassedOver,
    DialRequested,
    HangUpRequested,
)
from fastdial.messages.settings import (
    RetryRule,
    RetrySettings,
)
from fastdial.messages.words import (
    DialingMode,
    Saw,
)
from floor import Floor


@pytest.fixture
def floor() -> Floor:
    return Floor()


AGAIN = RetrySettings(abandoned=RetryRule(times=50))


# --- CO-4, CO-8: what is counted


def test_co_4_of_calls_answered_by_a_person_those_without_an_agent_are_abandoned(
    floor: Floor,
) -> None:
    predictive(floor, *range(9))
    serve(floor)
    floor.saw(next_call(floor), Saw.NO_ANSWER)
    machine(floor)
    assert measured(floor) == (0, 1)
    abandon(floor)
    assert measured(floor) == (1, 2)


@pytest.mark.parametrize(
    ("denominator", "base"), [("answered_by_person", 1), ("answered", 2), ("attempts", 3)]
)
def test_co_4_the_denominator_is_that_of_the_definition(
    floor: Floor, denominator: str, base: int
) -> None:
    predictive(floor, *range(9), denominator=AbandonmentBase(denominator))
    serve(floor)
    floor.saw(next_call(floor), Saw.BUSY)
    machine(floor)
    assert measured(floor) == (0, base)


@pytest.mark.parametrize(("numerator", "abandoned"), [("met_no_agent", 1), ("limit_passed", 0)])
def test_co_4_who_hangs_up_within_the_limit_counts_as_the_definition_says(
    floor: Floor, numerator: str, abandoned: int
) -> None:
    predictive(floor, 1, numerator=Abandoned(numerator))
    call = next_call(floor)
    floor.do(AgentNotReady(agent_id="ann", reason="break"))
    floor.saw(call, Saw.ANSWERED, after_ms=20_000)
    floor.saw(call, Saw.HUNG_UP, after_ms=1_900)
    assert measured(floor) == (abandoned, 1)


def test_co_4_a_rolling_window_lets_go_of_what_is_a_day_old(floor: Floor) -> None:
    predictive(floor, 1, window=MeasuringWindow.ROLLING_24H)
    abandon(floor)
    floor.wait(23 * 3_600_000)
    assert measured(floor) == (1, 1)
    floor.wait(3_900_000)
    assert measured(floor) == (0, 0)


def test_co_4_a_calendar_day_ends_at_midnight_in_the_zone_of_the_definition(floor: Floor) -> None:
    predictive(floor, 1, window=MeasuringWindow.CALENDAR_DAY, zone="Pacific/Kiritimati")
    abandon(floor)
    floor.wait(7 * 3_600_000)  # from 12:00 UTC, which is 02:00 on the next day there
    assert measured(floor) == (1, 1)
    floor.wait(15 * 3_600_000)
    assert measured(floor) == (0, 0)


def test_co_4_another_way_of_measuring_begins_at_nothing(floor: Floor) -> None:
    predictive(floor, 1)
    abandon(floor)
    settings = floor.site._state.records.campaigns["00001"].settings
    for definition, counted in (
        (AbandonmentDefinition(cap=0.01), (1, 1)),
        (AbandonmentPreset.CA_CRTC, (0, 0)),
    ):
        changed = msgspec.structs.replace(
            settings, compliance=ComplianceSettings(abandonment=definition)
        )
        floor.do(CampaignUpdate(campaign_id="00001", settings=changed))
        assert measured(floor) == counted


@pytest.mark.parametrize(("counts", "expected"), [(True, (0.25, 1.25)), (False, (0, 1))])
def test_co_8_persons_taken_for_machines_count_by_the_estimate_where_the_definition_says_so(
    floor: Floor, counts: bool, expected: tuple[float, float]
) -> None:
    predictive(floor, *range(9), false_positives_count=counts, false_positive_share=0.25)
    serve(floor)
    machine(floor)
    assert measured(floor) == expected


# --- CO-5: the cap


def test_co_5_falling_back_to_progressive_and_dialing_ahead_again_are_in_the_record(
    floor: Floor,
) -> None:
    predictive(floor, *range(40), cap=0.5)
    assert floor.all_seen(CampaignPacingChanged) == []
    serve(floor)
    (ahead,) = floor.all_seen(CampaignPacingChanged)
    assert (ahead.ahead, ahead.abandoned, ahead.base, ahead.cap) == (True, 0, 1, 0.5)
    abandon(floor)
    _, back = floor.all_seen(CampaignPacingChanged)
    assert (back.ahead, back.abandoned, back.base) == (False, 1, 2)
    floor.agent("ann")
    said = len(floor.all_seen(CampaignPacingChanged))
    floor.wait(20_000)
    assert len(floor.all_seen(CampaignPacingChanged)) == said, "not one for each tick"


def test_co_5_what_was_earned_yesterday_cannot_be_spent_today(floor: Floor) -> None:
    predictive(floor, *range(80), cap=0.5, window=MeasuringWindow.CALENDAR_DAY)
    for _ in range(3):
        serve(floor)
    assert floor.all_seen(CampaignPacingChanged)[-1].ahead
    floor.do(AgentNotReady(agent_id="ann", reason="break"))
    floor.saw(next_call(floor), Saw.NO_ANSWER)
    floor.wait(24 * 3_600_000)
    floor.agent("ann")
    back = floor.all_seen(CampaignPacingChanged)[-1]
    assert (back.ahead, back.abandoned, back.base) == (False, 0, 0)


def test_co_5_without_a_cap_only_lines_for_each_agent_limit_it(floor: Floor) -> None:
    for n in range(10):
        floor.agent(f"agent {n}")
    predictive(floor, *range(40), cap=1.0)
    assert len(floor.all_seen(DialRequested)) > 11


def test_co_5_co_8_estimated_false_positives_are_set_aside(floor: Floor) -> None:
    predictive(floor, *range(40), cap=0.5, false_positives_count=True, false_positive_share=1.0)
    serve(floor)
    assert floor.all_seen(CampaignPacingChanged) == []
    assert len(floor.site._state.records.calls) == 1


# --- CO-4: from when on a person waits


@pytest.mark.parametrize(
    ("start", "ago", "limit_ms"),
    [
        (WaitStart.CONNECTED, {"connected_ms_ago": 1_200, "greeting_end_ms_ago": 0}, 800),
        (
            WaitStart.GREETING_START,
            {"connected_ms_ago": 1_200, "greeting_start_ms_ago": 900},
            1_100,
        ),
        (WaitStart.GREETING_END, {"greeting_start_ms_ago": 900, "greeting_end_ms_ago": 100}, 1_900),
        (WaitStart.GREETING_END, {"connected_ms_ago": 1_200}, 800),
        (WaitStart.GREETING_END, {}, 2_000),
        (WaitStart.CONNECTED, {"connected_ms_ago": 3_000}, 0),
    ],
)
def test_co_4_the_limit_counts_from_where_the_definition_says(
    floor: Floor, start: WaitStart, ago: dict[str, Any], limit_ms: int
) -> None:
    predictive(floor, 1, start=start)
    floor.do(AgentNotReady(agent_id="ann", reason="break"))
    floor.do(CallReport(call_id=1, saw=Saw.ANSWERED, **ago))
    floor.wait(max(0, limit_ms - 1))
    assert limit_ms == 0 or floor.all_seen(HangUpRequested) == []
    floor.wait(1)
    assert len(floor.all_seen(HangUpRequested)) == 1


def test_co_4_an_agent_who_comes_after_the_limit_comes_too_late(floor: Floor) -> None:
    """As when detection takes longer than the limit: the person waited, served or not."""
    predictive(floor, 1, 2)
    floor.do(CallReport(call_id=1, saw=Saw.ANSWERED, connected_ms_ago=2_001))
    floor.saw(1, Saw.BRIDGED)
    assert measured(floor) == (1, 1)
    floor.saw(1, Saw.HUNG_UP)
    assert measured(floor) == (1, 1)


# --- CO-7: quiet after an abandoned call


def test_co_7_after_an_abandoned_call_the_number_is_left_alone(floor: Floor) -> None:
    mine = ComplianceSettings(abandonment=AbandonmentDefinition(quiet_after_abandoned_s=7_200))
    floor.campaign(1, mode=DialingMode.PREDICTIVE, compliance=mine, retries=AGAIN)
    floor.agent("ann")
    abandon(floor)
    at = floor.now
    floor.agent("ann")
    assert floor.until_dialed() == 2
    assert floor.now == at + 7_200_000
    (waited,) = floor.all_seen(ContactPassedOver)
    assert (waited.rule, waited.fate.due_at) == ("CO-7", floor.now)
    assert waited.values == {"quiet_s": 7_200, "abandoned_at": at}


def test_co_7_an_agent_who_is_reserved_first_may_call_at_once(floor: Floor) -> None:
    mine = ComplianceSettings(abandonment=AbandonmentDefinition(quiet_after_abandoned_s=7_200))
    floor.campaign(1, mode=DialingMode.PREDICTIVE, compliance=mine, retries=AGAIN)
    floor.agent("ann")
    abandon(floor)
    floor.campaign(1, mode=DialingMode.PROGRESSIVE, compliance=mine)
    floor.agent("ann")
    assert [e.campaign_id for e in floor.all_seen(DialRequested)] == ["00001", "00002"]


def test_co_7_no_message_is_played_to_a_number_soon_after_it_was_abandoned(floor: Floor) -> None:
    mine = ComplianceSettings(abandonment=AbandonmentDefinition(quiet_after_abandoned_s=7_200))
    floor.campaign(1, mode=DialingMode.PREDICTIVE, compliance=mine)
    floor.agent("ann")
    abandon(floor)
    at = floor.now
    floor.campaign(1, mode=DialingMode.AGENTLESS, compliance=mine)
    assert [e.campaign_id for e in floor.all_seen(DialRequested)] == ["00001"]
    floor.until_dialed()
    assert floor.now == at + 7_200_000
