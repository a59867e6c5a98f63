"""Whatever is wrong with a planner's files is said with its place, ends with 2, and leaves nothing behind."""

import codecs
import os
import re
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

from simulator.words import LANGUAGES
from tests.cli.commands import HERE, everything_in

BROKEN = HERE.parent / "scenario" / "broken"
FILES = sorted(BROKEN.glob("*.yaml"))
EXPECTATION = re.compile(r"^# expect: (?:(.+?):)?(\d+):(\d+) \w+\r?$", re.MULTILINE)
PLACE = re.compile(r"^(.+?):(\d+):(\d+): \S")


def expected_places(path: Path) -> Counter[tuple[str, int, int]]:
    """Where a broken file says that something is wrong: name of the file, line, column."""
    text = path.read_bytes().decode("utf-8-sig", "replace")
    found = EXPECTATION.findall(text)
    return Counter((Path(file or path.name).name, int(line), int(column)) for file, line, column in found)


def told_places(err: str) -> Counter[tuple[str, int, int]]:
    """Where standard error says that something is wrong; every line of it must say so."""
    lines = [PLACE.match(line) for line in err.splitlines()]
    assert all(lines), err
    return Counter((Path(line[1]).name, int(line[2]), int(line[3])) for line in lines if line)


def test_there_are_enough_broken_files():
    assert len(FILES) >= 100


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_broken_scenario_is_refused_with_its_places_and_leaves_nothing(typed, desk, path, lang):
    before = everything_in(BROKEN)
    checked = typed("check", path, lang=lang)
    ran = typed("run", path, "--replications", "1", "--json", "result.json", "--out", "out", lang=lang)
    for said in (checked, ran):
        assert (said.status, said.out) == (2, "")
        assert told_places(said.err) == expected_places(path)
        assert "Traceback" not in said.err
    assert checked.err == ran.err
    assert list(desk.iterdir()) == []
    assert everything_in(BROKEN) == before


def test_all_broken_files_at_once_in_a_process_of_their_own(started, desk):
    said = started("check", *FILES, LANG="nb_NO.UTF-8")
    assert (said.status, said.out) == (2, "")
    assert told_places(said.err) == sum(map(expected_places, FILES), Counter())
    assert list(desk.iterdir()) == []


def test_a_place_is_told_by_the_path_that_was_typed(typed, desk):
    folder = desk / "mine"
    folder.mkdir()
    (folder / "kveld.yaml").write_text("extends: 2024-actual.yaml\nchannels: {chat: {balking: 2}}\n", encoding="utf-8")
    for typed_path in ("mine/kveld.yaml", str(folder / "kveld.yaml")):
        assert typed("check", typed_path).err.startswith(f"{typed_path}:2:28: channels.chat.balking: ")


NOT_A_SCENARIO = {
    "missing.yaml": None,
    "blåbær finnes ikke.yaml": None,
    "folder": "a folder",
    "picture.yaml": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
    "zeros.yaml": bytes(4096),
    "book.yaml": b"PK\x03\x04" + bytes(range(256)) * 8,
    "nothing.yaml": b"",
    "table.yaml": b"time;channel\n2024-01-01 10:00;phone\n",
    "utf-16.yaml": codecs.BOM_UTF16_LE + "title: æøå\n".encode("utf-16-le"),
    "deep.yaml": b"[" * 20_000,
    "long.yaml": b"title: " + b"x" * 3_000_000,
}


@pytest.fixture(params=NOT_A_SCENARIO)
def no_scenario(request, desk) -> str:
    """Put something on the desk, or nothing, under a name that a planner types as a scenario."""
    content = NOT_A_SCENARIO[request.param]
    if isinstance(content, bytes):
        (desk / request.param).write_bytes(content)
    elif content:
        (desk / request.param).mkdir()
    return request.param


def test_what_is_no_scenario_is_refused_in_words(typed, desk, no_scenario):
    before = everything_in(desk)
    for lang in LANGUAGES:
        for words in (
            ["check", no_scenario],
            ["run", no_scenario, "--replications", "1", "--json", "-"],
            ["replay", "log.csv", no_scenario],
        ):
            said = typed(*words, lang=lang)
            assert (said.status, said.out) == (2, ""), words
            assert no_scenario in said.err
            assert "Traceback" not in said.err and len(said.err) < 2000
    assert everything_in(desk) == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="this user may read every file")
