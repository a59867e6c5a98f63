"""M_t/M/n+M with a smoothly varying rate and constant staffing: Kolmogorov's forward equations as an ODE.

For rates that are constant within segments, and staffing that changes, see :mod:`simulator.service.theory.evenings`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import integrate

from simulator.service.theory import chains
from simulator.service.theory.checks import FloatArray, non_negative, positive, probability, whole


@dataclass(frozen=True, eq=False)
class SmoothMeasures:
    """Measures under a varying rate.

    Attributes
    ----------
    p_delay_at : FloatArray, shape (times,)
        P(number in system >= servers) at the sample times.
    eq_at, en_at : FloatArray, shape (times,)
        Expected number waiting, and in system, at the sample times.
    arrivals : float
        Expected arrivals within the window.
    cycle_p_wait, cycle_p_abandon : float
        Expected joins of the line, and expected leavers from it, in the window / arrivals in the window.
    cycle_ew_all : float
        Expected queue time spent in the window / arrivals in the window.
    """

    p_delay_at: FloatArray
    eq_at: FloatArray
    en_at: FloatArray
    arrivals: float
    cycle_p_wait: float
    cycle_p_abandon: float
    cycle_ew_all: float


@dataclass(frozen=True, eq=False)
class _Trace:
    """Distributions at marks, shape (marks, states); window integrals of (rate, rate x P(delay), queue); edge mass."""

    at: dict[float, FloatArray]
    integrals: FloatArray
    edge: float


def smooth_queue(
    rate: Callable[[float], float],
    servers: int,
    service_rate: float,
    abandonment_rate: float,
    *,
    window: tuple[float, float],
    sample_times: Sequence[float] = (),
    balking: float = 0.0,
) -> SmoothMeasures:
    """Start empty at time 0 and measure over ``window`` and at ``sample_times``.

    ``rate(t)`` must be smooth and not negative; steps in it are met only approximately. Solved by DOP853 (Dormand &
    Prince; Hairer, Norsett & Wanner 1993) at relative tolerance 1e-11.
    """
    whole(1, servers=servers)
    positive(service_rate=service_rate)
    non_negative(abandonment_rate=abandonment_rate, window_start=window[0])
    non_negative(**{f"sample_times_{i}": t for i, t in enumerate(sample_times)})
    probability(balking=balking)
    if not window[0] < window[1] < math.inf:
        raise ValueError(f"window must run forward, not {window!r}")

    def build(caps: tuple[int, ...]) -> _Trace:
        system = _System(rate, servers, service_rate, abandonment_rate, balking, servers + caps[0])
        return system.run(window, sample_times)

    trace = chains.widen(build, lambda found, caps: (found.edge,), (64,))
    arrivals, delayed, queue_time = trace.integrals
    distributions = np.array([trace.at[t] for t in sample_times]).reshape(-1, trace.at[window[1]].size)
    number = np.arange(distributions.shape[1])
    return SmoothMeasures(
        p_delay_at=distributions[:, servers:].sum(axis=1),
        eq_at=distributions @ np.maximum(number - servers, 0),
        en_at=distributions @ number,
        arrivals=float(arrivals),
        cycle_p_wait=float((1 - balking) * delayed / arrivals),
        cycle_p_abandon=float(abandonment_rate * queue_time / arrivals),
        cycle_ew_all=float(queue_time / arrivals),
    )


class _System:
    """Forward equations of the number in system, cut at ``size``, with three running integrals appended."""

    def __init__(
        self,
        rate: Callable[[float], float],
        servers: int,
        service_rate: float,
        abandonment_rate: float,
        balking: float,
        size: int,
    ) -> None:
        number = np.arange(size + 1)
        self.rate = rate
        self.queue = np.maximum(number - servers, 0).astype(np.float64)
        self.delay = (number >= servers).astype(np.float64)
        self.leaving = np.minimum(number, servers) * service_rate + self.queue * abandonment_rate
        self.entering = np.where(number < servers, 1.0, 1 - balking)
        self.entering[-1] = 0.0

    def slope(self, t: float, y: FloatArray) -> FloatArray:
        p, arrival_rate = y[:-3], self.rate(t)
        up, down = arrival_rate * self.entering * p, self.leaving * p
        change = np.empty_like(y)
        change[:-3] = -up - down
        change[1:-3] += up[:-1]
        change[:-4] += down[1:]
        change[-3:] = arrival_rate, arrival_rate * (self.delay @ p), self.queue @ p
        return change

    def run(self, window: tuple[float, float], sample_times: Sequence[float]) -> _Trace:
        y = np.zeros(self.queue.size + 3)
        y[0], now, edge = 1.0, 0.0, 0.0
        at: dict[float, FloatArray] = {}
        begun = ended = y[-3:]
        for mark in sorted({*window, *sample_times}):
            if mark > now:
                solved = integrate.solve_ivp(self.slope, (now, mark), y, "DOP853", rtol=1e-11, atol=1e-15)
                if not solved.success:
                    raise ValueError(f"the rate could not be followed up to {mark!r}: {solved.message}")
                y, now = solved.y[:, -1], mark
                edge = max(edge, float(np.abs(solved.y[-4]).max()))
            at[mark] = y[:-3]
            begun = y[-3:] if mark == window[0] else begun
            ended = y[-3:] if mark == window[1] else ended
        return _Trace(at, ended - begun, edge)


def sinusoid(rate_mean: float, amplitude: float, omega: float) -> Callable[[float], float]:
    """The rate mean + amplitude sin(omega t); the amplitude may not exceed the mean."""
    positive(rate_mean=rate_mean, omega=omega)
    non_negative(amplitude=amplitude)
    if amplitude > rate_mean:
        raise ValueError(f"amplitude {amplitude!r} must not exceed rate_mean {rate_mean!r}: rates cannot be negative")
    return lambda t: rate_mean + amplitude * math.sin(omega * t)
