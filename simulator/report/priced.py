"""What plans cost, in words: the sheet of each roster, what it is made of, what is had for it, and the named sum.

Tables for terminal, page and folder; nothing here computes a figure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from simulator.report import numbers
from simulator.report.page import Paper, Section
from simulator.report.tables import Column, Table, channel_name
from simulator.report.workbook import Formula, Sheet, SheetColumn
from simulator.scenario.calendar import HOUR_MS
from simulator.service.cost import ANSWER_GROUPS, KINDS, PARTS, Amounts, CostSheet, Line, person_years, rates_nok
from simulator.study.cost_named import NamedSum
from simulator.study.estimates import Estimate
from simulator.study.price import Extra, Price, Priced, Ratio
from simulator.words import say

PER = ("nok_per_person_reached", "nok_per_answered_all", "nok_per_answered_by_roster")
"""Costs of one that are shown."""
SHOWN = ("cost_nok", "persons_reached", "answered_all", "answered_by_roster")
"""Totals that are shown."""
EXTRA = ("nok_per_extra_person", "persons_per_million_nok")


# --- tables ------------------------------------------------------------------------------------------------------


def price_tables(found: Price, lang: str) -> tuple[Table, ...]:
    """All that the terminal shows: rosters, what they cost, differences, and the named sum."""
    sheets = [table for plan in found.plans for table in (sheet_table(plan, lang), parts_table(plan, lang))]
    figures = [figures_table(plan, lang) for plan in found.plans]
    extra = [extra_table(found, each, lang) for each in found.extras]
    named = [table for plan in found.plans if plan.named for table in named_tables(plan.title, plan.named, lang)]
    return (*_noted_once(sheets), *_noted_once(figures), *_noted_once(extra), *named)


def _noted_once(tables: Sequence[Table]) -> list[Table]:
    """Tables with each note once, under the first that has it."""
    seen: set[str] = set()
    shown: list[Table] = []
    for table in tables:
        shown.append(replace(table, note="") if table.note in seen else table)
        seen.add(table.note)
    return shown


def sheet_table(plan: Priced, lang: str) -> Table:
    """The roster, shift by shift, with sums by what people answer where they answer different things."""
    sheet = plan.sheet
    rows = [_line(line, sheet, lang) for line in sheet.lines]
    groups = [name for name in ANSWER_GROUPS if any(line.group == name for line in sheet.lines)]
    for name in groups if len(groups) > 1 else ():
        head = say("cost.groups", lang, group=say(f"cost.group.{name}", lang))
        rows.append((head, "", "", *_amounts(sheet.group(name), sheet, lang)))
    most = say("cost.most_at_once", lang, count=numbers.number(sheet.most_at_once, lang))
    rows.append((say("cost.whole", lang), "", most, *_amounts(sheet.whole, sheet, lang)))
    heads = ("shift", "answers", "people", "hours", "years", "nok")
    columns = tuple(
        Column(say(f"cost.column.{name}", lang), is_figure=name not in ("shift", "answers")) for name in heads
    )
    note = say("cost.sheet.note", lang)
    return Table(say("cost.sheet.caption", lang, title=plan.title), columns, tuple(rows), note)


def _line(line: Line, sheet: CostSheet, lang: str) -> tuple[str, ...]:
    answers = ", ".join(channel_name(name, lang).lower() for name in line.answers)
    return (line.shift, answers, numbers.number(line.people, lang), *_amounts(line.amounts, sheet, lang))


def _amounts(amounts: Amounts, sheet: CostSheet, lang: str) -> tuple[str, str, str]:
    before, after = (numbers.number(each, lang, 1) for each in person_years(amounts, sheet.pay))
    years = after if before == after else f"{after} ({before})"
    return numbers.number(amounts.hours, lang), years, numbers.number(amounts.nok, lang)


def parts_table(plan: Priced, lang: str) -> Table:
    """What the whole cost is made of."""
    whole = plan.sheet.whole
    shown = [(say(f"cost.part.{part}", lang), whole.part_nok(part)) for part in PARTS if whole.part_nok(part)]
    shown.append((say("cost.part.sum", lang), whole.nok))
    if whole.break_ms:
        hours = numbers.number(whole.break_ms / HOUR_MS, lang)
        shown.append((say("cost.part.breaks_hours", lang, hours=hours), whole.break_ore / 100))
    rows = tuple(
        (name, numbers.number(nok, lang), numbers.percent(nok / whole.nok, lang, 1) if whole.nok else numbers.MISSING)
        for name, nok in shown
    )
    caption = say("cost.parts.caption", lang, title=plan.title)
    return Table(caption, _columns(("part", "nok", "share"), lang), rows, say("cost.parts.note", lang))


def kinds_table(plan: Priced, lang: str) -> Table:
    """Hours by kind, and what one person costs in an hour of that kind."""
    whole = plan.sheet.whole
    rates = [float(sum(column)) for column in zip(*rates_nok(plan.sheet.pay).values(), strict=True)]
    rows = tuple(
        (_kind(*kind, lang), numbers.number(whole.hours_of(*kind), lang, 1), numbers.number(rate, lang, 1))
        for kind, rate in zip(KINDS, rates, strict=True)
    )
    caption = say("cost.kinds.caption", lang, title=plan.title)
    return Table(caption, _columns(("kind", "hours", "rate"), lang), rows, say("cost.kinds.note", lang))


def _kind(day: str, time: str, lang: str) -> str:
    return say("cost.kind", lang, day=say(f"cost.day.{day}", lang), time=say(f"cost.time.{time}", lang))


def figures_table(plan: Priced, lang: str) -> Table:
    """Cost and answers of a year, and the cost of each one answered or reached."""
    rows = tuple((say(f"cost.figure.{name}", lang), _interval(plan.figures[name], lang)) for name in (*SHOWN, *PER))
    note = say(f"cost.price.note.{'worlds' if plan.manifest['worlds'] > 1 else 'one'}", lang)
    caption = say("cost.price.caption", lang, title=plan.title)
    return Table(caption, _columns(("figure", "year"), lang), rows, note)


def _interval(each: Estimate, lang: str) -> str:
    return numbers.interval(each.mean, each.low, each.high, lang, each.unit)


def extra_table(found: Price, each: Extra, lang: str) -> Table:
    """What a plan costs and gives beside the base, and what each one more costs."""
    sides = [found.plan(name).figures for name in (str(found.against), each.plan)]
    rows = []
    for name in SHOWN:
        change = each.changes[name]
        half = max(change.high - change.low, 0.02 * abs(sides[0][name].mean)) / 2
        known = [numbers.rounded(x.mean, x.mean - half, x.mean + half, lang, x.unit) for x in (s[name] for s in sides)]
        rows.append((say(f"cost.figure.{name}", lang), *known, _interval(change, lang)))
    rows += [(say(f"cost.extra.{name}", lang), "", "", _ratio(each.ratios[name], lang)) for name in EXTRA]
    note = say("cost.extra.note", lang)
    if not each.same_demand:
        note += " " + say("cost.extra.other_demand", lang, plan=found.plan(each.plan).title)
    titles = {"plan": found.plan(each.plan).title, "base": found.plan(str(found.against)).title}
    heads = _columns(("figure", "base", "plan", "difference"), lang)
    return Table(say("cost.extra.caption", lang, **titles), heads, tuple(rows), note)


def _ratio(each: Ratio, lang: str) -> str:
    return say(f"cost.why.{each.reason}", lang) if each.estimate is None else _interval(each.estimate, lang)


def named_tables(title: str, named: NamedSum, lang: str) -> tuple[Table, ...]:
    """The way from the roster's cost to the sum that was named, and what else would move the cost."""
    rows = [(say("cost.named.roster", lang), _nok(named.roster_nok, lang), "", "")]
    rows += [_step(each.name, each.nok, each.status, each.evidence, lang) for each in named.steps]
    rows.append((say("cost.named.left", lang), _signed(named.left_nok, lang), "", ""))
    rows.append(
        (say("cost.named.sum", lang), _nok(named.named_nok, lang), say("status.derived", lang), "grant-2023-planned")
    )
    heads = [say("cost.named.column.step", lang), say("cost.column.nok", lang)]
    heads += [say("cost.named.column.status", lang), say("cost.named.column.evidence", lang)]
    columns = tuple(Column(head, is_figure=place == 1) for place, head in enumerate(heads))
    caption = say("cost.named.caption", lang, title=title, named=numbers.kroner(named.named_nok, lang))
    notes = " ".join([*named_sentences(named, lang), say("cost.named.note", lang)])
    alone = tuple(_step(each.name, each.nok, each.status, each.evidence, lang) for each in named.alone)
    other = say("cost.named.alone.caption", lang, title=title)
    way = Table(caption, columns, tuple(rows), notes)
    return (way, Table(other, columns, alone, say("cost.named.alone.note", lang))) if alone else (way,)


