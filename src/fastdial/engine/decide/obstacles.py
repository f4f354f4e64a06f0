"""What can stand in the way of dialing a contact."""

from collections.abc import Callable
from typing import NamedTuple

from fastdial.engine.contact_list import Contact
from fastdial.engine.records import Campaign
from fastdial.engine.turn import Turn


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


Check = Callable[[Turn, Campaign, Contact, int], Obstacle | None]
"""Of a contact of a campaign at the number with this index."""
