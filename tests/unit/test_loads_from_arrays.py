"""Loads from arrays: the contacts that rows would give, and clear words where columns differ."""

import numpy as np
import pytest

from fastdial import Site
from fastdial.messages.arrays import loads_from_arrays
from fastdial.messages.commands import CampaignCreate, ContactsGet
from fastdial.messages.replies import ContactReply, ContactView, LoadReply
from fastdial.messages.settings import CampaignSettings

NOW = 1_772_452_800_000
FIRST = 441_144_960_000


@pytest.fixture
def site() -> Site:
    site = Site()
    site.handle(CampaignCreate(settings=CampaignSettings(name="Arrays")), NOW)
    return site


def view(site: Site, key: str) -> ContactView:
    reply = site.handle(ContactsGet(campaign_id="00001", contact_key=key), NOW).reply
    assert isinstance(reply, ContactReply)
    return reply.contact


def test_ca_7_a_list_in_columns_becomes_contacts(site: Site) -> None:
    keys = np.array([f"k{n}" for n in range(1_000)])
    numbers = np.zeros((1_000, 2), np.int64)
    numbers[:, 0] = FIRST + np.arange(1_000)
    numbers[::2, 1] = FIRST + 5_000 + np.arange(500)
    loads = list(
        loads_from_arrays(
            "00001",
            keys,
            numbers,
            zones="Europe/London",
            priorities=np.arange(1_000) % 7,
            ranks=-np.arange(1_000),
            answer_chances=(np.arange(1_000) + 0.5) / 1_000,
            variables=[{"n": str(n)} for n in range(1_000)],
        )
    )
    assert [len(load.contacts) for load in loads] == [250] * 4
    assert [load.first_row for load in loads] == [1, 251, 501, 751]
    for load in loads:
        reply = site.handle(load, NOW).reply
        assert isinstance(reply, LoadReply)
        assert (reply.added, reply.refused) == (250, ())
    odd, even = view(site, "k999"), view(site, "k998")
    assert odd.numbers == (f"+{FIRST + 999}",)
    assert even.numbers == (f"+{FIRST + 998}", f"+{FIRST + 5_499}")
    assert (odd.zone, odd.priority, odd.rank) == ("Europe/London", 999 % 7, -999)
    assert (even.answer_chance, odd.answer_chance) == (0.9985, 0.9995)
    assert odd.variables == {"n": "999"}


@pytest.mark.parametrize(
    ("keys", "numbers"),
    [
        (np.array([b"a", b"b"]), np.array([FIRST, FIRST + 1])),
        (["a", "b"], [[f"+{FIRST}", ""], [f"+{FIRST + 1}", ""]]),
        (np.array(["a", "b"]), np.array([f"+{FIRST}".encode(), f"+{FIRST + 1}".encode()])),
    ],
)
def test_ca_7_text_may_be_text_or_bytes(site: Site, keys: object, numbers: object) -> None:
    (load,) = loads_from_arrays("00001", keys, numbers)  # type: ignore[arg-type] # any of them
    site.handle(load, NOW)
    assert view(site, "b").numbers == (f"+{FIRST + 1}",)


def test_ca_7_a_bad_row_is_refused_by_its_place_in_the_arrays(site: Site) -> None:
    loads = loads_from_arrays("00001", range(5), [FIRST, 0, 7, FIRST, FIRST], rows_in_a_load=2)
    refused = []
    for load in loads:
        reply = site.handle(load, NOW).reply
        assert isinstance(reply, LoadReply)
        refused += [(row.row, row.field) for row in reply.refused]
    assert refused == [(2, "numbers"), (3, "numbers[0]")]


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"numbers": [1, 2]}, "numbers has the shape"),
        ({"numbers": np.zeros((3, 9), int)}, "numbers has the shape"),
        ({"contact_keys": [["a"], ["b"], ["c"]]}, "contact_keys has the shape"),
        ({"zones": ["Europe/London"] * 2}, "zone has the shape"),
        ({"variables": [{}]}, "variables has 1 values; 3 are expected"),
        ({"rows_in_a_load": 0}, "rows_in_a_load is 0"),
    ],
)
def test_columns_that_do_not_fit_are_refused(columns: dict[str, object], sentence: str) -> None:
    given: dict[str, object] = {"contact_keys": ["a", "b", "c"], "numbers": [1, 2, 3], **columns}
    with pytest.raises(ValueError, match=sentence):
        loads_from_arrays("00001", **given)  # type: ignore[arg-type] # on purpose
