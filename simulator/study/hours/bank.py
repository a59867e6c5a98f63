"""Simulated years of many plans, each simulated once: whoever asks again gets what is there.

Year i is of world i mod W and its replication i div W, the same person by person under every plan, so years of one
number are paired. Processes of this machine simulate them; how many moves no result. Knows nothing of why years are
asked for.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.calendar import Calendar
from simulator.scenario.model import Scenario
from simulator.service.engines import simulation
from simulator.service.tally import HourTable, Tally
from simulator.study.workers import spread
from simulator.study.worlds.world import World

Floats = NDArray[np.float64]
Read = Callable[[Tally], Floats]
"""Figures of a year, shape (figures,); importable by name, or a `functools.partial` of such a one."""
YEARS_TOGETHER = 12
"""Years that are handed out together."""


@dataclass(frozen=True)
class _Errand:
    """Some years of one plan: numbers of the replications, and their worlds (None: the scenario as it stands)."""

    scenario: Scenario
    places: tuple[tuple[World | None, int], ...]


class Bank:
    """Years of plans over worlds.

    Parameters
    ----------
    scenario_of
        The scenario of a plan.
    read
        What is kept of a year.
    worlds
        Plausible worlds; none: the scenario as it stands.
    seed
        Of the study.
    workers
        How many processes; None for one per core.
    told
        Told of how many years were simulated, after each errand.
    """

    def __init__(
        self,
        scenario_of: Callable[[Any], Scenario],
        read: Read,
        worlds: Sequence[World] = (),
        seed: int = 1,
        workers: int | None = None,
        told: Callable[[int], None] | None = None,
    ) -> None:
        self._scenario_of, self._worlds, self._workers, self._told = scenario_of, tuple(worlds), workers, told
        self._work = partial(_years, seed, read)
        self._known: dict[Hashable, Floats] = {}
        self.spent = 0

    @property
    def worlds(self) -> int:
        """How many worlds there are; 1 for the scenario as it stands."""
        return max(1, len(self._worlds))

    def have(self, plan: Hashable) -> int:
        """How many years of a plan there are."""
        return len(self._known.get(plan, ()))

    def years(self, plans: Sequence[Hashable], count: int) -> Floats:
        """The first years of some plans, simulated where they are not there yet: shape (plans, count, figures)."""
        errands = [(plan, years) for plan in dict.fromkeys(plans) for years in self._missing(plan, count)]
        scenarios: dict[Hashable, Scenario] = {}

        def items() -> Iterator[_Errand]:
            for plan, years in errands:
                if plan not in scenarios:
                    scenarios.clear()  # errands of a plan stand together
                    scenarios[plan] = self._scenario_of(plan)
                yield _Errand(scenarios[plan], tuple(map(self._place, years)))

        made: dict[Hashable, dict[int, Floats]] = {}
        with closing(spread(self._work, items(), self._workers)) as found:
            for (plan, years), rows in zip(errands, found, strict=True):
                made.setdefault(plan, {}).update(zip(years, rows, strict=True))
                self.spent += len(years)
                if self._told is not None:
                    self._told(self.spent)
        for plan, by_year in made.items():
            rows = np.array([by_year[year] for year in range(self.have(plan), count)])
            before = self._known.get(plan)
            self._known[plan] = rows if before is None else np.concatenate([before, rows])
        return np.stack([self._known[plan][:count] for plan in plans])

    def _missing(self, plan: Hashable, count: int) -> list[list[int]]:
        """Years that are not there yet, those of a world together: to prepare for it takes as long as a year."""
        years = sorted(range(self.have(plan), count), key=lambda year: divmod(year, self.worlds)[::-1])
        return [years[first : first + YEARS_TOGETHER] for first in range(0, len(years), YEARS_TOGETHER)]

    def _place(self, year: int) -> tuple[World | None, int]:
        replication, world = divmod(year, self.worlds)
        return (self._worlds[world] if self._worlds else None), replication


def _years(seed: int, read: Read, errand: _Errand) -> Floats:
    """The figures of an errand's years, shape (years, figures)."""
    hours = HourTable.of(Calendar.of(errand.scenario))
    rows, here, years = [], None, None
    for world, replication in errand.places:
        if years is None or world is not here:
            here, years = world, _prepared(errand.scenario, world, seed)
        rows.append(read(years.year(replication).tally(hours)))
    return np.array(rows)


def _prepared(scenario: Scenario, world: World | None, seed: int) -> Any:
    """The years of a scenario in a world; as `simulator.study.years.Question.prepare` has them."""
    if world is None:
        return simulation(scenario, seed=seed)
    demand = world.demand(scenario)
    origins = world.origins if demand.keys() & {"phone"} else None
    return simulation(world.applied(scenario), seed=seed, world=world.number, profiles=demand, origins=origins)
