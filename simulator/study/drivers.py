"""Which unknown drives the spread of an answer over the kept worlds: rank correlation and Sobol indices, no new runs.

The kept worlds are a sample in which parameters are dependent: what was published ties them together. So the indices
are those of what knowing a parameter tells, not of what turning it would do. The first-order index Var(E[y | x]) /
Var(y) is the share of the variance that would go if x alone were known; what x tells through others that move with it
counts. The total index E[Var(y | all but x)] / Var(y) is the share that would stay if all but x were known; what
others tell of x does not count. With independent parameters they are Sobol's. With dependent ones first-order indices
may sum to more than 1, and a total may be below its first order; a low total beside a high first order says that others
stand in for the parameter. Nothing here knows what the numbers mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import rankdata

from simulator.study.asking import FEWEST_WORLDS
from simulator.study.regression import Regression, bases, fit_change, regress, standardised

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_EXPLAINED = 0.5
"""Total indices rest on a regression; one that predicts less of the variance of worlds left out says nothing."""
_RESAMPLES = 400
_DRAWS = 4
_FLAT = 1e-12
"""A class whose values differ by less, as a share of all variation of the parameter, has no line."""
_TWO_SIDED = float(ndtri(0.975))


@dataclass(frozen=True)
class Indices:
    """One number per answer and parameter with its 95 % interval; all of shape (answers, parameters)."""

    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Driver:
    """How much one parameter has to do with one answer; ``low`` and ``high`` are 95 % intervals.

    Attributes
    ----------
    name
        Of the parameter.
    rank, rank_low, rank_high
        Spearman's rank correlation, -1 to 1; nan where the parameter or the answer does not vary.
    first, first_low, first_high
        First-order index, 0 to 1; nan where the answer does not vary.
    total, total_low, total_high
        Total index, 0 to 1; nan where it is unknown because no regression explains half of the answer's variance.
    explained
        Share of the answer's variance over worlds left out that the regression behind the totals explains.
    """

    name: str
    rank: float
    rank_low: float
    rank_high: float
    first: float
    first_low: float
    first_high: float
    total: float
    total_low: float
    total_high: float
    explained: float


def drivers(
    names: Sequence[str], parameters: Floats, answers: Floats, noise_variance: Floats | float = 0.0, seed: int = 0
) -> list[list[Driver]]:
    """The parameters behind each answer, those of greatest first-order index first.

    Parameters
    ----------
    names
        Of the parameters.
    parameters
        Shape (worlds, parameters); continuous, discrete, tied or constant. Coded alternatives are taken in the order of
        their codes by the rank correlation and the totals, and as they are by the first-order index.
    answers
        Shape (answers, worlds): expected years.
    noise_variance
        Variance of the simulation noise in one world's answer, shape (answers,); it is no part of the variance that
        the indices share out.
    seed
        Of the bootstrap.

    Returns
    -------
    list
        One list per answer.

    Raises
    ------
    ValueError
        If there are fewer than 20 worlds, a number is missing, or shapes do not fit.
    """
    _check(names, parameters, answers)
    rank = rank_correlations(parameters, answers)
    first = first_order(parameters, answers, noise_variance, seed)
    total, explained = total_order(parameters, answers, noise_variance, seed)
    numbers = np.stack(
        [part for found in (rank, first, total) for part in (found.value, found.low, found.high)], axis=2
    )
    tables = []
    for row, share in zip(numbers, explained, strict=True):
        table = [_driver(name, cells, float(share)) for name, cells in zip(names, row, strict=True)]
        tables.append(sorted(table, key=_weight, reverse=True))
    return tables


def _weight(driver: Driver) -> tuple[float, float]:
    """What drivers are ordered by: the first-order index, then the rank correlation; what is unknown comes last."""
    return float(np.nan_to_num(driver.first, nan=-1.0)), float(np.nan_to_num(abs(driver.rank), nan=-1.0))


def _driver(name: str, cells: Floats, explained: float) -> Driver:
    """One row of the table, from nine numbers in the order of its attributes."""
    rank, rank_low, rank_high, first, first_low, first_high, total, total_low, total_high = map(float, cells)
    return Driver(
        name, rank, rank_low, rank_high, first, first_low, first_high, total, total_low, total_high, explained
    )


def _check(names: Sequence[str], parameters: Floats, answers: Floats) -> None:
    if answers.ndim != 2 or answers.shape[1] < FEWEST_WORLDS:
        raise ValueError(f"answers have shape (answers, worlds) with {FEWEST_WORLDS} worlds or more: {answers.shape}")
    if parameters.shape != (answers.shape[1], len(names)):
        raise ValueError(f"parameters have shape (worlds, names), not {parameters.shape}")
    if not (np.isfinite(parameters).all() and np.isfinite(answers).all()):
        raise ValueError("a parameter or an answer is missing in some world")


# --- rank correlation ----------------------------------------------------------------------------------------------


def rank_correlations(parameters: Floats, answers: Floats) -> Indices:
    """Spearman's rank correlation of parameters (worlds, parameters) with answers (answers, worlds).

    Ties have their mean rank. The interval is Fisher's z with the variance (1 + r^2 / 2) / (worlds - 3) of Bonett &
    Wright (2000), Psychometrika 65: 23-28; it is nan, like the correlation, where something does not vary.
    """
    ranks = rankdata(parameters, axis=0)
    of_answers = rankdata(answers, axis=1)
    ranks -= ranks.mean(axis=0)
    of_answers -= of_answers.mean(axis=1, keepdims=True)
    scale = np.sqrt(np.outer(np.sum(of_answers**2, axis=1), np.sum(ranks**2, axis=0)))
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.clip(np.where(scale > 0, of_answers @ ranks / scale, np.nan), -1.0, 1.0)
        middle = np.arctanh(value)
    half = _TWO_SIDED * np.sqrt((1.0 + value**2 / 2.0) / (answers.shape[1] - 3))
    return Indices(value, np.tanh(middle - half), np.tanh(middle + half))


# --- first-order indices -------------------------------------------------------------------------------------------


def first_order(parameters: Floats, answers: Floats, noise_variance: Floats | float = 0.0, seed: int = 0) -> Indices:
    """First-order Sobol indices from given data, by classes of each parameter.

    Worlds are put in classes of a parameter, and the index is the share of the answer's variance that lies between
    classes (Plischke, Borgonovo & Smith 2013, European Journal of Operational Research 226: 536-550), here with a line
    inside each class, so that few classes miss little. The bias that chance differences bring is removed as in Kelley's
    epsilon squared (1935, PNAS 21: 554-559): 1 - (inside / (n - lines' numbers)) / (all / (n - 1)); below 0 it is
    called 0. Classes are the values of a parameter that has few, else about sqrt(n) / 2 of equally many worlds.

    The interval is of a bootstrap of worlds, moved to the estimate, because the bootstrap repeats the bias; wider than
    it need be where the index is 0.
    """
    worlds = answers.shape[1]
    drawn = np.random.default_rng(seed).multinomial(worlds, np.full(worlds, 1.0 / worlds), _RESAMPLES)
    counts = np.vstack([np.ones(worlds), drawn])  # the sample itself, then resamples
    centred = answers - answers.mean(axis=1, keepdims=True)
    shares = np.stack([_told(counts, parameter, centred) for parameter in parameters.T], axis=2)
    shares *= _grown(centred, noise_variance)[:, np.newaxis, np.newaxis]
    value, again = shares[:, 0], shares[:, 1:]
    moved = again - again.mean(axis=1, keepdims=True) + value[:, np.newaxis]
    low, high = np.quantile(moved, (0.025, 0.975), axis=1)
    return Indices(*(np.clip(each, 0.0, 1.0) for each in (value, np.minimum(low, value), np.maximum(high, value))))


def classes(parameter: Floats) -> Ints:
    """The class of each world by one parameter: 0, 1, ...; equal values are never parted."""
    most = max(5, round(np.sqrt(len(parameter)) / 2.0))
    values, place = np.unique(parameter, return_inverse=True)
    if len(values) <= most:
        return np.asarray(place, dtype=np.int64)
    edges = np.quantile(parameter, np.arange(1, most) / most, method="lower")
    found = np.searchsorted(np.unique(edges), parameter, side="left")
    return np.asarray(np.unique(found, return_inverse=True)[1], dtype=np.int64)


def _told(counts: Floats, parameter: Floats, centred: Floats) -> Floats:
    """Unbiased share of answers' variance that the classes of a parameter, with a line in each, tell.

    Parameters
    ----------
    counts
        Shape (samples, worlds): how often each world is in a sample.
    parameter, centred
        Shape (worlds,); and (answers, worlds), of mean 0.

    Returns
    -------
    ndarray
        Shape (answers, samples); nan where an answer does not vary.
    """
    place = classes(parameter)
    member = np.eye(place.max() + 1)[place]
    within = parameter - (member @ ((parameter @ member) / member.sum(axis=0)))
    sloped = member * within[:, np.newaxis]
    size, along = counts @ member, counts @ sloped
    length = counts @ (sloped * within[:, np.newaxis]) - _ratio(along**2, size)
    lines = length > _FLAT * len(parameter) * parameter.var()
    numbers = np.sum(size > 0, axis=1) + np.sum(lines, axis=1)
    worlds = counts.sum(axis=1)
    shares = []
    for answer in centred:
        sums = counts @ (member * answer[:, np.newaxis])
        joint = counts @ (sloped * answer[:, np.newaxis]) - _ratio(along * sums, size)
        told = _ratio(sums**2, size).sum(axis=1) + _ratio(joint**2, np.where(lines, length, 0.0)).sum(axis=1)
        squares = counts @ answer**2
        total = squares - sums.sum(axis=1) ** 2 / worlds
        inside = _ratio((squares - told) / (worlds - numbers), total / (worlds - 1.0))
        shares.append(np.where(total > 0, 1.0 - inside, np.nan))
    return np.stack(shares)


def _ratio(top: Floats, bottom: Floats) -> Floats:
    """Top / bottom, 0 where the bottom is 0."""
    return np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)


def _grown(centred: Floats, noise_variance: Floats | float) -> Floats:
    """Observed variance over that without simulation noise, per answer; nan where noise is all there is."""
    observed = centred.var(axis=1, ddof=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(observed > noise_variance, observed / (observed - noise_variance), np.nan))


# --- total indices -------------------------------------------------------------------------------------------------


def total_order(
    parameters: Floats, answers: Floats, noise_variance: Floats | float = 0.0, seed: int = 0
) -> tuple[Indices, Floats]:
    """Total Sobol indices of a regression of the answers on all parameters.

    In each world one parameter is drawn anew given the others, and half the mean square of what that changes in the
    regression is its total variance (Jansen 1999, Computer Physics Communications 117: 35-43; with dependent
    parameters Kucherenko, Tarantola & Annoni 2012, Computer Physics Communications 183: 937-946). Given the others, a
    parameter is what they predict of it plus the prediction error of another world: exact for independent and for
    jointly normal parameters, else near.

    Returns
    -------
    indices
        As a share of the variance that the regression explains; nan for answers of which that is less than
        `LEAST_EXPLAINED`. The interval is that of the worlds and draws, widened both ways by the share that the
        regression does not explain, because all of that may belong to the parameter, and by what its own error may do.
    explained
        Shape (answers,): the share that it explains, over worlds left out, of what is not simulation noise.
    """
    varying = np.flatnonzero(np.ptp(parameters, axis=0) > 0)
    features = standardised(parameters[:, varying])
    prepared = bases(features)
    whole = regress(prepared, answers)
    fits = answers - whole.residual
    explained = _explained(whole, answers, noise_variance)
    honest = explained >= LEAST_EXPLAINED
    value = np.where(honest[:, np.newaxis], 0.0, np.full((len(answers), parameters.shape[1]), np.nan))
    error = value.copy()  # a constant is known: 0
    random = np.random.default_rng(seed)
    for number, parameter in enumerate(varying if honest.any() else ()):
        drawn = _drawn_anew(features, number, random)
        for basis in prepared:
            mine = np.flatnonzero(honest & (np.array(whole.kernel) == basis.kernel))
            if len(mine):
                moves = [fit_change(features, basis, whole.weights[mine], number, moved) for moved in drawn]
                value[mine, parameter], error[mine, parameter] = _total(fits[mine], np.stack(moves))
    unlearnt = 2.0 * np.sqrt(value * np.clip(1.0 - value, 0.0, 1.0) * _unlearnt(whole, fits)[:, np.newaxis])
    half = _TWO_SIDED * error + (1.0 - explained)[:, np.newaxis] + unlearnt
    return Indices(*(np.clip(each, 0.0, 1.0) for each in (value, value - half, value + half))), explained


def _explained(whole: Regression, answers: Floats, noise_variance: Floats | float) -> Floats:
    """Share of each answer's variance, less simulation noise, that a regression tells of worlds left out; at most 1."""
    centred = answers - answers.mean(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        told = 1.0 - np.mean(whole.left_out**2, axis=1) / np.mean(centred**2, axis=1)
    return np.asarray(np.minimum(told * _grown(centred, noise_variance), 1.0))


def _unlearnt(whole: Regression, fits: Floats) -> Floats:
    """Error variance of fits, leverage times that of the residuals, as a share of the fits' own variance.

    An index T of fits that err by the share u is off by about 2 sqrt(T (1 - T) u): T is a squared cosine, and the
    error turns its angle by up to sqrt(u).
    """
    error = np.mean(whole.leverage * whole.residual * whole.left_out, axis=1)
    own = fits.var(axis=1)
    return np.asarray(np.divide(error, own, out=np.zeros_like(own), where=own > 0))


def _total(fits: Floats, moves: Floats) -> tuple[Floats, Floats]:
    """Total index and its standard error as a ratio of means, from fits (answers, worlds) and moves (draws, ...)."""
    square = np.mean(moves**2, axis=0) / 2.0
    around = (fits - fits.mean(axis=1, keepdims=True)) ** 2
    index = square.mean(axis=1) / around.mean(axis=1)
    off = (square - index[:, np.newaxis] * around) / around.mean(axis=1, keepdims=True)
    return index, off.std(axis=1, ddof=1) / np.sqrt(fits.shape[1])


def _drawn_anew(features: Floats, number: int, random: np.random.Generator) -> list[Floats]:
    """Draws of one feature in each world given the others."""
    others = np.delete(features, number, axis=1)
    error = regress(bases(others, ("linear", "quadratic")), features[np.newaxis, :, number])
    predicted = features[:, number] - error.residual[0]
    away = error.unexplained(others.shape[1])[0]
    return [predicted + random.permutation(away) for _ in range(_DRAWS)]
