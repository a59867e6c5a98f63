"""A document as a PDF that screen readers can read (PDF/UA-1): tagged headings, tables with heads, words for pictures.

`pdf.typ` beside it is the look; this module hands it what is said, as data. The one home of typst, which needs nothing
of the machine: its own fonts are set, so the same document is the same bytes.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

from simulator.report.documents.part import Part
from simulator.report.documents.text import clean
from simulator.report.documents.widths import widths
from simulator.report.page import Paper, Section, grouped
from simulator.report.tables import Table
from simulator.words import say

_ROOM_PT = 470.0
"""Between the margins of an A4 page."""
_WIDEST_PT = 9.5
"""For a letter, at most."""
_LONG = re.compile(r"\S{20,}")


def pdf(parts: Sequence[Part], title: str, lang: str) -> bytes:
    """The file."""
    import typst

    marked = [(part, f"{number}/") for number, part in enumerate(parts)]  # keeps the drawings of parts apart
    data = {
        "title": title,
        "lang": lang,
        "stamp": " | ".join(part.paper.stamp for part in parts),
        "page_of": say("document.page_of", lang, page="\0", pages="\0").split("\0"),
        "papers": [_paper(part, mark, lang) for part, mark in marked],
        "drawings": {name: drawn for part, mark in marked for name, drawn in _svgs(part, mark)},
        "kicker": say("document.kicker", lang),
        "answer": say("document.answer", lang),
        "run": say("document.run", lang),
        "table_word": say("document.table_word", lang),
        "figure_word": say("document.figure_word", lang),
    }
    look = files(__package__).joinpath("pdf.typ").read_bytes()
    told = {"data": json.dumps(_cleaned(data), ensure_ascii=False)}
    try:
        return bytes(typst.compile(look, sys_inputs=told, pdf_standards=["ua-1"], ignore_system_fonts=True))
    except typst.TypstError:  # a sign that the fonts of typst lack: the machine's may have it, and tags stay
        return bytes(typst.compile(look, sys_inputs=told))


def _cleaned(data: Any) -> Any:
    """The same without signs that no font holds."""
    if isinstance(data, str):
        return clean(data)
    if isinstance(data, Mapping):
        return {key: _cleaned(each) for key, each in data.items()}
    return [_cleaned(each) for each in data] if isinstance(data, list | tuple) else data


def _svgs(part: Part, mark: str) -> Iterator[tuple[str, str]]:
    for name, content in part.figures.items():
        if name.endswith(".svg"):
            yield mark + name.removesuffix(".svg"), content.decode()


def _paper(part: Part, mark: str, lang: str) -> dict[str, Any]:
    paper: Paper = part.paper
    summary = paper.summary
    return {
        "title": paper.title,
        "answer": [{"heading": each.heading, "sentences": each.sentences} for each in paper.blocks(lang)],
        "summary": None if summary is None or not summary.rows else _table(summary),
        "sections": [_section(each, part, mark) for each in paper.sections],
        "facts": paper.facts,
    }


def _section(section: Section, part: Part, mark: str) -> dict[str, Any]:
    pictures = [each for each in section.figures if f"{each.name}.svg" in part.figures]
    return {
        "heading": section.heading,
        "paragraphs": section.paragraphs,
        "facts": section.facts,
        "figures": [{"name": mark + each.name, "label": each.label} for each in pictures],
        "tables": [_table(each) for each in section.tables if each.rows],
        "notes": section.notes,
        "parts": [_section(each, part, mark) for each in section.parts],
    }


def _folding(word: re.Match[str]) -> str:
    """A long key or address with places where it may fold: signs of no width."""
    return re.sub(r"(?<=[._/-])(?=\w)", "\u200b", word[0])


def _table(table: Table) -> dict[str, Any]:
    return {
        "caption": table.caption,
        "note": table.note,
        "columns": [
            {"head": each.head, "figure": each.is_figure and place > 0} for place, each in enumerate(table.columns)
        ],
        "groups": grouped(table),
        "rows": [[_LONG.sub(_folding, cell) for cell in row] for row in table.rows],
        "widths": widths(table, _ROOM_PT, _WIDEST_PT),
    }
