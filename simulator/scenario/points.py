"""A loaded scenario with more overrides on top, from wherever they come: how a point of a sweep becomes a scenario.

Nothing is raised here: what is wrong is given back, so that whoever tries a thousand points can tell of all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from simulator.scenario.model import Scenario
from simulator.scenario.overrides import Document, Override, apply, conflicts
from simulator.scenario.problems import Problem
from simulator.scenario.review import errors
from simulator.scenario.translate import validated
from simulator.scenario.yaml_reader import read_mapping


def written(scenario: Scenario) -> Document:
    """The document behind a scenario; written anew for one that was made without a file."""
    if scenario._document is not None:
        document: Document = scenario._document
        return document
    reading = read_mapping(scenario.model_dump(mode="json", exclude_none=True), "scenario")
    return Document(reading.tree or {}, reading.positions)


def offered(scenario: Scenario) -> Mapping[str, Override]:
    """The named overrides that a scenario and the files it builds on offer."""
    return written(scenario).overrides


def beside(scenario: Scenario, folders: Mapping[str, Path]) -> Scenario:
    """The scenario, knowing the folders of more files, so that overrides written there find the files they name."""
    document = written(scenario)
    known = replace(document, folders={**folders, **document.folders})
    found, problems = validated(known, scenario.name)
    assert found is not None and not problems, "it was a scenario before"
    return found


def applied(scenario: Scenario, overrides: Sequence[Override]) -> tuple[Scenario | None, tuple[Problem, ...]]:
    """The scenario with overrides side by side on top, or None, and what is wrong with the outcome.

    Parameters
    ----------
    overrides
        Two of them that set the same key are an error: nothing says which should win.
    """
    document, problems = written(scenario), list(conflicts(overrides))
    for override in overrides:
        document, told = apply(document, override)
        problems += told
    found, wrong = validated(document, scenario.name)
    problems += [*wrong, *(errors(found) if found else ())]
    return found, tuple(problems)
