"""Every broken file is refused at the right place for the right reason, all at once, in words that can be read."""

import os
import re
from functools import cache
from pathlib import Path

import pytest

from simulator.scenario import Problem, ScenarioError, load
from simulator.scenario.yaml_reader import read_file
from simulator.words import LANGUAGES

BROKEN = Path(__file__).parent / "broken"
FILES = sorted(BROKEN.glob("*.yaml"))
SOURCES = Path(__file__).parents[2] / "simulator" / "scenario"
EXPECTATION = re.compile(r"^# expect: (?:(.+?):)?(\d+):(\d+) (\w+)\r?$", re.MULTILINE)
# Words that no file can bring out: about files that are missing or too large, data from programs, and `--with`.
NOT_IN_FILES = {
    "unreadable",
    "too_large",
    "not_data",
    "syntax",
    "no_such_scenario",
    "long_chain",
    "no_such_override",
    "no_overrides",
    "conflict",
    "number_size",
    "not_allowed",
}


def expected(path: Path) -> list[tuple[str, int, int, str]]:
    """Read what a broken file says will be found in it: file, line, column and word of every problem."""
    text = path.read_bytes().decode("utf-8-sig", "replace")
    found = EXPECTATION.findall(text)
    return [(file or path.name, int(line), int(column), word) for file, line, column, word in found]


@cache
def problems(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(ScenarioError) as refused:
        load(path)
    return refused.value.problems


def test_there_are_enough_broken_files():
    assert len(FILES) >= 100


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_problem_is_found_where_it_stands(path: Path):
    found = [
        (
            Path(os.path.relpath(each.file, BROKEN)).as_posix(),
            each.line,
            each.column,
            each.word.removeprefix("problem."),
        )
        for each in problems(path)
    ]
    assert sorted(found) == sorted(expected(path)), "expectation and outcome differ"
    assert found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_problem_can_be_read(path: Path, lang: str):
    for problem in problems(path):
        text = problem.text(lang)
        assert text.startswith(f"{problem.file}:{problem.line}:{problem.column}: ")
        assert text.endswith((".", "?"))
        assert "{" not in problem.sentence(lang).replace("{}", "")
        assert text.isprintable()


def test_languages_differ_only_in_words():
    path = BROKEN / "several-at-once.yaml"
    norwegian, english = ([each.text(lang) for each in problems(path)] for lang in LANGUAGES)
    assert len(norwegian) == len(english) == 5
    assert [line.split(": ")[0] for line in norwegian] == [line.split(": ")[0] for line in english]
    assert "«2» er" not in norwegian[0]
    assert "desimalkomma" in norwegian[1] and "decimal comma" in english[1]


def words_in_sources() -> set[str]:
    """List the catalogue's words about problems that the room's modules use."""
    text = "\n".join(path.read_text("utf-8") for path in SOURCES.glob("*.py"))
    made_up = {f"edge_{fate}" for fate in ("skipped", "repeated")} | {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
    return set(re.findall(r'"problem\.(\w+)"', text)) | set(re.findall(r"'problem\.(\w+)'", text)) | made_up


def test_the_catalogue_holds_the_words_that_are_used_and_no_others():
    entries = read_file(SOURCES.parent / "words" / "scenario.yaml", "words").tree
    assert words_in_sources() == {key.removeprefix("problem.") for key in entries}


def test_every_error_has_a_broken_file():
    text = (SOURCES / "review_hours.py").read_text("utf-8")
    warnings = set(re.findall(r'"problem\.(\w+)"', text))
    parts = {"quoted", "either", "did_you_mean", "a_group", "a_list", "nothing", "edge_skipped", "edge_repeated"}
    parts |= {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
    shown = {word for path in FILES for *_, word in expected(path)}
    assert words_in_sources() - warnings - parts - NOT_IN_FILES == shown
