"""Contacts by key and row: bulk loads, refusals one by one, growth without pauses, snapshots."""

import pickle
import threading
from typing import Any

import numpy as np
import pytest

from fastdial.kernel.contact_table import ContactTable, Refusal
from twins.checksum import hash_bytes

NUMBER = 48_600_000_000


def keys(count: int, first: int = 0) -> Any:
    return np.array([f"C{n:011d}" for n in range(first, first + count)], dtype="S12")


def half(name: str) -> bool:
    """Whether a key's hash without a seed begins with a bit that is set."""
    return bool(hash_bytes(name.encode(), 0) >> 63)


def filled(count: int) -> ContactTable:
    table = ContactTable()
    table.load(keys(count), NUMBER + np.arange(count))
    return table


class TestLoading:
    def test_gives_rows_in_the_order_of_the_load(self) -> None:
        loaded = ContactTable().load(["ada", "grace"], [NUMBER, NUMBER + 1])
        assert loaded.rows.tolist() == [0, 1]
        assert loaded.new.tolist() == [True, True]
        assert loaded.refused.tolist() == [0, 0]

    def test_ca_7_loading_a_key_again_updates_and_never_duplicates(self) -> None:
        table = ContactTable()
        table.load(["ada", "ada", "grace"], [1, 2, 3], zones=[7, 8, 9])
        again = table.load(["grace", "ada"], [4, 5])
        assert again.new.tolist() == [False, False]
        assert again.rows.tolist() == [1, 0]
        assert len(table) == 2
        assert table.column("number").tolist() == [5, 4]
        assert table.column("zone").tolist() == [8, 9]

    @pytest.mark.parametrize(
        "names",
        [
            ["ada", "zoë", "k" * 64],
            np.array(["ada", "zoë", "k" * 64]),
            np.array([name.encode() for name in ("ada", "zoë", "k" * 64)]),
            ([0, 3, 7, 71], "adazoë".encode() + b"k" * 64),
            ("ada", "zoë", "k" * 64),
        ],
        ids=["list", "unicode array", "bytes array", "offsets and bytes", "tuple"],
    )
    def test_takes_keys_in_any_of_their_forms(self, names: Any) -> None:
        table = ContactTable()
        assert table.load(names, [1, 2, 3]).rows.tolist() == [0, 1, 2]
        assert [table.key(row) for row in range(3)] == ["ada", "zoë", "k" * 64]
        assert table.find_many(names).tolist() == [0, 1, 2]

    @pytest.mark.parametrize(
        ("bad", "why"),
        [
            ({"keys": [""]}, Refusal.KEY),
            ({"keys": ["k" * 65]}, Refusal.KEY),
            ({"keys": ["a\0b"]}, Refusal.KEY),
            ({"keys": ["\ud800"]}, Refusal.KEY),
            ({"keys": np.array([b"\xc0\xaf"])}, Refusal.KEY),
            ({"keys": np.array([b"\xed\xa0\x80"])}, Refusal.KEY),
            ({"keys": np.array([b"\xf4\x90\x80\x80"])}, Refusal.KEY),
            ({"keys": np.array([b"abc\xe2\x82"])}, Refusal.KEY),
            ({"numbers": [0]}, Refusal.NUMBER),
            ({"numbers": [-1]}, Refusal.NUMBER),
            ({"numbers": [10**15]}, Refusal.NUMBER),
            ({"numbers": np.array([2**64 - 1], np.uint64)}, Refusal.NUMBER),
            ({"kinds": 256}, Refusal.KIND),
            ({"kinds": -1}, Refusal.KIND),
            ({"until_minutes": 1441}, Refusal.HOURS),
            ({"from_minutes": -1}, Refusal.HOURS),
            ({"from_minutes": 600, "until_minutes": 600}, Refusal.HOURS),
            ({"zones": 65_536}, Refusal.ZONE),
            ({"priorities": 2**31}, Refusal.PRIORITY),
            ({"answer_probabilities": 1.5}, Refusal.PROBABILITY),
            ({"answer_probabilities": float("nan")}, Refusal.PROBABILITY),
        ],
    )
    def test_ca_7_a_bad_row_is_refused_with_its_reason(
        self, bad: dict[str, Any], why: Refusal
    ) -> None:
        table = ContactTable()
        good: dict[str, Any] = {"keys": ["ada"], "numbers": [NUMBER]}
        loaded = table.load(**(good | bad))
        assert loaded.refused.tolist() == [why]
        assert loaded.rows.tolist() == [-1]
        assert len(table) == 0

    def test_ca_7_good_rows_beside_bad_ones_are_kept(self) -> None:
        table = ContactTable()
        loaded = table.load(["a", "", "c"], [1, 2, 10**15])
        assert loaded.refused.tolist() == [0, Refusal.KEY, Refusal.NUMBER]
        assert table.live_rows().tolist() == [0]

    def test_offsets_that_point_elsewhere_are_refused_and_not_followed(self) -> None:
        offsets = [0, 3, -5, 2, 2**62, 3]
        loaded = ContactTable().load((offsets, b"abc"), [1] * 5)
        assert loaded.refused.tolist() == [0] + [Refusal.KEY] * 4

    @pytest.mark.parametrize(
        ("arguments", "error", "says"),
        [
            ({"keys": "ada"}, TypeError, "a sequence of keys"),
            ({"keys": [b"ada"]}, TypeError, "key 0 is bytes"),
            ({"numbers": [1, 2]}, ValueError, "numbers has the shape"),
            ({"numbers": 1}, ValueError, "numbers has the shape"),
            ({"numbers": np.ones((1, 9), int)}, ValueError, "1 to 8"),
            ({"numbers": [1.5]}, TypeError, "numbers holds float64"),
            ({"zones": [1, 2]}, ValueError, "zones has the shape"),
            ({"zones": ["x"]}, TypeError, "zones holds"),
            ({"answer_probabilities": ["x"]}, TypeError, "must be real numbers"),
        ],
    )
    def test_arguments_that_do_not_agree_load_nothing(
        self, arguments: dict[str, Any], error: type[Exception], says: str
    ) -> None:
        table = ContactTable()
        good: dict[str, Any] = {"keys": ["ada"], "numbers": [NUMBER]}
        with pytest.raises(error, match=says):
            table.load(**(good | arguments))
        assert len(table) == 0

    def test_loading_nothing_is_no_error(self) -> None:
        table = ContactTable()
        assert table.load([], []).rows.tolist() == []
        assert table.find_many([]).tolist() == []
        assert table.live_rows().tolist() == []
        assert table.column("zone").tolist() == []


