"""From years to estimates: the mean, what more years would shrink, and what one year may bring."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from simulator.study.estimates import Estimates
from simulator.study.replicate import Observations

Floats = NDArray[np.float64]


def ratio_of_totals(top: Floats, bottom: Floats) -> tuple[Floats, Floats]:
    """Mean and half-width of its 95 % interval over independent years.

    The mean is the ratio of totals, sum(top) / sum(bottom), never the mean of ratios. The half-width is the ratio
    estimator's: Student's t times the spread of top - mean * bottom (Law 2015, section 9.4; Cochran 1977, section 2.9).

    Parameters
    ----------
    top, bottom
        Shape (years, figures).

    Returns
    -------
    mean, noise
        Shape (figures,); the mean is nan where the bottom is 0 in all years, the noise where there is one year only.
    """
    years = len(top)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = top.sum(axis=0) / bottom.sum(axis=0)
        if years < 2:
            return mean, np.full_like(mean, np.nan)
        residual = top - mean * bottom
        error = np.sqrt((residual**2).sum(axis=0) / (years - 1) / years) / bottom.mean(axis=0)
    return mean, float(stdtrit(years - 1, 0.975)) * error


def estimate(seen: Observations) -> Estimates:
    """Estimates over the simulated years of one world: low and high are mean -+ noise."""
    mean, noise = ratio_of_totals(seen.top, seen.bottom)
    with np.errstate(invalid="ignore", divide="ignore"):
        yearly = seen.top / seen.bottom
    year_low, year_high = _percentiles(yearly, (5.0, 95.0))
    numbers = np.column_stack([mean, mean - noise, mean + noise, year_low, year_high, noise])
    return Estimates(seen.keys, seen.units, numbers)


def _percentiles(yearly: Floats, percents: tuple[float, float]) -> Floats:
    """Percentiles over the years in which a figure has a value; nan where it never has."""
    result = np.full((len(percents), yearly.shape[1]), np.nan)
    known = ~np.isnan(yearly).all(axis=0)
    if known.any():
        result[:, known] = np.nanpercentile(yearly[:, known], percents, axis=0)
    return result
