"""Years of one scenario in machine code: everything that does not change from year to year is prepared once.

Buffers are used again and again, and grow where a year needs more. The ledger, and the contacts with all their draws,
are made only for those who ask.
"""

from collections.abc import Mapping
from copy import copy
from functools import cached_property

import numpy as np

from simulator.demand import Contacts, Demand, Profile, Streams
from simulator.demand.draw import most_persons
from simulator.scenario.model import LIVE, Scenario
from simulator.service.compiled.arrays import EndlessRunError, ledger_of, most_steps, rules_of, state_of
from simulator.service.compiled.expected import SPARE_PERSONS, demand_records, expected_spells
from simulator.service.compiled.layouts import (
    COUNT,
    COUNTS,
    DONE,
    DRAW,
    ENDLESS,
    FULL_OF_SPELLS,
    N_CHANNELS,
    PERSONS,
    SERVE,
    TOO_MANY,
    stream_names,
)
from simulator.service.compiled.machine import IS_COMPILED, Record, forget_old_code, needs_compiling
from simulator.service.compiled.year import year
from simulator.service.ledger import Ledger
from simulator.service.measures import Came, Year
from simulator.service.plan import Plan, covered_ms
from simulator.service.planning import make_plan
from simulator.service.tally import COLUMNS, KINDS, HourTable, Tally

SPARE = 1.2
"""Room for so many times the persons expected, before buffers grow."""
WHOLE = DRAW + SERVE + COUNT


class CompiledSimulation:
    """Years of a scenario, seed and world, each drawn, served and counted in machine code; see `engines.Simulation`."""

    runs_in_threads = IS_COMPILED

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        world: int,
        profiles: Mapping[str, Profile] | None = None,
        origins: Mapping[str, float] | None = None,
    ) -> None:
        if needs_compiling():
            forget_old_code()
        self.plan = make_plan(scenario)
        self._demand = Demand.of(scenario, profiles, origins)
        self._seed, self._world = seed, world
        self._streams = stream_names(self._demand.sites)
        self._rules = rules_of(self.plan)
        self._hours = HourTable.of(self._demand.calendar)
        rostered = np.array([each.rostered for each in self.plan.counsellors], bool)
        counted = self.plan.measure_from_ms, self.plan.end_ms
        staffed_ms = [covered_ms(each.shifts_ms, *counted) for each in self.plan.counsellors]
        self._simulated = 0
        self._rostered, self._staffed_ms = rostered, int(np.array(staffed_ms, np.int64)[rostered].sum())
        expected = sum(float(cells.mean.sum()) for cells in self._demand.cells)
        persons = min(expected, most_persons(scenario))
        spells = expected_spells(self._demand)
        self._make_room(int(persons * SPARE) + SPARE_PERSONS, int(spells * SPARE) + SPARE_PERSONS)

    def _make_room(self, persons: int, spells: int) -> None:
        """Buffers for so many persons and spells."""
        rows = 2 * persons
        self._expected, self._people = demand_records(self._demand, persons, spells)
        self._state = state_of(self._rules, persons, rows)
        self._counts = counts_of(self.plan, self._hours, persons, rows)

    def twin(self) -> "CompiledSimulation":
        """The same years from buffers of its own."""
        other = copy(self)
        other._make_room(self._expected.persons, self._expected.spells)
        return other

    def year(self, replication: int) -> "CompiledYear":
        """One year, counted; it can be read until the next one is simulated."""
        self.run(replication)
        self._simulated += 1
        return CompiledYear(self, replication, self._simulated)

    def refuse_overwritten(self, simulated: int) -> None:
        """Raise an error where a later year than that one now lies in the buffers.

        A year is known by how many were simulated: were it kept here, it and we would keep each other and the buffers.

        Raises
        ------
        RuntimeError
            If it does.
        """
        if simulated != self._simulated:
            raise RuntimeError("this year was overwritten by the next one: read it before, or simulate it again")

    def run(self, replication: int, parts: int = WHOLE) -> None:
        """Do parts of a year: sums of `DRAW`, `SERVE` and `COUNT`, each resting on those before it.

        Raises
        ------
        DemandError
            If there would be too many persons.
        EndlessRunError
            If the run does not end.
        """
        keys = Streams(self._seed, self._world, replication).keys(self._streams).ravel()
        while True:
            self._people.keys[:] = keys
            steps = most_steps(self._state.rows, self._people.attempts, self._rules.events)
            with np.errstate(over="ignore"):  # without numba the hash is numpy's, whose numbers wrap around with a word
                end = year(
                    self._expected.words,
                    self._rules.words,
                    self._people.words,
                    self._state.words,
                    self._counts.words,
                    parts,
                    steps,
                )
            if end == DONE:
                return
            if end == ENDLESS:
                raise EndlessRunError(f"more than {steps} steps")
            if end == TOO_MANY:
                self.contacts(replication)  # raises, in words
                raise EndlessRunError("persons that only one engine can draw")
            persons, spells = self._expected.persons, self._expected.spells
            more = (persons, 2 * spells) if end == FULL_OF_SPELLS else (2 * persons, spells)
            self._make_room(*more)
            parts = WHOLE

    def contacts(self, replication: int) -> Contacts:
        """A year's contacts with all their draws."""
        return self._demand.contacts(Streams(self._seed, self._world, replication))

    def ledger(self) -> Ledger:
        """The ledger of the last year."""
        return ledger_of(self.plan, self._state)

    def came(self) -> Came:
        """Who came in the last year."""
        people, persons = self._people, slice(0, int(self._state.registers[PERSONS]))
        return Came(people.arrival_ms[persons], people.channel[persons], people.identity[persons])

    def tally(self) -> Tally:
        """What was counted of the last year."""
        k, s, room = self._counts, self._state, self._state.rows
        waits = [k.waits_ms[code * room : code * room + int(k.waits[code])] for code in range(len(LIVE))]
        people = slice(0, len(self.plan.counsellors))
        return Tally(
            table=k.table.reshape(len(KINDS), N_CHANNELS, COLUMNS).copy(),
            answered_by_day=k.answered_by_day.reshape(len(LIVE), -1).copy(),
            positive_waits_ms=tuple(np.sort(each) for each in waits),
            calls=k.calls.copy(),
            call_waits_ms=k.call_waits_ms.copy(),
            busy_ms=int(s.busy_ms[people][self._rostered].sum()),
            overtime_ms=int(s.overtime_ms[people][self._rostered].sum()),
            staffed_ms=self._staffed_ms,
        )


