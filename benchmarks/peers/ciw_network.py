"""Ciw, a library for networks of queues, with its own reneging.

An extra: ``pip install 'opening-hours-simulator[benchmarks]'``.
"""

from importlib import import_module
from typing import Any

from benchmarks.peers import PATIENCE_H, RATE_PER_HOUR, SERVERS, WORK_H


class Year:
    """See `benchmarks.peers.PoolYear`.

    Raises
    ------
    ModuleNotFoundError
        If Ciw is not installed.
    """

    def __init__(self, seed: int, hours: float) -> None:
        ciw: Any = import_module("ciw")
        ciw.seed(seed)
        network = ciw.create_network(
            arrival_distributions=[ciw.dists.Exponential(RATE_PER_HOUR)],
            service_distributions=[ciw.dists.Exponential(1 / WORK_H)],
            reneging_time_distributions=[ciw.dists.Exponential(1 / PATIENCE_H)],
            number_of_servers=[SERVERS],
        )
        self._hours = hours
        self._simulation: Any = ciw.Simulation(network)

    def run(self) -> None:
        """Simulate it."""
        self._simulation.simulate_until_max_time(self._hours)

    def contacts(self) -> int:
        """How many came."""
        return int(self._simulation.nodes[0].number_of_individuals)

    def abandoned(self) -> int:
        """How many gave up; read after the run, off the record of each of them."""
        return sum(record.record_type == "renege" for record in self._simulation.get_all_records())
