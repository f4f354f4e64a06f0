"""Event list, variates and the progressive model, one by one and in bulk."""

import numpy as np
import pytest
from benchmarks.conftest import Times

from fastdial.kernel.event_list import EventList
from fastdial.kernel.progressive import progressive
from fastdial.kernel.variates import Law, Stream

LAWS = {
    "exponential": Law.exponential(180),
    "lognormal": Law.lognormal(180, 1.2),
    "gamma": Law.gamma(180, 2),
    "beta": Law.beta(0.2, 0.1),
    "empirical": Law.empirical([4, 9, 14, 20]),
}
DRAWS = 1_000_000
EVENTS = 1_000_000


@pytest.mark.parametrize("name", LAWS)
def test_draws(times: Times, scale: float, name: str) -> None:
    count = int(DRAWS * scale)
    times(lambda: Stream(1), lambda stream: stream.draws(LAWS[name], count), count)


@pytest.mark.parametrize("agents", [10, 100, 1_000])
def test_progressive(times: Times, scale: float, agents: int) -> None:
    count = int(EVENTS * scale)
    end_s = count * 48 / 1.2 / agents
    ring, handle = Law.exponential(12), Law.exponential(180)
    times(
        lambda: None,
        lambda _: progressive(
            agents=agents, answer=0.2, ring=ring, handle=handle, end=end_s, seed=1
        ),
        count,
    )


def test_hold_from_python(times: Times, scale: float) -> None:
    """The first of 1,000 events is popped and scheduled again, one Python call each."""
    count = int(EVENTS * scale)

    def work(events: EventList) -> None:
        for _ in range(count):
            popped = events.pop()
            assert popped is not None
            events.schedule(popped[0], popped[1] + 10.0)

    def make() -> EventList:
        events = EventList()
        events.schedule_many(np.arange(1_000), Stream(1).draws(Law.uniform(0, 10), 1_000))
        return events

    times(make, work, count)
