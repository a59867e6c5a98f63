"""The report of the budget question in all four formats, opened again by those who read them.

`compare 2024-actual open-to-02 open-to-04 round-the-clock` and `report`, as a planner types them, over three worlds;
opened by python-docx, openpyxl, pypdf, LibreOffice and a browser.
"""

import csv
import json
import re
import zipfile
from dataclasses import dataclass
from functools import cache, cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader

from simulator.cli import run_command
from simulator.report import compared, numbers
from simulator.report.documents.of_comparison import hourly_table
from simulator.report.documents.readers import comparison
from simulator.report.documents.stress import ITEMS
from simulator.report.workbook import FORMATS
from simulator.service.keys import Key
from simulator.words import say
from tests.report.documents.machine import browser, converted, violations

PLANS = ("open-to-02", "open-to-04", "round-the-clock")
KINDS = ("html", "docx", "xlsx", "pdf")
LANGUAGES = ("nb", "en")
WIDTHS = {"nb": 1280, "en": 360}
"""Of the screen on which axe looks at the page: a desk's and a phone's."""


@dataclass(frozen=True, eq=False)
class Made:
    """The reports in one language, and what they are reports of."""

    folder: Path
    document: dict[str, Any]
    lang: str

    def path(self, kind: str) -> Path:
        return self.folder / self.lang / f"report.{kind}"

    @cached_property
    def found(self) -> Any:
        return comparison(self.document, {})

    def tables(self) -> list[Any]:
        """The comparison's tables, made of its JSON by the same functions that made the page of the comparison."""
        found, lang = self.found, self.lang
        tables = []
        for contacts in found.contacts:
            plan = contacts.plan
            tables += [compared.plan_table(found, plan, lang), hourly_table(found, plan, lang)]
            tables += [compared.hours_table(found, contacts, lang), compared.contacts_table(found, contacts, lang)]
            tables += [compared.consequences_table(found, plan, lang)]
        return [each for each in tables if each.rows]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The results folder with the reports in both languages beside it."""
    desk = tmp_path_factory.mktemp("budget")
    words = ["compare", "2024-actual", *PLANS, "--worlds", "3", "--replications", "1", "--workers", "1"]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(desk)
        patch.setattr("simulator.report.figures.compared.figures", lambda found, lang: {})  # drawn below
        assert run_command([*words, "--json", "found.json"], "en") == 0
        patch.undo()
        patch.chdir(desk)
        (result,) = (desk / "results").iterdir()
        for lang in LANGUAGES:
            (desk / lang).mkdir()
            formats = [word for kind in KINDS for word in ("--format", kind)]
            assert run_command(["report", str(result), *formats], lang, lang) == 0
            for kind in KINDS:
                (result / f"report.{kind}").rename(desk / lang / f"report.{kind}")
    return desk


@pytest.fixture(scope="module", params=LANGUAGES)
def made(folder, request) -> Made:
    return Made(folder, json.loads((folder / "found.json").read_text("utf-8")), request.param)


@pytest.fixture(scope="module")
def norwegian(folder) -> Made:
    return Made(folder, json.loads((folder / "found.json").read_text("utf-8")), "nb")


def plain(text: str) -> str:
    """Text with every stretch of space as one space, signs of no width left out."""
    return " ".join(text.replace("\u200b", "").replace("\u00ad", "").split())


def answer_sentences(made: Made) -> list[str]:
    """The sentences of the answer that hold the figures: each plan's difference, written by the catalogue."""
    said = []
    for contacts in made.found.contacts:
        each = made.found.get(contacts.plan, Key("persons_reached"))
        said.append(compared.difference_text(each, made.lang))
    return said


# --- Word --------------------------------------------------------------------------------------------------------


def word_tables(path: Path) -> dict[str, list[list[str]]]:
    """Tables by caption, each as rows of cells, merged cells once."""
    document = Document(str(path))
    body = list(document.element.body)
    tables = {each._tbl: each for each in document.tables}
    found, caption = {}, ""
    for element in body:
        if element.tag.endswith("}p"):
            caption = "".join(each.text or "" for each in element.iter() if each.tag.endswith("}t")) or caption
        elif element in tables:
            cells = [[cell.text for cell in row.cells] for row in tables[element].rows]
            found[re.sub(r"^\w+ \d+: ", "", caption)] = cells
    return found


def test_word_holds_every_table_of_the_result(made):
    written = word_tables(made.path("docx"))
    for table in made.tables():
        cells = written[table.caption]
        assert cells[-len(table.rows) :] == [list(row) for row in table.rows], table.caption
        assert [column.head for column in table.columns][1:] == cells[-len(table.rows) - 1][1:]


