"""Any other answer as a part of a document: its own paper or its page read back, and its tables as sheets.

A page is read back in the language in which it was made; the tables of its folder hold the numbers.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from simulator.report import numbers
from simulator.report.documents import naming
from simulator.report.documents.answer import Answer, ReportError, Rows
from simulator.report.documents.asked import Asked
from simulator.report.documents.part import Part, whole, withheld_note
from simulator.report.documents.read_page import read_page
from simulator.report.documents.units import number, unit_name
from simulator.report.page import Paper, Section
from simulator.report.workbook import Sheet, SheetColumn
from simulator.words import LANGUAGES, say

_KINDS = (("nok", "nok"), ("share", "share"), ("_min", "decimal"), ("hours", "decimal"), ("years", "count"))
"""Parts of the names of columns that tell the format of their numbers."""
_LONGEST_SHEET = 100_000
_PLACES = ("site", "hour")
"""Columns that cut a count so far that it may point at a person."""


def page_part(answer: Answer, asked: Asked, lang: str) -> Part:
    """A part made of the page in the folder.

    Raises
    ------
    ReportError
        If there is no page, or it is in another language.
    """
    if not answer.page:
        raise ReportError("no_page", path=answer.name, kind=answer.kind)
    names = tuple(sorted({name.rpartition(".")[0] for name in answer.figures}))
    paper, spoken = read_page(answer.page, names)
    if spoken != lang:
        raise ReportError("language", path=answer.name, found=spoken, wanted=lang)
    kept = tuple(each for each in paper.sections if not _is_ours(each))
    return paper_part(replace(paper, sections=kept), answer.figures, answer.tables, asked, lang)


def _is_ours(section: Section) -> bool:
    """Whether a report added the section to the page."""
    keys = ("document.made", "stress.heading")
    return any(section.heading == say(key, lang) for key in keys for lang in LANGUAGES)


def paper_part(paper: Paper, figures: Mapping[str, bytes], tables: Mapping[str, Rows], asked: Asked, lang: str) -> Part:
    """A part made of a paper, its figures, and the tables of numbers beside it."""
    said = tuple((sentence,) for block in paper.blocks(lang) for sentence in block.sentences)
    summary = Sheet(say("document.sheet.summary", lang), (SheetColumn(say("document.answer", lang)),), said)
    sheets = tuple(_sheet(f"{asked.kind}.{name}", table, lang) for name, table in tables.items())
    return whole(Part(paper, figures, (summary, *(each for each in sheets if each.rows))), asked, (), lang)


def _sheet(name: str, table: Rows, lang: str) -> Sheet:
    heads, rows = table
    columns = tuple(
        SheetColumn(naming.head(name, head, lang), _kind(head, [row[place] for row in rows]))
        for place, head in enumerate(heads)
        if naming.is_shown(head)
    )
    cells = tuple(_cells(dict(zip(heads, row, strict=True)), lang) for row in rows[:_LONGEST_SHEET])
    notes = (withheld_note(lang),) if set(_PLACES) & set(heads) else ()
    return Sheet(naming.title(name, lang), columns, cells, notes)


def _kind(name: str, cells: list[Any]) -> str:
    if not any(isinstance(each, int | float) for each in cells):
        return "text"
    named = next((kind for part, kind in _KINDS if part in name), None)
    whole_ = all(isinstance(each, int) for each in cells if each is not None)
    return named or ("count" if whole_ else "decimal")


def _cells(row: Mapping[str, Any], lang: str) -> tuple[Any, ...]:
    """Numbers in the format of the row's unit, where it has one; counts that are too small are left empty."""
    unit = row.get("unit")
    withheld = any(row.get(place) not in (None, "all") for place in _PLACES) and _is_small_count(row, unit)
    found: list[Any] = []
    for name, value in row.items():
        if name == "unit" and value is not None:
            found.append(unit_name(str(value), lang))
        elif isinstance(value, int | float) and unit is not None and name not in ("point", "years"):
            share = name.startswith("share_")
            found.append(None if withheld else number(value, "share" if share else str(unit)))
        elif naming.is_shown(name):
            found.append(naming.cell(name, value, lang))
    return tuple(found)


def _is_small_count(row: Mapping[str, Any], unit: Any) -> bool:
    mean = row.get("mean")
    counted = str(unit).partition("/")[0] in ("persons", "contacts")
    return counted and isinstance(mean, int | float) and numbers.is_small(abs(mean))
