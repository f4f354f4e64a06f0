"""Timers do what their slow twin does, whatever is asked of them in whatever order."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from effort import examples
from fastdial.kernel.timers import Timers
from twins.timers import Timers as Twin

NOW = 1_700_000_000_000
# Few ids, so that they meet again; neighbours, so that they crowd the same slots.
ids = st.integers(0, 40) | st.integers(0, 2**63 - 1) | st.integers(0, 9).map(lambda n: n << 48)
instants = (
    st.integers(NOW, NOW + 20)
    | st.integers(NOW, NOW + 100_000)
    | st.integers(0, 62).map(lambda bit: NOW ^ (1 << bit))
    | st.integers(-(2**63), 2**63 - 1)
)


class TimersAndTwin(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.timers = Timers()
        self.twin = Twin()

    @rule(id=ids, due_at=instants)
    def schedule(self, id: int, due_at: int) -> None:
        self.timers.schedule(id, due_at)
        self.twin.schedule(id, due_at)

    @rule(rows=st.lists(st.tuples(ids, instants), max_size=30))
    def schedule_many(self, rows: list[tuple[int, int]]) -> None:
        self.timers.schedule_many([row[0] for row in rows], [row[1] for row in rows])
        self.twin.schedule_many([row[0] for row in rows], [row[1] for row in rows])

    @rule(
        first=st.integers(0, 1 << 40),
        count=st.integers(300, 3000),
        start=instants.filter(lambda at: -(2**62) < at < 2**62),
        step=st.sampled_from([-5_000_000, -1, 0, 1, 7, 977, 60_000, 3_600_000]),
        one_by_one=st.booleans(),
    )
    def schedule_crowd(
        self, first: int, count: int, start: int, step: int, one_by_one: bool
    ) -> None:
        crowd = range(first, first + count)
        times = [start + step * n for n in range(count)]
        if one_by_one:
            for id, due_at in zip(crowd, times, strict=True):
                self.timers.schedule(id, due_at)
        else:
            self.timers.schedule_many(crowd, times)
        self.twin.schedule_many(crowd, times)

    @rule(id=ids)
    def cancel(self, id: int) -> None:
        assert (id in self.timers) == (id in self.twin)
        assert self.timers.due_at(id) == self.twin.due_at(id)
        assert self.timers.cancel(id) == self.twin.cancel(id)

    @precondition(lambda self: len(self.twin) > 0)
    @rule(share=st.integers(1, 5))
    def cancel_some(self, share: int) -> None:
        for id in self.twin.entries()[0][::share]:
            assert self.timers.cancel(id)
            self.twin.cancel(id)

    @rule(now=instants)
    def pop(self, now: int) -> None:
        assert self.timers.is_due(now) == self.twin.is_due(now)
        assert self.timers.pop(now) == self.twin.pop(now)

    @rule(now=instants, limit=st.none() | st.integers(0, 2000))
    def pop_due(self, now: int, limit: int | None) -> None:
        assert self.timers.pop_due(now, limit).tolist() == self.twin.pop_due(now, limit)

    @rule()
    def restore(self) -> None:
        restored = Timers()
        restored.schedule_many(*self.timers.entries())
        self.timers = restored

    @invariant()
    def agree(self) -> None:
        assert len(self.timers) == len(self.twin)
        assert self.timers.peek() == self.twin.peek()
        assert self.timers.next_due() == self.twin.next_due()

    def teardown(self) -> None:
        ids, due_at = self.timers.entries()
        assert (ids.tolist(), due_at.tolist()) == self.twin.entries()
        assert self.timers.pop_due(2**63 - 1).tolist() == self.twin.pop_due(2**63 - 1)


TestTimersAndTwin = TimersAndTwin.TestCase
TestTimersAndTwin.settings = settings(
    max_examples=examples(80), stateful_step_count=20, deadline=None
)