class TestNumbers:
    def test_a_contact_has_up_to_eight_each_once(self) -> None:
        table = ContactTable()
        table.load(["ada"], [[5, 0, 6, 5, 7, 8, 9, 10]])
        assert table.numbers(0) == [5, 6, 7, 8, 9, 10]

    def test_each_has_its_kind_and_hours(self) -> None:
        table = ContactTable()
        table.load(["ada"], [[5, 6]], kinds=[[1, 2]], from_minutes=540, until_minutes=[[1000, 60]])
        assert table.take("number_kind", [0], number=1).tolist() == [2]
        assert table.take("number_from_minute", [0]).tolist() == [540]
        assert table.take("number_until_minute", [0], number=1).tolist() == [60]

    def test_a_number_that_stays_keeps_its_attempts_its_state_and_its_turn(self) -> None:
        table = ContactTable()
        table.upsert("ada", [5, 6, 7])
        table.count_attempt(0, 1, 1000, 20_000)
        table.put("number_next", [0], 1)
        table.put("number_state", [0], 4, number=1)
        table.upsert("ada", [9, 8, 7, 6])
        assert [int(table.take("number_state", [0], number=i)[0]) for i in range(4)] == [0, 0, 0, 4]
        assert [table.number_attempts(0, i) for i in range(4)] == [0, 0, 0, 1]
        assert table.take("number_next", [0]).tolist() == [3]
        assert table.attempts(0) == 1
        table.upsert("ada", [9])
        assert table.take("number_next", [0]).tolist() == [0]

    def test_one_that_is_not_there_is_refused(self) -> None:
        table = filled(1)
        with pytest.raises(IndexError, match="number 1 of row 0: it has 1"):
            table.number(0, 1)
        with pytest.raises(IndexError, match="has no number 3"):
            table.put("number_attempts", [0], 1, number=3)
        with pytest.raises(IndexError, match="at most 8"):
            table.take("number", [0], number=8)


