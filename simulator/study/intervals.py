"""From years to estimates: the mean, what more years would shrink, and what one year may bring."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from simulator.study.estimates import LAYER_COLUMNS, NUMBER_COLUMNS, Estimates
from simulator.study.observations import Observations

Floats = NDArray[np.float64]


def ratio_of_totals(top: Floats, bottom: Floats) -> tuple[Floats, Floats]:
    """Mean and half-width of its 95 % interval over independent years.

    The mean is the ratio of totals, sum(top) / sum(bottom), never the mean of ratios. The half-width is the ratio
    estimator's: Student's t times the spread of top - mean * bottom (Law 2015, section 9.4; Cochran 1977, section 2.9).

    Parameters
    ----------
    top, bottom
        Shape (figures, years). A figure's numbers are summed along its own row, so that its neighbours never move it.

    Returns
    -------
    mean, noise
        Shape (figures,); the mean is nan where the bottom is 0 in all years, the noise where there is one year only.
    """
    years = top.shape[1]
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = top.sum(axis=1) / bottom.sum(axis=1)
        if years < 2:
            return mean, np.full_like(mean, np.nan)
        residual = top - mean[:, np.newaxis] * bottom
        error = np.sqrt((residual**2).sum(axis=1) / (years - 1) / years) / bottom.mean(axis=1)
    return mean, float(stdtrit(years - 1, 0.975)) * error


def estimate(seen: Observations) -> Estimates:
    """Estimates over the simulated years of one world: low and high are mean -+ noise."""
    numbers = np.empty((len(seen.keys), len(NUMBER_COLUMNS) - len(LAYER_COLUMNS)))
    for figures, top, bottom in seen.blocks():
        mean, noise = ratio_of_totals(top, bottom)
        with np.errstate(invalid="ignore", divide="ignore"):
            year_low, year_high = percentiles(top / bottom, (5.0, 95.0))
        numbers[figures] = np.column_stack([mean, mean - noise, mean + noise, year_low, year_high, noise])
    return Estimates(seen.keys, seen.units, numbers)


def percentiles(yearly: Floats, percents: tuple[float, ...]) -> Floats:
    """Percentiles over the years in which a figure has a value; nan where it never has.

    Parameters
    ----------
    yearly
        Shape (figures, years), nan where a figure has no value.

    Returns
    -------
    ndarray
        Shape (percents, figures).
    """
    result = np.full((len(percents), len(yearly)), np.nan)
    missing = np.isnan(yearly)
    whole, partly = ~missing.any(axis=1), missing.any(axis=1) & ~missing.all(axis=1)
    if whole.any():
        result[:, whole] = np.percentile(yearly[whole], percents, axis=1)
    if partly.any():
        result[:, partly] = np.nanpercentile(yearly[partly], percents, axis=1)
    return result
