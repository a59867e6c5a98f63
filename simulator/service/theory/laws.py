"""Laws of a positive time (patience, service, delay): survival, distribution and restricted mean in closed form.

Must not know what the time is used for. ``x`` and the parameters share one unit of time.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from simulator.service.theory.checks import FloatArray, positive, probability

Curve = Callable[[FloatArray], FloatArray]

# Standard deviations at which a law marks its own scale for numerical integration.
_SPREAD = np.arange(-8.0, 9.0)


@dataclass(frozen=True, eq=False)
class Law:
    """A law of a positive time.

    Attributes
    ----------
    mean, squared_cv : float
        Mean, and variance divided by the squared mean.
    breaks : tuple of float
        Points between which the law is smooth on its own scale (panel edges for quadrature); beyond the last one
        nothing is left that matters.
    survival, cdf : callable
        P(X > x) and P(X <= x), arrays of any shape to arrays of that shape; each keeps its digits when it is small.
    restricted_mean : callable
        E[min(X, x)], the integral of the survival function from 0 to x.
    """

    mean: float
    squared_cv: float
    breaks: tuple[float, ...]
    survival: Curve
    cdf: Curve
    restricted_mean: Curve


def exponential(mean: float) -> Law:
    """Exponential law."""
    positive(mean=mean)
    return Law(
        mean=mean,
        squared_cv=1.0,
        breaks=tuple(mean * np.array([0.25, 1.0, 4.0, 16.0, 40.0])),
        survival=lambda x: np.asarray(np.exp(-x / mean)),
        cdf=lambda x: np.asarray(-np.expm1(-x / mean)),
        restricted_mean=lambda x: np.asarray(-mean * np.expm1(-x / mean)),
    )


def deterministic(value: float) -> Law:
    """Always exactly ``value``."""
    positive(value=value)
    return Law(
        mean=value,
        squared_cv=0.0,
        breaks=(value,),
        survival=lambda x: np.where(x < value, 1.0, 0.0),
        cdf=lambda x: np.where(x < value, 0.0, 1.0),
        restricted_mean=lambda x: np.minimum(x, value),
    )


def lognormal(mean: float, cv: float) -> Law:
    """Lognormal law by its mean and coefficient of variation (standard deviation / mean)."""
    positive(mean=mean, cv=cv)
    sigma = math.sqrt(math.log1p(cv**2))
    mu = math.log(mean) - sigma**2 / 2

    def z(x: FloatArray) -> FloatArray:
        with np.errstate(divide="ignore"):
            return np.asarray((np.log(x) - mu) / sigma)

    return Law(
        mean=mean,
        squared_cv=cv**2,
        breaks=tuple(np.exp(mu + sigma * _SPREAD)),
        survival=lambda x: np.asarray(special.ndtr(-z(x))),
        cdf=lambda x: np.asarray(special.ndtr(z(x))),
        restricted_mean=lambda x: np.asarray(mean * special.ndtr(z(x) - sigma) + x * special.ndtr(-z(x))),
    )


def gamma(mean: float, cv: float) -> Law:
    """Gamma law by its mean and coefficient of variation (shape = 1 / cv squared)."""
    positive(mean=mean, cv=cv)
    shape = cv**-2
    scale = mean / shape
    below, above = special.gammainc, special.gammaincc
    tails = np.abs(_SPREAD)  # each break from its own tail, so that far ones do not round to infinity
    low, high = special.gammaincinv(shape, special.ndtr(-tails)), special.gammainccinv(shape, special.ndtr(-tails))
    return Law(
        mean=mean,
        squared_cv=cv**2,
        breaks=tuple(scale * np.where(_SPREAD < 0, low, high)),
        survival=lambda x: np.asarray(above(shape, x / scale)),
        cdf=lambda x: np.asarray(below(shape, x / scale)),
        restricted_mean=lambda x: np.asarray(mean * below(shape + 1, x / scale) + x * above(shape, x / scale)),
    )


def weibull(mean: float, shape: float) -> Law:
    """Weibull law by its mean and shape: P(X > x) = exp(-(x / scale) ** shape)."""
    positive(mean=mean, shape=shape)
    scale = mean / float(special.gamma(1 + 1 / shape))

    def hazard(x: FloatArray) -> FloatArray:
        return np.asarray((x / scale) ** shape)

    return Law(
        mean=mean,
        squared_cv=_weibull_squared_cv(shape),
        breaks=tuple(scale * (-special.log_ndtr(-_SPREAD)) ** (1 / shape)),
        survival=lambda x: np.asarray(np.exp(-hazard(x))),
        cdf=lambda x: np.asarray(-np.expm1(-hazard(x))),
        restricted_mean=lambda x: np.asarray(mean * special.gammainc(1 / shape, hazard(x))),
    )


def _weibull_squared_cv(shape: float) -> float:
    return float(np.expm1(special.gammaln(1 + 2 / shape) - 2 * special.gammaln(1 + 1 / shape)))


def weibull_with_cv(mean: float, cv: float) -> Law:
    """Weibull law whose coefficient of variation is ``cv`` (about 0.02 to 15), its shape found by bisection."""
    positive(mean=mean, cv=cv)
    low, high = math.log(0.2), math.log(80.0)  # cv falls as the shape grows
    if not _weibull_squared_cv(math.exp(high)) <= cv**2 <= _weibull_squared_cv(math.exp(low)):
        raise ValueError(f"cv of a Weibull law must lie between about 0.02 and 15, not {cv!r}")
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if _weibull_squared_cv(math.exp(middle)) > cv**2 else (low, middle)
    return weibull(mean, math.exp((low + high) / 2))


def with_zero(law: Law, p_zero: float) -> Law:
    """Zero with probability ``p_zero``, otherwise ``law``: one who will not wait at all, or waits her time."""
    probability(p_zero=p_zero)
    rest = 1 - p_zero
    positive(share_not_zero=rest)
    return Law(
        mean=rest * law.mean,
        squared_cv=(law.squared_cv + 1) / rest - 1,
        breaks=law.breaks,
        survival=lambda x: rest * law.survival(x),
        cdf=lambda x: p_zero + rest * law.cdf(x),
        restricted_mean=lambda x: rest * law.restricted_mean(x),
    )
