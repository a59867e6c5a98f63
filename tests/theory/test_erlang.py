"""Stationary Markov queues: identities, monotonicity, and the limits that link one family to the next."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logsumexp

from simulator.service.theory import erlang, laws, patience, waiting
from tests.theory.examples import many

rates = st.floats(0.05, 40.0)
pools = st.integers(1, 25)
leaving = st.floats(0.01, 50.0)
shares = st.floats(0.0, 0.9)
limits = st.floats(0.0, 3.0)


def close(value: float, relative: float = 1e-9, absolute: float = 1e-13) -> object:
    return pytest.approx(value, rel=relative, abs=absolute)


@many
@given(load=st.floats(0.01, 100.0), servers=st.integers(0, 120))
def test_erlang_b_is_the_truncated_poisson_law(load: float, servers: int) -> None:
    k = np.arange(servers + 1)
    logs = k * math.log(load) - np.array([math.lgamma(n + 1) for n in k])
    assert erlang.erlang_b(load, servers) == close(math.exp(logs[-1] - logsumexp(logs)))


@many
@given(load=st.floats(0.01, 60.0), spare=st.integers(1, 40))
def test_erlang_c_follows_from_erlang_b_and_the_chain(load: float, spare: int) -> None:
    servers = math.floor(load) + spare
    found = erlang.markov_queue(load, 1.0, servers, target_wait=0.4)
    share = erlang.erlang_c(load, servers)
    assert share >= erlang.erlang_b(load, servers)
    assert found.p_wait == close(share, absolute=1e-15)
    assert found.ew_all == close(share / (servers - load), absolute=1e-15)
    assert found.sl == close(1 - share * math.exp(-0.4 * (servers - load)))


@many
@given(rate=rates, service=rates, servers=pools, theta=leaving, balking=shares, limit=limits, room=st.integers(0, 40))
def test_fates_sum_to_one_and_the_line_obeys_its_laws(
    rate: float, service: float, servers: int, theta: float, balking: float, limit: float, room: int
) -> None:
    found = erlang.markov_queue(
        rate,
        service,
        servers,
        abandonment_rate=theta,
        balking=balking,
        places=servers + room,
        target_wait=limit,
    )
    assert found.p_block + found.p_balk + found.p_abandon + found.p_served == close(1.0)
    assert found.p_n.sum() == close(1.0)
    assert found.p_wait + found.p_balk + found.p_block + found.p_n[:servers].sum() == close(1.0)
    queued = found.ew_served * found.p_served
    if found.p_abandon > 0:
        queued += found.ew_abandoned * found.p_abandon
    assert queued == close(found.ew_all * (1 - found.p_block), absolute=1e-12)
    assert found.p_n[:servers].sum() - 1e-12 <= found.sl <= found.p_served + 1e-12


@many
@given(rate=rates, service=rates, servers=pools, theta=leaving)
def test_abandonment_is_theta_times_the_mean_wait(rate: float, service: float, servers: int, theta: float) -> None:
    found = erlang.erlang_a(rate, service, theta, servers)
    assert found.p_abandon == close(theta * found.ew_all)
    assert found.occupancy == close(rate * (1 - found.p_abandon) / (servers * service))


@many
@given(rate=rates, service=rates, servers=pools, theta=leaving)
def test_one_more_server_or_patience_or_call_moves_every_measure_its_way(
    rate: float, service: float, servers: int, theta: float
) -> None:
    base = erlang.erlang_a(rate, service, theta, servers, target_wait=0.1)
    more = erlang.erlang_a(rate, service, theta, servers + 1, target_wait=0.1)
    busier = erlang.erlang_a(1.1 * rate, service, theta, servers, target_wait=0.1)
    hasty = erlang.erlang_a(rate, service, 1.5 * theta, servers, target_wait=0.1)
    slack = 1e-12
    assert more.p_abandon <= base.p_abandon + slack
    assert more.sl >= base.sl - slack
    assert busier.p_abandon >= base.p_abandon - slack
    assert busier.throughput >= base.throughput - slack * busier.throughput
    assert hasty.p_abandon >= base.p_abandon - slack
    assert hasty.p_wait <= base.p_wait + slack


@many
@given(load=st.floats(0.05, 0.9), servers=pools)
def test_endless_patience_is_erlang_c_and_none_is_erlang_b(load: float, servers: int) -> None:
    rate = load * servers
    delay = erlang.markov_queue(rate, 1.0, servers, target_wait=0.2)
    patient = erlang.erlang_a(rate, 1.0, 1e-9, servers, target_wait=0.2)
    assert patient.p_wait == close(delay.p_wait, 1e-5)
    assert patient.ew_all == close(delay.ew_all, 1e-5)
    assert patient.sl == close(delay.sl, 1e-5)
    hasty = erlang.erlang_a(rate, 1.0, 1e9, servers)
    assert hasty.p_abandon == close(erlang.erlang_b(rate, servers), 1e-5, 1e-9)


@many
@given(rate=rates, service=rates, servers=pools, theta=leaving, limit=limits)
def test_exponential_patience_by_integrals_is_erlang_a(
    rate: float, service: float, servers: int, theta: float, limit: float
) -> None:
    chain = erlang.erlang_a(rate, service, theta, servers, target_wait=limit)
    integral = patience.patience_queue(rate, service, servers, laws.exponential(1 / theta), target_wait=limit)
    for name in ("p_wait", "p_abandon", "ew_all", "ew_served", "eq", "occupancy", "sl", "sl_of_served"):
        assert getattr(integral, name) == close(getattr(chain, name), 1e-8, 1e-12), name


@many
@given(ahead=st.integers(0, 60), total=st.floats(0.1, 100.0), theta=st.floats(1e-6, 50.0))
def test_waiting_in_line_splits_into_its_two_fates(ahead: int, total: float, theta: float) -> None:
    places = np.arange(ahead + 1.0)
    served = waiting.served_share(places, total, theta)
    whole = waiting.wait_if_served(ahead + 1, total, theta) + waiting.wait_if_abandoned(ahead + 1, total, theta)
    # E[min(offered wait, patience)] = P(gives up) / theta.
    assert whole == pytest.approx((places + 1) / (total + (places + 1) * theta), rel=1e-9)
    assert waiting.served_within(places, total, theta, 1e6) == pytest.approx(served, rel=1e-9)
    assert np.all(np.diff(served) < 0)


def test_large_pools_and_loads_stay_finite() -> None:
    large = erlang.erlang_a(5000.0, 1.0, 0.1, 4800, target_wait=0.01)
    assert large.p_abandon == close(1 - 4800 * large.occupancy / 5000, 1e-9)
    assert large.p_abandon == close(0.04, 1e-6)
    drowned = erlang.erlang_a(5000.0, 1.0, 2.0, 3)
    assert drowned.p_abandon == close(1 - 3 / 5000, 1e-12)
    assert erlang.erlang_b(20_000.0, 20_000) == close(math.sqrt(2 / (math.pi * 20_000)), 0.01)
    assert erlang.erlang_b(0.5, 400) == 0.0 or erlang.erlang_b(0.5, 400) < 1e-300


@many
@given(rate=st.floats(0.5, 30.0), target=st.floats(0.1, 0.99))
def test_staffing_is_the_smallest_number_that_meets_the_target(rate: float, target: float) -> None:
    servers, attained = erlang.servers_for_service_level(rate, 1.5, 6.0, target, 0.05)
    assert attained >= target
    if servers > 1:
        assert erlang.erlang_a(rate, 1.5, 6.0, servers - 1, target_wait=0.05).sl < target


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"arrival_rate": 0.0}, "arrival_rate"),
        ({"service_rate": math.inf}, "service_rate"),
        ({"servers": 0}, "servers"),
        ({"servers": 1.5}, "servers"),
        ({"places": 2}, "places"),
        ({"balking": 1.2}, "balking"),
        ({"abandonment_rate": -1.0}, "abandonment_rate"),
        ({"target_wait": math.nan}, "target_wait"),
        ({"arrival_rate": 3.0}, "never ends"),
    ],
)
def test_bad_arguments_are_named(arguments: dict[str, float], word: str) -> None:
    good = {"arrival_rate": 1.0, "service_rate": 1.0, "servers": 3}
    with pytest.raises(ValueError, match=word):
        erlang.markov_queue(**{**good, **arguments})  # type: ignore[arg-type]


def test_unreachable_targets_are_refused() -> None:
    with pytest.raises(ValueError, match="below servers"):
        erlang.erlang_c(3.0, 3)
    with pytest.raises(ValueError, match="no number of servers"):
        erlang.servers_for_service_level(100.0, 1.0, 1.0, 0.9, 0.0, most=20)