def test_word_begins_with_the_answer_and_says_it_in_the_figures_of_the_result(made):
    document = Document(str(made.path("docx")))
    texts = [each.text for each in document.paragraphs]
    headings = [each.text for each in document.paragraphs if each.style.name.startswith(("Heading", "Title"))]
    assert headings[1] == say("document.answer", made.lang)
    order = [say(f"document.{each}", made.lang) for each in ("proposed", "gives", "costs", "sure", "made")]
    assert [each for each in headings if each in order] == order
    first = texts[: texts.index(say("document.made", made.lang))]
    for said in answer_sentences(made):
        assert any(said in text for text in first), said
    answer_ends = next(each for each in document.paragraphs if each.paragraph_format.page_break_before)
    assert texts.index(answer_ends.text) > texts.index(order[3])


def test_word_has_pictures_told_in_words_and_a_table_for_each(made):
    document = Document(str(made.path("docx")))
    told = [each._inline.docPr.get("descr") for each in document.inline_shapes]
    assert len(told) == 2 * len(PLANS) + 1  # two of each plan, and the diagram
    assert all(told) and len(set(told)) == len(told)
    assert len(document.tables) > len(told)
    for table in document.tables:
        assert table._tbl.tblPr.xpath("w:tblCaption"), "a table without a name for those who do not see it"
        assert table.rows[0]._tr.xpath("w:trPr/w:tblHeader"), "a table whose head does not repeat"


def test_every_page_of_word_carries_scenario_fingerprint_and_version(made):
    document = Document(str(made.path("docx")))
    foot = plain("".join(each.text for each in document.sections[0].footer.paragraphs))
    for name, manifest in made.document["manifests"].items():
        assert name in foot and manifest["fingerprint"] in foot
    assert made.document["manifests"]["2024-actual"]["version"] in foot
    assert document.core_properties.language == {"nb": "nb-NO", "en": "en-GB"}[made.lang]


def test_libreoffice_opens_word_and_the_answer_stands_alone_on_its_page(norwegian, tmp_path):
    pages = pdf_pages(converted(norwegian.path("docx"), "pdf", tmp_path))
    whole = "".join(pages)
    for said in answer_sentences(norwegian):
        assert squeezed(said) in pages[0]
    first_section = squeezed(say("compare.section.differences", "nb", plan=norwegian.found.titles[PLANS[0]]))
    opened = next(place for place, text in enumerate(pages) if first_section in text)
    assert opened == 1, "the answer is one page"
    assert squeezed(say("stress.heading", "nb")) in whole
    assert all(norwegian.document["manifests"]["2024-actual"]["fingerprint"] in text for text in pages)


def squeezed(text: str) -> str:
    """Text without any space or hyphen: a reader of PDF guesses where words end, and whether a hyphen is a soft one."""
    return re.sub(r"[\s\u200b\u00ad\u2010-]", "", text)


@cache
def pdf_pages(path: Path) -> list[str]:
    """The text of each page of a PDF, squeezed."""
    return [squeezed(each.extract_text()) for each in PdfReader(path).pages]


# --- Excel -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def book(norwegian):
    return load_workbook(norwegian.path("xlsx"))


def sheet_rows(sheet: Any) -> list[dict[str, Any]]:
    """Rows of a sheet by its heads, down to the first empty row."""
    rows = list(sheet.iter_rows(values_only=True))
    heads = rows[0]
    body = []
    for row in rows[1:]:
        if all(cell is None for cell in row):
            break
        body.append(dict(zip(heads, row, strict=True)))
    return body


def differences(made: Made, plan: str, hour: str = "all") -> dict[tuple[str, str], dict[str, Any]]:
    """Rows of the result over all sites, weekdays and months, by measure and channel."""
    return {
        (row["measure"], row["channel"]): row
        for row in made.document["differences"]
        if (row["plan"], row["hour"]) == (plan, hour) and {row["site"], row["weekday"], row["month"]} == {"all"}
    }


def test_the_summary_holds_the_numbers_of_the_result_with_all_their_digits(book, norwegian):
    rows = sheet_rows(book[say("document.sheet.summary", "nb")])
    assert len(rows) == len(PLANS)
    for plan, row in zip(PLANS, rows, strict=True):
        known = differences(norwegian, plan)
        cells = list(row.values())
        assert cells[0] == norwegian.found.titles[plan]
        reached, cost = known["persons_reached", "all"], known["cost_nok", "all"]
        assert cells[1:4] == [pytest.approx(reached[end], rel=1e-12) for end in ("mean", "low", "high")]
        assert cells[4:7] == [pytest.approx(cost[end], rel=1e-12) for end in ("mean", "low", "high")]


