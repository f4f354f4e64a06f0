"""A pace decides as its parts do, each of which has a twin of its own, put together by hand."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastdial.kernel.answer_rates import AnswerFactor
from fastdial.kernel.budget import RiskBudget
from fastdial.kernel.hazards import HazardLaw
from fastdial.kernel.pace import Pace
from fastdial.kernel.pacing import Forecast

MONDAY = 1_772_452_800_123
NO_CAP = 1_000_000
ONE_GROUP = b"\1"
CHANCE = 0.3


class Twin:
    """The same, slowly: one law, one estimate, one forecast, a second at a time."""

    def __init__(self) -> None:
        self.answer = HazardLaw(mean_s=15)
        self.silence = HazardLaw(mean_s=15)
        self.handle = HazardLaw(bin_s=3, growth=1.08, mean_s=240)
        self.factor = AnswerFactor()
        self.forecast = Forecast(self.answer, self.silence, self.handle, patience_s=2)
        self.survival = self._survival()
        self.answers = self.news = 0
        self.rang_at = self.began_at = -1e9
        self.second: int | None = None
        self.lines: dict[int, int] = {}
        self.talks: dict[int, int] = {}

    def _survival(self) -> list[float]:
        return [self.answer.survival(max(at - 0.5, 0.0)) for at in range(64)]

    def until(self, now: int) -> None:
        second = now // 1_000
        if self.second is None or second - self.second > 1_800:
            self.factor.open_day(second)
        else:
            for one in range(self.second + 1, second + 1):
                self.factor.tick(one, self.survival, settled=self.answers < 30)
        self.second = second

    def learn(self, now: int) -> None:
        self.until(now)
        if self.news >= 50:
            self.news = 0
            self.handle.refresh([(now - since) / 1_000 for since in self.talks.values()])
            self.answer.refresh()
            self.silence.refresh()
            self.forecast.refresh()
            self.survival = self._survival()

    def dialed(self, call: int, now: int) -> None:
        self.learn(now)
        if not self.lines and now / 1_000 - self.rang_at > 60:
            self.began_at = now / 1_000
        self.lines[call] = now
        self.factor.dialed(now / 1_000, CHANCE)
        self.rang_at = now / 1_000

    def over(self, call: int, now: int, how: str) -> None:
        self.learn(now)
        at = self.lines.pop(call)
        rang_s = (now - at) / 1_000
        self.rang_at = now / 1_000
        self.news += 1
        if how == "answered":
            self.answers += 1
            self.factor.answered(at / 1_000)
            self.answer.observe(rang_s)
        elif how == "unanswered":
            self.silence.observe(rang_s)
        else:
            still = self.answer.survival(rang_s)
            likely = min(CHANCE * self.factor.factor, 0.98)
            self.factor.given_up(at / 1_000, CHANCE, still)
            share = likely * still
            share /= share + (1 - likely) * self.silence.survival(rang_s) + 1e-9
            self.answer.observe(rang_s, ended=False, weight=share)
            self.silence.observe(rang_s, ended=False, weight=1 - share)

    def decide(self, now: int, idle: int, theta: float) -> tuple[int, float, float]:
        self.until(now)
        now_s = now / 1_000
        chance = CHANCE * self.factor.factor
        given: dict[str, Any] = {
            "idle": idle,
            "ages_s": [(now - at) / 1_000 for at in self.lines.values()],
            "answers": min(chance, 1.0),
            "busy_s": [(now - since) / 1_000 for since in self.talks.values()],
            "answer": min(chance, 1.0),
            "theta": theta,
            "doubt": self.factor.doubt,
        }
        ends = self.forecast.decide(most=0, **given).ends[-1]
        is_silent = not self.lines and now_s - self.rang_at > 60
        if is_silent or now_s - self.began_at < 25:
            most = 2 * idle + 1
        else:
            most = int(4 * (idle + ends + 1) / max(CHANCE * self.factor.settled, 0.001))
        made = self.forecast.decide(most=most, **given)
        return made.launch, made.overflow, made.accepted


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["dialed", "dialed", "dialed", "answered", "unanswered", "given_up", "talks", "free"]
        ),
        st.integers(0, 40),
        st.sampled_from([0, 3, 250, 1_000, 1_700, 9_000, 61_000]),
    ),
    max_size=60,
)


@settings(max_examples=60, deadline=None)
@given(STEPS, st.integers(0, 6), st.integers(1, 12))
def test_a_pace_decides_as_its_parts_together(
    steps: list[tuple[str, int, int]], idle: int, times: int
) -> None:
    pace, twin = Pace(), Twin()
    now, call = MONDAY, 0
    for what, pick, ms in steps * times:
        now += ms
        if what == "dialed":
            call += 1
            pace.dialed(call, now, CHANCE)
            twin.dialed(call, now)
        elif what == "talks":
            pace.talks(pick, 0, now, True)
            twin.talks[pick] = now
        elif what == "free" and twin.talks:
            agent = sorted(twin.talks)[pick % len(twin.talks)]
            pace.talk_over(agent)
            lasted = now - twin.talks.pop(agent)
            pace.finished(lasted, now)
            twin.handle.observe(lasted / 1_000)
            twin.news += 1
            twin.learn(now)
        elif twin.lines and what in ("answered", "unanswered", "given_up"):
            one = sorted(twin.lines)[pick % len(twin.lines)]
            getattr(pace, what)(one, now)
            twin.over(one, now, what)
    assert pace.ringing == sorted(twin.lines)
    assert pace.talking == sorted(twin.talks)
    now += 1_400
    launch = pace.decide(
        now, (), ONE_GROUP, idle, 0, len(twin.lines), NO_CAP, False, 100_000, CHANCE
    )  # fmt: skip
    wanted, overflow, accepted = twin.decide(now, idle, pace.learned_at(now)["theta"])
    assert launch == wanted
    assert pace.reasons["overflow"] == pytest.approx(overflow, rel=1e-5, abs=1e-9)
    assert pace.reasons["accepted"] == pytest.approx(accepted)
    assert pace.learned_at(now)["factor"] == pytest.approx(twin.factor.factor)
    assert pace.learned_at(now)["handle_s"] == pytest.approx(twin.handle.mean_s)


@settings(max_examples=60, deadline=None)
@given(STEPS, st.integers(0, 59))
def test_one_that_is_written_down_in_between_goes_on_as_it_would(
    steps: list[tuple[str, int, int]], place: int
) -> None:
    pace, other = Pace(), Pace()
    now, call = MONDAY, 0
    lines: dict[int, int] = {}
    for at, (what, pick, ms) in enumerate(steps):
        now += ms
        if at == place:
            other = Pace.from_bytes(pace.to_bytes())
            for ringing, dialed_at in lines.items():
                other.line(ringing, dialed_at, dialed_at, CHANCE)
        if what == "dialed":
            call += 1
            lines[call] = now
            for one in (pace, other):
                one.dialed(call, now, CHANCE)
        elif lines and what in ("answered", "unanswered", "given_up"):
            ended = sorted(lines)[pick % len(lines)]
            del lines[ended]
            for one in (pace, other):
                getattr(one, what)(ended, now)
    assert other.to_bytes() == pace.to_bytes()
    asked = (now + 5_000, (), ONE_GROUP, 2, 0, len(lines), 3, False, 50, CHANCE)
    assert other.decide(*asked) == pace.decide(*asked)
    assert other.reasons == pace.reasons


@given(st.lists(st.booleans(), max_size=80))
def test_the_risk_follows_what_is_spare_as_in_a_budget(lost: list[bool]) -> None:
    pace = Pace()
    pace.aim(target=0.03, window="life", patience_s=2)
    budget = RiskBudget(theta=0.03, handicap=10 + 0.2 * 10, window="life")
    for answered, abandoned in enumerate(lost, 1):
        budget.counted(abandoned)
        spare = 0.03 * answered - sum(lost[:answered])
        pace.counted(float(abandoned), 1.0, spare, 10, 0.0)
    assert pace.learned_at(0)["theta"] == pytest.approx(budget.theta)
