"""Plans compared on the same contacts: differences world by world and year by year, so that what both share cancels.

Beside the figures stands what became of each person, and what that may mean. Knows which way each figure is better;
nothing of files or words.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, isfinite
from typing import Any

import numpy as np

from simulator.scenario.model import Scenario
from simulator.service.engines import ENGINES
from simulator.service.keys import KEY_COLUMNS, Key
from simulator.service.measures import Yardstick
from simulator.service.planning import make_plan
from simulator.study.comparing.consequences import Consequence, consequences
from simulator.study.comparing.pair_table import PairTable, pair_table
from simulator.study.comparing.paired_precision import until_precise, watched_of_all
from simulator.study.comparing.pairing import Paired, PairedYears, Part
from simulator.study.comparing.per_reached import PerReached, per_reached
from simulator.study.estimates import Estimate, Estimates, rounded
from simulator.study.layers import Floats, Layers, expected_years, layers, paired_layers, share_better
from simulator.study.precision import Reached
from simulator.study.provenance import manifest, profile_data
from simulator.study.replicate import Progress
from simulator.study.watched import Precision, name_of
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
        The figure under the two: means over worlds.
    base_ends, other_ends
        What is known of each by itself: 5-95 % over worlds, with one world mean -+ noise.
    change
        Of the difference: mean and intervals, as of any estimate.
    share_of_worlds_better
        In how many worlds the plan is the better, ties counted half; nan where neither way is, or with one world.
    variance_ratio
        Variance of one year's difference if the plans met different contacts, over that with the same ones, within
        worlds: (Var base + Var plan) / Var difference. Nan where the difference never varies, or with one year.
    """

    plan: str
    key: Key
    base: float
    other: float
    base_ends: tuple[float, float]
    other_ends: tuple[float, float]
    change: Estimate
    share_of_worlds_better: float
    variance_ratio: float

    def as_json(self) -> dict[str, Any]:
        """One entry of ``simulator compare --json``; means with all their digits, so that they add up."""
        change = {name: rounded(value) for name, value in vars(self.change).items() if name not in ("unit", "mean")}
        return {
            "plan": self.plan,
            **{name: getattr(self.key, name) for name in KEY_COLUMNS},
            "base": _plain(self.base),
            "other": _plain(self.other),
            "mean": _plain(self.change.mean),
            **change,
            "share_of_worlds_better": rounded(self.share_of_worlds_better),
            "variance_ratio": rounded(self.variance_ratio),
            "unit": self.change.unit,
        }


def _plain(value: float) -> float | None:
    return float(value) + 0.0 if isfinite(value) else None  # + 0.0: no minus before a zero


