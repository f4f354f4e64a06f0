"""``fastdial run`` carries out every dialing mode, with the telephony side that belongs to it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fastdial.cli.journal_file import read_journal
from fastdial.messages import events as ev
from fastdial.messages.base import Event

pytestmark = pytest.mark.slow

CAMPAIGN = """
name = "Spring"
mode = "{mode}"
agent_first = {agent_first}
wrap_up_s = 60
retries = {{ max_attempts = 1 }}
[agentless]
lines = 8
message = "hello.wav"
keys = [{{ keys = "1", code = "sale" }}, {{ keys = "2#", code = "voicemail" }}]
"""
SCENARIO = """
[network]
talk = { law = "lognormal", mean_s = 40, cv = 0.5 }
presses_keys = 1.0
leaves_message = 0.0
[[agents]]
name = "desk"
count = 6
"""
GIVE_UP_S = 120.0


@pytest.mark.parametrize(
    ("mode", "agent_first", "asked_for"),
    [
        ("push_preview", False, ev.PreviewOffered),
        ("progressive", True, ev.AgentConnectRequested),
        ("agentless", False, ev.KeyPressed),
    ],
)
def test_ca_2_a_run_in_each_mode_works_through_its_list(
    tmp_path: Path, mode: str, agent_first: bool, asked_for: type[Event]
) -> None:
    text = CAMPAIGN.format(mode=mode, agent_first=str(agent_first).lower())
    (tmp_path / "campaign.toml").write_text(text)
    (tmp_path / "scenario.toml").write_text(SCENARIO)
    rows = "".join(f"c-{n:03},+44113496{n:04}\n" for n in range(40))
    (tmp_path / "contacts.csv").write_text(f"contact_key,number\n{rows}")
    run = subprocess.Popen(
        [
            sys.executable, "-m", "fastdial", "run", "campaign.toml",
            "--contacts", "contacts.csv", "--scenario", "scenario.toml",
            "--report", "made", "--speed", "100", "--shift", "3",
        ],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        said, _ = run.communicate(timeout=GIVE_UP_S)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        raise
    assert run.returncode == 0, said
    events = list(read_journal(tmp_path / "made" / "journal.sqlite"))
    assert any(isinstance(event, asked_for) for event in events)
    ended = {event.contact_key for event in events if isinstance(event, ev.CallEnded)}
    assert len(ended) == 40
    dialed = {event.mode.value for event in events if isinstance(event, ev.DialRequested)}
    assert dialed == {mode}
