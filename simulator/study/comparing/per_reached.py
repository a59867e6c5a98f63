"""What one more person reached costs beside the base: the difference in cost over the difference in persons.

Both differences are totals of the same worlds and years; the ratio is taken last, of each world and of all. Where it is
not sure that a plan reaches more, or fewer, there is no such figure: a denominator whose interval holds 0 says nothing.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.service.keys import Key
from simulator.study.comparing.pairing import Part
from simulator.study.estimates import rounded
from simulator.study.layers import Floats, layers, paired_layers

COST, REACHED = Key("cost_nok"), Key("persons_reached")
PER_MORE, SAVED_PER_FEWER, BETTER, WORSE, UNKNOWN = "per_more", "saved_per_fewer", "better", "worse", "unknown"
"""It costs so much for each one more; it saves so much for each one fewer; it costs no more and reaches more; it saves
nothing and reaches fewer; or it cannot be told."""


@dataclass(frozen=True)
class PerReached:
    """Kroner for each person more, or fewer, who is reached.

    Attributes
    ----------
    plan
        Which plan.
    kind
        What the figure is; only the first two have one.
    mean, low, high
        Kroner per person: ratio of total differences, and 5-95 % over worlds (of one world, its simulation noise).
    """

    plan: str
    kind: str
    mean: float
    low: float
    high: float

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        numbers = {name: rounded(getattr(self, name)) for name in ("mean", "low", "high")}
        return {"plan": self.plan, "kind": self.kind, **numbers, "unit": "NOK/person"}


def per_reached(plan: str, mine: Part, base: Part) -> PerReached:
    """Cost of one more person reached by a plan; unknown where a plan has no cost."""
    if not {COST, REACHED} <= set(mine.keys) & set(base.keys):
        return _without(plan, UNKNOWN)
    cost, reached = (_apart(mine, base, key) for key in (COST, REACHED))
    sure = paired_layers(*(side for part in (mine, base) for side in part.of([REACHED])))
    low, high = float(sure.low[0]), float(sure.high[0])
    if not (low > 0 or high < 0):
        return _without(plan, UNKNOWN)
    dearer = cost.sum() > 0
    if dearer != (low > 0):
        return _without(plan, BETTER if low > 0 else WORSE)
    mean = float(cost.sum() / reached.sum())
    ends = _ends(cost, reached, mean)
    if not np.isfinite(ends).all():
        return _without(plan, UNKNOWN)
    return PerReached(plan, PER_MORE if dearer else SAVED_PER_FEWER, mean, *ends)


def _ends(cost: Floats, reached: Floats, mean: float) -> tuple[float, float]:
    """5 and 95 % over worlds, simulation noise removed where that can be done.

    A world in which next to nobody more is reached has a ratio beyond all others, about whose mean nothing can be
    pulled in. Then the worlds' own ratios stand as they are, endless where a world reaches none more, and the figure
    itself, in which each world counts by the persons it reaches, is never left outside.
    """
    top, bottom = (each[0].sum(axis=-1) for each in (cost, reached))
    is_more = np.sign(bottom) == np.sign(reached.sum())
    of_worlds = np.divide(top, bottom, out=np.full(top.shape, np.inf), where=is_more)
    plain = np.quantile(of_worlds, (0.05, 0.95), method="inverted_cdf")
    found = layers(cost, reached)
    low, high = float(found.low[0]), float(found.high[0])
    if np.isfinite(plain).all() and low <= mean <= high:
        return low, high
    return min(float(plain[0]), mean), max(float(plain[1]), mean)


def _apart(mine: Part, base: Part, key: Key) -> Floats:
    """A count of the plan less that of the base, shape (1, worlds, years)."""
    return np.asarray(mine.of([key])[0] - base.of([key])[0])


def _without(plan: str, kind: str) -> PerReached:
    return PerReached(plan, kind, *[float("nan")] * 3)
