"""A planner's own Word template: styles, head and foot stay, placeholders are filled, and nothing in it runs."""

import zipfile
from io import BytesIO

import pytest
from docx import Document

from simulator.report.documents import template as templates
from simulator.report.documents.answer import ReportError
from simulator.report.documents.template import template_of
from simulator.report.documents.word import word
from simulator.words import LANGUAGES
from tests.report.documents.parts import part


def saved(document, path):
    document.save(str(path))
    return path


def filled(path, title="Min rapport"):
    return Document(BytesIO(word([part()], title, "nb", template_of(path))))


@pytest.fixture
def own(tmp_path):
    """A template with a head, a foot, an introduction, a place for the report, and a name for those who signed."""
    document = Document()
    document.styles["Heading 1"].font.name = "Georgia"
    section = document.sections[0]
    section.header.paragraphs[0].text = "Kommunen: {{ tittel }}"
    foot = section.footer.paragraphs[0]
    for piece in ("Laget ", "{", "{ stem", "pel }} og ", "{{versjon}}"):
        foot.add_run(piece)  # Word cuts a text into pieces as it likes
    document.add_paragraph("Innledning som kommunen har skrevet.")
    document.add_paragraph("[[rapport]]")
    document.add_paragraph("Med hilsen rådmannen")
    table = document.add_table(1, 1)
    table.cell(0, 0).text = "I en tabell: {{ fingeravtrykk }}"
    return saved(document, tmp_path / "own.docx")


def test_head_foot_styles_and_words_of_the_template_stay(own):
    made = filled(own)
    section = made.sections[0]
    assert section.header.paragraphs[0].text == "Kommunen: Min rapport"
    assert section.footer.paragraphs[0].text == "Laget a · fingeravtrykk f0f0 · versjon 9.9.9 og 9.9.9"
    assert made.styles["Heading 1"].font.name == "Georgia"
    assert "I en tabell: f0f0" in [table.cell(0, 0).text for table in made.tables]


def test_the_report_goes_where_the_template_says(own):
    said = [each.text for each in filled(own).paragraphs]
    assert "[[rapport]]" not in said
    assert (
        said.index("Innledning som kommunen har skrevet.") < said.index("Svaret") < said.index("Med hilsen rådmannen")
    )


def test_a_template_without_a_place_gets_the_report_at_its_end(tmp_path):
    document = Document()
    document.add_paragraph("Først dette.")
    said = [each.text for each in filled(saved(document, tmp_path / "plain.docx")).paragraphs]
    assert said[0] == "Først dette." and "Svaret" in said


def test_a_template_that_lacks_styles_is_lent_ours(tmp_path):
    document = Document()
    for name in ("Heading 2", "Caption", "Title", "List Bullet"):
        document.styles[name].delete()
    made = filled(saved(document, tmp_path / "bare.docx"))
    used = {each.style.name for each in made.paragraphs}
    assert {"Heading 2", "Caption", "Title"} <= used
    assert "– Svaret. En setning." in [each.text for each in made.paragraphs]


@pytest.mark.parametrize("asked", ["{{ titel }}", "{{ config.__class__ }}", "{% for x in y %}", "{{ }}"])
def test_what_a_template_asks_for_and_nobody_knows_is_refused_in_words(tmp_path, asked):
    document = Document()
    document.add_paragraph(f"Se {asked} her")
    path = saved(document, tmp_path / "odd.docx")
    with pytest.raises(ReportError) as raised:
        filled(path)
    for lang in LANGUAGES:
        text = raised.value.text(lang)
        assert str(path) in text and asked in text and "{{ tittel }}" in text
    assert ("{{ tittel }}?" in raised.value.text("nb")) == (asked == "{{ titel }}")


def packed(path, names):
    with zipfile.ZipFile(path, "w") as file:
        for name, content in names.items():
            file.writestr(name, content)
    return path


MAKERS = {
    "missing": lambda folder: folder / "none.docx",
    "text": lambda folder: folder.joinpath("a.docx"),
    "other zip": lambda folder: packed(folder / "b.docx", {"a.txt": "x"}),
    "with macros": lambda folder: packed(
        folder / "c.docx",
        {"word/document.xml": "<x/>", "[Content_Types].xml": "application/vnd.ms-word.document.macroEnabled.main+xml"},
    ),
    "no content": lambda folder: packed(
        folder / "d.docx", {"[Content_Types].xml": "wordprocessingml.document.main+xml"}
    ),
    "broken inside": lambda folder: packed(
        folder / "e.docx", {"word/document.xml": "<", "[Content_Types].xml": "wordprocessingml.document.main+xml"}
    ),
    "bomb": lambda folder: packed(folder / "f.docx", {"word/document.xml": b"0" * 3_000_000}),
}


@pytest.mark.parametrize("kind", MAKERS)
def test_what_is_no_template_is_said_in_words(tmp_path, monkeypatch, kind):
    (tmp_path / "a.docx").write_text("no zip", "utf-8")
    monkeypatch.setattr(templates, "MOST_MB", 2)
    path = MAKERS[kind](tmp_path)
    with pytest.raises(ReportError) as raised:
        filled(path)
    for lang in LANGUAGES:
        assert str(path) in raised.value.text(lang)
