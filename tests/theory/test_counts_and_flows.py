"""Busyness, closed hours and proportional fitting."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from simulator.service.theory import busyness, closed, fitting, laws
from simulator.service.theory.erlang import erlang_a
from tests.theory.examples import many

shapes = st.floats(0.5, 500.0)


@many
@given(mean=st.floats(0.5, 120.0), shape=shapes)
def test_counts_have_the_moments_of_their_law(mean: float, shape: float) -> None:
    top = int(mean + 40 * math.sqrt(busyness.count_variance(mean, shape))) + 60
    k = np.arange(top)
    share = np.diff(busyness.count_cdf(k, mean, shape), prepend=0.0)
    assert share @ k == pytest.approx(mean, rel=1e-6)
    assert share @ (k - mean) ** 2 == pytest.approx(busyness.count_variance(mean, shape), rel=1e-5)
    half = round(mean)
    assert busyness.p_at_least(half + 1, mean, shape) == pytest.approx(1 - busyness.count_cdf(half, mean, shape))


def test_without_busyness_counts_are_poisson() -> None:
    assert busyness.count_variance(7.0, math.inf) == 7.0
    assert busyness.count_cdf(5, 7.0, math.inf) == pytest.approx(special.pdtr(5, 7.0))
    assert busyness.count_cdf(5, 7.0, 1e9) == pytest.approx(special.pdtr(5, 7.0), rel=1e-6)
    assert busyness.count_cdf(-1, 7.0, 3.0) == 0.0


@many
@given(shape=st.floats(0.3, 2000.0), nodes=st.integers(2, 48))
def test_quadrature_gives_the_moments_of_the_factor(shape: float, nodes: int) -> None:
    factors, weights = busyness.gauss_gamma(shape, nodes)
    assert weights.sum() == pytest.approx(1.0)
    for power in range(1, min(2 * nodes, 6)):
        wanted = math.prod((shape + i) / shape for i in range(power))
        assert weights @ factors**power == pytest.approx(wanted, rel=1e-9)


def test_the_busiest_of_one_day_is_that_day() -> None:
    assert busyness.busiest_day([12.0], 5.0).expected == pytest.approx(12.0)


@many
@given(days=st.integers(1, 60), shape=shapes)
def test_the_busiest_day_grows_with_days_and_with_busyness(days: int, shape: float) -> None:
    found = busyness.busiest_day([8.0] * days, shape)
    assert busyness.busiest_day([8.0] * (days + 1), shape).expected > found.expected
    assert busyness.busiest_day([8.0] * days, 2 * shape).expected <= found.expected + 1e-9
    cdf = busyness.count_cdf(np.array([found.median - 1, found.median]), 8.0, shape) ** days
    assert cdf[0] < 0.5 <= cdf[1]


def test_unlike_days_multiply() -> None:
    k = np.arange(200)
    chance = busyness.count_cdf(k, 5.0, 9.0) * busyness.count_cdf(k, 11.0, 9.0) ** 2
    assert busyness.busiest_day([5.0, 11.0, 11.0], 9.0).expected == pytest.approx((1 - chance).sum())
    assert busyness.busiest_day_quantile([5.0, 11.0, 11.0], 9.0, 0.9) == int(np.searchsorted(chance, 0.9))


@many
@given(hours=st.lists(st.floats(0.1, 10.0), min_size=1, max_size=8), day=shapes, hour=shapes)
def test_two_levels_of_busyness_add_up(hours: list[float], day: float, hour: float) -> None:
    found = busyness.count_moments(hours, day, hour)
    mu = np.array(hours)
    wanted = mu.sum() + mu.sum() ** 2 / day + (1 + 1 / day) * (mu**2).sum() / hour
    assert found.day_variance == pytest.approx(wanted)
    # One hour alone: product of two independent unit-mean factors.
    second = (1 + 1 / day) * (1 + 1 / hour)
    assert np.diag(found.covariance) == pytest.approx(mu + mu**2 * (second - 1))
    assert np.diag(found.correlation) == pytest.approx(np.ones(mu.size))


def test_a_shared_factor_ties_channels_and_none_leaves_them_free() -> None:
    assert busyness.copula_covariance(20.0, 20.0, 0.0) == pytest.approx(0.0, abs=1e-12)
    assert busyness.copula_covariance(20.0, 20.0, 1.0) == pytest.approx(1 / 20, rel=1e-8)
    half = busyness.copula_covariance(20.0, 5.0, 0.5)
    assert 0.4 < half / math.sqrt(1 / 20 / 5) < 0.5
    assert busyness.copula_covariance(20.0, 5.0, -0.5) < 0
    assert busyness.copula_covariance(20.0, math.inf, 0.5) == pytest.approx(0.0, abs=1e-12)


def test_total_abandonment_is_not_the_mean_of_daily_shares() -> None:
    def share(factor: float) -> float:
        return erlang_a(3.6 * factor, 1.25, 8.0, 3).p_abandon

    found = busyness.abandonment_over_days(share, 6.0)
    assert found.mean_of_daily_abandon_shares < found.abandon_share_without_busyness < found.abandon_share_of_arrivals
    calm = busyness.abandonment_over_days(share, math.inf)
    assert calm.abandon_share_of_arrivals == calm.abandon_share_without_busyness


@many
@given(mean_a=st.floats(1.0, 60.0), extra=st.floats(0.5, 20.0), shape=shapes)
def test_common_numbers_always_help(mean_a: float, extra: float, shape: float) -> None:
    found = busyness.paired_difference(mean_a, mean_a + extra, shape)
    assert found.var_difference_crn == pytest.approx(extra + extra**2 / shape)
    assert found.variance_reduction_factor > 1


delays = st.sampled_from(
    [laws.exponential(3.0), laws.gamma(5.0, 0.5), laws.lognormal(8.0, 1.0), laws.deterministic(2.0)]
)


@many
@given(
    first=st.lists(st.floats(0.0, 30.0), min_size=3, max_size=3),
    lengths=st.lists(st.floats(0.5, 7.0), min_size=3, max_size=3),
    p_return=st.floats(0.0, 0.9),
    p_phone=st.floats(0.0, 0.1),
    delay=delays,
)
def test_persons_who_met_a_closed_channel_balance(
    first: list[float], lengths: list[float], p_return: float, p_phone: float, delay: laws.Law
) -> None:
    windows = [(1.0, lengths[0]), (9.0, lengths[1]), (17.0, lengths[2])]
    found = closed.closed_flow_by_gap(first, windows, p_return, p_phone, delay, cycle_hours=24.0)
    ended = found.phone_now_per_day + found.lost_per_day + found.returns_in_open_hours_per_day
    assert ended == pytest.approx(sum(first), rel=1e-9, abs=1e-12)
    assert found.returns_in_first_open_hour_per_day <= found.returns_in_open_hours_per_day + 1e-12
    assert found.closed_attempts_per_day >= sum(first) - 1e-12


def test_equal_windows_in_a_longer_cycle_are_one_window_in_a_day() -> None:
    day = closed.closed_flow(27.0, 0.2, 0.1, 3.0, 6.5)
    week = closed.closed_flow_by_gap(
        [27.0] * 7, [(16 + 24 * i, 6.5) for i in range(7)], 0.2, 0.1, laws.exponential(3.0), cycle_hours=168.0
    )
    assert week.closed_attempts_per_day == pytest.approx(7 * day.closed_attempts_per_day)
    assert week.returns_in_first_open_hour_per_day == pytest.approx(7 * day.returns_in_first_open_hour_per_day)


def test_a_return_soon_after_opening_always_meets_it() -> None:
    found = closed.closed_flow_by_gap([10.0], [(16.0, 6.5)], 0.5, 0.0, laws.deterministic(0.5), cycle_hours=24.0)
    assert found.p_return_falls_in_open_hours == 1.0
    late = closed.closed_flow_by_gap([10.0], [(16.0, 6.5)], 0.5, 0.0, laws.deterministic(8.0), cycle_hours=24.0)
    assert late.returns_in_open_hours_per_day == 0.0
    assert late.closed_attempts_per_day == pytest.approx(20.0)


cells = st.floats(0.05, 20.0)


@many
@given(seed=st.integers(0, 10_000), rows=st.integers(1, 5), columns=st.integers(1, 6))
def test_fitting_meets_margins_and_keeps_odds_ratios(seed: int, rows: int, columns: int) -> None:
    rng = np.random.default_rng(seed)
    start, target = rng.gamma(2.0, 1.0, (rows, columns)) + 0.05, rng.gamma(2.0, 5.0, (rows, columns)) + 0.1
    fitted = fitting.fit_margins(start, target.sum(axis=1), target.sum(axis=0))
    assert fitted.table.sum(axis=1) == pytest.approx(target.sum(axis=1), rel=1e-9)
    assert fitted.table.sum(axis=0) == pytest.approx(target.sum(axis=0), rel=1e-9)

    def odds(table: np.ndarray) -> np.ndarray:
        return np.log(table) - np.log(table[:1]) - np.log(table[:, :1]) + np.log(table[0, 0])

    assert odds(fitted.table) == pytest.approx(odds(start), abs=1e-8)
    # Nearest to the seed: no other table with these margins is closer.
    total = target.sum()
    other = special.rel_entr(target / total, start / start.sum()).sum()
    assert -1e-12 <= fitted.kl_to_seed <= other + 1e-9


def test_a_seed_that_has_the_margins_is_kept() -> None:
    start = np.array([[1.0, 2.0], [3.0, 4.0]])
    fitted = fitting.fit_margins(start, [3.0, 7.0], [4.0, 6.0])
    assert fitted.table == pytest.approx(start)
    assert fitted.kl_to_seed == pytest.approx(0.0, abs=1e-15)
    assert fitted.rounds == 1


def test_zeros_of_the_seed_stay_zero() -> None:
    fitted = fitting.fit_margins([[1.0, 0.0], [1.0, 1.0]], [2.0, 3.0], [4.0, 1.0])
    assert fitted.table == pytest.approx(np.array([[2.0, 0.0], [2.0, 1.0]]), abs=1e-9)


@pytest.mark.parametrize(
    ("start", "rows", "columns", "word"),
    [
        ([[1.0, 1.0]], [2.0], [1.0, 2.0], "sum to"),
        ([[1.0, 1.0]], [2.0, 1.0], [1.0, 2.0], "does not fit"),
        ([[1.0, -1.0]], [2.0], [1.0, 1.0], "at least 0"),
        ([[0.0, 1.0], [0.0, 1.0]], [1.0, 1.0], [1.0, 1.0], "zeros"),
        ([[1.0, 0.0], [0.0, 1.0]], [2.0, 1.0], [1.0, 2.0], "cannot be met"),
    ],
)
def test_impossible_margins_are_refused(
    start: list[list[float]], rows: list[float], columns: list[float], word: str
) -> None:
    with pytest.raises(ValueError, match=word):
        fitting.fit_margins(start, rows, columns, most_rounds=500)


def test_impossible_flows_are_refused() -> None:
    with pytest.raises(ValueError, match="p_return_or_phone"):
        closed.closed_flow(1.0, 0.7, 0.5, 3.0, 6.0)
    with pytest.raises(ValueError, match="must end before"):
        closed.closed_flow_by_gap([1.0, 1.0], [(0.0, 5.0), (4.0, 2.0)], 0.1, 0.1, laws.exponential(1.0), cycle_hours=24)
    with pytest.raises(ValueError, match="one number for each window"):
        closed.closed_flow_by_gap([1.0], [], 0.1, 0.1, laws.exponential(1.0), cycle_hours=24)
    with pytest.raises(ValueError, match="shape"):
        busyness.count_variance(1.0, 0.0)
    with pytest.raises(ValueError, match="extra"):
        busyness.paired_difference(5.0, 5.0, 2.0)
    with pytest.raises(ValueError, match="rho"):
        busyness.copula_covariance(1.0, 1.0, 2.0)
    with pytest.raises(ValueError, match="at least one day"):
        busyness.busiest_day([], 2.0)
