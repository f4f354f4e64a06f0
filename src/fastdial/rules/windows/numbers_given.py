"""A contact's numbers as a row gives them, with their kinds and hours."""

from typing import NamedTuple

from fastdial.messages.contact_numbers import ContactNumber
from fastdial.messages.words import NumberKind
from fastdial.rules.numbers import BadNumber, to_e164
from fastdial.rules.windows.hours import DAY_MINUTES, BadHours, minute_of
from fastdial.rules.windows.places import is_region


class BadField(ValueError):
    """A part of a row that cannot be taken: ``field`` says which, the text why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


class NumberGiven(NamedTuple):
    """One number of a contact, checked."""

    number: str
    """E.164 with the plus sign"""
    kind: NumberKind = NumberKind.VOICE
    from_minute: int = 0
    """of the local day; both 0: no hours of its own"""
    until_minute: int = 0


PLAIN_NUMBER = (NumberKind.VOICE, 0, 0)
"""what is known of a number beside its digits where nothing is said"""


def number_given(given: str | ContactNumber, default_region: str | None) -> NumberGiven:
    """A number as a row gives it, checked; raises `BadField` with a path inside the number.

    Hours whose end is not later than their beginning go over midnight.
    """
    if isinstance(given, str):
        return NumberGiven(_e164(given, default_region, ""))
    number = _e164(given.number, default_region, "number")
    minutes = []
    for field, text in (("from", given.from_), ("until", given.until)):
        try:
            minutes.append(minute_of(text))
        except BadHours as bad:
            raise BadField(field, str(bad)) from None
    begin, end = minutes
    if begin in (end, DAY_MINUTES) or end == 0:
        raise BadField(
            "until",
            f"hours from {given.from_} until {given.until} say nothing; write 24:00 for the "
            "end of the day, or an earlier time for hours over midnight",
        )
    if (begin, end) == (0, DAY_MINUTES):
        begin = end = 0
    return NumberGiven(number, given.kind, begin, end)


def numbers_given(
    given: list[str | ContactNumber], default_region: str | None
) -> list[NumberGiven]:
    """A contact's numbers in their order, each once; raises `BadField` (``numbers[1].from``)."""
    found: dict[str, NumberGiven] = {}
    for place, one in enumerate(given):
        try:
            number = number_given(one, default_region)
        except BadField as bad:
            inside = f".{bad.field}" if bad.field else ""
            raise BadField(f"numbers[{place}]{inside}", bad.reason) from None
        found.setdefault(number.number, number)
    return list(found.values())


def check_region(region: str) -> None:
    """A row's region, empty or ISO 3166; raises `BadField`."""
    if region and not is_region(region):
        raise BadField(
            "region", f"{region!r} is not a region; write a country as GB or a part as US-CA"
        )


def _e164(text: str, default_region: str | None, field: str) -> str:
    try:
        return to_e164(text, default_region)
    except BadNumber as bad:
        raise BadField(field, str(bad)) from None
