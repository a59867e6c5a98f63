"""Enough servers for everybody, rates that vary: M_t/G/infinity (Eick, Massey & Whitt 1993).

The number in service at any time is Poisson with mean m(t) = integral of lambda(t - u) P(S > u) du. Must not know
about waiting.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from simulator.service.theory.checks import FloatArray, non_negative, positive
from simulator.service.theory.laws import Law

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)


@dataclass(frozen=True)
class SinusoidalLoad:
    """Mean number in service under a rate mean + amplitude sin(2 pi t / period), in periodic steady state.

    Attributes
    ----------
    level, swing : float
        m(t) = level + swing sin(2 pi t / period - lag_angle).
    period, lag_angle : float
        Length of the cycle, and the angle (radians) by which the load lags behind the arrivals.
    """

    level: float
    swing: float
    period: float
    lag_angle: float

    def mean_at(self, t: FloatArray | float) -> FloatArray:
        """Mean number in service at times ``t``."""
        angle = 2 * np.pi * np.asarray(t, dtype=np.float64) / self.period
        return np.asarray(self.level + self.swing * np.sin(angle - self.lag_angle))

    @property
    def peak_time(self) -> float:
        """Time of the peak within [0, period)."""
        return ((self.lag_angle + math.pi / 2) * self.period / (2 * math.pi)) % self.period

    @property
    def peak_value(self) -> float:
        """Mean number in service at the peak."""
        return self.level + self.swing


def sinusoidal_load(rate_mean: float, amplitude: float, period: float, service: Law) -> SinusoidalLoad:
    """Load of a sinusoidal rate, for any service law.

    The amplitude may not exceed the mean rate. The cosine and sine transforms of P(S > u) are integrated numerically
    (for an exponential they are m / (1 + w^2 m^2) and w m^2 / (1 + w^2 m^2)).
    """
    positive(rate_mean=rate_mean, period=period)
    non_negative(amplitude=amplitude)
    if amplitude > rate_mean:
        raise ValueError(f"amplitude {amplitude!r} must not exceed rate_mean {rate_mean!r}: rates cannot be negative")
    omega = 2 * math.pi / period
    u, weights = _survival_grid(service, period)
    survival = weights * service.survival(u)
    cosine, sine = float(survival @ np.cos(omega * u)), float(survival @ np.sin(omega * u))
    return SinusoidalLoad(
        level=rate_mean * service.mean,
        swing=amplitude * math.hypot(cosine, sine),
        period=period,
        lag_angle=math.atan2(sine, cosine),
    )


def _survival_grid(service: Law, period: float) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights from 0 to where the law's survival is negligible, fine enough for the period."""
    end = max(service.breaks)
    steps = max(64, math.ceil(8 * end / period))
    near_zero = end * np.geomspace(1e-12, 1, 60)  # a law may be steep at 0
    edges = np.unique(np.concatenate([np.linspace(0, end, steps + 1), near_zero, service.breaks]))
    edges = edges[edges <= end]
    half, middle = np.diff(edges) / 2, (edges[:-1] + edges[1:]) / 2
    return (middle[:, None] + half[:, None] * _NODES).ravel(), (half[:, None] * _WEIGHTS).ravel()


def stepped_load(edges: Sequence[float], rates: Sequence[float], service: Law, t: FloatArray | float) -> FloatArray:
    """Mean number in service at times ``t`` when the rate is constant between edges and 0 outside them, from empty.

    ``edges`` has one more entry than ``rates`` and rises. Exact: a step contributes rate x (H(t - start) - H(t - end)),
    H(x) = E[min(S, x)].
    """
    ends = np.asarray(edges, dtype=np.float64)
    if ends.size != len(rates) + 1 or np.any(np.diff(ends) <= 0):
        raise ValueError("edges must rise and number one more than rates")
    for rate in rates:
        non_negative(rates=rate)
    age = np.maximum(np.asarray(t, dtype=np.float64)[..., None] - ends, 0.0)
    covered = service.restricted_mean(age)
    return np.asarray((covered[..., :-1] - covered[..., 1:]) @ np.asarray(rates, dtype=np.float64))


def poisson_at_least(k: int, mean: float) -> float:
    """P(N >= k) for N Poisson with the given mean."""
    non_negative(mean=mean)
    return 1.0 if k <= 0 else float(special.pdtrc(k - 1, mean))
