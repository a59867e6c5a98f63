"""From a document to a validated scenario, every complaint of pydantic put in a planner's words and place.

The model decides what a word means: it is handed text, so that ``true`` is never the number 1 and 2024 may be a title.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from simulator.scenario.model import Scenario, Source
from simulator.scenario.order import natural_order
from simulator.scenario.overrides import Document, is_schedule, is_sourced, kind_of
from simulator.scenario.problems import Path, Plain, Problem, dotted, nearest, problem_at

# pydantic's name of an error -> the catalogue's, where the sentence needs no more than the value found.
_WORDS = {
    "float_type": "problem.number",
    "int_type": "problem.whole_number",
    "int_from_float": "problem.whole_number",
    "int_parsing_size": "problem.number_size",
    "bool_type": "problem.yes_or_no",
    "bool_parsing": "problem.yes_or_no",
    "finite_number": "problem.number_size",
    "string_type": "problem.text",
    "list_type": "problem.list",
    "dict_type": "problem.group",
    "model_type": "problem.group",
    "model_attributes_type": "problem.group",
    "date_type": "problem.date",
    "date_parsing": "problem.date",
    "date_from_datetime_parsing": "problem.date",
    "date_from_datetime_inexact": "problem.date",
    "window": "problem.window",
    "window_overlap": "problem.window_overlap",
    "date_range": "problem.date_range",
}
_LIMITS = {
    "greater_than": ("problem.more_than", "gt"),
    "greater_than_equal": ("problem.at_least", "ge"),
    "less_than": ("problem.less_than", "lt"),
    "less_than_equal": ("problem.at_most", "le"),
    "too_short": ("problem.too_few", "min_length"),
    "too_long": ("problem.too_many_items", "max_length"),
}
# What a planner may have meant by text where a number should stand -> how the number is written.
_NUMBERS: tuple[tuple[str, str, Callable[[re.Match[str]], str]], ...] = (
    (r"\s*([-+]?\d+),(\d+)\s*", "problem.decimal_comma", lambda found: f"{found[1]}.{found[2]}"),
    (r"\s*(\d{1,3}(?:[\s\u00a0\u202f]\d{3})+)\s*", "problem.digit_groups", lambda found: re.sub(r"\s", "", found[1])),
    (r"\s*(\d+(?:[.,]\d+)?)\s*%\s*", "problem.percent", lambda found: f"{float(found[1].replace(',', '.')) / 100:g}"),
)
_OF_FILES = ("extends", "overrides")


@dataclass
class _Prepared:
    """A tree made ready for the model: sources taken off, leaves as text, keys in natural order."""

    document: Document
    sources: dict[str, Source] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def value(self, value: Any, path: Path) -> Any:
        if is_sourced(value):
            self._note(value, path)
            return self.value(value["value"], path)
        if isinstance(value, Mapping):
            ordered = value if _in_schedule(path) else sorted(value, key=natural_order)
            return {key: self.value(value[key], (*path, key)) for key in ordered}
        if isinstance(value, list):
            return [self.value(each, (*path, index)) for index, each in enumerate(value)]
        if isinstance(value, bool):
            return str(value).lower()
        return value if value is None else str(value)

    def _note(self, value: Mapping[str, Any], path: Path) -> None:
        said = {key: each if each is None else str(each) for key, each in value.items() if key != "value"}
        try:
            self.sources[dotted(path)] = Source.model_validate(said)
        except ValidationError as error:
            told = [_problem(self.document, {**each, "loc": (*path, *each["loc"])}) for each in error.errors()]
            self.problems.extend(told)


def validated(document: Document, name: str) -> tuple[Scenario | None, list[Problem]]:
    """The scenario that a document describes, or None, and what is wrong with the document."""
    prepared = _Prepared(document)
    tree = prepared.value(document.tree, ())
    try:
        scenario = Scenario.model_validate(tree)
    except ValidationError as error:
        return None, [*prepared.problems, *(_problem(document, each) for each in _of_one_kind(document, error))]
    scenario._name, scenario._sources, scenario._document = name, prepared.sources, document
    return scenario, prepared.problems


def _in_schedule(path: Path) -> bool:
    """Whether a path leads to or into a schedule, where of two ranges of dates the later written wins."""
    return any(is_schedule(path[:length]) for length in range(1, len(path) + 1))


def _of_one_kind(document: Document, error: ValidationError) -> Iterator[ErrorDetails]:
    """The errors, without those that only say that a list is no number or a number no list where either may stand."""
    for each in error.errors(include_url=False):
        path, _ = _walked(document.tree, each["loc"])
        names_a_type = path[-1:] != each["loc"][-1:]
        of_other_kind = (each["type"] == "list_type") != isinstance(each["input"], list)
        if not (names_a_type and each["type"] in ("float_type", "list_type") and of_other_kind):
            yield each


def _problem(document: Document, error: Mapping[str, Any]) -> Problem:
    path, value = _walked(document.tree, error["loc"])
    kind = error["type"]
    if kind == "missing":
        missing = dotted((*path, error["loc"][-1]))
        parent = problem_at(document.positions, path, "problem.missing", at_key=True, found=str(error["loc"][-1]))
        return Problem(parent.file, parent.line, parent.column, missing, parent.word, parent.values)
    if kind == "extra_forbidden":
        return _unknown_key(document, path)
    if kind == "date_range":
        bad = (*path, error["ctx"]["found"])
        return problem_at(document.positions, bad, "problem.date_range", at_key=True, found=bad[-1])
    if is_sourced(value):
        path, value = (*path, "value"), value["value"]
    if kind == "window" and isinstance(value, list):
        path, value = _bad_window(path, value, error["ctx"]["found"])
    word, values = _said(kind, value, error)
    return problem_at(document.positions, path, word, **values)


def _bad_window(path: Path, windows: list[Any], found: str) -> tuple[Path, Any]:
    """The first of several windows that is none, and where it stands."""
    index = next((index for index, each in enumerate(windows) if str(each) == found), None)
    return (path, windows) if index is None else ((*path, index), windows[index])


def _walked(tree: Any, location: tuple[str | int, ...]) -> tuple[Path, Any]:
    """The part of an error's location that a planner wrote, and the value there; the rest names types."""
    path: Path = ()
    for part in location:
        if is_sourced(tree) and isinstance(part, int):
            path, tree = (*path, "value"), tree["value"]
        in_list = isinstance(tree, list) and isinstance(part, int) and part < len(tree)
        if in_list or (isinstance(tree, Mapping) and part in tree):
            path, tree = (*path, part), tree[part]
    return path, tree


