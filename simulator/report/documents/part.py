"""One part of a document: what it says, its figures, its numbers as sheets. Knows no kind of answer and no format."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from simulator.report import numbers
from simulator.report.documents.asked import Asked
from simulator.report.documents.method import assumptions, made_section
from simulator.report.documents.stress import FLOW, stress_section
from simulator.report.documents.units import columns
from simulator.report.figures.flow import flow_figure
from simulator.report.page import Paper, Section
from simulator.report.tables import value_text
from simulator.report.workbook import Sheet, SheetColumn
from simulator.words import say

_MOST_NAMED = 4


@dataclass(frozen=True)
class Part:
    """A part.

    Attributes
    ----------
    paper
        Everything that is said.
    figures
        By file name.
    sheets
        The numbers, unrounded; the first is the summary.
    """

    paper: Paper
    figures: Mapping[str, bytes]
    sheets: tuple[Sheet, ...]


def whole(part: Part, asked: Asked, shown: tuple[str, ...], lang: str) -> Part:
    """A part with how its figures were made, the STRESS-DES statement and the stamp added.

    Parameters
    ----------
    shown
        Names of the figures that it shows.
    """
    paper = part.paper
    made, stress = made_section(asked, lang), stress_section(asked, shown, lang)
    marked = stamp(asked, lang)
    paper = replace(paper, sections=(*paper.sections, made, stress), stamp=marked)
    figures = {**part.figures, **flow_figure(FLOW, marked, lang)}
    sheets = (*part.sheets, *_sheets(paper, stress, asked, lang))
    noted = tuple(replace(each, notes=(*each.notes, marked)) for each in sheets)
    return Part(paper, figures, noted)


def stamp(asked: Asked, lang: str) -> str:
    """Scenarios, fingerprint and version in one line."""
    names = list(asked.names)
    text = " · ".join(names[:_MOST_NAMED])
    if len(names) > _MOST_NAMED:
        text = say("document.stamp.more", lang, first=text, count=len(names) - _MOST_NAMED)
    prints = " ".join(str(made.get("fingerprint", numbers.MISSING)) for made in asked.manifests.values())
    version = asked.made.get("version", numbers.MISSING)
    return say("document.stamp", lang, names=text, fingerprint=prints, version=version)


def _sheets(paper: Paper, stress: Section, asked: Asked, lang: str) -> tuple[Sheet, ...]:
    """Assumptions, changes, the statement, and about the run."""

    def texts(*names: str) -> tuple[SheetColumn, ...]:
        return columns(lang, **dict.fromkeys(names, "text"))

    rests = tuple(
        (
            say(f"status.{row['status']}", lang),
            row["path"],
            row["value"] if isinstance(row["value"], int | float) else value_text(row["value"], lang),
            str(row.get("source") or ""),
            str(row.get("note") or ""),
            name,
        )
        for name, rows in assumptions(asked).items()
        for row in rows
    )
    changes = tuple(
        (name, str(each["path"]), value_text(each["old"], lang), value_text(each["new"], lang))
        for name, made in asked.manifests.items()
        for each in made.get("overrides", ())
    )
    items = tuple((name, text) for part in stress.parts for name, text in part.facts)
    sheets = (
        Sheet(
            say("document.sheet.assumptions", lang),
            texts("status", "key", "value", "source", "note", "scenario"),
            rests,
        ),
        Sheet(say("document.sheet.changes", lang), texts("scenario", "key", "before", "now"), changes),
        Sheet(say("document.sheet.stress", lang), texts("item", "text"), items, (stress.paragraphs[0],)),
        Sheet(say("document.sheet.about", lang), texts("what", "value"), paper.facts),
    )
    return tuple(each for each in sheets if each.rows)


def withheld_note(lang: str) -> str:
    """What an empty cell means."""
    return say("document.sheet.withheld", lang, smallest=numbers.SMALLEST_COUNT)
