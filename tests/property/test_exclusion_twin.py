"""An exclusion set does what its slow twin does, whatever is asked of it in whatever order."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from effort import examples
from fastdial.kernel.exclusion import ExclusionSet, parse_numbers
from twins.exclusion import NUMBER_MAX
from twins.exclusion import ExclusionSet as Twin
from twins.exclusion import parse_numbers as parse_slowly

# Few of them, so that they meet again; at the ends of what is allowed; and anywhere.
numbers = (
    st.integers(48_600_000_000, 48_600_000_050)
    | st.integers(1, 40)
    | st.integers(NUMBER_MAX - 20, NUMBER_MAX)
    | st.integers(1, NUMBER_MAX)
)
# Crowds with a step give leaves of every form: bitmaps, narrow and wide distances.
crowds = st.builds(
    lambda first, count, step, odd: [first + n * step + (n * odd) % step for n in range(count)],
    st.sampled_from([1, 48_600_000_000, 10**12]),
    st.integers(1, 1500),
    st.sampled_from([1, 2, 9, 17, 1000, 10**6, 10**10]),
    st.integers(0, 5),
)


class SetAndTwin(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.excluded = ExclusionSet()
        self.twin = Twin()
        self.asked: list[int] = [1, NUMBER_MAX]

    @rule(number=numbers)
    def add(self, number: int) -> None:
        self.asked.append(number)
        assert self.excluded.add(number) == bool(self.twin.add_many([number]))

    @rule(number=numbers)
    def discard(self, number: int) -> None:
        assert self.excluded.discard(number) == bool(self.twin.discard_many([number]))

    @rule(some=st.lists(numbers, max_size=20) | crowds)
    def add_many(self, some: list[int]) -> None:
        self.asked += some[::97]
        assert self.excluded.add_many(some) == self.twin.add_many(some)

    @rule(some=st.lists(numbers, max_size=20) | crowds)
    def discard_many(self, some: list[int]) -> None:
        assert self.excluded.discard_many(some) == self.twin.discard_many(some)

    @rule(some=crowds, adding=st.booleans())
    def one_by_one(self, some: list[int], adding: bool) -> None:
        for number in some[:700]:
            if adding:
                self.excluded.add(number)
            else:
                self.excluded.discard(number)
        if adding:
            self.twin.add_many(some[:700])
        else:
            self.twin.discard_many(some[:700])

    @rule(start=numbers, limit=st.integers(0, 2000))
    def reads_on(self, start: int, limit: int) -> None:
        found = self.excluded.numbers_from(start, limit)
        assert found.tolist() == self.twin.numbers_from(start, limit)

    @rule()
    def restore(self) -> None:
        snapshot = self.excluded.snapshot()
        self.excluded = ExclusionSet.restore(snapshot)
        assert self.excluded.snapshot() == snapshot
        assert ExclusionSet(list(self.twin.numbers)).snapshot() == snapshot

    @invariant()
    def holds_the_same_numbers(self) -> None:
        assert len(self.excluded) == len(self.twin.numbers)
        asked = [n for number in self.asked[-50:] for n in (number - 1, number, number + 1)]
        assert self.excluded.contains_many(asked).tolist() == self.twin.contains_many(asked)
        assert [n in self.excluded for n in asked] == self.twin.contains_many(asked)

    def teardown(self) -> None:
        assert self.excluded.numbers_from().tolist() == sorted(self.twin.numbers)
        everything = np.array(sorted(self.twin.numbers), np.int64)
        assert self.excluded.contains_many(everything).all()


TestSetAndTwin = SetAndTwin.TestCase
TestSetAndTwin.settings = settings(max_examples=examples(60), stateful_step_count=30, deadline=None)

lines = st.lists(
    st.text("0123456789+ -,.\t\rx", max_size=24)
    | st.integers(0, 10**16).map(str)
    | st.integers(10**6, NUMBER_MAX).map("+{}".format)
)


@given(lines=lines, mark=st.sampled_from([b"", b"\xef\xbb\xbf"]))
def test_parses_as_its_slow_twin(lines: list[str], mark: bytes) -> None:
    text = mark + "\n".join(lines).encode()
    found, refused = parse_numbers(text)
    assert (found.tolist(), refused.tolist()) == parse_slowly(text)


@given(text=st.binary())
def test_parses_any_bytes_as_its_slow_twin(text: bytes) -> None:
    found, refused = parse_numbers(text)
    assert (found.tolist(), refused.tolist()) == parse_slowly(text)
