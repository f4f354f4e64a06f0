"""Contacts: loads, removals, and where one stands (rule CA-7)."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from fastdial.engine.contact_list import Contact
from fastdial.engine.decide import callback_endings
from fastdial.engine.decide.exclusion import on_lists
from fastdial.engine.turn import Turn, refuse
from fastdial.messages.base import Reply
from fastdial.messages.codec import fault_of
from fastdial.messages.commands import ContactRow, ContactsGet, ContactsLoad, ContactsRemove
from fastdial.messages.errors import ErrorCode, RefusedRow
from fastdial.messages.events import ContactsLoaded, ContactsRemoved
from fastdial.messages.replies import ContactReply, ContactView, LoadReply, RemoveReply
from fastdial.messages.words import CallbackState
from fastdial.rules.days import is_zone
from fastdial.rules.numbers import BadNumber, to_e164
from fastdial.rules.windows.numbers_given import (
    PLAIN_NUMBER,
    BadField,
    NumberGiven,
    check_region,
    numbers_given,
)

KEY_BYTES = 64
"""of a contact's key, as UTF-8"""


class _Row(NamedTuple):
    """A row of a load, checked."""

    given: ContactRow
    numbers: list[NumberGiven]


class _BadRow(ValueError):
    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


def load(turn: Turn, command: ContactsLoad) -> Reply:
    """Good rows are kept; bad ones are refused one by one, with row, field and reason."""
    turn.own_campaign(command.campaign_id)
    known = turn.state.lists[command.campaign_id].table
    _check_size(turn, command, len(known))
    refused: list[RefusedRow] = []
    rows = list(_checked(turn, command, refused))
    new = dict.fromkeys(row.given.contact_key for row in rows if row.given.contact_key not in known)
    if rows or refused:
        turn.emit(_event(command, rows, tuple(refused)))
    return LoadReply(added=len(new), updated=len(rows) - len(new), refused=tuple(refused))


def remove(turn: Turn, command: ContactsRemove) -> Reply:
    """Take contacts off the list; unknown keys are named in the reply."""
    turn.own_campaign(command.campaign_id)
    known = turn.state.lists[command.campaign_id].table
    wanted = tuple(dict.fromkeys(command.contact_keys))
    there = [key for key in wanted if key in known]
    for key in there:
        _end_callback(turn, turn.state.known(command.campaign_id, key))
    if there:
        turn.emit(ContactsRemoved(campaign_id=command.campaign_id, contact_keys=there))
    unknown = tuple(key for key in wanted if key not in known) if len(there) < len(wanted) else ()
    return RemoveReply(removed=len(there), unknown=unknown)


def _end_callback(turn: Turn, contact: Contact) -> None:
    """A promise goes with its contact; in the middle of an attempt both go at its end."""
    callback = turn.state.callbacks.by_row.get(contact.row)
    if callback is not None and callback.agent_id is None:
        callback_endings.end(turn, callback, CallbackState.CANCELLED, "contact_removed")


def get(turn: Turn, command: ContactsGet) -> Reply:
    """Where one contact stands."""
    contact = turn.contact(command.campaign_id, command.contact_key)
    shown = view(contact)
    guide = turn.state.records.guides.get(contact.row)
    if guide is not None:
        shown.answers = dict(guide.answers)
    return ContactReply(contact=shown)


def view(contact: Contact) -> ContactView:
    """A contact as replies show it."""
    return ContactView(
        contact_key=contact.contact_key,
        state=contact.state,
        numbers=contact.numbers,
        next_number=contact.next_number,
        attempts=contact.attempts,
        priority=contact.priority,
        rank=contact.rank,
        answer_chance=contact.answer_chance,
        zone=contact.zone,
        region=contact.region,
        due_at=contact.due_at,
        reason=contact.reason,
        variables=contact.variables,
    )


def _check_size(turn: Turn, command: ContactsLoad, known: int) -> None:
    config = turn.state.records.config
    if len(command.contacts) > config.max_load_rows:
        refuse(
            ErrorCode.TOO_MANY_CONTACTS,
            f"a load has at most {config.max_load_rows} contacts; this one has "
            f"{len(command.contacts)}",
            "contacts",
        )
    if known + len(command.contacts) > config.max_contacts:
        refuse(
            ErrorCode.TOO_MANY_CONTACTS,
            f"a campaign has at most {config.max_contacts} contacts; this one has {known}",
            "contacts",
        )


