"""The contacts of one campaign: rows of the kernel's table, and what about them is text."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from fastdial.kernel.contact_record import ContactRecord
from fastdial.kernel.contact_table import ContactTable
from fastdial.messages.callback_events import CallbackScheduled, CallbackUpdated
from fastdial.messages.events import ContactsLoaded
from fastdial.messages.words import AttemptOutcome, ContactOrder, ContactState, NumberKind
from fastdial.rules.windows import WindowKey, class_of
from fastdial.rules.windows.keys import DAY_MINUTES

ROW_BITS = 28
"""of a row within its list; the campaign's number stands above them in a row of the site"""

STATES = tuple(ContactState)
_CODE_OF_STATE = {state: code for code, state in enumerate(STATES)}

DEAD = 1
"""state of a number that is not dialed any more"""
_REMOVED = 1
"""flag of a contact that leaves the list at the end of its attempt"""

_TRIES_BITS = 7
MOST_TRIES = (1 << _TRIES_BITS) - 1
"""ended attempts with one outcome that are counted"""
_TRIES_AT: dict[AttemptOutcome, int] = {
    outcome: place * _TRIES_BITS
    for place, outcome in enumerate(o for o in AttemptOutcome if o is not AttemptOutcome.ANSWERED)
}
_MOST_WORDS = 1 << 16
SHARED_CLASS = (1 << 12) - 1
"""the window class of all contacts that would need one more: always open, so that whoever takes a
contact from the queue must look at its window; there is work for each class when hours change"""

KINDS = tuple(NumberKind)
"""of numbers, by the code that the table holds"""
_CODE_OF_KIND = {kind: code for code, kind in enumerate(KINDS)}

LEAST_TOLD = 1e-6
"""answer chance: what is told to be less is held for this much"""

_PAGE_BITS = 12
"""of rows whose variables are kept together: one dict of a million rows would be copied in one
piece when it grows, which takes 40 ms"""

_LOADED = "loaded"
_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(dict[str, str]).decode


def e164(number: int) -> str:
    """A number as it is written."""
    return f"+{number}"


class Place(msgspec.Struct, frozen=True, array_like=True):
    """What is known of where a contact is."""

    zone: str = ""
    """IANA"""
    region: str = ""
    """ISO 3166"""


class WindowClass(msgspec.Struct, array_like=True):
    """Contacts that open and close together, by their clocks and their numbers' hours (CO-1)."""

    key: WindowKey
    open: bool = False
    until: int | None = None
    reason: str = ""
    """when closed"""


class ListRecord(msgspec.Struct):
    """A list as plain values, for a snapshot."""

    table: bytes
    variables: dict[int, dict[int, bytes]]
    places: list[Place]
    words: list[str]
    window_classes: list[WindowClass]
    next_sequence: int


