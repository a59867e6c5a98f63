"""SimPy as its guide teaches it: a process for each contact, and `request` or `timeout`. The yardstick of speed."""

import random

import simpy

from benchmarks.peers import PATIENCE_H, RATE_PER_HOUR, SERVERS, WORK_H


class Year:
    """See `benchmarks.peers.PoolYear`."""

    def __init__(self, seed: int, hours: float) -> None:
        self._rng = random.Random(seed)
        self._hours = hours
        self._env = simpy.Environment()
        self._pool = simpy.Resource(self._env, SERVERS)
        self._contacts = self._abandoned = 0

    def run(self) -> None:
        """Simulate it."""
        self._env.process(self._source())
        self._env.run(until=self._hours)

    def contacts(self) -> int:
        """How many came."""
        return self._contacts

    def abandoned(self) -> int:
        """How many gave up."""
        return self._abandoned

    def _source(self) -> simpy.events.ProcessGenerator:
        while True:
            yield self._env.timeout(self._rng.expovariate(RATE_PER_HOUR))
            self._contacts += 1
            self._env.process(self._contact())

    def _contact(self) -> simpy.events.ProcessGenerator:
        with self._pool.request() as request:
            result = yield request | self._env.timeout(self._rng.expovariate(1 / PATIENCE_H))
            if request in result:
                yield self._env.timeout(self._rng.expovariate(1 / WORK_H))
            else:
                self._abandoned += 1