def _checked(turn: Turn, command: ContactsLoad, refused: list[RefusedRow]) -> Iterator[_Row]:
    region = turn.state.records.config.default_region
    for number, given in enumerate(command.contacts, command.first_row):
        try:
            row = _check(given, region)
            _check_exclusion(turn, command.campaign_id, row)
            yield row
        except _BadRow as bad:
            refused.append(RefusedRow(number, bad.field, bad.reason))


def _check_exclusion(turn: Turn, campaign_id: str, row: _Row) -> None:
    """A row with a number that may be dialed is taken whole; the gate passes the others over."""
    found = on_lists(turn.state.compliance, campaign_id, [one.number for one in row.numbers])
    if len(found) == len(row.numbers):
        names = ", ".join(dict.fromkeys(found.values()))
        reason = "the number is" if len(found) == 1 else "all its numbers are"
        raise _BadRow("numbers", f"{reason} excluded, by list {names} (rule CO-2)")


def _check(given: Any, region: str | None) -> _Row:
    """The row with its numbers in E.164; raises `_BadRow`."""
    try:
        row = msgspec.convert(given, ContactRow, from_attributes=True)
    except msgspec.ValidationError as error:
        fault = fault_of(error)
        raise _BadRow(fault.field, fault.message) from None
    _check_text(row)
    if row.zone and not is_zone(row.zone):
        raise _BadRow("zone", f"{row.zone!r} is not an IANA time zone")
    try:
        check_region(row.region)
        numbers = numbers_given(row.numbers, region)
    except BadField as bad:
        raise _BadRow(bad.field, bad.reason) from None
    return _Row(row, numbers)


def _check_text(row: ContactRow) -> None:
    """Text in a command made in this process may be text that cannot be written down."""
    try:
        msgspec.msgpack.encode(row)
    except UnicodeEncodeError:
        raise _BadRow("", "the row has text that UTF-8 cannot hold") from None
    if "\0" in row.contact_key:
        raise _BadRow("contact_key", "the key has a NUL character")
    size = len(row.contact_key.encode())
    if size > KEY_BYTES:
        raise _BadRow("contact_key", f"the key has {size} bytes as UTF-8; {KEY_BYTES} are allowed")


def _event(
    command: ContactsLoad, rows: list[_Row], refused: tuple[RefusedRow, ...]
) -> ContactsLoaded:
    given = [row.given for row in rows]
    chains = [row.numbers for row in rows]
    plain = all(one[1:] == PLAIN_NUMBER for chain in chains for one in chain)
    regions = [row.region for row in given]
    chances = [row.answer_chance or 0.0 for row in given]
    return ContactsLoaded(
        campaign_id=command.campaign_id,
        contact_keys=[row.contact_key for row in given],
        numbers=[[one.number for one in chain] for chain in chains],
        zones=[row.zone for row in given],
        priorities=[row.priority for row in given],
        ranks=[row.rank for row in given],
        variables=[row.variables for row in given],
        regions=regions if any(regions) else [],
        kinds=[] if plain else [[one.kind for one in chain] for chain in chains],
        hours=[]
        if plain
        else [[(one.from_minute, one.until_minute) for one in chain] for chain in chains],
        answer_chances=chances if any(chances) else [],
        refused=refused,
        reopen=command.reopen,
    )


def number_index_of(turn: Turn, contact: Contact, number: str | None) -> int:
    """Which of the contact's numbers is meant; without one, the one that goes next."""
    if number is None:
        return contact.next_number
    try:
        number = to_e164(number, turn.state.records.config.default_region)
    except BadNumber as bad:
        refuse(ErrorCode.INVALID_VALUE, str(bad), "number")
    place = contact.record.place_of(int(number))
    if place < 0:
        refuse(ErrorCode.INVALID_VALUE, f"{number} is not one of the contact's numbers", "number")
    return place
