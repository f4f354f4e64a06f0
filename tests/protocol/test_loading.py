"""Lists on their way into a site: each row once, whatever is cut."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from fastdial.cli.lists.contacts import ListedContact
from fastdial.cli.lists.loading import ROWS_IN_LOAD, Loading
from fastdial.cli.problems import Failed
from fastdial.client import AsyncClient
from fastdial.messages.commands import CampaignCreate, CampaignGet
from fastdial.messages.errors import RefusedRow
from fastdial.messages.replies import CampaignReply
from fastdial.messages.settings import SiteConfig
from fastdial.messages.words import ContactState
from protocol.cutting import cutting
from protocol.serving import campaign, config, number_of, run, serving

ROWS = 6_007


def listed(count: int, broken: tuple[int, ...] = ()) -> Iterator[ListedContact | RefusedRow]:
    """Rows from line 2 on; those of ``broken`` lines cannot be read."""
    for line in range(2, 2 + count):
        if line in broken:
            yield RefusedRow(line, "", "broken")
        else:
            key = f"c-{line}"
            number = "nonsense" if line % 1_000 == 999 else number_of(key)
            yield ListedContact(line, {"contact_key": key, "numbers": [number]})


async def created(client: AsyncClient) -> None:
    await client.request(CampaignCreate(settings=campaign(), campaign_id="00001"))


async def ready(client: AsyncClient) -> int:
    reply = await client.request(CampaignGet(campaign_id="00001"))
    assert isinstance(reply, CampaignReply)
    return reply.campaign.contacts.get(ContactState.READY, 0)


def test_ca_7_rows_are_refused_one_by_one_in_the_order_of_the_list(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(config(tmp_path)) as server:
            client = await AsyncClient.connect(server.addresses[0])
            await created(client)
            refused: list[RefusedRow] = []
            loading = Loading(client, "00001", refuse=refused.append)
            await loading.run(listed(ROWS, broken=(3, 1_500, ROWS)))
            assert [row.row for row in refused] == [
                3,
                999,
                1_500,
                1_999,
                2_999,
                3_999,
                4_999,
                5_999,
                ROWS,
            ]
            assert {row.field for row in refused} == {"", "numbers[0]"}
            assert (loading.added, loading.refused) == (ROWS - 9, 9)
            assert await ready(client) == ROWS - 9
            await client.close()

    run(scenario)


def test_ca_7_a_list_loaded_again_changes_nothing_and_tells_the_same(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(config(tmp_path)) as server:
            client = await AsyncClient.connect(server.addresses[0])
            await created(client)
            counts, lasts = [], []
            for salt in ("", "", "another time"):
                refused: list[RefusedRow] = []
                loading = Loading(client, "00001", refuse=refused.append, salt=salt)
                await loading.run(listed(ROWS))
                counts.append((loading.added, loading.updated, loading.refused, len(refused)))
                lasts.append(server.host.site.last_seq)
            good = ROWS - 6
            assert counts == [(good, 0, 6, 6), (good, 0, 6, 6), (0, good, 6, 6)]
            assert lasts[0] == lasts[1] < lasts[2]
            await client.close()

    run(scenario)


def test_ca_7_a_load_that_was_cut_off_goes_on_where_it_was(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(config(tmp_path)) as server:
            client = await AsyncClient.connect(server.addresses[0])
            await created(client)
            half = Loading(client, "00001")
            with pytest.raises(RuntimeError, match="pulled"):
                await half.run(listed(ROWS), pull_the_plug)
            seq = server.host.site.last_seq
            whole = Loading(client, "00001")
            await whole.run(listed(ROWS))
            assert (whole.added, whole.updated) == (ROWS - 6, 0)
            loads = -(-ROWS // ROWS_IN_LOAD)
            done_before = (seq - 1) // 2
            assert server.host.site.last_seq - seq == 2 * (loads - done_before)
            await client.close()

    def pull_the_plug(loading: Loading) -> None:
        if loading.rows > ROWS // 3:
            raise RuntimeError("pulled")

    run(scenario)


def test_ca_7_a_connection_that_is_cut_again_and_again_loads_each_row_once(
    tmp_path: Path,
) -> None:
    chance = random.Random(7)

    async def scenario() -> None:
        async with serving(config(tmp_path)) as server:
            target = server.addresses[0].removeprefix("unix:")
            async with cutting(
                target, tmp_path / "p.sock", lambda: chance.randint(30_000, 120_000)
            ) as proxy:
                first = await AsyncClient.connect(server.addresses[0])
                await created(first)
                client = await AsyncClient.connect(f"unix:{tmp_path / 'p.sock'}", reconnect=True)
                loading = Loading(client, "00001")
                await loading.run(listed(ROWS))
                assert proxy.cuts > 0
                assert (loading.added, loading.updated) == (ROWS - 6, 0)
                assert await ready(first) == ROWS - 6
                await client.close()
                await first.close()

    run(scenario)


def test_a_load_that_the_site_refuses_says_why_and_how_far_it_came(tmp_path: Path) -> None:
    async def scenario() -> None:
        settings = config(tmp_path)
        small = type(settings)(
            site=SiteConfig(max_contacts=ROWS_IN_LOAD + 1),
            listen=settings.listen,
            journal=settings.journal,
        )
        async with serving(small) as server:
            client = await AsyncClient.connect(server.addresses[0])
            await created(client)
            with pytest.raises(
                Failed,
                match=f"at most {ROWS_IN_LOAD + 1} contacts.*of the rows before, {ROWS_IN_LOAD}",
            ):
                await Loading(client, "00001").run(listed(900))
            await client.close()

    run(scenario)
