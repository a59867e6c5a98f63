"""The baseline as a developer meets it: nothing moved, or what moved, where, and what must be written first."""

import os
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from simulator.evidence import lookup
from simulator.service import reference, routing
from simulator.store import baseline as stored
from simulator.study.baseline import contents, inputs, making
from tests.cli.commands import HERE, ROOT, environment, everything_in, squeezed

SHIPPED = ROOT / "scenarios"
NAMES = ("other", "small")
OTHER = 'extends: small.yaml\ntitle: Sent\nchannels: {chat: {open: {daily: "16:00-23:00"}}}\n'
CHANGELOG = "# Changelog\n\n## [Unreleased]\n\n- Something.\n"
ENTRY = "- **Results change.** Everything, because a test says so.\n"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, desk: Path) -> Path:
    """Two small scenarios are shipped, and few years are simulated, so that it takes no time."""
    folder = desk / "scenarios"
    folder.mkdir()
    shutil.copy(HERE / "small.yaml", folder)
    (folder / "other.yaml").write_text(OTHER, "utf-8")
    monkeypatch.setattr(making, "shipped_folder", lambda: folder)
    recipe(monkeypatch)
    return folder


def recipe(monkeypatch: pytest.MonkeyPatch, **parts: Any) -> None:
    small: dict[str, Any] = {"years": 2, "worlds": 0, "years_each": 1, **parts}
    monkeypatch.setattr(contents, "Recipe", partial(REAL_RECIPE, **small))


REAL_RECIPE = contents.Recipe


@pytest.fixture
def regress(typed, desk, few):
    """The command with a baseline and a changelog on the desk."""
    (desk / "CHANGELOG.md").write_text(CHANGELOG, "utf-8")
    where = ("--baseline", "baseline", "--changelog", "CHANGELOG.md", "--workers", 1)
    return lambda *words, lang="en": typed("regress", *words, *where, lang=lang)


@pytest.fixture
def kept(regress, desk, tmp_path_factory):
    """A baseline on the desk, made once for all tests of this file."""
    place = tmp_path_factory.getbasetemp() / "kept-baseline"
    if not place.exists():
        assert regress("--update").status == 0
        shutil.copytree(desk / "baseline", place)
    shutil.rmtree(desk / "baseline", ignore_errors=True)
    return Path(shutil.copytree(place, desk / "baseline"))


def test_every_shipped_scenario_is_as_in_the_committed_baseline(typed):
    """The one check of the figures that people rely on. Was a change intended? See what the command says."""
    said = typed("regress", "--workers", 1)
    assert said.status == 0, said.out + said.err
    assert f"{len(list(SHIPPED.glob('*.yaml')))} scenarios" in said.out


def test_the_committed_baseline_is_small_and_holds_every_shipped_scenario():
    files = everything_in(ROOT / "results" / "baseline")
    assert sum(map(len, files.values())) < 2_000_000
    assert {name[:-5] for name in files if name.endswith(".json")} == {
        *(path.stem for path in SHIPPED.glob("*.yaml")),
        *("baseline", "ties"),
    }


# --- nothing moved -------------------------------------------------------------------------------------------------


def test_where_nothing_moved_it_says_so_in_one_line(regress, kept):
    for lang, words in (("en", "Everything is as in the baseline: 2 scenarios"), ("nb", "Alt er som i grunnlinjen: 2")):
        said = regress(lang=lang)
        assert (said.status, said.out.count("\n")) == (0, 1), said.out
        assert words in said.out


def test_the_document_where_nothing_moved(regress, kept):
    document = regress("scenarios/small.yaml", "--json", "-").document()
    assert document["agrees"] is True and document["moves_numbers"] is False
    assert [each["name"] for each in document["entries"]] == ["small"]


def test_there_is_no_baseline(regress):
    said = regress(lang="nb")
    assert (said.status, said.out) == (2, "") and "simulator regress --update" in said.err


def test_key_order_comments_and_prose_move_nothing(regress, kept, few):
    parts = re.split(r"\n(?=\S)", (few / "small.yaml").read_text("utf-8").strip())
    rest = [part for part in reversed(parts) if not part.startswith(("title", "why", "channels"))]
    channels = next(part for part in parts if part.startswith("channels"))
    phone, chat, sms = re.split(r"\n(?=  \w)", channels.removeprefix("channels:\n"))
    turned = "\n".join(["channels:", sms, chat, phone])
    whole = "\n# En kommentar.\n".join(["why: En annen grunn.", turned, *rest, "title: Noe annet"]) + "\n"
    (few / "small.yaml").write_text(whole, "utf-8")
    said = regress()
    assert said.status == 0, said.out + said.err


# --- something moved -----------------------------------------------------------------------------------------------


