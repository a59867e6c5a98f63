"""Many simulated years of one scenario: drawn, served, measured, and spread over the cores.

The unit of work is a batch of replications. Replication r of seed s is the same year whoever simulates it, so the
number of workers never moves a result. The only home of joblib.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.demand import Contacts, draw
from simulator.scenario.model import Scenario
from simulator.service.keys import Key
from simulator.service.ledger import Ledger
from simulator.service.measures import Yardstick, Year
from simulator.service.plan import Plan
from simulator.service.planning import make_plan

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]
"""Called with (replications done, replications in all)."""


class Reader(Protocol):
    """Reads figures off simulated years, always the same ones in the same order."""

    keys: tuple[Key, ...]
    units: tuple[str, ...]

    def observe(self, year: Year) -> tuple[Floats, Floats]:
        """Tops and bottoms of all figures in one year, both of shape (figures,)."""
        ...


class Draw(Protocol):
    """Draws the contacts of one simulated year; must be picklable."""

    def __call__(self, scenario: Scenario, *, seed: int, replication: int) -> Contacts:
        """The same contacts whoever asks."""
        ...


MakeReader = Callable[[Scenario, Plan], Reader]


@dataclass(frozen=True)
class Observations:
    """What was seen in each simulated year.

    Attributes
    ----------
    keys, units
        What the figures are.
    top, bottom
        Shape (replications, figures): a figure of one year is top / bottom.
    """

    keys: tuple[Key, ...]
    units: tuple[str, ...]
    top: Floats
    bottom: Floats


ENGINES = ("simpy", "compiled")
"""``simpy`` is the reference; ``compiled`` gives the same ledger to the last bit, and compiles itself on first use."""


def engine_of(name: str) -> Callable[[Contacts, Plan], Ledger]:
    """The function that serves contacts under a plan.

    Raises
    ------
    ValueError
        If there is no such engine.
    """
    if name not in ENGINES:
        raise ValueError(f"unknown engine {name!r}; there is {', '.join(ENGINES)}")
    if name == "compiled":
        from simulator.service import compiled

        return compiled.serve
    from simulator.service import reference

    return reference.serve


def simulate(scenario: Scenario, seed: int = 1, replication: int = 0, engine: str = "simpy") -> Year:
    """One simulated year of a scenario: its contacts, its plan, and what happened.

    Parameters
    ----------
    scenario
        The alternative.
    seed, replication
        Which year. The same pair gives the same persons under every alternative that does not change demand.
    """
    plan = make_plan(scenario)
    contacts = draw(scenario, seed=seed, replication=replication)
    return Year(contacts, plan, engine_of(engine)(contacts, plan))


def replicate(
    scenario: Scenario,
    replications: int,
    seed: int = 1,
    make_reader: MakeReader = Yardstick,
    progress: Progress | None = None,
    workers: int | None = None,
    draw_year: Draw = draw,
    engine: str = "simpy",
) -> Observations:
    """Simulate years 0 to ``replications`` - 1 and read the figures of each.

    Parameters
    ----------
    scenario
        The alternative.
    replications
        How many years, at least 1.
    seed
        Of the study.
    make_reader
        Makes what reads the figures; must be importable by name.
    progress
        Told after each batch.
    workers
        Processes; None for one per core. It moves no result.
    draw_year
        Who draws the contacts of a year.
    engine
        One of `ENGINES`; it moves no result.
    """
    if replications < 1:
        raise ValueError("at least one replication")
    reader = make_reader(scenario, make_plan(scenario))
    rows: list[tuple[Floats, Floats]] = []
    for batch in _run_batches(scenario, replications, seed, make_reader, workers, draw_year, engine):
        rows += batch
        if progress is not None:
            progress(len(rows), replications)
    top, bottom = (np.array([row[i] for row in rows]) for i in (0, 1))
    return Observations(reader.keys, reader.units, top, bottom)


def _run_batches(
    scenario: Scenario,
    replications: int,
    seed: int,
    make_reader: MakeReader,
    workers: int | None,
    draw_year: Draw,
    engine: str,
) -> Iterator[list[tuple[Floats, Floats]]]:
    workers = min(workers or _cores(), replications)
    size = max(1, -(-replications // (workers * 8)))
    batches = [range(first, min(first + size, replications)) for first in range(0, replications, size)]
    if workers == 1:
        yield from (_run_batch(scenario, batch, seed, make_reader, draw_year, engine) for batch in batches)
        return
    from joblib import Parallel, delayed

    tasks = (delayed(_run_batch)(scenario, batch, seed, make_reader, draw_year, engine) for batch in batches)
    yield from Parallel(n_jobs=workers, return_as="generator", max_nbytes=None)(tasks)


def _run_batch(
    scenario: Scenario, batch: range, seed: int, make_reader: MakeReader, draw_year: Draw, engine: str
) -> list[tuple[Floats, Floats]]:
    plan, serve = make_plan(scenario), engine_of(engine)
    reader = make_reader(scenario, plan)
    rows = []
    for replication in batch:
        contacts = draw_year(scenario, seed=seed, replication=replication)
        rows.append(reader.observe(Year(contacts, plan, serve(contacts, plan))))
    return rows


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
