"""What moving one factor does to a figure: read off points that move nothing else, or off a straight line through all.

Both are weighted sums of the points' figures with weights that add up to 0, so what points share cancels world by world
and year by year, and the layers are those of any difference. Nothing here knows what the figures mean.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.service.keys import Key
from simulator.study.estimates import rounded
from simulator.study.layers import Floats, by_world, expected_years, layers
from simulator.study.sweep.factors import Factor, label_of, tidy
from simulator.study.sweep.plan import Plan
from simulator.study.sweep.written import SAMPLES

_SPARE = 3
"""Points that must be left when all that is estimated is taken off: fewer say nothing of how well lines fit."""


@dataclass(frozen=True)
class Effect:
    """By how much a figure changes when one factor has a value, beside the base (or the mean of all points).

    Attributes
    ----------
    factor, label, number
        Which, and the value: as text, and as a number where it is one.
    key, unit
        The figure.
    mean, low, high
        Of the change: over worlds, 5 and 95 % points; in one world -+ noise.
    noise
        Half-width of the 95 % interval of the mean that more years would shrink.
    """

    factor: str
    label: str
    number: float | None
    key: Key
    unit: str
    mean: float
    low: float
    high: float
    noise: float

    def as_json(self) -> dict[str, Any]:
        """One entry of ``effects``."""
        names = {"factor": self.factor, "value": self.label, "number": self.number}
        figure = {"measure": self.key.measure, "channel": self.key.channel, "site": self.key.site}
        numbers = {name: rounded(getattr(self, name)) for name in ("mean", "low", "high", "noise")}
        return {**names, **figure, **numbers, "unit": self.unit}


@dataclass(frozen=True)
class Contrast:
    """One effect as a weighted sum over points: which factor, which value, and the points with their weights."""

    factor: str
    label: str
    number: float | None
    points: tuple[int, ...]
    weights: tuple[float, ...]


def contrasts(plan: Plan) -> tuple[Contrast, ...]:
    """The effects that a design tells; none of a grid, whose points stand for themselves."""
    if plan.design == "one-at-a-time":
        return tuple(_beside_the_base(plan))
    if plan.design in SAMPLES:
        return tuple(_along_lines(plan))
    return ()


def _beside_the_base(plan: Plan) -> Iterator[Contrast]:
    point = 1
    for place, factor in enumerate(plan.factors):
        for _ in range(2 if factor.span else len(factor.alternatives)):
            value = plan.labels(point)[place], plan.numbers(point)[place]
            yield Contrast(factor.name, *value, (point, 0), (1.0, -1.0))
            point += 1


def _along_lines(plan: Plan) -> Iterator[Contrast]:
    """Each factor's part of a least-squares fit of all points: at the ends of a range, or at each alternative.

    Notes
    -----
    With centred columns X, the fit's change from the points' mean to a place a is a' pinv(X) y, a weighted sum of the
    points' figures y (Saltelli et al. 2008, Global Sensitivity Analysis: The Primer, section 1.2.5).
    """
    blocks = [_columns(factor, column) for factor, column in zip(plan.factors, plan.points.T, strict=True)]
    matrix = np.hstack([columns - columns.mean(axis=0) for columns, _ in blocks])
    if len(plan) < np.linalg.matrix_rank(matrix) + 1 + _SPARE:
        return
    inverse, begins = np.linalg.pinv(matrix), 0
    for factor, (columns, places) in zip(plan.factors, blocks, strict=True):
        width = columns.shape[1]
        for label, number, place in places:
            weights = (place - columns.mean(axis=0)) @ inverse[begins : begins + width]
            yield Contrast(factor.name, label, number, tuple(range(len(plan))), tuple(map(float, weights)))
        begins += width


def _columns(factor: Factor, coordinates: Floats) -> tuple[Floats, list[tuple[str, float | None, Floats]]]:
    """A factor's columns of the fit, shape (points, columns), and the values, with their places, it is told at."""
    if factor.span is not None:
        scaled = np.log if factor.span.is_log else np.asarray
        spanned = factor.span.low, factor.span.high
        ends = [(label_of(tidy(end)), end, np.atleast_1d(np.asarray(scaled(end)))) for end in spanned]
        return np.asarray(scaled(coordinates))[:, np.newaxis], [*ends]
    numbers = [each.number for each in factor.alternatives]
    if all(number is not None for number in numbers):
        values = np.array(numbers, dtype=np.float64)
        lowest_highest = int(values.argmin()), int(values.argmax())
        told = [(factor.alternatives[at].label, float(values[at]), values[[at]]) for at in lowest_highest]
        return values[coordinates.astype(np.int64)][:, np.newaxis], [*told]
    member = np.eye(len(factor.alternatives))
    places = [(each.label, each.number, row) for each, row in zip(factor.alternatives, member, strict=True)]
    return member[coordinates.astype(np.int64)], places


