"""Counted operations of the contact table: a load, a look-up of each key, and snapshots."""

from collections.abc import Callable

import numpy as np

from fastdial.kernel.contact_table import ContactTable

COUNT = 20_000
KEYS = [f"customer-{number}" for number in range(COUNT)]
NUMBERS = 48_500_000_000 + np.arange(COUNT)


def filled() -> ContactTable:
    table = ContactTable()
    table.load(KEYS, NUMBERS)
    return table


def load() -> tuple[Callable[[], object], int]:
    table = ContactTable()
    return lambda: table.load(KEYS, NUMBERS), COUNT


def find_many() -> tuple[Callable[[], object], int]:
    table = filled()
    return lambda: table.find_many(KEYS), COUNT


def snapshot() -> tuple[Callable[[], object], int]:
    table = filled()
    return table.snapshot, COUNT


def restore() -> tuple[Callable[[], object], int]:
    image = filled().snapshot()
    return lambda: ContactTable.restore(image), COUNT


OPERATIONS = {
    "contact_table.load": load,
    "contact_table.find_many": find_many,
    "contact_table.snapshot": snapshot,
    "contact_table.restore": restore,
}
