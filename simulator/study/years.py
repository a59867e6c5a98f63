"""The unit of work: some simulated years of one scenario, read as numbers wherever there is a core to spare.

Years are numbered world by world: year n is replication ``n % each`` of world ``n // each``. A year is the same whoever
simulates it and in whichever batch it stands. Nothing here knows who the workers are or what becomes of the figures.
"""

import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from threading import Event
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.demand import Profile
from simulator.scenario.model import Scenario
from simulator.service.engines import Simulation, simulation
from simulator.service.keys import Key
from simulator.service.measures import Year
from simulator.service.plan import Plan
from simulator.study.worlds.world import World

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LARGEST_BATCH = 32
"""Years of a quick engine in one batch: a tenth of a second or more, so that handing it out costs next to nothing."""
YEARS_PER_STEP = 16
"""After so many years batches grow by one year: few years spread over many workers, many cost little to hand out."""


class Reader(Protocol):
    """Reads figures off simulated years, always the same ones in the same order."""

    keys: tuple[Key, ...]
    units: tuple[str, ...]

    def observe(self, year: Year) -> tuple[Floats, Floats]:
        """Tops and bottoms of all figures in one year, both of shape (figures,)."""
        ...


MakeReader = Callable[[Scenario, Plan], Reader]


@dataclass(frozen=True)
class Rows:
    """The figures of some years in a row: a figure of one year is top / bottom.

    Attributes
    ----------
    top
        Shape (figures, years).
    columns
        The figures, in ascending order, whose bottom is not 1 in each of these years.
    bottom
        Shape (columns, years): their bottoms. Most figures are counts; the ones below them are not passed on.
    """

    top: Floats
    columns: Ints
    bottom: Floats

    @classmethod
    def of_years(cls, seen: Iterable[tuple[Floats, Floats]], figures: int, most: int) -> "Rows":
        """The figures of one year after another, each copied before the next is asked for.

        Parameters
        ----------
        seen
            Tops and bottoms of each year, both of shape (figures,).
        figures, most
            How many figures there are, and at most how many years.
        """
        top, bottom = np.empty((figures, most)), np.empty((figures, most))
        years = 0
        for tops, bottoms in seen:
            top[:, years], bottom[:, years] = tops, bottoms
            years += 1
        top, bottom = top[:, :years], bottom[:, :years]
        columns = np.flatnonzero((bottom != 1).any(axis=1))
        return cls(top, columns, bottom[columns])

    @property
    def years(self) -> int:
        """How many years there are."""
        return int(self.top.shape[1])

    def of(self, figure: int) -> tuple[Floats, Floats]:
        """Tops and bottoms of one figure, both of shape (years,)."""
        place = int(np.searchsorted(self.columns, figure))
        stored = place < len(self.columns) and self.columns[place] == figure
        return self.top[figure], self.bottom[place] if stored else np.ones(self.years)


@dataclass(frozen=True)
class Question:
    """What is asked of each simulated year; plain data, so that it can be sent to another process.

    Attributes
    ----------
    scenario, engine, seed
        Whose years, who serves them, and the seed of the study.
    make_reader
        Makes what reads the figures; importable by name.
    profiles, origins
        Used instead of the scenario's own demand; see `simulator.demand.draw`.
    worlds
        Plausible worlds, each with so many years; none: the scenario as it stands, world 0.
    each
        Years of each world.
    """

    scenario: Scenario
    engine: str
    seed: int
    make_reader: MakeReader
    profiles: Mapping[str, Profile] | None = None
    origins: Mapping[str, float] | None = None
    worlds: tuple[World, ...] = ()
    each: int = 1

    def place(self, year: int) -> tuple[int, int]:
        """Which of the worlds a year is of, and which replication."""
        return divmod(year, self.each) if self.worlds else (0, year)

    def prepare(self, world: int = 0) -> "Prepared":
        """All that does not change from year to year of a world.

        Raises
        ------
        ValueError
            If there is no such engine.
        DemandError, ProfileError
            If the demand cannot be drawn.
        """
        if not self.worlds:
            years = simulation(self.scenario, self.engine, self.seed, profiles=self.profiles, origins=self.origins)
            return self.read(self.scenario, years, world)
        chosen = self.worlds[world]
        applied = chosen.applied(self.scenario)
        demand = chosen.demand(self.scenario)
        origins = chosen.origins if demand.keys() & {"phone"} else None
        years = simulation(applied, self.engine, self.seed, chosen.number, profiles=demand, origins=origins)
        return self.read(applied, years, world)

    def read(self, scenario: Scenario, years: Simulation, world: int) -> "Prepared":
        """Years of this question in a world, with a reader of their own."""
        return Prepared(world, scenario, years, self.make_reader(scenario, years.plan))


