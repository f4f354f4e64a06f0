"""The ready queue does what its slow twin does, whatever is done to both."""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from effort import examples
from fastdial.kernel.ready_queue import ReadyQueue
from twins.ready_queue import ReadyQueueTwin, Row

ORDERS = st.sampled_from(["oldest", "newest", "random", "column"])
SEEDS = st.integers(0, 2**64 - 1)
IDS = st.one_of(st.integers(0, 40), st.integers(0, 2000), st.integers(0, 2**63 - 1))
PRIORITIES = st.one_of(st.integers(-2, 2), st.integers(-(2**31), 2**31 - 1))
RANKS = st.one_of(st.integers(-3, 3), st.integers(-(2**63), 2**63 - 1))
CLASSES = st.one_of(st.integers(0, 3), st.sampled_from([40, 65535]))


class ReadyQueueMachine(RuleBasedStateMachine):
    @initialize(order=ORDERS, seed=SEEDS)
    def start(self, order: str, seed: int) -> None:
        self.queue = ReadyQueue(order, seed=seed)
        self.twin = ReadyQueueTwin(order, seed)

    @rule(contact=IDS, priority=PRIORITIES, rank=RANKS, window_class=CLASSES)
    def push(self, contact: int, priority: int, rank: int, window_class: int) -> None:
        if self.twin.index(contact) is not None:
            try:
                self.queue.push(contact)
            except ValueError:
                return
            raise AssertionError
        self.queue.push(contact, priority=priority, rank=rank, window_class=window_class)
        self.twin.push(Row(contact, priority, rank, window_class))

    @rule(
        count=st.integers(0, 900),
        seed=st.integers(0, 2**32),
        spread=st.sampled_from([1, 3, 500, 2**40, 2**63 - 1]),
        skewed=st.booleans(),
        classes=st.integers(1, 4),
        sparse=st.booleans(),
    )
    def push_many(
        self, count: int, seed: int, spread: int, skewed: bool, classes: int, sparse: bool
    ) -> None:
        rng = np.random.default_rng(seed)
        ids = rng.permutation(np.unique(rng.integers(0, 2**63 - 1 if sparse else 2000, count)))
        fresh = [contact for contact in ids.tolist() if self.twin.index(contact) is None]
        ids = np.array(fresh, dtype=np.int64)
        priorities = rng.integers(-1, 2, len(ids))
        ranks = rng.integers(-spread, spread, len(ids))
        if skewed:
            ranks >>= rng.integers(0, 63, len(ids))
        window_classes = rng.integers(0, classes, len(ids))
        self.queue.push_many(ids, priorities=priorities, ranks=ranks, window_classes=window_classes)
        for row in zip(ids, priorities, ranks, window_classes, strict=True):
            self.twin.push(Row(*map(int, row)))

    @rule(ids=st.lists(IDS, max_size=5))
    def push_many_is_all_or_nothing(self, ids: list[int]) -> None:
        before = self.queue.entries()
        bad = [*ids, 2001, 2001]
        try:
            self.queue.push_many(bad)
        except ValueError:
            after = self.queue.entries()
            assert [column.tolist() for column in after] == [column.tolist() for column in before]
            return
        raise AssertionError

    @rule(contact=IDS)
    def remove(self, contact: int) -> None:
        assert (contact in self.queue) == (self.twin.index(contact) is not None)
        assert self.queue.remove(contact) == self.twin.remove(contact)

    @rule(step=st.integers(2, 7))
    def remove_every(self, step: int) -> None:
        for row in self.twin.rows[::step]:
            assert self.queue.remove(row.id)
            self.twin.remove(row.id)

    @rule(at=st.integers(0, 10**6), priority=PRIORITIES)
    def set_priority(self, at: int, priority: int) -> None:
        if self.twin.rows:
            contact = self.twin.rows[at % len(self.twin.rows)].id
            self.queue.set_priority(contact, priority)
            self.twin.set_priority(contact, priority)

    @rule()
    def pop(self) -> None:
        expected = self.twin.pop_many(1)
        assert self.queue.peek() == (expected[0] if expected else None)
        assert self.queue.pop() == (expected[0] if expected else None)

    @rule(count=st.integers(0, 300))
    def pop_many(self, count: int) -> None:
        assert self.queue.pop_many(count).tolist() == self.twin.pop_many(count)

    @rule(window_class=CLASSES)
    def open_class(self, window_class: int) -> None:
        self.queue.open_class(window_class)
        self.twin.open.add(window_class)

    @rule(window_class=CLASSES)
    def close_class(self, window_class: int) -> None:
        self.queue.close_class(window_class)
        self.twin.open.discard(window_class)
        assert not self.queue.is_open(window_class)
        held = sum(row.window_class == window_class for row in self.twin.rows)
        assert self.queue.class_size(window_class) == held

    @rule(order=ORDERS, seed=SEEDS)
    def reorder(self, order: str, seed: int) -> None:
        self.queue.reorder(order, seed=seed)
        self.twin.order, self.twin.seed = order, seed

    @rule(count=st.integers(0, 1000), open_only=st.booleans())
    def first(self, count: int, open_only: bool) -> None:
        expected = self.twin.listed(open_only=open_only)[:count]
        assert self.queue.first(count, open_only=open_only).tolist() == expected

    @rule()
    def iterate(self) -> None:
        assert list(self.queue) == self.twin.listed()

    @rule()
    def snapshot(self) -> None:
        entries = self.queue.entries()
        rows = [Row(*map(int, row)) for row in zip(*entries, strict=True)]
        assert rows == self.twin.rows
        ids, priorities, ranks, window_classes = entries
        self.queue = ReadyQueue(self.twin.order, seed=self.twin.seed)
        self.queue.push_many(ids, priorities=priorities, ranks=ranks, window_classes=window_classes)
        self.queue.close_class(0)
        for window_class in sorted(self.twin.open):
            self.queue.open_class(window_class)

    @rule(left=st.integers(0, 2000))
    def run_out_of_sequence_numbers(self, left: int) -> None:
        if len(self.queue) < 2**32 - 1 - left:
            self.queue._skip_sequence(left)

    @invariant()
    def counts(self) -> None:
        if hasattr(self, "queue"):
            assert len(self.queue) == len(self.twin.rows)
            assert self.queue.ready == sum(
                row.window_class in self.twin.open for row in self.twin.rows
            )


TestReadyQueue = ReadyQueueMachine.TestCase
TestReadyQueue.settings = settings(max_examples=examples(60), stateful_step_count=40, deadline=None)
