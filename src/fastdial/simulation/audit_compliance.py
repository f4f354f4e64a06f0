"""The auditor's own books of exclusion, caps and quiet times (rules CO-2, CO-3, CO-6 and CO-7)."""

from array import array
from collections import deque
from collections.abc import Iterator

import msgspec

from fastdial.messages.callback_events import CallbackScheduled, CallbackUpdated
from fastdial.messages.compliance import CapScope, CapSubject, FrequencyCap
from fastdial.messages.events import (
    CallBridged,
    CallEnded,
    ContactsLoaded,
    DialRequested,
    ExclusionAdded,
    ExclusionRemoved,
)
from fastdial.messages.settings import CampaignSettings, SiteConfig
from fastdial.messages.words import AttemptOutcome
from fastdial.rules.compliance.presets import caps_of, definition_of

Whom = tuple[str, str, str]
"""campaign or, for the whole site, nothing; kind of subject; the subject"""


class _Past(msgspec.Struct):
    """What happened to one subject since somebody asks for it."""

    attempts: deque[int] = msgspec.field(default_factory=deque)
    spoken_at: int | None = None


class ComplianceAudit:
    """Notes lists, attempts and conversations, and says which rule a launch broke.

    Attempts are noted from the first launch under a cap on: what was before, a cap may not know.
    """

    def __init__(self, config: SiteConfig) -> None:
        self._config = config
        self._excluded: dict[str, dict[int, None]] = {}
        self._accounts: dict[tuple[str, str], str] = {}
        self._past: dict[tuple[FrequencyCap, Whom], _Past] = {}
        self._caps: dict[tuple[FrequencyCap, str], None] = {}
        """caps that were looked at, with the campaign where they are of one"""
        self._abandoned_at: dict[str, int] = {}
        self._live: dict[int, DialRequested] = {}
        self._bridged: dict[int, None] = {}

    def configure(self, config: SiteConfig) -> None:
        """The site's settings from now on."""
        if config.compliance.account_variable != self._config.compliance.account_variable:
            self._accounts.clear()
        self._config = config

    def loaded(self, event: ContactsLoaded) -> None:
        """Contacts with their accounts."""
        for key, variables in zip(event.contact_keys, event.variables, strict=True):
            self._note_account(event.campaign_id, key, variables)

    def _note_account(self, campaign_id: str, key: str, variables: dict[str, str]) -> None:
        name = self._config.compliance.account_variable
        if name in variables:
            self._accounts[campaign_id, key] = variables[name]
        else:
            self._accounts.pop((campaign_id, key), None)

    def promised(self, event: CallbackScheduled) -> None:
        """A contact of a queue, with its account; a campaign's contact keeps its own."""
        if event.queue_id:
            self._note_account(event.campaign_id, event.contact_key, event.variables)

    def renewed(self, event: CallbackUpdated) -> None:
        """A contact of a queue, perhaps of another account."""
        self._note_account(event.campaign_id, event.contact_key, event.variables)

    def excluded(self, event: ExclusionAdded) -> None:
        """Numbers are not to be called."""
        numbers = self._excluded.setdefault(event.list_name, {})
        numbers.update(dict.fromkeys(array("q", event.numbers)))

    def allowed(self, event: ExclusionRemoved) -> None:
        """Numbers may be called again."""
        numbers = self._excluded.get(event.list_name, {})
        for number in array("q", event.numbers):
            numbers.pop(number, None)

    def begin(self, event: DialRequested, settings: CampaignSettings) -> str | None:
        """A launch; the sentence is about the rule that it broke, if it did."""
        self._live[event.call_id] = event
        given = settings.compliance
        number = int(event.number[1:])
        for name in (*self._config.compliance.exclusion_lists, *given.exclusion_lists):
            if number in self._excluded.get(name, ()):
                return f"the number is on the exclusion list {name!r} (CO-2)"
        definition = definition_of(given)
        if event.ring_ms < definition.min_ring_s * 1_000:
            return f"it rings {event.ring_ms} ms; {definition.min_ring_s} s are due (CO-6)"
        abandoned_at = self._abandoned_at.get(event.number)
        if abandoned_at is not None and event.agent_id is None:
            quiet_ms = definition.quiet_after_abandoned_s * 1_000
            if event.at < abandoned_at + quiet_ms:
                return f"the number was abandoned {event.at - abandoned_at} ms ago (CO-7)"
        return self._check_caps(event, settings)

    def _check_caps(self, event: DialRequested, settings: CampaignSettings) -> str | None:
        own = caps_of(self._config.compliance.caps, settings.compliance.caps)
        for cap in own:
            scope = event.campaign_id if cap.scope is CapScope.CAMPAIGN else ""
            self._caps[cap, scope] = None
        broken = None
        for cap, past in self._pasts(event):
            past.attempts.append(event.at)
            while past.attempts[0] <= event.at - cap.period_s * 1_000:
                past.attempts.popleft()
            if cap in own:
                broken = _broken(cap, past, event.at) or broken
        return broken

    def _pasts(self, event: DialRequested) -> Iterator[tuple[FrequencyCap, _Past]]:
        """What is noted of whom a launch goes to, for each cap that counts it."""
        for cap, scope in self._caps:
            if scope in ("", event.campaign_id):
                whom = (scope, *self._subject(cap, event))
                yield cap, self._past.setdefault((cap, whom), _Past())

    def _subject(self, cap: FrequencyCap, event: DialRequested) -> tuple[str, str]:
        if cap.subject is CapSubject.NUMBER:
            return "number", event.number
        account = self._accounts.get((event.campaign_id, event.contact_key), "")
        if cap.subject is CapSubject.ACCOUNT and account:
            return "account", account
        return "contact", event.contact_key

    def bridged(self, event: CallBridged) -> None:
        """A conversation begins."""
        self._bridged[event.call_id] = None
        self._spoken(event.call_id, event.at)

    def end(self, event: CallEnded) -> None:
        """A call is over."""
        if event.call_id in self._bridged:
            del self._bridged[event.call_id]
            self._spoken(event.call_id, event.at)
        if event.outcome is AttemptOutcome.ABANDONED:
            self._abandoned_at[event.number] = event.at
        del self._live[event.call_id]

    def _spoken(self, call_id: int, at: int) -> None:
        for _, past in self._pasts(self._live[call_id]):
            past.spoken_at = at


def _broken(cap: FrequencyCap, past: _Past, at: int) -> str | None:
    if cap.attempts is not None and len(past.attempts) > cap.attempts:
        return f"attempt {len(past.attempts)} within {cap.period_s} s; {cap} (CO-3)"
    quiet_ms = cap.quiet_after_conversation_s * 1_000
    if quiet_ms and past.spoken_at is not None and at < past.spoken_at + quiet_ms:
        return f"{at - past.spoken_at} ms after a conversation; {cap} (CO-3)"
    return None
