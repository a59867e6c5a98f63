"""Our compiled engine on the same queue: a scenario like any other, through the general kernel."""

from functools import lru_cache

import numpy as np

from benchmarks.peers import PATIENCE_H, RATE_PER_HOUR, SERVERS, WORK_H
from simulator.scenario.model import Scenario
from simulator.service.compiled import CompiledSimulation
from simulator.service.engines import simulation
from simulator.service.keys import Key
from simulator.service.measures import Yardstick

_HOURS_A_DAY, _MINUTES = 24, 60


def scenario_of(hours: float) -> Scenario:
    """The queue as a scenario of whole days, at least one: 81 days for 1 950 hours."""
    last = np.datetime64("2024-01-01") + np.timedelta64(max(1, round(hours / _HOURS_A_DAY)) - 1, "D")
    rules = {"work": {"mean_min": WORK_H * _MINUTES}, "patience": {"mean_min": PATIENCE_H * _MINUTES}}
    shift = {"hours": "always", "counsellors": SERVERS, "answers": ["phone"]}
    return Scenario.model_validate(
        {
            "title": "M/M/20+M",
            "timezone": "UTC",
            "period": {"first_day": "2024-01-01", "last_day": str(last)},
            "demand": {"phone": {"per_hour": RATE_PER_HOUR}, "max_attempts": 1},
            "channels": {"phone": rules},
            "roster": {"centre": {"pool": shift}},
        }
    )


@lru_cache
def prepared(hours: float) -> tuple[CompiledSimulation, Yardstick]:
    """What is made once for any number of years."""
    scenario = scenario_of(hours)
    years = simulation(scenario, "compiled", seed=1)
    assert isinstance(years, CompiledSimulation)
    return years, Yardstick(scenario, years.plan)


class Year:
    """See `benchmarks.peers.PoolYear`: drawn, served and measured."""

    def __init__(self, seed: int, hours: float) -> None:
        self._years, self._yardstick = prepared(hours)
        self._replication = seed
        self._figures = np.empty(0)

    def run(self) -> None:
        """Simulate and measure it."""
        self._figures, _ = self._yardstick.observe(self._years.year(self._replication))

    def contacts(self) -> int:
        """How many came."""
        return self._measured("offered")

    def abandoned(self) -> int:
        """How many gave up."""
        return self._measured("abandoned")

    def _measured(self, measure: str) -> int:
        return int(self._figures[self._yardstick.keys.index(Key(measure, "phone"))])
