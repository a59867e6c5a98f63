"""From a large space of plans to the few worth simulating: what people bring hour by hour, and the best sums of it.

Probes are plans with one, two, three ... people added round the clock; simulated beside the service as it is, they tell
what each hour of the week would bring with so many people. What a plan brings is then about the sum over its hours, and
the best sums within a budget are found by a knapsack over the groups of weekdays (Kellerer, Pferschy & Pisinger 2004,
Knapsack Problems, chapter 11: one choice of each class). An hour's yield depends a little on the hours before it, so
sums are no answers: `selecting` decides among the best of them. Knows nothing of scenarios.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.study.hours.space import Candidate, Frame, Options, candidate, cell_hours, options_of
from simulator.study.hours.week import Floats

BINS = 300
"""Steps of cost in which the knapsack keeps the best sums."""
KEPT_PER_BIN = 8
KEPT_OF_MANY = 5
"""Where more than two groups are joined."""


@dataclass(frozen=True)
class Yields:
    """What people bring and cost by hour of the week.

    Attributes
    ----------
    value
        Shape (most + 1, 168): what so many added people bring in a year in that hour of the week, open throughout.
    cost
        Shape (168,): NOK a year of one person on duty in that hour of the week.
    """

    value: Floats
    cost: Floats


@dataclass(frozen=True)
class Screened:
    """Plans with what they are predicted to bring, the best first.

    Attributes
    ----------
    plans, value, cost
        As predicted by sums over hours; arrays of shape (plans,).
    """

    plans: tuple[Candidate, ...]
    value: Floats
    cost: Floats


def priced(frame: Frame, yields: Yields) -> list[Options]:
    """What each group of weekdays may have, with its worth and price."""
    found = []
    for group in range(len(frame.groups)):
        hours = cell_hours(frame, group)
        found.append(options_of(frame, group, yields.value @ hours.T, hours @ yields.cost))
    return found


@dataclass(frozen=True)
class _Joined:
    """Options of the groups so far, joined: for each sum the row of every group's options."""

    rows: NDArray[np.int64]
    value: Floats
    cost: Floats


class Shelf:
    """The best sums at every cost, found once and asked at many budgets.

    Parameters
    ----------
    frame, yields
        Which plans there are, and what hours bring and cost.
    most_nok
        No plan dearer than this is kept.
    """

    def __init__(self, frame: Frame, yields: Yields, most_nok: float) -> None:
        self.frame = frame
        self._options = priced(frame, yields)
        joined = _first(self._options[0], most_nok)
        for options in self._options[1:]:
            joined = _with(joined, _first(options, most_nok), most_nok, len(self._options))
        self.count = float(np.prod([float(len(each.cost)) for each in self._options])) - 1.0
        order = np.argsort(-joined.value, kind="stable")
        self._joined = _Joined(joined.rows[order], joined.value[order], joined.cost[order])

    def best(self, budget_nok: float, count: int) -> Screened:
        """The plans within a budget that are predicted to bring most, the empty one left out."""
        affordable = np.flatnonzero((self._joined.cost <= budget_nok) & (self._joined.cost >= 0))
        busy = affordable[(self._joined.rows[affordable] > 0).any(axis=1)][:count]
        return Screened(tuple(map(self._plan, busy)), self._joined.value[busy], self._joined.cost[busy])

    def affordable(self, budget_nok: float) -> float:
        """How many plans a budget allows; see `affordable`."""
        return affordable(self._options, budget_nok)

    def _plan(self, place: int) -> Candidate:
        rows = self._joined.rows[place]
        return candidate(self.frame, [each.shifts[row] for each, row in zip(self._options, rows, strict=True)])


def affordable(options: Sequence[Options], budget_nok: float) -> float:
    """How many plans a budget allows, the empty one left out; with three groups or more about so many."""
    costs = [each.cost for each in options]
    if len(costs) == 1:
        return float((costs[0] <= budget_nok).sum()) - 1.0
    if len(costs) == 2:
        return float(np.searchsorted(np.sort(costs[1]), budget_nok - costs[0], side="right").sum()) - 1.0
    step = max(budget_nok, 1.0) / BINS
    total = np.ones(1)
    for cost in costs:
        counts = np.bincount(np.minimum(cost / step, BINS).astype(np.int64), minlength=BINS)
        total = np.convolve(total, counts[:BINS].astype(np.float64))[:BINS]
    return float(total.sum()) - 1.0


def every(frame: Frame, options: Sequence[Options], budget_nok: float) -> list[Candidate]:
    """Every plan a budget allows, the empty one left out: for spaces that `affordable` says are small."""
    rows, cost = np.zeros((1, 0), np.int64), np.zeros(1)
    for each in options:
        allowed = np.argwhere(cost[:, np.newaxis] + each.cost <= budget_nok)
        rows = np.concatenate([rows[allowed[:, 0]], allowed[:, 1:]], axis=1)
        cost = cost[allowed[:, 0]] + each.cost[allowed[:, 1]]
    chosen = [row for row in rows if row.any()]
    parts = [[each.shifts[place] for each, place in zip(options, row, strict=True)] for row in chosen]
    return [candidate(frame, each) for each in parts]


def _first(options: Options, most_nok: float) -> _Joined:
    rows = np.flatnonzero(options.cost <= most_nok)
    return _Joined(rows[:, np.newaxis], options.value[rows], options.cost[rows])


def _with(joined: _Joined, other: _Joined, most_nok: float, groups: int) -> _Joined:
    """Every sum of two lists within the limit, the best of each step of cost kept."""
    kept = KEPT_PER_BIN if groups <= 2 else KEPT_OF_MANY
    one, two = _thinned(joined, kept), _thinned(other, kept)
    cost = one.cost[:, np.newaxis] + two.cost
    first, second = np.nonzero(cost <= most_nok)
    value = one.value[first] + two.value[second]
    sums = _Joined(np.concatenate([one.rows[first], two.rows[second]], axis=1), value, cost[first, second])
    return _thinned(sums, 4 * kept)


def _thinned(sums: _Joined, kept: int) -> _Joined:
    """The best of each step of cost, steps in equal ratios; doing nothing always stays."""
    paid = sums.cost[sums.cost > 0]
    if not len(paid):
        return sums
    place = np.log(np.maximum(sums.cost, paid.min()) / paid.min()) / max(np.log(paid.max() / paid.min()), 1e-9)
    step = np.minimum((place * BINS).astype(np.int64), BINS - 1)
    order = np.lexsort((-sums.value, step))
    rank = np.arange(len(order)) - np.searchsorted(step[order], step[order], side="left")
    chosen = order[(rank < kept) | ~sums.rows[order].any(axis=1)]
    return _Joined(sums.rows[chosen], sums.value[chosen], sums.cost[chosen])


def predicted(frame: Frame, yields: Yields, plans: Sequence[Candidate]) -> Floats:
    """What sums over hours say of some plans, shape (plans,)."""
    tables = [yields.value @ cell_hours(frame, group).T for group in range(len(frame.groups))]
    found = []
    for plan in plans:
        total = 0.0
        for shift in plan:
            group = frame.groups.index(shift.days)
            edges = frame.edges(group)
            cells = len(edges) - 1
            first = edges.index(shift.start)
            length = next(n for n in range(1, cells + 1) if _end(edges, first + n) == shift.end)
            total += float(sum(tables[group][shift.people, place % cells] for place in range(first, first + length)))
        found.append(total)
    return np.array(found)


def _end(edges: Sequence[int], place: int) -> int:
    cells = len(edges) - 1
    return edges[place] if place <= cells else edges[place - cells] + 1440
