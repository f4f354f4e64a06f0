"""How much is asked to launch a line, where many campaigns or agents could be asked; and when."""

from collections import Counter
from typing import Any

import pytest

from fastdial.engine.decide import launching
from fastdial.messages.commands import CampaignPause, CampaignStart
from fastdial.messages.compliance import AbandonmentPreset, ComplianceSettings
from fastdial.messages.words import DialingMode, Saw
from floor import Floor

NO_CAP = ComplianceSettings(abandonment=AbandonmentPreset.NONE)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often it was asked whose turn it is, and how many lines may be launched."""
    counts: Counter[str] = Counter()

    def counted(name: str) -> None:
        real = getattr(launching, name)

        def ask(*given: Any) -> Any:
            counts[name] += 1
            return real(*given)

        monkeypatch.setattr(launching, name, ask)

    counted("next_of")
    counted("lines_now")
    return counts


def predictive(floor: Floor, *contacts: int) -> str:
    return floor.campaign(*contacts, mode=DialingMode.PREDICTIVE, compliance=NO_CAP)


def lines(floor: Floor) -> int:
    return len(floor.site._state.records.calls)


def test_whose_turn_it_is_is_asked_once_for_a_launch_however_many_share_agents(
    asked: Counter[str],
) -> None:
    floor = Floor()
    for first in range(0, 400, 10):
        predictive(floor, *range(first, first + 10))
    for n in range(5):
        floor.agent(f"agent {n}")
    floor.wait(2_000)
    up = list(floor.site._state.records.calls)
    asked.clear()
    floor.saw(up[0], Saw.NO_ANSWER)
    launched = lines(floor) - len(up) + 1
    assert launched >= 1
    assert asked["next_of"] <= 2 * launched + 2


def test_many_agents_who_are_ready_at_once_take_few_decisions(asked: Counter[str]) -> None:
    floor = Floor()
    campaign = predictive(floor, *range(500))
    floor.do(CampaignPause(campaign_id=campaign))
    for n in range(300):
        floor.agent(f"agent {n}")
    asked.clear()
    floor.do(CampaignStart(campaign_id=campaign))
    floor.wait(2_000)
    assert lines(floor) >= 300
    assert asked["lines_now"] < 20


def test_an_instant_to_launch_at_again_outlasts_launches_before_it() -> None:
    """Others launch without a look at the campaign that waits for room under its limit."""
    floor = Floor()
    floor.site._launch_at = again_at = floor.now + 500
    floor.wait(100)
    floor.agent("ann")
    assert floor.site.next_due() == again_at
    floor.wait(500)
    assert floor.site.next_due() is None
