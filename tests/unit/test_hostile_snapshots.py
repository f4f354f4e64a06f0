"""Snapshots with a right checksum and wrong contents are refused, whatever is wrong with them."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastdial.kernel.contact_table import ContactTable
from fastdial.kernel.exclusion import ExclusionSet
from fastdial.kernel.slot_grid import SlotGrids
from twins.checksum import checksum64

RECORD = 112
HEADER = 64
ROWS = 4  # of which row 1 is free, and row 3 has a long key and three numbers


def contacts() -> bytes:
    table = ContactTable()
    table.load(["ada", "gone", "grace", "k" * 40], [[5, 0, 0], [6, 0, 0], [7, 0, 0], [8, 9, 10]])
    table.remove(1)
    return table.snapshot()


def sealed(image: bytes) -> bytes:
    """With the checksum that its contents have."""
    bare = image[:56] + bytes(8)
    checksum = checksum64(image[HEADER:], checksum64(bare, 0))
    return image[:56] + struct.pack("<Q", checksum) + image[HEADER:]


def changed(image: bytes, at: int, new: bytes) -> bytes:
    return sealed(image[:at] + new + image[at + len(new) :])


def in_record(row: int, offset: int) -> int:
    return HEADER + row * RECORD + offset


FREE_ROWS = HEADER + ROWS * RECORD
TAIL = FREE_ROWS + 4
FURTHER = TAIL + 32


def test_the_checksum_is_the_one_that_the_kernel_makes() -> None:
    assert sealed(contacts()) == contacts()
    assert ContactTable.restore(sealed(contacts())).snapshot() == contacts()


@pytest.mark.parametrize(
    ("at", "new", "says"),
    [
        (0, b"X", "does not begin"),
        (8, b"\1", "its version"),
        (12, b"\x59", "record size"),
        (in_record(0, 0), b"\xff", "out of bounds"),  # a key that is not UTF-8
        (in_record(0, 1), b"\0", "out of bounds"),  # a key with a NUL
        (in_record(2, 0), b"ada\0\0", "out of bounds"),
        (in_record(0, 16), struct.pack("<q", 0), "out of bounds"),  # a number that is none
        (in_record(0, 16), struct.pack("<q", 10**15), "out of bounds"),
        (in_record(0, 24), struct.pack("<H", 1441), "out of bounds"),  # hours
        (in_record(0, 64), struct.pack("<f", float("nan")), "out of bounds"),
        (in_record(0, 32), struct.pack("<I", 1), "out of bounds"),  # a block
        (in_record(0, 37), b"\0", "out of bounds"),  # a live row made free, with its fields
        (in_record(0, 37), b"\x41", "out of bounds"),  # a key that is too long
        (in_record(0, 37), b"\x20", "out of bounds"),  # a tail that is not there
        (in_record(3, 37), b"\x10", "out of bounds"),  # a tail that nobody asks for
        (in_record(0, 38), b"\0", "out of bounds"),  # no number
        (in_record(0, 38), b"\xff", "out of bounds"),
        (in_record(3, 38), b"\2", "out of bounds"),  # a number that nobody asks for
        (in_record(3, 38), b"\4", "out of bounds"),  # a number that is not there
        (in_record(0, 39), b"\1", "out of bounds"),  # the turn of a number that is not there
        (in_record(1, 48), b"\1", "out of bounds"),  # a free row with a field
        (in_record(0, 111), b"\1", "out of bounds"),  # what is kept free
        (in_record(3, 12), b"\1", "out of bounds"),  # a block for the tail
        (FREE_ROWS, struct.pack("<I", 0), "free rows"),  # a row that is not free
        (FREE_ROWS, struct.pack("<I", 4), "free rows"),  # a row that is not there
        (FURTHER, struct.pack("<q", 8), "out of bounds"),  # the same number twice
        (FURTHER, struct.pack("<q", -1), "out of bounds"),
    ],
)
def test_contacts_that_are_forged_are_refused(at: int, new: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        ContactTable.restore(changed(contacts(), at, new))


def test_a_key_that_comes_twice_is_refused() -> None:
    table = ContactTable()
    table.load(["ada", "bob"], [5, 6])
    with pytest.raises(ValueError, match="a key comes twice"):
        ContactTable.restore(changed(table.snapshot(), in_record(1, 0), b"ada"))


def test_a_key_that_comes_twice_far_apart_is_refused() -> None:
    table = ContactTable()
    table.load([f"contact {n:05}" for n in range(40_000)], [5] * 40_000)
    image = table.snapshot()
    with pytest.raises(ValueError, match="a key comes twice"):
        ContactTable.restore(changed(image, in_record(39_999, 0), b"contact 00000"))


@pytest.mark.parametrize("live", [0, 1, 2])
def test_more_contacts_than_the_header_says_are_refused(live: int) -> None:
    """Even where the length agrees, free rows being counted that are not free."""
    table = ContactTable()
    table.load(["a", "b", "c"], [5, 6, 7])
    image = table.snapshot()
    header = image[:24] + struct.pack("<QQ", live, 3 - live) + image[40:HEADER]
    forged = sealed(header + image[HEADER:] + struct.pack("<3I", 0, 1, 2)[: 4 * (3 - live)])
    with pytest.raises(ValueError, match="out of bounds"):
        ContactTable.restore(forged)


def test_damage_is_told_from_forgery_whatever_it_hits() -> None:
    image = bytearray(contacts())
    for at in range(HEADER, len(image)):
        image[at] ^= 0xFF
        with pytest.raises(ValueError, match="its checksum does not agree"):
            ContactTable.restore(image)
        image[at] ^= 0xFF


def test_a_free_row_that_comes_twice_is_refused() -> None:
    table = ContactTable()
    table.load(["ada", "bob"], [5, 6])
    table.remove_many([0, 1])
    image = table.snapshot()
    with pytest.raises(ValueError, match="free rows"):
        ContactTable.restore(changed(image, len(image) - 4, image[-8:-4]))


@pytest.mark.parametrize("at", range(16, 56, 8))
@pytest.mark.parametrize("count", [0, 1, 2**28, 2**32, 2**63, 2**64 - 1])
def test_counts_that_do_not_agree_are_refused(at: int, count: int) -> None:
    image = contacts()
    new = struct.pack("<Q", count)
    if image[at : at + 8] == new:
        return
    with pytest.raises(ValueError, match=r"counts do not agree|out of bounds"):
        ContactTable.restore(changed(image, at, new))


@given(at=st.integers(HEADER, len(contacts()) - 1), new=st.binary(min_size=1, max_size=9))
@settings(max_examples=300, deadline=None)
def test_any_other_forgery_is_refused_or_is_a_sound_table(at: int, new: bytes) -> None:
    image = changed(contacts(), at, new[: len(contacts()) - at])
    try:
        table = ContactTable.restore(image)
    except ValueError:
        return
    assert table.snapshot() == image
    rows = table.live_rows()
    assert table.find_many([table.key(row) for row in rows]).tolist() == rows.tolist()
    table.remove_many(rows)


def sealed_numbers(image: bytes) -> bytes:
    count = struct.unpack_from("<Q", image, 16)[0]
    return image[:32] + struct.pack("<Q", checksum64(image[40:], count)) + image[40:]


NUMBERS = ExclusionSet([*range(1, 60), 10**9, *range(10**12, 10**14, 10**11)]).snapshot()


def test_numbers_with_a_right_checksum_are_taken() -> None:
    assert sealed_numbers(NUMBERS) == NUMBERS


@given(at=st.integers(0, len(NUMBERS) - 1), new=st.binary(min_size=1, max_size=24))
@settings(max_examples=500, deadline=None)
def test_forged_numbers_are_refused_or_are_a_sound_set(at: int, new: bytes) -> None:
    image = NUMBERS[:at] + new[: len(NUMBERS) - at] + NUMBERS[at + len(new) :]
    try:
        excluded = ExclusionSet.restore(sealed_numbers(image))
    except ValueError:
        return
    numbers = excluded.numbers_from()
    assert (numbers[1:] > numbers[:-1]).all()
    assert excluded.contains_many(numbers).all()
    assert len(numbers) == len(excluded)


def slot_grids() -> bytes:
    """Grids 0 and 2, of two stretches and of one; 1 is free. Bookings 0 and 2; 1 and 3 are free."""
    grids = SlotGrids()
    for _ in range(3):
        grids.add(1000)
    grids.extend(0, 0, [1, 2, 0])
    grids.extend(0, 5000, [0], holidays=[1])
    grids.extend(2, 0, [3])
    grids.remove(1)
    tokens = [grids.book(grid, start) for grid, start in [(0, 0), (0, 1000), (2, 0), (0, 1000)]]
    grids.cancel_many([tokens[1], tokens[3]])
    return grids.snapshot()


GRID = 32
STRETCHES = HEADER + 3 * GRID
CAPACITIES = STRETCHES + 3 * 16
BOOKINGS = CAPACITIES + 16


def test_slot_grids_with_a_right_checksum_are_taken() -> None:
    assert sealed(slot_grids()) == slot_grids()
    assert len(slot_grids()) == BOOKINGS + 4 * 16
    assert SlotGrids.restore(slot_grids()).snapshot() == slot_grids()


@pytest.mark.parametrize(
    ("at", "new", "says"),
    [
        (0, b"X", "does not begin"),
        (8, b"\2", "its version"),
        (12, struct.pack("<I", 4), "counts do not agree"),  # grids
        (16, struct.pack("<I", 3), "a grid in it"),  # live ones
        (16, struct.pack("<I", 4), "counts do not agree"),
        (20, struct.pack("<I", 0), "what it gives as free"),
        (20, struct.pack("<I", 1), "what it gives as free"),
        (20, struct.pack("<I", 4), "what it gives as free"),
        (28, struct.pack("<I", 3), "a booking in it"),  # booked
        (32, struct.pack("<I", 2), "what it gives as free"),  # the second alone
        (32, struct.pack("<I", 1), "what it gives as free"),
        (32, struct.pack("<I", 5), "what it gives as free"),
        (36, b"\1", "counts do not agree"),  # what is kept free
        (40, struct.pack("<Q", 2**63), "counts do not agree"),
        (48, struct.pack("<Q", 2**63), "counts do not agree"),
        (HEADER, struct.pack("<q", 86_400_001), "a grid in it"),
        (HEADER, struct.pack("<q", -1), "a grid in it"),
        (HEADER, struct.pack("<q", 0), "a grid in it"),  # a grid made free, with its fields
        (HEADER + 8, struct.pack("<q", -1), "a grid in it"),
        (HEADER + 16, struct.pack("<q", 2**60 + 1), "a grid in it"),
        (HEADER + 24, struct.pack("<I", 3), "a grid in it"),  # stretches of the next one
        (HEADER + 24, struct.pack("<I", 1), "a grid in it"),
        (HEADER + 24, struct.pack("<I", 2**32 - 1), "a grid in it"),
        (HEADER + 28, struct.pack("<I", 2), "a grid in it"),  # a live grid that is chained
        (HEADER + GRID + 28, struct.pack("<I", 2), "what it gives as free"),  # to itself
        (STRETCHES, struct.pack("<q", 2**62), "a grid in it"),
        (STRETCHES + 8, struct.pack("<Q", 0), "a grid in it"),
        (STRETCHES + 8, struct.pack("<Q", 2**24 + 1), "a grid in it"),
        (STRETCHES + 8, struct.pack("<Q", 2**64 - 1), "a grid in it"),
        (STRETCHES + 16, struct.pack("<q", 3000), "a grid in it"),  # two that are one
        (STRETCHES + 16, struct.pack("<q", 2999), "a grid in it"),  # two that overlap
        (STRETCHES + 40, struct.pack("<Q", 2), "a grid in it"),  # slots that are not there
        (CAPACITIES + 10, b"\1", "a grid in it"),  # what fills up the last word
        (BOOKINGS, struct.pack("<I", 4), "a booking in it"),  # of a grid that is not there
        (BOOKINGS, struct.pack("<I", 2), "a booking in it"),  # of a grid that is free
        (BOOKINGS, struct.pack("<I", 0), "a booking in it"),  # one fewer
        (BOOKINGS + 4, struct.pack("<I", 4), "a booking in it"),  # of a slot that is not there
        (BOOKINGS + 8, struct.pack("<I", 2**31 - 1), "a booking in it"),  # one that was retired
        (BOOKINGS + 8, struct.pack("<I", 2**31), "a booking in it"),
        (BOOKINGS + 12, struct.pack("<I", 1), "a booking in it"),  # a live one that is chained
        (BOOKINGS + 16 + 4, b"\1", "a booking in it"),  # a free one with a slot
        (BOOKINGS + 16 + 12, struct.pack("<I", 4), "what it gives as free"),  # a ring
        (BOOKINGS + 16 + 8, struct.pack("<I", 2**31 - 1), "what it gives as free"),
    ],
)
def test_slot_grids_that_are_forged_are_refused(at: int, new: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        SlotGrids.restore(changed(slot_grids(), at, new))


@given(at=st.integers(8, len(slot_grids()) - 1), new=st.binary(min_size=1, max_size=9))
@settings(max_examples=500, deadline=None)
def test_any_other_forged_slot_grids_are_refused_or_sound(at: int, new: bytes) -> None:
    image = changed(slot_grids(), at, new[: len(slot_grids()) - at])
    try:
        grids = SlotGrids.restore(image)
    except ValueError:
        return
    handles = [handle for handle in range(4) if handle in grids]
    taken = 0
    for handle in handles:
        shown = grids.availability(handle, -(2**63), 2**63 - 1, now=0)
        assert (shown.start_at[1:] > shown.start_at[:-1]).all()
        taken += int(shown.taken.sum())
        grids.book(handle, int(shown.start_at[0]))
    assert taken <= grids.booked
    grids.first_free_each(handles, 0, 2**60)
    grids.add(1)
    grids.forget(2**60)
    assert grids.booked == 0
