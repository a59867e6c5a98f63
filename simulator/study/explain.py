"""The change from one plan to another split over its causes, whatever the order they are thought of, adding up exactly.

The part of a cause is its Shapley value (`explaining.shapley`): what it adds to a mix of the other causes, averaged
over all orders in which they can be put in. Every mix is served with the same contacts in the same worlds.
Counts are whole numbers and weights fractions, so parts add up to the difference exactly; documents hold numbers on a
grid of powers of two, where they still do. Knows nothing of which keys a cause holds, and nothing of words.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from simulator.scenario.model import Scenario
from simulator.service.engines import ENGINES
from simulator.service.keys import KEY_COLUMNS, Key
from simulator.service.measures import Yardstick
from simulator.service.planning import make_plan
from simulator.study.estimates import Estimate, Estimates, rounded
from simulator.study.explaining.causes import Cause, Joined, causes, mixes, named_causes
from simulator.study.explaining.shapley import marginal, on_grid, shapley, shapley_of_years
from simulator.study.layers import Floats, by_world, expected_years, layers
from simulator.study.provenance import manifest, profile_data
from simulator.study.replicate import Progress, replicate
from simulator.study.watched import Precision, watched
from simulator.study.worlds.world import Worlds

FIGURES = (
    Key("persons_reached"),
    Key("unanswered"),
    Key("answered", "chat"),
    Key("answered", "phone"),
    Key("cost_nok"),
)
"""Explained where nothing else is asked for, as far as every mix has them."""
YEARS_OF_EACH = 2
"""Simulated years of each world unless another number is asked for: parts are differences on the same contacts, whose
noise is small, and every cause doubles the work."""
_WHOLE_NOK = 100
_LARGEST_WHOLE = 2**53
"""Whole numbers below this are the same for every reader of JSON."""


@dataclass(frozen=True)
class Part:
    """What one cause adds.

    Attributes
    ----------
    cause
        Its name (`Cause.name`).
    exact
        The mean over worlds; parts add up to the total exactly.
    change
        The same with its intervals; ``mean`` is on the grid of the document.
    alone, last
        What the cause adds when it is the only one, and when all others are in place.
    lowest, highest
        The least and the most it adds to any mix of the others.
    """

    cause: str
    exact: Fraction
    change: Estimate
    alone: float
    last: float
    lowest: float
    highest: float

    def as_json(self, exact: bool) -> dict[str, Any]:
        """Plain data; ``mean`` and the exact fraction, where it is wanted, are not rounded, so that parts add up."""
        around = {name: rounded(getattr(self, name)) for name in ("alone", "last", "lowest", "highest")}
        fraction = _fraction_json(self.exact if exact else None)
        return {"cause": self.cause, **fraction, **_estimate_json(self.change), **around}


@dataclass(frozen=True)
class Explained:
    """One figure: base, plan, the difference, and its parts.

    Attributes
    ----------
    key
        Which figure.
    base, plan
        Means over worlds, on the grid of the document; plan less base is the total's ``mean``.
    exact
        The difference, exact.
    total
        The difference with its intervals.
    parts
        Of each cause, in order.
    """

    key: Key
    base: float
    plan: float
    exact: Fraction
    total: Estimate
    parts: tuple[Part, ...]

    def as_json(self) -> dict[str, Any]:
        """One entry of ``figures`` of ``simulator explain --json``."""
        exact = all(map(_is_held, (self.exact, *(each.exact for each in self.parts))))
        return {
            **{name: getattr(self.key, name) for name in KEY_COLUMNS},
            "base": self.base,
            "plan": self.plan,
            "difference": {**_fraction_json(self.exact if exact else None), **_estimate_json(self.total)},
            "parts": [each.as_json(exact) for each in self.parts],
            "unit": self.total.unit,
        }


@dataclass(frozen=True)
class Explanation:
    """Why a plan differs from a base.

    Attributes
    ----------
    base, plan
        Names and titles.
    causes
        In order.
    joined
        Causes that could not be parted, and why.
    figures
        Of each figure its parts.
    worlds, replications
        How many, and years of each.
    manifests
        Of base and plan.
    """

    base: tuple[str, str]
    plan: tuple[str, str]
    causes: tuple[Cause, ...]
    joined: tuple[Joined, ...]
    figures: tuple[Explained, ...]
    worlds: int
    replications: int
    manifests: Mapping[str, Mapping[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """The document of ``simulator explain --json``."""
        return {
            "base": {"name": self.base[0], "title": self.base[1]},
            "plan": {"name": self.plan[0], "title": self.plan[1]},
            "causes": [{"cause": each.name, "keys": list(each.keys)} for each in self.causes],
            "joined": [
                {"causes": list(each.names), "refused_mix": list(each.mix), "because": each.problem.text("en")}
                for each in self.joined
            ],
            "worlds": self.worlds,
            "replications": self.replications,
            "figures": [each.as_json() for each in self.figures],
            "manifests": {name: dict(each) for name, each in self.manifests.items()},
        }


def explain(
    base: Scenario,
    plan: Scenario,
    figures: Sequence[str] = (),
    replications: int = YEARS_OF_EACH,
    seed: int = 1,
    progress: Progress | None = None,
    workers: int | None = None,
    *,
    overrides: Sequence[str] | None = None,
    worlds: Worlds | None = None,
) -> Explanation:
    """Split the change from a base to a plan over its causes.

    Parameters
    ----------
    base, plan
        The scenarios.
    figures
        Names such as ``persons_reached`` or ``answered/chat``; empty for `FIGURES`.
    replications
        Simulated years (of each world) of every mix.
    overrides
        The plan is the base with these named overrides, and each of them is a cause; None: causes are groups of keys.
    worlds
        Plausible worlds; None: the scenarios as they stand.
    seed, progress, workers
        As in `simulator.study.run.run`.

    Raises
    ------
    CausesError
        If there is nothing to explain, or there are too many causes.
    ScenarioError
        If overrides clash.
    PrecisionError
        If a figure that is asked for is not in every mix.
    """
    found = causes(base, plan) if overrides is None else named_causes(base, overrides)
    made = mixes(base, found, plan)
    readers = [Yardstick(each, make_plan(each)) for each in made.scenarios]
    keys = _keys(readers, figures)
    units = dict(zip(readers[-1].keys, readers[-1].units, strict=True))
    each = replications if worlds is not None else 0
    years = [
        _years(scenario, keys, (replications, each), seed, _part(progress, done, len(made.scenarios)), workers, worlds)
        for done, scenario in enumerate(made.scenarios)
    ]
    values = [_values([(top[row], bottom[row]) for top, bottom in years], units[key]) for row, key in enumerate(keys)]
    explained = [_explained(key, units[key], value, made.causes) for key, value in zip(keys, values, strict=True)]
    ends = {"base": made.scenarios[0], "plan": made.scenarios[-1]}
    return Explanation(
        base=(base.name, base.title),
        plan=(plan.name, plan.title),
        causes=made.causes,
        joined=made.joined,
        figures=tuple(each for each in explained if each is not None),
        worlds=1 if worlds is None else len(worlds),
        replications=replications,
        manifests={
            name: manifest(mix, seed, replications, ENGINES[0], profile_data(mix), worlds) for name, mix in ends.items()
        },
    )


def _part(progress: Progress | None, done: int, mixes: int) -> Progress | None:
    if progress is None:
        return None
    return lambda year, years, width: progress(done * years + year, mixes * years, width)


def _keys(readers: Sequence[Yardstick], figures: Sequence[str]) -> tuple[Key, ...]:
    """The figures to be explained, out of those that every mix has."""
    shared = set.intersection(*(set(each.keys) for each in readers))
    known = [key for key in readers[0].keys if key in shared]
    if figures:
        return watched(Precision(0.5, tuple(figures)), known)
    return tuple(key for key in FIGURES if key in shared)


def _years(
    scenario: Scenario,
    keys: Sequence[Key],
    counts: tuple[int, int],
    seed: int,
    progress: Progress | None,
    workers: int | None,
    worlds: Worlds | None,
) -> tuple[Floats, Floats]:
    """Tops and bottoms of some figures in every year of a mix; both of shape (figures, worlds, years of each)."""
    replications, each = counts
    with ExitStack() as stack:
        made = replicate(
            scenario, replications, seed, progress=progress, workers=workers,
            worlds=() if worlds is None else worlds.worlds,
        )  # fmt: skip
        seen = stack.enter_context(made).seen
        top, bottom = seen.of(keys)
        return by_world(top, each or seen.years), by_world(bottom, each or seen.years)


# --- one figure --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Values:
    """One figure in every mix.

    Attributes
    ----------
    exact
        Mean over worlds in each mix.
    years
        Shape (mixes, worlds, years of each): each world's expected year, and about it by how much each year moves it.
    """

    exact: tuple[Fraction, ...]
    years: Floats


def _values(mixed: Sequence[tuple[Floats, Floats]], unit: str) -> _Values | None:
    """The values of a figure in all mixes; None where no world has it in every mix.

    Parameters
    ----------
    mixed
        Tops and bottoms of each mix, both of shape (worlds, years of each).
    """
    top, bottom = (np.stack(each) for each in zip(*mixed, strict=True))
    expected = expected_years(top, bottom)
    known = ~np.isnan(expected).any(axis=0)
    if not known.any():
        return None
    top, bottom, expected = top[:, known], bottom[:, known], expected[:, known]
    with np.errstate(invalid="ignore", divide="ignore"):
        moved = (top - expected[..., np.newaxis] * bottom) / bottom.mean(axis=2)[..., np.newaxis]
    if (bottom == 1).all():  # a count: its years as they are, in whole numbers
        count = top.shape[1] * top.shape[2]
        exact = [sum((_whole(each, unit) for each in mix.ravel()), Fraction(0)) / count for mix in top]
        return _Values(tuple(exact), top)
    exact = [sum(map(Fraction, map(float, mix)), Fraction(0)) / len(mix) for mix in expected]
    return _Values(tuple(exact), expected[..., np.newaxis] + moved)


def _whole(value: float, unit: str) -> Fraction:
    """A count as the whole number that it is; an amount of money in whole øre."""
    return Fraction(round(value * _WHOLE_NOK), _WHOLE_NOK) if unit.startswith("NOK") else Fraction(float(value))


def _explained(key: Key, unit: str, values: _Values | None, found: Sequence[Cause]) -> Explained | None:
    if values is None:
        return None
    count = len(found)
    exact = [shapley(values.exact, number) for number in range(count)]
    total = values.exact[-1] - values.exact[0]
    base, *written = on_grid([values.exact[0], *exact], values.exact[-1])
    years = [shapley_of_years(values.years, number) for number in range(count)]
    rows = np.stack([*years, values.years[-1] - values.years[0]])
    columns = layers(rows, np.ones_like(rows)).columns()
    named = [Key(cause.name) for cause in found]
    table = Estimates((*named, key), (unit,) * (count + 1), columns)
    parts = []
    for number, name in enumerate(named):
        adds = [float(each) for each in marginal(values.exact, number)]
        change = replace(table[name], mean=written[number])
        parts.append(Part(name.measure, exact[number], change, adds[0], adds[-1], min(adds), max(adds)))
    whole = float(sum(map(Fraction, written), Fraction(0)))
    return Explained(key, base, base + whole, total, replace(table[key], mean=whole), tuple(parts))


def _is_held(exact: Fraction) -> bool:
    """Whether every reader of JSON can hold the two numbers of a fraction: so it is with counts, seldom with ratios."""
    return max(abs(exact.numerator), exact.denominator) < _LARGEST_WHOLE


def _fraction_json(exact: Fraction | None) -> dict[str, Any]:
    numbers = (None, None) if exact is None else (exact.numerator, exact.denominator)
    return dict(zip(("numerator", "denominator"), numbers, strict=True))


def _estimate_json(each: Estimate) -> dict[str, Any]:
    around = {name: rounded(value) for name, value in vars(each).items() if name not in ("mean", "unit")}
    return {"mean": each.mean, **around}
