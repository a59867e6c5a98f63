"""Many simulated years of one scenario, in one world or many: how many, by whom, and when there are enough.

Years are looked at in their order wherever they were simulated, so that neither the number of workers nor the engine
nor a cluster moves a result: not a figure, and not the year after which a precision was reached.
"""

import math
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from simulator.demand import Profile
from simulator.scenario.model import Scenario
from simulator.service.engines import ENGINES, simulation
from simulator.service.keys import Key
from simulator.service.measures import Yardstick, Year
from simulator.study.cluster import cluster
from simulator.study.observations import Observations
from simulator.study.precision import Reached, Stopping
from simulator.study.watched import Precision, name_of, watched
from simulator.study.workers import cores, in_order, processes, threads
from simulator.study.worlds.world import World
from simulator.study.years import LARGEST_BATCH, Bench, MakeReader, Question, Rows, batches, packed

FEWEST_KEPT = 2
"""Years that an interrupted study must have to be worth keeping: with one there is no interval."""
FEWEST_WORLDS_KEPT = 40
"""Worlds that it must have seen whole: they come in the order of an even design, but fewer tell nothing of its ends."""

Progress = Callable[[int, int, float | None], None]
"""Called after each batch with (years done, years asked for, widest relative half-width of the figures watched)."""


@dataclass(frozen=True)
class Ending:
    """How a study came to its end.

    Attributes
    ----------
    asked
        Years asked for; with a precision the most of them.
    interrupted
        Whether somebody ended it before.
    reached
        The precision, where one was asked for.
    """

    asked: int
    interrupted: bool = False
    reached: Reached | None = None

    def as_manifest(self) -> dict[str, Any]:
        """What a manifest says of it."""
        precision = None
        if (reached := self.reached) is not None:
            width = float(f"{reached.width:.6g}") if math.isfinite(reached.width) else None
            precision = {"asked": reached.wanted, "of": list(reached.of), "reached": width, "met": reached.met}
        return {"asked_replications": self.asked, "interrupted": self.interrupted, "precision": precision}


@dataclass(frozen=True)
class Study:
    """Many years as they were asked for: what was seen, and how it ended. A context manager: see `Observations`."""

    seen: Observations
    ending: Ending

    def __enter__(self) -> "Study":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.seen.close()


def simulate(scenario: Scenario, seed: int = 1, replication: int = 0, engine: str = ENGINES[0]) -> Year:
    """One simulated year of a scenario: its contacts, its plan, and what happened.

    Parameters
    ----------
    scenario
        The alternative.
    seed, replication
        Which year. The same pair gives the same persons under every alternative that does not change demand.
    engine
        One of `simulator.service.engines.ENGINES`; it moves no result.
    """
    return simulation(scenario, engine, seed).year(replication)


def replicate(
    scenario: Scenario,
    replications: int,
    seed: int = 1,
    make_reader: MakeReader = Yardstick,
    progress: Progress | None = None,
    workers: int | None = None,
    engine: str = ENGINES[0],
    *,
    precision: Precision | None = None,
    dask: str | None = None,
    keep_interrupted: bool = False,
    profiles: Mapping[str, Profile] | None = None,
    origins: Mapping[str, float] | None = None,
    worlds: tuple[World, ...] = (),
) -> Study:
    """Simulate years 0 to ``replications`` - 1 (of each world) and read the figures of each.

    Parameters
    ----------
    scenario
        The alternative.
    replications
        How many years (of each world), at least 1; with a precision the most of them.
    seed
        Of the study.
    make_reader
        Makes what reads the figures; must be importable by name.
    progress
        Told after each batch.
    workers
        How many years are simulated at the same time; None for one per core. It moves no result.
    engine
        One of `simulator.service.engines.ENGINES`; it moves no result.
    precision
        Stop where these figures are known so well, by the rule of `simulator.study.precision`. The years are then those
        that as many ``replications`` would give.
    dask
        Address of a Dask cluster that simulates instead of this machine. It moves no result.
    keep_interrupted
        On Ctrl-C give the years that are whole, where there are at least `FEWEST_KEPT` (of worlds: the worlds that are
        whole, where there are `FEWEST_WORLDS_KEPT`), instead of raising.
    profiles, origins
        Used instead of the scenario's own demand; see `simulator.demand.draw`.
    worlds
        Plausible worlds; none: the scenario as it stands. Years then come world by world, and no precision is watched.

    Returns
    -------
    Study
        To be closed when it has been read: its figures lie in a temporary file.

    Raises
    ------
    ValueError
        If there is no such engine or there is not at least one replication.
    PrecisionError
        If a figure that is to be precise is not read.
    ClusterError
        If the cluster cannot be used.
    KeyboardInterrupt
        If somebody ends it and nothing is kept.
    """
    if replications < 1:
        raise ValueError("at least one replication")
    question = Question(scenario, engine, seed, make_reader, profiles, origins, worlds, replications)
    years = replications * max(1, len(worlds))
    bench = Bench(question)
    keys = bench.first.reader.keys
    watch = _Watch(precision, keys) if precision is not None else None
    with ExitStack() as undo:
        seen = undo.enter_context(Observations(keys, bench.first.reader.units))
        try:
            with closing(_rows(bench, question, years, workers, dask)) as rows:
                _take(rows, seen, years, watch, progress)
        except KeyboardInterrupt:
            if not keep_interrupted or not _keep_whole(seen, replications if worlds else 1, bool(worlds)):
                raise
        ending = _ending(seen, years, watch)
        undo.pop_all()
    return Study(seen, ending)


