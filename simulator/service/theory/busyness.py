"""Busy and quiet days: gamma factors on a Poisson profile, and what they do to counts and to queues.

A factor of mean 1 and shape a multiplies the rate of a whole day (or hour); given the factors, counts are Poisson, so
a day's count is negative binomial (Avramidis, Deslauriers & L'Ecuyer 2004; two levels: Oreshkin, Regnard & L'Ecuyer
2016). An infinite shape means no factor. Must not know how a queue works.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import linalg, special

from simulator.service.theory.checks import FloatArray, positive, probability, whole

# Quadrature nodes lighter than this are not worth a solution: the outermost lie at absurd factors.
_NO_WEIGHT = 1e-15


def _shape_ok(**shapes: float) -> None:
    for name, shape in shapes.items():
        if not shape > 0:
            raise ValueError(f"{name} must be above 0 (infinite for no busyness), not {shape!r}")


# --- counts ---------------------------------------------------------------------------------------------------------


def count_variance(mean: float, shape: float) -> float:
    """Variance of a day's count, mean + mean^2 / shape."""
    positive(mean=mean)
    _shape_ok(shape=shape)
    return mean + mean**2 / shape


def count_cdf(k: FloatArray | int, mean: float, shape: float) -> FloatArray:
    """P(count <= k), negative binomial (Poisson for infinite shape); 0 for negative k."""
    positive(mean=mean)
    _shape_ok(shape=shape)
    numbers = np.floor(np.asarray(k, dtype=np.float64))
    safe = np.maximum(numbers, 0)
    below = special.pdtr(safe, mean) if math.isinf(shape) else special.betainc(shape, safe + 1, shape / (shape + mean))
    return np.where(numbers < 0, 0.0, below)


def p_at_least(k: int, mean: float, shape: float) -> float:
    """P(count >= k), computed as an upper tail so that small chances keep their digits."""
    positive(mean=mean)
    _shape_ok(shape=shape)
    if k <= 0:
        return 1.0
    if math.isinf(shape):
        return float(special.pdtrc(k - 1, mean))
    return float(special.betainc(k, shape, mean / (shape + mean)))


@dataclass(frozen=True)
class BusiestDay:
    """Expectation and median of the largest daily count."""

    expected: float
    median: int


def busiest_day(day_means: Sequence[float], shape: float) -> BusiestDay:
    """Largest count over independent days, one mean per day."""
    if not day_means:
        raise ValueError("day_means must hold at least one day")
    return BusiestDay(_expected_largest(day_means, shape), busiest_day_quantile(day_means, shape, 0.5))


def _largest_cdf(day_means: Sequence[float], shape: float, top: int) -> FloatArray:
    """P(largest <= k) for k = 0..top - 1."""
    k = np.arange(top, dtype=np.float64)
    logs = np.zeros(top)
    for mean, days in Counter(day_means).items():
        with np.errstate(divide="ignore"):
            logs += days * np.log(count_cdf(k, mean, shape))
    return np.asarray(np.exp(logs))


def _reach(day_means: Sequence[float], shape: float) -> int:
    """A count that the largest exceeds with negligible chance."""
    top = 64
    while len(day_means) * p_at_least(top, max(day_means), shape) > 1e-16:
        top *= 2
    return top


def _expected_largest(day_means: Sequence[float], shape: float) -> float:
    return float((1 - _largest_cdf(day_means, shape, _reach(day_means, shape))).sum())


def busiest_day_quantile(day_means: Sequence[float], shape: float, level: float) -> int:
    """Smallest count that the largest day does not exceed with probability at least ``level``."""
    probability(level=level)
    cdf = _largest_cdf(day_means, shape, _reach(day_means, shape))
    return int(np.searchsorted(cdf, level))


@dataclass(frozen=True, eq=False)
class CountMoments:
    """Second moments of hourly and daily counts.

    Attributes
    ----------
    day_variance, day_vmr : float
        Variance, and variance / mean, of the day's count.
    hour_vmr : FloatArray, shape (hours,)
        Variance / mean of each hour's count.
    covariance, correlation : FloatArray, shape (hours, hours)
        Between the counts of two hours of one day; variances and ones on the diagonal.
    """

    day_variance: float
    day_vmr: float
    hour_vmr: FloatArray
    covariance: FloatArray
    correlation: FloatArray


def count_moments(hour_means: Sequence[float], day_shape: float, hour_shape: float = math.inf) -> CountMoments:
    """Moments when a day factor multiplies all hours and an independent factor each hour.

    Var(day) = m + m^2 / a_d + (1 + 1 / a_d) sum(mu_i^2) / a_h; Cov(i, j) = mu_i mu_j / a_d. ``hour_means`` are the
    parts into which the whole day is cut.
    """
    _shape_ok(day_shape=day_shape, hour_shape=hour_shape)
    for hour_mean in hour_means:
        positive(hour_means=hour_mean)
    mu = np.asarray(hour_means, dtype=np.float64)
    own = (1 + 1 / day_shape) / hour_shape
    covariance = np.outer(mu, mu) / day_shape + np.diag(mu + own * mu**2)
    deviation = np.sqrt(np.diag(covariance))
    day_variance = float(covariance.sum())
    return CountMoments(
        day_variance=day_variance,
        day_vmr=day_variance / float(mu.sum()),
        hour_vmr=np.diag(covariance) / mu,
        covariance=covariance,
        correlation=covariance / np.outer(deviation, deviation),
    )


