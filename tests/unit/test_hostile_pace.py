"""What no campaign can have learned is refused, and so is what no campaign can be told."""

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastdial.kernel.pace import Pace
from twins.checksum import checksum64

NOON = 1_772_452_800_000
HEADER, LAW = 24, 8 * (1 + 3 * 64 + 65)
RATE = HEADER + 3 * LAW
"""where the answer rate begins: magic, version and checksum, and three laws stand before it"""
RATE_NUMBERS = 228
ANSWERS, SCORES, DIALED, AT, FACTOR, MIXED, STEADINESS, NEW, STALE, APART = (
    0, 18, 24, 88, 89, 90, 91, 92, 93, 94,
)  # fmt: skip


def learned() -> Pace:
    pace = Pace()
    for call in range(400):
        now = NOON + 400 * call
        pace.dialed(call, now, 0.3)
        if call >= 25:
            over = pace.answered if call % 5 == 0 else pace.unanswered
            over(call - 25, now)
    return pace


IMAGE = learned().to_bytes()


def forged(number: int, value: float) -> bytes:
    """The image with another number of the answer rate, and a right checksum."""
    at = RATE + 8 * number
    image = bytearray(IMAGE)
    image[at : at + 8] = struct.pack("<d", value)
    version, kept = int.from_bytes(IMAGE[8:16], "little"), RATE + 8 * (RATE_NUMBERS + 17)
    image[16:24] = checksum64(bytes(image[24:kept]), version).to_bytes(8, "little")
    return bytes(image)


def test_the_checksum_is_the_one_that_the_kernel_makes() -> None:
    unchanged = struct.unpack_from("<d", IMAGE, RATE + 8 * FACTOR)[0]
    assert forged(FACTOR, unchanged) == IMAGE


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (ANSWERS, 1e-310), (SCORES, -1e308), (DIALED, -1e6), (DIALED, 1e300), (AT, 1e300),
        (FACTOR, 1e-310), (MIXED, 1e-310), (MIXED, 1e308), (STEADINESS, 1e308), (NEW, 1e308),
        (NEW, -1.0), (STALE, -1e6), (STALE, 1e308), (APART, 1e6),
    ],
)  # fmt: skip
def test_numbers_that_cannot_have_been_learned_are_refused(number: int, value: float) -> None:
    with pytest.raises(ValueError, match="not what a pace learned: it is damaged"):
        Pace.from_bytes(forged(number, value))


@given(
    st.integers(0, RATE_NUMBERS - 1),
    st.floats() | st.sampled_from([5e-324, 1e-310, 1e-29, 1e29, 1e308, -1.0, 0.0]),
)
def test_any_other_forged_number_is_refused_or_does_no_harm(number: int, value: float) -> None:
    try:
        pace = Pace.from_bytes(forged(number, value))
    except ValueError:
        return
    now = NOON + 400 * 400
    for call in range(400, 440):
        now += 1_000
        pace.dialed(call, now, 0.3)
        (pace.answered if call % 3 == 0 else pace.unanswered)(call, now + 500)
    launched = pace.decide(now, (), b"\1", 5, 0, 0, 1_000_000, False, 100, 0.3)
    assert 5 <= launched <= 100
    assert all(math.isfinite(float(found)) for found in pace.learned_at(now).values())
    assert Pace.from_bytes(pace.to_bytes()).to_bytes() == pace.to_bytes()


@pytest.mark.parametrize("given", [{"others": (None,)}, {"others": None}, {"groups": None}])
def test_none_is_no_campaign(given: dict[str, object]) -> None:
    asked = {"others": (), "groups": b"\1"} | given
    with pytest.raises(TypeError, match="None is no campaign"):
        Pace().decide(
            NOON, asked["others"], asked["groups"], 1, 0, 0, 5, False, 10, 0.3,  # type: ignore[arg-type]
        )  # fmt: skip


@pytest.mark.parametrize(
    ("abandoned", "base", "spare"),
    [
        (math.nan, 1, 1),
        (1, math.nan, 1),
        (1, 1, math.nan),
        (-1, 1, 1),
        (1, -1, 1),
        (1, math.inf, 1),
    ],
)
def test_what_is_no_number_of_calls_is_not_counted(
    abandoned: float, base: float, spare: float
) -> None:
    pace = learned()
    with pytest.raises(ValueError, match="cannot be counted"):
        pace.counted(abandoned, base, spare, 5, 3_600.0, NOON)
    assert pace.to_bytes() == IMAGE
