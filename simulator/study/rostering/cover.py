"""The cheapest shifts that cover a requirement: Dantzig's set covering, solved to the end.

Dantzig (1954), A comment on Edie's "Traffic delays at toll booths", Operations Research 2: 339-341. Shifts are counted,
not given to people; what is known of people comes in as limits on sums of shifts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.schedule import MINUTES_PER_DAY
from simulator.study.rostering.programme import IMPOSSIBLE, Limits, Programme, Solution
from simulator.study.rostering.shifts import Prices, Shift
from simulator.study.staffing.requirement import WEEK_MIN, Requirement
from simulator.words import say

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_SLOTS = 2000
_UNUSUAL, _TIE, _TIE_OF_TIES = 0.04, 0.02, 1e-4
"""NOK for each shift, so that of covers that cost the same the one is chosen whose shifts are of few kinds, on every
day alike; of those the one with fewest shifts; and of those the one whose shifts begin early."""


class CoverError(ValueError):
    """A requirement that no shifts can cover, or numbers that are none; `text` says which to a planner."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(say(f"roster.cover.{key}", "en", **values))
        self._key, self._values = key, values

    def text(self, lang: str) -> str:
        """The message in one language."""
        return say(f"roster.cover.{self._key}", lang, **self._values)


@dataclass(frozen=True)
class CoverShift:
    """Some people on the same shift: first slot, slots, how many people."""

    start: int
    length: int
    people: int


@dataclass(frozen=True)
class Cover:
    """The cheapest shifts that cover a requirement; there may be others that cost the same.

    Attributes
    ----------
    optimal_cost
        What they cost, in the unit of the costs given.
    lp_bound
        What they would cost if people could be divided: no roster is cheaper.
    shifts
        By start, then length.
    """

    optimal_cost: float
    lp_bound: float
    shifts: tuple[CoverShift, ...]

    def as_json(self) -> dict[str, Any]:
        """The cover as plain data."""
        return {
            "optimal_cost": self.optimal_cost,
            "lp_bound": self.lp_bound,
            "shifts": [dict(vars(each)) for each in self.shifts],
        }


def cover_shifts(
    need: Sequence[int],
    shift_lengths: Sequence[int],
    shift_costs: Sequence[float],
    *,
    around: bool = False,
) -> Cover:
    """The cheapest shifts, of given lengths and costs, that cover the people needed in each slot of a window.

    Parameters
    ----------
    need
        People needed in each slot (an hour, say) of the window, from the first to the last.
    shift_lengths
        Slots that each kind of shift lasts.
    shift_costs
        What one person on each kind of shift costs, in any unit.
    around
        Whether the window goes round, so that a shift near its end runs on into its beginning; else a shift lies wholly
        within it.

    Raises
    ------
    CoverError
        If a number is none, or no shift fits into the window where somebody is needed.
    """
    people, lengths, costs = _checked(need, shift_lengths, shift_costs)
    slots = len(people)
    starts = [
        (start, length, cost)
        for length, cost in zip(lengths, costs, strict=True)
        for start in (range(slots) if around else range(slots - length + 1))
    ]
    programme = Programme()
    columns = programme.add([cost for _, _, cost in starts])
    covering: list[list[int]] = [[] for _ in people]
    for column, (start, length, _) in zip(columns, starts, strict=True):
        for slot in range(start, start + length):
            covering[slot % slots].append(int(column))
    for slot, level in enumerate(people):
        if level:
            programme.row(covering[slot], low=level)
    best, relaxed = programme.solve(Limits()), programme.solve(Limits(), relaxed=True)
    if best.values is None:
        raise CoverError("no_shift_fits" if best.status == IMPOSSIBLE else "not_found")
    counts = np.round(best.values).astype(int)
    chosen = (CoverShift(*starts[i][:2], int(counts[i])) for i in np.flatnonzero(counts))
    return Cover(_sum(starts, counts), relaxed.objective, tuple(sorted(chosen, key=lambda x: (x.start, x.length))))


def _sum(starts: Sequence[tuple[int, int, float]], counts: NDArray[np.int64]) -> float:
    """The cost of whole numbers of shifts, rounded as the costs are written and not as a solver's sums end."""
    return round(float(sum(cost * count for (_, _, cost), count in zip(starts, counts, strict=True))), 9)


