"""SimPy events at an absolute time with a fixed order among those of the same instant.

SimPy schedules delays and breaks ties by age; a queue of people needs absolute times (a float delay drifts, a
relative one is recomputed) and an order that does not depend on who was scheduled first.
"""

from collections.abc import Callable
from heapq import heappop, heappush

import simpy

SERVICE_ENDS, SHIFT, ASSIGN, GIVES_UP, RINGS_OUT, CLOSES, OPENS, ARRIVES = range(2, 10)
"""The order of simultaneous events; SimPy keeps 0 and 1 for itself. Ties inside a kind go by index."""

INDEX_BITS = 44


class Clock(simpy.Environment):
    """An environment whose time is whole milliseconds since the run's start."""

    @property
    def now(self) -> int:
        """The present, in milliseconds."""
        return self._now  # type: ignore[return-value]  # only whole numbers are ever scheduled


class At(simpy.Event):
    """An event that happens at ``at_ms``; its priority is (kind, index)."""

    def __init__(self, env: Clock, at_ms: int, kind: int, index: int, does: Callable[[simpy.Event], None]) -> None:
        self.env = env
        self.callbacks = [does]
        self._ok = True
        self._value = index
        entry = (at_ms, (kind << INDEX_BITS) | index, next(env._eid), self)
        heappush(env._queue, entry)  # type: ignore[misc]  # simpy types priorities as its own two


def run_until(env: Clock, horizon_ms: int) -> None:
    """Process all events up to the horizon, then only what ends conversations: nothing new happens after it."""
    queue = env._queue
    step = env.step
    while queue:
        at_ms, priority, _, _ = queue[0]
        if at_ms <= horizon_ms or priority >> INDEX_BITS <= SHIFT:
            step()
        else:
            heappop(queue)
