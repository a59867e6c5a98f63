"""The writers of each format on a part made by hand: nothing that a planner wrote is taken as markup."""

import zipfile
from io import BytesIO
from itertools import pairwise

import pytest
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader

from simulator.report.documents.excel import excel
from simulator.report.documents.pdf import pdf
from simulator.report.documents.touched import is_touched
from simulator.report.documents.widths import widths
from simulator.report.documents.word import word
from simulator.report.page import pages
from simulator.report.tables import Column, Table
from simulator.words import LANGUAGES
from tests.report.documents.parts import AMISS, GROUPED, part

SAID = AMISS.replace("\x07", "").strip()


def texts(document) -> list[str]:
    return [each.text for each in document.paragraphs]


def opened(content: bytes):
    return Document(BytesIO(content))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_writer_makes_the_same_bytes_each_time(lang):
    for make in (word, pdf, excel):
        assert make([part()], "Tittel", lang) == make([part()], "Tittel", lang), make


def test_texts_are_texts_in_every_format():
    bad = part(AMISS, AMISS)
    document = opened(word([bad], AMISS, "nb"))
    assert texts(document)[0].strip() == SAID and texts(document).count(AMISS.replace("\x07", "")) == 4
    reader = PdfReader(BytesIO(pdf([bad], AMISS, "nb")))
    assert "".join(SAID.split()).replace("-", "") in "".join(
        "".join(each.extract_text().split()) for each in reader.pages
    )
    assert b"pdfuaid" in reader.trailer["/Root"]["/Metadata"].get_data()
    sheet = load_workbook(BytesIO(excel([bad], AMISS, "nb")))["Tall"]
    assert sheet["A2"].data_type == "s" and SAID in sheet["A2"].value
    page = pages([(bad.paper, bad.figures)], AMISS, "nb").decode()
    assert "<b>#strong" not in page and "&lt;b&gt;#strong" in page


def test_a_sign_that_the_fonts_lack_does_not_stop_the_pdf():
    """A pictogram or another alphabet in a title: the signs of the machine's fonts are used, and what is read stays."""
    reader = PdfReader(BytesIO(pdf([part("Чат 🌙 åpen")], "Чат 🌙 åpen", "nb")))
    assert "åpen" in reader.pages[0].extract_text()
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_tables_keep_their_groups_their_heads_and_their_notes():
    document = opened(word([part()], "Tittel", "nb"))
    table = document.tables[1]
    assert [cell.text for cell in table.rows[0].cells] == ["Kl.", "Chat", "Chat", "Telefon"]
    assert [cell.text for cell in table.rows[1].cells] == ["Kl.", "Nå", "Da", "Nå"]  # the first goes down two rows
    assert [[cell.text for cell in row.cells] for row in table.rows[2:]] == [list(row) for row in GROUPED.rows]
    assert "Av alle som prøvde." in texts(document)
    assert [row._tr.xpath("boolean(w:trPr/w:tblHeader)") for row in table.rows] == [True, True, False, False]


def test_headings_go_down_one_level_at_a_time():
    levels = [
        int(each.style.name[-1])
        for each in opened(word([part()], "T", "nb")).paragraphs
        if "Heading" in each.style.name
    ]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    two = [
        each.style.name
        for each in opened(word([part("A"), part("B")], "T", "nb")).paragraphs
        if each.text in "AB" and each.text
    ]
    assert two == ["Heading 1", "Heading 1"]


def test_several_parts_keep_their_own_figures_and_sheets():
    two = [part("A"), part("B")]
    assert len(opened(word(two, "T", "nb")).inline_shapes) == 2
    names = load_workbook(BytesIO(excel(two, "T", "nb"))).sheetnames
    assert names == ["1 Tall", "2 Tall"]
    assert len(PdfReader(BytesIO(pdf(two, "T", "nb"))).pages) >= 4
    page = pages([(each.paper, each.figures) for each in two], "T", "nb").decode()
    assert page.count("<svg") == 2 and page.count("<h1>") == 1


def test_widths_fill_the_room_and_no_more():
    wide = Table(
        "", (Column("a", is_figure=False), *(Column("b" * 9) for _ in range(12))), (("x" * 80, *["1" * 14] * 12),)
    )
    assert sum(widths(wide, 470, 9.5)) == pytest.approx(470)
    narrow = Table("", (Column("a", is_figure=False), Column("b")), (("x", "1"),))
    assert sum(widths(narrow, 470, 9.5)) < 120
    assert all(each > 0 for each in widths(Table("", narrow.columns, ()), 470, 9.5))


@pytest.mark.parametrize("make", [word, excel])
def test_what_somebody_has_written_in_is_known(make):
    content = make([part()], "T", "nb")
    assert not is_touched(content)
    changed = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as before, zipfile.ZipFile(changed, "w") as after:
        for name in before.namelist():
            text = before.read(name)
            after.writestr(name, text.replace(b"2000-01-01T", b"2026-05-01T") if name == "docProps/core.xml" else text)
    assert is_touched(changed.getvalue())
    assert not is_touched(b"<!DOCTYPE html>") and is_touched(b"PK broken")
