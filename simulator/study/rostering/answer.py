"""The question of a roster, asked and answered: shifts, lines, cost, reasons, the way back through the simulator."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import numpy as np

import simulator
from simulator.scenario import Scenario, fingerprint
from simulator.scenario.calendar import Calendar
from simulator.service.cost import Amounts, cost_sheet, person_years
from simulator.service.keys import Key
from simulator.service.planning import make_plan
from simulator.study.compare import compare
from simulator.study.estimates import Estimate, rounded
from simulator.study.replicate import Progress
from simulator.study.rostering.back import as_needed, as_scenario, codes_of, entries_of, replaced
from simulator.study.rostering.reasons import Binding, Conflict, binding, conflict
from simulator.study.rostering.rules import Rules, usual_rules
from simulator.study.rostering.searching import FOUND, MOST_PEOPLE, PROVEN, SAME_NOK, Attempt, Task, Weeks
from simulator.study.rostering.shifts import Prices, Shift
from simulator.study.staffing.requirement import Requirement
from simulator.study.worlds.world import Worlds
from simulator.words import say

LEAST = 0
"""Ask for the fewest people for whom there is a roster."""
USUAL_WEEKS, MOST_WEEKS = 6, 52
_MORE_TRIED = 3
"""For how many people more the cheaper rosters are looked for."""
_VERY_MANY = 100 * MOST_PEOPLE
"""What so many people cannot do, no number can."""
WATCHED = (Key("persons_reached"), Key("unanswered"), Key("staffed_hours"), Key("cost_nok"))
"""Figures that show the roster's way back through the simulator, beside answered on its channel."""


