"""Levels of answers beside a plain count of all lines from the first."""

from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from effort import examples
from fastdial.kernel.answer_levels import AnswerLevels
from twins.answer_levels import Contact, LevelsTwin

CONTACTS = st.builds(
    Contact,
    list=st.integers(0, 9),
    hour=st.integers(0, 23),
    attempt=st.integers(1, 11),
    kind=st.integers(0, 7),
    told=st.none() | st.floats(0, 1),
)
FEW = st.builds(Contact, list=st.integers(0, 1), hour=st.integers(8, 9), told=st.none())
HALF_LIFE = 20.0
PRIOR = 0.4


class LevelsMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.levels = AnswerLevels(prior=PRIOR, half_life=HALF_LIFE)
        self.twin = LevelsTwin(PRIOR, HALF_LIFE)
        self.now_s = 0.0
        self.ticked_at = -1e9

    def too_late(self, serial: int) -> bool:
        return self.twin.lines[serial].dialed_at <= self.ticked_at - 64

    @rule(contact=CONTACTS | FEW, lines=st.integers(1, 12), step=st.sampled_from([0, 0, 0.5, 30]))
    def dial(self, contact: Contact, lines: int, step: float) -> None:
        for _ in range(lines):
            self.now_s += step
            serial = self.levels.dialed(self.now_s, **asdict(contact))
            assert serial == self.twin.dialed(self.now_s, contact)

    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        if self.twin.lines:
            serial = data.draw(st.integers(0, len(self.twin.lines) - 1))
            assert self.levels.answered(serial) != self.too_late(serial)
            if not self.too_late(serial):
                self.twin.lines[serial].answered = True

    @rule(data=st.data(), still=st.sampled_from([0, 0.25, 1]))
    def give_up(self, data: st.DataObject, still: float) -> None:
        if self.twin.lines:
            serial = data.draw(st.integers(0, len(self.twin.lines) - 1))
            assert self.levels.given_up(serial, still) != self.too_late(serial)
            if not self.too_late(serial):
                self.twin.lines[serial].share = 1 - still

    @rule(step=st.sampled_from([1, 20, 64, 1_000]))
    def tick(self, step: int) -> None:
        self.now_s += step
        self.levels.tick(self.now_s)
        self.ticked_at = self.now_s
        assert self.levels.pending == sum(
            line.dialed_at > self.now_s - 64 for line in self.twin.lines
        )

    @rule(contact=CONTACTS | FEW)
    def ask(self, contact: Contact) -> None:
        plain = self.twin.chance(self.ticked_at, contact)
        assert self.levels.chance(**asdict(contact)) == pytest.approx(plain, rel=1e-5)

    @rule()
    def snapshot(self) -> None:
        image = self.levels.snapshot()
        self.levels = AnswerLevels.restore(image)
        assert self.levels.snapshot() == image

    @invariant()
    def what_is_remembered_is_what_was_seen(self) -> None:
        learned = self.twin.learned(self.ticked_at)
        for name, first in (("hour", 0), ("attempt", 1), ("kind", 0)):
            for told in (False, True):
                found = self.levels.factors(name, told=told)
                for at, answers in enumerate(found.answers):
                    level = learned.get((name, told, first + at))
                    assert answers == pytest.approx(level.answers if level else 0, abs=1e-4)
                    seen = level.seen if level else 0
                    assert found.expected[at] == pytest.approx(seen, rel=1e-5, abs=1e-9)


TestLevels = LevelsMachine.TestCase
TestLevels.settings = settings(max_examples=examples(60), stateful_step_count=30, deadline=None)


@given(st.permutations(range(40)), st.integers(0, 40))
@settings(deadline=None)
def test_in_which_order_lines_end_makes_no_difference(order: list[int], answers: int) -> None:
    contact = {"list": 1, "hour": 9, "attempt": 2}
    found = []
    for ends in (range(40), order):
        levels = AnswerLevels()
        for _ in range(40):
            levels.dialed(0.0, **contact)
        for serial in ends:
            if serial < answers:
                assert levels.answered(serial)
            levels.tick(30.0)
            assert levels.chance(**contact) == pytest.approx(0.3)
        levels.tick(64.0)
        found.append(levels.chance(**contact))
    assert found[0] == found[1]
