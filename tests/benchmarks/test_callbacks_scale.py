"""The measurement of many callbacks runs, tiny and without a look at its figures."""

from benchmarks.callbacks_scale import measure


def test_what_callbacks_cost_is_measured() -> None:
    found = measure(200)
    assert found.callbacks == 200
    assert found.first_us > 0
    assert found.last_us > 0
    assert len(found.others_us) == 8
    assert all(took_us > 0 for took_us in found.others_us.values())
