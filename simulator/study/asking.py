"""What to ask for: by how much the interval of an answer would shrink if the service told something more.

A datum is what would be told: numbers that every kept world predicts, each with the error it would be told with. Every
world in turn is the pretended truth, whose datum is then known. The kept worlds that agree with it are found by
regression adjustment: the answer's mean and its spread are regressed on the datum over all worlds, and the residuals of
all of them, scaled to what the datum says, are the answer given the datum (Beaumont, Zhang & Balding 2002, Genetics
162: 2025-2035; with a spread that may move, Blum & Francois 2010, Statistics and Computing 20: 63-73). The average over
the pretended truths is the expected width: a preposterior analysis by regression (Strong, Oakley & Brennan 2014,
Medical Decision Making 34: 311-326). No simulation is run.

No world is predicted by a regression (`simulator.study.regression`) that has seen it. Nothing here knows what the
numbers mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from simulator.study.regression import bases, regress, standardised

Floats = NDArray[np.float64]

FEWEST_WORLDS = 20
"""Below this a 90 % interval of the worlds has less than one world beyond each end."""
_LEAST_SPREAD = 0.1
"""Least spread given a datum, as a share of the mean one; a regression of spreads may otherwise go below 0."""
_RESAMPLES = 200


@dataclass(frozen=True)
class Datum:
    """Something that the service could tell.

    Attributes
    ----------
    name
        What it is called; it also keys the errors that are drawn, so that one datum never moves another's.
    features
        Shape (worlds, features): what each world predicts, in any units.
    error
        Standard deviation of what is told about what the world predicts, such as one year's natural variation, in the
        features' units; a number, or a shape that broadcasts to (worlds, features).
    """

    name: str
    features: Floats
    error: Floats | float = 0.0


@dataclass(frozen=True)
class Worth:
    """What knowing one datum is expected to do to one answer's 90 % interval.

    Attributes
    ----------
    name
        Of the datum.
    width_now, expected_width
        From the 5 to the 95 % point of the worlds, now and on average when the datum is known; the answer's unit.
    reduction
        1 - expected_width / width_now, from 0 to 1; nan where all worlds give the same answer.
    error
        Standard error of the reduction for the number of worlds.
    """

    name: str
    width_now: float
    expected_width: float
    reduction: float
    error: float


def what_to_ask(
    data: Sequence[Datum], answers: Floats, noise_variance: Floats | float = 0.0, seed: int = 0
) -> list[list[Worth]]:
    """By how much each datum is expected to narrow each answer's 90 % interval, the best first.

    Parameters
    ----------
    data
        What could be told; their names differ.
    answers
        Shape (answers, worlds): expected years.
    noise_variance
        Variance of the simulation noise in one world's answer, shape (answers,); it is removed from both widths,
        because no datum removes it.
    seed
        Of the errors the data are told with, and of the standard errors.

    Returns
    -------
    list
        One list per answer. Reductions that are equal stand in the order of ``data``.

    Notes
    -----
    What cannot be learnt from this number of worlds counts as not told: one product of two features hidden among 24
    is found in part, and a sharp step is rounded. A pure noise brings nothing; a few hundredths may be nothing.

    Raises
    ------
    ValueError
        If there are fewer than 20 worlds, a number is missing, shapes do not fit, or two data have one name.
    """
    _check(data, answers)
    noise = np.broadcast_to(np.asarray(noise_variance, dtype=np.float64), len(answers))
    worths = [_worth_of(datum, answers, noise, seed) for datum in data]
    return [sorted((worth[row] for worth in worths), key=_narrowing, reverse=True) for row in range(len(answers))]


def combined(name: str, data: Sequence[Datum]) -> Datum:
    """Several data told together."""
    errors = [np.broadcast_to(datum.error, datum.features.shape) for datum in data]
    return Datum(name, np.hstack([datum.features for datum in data]), np.hstack(errors))


def _narrowing(worth: Worth) -> float:
    return worth.reduction if np.isfinite(worth.reduction) else -1.0


def _check(data: Sequence[Datum], answers: Floats) -> None:
    if answers.ndim != 2 or answers.shape[1] < FEWEST_WORLDS:
        raise ValueError(f"answers have shape (answers, worlds) with {FEWEST_WORLDS} worlds or more: {answers.shape}")
    if not np.isfinite(answers).all():
        raise ValueError("an answer is missing in some world")
    if len({datum.name for datum in data}) < len(data):
        raise ValueError("two data have one name")
    for datum in data:
        if datum.features.ndim != 2 or len(datum.features) != answers.shape[1]:
            raise ValueError(f"features have shape (worlds, features): {datum.name}: {datum.features.shape}")
        if not (np.isfinite(datum.features).all() and np.isfinite(datum.error).all() and np.min(datum.error) >= 0):
            raise ValueError(f"a feature or its error is missing, or an error is negative: {datum.name}")


def _worth_of(datum: Datum, answers: Floats, noise: Floats, seed: int) -> list[Worth]:
    """What one datum is worth to every answer."""
    random = np.random.default_rng([seed, crc32(datum.name.encode())])
    spread, shape = answers_given(as_told(datum, random), answers)
    drawn = random.integers(answers.shape[1], size=(_RESAMPLES, answers.shape[1]))
    found = []
    for answer, variance, spreads, shapes in zip(answers, noise, spread, shape, strict=True):
        now, then = _widths(answer, spreads, shapes, variance)
        again_now, again_then = _widths(answer[drawn], spreads[drawn], shapes[drawn], variance)
        with np.errstate(invalid="ignore", divide="ignore"):
            left = np.where(now > 0, then / now, np.nan)
            error = float(np.std(np.minimum(again_then / again_now, 1.0)))
        ratio = float(np.minimum(left, 1.0))
        found.append(Worth(datum.name, float(now), ratio * float(now), 1.0 - ratio, error))
    return found


def _widths(answer: Floats, spread: Floats, shape: Floats, noise: float) -> tuple[Floats, Floats]:
    """Widths of the 90 % interval now and given the datum, over the last axis; free of simulation noise."""
    given = spread * shape
    now = _width(answer) * _noise_free(answer.var(axis=-1, ddof=1), noise)
    return now, spread.mean(axis=-1) * _width(shape) * _noise_free((given**2).mean(axis=-1), noise)


def _width(values: Floats) -> Floats:
    low, high = np.quantile(values, (0.05, 0.95), axis=-1)
    return np.asarray(high - low)


def _noise_free(variance: Floats, noise: float) -> Floats:
    """By how much a spread is to be multiplied so that noise is no part of it."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(variance > 0, np.sqrt(np.maximum(variance - noise, 0.0) / variance), 1.0)


