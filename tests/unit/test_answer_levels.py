"""How likely contacts answer is learned by list, hour, attempt, number and what is told of them."""

import math
import random
import struct
from typing import Any

import numpy as np
import pytest

from fastdial.kernel.answer_levels import AnswerLevels
from twins.checksum import checksum64

HEADER = 72


def work(
    levels: AnswerLevels, lines: int, seed: int = 1, calibrated: bool = True
) -> list[tuple[dict[str, Any], float]]:
    """Lines of contacts whose true probabilities are products, and the contacts with those."""
    chance = random.Random(seed)
    lists, kinds, attempts = (0.14, 0.07, 0.25), (1.0, 0.6), (1.0, 0.8, 0.6, 0.5)
    contacts = []
    for at in range(lines):
        number, kind, attempt = chance.randrange(3), chance.randrange(2), chance.randrange(4)
        hour = 9 + at * 8 // lines
        true = lists[number] * kinds[kind] * attempts[attempt] * (1.3 if hour % 2 else 0.8)
        contact: dict[str, Any] = {
            "list": number, "hour": hour, "attempt": 1 + attempt, "kind": kind,
        }  # fmt: skip
        if not calibrated:
            contact["told"] = min(6 * true**1.5, 1.0)
        contacts.append((contact, true))
        serial = levels.dialed(0.2 * at, **contact)
        if chance.random() < true:
            levels.answered(serial)
        levels.tick(0.2 * at)
    levels.tick(1e9)
    return contacts


def error(levels: AnswerLevels, contacts: list[tuple[dict[str, Any], float]]) -> float:
    """Of logarithms, as a root mean square."""
    logs = [math.log(levels.chance(**contact) / true) for contact, true in contacts]
    return float(np.sqrt(np.mean(np.square(logs))))


@pytest.mark.parametrize("calibrated", [True, False])
def test_levels_are_learned_from_a_wrong_prior(calibrated: bool) -> None:
    levels = AnswerLevels()
    contacts = work(levels, 40_000, calibrated=calibrated)
    assert error(AnswerLevels(), contacts) > 0.5
    assert error(levels, contacts) < 0.12


def test_one_that_was_never_seen_is_taken_for_ordinary() -> None:
    levels = AnswerLevels()
    work(levels, 10_000)
    (base,) = levels.factors("base").factors
    assert levels.chance(list=77, hour=3, attempt=8, kind=7) == pytest.approx(0.3 * base)


def test_what_platforms_tell_says_nothing_of_contacts_of_which_nothing_is_told() -> None:
    levels = AnswerLevels()
    for at in range(3_000):
        levels.answered(levels.dialed(at, hour=9, told=0.1))
    levels.tick(1e6)
    assert levels.chance(hour=9, told=0.1) > 0.6
    assert levels.chance(hour=9, list=1) == pytest.approx(0.3)


def test_nothing_answered_nothing_lost_probabilities_stay_within_bounds() -> None:
    for answered in (False, True):
        levels = AnswerLevels(half_life=1e9)
        for at in range(20_000):
            serial = levels.dialed(at, told=0.5)
            if answered:
                levels.answered(serial)
        levels.tick(1e6)
        assert 1e-4 <= levels.chance(told=0.5) <= 0.98
        assert (levels.chance(told=0.5) > 0.9) == answered


def test_a_wave_of_lines_whose_answers_come_first_misleads_nobody() -> None:
    levels = AnswerLevels(prior=0.2)
    serials = [levels.dialed(0) for _ in range(1_000)]
    for serial in serials[::5]:
        levels.answered(serial)
        levels.tick(serial / 20)
        assert levels.chance() == pytest.approx(0.2)
    levels.tick(64)
    assert levels.chance() == pytest.approx(0.2, rel=0.3)
    assert levels.pending == 0