class RosterError(ValueError):
    """A question that has no roster as its answer; `text` says why to a planner."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(say(f"roster.error.{key}", "en", **values))
        self._key, self._values = key, values

    def text(self, lang: str) -> str:
        """The message in one language."""
        return say(f"roster.error.{self._key}", lang, **self._values)


@dataclass(frozen=True)
class Step:
    """What a roster for so many people costs a week; nan where none was found, ``proven`` where there is none."""

    people: int
    cost_a_week: float
    proven: bool

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        cost = None if np.isnan(self.cost_a_week) else round(self.cost_a_week, 2)
        return {"people": self.people, "cost_a_week": cost, "proven_impossible": self.proven}


@dataclass(frozen=True)
class YearsCost:
    """What the roster takes in the scenario's period.

    Attributes
    ----------
    hours
        On duty.
    cost_nok
        Pay, supplements and on-costs; None where the scenario knows no pay.
    posts_on_duty, posts
        Full posts: before absence is covered and with it; None where the scenario knows no pay.
    """

    hours: float
    cost_nok: float | None
    posts_on_duty: float | None
    posts: float | None


@dataclass(frozen=True)
class Back:
    """A figure of the scenario with the roster, against the one with just the people needed, on the same contacts.

    Attributes
    ----------
    key
        Which figure.
    needed, rostered
        Its means under the two.
    change
        The roster's less the other's: mean and intervals, as of any estimate.
    """

    key: Key
    needed: float
    rostered: float
    change: Estimate

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        change = {name: rounded(value) for name, value in vars(self.change).items() if name != "unit"}
        named = {"measure": self.key.measure, "channel": self.key.channel}
        sides = {"needed": rounded(self.needed), "rostered": rounded(self.rostered)}
        return {**named, **sides, **change, "unit": self.change.unit}


@dataclass(frozen=True, eq=False)
class Roster:
    """An answer: a roster, or why there is none.

    Attributes
    ----------
    scenario, need, rules, weeks
        What was asked; ``weeks`` is the most that a line may have.
    people
        How many work the roster, or could not; 0 where no number could.
    lines
        By team, by week of its line, the shift of each weekday. A team has as many people as its line has weeks: in
        week v person p works week (p + v) of the line, the first after the last. Empty: there is no roster.
    cost_a_week, bound, floor
        Of an ordinary week: what the roster costs, the least that any roster for so many people costs, and the least
        that any cover costs, whoever many there are. NOK, or hours where the scenario knows no pay.
    in_nok
        Whether those are NOK.
    together
        Whether shifts and lines had to be found together, with few shifts tried: then the bound is loose.
    ladder
        Fewer people, and more, and what they cost.
    binding, conflict
        Which rules bind; or which cannot hold together.
    year
        Of the scenario's whole period.
    entries
        The roster as entries of a scenario's roster.
    back
        The scenario with the roster against the one with just the people needed, simulated; empty if not asked.
    """

    scenario: Scenario
    need: Requirement
    rules: Rules
    weeks: int
    people: int
    lines: tuple[Weeks, ...] = ()
    cost_a_week: float = np.nan
    bound: float = np.nan
    floor: float = np.nan
    in_nok: bool = True
    together: bool = False
    ladder: tuple[Step, ...] = ()
    binding: tuple[Binding, ...] = ()
    conflict: Conflict | None = None
    year: YearsCost | None = None
    entries: Mapping[str, Any] | None = None
    back: tuple[Back, ...] = ()

    @property
    def worked(self) -> Counter[Shift]:
        """People on each shift of a week."""
        return Counter(shift for line in self.lines for week in line for shift in week if shift is not None)

    @property
    def codes(self) -> dict[Shift, str]:
        """The code of each shift."""
        return codes_of(sorted(self.worked))

    @property
    def gap_share(self) -> float:
        """How far above the least possible the cost may be, as a share of it."""
        return float((self.cost_a_week - self.bound) / self.cost_a_week) if self.cost_a_week else 0.0

    @property
    def rostered(self) -> Scenario:
        """The scenario with the roster in it."""
        return as_scenario(self.scenario, self.need.channel, self.entries or {}, "with-roster")

    @property
    def changes(self) -> dict[str, Any]:
        """What `rostered` changes in the scenario."""
        return replaced(self.scenario, self.need.channel, self.entries or {})

    @property
    def fingerprint(self) -> str:
        """Equal for equal questions."""
        asked = [self.need.as_json(), [rule.as_json() for rule in self.rules], self.weeks, self.people]
        text = f"{fingerprint(self.scenario)}/{json.dumps(asked, sort_keys=True)}/{simulator.__version__}"
        return sha256(text.encode()).hexdigest()[:12]

    def persons(self) -> tuple[tuple[int, int], ...]:
        """Everybody by team and first week of its line."""
        return tuple((team, week) for team, line in enumerate(self.lines) for week in range(len(line)))

    def weeks_of(self, team: int, first: int) -> Weeks:
        """The weeks of one person, until they begin anew."""
        line = self.lines[team]
        return (*line[first:], *line[:first])

    def as_json(self) -> dict[str, Any]:
        """The document of ``simulator roster --json``."""
        return {
            "scenario": self.scenario.name,
            "fingerprint": self.fingerprint,
            "version": simulator.__version__,
            "channel": self.need.channel,
            "requirement": self.need.as_json(),
            "hours_needed_a_week": self.need.hours_per_week,
            "rules": [rule.as_json() for rule in self.rules],
            "most_weeks": self.weeks,
            "feasible": bool(self.lines),
            "people": self.people,
            "unit": "NOK" if self.in_nok else "hours",
            **(self._found() if self.lines else {}),
            "conflict": self.conflict.as_json() if self.conflict else None,
            "people_and_cost": [each.as_json() for each in self.ladder],
        }

    def _found(self) -> dict[str, Any]:
        codes, worked = self.codes, self.worked
        shifts = [
            {"code": codes[shift], "day": shift.day, "start_min": shift.clock_min, "length_min": shift.length_min}
            | {"people": worked[shift]}
            for shift in sorted(worked)
        ]
        lines = [[[codes[day] if day else None for day in week] for week in line] for line in self.lines]
        return {
            "hours_a_week": sum(shift.length_min * count for shift, count in worked.items()) / 60,
            "cost_a_week": round(self.cost_a_week, 2),
            "least_cost_a_week": round(self.bound, 2),
            "least_cost_for_any_people": round(self.floor, 2),
            "gap_share": round(self.gap_share, 6),
            "shifts": shifts,
            "teams": lines,
            "binding": [each.as_json() for each in self.binding],
            "year": dict(vars(self.year)) if self.year else None,
            "roster": dict(self.entries or {}),
            "simulated": [each.as_json() for each in self.back],
        }


def roster(
    scenario: Scenario,
    requirement: Requirement | None = None,
    channel: str = "chat",
    weeks: int = USUAL_WEEKS,
    people: int = LEAST,
    rules: Rules | None = None,
    replications: int = 0,
    seed: int = 1,
    worlds: Worlds | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    *,
    reasons: bool = True,
) -> Roster:
    """Shifts and people that cover a requirement at least cost, with every rule kept round each line.

    Parameters
    ----------
    scenario
        Whose pay holds, and whose shifts of the channel the roster takes the place of.
    requirement
        People needed in each slot of the week. None: those that the scenario has on duty for the channel.
    channel
        Which, where no requirement is given.
    weeks
        The most weeks that a line may have before it begins anew.
    people
        How many there are; `LEAST`: the fewest for whom a roster is found.
    rules
        None: the usual ones.
    replications, seed, worlds, workers, progress
        Simulated years (of each world) of the way back through the simulator, as in `simulator.study.compare.compare`;
        0: not simulated.
    reasons
        Whether to ask which rules bind.

    Raises
    ------
    RosterError
        If nobody is needed, or more are needed than a roster can hold.
    """
    need = requirement or Requirement.of_scenario(scenario, channel)
    _look_at(need, weeks, people)
    rules = rules or usual_rules()
    task = Task(need, Prices.of(scenario), weeks)
    asked = Roster(scenario, need, rules, weeks, people, in_nok=task.prices.in_nok)
    found = task.attempt(rules, people) if people else task.fewest(rules)
    if found is None or found.verdict != FOUND:
        return _without_roster(asked, task, reasons)
    answered = _answered(asked, task, found)
    if reasons:
        told = binding(task, rules, found)
        answered = replace(answered, binding=told, ladder=_ladder(task, rules, found.people))
    if not replications:
        return answered
    crew = {"worlds": worlds, "workers": workers, "progress": progress}
    return replace(answered, back=_run_back(answered, replications, seed, **crew))


def _without_roster(asked: Roster, task: Task, reasons: bool) -> Roster:
    """Why there is none for the people asked for, or for any number of them."""
    rules, people = asked.rules, asked.people
    if not people and (bound := task.fewest_by_bound(rules)) is not None:
        people = task.most_tried(bound)  # the bound allows it, but no roster was found even for this many
    elif not people and task.cover(rules, _VERY_MANY).counts is not None:
        raise RosterError("more_needed", most=MOST_PEOPLE)
    why = conflict(task, rules, people) if reasons else None
    return replace(asked, people=people, conflict=why, ladder=_ladder_up(task, rules, people))


def _run_back(answered: Roster, replications: int, seed: int, **crew: Any) -> tuple[Back, ...]:
    needed = as_needed(answered.scenario, answered.need, "as-needed")
    compared = compare(needed, [answered.rostered], replications, seed, **crew)
    watched = (*WATCHED, Key("answered", answered.need.channel))
    told = (compared.get("with-roster", key) for key in watched)
    return tuple(Back(each.key, each.base, each.other, each.change) for each in told if each is not None)


def _look_at(need: Requirement, weeks: int, people: int) -> None:
    if not need.levels.any():
        raise RosterError("nobody_needed", channel=need.channel)
    most = int(need.levels.max())
    if most > MOST_PEOPLE or people > MOST_PEOPLE:
        raise RosterError("too_many", found=max(most, people), most=MOST_PEOPLE)
    if not 1 <= weeks <= MOST_WEEKS:
        raise RosterError("weeks", found=weeks, most=MOST_WEEKS)


def _answered(asked: Roster, task: Task, found: Attempt) -> Roster:
    polished = task.polished(asked.rules, found)
    answered = replace(
        asked,
        people=found.people,
        lines=polished.lines,
        cost_a_week=found.cost,
        bound=found.bound,
        floor=min(task.cover(asked.rules).cost, found.cost),
        together=found.together,
    )
    entries = entries_of(asked.scenario, asked.need.channel, answered.codes, answered.worked)
    answered = replace(answered, entries=entries)
    return replace(answered, year=_years_cost(answered))


def _years_cost(answered: Roster) -> YearsCost:
    """Hours and cost of the roster's own shifts in the scenario's period."""
    scenario = answered.rostered
    calendar, plan = Calendar.of(scenario), make_plan(scenario)
    days = len(list(calendar.days()))
    if scenario.pay is None:
        hours = sum(shift.length_min * count for shift, count in answered.worked.items()) / 60 * days / 7
        return YearsCost(hours, None, None, None)
    own = answered.entries or {}
    lines = cost_sheet(plan, calendar, scenario.pay).lines
    whole = Amounts.total(line.amounts for line in lines if line.shift in own)
    before, with_absence = person_years(whole, scenario.pay)
    share = 365.25 / days
    return YearsCost(whole.hours, whole.nok, before * share, with_absence * share)


def _ladder(task: Task, rules: Rules, people: int) -> tuple[Step, ...]:
    """What one fewer and more people would cost, until more make nothing cheaper."""
    floor = task.cover(rules).cost
    steps: list[Step] = []
    for number in range(max(1, people - 1), min(people + _MORE_TRIED, MOST_PEOPLE) + 1):
        tried = task.attempt(rules, number)
        steps.append(Step(number, tried.cost, tried.verdict == PROVEN))
        if number >= people and tried.cost <= floor + SAME_NOK:
            break
    return tuple(steps)


def _ladder_up(task: Task, rules: Rules, people: int) -> tuple[Step, ...]:
    """From too few people to enough of them."""
    enough = task.fewest(rules)
    tried = [people, *([enough.people - 1, enough.people] if enough else [])]
    attempts = (task.attempt(rules, number) for number in sorted(set(tried)) if number >= max(people, 1))
    return tuple(Step(each.people, each.cost, each.verdict == PROVEN) for each in attempts)