def test_every_key_figure_is_a_number_in_a_live_format(book, norwegian):
    sheet = book[say("document.sheet.key_figures", "nb")]
    rows = sheet_rows(sheet)
    assert len(rows) > 10 * len(PLANS)
    known = {norwegian.found.titles[plan]: differences(norwegian, plan) for plan in PLANS}
    for place, row in enumerate(rows, 2):
        near = [
            each
            for each in known[row["Alternativ"]].values()
            if row["Forskjell"] == pytest.approx(each["mean"], rel=1e-12, abs=1e-12)
        ]
        assert near, row
        for cell in sheet[place]:
            if isinstance(cell.value, int | float):
                assert cell.number_format in FORMATS.values() and cell.number_format != "@", cell.coordinate
    formats = {cell.number_format for row in sheet.iter_rows(min_row=2) for cell in row if cell.data_type == "n"}
    assert {"#,##0.0", "0.0%"} <= formats


def test_sheets_are_tidy(book):
    """A head, one row for each thing, nothing merged; frozen, with a filter, and no text that Excel would compute."""
    assert book.sheetnames[0] == "Sammendrag"
    wanted = {
        "Nøkkeltall",
        "Per time",
        "Hjelpesøk for hjelpesøk",
        "Per sted",
        "Hva som kan ligge bak",
        "Forutsetninger",
    }
    assert wanted | {"Endringer", "STRESS-DES", "Om kjøringen"} <= set(book.sheetnames)
    for sheet in book:
        assert not sheet.merged_cells.ranges, sheet.title
        assert sheet.freeze_panes == "B2" and sheet.auto_filter.ref, sheet.title
        heads = [cell.value for cell in sheet[1]]
        assert all(heads) and len(set(heads)) == len(heads), (sheet.title, heads)
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert [len(book[name]._charts) for name in ("Sammendrag", "Per time")] == [1, len(PLANS)]


