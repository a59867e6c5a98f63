"""YAML to a plain tree with positions: YAML 1.2, every way of saving a file, and nothing that can hurt."""

from datetime import date
from pathlib import Path

import pytest

from simulator.scenario.yaml_reader import DEEPEST, LARGEST_BYTES, MOST_ENTRIES, read_file, read_mapping, read_text


def words(reading) -> list[str]:
    return [problem.word.removeprefix("problem.") for problem in reading.problems]


def place(mark) -> tuple[int, int]:
    return mark.line, mark.column


def test_words_mean_what_yaml_1_2_says():
    lines = "a: 22:00|b: no|c: 16:15-22:45|d: true|e: 7|f: 7.5|g: 1e3|h: null|i: 2024-07-01|j: '7'|k: 007|22:00: x"
    text = lines.replace("|", "\n")
    reading = read_text(text, "f")
    assert reading.tree == {
        "a": "22:00",
        "b": "no",
        "c": "16:15-22:45",
        "d": True,
        "e": 7,
        "f": 7.5,
        "g": 1000.0,
        "h": None,
        "i": "2024-07-01",
        "j": "7",
        "k": "007",
        "22:00": "x",
    }
    assert type(reading.tree["e"]) is int and type(reading.tree["f"]) is float
    assert not reading.problems


def test_every_key_and_value_knows_where_it_stands():
    reading = read_text("a:\n  b: [1, {c: x}]\n  d:\n  - y\n", "f.yaml")
    assert place(reading.positions["a",].key) == (1, 1)
    assert place(reading.positions["a",].value) == (2, 3)
    assert place(reading.positions["a", "b"].key) == (2, 3)
    assert place(reading.positions["a", "b"].value) == (2, 6)
    assert place(reading.positions["a", "b", 1, "c"].key) == (2, 11)
    assert place(reading.positions["a", "b", 1, "c"].value) == (2, 14)
    assert place(reading.positions["a", "d", 0].value) == (4, 5)
    assert {position.value.file for position in reading.positions.values()} == {"f.yaml"}


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_every_way_of_saving_reads_alike(tmp_path: Path, bom: bytes, end: bytes):
    path = tmp_path / "blåbær.yaml"
    path.write_bytes(bom + "tittel: æøå\nb:\n  ø: 1\n".encode().replace(b"\n", end))
    reading = read_file(path, "f")
    assert reading.tree == {"tittel": "æøå", "b": {"ø": 1}}
    assert place(reading.positions["tittel",].key) == (1, 1)
    assert place(reading.positions["b", "ø"].value) == (3, 6)


@pytest.mark.parametrize(
    ("content", "word", "at"),
    [
        ("a: 1\nb: bl\xe5\n".encode("latin-1"), "not_utf8", (2, 6)),
        ("a: 1\n".encode("utf-16"), "not_utf8", (1, 1)),
        (b"a: 1\nb: \x00\n", "strange_sign", (2, 4)),
        (b"", "empty_file", (1, 1)),
        (b"# only words\n", "empty_file", (1, 1)),
        (b"---\n", "empty_file", (1, 1)),
        (b"just text\n", "not_a_mapping", (1, 1)),
        (b"[1, 2]\n", "not_a_mapping", (1, 1)),
        (b'a: "\\UFFFFFFFF"\n', "syntax", (1, 1)),
        (b'a: "\\ud800"\n', "strange_sign", (1, 4)),
        (b'a: "\\e[31m"\n', "strange_sign", (1, 4)),
        (b"%YAML 9.9\n---\na: 1\n", "syntax", (1, 1)),
        (b"a: b\n\t\n", "tab", (2, 1)),
        (b"a:\n  b: 1\n\tc: 2\n", "tab", (3, 1)),
        (b"  a: 1\nb: 2\n", "not_aligned", (2, 1)),
        (b"a: *b\n", "unknown_alias", (1, 4)),
        (b"a: 1\n---\nb: 2\n", "several_documents", (2, 1)),
    ],
)
def test_what_cannot_be_read_is_refused_where_it_stands(tmp_path: Path, content: bytes, word: str, at: tuple[int, int]):
    path = tmp_path / "f.yaml"
    path.write_bytes(content)
    reading = read_file(path, "f.yaml")
    assert reading.tree is None
    assert words(reading) == [word]
    assert (reading.problems[0].line, reading.problems[0].column) == at


