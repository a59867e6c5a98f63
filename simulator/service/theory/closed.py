"""Contacts that meet a closed channel: phone instead, come back after opening, or are lost.

Each attempt that meets a closed channel comes back with probability r at (next opening + a random delay); a return
that falls in closed hours is a new closed attempt. Flows per cycle (a day, or a week) in steady state. Must not know
about queues.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.service.theory.checks import FloatArray, non_negative, positive, probability
from simulator.service.theory.laws import Law, exponential

_MOST_CYCLES = 100_000


@dataclass(frozen=True)
class ClosedFlow:
    """Flows per day (per cycle, when the cycle is not a day).

    Attributes
    ----------
    closed_attempts_per_day : float
        Attempts made while closed, repeats included.
    phone_now_per_day : float
        Of them, those that phone at once.
    returns_in_open_hours_per_day : float
        Returns that fall in open hours.
    returns_in_first_open_hour_per_day : float
        Returns that fall within one hour after an opening.
    lost_per_day : float
        Persons who never get through and do not phone.
    p_return_falls_in_open_hours : float
        Share of all returns.
    """

    closed_attempts_per_day: float
    phone_now_per_day: float
    returns_in_open_hours_per_day: float
    returns_in_first_open_hour_per_day: float
    lost_per_day: float
    p_return_falls_in_open_hours: float


def closed_flow(
    first_attempts: float, p_return: float, p_phone: float, mean_delay_hours: float, open_hours: float
) -> ClosedFlow:
    """Every day opens once for ``open_hours``; return delays are exponential."""
    return closed_flow_by_gap(
        [first_attempts], [(0.0, open_hours)], p_return, p_phone, exponential(mean_delay_hours), cycle_hours=24.0
    )


def closed_flow_by_gap(
    first_attempts: Sequence[float],
    windows: Sequence[tuple[float, float]],
    p_return: float,
    p_phone: float,
    delay: Law,
    *,
    cycle_hours: float,
) -> ClosedFlow:
    """Several openings per cycle, of different lengths, and any law of the delay (hours).

    Parameters
    ----------
    first_attempts : sequence of float, one per window
        First attempts per cycle in the closed gap that ends with that window's opening.
    windows : sequence of (opening, length) in hours
        Rising, not touching, within one cycle; the last may run into the next cycle.
    delay : Law
        Time from the next opening to the return.
    """
    probability(p_return=p_return, p_phone=p_phone, p_return_or_phone=p_return + p_phone)
    positive(cycle_hours=cycle_hours)
    _check(first_attempts, windows, cycle_hours)
    opened = np.array([start for start, _ in windows])
    lengths = np.array([length for _, length in windows])
    landing_open, first_hour = _landings(opened, lengths, delay, cycle_hours)
    landing_gap = _gap_landings(opened, lengths, delay, cycle_hours)
    # Attempts in gap g: first ones there, plus returns made from every gap that land in g.
    system = np.eye(len(windows)) - p_return * landing_gap.T
    attempts = np.linalg.solve(system, np.asarray(first_attempts, dtype=np.float64))
    returns = p_return * attempts
    total, met_open = float(attempts.sum()), float(returns @ landing_open)
    return ClosedFlow(
        closed_attempts_per_day=total,
        phone_now_per_day=p_phone * total,
        returns_in_open_hours_per_day=met_open,
        returns_in_first_open_hour_per_day=float(returns @ first_hour),
        lost_per_day=(1 - p_return - p_phone) * total,
        p_return_falls_in_open_hours=met_open / float(returns.sum()) if returns.any() else float("nan"),
    )


def _check(first_attempts: Sequence[float], windows: Sequence[tuple[float, float]], cycle_hours: float) -> None:
    if not windows or len(first_attempts) != len(windows):
        raise ValueError("first_attempts must give one number for each window, and there must be a window")
    for attempts, (start, length) in zip(first_attempts, windows, strict=True):
        non_negative(first_attempts=attempts, window_start=start)
        positive(window_length=length)
    following = [*(start for start, _ in windows[1:]), windows[0][0] + cycle_hours]
    for (start, length), later in zip(windows, following, strict=True):
        if start + length >= later:
            raise ValueError(f"the window from {start!r} for {length!r} h must end before the next opens at {later!r}")


def _mass(start: FloatArray, end: FloatArray, delay: Law, cycle_hours: float) -> FloatArray:
    """P(the delay falls in [start, end) modulo the cycle), elementwise; start and end from 0 on."""
    total = np.zeros_like(start)
    for cycle in range(_MOST_CYCLES):
        shift = cycle * cycle_hours
        total += delay.cdf(end + shift) - delay.cdf(start + shift)
        if float(delay.survival(np.array([shift + cycle_hours]))[0]) < 1e-16:
            return total
    raise ValueError("return delays are too long for the cycle")


def _landings(opened: FloatArray, lengths: FloatArray, delay: Law, cycle_hours: float) -> tuple[FloatArray, FloatArray]:
    """For a return counted from each opening: P(it meets an open channel), P(within an hour after an opening)."""
    distance = (opened[None, :] - opened[:, None]) % cycle_hours  # from opening i to opening j
    met = _mass(distance, distance + lengths, delay, cycle_hours).sum(axis=1)
    first = _mass(distance, distance + np.minimum(lengths, 1.0), delay, cycle_hours).sum(axis=1)
    return met, first


def _gap_landings(opened: FloatArray, lengths: FloatArray, delay: Law, cycle_hours: float) -> FloatArray:
    """P(a return counted from opening i lands in the gap that ends with opening j), shape (windows, windows)."""
    closes = np.roll(opened + lengths, 1)  # the closing before opening j
    gap = (opened - closes) % cycle_hours
    gap = np.where(gap == 0, cycle_hours, gap)
    start = (closes[None, :] - opened[:, None]) % cycle_hours
    return _mass(start, start + gap, delay, cycle_hours)
