"""Several plans served the same contacts, year by year: the figures of each, and the persons of each beside the base's.

One simulated year of a pair is one year of every plan, simulated one after another by the same worker, so that figures
and persons are read off the same years. Everything else about years (who simulates, in which batches) is as of any
study. Nothing here knows what the figures mean.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any

import numpy as np

from simulator.scenario.model import Scenario
from simulator.service.engines import Simulation
from simulator.service.keys import HOURS, Key
from simulator.service.measures import Yardstick, Year
from simulator.service.plan import Plan
from simulator.study.cluster import cluster
from simulator.study.comparing.pairs import AT_SITE, KINDS, Codes, Counts, Outcomes, outcomes, pair
from simulator.study.layers import by_world
from simulator.study.observations import Observations
from simulator.study.replicate import Progress
from simulator.study.workers import cores, in_order, processes, threads
from simulator.study.years import LARGEST_BATCH, Bench, Floats, Prepared, Question, Rows, batches, packed


@dataclass(frozen=True)
class Paired(Question):
    """What is asked of each year of a base and of other plans with it; ``scenario`` is the base.

    Attributes
    ----------
    others
        The other plans.
    first
        Replications of each world that come before those asked for.
    """

    others: tuple[Scenario, ...] = ()
    first: int = 0

    def place(self, year: int) -> tuple[int, int]:
        """Which of the worlds a year is of, and which replication."""
        world, replication = super().place(year)
        return world, self.first + replication

    def prepare(self, world: int = 0) -> Prepared:
        """All that does not change from year to year of a world, for every plan; errors as of `Question`."""
        plans = (self.scenario, *self.others)
        made = [Question(**{**self._common, "scenario": plan}).prepare(world) for plan in plans]
        years = _Together(tuple(each.simulation for each in made))
        return Prepared(world, self.scenario, years, PairReader([each.scenario for each in made], years))

    def read(self, scenario: Scenario, years: Simulation, world: int) -> Prepared:
        """Years of the plans as they stand, with a reader of their own."""
        assert isinstance(years, _Together)
        return Prepared(world, scenario, years, PairReader([self.scenario, *self.others], years))

    @property
    def _common(self) -> dict[str, Any]:
        """What the plans share."""
        return {name: value for name, value in vars(self).items() if name not in ("others", "first")}


class YearOfAll(Year):
    """One year under every plan, the base first. Its own plan is the base's."""

    def __init__(self, years: tuple[Year, ...]) -> None:
        self.years = years
        self.plan = years[0].plan


class _Together:
    """Simulations of several plans as one; see `simulator.service.engines.Simulation`. Its plan is the base's."""

    def __init__(self, simulations: tuple[Simulation, ...]) -> None:
        self.simulations = simulations
        self.plan: Plan = simulations[0].plan
        self.runs_in_threads: bool = all(each.runs_in_threads for each in simulations)

    def year(self, replication: int) -> YearOfAll:
        """One year of each."""
        return YearOfAll(tuple(each.year(replication) for each in self.simulations))

    def twin(self) -> Simulation:
        """The same years from buffers of their own."""
        return _Together(tuple(each.twin() for each in self.simulations))


class PairReader:
    """Reads all figures of every plan, then the persons of each other plan beside the base's.

    Parameters
    ----------
    scenarios
        Base and plans, as they are simulated.
    years
        Their years.
    """

    def __init__(self, scenarios: Sequence[Scenario], years: _Together) -> None:
        plans = [each.plan for each in years.simulations]
        self._yardsticks = [Yardstick(each, plan) for each, plan in zip(scenarios, plans, strict=True)]
        self.sites = tuple(dict.fromkeys(site.name for plan in plans for site in plan.sites))
        codes = {name: code for code, name in enumerate(self.sites)}
        self._codes: list[Codes] = [np.array([codes[site.name] for site in plan.sites], np.int16) for plan in plans]
        counted = [(pair_keys(self.sites), ("persons/year",) * len(pair_keys(self.sites)))] * (len(plans) - 1)
        self.parts = (*((each.keys, each.units) for each in self._yardsticks), *counted)
        self.keys = tuple(key for keys, _ in self.parts for key in keys)
        self.units = tuple(unit for _, units in self.parts for unit in units)

    def observe(self, year: Year) -> tuple[Floats, Floats]:
        """Tops and bottoms in the order of `keys`."""
        assert isinstance(year, YearOfAll)
        seen = [each.observe(one) for each, one in zip(self._yardsticks, year.years, strict=True)]
        came = [self._outcomes(plan, one) for plan, one in enumerate(year.years)]
        counts = [_flat(pair(came[0], each, len(self.sites))) for each in came[1:]]
        tops = [*(top for top, _ in seen), *counts]
        return np.concatenate(tops), np.concatenate([*(low for _, low in seen), *(np.ones(len(x)) for x in counts)])

    def _outcomes(self, plan: int, year: Year) -> Outcomes:
        return outcomes(year, self._yardsticks[plan].hours, self._codes[plan])


def pair_keys(sites: Sequence[str]) -> tuple[Key, ...]:
    """Where the counts of `Counts` stand: kinds by hour, then kinds by the site that answered."""
    by_hour = [Key(kind, hour=hour) for kind in KINDS for hour in HOURS]
    return (*by_hour, *(Key(kind, site=site) for kind in AT_SITE for site in sites))


def _flat(counts: Counts) -> Floats:
    return np.concatenate([counts.by_hour.ravel(), counts.by_site.ravel()]).astype(np.float64)


