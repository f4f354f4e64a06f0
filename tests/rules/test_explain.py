"""CO-9: for a contact and a campaign, which rules were looked at and with what values."""

import pytest

from fastdial.messages.commands import (
    CampaignExplain,
    CampaignPause,
    ContactsExplain,
    ExclusionAdd,
    SiteConfigure,
)
from fastdial.messages.compliance import CapSubject, ComplianceSettings, FrequencyCap
from fastdial.messages.errors import ErrorCode
from fastdial.messages.explain import Looked
from fastdial.messages.limits import CallLimits, SiteLimits
from fastdial.messages.replies import CampaignExplanation, ContactExplanation
from fastdial.messages.settings import SiteConfig
from fastdial.messages.windows import WeeklyHours, WindowSettings
from fastdial.messages.words import ContactState, DialingMode, Saw
from floor import NOON, Floor, number

HOUR_MS = 3_600_000
EVENING = WindowSettings(weekly=(WeeklyHours(from_="18:00", until="20:00"),), presets=())


@pytest.fixture
def floor() -> Floor:
    return Floor()


def explain(floor: Floor, key: str = "c1", number: str | None = None) -> ContactExplanation:
    reply = floor.do(ContactsExplain(campaign_id="00001", contact_key=key, number=number))
    assert isinstance(reply, ContactExplanation)
    return reply


def explain_campaign(floor: Floor) -> CampaignExplanation:
    reply = floor.do(CampaignExplain(campaign_id="00001"))
    assert isinstance(reply, CampaignExplanation)
    return reply


def standing(explained: ContactExplanation | CampaignExplanation) -> dict[str, Looked]:
    """What does not pass, by rule."""
    return {one.rule: one for one in explained.looked_at if not one.passed}


def test_co_9_a_contact_that_may_be_dialed_shows_every_rule_and_its_values(floor: Floor) -> None:
    floor.campaign(1, 2, mode=DialingMode.PREVIEW)
    floor.agent()
    explained = explain(floor)
    assert explained.may_be_dialed
    assert explained.earliest_at == floor.now
    rules = [one.rule for one in explained.looked_at]
    for rule in ("CA-4", "CA-8", "CA-9", "CO-1", "CO-2", "CO-7", "CA-13", "AG-2", "CA-6"):
        assert rule in rules
    assert all(not one.change and not one.reason for one in explained.looked_at)


def test_co_9_a_window_says_its_hours_and_when_it_opens(floor: Floor) -> None:
    floor.campaign(1, windows=EVENING)
    floor.agent()
    closed = standing(explain(floor))["CO-1"]
    assert closed.reason == "outside_hours"
    assert closed.until == NOON + 6 * HOUR_MS
    assert closed.values["zones"] == "Europe/London"
    assert closed.change
    assert explain(floor).earliest_at == NOON + 6 * HOUR_MS


def test_co_9_exclusion_caps_and_retries_are_told_apart(floor: Floor) -> None:
    cap = FrequencyCap(subject=CapSubject.NUMBER, attempts=1, period_s=86_400)
    floor.campaign(1, compliance=ComplianceSettings(caps=(cap,), exclusion_lists=("no",)))
    floor.agent()
    floor.saw(1, Saw.BUSY, after_ms=1_000)
    floor.do(ExclusionAdd(list_name="no", numbers=(number(1),)))
    found = standing(explain(floor))
    assert (found["CO-2"].reason, found["CO-2"].values["on"]) == ("excluded", "no")
    assert found["CO-3"].until == NOON + 86_400_000
    assert found["CO-3"].values["attempts"] == 1
    assert (found["CA-9"].reason, found["CA-9"].until) == ("busy", floor.now + 1_800_000)
    assert explain(floor).earliest_at is None  # nobody is taken off a list by time


def test_co_9_a_live_contact_names_its_call_and_another_number_can_be_asked(floor: Floor) -> None:
    campaign = floor.campaign()
    floor.load(campaign, [{"contact_key": "c1", "numbers": [number(1), number(2)]}])
    floor.agent()
    assert standing(explain(floor))["CA-8"].values["call_id"] == 1
    other = explain(floor, number=number(2))
    assert other.number == number(2)
    live = [one for one in other.looked_at if one.rule == "CA-8" and "call_id" in one.values]
    assert live == []
    refused = floor.refused(
        ContactsExplain(campaign_id=campaign, contact_key="c1", number=number(3))
    )
    assert refused == (ErrorCode.INVALID_VALUE, "number")
    unknown = ContactsExplain(campaign_id=campaign, contact_key="nobody")
    assert floor.refused(unknown) == (ErrorCode.UNKNOWN_CONTACT, "contact_key")


def test_co_9_a_campaign_says_what_holds_it_back(floor: Floor) -> None:
    floor.campaign(1)
    assert standing(explain_campaign(floor))["AG-2"].reason == "no_agent_at_work"
    assert explain_campaign(floor).launches
    floor.do(SiteConfigure(config=SiteConfig(limits=SiteLimits(site=CallLimits(calls=0)))))
    limit = standing(explain_campaign(floor))["CA-13"]
    assert (limit.reason, limit.values["limit"]) == ("limit_reached", "site.calls")
    floor.do(CampaignPause(campaign_id="00001"))
    explained = explain_campaign(floor)
    assert standing(explained)["CA-4"].values == {"state": "paused"}
    assert not explained.launches


def test_co_9_a_campaign_says_how_many_contacts_stand_behind_each_reason(floor: Floor) -> None:
    campaign = floor.campaign(windows=EVENING)
    floor.load(campaign, [{"contact_key": f"l{n}", "numbers": [number(n)]} for n in range(1, 4)])
    floor.load(
        campaign,
        [
            {"contact_key": f"t{n}", "numbers": [number(n)], "zone": "Asia/Kolkata"}
            for n in range(11, 13)
        ],
    )
    floor.agent()
    floor.wait(HOUR_MS // 2)  # six o'clock in India
    floor.saw(floor.dialed()[-1], Saw.BUSY)
    behind = {
        (one.state, one.reason, one.values.get("zones")): one
        for one in explain_campaign(floor).contacts
    }
    london = behind[ContactState.READY, "outside_hours", "Europe/London"]
    assert (london.contacts, london.until) == (3, NOON + 6 * HOUR_MS)
    waiting = behind[ContactState.WAITING, "busy", None]
    assert waiting.contacts == 1
    assert waiting.until == floor.now + 1_800_000
    assert sum(one.contacts for one in behind.values()) == 5


def test_co_9_a_list_that_is_dry_and_a_campaign_that_goes_first_are_named(floor: Floor) -> None:
    floor.campaign(ends_when_dry=False)
    assert standing(explain_campaign(floor))["CA-10"].reason == "list_dry"
    floor.campaign(1, 2, 3, order=1)
    floor.load("00001", [{"contact_key": "late", "numbers": [number(9)]}])
    floor.agent()
    assert standing(explain_campaign(floor))["CA-5"].values["first"] == "00002"
