"""When persons make their first attempt: a Poisson process with the cells' rates, one identity for each person.

In a cell that expects L, persons 0, 1, 2, ... come as long as the sum of their unit exponential numbers is at most L:
the count is Poisson, and more demand adds persons behind those who are there already. So raising demand keeps
everybody, with all their draws, and lowering it takes the last ones of each cell away. Knows nothing of what persons
then need.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.demand.rates import Cells
from simulator.demand.streams import Counters, Key, Streams, uniforms, unit_exponentials

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MOST_IN_CELL = 1 << 19
"""Greatest expected count of one cell; the ordinal within the cell has room for twice as many."""
ORDINAL_BITS = np.uint64(20)
CHANNEL_BIT = np.uint64(53)
ATTEMPT_BIT = np.uint64(56)
_BLOCK = 1 << 17
"""Numbers looked up at a time."""


@dataclass(frozen=True)
class People:
    """Persons by first attempt, sorted by arrival, then channel, then identity; arrays of shape (n,).

    Attributes
    ----------
    at_ms
        Since the run's start.
    channel
        Code of the channel they try first.
    identity
        Below ``2**56``, unique; the same person in every run that holds the same stretch of time.
    """

    at_ms: Ints
    channel: NDArray[np.int16]
    identity: Counters

    @classmethod
    def of(cls, groups: list[tuple[int, Ints, Counters]]) -> "People":
        """Merge the persons of several channels, each given as code, arrivals and identities."""
        at_ms = np.concatenate([np.empty(0, np.int64), *(at for _, at, _ in groups)])
        identity = np.concatenate([np.empty(0, np.uint64), *(each for _, _, each in groups)])
        codes = np.repeat(np.array([code for code, _, _ in groups], np.int16), [len(at) for _, at, _ in groups])
        order = np.lexsort((identity, codes, at_ms))
        return cls(at_ms[order], codes[order], identity[order])

    def counters(self, rows: Ints, attempts: int) -> Counters:
        """Counters of the draws of some persons in each attempt, shape (rows, attempts)."""
        attempt = np.arange(attempts, dtype=np.uint64) << ATTEMPT_BIT
        return np.asarray(self.identity[rows, None] | attempt)


def draw_arrivals(cells: Cells, expected: Floats, channel: int, streams: Streams) -> tuple[Ints, Counters]:
    """First attempts on one channel, cell by cell.

    Parameters
    ----------
    cells
        Where and how long.
    expected
        Shape (cells,): mean count of each cell, busyness included, at most `MOST_IN_CELL`.
    channel
        Its code, part of every identity.
    streams
        Where the random numbers come from.

    Returns
    -------
    tuple
        Arrivals in milliseconds since the run's start, and identities; shape (n,), sorted by cell only.
    """
    first = first_counters(cells, channel)
    counts = poisson_counts(expected, first, streams.key("arrivals"))
    cell = np.repeat(np.arange(len(counts)), counts)
    ordinal = np.arange(len(cell)) - np.repeat(np.cumsum(counts) - counts, counts)
    identity = first[cell] + ordinal.astype(np.uint64)
    within = uniforms(streams.key("position"), identity) * cells.length_ms[cell]
    return cells.start_ms[cell] + within.astype(np.int64), identity


def first_counters(cells: Cells, channel: int) -> Counters:
    """Identity of the first person of each cell of a channel; those that follow count up from it."""
    return np.asarray((cells.identity << ORDINAL_BITS) | (np.uint64(channel) << CHANNEL_BIT))


def person_identities(ordinals: Ints, channel: NDArray[np.int16]) -> Counters:
    """Identities of persons who are numbered, not drawn."""
    return np.asarray(ordinals.astype(np.uint64) | (channel.astype(np.uint64) << CHANNEL_BIT))


def poisson_counts(expected: Floats, first: Counters, key: Key) -> Ints:
    """Poisson counts that never fall when their mean rises.

    Parameters
    ----------
    expected
        Means, shape (cells,).
    first
        Counter of each cell's first exponential number; those that follow count up from it.
    key
        Of the stream of exponential numbers.

    Returns
    -------
    NDArray
        Shape (cells,). Independent of how the work is divided: sums are taken strictly in order.
    """
    counts = np.zeros(len(expected), np.int64)
    order = np.argsort(expected, kind="stable")
    start = 0
    while start < len(order):
        width = _width(expected[order[min(start + _BLOCK, len(order)) - 1]])
        chosen = order[start : start + max(1, _BLOCK // width)]
        counts[chosen] = _count(expected[chosen], first[chosen], key)
        start += len(chosen)
    return counts


def _width(mean: float) -> int:
    """How many numbers nearly always suffice for a mean."""
    return min(int(mean + 6 * mean**0.5) + 8, _BLOCK)


def _count(expected: Floats, first: Counters, key: Key) -> Ints:
    """`poisson_counts` of a few cells at once."""
    counts = np.zeros(len(expected), np.int64)
    active = np.arange(len(expected))
    passed = np.zeros(len(expected))
    done, width = 0, _width(float(expected.max()))
    while len(active):
        ordinals = np.arange(done, done + width, dtype=np.uint64)
        gaps = unit_exponentials(key, first[active, None] + ordinals)
        gaps[:, 0] += passed
        sums = np.cumsum(gaps, axis=1)
        within = (sums <= expected[active, None]).sum(axis=1)
        counts[active] += within
        more = within == width
        active, passed, done = active[more], sums[more, -1], done + width
        width = max(1, min(width, _BLOCK // max(1, len(active))))
    return counts
