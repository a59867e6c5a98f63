"""The exact oracle: who is served when in a single first-come-first-served pool, in integer ticks.

A dozen lines that share nothing with the event engines: contacts are taken in order of arrival and each is offered
the server that is free first; whoever would wait longer than her patience leaves and changes nothing for those
behind her. Given the same numbers, an engine must agree to the last tick. Must not know about shifts, closing,
several channels or randomness.

Order on equal ticks: service ends, then assignment to the head of the line, then abandonment, then arrivals; so one
whose offered wait equals her patience is served, and a server freed at t serves an arrival at t.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heapreplace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.service.theory.checks import whole

Ticks = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class OfferedWait:
    """Fate of each contact, int64 arrays of shape (contacts,).

    Attributes
    ----------
    start_ms : Ticks
        Start of service, -1 for those who left.
    wait_ms : Ticks
        Time in line: until service, or until she left (then her patience).
    end_ms : Ticks
        When she is gone: end of the conversation, or the moment she left. Which server she had does not matter.
    """

    start_ms: Ticks
    wait_ms: Ticks
    end_ms: Ticks


def offered_wait(
    arrival_ms: ArrayLike, work_ms: ArrayLike, patience_ms: ArrayLike, servers: int, gap_ms: ArrayLike = 0
) -> OfferedWait:
    """Serve the contacts with ``servers`` equal servers, first come first served.

    Parameters
    ----------
    arrival_ms : array of int, shape (contacts,)
        Not falling; contacts with equal arrivals stand in the order given.
    work_ms, patience_ms : array of int, shape (contacts,) or scalar
        Length of the conversation, and the longest wait she accepts (0: leaves unless served at once).
    servers : int
        0 is allowed: everybody leaves.
    gap_ms : array of int, shape (contacts,) or scalar
        Time after the conversation during which the server is still held (wrap-up).

    Raises
    ------
    ValueError
        For arrivals that fall, negative times, or times that are not whole.
    """
    whole(servers=servers)
    arrival = _ticks("arrival_ms", arrival_ms)
    if arrival.ndim != 1 or np.any(np.diff(arrival) < 0):
        raise ValueError("arrival_ms must be one row of times that never fall")
    work, patience, gap = (
        np.broadcast_to(_ticks(name, values), arrival.shape)
        for name, values in (("work_ms", work_ms), ("patience_ms", patience_ms), ("gap_ms", gap_ms))
    )
    free_at = [0] * servers
    start, wait = np.full(arrival.shape, -1, dtype=np.int64), patience.copy()
    for i, (now, length, limit, held) in enumerate(
        zip(arrival.tolist(), work.tolist(), patience.tolist(), gap.tolist(), strict=True)
    ):
        begin = max(now, free_at[0]) if servers else now + limit + 1
        if begin - now <= limit:
            heapreplace(free_at, begin + length + held)
            start[i], wait[i] = begin, begin - now
    end = np.where(start >= 0, start + work, arrival + patience)
    return OfferedWait(start_ms=start, wait_ms=wait, end_ms=end)


def _ticks(name: str, values: ArrayLike) -> Ticks:
    raw = np.asarray(values)
    ticks = raw.astype(np.int64)
    if np.any(ticks != raw) or np.any(ticks < 0):
        raise ValueError(f"{name} must hold whole milliseconds of at least 0")
    return ticks
