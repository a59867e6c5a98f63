"""A study as it will be run: its scenario, what is varied, its points and figures, all of it checked beforehand.

Everything that is wrong is gathered before anything is refused: in the study file, in the scenarios it names, and in
what its points make of them. Nothing is simulated here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

import numpy as np

from simulator.demand import hourly_rates
from simulator.scenario import CHANNELS, Calendar, Problem, Scenario, ScenarioError, load
from simulator.scenario.overrides import Override
from simulator.scenario.places import as_typed, find, find_base, names_like
from simulator.scenario.points import applied, beside
from simulator.scenario.problems import in_order, nearest, problem_at
from simulator.scenario.yaml_reader import Reading, read_file, read_mapping
from simulator.service.keys import ALL, Key
from simulator.service.measures import Yardstick
from simulator.service.planning import make_plan
from simulator.study.sweep.factors import Factor, Floats
from simulator.study.sweep.points import MOST_POINTS, coordinates, count_of
from simulator.study.sweep.reading import FactorReader
from simulator.study.sweep.told import told
from simulator.study.sweep.written import SAMPLES, StudyFile, parsed
from simulator.study.watched import name_of
from simulator.study.worlds.world import shipped_worlds

MOST_PROBLEMS = 40
"""Errors of points that are told at once: whoever has put these right sees the next."""
MOST_SHOWN_APART = 10
"""Values of one factor of which each is looked at; of more, the first and the last."""
COLUMNS = (
    *("point", "measure", "channel", "site", "mean", "low", "high", "year_low", "year_high", "noise", "median"),
    *("share_worlds", "share_years", "share_noise", "difference", "difference_low", "difference_high"),
    *("difference_noise", "share_of_worlds_better", "unit"),
)
"""Columns of the tidy table beside those of the factors, whose names no factor may have."""

Told = Callable[[int, int, float | None], None]
"""Told of (points looked at, points in all, nothing)."""


@dataclass(frozen=True)
class Plan:
    """A study, ready to run.

    Attributes
    ----------
    name, title, why
        Of the study.
    scenario
        What is varied.
    against
        What every point is held against, on the same contacts; None: nothing.
    factors
        What is varied, in the order of the file.
    design, drawn
        How points are laid, and how many are drawn where they are.
    measures, units
        The figures, the most important first, and their units.
    worlds
        ``all``, ``one``, or how many of the shipped ones.
    replications
        Years of each point (and world); None for the usual number.
    seed
        Of the years and of the points that are drawn.
    """

    name: str
    title: str
    why: str
    scenario: Scenario
    against: Scenario | None
    factors: tuple[Factor, ...]
    design: str
    drawn: int | None
    measures: tuple[Key, ...]
    units: tuple[str, ...]
    worlds: str | int
    replications: int | None
    seed: int

    @cached_property
    def points(self) -> Floats:
        """Coordinates, shape (points, factors)."""
        return coordinates(self.design, self.factors, self.drawn, self.seed)

    def __len__(self) -> int:
        return len(self.points)

    def overrides(self, point: int) -> tuple[Override, ...]:
        """What a point does to the scenario."""
        row = self.points[point]
        return tuple(each for factor, at in zip(self.factors, row, strict=True) for each in factor.overrides(at))

    def scenario_at(self, point: int) -> Scenario:
        """The scenario of a point.

        Raises
        ------
        ScenarioError
            If there is none; `read_study` has made sure that there is.
        """
        found, problems = applied(self.scenario, self.overrides(point))
        if found is None or problems:
            raise ScenarioError(problems)
        return found

    def one_of_each(self) -> list[int]:
        """Points that together show every value of every factor, or both ends of what is drawn; each once."""
        firsts = [np.unique(column, return_index=True)[1] for column in self.points.T]
        ends = [first if len(first) <= MOST_SHOWN_APART else first[[0, -1]] for first in firsts]
        return sorted({int(point) for each in ends for point in each})

    def labels(self, point: int) -> tuple[str, ...]:
        """The values of a point as text, one for each factor."""
        return tuple(factor.label(at) for factor, at in zip(self.factors, self.points[point], strict=True))

    def numbers(self, point: int) -> tuple[float | None, ...]:
        """The values of a point as numbers, None where one is none."""
        return tuple(factor.number(at) for factor, at in zip(self.factors, self.points[point], strict=True))


def read_study(
    source: str | FilePath | Mapping[str, Any],
    checking: Told = lambda *_: None,
    *,
    replications: int | None = None,
    seed: int | None = None,
) -> Plan:
    """A study, checked: every point of it makes a scenario that can be run.

    Parameters
    ----------
    source
        Path of a study file, or a mapping as in one.
    checking
        Told while points are looked at.
    replications, seed
        Instead of the file's, where they are given.

    Raises
    ------
    ScenarioError
        With all that is wrong, of points at most `MOST_PROBLEMS`.
    """
    reading, name, folder = _read(source)
    if reading.tree is None:
        raise ScenarioError(reading.problems)
    study = parsed(reading.tree)
    if isinstance(study, list):
        raise ScenarioError([*reading.problems, *told(reading.tree, reading.positions, study)])
    said = {"replications": replications, "seed": seed}
    asked = study.model_copy(update={key: value for key, value in said.items() if value is not None})
    return _Maker(reading, name, folder, asked).plan(checking)


def _read(source: str | FilePath | Mapping[str, Any]) -> tuple[Reading, str, FilePath]:
    if isinstance(source, Mapping):
        return read_mapping(source, "<study>"), "study", FilePath()
    path = next((each for each in (FilePath(source), FilePath(f"{source}.yaml")) if _is_file(each)), None)
    if path is None:
        raise ScenarioError([Problem(str(source), 0, 0, "", "sweep.problem.no_such_study")])
    return read_file(path, str(path)), path.stem, path.parent


def _is_file(path: FilePath) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name the system cannot hold
        return False


class _Maker:
    """Makes one plan of one file, gathering what is wrong on the way."""

    def __init__(self, reading: Reading, name: str, folder: FilePath, study: StudyFile) -> None:
        self._positions, self._study, self._name, self._folder = reading.positions, study, name, folder
        self._problems = list(reading.problems)

    def plan(self, checking: Told) -> Plan:
        """The plan.

        Raises
        ------
        ScenarioError
            With all that is wrong.
        """
        study = self._study
        scenario = self._loaded("scenario", study.scenario, study.with_)
        against = self._loaded("against", study.against) if study.against is not None else None
        self._check_design()
        self._check_worlds()
        self._stop_at_problems(scenario)
        assert scenario is not None
        readers = [FactorReader(name, entry, self._positions, scenario) for name, entry in study.vary.items()]
        factors = tuple(factor for reader in readers if (factor := reader.factor()) is not None)
        self._problems += [problem for reader in readers for problem in reader.problems]
        self._check_factors(factors)
        self._stop_at_problems(scenario)
        self._try_alternatives(scenario, factors)
        self._stop_at_problems(scenario)
        measures, units = self._measures(scenario)
        plan = Plan(
            self._name, study.title, study.why, scenario, against, factors, study.design, study.points,
            measures, units, study.worlds, study.replications, study.seed,
        )  # fmt: skip
        self._try_points(plan, checking)
        self._stop_at_problems(scenario)
        return plan

    def _stop_at_problems(self, scenario: Scenario | None) -> None:
        if self._problems or scenario is None:
            found = in_order(self._problems)
            raise ScenarioError(found[:MOST_PROBLEMS])

    # --- scenarios ----------------------------------------------------------------------------------------------

    def _loaded(self, key: str, name: str, with_: Sequence[str] = ()) -> Scenario | None:
        path = find_base(name, self._folder) or find(name)
        if path is None:
            near = nearest(FilePath(name).stem, names_like(FilePath(name).stem))
            self._tell((key,), "sweep.problem.no_such_scenario", found=name, nearest=near)
            return None
        try:
            loaded = load(as_typed(path), tuple(with_))
            _look_at_demand(loaded)
        except ScenarioError as wrong:
            self._problems += wrong.problems
            return None
        file = self._positions[()].key.file if () in self._positions else ""
        return beside(loaded, {file: self._folder})

    def _tell(self, path: tuple[str | int, ...], word: str, at_key: bool = False, **values: Any) -> None:
        self._problems.append(problem_at(self._positions, path, word, at_key=at_key, **values))

    # --- factors and design -------------------------------------------------------------------------------------

    def _check_design(self) -> None:
        study = self._study
        is_drawn = study.design in SAMPLES
        if is_drawn and study.points is None:
            self._tell(("design",), "sweep.problem.how_many_points", found=study.design)
        if not is_drawn and study.points is not None:
            self._tell(("points",), "sweep.problem.points_not_drawn", at_key=True, found=study.design)

    def _check_worlds(self) -> None:
        wanted = self._study.worlds
        if isinstance(wanted, int) and wanted > (most := len(shipped_worlds())):
            self._tell(("worlds",), "sweep.problem.too_many_worlds", limit=most)

    def _check_factors(self, factors: Sequence[Factor]) -> None:
        for name in self._study.vary:
            if name in COLUMNS:
                self._tell(("vary", name), "sweep.problem.reserved", at_key=True, found=name)
        for factor in factors:
            if self._study.design == "grid" and factor.span is not None:
                self._tell(("vary", factor.name), "sweep.problem.range_in_grid", at_key=True)
        count = count_of(self._study.design, factors, self._study.points)
        if count > MOST_POINTS:
            at = ("points",) if self._study.points else ("vary",)
            self._tell(at, "sweep.problem.too_many_points", at_key=True, found=count, limit=MOST_POINTS)

    # --- points -------------------------------------------------------------------------------------------------

    def _try_alternatives(self, scenario: Scenario, factors: Sequence[Factor]) -> None:
        """Each value alone: most of what is wrong with points is wrong with one of their values."""
        for factor in factors:
            ends = [factor.span.low, factor.span.high] if factor.span else range(len(factor.alternatives))
            for at in ends:
                self._try(scenario, factor.overrides(float(at)))

    def _try_points(self, plan: Plan, checking: Told) -> None:
        """All points, until there is enough to put right."""
        for point in range(len(plan)):
            self._try(plan.scenario, plan.overrides(point), look=False)
            checking(point + 1, len(plan), None)
            if len(self._problems) >= MOST_PROBLEMS:
                return

    def _try(self, scenario: Scenario, overrides: Sequence[Override], look: bool = True) -> None:
        found, problems = applied(scenario, overrides)
        self._problems += problems
        if look and found is not None and not problems and any("demand" in each.changes for each in overrides):
            try:
                _look_at_demand(found)
            except ScenarioError as wrong:
                self._problems += wrong.problems

    # --- figures ------------------------------------------------------------------------------------------------

    def _measures(self, scenario: Scenario) -> tuple[tuple[Key, ...], tuple[str, ...]]:
        yardstick = Yardstick(scenario, make_plan(scenario))
        whole = {
            name_of(key): (key, unit)
            for key, unit in zip(yardstick.keys, yardstick.units, strict=True)
            if (key.hour, key.weekday, key.month) == (ALL, ALL, ALL)
        }
        found: dict[Key, str] = {}
        for index, typed in enumerate(self._study.measures):
            name = _named(typed)
            if name in whole:
                found |= [whole[name]]
                continue
            near = nearest(name, whole) or nearest(name.partition("/")[0], whole)
            self._tell(("measures", index), "sweep.problem.no_such_measure", found=typed, nearest=near)
        return tuple(found), tuple(found.values())


def _named(typed: str) -> str:
    """A figure's name as `watched.name_of` writes it; in a study file a blank may part measure and channel."""
    parts = typed.split("/") if "/" in typed else typed.split(maxsplit=1)
    while len(parts) > 1 and parts[-1].strip() == ALL:
        parts.pop()
    return "/".join(part.strip() for part in parts)


def _look_at_demand(scenario: Scenario) -> None:
    """Read the profiles of a scenario, so that what is wrong with them is said before a year is simulated."""
    calendar = Calendar.of(scenario)
    for channel in CHANNELS:
        hourly_rates(scenario, channel, calendar)
