"""What the rules mean for one line: some weeks that a team works in turn, each person a week behind the one before.

After the last week of a line comes its first, so a rule that holds round the line holds for everybody for ever. Every
rule is written down as rows of a linear programme over who works which shift in which week of the line. What the rules
let a team do at most is also said as limits on sums of shifts (`caps`): necessary, never sufficient.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.schedule import MINUTES_PER_DAY
from simulator.study.rostering.cover import Cap, Heads, Limit, Meeting
from simulator.study.rostering.programme import Programme
from simulator.study.rostering.rules import Rules
from simulator.study.rostering.shifts import Shift
from simulator.study.staffing.requirement import WEEK_MIN

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NIGHT_MEAN_WEEKS = 4
AVERAGED_WEEKS = 8
"""Weeks over which the hours of night workers, and hours in any weeks, are averaged."""
_WHOLE_DAY_H = 24.0


@dataclass(frozen=True, eq=False)
class Line:
    """A line that is being planned.

    Attributes
    ----------
    programme
        Where its rows are written.
    shifts
        Those it may hold.
    takes
        Shape (weeks, shifts): columns, 1 where the shift is worked in the week of the line.
    """

    programme: Programme
    shifts: Sequence[Shift]
    takes: Ints

    @property
    def weeks(self) -> int:
        """Weeks until it begins anew."""
        return len(self.takes)

    def on_day(self, week: int, day: int, which: Bools | None = None) -> Ints:
        """Columns of the shifts that begin on a day of a week; both may run past their ends."""
        week, day = (week + day // 7) % self.weeks, day % 7
        mine = np.array([each.day == day for each in self.shifts], bool)
        columns: Ints = self.takes[week][mine if which is None else mine & which]
        return columns


def add_line(programme: Programme, shifts: Sequence[Shift], weeks: int, costs: NDArray[np.float64]) -> Line:
    """A new line of a programme, with nothing said of it but that a person works one shift a day at most."""
    takes = np.array([programme.add(costs, upper=1.0) for _ in range(weeks)]).reshape(weeks, len(shifts))
    line = Line(programme, shifts, takes)
    for week, day in product(range(weeks), range(7)):
        programme.row(line.on_day(week, day), high=1.0)
    return line


def keep_rules(line: Line, rules: Rules) -> None:
    """Write down all rules that hold."""
    _between_shifts(line, rules)
    _hours(line, rules)
    _runs(line, rules)
    _weekly_rest(line, rules)
    _sundays(line, rules)


def clashes(earlier: Sequence[Shift], later: Sequence[Shift], rules: Rules) -> Bools:
    """Which shifts nobody may work after which of the day before; shape (earlier, later).

    Instants of both are those of their own weeks: a Monday after a Sunday is one of the next.
    """
    start, length, night = _columns(earlier)
    next_start, next_length, next_night = _columns(later)
    next_start, next_length, next_night = next_start.T, next_length.T, next_night.T
    next_start = next_start + WEEK_MIN * (next_start <= start)
    rest = rules.get("daily_rest")
    found: Bools = next_start - (start + length) < (60 * rest["rest_h"] if rest else 0)
    in_24 = length + np.clip(start + MINUTES_PER_DAY - next_start, 0, next_length)
    if day := rules.get("hours_in_a_day"):
        found = found | (in_24 > 60 * day["most_h"])
    if limit := rules.get("night_shift"):
        found = found | ((night | next_night) & (in_24 > 60 * limit["most_h"]))
    return found


def _columns(shifts: Sequence[Shift]) -> tuple[Ints, Ints, Bools]:
    """Start, length and whether they are night shifts; shape (shifts, 1)."""
    start = np.array([each.start_min for each in shifts], np.int64)
    length = np.array([each.length_min for each in shifts], np.int64)
    night = np.array([each.is_night for each in shifts], bool)
    return start[:, np.newaxis], length[:, np.newaxis], night[:, np.newaxis]


def _between_shifts(line: Line, rules: Rules) -> None:
    """Shifts of two days on end that clash, as few and as strong rows as there are different ways to clash."""
    for day in range(7):
        first = [i for i, each in enumerate(line.shifts) if each.day == day]
        second = [i for i, each in enumerate(line.shifts) if each.day == (day + 1) % 7]
        table = clashes([line.shifts[i] for i in first], [line.shifts[j] for j in second], rules)
        if not table.any():
            continue
        for pattern in np.unique(table[table.any(axis=1)], axis=0):
            earlier = np.array(first)[(table | ~pattern).all(axis=1)]
            later = np.array(second)[pattern]
            for week in range(line.weeks):
                after = (week + (day == 6)) % line.weeks
                line.programme.row(np.concatenate([line.takes[week][earlier], line.takes[after][later]]), high=1.0)


def _hours(line: Line, rules: Rules) -> None:
    """Minutes in a week, in several weeks on end, and on average."""
    own = np.array([min(each.length_min, WEEK_MIN - each.start_min) for each in line.shifts], float)
    over = np.array([each.length_min for each in line.shifts], float) - own

    def minutes(weeks: int, most_h: float) -> None:
        for start in range(line.weeks):
            within = [(start + each) % line.weeks for each in range(weeks)]
            columns = [line.takes[week] for week in within] + [line.takes[week - 1] for week in within]
            weights = np.concatenate([np.tile(own, weeks), np.tile(over, weeks)])
            line.programme.row(np.concatenate(columns), weights, high=60 * most_h)

    if mean := rules.get("hours_a_week"):
        line.programme.row(line.takes.ravel(), np.tile(own + over, line.weeks), high=60 * mean["mean_h"] * line.weeks)
    if week := rules.get("hours_in_any_week"):
        minutes(1, week["most_h"])
        minutes(AVERAGED_WEEKS, AVERAGED_WEEKS * week["mean_of_8_weeks_h"])
    if (night := rules.get("night_worker_mean")) and any(each.is_night for each in line.shifts):
        minutes(NIGHT_MEAN_WEEKS, night["mean_h_in_24"] * _days_of_night_mean(rules))


def _days_of_night_mean(rules: Rules) -> float:
    """Days of four weeks, the weekly rests left out."""
    rest = rules.get("weekly_rest")
    return NIGHT_MEAN_WEEKS * (7 * 24 - (rest["rest_h"] if rest else 0.0)) / 24


def _runs(line: Line, rules: Rules) -> None:
    """Days, and nights, on end: of one more than the most, one at least is free."""
    night = np.array([each.is_night for each in line.shifts], bool)
    for key, which in (("days_in_a_row", np.ones(len(night), bool)), ("nights_in_a_row", night)):
        rule = rules.get(key)
        if not rule or not which.any():
            continue
        most = int(rule["most"])
        for week, day in product(range(line.weeks), range(7)):
            days = [line.on_day(week, day + each, which) for each in range(most + 1)]
            line.programme.row(np.concatenate(days), high=float(most))


def _weekly_rest(line: Line, rules: Rules) -> None:
    """In each week from Monday to Sunday a long rest that holds a whole day."""
    rule = rules.get("weekly_rest")
    if not rule:
        return
    rest = round(60 * rule["rest_h"])
    for week in range(line.weeks):
        spans = [span for day in range(7) for span in _rests_around(line, day, rest) if 0 <= span[0] <= WEEK_MIN - rest]
        _one_of(line, week, spans)


def _sundays(line: Line, rules: Rules) -> None:
    rule = rules.get("sundays")
    if not rule or not any(each.is_sunday_work for each in line.shifts):
        return
    worked = _touched(line, np.array([each.on_sunday for each in line.shifts], bool))
    for start in range(line.weeks):
        weeks = [worked[(start + each) % line.weeks] for each in range(int(rule["of_weeks"]))]
        line.programme.row(weeks, high=rule["most"])
    if rule["most"] == 1 < rule["of_weeks"]:
        # never two on end: then even work on Saturday evening makes the next Sunday a free one
        busy = _touched(line, np.array([each.is_sunday_work for each in line.shifts], bool))
        for week in range(line.weeks):
            line.programme.row([busy[week], worked[(week + 1) % line.weeks]], high=1.0)
    if "rest_every_weeks" in rule.numbers:
        _rest_on_sundays(line, rules, int(rule["rest_every_weeks"]))


def _touched(line: Line, which: Bools) -> Ints:
    """Columns, by week, that are 1 where any of some shifts is worked."""
    columns = line.programme.add(np.zeros(line.weeks), upper=1.0, whole=False)
    for week, day in product(range(line.weeks), range(7)):
        shifts = line.on_day(week, day, which)
        if len(shifts):
            line.programme.row([*shifts, columns[week]], [1.0] * len(shifts) + [-1.0], high=0.0)
    return columns


def _rest_on_sundays(line: Line, rules: Rules, every: int) -> None:
    """Of so many weeks on end, one has a weekly rest that holds its Sunday."""
    weekly = rules.get("weekly_rest")
    rest = round(60 * (weekly["rest_h"] if weekly else _WHOLE_DAY_H))
    spans = list(_rests_around(line, 6, rest))
    rested = [_free(line, week, spans) for week in range(line.weeks)]
    for start in range(line.weeks):
        chosen = [rested[(start + each) % line.weeks] for each in range(every)]
        line.programme.row(np.concatenate(chosen), low=1.0)


def _rests_around(line: Line, day: int, rest_min: int) -> Iterator[tuple[int, int]]:
    """Spans of so many minutes that hold a whole day: from as early as may be, or from the end of a shift."""
    latest = day * MINUTES_PER_DAY
    earliest = latest + MINUTES_PER_DAY - rest_min
    ends = {each.end_min + shift for each in line.shifts for shift in (-WEEK_MIN, 0)}
    starts = {max(earliest, 0) if earliest < 0 <= latest else earliest} | {x for x in ends if earliest < x <= latest}
    yield from ((start, start + rest_min) for start in sorted(starts))


def _one_of(line: Line, week: int, spans: Sequence[tuple[int, int]]) -> None:
    line.programme.row(_free(line, week, spans), low=1.0)


def _free(line: Line, week: int, spans: Sequence[tuple[int, int]]) -> Ints:
    """Columns that can be 1 only where no shift touches their span of a week; a column for each span."""
    columns = line.programme.add(np.zeros(len(spans)), upper=1.0, whole=False)
    for column, (start, end) in zip(columns, spans, strict=True):
        for day in range(-1, 8):
            offset = (day // 7) * WEEK_MIN
            touching = np.array([each.within(start - offset, end - offset) > 0 for each in line.shifts], bool)
            shifts = line.on_day(week, day, touching)
            if len(shifts):
                line.programme.row([column, *shifts], high=1.0)
    return columns


def caps(shifts: Sequence[Shift], rules: Rules, teams: Sequence[int]) -> Iterator[Limit]:
    """What people in teams (weeks of each team's line) can do between them, as limits on the week's shifts."""
    people = sum(teams)
    for day in range(7):  # one shift a day
        yield Cap(np.array([each.day == day for each in shifts], float), float(people))
    yield from _presence_caps(shifts, rules, people)
    if mean := rules.get("hours_a_week"):
        yield Cap(np.array([each.length_min / 60 for each in shifts]), mean["mean_h"] * people)
    if "weekly_rest" in rules:
        yield Cap(np.ones(len(shifts)), 6.0 * people)  # one day at least is whole and free in each week
    for key, which in (("days_in_a_row", np.ones(len(shifts))), ("nights_in_a_row", [x.is_night for x in shifts])):
        if rule := rules.get(key):
            most, run = int(rule["most"]), int(rule["most"]) + 1
            yield Cap(np.asarray(which, float), float(sum(7 * weeks * most // run for weeks in teams)))
    yield from _sunday_caps(shifts, rules, teams)


def _sunday_caps(shifts: Sequence[Shift], rules: Rules, teams: Sequence[int]) -> Iterator[Limit]:
    """Of so many weeks on end only some have a Sunday at work, so only so many people can work one in a week."""
    rule = rules.get("sundays")
    if not rule:
        return
    on_sunday = _weekend(shifts, rules, [each.on_sunday for each in shifts])
    most, of_weeks = int(rule["most"]), int(rule["of_weeks"])
    yield Heads((on_sunday,), float(sum(weeks * most // of_weeks for weeks in teams)))
    if most == 1 < of_weeks:
        at_work = _weekend(shifts, rules, [each.is_sunday_work for each in shifts])
        yield Heads((on_sunday, at_work), float(sum(teams)))


def _weekend(shifts: Sequence[Shift], rules: Rules, which: Sequence[bool]) -> Meeting:
    """Shifts of a Saturday and a Sunday, and which of them one person may work both."""
    first, second = ([i for i, each in enumerate(shifts) if each.day == day and which[i]] for day in (5, 6))
    both = ~clashes([shifts[i] for i in first], [shifts[j] for j in second], rules)
    return Meeting(np.array(first, np.int64), np.array(second, np.int64), both)


def _presence_caps(shifts: Sequence[Shift], rules: Rules, people: int) -> Iterator[Cap]:
    """At no time are more people at work, or in the daily rest after it, than there are."""
    rest = rules.get("daily_rest")
    after = round(60 * rest["rest_h"]) if rest else 0
    starts = np.array([each.start_min for each in shifts])
    lengths = np.array([each.length_min for each in shifts]) + after
    for instant in np.unique(starts):
        held = (instant - starts) % WEEK_MIN < lengths
        yield Cap(held.astype(float), float(people))
