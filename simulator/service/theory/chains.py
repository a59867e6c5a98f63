"""Finite continuous-time Markov chains: building, long-run and transient answers, and journeys through the day.

A chain is written as a function ``moves(state)`` that yields ``(event, rate, next state)``; everything else follows.
A move back to the same state is allowed: it changes nothing and is still counted (a contact refused). Must not know
what the states mean.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from scipy import sparse, special
from scipy.sparse import linalg as sparse_linalg

from simulator.service.theory.checks import FloatArray

State = tuple[int, ...]
Move = tuple[str, float, State]
Moves = Callable[[State], Iterable[Move]]
T = TypeVar("T")

_MOST_STATES = 400_000
# Mass allowed at the edge of a cut-off line before the cut is moved outward.
_EDGE_MASS = 1e-13
# Uniformisation: chance of more jumps than are followed, and change still to come that is left out.
_TAIL = 1e-17
_SETTLED = 1e-13


@dataclass(frozen=True, eq=False)
class Chain:
    """States and, for each event, the matrix of its rates (shape (states, states), self-moves on the diagonal)."""

    states: tuple[State, ...]
    index: Mapping[State, int]
    flows: Mapping[str, sparse.csr_array]

    def generator(self, scale: Mapping[str, float] | None = None) -> sparse.csr_array:
        """Generator with each event's rates multiplied by ``scale`` (1 for events not named); rows sum to 0."""
        factors = scale or {}
        size = len(self.states)
        rates = sum((flow * factors.get(event, 1.0) for event, flow in self.flows.items()), _empty(size))
        return sparse.csr_array(rates - sparse.diags_array(rates.sum(axis=1)))

    def rate(self, event: str) -> FloatArray:
        """Unscaled rate of ``event`` in each state, shape (states,); zeros for an event that never happens."""
        flow = self.flows.get(event)
        return np.zeros(len(self.states)) if flow is None else np.asarray(flow.sum(axis=1), dtype=np.float64)

    def column(self, position: int) -> FloatArray:
        """One coordinate of every state as floats, shape (states,); negative positions count from the end."""
        return np.array([state[position] for state in self.states], dtype=np.float64)

    def vector(self, masses: Mapping[State, float]) -> FloatArray:
        """Masses by state as a vector in the chain's order."""
        values = np.zeros(len(self.states))
        for state, mass in masses.items():
            values[self.index[state]] += mass
        return values

    def masses(self, vector: FloatArray) -> dict[State, float]:
        """Vector in the chain's order as masses by state, zeros left out."""
        return {self.states[i]: float(vector[i]) for i in np.flatnonzero(vector)}


def _empty(size: int) -> sparse.csr_array:
    return sparse.csr_array((size, size), dtype=np.float64)


def explore(starts: Iterable[State], moves: Moves) -> Chain:
    """Chain of every state that can be reached from ``starts``.

    Raises
    ------
    ValueError
        If there are more states than can be solved, or a rate is negative.
    """
    states = list(dict.fromkeys(starts))
    index = {state: i for i, state in enumerate(states)}
    entries: dict[str, tuple[list[int], list[int], list[float]]] = {}
    for i, state in enumerate(states):  # grows while it is read: breadth first
        for event, rate, target in moves(state):
            if rate < 0:
                raise ValueError(f"rate of {event} in state {state} is negative: {rate!r}")
            if rate == 0:
                continue
            if target not in index:
                index[target] = len(states)
                states.append(target)
            rows, columns, values = entries.setdefault(event, ([], [], []))
            rows.append(i)
            columns.append(index[target])
            values.append(rate)
        if len(states) > _MOST_STATES:
            raise ValueError(f"the chain has more than {_MOST_STATES} states: use a smaller system")
    size = len(states)
    flows = {
        event: sparse.csr_array((values, (rows, columns)), shape=(size, size))
        for event, (rows, columns, values) in entries.items()
    }
    return Chain(tuple(states), index, flows)


def stationary(generator: sparse.csr_array) -> FloatArray:
    """Long-run distribution of an irreducible chain, shape (states,).

    One state's weight is fixed and the balance equations of the others are solved; if that state turns out to be
    rare the solution is repeated from the most likely one, so that rounding does not grow.
    """
    balance = sparse.csc_array(generator.T)
    weights = _weights_from(balance, 0)
    top = int(weights.argmax())
    if weights[top] > 1e6 * weights[0]:
        weights = _weights_from(balance, top)
    return np.asarray(weights / weights.sum())


def _weights_from(balance: sparse.csc_array, pinned: int) -> FloatArray:
    size = balance.shape[0]
    if size == 1:
        return np.ones(1)
    others = np.delete(np.arange(size), pinned)
    weights = np.ones(size)
    right = -balance[others][:, [pinned]].toarray().ravel()
    weights[others] = np.maximum(sparse_linalg.spsolve(balance[others][:, others].tocsc(), right), 0.0)
    return weights


@dataclass(frozen=True, eq=False)
class Passage:
    """A chain over a stretch of time: distribution at its end, and expected time spent in each state."""

    final: FloatArray
    occupied: FloatArray


def evolve(generator: sparse.csr_array, initial: FloatArray, duration: float) -> Passage:
    """Kolmogorov's forward equations over ``duration`` by uniformisation (Jensen 1953)."""
    return _uniformise(sparse.csr_array(generator.T), initial, duration)


