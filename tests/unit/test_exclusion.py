"""Exclusion sets: bulk loads, single changes, memory, snapshots, and numbers read from text."""

import pickle
from typing import Any

import numpy as np
import pytest

from fastdial.kernel.exclusion import ExclusionSet, parse_numbers

NUMBER = 48_600_000_000
NUMBER_MAX = 999_999_999_999_999


def spread(count: int, step: int = 100) -> Any:
    rng = np.random.default_rng(5)
    return np.unique(NUMBER + rng.integers(0, count * step, count))


class TestAsking:
    def test_co_2_a_number_is_in_it_or_not(self) -> None:
        excluded = ExclusionSet([NUMBER + 5, NUMBER, NUMBER + 5])
        assert len(excluded) == 2
        assert NUMBER in excluded
        assert NUMBER + 1 not in excluded
        asked = [NUMBER - 1, NUMBER, NUMBER + 1, NUMBER + 5]
        assert excluded.contains_many(asked).tolist() == [False, True, False, True]

    @pytest.mark.parametrize("number", [0, -1, NUMBER_MAX + 1, 2**63, 2**70, "48600", 1.5, None])
    def test_what_is_no_number_is_not_in_it(self, number: object) -> None:
        assert number not in ExclusionSet([1, NUMBER_MAX])

    def test_unsigned_numbers_beyond_int64_are_not_in_it(self) -> None:
        asked = np.array([2**64 - 1, 2**63, NUMBER], np.uint64)
        assert ExclusionSet([1, NUMBER]).contains_many(asked).tolist() == [False, False, True]

    def test_an_empty_set_holds_nothing(self) -> None:
        excluded = ExclusionSet()
        assert len(excluded) == 0
        assert NUMBER not in excluded
        assert not excluded.contains_many([NUMBER]).any()
        assert excluded.contains_many([]).tolist() == []
        assert excluded.numbers_from().tolist() == []
        assert not excluded.discard(NUMBER)

    def test_the_ends_of_what_is_allowed_are_kept(self) -> None:
        excluded = ExclusionSet([NUMBER_MAX, 1])
        assert excluded.numbers_from().tolist() == [1, NUMBER_MAX]


class TestChanging:
    @pytest.mark.parametrize("number", [0, -1, NUMBER_MAX + 1, 2**70])
    def test_what_is_no_number_is_refused(self, number: int) -> None:
        excluded = ExclusionSet()
        for change in (excluded.add, excluded.discard):
            with pytest.raises(ValueError, match=f"number {number}.*1 to 999999999999999"):
                change(number)

    def test_one_bad_number_adds_none(self) -> None:
        excluded = ExclusionSet()
        with pytest.raises(ValueError, match="number 0 at 1"):
            excluded.add_many([NUMBER, 0])
        assert len(excluded) == 0

    @pytest.mark.parametrize(
        ("numbers", "error", "says"),
        [
            ([1.5], TypeError, "holds float64"),
            (["48600"], TypeError, "must be integers"),
            ([[1, 2]], ValueError, "2 dimensions"),
        ],
    )
    def test_arguments_of_other_kinds_are_refused(
        self, numbers: Any, error: type[Exception], says: str
    ) -> None:
        for ask in (ExclusionSet, ExclusionSet().add_many, ExclusionSet().contains_many):
            with pytest.raises(error, match=says):
                ask(numbers)

    def test_adding_ascending_numbers_one_by_one_leaves_full_leaves(self) -> None:
        excluded = ExclusionSet()
        for number in range(NUMBER, NUMBER + 4_000_000, 40):
            excluded.add(number)
        assert excluded.nbytes / len(excluded) < 6

    def test_small_batches_and_large_ones_give_the_same_set(self) -> None:
        numbers = spread(30_000)
        at_once, by_parts = ExclusionSet(numbers), ExclusionSet()
        for part in np.array_split(np.random.default_rng(3).permutation(numbers), 400):
            by_parts.add_many(part)
        assert by_parts.snapshot() == at_once.snapshot()
        assert by_parts.discard_many(numbers[::2]) == len(numbers[::2])
        for number in numbers[::2].tolist():
            at_once.discard(number)
        assert by_parts.snapshot() == at_once.snapshot()


class TestMemory:
    @pytest.mark.parametrize(
        ("step", "most"), [(1, 0.5), (2, 0.75), (100, 2.5), (10_000, 3.5)], ids=str
    )
    def test_is_at_most_half_of_a_sorted_array(self, step: int, most: float) -> None:
        """And what is said of crowded, country-wide and world-wide numbers holds."""
        numbers = spread(1_000_000, step)
        assert ExclusionSet(numbers).nbytes / len(numbers) < most

    def test_taking_all_out_leaves_an_empty_set(self) -> None:
        numbers = spread(20_000)
        excluded = ExclusionSet(numbers)
        for part in np.array_split(numbers, 50):
            excluded.discard_many(part)
        assert len(excluded) == 0
        assert excluded.snapshot() == ExclusionSet().snapshot()
        assert excluded.add(NUMBER)


class TestSnapshots:
    def test_pickles_as_its_snapshot(self) -> None:
        excluded = ExclusionSet(spread(5000))
        assert pickle.loads(pickle.dumps(excluded)).snapshot() == excluded.snapshot()

    def test_no_damaged_byte_goes_unseen(self) -> None:
        snapshot = bytearray(ExclusionSet([*range(1, 80), *range(100, 900, 7), NUMBER]).snapshot())
        for i in range(len(snapshot)):
            snapshot[i] ^= 0x10
            with pytest.raises(ValueError, match="not a snapshot of numbers"):
                ExclusionSet.restore(snapshot)
            snapshot[i] ^= 0x10

    def test_no_shortened_or_lengthened_one_is_taken(self) -> None:
        snapshot = ExclusionSet(spread(300)).snapshot()
        for i in range(len(snapshot)):
            with pytest.raises(ValueError, match="not a snapshot of numbers"):
                ExclusionSet.restore(snapshot[:i])
        with pytest.raises(ValueError, match="its length"):
            ExclusionSet.restore(snapshot + b"\0")


class TestParsing:
    def test_one_number_a_line(self) -> None:
        found, refused = parse_numbers(b"+48 600-000-000\r\n\n 48.600.000.001 \n48,600000002")
        assert found.tolist() == [NUMBER, NUMBER + 1, NUMBER + 2]
        assert refused.tolist() == []

    @pytest.mark.parametrize(
        "line",
        ["123456", "1234567890123456", "0048600000000", "++4860000000", "48600x00000", "+", "-",
         "- 4860000000", "tel:4860000000", "4860000000\0"],
    )  # fmt: skip
    def test_other_lines_are_refused_by_their_number(self, line: str) -> None:
        found, refused = parse_numbers(f"48600000000\n{line}\n48600000001\n".encode())
        assert found.tolist() == [NUMBER, NUMBER + 1]
        assert refused.tolist() == [2]

    def test_no_text_has_no_numbers(self) -> None:
        assert [part.tolist() for part in parse_numbers(b"")] == [[], []]
