"""Erlang's formulas: known numbers, an independent package, limits between models, refusals."""

import math

import numpy as np
import pytest

from fastdial.kernel import erlang


def test_known_values_of_erlang_b() -> None:
    found = erlang.erlang_b([10, 10, 100, 190], [5, 20, 88, 200])
    assert np.round(found, 10).tolist() == [0.0183845703, 0.5379631686, 0.0200879359, 0.0886968439]


def test_known_loads_for_a_blocking() -> None:
    assert round(erlang.load_for_blocking(15, 0.01), 3) == 8.108
    found = erlang.load_for_blocking([5, 10, 20, 50, 100], 0.03)
    assert np.round(found, 4).tolist() == [1.8752, 5.5294, 13.9974, 41.9327, 90.7939]


def test_known_values_of_erlang_c() -> None:
    found = erlang.erlang_c([12, 50, 100], [8.4, 48, 95])
    assert np.round(found, 8).tolist() == [0.18388863, 0.69445561, 0.50645685]


def test_known_values_of_erlang_a() -> None:
    one = erlang.erlang_a(50, 48, 1, 1 / 0.5)
    assert [round(one.waits, 8), round(one.abandons, 8)] == [0.46777407, 0.03091225]
    assert round(one.mean_wait_s, 7) == 0.0618245
    two = erlang.erlang_a([100, 10], [100, 10], 1, 1)
    assert np.round(two.waits, 7).tolist() == [0.5132988, 0.5420703]
    assert np.round(two.abandons, 6).tolist() == [0.039861, 0.12511]
    assert round(float(two.waits[1]), 8) == 0.54207029
    assert round(float(two.abandons[1]), 8) == 0.12511004


def test_known_values_with_a_fixed_patience_of_two_seconds() -> None:
    found = erlang.fixed_patience([10, 100], [10 / 180, 100 / 180], 180, 2)
    assert np.round(found.abandons, 5).tolist() == [0.20959, 0.06983]


def test_an_independent_package_agrees() -> None:
    pyqueueing = pytest.importorskip("pyqueueing")
    for agents, load in [(3, 2.5), (12, 8.4), (80, 70.0), (200, 190.0)]:
        b = pyqueueing.ErlangB(arrival_rate=load, service_rate=1.0, servers=agents)
        assert erlang.erlang_b(agents, load) == pytest.approx(b.prob_block(), rel=1e-9)
        c = pyqueueing.ErlangC(arrival_rate=load, service_rate=1.0, servers=agents)
        assert erlang.erlang_c(agents, load) == pytest.approx(c.prob_wait(), rel=1e-9)
        a = pyqueueing.ErlangA(
            arrival_rate=load, service_rate=1.0, servers=agents, patience_rate=0.5
        )
        found = erlang.erlang_a(agents, load, 1.0, 2.0)
        assert found.abandons == pytest.approx(a.prob_abandon(), rel=1e-9)


def test_without_patience_both_models_lose_what_erlang_b_loses() -> None:
    b = erlang.erlang_b(20, 18.0)
    assert erlang.erlang_a(20, 18.0, 1.0, 1e-9).abandons == pytest.approx(b, rel=1e-6)
    assert erlang.fixed_patience(20, 18.0, 1.0, 1e-9).abandons == pytest.approx(b, rel=1e-6)


def test_with_endless_patience_both_models_wait_as_in_erlang_c() -> None:
    c = erlang.erlang_c(20, 18.0)
    assert erlang.erlang_a(20, 18.0, 1.0, 1e7).waits == pytest.approx(c, rel=1e-5)
    assert erlang.fixed_patience(20, 18.0, 1.0, 1e4).waits == pytest.approx(c, rel=1e-9)


def test_thousands_of_agents_in_light_load_overload_and_between() -> None:
    agents = np.array([10_000])
    for load, fluid in [(5_000.0, 0.0), (20_000.0, 0.5), (100_000.0, 0.9)]:
        assert erlang.erlang_b(agents, load)[0] == pytest.approx(fluid, abs=1e-3)
        assert erlang.erlang_a(agents, load, 1.0, 300.0).abandons[0] == pytest.approx(fluid)
        assert erlang.fixed_patience(agents, load, 1.0, 300.0).abandons[0] == pytest.approx(fluid)
    balanced = erlang.erlang_b(1_000_000, 1_000_000.0)
    assert balanced == pytest.approx(math.sqrt(2 / math.pi / 1e6), rel=1e-3)


