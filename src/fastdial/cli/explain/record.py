"""A journal as a record to look things up in: calls, instants, the history of a contact."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from fastdial.cli.explain.form import Entry
from fastdial.cli.problems import Unusable
from fastdial.journal import JournalError, Record, SqliteReader
from fastdial.messages.base import Event
from fastdial.messages.codec import decode_event
from fastdial.messages.events import (
    CallEnded,
    CallWrappedUp,
    ContactsLoaded,
    DialRequested,
    ExclusionAdded,
    ExclusionRemoved,
)


class _Head(msgspec.Struct):
    """What of an event tells whether it is looked for; the rest is not decoded."""

    type: str
    at: int = 0
    campaign_id: str = ""
    contact_key: str = ""
    contact_keys: list[str] = []
    call_id: int | None = None


_HEAD = msgspec.msgpack.Decoder(_Head)
_OF_AGENTS = ("agent.state_changed", "agent.next_state")
"""events of an agent's day, though they name a call"""
_DIALED = "call.dial_requested"


@contextmanager
def opened(path: Path) -> Iterator[SqliteReader]:
    """The journal, also of a server that runs. Raises `Unusable`, also for what goes wrong."""
    try:
        reader = SqliteReader(path)
    except JournalError as error:
        raise Unusable(str(error)) from None
    try:
        yield reader
    except JournalError as error:
        raise Unusable(f"{path}: {error}") from None
    finally:
        reader.close()


def dial_of(reader: SqliteReader, call_id: int) -> DialRequested:
    """The event with which an attempt began. Raises `Unusable` where there is none."""
    last = 0
    for record in _records(reader):
        if _DIALED.encode() not in record.payload:
            continue
        head = _head(reader, record)
        if head.type == _DIALED:
            last = head.call_id or last
            if head.call_id == call_id:
                event = _event(reader, record)
                if isinstance(event, DialRequested):
                    return event
    raise Unusable(
        f"{reader.path}: no customer was dialed in call {call_id}; "
        + (f"the last one is {last}" if last else "nobody was dialed at all")
    )


def outcome_of(
    reader: SqliteReader, dialed: DialRequested
) -> tuple[CallEnded | None, CallWrappedUp | None]:
    """With what an attempt ended and what it was about, as far as the record goes."""
    ended: CallEnded | None = None
    for record in _records(reader, dialed.seq):
        if _head(reader, record).call_id != dialed.call_id:
            continue
        event = _event(reader, record)
        if isinstance(event, CallEnded):
            ended = event
            if event.fate is not None:
                break
        if isinstance(event, CallWrappedUp):
            return ended, event
    return ended, None


def event_before(reader: SqliteReader, at: int | None, seq: int | None) -> tuple[int, int]:
    """The newest event at an instant (or the one with ``seq``): its sequence, and its instant.

    Without either the last. Raises `Unusable` where the record does not reach so far.
    """
    found: tuple[int, int] | None = None
    for record in _records(reader, (seq - 1) if seq else 0):
        head = _head(reader, record)
        if at is not None and head.at > at:
            break
        found = record.seq, head.at
        if seq is not None:
            break
    if found is None or (seq is not None and found[0] != seq):
        what = "no event" if seq is None else f"no event {seq}"
        raise Unusable(f"{reader.path}: there is {what} {'yet' if at is None else 'by then'}")
    return found


def history(reader: SqliteReader, campaign_id: str, contact_key: str) -> list[Entry]:
    """Every event that is about a contact, in order."""
    calls: dict[int, None] = {}
    numbers: dict[int, None] = {}
    entries: list[Entry] = []
    for record in _records(reader):
        head = _head(reader, record)
        if head.type.startswith("exclusion."):
            event = _event(reader, record)
            about = isinstance(event, ExclusionAdded | ExclusionRemoved) and (
                head.call_id in calls or not numbers.keys().isdisjoint(_packed(event.numbers))
            )
        elif head.type in _OF_AGENTS:
            continue
        else:
            named = head.contact_key == contact_key or contact_key in head.contact_keys
            about = head.call_id in calls or (named and head.campaign_id == campaign_id)
        if not about:
            continue
        event = _event(reader, record)
        if head.call_id is not None:
            calls[head.call_id] = None
        details = _details(event, contact_key)
        if isinstance(event, ContactsLoaded):
            numbers |= {int(number): None for number in details["numbers"]}
        entries.append(Entry(record.seq, event.at, head.type, details))
    return entries


def _packed(numbers: bytes) -> list[int]:
    found: list[int] = np.frombuffer(numbers, dtype="<i8").tolist()
    return found


def _details(event: Event, contact_key: str) -> dict[str, Any]:
    """What an event says of one contact, without what is the same in all."""
    told: dict[str, Any] = msgspec.to_builtins(event, builtin_types=(bytes,))
    for name in ("type", "seq", "at", "campaign_id", "contact_key"):
        told.pop(name, None)
    if isinstance(event, ExclusionAdded | ExclusionRemoved):
        del told["numbers"]
    keys = told.pop("contact_keys", None)
    if isinstance(event, ContactsLoaded):
        # of rows with the same key the last one holds
        row = len(keys) - 1 - keys[::-1].index(contact_key)
        told.pop("refused", None)
        told = {
            name: value[row] if isinstance(value, list) else value for name, value in told.items()
        }
    return {name: value for name, value in told.items() if value not in (None, "", [], {}, ())}


def _records(reader: SqliteReader, after: int = 0) -> Iterator[Record]:
    while records := reader.read(after):
        yield from records
        after = records[-1].seq


def _head(reader: SqliteReader, record: Record) -> _Head:
    try:
        return _HEAD.decode(record.payload)
    except msgspec.MsgspecError as error:
        raise Unusable(f"{reader.path}: event {record.seq} cannot be read: {error}") from None


def _event(reader: SqliteReader, record: Record) -> Event:
    try:
        return decode_event(record.payload)
    except msgspec.DecodeError as error:
        raise Unusable(f"{reader.path}: event {record.seq} cannot be read: {error}") from None
