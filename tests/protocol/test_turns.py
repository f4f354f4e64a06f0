"""Everybody gets their turn: who asks for much at once does not keep the others waiting."""

import asyncio
import gc
import weakref
from functools import partial
from pathlib import Path

import pytest

from fastdial.client import AsyncClient
from fastdial.messages.commands import CampaignCreate, CampaignGet, Ping
from fastdial.server import session
from protocol.serving import LOOPS, Raw, campaign, config, load, run, serving

LOADS = 40
PINGS = 3


@pytest.mark.parametrize("loop", LOOPS)
def test_a_ping_does_not_wait_for_loads_that_others_have_sent_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loop: str
) -> None:
    monkeypatch.setattr(session, "TURN_S", 0.0)  # every command uses up a turn
    order: list[str] = []

    async def scenario() -> None:
        async with serving(config(tmp_path)) as server:
            loader = await AsyncClient.connect(server.addresses[0])
            await loader.request(CampaignCreate(settings=campaign(), campaign_id="00001"))
            other = await AsyncClient.connect(server.addresses[0])
            loads = [
                loader.submit(load("00001", [f"{n}-{k}" for k in range(100)])) for n in range(LOADS)
            ]
            for place, one in enumerate(loads):
                one.add_done_callback(partial(note, f"load {place}"))
            for n in range(PINGS):
                await other.request(Ping())
                order.append(f"ping {n}")
            await asyncio.gather(*loads)
            await loader.close()
            await other.close()

    def note(what: str, _: object) -> None:
        order.append(what)

    run(scenario, loop=loop)
    assert [one for one in order if one.startswith("load")] == [f"load {n}" for n in range(LOADS)]
    assert order.index(f"ping {PINGS - 1}") < order.index(f"load {LOADS - 1}")


def test_commands_of_one_connection_are_done_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "TURN_S", 0.0)

    async def scenario() -> None:
        async with serving(config(tmp_path, in_flight=3)) as server:
            raw = await Raw.open(server)
            await raw.hello()
            raw.send(CampaignCreate(id=2, settings=campaign(), campaign_id="00001"))
            for n in range(3, 60):
                more = CampaignGet(id=n, campaign_id="00001")
                raw.send(load("00001", [f"c-{n}"], id=n) if n % 2 else more)
            assert [(await raw.json())["id"] for _ in range(2, 60)] == list(range(2, 60))
            raw.writer.write_eof()
            with pytest.raises(EOFError):
                await raw.payload()
            await raw.close()

    run(scenario)


def test_a_connection_leaves_nothing_for_the_collector(tmp_path: Path) -> None:
    """A server looks through all that it keeps hardly ever, so nothing may wait for that."""
    left: list[weakref.ref[session.Session]] = []

    async def scenario() -> None:
        async with serving(config(tmp_path)) as server:
            for _ in range(3):
                client = await AsyncClient.connect(server.addresses[0])
                await client.request(Ping())
                left.extend(weakref.ref(one) for one in server._sessions)
                await client.close()
                while server._sessions:
                    await asyncio.sleep(0)
            await asyncio.sleep(0.05)
            assert len(left) == 3
            assert [one() for one in left] == [None] * 3

    gc.collect()
    gc.disable()
    try:
        run(scenario)
    finally:
        gc.enable()