class ContactList:
    """The contacts of one campaign, found by key or by row.

    A row of the site is the campaign's number with the row of the table below it.
    """

    __slots__ = (
        "_class_numbers",
        "_place_numbers",
        "_word_numbers",
        "campaign_id",
        "first_row",
        "next_sequence",
        "number",
        "places",
        "table",
        "variables",
        "window_classes",
        "words",
    )

    def __init__(self, campaign_id: str) -> None:
        self.campaign_id = campaign_id
        self.number = int(campaign_id)
        self.first_row = self.number << ROW_BITS
        self.table = ContactTable()
        self.variables: dict[int, dict[int, bytes]] = {}
        """in pages, by row of the table, as MessagePack, where a contact has any"""
        self.places: list[Place] = [Place()]
        self._place_numbers = {self.places[0]: 0}
        self.words: list[str] = [_LOADED]
        """reasons, by the number that the table holds"""
        self._word_numbers = {_LOADED: 0}
        self.window_classes: list[WindowClass] = []
        """by the number that the ready queue knows"""
        self._class_numbers: dict[WindowKey, int] = {}
        self.next_sequence = 1

    def __len__(self) -> int:
        return len(self.table)

    def __iter__(self) -> "Iterator[Contact]":
        """All contacts, by row; for those who check a whole list."""
        for row in self.table.live_rows().tolist():
            yield Contact(self, row)

    def find(self, contact_key: str) -> "Contact | None":
        """The contact with this key."""
        row = self.table.find(contact_key)
        return None if row is None else Contact(self, row)

    def at(self, row: int) -> "Contact":
        """The contact in a row of the table."""
        return Contact(self, row)

    def load(self, event: ContactsLoaded) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
        """Add or update contacts; their rows in the table, and which of them are new."""
        count = len(event.contact_keys)
        regions = event.regions or [""] * count
        loaded = self.table.load(
            event.contact_keys,
            _filled([[int(number) for number in chain] for chain in event.numbers], 0),
            kinds=_filled([[_CODE_OF_KIND[kind] for kind in chain] for chain in event.kinds], 0)
            if event.kinds
            else None,
            from_minutes=_filled([[h[0] for h in chain] for chain in event.hours], 0)
            if event.hours
            else None,
            until_minutes=_filled(
                [[h[1] or DAY_MINUTES for h in chain] for chain in event.hours], DAY_MINUTES
            )
            if event.hours
            else None,
            zones=[
                self.place_number(Place(zone, region))
                for zone, region in zip(event.zones, regions, strict=True)
            ],
            priorities=event.priorities,
            answer_probabilities=_told(event.answer_chances),
            order_keys=event.ranks,
            sequences=np.arange(count) + self.next_sequence,
        )
        if loaded.refused.any():
            place = int(loaded.refused.argmax())
            raise ValueError(f"the table refuses contact {event.contact_keys[place]!r}")
        self.next_sequence += count
        for row, given in zip(loaded.rows.tolist(), event.variables, strict=True):
            self._set_variables(row, given)
        return loaded.rows, loaded.new

    def add(self, event: CallbackScheduled) -> "Contact":
        """One contact with one number, for a callback of a queue."""
        row, _ = self.table.upsert(
            event.contact_key,
            [int(event.number)],
            kinds=[_CODE_OF_KIND[event.number_kind]],
            from_minutes=[event.from_minute],
            until_minutes=[event.until_minute or DAY_MINUTES],
            zone=self.place_number(Place(event.zone)),
            priority=event.priority,
            sequence=self.next_sequence,
        )
        self.next_sequence += 1
        self._set_variables(row, event.variables)
        return Contact(self, row)

    def renew(self, contact: "Contact", event: CallbackUpdated) -> None:
        """What a callback of a queue was edited to; the same number keeps its kind and hours."""
        record = contact.record
        kind, hours = 0, (0, DAY_MINUTES)
        if record.number(0) == int(event.number):
            kind, hours = record.number_kind(0), record.number_hours(0)
        self.table.upsert(
            contact.contact_key,
            [int(event.number)],
            kinds=[kind],
            from_minutes=[hours[0]],
            until_minutes=[hours[1]],
            zone=self.place_number(Place(event.zone)),
            priority=event.priority,
        )
        self._set_variables(contact.record.row, event.variables)

    def add_number(self, contact: "Contact", event: CallbackScheduled) -> None:
        """One more number, with its kind and hours; those there keep their attempts (CB-7)."""
        record = contact.record
        known = range(record.number_count)
        hours = [record.number_hours(i) for i in known]
        hours.append((event.from_minute, event.until_minute or DAY_MINUTES))
        self.table.upsert(
            contact.contact_key,
            [*(record.number(i) for i in known), int(event.number)],
            kinds=[*(record.number_kind(i) for i in known), _CODE_OF_KIND[event.number_kind]],
            from_minutes=[begin for begin, _ in hours],
            until_minutes=[end for _, end in hours],
        )

    def drop(self, contact: "Contact") -> None:
        """Give up the contact and its row."""
        row = contact.record.row
        self._set_variables(row, {})
        self.table.remove(row)

    def ranks(
        self, rows: NDArray[np.int32] | NDArray[np.int64], order: ContactOrder
    ) -> NDArray[np.int64]:
        """What the ready queue ranks contacts by (rule CA-6).

        In random order that is the round, so that every contact goes once before any twice.
        """
        return self.table.take(_RANK_COLUMN[order], rows).astype(np.int64)

    def place_number(self, place: Place) -> int:
        """The number of a place, given when it first comes."""
        return _number_of(place, self.places, self._place_numbers)

    def class_number(self, key: WindowKey) -> int:
        """The number of a window class, closed until it was looked at when it first comes.

        `SHARED_CLASS` where there are too many.
        """
        number = self._class_numbers.get(key)
        if number is None:
            number = len(self.window_classes)
            if number < SHARED_CLASS:
                self._class_numbers[key] = number
                self.window_classes.append(WindowClass(key))
        return number

    @property
    def shares_a_class(self) -> bool:
        """Whether there may be contacts in `SHARED_CLASS`."""
        return len(self.window_classes) >= SHARED_CLASS

    def word_number(self, word: str) -> int:
        """The number of a reason, given when it first comes."""
        return _number_of(word, self.words, self._word_numbers)

    def _set_variables(self, row: int, variables: dict[str, str]) -> None:
        if variables:
            self.variables.setdefault(row >> _PAGE_BITS, {})[row] = _ENCODE(variables)
        elif (page := self.variables.get(row >> _PAGE_BITS)) is not None:
            page.pop(row, None)

    def variables_of(self, row: int) -> dict[str, str]:
        """What the platform wants shown beside the contact in a row of the table."""
        written = self.variables.get(row >> _PAGE_BITS, {}).get(row)
        return {} if written is None else _DECODE(written)

    # --- written down

    def record(self) -> ListRecord:
        """The list as plain values."""
        return ListRecord(
            self.table.snapshot(),
            self.variables,
            self.places,
            self.words,
            self.window_classes,
            self.next_sequence,
        )

    @classmethod
    def restored(cls, campaign_id: str, record: ListRecord) -> "ContactList":
        """The list that `record` gave. Raises ValueError where the table is damaged."""
        contacts: ContactList = cls(campaign_id)
        contacts.table = ContactTable.restore(record.table)
        contacts.variables = record.variables
        contacts.places = record.places
        contacts._place_numbers = {place: n for n, place in enumerate(record.places)}
        contacts.words = record.words
        contacts._word_numbers = {word: n for n, word in enumerate(record.words)}
        contacts.window_classes = record.window_classes
        contacts._class_numbers = {c.key: n for n, c in enumerate(record.window_classes)}
        contacts.next_sequence = record.next_sequence
        return contacts


