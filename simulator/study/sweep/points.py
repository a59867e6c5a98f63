"""Where the points of a study lie: for each point a coordinate of every factor.

A coordinate is the number of an alternative, a number of a range, or `factors.AS_IT_STANDS`. Points are numbered in the
order of the file, the last factor moving fastest, and are the same for the same study.
"""

import math
from collections.abc import Sequence
from itertools import islice, product

import numpy as np

from simulator.study.sweep.factors import AS_IT_STANDS, Factor, Floats
from simulator.study.sweep.written import SAMPLES

MOST_POINTS = 20_000
"""Points of one study: at a second or more each, a working day; more is a mistyped number."""


def count_of(design: str, factors: Sequence[Factor], drawn: int | None) -> int:
    """How many points a study has; no array is made, so that an absurd one can be refused.

    Parameters
    ----------
    design
        One of `written.DESIGNS`.
    drawn
        How many are drawn, where they are.
    """
    if design in SAMPLES:
        return drawn or 0
    counts = [2 if factor.span else len(factor.alternatives) for factor in factors]  # of a range its ends
    return 1 + sum(counts) if design == "one-at-a-time" else math.prod(counts)


def coordinates(design: str, factors: Sequence[Factor], drawn: int | None, seed: int) -> Floats:
    """The points, shape (points, factors).

    Parameters
    ----------
    design
        ``grid``: every combination of alternatives. ``one-at-a-time``: the base, then every value of one factor after
        another, of a range its two ends. ``latin-hypercube``: each factor's range (or alternatives) cut in as many
        equal parts as there are points, and one point in each (McKay, Beckman & Conover 1979, Technometrics 21:
        239-245). ``sobol``: the first points of a scrambled Sobol' sequence (Owen 1998, ACM Transactions on Modeling
        and Computer Simulation 8: 71-102); evenest where their number is a power of two.
    seed
        Of what is drawn.
    """
    if design in SAMPLES:
        shares = _shares(design, len(factors), drawn or 0, seed)
        return np.column_stack([_placed(factor, column) for factor, column in zip(factors, shares.T, strict=True)])
    if design == "one-at-a-time":
        return np.array(_one_at_a_time(factors))
    rows = product(*(range(len(factor.alternatives)) for factor in factors))
    return np.array(list(islice(rows, MOST_POINTS)), dtype=np.float64).reshape(-1, len(factors))


def _one_at_a_time(factors: Sequence[Factor]) -> list[list[float]]:
    base = [AS_IT_STANDS if factor.base is None else factor.base for factor in factors]
    rows = [base]
    for place, factor in enumerate(factors):
        values = [factor.span.low, factor.span.high] if factor.span else range(len(factor.alternatives))
        rows += [[*base[:place], float(value), *base[place + 1 :]] for value in values]
    return rows


def _shares(design: str, dimensions: int, drawn: int, seed: int) -> Floats:
    """Points of the unit cube, shape (points, dimensions), each number in [0, 1)."""
    from scipy.stats import qmc

    random = np.random.default_rng(seed)
    if design == "sobol":
        sequence = qmc.Sobol(dimensions, scramble=True, rng=random)
        return np.asarray(sequence.random_base2(math.ceil(math.log2(drawn)))[:drawn])
    return np.asarray(qmc.LatinHypercube(dimensions, rng=random).random(drawn))


def _placed(factor: Factor, shares: Floats) -> Floats:
    """Coordinates at shares of a factor's range; alternatives have equal parts of it."""
    if factor.span is not None:
        return factor.span.at(shares)
    count = len(factor.alternatives)
    return np.minimum(np.floor(shares * count), count - 1)
