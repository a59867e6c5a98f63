"""Changes to a scenario: one concept for child files, named overrides, points of a sweep and causes of a difference.

Mappings are merged key by key, ``null`` removes a key, all else is replaced whole: also schedules, lists and numbers
with a source. Nothing here knows which keys a scenario may have, apart from which of them hold schedules.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path as FilePath
from typing import Any, TypeGuard

from simulator.scenario.problems import Path, Phrase, Plain, Position, Problem, dotted, nearest, problem_at

SCHEDULES = (("channels", "*", "open"), ("sites", "*", "open"), ("roster", "*", "*", "hours"))
"""Where schedules stand; ``*`` is any name."""
WHOLE = (*SCHEDULES, ("expect",))
"""Groups that are replaced whole: half of an old one would say something that nobody meant."""


@dataclass(frozen=True)
class Override:
    """Some keys of a scenario with new values.

    Attributes
    ----------
    name
        What the planner calls it.
    changes
        The keys, nested as in a scenario file; None removes one.
    positions
        Where they are written, by path in ``changes``.
    """

    name: str
    changes: Mapping[str, Any]
    positions: Mapping[Path, Position]


@dataclass(frozen=True)
class Change:
    """One value that an override made another: None where there was none before, or is none after."""

    override: str
    path: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Document:
    """A scenario as written, after all overrides.

    Attributes
    ----------
    tree
        What the scenario says, before it is validated.
    positions
        Where each entry is written, in whichever file says the last word on it.
    overrides
        The named overrides one may choose.
    record
        What the overrides changed, in the order in which they were applied.
    folders
        The folder of each file that had a say, by the name the positions use.
    """

    tree: Mapping[str, Any]
    positions: Mapping[Path, Position]
    overrides: Mapping[str, Override] = field(default_factory=dict)
    record: tuple[Change, ...] = ()
    folders: Mapping[str, FilePath] = field(default_factory=dict)

    def offering(self, overrides: Mapping[str, Override]) -> "Document":
        """The document with more named overrides to choose from; one of the same name takes the other's place."""
        return replace(self, overrides={**self.overrides, **overrides})


def is_schedule(path: Path) -> bool:
    """Whether a schedule stands at this path."""
    return _is_one_of(path, SCHEDULES)


def _is_one_of(path: Path, patterns: Iterable[tuple[str, ...]]) -> bool:
    return any(
        len(path) == len(pattern) and all(part in ("*", key) for part, key in zip(pattern, path, strict=True))
        for pattern in patterns
    )


def is_sourced(value: Any) -> bool:
    """Whether this is a number with a source: ``{value: 42, status: assumed}``."""
    return isinstance(value, Mapping) and "value" in value and not isinstance(value["value"], Mapping)


def plain_numbers(written: Any, value: Any, path: Path = ()) -> Iterator[Path]:
    """Where a tree holds numbers that carry no source; a list of numbers is one.

    Parameters
    ----------
    written
        What was written, with or without sources.
    value
        What became of it in the validated scenario, which knows that ``title: 2024`` is no number.
    """
    if is_sourced(written):
        return
    if isinstance(written, Mapping) and isinstance(value, Mapping):
        for key, each in written.items():
            yield from plain_numbers(each, value.get(key), (*path, key))
    elif isinstance(written, list) and isinstance(value, list) and any(map(is_sourced, written)):
        for index, each in enumerate(written):
            yield from plain_numbers(each, value[index], (*path, index))
    elif _is_number(value) or (isinstance(value, list) and value and all(map(_is_number, value))):
        yield path


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def apply(document: Document, override: Override) -> tuple[Document, tuple[Problem, ...]]:
    """The document with one override on top, and the removals in it that find nothing to remove."""
    merge = _Merge(override)
    tree = merge.merged(document.tree, override.changes, ())
    changed = replace(
        document,
        tree=tree,
        positions={**document.positions, **override.positions},
        record=(*document.record, *merge.record),
    )
    return changed, tuple(merge.problems)


@dataclass
class _Merge:
    """One merging of one override: what it changed and what it could not remove."""

    override: Override
    record: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def merged(self, base: Mapping[str, Any], changes: Mapping[str, Any], path: Path) -> dict[str, Any]:
        result = dict(base)
        for key, new in changes.items():
            here, old = (*path, key), base.get(key)
            if new is None and key not in base:
                near = nearest(key, base)
                where = self.override.positions
                self.problems.append(problem_at(where, here, "problem.nothing_to_remove", found=key, nearest=near))
            elif new is None:
                del result[key]
            elif _is_group(old, here) and _is_group(new, here):
                result[key] = self.merged(old, new, here)
                continue
            else:
                result[key] = new
            if old != new:
                self.record.append(Change(self.override.name, dotted(here), old, new))
        return result


def _is_group(value: Any, path: Path) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, Mapping) and not is_sourced(value) and not _is_one_of(path, WHOLE)


def conflicts(overrides: Sequence[Override]) -> Iterator[Problem]:
    """Keys that two overrides chosen side by side both set, pointed out in the second."""
    for first, second in combinations(overrides, 2):
        set_by_first = set(_leaves(first.changes, ()))
        inner = {path[:length] for path in set_by_first for length in range(1, len(path))}
        for path in _leaves(second.changes, ()):
            above = {path[:length] for length in range(1, len(path) + 1)}
            if path in inner or above & set_by_first:
                yield problem_at(
                    second.positions, path, "problem.conflict", entry=dotted(path), first=first.name, second=second.name
                )


def _leaves(changes: Mapping[str, Any], path: Path) -> Iterator[Path]:
    for key, value in changes.items():
        here = (*path, key)
        if _is_group(value, here):
            yield from _leaves(value, here)
        else:
            yield here


def named_overrides(tree: Mapping[str, Any], positions: Mapping[Path, Position]) -> Iterator[Override | Problem]:
    """The entries of ``overrides:`` in a file."""
    entries = tree.get("overrides", {})
    if not isinstance(entries, Mapping):
        yield problem_at(positions, ("overrides",), "problem.group", found=kind_of(entries))
        return
    for name, changes in entries.items():
        path = ("overrides", name)
        if isinstance(changes, Mapping):
            inside = {at[2:]: position for at, position in positions.items() if at[:2] == path}
            yield Override(name, changes, inside)
        else:
            yield problem_at(positions, path, "problem.group", found=kind_of(changes))


def kind_of(value: Any) -> Any:
    """A value as an error message shows it: what it is, where it is no plain text or number."""
    if isinstance(value, Mapping):
        return Phrase("problem.a_group")
    if isinstance(value, list | tuple):
        return Phrase("problem.a_list")
    if value is None:
        return Phrase("problem.nothing")
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else Plain(value)