def _checked(
    need: Sequence[int], lengths: Sequence[int], costs: Sequence[float]
) -> tuple[list[int], list[int], list[float]]:
    slots = len(need)
    if not 0 < slots <= MOST_SLOTS:
        raise CoverError("slots", found=slots, most=MOST_SLOTS)
    if len(lengths) != len(costs) or not lengths:
        raise CoverError("lengths_and_costs", lengths=len(lengths), costs=len(costs))
    if any(level != int(level) or level < 0 for level in need):
        raise CoverError("people")
    if any(length != int(length) or length < 1 for length in lengths):
        raise CoverError("length")
    if not all(np.isfinite(cost) and cost >= 0 for cost in costs):
        raise CoverError("cost")
    return [int(each) for each in need], [int(each) for each in lengths], [float(each) for each in costs]


@dataclass(frozen=True)
class Cap:
    """A limit on a weighted sum of the shifts of a week: what people can do between them.

    Attributes
    ----------
    weights
        Shape (shifts,).
    most
        What the sum may be.
    """

    weights: Floats
    most: float


@dataclass(frozen=True)
class Meeting:
    """How many people some shifts of two days on end need, if whoever can works one of each.

    Attributes
    ----------
    first, second
        Places of the shifts of the first and of the second day.
    both
        Shape (first, second): whether one person may work both.
    """

    first: Ints
    second: Ints
    both: NDArray[np.bool_]


@dataclass(frozen=True)
class Heads:
    """A limit on how many people some meetings of shifts need, all together."""

    meetings: tuple[Meeting, ...]
    most: float


Limit = Cap | Heads
"""What people can do between them."""


@dataclass(frozen=True, eq=False)
class WeekCover:
    """The cheapest shifts of an ordinary week.

    Attributes
    ----------
    status
        Of the search (`simulator.study.rostering.programme`).
    counts
        Shape (shifts,): people on each shift; None where there is no cover.
    cost, bound
        Of the cover, and the least that any cover costs; NOK a week (hours where no pay is known).
    """

    status: str
    counts: Ints | None
    cost: float
    bound: float


def cover_week(
    need: Requirement, shifts: Sequence[Shift], prices: Prices, caps: Iterable[Limit] = (), limits: Limits | None = None
) -> WeekCover:
    """The cheapest shifts that cover a week, of those that may be of use, within what people can do between them."""
    costs = np.array([prices.of_shift(each) for each in shifts])
    found = _written(need, shifts, costs, caps).solve(limits or Limits(gap=1e-5))
    return _week_cover(found, costs)


def worth_trying(
    need: Requirement, shifts: Sequence[Shift], prices: Prices, caps: Iterable[Limit], per_day: int
) -> tuple[Shift, ...]:
    """The shifts of each day that cheap covers use least reluctantly: those of lowest reduced cost."""
    costs = np.array([prices.of_shift(each) for each in shifts])
    reduced = _written(need, shifts, costs, caps).reduced_costs()
    if reduced is None:
        return tuple(shifts)
    reduced = reduced[: len(shifts)]
    order = sorted(range(len(shifts)), key=lambda i: (round(float(reduced[i]), 6), -shifts[i].length_min, i))
    taken = [i for day in range(7) for i in [i for i in order if shifts[i].day == day][:per_day]]
    return tuple(shifts[i] for i in sorted(taken))


def _written(need: Requirement, shifts: Sequence[Shift], costs: Floats, caps: Iterable[Limit]) -> Programme:
    programme = Programme()
    columns = programme.add(costs + _ties(need, shifts, costs))
    for covering, level in covering_rows(need, shifts):
        programme.row(columns[covering], low=level)
    for cap in caps:
        if isinstance(cap, Heads):
            _limit_heads(programme, columns, cap)
        else:
            named = np.flatnonzero(cap.weights)
            programme.row(columns[named], cap.weights[named], high=cap.most)
    return programme


def _limit_heads(programme: Programme, columns: Ints, heads: Heads) -> None:
    """People of a meeting: those on its shifts, less those who work one of each day.

    Who works both is counted between groups of shifts that go with the same others, as a flow.
    """
    named: list[Ints] = []
    weights: list[float] = []
    for meeting in heads.meetings:
        shifts = np.concatenate([meeting.first, meeting.second])
        named.append(columns[shifts])
        weights += [1.0] * len(shifts)
        earlier, later = _groups(meeting.both), _groups(meeting.both.T)
        flows = np.array(
            [programme.add(np.zeros(len(later)), upper=np.inf, whole=False) for _ in earlier], np.int64
        ).reshape(len(earlier), len(later))
        for place, group in enumerate(earlier):
            goes = np.array([meeting.both[group[0], other[0]] for other in later], bool)
            mine = columns[meeting.first[group]]
            programme.row([*flows[place], *mine], [1.0] * len(later) + [-1.0] * len(mine), high=0.0)
            programme.row(flows[place][~goes], high=0.0)
        for place, group in enumerate(later):
            mine = columns[meeting.second[group]]
            programme.row([*flows[:, place], *mine], [1.0] * len(earlier) + [-1.0] * len(mine), high=0.0)
        named.append(flows.ravel())
        weights += [-1.0] * flows.size
    programme.row(np.concatenate(named), weights, high=heads.most)