@dataclass(frozen=True)
class Saving:
    """What pairing saves: years, for one figure of one plan.

    Attributes
    ----------
    plan, key
        Which.
    variance_ratio
        See `Difference`.
    years, years_unpaired
        Simulated years of each plan, and how many it would take to know the difference as well from different
        contacts; nan where that cannot be told.
    """

    plan: str
    key: Key
    variance_ratio: float
    years: int
    years_unpaired: float

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        numbers = {name: rounded(getattr(self, name)) for name in ("variance_ratio", "years_unpaired")}
        return {"plan": self.plan, "figure": name_of(self.key), "years": self.years, **numbers}


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
    contacts
        Of each plan: who was reached under both, gained and lost.
    consequences
        Of each plan: what may lie behind the chats gained and lost.
    savings
        Of each plan: what pairing saves.
    per_reached
        Of each plan: kroner for one more person reached.
    sites
        Names of the sites by key.
    precision
        What became of it, where one was asked for.
    """

    base: str
    titles: dict[str, str]
    differences: tuple[Difference, ...]
    manifests: dict[str, dict[str, Any]]
    contacts: tuple[PairTable, ...]
    consequences: tuple[Consequence, ...]
    savings: tuple[Saving, ...]
    per_reached: tuple[PerReached, ...]
    sites: dict[str, str]
    precision: Reached | None = None

    @property
    def plans(self) -> tuple[str, ...]:
        """Names of the plans, the base left out."""
        return tuple(name for name in self.titles if name != self.base)

    def get(self, plan: str, key: Key) -> Difference | None:
        """The difference of one figure, None where not both have it."""
        return self._places.get((plan, key))

    @cached_property
    def _places(self) -> Mapping[tuple[str, Key], Difference]:
        return {(each.plan, each.key): each for each in self.differences}

    def as_json(self) -> dict[str, Any]:
        """The document of ``simulator compare --json``."""
        tables = [each.as_json() for each in self.contacts]
        return {
            "base": self.base,
            "plans": list(self.plans),
            "titles": self.titles,
            "differences": [each.as_json() for each in self.differences],
            "contacts": tables[0],
            "contacts_by_plan": tables,
            "consequences": [each.as_json() for each in self.consequences],
            "pairing": [each.as_json() for each in self.savings],
            "cost_per_reached": [each.as_json() for each in self.per_reached],
            "precision": None if self.precision is None else _precision_json(self.precision),
            "manifests": self.manifests,
        }


def _precision_json(reached: Reached) -> dict[str, Any]:
    width = rounded(reached.width) if isfinite(reached.width) else None
    return {"asked": reached.wanted, "of": list(reached.of), "reached": width, "met": reached.met}


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
    precision: Precision | None = None,
) -> Comparison:
    """Serve the same contacts under several plans.

    Parameters
    ----------
    base, others
        The scenarios; each other one, at least one, is compared with the base. Of two with one name the second is
        called ``name (2)``.
    replications
        Simulated years (of each world); with a precision the most of them.
    worlds
        Plausible worlds, over which the differences then hold; None: the scenarios as they stand.
    precision
        Simulate until the differences of these figures (persons reached, unless said) are known so well.
    seed, engine, progress, workers, dask
        As in `simulator.study.run.run`.

    Raises
    ------
    ValueError
        If there is no other scenario, the engine is unknown or there is not at least one replication.
    PrecisionError, ClusterError
        See `simulator.study.replicate.replicate`.
    """
    if not others or replications < 1:
        raise ValueError("at least one other scenario, and one replication")
    plans = [base, *others]
    names = distinct([plan.name for plan in plans])
    shared = () if worlds is None else worlds.worlds
    question = Paired(base, engine, seed, Yardstick, worlds=shared, each=replications, others=tuple(others))
    with PairedYears(question, workers, dask) as years:
        told = _of_plans(progress, len(plans))
        reached = None
        if precision is None:
            years.add(replications, told)
        else:
            keys = watched_of_all(precision, [Yardstick(plan, make_plan(plan)).keys for plan in plans])
            reached = until_precise(years, precision, keys, replications, told)
        found = _found(names, years, reached)
    made = {
        name: manifest(plan, seed, years.each, engine, profile_data(plan), worlds)
        for name, plan in zip(names, plans, strict=True)
    }
    titles = distinct([plan.title for plan in plans])
    sites = {key: site.name or key for plan in reversed(plans) for key, site in plan.sites.items()}
    return Comparison(names[0], dict(zip(names, titles, strict=True)), manifests=made, sites=sites, **found)


def distinct(names: Sequence[str]) -> list[str]:
    """The names, each once: the second of a kind is called ``name (2)``."""
    made: list[str] = []
    for name in names:
        number, called = 1, name
        while called in made:
            number += 1
            called = f"{name} ({number})"
        made.append(called)
    return made


def _of_plans(progress: Progress | None, plans: int) -> Progress | None:
    """Years of a pair told as years of every plan."""
    if progress is None:
        return None
    return lambda year, years, width: progress(year * plans, years * plans, width)


def _found(names: Sequence[str], years: PairedYears, reached: Reached | None) -> dict[str, Any]:
    """All that is read off the years."""
    base, plans = years.base, dict(zip(names[1:], years.plans, strict=True))
    differences = [each for name, plan in plans.items() for each in _differences(name, base, plan)]
    tables = [pair_table(name, part, years.sites) for name, part in zip(plans, years.pairs, strict=True)]
    simulated = years.each * years.worlds
    watched = ("persons_reached",) if reached is None else reached.of
    return {
        "differences": tuple(differences),
        "contacts": tuple(tables),
        "consequences": consequences(tables),
        "savings": tuple(_saving(each, simulated) for each in differences if _is_watched(each.key, watched)),
        "per_reached": tuple(per_reached(name, plan, base) for name, plan in plans.items()),
        "precision": reached,
    }


def _is_watched(key: Key, names: Sequence[str]) -> bool:
    return name_of(key) in names and key == Key(key.measure, key.channel, key.site)


def _saving(each: Difference, years: int) -> Saving:
    unpaired = years * each.variance_ratio
    return Saving(each.plan, each.key, each.variance_ratio, years, ceil(unpaired) if isfinite(unpaired) else unpaired)


_NUMBERS_AT_ONCE = 2**19
"""Of each side of some figures: 4 MB."""


def _differences(plan: str, base: Part, other: Part) -> Iterator[Difference]:
    """All figures that both have, less the base's; not those that have no value under either."""
    known = set(other.keys)
    shared = [key for key in base.keys if key in known]
    units = dict(zip(base.keys, base.units, strict=True))
    size = base.of(shared[:1])[0].size
    together = max(1, _NUMBERS_AT_ONCE // max(1, size))
    for first in range(0, len(shared), together):
        keys = shared[first : first + together]
        yield from _of_block(plan, keys, units, other.of(keys), base.of(keys))


def _of_block(
    plan: str,
    keys: Sequence[Key],
    units: Mapping[Key, str],
    mine: tuple[Floats, Floats],
    theirs: tuple[Floats, Floats],
) -> Iterator[Difference]:
    paired, before, after = paired_layers(*mine, *theirs), layers(*theirs), layers(*mine)
    changes = Estimates(tuple(keys), tuple(units[key] for key in keys), paired.columns())
    apart = expected_years(*mine) - expected_years(*theirs)
    sign = np.array([_sign(key.measure) for key in keys])
    better = share_better(apart * sign[:, np.newaxis]).share
    better = np.where((sign != 0) & (apart.shape[1] > 1), better, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = (before.world_noise + after.world_noise) / paired.world_noise
    for row, key in enumerate(keys):
        (base, base_ends), (other, other_ends) = _side(before, row), _side(after, row)
        if isfinite(base) or isfinite(other):
            varies = float(ratio[row]) if isfinite(ratio[row]) else float("nan")
            sides = base, other, base_ends, other_ends
            yield Difference(plan, key, *sides, changes[key], float(better[row]), varies)


def _side(found: Layers, row: int) -> tuple[float, tuple[float, float]]:
    return float(found.mean[row]), (float(found.low[row]), float(found.high[row]))


def _sign(measure: str) -> float:
    return 1.0 if measure in UP else -1.0 if measure in DOWN else 0.0
