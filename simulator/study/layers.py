"""Three layers of uncertainty, never merged: not knowing the world, what one year brings, and simulation noise.

A figure of a year is top / bottom. Worlds are equally plausible and weigh the same; a world's expected year is the
ratio of totals over its replications. With X the figure of one future year,

    Var X  =  Var(expected year of a world)  +  mean over worlds of Var(a year | world)
              ignorance                         natural variation

and the mean of a world over R years carries the noise Var(a year | world) / R, which is no part of what is not known.
Years are independent, also between worlds. Nothing here knows what the figures mean.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from simulator.study.estimates import Estimates
from simulator.study.intervals import percentiles
from simulator.study.observations import Observations

Floats = NDArray[np.float64]

RANGE = (5.0, 95.0)
_NOISE_LEVEL = 0.975
_ROUNDING = 1e-12
"""A spread that is a smaller share of the mean is that of floating-point numbers."""


@dataclass(frozen=True)
class Layers:
    """What is known of some figures; every array has shape (figures,) and is nan where it cannot be told.

    Attributes
    ----------
    mean, median
        Of the worlds' expected years.
    low, high
        5 and 95 % points of the worlds' expected years, free of simulation noise; with one world mean -+ noise.
    year_low, year_high
        5 and 95 % points of single years over all worlds.
    noise
        Half-width of the 95 % interval of the mean, given these worlds: what more replications would shrink.
    ignorance, natural, simulation
        Shares of the variance of one future year as predicted: not knowing the world, a year's natural variation, and
        the noise of the mean. They sum to 1; nan with one world, with one replication, or where nothing varies.
    world_noise
        Variance of the simulation noise in one world's expected year, pooled over worlds.
    """

    mean: Floats
    median: Floats
    low: Floats
    high: Floats
    year_low: Floats
    year_high: Floats
    noise: Floats
    ignorance: Floats
    natural: Floats
    simulation: Floats
    world_noise: Floats

    def columns(self) -> Floats:
        """The columns of a long table (`simulator.study.estimates.NUMBER_COLUMNS`), shape (figures, 10)."""
        known = (self.mean, self.low, self.high, self.year_low, self.year_high, self.noise)
        return np.column_stack([*known, self.median, self.ignorance, self.natural, self.simulation])


@dataclass(frozen=True)
class Better:
    """Of some figures, how often one plan beats another; shape (figures,), nan where no world has both.

    Attributes
    ----------
    share
        Share of the worlds in which the difference is positive; ties count half.
    median, low, high
        Of the differences: 50, 5 and 95 % points over the worlds.
    """

    share: Floats
    median: Floats
    low: Floats
    high: Floats


def layers(top: Floats, bottom: Floats) -> Layers:
    """The three layers of figures that are ratios of yearly totals.

    Parameters
    ----------
    top, bottom
        Shape (figures, worlds, replications). A year whose bottom is 0 has no value, a world all of whose bottoms are 0
        has none either, and is left out for that figure.

    Notes
    -----
    A world's expected year is sum(top) / sum(bottom), and a year's variation about it is that of top - mean * bottom,
    over the mean bottom (Cochran 1977, Sampling Techniques, section 2.9). The variance between worlds is the observed
    one less the pooled noise, not below 0 (the analysis of variance estimator of Sun, Apley & Staum 2011, Operations
    Research 59: 998-1007). Percentiles of expected years are of deviations from the mean shrunk by the root of the
    share that is not noise, so that their spread is the one estimated (Louis 1984, Journal of the American Statistical
    Association 79: 393-398). With one replication noise cannot be told, and nothing is removed.
    """
    expected, variation = _expected_years(top, bottom)
    return _layers(expected, variation, _yearly(top, bottom))


def estimate_over_worlds(seen: Observations, each: int) -> Estimates:
    """Estimates over plausible worlds, whose years were seen world by world, ``each`` of every world."""
    numbers = [layers(by_world(top, each), by_world(bottom, each)).columns() for _, top, bottom in seen.blocks()]
    return Estimates(seen.keys, seen.units, np.concatenate(numbers))


def by_world(years: Floats, each: int) -> Floats:
    """Figures of years that come world by world: from (figures, years) to (figures, worlds, replications)."""
    return years.reshape(len(years), -1, each)


def paired_layers(top: Floats, bottom: Floats, other_top: Floats, other_bottom: Floats) -> Layers:
    """The three layers of the difference between a plan and another that were served the same contacts.

    Parameters
    ----------
    top, bottom, other_top, other_bottom
        Shape (figures, worlds, replications), of the same worlds and years. Differences are the first less the other,
        world by world and year by year, so what both share cancels before anything is estimated.
    """
    expected, variation = _expected_years(top, bottom)
    other_expected, other_variation = _expected_years(other_top, other_bottom)
    years = _yearly(top, bottom) - _yearly(other_top, other_bottom)
    return _layers(expected - other_expected, variation - other_variation, years)


def expected_years(top: Floats, bottom: Floats) -> Floats:
    """Expected year of each world, the ratio of totals over its replications: shape (figures, worlds)."""
    return _expected_years(top, bottom)[0]


def share_better(difference: Floats) -> Better:
    """In how many worlds a plan beats another.

    Parameters
    ----------
    difference
        Shape (figures, worlds): the expected year with one plan less that with the other, with the sign that makes more
        the better; nan where a world has none. Its simulation noise is not removed: it pulls the share towards a half.
    """
    worlds = np.sum(~np.isnan(difference), axis=1)
    wins = np.sum(difference > 0, axis=1) + np.sum(difference == 0, axis=1) / 2.0
    with np.errstate(invalid="ignore"):
        share = wins / worlds
    low, median, high = percentiles(difference, (RANGE[0], 50.0, RANGE[1]))
    return Better(share, median, low, high)


def _expected_years(top: Floats, bottom: Floats) -> tuple[Floats, Floats]:
    """Each world's ratio of totals, and by how much each of its years moves it: (top - mean * bottom) / mean bottom."""
    with np.errstate(invalid="ignore", divide="ignore"):
        total = bottom.sum(axis=2)
        expected = np.where(total != 0, top.sum(axis=2) / total, np.nan)
        variation = (top - expected[..., np.newaxis] * bottom) / (total / bottom.shape[2])[..., np.newaxis]
    return expected, variation


