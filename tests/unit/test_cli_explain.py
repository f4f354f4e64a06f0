"""``fastdial explain`` over journals: any attempt, any moment, any contact (rule CO-9)."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from callback_floor import CallbackFloor
from fastdial.cli.app import cli
from fastdial.cli.explain.text import in_words, local
from fastdial.engine import Site
from fastdial.journal import Snapshot, SqliteJournal
from fastdial.messages.codec import encode
from fastdial.messages.commands import (
    AgentLogout,
    CampaignExplain,
    ContactsRemove,
    ExclusionAdd,
    PreviewDial,
    PreviewRequest,
)
from fastdial.messages.compliance import CapSubject, ComplianceSettings, FrequencyCap
from fastdial.messages.windows import WeeklyHours, WindowSettings
from fastdial.messages.words import DialingMode, Saw
from floor import NOON, Floor, number, rows

AFTERNOON = WindowSettings(weekly=(WeeklyHours(from_="15:00", until="20:00"),), presets=())
"""in London; noon is before it"""
HOUR_MS = 3_600_000


def fastdial(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["explain", *map(str, arguments)], env={"COLUMNS": "300"})


def told(*arguments: object) -> dict[str, Any]:
    """The explanation in JSON."""
    result = fastdial(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = msgspec.json.decode(result.output)
    return found


def text(*arguments: object) -> str:
    result = fastdial(*arguments)
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def written(floor: Floor, path: Path, *, first: bytes, snapshots: tuple[bytes, ...] = ()) -> Path:
    """The floor's record as a journal; ``snapshots`` of later moments stand in it too."""
    journal = SqliteJournal(path)
    journal.save_snapshot(Snapshot(0, first))
    payloads = [encode(event) for event in floor.events]
    journal.append(payloads, expected_last_seq=0, epoch=journal.claim())
    for data in snapshots:
        journal.save_snapshot(Snapshot(Site.restore(data).last_seq, data))
    journal.close()
    return path


@pytest.fixture
def floor() -> Floor:
    return Floor()


@pytest.fixture
def day(floor: Floor, tmp_path: Path) -> Path:
    """Two contacts who may be called from three on; one is excluded, the other is sold something.

    Its cap leaves no room for a second call within a day.
    """
    first = floor.site.snapshot()
    cap = FrequencyCap(attempts=1, period_s=86_400, subject=CapSubject.NUMBER)
    floor.campaign(
        1, 2, mode=DialingMode.PROGRESSIVE, windows=AFTERNOON, zone="Europe/Warsaw",
        compliance=ComplianceSettings(caps=(cap,)),
    )  # fmt: skip
    floor.do(ExclusionAdd(list_name="do_not_call", numbers=(number(1),)))
    floor.agent()
    snapshots = [floor.site.snapshot()]
    floor.wait(3 * HOUR_MS)
    (call_id,) = floor.dialed()
    snapshots.append(floor.site.snapshot())
    floor.talk(call_id)
    floor.wrap_up(call_id)
    snapshots.append(floor.site.snapshot())
    return written(floor, tmp_path / "day.journal", first=first, snapshots=tuple(snapshots))


def rule(explained: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        one for one in explained["contact"]["looked_at"] if one["rule"] == name
    )
    return found


def test_co_9_an_attempt_is_explained_as_everything_stood_before_it(day: Path) -> None:
    explained = told("--journal", day, "--call", 1)
    assert explained["contact"]["may_be_dialed"]
    assert explained["contact"]["number"] == number(2)
    assert all(one["passed"] for one in explained["contact"]["looked_at"])
    assert rule(explained, "CO-1")["values"]["open_hours"] == "15:00-20:00"
    attempt = explained["attempt"]
    assert attempt["dialed"]["seq"] == explained["seq"] + 1
    assert attempt["chosen"] == [
        "agent ann was ready",
        "no other campaign competed (order 100, parity 1)",
        "among contacts: oldest first, under priority (here 0)",
        "attempt 1 of this contact, at number 1 of 1",
    ]
    assert (attempt["against"], attempt["settled"]) == ([], {})
    assert attempt["ended"]["outcome"] == "answered"
    assert attempt["wrapped_up"]["code"] == "sale"


