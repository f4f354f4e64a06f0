"""The auditor's own books of where contacts are notice a call outside its window (CO-1)."""

import pytest

from fastdial.messages import events as ev
from fastdial.messages.settings import CampaignSettings
from fastdial.messages.windows import WeeklyHours, WindowSettings
from fastdial.messages.words import DialingMode, NumberKind
from fastdial.simulation.audit_windows import WindowsAudit

NOON = 1_772_452_800_000
HOUR = 3_600_000
OWN, OTHER = "+442079460001", "+442079460002"
SETTINGS = CampaignSettings(
    name="Spring",
    windows=WindowSettings(weekly=(WeeklyHours(from_="12:00", until="14:00"),), presets=()),
)


def audit(zone: str = "", region: str = "", hours: tuple[int, int] = (0, 0)) -> WindowsAudit:
    books = WindowsAudit()
    has_hours = hours != (0, 0)
    books.loaded(
        ev.ContactsLoaded(
            campaign_id="00001", contact_keys=["c"], numbers=[[OTHER, OWN]], zones=[zone],
            priorities=[0], ranks=[0], variables=[{}], regions=[region] if region else [],
            kinds=[[NumberKind.VOICE] * 2] if has_hours else [],
            hours=[[(0, 0), hours]] if has_hours else [],
        )
    )  # fmt: skip
    return books


def broken(books: WindowsAudit, at: int, number: str = OWN) -> str | None:
    launch = ev.DialRequested(
        at=at, call_id=1, campaign_id="00001", contact_key="c", number=number,
        mode=DialingMode.PROGRESSIVE, attempt=1, ring_ms=20_000,
    )  # fmt: skip
    return books.begin(launch, SETTINGS)


def test_co_1_the_number_tells_where_a_contact_is_of_whom_nothing_is_said() -> None:
    assert broken(audit(), NOON) is None
    assert broken(audit(), NOON + 2 * HOUR - 1) is None
    assert "outside_hours" in (broken(audit(), NOON - 1) or "")
    assert "(CO-1)" in (broken(audit(), NOON + 2 * HOUR) or "")


@pytest.mark.parametrize("where", [{"zone": "Europe/Warsaw"}, {"region": "PL"}])
def test_co_1_a_zone_or_region_that_is_given_goes_before_the_number(where: dict[str, str]) -> None:
    assert broken(audit(**where), NOON - HOUR) is None  # type: ignore[arg-type]
    assert broken(audit(**where), NOON + HOUR) is not None  # type: ignore[arg-type]


def test_co_1_hours_of_a_number_hold_for_that_number() -> None:
    books = audit(hours=(13 * 60, 18 * 60))
    assert "number_hours" in (broken(books, NOON) or "")
    assert broken(books, NOON, OTHER) is None
    assert broken(books, NOON + HOUR) is None


def test_co_1_what_a_later_list_says_replaces_what_was_said() -> None:
    books = audit(zone="Europe/Warsaw")
    books.loaded(
        ev.ContactsLoaded(
            campaign_id="00001", contact_keys=["c"], numbers=[[OWN]], zones=[""], priorities=[0],
            ranks=[0], variables=[{}],
        )
    )  # fmt: skip
    assert broken(books, NOON + HOUR) is None
