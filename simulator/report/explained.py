"""Why a plan differs from a base, in words: the parts of the difference, how they act together, and what differs.

Tables for terminal, page and folder; nothing here computes a part.
"""

from typing import Any

from simulator.report import numbers
from simulator.report.page import Paper, Picture, Section
from simulator.report.priced import answer_facts
from simulator.report.tables import Column, Table, channel_name
from simulator.report.workbook import Formula, Sheet, SheetColumn
from simulator.service.keys import ALL, Key
from simulator.study.estimates import Estimate
from simulator.study.explain import Explained, Explanation, Part
from simulator.study.explaining.causes import CAUSES
from simulator.words import say

LITTLE = 0.1
"""What a cause adds alone (or last) is little if it is less than this share of its part."""
MATTERS = 0.05
"""A part matters if it is at least this share of the greatest."""


# --- names -------------------------------------------------------------------------------------------------------


def measure_name(key: Key, lang: str) -> str:
    """A figure's name with its channel and site."""
    name = say(f"measure.{key.measure}", lang)
    where = [channel_name(key.channel, lang).lower()] if key.channel != ALL else []
    where += [key.site] if key.site != ALL else []
    return f"{name} ({', '.join(where)})" if where else name


def cause_name(name: str, lang: str) -> str:
    """A cause in words; an override keeps the planner's name; joined ones stand side by side."""
    named = [say(f"explain.cause.{each}", lang) if each in CAUSES else each for each in name.split("+")]
    shown = named[0]
    for each in named[1:]:
        shown = say("explain.cause.and", lang, first=shown, second=each[0].lower() + each[1:])
    return shown


# --- tables ------------------------------------------------------------------------------------------------------


def explanation_tables(found: Explanation, lang: str) -> tuple[Table, ...]:
    """What differs, then one table for each figure; the notes once."""
    figures = [figure_table(found, each, lang) for each in found.figures]
    short = [Table(each.caption, each.columns, each.rows) for each in figures[1:]]
    return (keys_table(found, lang), *figures[:1], *short)


def keys_table(found: Explanation, lang: str) -> Table:
    """The keys that differ, by cause."""
    columns = tuple(Column(say(f"explain.column.{name}", lang), is_figure=False) for name in ("cause", "keys"))
    rows = tuple((cause_name(each.name, lang), ", ".join(each.keys)) for each in found.causes)
    return Table(say("explain.keys.caption", lang), columns, rows, " ".join(joined_sentences(found, lang)))


def joined_sentences(found: Explanation, lang: str) -> tuple[str, ...]:
    """Which causes were made one, and why."""
    return tuple(
        say(
            "explain.joined",
            lang,
            names=cause_name("+".join(each.names), lang),
            mix=cause_name("+".join(each.mix), lang),
            why=each.problem.text(lang),
        )
        for each in found.joined
    )


def figure_table(found: Explanation, figure: Explained, lang: str) -> Table:
    """The parts of one figure's difference."""
    heads = ("cause", "part", "alone", "last")
    columns = tuple(Column(say(f"explain.column.{name}", lang), is_figure=name != "cause") for name in heads)
    rows = [_row(figure, part, lang) for part in figure.parts]
    rows.append((say("explain.total", lang), _signed(figure.total, lang), "", ""))
    note = say(f"explain.note.{'worlds' if found.worlds > 1 else 'one'}", lang)
    caption = say(
        "explain.caption",
        lang,
        measure=measure_name(figure.key, lang),
        before=_beside(figure, figure.base, lang),
        after=_beside(figure, figure.plan, lang),
        base=found.base[1],
        plan=found.plan[1],
    )
    return Table(caption, columns, tuple(rows), " ".join([note, *together_sentences(figure, lang)]))


def _row(figure: Explained, part: Part, lang: str) -> tuple[str, ...]:
    around = (_near(part.change, value, figure, lang) for value in (part.alone, part.last))
    return (cause_name(part.cause, lang), _signed(part.change, lang), *around)


def _signed(each: Estimate, lang: str) -> str:
    return f"{'+' if each.mean > 0 else ''}{numbers.change(each.mean, each.low, each.high, lang, each.unit)}"


def _near(change: Estimate, value: float, figure: Explained, lang: str) -> str:
    """A number with as many digits as the part beside it has, or as the whole difference where that has no width."""
    width = change.high - change.low
    half = (width if width > 0 else 0.01 * abs(figure.total.mean)) / 2
    text = numbers.rounded(value, value - half, value + half, lang, numbers.unit_of_change(change.unit))
    return f"+{text}" if value > 0 and any(char in "123456789" for char in text) else text


def _beside(figure: Explained, value: float, lang: str) -> str:
    half = max(figure.total.high - figure.total.low, 0.02 * abs(figure.base)) / 2
    return numbers.rounded(value, value - half, value + half, lang, figure.total.unit)


