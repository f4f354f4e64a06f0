"""The measurement of pauses during a load runs, tiny and without a look at its figures."""

import asyncio

import pytest
from benchmarks.load_pause import lines, measure

pytestmark = pytest.mark.slow


def test_pauses_are_measured_while_a_list_is_loaded_beside_a_live_campaign() -> None:
    result = asyncio.run(measure(1_200, agents=3, before_s=0.3))
    assert result.contacts == result.rows == 1_200
    for waits in (*result.before.values(), *result.during.values()):
        assert waits.count > 0
        assert 0 < waits.median <= waits.p99 <= waits.longest
    assert "ping, during the load" in "\n".join(lines(result))
