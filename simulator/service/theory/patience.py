"""M/M/n+G: patience of any law, by the integrals of Baccelli & Hebuterne (1981) and Zeltyn & Mandelbaum (2005).

The offered wait has density v(x) = lambda p_{n-1} exp(phi(x)) with phi(x) = lambda H(x) - n mu x and H(x) the mean of
min(patience, x). Everything is an integral against exp(phi), which is log-concave; it is integrated by Gauss-Legendre
panels laid over the stretch where it matters. Must not know any particular law, see laws.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulator.service.theory.checks import FloatArray, non_negative, positive, whole
from simulator.service.theory.laws import Law

# exp(-_DROP) of the peak is where the integrand stops mattering.
_DROP = 60.0
_PANELS = 128
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)


@dataclass(frozen=True)
class PatienceMeasures:
    """Long-run measures of M/M/n+G; shares are of all arrivals unless said.

    Attributes
    ----------
    p_wait : float
        Share that do not start service at once.
    p_abandon, p_served : float
        Share that leave unserved, and the rest.
    ew_all, ew_served, ew_abandoned : float
        Mean time in queue over all arrivals, over the served, over those who left (nan if nobody does).
    eq : float
        Time-average number waiting.
    occupancy : float
        Time-average busy servers / servers.
    sl, sl_of_served : float
        Number served after waiting at most ``target_wait``, over all arrivals and over the served.
    """

    p_wait: float
    p_abandon: float
    p_served: float
    ew_all: float
    ew_served: float
    ew_abandoned: float
    eq: float
    occupancy: float
    sl: float
    sl_of_served: float


def patience_queue(
    arrival_rate: float, service_rate: float, servers: int, patience: Law, *, target_wait: float = 0.0
) -> PatienceMeasures:
    """Stationary M/M/n+G, first come first served.

    Poisson arrivals, exponential service, patience drawn from ``patience``; a contact whose offered wait equals her
    patience is served.
    """
    positive(arrival_rate=arrival_rate, service_rate=service_rate)
    whole(1, servers=servers)
    non_negative(target_wait=target_wait)

    def log_weight(x: FloatArray) -> FloatArray:
        return arrival_rate * patience.restricted_mean(x) - servers * service_rate * x

    x, weights = _grid(log_weight, arrival_rate, servers * service_rate, patience, target_wait)
    phi = log_weight(x)
    peak = max(0.0, float(phi.max()))
    idle_ratio = _inverse_loss(arrival_rate / service_rate, servers - 1)
    at_once = idle_ratio * math.exp(-peak)
    offered = arrival_rate * weights * np.exp(phi - peak)  # mass of the offered wait at each node, to the same scale
    total = at_once + float(offered.sum())
    idle = at_once / total if math.isfinite(total) else 1.0
    return _measures(x, offered / total, idle, patience, arrival_rate, servers * service_rate, target_wait)


def _measures(
    x: FloatArray,
    density: FloatArray,
    idle: float,
    patience: Law,
    arrival_rate: float,
    total_rate: float,
    target_wait: float,
) -> PatienceMeasures:
    stays, leaves, waits = patience.survival(x), patience.cdf(x), patience.restricted_mean(x)
    p_abandon = float(density @ leaves)
    p_served = idle + float(density @ stays)
    ew_all = float(density @ waits)
    wait_served = float(density @ (x * stays))
    wait_abandoned = float(density @ (waits - x * stays))
    sl = idle + float(density[x <= target_wait] @ stays[x <= target_wait])
    return PatienceMeasures(
        p_wait=float(density.sum()),
        p_abandon=p_abandon,
        p_served=p_served,
        ew_all=ew_all,
        ew_served=wait_served / p_served,
        ew_abandoned=wait_abandoned / p_abandon if p_abandon > 0 else math.nan,
        eq=arrival_rate * ew_all,
        occupancy=arrival_rate * p_served / total_rate,
        sl=sl,
        sl_of_served=sl / p_served,
    )


def _inverse_loss(offered_load: float, servers: int) -> float:
    """1 / Erlang B, by the recursion 1/B_k = 1 + (k / a) / B_{k-1}; infinite when it exceeds the float range."""
    inverse = 1.0
    for k in range(1, servers + 1):
        inverse = 1 + inverse * k / offered_load
    return inverse


def _grid(
    log_weight: Callable[[FloatArray], FloatArray],
    arrival_rate: float,
    total_rate: float,
    patience: Law,
    target_wait: float,
) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights over the stretch where exp(phi) is not negligible, with panel edges where it may bend."""
    mode = _mode(arrival_rate, total_rate, patience)
    level = float(log_weight(np.array([mode]))[0]) - _DROP

    def above(x: float) -> bool:
        return float(log_weight(np.array([x]))[0]) > level

    far = mode + _DROP / total_rate
    while above(far):
        far = mode + 2 * (far - mode)
    right = _boundary(mode, far, above)
    left = 0.0 if above(0.0) else _boundary(mode, 0.0, above)
    span = right - left
    # Geometric panels at the left end resolve laws whose density is infinite at 0 (gamma, Weibull with shape < 1).
    edges = np.concatenate(
        [
            np.linspace(left, right, _PANELS + 1),
            left + span * np.geomspace(1e-14, 1, 60),
            [point for point in (*patience.breaks, target_wait, mode) if left < point < right],
        ]
    )
    edges = np.unique(edges)
    half, middle = np.diff(edges) / 2, (edges[:-1] + edges[1:]) / 2
    return (middle[:, None] + half[:, None] * _NODES).ravel(), (half[:, None] * _WEIGHTS).ravel()


def _mode(arrival_rate: float, total_rate: float, patience: Law) -> float:
    """Where phi peaks: lambda P(patience > x) = n mu, or 0 when there is spare capacity."""
    share = total_rate / arrival_rate
    if float(patience.survival(np.array([0.0]))[0]) <= share:
        return 0.0
    high = patience.mean
    while float(patience.survival(np.array([high]))[0]) > share:
        high *= 2
    return _boundary(0.0, high, lambda x: float(patience.survival(np.array([x]))[0]) > share)


def _boundary(inside: float, outside: float, holds: Callable[[float], bool]) -> float:
    """Bisect for the edge between a point where ``holds`` is true and one where it is not."""
    for _ in range(100):
        middle = (inside + outside) / 2
        if middle in (inside, outside):
            break
        inside, outside = (middle, outside) if holds(middle) else (inside, middle)
    return outside
