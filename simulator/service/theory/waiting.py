"""One contact waiting in line: her fate given how many stand ahead, in closed form.

The pool is full as long as she waits and takes the head of the line at a constant total rate; everybody in line
gives up at the same rate. That holds for Erlang A, for a chat pool with every slot taken, with or without a limit
on the line. Must not know how likely a line of that length is.

The offered wait with j ahead is the sum of independent exponentials of rates R, R + theta, ..., R + j theta, that is
-ln(Beta(R / theta, j + 1)) / theta (Renyi's representation, 1953), from which every formula here follows.

Throughout: ``ahead`` is an array of line positions j = 0, 1, ...; ``total_rate`` R is the rate at which the full
pool becomes free; ``abandonment_rate`` theta may be 0.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from simulator.service.theory.checks import FloatArray


def served_share(ahead: FloatArray, total_rate: float, abandonment_rate: float) -> FloatArray:
    """P(she is served), R / (R + (j + 1) theta)."""
    return np.asarray(total_rate / (total_rate + (ahead + 1) * abandonment_rate))


def _clearing_times(places: int, total_rate: float, abandonment_rate: float) -> FloatArray:
    """Sum of 1 / (R + i theta) for i = 1..j + 1, for j = 0..places - 1: mean wait of one who is served."""
    return np.cumsum(1 / (total_rate + np.arange(1, places + 1) * abandonment_rate))


def wait_if_served(places: int, total_rate: float, abandonment_rate: float) -> FloatArray:
    """E[wait; served] for j = 0..places - 1 ahead."""
    ahead = np.arange(places, dtype=np.float64)
    share = served_share(ahead, total_rate, abandonment_rate)
    return share * _clearing_times(places, total_rate, abandonment_rate)


def wait_if_abandoned(places: int, total_rate: float, abandonment_rate: float) -> FloatArray:
    """E[wait; gave up] for j = 0..places - 1 ahead, summed so that no digits cancel when few give up."""
    position = np.arange(1, places + 1) * abandonment_rate
    return np.asarray(np.cumsum(position / (total_rate + position)) / (total_rate + position))


def served_within(ahead: FloatArray, total_rate: float, abandonment_rate: float, limit: float) -> FloatArray:
    """P(she is served after waiting at most ``limit``)."""
    if abandonment_rate == 0:
        return np.asarray(special.gammainc(ahead + 1, total_rate * limit))
    share = served_share(ahead, total_rate, abandonment_rate)
    reach = -np.expm1(-abandonment_rate * limit)
    return np.asarray(share * special.betainc(ahead + 1, total_rate / abandonment_rate + 1, reach))
