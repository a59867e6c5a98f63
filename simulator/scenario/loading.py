"""From a planner's file to a scenario: the chain of `extends`, the chosen overrides, validation and review.

All that is wrong is gathered before anything is refused, in whichever file it stands.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.scenario.model import Scenario
from simulator.scenario.overrides import (
    Change,
    Document,
    Override,
    apply,
    conflicts,
    is_sourced,
    kind_of,
    named_overrides,
    plain_numbers,
)
from simulator.scenario.places import as_typed, find, find_base, names_like
from simulator.scenario.problems import Plain, Problem, ScenarioError, dotted, nearest, problem_at
from simulator.scenario.review import errors
from simulator.scenario.translate import validated
from simulator.scenario.yaml_reader import Reading, read_file, read_mapping, read_text

LONGEST_CHAIN = 10
_NEEDS_BASE = {"problem.missing", "problem.nothing_to_remove"}
"""Complaints that mean nothing while a base file is missing."""


@dataclass(frozen=True)
class _File:
    """One file of a chain: what it says, where its neighbours lie, and what it is called."""

    reading: Reading
    folder: Path
    shown_as: str
    path: Path | None = None

    @property
    def name(self) -> str:
        return self.path.stem if self.path else "scenario"


def load(
    source: str | Path | Mapping[str, Any], with_: Sequence[str] = (), base_dir: str | Path | None = None
) -> Scenario:
    """A scenario, checked.

    Parameters
    ----------
    source
        A path; the bare name of a scenario in ``./scenarios`` or among the shipped ones; YAML text (anything with a
        line break); or a mapping.
    with_
        Named overrides to apply, in this order.
    base_dir
        Folder that ``extends`` and profiles are relative to where the source is text or a mapping (working folder).

    Raises
    ------
    ScenarioError
        With everything that is wrong, if anything is.
    """
    chosen = (with_,) if isinstance(with_, str) else tuple(with_)
    files, problems = _chain(_first_file(source, Path(base_dir or ".")))
    trees = [file for file in reversed(files) if file.reading.tree is not None]
    if len(trees) < len(files):
        raise ScenarioError(problems)
    document, told = _merged(trees)
    whole = "extends" not in (files[-1].reading.tree or {})
    told += _trials(document, files[0])
    document, more = _with(document, chosen, files[0])
    scenario, wrong = validated(document, files[0].name)
    told = [*told, *more, *wrong]
    problems += [problem for problem in told if whole or problem.word not in _NEEDS_BASE]
    return _accepted(scenario, problems)


def change(scenario: Scenario, changes: Mapping[str, Any], name: str = "change") -> Scenario:
    """A scenario with some keys changed, nested as in a file; None removes a key. The given scenario stays as it is.

    Raises
    ------
    ScenarioError
        If the outcome is not a scenario that can be run.
    """
    reading = read_mapping(changes, name)
    if reading.tree is None:
        raise ScenarioError(reading.problems)
    document, problems = apply(_document(scenario), Override(name, reading.tree, reading.positions))
    changed, wrong = validated(document, scenario.name)
    return _accepted(changed, [*problems, *wrong])


def changes_of(scenario: Scenario) -> tuple[Change, ...]:
    """What child files, named overrides and `change` made another in a scenario, in the order they were applied."""
    return _document(scenario).record


def file_beside(scenario: Scenario, *key: str) -> Path:
    """The file that a text value names, relative to the folder of the file that says so.

    Parameters
    ----------
    scenario
        A loaded scenario.
    key
        Path of the value, such as ``"demand", "chat", "profile"``.
    """
    document = _document(scenario)
    value: Any = document.tree
    for part in key:
        value = value[part]
    name = value["value"] if is_sourced(value) else value
    position = document.positions.get(key)
    return (document.folders.get(position.value.file, Path()) if position else Path()) / str(name)


def unsourced(scenario: Scenario) -> tuple[str, ...]:
    """Dotted paths of the numbers that a scenario's files set without saying where they come from.

    A list of numbers is one. The days of the period are the question itself, and the centre's ``lines`` move nothing.
    """
    centres = {("sites", key, "lines") for key, site in scenario.sites.items() if site.centre}
    found = plain_numbers(_document(scenario).tree, scenario.model_dump(mode="json"))
    return tuple(sorted(dotted(path) for path in found if path[0] != "period" and path not in centres))


def _document(scenario: Scenario) -> Document:
    """The document behind a scenario; written anew for one that was made without a file."""
    if scenario._document is not None:
        written: Document = scenario._document
        return written
    reading = read_mapping(scenario.model_dump(mode="json", exclude_none=True), "scenario")
    return Document(reading.tree or {}, reading.positions)


def _accepted(scenario: Scenario | None, problems: Sequence[Problem]) -> Scenario:
    found = [*problems, *(errors(scenario) if scenario else ())]
    if scenario is None or found:
        raise ScenarioError(found)
    return scenario


def _first_file(source: str | Path | Mapping[str, Any], folder: Path) -> _File:
    if isinstance(source, Mapping):
        return _File(read_mapping(source, "<mapping>"), folder, "<mapping>")
    if isinstance(source, str) and "\n" in source:
        return _File(read_text(source, "<text>"), folder, "<text>")
    path = find(source)
    if path is None:
        values: dict[str, Any] = {"nearest": nearest(Path(source).stem, names_like(Path(source).stem))}
        raise ScenarioError([Problem(str(source), 0, 0, "", "problem.no_such_scenario", values)])
    shown_as = str(path) if str(path) == str(source) else as_typed(path)
    return _File(read_file(path, shown_as), path.parent, shown_as, path)


def _chain(first: _File) -> tuple[list[_File], list[Problem]]:
    """A file and those it extends, one after the other, and what keeps them from being read."""
    files = [first]
    problems = list(first.reading.problems)
    while files[-1].reading.tree is not None and "extends" in files[-1].reading.tree:
        base = _base(files[-1], files)
        if isinstance(base, Problem):
            problems.append(base)
            break
        files.append(base)
        problems += base.reading.problems
    return files, problems


def _base(file: _File, files: Sequence[_File]) -> _File | Problem:
    """The file that ``file`` extends."""
    name = (file.reading.tree or {})["extends"]
    at = file.reading.positions, ("extends",)
    if not isinstance(name, str):
        return problem_at(*at, "problem.text", found=kind_of(name))
    path = find_base(name, file.folder)
    if path is None:
        near = nearest(name, names_like(name, (file.folder / name).parent))
        return problem_at(*at, "problem.no_such_base", found=name, nearest=near)
    if any(each.path and each.path.resolve() == path.resolve() for each in files):
        return problem_at(*at, "problem.cycle", found=name)
    if len(files) >= LONGEST_CHAIN:
        return problem_at(*at, "problem.long_chain", limit=LONGEST_CHAIN)
    beside = path.parent == file.folder and file.path is not None
    shown_as = str(Path(file.shown_as).parent / path.name) if beside else as_typed(path)
    return _File(read_file(path, shown_as), path.parent, shown_as, path)


def _own(file: _File) -> Override:
    """What a file itself says, apart from how it hangs together with others."""
    tree = file.reading.tree or {}
    keys = {key: value for key, value in tree.items() if key not in ("extends", "overrides")}
    return Override(file.name, keys, file.reading.positions)


def _merged(files: Sequence[_File]) -> tuple[Document, list[Problem]]:
    """The document of a chain, base first; the base itself is where all changes start from."""
    base = _own(files[0])
    document = Document(base.changes, base.positions, folders={file.shown_as: file.folder for file in files})
    problems: list[Problem] = []
    for file in files[1:]:
        document, told = apply(document, _own(file))
        problems += told
    for file in files:
        found = list(named_overrides(file.reading.tree or {}, file.reading.positions))
        problems += [each for each in found if isinstance(each, Problem)]
        named = {each.name: each for each in found if isinstance(each, Override)}
        document = document.offering(named)
    return document, problems


def _trials(document: Document, file: _File) -> list[Problem]:
    """What is wrong in the overrides that a file itself names, chosen or not: each is tried alone."""
    named = named_overrides(file.reading.tree or {}, file.reading.positions)
    own = [each for each in named if isinstance(each, Override)]
    known = validated(document, file.name)[1] if own else []
    problems: list[Problem] = []
    for override in own:
        changed, told = apply(document, override)
        problems += told
        problems += [each for each in validated(changed, file.name)[1] if each not in known]
    return problems


def _with(document: Document, names: Sequence[str], file: _File) -> tuple[Document, list[Problem]]:
    """The document with the named overrides on top."""
    problems = list(_unknown(names, document, file))
    chosen = [document.overrides[name] for name in dict.fromkeys(names) if name in document.overrides]
    problems += conflicts(chosen)
    for override in chosen:
        document, told = apply(document, override)
        problems += told
    return document, problems


def _unknown(names: Sequence[str], document: Document, file: _File) -> Iterator[Problem]:
    for name in names:
        if name not in document.overrides:
            allowed = tuple(map(Plain, document.overrides))
            values: dict[str, Any] = {"found": name, "allowed": allowed, "nearest": nearest(name, document.overrides)}
            word = "problem.no_such_override" if document.overrides else "problem.no_overrides"
            yield problem_at(file.reading.positions, ("overrides",), word, at_key=True, **values)
