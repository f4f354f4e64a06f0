"""Numbers of a customer, and what the platform wants shown beside them."""

from typing import Annotated

import msgspec
from msgspec import Meta

from fastdial.messages.windows import LocalTime
from fastdial.messages.words import NumberKind

Variables = Annotated[
    dict[Annotated[str, Meta(min_length=1, max_length=64)], Annotated[str, Meta(max_length=256)]],
    Meta(max_length=100),
]
"""What the platform wants shown beside a contact, by name."""


NumberText = Annotated[str, Meta(max_length=100)]


class ContactNumber(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A number of a contact of which more is known than its digits (rules CO-1, CB-7)."""

    number: NumberText
    kind: NumberKind = NumberKind.VOICE
    from_: LocalTime = msgspec.field(default="00:00", name="from")
    """from when on, in the contact's local time, this number may be called"""
    until: LocalTime = "24:00"
    """until when; a time before ``from`` is on the next day"""