def test_a_line_that_was_given_up_counts_for_as_long_as_it_rang() -> None:
    levels = AnswerLevels(prior=0.2)
    for at in range(5_000):
        levels.given_up(levels.dialed(at), 1.0)
    levels.tick(1e6)
    assert levels.chance() == pytest.approx(0.2)
    assert levels.factors("base").expected[0] == 0
    assert levels.given_up(levels.dialed(1e6), 0.5)
    levels.tick(2e6)
    assert levels.factors("base").expected[0] == pytest.approx(0.1)


def test_what_is_long_ago_is_forgotten() -> None:
    levels = AnswerLevels(prior=0.1, half_life=100)
    for at in range(2_000):
        levels.answered(levels.dialed(at))
    levels.tick(10_000)
    high = levels.chance()
    for at in range(20_000):
        levels.dialed(10_000 + at)
    levels.tick(1e6)
    assert high > 0.7
    assert levels.chance() < 0.01


def test_an_answer_that_comes_too_late_is_not_counted() -> None:
    levels = AnswerLevels()
    serial = levels.dialed(0)
    levels.tick(63.9)
    assert levels.answered(serial)
    levels.tick(64)
    assert not levels.answered(serial)
    assert not levels.given_up(serial, 0.5)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"list": 65_536}, "list is 65536; it can be 0 to 65535"),
        ({"hour": 24}, "hour is 24; it can be 0 to 23"),
        ({"attempt": 0}, "attempt is 0; it can be 1 to 1000000"),
        ({"kind": 8}, "kind is 8; it can be 0 to 7"),
        ({"told": 1.5}, "told is 1.5; it can be 0 to 1"),
        ({"told": math.nan}, "told is nan"),
    ],
)
def test_a_contact_that_there_cannot_be_is_refused(changes: dict[str, Any], words: str) -> None:
    levels = AnswerLevels()
    with pytest.raises(ValueError, match=words):
        levels.chance(**changes)
    with pytest.raises(ValueError, match=words):
        levels.dialed(0, **changes)
    with pytest.raises(TypeError, match=r"hour is 1.5; it must be an integer"):
        levels.chance(hour=1.5)  # type: ignore[arg-type]
    assert levels.pending == 0


def test_what_else_is_wrong_is_said() -> None:
    levels = AnswerLevels()
    levels.tick(10)
    with pytest.raises(ValueError, match=r"now_s is 9.0; it can be 10 to 1e"):
        levels.dialed(9)
    with pytest.raises(ValueError, match=r"now_s is 9.0"):
        levels.tick(9)
    with pytest.raises(IndexError, match=r"serial is 0; 0 lines were dialed"):
        levels.answered(0)
    with pytest.raises(ValueError, match=r"serial is -1"):
        levels.answered(-1)
    with pytest.raises(ValueError, match=r"still is 2.0"):
        levels.given_up(levels.dialed(10), 2)
    with pytest.raises(ValueError, match=r"name is 'weather'; it can be base, hour"):
        levels.factors("weather")
    with pytest.raises(ValueError, match=r"prior is 0.0"):
        AnswerLevels(prior=0)
    with pytest.raises(ValueError, match=r"half_life is 0.0"):
        AnswerLevels(half_life=0)


# ---- snapshots -------------------------------------------------------------------------------


def image() -> bytes:
    levels = AnswerLevels()
    work(levels, 2_000)
    for hour in (9, 10, 11):
        levels.answered(levels.dialed(2e9, list=2, hour=hour, attempt=3, kind=1, told=0.25))
    return levels.snapshot()


IMAGE = image()
LEVEL = 24
LINE = (len(IMAGE) - HEADER - (92 + 4) * LEVEL) // 3
LINES = len(IMAGE) - 3 * LINE


def changed(at: int, new: bytes) -> bytes:
    return sealed(IMAGE[:at] + new + IMAGE[at + len(new) :])


def sealed(whole: bytes) -> bytes:
    """With a right checksum."""
    bare = whole[: HEADER - 8] + bytes(8)
    checksum = checksum64(whole[HEADER:], checksum64(bare, 0))
    return whole[: HEADER - 8] + struct.pack("<Q", checksum) + whole[HEADER:]


