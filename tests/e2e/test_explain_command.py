"""``fastdial explain`` of a server that runs, and of the journal that it is writing (CO-9)."""

import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from fastdial.client import AsyncClient
from fastdial.messages import commands as c
from fastdial.messages.base import Command
from fastdial.messages.compliance import CapSubject, ComplianceSettings, FrequencyCap
from fastdial.messages.settings import CampaignSettings
from fastdial.messages.windows import ALWAYS_OPEN
from fastdial.messages.words import Answerer, DialingMode, Party, Saw
from protocol.serving import run
from protocol.serving_process import ServerProcess

pytestmark = pytest.mark.slow

SOLD, EXCLUDED, LATER = "+442079460001", "+442079460002", "+442079460003"
CAP = FrequencyCap(attempts=1, period_s=86_400, subject=CapSubject.NUMBER)
SETTINGS = CampaignSettings(
    name="Spring",
    mode=DialingMode.PROGRESSIVE,
    windows=ALWAYS_OPEN,
    zone="Europe/Warsaw",
    compliance=ComplianceSettings(caps=(CAP,)),
)


def explain(folder: Path, *options: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "fastdial", "explain", *options],
        cwd=folder, capture_output=True, text=True, check=False, env={"COLUMNS": "300"},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return " ".join(ran.stdout.split())


def hours_from_now(hours: int) -> str:
    return time.strftime("%H:%M", time.gmtime(time.time() + hours * 3_600))


def day() -> list[Command]:
    """One contact is sold something, one is excluded, one may be called in some hours."""
    later = {"number": LATER, "from": hours_from_now(4), "until": hours_from_now(5)}
    contacts = [
        {"contact_key": "sold", "numbers": [SOLD]},
        {"contact_key": "excluded", "numbers": [EXCLUDED]},
        {"contact_key": "later", "numbers": [later], "zone": "UTC"},
    ]
    return [
        c.CampaignCreate(settings=SETTINGS, campaign_id="00001"),
        c.ContactsLoad(campaign_id="00001", contacts=contacts),
        c.ExclusionAdd(list_name="do_not_call", numbers=(EXCLUDED,)),
        c.CampaignStart(campaign_id="00001"),
        c.AgentLogin(agent_id="ann"),
        c.AgentReady(agent_id="ann"),
        c.CallReport(call_id=1, saw=Saw.ANSWERED, answerer=Answerer.PERSON),
        c.CallReport(call_id=1, saw=Saw.BRIDGED),
        c.CallReport(call_id=1, saw=Saw.HUNG_UP, party=Party.CUSTOMER),
        c.CallWrapUp(call_id=1, agent_id="ann", code="sale"),
    ]


def test_co_9_what_was_done_and_what_was_not_is_explained(tmp_path: Path) -> None:
    async def scenario() -> None:
        server = ServerProcess(tmp_path)
        await server.start()
        client = await AsyncClient.connect(server.address)
        for command in day():
            await client.request(command)

        async def told(*options: str) -> str:
            return await asyncio.to_thread(explain, tmp_path, *options)

        now = ("--to", server.address, "--campaign", "00001")
        campaign = await told(*now)
        assert "1 done sale" in campaign
        assert "1 done excluded" in campaign
        assert "1 ready number_hours" in campaign
        later = await told(*now, "--contact", "later")
        assert "The contact may not be dialed before" in later
        assert "CO-1 no" in later
        sold = msgspec.json.decode(await told(*now, "--contact", "sold", "--format", "json"))
        assert [one["rule"] for one in sold["contact"]["looked_at"] if not one["passed"]] == [
            "CA-9", "CO-3",
        ]  # fmt: skip

        record = ("--journal", str(tmp_path / "site.journal"))
        attempt = await told(*record, "--call", "1")
        assert f"contact sold of campaign 00001 dialed at {SOLD}" in attempt
        assert "agent ann was ready" in attempt
        assert "answered, by customer, wrap-up code sale." in attempt
        passed_over = await told(*record, "--campaign", "00001", "--contact", "excluded")
        assert "contacts.passed_over" in passed_over
        assert "rule CO-2" in passed_over
        await client.close()
        assert await server.stop(signal.SIGTERM) == 0
        assert await told(*record, "--call", "1") == attempt

    run(scenario)


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        (["--to", "unix:nobody.sock", "--campaign", "00001"], 1, "nobody.sock"),
        (["--journal", "nothing.journal", "--call", "1"], 2, "there is no such file"),
    ],
)
def test_where_nobody_can_be_asked_it_is_said_in_a_sentence(
    tmp_path: Path, options: list[str], code: int, sentence: str
) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "fastdial", "explain", *options],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == code, ran.stderr
    assert sentence in ran.stderr
    assert "Traceback" not in ran.stderr
