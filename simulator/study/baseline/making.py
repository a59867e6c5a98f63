"""Making a baseline: the shipped scenarios simulated by a recipe, the ties, and all that both rest on."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from simulator.scenario import fingerprint, load
from simulator.scenario.calendar import Calendar
from simulator.scenario.model import Scenario
from simulator.scenario.places import shipped_folder
from simulator.service.engines import ENGINES
from simulator.service.ledger import ANSWERED, Ledger
from simulator.service.plan import Plan
from simulator.study.baseline.contents import (
    ONE_WORLD,
    OVER_WORLDS,
    TIME_COLUMNS,
    TRACE_COLUMNS,
    Baseline,
    Cut,
    Day,
    Entry,
    Figure,
    Ints,
    Recipe,
    Trace,
)
from simulator.study.baseline.crowd import CROWDS, crowd_served
from simulator.study.baseline.digests import (
    DIGITS_OF_DAY,
    contacts_by_day,
    contacts_digest,
    day_edges,
    digest,
    ledger_by_day,
    ledger_digest,
)
from simulator.study.baseline.figures import cuts_of, figure_of, is_whole, name_of
from simulator.study.baseline.first_difference import first_difference
from simulator.study.baseline.inputs import inputs
from simulator.study.baseline.ties import ties
from simulator.study.estimates import Result
from simulator.study.provenance import PROSE, profile_data
from simulator.study.replicate import simulate
from simulator.study.run import run
from simulator.study.workers import spread
from simulator.study.worlds import shipped_worlds
from simulator.study.worlds.world import speak_of

Told = Callable[[int, int, float | None], None]
Ties = Mapping[str, Mapping[str, Trace]]
"""Tie -> engine -> what it makes of it."""


@dataclass(frozen=True)
class Made:
    """What the running program gives.

    Attributes
    ----------
    baseline
        With what the first engine makes of every tie.
    served
        What each engine makes of every tie.
    """

    baseline: Baseline
    served: Ties

    @property
    def disputed(self) -> tuple[str, ...]:
        """Ties of which the engines make different things."""
        return tuple(name for name, traces in self.served.items() if _unlike(*traces.values()))


def _unlike(first: Trace, *others: Trace) -> bool:
    return any(first_difference(first, each) is not None for each in others)


def shipped() -> tuple[str, ...]:
    """Names of the shipped scenarios."""
    return tuple(sorted(path.stem for path in shipped_folder().glob("*.yaml")))


def make(
    scenarios: Sequence[Scenario], recipe: Recipe, workers: int | None = None, progress: Told | None = None
) -> Made:
    """The baseline that the running program gives.

    Parameters
    ----------
    scenarios
        Which.
    recipe
        How.
    workers
        How many scenarios at the same time; None for one per core. It moves nothing.
    progress
        Told after each scenario how many are made.
    """
    entries: dict[str, Entry] = {}
    if progress is not None:
        progress(0, len(scenarios), None)
    with closing(spread(partial(make_entry, recipe=recipe), scenarios, workers)) as made:
        for entry in made:
            entries[entry.name] = entry
            if progress is not None:
                progress(len(entries), len(scenarios), None)
    served = make_ties(recipe)
    alone = {name: traces[ENGINES[0]] for name, traces in served.items()}
    return Made(Baseline(recipe.as_json(), inputs(), entries, alone), served)


def load_shipped(names: Sequence[str] = ()) -> list[Scenario]:
    """Scenarios by name or file, all shipped ones where none is named.

    Raises
    ------
    ScenarioError
        If one cannot be read.
    """
    return [load(name) for name in names] if names else [load(shipped_folder() / f"{name}.yaml") for name in shipped()]


# --- one scenario --------------------------------------------------------------------------------------------------


def make_entry(scenario: Scenario, recipe: Recipe) -> Entry:
    """What a baseline holds of one scenario."""
    year = simulate(scenario, recipe.seed, 0, recipe.engine)
    calendar, plan, ledger, contacts = Calendar.of(scenario), year.plan, year.ledger, year.contacts
    tables, cuts, week_hours = _figures(scenario, recipe)
    day = calendar.day_of(ledger.at_ms)
    days = int(max(day.max(initial=0), (calendar.last_day - calendar.first_day).days)) + 1
    edges, first = day_edges(day, days), day_edges(calendar.day_of(contacts.arrival_ms), days)
    rows = [contacts_by_day(contacts, first), ledger_by_day(ledger, edges)]
    counts = [np.diff(edges).tolist(), np.diff(_before(ledger, edges)).tolist()]
    dates = (str(np.datetime64(calendar.first_day) + offset) for offset in range(days))
    return Entry(
        name=scenario.name,
        fingerprint=fingerprint(scenario, profile_data(scenario)),
        model=scenario.model_dump(mode="json", exclude=set(PROSE)),
        contacts=contacts_digest(contacts),
        ledger=ledger_digest(ledger),
        days=tuple(Day(*each) for each in zip(dates, *rows, *counts, strict=True)),
        trace=trace_of(plan, ledger, int(edges[min(recipe.trace_days, days)])),
        tables=tables,
        cuts=cuts,
        week_hours=week_hours,
    )


def _before(ledger: Ledger, edges: Ints) -> Ints:
    """How many attempts before each edge were answered."""
    answered = np.concatenate([[0], np.cumsum(ledger.fate == ANSWERED)])
    return np.asarray(answered[edges], np.int64)


def trace_of(plan: Plan, ledger: Ledger, attempts: int | None = None) -> Trace:
    """The first attempts of a ledger, or all of them."""
    rows = np.column_stack([getattr(ledger, name)[:attempts].astype(np.int64) for name in TRACE_COLUMNS])
    times_ms = np.column_stack([getattr(ledger, name).astype(np.int64) for name in TIME_COLUMNS])
    sites = tuple(site.name for site in plan.sites)
    people = tuple(each.name for each in plan.counsellors)
    return Trace(rows, times_ms, sites, people, plan.epoch_ms, plan.timezone)


Tables = dict[str, dict[str, Figure]]


def _figures(scenario: Scenario, recipe: Recipe) -> tuple[Tables, dict[str, Cut], dict[str, str]]:
    """Figures of the whole year in the default world and over the first worlds, and the cuts of the former."""
    settings: dict[str, Any] = {"seed": recipe.seed, "engine": recipe.engine, "workers": 1}
    alone = run(scenario, recipe.years, **settings)
    tables = {ONE_WORLD: _whole(alone)}
    worlds = shipped_worlds().first(recipe.worlds)
    if recipe.worlds and speak_of(scenario, worlds):
        tables[OVER_WORLDS] = _whole(run(scenario, recipe.years_each, worlds=worlds, **settings))
    cuts, week_hours = cuts_of(alone.measures)
    return tables, cuts, {name: digest([repr(each).encode()], DIGITS_OF_DAY) for name, each in week_hours.items()}


def _whole(result: Result) -> dict[str, Figure]:
    measures = result.measures
    return {name_of(key): figure_of(measures[key]) for key in measures if is_whole(key)}


# --- ties ----------------------------------------------------------------------------------------------------------


def make_ties(recipe: Recipe) -> dict[str, dict[str, Trace]]:
    """What each engine makes of every tie and crowd."""
    return {name: {engine: trace_of(*served(serve)) for engine, serve in _engines()} for name, served in _tied(recipe)}


def _tied(recipe: Recipe) -> Iterator[tuple[str, Callable[[Any], tuple[Plan, Ledger]]]]:
    for tie in ties():
        yield tie.name, tie.served
    for name in CROWDS:
        yield name, partial(crowd_served, name, recipe.seed)


def _engines() -> tuple[tuple[str, Any], ...]:
    from simulator.service import compiled, reference

    return tuple(zip(ENGINES, (compiled.serve, reference.serve), strict=True))