_RANK_COLUMN = {
    ContactOrder.OLDEST: "sequence",
    ContactOrder.NEWEST: "sequence",
    ContactOrder.RANDOM: "attempts",
    ContactOrder.COLUMN: "order_key",
}


_T = TypeVar("_T")


def _filled(chains: Sequence[Sequence[int]], blank: int) -> NDArray[np.int64]:
    """Chains of any length as an array, ``blank`` where one is shorter than the longest."""
    array = np.full((len(chains), max(map(len, chains))), blank, np.int64)
    for place, chain in enumerate(chains):
        array[place, : len(chain)] = chain
    return array


def _told(chances: list[float]) -> NDArray[np.float32]:
    """Answer chances as the table holds them, where 0 means that none was told, and all below 1."""
    told = np.asarray(chances or 0.0, np.float32)
    least = np.asarray(chances or 0.0) > 0
    within = np.clip(told, LEAST_TOLD, np.nextafter(np.float32(1), np.float32(0)))
    return np.where(least, within, 0).astype(np.float32)


def _number_of(value: _T, values: list[_T], numbers: dict[_T, int]) -> int:
    number = numbers.get(value)
    if number is None:
        number = min(len(values), _MOST_WORDS - 1)
        if number == len(values):
            values.append(value)
            numbers[value] = number
    return number


