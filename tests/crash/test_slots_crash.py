"""A server killed while clients fight for places: none is sold twice, none is lost (SL-3)."""

import asyncio
import signal
from pathlib import Path

import pytest

from fastdial.client import AsyncClient
from fastdial.engine import Site
from fastdial.journal import SqliteJournal, recover
from fastdial.journal.recovery import replay
from protocol.serving_process import ServerProcess
from slot_fight import PLACES, Fighter, assert_sold_exactly, day_that_is_sold, fight, open_queue


@pytest.mark.parametrize("snapshot_every_events", [10, 100_000])
def test_sl_3_a_server_killed_amid_a_fight_sells_every_place_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshot_every_events: int
) -> None:
    monkeypatch.setattr("fastdial.client.aio.FIRST_WAIT_S", 0.01)
    monkeypatch.setattr("fastdial.client.aio.LONGEST_WAIT_S", 0.02)
    day = day_that_is_sold()
    fighters = [Fighter(n, day) for n in range(10)]

    async def scenario() -> None:
        server = ServerProcess(tmp_path, snapshot_every_events=snapshot_every_events)
        await server.start()
        client = await AsyncClient.connect(server.address, reconnect=True)
        await open_queue(client)
        fighting = asyncio.ensure_future(fight(server.address, fighters))
        for enough in (PLACES // 4, PLACES // 2, PLACES - 4):
            while sum(len(fighter.won) for fighter in fighters) < enough:
                assert not fighting.done()
                await asyncio.sleep(0)
            await server.stop(signal.SIGKILL)
            await server.start()
        await fighting
        await assert_sold_exactly(client, day, fighters)
        await client.close()
        assert await server.stop(signal.SIGTERM) == 0

    asyncio.run(scenario())
    journal = SqliteJournal(tmp_path / "site.journal")
    recovered = recover(journal, fresh=Site, restore=Site.restore)
    whole = Site()
    replay(journal, whole)
    assert recovered.state_hash() == whole.state_hash()
    assert recovered._state.slots.grids.booked == PLACES
    journal.close()
