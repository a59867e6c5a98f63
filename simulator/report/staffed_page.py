"""How many counsellors each half-hour needs, as files: the page, the workbook, and the tables of the folder.

The requirement's own table is one that `simulator.study.staffing.read_requirement` reads back.
"""

from math import isfinite
from typing import Any

from simulator.report import numbers
from simulator.report.figures.staffed import figures
from simulator.report.page import Paper, Picture, Section, page
from simulator.report.staffed import (
    SHOWN,
    beside_tables,
    clock,
    hints,
    lead,
    measure_text,
    need_tables,
    shifts_table,
    slot_words,
    summary_table,
    sure,
    title,
)
from simulator.report.workbook import Sheet, SheetColumn, workbook
from simulator.study.staffing.answer import ITERATED, Staffing
from simulator.study.staffing.requirement import Requirement
from simulator.words import say

DAY_MIN = 1440


def requirement_rows(requirement: Requirement, lang: str) -> tuple[list[str], list[list[Any]]]:
    """The requirement as a table that `read_requirement` reads back: heads, and a row for each staffed slot."""
    heads = [say(f"staff.csv.{name}", lang) for name in ("weekday", "from", "to", "counsellors")]
    rows: list[list[Any]] = []
    for slot, people in enumerate(requirement.levels.tolist()):
        day, minute = divmod(requirement.slot_start_min(slot), DAY_MIN)
        name = say(f"problem.{numbers.WEEKDAYS[day]}", lang)
        if people:
            rows.append([name, clock(minute), clock(minute + requirement.step_min), people])
    return heads, rows


def tidy_rows(found: Staffing) -> tuple[list[str], list[list[Any]]]:
    """Everything that is known of each half-hour, one row for each half-hour and staffing."""
    heads = ["days", "from", "to", "staffing", "counsellors", "offered", "share", "low", "high", "missed"]
    rows: list[list[Any]] = []
    for number, group in enumerate(found.slots.groups):
        ends = clock(group.minute), clock(group.minute + found.slots.step_min)
        for name in SHOWN:
            each = found.alternatives[name]
            share, noise = float(each.share[number]), float(each.noise[number])
            offered = [float(found.offered[number]) if name == ITERATED else float("nan")]
            seen = [share, max(share - noise, 0.0), min(share + noise, 1.0), int(each.missed[number])]
            rows.append([" ".join(group.day_names), *ends, name, float(each.people[number]), *offered, *seen])
    return heads, rows


def answer_tables(found: Staffing, lang: str = "nb") -> dict[str, tuple[list[str], list[list[Any]]]]:
    """Tables for the folder: the requirement and all half-hours."""
    return {"requirement": requirement_rows(found.requirement, lang), "half_hours": tidy_rows(found)}


def files(found: Staffing, lang: str = "nb") -> dict[str, bytes]:
    """The page ``report.html``, the figures beside it and the workbook, by file name."""
    drawn = figures(found, lang)
    paths = {f"figures/{name}": content for name, content in drawn.items()}
    return {"report.html": page(_paper(found, lang), drawn, lang), "requirement.xlsx": _book(found, lang), **paths}


def _book(found: Staffing, lang: str) -> bytes:
    heads, rows = requirement_rows(found.requirement, lang)
    need = [SheetColumn(head, "count" if place == len(heads) - 1 else "text") for place, head in enumerate(heads)]
    kinds = {
        "counsellors": "decimal",
        "offered": "hours",
        "missed": "count",
        **dict.fromkeys(("share", "low", "high"), "share"),
    }
    names, seen = tidy_rows(found)
    finite = [tuple(None if isinstance(cell, float) and not isfinite(cell) else cell for cell in row) for row in seen]
    sheets = (
        Sheet(say("staff.sheet.need", lang), tuple(need), tuple(map(tuple, rows)), lead(found, lang)[:1]),
        Sheet(
            say("staff.sheet.half_hours", lang),
            tuple(SheetColumn(name, kinds.get(name, "text")) for name in names),
            tuple(finite),
            (measure_text(found, lang),),
        ),
    )
    return workbook(sheets, title(found, lang))


def _paper(found: Staffing, lang: str) -> Paper:
    words = slot_words(found, lang)
    pictures = [Picture(name, say(f"staff.figure.{name}.label", lang, **words)) for name in ("staffing", "shares")]
    sections = (
        Section(say("staff.section.need", lang), (), (pictures[0],), need_tables(found, lang)),
        Section(
            say("staff.section.beside", lang),
            (),
            (pictures[1],),
            (summary_table(found, lang), *beside_tables(found, lang)),
        ),
        Section(say("staff.section.mislead", lang), notes=hints(found, lang)),
        Section(say("staff.section.shifts", lang), tables=(shifts_table(found, lang),)),
    )
    return Paper(title(found, lang), lead(found, lang), sections, _facts(found, lang), sure(found, lang))


def _facts(found: Staffing, lang: str) -> tuple[tuple[str, str], ...]:
    made = found.manifest
    told = {
        "alpha": numbers.as_written(found.alpha, lang, "share"),
        "iterations": found.iterations,
        "rounds": found.rounds,
    }
    facts = {
        "scenario": f"{found.scenario['title']} ({found.scenario['name']})",
        "target": str(found.target),
        "method": say("staff.fact.search", lang, **told),
        "seed": str(made["seed"]),
        "fingerprint": str(made["fingerprint"]),
        "version": str(made["version"]),
    }
    return tuple((say(f"staff.fact.{name}", lang), value) for name, value in facts.items())
