"""Whole sites, paced as they are by default, keep their cap at every call (rule CO-5)."""

import pytest

from fastdial.messages.base import Event
from fastdial.messages.events import BridgeRequested, CallEnded
from fastdial.messages.words import AttemptOutcome, DialingMode
from fastdial.simulation.scenario import AgentGroup, Scenario
from fastdial.telephony.simulated.laws import Lognormal
from simulation.centre import Centre, settings

CAP = 0.03


class Share:
    """Of people who answered, those who were lost: counted from outside."""

    def __init__(self, centre: Centre) -> None:
        self.answered = self.abandoned = 0
        self.broken: list[tuple[int, int]] = []
        for event in centre.events:
            self.see(event)

    def see(self, event: Event) -> None:
        lost = isinstance(event, CallEnded) and event.outcome is AttemptOutcome.ABANDONED
        self.answered += lost or isinstance(event, BridgeRequested)
        self.abandoned += lost
        if self.abandoned > CAP * self.answered:
            self.broken.append((self.abandoned, self.answered))


@pytest.mark.parametrize("agents", [5, 20])
@pytest.mark.parametrize("seed", [1, 2])
def test_co_5_no_call_takes_a_site_above_its_cap(agents: int, seed: int) -> None:
    desk = AgentGroup(name="desk", count=agents, wrap_up=Lognormal(mean_s=30.0, cv=0.5))
    told = settings(DialingMode.PREDICTIVE)
    centre = Centre(told, Scenario(agents=(desk,)), contacts=150 * agents, seed=seed)
    centre.run(8)
    share = Share(centre)
    assert share.broken == []
    assert share.abandoned > 0, "so that the cap is not kept by dialing one to one"
