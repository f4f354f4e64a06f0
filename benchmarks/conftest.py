"""How the suites time: whole passes over fresh objects, at full size or, within the tests, tiny."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

ROUNDS = 5
TINY = 0.001

Times = Callable[[Callable[[], Any], Callable[[Any], object], int], Any]


@pytest.fixture
def scale(benchmark: BenchmarkFixture) -> float:
    """What to multiply sizes by."""
    return TINY if benchmark.disabled else 1.0


@pytest.fixture
def times(benchmark: BenchmarkFixture, request: pytest.FixtureRequest) -> Times:
    """Times `work(make())`, which does so many units; `make` is not timed. Gives the result."""
    timer: Any = benchmark  # its methods say no types
    timer.group = request.path.stem.removeprefix("test_").removesuffix("_times")

    def run(make: Callable[[], Any], work: Callable[[Any], object], units: int) -> Any:
        result = timer.pedantic(work, setup=lambda: ((make(),), {}), rounds=ROUNDS)
        if not timer.disabled:
            timer.extra_info["units"] = units
            timer.extra_info["ns_per_unit"] = round(timer.stats["median"] / units * 1e9, 1)
        return result

    return run
