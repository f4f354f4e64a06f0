"""What can stand in the way of dialing a contact."""

from typing import NamedTuple


class Obstacle(NamedTuple):
    """Why a contact may not be dialed at a number now."""

    rule: str
    """the domain rule, such as ``CO-3``"""
    reason: str
    until: int | None
    """the instant from which it does not stand in the way any more; none: not by itself"""
    values: dict[str, str | int]
    """what was looked at"""
    spent: tuple[bool, ...] = ()
    """which of the contact's numbers it stands before, where that is for the retry rules to say
    and not for good: a setting may let them through again"""
