"""``fastdial run`` from end to end: processes, sockets and a journal on disk."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from fastdial.cli.journal_file import read_journal
from fastdial.cli.report.form import Report
from fastdial.messages import events as ev
from fastdial.messages.base import Event

pytestmark = pytest.mark.slow

CONTACTS = 80
CAMPAIGN = """
name = "Spring"
mode = "predictive"
wrap_up_s = 60
[retries]
max_attempts = 2
[retries.not_reached]
times = 1
after_s = 60
[retries.answering_machine]
times = 0
[retries.abandoned]
times = 0
"""
SCENARIO = """
[network]
talk = { law = "lognormal", mean_s = 40, cv = 0.5 }
[[agents]]
name = "desk"
count = 6
short_talk_s = 0
breaks = { every = { law = "constant", value_s = 86400 } }
"""
GIVE_UP_S = 120.0


class Centre:
    """The files of a small run in a folder, and the command line over them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.report = folder / "made"
        self.journal = self.report / "journal.sqlite"
        (folder / "campaign.toml").write_text(CAMPAIGN)
        (folder / "scenario.toml").write_text(SCENARIO)
        rows = [f"c-{n:03},+4420794600{n % 100:02},+44113496{n:04}" for n in range(CONTACTS)]
        bad = ["bad-1,nonsense,", 'bad-2,"+442079460001,']
        rows[50:50] = bad
        lines = ["contact_key,number,number_2", *rows, ""]
        (folder / "contacts.csv").write_text("\n".join(lines))

    def start(self, *options: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [
                sys.executable, "-m", "fastdial", "run", "campaign.toml",
                "--contacts", "contacts.csv", "--report", str(self.report),
                "--speed", "100", "--shift", "3", *options,
            ],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip

    def until_journal_holds(self, attempts: int, run: "subprocess.Popen[str]") -> None:
        """Wait until so many attempts have ended."""
        give_up_s = time.monotonic() + GIVE_UP_S
        while self.ended() < attempts:
            assert run.poll() is None, run.communicate()[0]
            assert time.monotonic() < give_up_s, "the run does not come forward"
            time.sleep(0.02)

    def ended(self) -> int:
        if not self.journal.exists():
            return 0
        connection = sqlite3.connect(f"file:{self.journal}?mode=ro", uri=True)
        try:
            query = "SELECT count(*) FROM records WHERE instr(payload, CAST(? AS BLOB))"
            count: int = connection.execute(query, ("call.ended",)).fetchone()[0]
        except sqlite3.OperationalError:
            return 0  # the server is just making the file
        finally:
            connection.close()
        return count

    def events(self) -> list[Event]:
        return list(read_journal(self.journal))

    def result(self) -> Report:
        return msgspec.json.decode((self.report / "report.json").read_bytes(), type=Report)


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return Centre(tmp_path)


def children_of(pid: int) -> dict[str, int]:
    """The run's processes by command, from the system's list."""
    listed = subprocess.run(
        ["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    )
    children = {}
    for line in listed.stdout.splitlines():
        child, parent, *words = line.split()
        if int(parent) == pid and "fastdial" in words:
            children[words[words.index("fastdial") + 1]] = int(child)
    return children


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def until_gone(pids: list[int]) -> None:
    give_up_s = time.monotonic() + GIVE_UP_S
    while any(map(is_alive, pids)):
        assert time.monotonic() < give_up_s, "processes outlive their run"
        time.sleep(0.02)


def check_promises(centre: Centre) -> None:
    """Every contact is loaded once, no attempt is made twice, every attempt has one outcome."""
    events = centre.events()
    loaded = [key for e in events if isinstance(e, ev.ContactsLoaded) for key in e.contact_keys]
    assert sorted(loaded) == [f"c-{n:03}" for n in range(CONTACTS)]
    dials = [e for e in events if isinstance(e, ev.DialRequested)]
    assert len({(e.contact_key, e.attempt) for e in dials}) == len(dials)
    ends = Counter(e.call_id for e in events if isinstance(e, ev.CallEnded))
    assert set(ends.values()) == {1}
    assert set(ends) == {e.call_id for e in dials}


def test_a_run_works_through_its_list_and_reports(centre: Centre) -> None:
    run = centre.start()
    said, _ = run.communicate(timeout=GIVE_UP_S)
    assert run.returncode == 0, said
    report = centre.result()
    assert report.state == "finished"
    assert report.audit == []
    assert report.contacts.by_state == {"done": CONTACTS}
    assert [(row.row, row.field) for row in report.refused_rows] == [(52, "numbers[0]"), (53, "")]
    assert report.calls.live == 0
    assert report.calls.attempts == sum(report.calls.outcomes.values()) >= CONTACTS
    assert report.agents.agents == 6
    assert (centre.report / "report.png").stat().st_size > 10_000
    assert "Audit:" in said
    check_promises(centre)


def test_a_run_whose_server_is_killed_goes_on_where_it_was(centre: Centre) -> None:
    run = centre.start()
    centre.until_journal_holds(40, run)
    children = children_of(run.pid)
    assert set(children) == {"serve", "network", "agents"}
    os.kill(children["serve"], signal.SIGKILL)
    said, _ = run.communicate(timeout=GIVE_UP_S)
    assert run.returncode == 1
    assert "the server was ended by SIGKILL" in said
    assert "--resume" in said
    assert "Traceback" not in said
    until_gone(list(children.values()))
    before = centre.events()

    again = centre.start("--resume")
    said, _ = again.communicate(timeout=GIVE_UP_S)
    assert again.returncode == 0, said
    assert centre.events()[: len(before)] == before
    report = centre.result()
    assert (report.state, report.audit) == ("finished", [])
    assert report.contacts.by_state == {"done": CONTACTS}
    check_promises(centre)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_interrupted_stops_everything_and_reports(
    centre: Centre, number: signal.Signals
) -> None:
    run = centre.start()
    centre.until_journal_holds(5, run)
    children = children_of(run.pid)
    run.send_signal(number)
    said, _ = run.communicate(timeout=GIVE_UP_S)
    assert run.returncode == 130
    assert "--resume" in said
    assert "Traceback" not in said
    until_gone(list(children.values()))
    assert centre.result().audit == []


def test_no_process_outlives_a_run_that_is_killed(centre: Centre) -> None:
    run = centre.start()
    centre.until_journal_holds(5, run)
    children = children_of(run.pid)
    assert len(children) == 3
    run.kill()
    run.communicate(timeout=GIVE_UP_S)
    until_gone(list(children.values()))


def test_a_journal_of_another_campaign_is_not_gone_on_with(centre: Centre) -> None:
    run = centre.start()
    centre.until_journal_holds(5, run)
    run.send_signal(signal.SIGTERM)
    run.communicate(timeout=GIVE_UP_S)
    (centre.folder / "campaign.toml").write_text('name = "Autumn"\n')
    again = centre.start("--resume")
    said, _ = again.communicate(timeout=GIVE_UP_S)
    assert again.returncode == 1
    assert "is of the campaign 'Spring', and this one is 'Autumn'" in " ".join(said.split())
