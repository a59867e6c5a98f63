"""How many of an evening's waiting contacts are served, or give up, within a target wait.

A contact who joins the line is followed on (busy, ahead of her) until she is served, gives up, or the target passes;
the roster may change under her. In a stretch whose contacts see no change, all share one answer; arrivals within the
target before a change are integrated by Gauss-Legendre. Must not know what an evening totals.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from simulator.service.theory import chains
from simulator.service.theory.chains import Chain, Move, Moves, State, Stretch
from simulator.service.theory.checks import FloatArray

_SERVED: State = (-1, 0)
_LEFT: State = (-2, 0)
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)


# Share of the time since opening below which two times are the same.
_HAIR = 1e-11


class Pieces(NamedTuple):
    """Consecutive pieces of constant staffing: their ends, and the servers in each."""

    ends: tuple[float, ...]
    servers: tuple[int, ...]


@dataclass(frozen=True)
class Staffing:
    """Rostered servers over time: ``servers[i]`` until ``ends[i]`` (hours from opening, last may be infinite)."""

    ends: tuple[float, ...]
    servers: tuple[int, ...]

    @classmethod
    def of(cls, hours: Sequence[float], servers: Sequence[int], served_out: bool) -> Staffing:
        """Merge segments of equal staffing; the last one goes on for ever when the queue is served out."""
        ends = [float(end) for end in np.cumsum(hours)]
        last = len(ends) - 1
        changes = [i for i in range(last) if servers[i] != servers[i + 1]] + [last]
        merged = [ends[i] for i in changes]
        if served_out:
            merged[-1] = math.inf
        return cls(tuple(merged), tuple(servers[i] for i in changes))

    def cuts(self, start: float, end: float, target: float) -> list[float]:
        """Times inside (start, end) from which an arrival may live to see a change within ``target``.

        A cut closer to an edge than rounding can tell is left out: fewer contacts arrive there than can matter.
        """
        hair = _HAIR * end
        return [change - target for change in self.ends if start + hair < change - target < end - hair]

    def lived(self, time: float, target: float) -> tuple[Pieces, bool]:
        """Pieces that one who arrives at ``time`` may live to see within ``target``, and whether a change is seen.

        Closing, the end of the last piece, is a change like the others.
        """
        first = next(i for i, end in enumerate(self.ends) if time < end)
        last = next((i for i, end in enumerate(self.ends) if time + target <= end), len(self.ends) - 1)
        seen = Pieces(self.ends[first : last + 1], self.servers[first : last + 1])
        return seen, time + target > self.ends[first]


@dataclass(frozen=True)
class Fates:
    """Expected number of contacts from the line served, and gone, within the target."""

    served: float
    abandoned: float


def fates_in_line(
    stretches: Sequence[Stretch], staffing: Staffing, service_rate: float, abandonment_rate: float, target: float
) -> Fates:
    """Expected fates within ``target`` hours of all who join the line during the journey.

    The stretches must be cut at :meth:`Staffing.cuts`, so that in each either every contact may see the coming change
    or none does.
    """
    total = np.zeros(2)
    clock = np.cumsum([0.0, *(stretch.leg.duration for stretch in stretches)])
    for stretch, (start, end) in zip(stretches, pairwise(clock.tolist()), strict=True):
        joining = stretch.leg.scale["join"]
        if joining > 0 and target > 0:
            # All arrivals of the stretch see the same pieces; its middle cannot be confused with a change by rounding.
            pieces, change_seen = staffing.lived((start + end) / 2, target)
            watch = _Watch(stretch.chain, pieces, service_rate, abandonment_rate, target)
            total += joining * (_varying if change_seen else _steady)(stretch, watch, start)
    return Fates(float(total[0]), float(total[1]))


def _steady(stretch: Stretch, watch: _Watch, start: float) -> FloatArray:
    """Time-integral over the stretch of the chances of one who joins, the same for all."""
    return np.asarray(stretch.passage.occupied @ watch.chances(start))


def _varying(stretch: Stretch, watch: _Watch, start: float) -> FloatArray:
    """Time-integral over the stretch of the chances of one who joins, which depend on when."""
    total, vector, now = np.zeros(2), stretch.initial, 0.0
    half = stretch.leg.duration / 2
    for node, weight in zip(half * (1 + _NODES), half * _WEIGHTS, strict=True):
        vector = chains.evolve(stretch.generator, vector, node - now).final
        total += weight * (vector @ watch.chances(start + node))
        now = node
    return total


class _Watch:
    """Chances of the two fates, for each state of a stretch's chain that a joining contact may meet."""

    def __init__(
        self,
        chain: Chain,
        pieces: Pieces,
        service_rate: float,
        abandonment_rate: float,
        target: float,
    ) -> None:
        self._target, (self._ends, self._servers) = target, pieces
        self._waits = np.array([state[0] >= self._servers[0] for state in chain.states])
        starts = [state for state in chain.states if state[0] >= self._servers[0]]
        self._pieces: list[Chain] = []
        for count in self._servers:
            moves = _tagged_moves(count, service_rate, abandonment_rate)
            piece = chains.explore([*(_enter(state, count) for state in starts), _SERVED, _LEFT], moves)
            self._pieces.append(piece)
            starts = list(piece.states)
        self._generators = [piece.generator() for piece in self._pieces]

    def chances(self, time: float) -> FloatArray:
        """P(served) and P(gone) within the target for one who joins at ``time``; shape (states of the chain, 2)."""
        begins = [time, *self._ends[:-1]]
        value = _certain(self._pieces[-1])
        for number in reversed(range(len(self._pieces))):
            if number + 1 < len(self._pieces):
                value = self._handed_over(number, value)
            lived = min(self._ends[number], time + self._target) - begins[number]
            value = chains.look_back(self._generators[number], value, max(0.0, lived))
        chances = np.zeros((self._waits.size, 2))
        chances[self._waits] = value[: np.count_nonzero(self._waits)]
        return chances

    def _handed_over(self, number: int, later: FloatArray) -> FloatArray:
        """Values of the next piece's states, for the states that become them."""
        following, servers = self._pieces[number + 1], self._servers[number + 1]
        return later[[following.index[_enter(state, servers)] for state in self._pieces[number].states]]


def _certain(piece: Chain) -> FloatArray:
    value = np.zeros((len(piece.states), 2))
    value[piece.index[_SERVED], 0] = 1.0
    value[piece.index[_LEFT], 1] = 1.0
    return value


def _enter(state: State, servers: int) -> State:
    """(busy, ahead) after a change of roster: she is served if the free servers reach her place in the line."""
    busy, ahead = state
    free = max(0, servers - busy)
    if busy < 0 or free == 0:
        return state
    return _SERVED if ahead < free else (busy + free, ahead - free)


def _tagged_moves(servers: int, service_rate: float, abandonment_rate: float) -> Moves:
    def moves(state: State) -> Iterator[Move]:
        busy, ahead = state
        if busy < 0:
            return
        if busy > servers:
            yield "finish", busy * service_rate, (busy - 1, ahead)
        else:
            yield "finish", busy * service_rate, (busy, ahead - 1) if ahead else _SERVED
        yield "step", ahead * abandonment_rate, (busy, ahead - 1)
        yield "leave", abandonment_rate, _LEFT

    return moves
