"""SimPy events at an absolute time with a fixed order among those of the same instant.

SimPy schedules delays and breaks ties by age; a queue of people needs absolute times (a float delay drifts, a
relative one is recomputed) and an order that does not depend on who was scheduled first.
"""

from collections.abc import Callable
from heapq import heappop, heappush

import simpy

SERVICE_ENDS, SHIFT, ASSIGN, GIVES_UP, RINGS_OUT, CLOSES, OPENS, ARRIVES = range(2, 10)
"""The order of simultaneous events; SimPy keeps 0 and 1 for itself. Ties inside a kind go by index."""

_INDEX_BITS = 44


class At(simpy.Event):
    """An event that happens at ``at_ms``; its priority is (kind, index)."""

    def __init__(
        self, env: simpy.Environment, at_ms: int, kind: int, index: int, does: Callable[[simpy.Event], None]
    ) -> None:
        self.env = env
        self.callbacks = [does]
        self._ok = True
        self._value = index
        heappush(env._queue, (at_ms, (kind << _INDEX_BITS) | index, next(env._eid), self))


def run_until(env: simpy.Environment, horizon_ms: int) -> None:
    """Process all events up to the horizon, then only the service ends that are left: nothing new happens after it."""
    queue = env._queue
    step = env.step
    while queue:
        at_ms, priority, _, _ = queue[0]
        if at_ms <= horizon_ms or priority >> _INDEX_BITS == SERVICE_ENDS:
            step()
        else:
            heappop(queue)
