"""The command line: what it accepts, what it says, and its exit codes."""

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from fastdial import __version__
from fastdial.cli.app import cli
from fastdial.cli.report.form import Report
from fastdial.journal import SqliteJournal
from fastdial.messages import events as ev
from fastdial.messages.base import Event
from fastdial.messages.codec import encode
from fastdial.messages.errors import RefusedRow
from fastdial.messages.settings import CampaignSettings
from fastdial.messages.words import CampaignState

NINE = 1_772_355_600_000
CAMPAIGN = 'name = "Spring"\nmode = "predictive"\n'
CONTACTS = "contact_key,number\nc-1,+442079460001\n"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a good campaign and a good list, in which the command runs."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "campaign.toml").write_text(CAMPAIGN)
    (tmp_path / "contacts.csv").write_text(CONTACTS)
    return tmp_path


def fastdial(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def refused(result: Result) -> str:
    """What a command says that could not be used; it ends with exit code 2 and no traceback."""
    assert result.exit_code == 2, result.output
    assert isinstance(result.exception, SystemExit)
    return " ".join(result.output.split())


def write_journal(path: Path, *events: Event) -> None:
    journal = SqliteJournal(path)
    payloads = []
    for seq, event in enumerate(events, start=1):
        event.seq, event.at = seq, NINE + seq
        payloads.append(encode(event))
    journal.append(payloads, expected_last_seq=0, epoch=journal.claim())
    journal.close()


def created() -> Event:
    return ev.CampaignCreated(campaign_id="00001", settings=CampaignSettings(name="Spring"))


def test_version() -> None:
    result = fastdial("--version")
    assert (result.exit_code, result.output) == (0, f"fastdial {__version__}\n")


@pytest.mark.parametrize(
    "command", ["run", "load", "serve", "network", "agents", "report", "explain", "slots"]
)
def test_every_command_tells_how_it_is_used(command: str) -> None:
    result = fastdial(command, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.output
    assert "stop-with-stdin" not in result.output


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("name = 7\n", "campaign.toml: Expected `str`, got `int` in `name`"),
        ("ring_s = 20\n", "campaign.toml: `name` is missing"),
        (CAMPAIGN + "rings = 20\n", "campaign.toml: `rings` is not known here"),
        ("[pacing\n", "campaign.toml: this is not TOML"),
    ],
)
def test_a_bad_campaign_file_is_named_with_the_field(
    files: Path, content: str, sentence: str
) -> None:
    (files / "campaign.toml").write_text(content)
    result = fastdial("run", "campaign.toml", "--contacts", "contacts.csv")
    assert sentence in refused(result)
    assert not (files / "fastdial-runs").exists()


def test_files_that_are_not_there_are_named(files: Path) -> None:
    result = fastdial("run", "nowhere.toml", "--contacts", "contacts.csv")
    assert "nowhere.toml: No such file or directory" in refused(result)
    result = fastdial("run", "campaign.toml", "--contacts", "nowhere.csv")
    assert "nowhere.csv: No such file or directory" in refused(result)


def test_a_list_without_keys_is_refused_before_anything_is_started(files: Path) -> None:
    (files / "contacts.csv").write_text("name,number\n")
    result = fastdial("run", "campaign.toml", "--contacts", "contacts.csv")
    assert "no column `contact_key`" in refused(result)
    assert not (files / "fastdial-runs").exists()


def test_a_journal_that_exists_is_not_written_to_without_resume(files: Path) -> None:
    (files / "old.sqlite").write_bytes(b"")
    result = fastdial(
        "run", "campaign.toml", "--contacts", "contacts.csv", "--journal", "old.sqlite"
    )
    assert "old.sqlite exists already: add --resume" in refused(result)


def test_resume_needs_a_journal_that_exists(files: Path) -> None:
    arguments = ("run", "campaign.toml", "--contacts", "contacts.csv", "--resume")
    assert "--resume needs the --journal" in refused(fastdial(*arguments))
    result = fastdial(*arguments, "--journal", "nowhere.sqlite")
    assert "there is no such journal to resume" in refused(result)


@pytest.mark.parametrize("option", ["--speed=0", "--shift=-1", "--agents=0", "--seed=-1"])
def test_options_outside_their_range_are_refused(files: Path, option: str) -> None:
    result = fastdial("run", "campaign.toml", "--contacts", "contacts.csv", option)
    assert "not in the range" in refused(result)


@pytest.mark.parametrize("option", ["--speed=nan", "--shift=nan"])
def test_what_is_not_a_number_is_no_option(files: Path, option: str) -> None:
    result = fastdial("run", "campaign.toml", "--contacts", "contacts.csv", option)
    assert "nan is not a number" in refused(result)


def test_resuming_what_is_no_journal_is_refused(files: Path) -> None:
    (files / "old.sqlite").write_text("this is no database, and long enough to be taken for one")
    result = fastdial(
        "run", "campaign.toml", "--contacts", "contacts.csv", "--journal", "old.sqlite", "--resume"
    )
    assert "old.sqlite" in refused(result)


@pytest.mark.parametrize("command", ["network", "agents"])
def test_an_address_that_is_none_is_refused(command: str) -> None:
    assert "is not an address" in refused(fastdial(command, "--connect", "localhost"))


@pytest.mark.parametrize("command", ["network", "agents"])
def test_a_server_that_is_not_there_is_a_failure(command: str, tmp_path: Path) -> None:
    result = fastdial(command, "--connect", f"unix:{tmp_path / 'no.sock'}")
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "no.sock" in result.output


def test_report_of_a_journal_in_text_and_files(tmp_path: Path) -> None:
    loaded = ev.ContactsLoaded(
        campaign_id="00001",
        contact_keys=["c-1"],
        numbers=[["+442079460001"]],
        zones=[""],
        priorities=[0],
        ranks=[0],
        variables=[{}],
        refused=(RefusedRow(3, "zone", "unknown"),),
    )
    running = ev.CampaignStateChanged(
        campaign_id="00001", state=CampaignState.RUNNING, reason="asked"
    )
    write_journal(tmp_path / "site.journal", created(), loaded, running)
    result = fastdial("report", str(tmp_path / "site.journal"), "--report", str(tmp_path / "made"))
    assert result.exit_code == 0, result.output
    assert "Spring" in result.output
    assert "keep every promise" in result.output
    made = msgspec.json.decode((tmp_path / "made" / "report.json").read_bytes(), type=Report)
    assert made.contacts.by_state == {"ready": 1}
    assert made.audit == []
    assert (tmp_path / "made" / "refused.csv").read_text().endswith("3,zone,unknown\n")


def test_report_tells_of_promises_that_the_journal_breaks(tmp_path: Path) -> None:
    write_journal(tmp_path / "site.journal", created(), created())
    result = fastdial("report", str(tmp_path / "site.journal"))
    assert result.exit_code == 0
    assert "the campaign exists already" in " ".join(result.output.split())


def test_a_journal_that_somebody_writes_is_left_alone(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "site.journal")
    try:
        sentence = refused(fastdial("report", str(tmp_path / "site.journal")))
    finally:
        journal.close()
    assert "stop it first" in sentence


def test_a_journal_of_another_version_is_refused(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "site.journal")
    unknown = msgspec.msgpack.encode({"type": "nobody.knows"})
    journal.append([unknown], expected_last_seq=0, epoch=journal.claim())
    journal.close()
    sentence = refused(fastdial("report", str(tmp_path / "site.journal")))
    assert "event 1 cannot be read by this version" in sentence
