"""The server as a process: what it says, how it ends, and how it comes back."""

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fastdial.client import Client
from fastdial.journal import SqliteJournal
from fastdial.messages.codec import decode_event
from fastdial.messages.commands import AgentLogin, Ping
from fastdial.messages.events import SiteConfigured
from protocol.serving_process import ServerProcess


def _with_server(server: ServerProcess, use: Callable[[], None]) -> int:
    async def scenario() -> int:
        await server.start()
        await asyncio.get_running_loop().run_in_executor(None, use)
        return await server.stop(signal.SIGTERM)

    return asyncio.run(scenario())


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fastdial.server", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_stopped_server_leaves_a_snapshot_and_comes_back(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path)

    def log_in() -> None:
        with Client(server.address) as client:
            client.request(AgentLogin(agent_id="ann"))

    assert _with_server(server, log_in) == 0
    assert not (tmp_path / "s.sock").exists()
    journal = SqliteJournal(tmp_path / "site.journal")
    snapshot = journal.newest_snapshot()
    assert snapshot is not None
    assert snapshot.seq == journal.last_seq == 2
    journal.close()

    def is_there() -> None:
        with Client(server.address) as client:
            assert client.request(AgentLogin(agent_id="ann")) is not None
            with client.events(after=0) as events:
                assert [next(events).seq for _ in range(2)] == [1, 2]

    assert _with_server(server, is_there) == 0


def test_a_changed_configuration_is_an_event(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path)
    assert _with_server(server, lambda: None) == 0
    config = tmp_path / "site.toml"
    config.write_text(config.read_text() + '[site]\nname = "renamed"\n')
    for _ in range(2):
        assert _with_server(server, lambda: None) == 0
    journal = SqliteJournal(tmp_path / "site.journal")
    (event,) = (decode_event(record.payload) for record in journal.read(0))
    assert isinstance(event, SiteConfigured)
    assert event.config.name == "renamed"
    journal.close()


def test_a_second_server_on_the_same_journal_or_socket_is_refused(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path)
    other = tmp_path / "other.toml"

    def refused() -> None:
        same_journal = _run(str(tmp_path / "site.toml"))
        assert same_journal.returncode == 1
        assert "one journal has one server" in same_journal.stderr
        other.write_text(f'listen.unix = "{tmp_path}/s.sock"\njournal.path = ":memory:"\n')
        same_socket = _run(str(other))
        assert same_socket.returncode == 1
        assert "another process listens there" in same_socket.stderr
        with Client(server.address) as client:
            client.request(Ping())

    assert _with_server(server, refused) == 0


def test_what_cannot_be_served_is_said(tmp_path: Path) -> None:
    assert _run().returncode == 2
    missing = _run(str(tmp_path / "none.toml"))
    assert (missing.returncode, "cannot read" in missing.stderr) == (2, True)
    config = tmp_path / "site.toml"
    config.write_text("[listen]\nunixx = 'x'")
    wrong = _run(str(config))
    assert (wrong.returncode, "`listen.unixx` is not known here" in wrong.stderr) == (2, True)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config.write_text(f"listen.tcp = '127.0.0.1:{port}'\njournal.path = ':memory:'")
        busy = _run(str(config))
    assert (busy.returncode, "cannot listen on 127.0.0.1" in busy.stderr) == (1, True)


@pytest.mark.parametrize("name", ["notes.txt"])
def test_a_file_of_somebody_else_is_not_taken_for_a_socket(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    config = tmp_path / "site.toml"
    config.write_text(f"listen.unix = '{tmp_path / name}'\njournal.path = ':memory:'")
    refused = _run(str(config))
    assert (refused.returncode, "no socket is there" in refused.stderr) == (1, True)
    assert (tmp_path / name).read_text() == "mine"
