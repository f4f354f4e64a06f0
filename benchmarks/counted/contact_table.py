"""Counted operations of the contact table: a load, and a look-up of each key."""

from collections.abc import Callable

import numpy as np

from fastdial.kernel.contact_table import ContactTable

COUNT = 20_000
KEYS = [f"customer-{number}" for number in range(COUNT)]
NUMBERS = 48_500_000_000 + np.arange(COUNT)


def load() -> tuple[Callable[[], object], int]:
    table = ContactTable()
    return lambda: table.load(KEYS, NUMBERS), COUNT


def find_many() -> tuple[Callable[[], object], int]:
    table = ContactTable()
    table.load(KEYS, NUMBERS)
    return lambda: table.find_many(KEYS), COUNT


OPERATIONS = {
    "contact_table.load": load,
    "contact_table.find_many": find_many,
}