def test_a_file_that_may_not_be_read_is_refused_in_words(typed, small):
    Path(small).chmod(0)
    said = typed("check", small)
    assert (said.status, said.out) == (2, "")
    assert small in said.err


@pytest.mark.parametrize("typo", ["2024-actul", "2024-actul.yaml", "open-to-2"])
def test_a_misspelt_scenario_gets_the_nearest_name(typed, typo):
    said = typed("run", typo, lang="nb")
    assert (said.status, said.out) == (2, "")
    assert re.search(r"Mente du «(2024-actual|open-to-02)(\.yaml)?»\?", said.err)


def test_several_scenarios_are_all_reviewed_though_one_is_broken(typed, small):
    said = typed("check", small, BROKEN / "negative.yaml", "2024-actual", "missing", lang="nb")
    assert said.status == 2
    assert said.out.splitlines() == [f"{small}: i orden.", "2024-actual: i orden."]
    assert "negative.yaml:3:36: " in said.err and "missing: " in said.err


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_override_that_is_not_there_is_refused_with_those_that_are(typed, small, lang):
    said = typed("run", small, "--with", "one-mor", lang=lang)
    assert (said.status, said.out) == (2, "")
    assert re.match(rf"{re.escape(small)}:\d+:\d+: ", said.err)
    assert all(name in said.err for name in ("one-mor", "late-chat", "later-chat", "one-more"))
    assert not Path("results").exists()


def test_an_override_of_a_file_without_any_is_refused(typed, evening):
    said = typed("run", evening, "--with", "late-chat")
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith(f"{evening}:") and "late-chat" in said.err


@pytest.mark.parametrize("lang", LANGUAGES)
def test_two_overrides_of_one_key_are_a_conflict(typed, small, lang):
    said = typed("run", small, "--with", "late-chat", "--with", "later-chat", "--json", "-", lang=lang)
    assert (said.status, said.out) == (2, "")
    line = next(number for number, text in enumerate(Path(small).read_text("utf-8").splitlines(), 1) if "24:00" in text)
    assert said.err.startswith(f"{small}:{line}:")
    assert all(word in said.err for word in ("channels.chat.open", "late-chat", "later-chat"))
    assert not Path("results").exists()


# --- a profile of the planner's own -------------------------------------------------------------------------------


@pytest.fixture
def with_profile(small, desk) -> str:
    """A scenario whose chat demand is ``min profil.csv`` beside it."""
    child = 'extends: small.yaml\ndemand:\n  chat: {per_hour: null, profile: "min profil.csv"}\n'
    (desk / "egen.yaml").write_text(child, encoding="utf-8")
    return "egen.yaml"


def profile(**changed: str | None) -> str:
    """A profile as a Norwegian spreadsheet saves it; ``h03="x"`` puts x into that hour's line, None leaves it out."""
    lines = {f"h{hour:02d}": f"{hour};0,5" for hour in range(24)}
    return "".join(f"{line}\r\n" for line in {"": "time;per time", **lines, **changed}.values() if line is not None)


BROKEN_PROFILES = {
    "no number": (profile(h03="3;mye"), [(5, 2)]),
    "negative": (profile(h03="3;-1"), [(5, 2)]),
    "no such hour": (profile(h23="25;0,5"), [(25, 1)]),
    "twice": (profile(more="4;0,5"), [(26, 2)]),
    "all that is wrong": (profile(h03="3;x", h05="fem;1", h20="20;y"), [(5, 2), (7, 1), (22, 2)]),
    "unknown column": (profile().replace("per time", "antall"), [(1, 1)]),
    "one cell": (profile(h03="3"), [(5, 1)]),
}