def test_co_9_the_history_of_a_contact_is_all_that_happened_to_it(day: Path) -> None:
    sold = told("--journal", day, "--call", 1)["history"]
    assert [one["type"] for one in sold] == [
        "contacts.loaded", "call.dial_requested", "call.answered", "call.bridge_requested",
        "call.bridged", "call.ended", "call.wrapped_up",
    ]  # fmt: skip
    assert sold[0]["details"]["numbers"] == [number(2)]
    assert sold[-1]["details"]["fate"]["reason"] == "sale"

    excluded = told("--journal", day, "--campaign", "00001", "--contact", "c1")["history"]
    assert [one["type"] for one in excluded] == [
        "contacts.loaded", "exclusion.added", "contacts.passed_over",
    ]  # fmt: skip
    passed_over = excluded[2]["details"]
    assert (passed_over["rule"], passed_over["values"]) == ("CO-2", {"list_name": "do_not_call"})


def test_co_9_a_moment_of_the_past_is_explained_by_what_held_then(day: Path) -> None:
    asked = ("--journal", day, "--campaign", "00001", "--contact", "c2")
    at_one = told(*asked, "--at", "2026-03-02T14:00:00+01:00")
    assert (at_one["at"], at_one["zone"]) == (NOON + HOUR_MS, "Europe/Warsaw")
    assert not rule(at_one, "CO-1")["passed"]
    assert at_one["contact"]["earliest_at"] == NOON + 3 * HOUR_MS
    loaded = at_one["history"][0]["seq"]
    assert told(*asked, "--seq", loaded)["contact"]["contact"]["state"] == "ready"
    at_the_end = told(*asked)
    assert at_the_end["contact"]["contact"]["reason"] == "sale"
    assert not rule(at_the_end, "CO-3")["passed"]


def test_co_9_a_campaign_is_explained_at_any_moment(day: Path) -> None:
    asked = ("--journal", day, "--campaign", "00001")
    before = text(*asked, "--at", "2026-03-02T12:30:00Z")
    assert "As it stood at 2026-03-02T13:30:00+01:00 Europe/Warsaw, after event" in before
    assert "Campaign 00001 is held back." in before
    assert "2 ready outside_hours 2026-03-02T16:00:00+01:00" in before
    assert "1 done excluded" in text(*asked)


def test_what_is_told_reads_as_sentences_with_instants_in_the_campaign_s_zone(day: Path) -> None:
    said = text("--journal", day, "--call", 1)
    assert (
        f"Call 1: contact c2 of campaign 00001 dialed at {number(2)}, "
        "2026-03-02T16:00:00+01:00, mode progressive - agent ann was ready" in said
    )
    assert "Ended 2026-03-02T16:01:05+01:00: answered, by customer, wrap-up code sale." in said
    assert "CO-1 yes the window is open" in said
    later = text("--journal", day, "--campaign", "00001", "--contact", "c2")
    assert "The contact may not be dialed, until something changes." in later
    assert "until 2026-03-03T16:00:00+01:00" in later


@pytest.mark.parametrize("mode", [DialingMode.PREVIEW, DialingMode.PUSH_PREVIEW])
def test_co_9_who_has_a_contact_on_screen_is_no_obstacle_to_that_agent(
    mode: DialingMode, floor: Floor, tmp_path: Path
) -> None:
    first = floor.site.snapshot()
    floor.campaign(1, mode=mode)
    floor.agent()
    if mode is DialingMode.PREVIEW:
        floor.do(PreviewRequest(agent_id="ann"))
    floor.do(PreviewDial(agent_id="ann"))
    journal = written(floor, tmp_path / "preview.journal", first=first)
    explained = told("--journal", journal, "--call", 1)
    assert explained["attempt"]["against"] == []
    assert explained["attempt"]["settled"]["previewed"].startswith("agent ann is the one")
    assert "It has not ended" in text("--journal", journal, "--call", 1)