def test_no_load_blocks_delays_and_loses_nobody() -> None:
    assert erlang.erlang_b(1, 0) == erlang.erlang_c(1, 0) == 0.0
    assert erlang.erlang_b(0, 0) == 1.0
    assert erlang.erlang_a(1, 0, 1, 1) == (0.0, 0.0, 0.0)
    assert erlang.fixed_patience(1, 0, 1, 1) == (0.0, 0.0)
    assert erlang.agents_for_service_level(0, 0.5, 0, 1) == 1


def test_in_overload_without_abandonment_the_queue_grows_without_end() -> None:
    assert erlang.erlang_c(5, 5.0) == 1.0
    assert erlang.erlang_c_mean_wait(5, 5.0, 180.0) == math.inf
    assert erlang.erlang_c_service_level(5, 6.0, 1e9, 180.0) == 0.0


def test_a_mean_wait_and_a_service_level_follow_from_the_delay() -> None:
    c = erlang.erlang_c(12, 8.4)
    assert erlang.erlang_c_mean_wait(12, 8.4, 180.0) == pytest.approx(c * 180 / 3.6)
    level = erlang.erlang_c_service_level(12, 8.4, 20.0, 180.0)
    assert level == pytest.approx(1 - c * math.exp(-3.6 * 20 / 180))


def test_arguments_are_broadcast_and_plain_numbers_give_plain_numbers() -> None:
    table = erlang.erlang_b(np.arange(1, 4)[:, None], np.array([1.0, 2.0]))
    assert table.shape == (3, 2)
    assert table[2, 1] == erlang.erlang_b(3, 2.0)
    assert erlang.erlang_b([], []).shape == (0,)
    assert type(erlang.erlang_b(3, 2.0)) is float
    assert type(erlang.servers_for_blocking(2.0, 0.5)) is int
    assert erlang.servers_for_blocking([2.0], 0.5).dtype == np.int64
    with pytest.raises(ValueError, match="broadcast"):
        erlang.erlang_b([1, 2, 3], [1.0, 2.0])


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: erlang.erlang_b(-1, 1.0), "servers holds -1; it can be 0 to 10000000"),
        (lambda: erlang.erlang_b([1, 10_000_001], 1.0), "servers holds 10000001"),
        (lambda: erlang.erlang_c(0, 1.0), "agents holds 0; it can be 1 to"),
        (lambda: erlang.erlang_b(1, math.nan), "load holds nan; it can be 0 to 10000000 erlangs"),
        (lambda: erlang.erlang_b(1, math.inf), "load holds inf"),
        (lambda: erlang.erlang_b(1, -0.5), "load holds -0.5"),
        (lambda: erlang.load_for_blocking(5, 1.0), "blocking holds 1.0; it can be above 0 and bel"),
        (lambda: erlang.load_for_blocking(5, math.nan), "blocking holds nan"),
        (lambda: erlang.erlang_a(5, 1.0, 0.0, 1.0), "handle_s holds 0.0; it can be finite and ab"),
        (lambda: erlang.erlang_a(5, 1.0, 1.0, math.inf), "patience_s holds inf"),
        (
            lambda: erlang.erlang_a(5, 1e6, 1.0, 1e7),
            "patience_s holds 10000000000000.0; it can be at most",
        ),
        (lambda: erlang.erlang_a(5, 1e4, 1e4, 1.0), "handle_s holds 100000000.0"),
        (lambda: erlang.erlang_c_service_level(5, 1.0, -1.0, 1.0), "within_s holds -1.0"),
    ],
)
def test_what_has_no_answer_is_refused_with_what_was_allowed(ask: object, words: str) -> None:
    assert callable(ask)
    with pytest.raises(ValueError, match=words):
        ask()


def test_numbers_of_the_wrong_kind_are_refused() -> None:
    with pytest.raises(TypeError, match="servers has dtype float64; give integers"):
        erlang.erlang_b(1.5, 1.0)
    with pytest.raises(TypeError, match="load has dtype <U1; give real numbers"):
        erlang.erlang_b(1, "1")