class TestRows:
    def test_a_removed_row_is_the_first_to_be_used_again(self) -> None:
        table = filled(5)
        table.remove(1)
        table.remove(3)
        loaded = table.load(["x", "y", "z"], [1, 2, 3])
        assert loaded.rows.tolist() == [3, 1, 5]
        assert table.take("generation", [3, 1, 5]).tolist() == [1, 1, 0]

    def test_a_new_contact_finds_nothing_of_the_one_before(self) -> None:
        table = ContactTable()
        table.upsert("ada", [5, 6, 7], zone=3, priority=-4, answer_probability=0.5, order_key=8)
        table.count_attempt(0, 2, 1000, 20_000)
        table.set_state(0, 9)
        for name in ("sequence", "marks", "reason"):
            table.put(name, [0], 7)
        table.remove(0)
        assert "ada" not in table
        table.upsert("grace", [8])
        fresh = ContactTable()
        fresh.upsert("grace", [8])
        columns = (
            *("zone", "priority", "answer_probability", "order_key", "attempts", "state"),
            *("sequence", "marks", "reason"),
        )
        for name in columns:
            assert table.column(name).tolist() == fresh.column(name).tolist()

    @pytest.mark.parametrize("row", [-1, 3, 2**40])
    def test_a_row_without_a_contact_is_refused(self, row: int) -> None:
        table = filled(3)
        for ask in (table.key, table.numbers, table.state, table.attempts, table.remove):
            with pytest.raises(KeyError, match=f"row {row}"):
                ask(row)
        with pytest.raises(KeyError, match=f"row {row} at 1"):
            table.take("zone", [0, row])
        with pytest.raises(KeyError, match=f"row {row} at 1 holds no contact; none was removed"):
            table.remove_many([0, row])
        assert len(table) == 3

    def test_live_rows_come_by_chunks(self) -> None:
        table = filled(10)
        table.remove_many([2, 3, 7])
        first = table.live_rows(limit=4)
        assert first.tolist() == [0, 1, 4, 5]
        assert table.live_rows(int(first[-1]) + 1).tolist() == [6, 8, 9]
        assert table.live_rows(100).tolist() == []

    def test_clearing_begins_again_at_row_0(self) -> None:
        table = filled(5000)
        table.clear()
        assert len(table) == 0
        assert table.nbytes == 0
        assert table.upsert("ada", [5]) == (0, True)

    def test_removing_and_loading_again_needs_no_more_memory(self) -> None:
        table = ContactTable()
        numbers = NUMBER + np.arange(3000).reshape(1000, 3)
        for turn in range(20):
            names = [f"{turn:02}-{n:03}-{'k' * 30}" for n in range(1000)]
            rows = table.load(names, numbers).rows
            if turn == 0:
                before = table.nbytes
            table.remove_many(rows)
        assert table.nbytes == before


class TestColumns:
    def test_put_and_take(self) -> None:
        table = filled(4)
        table.put("next_due_at", [3, 1], [-(2**63), 2**63 - 1])
        assert table.column("next_due_at").tolist() == [0, 2**63 - 1, 0, -(2**63)]
        table.put("answer_probability", table.live_rows(), 0.25)
        assert table.column("answer_probability", 1, 3).tolist() == [0.25, 0.25]
        assert table.take("number", [2, 0]).tolist() == [NUMBER + 2, NUMBER]

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("zone", 65_536),
            ("state", -1),
            ("reason", 65_536),
            ("priority", 2**31),
            ("number_next", 1),
            ("answer_probability", float("nan")),
            ("number_until_minute", 1441),
        ],
    )
    def test_a_value_out_of_bounds_sets_nothing(self, name: str, value: float) -> None:
        table = filled(2)
        before = table.snapshot()
        with pytest.raises(ValueError, match=f"{name} of row 1 at 1.*nothing was set"):
            table.put(name, [0, 1], [0, value])
        assert table.snapshot() == before

    def test_what_follows_from_loading_can_not_be_put(self) -> None:
        with pytest.raises(ValueError, match="generation can not be put"):
            filled(1).put("generation", [0], 1)

    def test_a_name_that_is_none_is_refused_with_those_that_are(self) -> None:
        with pytest.raises(KeyError, match="next_due_at"):
            filled(1).column("due")

    def test_unsigned_values_do_not_wrap(self) -> None:
        with pytest.raises(OverflowError, match="signed 64-bit"):
            filled(1).put("next_due_at", [0], np.array([2**63], np.uint64))

    def test_counters_stay_at_their_limit(self) -> None:
        table = filled(1)
        table.put("attempts", [0], 65_535)
        table.put("number_attempts", [0], 65_535)
        assert table.count_attempt(0, 0, 1, 1) == 65_535
        assert table.number_attempts(0) == 65_535
        assert table.column("day_attempts").tolist() == [1]


