"""What an explanation is made of: the rules that were looked at, with values (rule CO-9)."""

import msgspec

from fastdial.messages.words import ContactState


class Looked(msgspec.Struct, omit_defaults=True, frozen=True):
    """A rule that was looked at, whether it lets the call through, and by which values."""

    rule: str
    """the domain rule, such as ``CO-3``"""
    passed: bool
    what: str
    """what was asked, in a few words"""
    values: dict[str, str | int] = {}
    reason: str = ""
    """where it does not pass: a word for programs"""
    until: int | None = None
    """where it does not pass: from when on it does, if that comes by itself"""
    change: str = ""
    """where it does not pass: what would have to change"""


class Behind(msgspec.Struct, omit_defaults=True, frozen=True):
    """How many contacts of a campaign stand behind one reason."""

    state: ContactState
    reason: str
    contacts: int
    until: int | None = None
    """when the first of them is due, or when their window changes"""
    values: dict[str, str | int] = {}