class Summing:
    """Sums the points of contrasts as they come; memory does not grow with the number of points.

    Parameters
    ----------
    plan
        Whose contrasts.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._contrasts = contrasts(plan)
        self._sums: list[Floats | None] = [None] * len(self._contrasts)
        self._base: Floats | None = None
        self._dense = plan.design in SAMPLES

    def see(self, point: int, top: Floats, bottom: Floats, each: int) -> None:
        """The figures of the next point, both of shape (figures, years), world by world."""
        if not self._contrasts:
            return
        years = linear_years(by_world(top, each), by_world(bottom, each))
        if not self._dense:
            self._see_beside_base(point, years)
            return
        for place, contrast in enumerate(self._contrasts):
            part = contrast.weights[point] * years
            self._sums[place] = part if (before := self._sums[place]) is None else before + part

    def _see_beside_base(self, point: int, years: Floats) -> None:
        if point == 0:
            self._base = years
        else:
            assert self._base is not None
            self._sums[point - 1] = years - self._base

    def effects(self) -> tuple[Effect, ...]:
        """What came of it, factor by factor, each figure in turn."""
        found: list[Effect] = []
        for contrast, years in zip(self._contrasts, self._sums, strict=True):
            assert years is not None
            known = layers(years, np.ones_like(years))
            for row, (key, unit) in enumerate(zip(self._plan.measures, self._plan.units, strict=True)):
                numbers = (known.mean[row], known.low[row], known.high[row], known.noise[row])
                found.append(Effect(contrast.factor, contrast.label, contrast.number, key, unit, *map(float, numbers)))
        return tuple(found)


def linear_years(top: Floats, bottom: Floats) -> Floats:
    """Years of shape (figures, worlds, replications) whose mean is the ratio of totals and whose spread is its noise.

    A count is itself; of a ratio r = sum(top) / sum(bottom) a year is r + (top - r bottom) / mean bottom, the linear
    part of what it adds (Cochran 1977, Sampling Techniques, section 2.9).
    """
    expected = expected_years(top, bottom)[..., np.newaxis]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(expected + (top - expected * bottom) / bottom.mean(axis=2, keepdims=True))


def explained(plan: Plan, means: Floats) -> tuple[float, ...]:
    """Share of each figure's variance over drawn points that lines tell; empty where no lines were drawn.

    Parameters
    ----------
    means
        Shape (points, figures).

    Notes
    -----
    Adjusted for the number of columns: 1 - (1 - R^2) (n - 1) / (n - p - 1) (Theil 1961, Economic Forecasts and Policy).
    """
    if plan.design not in SAMPLES or not contrasts(plan):
        return ()
    matrix = np.hstack([_columns(f, c)[0] for f, c in zip(plan.factors, plan.points.T, strict=True)])
    matrix = matrix - matrix.mean(axis=0)
    rank, points = int(np.linalg.matrix_rank(matrix)), len(plan)
    centred = means - means.mean(axis=0)
    left = centred - matrix @ (np.linalg.pinv(matrix) @ centred)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = 1.0 - (np.sum(left**2, axis=0) / (points - rank - 1)) / (np.sum(centred**2, axis=0) / (points - 1))
    return tuple(map(float, share))


def by_figure(effects: Sequence[Effect], key: Key) -> dict[str, list[Effect]]:
    """The effects on one figure by factor, the factor that moves it most first."""
    found: dict[str, list[Effect]] = {}
    for each in effects:
        if each.key == key:
            found.setdefault(each.factor, []).append(each)
    return dict(sorted(found.items(), key=lambda item: -reach(item[1])))


def reach(effects: Sequence[Effect]) -> float:
    """How far apart a factor's values bring a figure; the base counts, whose effect is 0."""
    means = [0.0, *(each.mean for each in effects if np.isfinite(each.mean))]
    return max(means) - min(means)
