"""Erlang's formulas and inverses for a thousand loads around a thousand agents."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from benchmarks.conftest import Times

from fastdial.kernel import erlang

AGENTS = 1_000
COUNT = 1_000

FORMULAS: dict[str, Callable[[Any], object]] = {
    "B": lambda loads: erlang.erlang_b(AGENTS, loads),
    "C": lambda loads: erlang.erlang_c(AGENTS, loads),
    "A": lambda loads: erlang.erlang_a(AGENTS, loads, 1.0, 1.0),
    "agents for a service level": lambda loads: erlang.agents_for_service_level(
        load=loads, level=0.8, within_s=20, handle_s=180
    ),
}


@pytest.mark.parametrize("formula", FORMULAS)
def test_formula(times: Times, scale: float, formula: str) -> None:
    loads = np.linspace(600.0, 990.0, max(1, int(COUNT * scale)))
    times(lambda: loads, FORMULAS[formula], len(loads))