def test_another_plan_is_told_by_its_figures_its_first_event_and_its_key(regress, kept, few):
    edited(few / "small.yaml", 'open: {daily: "16:00-22:00"}\n    work: {mean_min: 40', SHORTER)
    said = regress("scenarios/small.yaml")
    told = squeezed(said.out)
    assert said.status == 1
    for words in ("The same contacts come", "Last equal event", "In the baseline:", "Now:", "channels.chat.open.daily"):
        assert words in told
    for words in ("16:00-22:00", "16:00-18:00", "figures that moved", "more, see --json", "the attempt concerned"):
        assert words in told
    (entry,) = regress("scenarios/small.yaml", "--json", "-").document()["entries"]
    assert entry["contacts_equal"] and not entry["ledger_equal"] and not entry["agrees"]
    moved = {(each["measure"], each["channel"]): each for each in entry["moved"] if not each["by"]}
    closed = moved["met_closed", "chat"]
    assert closed["change"] == pytest.approx(closed["now"] - closed["was"]) and closed["change"] > 0
    assert closed["in_noise"] == pytest.approx(closed["change"] / closed["noise"])
    assert entry["first"]["before"]["time"] <= entry["first"]["attempts_was"][0]["end"]


SHORTER = 'open: {daily: "16:00-18:00"}\n    work: {mean_min: 40'


@pytest.mark.parametrize(("lang", "words"), [("nb", "oppskrift seed 1 2"), ("en", "recipe seed 1 2")])
def test_another_seed_is_named(regress, kept, monkeypatch, lang, words):
    recipe(monkeypatch, seed=2)
    said = regress("scenarios/small.yaml", lang=lang)
    assert said.status == 1 and words in squeezed(said.out)


def test_another_prior_is_named_with_both_values(regress, kept, monkeypatch):
    def changed():
        entries = lookup.all_evidence()
        return tuple(each if each.id != "prior-chat-work" else moved_mode(each) for each in entries)

    monkeypatch.setattr(inputs, "all_evidence", changed)
    said = regress("scenarios/small.yaml")
    assert said.status == 1 and "prior-chat-work.value.mode 42 45" in squeezed(said.out)
    assert "what the figures rest on (prior-chat-work.value.mode)" in squeezed(said.out)


def moved_mode(entry):
    return entry.model_copy(update={"value": {**entry.value, "mode": 45}})


@pytest.mark.parametrize(("lang", "rule"), [("nb", "Like ledige rådgivere"), ("en", "Counsellors who are alike")])
def test_another_rule_of_what_comes_first_is_named(regress, kept, monkeypatch, lang, rule):
    def last(each):
        return (*routing.by_load(each)[:2], -each.index)

    monkeypatch.setattr(reference, "by_load", last)
    said = regress("scenarios/small.yaml", lang=lang)
    assert said.status == 1 and rule in squeezed(said.out) and "counsellors-by-index" in said.out
    assert "simpy" in said.out and "shift 0" in said.out


def test_a_scenario_without_a_baseline_is_named_and_added_without_a_word_in_the_changelog(regress, kept, few):
    shutil.copy(few / "small.yaml", few / "third.yaml")
    said = regress()
    assert said.status == 1 and "without a baseline: third" in squeezed(said.out)
    before = everything_in(kept)
    assert regress("--update").status == 0
    after = everything_in(kept)
    assert set(after) - set(before) == {"third.json", "third.csv"}
    assert {name: after[name] for name in before if name != "baseline.json"} == {
        name: content for name, content in before.items() if name != "baseline.json"
    }


# --- refreshing ----------------------------------------------------------------------------------------------------


def test_what_did_not_move_is_not_written(regress, kept):
    before = {path.name: path.stat().st_mtime_ns for path in kept.iterdir()}
    said = regress("--update")
    assert said.status == 0 and "already like this" in said.err
    assert {path.name: path.stat().st_mtime_ns for path in kept.iterdir()} == before


def test_moved_figures_demand_a_line_in_the_changelog(regress, kept, monkeypatch, desk):
    recipe(monkeypatch, seed=2)
    before = everything_in(kept)
    said = regress("--update")
    assert said.status == 1 and everything_in(kept) == before
    line = next(line for line in said.err.splitlines() if line.startswith("- **Results change.**"))
    assert "of `small` from" in line and "of `other` from" in line
    (desk / "CHANGELOG.md").write_text(CHANGELOG + ENTRY, "utf-8")
    assert regress("--update").status == 0
    assert b"because a test says so" in (kept / "baseline.json").read_bytes()
    assert regress().status == 0
    recipe(monkeypatch, seed=3)
    again = everything_in(kept)
    said = regress("--update", lang="nb")
    assert said.status == 1 and everything_in(kept) == again, "that line is accounted for"
    assert "Ingenting ble skrevet." in said.err
    assert [path.name for path in desk.iterdir() if path.name.startswith(".")] == [], "nothing half-made is left"


