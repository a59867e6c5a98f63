"""What a sweep found: every figure at every point with its three layers, and its difference to a base.

The numbers of the tidy table; nothing of files or words.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.service.keys import Key
from simulator.study.compare import DOWN, UP
from simulator.study.estimates import LAYER_COLUMNS, NUMBER_COLUMNS, Estimate, rounded
from simulator.study.layers import Floats, by_world, expected_years, layers, paired_layers, share_better
from simulator.study.sweep.effects import Effect
from simulator.study.sweep.plan import Plan

Pair = tuple[Floats, Floats]
"""Tops and bottoms of shape (figures, years), world by world."""


@dataclass(frozen=True)
class Swept:
    """What was found.

    Attributes
    ----------
    plan
        What was asked.
    fingerprint
        Of all that it rests on.
    worlds, each
        In how many worlds (1: the scenario as it stands), and years of each.
    numbers
        Shape (points, figures, 10): the columns `simulator.study.estimates.NUMBER_COLUMNS`.
    differences
        The same of the difference to what points are held against; None where there is nothing.
    better
        Shape (points, figures): share of the worlds in which a point is better than that; None likewise.
    effects
        What moving one factor does, where the design tells.
    manifest
        What it was made of.
    """

    plan: Plan
    fingerprint: str
    worlds: int
    each: int
    numbers: Floats
    differences: Floats | None
    better: Floats | None
    effects: tuple[Effect, ...]
    explained: tuple[float, ...]
    manifest: dict[str, Any]

    def estimate(self, point: int, figure: int) -> Estimate:
        """A figure at a point."""
        return _estimate(self.numbers[point, figure], self.plan.units[figure])

    def difference(self, point: int, figure: int) -> Estimate | None:
        """A figure at a point less the same figure of what points are held against."""
        return None if self.differences is None else _estimate(self.differences[point, figure], self.plan.units[figure])

    def share_better(self, point: int, figure: int) -> float:
        """In how many worlds a point is the better; nan where neither way is, or with one world."""
        return float("nan") if self.better is None else float(self.better[point, figure])

    def rows(self) -> Iterator[dict[str, Any]]:
        """The tidy table: a row for every point and figure; numbers rounded to 6 digits, nan as None."""
        for point in range(len(self.plan)):
            labels, numbers = self.plan.labels(point), self.plan.numbers(point)
            values = [
                number if factor.is_number else label
                for factor, label, number in zip(self.plan.factors, labels, numbers, strict=True)
            ]
            named = dict(zip((factor.name for factor in self.plan.factors), values, strict=True))
            for figure, key in enumerate(self.plan.measures):
                yield {"point": point + 1, **named, **_named(key), **self._figures(point, figure)}

    def _figures(self, point: int, figure: int) -> dict[str, Any]:
        found = {name: rounded(x) for name, x in zip(NUMBER_COLUMNS, self.numbers[point, figure], strict=True)}
        if (less := self.difference(point, figure)) is not None:
            told = {"": less.mean, "_low": less.low, "_high": less.high, "_noise": less.noise}
            found |= {f"difference{name}": rounded(value) for name, value in told.items()}
            found["share_of_worlds_better"] = rounded(self.share_better(point, figure))
        return {**found, "unit": self.plan.units[figure]}

    def as_json(self) -> dict[str, Any]:
        """The document of ``simulator sweep --json``."""
        plan = self.plan
        return {
            "study": plan.name,
            "title": plan.title,
            "why": plan.why,
            "scenario": plan.scenario.name,
            "against": None if plan.against is None else plan.against.name,
            "titles": {
                "scenario": plan.scenario.title,
                "against": None if plan.against is None else plan.against.title,
            },
            "design": plan.design,
            "factors": [factor.as_json() for factor in plan.factors],
            "coordinates": [[None if np.isnan(at) else float(at) for at in row] for row in plan.points],
            "vary": [factor.name for factor in plan.factors],
            "points": len(plan),
            "rows": list(self.rows()),
            "effects": [each.as_json() for each in self.effects],
            "explained": [rounded(each) for each in self.explained],
            "manifest": self.manifest,
        }


def _estimate(numbers: Floats, unit: str) -> Estimate:
    return Estimate(**dict(zip(NUMBER_COLUMNS, map(float, numbers), strict=True)), unit=unit)


def _named(key: Key) -> dict[str, str]:
    return {"measure": key.measure, "channel": key.channel, "site": key.site}


def estimated(pair: Pair, each: int) -> Floats:
    """Figures of one case, shape (figures, 10); of one world without what only many tell."""
    return _of_worlds(layers(*(by_world(years, each) for years in pair)).columns(), pair, each)


def _of_worlds(columns: Floats, pair: Pair, each: int) -> Floats:
    if pair[0].shape[1] == each:
        columns[:, -len(LAYER_COLUMNS) :] = np.nan
    return columns


def held_against(pair: Pair, base: Pair, measures: tuple[Key, ...], each: int) -> tuple[Floats, Floats]:
    """Differences of one case to another, shape (figures, 10), and in how many worlds it is the better, (figures,)."""
    mine, theirs = ([by_world(years, each) for years in side] for side in (pair, base))
    sign = np.array([(key.measure in UP) * 1.0 - (key.measure in DOWN) * 1.0 for key in measures])
    apart = expected_years(*mine) - expected_years(*theirs)
    share = share_better(apart * sign[:, np.newaxis]).share
    known = (sign != 0) & (apart.shape[1] > 1)
    return _of_worlds(paired_layers(*mine, *theirs).columns(), pair, each), np.where(known, share, np.nan)