class TestWhatTheEngineKeeps:
    def test_loading_again_leaves_it_as_it_is(self) -> None:
        table = ContactTable()
        table.load(["ada", "bob"], [5, 6], sequences=[100, 101])
        table.put("marks", [0], -1)
        table.put("reason", [0], 65_535)
        table.load(["ada", "cy"], [7, 8], sequences=200)
        assert table.column("sequence").tolist() == [100, 101, 200]
        assert table.column("marks").tolist() == [-1, 0, 0]
        assert table.column("reason").tolist() == [65_535, 0, 0]

    def test_one_contact_may_say_when_it_came(self) -> None:
        table = ContactTable()
        assert table.upsert("ada", [5], sequence=2**63 - 1) == (0, True)
        assert table.upsert("ada", [5], sequence=3) == (0, False)
        assert table.take("sequence", [0]).tolist() == [2**63 - 1]

    def test_is_in_a_snapshot(self) -> None:
        table = ContactTable()
        table.load(["ada", "bob"], [5, 6], sequences=[-(2**63), 4])
        table.put("marks", [0, 1], [1, -(2**63)])
        table.put("reason", [0, 1], [2, 3])
        again = ContactTable.restore(table.snapshot())
        for name in ("sequence", "marks", "reason"):
            assert again.column(name).tolist() == table.column(name).tolist()

    def test_the_types_are_those_of_the_page(self) -> None:
        table = filled(1)
        types = {name: str(table.column(name).dtype) for name in ("sequence", "marks", "reason")}
        assert types == {"sequence": "int64", "marks": "int64", "reason": "uint16"}


class TestGrowth:
    def test_no_single_load_does_work_that_grows_with_the_table(self) -> None:
        """At most 8 slots moved and a handful of pages made, at any size."""
        table = ContactTable()
        numbers = np.array([NUMBER])
        moved, allocated = table.growth_work
        for name in keys(60_000).reshape(-1, 1):
            table.load(name, numbers)
            now_moved, now_allocated = table.growth_work
            assert now_moved - moved <= 8
            assert now_allocated - allocated <= 12
            moved, allocated = now_moved, now_allocated
        assert moved > 60_000

    def test_keys_are_found_at_every_moment_of_growth(self) -> None:
        table = ContactTable()
        names = keys(20_000)
        for start in range(0, 20_000, 97):
            table.load(names[start : start + 97], np.full(len(names[start : start + 97]), NUMBER))
            there = min(start + 97, 20_000)
            assert (table.find_many(names[:there]) == np.arange(there)).all()
            assert (table.find_many(names[there:]) == -1).all()

    def test_at_most_160_bytes_a_contact(self) -> None:
        for count in (100_000, 200_000, 400_000):
            assert filled(count).nbytes / count <= 160

    def test_keys_of_one_hash_prefix_are_still_told_apart(self) -> None:
        """Rows are found by their keys, whatever the seed does to the index."""
        for seed in (0, 1, 2**64 - 1):
            table = ContactTable(seed=seed)
            table.load(keys(3000), NUMBER + np.arange(3000))
            assert (table.find_many(keys(3000)) == np.arange(3000)).all()


