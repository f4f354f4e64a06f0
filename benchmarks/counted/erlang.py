"""Counted operations of erlang: one case of each formula with 500 agents."""

from collections.abc import Callable

import numpy as np

from fastdial.kernel import erlang

CASES = 200
LOADS = np.linspace(300.0, 600.0, CASES)


def erlang_c() -> tuple[Callable[[], object], int]:
    return lambda: erlang.erlang_c(500, LOADS), CASES


def erlang_a() -> tuple[Callable[[], object], int]:
    return lambda: erlang.erlang_a(500, LOADS, 1.0, 1.0), CASES


def load_for_blocking() -> tuple[Callable[[], object], int]:
    shares = np.linspace(0.01, 0.5, CASES)
    return lambda: erlang.load_for_blocking(500, shares), CASES


OPERATIONS = {
    "erlang.erlang_c": erlang_c,
    "erlang.erlang_a": erlang_a,
    "erlang.load_for_blocking": load_for_blocking,
}