@dataclass(frozen=True)
class Prepared:
    """A simulation and what reads its years: for one thread at a time, because their buffers are used again."""

    world: int
    scenario: Scenario
    simulation: Simulation
    reader: Reader

    def observe(self, replication: int) -> tuple[Floats, Floats]:
        """Tops and bottoms of one year, both of shape (figures,); they may be overwritten by the next call."""
        return self.reader.observe(self.simulation.year(replication))


class Bench:
    """Answers one question for any number of threads at once; each takes a prepared simulation and puts it back.

    Parameters
    ----------
    question
        What is asked.

    Attributes
    ----------
    first
        The first prepared simulation, for whoever needs to know what is read.
    """

    def __init__(self, question: Question) -> None:
        self._question = question
        self.first = question.prepare()
        self._idle: deque[Prepared] = deque([self.first])
        self._stopped = Event()

    def rows(self, batch: range) -> Rows:
        """The figures of the years of a batch, or of those before `stop` was called."""
        wanted = takewhile(lambda _: not self._stopped.is_set(), batch)
        return Rows.of_years(self._observed(wanted), len(self.first.reader.keys), len(batch))

    def _observed(self, years: Iterable[int]) -> Iterator[tuple[Floats, Floats]]:
        """The figures of years, each read before the next one is asked for."""
        prepared = self._taken()
        for year in years:
            world, replication = self._question.place(year)
            if prepared is None or prepared.world != world:
                prepared = None  # its buffers go before the next ones come
                prepared = self._question.prepare(world)
            yield prepared.observe(replication)
        if prepared is not None:
            self._idle.append(prepared)

    def _taken(self) -> "Prepared | None":
        """A prepared simulation that nobody uses; where there is none, a twin if all years are of one world."""
        try:
            return self._idle.pop()
        except IndexError:
            if self._question.worlds:
                return None
            return self._question.read(self.first.scenario, self.first.simulation.twin(), self.first.world)

    def stop(self) -> None:
        """Let everybody who is at work leave after the year at hand: nobody waits for the rest."""
        self._stopped.set()


def packed(question: Question) -> bytes:
    """A question as it is sent; equal bytes mean the same question, so a worker prepares for it once."""
    return pickle.dumps(question)


def rows_elsewhere(question: bytes, batch: range) -> Rows:
    """The figures of a batch, in a process that is only told the question."""
    return _bench(question).rows(batch)


@lru_cache(maxsize=1)
def _bench(question: bytes) -> Bench:
    return Bench(pickle.loads(question))


def batches(years: int, largest: int, together: int = 1) -> Iterator[range]:
    """Years 0 to ``years`` - 1 in pieces that depend on where they begin, never on who simulates them.

    Parameters
    ----------
    years
        How many in all.
    largest
        Most years in a piece.
    together
        Years that one piece should hold whole where it can: those of a world, which are prepared for together.
    """
    first = 0
    while first < years:
        size = min(largest, 1 + first // YEARS_PER_STEP)
        whole = max(size // together, 1) * together if together <= largest else size
        piece = range(first, min(first + whole, years))
        yield piece
        first = piece.stop
