"""The family of days: every hour shape that what is known of comparable lines leaves open.

A member is a mixture of the reference shapes in logarithms, times a smooth periodic random factor. Meeting the block
totals comes after (`simulator.demand.tilting`). Driven by numbers between 0 and 1, so that a design can fill the family
evenly. Knows nothing of totals or calendars.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from simulator.demand.shapes import REFERENCES, reference_shape
from simulator.demand.tilting import harmonics
from simulator.evidence import number

Floats = NDArray[np.float64]

ORDERS = 4
"""Harmonics of the random factor: what is smooth over three hours or more."""
SHAPE_DIMENSIONS = len(REFERENCES) + 2 * ORDERS
_MOST_SCORE = 3.0


def random_shape(u: Floats, references: Sequence[str] = REFERENCES) -> Floats:
    """One member of the family.

    Parameters
    ----------
    u
        Shape (`SHAPE_DIMENSIONS`,), between 0 and 1: which member.
    references
        Reference shapes that are mixed.

    Returns
    -------
    NDArray
        Share of a day's first attempts in each clock hour, shape (24,), sum 1.
    """
    logs = np.array([np.log(reference_shape(name)) for name in references])
    gaps = -np.log(u[: len(references)])
    weights = gaps / gaps.sum()  # uniform over all mixtures
    scores = np.clip(ndtri(u[len(REFERENCES) :]), -_MOST_SCORE, _MOST_SCORE)
    orders = np.repeat(np.arange(1, ORDERS + 1), 2)
    spread = number("prior-shape-wave") / orders
    rate = np.exp(weights @ logs + (spread * scores) @ harmonics(ORDERS)[1:])
    return np.asarray(rate / rate.sum())