def _step(name: str, nok: float, status: str, ids: tuple[str, ...], lang: str) -> tuple[str, str, str, str]:
    return say(f"cost.named.step.{name}", lang), _signed(nok, lang), say(f"status.{status}", lang), ", ".join(ids)


def _nok(value: float, lang: str) -> str:
    return numbers.number(value, lang)


def _signed(value: float, lang: str) -> str:
    return f"{'+' if value > 0 else ''}{numbers.number(value, lang)}"


def named_sentences(named: NamedSum, lang: str) -> tuple[str, ...]:
    """What the sum says of the assumed roster, and what cannot be told."""
    apart = named.roster_nok - named.named_nok
    shown = {"difference": numbers.kroner(abs(apart), lang), "named": numbers.kroner(named.named_nok, lang)}
    share = numbers.percent(abs(apart) / named.named_nok, lang)
    seats = {name: numbers.number(each, lang, 1) for name, each in named.seats.items()}
    seats["roster"] = numbers.as_written(round(named.seats["roster"], 2), lang)
    said = [say(f"cost.named.{'dearer' if apart > 0 else 'cheaper'}", lang, **shown, share=share)]
    if len(seats) > 1:
        said.append(say("cost.named.seats", lang, **seats))
    low, _, high = named.worlds_nok
    if low == low:
        share = numbers.percent(named.share_of_worlds_within, lang)
        said.append(say("cost.named.worlds", lang, span=numbers.year_span(low, high, lang, "NOK/year"), share=share))
    left = numbers.kroner(abs(named.left_nok), lang)
    if apart > 0:
        said.append(say(f"cost.named.says.{'short' if named.left_nok < 0 else 'room'}", lang, left=left))
    return (*said, say("cost.named.unknown", lang))


