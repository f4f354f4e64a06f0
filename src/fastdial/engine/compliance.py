"""What a site keeps to obey exclusion lists and frequency caps, and how both are written down.

Attempts are kept for whom some campaign's caps ask, as long as the longest of them asks, from the
moment on at which the cap is set; an attempt of any campaign counts for a cap of the site's scope.
"""

from collections.abc import Iterable
from hashlib import blake2b

import msgspec

from fastdial.engine.contact_list import Contact
from fastdial.engine.records import Campaign
from fastdial.kernel.exclusion import ExclusionSet
from fastdial.kernel.recent import Recent
from fastdial.messages.compliance import CapScope, CapSubject, FrequencyCap, SiteCompliance
from fastdial.rules.compliance.presets import caps_of, definition_of

_SITE = ""
"""in place of a campaign's id"""
_ABANDONED = "abandoned"
"""numbers whose call was abandoned, beside the subjects of caps"""


class BoundCap(msgspec.Struct, frozen=True):
    """A cap and the attempts that it counts."""

    cap: FrequencyCap
    recent: Recent

    def allowed_at(self, subject: int) -> int:
        """From when on the cap lets the subject be tried; 0 where it never stood against it."""
        cap = self.cap
        allowed_at: int = self.recent.allowed_at(
            subject,
            cap.attempts or 0,
            cap.period_s * 1_000 if cap.attempts else 0,
            cap.quiet_after_conversation_s * 1_000,
        )
        return allowed_at


class CampaignRules(msgspec.Struct, frozen=True):
    """What a campaign must look at before it dials."""

    lists: tuple[tuple[str, ExclusionSet], ...]
    caps: tuple[BoundCap, ...]
    quiet_after_abandoned_ms: int


class ComplianceRecord(msgspec.Struct):
    """The whole as plain values, for a snapshot."""

    lists: dict[str, bytes] = {}
    histories: dict[str, bytes] = {}


