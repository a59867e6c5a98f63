"""The shifts there could be in an ordinary week: where they begin and end, what they cost, and which are never needed.

Minutes after Monday 00:00; a shift belongs to the day it begins. Knows nothing of people.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.calendar import Calendar, paid_as_holiday_from
from simulator.scenario.model import Scenario
from simulator.scenario.schedule import MINUTES_PER_DAY
from simulator.service.cost import rate_nok_per_hour
from simulator.study.rostering.rules import Rules
from simulator.study.staffing.requirement import WEEK_MIN, Requirement

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LONGEST_MIN = 12 * 60
"""No shift is longer, whatever the rules: the daily rest after it would reach past the next day."""
NIGHT_MIN = (21 * 60, 30 * 60)
"""Night work, 21 to 06, in minutes after the midnight before."""
NIGHT_SHIFT_OVER_MIN = 3 * 60
"""A shift with more night work than this is a night shift."""
SUNDAY_MIN = (6 * MINUTES_PER_DAY, 7 * MINUTES_PER_DAY)
SUNDAY_WORK_MIN = (5 * MINUTES_PER_DAY + 18 * 60, 7 * MINUTES_PER_DAY)
"""The Sunday that is off, midnight to midnight; and when work is Sunday work (until 22, and the rest of the day)."""
_STEP_MIN, _OF_LENGTH_MIN = 60, 30


@dataclass(frozen=True, order=True)
class Shift:
    """One shift of the week: when it begins, in minutes after Monday 00:00, and how long it is."""

    start_min: int
    length_min: int

    @property
    def end_min(self) -> int:
        """When it ends; above `WEEK_MIN` in the next week."""
        return self.start_min + self.length_min

    @property
    def day(self) -> int:
        """The weekday it begins, Monday 0."""
        return self.start_min // MINUTES_PER_DAY

    @property
    def clock_min(self) -> int:
        """Minutes after midnight at which it begins."""
        return self.start_min % MINUTES_PER_DAY

    def within(self, start_min: int, end_min: int) -> int:
        """Minutes of it between two instants of its own week."""
        return max(0, min(self.end_min, end_min) - max(self.start_min, start_min))

    @cached_property
    def night_min(self) -> int:
        """Minutes of night work."""
        midnights = (self.day + offset for offset in (-1, 0, 1))
        return sum(self.within(*(each * MINUTES_PER_DAY + edge for edge in NIGHT_MIN)) for each in midnights)

    @property
    def is_night(self) -> bool:
        """Whether it is a night shift."""
        return self.night_min > NIGHT_SHIFT_OVER_MIN

    @property
    def on_sunday(self) -> bool:
        """Whether any of it lies on a Sunday."""
        return self.within(*SUNDAY_MIN) > 0

    @property
    def is_sunday_work(self) -> bool:
        """Whether any of it is Sunday work, which begins on Saturday evening."""
        return self.within(*SUNDAY_WORK_MIN) > 0


@dataclass(frozen=True, eq=False)
class Prices:
    """What one person on duty costs in each minute of an ordinary week, added up from Monday 00:00 over two weeks.

    Attributes
    ----------
    until
        Shape (2 * 10080 + 1,): cost of all minutes before each minute, in NOK (in hours where no pay is known).
    in_nok
        Whether it is money.
    """

    until: Floats
    in_nok: bool

    @classmethod
    def of(cls, scenario: Scenario) -> "Prices":
        """The prices of an ordinary week of a scenario: one without a holiday and with all its hours."""
        if scenario.pay is None:
            hourly = np.ones(WEEK_MIN // 60)
        else:
            monday = ordinary_monday(scenario)
            week = Calendar.between(monday, monday + timedelta(days=6), scenario.timezone)
            hourly = rate_nok_per_hour(week, scenario.pay)
        minutes = np.tile(np.repeat(hourly, 60) / 60.0, 2)
        return cls(np.concatenate([[0.0], np.cumsum(minutes)]), scenario.pay is not None)

    def of_shift(self, shift: Shift) -> float:
        """Cost of a shift."""
        return float(self.until[shift.end_min] - self.until[shift.start_min])


def ordinary_monday(scenario: Scenario) -> date:
    """A Monday whose week has no holiday, no eve and no change of clocks, the first on or after 1 September."""
    monday = date(scenario.period.first_day.year, 9, 1)
    monday += timedelta(days=-monday.weekday() % 7)
    while any(paid_as_holiday_from(monday + timedelta(days=day)) is not None for day in range(7)):
        monday += timedelta(days=7)
    return monday


SHIFT_RULES = ("shift_length", "hours_in_a_day", "night_shift", "night_only_where_needed")
"""Rules that say which shifts there may be."""


def possible_shifts(need: Requirement, rules: Rules) -> tuple[Shift, ...]:
    """Shifts that may be of use, in order.

    A shift begins and ends where the need changes or on the hour; or it begins, or ends, where the need changes and
    lasts a whole number of half hours. Those with hours at the edge in which nobody is needed are left out where a
    shorter one does the same, and so are those that a rule of single shifts forbids.
    """
    shortest, longest = _lengths(rules)
    level = np.repeat(need.levels, need.step_min)
    minutes = np.roll(level, need.offset_min)
    changes = np.flatnonzero(minutes != np.roll(minutes, 1))
    needed = np.concatenate([[0], np.cumsum(np.tile(minutes > 0, 2))])
    found = {
        Shift(int(start) % WEEK_MIN, int(length))
        for start, length in _spans(changes, minutes, shortest, longest)
        if _covers(needed, int(start) % WEEK_MIN, int(length))
    }
    lawful = (each for each in found if _is_allowed(each, rules, minutes))
    return tuple(sorted(_undominated(lawful, needed)))


def _lengths(rules: Rules) -> tuple[int, int]:
    """Shortest and longest shift in minutes."""
    rule = rules.get("shift_length")
    shortest, longest = (rule["shortest_h"], rule["longest_h"]) if rule else (1.0, LONGEST_MIN / 60)
    day = rules.get("hours_in_a_day")
    longest = min(longest, day["most_h"]) if day else longest
    return round(shortest * 60), min(round(longest * 60), LONGEST_MIN)


def _spans(changes: Ints, minutes: Ints, shortest: int, longest: int) -> Iterator[tuple[int, int]]:
    """Start (may be before the week) and length of every shift that is tried."""
    on_the_hour = np.arange(0, WEEK_MIN, _STEP_MIN)
    edges = np.union1d(changes, on_the_hour[minutes[on_the_hour] > 0])
    both = np.concatenate([edges, edges + WEEK_MIN])
    for start in edges:
        ends = both[(both >= start + shortest) & (both <= start + longest)]
        yield from ((int(start), int(end - start)) for end in ends)
    for length in range(shortest, longest + 1, _OF_LENGTH_MIN):
        for change in changes:
            yield int(change), length
            yield int(change) - length, length


def _covers(needed: Ints, start: int, length: int) -> bool:
    return bool(needed[start + length] > needed[start])


def _is_allowed(shift: Shift, rules: Rules, minutes: Ints) -> bool:
    night = rules.get("night_shift")
    if night and shift.is_night and shift.length_min > 60 * night["most_h"]:
        return False
    return "night_only_where_needed" not in rules or not _idle_at_night(shift, minutes)


def _idle_at_night(shift: Shift, minutes: Ints) -> bool:
    """Whether it holds night work at a time when nobody is needed."""
    for midnight in (shift.day - 1, shift.day, shift.day + 1):
        start, end = (midnight * MINUTES_PER_DAY + edge for edge in NIGHT_MIN)
        span = np.arange(max(start, shift.start_min), min(end, shift.end_min)) % WEEK_MIN
        if len(span) and (minutes[span] == 0).any():
            return True
    return False


def _undominated(shifts: Iterator[Shift], needed: Ints) -> Iterator[Shift]:
    """Those without another inside them that meets the same need; only an idle edge can be cut off."""
    kept: dict[int, list[Shift]] = {}
    for shift in sorted(shifts, key=lambda each: each.length_min):
        start, end = shift.start_min, shift.end_min
        is_idle = needed[start + 1] == needed[start] or needed[end - 1] == needed[end]
        inside = (other for day in (shift.day, (shift.day + 1) % 7) for other in kept.get(day, ()))
        if not is_idle or not any(_does_the_same(shift, other, needed) for other in inside):
            kept.setdefault(shift.day, []).append(shift)
            yield shift


def _does_the_same(shift: Shift, other: Shift, needed: Ints) -> bool:
    start = other.start_min if other.start_min >= shift.start_min else other.start_min + WEEK_MIN
    end = start + other.length_min
    if start > shift.end_min or end > shift.end_min or other.length_min >= shift.length_min:
        return False
    before = needed[start] - needed[shift.start_min]
    after = needed[shift.end_min] - needed[end]
    return bool(before == 0 and after == 0)
