"""Fifty clients fight for the last places of a day: sold exactly to capacity (SL-3)."""

from pathlib import Path

import pytest

from fastdial.client import AsyncClient
from protocol.serving import LOOPS, config, run, serving
from slot_fight import Fighter, assert_sold_exactly, day_that_is_sold, fight, open_queue


@pytest.mark.parametrize("loop", LOOPS)
def test_sl_3_the_places_of_a_day_are_sold_exactly_and_every_refusal_names_the_next(
    tmp_path: Path, loop: str
) -> None:
    day = day_that_is_sold()
    fighters = [Fighter(n, day) for n in range(50)]

    async def scenario() -> None:
        async with serving(config(tmp_path)) as server:
            client = await AsyncClient.connect(server.addresses[0])
            await open_queue(client)

            await fight(server.addresses[0], fighters)

            await assert_sold_exactly(client, day, fighters)
            await client.close()

    run(scenario, loop=loop)
    refusals = [values for fighter in fighters for values in fighter.refusals]
    assert all(fighter.refusals for fighter in fighters)
    assert {values["reason"] for values in refusals} == {"full"}
    assert all(isinstance(values["next_free_at"], int) for values in refusals)
