"""The design: points that fill the space of everything unpublished evenly, and what a point says of a world.

Points are a scrambled Sobol' sequence (Owen 1998), so candidate n is the same however many are asked for. Knows nothing
of published figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from simulator.demand.family import SHAPE_DIMENSIONS, random_shape
from simulator.demand.profile import DAYS, MONTHS
from simulator.study.worlds.parameters import PARAMETERS
from simulator.study.worlds.priors import Prior
from simulator.study.worlds.published import SOLVED

Floats = NDArray[np.float64]

CHANNELS = ("chat", "phone")
_PER_CHANNEL = SHAPE_DIMENSIONS + DAYS + MONTHS
DIMENSIONS = len(PARAMETERS) + len(CHANNELS) * _PER_CHANNEL + len(SOLVED)
_BLOCK = 256
"""Points that are made together."""
_LEAST_U = 1e-9
MOST_SCORE = 2.5
"""A published figure is taken to be at most so many standard units off its expectation."""
_DIGITS = 3
"""Digits of a drawn parameter: more would claim to matter, and tables of distributions are shared by those alike."""


@dataclass(frozen=True)
class Habits:
    """How one channel's demand runs: share of each clock hour (24,), factors of weekdays (7,) and months (12,)."""

    hours: Floats
    weekdays: Floats
    months: Floats


@dataclass(frozen=True)
class Point:
    """What one point of the design says.

    Attributes
    ----------
    number
        Of the candidate, from 1.
    values
        The parameters by name.
    habits
        By channel.
    scores
        By published figure: how many standard units its expectation is off; independent standard normal numbers.
    """

    number: int
    values: Mapping[str, float]
    habits: Mapping[str, Habits]
    scores: Mapping[str, float]


@dataclass(frozen=True)
class Shape:
    """A shape of the day that is known from own data: contacts per hour (24,), and the standard error of its logs.

    Hours with 0 are not known: the channel was closed.
    """

    per_hour: Floats
    se_log: Floats


def point(number: int, seed: int, priors: Mapping[str, Prior], shapes: Mapping[str, Shape] | None = None) -> Point:
    """Candidate ``number`` (from 1) of the design with a seed.

    Parameters
    ----------
    priors
        By id; every parameter has one.
    shapes
        By channel, where the shape of its day is known.
    """
    u = _points(seed, (number - 1) // _BLOCK)[(number - 1) % _BLOCK]
    values = {
        each.name: _rounded(priors[each.prior].quantile(float(x))) for each, x in zip(PARAMETERS, u, strict=False)
    }
    rest = u[len(PARAMETERS) :]
    habits = {}
    for channel in CHANNELS:
        mine, rest = rest[:_PER_CHANNEL], rest[_PER_CHANNEL:]
        habits[channel] = _habits(mine, values, (shapes or {}).get(channel))
    scores = np.clip(ndtri(rest), -MOST_SCORE, MOST_SCORE)
    return Point(number, values, habits, dict(zip(SOLVED, map(float, scores), strict=True)))


@lru_cache(maxsize=4)
def _points(seed: int, block: int) -> Floats:
    """Points of one block of the sequence, inside the open unit cube."""
    from scipy.stats.qmc import Sobol

    sequence = Sobol(DIMENSIONS, scramble=True, rng=np.random.default_rng(seed))
    if block:
        sequence.fast_forward(block * _BLOCK)
    return np.asarray(np.clip(sequence.random(_BLOCK), _LEAST_U, 1 - _LEAST_U))


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _habits(u: Floats, values: Mapping[str, float], shape: Shape | None) -> Habits:
    """One channel's habits: a member of the family of shapes, and lognormal factors of weekdays and months."""
    of_hours, of_weekdays, of_months = u[:SHAPE_DIMENSIONS], u[SHAPE_DIMENSIONS:][:DAYS], u[SHAPE_DIMENSIONS + DAYS :]
    return Habits(
        random_shape(of_hours) if shape is None else _known_shape(shape, of_hours, of_months),
        np.exp(values["weekday-spread"] * ndtri(of_weekdays)),
        np.exp(values["month-spread"] * ndtri(of_months)),
    )


def _known_shape(shape: Shape, of_hours: Floats, others: Floats) -> Floats:
    """A shape of the day as own data has it, each hour off by its own standard error; the rest is of the family."""
    u = np.resize(np.concatenate([of_hours, others]), len(shape.per_hour))
    rate = shape.per_hour * np.exp(shape.se_log * np.clip(ndtri(u), -MOST_SCORE, MOST_SCORE))
    known, member = shape.per_hour > 0, random_shape(of_hours)
    rate = np.where(known, rate, member * (rate[known].sum() / member[known].sum()))
    return np.asarray(rate / rate.sum())
