"""Who works which shift: lines for teams of people, such that every week has the shifts it needs and every rule holds.

Two ways. `share_out` gives out shifts that are already chosen; that is quick, and as cheap as the shifts are. Where it
fails, `plan_together` chooses shifts and gives them out in one programme, of few shifts that are worth trying.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.study.rostering.cover import covering_rows
from simulator.study.rostering.lines import Line, add_line, keep_rules
from simulator.study.rostering.programme import Limits, Programme, Solution
from simulator.study.rostering.rules import Rules
from simulator.study.rostering.shifts import Prices, Shift
from simulator.study.staffing.requirement import Requirement

Ints = NDArray[np.int64]

_WEEKEND, _FULLEST_WEEK_H, _FULLEST_LINE_H = 1.0, 0.05, 0.1
"""What a weekend at work, an hour of the fullest week, and of the fullest line's mean week cost among equal rosters."""
_SHARING = Limits(nodes=2_000, seconds=120.0, gap=0.05)
_TOGETHER = Limits(nodes=1_000, seconds=120.0, gap=1e-5)


@dataclass(frozen=True)
class Assigned:
    """Lines that were found, or why none was.

    Attributes
    ----------
    status
        Of the search (`simulator.study.rostering.programme`).
    lines
        By team, by week of its line, the shift of each weekday (None: free); empty where none was found.
    bound
        The least that any such roster costs a week, where that was asked.
    """

    status: str
    lines: tuple[tuple[tuple[Shift | None, ...], ...], ...]
    bound: float = -np.inf


def teams_of(people: int, most_weeks: int) -> tuple[int, ...]:
    """Sizes of the fewest teams of at most so many people, the largest first: a team's line has a week for each.

    As alike as may be, and even where that can be: of an odd number on end, one more would have to work two Sundays.

    Examples
    --------
    >>> teams_of(10, 6), teams_of(8, 6), teams_of(7, 6)
    ((6, 4), (4, 4), (4, 3))
    """
    count = -(-people // most_weeks)
    pairs, odd = divmod(people, 2)
    sizes = [2 * (pairs // count + (place < pairs % count)) for place in range(count)]
    if odd:
        sizes[-1] += 1
    if max(sizes) > most_weeks or min(sizes) < 1:
        sizes = [people // count + (place < people % count) for place in range(count)]
    return tuple(sorted(sizes, reverse=True))


def share_out(
    shifts: Sequence[Shift], counts: Ints, teams: Sequence[int], rules: Rules, well: bool = False
) -> Assigned:
    """Give out shifts of a week: each to as many people as it counts.

    Parameters
    ----------
    shifts, counts
        The shifts of a week and people on each.
    teams
        People of each team.
    well
        Whether, of the rosters there are, one with few weekends at work and even weeks is looked for; else any will do.
    """
    used = [shift for shift, count in zip(shifts, counts, strict=True) if count]
    wanted = [int(count) for count in counts if count]
    programme = Programme()
    lines = [add_line(programme, used, weeks, np.zeros(len(used))) for weeks in teams]
    for place, count in enumerate(wanted):
        columns = np.concatenate([line.takes[:, place] for line in lines])
        programme.row(columns, low=count, high=count)
    for line in lines:
        keep_rules(line, rules)
        if well:
            _prefer_free_weekends(line)
    if well:
        _prefer_even_weeks(programme, lines)
    if len(set(teams)) == 1 and used:
        _begin_with_last(programme, lines[0])
    return _read(programme.solve(_SHARING), lines)


def plan_together(
    need: Requirement, shifts: Sequence[Shift], prices: Prices, teams: Sequence[int], rules: Rules
) -> Assigned:
    """Choose shifts and give them out at once, at least cost."""
    programme = Programme()
    costs = np.array([prices.of_shift(each) for each in shifts])
    lines = [add_line(programme, shifts, weeks, costs) for weeks in teams]
    for covering, level in covering_rows(need, shifts):
        programme.row(np.concatenate([line.takes[:, covering].ravel() for line in lines]), low=level)
    for line in lines:
        keep_rules(line, rules)
    return _read(programme.solve(_TOGETHER), lines)


def _begin_with_last(programme: Programme, line: Line) -> None:
    """A line may begin with any of its weeks: the one with the last shift of the week, which somebody works."""
    programme.row(line.takes[0][-1], low=1.0)


def _prefer_free_weekends(line: Line) -> None:
    weekends = line.programme.add(np.full(line.weeks, _WEEKEND), upper=1.0, whole=False)
    for week in range(line.weeks):
        for day in (5, 6):
            shifts = line.on_day(week, day)
            if len(shifts):
                line.programme.row([*shifts, weekends[week]], [1.0] * len(shifts) + [-1.0], high=0.0)


def _prefer_even_weeks(programme: Programme, lines: Sequence[Line]) -> None:
    week, mean = programme.add([_FULLEST_WEEK_H, _FULLEST_LINE_H], whole=False)
    for line in lines:
        hours = np.array([each.length_min / 60 for each in line.shifts])
        for takes in line.takes:
            programme.row([*takes, week], [*hours, -1.0], high=0.0)
        programme.row([*line.takes.ravel(), mean], [*np.tile(hours, line.weeks), -float(line.weeks)], high=0.0)


def _read(found: Solution, lines: Sequence[Line]) -> Assigned:
    if found.values is None:
        return Assigned(found.status, (), found.bound)
    return Assigned(found.status, tuple(_weeks(line, found) for line in lines), found.bound)


def _weeks(line: Line, found: Solution) -> tuple[tuple[Shift | None, ...], ...]:
    assert found.values is not None
    weeks: list[tuple[Shift | None, ...]] = []
    for columns in line.takes:
        days: list[Shift | None] = [None] * 7
        for place in np.flatnonzero(found.values[columns] > 0.5):
            shift = line.shifts[int(place)]
            days[shift.day] = shift
        weeks.append(tuple(days))
    return tuple(weeks)
