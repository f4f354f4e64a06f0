"""Contact table: a million contacts of one number each."""

import numpy as np
import pytest
from benchmarks.conftest import Times

from fastdial.kernel.contact_table import ContactTable

COUNT = 1_000_000
NUMBER = 48_500_000_000
NOW = 1_700_000_000_000


@pytest.fixture
def keys(scale: float) -> np.ndarray:
    return np.array([f"customer-{n}" for n in range(int(COUNT * scale))], "S")


def filled(keys: np.ndarray) -> ContactTable:
    table = ContactTable()
    table.load(keys, NUMBER + np.arange(len(keys)), zones=3)
    return table


def shuffled(count: int) -> np.ndarray:
    return np.random.default_rng(1).permutation(count)


def test_load(times: Times, keys: np.ndarray) -> None:
    numbers = NUMBER + np.arange(len(keys))
    loaded = times(ContactTable, lambda table: table.load(keys, numbers), len(keys))
    assert loaded.new.all()


def test_load_known(times: Times, keys: np.ndarray) -> None:
    numbers = NUMBER + np.arange(len(keys))
    loaded = times(lambda: filled(keys), lambda table: table.load(keys, numbers), len(keys))
    assert not loaded.new.any()


def test_find_many(times: Times, keys: np.ndarray) -> None:
    asked = keys[shuffled(len(keys))]
    rows = times(lambda: filled(keys), lambda table: table.find_many(asked), len(keys))
    assert (rows >= 0).all()


def test_take_and_put(times: Times, keys: np.ndarray) -> None:
    rows = shuffled(len(keys))

    def work(table: ContactTable) -> None:
        table.put("next_due_at", rows, NOW)
        table.take("zone", rows)

    times(lambda: filled(keys), work, 2 * len(keys))


def test_count_attempt(times: Times, keys: np.ndarray) -> None:
    rows = shuffled(len(keys)).tolist()

    def work(table: ContactTable) -> None:
        for row in rows:
            table.count_attempt(row, 0, at=NOW, day=19_675)

    times(lambda: filled(keys), work, len(rows))


def test_remove_many(times: Times, keys: np.ndarray) -> None:
    rows = shuffled(len(keys))
    removed = times(lambda: filled(keys), lambda table: table.remove_many(rows), len(keys))
    assert removed == len(keys)


def test_snapshot(times: Times, keys: np.ndarray) -> None:
    times(lambda: filled(keys), lambda table: table.snapshot(), len(keys))


def test_restore(times: Times, keys: np.ndarray) -> None:
    table = times(lambda: filled(keys).snapshot(), ContactTable.restore, len(keys))
    assert len(table) == len(keys)
