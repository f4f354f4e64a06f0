"""Recent attempts: edges, errors, memory, snapshots."""

import struct
import sys

import numpy as np
import pytest

from fastdial.kernel.recent import MAX_ATTEMPTS, MAX_INSTANT, Recent
from twins.checksum import checksum64

DAY = 86_400_000
NOW = 1_700_000_000_000
ADA = 48_600_000_000


@pytest.fixture
def recent() -> Recent:
    return Recent(7 * DAY)


class TestCaps:
    def test_nothing_stands_against_a_stranger(self, recent: Recent) -> None:
        assert recent.allowed_at(ADA, 1, DAY, DAY) == 0
        assert ADA not in recent

    def test_seven_in_seven(self, recent: Recent) -> None:
        for day in range(6):
            recent.record_attempt(ADA, NOW + day * 1_000)
        assert recent.allowed_at(ADA, 7, 7 * DAY) == 0
        recent.record_attempt(ADA, NOW + 6_000)
        assert recent.allowed_at(ADA, 7, 7 * DAY) == NOW + 7 * DAY

    def test_quiet_after_a_conversation(self, recent: Recent) -> None:
        recent.record_attempt(ADA, NOW)
        recent.record_conversation(ADA, NOW + 5)
        assert recent.allowed_at(ADA, 7, 7 * DAY, 7 * DAY) == NOW + 5 + 7 * DAY
        assert recent.allowed_at(ADA, 7, 7 * DAY) == 0
        assert recent.allowed_at(ADA, 0, 0, DAY) == NOW + 5 + DAY

    def test_a_conversation_is_no_attempt(self, recent: Recent) -> None:
        recent.record_conversation(ADA, NOW)
        assert recent.allowed_at(ADA, 1, DAY) == 0
        assert ADA in recent

    def test_a_longer_time_to_keep_holds_from_then_on(self, recent: Recent) -> None:
        recent.record_attempt(ADA, NOW)
        recent.keep_ms = 30 * DAY
        assert recent.keep_ms == 30 * DAY
        recent.record_attempt(ADA + 1, NOW + 20 * DAY)
        assert recent.allowed_at(ADA, 1, 30 * DAY) == NOW + 30 * DAY

    def test_the_last_instant_there_is(self) -> None:
        recent = Recent(MAX_INSTANT)
        recent.record_attempt(-1, MAX_INSTANT)
        assert recent.allowed_at(-1, 1, MAX_INSTANT) == 2 * MAX_INSTANT


class TestForgetting:
    def test_old_subjects_go_while_others_are_recorded(self, recent: Recent) -> None:
        for subject in range(1_000):
            recent.record_attempt(subject, NOW)
        for subject in range(400):
            recent.record_attempt(subject + 2_000, NOW + 7 * DAY)
        assert len(recent) == 400
        assert recent.events == 400

    def test_a_recording_forgets_only_a_few(self, recent: Recent) -> None:
        for subject in range(1_000):
            recent.record_attempt(subject, NOW)
        recent.record_attempt(ADA, NOW + 7 * DAY)
        assert recent.events == 1_001 - 4

    def test_what_is_asked_for_can_be_limited(self, recent: Recent) -> None:
        for subject in range(10):
            recent.record_attempt(subject, NOW + subject)
        assert recent.forget(NOW + 7 * DAY + 5, 2) == 2
        assert recent.forget(NOW + 7 * DAY + 5) == 4
        assert recent.forget(NOW) == 0
        assert len(recent) == 4