class Contact:
    """A contact on a campaign's list, as it stands: a look at the table, not a copy.

    Only `fastdial.engine.apply` sets anything in it.
    """

    __slots__ = ("campaign_id", "home", "record", "row")

    def __init__(self, home: ContactList, row: int) -> None:
        self.home = home
        self.campaign_id = home.campaign_id
        """whose list it is on"""
        self.row = home.first_row | row
        """the contact's row within the site"""
        self.record = ContactRecord(home.table, row)

    @property
    def contact_key(self) -> str:
        """What the platform calls the contact."""
        return self.record.key

    @property
    def state(self) -> ContactState:
        """Where the contact stands on the list."""
        return STATES[self.record.state]

    @state.setter
    def state(self, state: ContactState) -> None:
        self.record.state = _CODE_OF_STATE[state]

    @property
    def reason(self) -> str:
        """Why it is in its state."""
        return self.home.words[self.record.reason]

    @reason.setter
    def reason(self, reason: str) -> None:
        self.record.reason = self.home.word_number(reason)

    @property
    def zone(self) -> str:
        """Its IANA zone, or empty."""
        return self.home.places[self.record.zone].zone

    @property
    def region(self) -> str:
        """Its ISO 3166 region, or empty."""
        return self.home.places[self.record.zone].region

    def window_key(self, number_index: int) -> WindowKey:
        """Which window class it belongs to when this number of it is dialed."""
        place = self.home.places[self.record.zone]
        record = self.record
        hours = record.number_hours(number_index)
        return class_of(place.zone, place.region, record.number(number_index), *hours)

    @property
    def variables(self) -> dict[str, str]:
        """What the platform wants shown beside it."""
        return self.home.variables_of(self.record.row)

    @property
    def priority(self) -> int:
        """The higher goes first."""
        return self.record.priority

    @property
    def rank(self) -> int:
        """For contact order ``column``: the lower goes first."""
        return self.record.order_key

    @property
    def answer_chance(self) -> float | None:
        """How likely a person answers, as the platform told it; to six places."""
        return round(self.record.answer_probability, 6) or None

    def rank_in(self, order: ContactOrder) -> int:
        """What the ready queue ranks the contact by; see `ContactList.ranks`."""
        if order is ContactOrder.RANDOM:
            return self.record.attempts
        return self.record.order_key if order is ContactOrder.COLUMN else self.record.sequence

    # --- numbers

    @property
    def numbers(self) -> tuple[str, ...]:
        """In the order in which they are tried, as E.164 with the plus sign."""
        record = self.record
        return tuple([e164(record.number(i)) for i in range(record.number_count)])

    def known_of(self, number: int) -> tuple[NumberKind, int, int] | None:
        """The kind and the hours of one of its numbers, in minutes of the local day."""
        place = self.record.place_of(number)
        if place < 0:
            return None
        return KINDS[self.record.number_kind(place)], *self.record.number_hours(place)

    @property
    def next_number(self) -> int:
        """Index into the numbers of the one that goes next."""
        return self.record.number_next

    @property
    def dead(self) -> list[bool]:
        """For each number whether it is not dialed any more."""
        record = self.record
        return [record.number_state(i) == DEAD for i in range(record.number_count)]

    def bury(self, number: int) -> None:
        """Never dial `number` again, where the contact has it."""
        place = self.record.place_of(number)
        if place >= 0:
            self.record.set_number_state(place, DEAD)

    def revive(self) -> None:
        """All numbers may be dialed again."""
        for i in range(self.record.number_count):
            self.record.set_number_state(i, 0)

    # --- attempts

    @property
    def attempts(self) -> int:
        """How often it was dialed."""
        return self.record.attempts

    @property
    def due_at(self) -> int | None:
        """For a contact that waits: when it may be dialed again."""
        return self.record.next_due_at or None

    @due_at.setter
    def due_at(self, due_at: int | None) -> None:
        self.record.next_due_at = due_at or 0

    @property
    def removed(self) -> bool:
        """Taken off the list in the middle of an attempt: goes at its end."""
        return bool(self.record.flags & _REMOVED)

    @removed.setter
    def removed(self, removed: bool) -> None:
        flags = self.record.flags & ~_REMOVED
        self.record.flags = flags | _REMOVED if removed else flags

    def tries(self, outcome: AttemptOutcome) -> int:
        """Ended attempts with this outcome; none are counted for ``answered``."""
        at = _TRIES_AT.get(outcome)
        return 0 if at is None else self.record.marks >> at & MOST_TRIES

    def count_try(self, outcome: AttemptOutcome) -> None:
        """One more ended attempt with this outcome."""
        at = _TRIES_AT.get(outcome)
        if at is not None and self.tries(outcome) < MOST_TRIES:
            self.record.marks += 1 << at

    def start_afresh(self) -> None:
        """As if it had never been dialed."""
        self.record.attempts = 0
        self.record.marks = 0
