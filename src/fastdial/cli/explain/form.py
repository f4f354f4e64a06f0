"""What an explanation holds, as values; instants are ms, UTC, as everywhere."""

from typing import Any

import msgspec

from fastdial.messages.events import CallEnded, CallWrappedUp, DialRequested
from fastdial.messages.replies import (
    CallbackExplanation,
    CampaignExplanation,
    ContactExplanation,
)
from fastdial.messages.words import ContactOrder


class Entry(msgspec.Struct):
    """One event of a contact's history."""

    seq: int
    at: int
    type: str
    details: dict[str, Any]
    """what the event says besides, as far as it is about this contact"""


class Attempt(msgspec.Struct, omit_defaults=True):
    """An attempt that was made: what chose it, and what became of it."""

    dialed: DialRequested
    order: int
    """of the campaign among others"""
    parity: int
    contact_order: ContactOrder
    chosen: list[str]
    """what chose this contact at this moment, in sentences"""
    settled: dict[str, str]
    """reasons that did not stand in the way of just this attempt, and why"""
    against: list[str]
    """rules that were not kept; there must be none"""
    ended: CallEnded | None = None
    wrapped_up: CallWrappedUp | None = None


class Explained(msgspec.Struct, omit_defaults=True):
    """Why a contact, a campaign or a callback is dialed or is not, at a moment."""

    at: int
    zone: str
    """of the campaign"""
    seq: int | None = None
    """the newest event that is taken into account; none where a running site was asked"""
    contact: ContactExplanation | None = None
    campaign: CampaignExplanation | None = None
    callback: CallbackExplanation | None = None
    refused: str = ""
    """why there is no explanation, such as that the contact was not there at the time"""
    attempt: Attempt | None = None
    history: list[Entry] = []