class _Spool(Observations):
    """Figures of which many neighbours are read at a time."""

    def of(self, keys: Sequence[Key]) -> tuple[Floats, Floats]:
        """Tops and bottoms of some figures, both of shape (keys, years); errors as of `Observations.of`."""
        places = np.array([self._place[key] for key in keys], np.int64)
        starts = np.flatnonzero(np.diff(places, prepend=-2) != 1)
        runs = np.split(places, starts[1:])
        read = [self._read(int(run[0]), int(run[-1]) + 1) for run in runs if len(run)]
        empty = np.empty((0, self.years))
        return np.concatenate([empty, *(top for top, _ in read)]), np.concatenate([empty, *(low for _, low in read)])


class Part:
    """The figures of one plan, or the counts of one pair, over all years seen.

    Parameters
    ----------
    rounds
        What was seen, and years of each world in it, one round of replications after another.
    """

    def __init__(self, rounds: Sequence[tuple[Observations, int]]) -> None:
        self._rounds = rounds
        self.keys, self.units = rounds[0][0].keys, rounds[0][0].units

    def of(self, keys: Sequence[Key]) -> tuple[Floats, Floats]:
        """Tops and bottoms of some figures, both of shape (keys, worlds, replications)."""
        read = [tuple(by_world(side, each) for side in seen.of(keys)) for seen, each in self._rounds]
        return np.concatenate([top for top, _ in read], axis=2), np.concatenate([low for _, low in read], axis=2)


class PairedYears:
    """What was seen of a base and other plans; a context manager, at whose end the temporary files are gone.

    Attributes
    ----------
    sites
        Keys of the sites of any plan, the centre first.
    each
        Years of each world so far.
    worlds
        How many worlds; 1 for the scenarios as they stand.
    """

    def __init__(self, question: Paired, workers: int | None, dask: str | None) -> None:
        self._question, self._workers, self._dask = question, workers, dask
        self._rounds: list[tuple[tuple[Observations, ...], int]] = []
        self._open = ExitStack()
        self.worlds = max(1, len(question.worlds))
        self.each = 0
        self.sites: tuple[str, ...] = ()

    def add(self, replications: int, progress: Progress | None = None, enough: "Enough | None" = None) -> None:
        """Simulate so many more years of each world.

        Parameters
        ----------
        replications
            How many more.
        progress
            Told after each batch.
        enough
            Of one world only: asked after each batch how many of all years are enough; None while they are not.
        """
        question = replace(self._question, first=self.each, each=replications)
        bench = Bench(question)
        reader = bench.first.reader
        assert isinstance(reader, PairReader)
        self.sites = reader.sites
        seen = tuple(self._open.enter_context(_Spool(*part)) for part in reader.parts)
        years = replications * self.worlds
        self._rounds.append((seen, replications))
        with closing(_rows(bench, question, years, self._workers, self._dask)) as rows:
            for batch in rows:
                for each, part in zip(seen, _split(batch, [len(keys) for keys, _ in reader.parts]), strict=True):
                    each.append(part)
                if progress is not None:
                    progress(seen[0].years, years, None)
                if enough is not None and (found := enough(self._so_far(seen))) is not None:
                    for each in seen:
                        each.keep(found)
                    break
        if enough is not None:
            self._rounds[-1] = (seen, seen[0].years)
        self.each += self._rounds[-1][1]

    def _so_far(self, seen: tuple[Observations, ...]) -> "PairedYears":
        """A view of the years of one world that are whole so far."""
        view = PairedYears(self._question, self._workers, self._dask)
        view._rounds, view.each, view.sites = [(seen, seen[0].years)], seen[0].years, self.sites
        return view

    @property
    def base(self) -> Part:
        """All figures of the base."""
        return self._part(0)

    @property
    def plans(self) -> list[Part]:
        """All figures of each other plan."""
        return [self._part(1 + plan) for plan in range(len(self._question.others))]

    @property
    def pairs(self) -> list[Part]:
        """Counts of persons of each other plan beside the base; see `pair_keys`."""
        others = len(self._question.others)
        return [self._part(1 + others + plan) for plan in range(others)]

    def _part(self, place: int) -> Part:
        return Part([(seen[place], each) for seen, each in self._rounds])

    def __enter__(self) -> "PairedYears":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()


Enough = Callable[[PairedYears], "int | None"]


def _rows(
    bench: Bench, question: Paired, years: int, workers: int | None, dask: str | None
) -> Generator[Rows, None, None]:
    """The years in their order, in batches, from whoever simulates them; as in `simulator.study.replicate`."""
    quick = bench.first.simulation.runs_in_threads
    world = question.each if question.worlds else 1
    several = LARGEST_BATCH // (1 + len(question.others))  # a year of all takes as long as one of each
    largest = max(several, world if world <= LARGEST_BATCH else 1, 1) if quick else 1
    pieces = batches(years, largest, world)
    if dask is not None:
        return in_order(cluster(dask, packed(question)), pieces)
    count = min(workers or cores(), -(-years // largest))
    if count == 1:
        return (bench.rows(piece) for piece in pieces)
    return in_order(threads(bench, count) if quick else processes(packed(question), count), pieces)


def _split(rows: Rows, sizes: Sequence[int]) -> Iterator[Rows]:
    """Rows of several parts, each by itself."""
    first = 0
    for size in sizes:
        low, high = np.searchsorted(rows.columns, [first, first + size])
        yield Rows(rows.top[first : first + size], rows.columns[low:high] - first, rows.bottom[low:high])
        first += size
