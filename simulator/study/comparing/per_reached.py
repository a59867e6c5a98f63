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
    found = layers(cost, reached)
    kind = PER_MORE if dearer else SAVED_PER_FEWER
    return PerReached(plan, kind, float(cost.sum() / reached.sum()), float(found.low[0]), float(found.high[0]))


def _apart(mine: Part, base: Part, key: Key) -> Floats:
    """A count of the plan less that of the base, shape (1, worlds, years)."""
    return np.asarray(mine.of([key])[0] - base.of([key])[0])


def _without(plan: str, kind: str) -> PerReached:
    return PerReached(plan, kind, *[float("nan")] * 3)