def test_a_line_that_comes_before_its_move_is_not_used_up(regress, kept, monkeypatch, desk):
    (desk / "CHANGELOG.md").write_text(CHANGELOG + ENTRY, "utf-8")
    assert "already like this" in regress("--update").err
    recipe(monkeypatch, seed=2)
    assert regress("--update").status == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--update", "small"), "name no scenario"),
        (("scenarios/small.yaml", "scenarios/small.yaml"), "are both called"),
        (("no-such-scenario",), "no-such-scenario"),
    ],
)
def test_wrong_input_is_told_and_nothing_is_written(regress, kept, words, told):
    before = everything_in(kept)
    said = regress(*words)
    assert said.status == 2 and told in squeezed(said.err) and said.out == ""
    assert everything_in(kept) == before


def test_a_broken_file_and_a_missing_changelog_are_told(regress, kept, desk, monkeypatch):
    (kept / "small.json").write_text("{", "utf-8")
    said = regress(lang="nb")
    assert said.status == 2 and "small.json" in said.err and "Traceback" not in said.err
    (desk / "CHANGELOG.md").unlink()
    shutil.rmtree(kept)
    said = regress("--update")
    assert said.status == 2 and "CHANGELOG.md" in said.err and not kept.exists()


def test_a_folder_of_somebody_elses_is_left_alone(regress, desk):
    (desk / "baseline").mkdir()
    (desk / "baseline" / "letter.txt").write_text("keep me", "utf-8")
    said = regress("--update")
    assert said.status == 2 and (desk / "baseline" / "letter.txt").read_text("utf-8") == "keep me"
    assert [path.name for path in (desk / "baseline").iterdir()] == ["letter.txt"]


def test_a_disk_that_is_full_leaves_the_old_baseline(regress, kept, few, monkeypatch, desk):
    shutil.copy(few / "small.yaml", few / "third.yaml")
    before, real = everything_in(kept), stored.write

    def half(folder, contents):
        real(folder, dict(list(contents.items())[:2]))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(stored, "write", half)
    said = regress("--update")
    assert said.status == 2 and "No space left" in said.err
    assert everything_in(kept) == before
    assert [path.name for path in desk.iterdir() if path.name.startswith(".")] == []


# --- the source itself ---------------------------------------------------------------------------------------------


def program(folder: Path) -> Path:
    """The program in a folder of its own, with one small scenario and a quick recipe."""
    shutil.copytree(ROOT / "simulator", folder / "simulator", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "scenarios").mkdir()
    shutil.copy(HERE / "small.yaml", folder / "scenarios")
    edited(folder / "simulator/study/baseline/contents.py", 'engine: str = "compiled"', 'engine: str = "simpy"')
    edited(folder / "simulator/study/baseline/contents.py", "years: int = 8", "years: int = 2")
    return folder


def edited(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text, (path, old)
    path.write_text(text.replace(old, new, 1), "utf-8")


def run_in(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "simulator.cli", "regress", "--workers", "1", "--lang", "en"]
    spoken = environment(PYTHONPATH=str(folder), NUMBA_DISABLE_JIT="1", PYTHONDONTWRITEBYTECODE="1")
    return subprocess.run(command, cwd=folder, env=spoken, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.skipif(os.name == "nt", reason="edits a copy of the source as text")
def test_an_innocent_refactoring_passes_and_a_deliberate_change_is_named(regress, few, monkeypatch, tmp_path):
    folder = program(tmp_path / "program")
    recipe(monkeypatch, engine="simpy", years=2, worlds=8, years_each=2)
    monkeypatch.setattr(making, "shipped_folder", lambda: folder / "scenarios")
    assert regress("--update").status == 0
    shutil.copytree("baseline", folder / "results" / "baseline")
    source = folder / "simulator"
    edited(source / "service/routing.py", "Ties go to the lowest index.", "Whoever has the lowest index goes first.")
    edited(source / "service/routing.py", "    idle = counsellor", "    # nobody at all\n    idle = counsellor")
    text = (source / "service/routing.py").read_text("utf-8")
    (source / "service/routing.py").write_text(text.replace("counsellor", "colleague").replace(
        "simulator.service.colleague", "simulator.service.counsellor"), "utf-8")  # fmt: skip
    edited(source / "evidence/priors.yaml", "Prior: work of a chat", "What a chat takes")
    edited(folder / "scenarios/small.yaml", "En liten uke", "En uke")
    done = run_in(folder)
    assert done.returncode == 0, done.stdout + done.stderr

    edited(source / "service/routing.py", "colleague.message != NOTHING, colleague.index", "False, -colleague.index")
    edited(source / "evidence/priors.yaml", "mode: 42, high: 60", "mode: 45, high: 60")
    edited(source / "study/run.py", "    seed: int = 1,", "    seed: int = 2,")
    done = run_in(folder)
    told = squeezed(done.stdout)
    assert done.returncode == 1, done.stderr
    for words in ("counsellors-by-index", "prior-chat-work.value.mode 42 45", "recipe seed 1 2", "Other contacts come"):
        assert words in told, done.stdout