def test_co_9_campaigns_that_competed_are_named(floor: Floor, tmp_path: Path) -> None:
    first = floor.site.snapshot()
    floor.campaign(1, mode=DialingMode.PROGRESSIVE, order=1, parity=2)
    floor.campaign(2, mode=DialingMode.PROGRESSIVE, order=1, parity=1)
    floor.agent()
    journal = written(floor, tmp_path / "rivals.journal", first=first)
    chosen = told("--journal", journal, "--call", 1)["attempt"]["chosen"]
    assert chosen[1] == (
        "it was the turn of campaign 00001 (order 1, parity 2), which competed with 00002"
    )


def test_a_contact_that_is_gone_still_has_its_history(floor: Floor, tmp_path: Path) -> None:
    first = floor.site.snapshot()
    floor.campaign(1)
    floor.do(ContactsRemove(campaign_id="00001", contact_keys=["c1"]))
    floor.load("00001", rows(2))
    journal = written(floor, tmp_path / "gone.journal", first=first)
    explained = told("--journal", journal, "--campaign", "00001", "--contact", "c1")
    assert explained["refused"] == "campaign '00001' has no contact 'c1'"
    assert [one["type"] for one in explained["history"]] == ["contacts.loaded", "contacts.removed"]
    said = text("--journal", journal, "--campaign", "00001", "--contact", "c1")
    assert "Not explained: campaign '00001' has no contact 'c1'" in said


def test_exclusion_of_a_contact_s_number_is_part_of_its_history(
    floor: Floor, tmp_path: Path
) -> None:
    first = floor.site.snapshot()
    floor.campaign(1, 2, mode=DialingMode.PREVIEW)
    floor.do(ExclusionAdd(list_name="do_not_call", numbers=(number(2),)))
    floor.do(
        ExclusionAdd(
            list_name="do_not_call",
            numbers=(
                number(1),
                number(9),
            ),
        )
    )
    journal = written(floor, tmp_path / "excluded.journal", first=first)
    history = told("--journal", journal, "--campaign", "00001", "--contact", "c1")["history"]
    assert [one["type"] for one in history] == ["contacts.loaded", "exclusion.added"]
    assert history[1]["details"] == {"list_name": "do_not_call", "reason": "asked"}


def test_a_journal_is_read_while_its_server_writes_it(day: Path) -> None:
    journal = SqliteJournal(day)
    assert told("--journal", day, "--call", 1)["attempt"]["dialed"]["call_id"] == 1
    journal.close()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("--campaign 00001", "say either --to ADDRESS or --journal FILE"),
        ("--to unix:s --journal day.journal --call 1", "say either --to ADDRESS or --journal FILE"),
        ("--journal day.journal", "which --campaign, which --call or which --callback?"),
        ("--journal day.journal --call 1 --contact c1", "--call says it all"),
        ("--journal day.journal --campaign 00001 --number 1", "--number is one of a --contact's"),
        ("--journal day.journal --campaign 00001 --seq 1 --at 2026-03-02", "not both"),
        ("--to unix:s --campaign 00001 --seq 1", "say --journal FILE, not --to"),
        ("--to unix:s --call 1", "say --journal FILE, not --to"),
        ("--to nowhere --campaign 00001", "nowhere"),
        ("--journal none.journal --call 1", "there is no such file"),
        ("--journal list.csv --call 1", "list.csv"),
        ("--journal day.journal --call 7", "no customer was dialed in call 7; the last one is 1"),
        ("--journal day.journal --campaign 00002", "no campaign '00002'"),
        ("--journal day.journal --campaign 00001 --contact nobody", "no contact 'nobody'"),
        (
            "--journal day.journal --campaign 00001 --contact c1 --number 1",
            "'1' has no country code",
        ),
        ("--journal day.journal --campaign 00001 --seq 9999", "there is no event 9999 yet"),
        ("--journal day.journal --campaign 00001 --at 2020-01-01T00:00Z", "no event by then"),
        ("--journal day.journal --campaign 00001 --at noon", "'noon' is no instant"),
        ("--journal day.journal --campaign 00001 --at 2026-03-02T12:00", "only with an offset"),
    ],
)
def test_what_cannot_be_explained_is_said_in_a_sentence(
    arguments: str, sentence: str, day: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(day.parent)
    (day.parent / "list.csv").write_text("contact_key,number\nc-1,+442079460001\n")
    result = fastdial(*arguments.split())
    assert sentence in " ".join(result.output.split())
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)


