"""After the doors close: how long the conversations in progress go on.

Each counsellor finishes what she holds; conversations at one counsellor share her attention, so her remaining
conversations speed up as others end. Must not know how the conversations came about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.service.theory import chains
from simulator.service.theory.chains import Move, Moves, State
from simulator.service.theory.checks import FloatArray, non_negative, positive, speeds, whole


@dataclass(frozen=True)
class Drain:
    """Expected times after closing.

    Attributes
    ----------
    counsellor_time : float
        Summed over counsellors, each until her own last conversation ends.
    until_last : float
        Until every conversation has ended.
    """

    counsellor_time: float
    until_last: float


def level_rates(work_mean: float, speed_by_level: Sequence[float]) -> FloatArray:
    """Rate at which a counsellor holding 1..k conversations finishes one: level x speed / mean work, shape (k,)."""
    levels = np.arange(1, len(speed_by_level) + 1)
    return np.asarray(levels * np.asarray(speed_by_level, dtype=np.float64) / work_mean)


def _moves(rates: FloatArray) -> Moves:
    """States count the counsellors holding 1..k conversations."""

    def moves(state: State) -> Iterator[Move]:
        for i, count in enumerate(state):
            if count:
                lower = list(state)
                lower[i] -= 1
                if i:
                    lower[i - 1] += 1
                yield "finish", count * float(rates[i]), tuple(lower)

    return moves


def drain(masses: Mapping[State, float], work_mean: float, speed_by_level: Sequence[float]) -> Drain:
    """Drain from a distribution over states, each a count of counsellors holding 1..k conversations.

    Exponential work of mean ``work_mean`` when alone; k is the length of ``speed_by_level``.
    """
    positive(work_mean=work_mean)
    speeds(speed_by_level)
    rates = level_rates(work_mean, speed_by_level)
    time_by_level = np.cumsum(1 / rates)
    counsellor_time = sum(mass * float(time_by_level @ state) for state, mass in masses.items())
    chain = chains.explore(masses, _moves(rates))
    done = np.array([not any(state) for state in chain.states])
    occupied = chains.until_absorbed(chain.generator(), chain.vector(masses), done)
    return Drain(counsellor_time=counsellor_time, until_last=float(occupied.sum()))


def p_any_left(
    masses: Mapping[State, float], work_mean: float, after: float, speed_by_level: Sequence[float] = (1.0,)
) -> float:
    """P(some conversation is still going on ``after`` the closing); arguments as for :func:`drain`."""
    positive(work_mean=work_mean)
    non_negative(after=after)
    speeds(speed_by_level)
    chain = chains.explore(masses, _moves(level_rates(work_mean, speed_by_level)))
    final = chains.evolve(chain.generator(), chain.vector(masses), after).final
    return float(sum(final[i] for i, state in enumerate(chain.states) if any(state)))


def holding(conversations: Sequence[int], slots: int) -> dict[State, float]:
    """Certain starting point for :func:`drain`: each counsellor's number of conversations, at most ``slots`` each."""
    whole(1, slots=slots)
    for number in conversations:
        whole(conversations=number)
        if number > slots:
            raise ValueError(f"a counsellor holds {number} conversations but has {slots} slots")
    counts = Counter(conversations)
    return {tuple(counts[level] for level in range(1, slots + 1)): 1.0}
