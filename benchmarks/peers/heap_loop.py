"""An event loop written by hand in plain Python: the ceiling for events without a compiler."""

import random
from collections import deque
from heapq import heappop, heappush

from benchmarks.peers import PATIENCE_H, RATE_PER_HOUR, SERVERS, WORK_H

_ARRIVES, _ENDS, _GIVES_UP = range(3)


class Year:
    """See `benchmarks.peers.PoolYear`."""

    def __init__(self, seed: int, hours: float) -> None:
        self._draw = random.Random(seed).expovariate
        self._hours = hours
        self._contacts = self._abandoned = 0

    def run(self) -> None:
        """Simulate it."""
        draw, hours = self._draw, self._hours
        free, count, abandoned = SERVERS, 0, 0
        queue: deque[int] = deque()
        waiting: set[int] = set()
        events = [(draw(RATE_PER_HOUR), _ARRIVES, 0)]
        while True:
            now, kind, contact = heappop(events)
            if now > hours:
                break
            if kind == _ARRIVES:
                heappush(events, (now + draw(RATE_PER_HOUR), _ARRIVES, count + 1))
                count += 1
                if free:
                    free -= 1
                    heappush(events, (now + draw(1 / WORK_H), _ENDS, contact))
                else:
                    queue.append(contact)
                    waiting.add(contact)
                    heappush(events, (now + draw(1 / PATIENCE_H), _GIVES_UP, contact))
            elif kind == _GIVES_UP:
                if contact in waiting:
                    waiting.remove(contact)
                    abandoned += 1
            else:
                while queue and queue[0] not in waiting:
                    queue.popleft()
                if queue:
                    following = queue.popleft()
                    waiting.remove(following)
                    heappush(events, (now + draw(1 / WORK_H), _ENDS, following))
                else:
                    free += 1
        self._contacts, self._abandoned = count, abandoned

    def contacts(self) -> int:
        """How many came."""
        return self._contacts

    def abandoned(self) -> int:
        """How many gave up."""
        return self._abandoned