def test_instants_have_the_offset_of_their_day_and_the_milliseconds_they_need() -> None:
    summer = round(datetime(2026, 7, 1, 10, tzinfo=UTC).timestamp()) * 1_000
    assert local(summer, "Europe/Warsaw") == "2026-07-01T12:00:00+02:00"
    assert local(summer + 250, "Asia/Kathmandu") == "2026-07-01T15:45:00.250+05:45"
    assert local(10**18, "UTC") == str(10**18)
    assert in_words({"due_at": summer, "on": "", "tried": [1, 2]}, "UTC") == (
        "due_at 2026-07-01T10:00:00+00:00, on none, tried 1, 2"
    )


def test_a_site_is_only_looked_at_by_commands_that_change_nothing(floor: Floor) -> None:
    with pytest.raises(TypeError, match="ExclusionAdd is no command that only looks"):
        floor.site.look(ExclusionAdd(list_name="x", numbers=()), floor.now)


def test_looking_does_nothing_that_is_due(floor: Floor) -> None:
    floor.campaign(1, 2, mode=DialingMode.PROGRESSIVE)
    floor.agent()
    floor.saw(1, Saw.RINGING)
    before = floor.site.state_hash()
    floor.site.look(CampaignExplain(campaign_id="00001"), floor.now + 30 * 86_400_000)
    assert floor.site.state_hash() == before


# --- callbacks


@pytest.fixture
def promised(tmp_path: Path) -> tuple[CallbackFloor, Path]:
    """Ann owns a callback, goes home, and comes back when it is nearly over; she dials it."""
    floor = CallbackFloor()
    first = floor.site.snapshot()
    floor.queue(preview_s=0)
    floor.agent("ann")
    floor.promise(agent_id="ann", personal=True, for_ms=2 * HOUR_MS)
    floor.do(AgentLogout(agent_id="ann"))
    floor.wait(2 * HOUR_MS)
    floor.agent("ann")
    floor.accept()
    return floor, written(floor, tmp_path / "day.journal", first=first)


def test_cb_6_and_co_9_a_callback_is_explained_at_any_moment(
    promised: tuple[CallbackFloor, Path],
) -> None:
    floor, day = promised
    at = datetime.fromtimestamp((NOON + 90 * 60_000) / 1_000, UTC).isoformat()
    then = text("--journal", day, "--callback", 1, "--at", at)
    assert "The callback may not be made" in then
    assert "owner_logged_out; owner_id ann" in then
    assert "for ann, from 2026-03-02T13:00:00+00:00 until 2026-03-02T15:00:00+00:00" in then
    now = told("--journal", day, "--callback", 1)
    assert now["callback"]["callback"]["state"] == "dialed"
    assert [entry["type"] for entry in now["history"]][:2] == [
        "callback.scheduled",
        "callback.offered",
    ]
    assert floor.state_of().value == "dialed"


def test_cb_8_and_co_9_the_call_of_a_callback_is_explained(
    promised: tuple[CallbackFloor, Path],
) -> None:
    _, day = promised
    assert "callback 1 was on the screen of agent ann" in text("--journal", day, "--call", 1)
    assert "Dialed against" not in text("--journal", day, "--call", 1)


def test_an_unknown_callback_is_said_to_be_unknown(
    promised: tuple[CallbackFloor, Path],
) -> None:
    _, day = promised
    result = fastdial("--journal", day, "--callback", 7)
    assert result.exit_code == 2
    assert "there is no callback 7" in result.output
