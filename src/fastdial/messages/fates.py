"""What becomes of a contact."""

import msgspec

from fastdial.messages.words import ContactState


class ContactFate(msgspec.Struct, omit_defaults=True, frozen=True, gc=False):
    """What becomes of a contact after an attempt, or when it was passed over."""

    state: ContactState
    reason: str
    due_at: int | None = None
    next_number: int = 0
