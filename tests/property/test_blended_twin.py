"""Days of inbound calls and a dialer come out as those of the slow twin, call for call."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastdial.kernel.blended import blended
from fastdial.kernel.variates import Law
from twins.blended import Day

LAWS = st.sampled_from(
    [Law.exponential(90), Law.uniform(5, 200), Law.lognormal(120, 1.0), Law.gamma(100, 0.7)]
)
DAYS = st.integers(1, 3).flatmap(
    lambda periods: st.fixed_dictionaries(
        {
            "period_s": st.floats(300, 3_000),
            **{
                name: st.lists(figures, min_size=periods, max_size=periods)
                for name, figures in (
                    ("inbound_per_s", st.floats(0, 0.1)),
                    ("inbound_agents", st.integers(0, 5)),
                    ("blend_agents", st.integers(0, 6)),
                    ("reach", st.floats(0, 1)),
                )
            },
            "patience": LAWS,
            "handle": LAWS,
            "outbound_patience": st.sampled_from([Law.constant(5), Law.exponential(20)]),
            "outbound_handle": LAWS,
            "busyness": st.sampled_from([None, Law.gamma(1, 5)]),
            "balk": st.floats(0, 0.5),
            "free_least": st.integers(1, 4),
            "lines_per_free": st.floats(0, 3),
            "queue_max": st.integers(0, 20),
            "late_s": st.floats(0, 60),
            "dial_from_s": st.floats(0, 150),
            "dial_to_s": st.floats(150, 300),
        }
    )
)


@settings(max_examples=150, deadline=None)
@given(DAYS, st.integers(0, 2**64 - 1), st.integers(0, 1_000))
def test_a_day_is_that_of_the_twin(day: dict[str, Any], seed: int, stream: int) -> None:
    runs = blended(**day, seed=seed, first=stream)._asdict()
    twin = Day(**day).run(seed, stream)
    for name, column in runs.items():
        assert column[0] == pytest.approx(twin.get(name, 0), rel=1e-9, abs=1e-6), name
