"""The unit of work: some simulated years of one scenario, read as numbers wherever there is a core to spare.

Replication r of seed s is the same year whoever simulates it and in whichever batch it stands. Nothing here knows who
the workers are or what becomes of the figures.
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
    """

    scenario: Scenario
    engine: str
    seed: int
    make_reader: MakeReader
    profiles: Mapping[str, Profile] | None = None
    origins: Mapping[str, float] | None = None

    def prepare(self) -> "Prepared":
        """All that does not change from year to year.

        Raises
        ------
        ValueError
            If there is no such engine.
        DemandError, ProfileError
            If the demand cannot be drawn.
        """
        years = simulation(self.scenario, self.engine, self.seed, profiles=self.profiles, origins=self.origins)
        return self.read(years)

    def read(self, years: Simulation) -> "Prepared":
        """Years of this question, with a reader of their own."""
        return Prepared(years, self.make_reader(self.scenario, years.plan))


@dataclass(frozen=True)
class Prepared:
    """A simulation and what reads its years: for one thread at a time, because their buffers are used again."""

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
        self._idle = deque([self.first])
        self._stopped = Event()

    def rows(self, batch: range) -> Rows:
        """The figures of the years of a batch, or of those before `stop` was called."""
        try:
            prepared = self._idle.pop()
        except IndexError:
            prepared = self._question.read(self.first.simulation.twin())
        wanted = takewhile(lambda _: not self._stopped.is_set(), batch)
        rows = Rows.of_years(map(prepared.observe, wanted), len(prepared.reader.keys), len(batch))
        self._idle.append(prepared)
        return rows

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


def batches(replications: int, largest: int) -> Iterator[range]:
    """Years 0 to ``replications`` - 1 in pieces that depend on where they begin, never on who simulates them.

    Parameters
    ----------
    replications
        How many years in all.
    largest
        Most years in a piece.
    """
    first = 0
    while first < replications:
        size = min(largest, 1 + first // YEARS_PER_STEP, replications - first)
        yield range(first, first + size)
        first += size
