"""When there are years enough: the least number that makes chosen figures as precise as asked, and stays there.

The rule of Hoad, Robinson and Davies (2010), "Automated selection of the number of replications for a discrete-event
simulation", Journal of the Operational Research Society 61: 1632-1644, with its look-ahead. It looks at years in their
order, so it does not matter who simulated them or when they came. It knows numbers; nothing of scenarios or of files.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Floats = NDArray[np.float64]

FEWEST_YEARS = 3
"""Where the rule begins to look; fewer tell nothing of their own spread (the paper's initial number)."""
LOOK_AHEAD = 5
"""The paper's kLimit: how many years more must not undo what was found, up to a hundred years."""
SCALED_FROM = 100
"""From here on the look-ahead grows with the number of years (the paper's f(kLimit, n))."""
LEVEL = 0.95


def look_ahead(years: int, limit: int = LOOK_AHEAD) -> int:
    """How many years after ``years`` must stay precise: kLimit, and kLimit x n / 100 beyond a hundred, rounded up."""
    return math.ceil(limit * max(years, SCALED_FROM) / SCALED_FROM)


class RunningRatio:
    """The ratio of totals of one figure, and how far it may be off, after each year; in constant memory.

    The moments are those of Welford (1962), "Note on a method for calculating corrected sums of squares and products",
    Technometrics 4: 419-420, so that large counts with a small spread lose no digits.
    """

    def __init__(self) -> None:
        self.years = 0
        self._top = self._bottom = 0.0
        self._top_top = self._top_bottom = self._bottom_bottom = 0.0

    def add(self, top: float, bottom: float) -> None:
        """One year more."""
        self.years += 1
        from_top, from_bottom = top - self._top, bottom - self._bottom
        self._top += from_top / self.years
        self._bottom += from_bottom / self.years
        self._top_top += from_top * (top - self._top)
        self._top_bottom += from_top * (bottom - self._bottom)
        self._bottom_bottom += from_bottom * (bottom - self._bottom)

    def relative_half_width(self) -> float:
        """Half-width of the 95 % interval as a share of the figure; the estimator is that of `ratio_of_totals`.

        It is 0 for a figure that is the same in all years, 0 in all years too; infinite where it cannot be told: after
        one year, where a year has no value, where the denominator is nobody, or where what varies is 0 in the mean.
        """
        if self.years < 2 or not self._bottom:
            return math.inf
        mean = self._top / self._bottom
        residual = self._top_top - 2.0 * mean * self._top_bottom + mean**2 * self._bottom_bottom
        if math.isnan(residual):
            return math.inf
        error = math.sqrt(max(0.0, residual) / (self.years - 1) / self.years) / abs(self._bottom)
        if not error:
            return 0.0
        half_width = float(stdtrit(self.years - 1, (1.0 + LEVEL) / 2.0)) * error
        return half_width / abs(mean) if mean else math.inf


class LookAhead:
    """The paper's rule over the widths of one study, year by year.

    Parameters
    ----------
    wanted
        Greatest relative half-width.
    limit
        The paper's kLimit.

    Attributes
    ----------
    found
        The least number of years, `FEWEST_YEARS` or more, that was precise and stayed so for the look-ahead; None so
        far. Once found it stays.
    width
        Relative half-width after as many years as `found`, and until then after the last year seen.
    """

    def __init__(self, wanted: float, limit: int = LOOK_AHEAD) -> None:
        self.found: int | None = None
        self.width = math.inf
        self._wanted, self._limit = wanted, limit
        self._years = self._candidate = 0
        self._width_then = math.inf

    def see(self, width: float) -> None:
        """The relative half-width after the next year; of no account once `found`."""
        if self.found is not None:
            return
        self._years += 1
        self.width = width
        if self._years < FEWEST_YEARS or not width <= self._wanted:
            self._candidate = 0
            return
        if not self._candidate:
            self._candidate, self._width_then = self._years, width
        if self._years >= self._candidate + look_ahead(self._candidate, self._limit):
            self.found, self.width = self._candidate, self._width_then


class Stopping:
    """Watches figures year by year: all of them are precise, or it is not precise.

    Parameters
    ----------
    wanted, limit
        See `LookAhead`.
    figures
        How many figures are watched.

    Attributes
    ----------
    rule
        What became of the widest of their widths.
    """

    def __init__(self, wanted: float, figures: int, limit: int = LOOK_AHEAD) -> None:
        self.rule = LookAhead(wanted, limit)
        self._ratios = [RunningRatio() for _ in range(figures)]

    def see(self, tops: Sequence[Floats] | Floats, bottoms: Sequence[Floats] | Floats) -> None:
        """Tops and bottoms of the figures in the next years, both of shape (figures, years)."""
        for year in zip(*(each.tolist() for each in (*tops, *bottoms)), strict=True):
            for ratio, top, bottom in zip(self._ratios, year[: len(tops)], year[len(tops) :], strict=True):
                ratio.add(top, bottom)
            self.rule.see(max(ratio.relative_half_width() for ratio in self._ratios))


@dataclass(frozen=True)
class Reached:
    """How precise a study became.

    Attributes
    ----------
    wanted
        Greatest relative half-width asked for.
    width
        Widest relative half-width of the figures watched, over the years that count.
    met
        Whether the rule stopped the study; otherwise the limit came first, or somebody interrupted.
    of
        The figures watched.
    """

    wanted: float
    width: float
    met: bool
    of: tuple[str, ...]