def together_sentences(figure: Explained, lang: str) -> tuple[str, ...]:
    """Causes that do nothing alone, or nothing more once the others are there: the interplay that a split hides."""
    greatest = max((abs(part.change.mean) for part in figure.parts), default=0.0)
    said = []
    for part in figure.parts:
        size = abs(part.change.mean)
        if size == 0 or size < MATTERS * greatest:
            continue
        little = [abs(value) < LITTLE * size for value in (part.alone, part.last)]
        if little[0] != little[1]:
            values = {"alone": part.alone, "last": part.last}
            shown = {name: _near(part.change, value, figure, lang) for name, value in values.items()}
            key = "explain.together" if little[0] else "explain.covered"
            said.append(say(key, lang, cause=cause_name(part.cause, lang), **shown))
    return tuple(said)


# --- page and folder ---------------------------------------------------------------------------------------------


def explanation_paper(found: Explanation, lang: str) -> Paper:
    """The page: the answer, one section for each figure, then the causes."""
    sections = [
        Section(
            measure_name(figure.key, lang),
            paragraphs=together_sentences(figure, lang),
            figures=(Picture(picture_name(figure), _label(figure, lang)),),
            tables=(figure_table(found, figure, lang),),
        )
        for figure in found.figures
    ]
    sections.append(Section(say("explain.page.heading.keys", lang), tables=(keys_table(found, lang),)))
    lead = tuple(_lead(found, figure, lang) for figure in found.figures[:2])
    counts = {"worlds": numbers.number(found.worlds, lang), "replications": numbers.number(found.replications, lang)}
    sure = say("explain.page.sure.order", lang), say("explain.page.sure.worlds", lang, **counts)
    manifests = [(found.base[0], found.manifests["base"]), (found.plan[0], found.manifests["plan"])]
    return Paper(say("explain.page.title", lang), lead, tuple(sections), answer_facts(manifests, lang), sure)


def picture_name(figure: Explained) -> str:
    """The name of a figure's drawing."""
    where = [each for each in (figure.key.channel, figure.key.site) if each != ALL]
    return "-".join(["parts", figure.key.measure, *where]).replace("_", "-").replace(" ", "-")


def _label(figure: Explained, lang: str) -> str:
    return say("explain.figure.label", lang, measure=measure_name(figure.key, lang))


def _lead(found: Explanation, figure: Explained, lang: str) -> str:
    parts = [
        say("explain.page.part", lang, cause=cause_name(part.cause, lang).lower(), part=_signed(part.change, lang))
        for part in figure.parts
    ]
    told = {"measure": measure_name(figure.key, lang), "difference": _signed(figure.total, lang)}
    return say("explain.page.lead", lang, **told, plan=found.plan[1], base=found.base[1], parts="; ".join(parts))


def explanation_sheets(found: Explanation, lang: str) -> tuple[Sheet, ...]:
    """The parts for Excel, one sheet for each figure, with a sum that Excel computes again."""
    return tuple(_sheet(figure, lang) for figure in found.figures)


def _sheet(figure: Explained, lang: str) -> Sheet:
    unit = figure.total.unit.partition("/")[0]
    kind = {"NOK": "nok", "share": "share", "hours": "hours"}.get(unit, "decimal")
    names = ("part", "low", "high", "alone", "last", "lowest", "highest")
    heads = [say(f"explain.column.{name}", lang) if name not in ("low", "high") else _ends(name) for name in names]
    columns = (SheetColumn(say("explain.column.cause", lang)), *(SheetColumn(head, kind) for head in heads))
    rows: list[tuple[Any, ...]] = [
        (cause_name(part.cause, lang), *_range(part.change), part.alone, part.last, part.lowest, part.highest)
        for part in figure.parts
    ]
    whole = Formula(f"=SUM(B2:B{len(rows) + 1})", figure.total.mean)
    total = (say("explain.total", lang), whole, figure.total.low, figure.total.high, None, None, None, None)
    return Sheet(measure_name(figure.key, lang), columns, (*rows, total), (), frozenset({len(rows)}))


def _ends(name: str) -> str:
    return "5 %" if name == "low" else "95 %"


def _range(each: Estimate) -> tuple[float, float, float]:
    return each.mean, each.low, each.high


def explanation_csv(found: Explanation) -> dict[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]]:
    """The parts for programs."""
    columns = (
        "measure",
        "channel",
        "site",
        "cause",
        "part",
        "low",
        "high",
        "noise",
        "alone",
        "last",
        "lowest",
        "highest",
    )
    rows = [
        (
            *(figure.key.measure, figure.key.channel, figure.key.site, part.cause),
            *_range(part.change),
            *(part.change.noise, part.alone, part.last, part.lowest, part.highest, figure.total.unit),
        )
        for figure in found.figures
        for part in figure.parts
    ]
    return {"parts": ((*columns, "unit"), rows)}
