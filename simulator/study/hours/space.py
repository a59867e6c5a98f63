"""Which plans there are: shifts added to a service's week, from a grid of the clock, for groups of weekdays.

A plan is a few shifts; the channel is open while its own windows last and while an added shift is on duty, so nobody is
ever met by an open door and no counsellor. A day goes round from the usual opening to the next one (from the start of
the service day where there is no usual opening), and "closing" means each weekday's own. Knows nothing of demand,
money or scenarios.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.schedule import MINUTES_PER_DAY
from simulator.study.hours.week import DAYS, NEVER, Floats, Week, closing_and_opening, hours_covered, on_clock, united

GROUPS: dict[str, tuple[tuple[int, ...], ...]] = {
    "alike": (tuple(range(DAYS)),),
    "weekend": ((6, 0, 1, 2, 3), (4, 5)),
    "weekday": tuple((day,) for day in range(DAYS)),
}
"""Weekdays (0 = Monday) that have the same shifts: all; nights before working days and before days off; each its own.
A night belongs to the day it starts on."""
GRIDS = (30, 60, 120, 180, 240)
SHIFTS_EACH = 2
"""Added shifts of one group of weekdays at most."""
SHORTEST_MIN = 120
"""A shift that does not lengthen today's opening is worth somebody's way to work."""


@dataclass(frozen=True, order=True)
class Shift:
    """Some people on duty at the same clock time on some weekdays.

    Attributes
    ----------
    days
        Weekdays, 0 = Monday.
    start, end
        Minutes after the midnight that begins the weekday; both may lie in the next day.
    people
        How many; 0 where people who are on duty anyway keep the channel open.
    """

    days: tuple[int, ...]
    start: int
    end: int
    people: int


Candidate = tuple[Shift, ...]
"""A plan: its added shifts, in order. None at all is the service as it is."""


@dataclass(frozen=True)
class Frame:
    """What plans are made of.

    Attributes
    ----------
    own
        The channel's own windows, which stay; none where they may be moved.
    groups
        Weekdays that are treated alike.
    grid_min
        Shifts start and end on multiples of so many minutes, or with the usual opening and closing.
    fewest, most
        People of a shift.
    shifts_each
        Shifts of a group at most.
    day_starts_min
        When the day goes round where there is no usual opening, or the step of the grid before.
    """

    own: Week
    groups: tuple[tuple[int, ...], ...]
    grid_min: int = 60
    fewest: int = 1
    most: int = 3
    shifts_each: int = SHIFTS_EACH
    day_starts_min: int = 6 * 60

    def usual(self, group: int) -> tuple[int, int] | None:
        """Usual closing and opening of a group's days, where each has one window."""
        return closing_and_opening(self.own, self.groups[group])

    def edges(self, group: int) -> tuple[int, ...]:
        """Where a shift may start or end, from the start of the day to 24 hours later, both included.

        Points of the grid that lie nearer than half a step to the usual opening or closing give way to it.
        """
        usual = self.usual(group)
        cut = self.day_starts_min // self.grid_min * self.grid_min if usual is None else usual[1]
        fixed = [cut, cut + MINUTES_PER_DAY, *([usual[0]] if usual is not None else [])]
        steps = range(-(-cut // self.grid_min) * self.grid_min, cut + MINUTES_PER_DAY, self.grid_min)
        free = [step for step in steps if min(abs(step - each) for each in fixed) * 2 > self.grid_min]
        return tuple(sorted({*free, *fixed}))

    def edges_by_day(self, group: int) -> NDArray[np.int64]:
        """The edges on each weekday of a group, shape (days, edges): opening and closing are the day's own."""
        edges, usual = self.edges(group), self.usual(group)
        rows = [[self._edge(edge, day, usual) for edge in edges] for day in self.groups[group]]
        return np.maximum.accumulate(np.array(rows, np.int64), axis=1)

    def _edge(self, edge: int, day: int, usual: tuple[int, int] | None) -> int:
        if usual is None:
            return edge
        if edge == usual[0]:
            return self.own[day][0][1]
        later, clock = divmod(edge, MINUTES_PER_DAY)
        windows = self.own[(day + later) % DAYS]
        if clock == usual[1] and len(windows) == 1:
            return windows[0][0] + later * MINUTES_PER_DAY
        return edge

    def week_of(self, shift: Shift) -> Week:
        """When a shift is on duty, by weekday."""
        group = self.groups.index(shift.days)
        edges, by_day = self.edges(group), self.edges_by_day(group)
        around = MINUTES_PER_DAY if shift.end > edges[-1] else 0
        first, last = edges.index(shift.start), edges.index(shift.end - around)
        found: list[list[tuple[int, int]]] = [[] for _ in range(DAYS)]
        for row, day in enumerate(shift.days):
            ends_on = row if not around else shift.days.index((day + 1) % DAYS)
            start, end = int(by_day[row, first]), int(by_day[ends_on, last]) + around
            if start < end:
                weekday, window = on_clock(day, start, end)
                found[weekday].append(window)
        return tuple(tuple(sorted(each)) for each in found)

    def layers(self, plan: Candidate) -> list[tuple[Week, int]]:
        """Who is added, as people who stay: hours of the first, of the second ...; those with equal hours together.

        Where two people are followed by one, the first of them stays on: nobody hands over to a newcomer.
        """
        weeks = [(self.week_of(shift), shift.people) for shift in plan]
        most = max((people for _, people in weeks), default=0)
        found: list[tuple[Week, int]] = []
        for person in range(1, most + 1):
            week = united([week for week, people in weeks if people >= person])
            if found and found[-1][0] == week:
                found[-1] = (week, found[-1][1] + 1)
            else:
                found.append((week, 1))
        return found

    def opening(self, plan: Candidate) -> Week:
        """The channel's windows under a plan."""
        return united([self.own, *(self.week_of(shift) for shift in plan)]) if plan else united([self.own or NEVER])


@dataclass(frozen=True)
class Options:
    """What one group of weekdays may have: no shift, or one, or two that do not overlap.

    Attributes
    ----------
    shifts
        Shape (options, 2, 3): start and end (places among the edges) and people; all -1 where there is none.
    value, cost
        Shape (options,): what it brings and costs by the tables it was made with.
    """

    shifts: NDArray[np.int16]
    value: Floats
    cost: Floats

    def chosen(self, rows: NDArray[np.int64]) -> "Options":
        """Some of them."""
        return Options(self.shifts[rows], self.value[rows], self.cost[rows])


def cell_hours(frame: Frame, group: int) -> Floats:
    """Hours of each hour of the week between two edges of a group, over its days: shape (cells, 168)."""
    by_day = frame.edges_by_day(group)
    days = frame.groups[group]
    return np.array(
        [
            sum(hours_covered(day, int(by_day[row, cell]), int(by_day[row, cell + 1])) for row, day in enumerate(days))
            for cell in range(by_day.shape[1] - 1)
        ]
    )


def options_of(frame: Frame, group: int, value: Floats, cost: Floats) -> Options:
    """Everything one group of weekdays may have.

    Parameters
    ----------
    value
        Shape (most + 1, cells): what so many people bring in the stretch between two edges; row 0 is of a channel that
        is open with nobody added.
    cost
        Shape (cells,): of one person.
    """
    windows = _windows(frame, group)
    sums = np.concatenate([np.zeros((len(value), 1)), np.cumsum(np.tile(value, 2), axis=1)], axis=1)
    paid = np.concatenate([[0.0], np.cumsum(np.tile(cost, 2))])
    people = np.arange(frame.fewest, frame.most + 1)
    start, end = windows.T
    worth = sums[people][:, end] - sums[people][:, start]
    price = people[:, np.newaxis] * (paid[end] - paid[start])
    one = np.stack(np.broadcast_arrays(start, end, people[:, np.newaxis]), axis=-1).reshape(-1, 3)
    single = Options(_padded(one), worth.ravel(), price.ravel())
    none = Options(np.full((1, 2, 3), -1, np.int16), np.zeros(1), np.zeros(1))
    parts = [none, single, *([_pairs(frame, group, single)] if frame.shifts_each > 1 else [])]
    return Options(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("shifts", "value", "cost")))


def _padded(shifts: NDArray[np.int64]) -> NDArray[np.int16]:
    padded = np.full((len(shifts), 2, 3), -1, np.int16)
    padded[:, 0] = shifts
    return padded


def _windows(frame: Frame, group: int) -> NDArray[np.int64]:
    """Places of start and end of every window, shape (windows, 2); where all days are alike one may go round."""
    edges = frame.edges(group)
    cells, usual = len(edges) - 1, frame.usual(group)
    round_about = len(frame.groups) == 1
    found = []
    for start in range(cells):
        for end in range(start + 1, (start if round_about else 0) + cells + 1):
            from_min, to_min = _at(edges, start), _at(edges, end)
            touches = usual is not None and (from_min == usual[0] or (to_min - usual[1]) % MINUTES_PER_DAY == 0)
            if (touches or to_min - from_min >= SHORTEST_MIN) and not (end - start == cells and start > 0):
                found.append((start, end))
    return np.array(found, np.int64).reshape(-1, 2)


def _at(edges: Sequence[int], place: int) -> int:
    """The minute of an edge, or of one a day later."""
    cells = len(edges) - 1
    return edges[place % cells] + place // cells * MINUTES_PER_DAY if place != cells else edges[-1]


def _pairs(frame: Frame, group: int, single: Options) -> Options:
    """Two shifts that do not overlap; two that touch with the same people are one, and left out."""
    cells = len(frame.edges(group)) - 1
    start, end, people = single.shifts[:, 0].astype(np.int64).T
    order = np.argsort(start, kind="stable")
    starts = start[order]
    firsts, seconds = [], []
    for first in range(len(start)):
        begin, stop = np.searchsorted(starts, [end[first], cells])
        after = order[begin:stop]
        after = after[(end[after] <= start[first] + cells) & (start[after] > start[first])]
        touching = start[after] == end[first]
        if len(frame.groups) == 1:
            touching |= end[after] == start[first] + cells
        after = after[~(touching & (people[after] == people[first]))]
        firsts.append(np.full(len(after), first))
        seconds.append(after)
    one, two = np.concatenate(firsts), np.concatenate(seconds)
    shifts = np.stack([single.shifts[one, 0], single.shifts[two, 0]], axis=1)
    return Options(shifts, single.value[one] + single.value[two], single.cost[one] + single.cost[two])


def candidate(frame: Frame, parts: Sequence[NDArray[np.int16]]) -> Candidate:
    """The plan of one option of each group, given as rows of `Options.shifts`."""
    found = []
    for group, rows in enumerate(parts):
        edges = frame.edges(group)
        for start, end, people in rows.tolist():
            if start >= 0:
                found.append(Shift(frame.groups[group], _at(edges, start), _at(edges, end), people))
    return tuple(sorted(found))
