"""The cap of an hour beside all its calls, and the lines that it allows beside a search."""

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fastdial.kernel.hourly import HourGuard
from twins.hourly import Hours, too_many


@given(
    st.lists(st.tuples(st.floats(0, 600), st.booleans()), max_size=60),
    st.floats(0, 2),
    st.floats(0, 9_000),
    st.sampled_from([0.05, 0.1]),
)
@settings(deadline=None)
def test_what_an_hour_may_still_lose_follows_from_its_calls(
    calls: list[tuple[float, bool]], rate: float, open_s: float, cap: float
) -> None:
    guard, plain = HourGuard(cap=cap), Hours(cap)
    now_s = 0.0
    for later_s, abandoned in calls:
        now_s += later_s
        guard.counted(abandoned, now_s=now_s)
        plain.counted(abandoned, now_s)
        closes_at_s = now_s + open_s
        assert guard.may_lose(now_s=now_s, rate=rate, closes_at_s=closes_at_s) == plain.may_lose(
            now_s, rate, closes_at_s
        )


@given(
    st.fixed_dictionaries(
        {
            "free": st.integers(-3, 40),
            "chance": st.floats(0.01, 0.98),
            "may_lose": st.integers(1, 60),
            "rate": st.floats(0.001, 2),
            "answers": st.floats(0, 50),
            "ends": st.floats(0, 40),
        }
    ),
    st.integers(0, 200),
)
@settings(deadline=None)
def test_lines_are_as_many_as_hardly_ever_lose_more(state: dict[str, Any], ringing: int) -> None:
    most = HourGuard().lines(ringing=ringing, **state)
    sure = max(state["free"] + state["may_lose"], 0)
    assert most >= sure
    more = most - ringing
    assume(more < 100_000)
    if most > sure and more > 0:
        assert not too_many(more, **state)
    assert too_many(max(more, 0) + 1, **state)


@given(st.integers(-3, 40), st.integers(-5, 0), st.integers(0, 99))
def test_an_hour_that_may_lose_nobody_rings_no_more_lines_than_agents_are_free(
    free: int, may_lose: int, ringing: int
) -> None:
    lines = HourGuard().lines(
        free=free, ringing=ringing, chance=0.2, may_lose=may_lose, rate=1, answers=0, ends=30
    )
    assert lines == max(free, 0)


def test_a_small_hour_waits_until_one_call_is_not_above_the_cap() -> None:
    """Of twenty answers one is 5 %; what is aimed for is a little less."""
    guard = HourGuard()
    for second in range(21):
        guard.counted(False, now_s=second)
    assert guard.may_lose(now_s=21, rate=0, closes_at_s=20_000) == 0
    guard.counted(False, now_s=21)
    assert guard.may_lose(now_s=22, rate=0, closes_at_s=20_000) == 1
    guard.counted(True, now_s=23)
    assert guard.may_lose(now_s=24, rate=0, closes_at_s=20_000) == 0
    # at the turn of the hour, what rings may be answered in the next, of which little is sure
    for second in range(2_000):
        guard.counted(False, now_s=1_000 + second)
    assert guard.may_lose(now_s=3_500, rate=0.01, closes_at_s=20_000) == 92
    assert guard.may_lose(now_s=3_570, rate=0.01, closes_at_s=20_000) == 0
    assert guard.may_lose(now_s=3_570, rate=0.01, closes_at_s=3_599) == 92


def test_what_is_refused_says_what_was_allowed() -> None:
    guard = HourGuard()
    guard.counted(False, now_s=100)
    with pytest.raises(ValueError, match="now_s is 99"):
        guard.counted(False, now_s=99)
    with pytest.raises(ValueError, match="closes_at_s is 50"):
        guard.may_lose(now_s=100, rate=1, closes_at_s=50)
    with pytest.raises(ValueError, match=r"cap is 0\.9"):
        HourGuard(cap=0.9)
