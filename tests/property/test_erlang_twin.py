"""Erlang's formulas agree with sums over states, and each inverse with its formula."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fastdial.kernel import erlang
from twins import erlang as twin

agents_given = st.integers(1, 60)
loads_given = st.fractions(Fraction(1, 100), 80, max_denominator=100)
rates = st.floats(0.01, 3.0)
times = st.floats(0.5, 20.0)
shares = st.floats(0.001, 0.999)


@given(servers=st.integers(0, 60), load=loads_given)
def test_blocking_is_the_last_state_of_all(servers: int, load: Fraction) -> None:
    found = erlang.erlang_b(servers, float(load))
    assert found == pytest.approx(float(twin.blocking(servers, load)), rel=1e-13)


@given(agents=agents_given, load=loads_given)
def test_delay_is_the_weight_of_the_queue(agents: int, load: Fraction) -> None:
    expected = 1.0 if load >= agents else float(twin.delay(agents, load))
    assert erlang.erlang_c(agents, float(load)) == pytest.approx(expected, rel=1e-12)


@given(agents=agents_given, arrivals=rates, handle=times, patience=times)
def test_exponential_patience_balances_its_flows(
    agents: int, arrivals: float, handle: float, patience: float
) -> None:
    found = erlang.erlang_a(agents, arrivals, handle, patience)
    expected = twin.impatient(agents, arrivals, handle, patience, states=600)
    assert found[:2] == pytest.approx(expected, rel=1e-10, abs=1e-15)
    assert found.mean_wait_s == pytest.approx(found.abandons * patience, rel=1e-14)


@given(agents=agents_given, arrivals=rates, handle=times, patience=times)
def test_fixed_patience_agrees_with_the_integral_of_the_offered_wait(
    agents: int, arrivals: float, handle: float, patience: float
) -> None:
    assume(abs(arrivals - agents / handle) * patience < 50)
    found = erlang.fixed_patience(agents, arrivals, handle, patience)
    expected = twin.fixed_patience(agents, arrivals, handle, patience)
    assert tuple(found) == pytest.approx(expected, rel=1e-6, abs=1e-15)


@given(load=st.floats(0.001, 3000), blocking=shares)
def test_the_servers_found_are_enough_and_one_fewer_is_not(load: float, blocking: float) -> None:
    servers = erlang.servers_for_blocking(load, blocking)
    assert erlang.erlang_b(servers, load) <= blocking * (1 + 1e-12)
    assert erlang.erlang_b(servers - 1, load) > blocking * (1 - 1e-12)


@given(servers=st.integers(1, 3000), blocking=shares)
def test_the_load_found_gives_the_blocking(servers: int, blocking: float) -> None:
    load = erlang.load_for_blocking(servers, blocking)
    assert erlang.erlang_b(servers, load) == pytest.approx(blocking, rel=1e-9)


@given(load=st.floats(0.001, 3000), level=shares, within=st.floats(0, 600), handle=times)
def test_the_agents_found_give_the_service_level_and_one_fewer_does_not(
    load: float, level: float, within: float, handle: float
) -> None:
    agents = erlang.agents_for_service_level(load, level, within, handle)
    assert erlang.erlang_c_service_level(agents, load, within, handle) >= level - 1e-12
    if agents > 1:
        assert erlang.erlang_c_service_level(agents - 1, load, within, handle) < level + 1e-12


@given(agents=agents_given, level=shares, within=st.floats(0, 60), handle=times)
def test_the_load_found_is_the_largest_for_the_service_level(
    agents: int, level: float, within: float, handle: float
) -> None:
    load = erlang.load_for_service_level(agents, level, within, handle)
    assert erlang.erlang_c_service_level(agents, load, within, handle) >= level
    more = load * (1 + 1e-9)
    assert erlang.erlang_c_service_level(agents, more, within, handle) < level + 1e-12


@given(arrivals=st.floats(0.01, 300), abandons=shares, handle=times, patience=times)
def test_the_agents_found_keep_the_abandonment_and_one_fewer_does_not(
    arrivals: float, abandons: float, handle: float, patience: float
) -> None:
    agents = erlang.agents_for_abandonment(arrivals, abandons, handle, patience)
    assert erlang.erlang_a(agents, arrivals, handle, patience).abandons <= abandons
    if agents > 1:
        assert erlang.erlang_a(agents - 1, arrivals, handle, patience).abandons > abandons
