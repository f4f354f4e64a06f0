"""The auditor's own books of exclusion lists, caps and quiet times notice what is broken."""

from array import array

import pytest

from fastdial.messages import events as ev
from fastdial.messages.compliance import (
    AbandonmentPreset,
    CapScope,
    CapSubject,
    ComplianceSettings,
    FrequencyCap,
    SiteCompliance,
)
from fastdial.messages.settings import CampaignSettings, SiteConfig
from fastdial.messages.words import AttemptOutcome, DialingMode, Party
from fastdial.simulation.audit_compliance import ComplianceAudit

DAY = 86_400_000
NUMBER = "+442079460001"
WEEKLY = FrequencyCap(attempts=2, period_s=7 * 86_400, quiet_after_conversation_s=7 * 86_400)


class Books:
    """An audit with campaigns that all have the same settings, told of calls one by one."""

    def __init__(self, compliance: ComplianceSettings, site: SiteCompliance | None = None) -> None:
        self.audit = ComplianceAudit(SiteConfig(compliance=site or SiteCompliance()))
        self.settings = CampaignSettings(name="Spring", compliance=compliance)
        self.calls = 0

    def call(
        self,
        at: int,
        *,
        number: str = NUMBER,
        campaign_id: str = "00001",
        key: str = "c",
        agent_id: str | None = None,
        outcome: AttemptOutcome = AttemptOutcome.BUSY,
        ring_ms: int = 25_000,
    ) -> str | None:
        """A call that is over after a minute; what its launch broke."""
        self.calls += 1
        call_id = self.calls
        dialed = ev.DialRequested(
            at=at, call_id=call_id, campaign_id=campaign_id, contact_key=key, number=number,
            mode=DialingMode.PREDICTIVE, attempt=1, ring_ms=ring_ms, agent_id=agent_id,
        )  # fmt: skip
        broken = self.audit.begin(dialed, self.settings)
        if outcome is AttemptOutcome.ANSWERED:
            self.audit.bridged(
                ev.CallBridged(at=at, call_id=call_id, campaign_id=campaign_id, agent_id="a")
            )
        self.audit.end(
            ev.CallEnded(
                at=at + 60_000, call_id=call_id, campaign_id=campaign_id, contact_key=key,
                number=number, outcome=outcome, party=Party.CUSTOMER,
            )
        )  # fmt: skip
        return broken


def listed(*numbers: str) -> bytes:
    return array("q", [int(one[1:]) for one in numbers]).tobytes()


def test_co_2_a_number_on_a_list_of_the_site_or_the_campaign() -> None:
    books = Books(ComplianceSettings(exclusion_lists=("mine",)))
    assert books.call(0) is None
    for name in ("do_not_call", "mine"):
        books.audit.excluded(
            ev.ExclusionAdded(list_name=name, numbers=listed(NUMBER), reason="asked")
        )
        assert "exclusion list" in (books.call(1) or "")
        assert books.call(2, number="+442079460002") is None
        books.audit.allowed(ev.ExclusionRemoved(list_name=name, numbers=listed(NUMBER)))
        assert books.call(3) is None
    books.audit.excluded(
        ev.ExclusionAdded(list_name="another's", numbers=listed(NUMBER), reason="asked")
    )
    assert books.call(4) is None


def test_co_3_attempts_in_a_rolling_period_to_the_millisecond() -> None:
    books = Books(ComplianceSettings(caps=(WEEKLY,)))
    assert [books.call(at) for at in (0, DAY)] == [None, None]
    assert "attempt 3" in (books.call(7 * DAY - 1) or "")
    books = Books(ComplianceSettings(caps=(WEEKLY,)))
    assert [books.call(at) for at in (0, DAY, 7 * DAY)] == [None] * 3


def test_co_3_quiet_after_a_conversation_counts_from_its_end() -> None:
    for after, broken in ((60_000 + 7 * DAY - 1, True), (60_000 + 7 * DAY, False)):
        books = Books(ComplianceSettings(caps=(WEEKLY,)))
        assert books.call(0, outcome=AttemptOutcome.ANSWERED) is None
        assert (books.call(after) is not None) is broken


@pytest.mark.parametrize(
    ("subject", "second", "counts"),
    [
        (CapSubject.NUMBER, {"key": "d"}, True),
        (CapSubject.NUMBER, {"number": "+442079460002"}, False),
        (CapSubject.CONTACT, {"number": "+442079460002"}, True),
        (CapSubject.CONTACT, {"key": "d"}, False),
        (CapSubject.ACCOUNT, {"key": "same account", "number": "+442079460002"}, True),
        (CapSubject.ACCOUNT, {"key": "d"}, False),
    ],
)
def test_co_3_a_cap_counts_whom_it_names(
    subject: CapSubject, second: dict[str, str], counts: bool
) -> None:
    cap = FrequencyCap(subject=subject, attempts=1)
    books = Books(ComplianceSettings(), SiteCompliance(caps=(cap,)))
    books.audit.loaded(
        ev.ContactsLoaded(
            campaign_id="00001", contact_keys=["c", "same account"], numbers=[[], []],
            zones=["", ""], priorities=[0, 0], ranks=[0, 0], variables=[{"account": "7"}] * 2,
        )
    )  # fmt: skip
    assert books.call(0) is None
    assert (books.call(1, **second) is not None) is counts  # type: ignore[arg-type]


@pytest.mark.parametrize(("scope", "counts"), [(CapScope.SITE, True), (CapScope.CAMPAIGN, False)])
def test_co_3_a_cap_of_the_site_counts_calls_of_all_campaigns(
    scope: CapScope, counts: bool
) -> None:
    books = Books(ComplianceSettings(caps=(FrequencyCap(scope=scope, attempts=1),)))
    assert books.call(0) is None
    assert (books.call(1, campaign_id="00002") is not None) is counts
    assert books.call(2, campaign_id="00001") is not None


def test_co_6_a_call_that_may_not_ring_long_enough() -> None:
    books = Books(ComplianceSettings(abandonment=AbandonmentPreset.US_FTC))
    assert books.call(0, ring_ms=15_000) is None
    assert "(CO-6)" in (books.call(1, ring_ms=14_999) or "")


def test_co_7_after_an_abandoned_call_only_with_an_agent_reserved() -> None:
    books = Books(ComplianceSettings(abandonment=AbandonmentPreset.UK_OFCOM_2008))
    assert books.call(0, outcome=AttemptOutcome.ABANDONED) is None
    assert books.call(DAY, agent_id="a") is None
    assert "(CO-7)" in (books.call(3 * DAY) or "")
    assert books.call(3 * DAY + 60_000) is None
