"""CO-1: a contact is dialed only inside the window of its local time."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fastdial import Site
from fastdial.engine.contact_list import SHARED_CLASS
from fastdial.messages.commands import (
    CampaignCreate,
    CampaignPause,
    CampaignStart,
    CampaignUpdate,
    PreviewDial,
    PreviewRequest,
)
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import DialRequested, WindowChanged
from fastdial.messages.replies import Error
from fastdial.messages.settings import CampaignSettings, RetryRule, RetrySettings
from fastdial.messages.windows import (
    ALWAYS_OPEN,
    DateHours,
    RegionRule,
    WeeklyHours,
    WindowSettings,
    WorkingHours,
)
from fastdial.messages.words import (
    ContactOrder,
    ContactState,
    DialingMode,
    NextNumber,
    Saw,
    Weekday,
)
from floor import NOON, Floor, number

NINE_TO_FIVE = WindowSettings(weekly=(WeeklyHours(from_="09:00", until="17:00"),), presets=())


@pytest.fixture
def floor() -> Floor:
    return Floor()


def local(zone: str, *when: int) -> int:
    return int(datetime(*when, tzinfo=ZoneInfo(zone)).timestamp() * 1_000)  # type: ignore[arg-type,misc] # year to minute


def dialed_at(floor: Floor, attempt: int = 1) -> list[tuple[str, int]]:
    """Who was dialed when, for the first time or again."""
    return [
        (event.contact_key, event.at)
        for event in floor.all_seen(DialRequested)
        if event.attempt == attempt
    ]


def contact(key: str, n: int, **more: object) -> dict[str, object]:
    return {"contact_key": key, "numbers": [number(n)], **more}


def test_co_1_a_contact_is_dialed_in_the_minute_in_which_its_window_opens(floor: Floor) -> None:
    campaign = floor.campaign(windows=NINE_TO_FIVE)
    floor.load(campaign, [contact("a", 1, zone="America/New_York")])
    floor.agent()
    floor.wait(12 * 3_600_000)
    opens_at = local("America/New_York", 2026, 3, 2, 9, 0)
    assert opens_at > NOON
    assert dialed_at(floor) == [("a", opens_at)]


def test_co_1_on_the_day_on_which_clocks_change_it_is_right_to_the_minute(floor: Floor) -> None:
    floor.now = local("America/New_York", 2026, 3, 7, 17, 0)  # clocks go forward that night
    campaign = floor.campaign(windows=NINE_TO_FIVE)
    floor.load(campaign, [contact("a", 1, zone="America/New_York")])
    floor.agent()
    floor.wait(24 * 3_600_000)
    opens_at = local("America/New_York", 2026, 3, 8, 9, 0)
    assert opens_at - local("America/New_York", 2026, 3, 7, 9, 0) == 23 * 3_600_000
    assert dialed_at(floor) == [("a", opens_at)]


def test_co_1_nobody_is_dialed_in_the_minute_in_which_the_window_closes(floor: Floor) -> None:
    floor.now = local("Europe/London", 2026, 3, 2, 16, 59)
    campaign = floor.campaign(windows=NINE_TO_FIVE)
    floor.load(campaign, [contact("a", 1), contact("b", 2)])
    floor.wait(59_999)
    floor.agent("ann")
    assert [key for key, _ in dialed_at(floor)] == ["a"]
    floor.wait(1)
    floor.agent("bob")
    assert [key for key, _ in dialed_at(floor)] == ["a"]
    assert floor.contact("b").state is ContactState.READY


def test_co_1_a_window_opens_by_one_event_however_many_contacts_wait(floor: Floor) -> None:
    campaign = floor.campaign(windows=NINE_TO_FIVE)
    floor.load(campaign, [contact(f"c{n}", n, zone="America/Chicago") for n in range(300)])
    before = len(floor.events)
    floor.wait(12 * 3_600_000)
    changes = floor.all_seen(WindowChanged)
    assert [(event.open, event.zones) for event in changes] == [
        (False, ("America/Chicago",)),
        (True, ("America/Chicago",)),
        (False, ("America/Chicago",)),
    ]
    assert changes[0].reason == "outside_hours"
    assert changes[0].until == changes[1].at
    assert len(floor.events) - before == 2


def test_co_1_without_a_zone_the_window_is_open_in_all_zones_of_the_number(floor: Floor) -> None:
    # +1 800 is answered anywhere in North America: open from nine in Hawaii until five in the east
    campaign = floor.campaign(windows=NINE_TO_FIVE)
    floor.load(campaign, [{"contact_key": "a", "numbers": ["+12015550123"]}])
    floor.load(campaign, [{"contact_key": "b", "numbers": ["+18005550123"]}])
    floor.agent("ann")
    floor.agent("bob")
    floor.wait(24 * 3_600_000)
    reached = dict(dialed_at(floor))
    assert reached["a"] == local("America/New_York", 2026, 3, 2, 9, 0)
    if "b" in reached:
        zones = ("America/New_York", "America/Los_Angeles", "Pacific/Honolulu")
        for zone in zones:
            here = datetime.fromtimestamp(reached["b"] / 1_000, ZoneInfo(zone))
            assert 9 <= here.hour < 17


def test_co_1_hours_of_a_single_number_hold_besides(floor: Floor) -> None:
    campaign = floor.campaign(windows=NINE_TO_FIVE)
    evening = {"number": number(1), "kind": "mobile", "from": "14:30", "until": "20:00"}
    floor.load(campaign, [{"contact_key": "a", "numbers": [evening]}])
    floor.agent()
    floor.wait(12 * 3_600_000)
    assert dialed_at(floor) == [("a", local("Europe/London", 2026, 3, 2, 14, 30))]


def test_co_1_the_next_number_of_the_chain_has_a_window_of_its_own(floor: Floor) -> None:
    rule = RetryRule(times=3, after_s=60, next_number=NextNumber.NEXT)
    campaign = floor.campaign(windows=NINE_TO_FIVE, retries=RetrySettings(not_reached=rule))
    floor.load(campaign, [{"contact_key": "a", "numbers": [number(1), "+12015550123"]}])
    floor.agent()
    floor.saw(1, Saw.BUSY, after_ms=1_000)
    floor.until_dialed()
    assert dialed_at(floor, attempt=2)[0] == ("a", local("America/New_York", 2026, 3, 2, 9, 0))


def test_co_1_a_retry_that_is_due_in_the_night_waits_for_the_morning(floor: Floor) -> None:
    floor.now = local("Europe/London", 2026, 3, 2, 16, 59)
    rule = RetryRule(times=3, after_s=3_600)
    campaign = floor.campaign(windows=NINE_TO_FIVE, retries=RetrySettings(not_reached=rule))
    floor.load(campaign, [contact("a", 1)])
    floor.agent()
    floor.saw(1, Saw.BUSY, after_ms=1_000)
    floor.wait(24 * 3_600_000)
    assert dialed_at(floor, attempt=2)[0] == ("a", local("Europe/London", 2026, 3, 3, 9, 0))


def test_co_1_new_hours_hold_at_once(floor: Floor) -> None:
    campaign = floor.campaign(windows=ALWAYS_OPEN)
    floor.load(campaign, [contact(f"c{n}", n) for n in (1, 2, 3)])
    floor.agent("ann")
    assert len(dialed_at(floor)) == 1
    closed = WindowSettings(weekly=(WeeklyHours(from_="01:00", until="02:00"),), presets=())
    floor.do(
        CampaignUpdate(campaign_id=campaign, settings=CampaignSettings(name="Test", windows=closed))
    )
    floor.agent("bob")
    assert len(dialed_at(floor)) == 1
    floor.do(
        CampaignUpdate(
            campaign_id=campaign, settings=CampaignSettings(name="Test", windows=ALWAYS_OPEN)
        )
    )
    assert len(dialed_at(floor)) == 2


def test_co_1_holidays_exceptions_and_rules_by_region_close(floor: Floor) -> None:
    mondays = RegionRule(
        name="no Mondays",
        regions=("GB",),
        weekly=(WeeklyHours(days=tuple(day for day in Weekday if day is not Weekday.MON)),),
    )
    hours = WindowSettings(
        presets=(),
        weekly=(WeeklyHours(from_="09:00", until="17:00"),),
        rules=(mondays,),
        exceptions=(DateHours(date="2026-03-03"),),
    )
    campaign = floor.campaign(windows=hours)
    floor.load(campaign, [contact("a", 1)])
    floor.agent()
    floor.wait(72 * 3_600_000)
    assert dialed_at(floor) == [("a", local("Europe/London", 2026, 3, 4, 9, 0))]
    first = floor.all_seen(WindowChanged)[0]
    assert (first.reason, first.values["rule"]) == ("region_rule", "no Mondays")


def test_ca_1_a_campaign_works_in_its_own_hours_whatever_the_contacts(floor: Floor) -> None:
    working = WorkingHours(weekly=(WeeklyHours(from_="15:00", until="16:00"),))
    hours = WindowSettings(weekly=(WeeklyHours(),), presets=(), working=working)
    campaign = floor.campaign(windows=hours, zone="Europe/Warsaw")
    floor.load(campaign, [contact("a", 1, zone="Asia/Tokyo")])
    floor.agent()
    floor.wait(24 * 3_600_000)
    assert dialed_at(floor) == [("a", local("Europe/Warsaw", 2026, 3, 2, 15, 0))]


def test_co_1_an_agent_cannot_dial_a_previewed_contact_outside_its_window(floor: Floor) -> None:
    floor.now = local("Europe/London", 2026, 3, 2, 16, 59)
    campaign = floor.campaign(windows=NINE_TO_FIVE, mode=DialingMode.PREVIEW)
    floor.load(campaign, [contact("a", 1)])
    floor.agent()
    floor.do(PreviewRequest(agent_id="ann"))
    floor.wait(60_000)
    assert floor.refused(PreviewDial(agent_id="ann")) == (ErrorCode.NOT_ALLOWED, "number")


def test_co_1_a_campaign_that_does_not_run_has_nothing_to_do_by_the_clock(floor: Floor) -> None:
    campaign = floor.campaign(1, windows=NINE_TO_FIVE)
    assert floor.site.next_due() is not None
    floor.do(CampaignPause(campaign_id=campaign))
    assert floor.site.next_due() is None
    floor.wait(8 * 3_600_000)
    floor.agent()
    floor.do(CampaignStart(campaign_id=campaign))
    assert dialed_at(floor) == []
    floor.wait(16 * 3_600_000)
    assert dialed_at(floor) == [("c1", local("Europe/London", 2026, 3, 3, 9, 0))]


def test_co_1_settings_that_are_wrong_are_refused_with_every_fault(floor: Floor) -> None:
    wrong = WindowSettings(
        weekly=(WeeklyHours(from_="17:00", until="09:00"),), presets=("nowhere",)
    )
    reply = floor.ask(CampaignCreate(settings=CampaignSettings(name="Test", windows=wrong)))
    assert isinstance(reply, Error)
    assert [fault.field for fault in reply.faults] == [
        "settings.windows.weekly[0].until",
        "settings.windows.presets[0]",
    ]


def test_co_1_a_restored_site_keeps_its_windows(floor: Floor) -> None:
    campaign = floor.campaign(windows=NINE_TO_FIVE)
    floor.load(campaign, [contact("a", 1, zone="America/New_York")])
    floor.agent()
    floor.site = Site.restore(floor.site.snapshot())
    floor.wait(12 * 3_600_000)
    assert dialed_at(floor) == [("a", local("America/New_York", 2026, 3, 2, 9, 0))]


def in_hours_of_their_own(floor: Floor, **settings: Any) -> str:
    """A campaign with one contact in each of three window classes, all open."""
    campaign = floor.campaign(**settings)
    ends = {1: "17:00", 2: "18:00", 3: "19:00"}
    floor.load(
        campaign,
        [
            {"contact_key": f"c{n}", "numbers": [{"number": number(n), "until": until}]}
            for n, until in ends.items()
        ],
    )
    return campaign


def test_co_1_classes_that_are_open_are_open_in_a_restored_site(floor: Floor) -> None:
    in_hours_of_their_own(floor)
    floor.site = Site.restore(floor.site.snapshot())
    for agent in "abc":
        floor.agent(agent)
    assert [key for key, _ in dialed_at(floor)] == ["c1", "c2", "c3"]


def test_co_1_classes_that_are_open_stay_open_in_another_contact_order(floor: Floor) -> None:
    campaign = in_hours_of_their_own(floor)
    newest = CampaignSettings(name="Test", windows=ALWAYS_OPEN, contact_order=ContactOrder.NEWEST)
    floor.do(CampaignUpdate(campaign_id=campaign, settings=newest))
    for agent in "abc":
        floor.agent(agent)
    assert [key for key, _ in dialed_at(floor)] == ["c3", "c2", "c1"]


def test_co_1_hours_hold_of_however_many_contacts_no_two_have_the_same(floor: Floor) -> None:
    """Beyond a number of window classes contacts are looked at one by one."""
    campaign = floor.campaign()
    numbers = (
        {"number": number(1), "from": f"{13 + n // 600:02d}:{n // 10 % 60:02d}", "until": until}
        for n in range(4_200)
        for until in (f"23:{n % 10 * 6:02d}",)
    )
    contacts = [{"contact_key": f"c{n}", "numbers": [one]} for n, one in enumerate(numbers)]
    floor.load(campaign, contacts[:4_100])
    assert len(floor.site._state.lists[campaign].window_classes) == SHARED_CLASS
    floor.load(
        campaign, [{"contact_key": "open", "numbers": [{"number": number(2), "until": "12:01"}]}]
    )
    floor.site = Site.restore(floor.site.snapshot())
    floor.agent("ann")
    floor.agent("bob")
    assert dialed_at(floor) == [("open", NOON)]
    last = floor.contact("c4099")
    assert last.due_at == local("Europe/London", 2026, 3, 2, 13 + 4099 // 600, 4099 // 10 % 60)
    floor.saw(1, Saw.ANSWERED)
    floor.wait(3_600_000)
    assert dialed_at(floor)[1] == ("c0", local("Europe/London", 2026, 3, 2, 13, 0))
