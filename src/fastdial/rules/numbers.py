"""Telephone numbers, compared and dialed as E.164 (ITU-T Recommendation E.164)."""

import re
from functools import cache
from typing import NamedTuple

import phonenumbers

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


QUOTED = 40
"""characters of bad input that a reason repeats"""


class BadNumber(ValueError):
    """Text that is not a telephone number that could be dialed."""


def to_e164(text: str, default_region: str | None = None) -> str:
    """The number in ``text`` as E.164 with the plus sign, such as ``+442079460123``.

    ``default_region`` (ISO 3166) is that of numbers written without a country code. The number
    must have a country code that exists and a length that is possible in its plan; whether a
    subscriber exists only the network can tell. Raises `BadNumber` with the reason.
    """
    if _E164.fullmatch(text) and _is_plain(text):
        return text
    return _parsed(text, default_region)


class _Plan(NamedTuple):
    """What the numbers of a country code look like."""

    lengths: tuple[int, ...]
    prefix: re.Pattern[str] | None
    """what the library may take off or rewrite at the beginning"""


@cache
def _plan(country_code: int) -> _Plan | None:
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(country_code)
    if regions is None:
        return None
    plan = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(country_code, regions[0])
    if plan is None or plan.general_desc is None:
        return None
    prefix = plan.national_prefix_for_parsing
    return _Plan(tuple(plan.general_desc.possible_length), re.compile(prefix) if prefix else None)


def _is_plain(text: str) -> bool:
    """Whether E.164 that is surely possible as it stands, so that nothing has to be parsed.

    A load is mostly such numbers, and parsing one takes longer than all else that a contact
    needs.
    """
    for digits in (1, 2, 3):
        plan = _plan(int(text[1 : 1 + digits]))
        if plan is not None:
            national = text[1 + digits :]
            unprefixed = plan.prefix is None or plan.prefix.match(national) is None
            return unprefixed and len(national) in plan.lengths
    return False


def _parsed(text: str, default_region: str | None) -> str:
    try:
        number = phonenumbers.parse(text, default_region)
    except phonenumbers.NumberParseException as error:
        if not text.lstrip().startswith("+") and default_region is None:
            reason = f"{_quoted(text)} has no country code, and the site has no default region"
        else:
            reason = f"{_quoted(text)} is not a telephone number: {error._msg}"
        raise BadNumber(reason) from None
    verdict = phonenumbers.is_possible_number_with_reason(number)
    if verdict != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise BadNumber(
            f"{_quoted(text)} is not a telephone number: {_VERDICTS.get(verdict, 'length')}"
        )
    written: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not _E164.fullmatch(written):
        raise BadNumber(f"{_quoted(text)} is not a telephone number: E.164 has 7 to 15 digits")
    return written


def _quoted(text: str) -> str:
    """What was given, as far as it helps to find it again."""
    return repr(text if len(text) <= QUOTED else text[:QUOTED] + "…")


_VERDICTS = {
    phonenumbers.ValidationResult.INVALID_COUNTRY_CODE: "no country has this code",
    phonenumbers.ValidationResult.TOO_SHORT: "too short for its country",
    phonenumbers.ValidationResult.TOO_LONG: "too long for its country",
    phonenumbers.ValidationResult.INVALID_LENGTH: "no number of its country has this length",
    phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "it lacks its area code",
}
