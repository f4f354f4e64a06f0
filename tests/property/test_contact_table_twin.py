"""A contact table does what its slow twin does, whatever is asked of it in whatever order."""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from effort import examples
from fastdial.kernel.contact_table import ContactTable
from twins.contact_table import ContactTable as Twin
from twins.contact_table import Number

# Few keys, so that they meet again, of every length of tail; and whatever text there is.
known_keys = st.builds(
    lambda n, length: f"{n:x}".ljust(length, "é" if length % 2 else "k"),
    st.integers(0, 9),
    st.sampled_from([1, 12, 13, 16, 17, 20, 21, 28, 32, 36, 44, 52, 60, 64]),
)
keys = known_keys | st.text(max_size=70)
numbers = st.builds(
    Number,
    st.integers(48_000_000_000, 48_000_000_009) | st.just(0) | st.integers(-1, 10**15),
    st.integers(0, 255),
    st.integers(0, 700),
    st.integers(701, 1440),
)
chains = st.lists(numbers, min_size=1, max_size=8)
zones = st.none() | st.integers(0, 65_535)
words = st.integers(-(2**63), 2**63 - 1)


def copies(chain: list[Number]) -> list[Number]:
    return [Number(n.number, n.kind, n.from_minute, n.until_minute) for n in chain]


class TableAndTwin(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.table = ContactTable()
        self.twin = Twin()

    def load(
        self, rows: list[tuple[str, list[Number]]], zone: int | None, sequence: int | None = None
    ) -> None:
        width = max(len(chain) for _, chain in rows)

        def column(name: str, filler: int) -> list[list[int]]:
            return [
                [getattr(number, name) for number in chain] + [filler] * (width - len(chain))
                for _, chain in rows
            ]

        loaded = self.table.load(
            [key for key, _ in rows],
            column("number", 0),
            kinds=column("kind", 0),
            from_minutes=column("from_minute", 0),
            until_minutes=column("until_minute", 1440),
            zones=zone,
            sequences=sequence,
        )
        for i, (key, chain) in enumerate(rows):
            expected = self.twin.upsert(key, copies(chain), zone, sequence or 0)
            if expected is None:
                assert loaded.rows[i] == -1
                assert loaded.refused[i]
            else:
                assert (loaded.rows[i], loaded.new[i]) == expected
                assert not loaded.refused[i]

    @rule(key=keys, chain=chains, zone=zones, sequence=st.none() | words)
    def load_one(
        self, key: str, chain: list[Number], zone: int | None, sequence: int | None
    ) -> None:
        self.load([(key, chain)], zone, sequence)

    @rule(rows=st.lists(st.tuples(keys, chains), min_size=1, max_size=20), zone=zones)
    def load_many(self, rows: list[tuple[str, list[Number]]], zone: int | None) -> None:
        self.load(rows, zone)

    @rule(first=st.integers(0, 3), count=st.integers(1, 2000))
    def load_crowd(self, first: int, count: int) -> None:
        names = [f"crowd-{n}" for n in range(first * 1000, first * 1000 + count)]
        loaded = self.table.load(names, np.full(count, 48_123_456_789))
        expected = [self.twin.upsert(name, [Number(48_123_456_789)], None) for name in names]
        pairs = zip(loaded.rows.tolist(), loaded.new.tolist(), strict=True)
        assert list(pairs) == expected

    @precondition(lambda self: self.twin.row_of)
    @rule(data=st.data())
    def remove_one(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(list(self.twin.row_of)))
        self.table.remove(self.twin.row_of[key])
        self.twin.remove(key)

    @precondition(lambda self: self.twin.row_of)
    @rule(step=st.integers(1, 7))
    def remove_many(self, step: int) -> None:
        names = list(self.twin.row_of)[::step]
        rows = [self.twin.row_of[key] for key in names]
        assert self.table.remove_many(rows + rows[:3]) == len(names)
        for key in names:
            self.twin.remove(key)

    @precondition(lambda self: self.twin.row_of)
    @rule(data=st.data(), at=st.integers(0, 2**60), day=st.integers(0, 3))
    def attempt(self, data: st.DataObject, at: int, day: int) -> None:
        key = data.draw(st.sampled_from(list(self.twin.row_of)))
        contact = self.twin.contact(key)
        i = data.draw(st.integers(0, len(contact.numbers) - 1))
        row = self.twin.row_of[key]
        self.table.count_attempt(row, i, at, day)
        self.twin.count_attempt(key, i, at, day)
        self.table.put("number_next", [row], i)
        contact.number_next = i
        self.table.set_next_due_at(row, at + day)
        contact.next_due_at = at + day
        self.table.set_state(row, day)
        contact.state = day

    @precondition(lambda self: self.twin.row_of)
    @rule(data=st.data(), marks=words, reason=st.integers(0, 65_535), state=st.integers(0, 255))
    def mark(self, data: st.DataObject, marks: int, reason: int, state: int) -> None:
        key = data.draw(st.sampled_from(list(self.twin.row_of)))
        contact = self.twin.contact(key)
        row = self.twin.row_of[key]
        self.table.put("marks", [row], marks)
        contact.marks = marks
        self.table.put("reason", [row], reason)
        contact.reason = reason
        self.table.put("sequence", [row], marks ^ reason)
        contact.sequence = marks ^ reason
        i = data.draw(st.integers(0, len(contact.numbers) - 1))
        self.table.put("number_state", [row], state, number=i)
        contact.numbers[i].state = state

    @rule(seed=st.integers(0, 2**64 - 1))
    def restore(self, seed: int) -> None:
        snapshot = self.table.snapshot()
        assert len(snapshot) == self.table.snapshot_nbytes()
        self.table = ContactTable.restore(snapshot, seed=seed)
        assert self.table.snapshot() == snapshot

    @invariant()
    def finds_every_key(self) -> None:
        rows = self.table.find_many([*self.twin.row_of, "not there"])
        assert rows.tolist() == [*self.twin.row_of.values(), -1]
        assert len(self.table) == len(self.twin.row_of)

    @invariant()
    def rows_are_the_same(self) -> None:
        rows = sorted(self.twin.row_of.values())
        assert self.table.live_rows().tolist() == rows
        assert self.table.row_limit == len(self.twin.contacts)

    @invariant()
    def columns_are_the_same(self) -> None:
        contacts = self.twin.contacts[:60]
        for name in ("zone", "attempts", "day", "day_attempts", "last_attempt_at"):
            assert self.table.column(name, 0, len(contacts)).tolist() == [
                getattr(c, name, 0) for c in contacts
            ]
        for name in ("next_due_at", "state", "number_next", "sequence", "marks", "reason"):
            assert self.table.column(name, 0, len(contacts)).tolist() == [
                getattr(c, name, 0) for c in contacts
            ]

    @invariant()
    def some_contacts_are_the_same(self) -> None:
        for key, row in list(self.twin.row_of.items())[-40:]:
            contact = self.twin.contact(key)
            assert self.table.key(row) == key
            assert self.table.numbers(row) == [number.number for number in contact.numbers]
            for i, number in enumerate(contact.numbers):
                assert self.table.number_attempts(row, i) == number.attempts
                assert self.table.take("number_kind", [row], number=i)[0] == number.kind
                assert self.table.take("number_state", [row], number=i)[0] == number.state


TestTableAndTwin = TableAndTwin.TestCase
TestTableAndTwin.settings = settings(
    max_examples=examples(40), stateful_step_count=30, deadline=None
)
