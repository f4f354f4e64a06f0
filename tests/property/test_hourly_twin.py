"""The cap of an hour beside all its calls, and the lines that it allows beside a search."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastdial.kernel.hourly import HourGuard
from twins.hourly import Hours, Moment, beyond

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
MOMENTS = st.fixed_dictionaries(
    {
        "free": st.integers(-3, 30),
        "chance": st.floats(0.01, 0.98),
        "may_lose": st.integers(-2, 30),
        "rate": st.floats(0.001, 2),
        "answers": st.floats(0, 30),
        "ends": st.floats(0, 20),
        "is_new": st.booleans(),
    }
)


@given(
    st.lists(
        st.tuples(st.floats(0, 5_000), st.sampled_from(["served", "lost", "left"])), max_size=60
    ),
    st.floats(0, 2),
    st.floats(0, 9_000),
    st.sampled_from([0.05, 0.1]),
)
@settings(deadline=None)
def test_what_an_hour_may_still_lose_follows_from_its_calls_and_who_may_leave(
    happened: list[tuple[float, str]], rate: float, open_s: float, cap: float
) -> None:
    guard, plain = HourGuard(cap=cap), Hours(cap)
    now_s = 0.0
    for later_s, what in happened:
        now_s += later_s if what != "left" else later_s / 500
        if what == "left":
            guard.left(now_s=now_s, here=4)
            plain.leaves(now_s, 4)
        else:
            guard.counted(what == "lost", now_s=now_s)
            plain.counted(what == "lost", now_s)
        closes_at_s = now_s + open_s
        assert guard.may_leave(now_s=now_s) == pytest.approx(plain.may_leave(int(now_s // HOUR_S)))
        assert guard.may_lose(now_s=now_s, rate=rate, closes_at_s=closes_at_s) == plain.may_lose(
            now_s, rate, closes_at_s
        )


def hold(most: int, moment: Moment, wanted: int) -> None:
    """So many lines of those wanted are hardly ever too many, and one more would be."""
    if 0 < most >= moment.ringing:
        assert moment.is_within(most, 1.001)
    if most < wanted:
        assert not moment.is_within(max(most + 1, moment.ringing), 0.999)


@given(MOMENTS, st.integers(0, 60), st.integers(0, 120))
@settings(deadline=None, max_examples=60)
def test_lines_are_as_many_as_hardly_ever_lose_more(
    state: dict[str, Any], ringing: int, wanted: int
) -> None:
    most = HourGuard().lines(now_s=0, closes_at_s=DAY_S, ringing=ringing, most=wanted, **state)
    assert most <= wanted
    hold(most, Moment(ringing=ringing, **state), wanted)


@given(MOMENTS, st.integers(0, 12), st.integers(0, 10), st.integers(0, 40))
@settings(deadline=None, max_examples=60)
def test_lines_are_held_back_for_agents_who_may_leave_at_once(
    state: dict[str, Any], ringing: int, busy: int, answered: int
) -> None:
    """Half of them, as nothing is known of this hour; the rest of it brings few answers."""
    guard = HourGuard()
    for _ in range(answered):
        guard.counted(False, now_s=0)
    here = max(state["free"], 0) + busy
    most = guard.lines(
        now_s=0, closes_at_s=600, ringing=ringing, most=60, here=here, **state
    )  # fmt: skip
    lose_then = int(0.05 * (answered + 0.5 * 0.5 * 600 * state["rate"]) + 1e-9)
    hold(most, Moment(ringing=ringing, lose_then=lose_then, here=here, **state), 60)


@given(MOMENTS, st.lists(st.tuples(st.floats(0, 30), st.booleans()), max_size=12))
@settings(deadline=None, max_examples=60)
def test_lines_are_fewer_where_more_is_heard_than_was_expected(
    state: dict[str, Any], happened: list[tuple[float, bool]]
) -> None:
    guard = HourGuard()
    now_s = heard = expected = 0.0
    for later_s, answered in happened:
        now_s += later_s
        kept = 2.718281828459045 ** (-later_s / 20)
        heard, expected = kept * heard, kept * expected + 0.1 * min(later_s, 20)
        guard.waits(now_s=now_s, pace=0.1)
        if answered:
            guard.heard()
            heard += 1
    most = guard.lines(now_s=now_s, closes_at_s=DAY_S, ringing=4, most=60, **state)
    hold(most, Moment(ringing=4, heard=heard, expected=expected, **state), 60)


def lines_of(guard: HourGuard, *, chance: float, may_lose: int) -> int:
    """For five idle agents; answers are heard of within a minute."""
    return guard.lines(
        now_s=0, closes_at_s=DAY_S, free=5, ringing=0, chance=chance, may_lose=may_lose, rate=1,
        answers=0, ends=0,
    )  # fmt: skip


def test_a_part_of_a_call_that_may_be_lost_is_none() -> None:
    """Persons behind answering machines are counted in parts, and two people wait."""
    state: dict[str, Any] = {
        "now_s": 0, "closes_at_s": DAY_S, "free": -2, "ringing": 0, "chance": 0.02, "rate": 1,
        "answers": 0, "ends": 14,
    }  # fmt: skip
    whole, part = (HourGuard().lines(may_lose=lose, **state) for lose in (0.0, 0.5))
    assert part == whole > 0


def test_an_hour_that_may_lose_nobody_dials_ahead_only_where_answers_are_rare() -> None:
    """So that it earns what it has lost, and answers may rise while that is not heard."""
    for may_lose in (0, -3):
        assert lines_of(HourGuard(), chance=0.2, may_lose=may_lose) == 5
        assert lines_of(HourGuard(), chance=0.02, may_lose=may_lose) > 8


def test_the_more_may_be_lost_the_less_sure_it_has_to_be_that_no_more_is() -> None:
    """One too many of few answers is not made good within the hour: one in 5,000, to 1,000."""
    state: dict[str, Any] = {"free": 5, "chance": 0.1, "rate": 1, "answers": 0, "ends": 0}
    for may_lose, accepted in ((0, 2e-4), (1, 4e-4), (3, 8e-4), (4, 1e-3), (9, 1e-3)):
        most = HourGuard().lines(
            now_s=0, closes_at_s=DAY_S, ringing=0, may_lose=may_lose, **state
        )  # fmt: skip
        moment = Moment(ringing=0, may_lose=may_lose, **state)
        answers = [moment.answers_of(lines, moment.rise()) for lines in (most, most + 1)]
        held, over = (
            beyond(5 + may_lose, mean, most + more, 0.0) for more, mean in enumerate(answers)
        )
        assert held <= accepted < over


def lines_for_idle(guard: HourGuard, now_s: float, idle: int, here: int) -> int:
    """Asked for one each, in an hour that may lose nobody."""
    return guard.lines(
        now_s=now_s, closes_at_s=now_s + 60, free=idle, ringing=0, chance=0.3, may_lose=0, rate=0,
        answers=0, ends=0, here=here, most=idle,
    )  # fmt: skip


def test_before_lunch_not_every_idle_agent_has_a_line() -> None:
    """All ten are idle, as after an empty list, and half may leave while lines ring."""
    guard = HourGuard()
    assert lines_for_idle(guard, 0, 10, 10) == 7
    assert lines_for_idle(guard, 0, 10, 0) == 10  # nobody leaves without being asked
    assert lines_for_idle(guard, 0, 1, 2) == 0  # the other is in a call


def test_an_hour_in_which_nobody_left_for_twenty_days_is_not_lunch_time() -> None:
    guard = HourGuard()
    for day in range(20):
        guard.counted(False, now_s=day * DAY_S + 10)
    assert lines_for_idle(guard, 19 * DAY_S + 20, 10, 10) == 7
    assert lines_for_idle(guard, 20 * DAY_S + 20, 10, 10) == 10
    assert lines_for_idle(guard, 20 * DAY_S + HOUR_S, 10, 10) == 7  # another hour is unknown
    for _ in range(3):
        guard.left(now_s=20 * DAY_S + HOUR_S + 5, here=10)
    assert guard.may_leave(now_s=20 * DAY_S + HOUR_S + 5) == 0.5  # too few to speak of
    for _ in range(4):
        guard.left(now_s=21 * DAY_S + HOUR_S, here=10)
    assert guard.may_leave(now_s=21 * DAY_S + HOUR_S) == pytest.approx(0.4)


def test_a_small_hour_waits_until_one_call_is_not_above_the_cap() -> None:
    """Of twenty answers one is 5 %."""
    guard = HourGuard()
    for second in range(19):
        guard.counted(False, now_s=second)
    assert guard.may_lose(now_s=19, rate=0, closes_at_s=20_000) == 0
    guard.counted(False, now_s=19)
    assert guard.may_lose(now_s=20, rate=0, closes_at_s=20_000) == 1
    guard.counted(True, now_s=23)
    assert guard.may_lose(now_s=24, rate=0, closes_at_s=20_000) == 0
    # at the turn of the hour, what rings may be answered in the next, of which little is sure
    for second in range(2_000):
        guard.counted(False, now_s=1_000 + second)
    assert guard.may_lose(now_s=3_500, rate=0.01, closes_at_s=20_000) == 100
    assert guard.may_lose(now_s=3_570, rate=0.01, closes_at_s=20_000) == 0
    assert guard.may_lose(now_s=3_570, rate=0.01, closes_at_s=3_599) == 100


def test_what_is_refused_says_what_was_allowed() -> None:
    guard = HourGuard()
    guard.counted(False, now_s=100)
    with pytest.raises(ValueError, match="now_s is 99"):
        guard.counted(False, now_s=99)
    with pytest.raises(ValueError, match="closes_at_s is 50"):
        guard.may_lose(now_s=100, rate=1, closes_at_s=50)
    with pytest.raises(ValueError, match="here is 0"):
        guard.left(now_s=100, here=0)
    with pytest.raises(ValueError, match=r"cap is 0\.9"):
        HourGuard(cap=0.9)
