"""Which rules bind, and which cannot hold together: found by solving again with rules eased or left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.scenario.schedule import MINUTES_PER_DAY
from simulator.study.rostering.programme import IMPOSSIBLE
from simulator.study.rostering.rules import OFF, Rules, kinds
from simulator.study.rostering.searching import FOUND, PROVEN, SAME_NOK, Attempt, Task
from simulator.study.staffing.requirement import WEEK_MIN, Requirement

_FEWER_TRIED = 4
"""How many people fewer are tried with a rule eased."""
_DAY_STARTS_MIN = 6 * 60
NEVER_BINDS = ("breaks",)
"""Rules that move no shift: breaks are paid and taken on call."""


@dataclass(frozen=True)
class Binding:
    """What easing one rule would give, all others kept.

    Attributes
    ----------
    rule, eased
        Which, and what it is eased to: another of its bases, or off.
    people_fewer
        How many fewer people a roster was found for.
    nok_a_week
        How much cheaper a roster was found for as many people.
    """

    rule: str
    eased: str
    people_fewer: int
    nok_a_week: float

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return dict(vars(self))


@dataclass(frozen=True)
class WayOut:
    """Something that makes a roster possible: a rule eased, or so many people.

    Attributes
    ----------
    rule, eased
        Which rule, and what it is eased to; empty where it is people that are needed.
    people
        For how many a roster is then found.
    """

    rule: str
    eased: str
    people: int

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return dict(vars(self))


@dataclass(frozen=True)
class Conflict:
    """Rules and needs that cannot hold together; leave any one of them out, and that is no longer shown.

    Attributes
    ----------
    people
        How many there are; 0: no number of people would do.
    rules
        Keys of the rules; empty: there are not people enough at one time.
    days
        Weekdays (Monday 0) whose needs are part of it.
    most_needed
        People needed at once at most, on those days.
    proven
        Whether it is proven that they cannot hold together, and not only that no roster was found.
    ways_out
        What would do, each by itself.
    """

    people: int
    rules: tuple[str, ...]
    days: tuple[int, ...]
    most_needed: int
    proven: bool
    ways_out: tuple[WayOut, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {**vars(self), "ways_out": [each.as_json() for each in self.ways_out]}


def eased_basis(rules: Rules, key: str) -> str:
    """What a rule is eased to when it is asked what it costs."""
    rule = rules.get(key)
    eased = kinds()[key].eased
    return OFF if rule is None or rule.by == eased else eased


def binding(task: Task, rules: Rules, found: Attempt) -> tuple[Binding, ...]:
    """The rules that bind: those that, eased alone or left out, make the roster cheaper or let fewer people do.

    A rule is eased first, and left out only where that alone gives nothing.
    """
    return tuple(each for rule in rules if (each := _what_it_costs(task, rules, rule.key, found)) is not None)


def _what_it_costs(task: Task, rules: Rules, key: str, found: Attempt) -> Binding | None:
    if key in NEVER_BINDS:
        return None
    for eased in dict.fromkeys((eased_basis(rules, key), OFF)):
        easier = rules.with_basis(key, eased)
        fewer = 0
        while fewer < min(_FEWER_TRIED, found.people - 1):
            if task.attempt(easier, found.people - fewer - 1).verdict != FOUND:
                break
            fewer += 1
        saved = _saved(task, easier, found)
        if fewer or saved:
            return Binding(key, eased, fewer, saved)
    return None


def _saved(task: Task, easier: Rules, found: Attempt) -> float:
    """How much cheaper a roster for as many is; 0 where the bound already says that none is."""
    if task.cover(easier).cost > found.cost - SAME_NOK:  # what no roster beats, whoever many there are
        return 0.0
    cover = task.cover(easier, found.people)
    if cover.counts is None or cover.cost > found.cost - SAME_NOK:
        return 0.0
    again = task.attempt(easier, found.people)
    return float(max(0.0, found.cost - again.cost)) if again.verdict == FOUND else 0.0


def conflict(task: Task, rules: Rules, people: int) -> Conflict:
    """Why so many people (0: any number of them) cannot be rostered.

    A deletion filter (Chinneck & Dravnieks 1991, ORSA Journal on Computing 3: 157-168): leave out each rule in turn,
    and put it back only where it is needed to show that there is no roster. Policies are left out first and rest last:
    where the law alone forbids it, no policy is named, for changing that would not help. Then the same with the needs
    of each weekday.
    """
    kept = rules.without(*NEVER_BINDS)
    by_bound = _ruled_out(task, kept, people)  # then every step is a proof, and a quick one
    fails = _ruled_out if by_bound else _not_found
    for key in [rule.key for rule in kept][::-1]:
        if fails(task, kept.without(key), people):
            kept = kept.without(key)
    days = list(range(7))
    for day in range(7):
        others = [each for each in days if each != day]
        if fails(task.with_need(on_days(task.need, others)), kept, people):
            days = others
    core = task.with_need(on_days(task.need, days))
    proven = by_bound or core.attempt(kept, people).verdict == PROVEN
    needed = int(core.need.levels.max(initial=0))
    return Conflict(
        people, tuple(kept.by_key), tuple(days), needed, proven, tuple(_ways_out(task, rules, kept, people))
    )


def _ruled_out(task: Task, rules: Rules, people: int) -> bool:
    """Whether the bound alone shows that so many people (0: any number) have no roster."""
    if not people:
        return task.fewest_by_bound(rules) is None
    return task.cover(rules, people).status == IMPOSSIBLE


def _not_found(task: Task, rules: Rules, people: int) -> bool:
    return (task.attempt(rules, people).verdict if people else FOUND) != FOUND


def on_days(need: Requirement, days: list[int]) -> Requirement:
    """The needs of some weekdays alone; a night belongs to the day it follows."""
    starts = need.offset_min + np.arange(len(need.levels)) * need.step_min - _DAY_STARTS_MIN
    chosen = np.isin(starts % WEEK_MIN // MINUTES_PER_DAY, days)
    return Requirement(need.channel, need.step_min, need.offset_min, np.where(chosen, need.levels, 0))


def _ways_out(task: Task, rules: Rules, core: Rules, people: int) -> Iterator[WayOut]:
    for rule in core:
        bases = dict.fromkeys((eased_basis(rules, rule.key), OFF))
        for eased in bases:
            easier = rules.with_basis(rule.key, eased)
            found = task.attempt(easier, people) if people else task.fewest(easier)
            if found is not None and found.verdict == FOUND:
                yield WayOut(rule.key, eased, found.people)
                break
    if people and (enough := task.fewest(rules)) is not None and enough.people > people:
        yield WayOut("", "", enough.people)
