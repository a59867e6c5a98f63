"""SimPy with a queue of our own and plain events: still a process for each contact, no `Resource` and no `AnyOf`."""

import random
from collections import deque

import simpy

from benchmarks.peers import PATIENCE_H, RATE_PER_HOUR, SERVERS, WORK_H


class Year:
    """See `benchmarks.peers.PoolYear`."""

    def __init__(self, seed: int, hours: float) -> None:
        self._draw = random.Random(seed).expovariate
        self._hours = hours
        self._env = simpy.Environment()
        self._free = SERVERS
        self._queue: deque[simpy.Event] = deque()
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
        env, draw = self._env, self._draw
        while True:
            yield env.timeout(draw(RATE_PER_HOUR))
            self._contacts += 1
            env.process(self._contact())

    def _contact(self) -> simpy.events.ProcessGenerator:
        env, draw = self._env, self._draw
        if self._free:
            self._free -= 1
        else:
            turn = env.event()
            self._queue.append(turn)
            env.timeout(draw(1 / PATIENCE_H)).callbacks.append(lambda _: self._gives_up(turn))
            if not (yield turn):
                return
        yield env.timeout(draw(1 / WORK_H))
        self._next()

    def _gives_up(self, turn: simpy.Event) -> None:
        if not turn.triggered:
            self._abandoned += 1
            turn.succeed(False)

    def _next(self) -> None:
        while self._queue:
            turn = self._queue.popleft()
            if not turn.triggered:
                turn.succeed(True)
                return
        self._free += 1
