"""The parts of a document written into Word's body, in our own template or a planner's."""

import zipfile
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from simulator.report.documents.part import Part
from simulator.report.documents.template import Template
from simulator.report.documents.text import clean
from simulator.report.documents.word import base, fill
from simulator.report.documents.word.table import table_element
from simulator.report.page import Paper, Section
from simulator.report.tables import Table
from simulator.report.workbook import CREATED
from simulator.words import say

_ZIPPED = (1980, 1, 1, 0, 0, 0)
_TWIPS_PER_EMU = 1 / 635
_TALLEST = 0.62
"""Of the page's height between its margins: a picture and its caption stay on one page."""
_LANGUAGES = {"nb": "nb-NO", "en": "en-GB"}


def word(parts: Sequence[Part], title: str, lang: str, template: Template | None = None) -> bytes:
    """The file.

    Raises
    ------
    ReportError
        If a planner's template cannot be filled in.
    """
    made = base.own_document(lang) if template is None else fill.opened(template)
    stamp = " | ".join(part.paper.stamp for part in parts)
    if template is None:
        base.foot(made, stamp, say("document.page_of", lang, page="{page}", pages="{pages}"))
    else:
        base.lend_styles(made)
        fill.fill(made, _values(parts, title, stamp, lang), template)
    _Writer(made, lang, stamps=template is not None).write(parts, title)
    _describe(made, title, lang)
    return _bytes(made)


def _values(parts: Sequence[Part], title: str, stamp: str, lang: str) -> dict[str, str]:
    answer = " ".join(text for part in parts for block in part.paper.blocks(lang)[:2] for text in block.sentences)
    *_, fingerprint, version = ("", "", *(each.partition(" ")[2] for each in parts[0].paper.stamp.split(" · ")))
    return {"title": title, "stamp": stamp, "version": version, "fingerprint": fingerprint, "answer": answer}


def _describe(made: Any, title: str, lang: str) -> None:
    about = made.core_properties
    about.title, about.language, about.revision = clean(title), _LANGUAGES[lang], 1
    about.author = about.last_modified_by = about.comments = about.keywords = ""
    about.created = about.modified = CREATED


def _bytes(made: Any) -> bytes:
    """The file with the same times inside whenever it is made."""
    raw, fixed = BytesIO(), BytesIO()
    made.save(raw)
    with zipfile.ZipFile(raw) as before, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            entry = zipfile.ZipInfo(name, _ZIPPED)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            after.writestr(entry, before.read(name))
    return fixed.getvalue()


class _Writer:
    """Writes at the end of a document, then moves what it wrote to where the template wants it."""

    def __init__(self, made: Any, lang: str, stamps: bool) -> None:
        self._made, self._lang, self._stamps = made, lang, stamps
        self._tables = self._figures = 0
        section = made.sections[-1]
        self._width = section.page_width - section.left_margin - section.right_margin
        self._height = section.page_height - section.top_margin - section.bottom_margin

    def write(self, parts: Sequence[Part], title: str) -> None:
        """Write all parts."""
        body = self._made.element.body
        known = list(body)  # held, so that no id is used again
        before, place = set(map(id, known)), fill.marker(self._made)
        several = len(parts) > 1
        self._paragraph(title, "Title")
        for number, part in enumerate(parts):
            if several:
                self._paragraph(part.paper.title, base.HEADINGS[0], page_break=number > 0)
            self._part(part, 2 if several else 1)
        if place is not None:
            for element in [each for each in body if id(each) not in before and not each.tag.endswith("sectPr")]:
                place.addprevious(element)
            body.remove(place)

    def _part(self, part: Part, level: int) -> None:
        paper = part.paper
        self._answer(paper, level)
        for number, section in enumerate(paper.sections):
            self._section(section, part, level, page_break=number == 0)
        self._paragraph(say("document.run", self._lang), base.HEADINGS[level - 1])
        self._facts(paper.facts)
        if paper.stamp and self._stamps:
            self._paragraph(paper.stamp, base.NOTE)

    def _answer(self, paper: Paper, level: int) -> None:
        self._paragraph(say("document.answer", self._lang), base.HEADINGS[level - 1])
        for block in paper.blocks(self._lang):
            if block.heading:
                self._paragraph(block.heading, base.HEADINGS[level])
            self._bullets(block.sentences)
        if paper.summary is not None and paper.summary.rows:
            self._table(paper.summary)

    def _section(self, section: Section, part: Part, level: int, page_break: bool = False) -> None:
        style = base.HEADINGS[min(level, len(base.HEADINGS)) - 1]
        self._paragraph(section.heading, style, page_break=page_break)
        for text in section.paragraphs:
            self._paragraph(text)
        self._facts(section.facts)
        for picture in section.figures:
            png = part.figures.get(f"{picture.name}.png")
            if png is not None:
                self._picture(png, picture.label)
        for table in section.tables:
            if table.rows:
                self._table(table)
        self._bullets(section.notes)
        for each in section.parts:
            self._section(each, part, level + 1)

    def _paragraph(self, text: str, style: str | None = None, page_break: bool = False) -> Any:
        made = self._made.add_paragraph(clean(text), style=style)
        if page_break:
            made.paragraph_format.page_break_before = True
        return made

    def _bullets(self, sentences: Sequence[str]) -> None:
        has_style = any(each.name == base.BULLET for each in self._made.styles)
        for text in sentences:
            self._paragraph(text if has_style else f"– {text}", base.BULLET if has_style else None)

    def _facts(self, facts: Sequence[tuple[str, str]]) -> None:
        for name, text in facts:
            paragraph = self._made.add_paragraph()
            paragraph.add_run(clean(f"{name}: ")).bold = True
            paragraph.add_run(clean(text))

    def _caption(self, word_key: str, number: int, text: str) -> Any:
        """A caption with a number that Word counts, so that it can make a list of them."""
        paragraph = self._made.add_paragraph(style=base.CAPTION)
        word_ = say(f"document.{word_key}_word", self._lang)
        paragraph.add_run(f"{word_} ")
        base.field(paragraph, f"SEQ {word_} \\* ARABIC", str(number))
        paragraph.add_run(clean(f": {text}"))
        return paragraph

    def _table(self, table: Table) -> None:
        self._tables += 1
        self._caption("table", self._tables, table.caption).paragraph_format.keep_with_next = True
        last = self._made.add_paragraph(clean(table.note), style=base.NOTE)
        last._p.addprevious(table_element(table, int(self._width * _TWIPS_PER_EMU)))

    def _picture(self, png: bytes, label: str) -> None:
        self._figures += 1
        run = self._made.add_paragraph().add_run()
        drawn = run.add_picture(BytesIO(png), width=self._width)
        if drawn.height > self._height * _TALLEST:
            drawn.width = int(drawn.width * self._height * _TALLEST / drawn.height)
            drawn.height = int(self._height * _TALLEST)
        about = drawn._inline.docPr
        about.set("descr", clean(label))
        about.set("name", f"{say('document.figure_word', self._lang)} {self._figures}")
        self._made.paragraphs[-1].paragraph_format.keep_with_next = True
        self._caption("figure", self._figures, label)
