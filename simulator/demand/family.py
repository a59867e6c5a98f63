"""The family of days: every hour shape that what is known of comparable lines leaves open.

A member is a mixture of known shapes in logarithms, times a smooth periodic random factor. Meeting the block totals
comes after (`simulator.demand.tilting`). Driven by numbers between 0 and 1, so that a design can fill the family
evenly. Knows nothing of totals or calendars.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from simulator.demand.profile import HOURS
from simulator.demand.shapes import REFERENCES, reference_shape
from simulator.demand.tilting import harmonics, tilt
from simulator.evidence import evidence, number

Floats = NDArray[np.float64]

TELEFONSEELSORGE = "telefonseelsorge"
FAMILY = (*REFERENCES, TELEFONSEELSORGE)
"""Names of all shapes that are mixed: the reference shapes, and a line that published part of its day."""
ORDERS = 11
"""Harmonics of the random factor: all that 24 hours can hold, short of alternation."""
SHAPE_DIMENSIONS = len(FAMILY) + 2 * ORDERS
_CONTRAST = 2.0
"""How unequal the weights in a mixture are: 1 fills all mixtures evenly, more favours those close to one shape."""
_PINNED_ORDER = 2
"""Waves a day from which on the random factor falls; slower ones would be pinned by block totals anyway."""
_MOST_SCORE = 3.0


def random_shape(u: Floats, references: Sequence[str] = FAMILY) -> Floats:
    """One member of the family.

    Its logarithm is ``sum_i w_i log r_i(h) + sum_n s_n (z_n cos nx + z'_n sin nx)`` with x going round once a day,
    weights ``w_i`` in proportion to ``p_i E_i^2`` (``E_i`` standard exponential, ``p_i`` prior-shape-references),
    standard normal ``z`` cut at 3, and ``s_n^2 = (wave (2 / max(n, 2))^2)^2 + hour^2 / 11``.

    Parameters
    ----------
    u
        Shape (`SHAPE_DIMENSIONS`,), strictly between 0 and 1: which member.
    references
        Names (of `FAMILY`) of the shapes that are mixed, at least one.

    Returns
    -------
    NDArray
        Share of a day's first attempts in each clock hour, shape (24,), sum 1.

    Raises
    ------
    KeyError
        If a name is not in `FAMILY`.
    """
    scores = np.clip(ndtri(u[len(FAMILY) :]), -_MOST_SCORE, _MOST_SCORE)
    rate = np.exp(log_mixture(u, references) + (wave_spreads() * scores) @ harmonics(ORDERS)[1:])
    return np.asarray(rate / rate.sum())


def log_mixture(u: Floats, references: Sequence[str] = FAMILY) -> Floats:
    """Logarithm, up to a constant, of what the known shapes make of a member before its random factor, shape (24,)."""
    logs, middle = _mixed(tuple(references))
    weights = middle * (-np.log(u[: len(references)])) ** _CONTRAST
    return np.asarray((weights / weights.sum()) @ logs)


@cache
def known_shape(name: str) -> Floats:
    """One of the shapes that are mixed, shares of shape (24,), sum 1, read-only.

    Raises
    ------
    KeyError
        If it is not in `FAMILY`.
    """
    if name != TELEFONSEELSORGE:
        return reference_shape(name)
    hours, shares = published_stretches()
    shape = tilt(np.ones(HOURS), hours, shares)
    shape.setflags(write=False)
    return shape


@cache
def published_stretches() -> tuple[Floats, Floats]:
    """What TelefonSeelsorge published of its day, mean of 1998 and 2000: hours to 10 one by one, the rest together.

    Returns
    -------
    hours, shares
        Shape (12, 24), 1 where a clock hour is in a stretch; shape (12,), share of the day in each, sum 1.
    """
    years: list[Any] = [evidence(f"telefonseelsorge-share-by-hour-{year}").value for year in (1998, 2000)]
    told = np.mean(years, axis=0)
    hours = np.eye(len(told) + 1, HOURS)
    hours[-1, len(told) :] = 1.0
    return hours, np.append(told, 1.0 - told.sum())


@cache
def wave_spreads() -> Floats:
    """Standard deviation of the coefficient of each harmonic of the random factor, shape (2 * `ORDERS`,)."""
    orders = np.repeat(np.arange(1, ORDERS + 1), 2)
    waves = number("prior-shape-wave") * (_PINNED_ORDER / np.maximum(orders, _PINNED_ORDER)) ** 2
    # Each pair of cosine and sine adds its variance to every hour's logarithm; the 11 pairs share the hour's own.
    return np.asarray(np.hypot(waves, number("prior-shape-hour") / np.sqrt(ORDERS)))


@cache
def _mixed(references: tuple[str, ...]) -> tuple[Floats, Floats]:
    """Logarithms of the shapes, shape (references, 24), and their middle weights, shape (references,)."""
    weights: Mapping[str, Any] = dict(evidence("prior-shape-references").value)  # type: ignore[arg-type]
    return np.log([known_shape(name) for name in references]), np.array([float(weights[name]) for name in references])