def test_each_hour_of_the_sheet_is_that_of_the_result_and_small_counts_are_empty(book, norwegian):
    rows = sheet_rows(book["Per time"])
    assert len(rows) == 24 * len(PLANS)
    small = 0
    found = {
        (row["plan"], row["hour"]): row
        for row in norwegian.document["differences"]
        if row["measure"] == "persons_reached"
        and {row[name] for name in ("channel", "site", "weekday", "month")} == {"all"}
    }
    for place, row in enumerate(rows):
        plan, hour = PLANS[place // 24], f"{place % 24:02d}"
        known = found[plan, hour]["mean"]
        if numbers.is_small(abs(known)):
            assert row["Forskjell"] is None
            small += 1
        else:
            assert row["Forskjell"] == pytest.approx(known, rel=1e-12)
    assert small


def test_libreoffice_reads_the_workbook_as_openpyxl_does(norwegian, book, tmp_path):
    """The first sheet as text: the same numbers, shown by their formats (as in an English office)."""
    path = converted(norwegian.path("xlsx"), "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,false", tmp_path)
    lines = list(csv.reader(path.read_text("utf-8").splitlines(), delimiter=";"))
    rows = sheet_rows(book["Sammendrag"])
    for line, row in zip(lines[1 : 1 + len(rows)], rows, strict=True):
        cells = list(row.values())
        assert line[0] == cells[0]
        for text, each in zip(line[1:10], cells[1:10], strict=True):
            assert float(text.removesuffix(" kr").replace(",", "")) == pytest.approx(each, abs=0.5)
        assert all(text.endswith(" kr") for text in line[4:10])
        assert line[10] == f"{cells[10]:.1%}"


# --- PDF ---------------------------------------------------------------------------------------------------------


def test_the_pdf_says_the_answer_first_and_holds_every_figure_of_the_tables(made):
    pages = pdf_pages(made.path("pdf"))
    for said in answer_sentences(made):
        assert squeezed(said) in pages[0]
    whole = "".join(pages)
    for table in made.tables():
        for row in table.rows:
            for cell in row:
                assert squeezed(cell)[:60] in whole, (table.caption, cell)
    assert all(squeezed(made.document["manifests"]["2024-actual"]["version"]) in text for text in pages)


def test_the_pdf_is_tagged_titled_and_in_its_language(made):
    reader = PdfReader(made.path("pdf"))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == made.lang
    assert reader.metadata.title
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert "/JavaScript" not in str(root) and "/OpenAction" not in root


# --- the page ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def looked(folder):
    """Of each language: what the browser asked for, what axe found on a wide and a narrow screen, and what it reads."""
    found = {}
    with browser() as opened:
        for lang in LANGUAGES:
            requests: list[str] = []
            page = opened.new_page(viewport={"width": 1280, "height": 900})
            page.on("request", lambda request, requests=requests: requests.append(request.url))
            errors: list[str] = []
            page.on("console", lambda said, errors=errors: errors.append(said.text))
            page.goto((folder / lang / "report.html").as_uri())
            page.keyboard.press("Tab")
            first = page.evaluate("document.activeElement.className")
            tables = page.evaluate(
                "[...document.querySelectorAll('table')].map(t => [t.caption.textContent,"
                " [...t.tBodies[0].rows].map(r => [...r.cells].map(c => c.textContent))])"
            )
            figures = page.evaluate(
                "[...document.querySelectorAll('figure')].map(f => [f.querySelector('svg').getAttribute('aria-label'),"
                " f.closest('section').querySelectorAll('table').length])"
            )
            stops = page.evaluate("[...document.querySelectorAll('.scroll')].every(e => e.tabIndex === 0)")
            page.set_viewport_size({"width": WIDTHS[lang], "height": 740})
            wider = page.evaluate("document.documentElement.scrollWidth")
            found[lang] = {
                "requests": requests, "violations": violations(page), "errors": errors, "first": first,
                "tables": dict(tables), "figures": figures, "stops": stops, "wider": wider,
            }  # fmt: skip
    return found


def test_axe_finds_nothing_wrong_with_the_page_wide_or_narrow(looked):
    assert {lang: each["violations"] for lang, each in looked.items()} == {lang: [] for lang in LANGUAGES}


def test_the_page_asks_for_nothing_but_itself(looked, folder):
    for lang, each in looked.items():
        assert each["requests"] == [(folder / lang / "report.html").as_uri()]
        assert each["errors"] == []
    text = (folder / "nb" / "report.html").read_text("utf-8")
    assert not re.search(r"<script|<link|<img|@import|url\((?!#)|(src|href)=\"(?!#)", text)


def test_the_browser_reads_the_tables_of_the_result(looked, made):
    read = looked[made.lang]["tables"]
    for table in made.tables():
        assert [list(map(plain, row)) for row in read[table.caption]] == [list(map(plain, row)) for row in table.rows]


def test_the_keyboard_reaches_everything_and_narrow_screens_scroll_only_tables(looked):
    for lang, each in looked.items():
        assert each["first"] == "skip" and each["stops"]
        assert each["wider"] <= WIDTHS[lang]
        assert len(each["figures"]) == 2 * len(PLANS) + 1
        assert all(label and tables for label, tables in each["figures"])


# --- what all formats share --------------------------------------------------------------------------------------


@cache
def texts_of(made: Made) -> dict[str, str]:
    """All text of the documents that people read, without space."""
    document = Document(str(made.path("docx")))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    page = re.sub(r"<(style|svg).*?</\1>", "", made.path("html").read_text("utf-8"), flags=re.DOTALL)
    return {
        "docx": squeezed(" ".join([*(each.text for each in document.paragraphs), *cells])),
        "html": squeezed(re.sub(r"<[^>]+>", "", page).replace("&amp;", "&").replace("&#34;", '"').replace("&lt;", "<")),
        "pdf": "".join(pdf_pages(made.path("pdf"))),
    }


def test_every_item_of_stress_des_is_answered_in_every_format(made):
    names = [say(f"stress.{item}", made.lang) for items in ITEMS.values() for item in items]
    assert len(names) == 24  # 20 items, of which one has five parts
    for kind, text in texts_of(made).items():
        for name in names:
            assert squeezed(name) in text, (kind, name)


def test_what_it_rests_on_is_listed_with_status_and_what_it_cannot_tell(made):
    rests = made.document["manifests"]["2024-actual"]["assumptions"]
    assert {row["status"] for row in rests} == {"published", "derived", "literature", "assumed"}
    for kind, text in texts_of(made).items():
        for heading in ("document.cannot", "document.wanted", "document.asked"):
            assert squeezed(say(heading, made.lang)) in text, (kind, heading)
        for row in rests:
            path = row["path"] if not row["path"].startswith("sites.") else row["path"].partition(".background")[2]
            assert squeezed(path) in text, (kind, row["path"])  # equal figures of many sites stand in one row


def test_no_document_holds_anything_that_runs(made):
    for kind in ("docx", "xlsx"):
        with zipfile.ZipFile(BytesIO(made.path(kind).read_bytes())) as packed:
            assert not [name for name in packed.namelist() if "vba" in name.lower() or "embed" in name.lower()]
            relations = b"".join(packed.read(name) for name in packed.namelist() if name.endswith(".rels"))
            assert b'TargetMode="External"' not in relations
