"""``fastdial slots`` of a server that runs."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from fastdial.client import AsyncClient
from fastdial.messages.queues import QueueCreate, QueueSettings
from fastdial.messages.slots import OfficeHours, SlotSettings
from fastdial.messages.windows import WeeklyHours
from protocol.serving import run
from protocol.serving_process import ServerProcess

pytestmark = pytest.mark.slow

SLOTS = SlotSettings(
    zone="Europe/Warsaw",
    hours=OfficeHours(weekly=(WeeklyHours(from_="10:00", until="12:00"),)),
    slot_minutes=30,
)


def slots(folder: Path, *options: str) -> tuple[int, str]:
    ran = subprocess.run(
        [sys.executable, "-m", "fastdial", "slots", *options],
        cwd=folder, capture_output=True, text=True, check=False, env={"COLUMNS": "300"},
    )  # fmt: skip
    return ran.returncode, ran.stdout + ran.stderr


def test_sl_2_the_grid_of_a_running_site_is_drawn(tmp_path: Path) -> None:
    async def scenario() -> None:
        server = ServerProcess(tmp_path)
        await server.start()
        client = await AsyncClient.connect(server.address)
        await client.request(QueueCreate(settings=QueueSettings(name="Help", slots=SLOTS)))
        to = ("1", "--to", server.address, "--zone", "Europe/Warsaw", "--days", "3")

        code, text = await asyncio.to_thread(slots, tmp_path, *to)

        assert code == 0, text
        assert "Queue 1, times in Europe/Warsaw" in text
        assert text.count("00:00-10:00 closed") >= 2  # today's may be over
        assert text.count("10:00-10:30 1") >= 2
        code, written = await asyncio.to_thread(slots, tmp_path, *to, "--format", "json")
        reply = msgspec.json.decode(written)
        assert code == 0
        assert len(reply["start_at"]) in (142, 144, 146)  # clocks may jump
        code, text = await asyncio.to_thread(slots, tmp_path, "9", "--to", server.address)
        assert code == 1
        assert "there is no queue '9'" in text
        await client.close()
        assert await server.stop(signal.SIGTERM) == 0

    run(scenario)
