"""``simulator report`` as a planner types it: where documents go, and what is said of what cannot be reported."""

import json
import zipfile

import pytest
from docx import Document

from simulator.cli import reporting
from simulator.report import documents
from simulator.words import LANGUAGES
from tests.cli.commands import everything_in, squeezed

RUN = ["run", "small.yaml", "--worlds", "one", "--replications", "2"]


@pytest.fixture
def result(typed, small, desk):
    """A small run, with no figures drawn."""
    del small
    assert typed(*RUN).status == 0
    (folder,) = (desk / "results").iterdir()
    return folder


@pytest.fixture(autouse=True)
def undrawn(monkeypatch):
    """Leave figures out: drawing takes a second, and other tests look at them."""
    monkeypatch.setattr("simulator.report.documents.of_run.figures", lambda result, lang: {})
    monkeypatch.setattr("simulator.report.figures.figures", lambda result, lang: {})
    monkeypatch.setattr("simulator.report.documents.part.flow_figure", lambda name, stamp, lang: {})


def test_formats_that_would_take_a_moment_to_load_are_equal():
    assert reporting.FORMATS == documents.FORMATS


def test_documents_go_into_the_folder_of_the_result_and_the_terminal_says_where(typed, result, desk):
    said = typed("report", result.relative_to(desk), "--format", "docx", "--format", "html")
    assert said.status == 0 and said.err == ""
    for kind in ("docx", "html"):
        assert f"{result.relative_to(desk)}/report.{kind}" in said.out
        assert (result / f"report.{kind}").is_file()
    assert not [path for path in result.iterdir() if path.name.endswith(".part")]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_documents_are_norwegian_unless_asked(typed_whole, result, lang):
    assert typed_whole("report", result, "--format", "docx").status == 0
    assert "Svaret" in [each.text for each in Document(str(result / "report.docx")).paragraphs]
    assert typed_whole("report", result, "--format", "docx", "--lang", lang).status == 0
    heading = {"nb": "Svaret", "en": "The answer"}[lang]
    assert heading in [each.text for each in Document(str(result / "report.docx")).paragraphs]


def test_one_file_or_a_folder_can_be_named(typed, result, desk):
    assert typed("report", result, "--format", "docx", "--out", "mitt/navn.docx").status == 0
    assert typed("report", result, "--format", "docx", "--format", "pdf", "--out", "mappe").status == 0
    assert (desk / "mitt" / "navn.docx").is_file()
    assert {path.suffix for path in (desk / "mappe").iterdir()} == {".docx", ".pdf"}


def test_what_somebody_wrote_into_a_report_is_never_written_over(typed, result):
    place = result / "report.docx"
    assert typed("report", result, "--format", "docx").status == 0
    ours = place.read_bytes()
    with zipfile.ZipFile(place) as before:
        kept = {name: before.read(name).replace(b"2000-01-01T", b"2026-03-04T") for name in before.namelist()}
    with zipfile.ZipFile(place, "w") as after:
        for name, content in kept.items():
            after.writestr(name, content)
    theirs = place.read_bytes()
    said = typed("report", result, "--format", "docx")
    assert said.status == 0 and "report (2).docx" in said.out and "left as it is" in squeezed(said.out)
    assert place.read_bytes() == theirs
    assert (result / "report (2).docx").read_bytes() == ours
    assert typed("report", result, "--format", "docx").status == 0
    assert not (result / "report (3).docx").exists()


def wrong(folder, **changes):
    document = json.loads((folder / "manifest.json").read_text("utf-8"))
    document["manifest"] |= changes
    (folder / "manifest.json").write_text(json.dumps(document), "utf-8")


WRONG = {
    "nowhere": (["results/none"], "does not exist"),
    "no result": (["."], "is not a result"),
    "a scenario": (["small.yaml"], "cannot be read as a result"),
    "template without word": (["RESULT", "--template", "own.docx"], "--format docx"),
    "no such template": (["RESULT", "--template", "own.docx", "--format", "docx"], "does not exist"),
    "one file for two": (["RESULT", "--format", "docx", "--format", "pdf", "--out", "a.docx"], "2 formats"),
    "another ending": (["RESULT", "--format", "docx", "--out", "a.pdf"], "does not end in .docx"),
    "another format": (["RESULT", "--format", "odt"], "odt"),
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", WRONG)
def test_what_cannot_be_reported_is_said_and_nothing_is_written(typed, result, desk, kind, lang):
    words, told = WRONG[kind]
    before = everything_in(desk)
    said = typed("report", *(str(result) if word == "RESULT" else word for word in words), lang=lang)
    assert said.status == 2 and said.out == "" and "Traceback" not in said.err
    if lang == "en":
        assert told in squeezed(said.err)
    assert everything_in(desk) == before


def test_a_result_of_a_newer_version_is_refused(typed, result):
    wrong(result, version="99.0.0")
    said = typed("report", result)
    assert said.status == 2 and "99.0.0" in said.err


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"scenario": 1, "manifest": 2}', '{"scenario": {}, "manifest": {}}']
)
def test_a_result_that_somebody_has_spoilt_is_said_to_be(typed, result, content):
    (result / "manifest.json").write_text(content, "utf-8")
    said = typed("report", result)
    assert said.status == 2 and "Traceback" not in said.err and result.name in said.err


def test_a_spoilt_document_of_an_answer_is_said_to_be(typed, desk):
    for kind, key in {"compare": "contacts_by_plan", "hours": "finalists", "sweep": "design", "cost": "x"}.items():
        folder = desk / kind
        folder.mkdir()
        (folder / f"{kind}.json").write_text(json.dumps({key: [1], "manifests": 3}), "utf-8")
        said = typed("report", folder)
        assert said.status == 2 and "Traceback" not in said.err, kind
