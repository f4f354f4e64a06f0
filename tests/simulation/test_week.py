"""The week of a large centre, in small: it runs, it is looked at, and it comes out the same."""

from functools import cache

import msgspec
import pytest

from fastdial.messages.events import DialRequested
from fastdial.messages.windows import WeeklyHours, WindowSettings
from fastdial.messages.words import DialingMode
from simulation.week import HOUR_MS, MONDAY, Size, Week, WindowWatch, campaigns, lists

SMALL = Size(campaigns=6, agents=24, contacts=6_000, days=1)


@cache
def morning() -> Week:
    lived = Week(SMALL)
    lived.until(11)
    return lived


def test_ca_8_a_morning_of_the_week_keeps_every_promise_that_is_looked_at() -> None:
    """CA-7, CA-9, CA-13, CO-1, CO-2, CO-3, CO-7, AG-1, AG-2"""
    lived = morning()
    assert lived.auditor.attempts > 300
    assert lived.auditor.answered > 50
    assert lived.events["ContactsLoaded"] >= 1, "lists were loaded while campaigns ran"
    assert lived.events["ExclusionAdded"] > 0, "somebody asked not to be called again"
    assert set(lived.world.refused) <= {
        ("preview.request", "nothing_to_dial"),
        ("preview.request", "agent_state"),
        ("campaign.start", "campaign_state"),
        ("campaign.pause", "campaign_state"),
    }


def test_the_same_seed_lives_through_the_same_morning() -> None:
    again = Week(SMALL)
    again.until(11)
    assert again.events == morning().events
    assert again.world.site.state_hash() == morning().world.site.state_hash()  # type: ignore[attr-defined]


def test_all_contacts_come_once_within_the_week() -> None:
    size = Size(campaigns=3, contacts=23_456, days=2)
    loads = list(lists(size, ("00001", "00002", "00003")))
    keys = [row["contact_key"] for _, load in loads for row in load.contacts]
    assert len(set(keys)) == len(keys) == size.contacts
    instants = [at for at, _ in loads]
    assert instants == sorted(instants)
    assert MONDAY == instants[0] < instants[-1] < MONDAY + 48 * HOUR_MS


def test_campaigns_of_the_full_week_are_of_all_modes_and_take_turns() -> None:
    settings = campaigns(Size(), ("a", "b"))
    assert len(settings) == 50
    modes = {one.mode for one in settings.values()}
    assert modes >= {DialingMode.PREDICTIVE, DialingMode.PROGRESSIVE, DialingMode.PREVIEW}
    assert len({one.order for one in settings.values()}) > 1
    assert len({one.parity for one in settings.values()}) > 1


def test_co_1_a_launch_outside_its_window_does_not_go_unseen() -> None:
    hours = WindowSettings(weekly=(WeeklyHours(from_="08:00", until="20:00"),), presets=())
    settings = campaigns(Size(campaigns=1), ("a",))
    (campaign_id,) = settings
    settings[campaign_id] = msgspec.structs.replace(settings[campaign_id], windows=hours)
    watch = WindowWatch(settings)

    def launch(hour: int) -> DialRequested:
        event = DialRequested(
            call_id=1, campaign_id=campaign_id, contact_key="c", number="+442079460001",
            mode=DialingMode.PREDICTIVE, attempt=1, ring_ms=20_000,
        )  # fmt: skip
        event.at = MONDAY + hour * HOUR_MS
        return event

    watch.see(launch(8))
    with pytest.raises(AssertionError, match=r"outside the window of .*Europe/London"):
        watch.see(launch(20))
