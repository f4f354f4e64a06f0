"""A contact's numbers as a row gives them: text, or maps with a kind and hours (CO-1, CA-7)."""

from typing import Any

import msgspec
import pytest

from fastdial.messages.commands import ContactRow
from fastdial.messages.contact_numbers import ContactNumber
from fastdial.messages.words import NumberKind
from fastdial.rules.windows.numbers_given import (
    BadField,
    NumberGiven,
    check_region,
    number_given,
    numbers_given,
)


def row(*numbers: Any) -> ContactRow:
    return msgspec.convert({"contact_key": "k", "numbers": list(numbers)}, ContactRow)


def test_co_1_a_number_may_have_a_kind_and_hours() -> None:
    given = row(
        "+48 22 123 45 67",
        {"number": "600 123 456", "kind": "mobile", "from": "17:00", "until": "20:30"},
        {"number": "+48600123457", "from": "22:00", "until": "02:00"},
        {"number": "+48600123458", "kind": "work"},
    ).numbers
    assert numbers_given(given, "PL") == [
        NumberGiven("+48221234567", NumberKind.VOICE, 0, 0),
        NumberGiven("+48600123456", NumberKind.MOBILE, 1_020, 1_230),
        NumberGiven("+48600123457", NumberKind.VOICE, 1_320, 120),
        NumberGiven("+48600123458", NumberKind.WORK, 0, 0),
    ]


def test_a_number_given_twice_is_one_with_what_was_said_first() -> None:
    given = row({"number": "+48600123456", "kind": "mobile"}, "+48 600 123 456").numbers
    assert numbers_given(given, None) == [NumberGiven("+48600123456", NumberKind.MOBILE)]


@pytest.mark.parametrize(
    ("number", "field"),
    [
        ("nothing", "numbers[1]"),
        ({"number": "nothing"}, "numbers[1].number"),
        ({"number": "+48600123456", "from": "8:00"}, "numbers[1].from"),
        ({"number": "+48600123456", "until": "24:30"}, "numbers[1].until"),
        ({"number": "+48600123456", "from": "08:00", "until": "08:00"}, "numbers[1].until"),
        ({"number": "+48600123456", "from": "24:00", "until": "08:00"}, "numbers[1].until"),
        ({"number": "+48600123456", "from": "08:00", "until": "00:00"}, "numbers[1].until"),
        ({"number": "+48600123456", "until": "00:00"}, "numbers[1].until"),
    ],
)
def test_co_1_what_is_wrong_with_a_number_is_named(number: Any, field: str) -> None:
    with pytest.raises(BadField) as caught:
        numbers_given(row("+48221234567", number).numbers, None)
    assert caught.value.field == field
    assert caught.value.reason


def test_hours_of_the_whole_day_are_none() -> None:
    whole = ContactNumber(number="+48600123456", from_="00:00", until="24:00")
    assert number_given(whole, None) == NumberGiven("+48600123456")


def test_a_row_s_region_is_one() -> None:
    check_region("")
    check_region("US-CA")
    with pytest.raises(BadField) as caught:
        check_region("California")
    assert caught.value.field == "region"