def _keep_whole(seen: Observations, each: int, of_worlds: bool) -> bool:
    """Forget the years of a world that is not whole; whether enough remain to be worth keeping."""
    whole = seen.years // each
    seen.keep(whole * each)
    return whole >= (FEWEST_WORLDS_KEPT if of_worlds else FEWEST_KEPT)


class _Watch:
    """The figures of one study that are to be precise, and the rule that watches them."""

    def __init__(self, precision: Precision, keys: tuple[Key, ...]) -> None:
        self.share = precision.share
        self.keys = watched(precision, keys)
        self._stopping = Stopping(self.share, len(self.keys))
        self._figures = [keys.index(key) for key in self.keys]

    def see(self, rows: Rows) -> bool:
        """Look at the years of a batch; whether there are enough."""
        read = [rows.of(figure) for figure in self._figures]
        self._stopping.see([top for top, _ in read], [bottom for _, bottom in read])
        return self._stopping.rule.found is not None

    @property
    def width(self) -> float:
        """How precise the figures are so far."""
        return self._stopping.rule.width

    def reached(self, seen: Observations) -> tuple[int, Reached]:
        """How many of the years count, and how precise they are: a matter of the years alone."""
        stopping = Stopping(self.share, len(self.keys))
        stopping.see(*seen.of(self.keys))
        found = stopping.rule.found
        reached = Reached(self.share, stopping.rule.width, found is not None, tuple(map(name_of, self.keys)))
        return found or seen.years, reached


def _rows(
    bench: Bench, question: Question, years: int, workers: int | None, dask: str | None
) -> Generator[Rows, None, None]:
    """The years in their order, in batches, from whoever simulates them."""
    quick = bench.first.simulation.runs_in_threads
    largest = LARGEST_BATCH if quick else 1
    pieces = batches(years, largest, question.each if question.worlds else 1)
    if dask is not None:
        return in_order(cluster(dask, packed(question)), pieces)
    count = min(workers or cores(), -(-years // largest))  # to prepare costs as much as the largest batch
    if count == 1:
        return (bench.rows(piece) for piece in pieces)
    return in_order(threads(bench, count) if quick else processes(packed(question), count), pieces)


def _take(
    rows: Generator[Rows, None, None],
    seen: Observations,
    years: int,
    watch: _Watch | None,
    progress: Progress | None,
) -> None:
    """Put the years away as they come, until there are enough."""
    for batch in rows:
        seen.append(batch)
        enough = watch is not None and watch.see(batch)
        if progress is not None:
            progress(seen.years, years, None if watch is None else watch.width)
        if enough:
            return


def _ending(seen: Observations, asked: int, watch: _Watch | None) -> Ending:
    """How it ended; years after the one at which a precision was reached are thrown away."""
    if watch is None:
        return Ending(asked, seen.years < asked)
    years, reached = watch.reached(seen)
    interrupted = not reached.met and seen.years < asked
    seen.keep(years)
    return Ending(asked, interrupted, reached)