class TestSnapshots:
    def table(self) -> ContactTable:
        table = ContactTable()
        table.load(
            ["ada", "grace", "k" * 40, "l" * 17, "m"],
            [[5, 6, 7], [8, 0, 0], [9, 10, 0], [11, 0, 0], [12, 0, 0]],
            zones=[1, 2, 3, 4, 5],
        )
        table.count_attempt(0, 2, 1000, 20_000)
        table.remove(4)
        table.remove(1)
        return table

    def test_restores_everything(self) -> None:
        table = self.table()
        again = ContactTable.restore(table.snapshot())
        assert again.snapshot() == table.snapshot()
        assert again.numbers(2) == [9, 10]
        assert again.key(2) == "k" * 40
        assert again.number_attempts(0, 2) == 1
        assert again.load(["x", "y", "z"], [1, 2, 3]).rows.tolist() == [1, 4, 5]

    @pytest.mark.parametrize("count", [1023, 1024, 1025, 24_577, 120_000])
    def test_finds_every_contact_of_a_larger_one(self, count: int) -> None:
        """Of whole pages and of parts of one, of an index in one part and in several."""
        table = filled(count)
        table.load([f"a contact with a long key, {n}" for n in range(50)], [[1, 2]] * 50)
        table.remove_many(range(0, count, 7))
        again = ContactTable.restore(table.snapshot(), seed=3)
        assert again.snapshot() == table.snapshot()
        assert again.find_many(keys(count)).tolist() == table.find_many(keys(count)).tolist()
        more = keys(count, count)
        assert again.load(more, [5] * count).rows.tolist() == (
            table.load(more, [5] * count).rows.tolist()
        )
        assert again.find_many(keys(count)).tolist() == table.find_many(keys(count)).tolist()
        assert again.snapshot() == table.snapshot()

    def test_finds_every_contact_where_all_hashes_are_alike(self) -> None:
        """Half of the index takes all, and what does not fit at its end goes to its beginning."""
        names = [name for name in (f"K{n:011}" for n in range(70_000)) if half(name)]
        table = ContactTable()
        table.load(names, NUMBER + np.arange(len(names)))
        assert 32_768 < len(names) < 49_152
        again = ContactTable.restore(table.snapshot())
        assert again.find_many(names).tolist() == list(range(len(names)))
        again.remove_many(range(0, len(names), 2))
        assert again.find_many(names[1::2]).tolist() == list(range(1, len(names), 2))

    def test_says_nothing_of_how_the_table_came_to_be(self) -> None:
        one = ContactTable()
        one.load(["a", "b"], [[1, 2], [3, 4]])
        other = ContactTable(seed=9)
        other.load(["a", "b"], [[1, 2, 9], [7, 0, 0]])
        other.load(["b", "a"], [[3, 4], [1, 2]])
        assert one.snapshot() == other.snapshot()

    def test_into_a_buffer(self) -> None:
        table = self.table()
        buffer = bytearray(table.snapshot_nbytes() + 5)
        assert table.snapshot_into(buffer) == table.snapshot_nbytes()
        assert bytes(buffer[:-5]) == table.snapshot()
        with pytest.raises(ValueError, match="a snapshot needs"):
            table.snapshot_into(bytearray(10))

    def test_an_empty_table_has_one(self) -> None:
        assert len(ContactTable.restore(ContactTable().snapshot())) == 0

    def test_pickles_as_its_snapshot(self) -> None:
        table = self.table()
        assert pickle.loads(pickle.dumps(table)).snapshot() == table.snapshot()

    def test_no_damaged_byte_goes_unseen(self) -> None:
        snapshot = bytearray(self.table().snapshot())
        for i in range(len(snapshot)):
            snapshot[i] ^= 0x10
            with pytest.raises(ValueError, match="not a snapshot of contacts"):
                ContactTable.restore(snapshot)
            snapshot[i] ^= 0x10

    def test_no_shortened_or_lengthened_one_is_taken(self) -> None:
        snapshot = self.table().snapshot()
        for i in range(len(snapshot)):
            with pytest.raises(ValueError, match="not a snapshot of contacts"):
                ContactTable.restore(snapshot[:i])
        with pytest.raises(ValueError, match="do not agree with its length"):
            ContactTable.restore(snapshot + b"\0")


class TestThreads:
    def test_a_change_during_a_batch_is_refused_and_harms_nothing(self) -> None:
        """Two threads load at once: each load is whole, or says that it could not be done."""
        table = ContactTable()
        names = keys(200_000)
        numbers = np.full(len(names), NUMBER)
        refused: list[str] = []

        def load() -> None:
            try:
                table.load(names, numbers)
            except RuntimeError as error:
                refused.append(str(error))

        threads = [threading.Thread(target=load) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(table) == len(names)
        assert all("another thread" in message for message in refused)