def _columns(heads: tuple[str, ...], lang: str) -> tuple[Column, ...]:
    return tuple(Column(say(f"cost.column.{name}", lang), is_figure=place > 0) for place, name in enumerate(heads))


# --- page and folder ---------------------------------------------------------------------------------------------


def price_paper(found: Price, lang: str) -> Paper:
    """The page: the answer, then what is had for it, then every roster, then the named sum."""
    prices = _noted_once([figures_table(plan, lang) for plan in found.plans])
    sections = [Section(say("cost.page.heading.price", lang), tables=tuple(prices))]
    if found.extras:
        extras = _noted_once([extra_table(found, each, lang) for each in found.extras])
        sections.append(Section(say("cost.page.heading.extra", lang), tables=tuple(extras)))
    for plan in found.plans:
        tables = (sheet_table(plan, lang), parts_table(plan, lang), kinds_table(plan, lang))
        sections.append(Section(say("cost.page.heading.sheet", lang, title=plan.title), tables=tables))
        if plan.named:
            head = say("cost.page.heading.named", lang, title=plan.title)
            sections.append(Section(head, tables=named_tables(plan.title, plan.named, lang)))
    lead = tuple(_lead(found, lang))
    title = say("cost.page.title", lang)
    facts = answer_facts([(plan.name, plan.manifest) for plan in found.plans], lang)
    return Paper(title, lead, tuple(sections), facts, (say("cost.page.sure.worlds", lang),))


def _lead(found: Price, lang: str) -> list[str]:
    said = []
    for plan in found.plans:
        shown = {"cost": _interval(plan.figures["cost_nok"], lang)}
        shown["each"] = _interval(plan.figures["nok_per_person_reached"], lang)
        said.append(say("cost.page.lead.cost", lang, title=plan.title, **shown))
    for each in found.extras:
        cost, gain = (_interval(each.changes[name], lang) for name in ("cost_nok", "persons_reached"))
        ratio = _ratio(each.ratios["nok_per_extra_person"], lang)
        told = each.ratios["nok_per_extra_person"].estimate is not None
        titles = {"plan": found.plan(each.plan).title, "base": found.plan(str(found.against)).title}
        values = {**titles, "cost": cost, "gain": gain}
        key = "cost.page.lead.extra" if told else "cost.page.lead.extra_untold"
        said.append(say(key, lang, **values, ratio=ratio, why=ratio))
    return said


