"""Finding the fewest people that meet a target in every half-hour, by simulation.

Iterative staffing after Feldman, Mandelbaum, Massey & Whitt (2008, Management Science 54: 324-338): begin with so many
people that nobody waits, read how many people those in the system take in each half-hour, give each half-hour the
fewest that are all taken at most a share ``alpha`` of the time, simulate with them, and go on until nothing changes.
The delay target ``alpha`` is then the largest whose staffing meets the target asked for. Whole people, chats that slow
each other and half-hours that lean on the ones before leave room: what remains is pruned person by person.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from simulator.study.staffing.requirement import Ints
from simulator.study.staffing.trials import Outcome, Trials
from simulator.study.years import Floats

ALPHAS = tuple(float(f"{odds / (1 + odds):.3g}") for odds in np.geomspace(19.0, 0.002, 28))
"""Delay targets that are tried, the easiest first."""
MOST_ITERATIONS = 12
_HOW_FAR_ON = 3
"""Half-hours that a person taken away is felt in: what is looked at to choose whom to try to spare first."""


@dataclass(frozen=True)
class Found:
    """A staffing and how it was reached.

    Attributes
    ----------
    people
        Shape (groups,).
    alpha
        The delay target it began from.
    iterations
        Simulations of the iterative staffing at that delay target.
    before_pruning
        Shape (groups,).
    """

    people: Ints
    alpha: float
    iterations: int
    before_pruning: Ints


def iterate(trials: Trials, enough: int, fewest: int = 1) -> Found:
    """The fewest people that meet the target in every group.

    Parameters
    ----------
    trials
        What is staffed, what is asked, and the years it is tried on. The target must be met with ``enough`` people.
    enough
        So many in every half-hour that nobody waits.
    fewest
        People who must be there while the channel is open.
    """
    first = trials.taken(np.full(len(trials.slots), enough, np.int64), enough)
    low, high = -1, len(ALPHAS)  # `low` misses the target, `high` meets it
    staffings: dict[int, tuple[Ints, int]] = {}
    while high - low > 1:
        middle = (low + high) // 2
        staffings[middle] = settled(trials, first, ALPHAS[middle], enough, fewest)
        if trials.meet(staffings[middle][0]):
            high = middle
        else:
            low = middle
    best = min(high, len(ALPHAS) - 1)
    people, iterations = staffings[best]
    lifted = lift(trials, people, enough)
    return Found(prune(trials, lifted, fewest), ALPHAS[best], iterations, lifted)


def settled(trials: Trials, first: Floats, alpha: float, enough: int, fewest: int) -> tuple[Ints, int]:
    """The staffing at which iterating at a delay target ends, and after how many simulations.

    Fewer people make chats slower and leavers more, so it may come to swing between two: then the larger of each.
    """
    people, seen = people_for(first, alpha, fewest), set[bytes]()
    for count in range(1, MOST_ITERATIONS + 1):
        seen.add(people.tobytes())
        after = people_for(trials.taken(people, enough), alpha, fewest)
        if after.tobytes() == people.tobytes():
            return people, count
        if after.tobytes() in seen:
            return np.maximum(after, people), count
        people = after
    return people, MOST_ITERATIONS


def people_for(taken: Floats, alpha: float, fewest: int) -> Ints:
    """Fewest people that are all taken at most a share ``alpha`` of the time (Feldman et al. 2008, section 3).

    Parameters
    ----------
    taken
        Shape (groups, most + 1): share of the time in which 0, 1, ... people are wholly taken.
    """
    at_least = np.cumsum(taken[:, ::-1], axis=1)[:, ::-1]  # P(taken >= n)
    found = np.argmax(at_least <= alpha, axis=1)
    never = ~(at_least <= alpha).any(axis=1)
    return np.asarray(np.maximum(np.where(never, taken.shape[1] - 1, found), fewest), np.int64)


def lift(trials: Trials, people: Ints, enough: int) -> Ints:
    """More people, one at a time, wherever the target is missed, until it is met everywhere.

    A half-hour that has enough and still misses is paid for by the one before it.
    """
    people = people.copy()
    while (missed := trials.of(people).missed).any():
        able = people < enough
        more = missed & able
        more |= np.roll(missed & ~able, -1) & able
        people += more if more.any() else able
    return people


def prune(trials: Trials, people: Ints, fewest: int = 1) -> Ints:
    """One person fewer wherever the target still holds in every half-hour, until no half-hour can spare one.

    Judged on the whole week each time, on the same contacts. Where most can be spared is tried first; ties in the order
    of the week. Each half-hour that keeps its people was tried with one fewer at the very staffing that is returned.
    """
    people, tried = people.copy(), dict[int, bytes]()
    while True:
        here = people.tobytes()
        waiting = [group for group in _by_slack(trials, people) if people[group] > fewest and tried.get(group) != here]
        fresh = [group for group in waiting if group not in tried]
        if not waiting:
            return people
        for group in fresh or waiting:
            fewer = people.copy()
            fewer[group] -= 1
            if trials.meet(fewer, beside=people):
                people = fewer
                break
            tried[group] = here


def _by_slack(trials: Trials, people: Ints) -> Iterator[int]:
    """Groups by the hours that one person fewer saves, weighed by the least margin of it and the next ones."""
    outcome: Outcome = trials.of(people)
    margin = np.where(np.isfinite(outcome.margin), outcome.margin, 1.0)
    near = np.min([np.roll(margin, -ahead) for ahead in range(_HOW_FAR_ON)], axis=0)
    order = np.lexsort((np.arange(len(margin)), -np.round(near * trials.slots.size, 9)))
    return iter(order.tolist())
