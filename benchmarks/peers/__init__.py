"""One year of an M/M/20+M queue, simulated by everybody in their own way.

18 contacts an hour, one hour each, patience a quarter of an hour, first come first served: 35 100 contacts in 1 950
hours that start empty. Each module has a `Year`: made with a seed and a number of hours, `run`, then read.
"""

from typing import Protocol

RATE_PER_HOUR, WORK_H, PATIENCE_H, SERVERS = 18.0, 1.0, 0.25, 20


class PoolYear(Protocol):
    """A year of the queue. Those who still wait at its end are neither served nor gone."""

    def run(self) -> None:
        """Simulate it: this is what is timed."""
        ...

    def contacts(self) -> int:
        """How many came."""
        ...

    def abandoned(self) -> int:
        """How many gave up."""
        ...
