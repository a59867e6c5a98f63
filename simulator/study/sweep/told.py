"""Complaints about single keys of a study file, each in a planner's words and at its place in the file."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from simulator.scenario.overrides import kind_of
from simulator.scenario.problems import Path, Plain, Position, Problem, dotted, nearest, problem_at
from simulator.study.sweep.written import keys_at

# pydantic's name of an error -> the catalogue's, where the sentence needs no more than the value found.
_WORDS = {
    "float_parsing": "problem.number",
    "float_type": "problem.number",
    "finite_number": "problem.number_size",
    "int_parsing": "problem.whole_number",
    "int_type": "problem.whole_number",
    "int_parsing_size": "problem.number_size",
    "bool_parsing": "problem.yes_or_no",
    "bool_type": "problem.yes_or_no",
    "string_type": "problem.text",
    "list_type": "problem.list",
    "dict_type": "problem.group",
    "model_type": "problem.group",
    "worlds": "sweep.problem.worlds",
}
_LIMITS = {
    "greater_than": ("problem.more_than", "gt"),
    "greater_than_equal": ("problem.at_least", "ge"),
    "less_than_equal": ("problem.at_most", "le"),
    "too_short": ("problem.too_few", "min_length"),
    "too_long": ("problem.too_many_items", "max_length"),
}
_DECIMAL_COMMA = re.compile(r"\s*([-+]?\d+),(\d+)\s*")


def told(
    tree: Mapping[str, Any], positions: Mapping[Path, Position], errors: Iterable[Mapping[str, Any]]
) -> Iterator[Problem]:
    """What is wrong with the keys of a study file.

    Parameters
    ----------
    tree, positions
        What the file says, and where.
    errors
        pydantic's.
    """
    for error in errors:
        path, value = _walked(tree, error["loc"])
        yield _problem(positions, path, value, error)


def _problem(positions: Mapping[Path, Position], path: Path, value: Any, error: Mapping[str, Any]) -> Problem:
    kind = error["type"]
    if kind == "missing":
        name = str(error["loc"][-1])
        at = problem_at(positions, path, "problem.missing", at_key=True, found=name)
        return Problem(at.file, at.line, at.column, dotted((*path, name)), at.word, at.values)
    if kind == "extra_forbidden":
        found, allowed = str(path[-1]), keys_at(path[:-1])
        near = nearest(found, allowed)
        values: dict[str, Any] = {"found": found, "allowed": tuple(map(Plain, allowed)), "nearest": near}
        return problem_at(positions, path, "problem.unknown_key", at_key=True, **values)
    word, said = _said(kind, value, error.get("ctx", {}))
    return problem_at(positions, path, word, **said)


def _said(kind: str, value: Any, context: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    if value is None:
        return "problem.empty_value", {}
    if kind in _LIMITS:
        word, limit = _LIMITS[kind]
        found = context.get("actual_length", kind_of(value))
        return word, {"found": found, "limit": Plain(f"{context[limit]:g}")}
    if kind == "literal_error":
        allowed = tuple(re.findall(r"'([^']*)'", context["expected"]))
        near = nearest(value, allowed) if isinstance(value, str) else None
        return "problem.choice", {"found": kind_of(value), "allowed": tuple(map(Plain, allowed)), "nearest": near}
    if kind.endswith("_parsing") and (comma := _DECIMAL_COMMA.fullmatch(str(value))):
        return "problem.decimal_comma", {"found": str(value), "right": Plain(f"{comma[1]}.{comma[2]}")}
    return _WORDS.get(kind, "problem.not_allowed"), {"found": kind_of(value)}


def _walked(tree: Any, location: tuple[str | int, ...]) -> tuple[Path, Any]:
    """The part of an error's location that a planner wrote, and the value there; the rest names types."""
    path: Path = ()
    for part in location:
        in_list = isinstance(tree, list) and isinstance(part, int) and part < len(tree)
        if in_list or (isinstance(tree, Mapping) and part in tree):
            path, tree = (*path, part), tree[part]
    return path, tree
