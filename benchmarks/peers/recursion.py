"""The offered-wait recursion of `simulator.service.theory.oracle` on numbers drawn by numpy: for one queue only."""

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers import PATIENCE_H, RATE_PER_HOUR, SERVERS, WORK_H
from simulator.service.theory.oracle import OfferedWait, offered_wait

_HOUR_MS = 3_600_000


class Year:
    """See `benchmarks.peers.PoolYear`."""

    def __init__(self, seed: int, hours: float) -> None:
        self._rng = np.random.default_rng(seed)
        self._hours = hours
        self._found: OfferedWait | None = None

    def run(self) -> None:
        """Draw and simulate it."""
        rng = self._rng
        count = rng.poisson(RATE_PER_HOUR * self._hours)
        arrival = np.sort(rng.random(count)) * self._hours
        work, patience = rng.exponential(WORK_H, count), rng.exponential(PATIENCE_H, count)
        self._found = offered_wait(_ms(arrival), _ms(work), _ms(patience), SERVERS)

    def contacts(self) -> int:
        """How many came."""
        assert self._found is not None
        return len(self._found.start_ms)

    def abandoned(self) -> int:
        """How many gave up."""
        assert self._found is not None
        return int((self._found.start_ms < 0).sum())


def _ms(hours: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.rint(hours * _HOUR_MS).astype(np.int64)