class CompiledYear(Year):
    """A year whose ledger and contacts are made when somebody asks for them."""

    def __init__(self, simulation: CompiledSimulation, replication: int, simulated: int) -> None:
        self.plan = simulation.plan
        self._simulation = simulation
        self._replication = replication
        self._simulated = simulated

    @cached_property
    def contacts(self) -> Contacts:  # type: ignore[override]
        """Everyone who came, with all their draws."""
        return self._simulation.contacts(self._replication)

    @cached_property
    def ledger(self) -> Ledger:  # type: ignore[override]
        """What happened; an error where the next year has been simulated."""
        self._simulation.refuse_overwritten(self._simulated)
        return self._simulation.ledger()

    @property
    def came(self) -> Came:
        """Who came; it lies in the buffers of the next year, whose simulation makes it an error to ask."""
        self._simulation.refuse_overwritten(self._simulated)
        return self._simulation.came()

    def tally(self, hours: HourTable) -> Tally:
        """What is counted of the year, by its own hours; an error where the next year has been simulated."""
        self._simulation.refuse_overwritten(self._simulated)
        return self._simulation.tally()


def counts_of(plan: Plan, hours: HourTable, persons: int, rows: int) -> Record:
    """Room for what is counted of a year."""
    sites, days = len(plan.sites), int(hours.day[-1]) + 1
    return COUNTS.fill(
        {
            "hours": len(hours.day),
            "hour_column": hours.week_hour,
            "hour_month": hours.month,
            "hour_day": hours.day,
            "days": days,
            "target_ms": np.array([channel.target_ms for channel in plan.channels], np.int64),
            "table": np.empty(len(KINDS) * N_CHANNELS * COLUMNS, np.int64),
            "answered_by_day": np.empty(len(LIVE) * days, np.int64),
            "waits_ms": np.empty(len(LIVE) * rows, np.int64),
            "waits": np.zeros(len(LIVE), np.int64),
            "calls": np.empty(sites, np.int64),
            "call_waits_ms": np.empty(sites, np.int64),
            "pending": np.empty(persons + 1, np.int32),
            "outcome": np.empty(persons, np.int16),
        }
    )