class TestErrors:
    def test_time_does_not_go_back(self, recent: Recent) -> None:
        recent.record_attempt(ADA, NOW)
        with pytest.raises(ValueError, match=f"at is {NOW - 1}; it can be {NOW} to"):
            recent.record_conversation(ADA, NOW - 1)
        assert recent.events == 1

    @pytest.mark.parametrize("keep_ms", [0, -1, MAX_INSTANT + 1])
    def test_a_time_to_keep_out_of_range(self, recent: Recent, keep_ms: int) -> None:
        with pytest.raises(ValueError, match="keep_ms is"):
            Recent(keep_ms)
        with pytest.raises(ValueError, match="keep_ms is"):
            recent.keep_ms = keep_ms

    @pytest.mark.parametrize(
        ("cap", "says"),
        [
            ((-1, DAY, 0), "attempts is -1"),
            ((MAX_ATTEMPTS + 1, DAY, 0), "attempts is 1001"),
            ((1, 8 * DAY, 0), "nothing is known of what was before"),
            ((1, DAY, 8 * DAY), "nothing is known of what was before"),
            ((1, -1, 0), "nothing is known"),
        ],
    )
    def test_caps_that_cannot_be_answered(
        self, recent: Recent, cap: tuple[int, int, int], says: str
    ) -> None:
        with pytest.raises(ValueError, match=says):
            recent.allowed_at(ADA, *cap)
        with pytest.raises(ValueError, match=says):
            recent.allowed_at_many([ADA], *cap)

    def test_what_is_no_integer(self, recent: Recent) -> None:
        with pytest.raises(TypeError, match=r"subject is 1\.5; it must be an integer"):
            recent.record_attempt(1.5, NOW)  # type: ignore[arg-type]
        with pytest.raises(OverflowError, match="must fit into 64 bits"):
            recent.record_attempt(2**63, NOW)
        with pytest.raises(TypeError, match="give integers"):
            recent.allowed_at_many([1.5], 1, DAY)
        with pytest.raises(ValueError, match="as one column"):
            recent.allowed_at_many([[1]], 1, DAY)
        with pytest.raises(OverflowError, match="can go up to"):
            recent.allowed_at_many(np.array([2**63], np.uint64), 1, DAY)

    def test_of_nobody_nothing(self, recent: Recent) -> None:
        assert recent.allowed_at_many([], 1, DAY).tolist() == []
        assert recent.allowed_at_many([ADA], 1, DAY).tolist() == [0]


class TestMemory:
    def test_tens_of_bytes_a_subject(self) -> None:
        recent = Recent(DAY)
        for subject in range(100_000):
            recent.record_attempt(subject * 7919, NOW)
        assert recent.nbytes / 100_000 < 110
        assert sys.getsizeof(recent) > recent.nbytes


def sealed(image: bytes) -> bytes:
    bare = image[:40] + bytes(8)
    checksum = checksum64(image[48:], checksum64(bare, 0))
    return image[:40] + struct.pack("<Q", checksum) + image[48:]


class TestSnapshots:
    @pytest.fixture
    def image(self, recent: Recent) -> bytes:
        for subject in range(9):
            recent.record_attempt(subject % 4, NOW + subject)
        recent.record_conversation(2, NOW + 20)
        return recent.snapshot()

    def test_the_restored_one_goes_on(self, image: bytes) -> None:
        restored = Recent.restore(image)
        assert restored.allowed_at(0, 3, DAY) == NOW + DAY
        assert restored.allowed_at(2, 0, 0, DAY) == NOW + 20 + DAY
        with pytest.raises(ValueError, match="at is"):
            restored.record_attempt(1, NOW)

    def test_no_damaged_byte_goes_unseen(self, image: bytes) -> None:
        damaged = bytearray(image)
        for place in range(len(image)):
            damaged[place] ^= 0x10
            with pytest.raises(ValueError, match="not a snapshot of attempts"):
                Recent.restore(damaged)
            damaged[place] ^= 0x10

    def test_no_shortened_or_lengthened_one_is_taken(self, image: bytes) -> None:
        for length in range(len(image)):
            with pytest.raises(ValueError, match="not a snapshot of attempts"):
                Recent.restore(image[:length])
        with pytest.raises(ValueError, match="its length"):
            Recent.restore(image + bytes(16))

    @pytest.mark.parametrize(
        ("place", "value", "says"),
        [
            (8, 2, "version 2"),
            (24, 0, "out of bounds"),
            (24, MAX_INSTANT + 1, "out of bounds"),
            (32, NOW, "out of order"),
            (32, -1, "out of bounds"),
            (56, -2, "out of order"),
            (72, 0, "out of order"),
        ],
    )
    def test_forged_ones_are_refused(self, image: bytes, place: int, value: int, says: str) -> None:
        assert sealed(image) == image
        forged = image[:place] + struct.pack("<q", value) + image[place + 8 :]
        with pytest.raises(ValueError, match=says):
            Recent.restore(sealed(forged))