def _said(kind: str, value: Any, error: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    found = kind_of(value)
    context = error.get("ctx", {})
    if value is None:
        return "problem.empty_value", {}
    if kind in ("float_parsing", "int_parsing"):
        return _number(kind, value)
    if kind in _LIMITS:
        word, limit = _LIMITS[kind]
        found = context.get("actual_length", found) if "length" in limit else found
        return word, {"found": found, "limit": Plain(f"{context[limit]:g}")}
    if kind == "literal_error":
        allowed = tuple(re.findall(r"'([^']*)'", context["expected"]))
        near = nearest(value, allowed) if isinstance(value, str) else None
        return "problem.choice", {"found": found, "allowed": tuple(map(Plain, allowed)), "nearest": near}
    if kind == "window_overlap":
        found = Plain(context["found"])
    return _WORDS.get(kind, "problem.not_allowed"), {"found": found}


def _number(kind: str, value: Any) -> tuple[str, dict[str, Any]]:
    for pattern, word, rewritten in _NUMBERS:
        found = re.fullmatch(pattern, str(value))
        if found:
            return word, {"found": str(value), "right": Plain(rewritten(found))}
    return ("problem.whole_number" if kind == "int_parsing" else "problem.number"), {"found": kind_of(value)}


def _unknown_key(document: Document, path: Path) -> Problem:
    allowed = (*_keys_at(path[:-1]), *(_OF_FILES if len(path) == 1 else ()))
    values: dict[str, Any] = {
        "found": str(path[-1]),
        "allowed": tuple(map(Plain, allowed)),
        "nearest": nearest(str(path[-1]), allowed),
    }
    return problem_at(document.positions, path, "problem.unknown_key", at_key=True, **values)


def _keys_at(path: Path) -> list[str]:
    """The keys the model allows at a path; those of a number with a source where the path leads to a number."""
    annotation: Any = Scenario
    for part in path:
        annotation = _entry(_bare(annotation), part)
    bare = _bare(annotation)
    return list(bare.model_fields) if _is_model(bare) else ["value", *Source.model_fields]


def _bare(annotation: Any) -> Any:
    """A type without its notes and without the alternative None."""
    while get_origin(annotation) in (Annotated, Union, UnionType):
        annotation = next(each for each in get_args(annotation) if each is not type(None))
    return annotation


def _entry(annotation: Any, part: str | int) -> Any:
    if _is_model(annotation):
        known = annotation.model_fields.get(part)
        return known.annotation if known else None
    return next(iter(get_args(annotation)[::-1]), None)


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
