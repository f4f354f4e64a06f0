"""``fastdial load`` against a server that is a process of its own."""

import asyncio
import csv
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fastdial.client import AsyncClient
from fastdial.messages.commands import CampaignCreate, CampaignGet
from fastdial.messages.replies import CampaignReply
from fastdial.messages.words import ContactState
from protocol.serving import campaign, run
from protocol.serving_process import ServerProcess

pytestmark = pytest.mark.slow

ROWS = 3_000


def write_list(folder: Path) -> None:
    """Every 1,000th row has a number that is none; one row cannot be read."""
    lines = ["id;phone;mobile;town"]
    lines += [
        f"c-{n};{'nobody' if n % 1_000 == 0 else f'+4420794{n:05}'};;Leeds"
        for n in range(1, ROWS + 1)
    ]
    lines[500] = "c-500;+442079400500;;Leeds;one;too;many"
    (folder / "list.csv").write_text("\n".join(lines) + "\n")


def fastdial_load(folder: Path, *options: str, given: str | None = None) -> tuple[int, str, str]:
    ran = subprocess.run(
        [sys.executable, "-m", "fastdial", "load", "--campaign", "00001",
         "--to", f"unix:{folder}/s.sock", *options],
        cwd=folder, input=given, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in ran.stderr, ran.stderr
    return ran.returncode, ran.stdout, ran.stderr


async def ready(address: str) -> int:
    client = await AsyncClient.connect(address)
    reply = await client.request(CampaignGet(campaign_id="00001"))
    await client.close()
    assert isinstance(reply, CampaignReply)
    return reply.campaign.contacts.get(ContactState.READY, 0)


def test_ca_7_a_list_is_loaded_and_its_bad_rows_are_written_down(tmp_path: Path) -> None:
    async def scenario() -> None:
        server = ServerProcess(tmp_path)
        await server.start()
        client = await AsyncClient.connect(server.address)
        await client.request(CampaignCreate(settings=campaign(), campaign_id="00001"))
        await client.close()
        write_list(tmp_path)

        for _ in range(2):  # the second time nothing is done, and the same is told
            code, out, err = await asyncio.to_thread(fastdial_load, tmp_path, "list.csv")
            assert (code, out) == (
                3, "2,996 contacts added, 0 rows that update one, 4 rows refused\n"
            ), err  # fmt: skip
            assert "list.csv.refused.csv" in err
            with (tmp_path / "list.csv.refused.csv").open() as file:
                refused = list(csv.DictReader(file))
            assert [(row["line"], row["field"]) for row in refused] == [
                ("501", ""), ("1001", "numbers[0]"), ("2001", "numbers[0]"), ("3001", "numbers[0]"),
            ]  # fmt: skip
            assert refused[1]["reason"].startswith("'nobody' ")
            assert await ready(server.address) == 2_996

        row = json.dumps({"contact_key": "j-1", "number": "+442079499999"})
        code, out, err = await asyncio.to_thread(
            fastdial_load, tmp_path, "-", "--format", "json", given=row
        )
        assert (code, out) == (0, "1 contacts added, 0 rows that update one, 0 rows refused\n"), err
        assert not (tmp_path / "stdin.refused.csv").exists()
        assert await server.stop(signal.SIGTERM) == 0

    run(scenario)


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        (["nowhere.csv"], 2, "nowhere.csv: No such file"),
        (["list.xlsx"], 2, "tells of no format"),
        (["list.csv", "--column", "phones=x"], 2, "with a FIELD of"),
        (["list.csv"], 1, "s.sock"),
    ],
)
def test_what_cannot_be_loaded_is_said_in_a_sentence(
    tmp_path: Path, options: list[str], code: int, sentence: str
) -> None:
    write_list(tmp_path)
    said = fastdial_load(tmp_path, *options)
    assert said[0] == code, said
    assert sentence in said[2]
