"""Run a study: make the units that are not there yet, then put all of them together.

Units are made in their order by whoever simulates: threads of this process, processes, or a Dask cluster; none of them
moves a byte. Nothing is simulated twice that a keeper has whole.
"""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from simulator.service.engines import ENGINES
from simulator.study.cluster import cluster
from simulator.study.provenance import manifest, profile_data
from simulator.study.sweep.effects import Summing, explained
from simulator.study.sweep.identity import code_digest, fingerprint_of
from simulator.study.sweep.plan import Plan, read_study
from simulator.study.sweep.table import Swept, estimated, held_against
from simulator.study.sweep.units import (
    Chosen,
    InMemory,
    Keeper,
    SweepQuestion,
    Unit,
    all_units,
    from_bytes,
    to_bytes,
    units_of,
    whole,
)
from simulator.study.workers import cores, in_order, processes, threads
from simulator.study.worlds.world import Worlds, shipped_worlds, speak_of
from simulator.study.years import Bench, Floats, Rows, packed

YEARS_OF_EACH, YEARS_ALONE = 4, 20
"""Years of each world, or of one alone, unless the study says."""
YEARS_FOR_PROCESSES = 20_000
"""From so many years on, processes are worth their start: threads wait for each other while they prepare."""

Progress = Callable[[int, int, float | None], None]
"""Told of (years done, years in all, nothing)."""
Told = Callable[[str, int], None]
"""Told of (``kept`` or ``damaged``, how many units) before the first year is simulated."""


class Sweep:
    """One study with all that decides its figures.

    Parameters
    ----------
    plan
        The study.
    worlds
        Plausible worlds; None: the scenarios as they stand.
    engine
        One of `simulator.service.engines.ENGINES`; it moves no result.

    Attributes
    ----------
    question
        What is asked of each year.
    fingerprint
        Of all of it.
    """

    def __init__(self, plan: Plan, worlds: Worlds | None, engine: str = ENGINES[0]) -> None:
        self.plan, self.worlds = plan, worlds
        self.each = plan.replications or (YEARS_ALONE if worlds is None else YEARS_OF_EACH)
        self.fingerprint = fingerprint_of(plan, worlds, self.each, engine)
        self.question = SweepQuestion(
            plan.scenario,
            engine,
            plan.seed,
            Chosen(plan.measures, plan.units),
            worlds=() if worlds is None else worlds.worlds,
            each=self.each,
            plan=plan,
        )

    @property
    def years(self) -> int:
        """Years of all points, and of what they are held against."""
        return self.question.cases * self.question.width * self.each

    def make(
        self,
        keeper: Keeper,
        progress: Progress = lambda *_: None,
        workers: int | None = None,
        dask: str | None = None,
        told: Told = lambda *_: None,
    ) -> None:
        """Make the units that the keeper has not whole."""
        missing = list(self._missing(keeper, told))
        done = self.years - sum(len(unit.years) for unit in missing)
        progress(done, self.years, None)
        with closing(self._simulated(missing, workers, dask)) as found:
            for unit, rows in zip(missing, found, strict=True):
                assert rows.years == len(unit.years)
                keeper.put(unit.name, to_bytes(rows, unit, self.fingerprint))
                done += rows.years
                progress(done, self.years, None)

    def _missing(self, keeper: Keeper, told: Told) -> Iterator[Unit]:
        kept = damaged = 0
        for unit in all_units(self.question):
            content = keeper.get(unit.name)
            if self._read(content, unit) is not None:
                kept += 1
                continue
            damaged += content is not None
            yield unit
        for name, count in (("kept", kept), ("damaged", damaged)):
            if count:
                told(name, count)

    def _read(self, content: bytes | None, unit: Unit) -> Rows | None:
        return from_bytes(content, unit, self.fingerprint, len(self.plan.measures))

    def _simulated(self, units: list[Unit], workers: int | None, dask: str | None) -> Generator[Rows, None, None]:
        if not units:
            return
        pieces = (unit.years for unit in units)
        if dask is not None:
            yield from in_order(cluster(dask, packed(self.question)), pieces)
            return
        bench = Bench(self.question)
        count = min(workers or cores(), len(units))
        if count == 1:
            yield from (bench.rows(piece) for piece in pieces)
            return
        many = sum(len(unit.years) for unit in units) >= YEARS_FOR_PROCESSES
        in_threads = bench.first.simulation.runs_in_threads and not many
        hired = threads(bench, count) if in_threads else processes(packed(self.question), count)
        yield from in_order(hired, pieces)

    def result(self, keeper: Keeper) -> Swept:
        """All units put together.

        Raises
        ------
        KeyError
            If one is not there.
        """
        plan, first = self.plan, self.question.first_point
        base = self._case(keeper, 0) if first else None
        numbers, differences, better, summing = [], [], [], Summing(plan)
        for point in range(len(plan)):
            pair = self._case(keeper, first + point)
            numbers.append(estimated(pair, self.each))
            summing.see(point, *pair, self.each)
            if base is not None:
                apart, share = held_against(pair, base, plan.measures, self.each)
                differences.append(apart)
                better.append(share)
        table = np.array(numbers)
        return Swept(
            plan,
            self.fingerprint,
            self.question.width,
            self.each,
            table,
            np.array(differences) if differences else None,
            np.array(better) if better else None,
            summing.effects(),
            explained(plan, table[:, :, 0]),
            self.manifest(),
        )

    def _case(self, keeper: Keeper, case: int) -> tuple[Floats, Floats]:
        found = []
        for unit in units_of(self.question, case):
            rows = self._read(keeper.get(unit.name), unit)
            if rows is None:
                raise KeyError(unit.name)
            found.append(rows)
        return whole(found)

    def manifest(self) -> dict[str, Any]:
        """All that is needed to make the sweep again, and to judge it."""
        plan = self.plan
        of_base = manifest(
            plan.scenario, plan.seed, self.each, self.question.engine, profile_data(plan.scenario), self.worlds
        )
        return {**of_base, "fingerprint": self.fingerprint, "code": code_digest(), "points": len(plan)}


def worlds_of(plan: Plan) -> Worlds | None:
    """The worlds that a study asks for; None for the scenario as it stands, and where worlds say nothing of it."""
    if plan.worlds == "one":
        return None
    shipped = shipped_worlds()
    if isinstance(plan.worlds, int):
        return shipped.first(plan.worlds)
    return shipped if speak_of(plan.scenario, shipped) else None


def sweep(
    study: str | Path | Mapping[str, Any] | Plan,
    progress: Progress | None = None,
    workers: int | None = None,
    *,
    dask: str | None = None,
    keeper: Keeper | None = None,
) -> Swept:
    """Run a study.

    Parameters
    ----------
    study
        Path of a study file, a mapping as in one, or a plan that was read.
    progress
        Told after each unit.
    workers, dask
        Who simulates; see `simulator.study.replicate.replicate`. They move no result.
    keeper
        Keeps units, so that a study goes on where it was ended; None: they live as long as this call.

    Raises
    ------
    ScenarioError
        With all that is wrong.
    ClusterError
        If the cluster cannot be used.
    """
    plan = study if isinstance(study, Plan) else read_study(study)
    made, kept = Sweep(plan, worlds_of(plan)), keeper or InMemory()
    made.make(kept, progress or (lambda *_: None), workers, dask)
    return made.result(kept)
