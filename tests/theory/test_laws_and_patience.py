"""Laws of a time, M/M/n+G, one server of any law, and endless servers."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate

from simulator.service.theory import general_service, infinite, laws, patience
from simulator.service.theory.erlang import erlang_a, markov_queue
from tests.theory.examples import many

LAWS: dict[str, Callable[[float], laws.Law]] = {
    "exponential": laws.exponential,
    "deterministic": laws.deterministic,
    "lognormal": lambda mean: laws.lognormal(mean, 1.2),
    "narrow lognormal": lambda mean: laws.lognormal(mean, 0.05),
    "gamma": lambda mean: laws.gamma(mean, 0.6),
    "wide gamma": lambda mean: laws.gamma(mean, 1.8),
    "weibull": lambda mean: laws.weibull(mean, 1.7),
    "steep weibull": lambda mean: laws.weibull(mean, 0.6),
    "balking": lambda mean: laws.with_zero(laws.exponential(mean), 0.3),
}
every_law = pytest.mark.parametrize("name", LAWS)


@every_law
def test_restricted_mean_is_the_integral_of_the_survival(name: str) -> None:
    law = LAWS[name](0.7)
    x = np.array([1e-6, 0.01, 0.2, 0.65, 0.7, 0.9, 3.0])
    assert law.cdf(x) + law.survival(x) == pytest.approx(np.ones(x.size), abs=1e-14)
    for point in x:
        edges = [p for p in law.breaks if p < point][-40:]
        wanted, _ = integrate.quad(
            lambda u: float(law.survival(np.array(u))), 0, point, points=edges or None, epsabs=1e-12, limit=200
        )
        assert float(law.restricted_mean(np.array(point))) == pytest.approx(wanted, rel=1e-8)
    assert float(law.restricted_mean(np.array(1e4))) == pytest.approx(law.mean, rel=1e-9)


@every_law
def test_squared_cv_is_the_second_moment(name: str) -> None:
    law = LAWS[name](0.7)
    # E[X^2] = 2 x integral of u P(X > u); in u = exp(s) every law is smooth.
    points = [math.log(point) for point in law.breaks]
    second, _ = integrate.quad(
        lambda s: 2 * math.exp(2 * s) * float(law.survival(np.array(math.exp(s)))),
        -20,
        max(points),
        points=sorted(p for p in points if -20 < p < max(points)),
        limit=400,
    )
    assert second / law.mean**2 - 1 == pytest.approx(law.squared_cv, rel=1e-6, abs=1e-6)


@many
@given(cv=st.floats(0.03, 8.0))
def test_weibull_is_found_by_its_cv(cv: float) -> None:
    assert laws.weibull_with_cv(2.0, cv).squared_cv == pytest.approx(cv**2, rel=1e-9)


@every_law
@pytest.mark.parametrize(("rate", "servers"), [(1.0, 1), (4.0, 3), (30.0, 4), (200.0, 190)])
def test_the_line_obeys_its_laws_for_every_patience(name: str, rate: float, servers: int) -> None:
    found = patience.patience_queue(rate, 1.25, servers, LAWS[name](0.15), target_wait=0.05)
    assert found.p_served + found.p_abandon == pytest.approx(1.0, rel=1e-9)
    # Flow in and out of the pool, from the state just below full (Zeltyn & Mandelbaum 2005, eq. for P(Ab)).
    at_once = 1 - found.p_wait
    below = np.exp(-np.cumsum(np.log(rate / 1.25 / np.arange(servers - 1, 0, -1))))
    p_last = at_once / (1 + below.sum())
    assert found.p_served == pytest.approx(at_once + (servers * 1.25 * found.p_wait - rate * p_last) / rate, rel=1e-7)
    assert found.ew_all == pytest.approx(
        found.p_served * found.ew_served + found.p_abandon * found.ew_abandoned, rel=1e-9
    )
    assert at_once - 1e-12 <= found.sl <= found.p_served + 1e-12


@many
@given(rate=st.floats(0.2, 30.0), servers=st.integers(1, 20), zero=st.floats(0.0, 0.9), theta=st.floats(0.2, 30.0))
def test_zero_patience_is_balking(rate: float, servers: int, zero: float, theta: float) -> None:
    law = laws.with_zero(laws.exponential(1 / theta), zero)
    found = patience.patience_queue(rate, 1.0, servers, law, target_wait=0.2)
    chain = erlang_a(rate, 1.0, theta, servers, balking=zero, target_wait=0.2)
    assert found.p_wait == pytest.approx(chain.p_find_all_busy, rel=1e-8, abs=1e-12)
    assert found.p_abandon == pytest.approx(chain.p_balk + chain.p_abandon, rel=1e-8, abs=1e-12)
    assert found.ew_all == pytest.approx(chain.ew_all, rel=1e-8, abs=1e-12)
    assert found.sl == pytest.approx(chain.sl, rel=1e-8)


def test_gamma_of_cv_one_and_weibull_of_shape_one_are_exponential() -> None:
    wanted = patience.patience_queue(5.0, 1.0, 4, laws.exponential(0.2), target_wait=0.1)
    for law in (laws.gamma(0.2, 1.0), laws.weibull(0.2, 1.0)):
        found = patience.patience_queue(5.0, 1.0, 4, law, target_wait=0.1)
        assert found.p_abandon == pytest.approx(wanted.p_abandon, rel=1e-9)
        assert found.sl == pytest.approx(wanted.sl, rel=1e-9)


def test_a_narrow_law_is_nearly_deterministic() -> None:
    wanted = patience.patience_queue(4.0, 1.25, 3, laws.deterministic(0.1))
    found = patience.patience_queue(4.0, 1.25, 3, laws.lognormal(0.1, 1e-4))
    assert found.p_abandon == pytest.approx(wanted.p_abandon, rel=1e-4)
    assert found.eq == pytest.approx(wanted.eq, rel=1e-4)


@many
@given(load=st.floats(0.05, 0.95))
def test_exponential_service_in_pollaczek_khinchine_is_erlang_c(load: float) -> None:
    found = general_service.pollaczek_khinchine(load, laws.exponential(1.0))
    assert found.ew_all == pytest.approx(markov_queue(load, 1.0, 1).ew_all, rel=1e-9)
    steady = general_service.pollaczek_khinchine(load, laws.deterministic(1.0))
    assert steady.ew_all == pytest.approx(found.ew_all / 2, rel=1e-12)


@many
@given(
    rate=st.floats(0.2, 8.0),
    talk=st.floats(0.1, 1.0),
    wrap=st.floats(0.02, 0.6),
    servers=st.integers(1, 5),
    theta=st.floats(0.5, 20.0),
    balking=st.floats(0.0, 0.6),
)
def test_wrap_up_keeps_flow_balance(
    rate: float, talk: float, wrap: float, servers: int, theta: float, balking: float
) -> None:
    found = general_service.wrap_up_queue(rate, talk, wrap, servers, theta, balking=balking)
    served = rate * (1 - found.p_abandon - found.p_balk)
    assert found.en_phase1 == pytest.approx(served * talk, rel=1e-8)
    assert found.en_phase2 == pytest.approx(served * wrap, rel=1e-8)
    assert found.p_abandon == pytest.approx(theta * found.ew_all, rel=1e-12)


def test_a_short_wrap_up_is_erlang_a() -> None:
    found = general_service.wrap_up_queue(3.0, 0.6, 1e-7, 2, 5.0)
    wanted = erlang_a(3.0, 1 / 0.6, 5.0, 2)
    assert found.p_abandon == pytest.approx(wanted.p_abandon, rel=1e-6)


@many
@given(service=st.floats(0.05, 10.0), period=st.floats(1.0, 50.0))
def test_sinusoidal_load_of_exponential_service_is_the_closed_form(service: float, period: float) -> None:
    load = infinite.sinusoidal_load(3.0, 2.0, period, laws.exponential(service))
    omega = 2 * math.pi / period
    assert load.level == pytest.approx(3 * service)
    assert load.swing == pytest.approx(2 * service / math.hypot(1, omega * service), rel=1e-8)
    assert load.lag_angle == pytest.approx(math.atan(omega * service), rel=1e-8)
    assert float(load.mean_at(load.peak_time)) == pytest.approx(load.peak_value)


@every_law
def test_a_sinusoid_of_many_steps_is_the_sinusoid(name: str) -> None:
    service, period = LAWS[name](0.8), 24.0
    load = infinite.sinusoidal_load(2.2, 1.8, period, service)
    edges = np.linspace(-400, 24, 424 * 20 + 1)
    middles = (edges[1:] + edges[:-1]) / 2
    rates = 2.2 + 1.8 * np.sin(2 * np.pi * middles / period)
    times = np.array([0.0, 6.0, 7.3, 18.0])
    stepped = infinite.stepped_load(edges.tolist(), rates.tolist(), service, times)
    assert load.mean_at(times) == pytest.approx(stepped, rel=2e-4)


def test_stepped_load_fills_and_empties() -> None:
    found = infinite.stepped_load([0.0, 1.0, 2.0], [3.0, 0.0], laws.exponential(0.5), np.array([-1.0, 1.0, 2.0]))
    assert found == pytest.approx([0.0, 1.5 * -math.expm1(-2), 1.5 * -math.expm1(-2) * math.exp(-2)], rel=1e-12)


@pytest.mark.parametrize(
    "call",
    [
        lambda: laws.lognormal(1.0, 0.0),
        lambda: laws.gamma(-1.0, 1.0),
        lambda: laws.weibull_with_cv(1.0, 40.0),
        lambda: laws.with_zero(laws.exponential(1.0), 1.0),
        lambda: patience.patience_queue(1.0, 1.0, 0, laws.exponential(1.0)),
        lambda: general_service.pollaczek_khinchine(2.0, laws.exponential(0.5)),
        lambda: general_service.wrap_up_queue(3.0, 0.5, 0.5, 3, 0.0),
        lambda: infinite.sinusoidal_load(1.0, 2.0, 24.0, laws.exponential(1.0)),
        lambda: infinite.stepped_load([0.0, 0.0], [1.0], laws.exponential(1.0), 1.0),
    ],
)
def test_bad_arguments_are_refused(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        call()