# --- the answer given the datum ------------------------------------------------------------------------------------


def as_told(datum: Datum, random: np.random.Generator) -> Floats:
    """A datum as it would be told in each world, in a form fit for regression.

    Every feature is given its error and the spread 1, then multiplied by the root of its reliability, the share of its
    variance that is not error: so a feature that says little weighs little before any answer is looked at. A feature
    that is the same in all worlds is left out.

    Returns
    -------
    ndarray
        Shape (worlds, features that vary).
    """
    signal = datum.features.var(axis=0)
    varies = np.ptp(datum.features, axis=0) > 0
    error = np.broadcast_to(datum.error, datum.features.shape)
    told = datum.features + error * random.standard_normal(datum.features.shape)
    reliability = signal[varies] / (signal + (error**2).mean(axis=0))[varies]
    return np.asarray(standardised(told[:, varies]) * np.sqrt(reliability))


def answers_given(told: Floats, answers: Floats) -> tuple[Floats, Floats]:
    """What answers would still spread if a datum were known.

    Parameters
    ----------
    told
        Shape (worlds, features), as of `as_told`.
    answers
        Shape (answers, worlds).

    Returns
    -------
    spread, shape
        Both of shape (answers, worlds). Given the datum of world w, the answer is distributed around its mean like
        spread[w] times the numbers shape[0], shape[1], ...
    """
    prepared = bases(told)
    features = told.shape[1]
    left = regress(prepared, answers).unexplained(features)
    size = np.abs(left)
    mean_size = size.mean(axis=1, keepdims=True)
    spread = np.maximum(size - regress(prepared, size).left_out, _LEAST_SPREAD * mean_size)
    return spread, np.divide(left, spread, out=np.zeros_like(left), where=spread > 0)
