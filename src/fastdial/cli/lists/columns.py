"""Which column of a list is which field of a contact: told, or guessed from the names."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

import msgspec

from fastdial.cli.lists.source import BadList

FIELDS = (
    "contact_key",
    "numbers",
    "zone",
    "region",
    "priority",
    "rank",
    "answer_chance",
    "variables",
)

_KEYS = ("contact_key", "key", "contact_id", "customer_id", "external_id", "id")
_NAMES = {"zone": ("zone", "timezone", "time_zone", "tz")}
_PLACED = ("zone", "region")
_WHOLE = ("priority", "rank")
_FIGURES = (*_WHOLE, "answer_chance")
_NUMBER = re.compile(
    r"(?:(?:home|work|office|private|mobile|cell)_)?(?:tele)?(?:phone|number|mobile|msisdn|tel|cell)"
    r"(?:_?(?:number|no))?s?(?:_?\d+)?"
)
_BETWEEN_WORDS = re.compile(r"[\s.\-]+")
_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d{0,19}\.?\d{1,30}(?:[eE][+-]?\d{1,3})?", re.ASCII)
_BETWEEN_NUMBERS = re.compile(r"[;|]")

Told = Mapping[str, tuple[str, ...]]
"""field → names of its columns"""


def parse_told(options: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """What was said as ``field=name,name``. Raises `BadList`."""
    told: dict[str, tuple[str, ...]] = {}
    for option in options:
        field, equals, names = option.partition("=")
        if not equals or field not in FIELDS:
            raise BadList(
                f"--column {option!r}: write it as FIELD=NAME or FIELD=NAME,NAME with a FIELD "
                f"of {', '.join(FIELDS)}"
            )
        given = tuple(name.strip().lower() for name in names.split(",") if name.strip())
        told[field] = (*told.get(field, ()), *given)
    for field in ("contact_key", *_PLACED, *_FIGURES):
        if field in told and len(told[field]) != 1:
            raise BadList(f"--column {field}: it takes exactly one column")
    return told


@dataclass(frozen=True, slots=True)
class Columns:
    """The places of a row's fields; `contact` makes a row's map for ``contacts.load``."""

    contact_key: int | None
    numbers: tuple[int, ...]
    placed: tuple[tuple[str, int], ...]
    figures: tuple[tuple[str, int], ...]
    variables: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, names: tuple[str, ...], told: Told) -> "Columns":
        """By what was told, and guesses for the rest. A name that is not there has no place."""
        place_of = {name: place for place, name in enumerate(names) if name}
        spoken_for = [name for given in told.values() for name in given]
        taken: dict[int, None] = {}

        def first(field: str, guesses: Iterable[str]) -> int | None:
            wanted = told.get(field) or [one for one in guesses if one not in spoken_for]
            places = [place_of[one] for one in wanted if one in place_of]
            taken.update(dict.fromkeys(places[:1]))
            return places[0] if places else None

        def each(fields: Iterable[str]) -> tuple[tuple[str, int], ...]:
            found = ((field, first(field, _NAMES.get(field, (field,)))) for field in fields)
            return tuple((field, place) for field, place in found if place is not None)

        contact_key = first("contact_key", _KEYS)
        placed = each(_PLACED)
        figures = each(_FIGURES)
        if "numbers" in told:
            numbers = [place_of[name] for name in told["numbers"] if name in place_of]
        else:
            numbers = [
                place
                for name, place in place_of.items()
                if _NUMBER.fullmatch(_BETWEEN_WORDS.sub("_", name))
            ]
        taken.update(dict.fromkeys(numbers))
        others = told.get("variables", tuple(place_of))
        variables = tuple(
            (name, place_of[name])
            for name in others
            if name in place_of and ("variables" in told or place_of[name] not in taken)
        )
        return cls(contact_key, tuple(numbers), placed, figures, variables)

    def contact(self, cells: list[Any]) -> dict[str, Any]:
        """A row with the fields of `ContactRow`; whether they are good the site says."""
        there = len(cells)
        contact: dict[str, Any] = {"contact_key": "", "numbers": self._numbers(cells)}
        if self.contact_key is not None and self.contact_key < there:
            contact["contact_key"] = text(cells[self.contact_key])
        for field, place in self.placed:
            if place < there and (said := text(cells[place])):
                contact[field] = said
        for field, place in self.figures:
            if place < there and (said := text(cells[place])):
                contact[field] = _figure(field, said)
        variables: dict[str, str] = {}
        for name, place in self.variables:
            if place < there:
                _add(variables, name, cells[place])
        if variables:
            contact["variables"] = variables
        return contact

    def _numbers(self, cells: list[Any]) -> list[Any]:
        numbers: list[Any] = []
        for place in self.numbers:
            if place >= len(cells):
                continue
            cell = cells[place]
            parts = cell if isinstance(cell, list) else _BETWEEN_NUMBERS.split(text(cell))
            # a map says more of a number: its kind, and hours of its own
            given = (one if isinstance(one, dict) else text(one) for one in parts)
            numbers += (one for one in given if one)
        return numbers


def _add(variables: dict[str, str], name: str, cell: Any) -> None:
    if name == "variables" and isinstance(cell, dict):
        for inner, value in cell.items():
            _add(variables, str(inner), value)
    elif said := text(cell):
        variables[name] = said


def text(cell: Any) -> str:
    """What stands in a cell, as text without spaces around it; empty for nothing.

    A number that lost its type on the way through a table (``442079460001.0``) gets it back.
    """
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, list | dict):
        return msgspec.json.encode(cell, enc_hook=str).decode()
    return "" if cell is None else str(cell)


def _figure(field: str, said: str) -> float | str:
    """What is no such number goes as it is: the site refuses it and says so."""
    if _WHOLE_NUMBER.fullmatch(said):
        return int(said)
    return said if field in _WHOLE or not _DECIMAL.fullmatch(said) else float(said)


def _number(cell: float) -> str:
    if not isfinite(cell):
        return ""
    return str(int(cell)) if cell.is_integer() else str(cell)
