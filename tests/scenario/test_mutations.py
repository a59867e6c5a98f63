"""However a file is garbled, it loads or is refused in words: never anything else."""

from copy import deepcopy
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.scenario import ScenarioError, fingerprint, load, review
from simulator.scenario.yaml_reader import read_text

TEXT = Path(__file__).with_name("whole.yaml").read_text("utf-8").replace("2024-12-31", "2024-02-29")
TREE = read_text(TEXT, "whole").tree
OVERRIDES = ("late-chat", "one-more", "no-evening", "no-such")

SIGNS = ["", ":", "- ", "[", "]", "{", "}", "\t", "\n", "'", '"', "&a ", "*a", "!!x ", "@", "#", "|", ",", "? ", "!<x>"]
VALUES_IN_TEXT = ["-1", "1e999", ".nan", "null", "true", "no", "always", "24:00", "7,5", "2024-02-30", "9" * 30]
STRANGE = ['"\\U', '"\\ud800"', "\u2028", "\x85", "\ufeff", "\x00", "\U0001f600"]
DIRECTIVES = ["---\n", "...\n", "%YAML 9.9\n---\n", "%TAG ! x\n", "<<: *a"]
SNIPPETS = st.sampled_from([*SIGNS, *VALUES_IN_TEXT, *STRANGE, *DIRECTIVES])
EDITS = st.lists(st.tuples(st.integers(0, len(TEXT)), st.integers(0, 12), SNIPPETS), min_size=1, max_size=4)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["always", "closed", "24:00-24:00", "2024-02-29", "chat", "phone", "00:00-24:00", "\u200b"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["value", "status", "daily", "mon", "dates", "open", "x"]), inner, max_size=3)
    ),
    max_leaves=4,
)


def paths(tree: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    entries = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path, *(deeper for key, each in entries for deeper in paths(each, (*path, key)))]


PATHS = st.sampled_from(paths(TREE)[1:])


def outcome(source: Any, with_: list[str]) -> str:
    """Load, review and name a scenario, or read out in both languages why not."""
    try:
        scenario = load(source, with_)
    except ScenarioError as error:
        assert error.problems
        return (error.text("nb") + error.text("en")).encode().decode()
    return "".join(problem.text(lang) for problem in review(scenario) for lang in ("nb", "en")) + fingerprint(scenario)


@given(EDITS, st.lists(st.sampled_from(OVERRIDES), max_size=2))
@settings(max_examples=120, derandomize=True, deadline=None)
def test_garbled_text_is_refused_in_words(edits: list[tuple[int, int, str]], with_: list[str]):
    text = TEXT
    for at, length, snippet in edits:
        text = text[:at] + snippet + text[at + length :]
    assert outcome(text + "\n", with_)


@given(st.lists(st.tuples(PATHS, VALUES), min_size=1, max_size=3), st.lists(st.sampled_from(OVERRIDES), max_size=2))
@settings(max_examples=120, derandomize=True, deadline=None)
def test_garbled_data_is_refused_in_words(changes: list[tuple[tuple[str | int, ...], Any]], with_: list[str]):
    tree: Any = deepcopy(TREE)
    for path, value in changes:
        inside = tree
        for key in path[:-1]:
            known = isinstance(inside, dict) and key in inside
            known |= isinstance(inside, list) and isinstance(key, int) and key < len(inside)
            inside = inside[key] if known else None
        if isinstance(inside, dict) or (isinstance(inside, list) and len(inside) > int(path[-1])):
            inside[path[-1]] = value
    assert outcome(tree, with_)


@given(st.binary(max_size=200))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_any_bytes_at_all(tmp_path_factory, content: bytes):
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(content)
    assert outcome(path, [])