def _yearly(top: Floats, bottom: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(bottom != 0, top / bottom, np.nan)


def _layers(expected: Floats, variation: Floats, years: Floats) -> Layers:
    """From expected years (figures, worlds), and variation and single years, both (figures, worlds, replications)."""
    replications = variation.shape[2]
    freedom = replications - 1 if replications > 1 else np.nan
    known = ~np.isnan(expected)
    worlds = known.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known, expected, 0.0).sum(axis=1) / worlds
        deviation = expected - mean[:, np.newaxis]
        observed = np.where(known, deviation**2, 0.0).sum(axis=1) / (worlds - 1)
        within = np.where(known, (variation**2).sum(axis=2) / freedom, 0.0)
        natural = within.sum(axis=1) / worlds
        world_noise = natural / replications
        between = np.maximum(observed - world_noise, 0.0)
    noise = _half_width(within / replications, worlds, replications)
    shares = _shares(mean, between, natural, world_noise / np.maximum(worlds, 1))
    middle = mean[:, np.newaxis] + deviation * _shrunk(between, observed)[:, np.newaxis]
    low, median, high = percentiles(middle, (RANGE[0], 50.0, RANGE[1]))
    alone = worlds == 1
    low, high = np.where(alone, mean - noise, low), np.where(alone, mean + noise, high)
    year_low, year_high = percentiles(years.reshape(len(years), -1), RANGE)
    return Layers(mean, median, low, high, year_low, year_high, noise, *shares, world_noise)


def _shrunk(between: Floats, observed: Floats) -> Floats:
    """By how much deviations of expected years shrink; not at all where noise cannot be told."""
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = np.sqrt(between / observed)
    return np.where(np.isfinite(factor), factor, 1.0)


def _half_width(noise: Floats, worlds: NDArray[np.int64], replications: int) -> Floats:
    """Half-width of the 95 % interval of the mean over worlds, from the noise of each, shape (figures, worlds).

    Student's t with the degrees of freedom of Welch (1947, Biometrika 34: 28-35), because some worlds vary more.
    """
    total = noise.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        freedom = total**2 / (noise**2).sum(axis=1) * (replications - 1)
        error = np.sqrt(total) / worlds
        return np.asarray(np.where(total == 0, 0.0 * error, stdtrit(freedom, _NOISE_LEVEL) * error))


def _shares(mean: Floats, between: Floats, natural: Floats, noise: Floats) -> tuple[Floats, Floats, Floats]:
    """Three variances as shares of their sum; nan where that is rounding and nothing more."""
    total = between + natural + noise
    total = np.where(total > (_ROUNDING * mean) ** 2, total, np.nan)
    return between / total, natural / total, noise / total
