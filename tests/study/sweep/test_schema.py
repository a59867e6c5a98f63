"""The published schema of study files accepts what is read and refuses what is not."""

import jsonschema
import pytest

from simulator.scenario.places import shipped_folder
from simulator.scenario.yaml_reader import read_file, read_text
from simulator.study.sweep.written import json_schema

STUDIES = sorted((shipped_folder().parent / "studies").glob("*.yaml"))
HEAD = "title: t\nscenario: 2024-actual\n"


def complaints(tree):
    return [error.message for error in jsonschema.Draft202012Validator(json_schema()).iter_errors(tree)]


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_the_studies_that_come_with_the_program_are_valid(path):
    jsonschema.Draft202012Validator.check_schema(json_schema())
    assert complaints(read_file(path, "f").tree) == []


@pytest.mark.parametrize(
    ("text", "is_valid"),
    [
        (HEAD + "vary: {a: {values: [1]}}", True),
        (
            HEAD
            + "with: [x]\nworlds: 3\n"
            + "vary: {a: {from: 1, to: 2}, b: {one_of: {c: {}}}, d: {key: [x, y], low: 1, high: 2}}",
            True,
        ),
        (HEAD + "vary: {}", False),
        (HEAD + "worlds: 1\nvary: {a: {values: [1]}}", False),
        (HEAD + "vary: {a: {valeus: [1]}}", False),
        (HEAD + "design: cube\nvary: {a: {values: [1]}}", False),
        ("title: t\nvary: {a: {values: [1]}}", False),
    ],
)
def test_what_is_read_is_valid_and_what_is_refused_is_not(text, is_valid):
    assert (complaints(read_text(text, "f").tree) == []) == is_valid
