"""Loads from arrays, for platforms that hold their lists in columns."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastdial.messages.commands import ContactsLoad

ROWS_IN_A_LOAD = 250
"""some milliseconds of work: what else the site has to do waits no longer"""


def loads_from_arrays(
    campaign_id: str,
    contact_keys: ArrayLike,
    numbers: ArrayLike,
    *,
    zones: ArrayLike | None = None,
    regions: ArrayLike | None = None,
    priorities: ArrayLike | None = None,
    ranks: ArrayLike | None = None,
    answer_chances: ArrayLike | None = None,
    variables: Sequence[dict[str, str]] | None = None,
    reopen: bool = False,
    rows_in_a_load: int = ROWS_IN_A_LOAD,
) -> Iterator[ContactsLoad]:
    """The contacts of a list in columns, as loads to be handled one after the other.

    ``contact_keys``: n strings (``str`` or UTF-8 bytes) or integers. ``numbers``: n or n x m, m up
    to 8, either integers (E.164 without the plus sign, 0 where a contact has no more) or strings
    as in a `ContactRow` (empty where it has no more). Each other column is n values, or one for
    all. Rows are numbered from 1, as refusals name them. Raises ValueError for columns whose
    lengths differ or a ``rows_in_a_load`` below 1; what is wrong with a row the site says.
    """
    if rows_in_a_load < 1:
        raise ValueError(f"rows_in_a_load is {rows_in_a_load}; it can be 1 or more")
    keys = _texts(np.asarray(contact_keys))
    if keys.ndim != 1:
        raise ValueError(f"contact_keys has the shape {keys.shape}; n values are allowed")
    count = len(keys)
    chains = np.asarray(numbers)
    if chains.ndim == 1:
        chains = chains.reshape(-1, 1)
    if chains.ndim != 2 or len(chains) != count or chains.shape[1] > 8:
        raise ValueError(
            f"numbers has the shape {np.shape(numbers)}; {count} values, or {count} x 1 to 8, are "
            "allowed"
        )
    columns: dict[str, list[Any]] = {}
    for name, column in (
        ("zone", zones),
        ("region", regions),
        ("priority", priorities),
        ("rank", ranks),
        ("answer_chance", answer_chances),
    ):
        if column is not None:
            columns[name] = _column(name, column, count)
    if variables is not None:
        if len(variables) != count:
            raise ValueError(f"variables has {len(variables)} values; {count} are expected")
        columns["variables"] = list(variables)
    return _loads(campaign_id, keys, chains, columns, reopen, rows_in_a_load)


def _loads(
    campaign_id: str,
    keys: NDArray[Any],
    chains: NDArray[Any],
    columns: dict[str, list[Any]],
    reopen: bool,
    rows_in_a_load: int,
) -> Iterator[ContactsLoad]:
    for start in range(0, len(keys), rows_in_a_load):
        part = slice(start, start + rows_in_a_load)
        rows = [
            {"contact_key": key, "numbers": numbers}
            for key, numbers in zip(keys[part].tolist(), _written(chains[part]), strict=True)
        ]
        for name, column in columns.items():
            for row, value in zip(rows, column[part], strict=True):
                row[name] = value
        yield ContactsLoad(
            campaign_id=campaign_id, contacts=rows, first_row=start + 1, reopen=reopen
        )


def _texts(array: NDArray[Any]) -> NDArray[Any]:
    """Strings, of whatever the column holds."""
    if array.dtype.kind == "S":
        return np.char.decode(array, "utf-8")
    return array.astype(str) if array.dtype.kind in "iu" else array


def _column(name: str, column: ArrayLike, count: int) -> list[Any]:
    array = np.asarray(column)
    array = _texts(array) if array.dtype.kind == "S" else array
    if array.shape not in ((), (count,)):
        raise ValueError(
            f"{name} has the shape {array.shape}; one value, or {count} values, are allowed"
        )
    values: list[Any] = np.broadcast_to(array, (count,)).tolist()
    return values


def _written(chains: NDArray[Any]) -> Iterator[list[str]]:
    """Each contact's numbers as text, without the places that hold none."""
    if chains.dtype.kind in "iu":
        for chain in chains.tolist():
            yield [f"+{number}" for number in chain if number]
    else:
        for chain in _texts(chains).tolist():
            yield [number for number in chain if number]