def test_a_snapshot_goes_on_where_it_was_taken() -> None:
    levels = AnswerLevels()
    work(levels, 2_000)
    serial = levels.dialed(2e9, list=1, hour=9)
    restored = AnswerLevels.restore(levels.snapshot())
    for one in (levels, restored):
        assert one.answered(serial)
        with pytest.raises(ValueError, match="now_s"):
            one.tick(1e9)
        one.tick(2e9 + 64)
    assert restored.snapshot() == levels.snapshot()
    assert changed(0, b"") == IMAGE


@pytest.mark.parametrize(
    ("at", "new", "says"),
    [
        (0, b"X", "does not begin as one"),
        (8, b"\2", "version 2; 1 is"),
        (16, struct.pack("<Q", 8), "its length"),
        (16, struct.pack("<Q", 2**63), "its length"),
        (24, struct.pack("<Q", 2**61), "its length"),
        (32, struct.pack("<q", -1), "out of bounds"),
        (40, struct.pack("<d", math.nan), "prior is nan"),
        (48, struct.pack("<d", 0), "half_life is 0"),
        (56, struct.pack("<d", -1), "last is -1"),
        (HEADER, struct.pack("<d", 7), "level 0 is out of bounds"),
        (HEADER + LEVEL + 8, struct.pack("<d", math.nan), "level 1 is out of bounds"),
        (HEADER + LEVEL + 16, struct.pack("<d", -1), "level 1 is out of bounds"),
        (LINES, struct.pack("<d", 3e9), "line 0 is out of bounds"),
        (LINES + LINE, struct.pack("<d", 1e9), "line 1 is out of bounds"),
        (LINES + 8, struct.pack("<I", 4), "line 0 is out of bounds"),
        (LINES + 12, b"\x18", "line 0 is out of bounds"),
        (LINES + 13, b"\0", "line 0 is out of bounds"),
        (LINES + 13, b"\x09", "line 0 is out of bounds"),
        (LINES + 14, b"\x08", "line 0 is out of bounds"),
        (LINES + 16, struct.pack("<f", 2), "line 0 is out of bounds"),
        (LINES + 16, struct.pack("<f", -2), "line 0 is out of bounds"),
        (LINES + 20, struct.pack("<f", math.nan), "line 0 is out of bounds"),
        (LINES + 24, b"\2", "line 0 is out of bounds"),
    ],
)
def test_a_snapshot_with_wrong_contents_is_refused(at: int, new: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        AnswerLevels.restore(changed(at, new))


@pytest.mark.parametrize("lists", [1, 2, 3])
def test_a_snapshot_of_fewer_lists_than_there_ever_are_is_refused(lists: int) -> None:
    cut = LEVEL * (4 - lists)
    short = IMAGE[:16] + struct.pack("<Q", lists) + IMAGE[24 : LINES - cut] + IMAGE[LINES:]
    with pytest.raises(ValueError, match="out of bounds"):
        AnswerLevels.restore(sealed(short))


def test_a_snapshot_that_is_damaged_is_refused() -> None:
    for length in (0, HEADER - 1, HEADER, len(IMAGE) - 1):
        with pytest.raises(ValueError, match="not a snapshot of levels"):
            AnswerLevels.restore(IMAGE[:length])
    for at in range(0, len(IMAGE), 7):
        with pytest.raises(ValueError, match="not a snapshot of levels"):
            AnswerLevels.restore(IMAGE[:at] + bytes([IMAGE[at] ^ 1]) + IMAGE[at + 1 :])


@pytest.mark.parametrize("told", [1.0, 0.99999999, 0.01, 1e-4])
def test_whatever_is_told_is_written_down_and_read_again(told: float) -> None:
    levels = AnswerLevels()
    for second in range(40):
        levels.dialed(second, hour=12, told=told)
    levels.tick(200)
    assert AnswerLevels.restore(levels.snapshot()).snapshot() == levels.snapshot()
