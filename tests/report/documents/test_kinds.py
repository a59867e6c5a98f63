"""Every kind of result becomes a document in every format, alone or bound together."""

import json
import re
import shutil
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader

from simulator.cli import run_command
from simulator.report.documents.answer import KINDS
from simulator.report.documents.stress import ITEMS
from simulator.store.answers import MARKS
from simulator.words import say
from tests.report.documents.parts import PNG, SVG

SMALL = Path(__file__).parents[2] / "cli" / "small.yaml"
LATE = """
extends: small.yaml
title: Lenger åpen chat
why: Hva gir en time til?
channels: {chat: {open: {daily: "16:00-23:00"}}}
roster: {kristiansand: {chat: {hours: "16:00-23:00"}}}
"""
NEED = "ukedag;fra;til;antall\nlør;16:00;22:00;1\nsøn;16:00;22:00;1\ntir;10:00;15:00;1\n"
STUDY = """
title: Åpningstid og folk
why: For å se at det virker.
scenario: small.yaml
against: small.yaml
worlds: one
replications: 3
measures: [persons_reached, answered chat]
vary:
  stengetid:
    keys: [channels.chat.open, roster.kristiansand.chat.hours]
    values: {som nå: {daily: "16:00-22:00"}, midnatt: "16:00-24:00"}
  roster.kristiansand.chat.counsellors: {from: 1, to: 2}
"""
QUICK = ["--days", "alike", "--grid", "240", "--most", "1", "--shifts", "1", "--workers", "1"]
ONE = ["--worlds", "one", "--replications", "3"]
TYPED = {
    "run": ["run", "late.yaml", *ONE],
    "compare": ["compare", "small.yaml", "late.yaml", *ONE],
    "explain": ["explain", "small.yaml", "late.yaml", *ONE],
    "cost": ["cost", "late.yaml", "--against", "small.yaml"],
    "staff": ["staff", "small.yaml", "--worlds", "one", "--step", "60", "--replications", "2", "--days", "every-day"],
    "roster": ["roster", "2024-actual", "--requirement", "need.csv", "--replications", "0"],
    "hours": ["hours", "small.yaml", "--budget", "+30000", *QUICK],
    "sweep": ["sweep", "study.yaml"],
}
BOTH = ("run", "compare", "hours", "sweep")
"""Kinds whose documents hold all that is said, so that they can be told in the other language too."""


@pytest.fixture(scope="module", autouse=True)
def undrawn():
    """Lay figures out and leave them blank: drawing takes most of a command's time where years are few."""
    blank = {"svg": SVG, "png": PNG}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("simulator.report.figures.canvas._bytes", lambda figure, kind: blank[kind])
        yield


