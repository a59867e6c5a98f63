"""A planner's own rules: a YAML file that chooses the basis of a rule, gives it other numbers, or switches it off.

    daily_rest: agreement
    hours_a_week: {by: continuous}
    nights_in_a_row: {most: 4}
    days_in_a_row: off

Everything that is wrong is told at once, with its line. Knows nothing of what a rule means.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from simulator.scenario.overrides import kind_of
from simulator.scenario.problems import Plain, Problem, ScenarioError, nearest, problem_at
from simulator.scenario.yaml_reader import Reading, read_file
from simulator.study.rostering.rules import OFF, OWN, Kind, Range, Rule, Rules, kinds, rule_of, usual_rules

_BY = "by"


def read_rules(path: str | Path) -> Rules:
    """The usual rules with those of a file in their place.

    Raises
    ------
    ScenarioError
        With everything that is wrong, if anything is.
    """
    reading = read_file(Path(path), str(path))
    if reading.tree is None or reading.problems:
        raise ScenarioError(reading.problems)
    problems: list[Problem] = []
    found = dict(usual_rules().by_key)
    for key, value in reading.tree.items():
        kind = kinds().get(key)
        if kind is None:
            problems.append(_unknown(reading, (key,), tuple(kinds())))
            continue
        rule, wrong = _rule(reading, kind, value)
        problems += wrong
        if rule is None:
            found.pop(key, None)
        else:
            found[key] = rule
    if problems:
        raise ScenarioError(problems)
    return Rules({key: found[key] for key in kinds() if key in found})


def _rule(reading: Reading, kind: Kind, value: Any) -> tuple[Rule | None, list[Problem]]:
    """What a file says of one rule (None: off), and what is wrong with that."""
    said: Mapping[str, Any] = value if isinstance(value, Mapping) else {_BY: value}
    path: tuple[str, ...] = (kind.key, _BY) if isinstance(value, Mapping) else (kind.key,)
    by = said.get(_BY, kind.default)
    allowed = (*kind.terms, OFF)
    problems: list[Problem] = []
    if not isinstance(by, str) or by not in allowed:
        near = nearest(by, allowed) if isinstance(by, str) else None
        values = {"found": kind_of(by), "allowed": tuple(map(Plain, allowed)), "nearest": near}
        problems.append(problem_at(reading.positions, path, "problem.choice", **values))
        by = kind.default
    names = [name for name in kind.ranges if name in kind.terms.get(by, kind.terms[kind.default]).numbers]
    for name in said:
        if name != _BY and name not in names:
            problems.append(_unknown(reading, (kind.key, name), (_BY, *names)))
    numbers = {name: said[name] for name in names if name in said}
    for name, number in numbers.items():
        problems += _of_number(reading, (kind.key, name), number, kind.ranges[name])
    if by == OFF or problems:
        return None, problems
    own = {name: float(number) for name, number in numbers.items()}
    rule = rule_of(kind, by) if not own else _own(kind, by, own)
    return rule, list(_of_several(reading, rule))


def _own(kind: Kind, by: str, numbers: Mapping[str, float]) -> Rule:
    base = rule_of(kind, by)
    return Rule(kind.key, OWN, {**base.numbers, **numbers}, base.evidence, "assumed")


def _of_number(reading: Reading, path: tuple[str, ...], found: Any, limits: Range) -> Iterator[Problem]:
    if isinstance(found, bool) or not isinstance(found, int | float):
        yield problem_at(reading.positions, path, "problem.number", found=kind_of(found))
    elif limits.whole and found != int(found):
        yield problem_at(reading.positions, path, "problem.whole_number", found=kind_of(found))
    elif not found >= limits.low:
        yield problem_at(reading.positions, path, "problem.at_least", found=found, limit=Plain(f"{limits.low:g}"))
    elif not found <= limits.high:
        yield problem_at(reading.positions, path, "problem.at_most", found=found, limit=Plain(f"{limits.high:g}"))


def _of_several(reading: Reading, rule: Rule) -> Iterator[Problem]:
    """What is wrong between the numbers of a rule."""
    if rule.key == "shift_length" and rule["shortest_h"] > rule["longest_h"]:
        limit = Plain(f"{rule['shortest_h']:g}")
        yield problem_at(reading.positions, (rule.key,), "problem.at_least", found=rule["longest_h"], limit=limit)
    if rule.key == "sundays" and rule["most"] > rule["of_weeks"]:
        limit = Plain(f"{rule['of_weeks']:g}")
        yield problem_at(reading.positions, (rule.key, "most"), "problem.at_most", found=rule["most"], limit=limit)


def _unknown(reading: Reading, path: tuple[str, ...], allowed: tuple[str, ...]) -> Problem:
    values: dict[str, Any] = {
        "found": path[-1],
        "allowed": tuple(map(Plain, allowed)),
        "nearest": nearest(path[-1], allowed),
    }
    return problem_at(reading.positions, path, "problem.unknown_key", at_key=True, **values)
