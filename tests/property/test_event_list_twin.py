"""The event list does what its slow twin does, whatever is asked of it in whatever order."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from effort import examples
from fastdial.kernel.event_list import ID_MAX, EventList
from twins.event_list import EventList as Twin

# Few ids, so that they meet again, and few times, so that ties are common.
ids = st.integers(0, 30) | st.integers(0, 3_000) | st.just(ID_MAX)
times = (
    st.integers(-3, 12).map(float)
    | st.just(-0.0)
    | st.floats(0, 1e6)
    | st.floats(allow_nan=False, allow_infinity=False)
)


class EventsAndTwin(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.events = EventList()
        self.twin = Twin()

    @rule(id=ids, at=times)
    def schedule(self, id: int, at: float) -> None:
        self.events.schedule(id, at)
        self.twin.schedule(id, at)

    @rule(rows=st.lists(st.tuples(ids, times), max_size=40))
    def schedule_many(self, rows: list[tuple[int, float]]) -> None:
        self.events.schedule_many([row[0] for row in rows], [row[1] for row in rows])
        self.twin.schedule_many([row[0] for row in rows], [row[1] for row in rows])

    @rule(
        first=st.integers(0, 1_000),
        count=st.integers(50, 500),
        start=st.floats(-1e3, 1e3),
        step=st.sampled_from([-1.0, -0.01, 0.0, 0.25, 7.0]),
    )
    def schedule_crowd(self, first: int, count: int, start: float, step: float) -> None:
        for n in range(count):
            self.events.schedule(first + n, start + n * step)
            self.twin.schedule(first + n, start + n * step)

    @rule(id=ids)
    def cancel(self, id: int) -> None:
        assert (id in self.events) == (id in self.twin)
        assert self.events.time_of(id) == self.twin.time_of(id)
        assert self.events.cancel(id) == self.twin.cancel(id)

    @precondition(lambda self: len(self.twin) > 0)
    @rule(share=st.integers(1, 5))
    def cancel_some(self, share: int) -> None:
        for id in self.twin.ids()[::share]:
            assert self.events.cancel(id)
            self.twin.cancel(id)

    @rule()
    def pop(self) -> None:
        assert self.events.pop() == self.twin.pop()

    @rule(count=st.integers(1, 60), lasts=st.floats(0, 20))
    def simulate(self, count: int, lasts: float) -> None:
        """As a model does: what is popped is scheduled again, without a look in between."""
        for n in range(count):
            popped = self.events.pop()
            assert popped == self.twin.pop()
            if popped is not None:
                self.events.schedule(popped[0] ^ (n & 1), popped[1] + lasts)
                self.twin.schedule(popped[0] ^ (n & 1), popped[1] + lasts)

    @rule(id=ids, at=times)
    def change_after_a_pop(self, id: int, at: float) -> None:
        assert self.events.pop() == self.twin.pop()
        assert self.events.cancel(id) == self.twin.cancel(id)
        assert self.events.time_of(id + 1 & 31) == self.twin.time_of(id + 1 & 31)
        self.schedule(id + 1 & 31, at)
        assert len(self.events) == len(self.twin)

    @rule(until=times)
    def pop_until(self, until: float) -> None:
        found = self.events.pop_until(until)
        assert (found[0].tolist(), found[1].tolist()) == self.twin.pop_until(until)

    @invariant()
    def as_many(self) -> None:
        # No peek here: it would fill the hole that a pop leaves, before another rule meets it.
        assert len(self.events) == len(self.twin)

    @rule()
    def peek(self) -> None:
        assert self.events.peek() == self.twin.peek()

    def teardown(self) -> None:
        while len(self.twin):
            assert self.events.pop() == self.twin.pop()
        assert self.events.pop() is None


TestEventsAndTwin = EventsAndTwin.TestCase
TestEventsAndTwin.settings = settings(
    max_examples=examples(60), stateful_step_count=20, deadline=None
)
