"""From a requirement and rules to a roster for so many people, or for the fewest there can be.

For a number of people: the cheapest shifts within what so many can do between them (a bound that no roster beats), then
lines that hold just those shifts; only where there are none, shifts and lines together, of few shifts that are worth
trying. A roster that was found keeps the rules; that there is none is proven by the bound's programme alone, or by the
joint one where it held every possible shift.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import ceil

import numpy as np

from simulator.study.rostering.assigning import Assigned, plan_together, share_out, teams_of
from simulator.study.rostering.cover import WeekCover, cover_week, worth_trying
from simulator.study.rostering.lines import caps
from simulator.study.rostering.programme import IMPOSSIBLE
from simulator.study.rostering.rules import Rules
from simulator.study.rostering.shifts import SHIFT_RULES, Prices, Shift, possible_shifts
from simulator.study.staffing.requirement import Requirement

FOUND, PROVEN, NOT_FOUND = "found", "impossible", "not_found"
"""There is a roster; there is none; the search found none."""
MOST_PEOPLE = 60
_TRIED_PER_DAY, _MOST_TOGETHER = 14, 2500
"""Shifts of each day that are tried together with lines, where all of them for everybody would be more than so many."""
_MOST_TRIED_ABOVE = 6
"""How many more people than the bound asks for are tried before the search gives up."""
SAME_NOK = 1.0
"""Costs a week that differ by less are the same."""

Weeks = tuple[tuple[Shift | None, ...], ...]


@dataclass(frozen=True)
class Attempt:
    """What came of trying to roster so many people.

    Attributes
    ----------
    people, teams
        How many, and how many weeks each team's line has.
    verdict
        `FOUND`, `PROVEN` (there is none) or `NOT_FOUND`.
    lines
        By team, by week of its line, the shift of each weekday.
    cost, bound
        A week's cost, and the least that any roster for so many people costs.
    together
        Whether shifts and lines had to be found together.
    """

    people: int
    teams: tuple[int, ...]
    verdict: str
    lines: tuple[Weeks, ...] = ()
    cost: float = np.nan
    bound: float = np.nan
    together: bool = False


@dataclass(frozen=True, eq=False)
class Task:
    """What is to be rostered.

    Attributes
    ----------
    need
        People needed in each slot of the week.
    prices
        What an hour on duty costs.
    weeks
        The most weeks that a line may have before it begins anew.
    """

    need: Requirement
    prices: Prices
    weeks: int
    _shifts: dict[str, tuple[Shift, ...]] = field(default_factory=dict)
    _covers: dict[tuple[str, int], WeekCover] = field(default_factory=dict)
    _attempts: dict[tuple[str, int], Attempt] = field(default_factory=dict)

    def with_need(self, need: Requirement) -> "Task":
        """The same with another requirement."""
        return replace(self, need=need, _shifts={}, _covers={}, _attempts={})

    def shifts(self, rules: Rules) -> tuple[Shift, ...]:
        """Shifts that may be of use."""
        key = _key(rules, SHIFT_RULES)
        if key not in self._shifts:
            self._shifts[key] = possible_shifts(self.need, rules)
        return self._shifts[key]

    def cover(self, rules: Rules, people: int = 0) -> WeekCover:
        """The cheapest shifts that so many can work as far as can be told; 0: whoever many there are."""
        key = _key(rules, None if people else SHIFT_RULES), people
        if key not in self._covers:
            shifts = self.shifts(rules)
            limits = caps(shifts, rules, teams_of(people, self.weeks)) if people else ()
            self._covers[key] = cover_week(self.need, shifts, self.prices, limits)
        return self._covers[key]

    def attempt(self, rules: Rules, people: int) -> Attempt:
        """A roster for so many people, if there is one."""
        key = _key(rules), people
        if key not in self._attempts:
            self._attempts[key] = self._attempted(rules, people)
        return self._attempts[key]

    def _attempted(self, rules: Rules, people: int) -> Attempt:
        teams = teams_of(people, self.weeks)
        cover = self.cover(rules, people)
        if cover.counts is None:
            return Attempt(people, teams, PROVEN if cover.status == IMPOSSIBLE else NOT_FOUND)
        shifts = self.shifts(rules)
        shared = share_out(shifts, cover.counts, teams, rules)
        if shared.lines:
            return Attempt(people, teams, FOUND, shared.lines, cover.cost, cover.bound)
        tried = shifts
        if len(shifts) * people > _MOST_TOGETHER:
            tried = worth_trying(self.need, shifts, self.prices, caps(shifts, rules, teams), _TRIED_PER_DAY)
        joint = plan_together(self.need, tried, self.prices, teams, rules)
        if joint.lines:
            cost = self._cost(joint)
            return Attempt(people, teams, FOUND, joint.lines, cost, min(cost, cover.bound), together=True)
        proven = joint.status == IMPOSSIBLE and len(tried) == len(shifts)
        return Attempt(people, teams, PROVEN if proven else NOT_FOUND)

    def polished(self, rules: Rules, found: Attempt) -> Attempt:
        """The same shifts given out well: few weekends, even weeks; as it was where no such lines are found in time."""
        worked = Counter(shift for line in found.lines for week in line for shift in week if shift is not None)
        shifts = sorted(worked)
        counts = np.array([worked[each] for each in shifts], np.int64)
        again = share_out(shifts, counts, found.teams, rules, well=True)
        return replace(found, lines=again.lines) if again.lines else found

    def _cost(self, found: Assigned) -> float:
        worked = (shift for line in found.lines for week in line for shift in week if shift is not None)
        return float(sum(map(self.prices.of_shift, worked)))

    def fewest_by_bound(self, rules: Rules) -> int | None:
        """The fewest people that the bound does not rule out; None where it rules out all numbers there may be."""
        if self.cover(rules).counts is None:
            return None
        least = max(1, self._least_by_hours(rules))
        if least > MOST_PEOPLE:
            return None
        step, high, ruled_out = 1, least, least - 1
        while self.cover(rules, high).counts is None:
            if high >= MOST_PEOPLE:
                return None
            ruled_out, high, step = high, min(high + step, MOST_PEOPLE), step * 2
        while high - ruled_out > 1:
            middle = (high + ruled_out) // 2
            if self.cover(rules, middle).counts is None:
                ruled_out = middle
            else:
                high = middle
        return high

    def most_tried(self, bound: int) -> int:
        """The most people that are tried where the bound asks for so many."""
        return min(bound + _MOST_TRIED_ABOVE, MOST_PEOPLE)

    def _least_by_hours(self, rules: Rules) -> int:
        mean = rules.get("hours_a_week")
        by_hours = ceil(self.need.hours_per_week / mean["mean_h"] - 1e-9) if mean else 0
        return max(by_hours, int(self.need.levels.max(initial=0)))

    def fewest(self, rules: Rules) -> Attempt | None:
        """A roster for the fewest people for whom one is found; None where none is."""
        start = self.fewest_by_bound(rules)
        if start is None:
            return None
        tried = (self.attempt(rules, people) for people in range(start, self.most_tried(start) + 1))
        return next((each for each in tried if each.verdict == FOUND), None)


def _key(rules: Rules, keys: Sequence[str] | None = None) -> str:
    """What some rules (None: all) say."""
    said = (rule for rule in rules if keys is None or rule.key in keys)
    return "|".join(f"{rule.key}:{sorted(rule.numbers.items())}" for rule in said)
