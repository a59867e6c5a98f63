"""Some days and hours are busier than others: gamma factors of mean 1 on the expected first attempts.

One factor for each service day, correlated between channels, times one for each hour (Avramidis, Deslauriers & L'Ecuyer
2004; Oreshkin, Regnard & L'Ecuyer 2016). The factors do not depend on the level of demand: scaling it moves none.
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from simulator.demand.rates import Cells
from simulator.demand.streams import Streams, gamma_factors, normal_scores
from simulator.scenario.model import Busyness

Floats = NDArray[np.float64]


def busy_factors(busyness: Busyness, channel: str, cells: Cells, streams: Streams) -> Floats:
    """The factor on each cell's expected first attempts.

    Parameters
    ----------
    busyness
        Shapes of the two gamma distributions and the correlation of the day's normal scores between channels.
    channel
        Each has its own factors, which share the day's common part.
    cells
        Their service days and hours.
    streams
        Where the random numbers come from.

    Returns
    -------
    NDArray
        Shape (cells,); each of mean 1, variance ``1/day_shape`` and ``1/hour_shape`` before multiplication.
    """
    factors = np.ones(len(cells.mean))
    if busyness.day_shape is not None:
        days, index = np.unique(cells.service_day, return_inverse=True)
        factors *= _day_factors(busyness.day_shape, busyness.correlation, channel, days, streams)[index]
    if busyness.hour_shape is not None:
        hours, index = np.unique(cells.utc_hour, return_inverse=True)
        score = normal_scores(streams.key(f"busyness/hour/{channel}"), hours.astype(np.uint64))
        factors *= gamma_factors(busyness.hour_shape, score)[index]
    return factors


def _day_factors(shape: float, correlation: float, channel: str, days: NDArray[np.int64], streams: Streams) -> Floats:
    """Gamma factors of service days whose normal scores correlate between channels (Gaussian copula)."""
    counters = days.astype(np.uint64)
    common = normal_scores(streams.key("busyness/day"), counters)
    own = normal_scores(streams.key(f"busyness/day/{channel}"), counters)
    return gamma_factors(shape, sqrt(correlation) * common + sqrt(1 - correlation) * own)