@dataclass(frozen=True)
class PairedDifference:
    """Daily difference in arrivals met by plan B, whose window contains plan A's.

    ``var_difference_crn`` is its variance when both plans see the same arrivals, ``var_difference_independent`` when
    each has its own; ``variance_reduction_factor`` is their ratio.
    """

    mean_difference: float
    var_difference_crn: float
    var_difference_independent: float
    variance_reduction_factor: float


def paired_difference(mean_a: float, mean_b: float, shape: float) -> PairedDifference:
    """Variances with and without common random numbers, for means ``mean_a`` < ``mean_b`` per day."""
    positive(mean_a=mean_a, extra=mean_b - mean_a)
    common = count_variance(mean_b - mean_a, shape)
    apart = count_variance(mean_a, shape) + count_variance(mean_b, shape)
    return PairedDifference(mean_b - mean_a, common, apart, apart / common)


def copula_covariance(shape_a: float, shape_b: float, rho: float, nodes: int = 80) -> float:
    """Covariance of two unit-mean gamma factors joined by a Gaussian copula of correlation ``rho``."""
    _shape_ok(shape_a=shape_a, shape_b=shape_b)
    if not -1 <= rho <= 1:
        raise ValueError(f"rho must lie between -1 and 1, not {rho!r}")
    z, weights = np.polynomial.hermite_e.hermegauss(nodes)
    weights = weights / weights.sum()

    def factor(normal: FloatArray, shape: float) -> FloatArray:
        if math.isinf(shape):
            return np.ones_like(normal)
        upper = normal > 0  # the upper tail is taken from its own side, so that it does not round to infinity
        low = special.gammaincinv(shape, special.ndtr(np.where(upper, 0.0, normal)))
        high = special.gammainccinv(shape, special.ndtr(np.where(upper, -normal, 0.0)))
        return np.asarray(np.where(upper, high, low) / shape)

    first = factor(z, shape_a)
    second = factor(rho * z[:, None] + math.sqrt(1 - rho**2) * z, shape_b)
    return float((weights * first) @ second @ weights) - 1.0


# --- mixtures -------------------------------------------------------------------------------------------------------


def gauss_gamma(shape: float, nodes: int = 32) -> tuple[FloatArray, FloatArray]:
    """Gauss quadrature for a gamma factor of mean 1: factors and weights, shape (nodes,) each, weights sum to 1.

    Generalised Gauss-Laguerre by the eigenvalues of the Jacobi matrix (Golub & Welsch 1969), which unlike the usual
    weight formula does not overflow for large shapes. One node for infinite shape.
    """
    _shape_ok(shape=shape)
    whole(1, nodes=nodes)
    if math.isinf(shape):
        return np.ones(1), np.ones(1)
    k = np.arange(nodes, dtype=np.float64)
    side = np.sqrt(k[1:] * (k[1:] + shape - 1))
    values, vectors = linalg.eigh_tridiagonal(2 * k + shape, side)
    return np.asarray(values / shape), np.asarray(vectors[0] ** 2)


def expectation(measure: Callable[[float], FloatArray | float], shape: float, nodes: int = 32) -> FloatArray:
    """E[measure(B)] over the gamma factor B; ``measure`` returns a number or an array of fixed shape."""
    factors, weights = gauss_gamma(shape, nodes)
    kept = weights > _NO_WEIGHT
    values = np.array([measure(float(factor)) for factor in factors[kept]], dtype=np.float64)
    return np.asarray(np.tensordot(weights[kept], values, axes=1))


@dataclass(frozen=True)
class AbandonmentOverDays:
    """Abandonment when the arrival rate varies from day to day.

    Attributes
    ----------
    abandon_share_of_arrivals : float
        Total leavers / total arrivals, E[B P(B)]: the honest figure.
    mean_of_daily_abandon_shares : float
        E[P(B)]: each day's share counted alike, which is not that figure.
    abandon_share_without_busyness : float
        The share at the mean rate, P(1).
    busyness_weighted_arrivals_check : float
        E[B], which must be 1.
    """

    abandon_share_of_arrivals: float
    mean_of_daily_abandon_shares: float
    abandon_share_without_busyness: float
    busyness_weighted_arrivals_check: float


def abandonment_over_days(
    abandon_share: Callable[[float], float], shape: float, nodes: int = 64
) -> AbandonmentOverDays:
    """Mix ``abandon_share(factor)``, the stationary share that leaves on a day of that busyness, over all days."""
    weighted, plain, check = expectation(
        lambda factor: np.array([factor * abandon_share(factor), abandon_share(factor), factor]), shape, nodes
    )
    return AbandonmentOverDays(float(weighted), float(plain), abandon_share(1.0), float(check))