def answer_facts(manifests: Sequence[tuple[str, Mapping[str, Any]]], lang: str) -> tuple[tuple[str, str], ...]:
    """What an answer was made of: scenarios with fingerprints, then what they share."""
    rows = [(say("answer.fact.scenario", lang), f"{name} ({made['scenario_fingerprint']})") for name, made in manifests]
    _, made = manifests[0]
    for name in ("worlds", "replications", "seed", "version"):
        rows.append((say(f"answer.fact.{name}", lang), str(made[name])))
    return tuple(rows)


def price_sheets(found: Price, lang: str) -> tuple[Sheet, ...]:
    """The rosters for Excel, with sums that Excel computes again."""
    return tuple(_sheet(plan, lang) for plan in found.plans)


def _sheet(plan: Priced, lang: str) -> Sheet:
    text = [say(f"cost.column.{name}", lang) for name in ("shift", "answers")]
    counts = [(say("cost.column.people", lang), "count"), (say("cost.column.years", lang), "decimal")]
    hours = [(_kind(*kind, lang), "hours") for kind in KINDS]
    amounts = [(say(f"cost.part.{part}", lang), "nok") for part in (*PARTS, "sum", "breaks")]
    columns = tuple(
        SheetColumn(head, kind) for head, kind in [*((each, "text") for each in text), *counts, *hours, *amounts]
    )
    rows = [_excel_row(line, plan.sheet, place + 2) for place, line in enumerate(plan.sheet.lines)]
    whole = plan.sheet.whole
    sums = [_sum_of(place, len(rows)) for place in range(2, len(columns))]
    values = [sum(line.people for line in plan.sheet.lines), person_years(whole, plan.sheet.pay)[1]]
    values += [whole.hours_of(*kind) for kind in KINDS]
    values += [*(whole.part_nok(part) for part in PARTS), whole.nok, whole.break_ore / 100]
    total = (say("cost.whole", lang), "", *(Formula(sum_, value) for sum_, value in zip(sums, values, strict=True)))
    notes = (say("cost.sheet.note", lang), say("cost.kinds.note", lang))
    return Sheet(plan.title, columns, (*rows, total), notes, frozenset({len(rows)}))


def _excel_row(line: Line, sheet: CostSheet, row: int) -> tuple[Any, ...]:
    each = line.amounts
    first = 4 + len(KINDS)
    parts = f"{_letters(first)}{row}:{_letters(first + len(PARTS) - 1)}{row}"
    return (
        line.shift,
        ", ".join(line.answers),
        line.people,
        person_years(each, sheet.pay)[1],
        *(each.hours_of(*kind) for kind in KINDS),
        *(each.part_nok(part) for part in PARTS),
        Formula(f"=SUM({parts})", each.nok),
        each.break_ore / 100,
    )


def _sum_of(place: int, rows: int) -> str:
    return f"=SUM({_letters(place)}2:{_letters(place)}{rows + 1})" if rows else "=0"


def _letters(place: int) -> str:
    """The letters of a column, the first being 0: A to Z, then AA."""
    before, last = divmod(place, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)


def price_csv(found: Price) -> dict[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]]:
    """Tables for programs, by name: the lines of every roster, and all figures with their intervals."""
    hours = tuple(f"hours {day}/{time}" for day, time in KINDS)
    head = ("scenario", "site", "shift", "answers", "people", *hours, *(f"nok {part}" for part in PARTS), "nok")
    lines = [
        (
            *(plan.name, line.site, line.shift, ", ".join(line.answers), line.people),
            *(line.amounts.hours_of(*kind) for kind in KINDS),
            *(line.amounts.part_nok(part) for part in PARTS),
            line.amounts.nok,
        )
        for plan in found.plans
        for line in plan.sheet.lines
    ]
    figures = [(plan.name, "", name, *_numbers(each)) for plan in found.plans for name, each in plan.figures.items()]
    for extra in found.extras:
        told = {name: ratio.estimate for name, ratio in extra.ratios.items() if ratio.estimate is not None}
        changes = {**extra.changes, **told}
        figures += [(extra.plan, found.against or "", name, *_numbers(each)) for name, each in changes.items()]
    columns = ("scenario", "against", "figure", "mean", "low", "high", "noise", "unit")
    return {"roster": (head, lines), "figures": (columns, figures)}


def _numbers(each: Estimate) -> tuple[Any, ...]:
    return each.mean, each.low, each.high, each.noise, each.unit
