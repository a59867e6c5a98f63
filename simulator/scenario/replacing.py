"""Replacing numbers in a validated scenario by where they come from: how a plausible world enters a planner's scenario.

A number that rests on a piece of evidence is replaced by another value of the same thing; a number that the planner
gave herself, without that source, stays hers. Knows nothing of what the values mean.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from simulator.scenario.model import Scenario
from simulator.scenario.overrides import is_sourced
from simulator.scenario.problems import Path

_REFERENCE = re.compile(r"^evidence: ([a-z0-9-]+)$")


def resting_on_evidence(scenario: Scenario) -> Mapping[Path, str]:
    """The numbers of a scenario that name a piece of evidence as their source: its id by path."""
    document = scenario._document
    return dict(_references(document.tree, ())) if document is not None else {}


def _references(tree: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if is_sourced(tree):
        if found := _REFERENCE.match(str(tree.get("source", "")).strip()):
            yield path, found[1]
    elif isinstance(tree, Mapping):
        for key, each in tree.items():
            yield from _references(each, (*path, str(key)))


def with_values(scenario: Scenario, values: Mapping[Path, Any]) -> Scenario:
    """The scenario with other values at some paths.

    Values are taken as they are: whoever gives them has made sure that a scenario may hold them.

    Raises
    ------
    KeyError
        If there is nothing at a path.
    """
    changed: Scenario = _replaced(scenario, _nested(values))
    return changed


def _nested(values: Mapping[Path, Any]) -> dict[str, Any]:
    """The values as a tree; its leaves are in lists of one, so that a value may itself be a mapping."""
    tree: dict[str, Any] = {}
    for path, value in values.items():
        branch = tree
        for key in path[:-1]:
            branch = branch.setdefault(str(key), {})
        branch[str(path[-1])] = [value]
    return tree


def _replaced(part: Any, changes: Any) -> Any:
    if isinstance(changes, list):
        return changes[0]
    if isinstance(part, BaseModel):
        return part.model_copy(update={key: _replaced(getattr(part, key), each) for key, each in changes.items()})
    if isinstance(part, Mapping):
        return {**part, **{key: _replaced(part[key], each) for key, each in changes.items()}}
    raise KeyError(", ".join(changes))
