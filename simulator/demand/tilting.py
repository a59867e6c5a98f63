"""The smoothest change of a reference shape that meets given totals.

A handful of block totals does not say how demand runs within a block. A reference shape does, and is multiplied by a
factor as smooth through the day as the totals allow. Scaling block by block would meet the totals too, but jump at the
edges. Knows nothing of calendars: it is given hours and totals.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from simulator.demand.errors import ReconstructionError
from simulator.demand.profile import HOURS
from simulator.scenario.problems import Plain, Problem

Floats = NDArray[np.float64]

_EXACT = 1e-12
"""Largest relative error of a total that counts as met."""
_ORDERS = 11
"""Harmonics of the day that the tilt is made of: all that 24 hours can hold, short of alternation."""
_MOST_STEPS = 60
_LONGEST_STEP = 4.0
"""A Newton step that changes the logarithm of a rate by more has lost its way."""
_SHORTEST_STAGE = 1e-4


def tilt(reference: Floats, coverage: Floats, totals: Floats) -> Floats:
    """Tilt a reference shape until every block holds its total, as smoothly as can be.

    Of all functions g of the time of day with ``sum_h coverage[b, h] reference[h] exp(g(h)) = totals[b]``, takes the
    one with the smallest integral of its squared second derivative, the roughness that smoothing splines penalise
    (Reinsch 1967). One total gives a constant g; three give little more than one wave a day. Unlike the
    minimum-information tilt (Deming & Stephan 1940), it has no jumps between blocks.

    Parameters
    ----------
    reference
        Shape (24,), above 0; only its form matters.
    coverage
        Shape (blocks, 24): hours of the year at each clock hour that belong to the block.
    totals
        Shape (blocks,), above 0: first attempts in each block in the year.

    Returns
    -------
    NDArray
        Shape (24,): first attempts per hour at each clock hour.

    Raises
    ------
    ReconstructionError
        If a total is not above 0, a block has no hours, or the totals are too uneven for any smooth curve.
    """
    usable = np.all(np.isfinite(totals) & (totals > 0)) and np.all(coverage.sum(axis=1) > 0)
    if not usable or not np.all(reference > 0):
        raise impossible(totals)
    scaled = reference * (totals.sum() / (coverage @ reference).sum())
    start, goal = np.log(coverage @ scaled), np.log(totals)
    smoothest = _Smoothest(scaled, coverage, harmonics(_ORDERS))
    theta, reached, stage = np.zeros(1 + 2 * _ORDERS), 0.0, 1.0
    while reached < 1:
        ahead = min(1.0, reached + stage)
        found = smoothest.from_near(theta, (1 - ahead) * start + ahead * goal)
        if found is not None:
            theta, reached, stage = found, ahead, 2 * stage
        elif stage > _SHORTEST_STAGE:
            stage /= 2
        else:
            raise impossible(totals)
    return smoothest.rates(theta)


@cache
def harmonics(orders: int) -> Floats:
    """The constant and the first harmonics of the day at the middle of each clock hour, shape (1 + 2 orders, 24).

    Read-only, in the order 1, cos x, sin x, cos 2x, sin 2x, ... with x going round once a day.
    """
    angle = 2 * np.pi * (np.arange(HOURS) + 0.5) / HOURS
    waves = [turn(order * angle) for order in range(1, orders + 1) for turn in (np.cos, np.sin)]
    terms = np.array([np.ones(HOURS), *waves])
    terms.setflags(write=False)
    return terms


@cache
def _roughness() -> Floats:
    """What each harmonic adds to the squared second derivative, up to a factor."""
    return np.asarray(((np.arange(1 + 2 * _ORDERS) + 1) // 2).astype(np.float64) ** 4)


@dataclass(frozen=True)
class _Smoothest:
    """The search for the smoothest tilt; ``theta`` are the coefficients of the harmonics."""

    reference: Floats
    coverage: Floats
    terms: Floats

    def rates(self, theta: Floats) -> Floats:
        """Tilted reference, shape (24,)."""
        return np.asarray(self.reference * np.exp(theta @ self.terms))

    def from_near(self, theta: Floats, log_totals: Floats) -> Floats | None:
        """The smoothest tilt with these totals by Newton's method, None where it does not get there from ``theta``.

        Solves the conditions of Lagrange: roughness' gradient plus multipliers times the totals' gradients is 0.
        """
        multipliers = np.zeros(len(log_totals))
        for _ in range(_MOST_STEPS):
            step, multipliers, misfit = self._newton(theta, multipliers, log_totals)
            change = float(np.abs(step @ self.terms).max())
            if not change < _LONGEST_STEP:
                return None
            theta = theta + step
            if change < 10 * _EXACT and np.abs(misfit).max() < _EXACT:
                return theta
        return None

    def _newton(self, theta: Floats, multipliers: Floats, log_totals: Floats) -> tuple[Floats, Floats, Floats]:
        """One step of theta, the new multipliers, and the misfit of the logarithms of the totals before the step."""
        held = self.coverage * self.rates(theta)
        sums = held.sum(axis=1)
        shares = held / sums[:, None]
        gradients = shares @ self.terms.T
        roughness = _roughness()
        terms, size = len(theta), len(theta) + len(sums)
        matrix = np.zeros((size, size))
        # Second derivative of log(sum): spread of the terms over the block's hours.
        bend = (self.terms * (multipliers @ shares)) @ self.terms.T - gradients.T @ (multipliers[:, None] * gradients)
        bend[np.diag_indices(terms)] += roughness
        matrix[:terms, :terms] = bend
        matrix[:terms, terms:], matrix[terms:, :terms] = gradients.T, gradients
        misfit = np.log(sums) - log_totals
        try:
            solution = np.linalg.solve(matrix, np.concatenate((-roughness * theta, -misfit)))
        except np.linalg.LinAlgError:
            return np.full(len(theta), np.inf), multipliers, misfit
        return solution[: len(theta)], solution[len(theta) :], misfit


def impossible(totals: Floats) -> ReconstructionError:
    """The error that says that no smooth curve has these totals."""
    told = Plain(" / ".join(f"{total:.6g}" for total in totals))
    return ReconstructionError([Problem("demand", 0, 0, "", "demand.totals_impossible", {"totals": told})])
