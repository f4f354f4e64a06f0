"""Where the contacts of a list stand, from the events about them."""

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

from fastdial.cli.report.form import Contacts
from fastdial.messages import events as ev
from fastdial.messages.base import Event
from fastdial.messages.callback_events import (
    CallbackEnded,
    CallbackOffered,
    CallbackReturned,
    CallbackScheduled,
)
from fastdial.messages.errors import RefusedRow
from fastdial.messages.words import ContactState

Key = tuple[str, str]
"""campaign and contact key"""


class _Contact:
    __slots__ = ("attempts", "comes_back", "reason", "state")

    def __init__(self) -> None:
        self.attempts = 0
        self.state = ContactState.READY
        self.reason = ""
        self.comes_back = ContactState.READY
        """from being held: as what"""


class ContactBook:
    """Contacts, their states and how often they were dialed."""

    def __init__(self) -> None:
        self.refused: list[RefusedRow] = []
        self._contacts: dict[Key, _Contact] = {}
        self._held: defaultdict[str, list[Key]] = defaultdict(list)
        self._removed = 0
        self._sees: dict[type[Event], Callable[[Any], None]] = {
            ev.ContactsLoaded: self._loaded,
            ev.ContactsRemoved: self._removed_from_list,
            ev.ContactsDue: self._due,
            ev.ContactHeld: self._held_back,
            ev.PreviewOffered: self._previewed,
            ev.PreviewSkipped: self._skipped,
            ev.DialRequested: self._dialed,
            ev.CallEnded: self._ended,
            ev.CallWrappedUp: self._fate,
            CallbackScheduled: self._promised,
            CallbackOffered: self._previewed,
            CallbackReturned: self._promised,
            CallbackEnded: self._fate,
        }

    def see(self, event: Event) -> None:
        """Take in an event; they come in sequence."""
        sees = self._sees.get(type(event))
        if sees is not None:
            sees(event)

    def _contact(self, campaign_id: str, contact_key: str) -> _Contact:
        return self._contacts.setdefault((campaign_id, contact_key), _Contact())

    def _loaded(self, event: ev.ContactsLoaded) -> None:
        self.refused += event.refused
        for contact_key in event.contact_keys:
            contact = self._contact(event.campaign_id, contact_key)
            if event.reopen and contact.state is ContactState.DONE:
                contact.state = ContactState.READY

    def _removed_from_list(self, event: ev.ContactsRemoved) -> None:
        for contact_key in event.contact_keys:
            if self._contacts.pop((event.campaign_id, contact_key), None) is not None:
                self._removed += 1

    def _due(self, event: ev.ContactsDue) -> None:
        for contact_key in event.contact_keys:
            self._contact(event.campaign_id, contact_key).state = ContactState.READY

    def _promised(self, event: CallbackScheduled | CallbackReturned) -> None:
        contact = self._contact(event.campaign_id, event.contact_key)
        contact.state, contact.reason = ContactState.PROMISED, "callback"

    def _held_back(self, event: ev.ContactHeld) -> None:
        contact = self._contact(event.campaign_id, event.contact_key)
        contact.comes_back = contact.state
        contact.state = ContactState.HELD
        self._held[event.number].append((event.campaign_id, event.contact_key))

    def _previewed(self, event: ev.PreviewOffered | CallbackOffered) -> None:
        self._contact(event.campaign_id, event.contact_key).state = ContactState.PREVIEWED

    def _skipped(self, event: ev.PreviewSkipped) -> None:
        self._contact(event.campaign_id, event.contact_key).state = ContactState.WAITING

    def _dialed(self, event: ev.DialRequested) -> None:
        contact = self._contact(event.campaign_id, event.contact_key)
        contact.state = ContactState.LIVE
        contact.attempts += 1

    def _ended(self, event: ev.CallEnded) -> None:
        for key in self._held.pop(event.number, ()):
            held = self._contacts.get(key)
            if held is not None and held.state is ContactState.HELD:
                held.state = held.comes_back
        if event.fate is not None:
            self._fate(event)

    def _fate(self, event: ev.CallEnded | ev.CallWrappedUp | CallbackEnded) -> None:
        contact = self._contacts.get((event.campaign_id, event.contact_key))
        if contact is not None and event.fate is not None:
            contact.state = event.fate.state
            contact.reason = event.fate.reason

    def figures(self, refused_rows: int) -> Contacts:
        """Where they stand now."""
        contacts = self._contacts.values()
        states = Counter(contact.state for contact in contacts)
        reasons = Counter(one.reason for one in contacts if one.state is ContactState.DONE)
        attempts = Counter(contact.attempts for contact in contacts)
        return Contacts(
            listed=len(self._contacts) + self._removed,
            refused_rows=refused_rows,
            removed=self._removed,
            by_state={str(state): states[state] for state in ContactState if states[state]},
            done_because=dict(reasons.most_common()),
            by_attempts=dict(sorted(attempts.items())),
        )