@pytest.mark.parametrize("name", BROKEN_PROFILES)
@pytest.mark.parametrize("command", ["run", "check"])
def test_a_broken_profile_is_refused_by_row_and_column(typed, desk, with_profile, command, name):
    text, places = BROKEN_PROFILES[name]
    (desk / "min profil.csv").write_text(text, encoding="utf-8-sig", newline="")
    said = typed(command, with_profile, lang="nb")
    assert (said.status, said.out) == (2, "")
    told = told_places(said.err)
    assert {file for file, _, _ in told} == {"min profil.csv"}
    assert sorted((line, column) for _, line, column in told.elements()) == places
    assert not Path("results").exists()


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_profile_with_hours_left_out_is_refused(typed, desk, with_profile, command):
    (desk / "min profil.csv").write_text(profile(h03=None), encoding="utf-8")
    said = typed(command, with_profile, lang="nb")
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("min profil.csv: ") and re.search(r"\b3\b", said.err)


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_profile_that_is_not_there_is_told_where_it_is_named(typed, with_profile, command):
    said = typed(command, with_profile, lang="nb")
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("egen.yaml:3:") and "min profil.csv" in said.err


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_shipped_profile_misspelt_gets_the_nearest_name(typed, desk, small, command):
    text = "extends: small.yaml\ndemand:\n  chat: {per_hour: null, profile: chat-203}\n"
    (desk / "egen.yaml").write_text(text, encoding="utf-8")
    said = typed(command, "egen.yaml", lang="nb")
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("egen.yaml:3:") and "Mente du «chat-2023»?" in said.err


def test_a_binary_file_is_no_profile(typed, desk, with_profile):
    (desk / "min profil.csv").write_bytes(b"PK\x03\x04" + bytes(range(256)) * 8)
    said = typed("run", with_profile, lang="nb")
    assert (said.status, said.out) == (2, "")
    assert "min profil.csv" in said.err and "CSV" in said.err


# --- where results are to go --------------------------------------------------------------------------------------


def run_small(typed, small, *words, lang="en"):
    """One quick year of the small scenario."""
    return typed("run", small, "--replications", "1", "--workers", "1", *words, lang=lang)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("out", ["taken", "taken/below"])
def test_a_file_in_the_way_of_the_results_is_told(typed, desk, small, without_documents, out, lang):
    (desk / "taken").write_text("mine", encoding="utf-8")
    before = everything_in(desk)
    said = run_small(typed, small, "--json", "-", "--out", out, lang=lang)
    assert (said.status, said.out) == (2, "")
    assert "taken" in said.err and len(said.err.splitlines()) == 1
    assert everything_in(desk) == before


def test_a_folder_that_may_not_be_written_is_told(typed, desk, small, without_documents, monkeypatch):
    locked = desk / "locked"
    locked.mkdir()
    if os.name == "nt" or os.geteuid() == 0:  # for whom no folder is locked
        made = Path.mkdir

        def refuse(self, *rest, **named):
            if "locked" in self.parts:
                raise PermissionError(13, "Permission denied", str(self))
            made(self, *rest, **named)

        monkeypatch.setattr(Path, "mkdir", refuse)
    locked.chmod(0o555)
    said = run_small(typed, small, "--json", "-", "--out", "locked")
    assert (said.status, said.out) == (2, "")
    assert "locked" in said.err and "Traceback" not in said.err
    assert list(locked.iterdir()) == []


def test_a_folder_of_someone_else_is_not_touched(typed, desk, small, without_documents):
    assert run_small(typed, small).status == 0
    (folder,) = (desk / "results").iterdir()
    (folder / "manifest.json").unlink()
    before = everything_in(desk)
    said = run_small(typed, small, "--json", "-")
    assert (said.status, said.out) == (2, "")
    assert folder.name in said.err and "manifest.json" in said.err
    assert everything_in(desk) == before


@pytest.mark.parametrize("target", ["folder", "small.yaml/result.json"])
def test_a_json_file_that_cannot_be_written_is_told(typed, desk, small, without_documents, target):
    (desk / "folder").mkdir()
    said = run_small(typed, small, "--json", target)
    assert said.status == 2
    assert target in said.err and "Traceback" not in said.err
    assert list((desk / "folder").iterdir()) == []


# --- what is not the planner's fault ------------------------------------------------------------------------------


def test_a_defect_of_the_program_is_not_dressed_as_wrong_input(typed, small, monkeypatch):
    def defect(*_, **__):
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(import_module("simulator.study.run"), "replicate", defect)
    with pytest.raises(ZeroDivisionError):
        run_small(typed, small)
