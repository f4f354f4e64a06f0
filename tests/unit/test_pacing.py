"""Predictive pacing: the guard is the last word, and progressive dialing is the first."""

from hypothesis import given
from hypothesis import strategies as st

from fastdial.engine.pacing import View, answer_rate, lines_to_launch
from fastdial.engine.records import Estimates
from fastdial.messages.settings import PacingSettings

ESTIMATES = st.builds(
    lambda resolved, share, ring_ms, handle_ms: Estimates(
        resolved, resolved * share, ring_ms, handle_ms
    ),
    st.floats(0, 500),
    st.floats(0, 1),
    st.floats(0, 60_000),
    st.floats(0, 600_000),
)


@st.composite
def views(draw: st.DrawFn) -> View:
    idle = draw(st.integers(0, 200))
    busy = draw(st.integers(0, 200))
    answered = draw(st.integers(0, 10_000))
    cap = draw(st.sampled_from([0.0, 0.01, 0.03, 0.05, 0.5]))
    return View(
        idle=idle,
        busy=busy,
        here=idle + busy + draw(st.integers(0, 20)),
        lines=draw(st.integers(0, 300)),
        spare=cap * answered - draw(st.integers(0, min(answered, 400))),
        false_positive_share=0.0,
        estimates=draw(ESTIMATES),
        cap=cap,
        settings=PacingSettings(max_lines_per_agent=draw(st.floats(1, 20))),
    )


def view(**changes: object) -> View:
    fields: dict[str, object] = {
        "idle": 5,
        "busy": 15,
        "here": 20,
        "lines": 0,
        "spare": 30.0,
        "false_positive_share": 0.0,
        "estimates": Estimates(resolved=400, answered=80),
        "cap": 0.03,
        "settings": PacingSettings(),
    }
    return View(**{**fields, **changes})  # type: ignore[arg-type] # fields of a view


@given(views(), st.data())
def test_co_5_whatever_the_lines_do_the_cap_is_not_broken(seen: View, data: st.DataObject) -> None:
    launched = lines_to_launch(seen)
    assert launched >= 0
    if launched == 0:
        return
    lines = seen.lines + launched
    assert lines <= seen.settings.max_lines_per_agent * seen.here
    answer = data.draw(st.integers(0, lines), "how many of the lines are answered at once")
    lost = max(0, answer - seen.idle)
    cap = seen.cap
    if lost:
        assert lost <= seen.spare + cap * answer + 1e-6


@given(st.integers(0, 50), st.integers(0, 50))
def test_with_nothing_to_spend_it_is_progressive(idle: int, busy: int) -> None:
    fresh = view(idle=idle, busy=busy, here=idle + busy, spare=0.0)
    assert lines_to_launch(fresh) == idle
    spent = view(idle=idle, busy=busy, here=idle + busy, spare=-0.5)
    assert lines_to_launch(spent) == idle


def test_with_a_budget_it_dials_ahead_and_more_so_the_fewer_answer() -> None:
    few = view(estimates=Estimates(resolved=400, answered=40))
    many = view(estimates=Estimates(resolved=400, answered=200))
    assert lines_to_launch(few) > lines_to_launch(many) > 5


def test_lines_that_ring_already_are_counted() -> None:
    assert lines_to_launch(view(lines=6)) == lines_to_launch(view()) - 6


def test_nobody_at_work_means_no_calls() -> None:
    assert lines_to_launch(view(idle=0, busy=0, here=0)) == 0


def test_the_answer_rate_is_learned() -> None:
    assert answer_rate(Estimates(resolved=0, answered=0)) == 0.3
    assert abs(answer_rate(Estimates(resolved=10_000, answered=1_000)) - 0.1) < 0.01
