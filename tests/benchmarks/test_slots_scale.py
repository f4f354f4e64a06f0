"""The measurement of many queues with slots does what it says, in small."""

from benchmarks.slots_scale import measure


def test_a_few_queues_are_measured() -> None:
    found = measure(40, 200)

    assert found.day.planned == 40
    assert found.standstill.planned == 40
    assert found.standstill.count == 3
    assert 40 * 2_976 < found.slots < 40 * 3_500
    assert found.grids_nbytes >= 4 * found.slots
    assert found.bookings == 200
    assert found.snapshot_nbytes > 2 * found.slots