def look_back(generator: sparse.csr_array, value: FloatArray, duration: float) -> FloatArray:
    """Kolmogorov's backward equations: E[value(state after ``duration``)] for each state now."""
    return _uniformise(generator, value, duration).final


def _uniformise(matrix: sparse.csr_array, start: FloatArray, duration: float) -> Passage:
    rate = 1.02 * float(-matrix.diagonal().min(initial=0.0))  # above the fastest, so that the walk has no period
    if rate == 0 or duration == 0:
        return Passage(start.copy(), start * duration)
    mean = rate * duration
    k = np.arange(int(mean + 12 * math.sqrt(mean) + 60))
    beyond = special.pdtrc(k, mean)
    count = int(np.count_nonzero(beyond > _TAIL))
    k, tail = k[: count + 1], beyond[: count + 1] / rate
    weight = np.exp(special.xlogy(k, mean) - mean - special.gammaln(k + 1))
    weight /= weight.sum()
    jump = sparse.csr_array(matrix / rate + sparse.eye_array(matrix.shape[0]))
    vector, final, occupied = start, weight[0] * start, tail[0] * start
    for step in range(1, count + 1):
        before, vector = vector, jump @ vector
        # The change per step never grows (the walk is a contraction), so this bounds all that is still to come.
        if step % 8 == 0 and np.abs(vector - before).sum() * (count - step) < _SETTLED:
            final += max(0.0, 1 - weight[:step].sum()) * vector
            occupied += max(0.0, duration - tail[:step].sum()) * vector
            break
        final += weight[step] * vector
        occupied += tail[step] * vector
    return Passage(final, occupied)


def until_absorbed(generator: sparse.csr_array, initial: FloatArray, absorbing: FloatArray) -> FloatArray:
    """Expected time spent in each state before a state marked in the boolean array ``absorbing`` is reached."""
    lasting = np.flatnonzero(~absorbing.astype(bool))
    occupied = np.zeros(initial.size)
    if lasting.size and initial[lasting].any():
        within = sparse.csc_array(-generator[lasting][:, lasting].T)
        occupied[lasting] = sparse_linalg.spsolve(within, initial[lasting])
    return occupied


@dataclass(frozen=True)
class Leg:
    """One stretch of a day with constant rates.

    ``enter`` maps each state at the end of the leg before to the state in which this leg begins (a counsellor comes
    on shift and takes the head of the line).
    """

    duration: float
    moves: Moves
    scale: Mapping[str, float]
    enter: Callable[[State], State]


@dataclass(frozen=True, eq=False)
class Stretch:
    """A leg as it was travelled: its chain, generator, distribution at the start, and passage."""

    leg: Leg
    chain: Chain
    generator: sparse.csr_array
    initial: FloatArray
    passage: Passage

    def expected(self, event: str) -> float:
        """Expected number of times ``event`` happens in the leg."""
        return self.leg.scale.get(event, 1.0) * float(self.passage.occupied @ self.chain.rate(event))

    def final_masses(self) -> dict[State, float]:
        """Distribution at the end of the leg, by state."""
        return self.chain.masses(self.passage.final)


def relabel(masses: Mapping[State, float], change: Callable[[State], State]) -> dict[State, float]:
    """Masses after every state has been changed at once."""
    changed: dict[State, float] = {}
    for state, mass in masses.items():
        target = change(state)
        changed[target] = changed.get(target, 0.0) + mass
    return changed


def journey(start: State, legs: Sequence[Leg]) -> tuple[Stretch, ...]:
    """Travel through the legs one after the other, from ``start`` with certainty."""
    masses = {start: 1.0}
    travelled = []
    for leg in legs:
        masses = relabel(masses, leg.enter)
        chain = explore(masses, leg.moves)
        generator, initial = chain.generator(leg.scale), chain.vector(masses)
        stretch = Stretch(leg, chain, generator, initial, evolve(generator, initial, leg.duration))
        travelled.append(stretch)
        masses = stretch.final_masses()
    return tuple(travelled)


def edge_share(stretch: Stretch, position: int, cap: int) -> float:
    """Largest probability, averaged over the leg or at its end, that coordinate ``position`` stands at its cap."""
    at_cap = stretch.chain.column(position) >= cap
    if not at_cap.any():
        return 0.0
    average = float(stretch.passage.occupied[at_cap].sum()) / max(stretch.leg.duration, 1e-300)
    return max(average, float(stretch.passage.final[at_cap].sum()))


def worst_edge(stretches: Iterable[Stretch], cap: int) -> tuple[float]:
    """Largest :func:`edge_share` of the last coordinate over the whole journey, as :func:`widen` wants it."""
    return (max(edge_share(stretch, -1, cap) for stretch in stretches),)


def widen(
    build: Callable[[tuple[int, ...]], T],
    edges: Callable[[T, tuple[int, ...]], Sequence[float]],
    caps: tuple[int, ...],
) -> T:
    """Solve with cut-off lines, doubling every cap whose edge still carries mass.

    ``build(caps)`` solves; ``edges(result, caps)`` gives the mass at each cap.

    Raises
    ------
    ValueError
        If a line does not end: the system is unstable, or too large to solve.
    """
    for _ in range(16):
        result = build(caps)
        heavy = [mass > _EDGE_MASS for mass in edges(result, caps)]
        if not any(heavy):
            return result
        caps = tuple(2 * cap if more else cap for cap, more in zip(caps, heavy, strict=True))
    raise ValueError("the waiting line does not end: capacity is below what is offered, or the system is too large")