def _groups(table: NDArray[np.bool_]) -> list[list[int]]:
    """Places of equal rows of a table."""
    found: dict[bytes, list[int]] = {}
    for place, row in enumerate(table):
        found.setdefault(row.tobytes(), []).append(place)
    return list(found.values())


def _ties(need: Requirement, shifts: Sequence[Shift], costs: Floats) -> Floats:
    usual = _usual_kinds(need, tuple(shifts), tuple(costs.tolist()))
    unusual = np.array([_kind(each) not in usual for each in shifts])
    early = np.array([each.clock_min / MINUTES_PER_DAY + each.length_min / 7200 for each in shifts])
    return np.asarray(_TIE + _UNUSUAL * unusual + _TIE_OF_TIES * early)


def _kind(shift: Shift) -> tuple[int, int]:
    """What shifts of several days have in common: when they begin and how long they are."""
    return shift.clock_min, shift.length_min


@lru_cache(maxsize=64)
def _usual_kinds(need: Requirement, shifts: tuple[Shift, ...], prices: tuple[float, ...]) -> frozenset[tuple[int, int]]:
    """The kinds of shift of which the cheapest cover of a day needs fewest, were every day like it; of all days."""
    costs = np.array(prices)
    found: set[tuple[int, int]] = set()
    by_day = np.roll(np.repeat(need.levels, need.step_min), need.offset_min).reshape(7, -1)
    for day in range(7):
        mine = [i for i, each in enumerate(shifts) if each.day == day]
        if mine and not any((by_day[day] == by_day[earlier]).all() for earlier in range(day)):
            found |= _fewest_kinds(by_day[day], [shifts[i] for i in mine], costs[mine])
    return frozenset(found)


def _fewest_kinds(level: Ints, shifts: Sequence[Shift], costs: Floats) -> set[tuple[int, int]]:
    """Kinds of shift that cover a day that goes round, at least cost and then with fewest of them."""
    minutes = np.arange(MINUTES_PER_DAY)
    holds = np.array([(minutes - each.clock_min) % MINUTES_PER_DAY < each.length_min for each in shifts])
    distinct = np.unique(np.vstack([level[np.newaxis], holds.astype(np.int64)]), axis=1)
    programme = Programme()
    change = costs.mean()  # of which a ten-thousandth for a kind and a fifth of that for a shift decide between equals
    people = programme.add(costs + 2e-5 * change)
    used = programme.add(np.full(len(shifts), 1e-4 * change), upper=1.0)
    for column in distinct.T:
        programme.row(people[column[1:] > 0], low=float(column[0]))
    for one, kind in zip(people, used, strict=True):
        programme.row([one, kind], [1.0, -float(max(level.max(), 1))], high=0.0)
    best = programme.solve(Limits(nodes=200, gap=1e-6))
    return set() if best.values is None else {_kind(shifts[int(i)]) for i in np.flatnonzero(best.values[people] > 0)}


def covering_rows(need: Requirement, shifts: Sequence[Shift]) -> Iterable[tuple[Ints, int]]:
    """Of each slot in which somebody is needed: the shifts that hold all of it, and how many people it needs.

    Slots that the same shifts hold are one row, with the most that any of them needs.
    """
    starts = np.array([each.start_min for each in shifts])
    lengths = np.array([each.length_min for each in shifts])
    rows: dict[bytes, tuple[Ints, int]] = {}
    for slot in np.flatnonzero(need.levels):
        begin = need.slot_start_min(int(slot))
        holds = (begin - starts) % WEEK_MIN + need.step_min <= lengths
        key = holds.tobytes()
        most = max(int(need.levels[slot]), rows[key][1] if key in rows else 0)
        rows[key] = np.flatnonzero(holds), most
    return rows.values()


def _week_cover(found: Solution, costs: Floats) -> WeekCover:
    if found.values is None:
        return WeekCover(found.status, None, np.nan, found.bound)
    counts = np.round(found.values[: len(costs)]).astype(np.int64)
    cost = float(costs @ counts)
    # the ties' small change is in the bound: as much as the cheapest cover's number of shifts could hold
    cheapest = float(costs.min()) if len(costs) else 1.0
    most_shifts = cost / cheapest if cheapest > 0 else 0.0
    return WeekCover(
        found.status, counts, cost, min(cost, found.bound - (_UNUSUAL + _TIE + 2 * _TIE_OF_TIES) * most_shifts)
    )
