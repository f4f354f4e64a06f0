"""What every command, reply, event and piece of configuration has in common."""

from typing import Annotated

import msgspec
from msgspec import Meta


class Command(msgspec.Struct, kw_only=True, omit_defaults=True, tag_field="type", gc=False):
    """What somebody asks or reports.

    ``id`` is the sender's own number for the request; the reply carries it back. A command sent
    again with the same ``idempotency_key`` gets the first reply and changes nothing.
    """

    id: Annotated[int, Meta(ge=0, le=2**63 - 1)] = 0
    idempotency_key: Annotated[str, Meta(min_length=1, max_length=200)] | None = None


class Reply(msgspec.Struct, kw_only=True, omit_defaults=True, tag_field="type", gc=False):
    """The one answer to a command; ``id`` is that of the command."""

    id: int = 0


class Event(msgspec.Struct, kw_only=True, omit_defaults=True, tag_field="type", gc=False):
    """What happened, or what is asked of the outside.

    ``seq`` counts a site's events from 1 without a gap; ``at`` is the instant in milliseconds
    since the epoch, UTC. Both are set by the engine when the event is emitted.
    """

    seq: int = 0
    at: int = 0


class Settings(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, gc=False):
    """A piece of configuration; a value, never changed in place."""
