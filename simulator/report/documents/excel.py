"""A document as an Excel workbook: the summary of each part, its numbers, what they rest on, and how they were made.

Sheets of several parts are numbered. Every number is a number; the sheets' own formats show them.
"""

from collections.abc import Sequence
from dataclasses import replace

from simulator.report.documents.part import Part
from simulator.report.workbook import LONGEST_TITLE, workbook
from simulator.words import say


def excel(parts: Sequence[Part], title: str, lang: str) -> bytes:
    """The file."""
    if len(parts) == 1:
        return workbook(parts[0].sheets, title)
    sheets = [
        replace(sheet, title=say("document.sheet.part", lang, number=place, sheet=sheet.title)[:LONGEST_TITLE])
        for place, part in enumerate(parts, 1)
        for sheet in part.sheets
    ]
    return workbook(sheets, title)
