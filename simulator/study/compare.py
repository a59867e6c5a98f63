"""Plans compared on the same contacts: differences world by world and year by year, so that what both share cancels.

Knows which way each figure is better; nothing of files or words.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.scenario.model import Scenario
from simulator.service.engines import ENGINES
from simulator.service.keys import KEY_COLUMNS, Key
from simulator.study.estimates import Estimate, Estimates, rounded
from simulator.study.layers import Floats, by_world, expected_years, layers, paired_layers, share_better
from simulator.study.observations import Observations
from simulator.study.provenance import manifest, profile_data
from simulator.study.replicate import Progress, Study, replicate
from simulator.study.worlds.world import Worlds

UP = (
    *("persons_reached", "persons_reached_share", "answered", "answered_share_of_open", "answered_share_of_offered"),
    *("answered_within_target_share", "met_open"),
)
DOWN = (
    *("unanswered", "met_closed", "abandoned", "balked", "blocked", "turned_away_at_closing", "wait_mean_min"),
    *("wait_median_min", "wait_p90_min", "response_time_mean_h", "overtime_hours", "cost_nok"),
)
"""Figures of which more, or less, is better; of the others neither is."""


@dataclass(frozen=True)
class Difference:
    """A figure of a plan less the same figure of the base.

    Attributes
    ----------
    plan, key
        Which.
    base, other
        Means over worlds of the two.
    change
        Of the difference: mean and intervals, as of any estimate.
    share_of_worlds_better
        In how many worlds the plan is the better, ties counted half; nan where neither way is, or with one world.
    """

    plan: str
    key: Key
    base: float
    other: float
    change: Estimate
    share_of_worlds_better: float

    def as_json(self) -> dict[str, Any]:
        """One entry of ``simulator compare --json``."""
        change = {name: rounded(value) for name, value in vars(self.change).items() if name != "unit"}
        return {
            "plan": self.plan,
            **{name: getattr(self.key, name) for name in KEY_COLUMNS},
            "base": rounded(self.base),
            "other": rounded(self.other),
            **change,
            "share_of_worlds_better": rounded(self.share_of_worlds_better),
            "unit": self.change.unit,
        }


@dataclass(frozen=True)
class Comparison:
    """Some plans beside a base, on the same contacts.

    Attributes
    ----------
    base
        Name of the base.
    titles
        Titles of base and plans by name.
    differences
        By plan, then by figure, in the order of the long table.
    manifests
        Of base and plans by name.
    """

    base: str
    titles: dict[str, str]
    differences: tuple[Difference, ...]
    manifests: dict[str, dict[str, Any]]

    @property
    def plans(self) -> tuple[str, ...]:
        """Names of the plans, the base left out."""
        return tuple(name for name in self.titles if name != self.base)

    def get(self, plan: str, key: Key) -> Difference | None:
        """The difference of one figure, None where not both have it."""
        return next((each for each in self.differences if each.plan == plan and each.key == key), None)

    def as_json(self) -> dict[str, Any]:
        """The document of ``simulator compare --json``."""
        return {
            "base": self.base,
            "plans": list(self.plans),
            "titles": self.titles,
            "differences": [each.as_json() for each in self.differences],
            "manifests": self.manifests,
        }


class SameNameError(ValueError):
    """Two of the scenarios to be compared have one name."""


def compare(
    base: Scenario,
    others: Sequence[Scenario],
    replications: int = 4,
    seed: int = 1,
    engine: str = ENGINES[0],
    progress: Progress | None = None,
    workers: int | None = None,
    *,
    worlds: Worlds | None = None,
    dask: str | None = None,
) -> Comparison:
    """Serve the same contacts under several plans.

    Parameters
    ----------
    base, others
        The scenarios; each other one is compared with the base.
    replications
        Simulated years (of each world).
    worlds
        Plausible worlds, over which the differences then hold; None: the scenarios as they stand.
    seed, engine, progress, workers, dask
        As in `simulator.study.run.run`.

    Raises
    ------
    SameNameError
        If two scenarios have one name.
    """
    plans = [base, *others]
    names = [plan.name for plan in plans]
    if len(set(names)) < len(names):
        raise SameNameError(", ".join(sorted({name for name in names if names.count(name) > 1})))
    each = replications if worlds is not None else 1
    with ExitStack() as stack:
        studies: list[Study] = []
        for done, plan in enumerate(plans):
            told = _part(progress, done, len(plans))
            made = replicate(
                plan, replications, seed, progress=told, workers=workers, engine=engine, dask=dask,
                worlds=() if worlds is None else worlds.worlds,
            )  # fmt: skip
            studies.append(stack.enter_context(made))
        shape = each if worlds is not None else studies[0].seen.years
        differences = [
            difference
            for plan, study in zip(others, studies[1:], strict=True)
            for difference in _differences(plan.name, studies[0].seen, study.seen, shape)
        ]
    manifests = {plan.name: manifest(plan, seed, replications, engine, profile_data(plan), worlds) for plan in plans}
    return Comparison(base.name, {plan.name: plan.title for plan in plans}, tuple(differences), manifests)


def _part(progress: Progress | None, done: int, plans: int) -> Progress | None:
    if progress is None:
        return None
    return lambda year, years, width: progress(done * years + year, plans * years, width)


def _differences(plan: str, base: Observations, other: Observations, each: int) -> list[Difference]:
    """All figures that both have, less the base's."""
    known = set(other.keys)
    shared = [key for key in base.keys if key in known]
    units = dict(zip(base.keys, base.units, strict=True))
    found: list[Difference] = []
    for first in range(0, len(shared), _TOGETHER):
        keys = shared[first : first + _TOGETHER]
        mine = [by_world(years, each) for years in other.of(keys)]
        theirs = [by_world(years, each) for years in base.of(keys)]
        found += _of_block(plan, keys, units, mine, theirs)
    return found


_TOGETHER = 256
"""Figures that are compared together: a matter of memory."""


def _of_block(
    plan: str, keys: Sequence[Key], units: dict[Key, str], mine: Sequence[Floats], theirs: Sequence[Floats]
) -> list[Difference]:
    changes = Estimates(
        tuple(keys), tuple(units[key] for key in keys), paired_layers(*mine, *theirs).columns()
    )  # fmt: skip
    means = [layers(*years).mean for years in (theirs, mine)]
    apart = expected_years(*mine) - expected_years(*theirs)
    sign = np.array([_sign(key.measure) for key in keys])
    better = share_better(apart * sign[:, np.newaxis]).share
    better = np.where((sign != 0) & (apart.shape[1] > 1), better, np.nan)
    sides = zip(keys, *means, better, strict=True)
    return [Difference(plan, key, float(a), float(b), changes[key], float(share)) for key, a, b, share in sides]


def _sign(measure: str) -> float:
    return 1.0 if measure in UP else -1.0 if measure in DOWN else 0.0