class Compliance:
    """Exclusion lists, recent attempts, and the rules of each campaign."""

    __slots__ = ("_account_variable", "_histories", "_recorded", "lists", "rules")

    def __init__(self) -> None:
        self.lists: dict[str, ExclusionSet] = {}
        """by name; one that is named anywhere is there"""
        self.rules: dict[str, CampaignRules] = {}
        """by campaign"""
        self._histories: dict[tuple[str, str], Recent] = {}
        """by campaign, or the site, and subject"""
        self._recorded: dict[str, tuple[tuple[str, Recent], ...]] = {}
        """by campaign: what its attempts are recorded in"""
        self._account_variable = ""

    # --- what the settings ask for

    def fit(self, site: SiteCompliance, campaigns: dict[str, Campaign]) -> None:
        """Settings are new or have changed."""
        self._account_variable = site.account_variable
        for campaign in campaigns.values():
            self.rules[campaign.campaign_id] = self._rules(site, campaign)
        self._index_recorded(campaigns)

    def fit_newest(
        self, site: SiteCompliance, campaigns: dict[str, Campaign], newest: Campaign
    ) -> None:
        """A campaign is new, and nothing else has changed."""
        self._account_variable = site.account_variable
        before = len(self._histories)
        self.rules[newest.campaign_id] = self._rules(site, newest)
        # attempts of all are recorded in a history of the site
        is_alone = len(self._histories) == before
        self._index_recorded((newest.campaign_id,) if is_alone else campaigns)

    def _index_recorded(self, campaign_ids: Iterable[str]) -> None:
        recorded: dict[str, list[tuple[str, Recent]]] = {_SITE: []}
        for (scope, subject), recent in self._histories.items():
            if subject != _ABANDONED:
                recorded.setdefault(scope, []).append((subject, recent))
        for campaign_id in campaign_ids:
            self._recorded[campaign_id] = (*recorded[_SITE], *recorded.get(campaign_id, ()))

    def list_named(self, name: str) -> ExclusionSet:
        """The exclusion list of this name, which is made when it first comes."""
        return self.lists.setdefault(name, ExclusionSet())

    def _rules(self, site: SiteCompliance, campaign: Campaign) -> CampaignRules:
        given = campaign.settings.compliance
        names = dict.fromkeys((*site.exclusion_lists, *given.exclusion_lists))
        quiet_ms = definition_of(given).quiet_after_abandoned_s * 1_000
        if quiet_ms:
            self._history(_SITE, _ABANDONED, quiet_ms)
        return CampaignRules(
            lists=tuple((name, self.list_named(name)) for name in names),
            caps=tuple(self._bound(cap, campaign) for cap in caps_of(site.caps, given.caps)),
            quiet_after_abandoned_ms=quiet_ms,
        )

    def _bound(self, cap: FrequencyCap, campaign: Campaign) -> BoundCap:
        scope = campaign.campaign_id if cap.scope is CapScope.CAMPAIGN else _SITE
        period_s = cap.period_s if cap.attempts else 0
        keep_ms = max(period_s, cap.quiet_after_conversation_s, 1) * 1_000
        return BoundCap(cap, self._history(scope, cap.subject.value, keep_ms))

    def _history(self, scope: str, subject: str, keep_ms: int) -> Recent:
        recent = self._histories.get((scope, subject))
        if recent is None:
            recent = self._histories[scope, subject] = Recent(keep_ms)
        # never shorter: what is forgotten cannot be had back
        recent.keep_ms = max(recent.keep_ms, keep_ms)
        return recent

    # --- who is meant

    def account_of(self, contact: Contact) -> str:
        """The account that a contact's attempts are counted for, where any cap counts accounts."""
        recorded = self._recorded[contact.campaign_id]
        for subject, _ in recorded:
            if subject == CapSubject.ACCOUNT:
                return contact.variables.get(self._account_variable, "")
        return ""

    # --- what happened

    def attempted(self, campaign_id: str, number: int, key: str, account: str, at: int) -> None:
        """An attempt begins."""
        for subject, recent in self._recorded[campaign_id]:
            recent.record_attempt(subject_of(subject, number, key, account), at)

    def spoken_to(self, campaign_id: str, number: int, key: str, account: str, at: int) -> None:
        """A conversation with an agent has begun, or is over."""
        for subject, recent in self._recorded[campaign_id]:
            recent.record_conversation(subject_of(subject, number, key, account), at)

    def abandoned(self, number: int, at: int) -> None:
        """A call was abandoned."""
        recent = self._histories.get((_SITE, _ABANDONED))
        if recent is not None:
            recent.record_attempt(number, at)

    def quiet_until(self, campaign_id: str, number: int) -> int:
        """From when on the campaign may dial the number with no agent reserved (rule CO-7)."""
        quiet_ms = self.rules[campaign_id].quiet_after_abandoned_ms
        recent = self._histories.get((_SITE, _ABANDONED))
        if not quiet_ms or recent is None:
            return 0
        allowed_at: int = recent.allowed_at(number, 1, quiet_ms)
        return allowed_at

    # --- written down

    def record(self) -> ComplianceRecord:
        """The whole as plain values."""
        return ComplianceRecord(
            {name: numbers.snapshot() for name, numbers in self.lists.items()},
            {
                f"{scope}:{subject}": recent.snapshot()
                for (scope, subject), recent in self._histories.items()
            },
        )

    @classmethod
    def restored(cls, record: ComplianceRecord) -> "Compliance":
        """What `record` gave, to be fitted. Raises ValueError where it is damaged."""
        compliance: Compliance = cls()
        for name, numbers in record.lists.items():
            compliance.lists[name] = ExclusionSet.restore(numbers)
        for written, recent in record.histories.items():
            scope, _, subject = written.partition(":")
            compliance._histories[scope, subject] = Recent.restore(recent)
        return compliance


def subject_of(subject: str, number: int, key: str, account: str) -> int:
    """What the attempts of a number, contact or account are kept under."""
    if subject == CapSubject.NUMBER:
        return number
    if subject == CapSubject.ACCOUNT and account:
        return _hash(f"account {account}")
    return _hash(f"contact {key}")


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little", signed=True)