def test_a_folder_is_no_file(tmp_path: Path):
    assert words(read_file(tmp_path, "x")) == ["unreadable"]
    assert words(read_file(tmp_path / "nothing", "x")) == ["unreadable"]


def test_all_slips_of_a_file_are_found_in_one_reading():
    reading = read_text("a: 1\nb:\na: 2\nc: !!str d\ne: {x: 7,5}\nf:\n- 1\n-\n", "f")
    assert words(reading) == ["empty_value", "duplicate", "tag", "decimal_comma", "empty_item"]
    assert [problem.line for problem in reading.problems] == [2, 3, 4, 5, 8]
    assert reading.problems[1].values == {"line": 1}
    assert [problem.key for problem in reading.problems] == ["b", "a", "c", "e.x", "f"]


def test_an_explicit_null_is_a_value_and_emptiness_is_none():
    assert read_text("a: null\nb: ~\nc: ''\n", "f").tree == {"a": None, "b": None, "c": ""}
    assert words(read_text("a:\n", "f")) == ["empty_value"]


def test_aliases_repeat_what_they_name():
    reading = read_text("a: &x {b: 1}\nc: *x\nd: [*x, *x]\n", "f")
    assert reading.tree == {"a": {"b": 1}, "c": {"b": 1}, "d": [{"b": 1}, {"b": 1}]}
    assert place(reading.positions["c", "b"].value) == (1, 11)


def test_a_bomb_of_aliases_does_not_go_off():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 25)]
    assert words(read_text("\n".join(lines), "f")) == ["too_many"]  # written out it would be 10^25 entries


@pytest.mark.parametrize("text", ["a: " + "[" * 5000, "a: " + "{b: " * 5000, "- " * 5000, "a: &a [&b [*a]]"])
def test_depth_and_recursion_are_refused(text: str):
    assert words(read_text(text, "f")) in (["too_deep"], ["unknown_alias"])


def test_the_deepest_allowed_is_allowed():
    inside = DEEPEST - 1
    assert read_text("a: " + "[" * inside + "]" * inside, "f").tree is not None
    assert words(read_text("a: " + "[" * (inside + 1) + "]" * (inside + 1), "f")) == ["too_deep"]


def test_size_is_bounded(tmp_path: Path):
    path = tmp_path / "f.yaml"
    path.write_bytes(b"#" + b"x" * LARGEST_BYTES)
    assert words(read_file(path, "f")) == ["too_large"]
    assert words(read_text("#" + "x" * LARGEST_BYTES, "f")) == ["too_large"]
    assert words(read_text("a: [" + "1," * MOST_ENTRIES + "]", "f")) == ["too_many"]


def test_data_of_a_program_becomes_plain():
    reading = read_mapping({1: (2, 3.5), "d": date(2024, 7, 1), "e": 10**30, "f": None, "g": True}, "m")
    assert reading.tree == {"1": [2, 3.5], "d": "2024-07-01", "e": 1e30, "f": None, "g": True}
    assert reading.positions["d",].value == ("m", 0, 0)


def test_data_that_is_no_data_is_refused():
    looped: dict = {}
    looped["a"] = looped
    assert words(read_mapping({"a": object()}, "m")) == ["not_data"]
    assert words(read_mapping({"a": {1, 2}}, "m")) == ["not_data"]
    assert words(read_mapping({"a": "\ud800"}, "m")) == ["strange_sign"]
    assert words(read_mapping(looped, "m")) == ["too_deep"]


@pytest.mark.parametrize(
    "sneaky", ["!!python/object/apply:os.system ['echo']", "!!python/name:os.system", "!include /etc/passwd"]
)
def test_tags_never_run_anything(sneaky: str):
    assert words(read_text(f"a: {sneaky}\n", "f"))[0] == "tag"
