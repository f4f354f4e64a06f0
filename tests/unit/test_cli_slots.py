"""``fastdial slots``: the grid as it is drawn (SL-2, SL-4, SL-8)."""

import io

import pytest
from click.testing import CliRunner
from rich.console import Console

from desk import ALL_DAY, DAILY, DAY, HOUR, MINUTE, OFFICE, Desk, instant
from fastdial.cli.app import cli
from fastdial.cli.slots.grid import print_grid
from fastdial.messages.slot_queries import SlotsReply
from fastdial.messages.slots import SlotSettings
from floor import NOON

NINE = NOON - 3 * HOUR + DAY
GREEN, GREY, YELLOW = "\x1b[32m", "\x1b[90m", "\x1b[33m"


def drawn(reply: SlotsReply, *, colours: bool = False) -> str:
    out = io.StringIO()
    console = Console(
        file=out, width=1_000, highlight=False, force_terminal=colours,
        color_system="standard" if colours else None, legacy_windows=False,
    )  # fmt: skip
    print_grid(reply, console)
    return out.getvalue()


def row(reply: SlotsReply, day: str, **more: bool) -> str:
    (line,) = (line for line in drawn(reply, **more).splitlines() if day in line)
    return " ".join(line.split(day)[1].split())


def test_sl_2_free_slots_are_drawn_with_their_places_the_others_with_the_reason() -> None:
    desk = Desk()
    queue = desk.open_queue(SlotSettings(zone="UTC", hours=DAILY, slot_minutes=120, capacity=2))
    for _ in range(2):
        desk.book(queue, NINE)
    desk.book(queue, NINE + 2 * HOUR)

    reply = desk.look(queue, first_day="2026-03-03", days=1)

    assert row(reply, "Tue 2026-03-03") == (
        "00:00-08:00 closed 09:00-11:00 full 11:00-13:00 1 13:00-15:00 2 15:00-17:00 2 "
        "17:00-23:00 closed"
    )
    assert "3 of 11 slots can be booked, with 5 places." in drawn(reply)


def test_sl_2_what_can_be_booked_has_one_colour_and_the_rest_is_grey() -> None:
    desk = Desk()
    queue = desk.open_queue(SlotSettings(zone="UTC", hours=DAILY, slot_minutes=120))

    line = row(desk.look(queue, first_day="2026-03-03", days=1), "2026-03-03", colours=True)

    assert f"{GREEN}09:00-11:00 1" in line
    assert f"{GREY}00:00-08:00 closed" in line


def test_sl_4_an_over_full_slot_says_so() -> None:
    desk = Desk()
    queue = desk.open_queue(OFFICE)
    for _ in range(2):
        desk.book(queue, NINE)
    desk.change(queue, SlotSettings(zone="UTC", hours=DAILY, slot_minutes=30, capacity=1))

    reply = desk.look(queue, first_day="2026-03-03", days=1)

    assert "09:00-09:30 over-full 09:30-10:00 1" in row(reply, "2026-03-03")
    assert f"{YELLOW}09:00-09:30 over-full" in row(reply, "2026-03-03", colours=True)


def test_sl_8_a_time_that_comes_twice_is_drawn_with_its_offset() -> None:
    desk = Desk()
    desk.wait(instant("2026-10-24 12:00") - NOON)
    queue = desk.open_queue(SlotSettings(zone="Europe/Warsaw", hours=ALL_DAY, slot_minutes=60))

    line = row(desk.look(queue, "Europe/Warsaw", first_day="2026-10-25", days=1), "2026-10-25")

    assert "01:00-02:00 1 02:00+02:00-02:00 1 02:00+01:00-03:00 1 03:00-04:00 1" in line
    assert line.endswith("23:00-24:00 1")


def test_sl_8_days_are_those_of_the_customer() -> None:
    desk = Desk()
    queue = desk.open_queue(SlotSettings(zone="UTC", hours=ALL_DAY, slot_minutes=120))

    reply = desk.look(queue, "Asia/Kolkata", days=3, first_day="2026-03-03")

    text = drawn(reply)
    assert "times in Asia/Kolkata" in text
    assert row(reply, "Wed 2026-03-04").startswith("01:30-03:30 1")
    assert row(reply, "Wed 2026-03-04").endswith("23:30-01:30 1")
    assert reply.start_at[0] == instant("2026-03-02 20:00")
    assert reply.start_at[0] - instant("2026-03-02 19:30") == 30 * MINUTE


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--to", "nowhere"), "nowhere"),
        (("--to", "unix:a.sock", "--zone", "Mars/Base"), "'Mars/Base' is not an IANA time zone"),
        (("--to", "unix:a.sock", "--first-day", "tomorrow"), "'tomorrow' is not a date"),
        (("--to", "unix:a.sock", "--days", "63"), "63 is not in the range"),
        ((), "--to"),
    ],
)
def test_a_command_line_that_cannot_be_used_is_refused(options: tuple[str, ...], said: str) -> None:
    result = CliRunner().invoke(cli, ["slots", "1", *options])

    assert result.exit_code == 2
    assert said in result.output


def test_a_site_that_is_not_there_is_said_to_be_so() -> None:
    result = CliRunner().invoke(cli, ["slots", "1", "--to", "unix:/nowhere/at/all.sock"])

    assert result.exit_code == 1
    assert "Traceback" not in result.output