@pytest.fixture(scope="module")
def desk(undrawn, tmp_path_factory) -> Path:
    """A folder with a result of every kind, each under its kind's name."""
    folder = tmp_path_factory.mktemp("kinds")
    shutil.copy(SMALL, folder / "small.yaml")
    for name, text in {"late.yaml": LATE, "need.csv": NEED, "study.yaml": STUDY}.items():
        (folder / name).write_text(text, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("simulator.study.hours.search.CANDIDATES", 3)
        patch.setattr("simulator.study.hours.search.YEARS_ALONE", 8)
        patch.setattr("simulator.study.hours.frontier.TRIED", 1)
        for kind, words in TYPED.items():
            assert run_command([*words, "--out", f"made-{kind}", "--json", f"{kind}.json"], "en") in (0, 1), kind
            (made,) = (folder / f"made-{kind}").iterdir()
            made.rename(folder / kind)
    return folder


@pytest.fixture
def at_desk(desk, monkeypatch) -> Path:
    monkeypatch.chdir(desk)
    return desk


def report(lang: str, *words: object) -> int:
    return run_command(["report", *map(str, words)], "en", lang)


def words_of(path: Path) -> list[str]:
    """The paragraphs of a Word document."""
    return [each.text for each in Document(str(path)).paragraphs]


def test_there_is_a_test_of_every_kind():
    assert set(TYPED) == set(KINDS) == set(MARKS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_becomes_a_document_in_every_format(at_desk, tmp_path, kind):
    formats = [word for each in ("html", "docx", "xlsx", "pdf") for word in ("--format", each)]
    assert report("nb", kind, *formats, "--out", tmp_path) == 0
    made = {path.suffix: path for path in tmp_path.iterdir()}
    assert set(made) == {".html", ".docx", ".xlsx", ".pdf"}
    page = made[".html"].read_text("utf-8")
    headings = [re.sub(r"<.*?>", "", each) for each in re.findall(r"<h[1-5][^>]*>(.*?)</h[1-5]>", page)]
    written = words_of(made[".docx"])
    order = [say(key, "nb") for key in ("document.answer", "document.made", "stress.heading")]
    assert [each for each in headings if each in order] == [each for each in written if each in order] == order
    book = load_workbook(made[".xlsx"])
    assert {"Sammendrag", "STRESS-DES", "Om kjøringen"} <= set(book.sheetnames)
    numbers = [cell for sheet in book for row in sheet.iter_rows(min_row=2) for cell in row if cell.data_type == "n"]
    assert [cell for cell in numbers if cell.value is not None and cell.number_format != "@"]
    assert len(PdfReader(made[".pdf"]).pages) > 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_answer_of_a_document_is_that_of_the_page_of_its_command(at_desk, tmp_path, kind):
    """What the command's own page answers stands in the document, and the page's tables with all their cells."""
    assert report("nb", kind, "--out", tmp_path / "r.html") == 0
    mine = (tmp_path / "r.html").read_text("utf-8")
    theirs = (at_desk / kind / "report.html").read_text("utf-8")
    shown, wanted = (set(re.findall(r"<t[hd] [^>]*>(.*?)</t[hd]>", page)) for page in (mine, theirs))
    figures = {cell for cell in wanted if re.search(r"\d", cell)}
    assert len(figures) > 3
    assert figures - shown == set()


@pytest.mark.parametrize("kind", BOTH)
def test_what_was_made_in_norwegian_is_told_in_english(at_desk, tmp_path, kind):
    assert report("en", kind, "--format", "docx", "--format", "html", "--out", tmp_path) == 0
    (word,) = tmp_path.glob("*.docx")
    said = words_of(word)
    assert say("document.answer", "en") in said and say("document.answer", "nb") not in said
    assert say("stress.heading", "en") in said
    (page,) = tmp_path.glob("*.html")
    assert '<html lang="en">' in page.read_text("utf-8")


@pytest.mark.parametrize("kind", sorted(set(KINDS) - set(BOTH)))
def test_an_answer_that_remembers_one_language_says_so(at_desk, capsys, kind):
    before = {path: path.stat().st_mtime_ns for path in (at_desk / kind).iterdir()}
    assert report("en", kind) == 2
    said = capsys.readouterr().err
    assert "--lang en" in said and "Traceback" not in said
    assert {path: path.stat().st_mtime_ns for path in (at_desk / kind).iterdir()} == before


def test_several_results_are_bound_into_one_document(at_desk, tmp_path):
    assert report("nb", "run", "compare", "cost", "--format", "docx", "--format", "pdf", "--out", tmp_path) == 0
    (word,) = tmp_path.glob("*.docx")
    said = words_of(word)
    assert said.count(say("document.answer", "nb")) == 3
    assert said[0] == say("document.several", "nb", count=3)
    (pdf,) = tmp_path.glob("*.pdf")
    assert len(PdfReader(pdf).pages) > 10


def test_a_report_of_a_report_is_the_same_report(at_desk, tmp_path):
    """The page in the folder is replaced by the longer one; read back, it is not added to again."""
    copy = tmp_path / "cost"
    shutil.copytree(at_desk / "cost", copy)
    sizes = []
    for _ in range(2):
        assert report("nb", copy) == 0
        sizes.append((copy / "report.html").read_bytes())
    assert sizes[0] == sizes[1]
    assert sizes[0].decode().count(say("stress.heading", "nb")) == 1


@pytest.mark.parametrize("kind", ["compare", "sweep"])
def test_a_json_document_by_itself_is_a_result_too(at_desk, tmp_path, kind):
    assert report("nb", f"{kind}.json", "--format", "docx", "--out", tmp_path / "mine.docx") == 0
    assert report("nb", kind, "--format", "docx", "--out", tmp_path / "theirs.docx") == 0
    assert words_of(tmp_path / "mine.docx") == words_of(tmp_path / "theirs.docx")


def test_the_statement_says_what_this_study_did(at_desk, tmp_path):
    """Seed, engine, years and rules come from the manifest and the scenario: another study, other sentences."""
    other = ["run", "small.yaml", "--worlds", "one", "--replications", "2", "--seed", "77", "--engine", "simpy"]
    assert run_command([*other, "--out", str(tmp_path / "other")], "en") == 0
    (made,) = (tmp_path / "other").iterdir()
    texts = {}
    for name, place in {"mine": "run", "other": made}.items():
        assert report("nb", place, "--format", "xlsx", "--out", tmp_path / f"{name}.xlsx") == 0
        rows = load_workbook(tmp_path / f"{name}.xlsx")["STRESS-DES"].iter_rows(min_row=2, values_only=True)
        texts[name] = {str(row[0]): str(row[1]) for row in rows if row[0]}
    items = [say(f"stress.{item}", "nb") for each in ITEMS.values() for item in each]
    assert set(items) <= set(texts["mine"])
    random, software = say("stress.5.2", "nb"), say("stress.5.1", "nb")
    assert "77" in texts["other"][random] and "77" not in texts["mine"][random]
    assert "SimPy" in texts["other"][software]
    assert texts["mine"][say("stress.1.1", "nb")] != texts["other"][say("stress.1.1", "nb")]
    assert "Hva gir en time til?" in texts["mine"][say("stress.1.1", "nb")]


def test_a_scenario_that_has_changed_since_is_not_told_as_it_was(at_desk, tmp_path):
    """Hours and roster are looked up by name and known by fingerprint: a changed file is said to be unknown."""
    late = at_desk / "late.yaml"
    kept = late.read_text("utf-8")
    try:
        late.write_text(kept.replace("23:00", "23:30"), "utf-8")
        assert report("nb", "compare", "--format", "docx", "--out", tmp_path / "r.docx") == 0
    finally:
        late.write_text(kept, "utf-8")
    said = "\n".join(words_of(tmp_path / "r.docx"))
    assert say("document.asked.unknown", "nb", names="late") in said
    assert "23:30" not in said


def test_numbers_in_the_workbook_of_a_run_are_those_of_the_result(at_desk, tmp_path):
    found = json.loads((at_desk / "run.json").read_text("utf-8"))
    known = {
        (say(f"measure.{row['measure']}", "nb"), row["mean"])
        for row in found["measures"]
        if {row[name] for name in ("site", "hour", "weekday", "month")} == {"all"}
    }
    assert report("nb", "run", "--format", "xlsx", "--out", tmp_path / "r.xlsx") == 0
    rows = list(load_workbook(tmp_path / "r.xlsx")["Nøkkeltall"].iter_rows(min_row=2, values_only=True))
    told = {(row[0], row[2]) for row in rows if row[0] and isinstance(row[2], int | float)}
    assert len(told) > 20
    for name, mean in told:
        assert any(name == other and mean == pytest.approx(value, rel=1e-12) for other, value in known), name


CODES = re.compile(r"[a-z]+_[a-z_]+|\{'")
ENGLISH = re.compile(r"^(yes|no|all|hours|cause|figure|rule|kind|chosen|today|every day .*)$")
"""What a program would write: names with underscores, Python's own way of writing; and English among Norwegian."""


@pytest.mark.parametrize(("kind", "lang"), [*((kind, "nb") for kind in KINDS), ("hours", "en"), ("sweep", "en")])
def test_sheets_speak_to_people(at_desk, tmp_path, kind, lang):
    """Titles, heads and cells are words in the language asked for: no name of a column or code of a program."""
    assert report(lang, kind, "--format", "xlsx", "--out", tmp_path / "r.xlsx") == 0
    own = {say(f"document.sheet.{name}", lang) for name in ("assumptions", "changes", "about")}  # as planners write
    odd = [
        (sheet.title, cell.coordinate, cell.value)
        for sheet in load_workbook(tmp_path / "r.xlsx")
        if sheet.title not in own
        for cell in [*sheet[1], *(cell for row in sheet.iter_rows(min_row=2, max_row=60) for cell in row)]
        if isinstance(cell.value, str) and len(cell.value) < 60
        if CODES.search(cell.value) or (lang == "nb" and ENGLISH.search(cell.value))
    ]
    assert odd == []
    if lang == "en":
        titles = load_workbook(tmp_path / "r.xlsx").sheetnames
        assert not [title for title in titles if re.search("[æøå]", title)]


def test_a_planners_own_files_in_the_folder_do_not_enter(at_desk, tmp_path):
    """A table or a picture that somebody has put beside the result is hers: it is neither read nor shown."""
    copy = tmp_path / "cost"
    shutil.copytree(at_desk / "cost", copy)
    (copy / "navn.csv").write_text("navn;telefon\nKari;12345678\n;\nskjev;1;2;3\n", "utf-8")
    assert report("nb", copy, "--format", "xlsx", "--format", "html") == 0
    cells = [cell.value for sheet in load_workbook(copy / "report.xlsx") for row in sheet.iter_rows() for cell in row]
    assert "Kari" not in cells and "Kari" not in (copy / "report.html").read_text("utf-8")
    assert (copy / "navn.csv").is_file()


def test_a_command_is_told_only_where_it_gives_the_same_answer(at_desk, tmp_path):
    """A run with named overrides is not what its scenario alone gives, nor is one whose file has changed."""
    told = say("document.asked.command", "nb", command="simulator run")

    def commands(place):
        assert report("nb", place, "--format", "docx", "--out", tmp_path / "r.docx") == 0
        return [each for each in words_of(tmp_path / "r.docx") if each.startswith(told)]

    assert commands("run") == [f"{told} late --worlds one --replications 3 --seed 1"]
    words = ["run", "small.yaml", "--with", "late-chat", "--worlds", "one", "--replications", "2"]
    assert run_command([*words, "--out", str(tmp_path / "with")], "en") == 0
    (made,) = (tmp_path / "with").iterdir()
    assert commands(made) == []
