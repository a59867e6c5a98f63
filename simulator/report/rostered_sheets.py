"""A roster for Excel: the turnus with codes, shifts, cover, rules and hours per person; sums are live formulas."""

from itertools import pairwise
from typing import Any

from simulator.report import numbers
from simulator.report.rostered import binds, break_of, clock, full_week_h, hours_of, rule_sentence, shifts_by_code
from simulator.report.workbook import Formula, Sheet, SheetColumn
from simulator.scenario.schedule import MINUTES_PER_DAY, WEEKDAYS
from simulator.study.rostering.answer import Roster
from simulator.study.rostering.shifts import Prices
from simulator.study.staffing.requirement import WEEK_MIN
from simulator.words import say


def roster_sheets(found: Roster, lang: str) -> tuple[Sheet, ...]:
    """The workbook; without a roster only the rules."""
    if not found.lines:
        return (_rules(found, lang),)
    whole = (_lines(found, lang), _shifts(found, lang), _cover(found, lang), _rules(found, lang), _persons(found, lang))
    return whole


def letters(place: int) -> str:
    """The letters of a column of Excel, the first being 0: A to Z, then AA."""
    before, last = divmod(place, 26)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)


def _head(name: str, lang: str, kind: str = "text") -> SheetColumn:
    return SheetColumn(say(f"roster.column.{name}", lang), kind)


def _title(name: str, lang: str) -> str:
    return say(f"roster.sheet.{name}", lang)


def _lines(found: Roster, lang: str) -> Sheet:
    """People by days of their line; who comes to the end of it begins anew."""
    longest = max(map(len, found.lines))
    days = [(week, name) for week in range(1, longest + 1) for name in WEEKDAYS]
    heads = [
        SheetColumn(say("roster.sheet.week_day", lang, week=week, day=numbers.weekday(name, lang)))
        for week, name in days
    ]
    rows: list[tuple[Any, ...]] = []
    for number, (team, first) in enumerate(found.persons(), 1):
        weeks = found.weeks_of(team, first)
        cells: list[str | None] = [(found.codes[shift] if shift else "") for week in weeks for shift in week]
        cells += [None] * (7 * longest - len(cells))
        rows.append((say("roster.person", lang, number=number), team + 1, *cells))
    columns = (_head("person", lang), _head("team", lang, "count"), *heads)
    codes = [f"{code}: {clock(shift, lang)}" for code, shift, _ in shifts_by_code(found)]
    return Sheet(_title("lines", lang), columns, tuple(rows), (say("roster.lines.note", lang), ", ".join(codes)))


def _shifts(found: Roster, lang: str) -> Sheet:
    """The codes, with hours and cost; people by day, and sums that Excel computes."""
    prices = Prices.of(found.scenario)
    names = ["code", "clock", "day", "hours", "break", "cost", "people", "hours_all", "cost_all"]
    kinds = ["text", "text", "text", "hours", "text", "nok", "count", "hours", "nok"]
    if not found.in_nok:
        kinds = [kind if kind != "nok" else "hours" for kind in kinds]
    rows: list[tuple[Any, ...]] = []
    for row, shift in enumerate(sorted(found.worked), 2):
        people, hours, cost = found.worked[shift], shift.length_min / 60, round(prices.of_shift(shift), 2)
        day = numbers.weekday(WEEKDAYS[shift.day], lang)
        shown = (found.codes[shift], clock(shift, lang), day, hours, break_of(shift, found, lang), cost, people)
        products = Formula(f"=D{row}*G{row}", hours * people), Formula(f"=F{row}*G{row}", cost * people)
        rows.append((*shown, *products))
    total = [sum(float(getattr(row[place], "value", row[place])) for row in rows) for place in (6, 7, 8)]
    sums = [Formula(f"=SUM({each}2:{each}{len(rows) + 1})", value) for each, value in zip("GHI", total, strict=True)]
    rows.append((say("roster.sum", lang), "", "", None, "", None, *sums))
    columns = tuple(_head(name, lang, kind) for name, kind in zip(names, kinds, strict=True))
    notes = (say("roster.shifts.note", lang), say("roster.sheet.cost_note", lang))
    return Sheet(_title("shifts", lang), columns, tuple(rows), notes, frozenset({len(rows) - 1}))


def cover_rows(found: Roster) -> list[tuple[int, int, int, int]]:
    """Spans of the week in which need and cover stay the same: start and end (minutes), needed, on duty."""
    need, on_duty = [0] * WEEK_MIN, [0] * WEEK_MIN
    for slot, level in enumerate(found.need.levels.tolist()):
        start = found.need.slot_start_min(slot)
        for minute in range(start, start + found.need.step_min):
            need[minute % WEEK_MIN] = level
    for shift, count in found.worked.items():
        for minute in range(shift.start_min, shift.end_min):
            on_duty[minute % WEEK_MIN] += count
    both = list(zip(need, on_duty, strict=True))
    edges = [0] + [i for i in range(1, WEEK_MIN) if both[i] != both[i - 1] or i % MINUTES_PER_DAY == 0] + [WEEK_MIN]
    return [(start, end, *both[start]) for start, end in pairwise(edges)]


def _cover(found: Roster, lang: str) -> Sheet:
    rows: list[tuple[Any, ...]] = []
    for row, (start, end, needed, on_duty) in enumerate(cover_rows(found), 2):
        day = numbers.weekday(WEEKDAYS[start // MINUTES_PER_DAY], lang)
        clocks = (
            f"{minute // 60:02d}:{minute % 60:02d}" for minute in (start % MINUTES_PER_DAY, end % MINUTES_PER_DAY)
        )
        span = say("roster.clock", lang, **dict(zip(("start", "end"), clocks, strict=True)))
        over = Formula(f"=E{row}-D{row}", on_duty - needed)
        rows.append((day, span, (end - start) / 60, needed, on_duty, over))
    names = ("day", "clock", "hours", "need", "on_duty", "over")
    kinds = ("text", "text", "hours", "count", "count", "count")
    columns = tuple(_head(name, lang, kind) for name, kind in zip(names, kinds, strict=True))
    return Sheet(_title("cover", lang), columns, tuple(rows), (say("roster.cover.note", lang),))


def _rules(found: Roster, lang: str) -> Sheet:
    told = {each.rule: binds(each, found, lang) for each in found.binding}
    rows = tuple(
        (
            rule_sentence(rule, lang),
            say(f"roster.by.{rule.by}", lang),
            say(f"status.{rule.status}", lang),
            ", ".join(rule.evidence),
            told.get(rule.key, ""),
        )
        for rule in found.rules
    )
    columns = tuple(_head(name, lang) for name in ("says", "by", "status", "source", "binds"))
    return Sheet(_title("rules", lang), columns, rows, (say("roster.rules.note", lang),))


def _persons(found: Roster, lang: str) -> Sheet:
    """Hours of each person, counted by Excel from the hours of the line and its weeks."""
    rows: list[tuple[Any, ...]] = []
    week_h = full_week_h(found)
    for number, (team, first) in enumerate(found.persons(), 1):
        line, row = found.weeks_of(team, first), number + 1
        nights = sum(shift.is_night for week in line for shift in week if shift)
        sundays = sum(any(shift.on_sunday for shift in week if shift) for week in line)
        hours, weeks = hours_of(line), len(line)
        mean = Formula(f"=C{row}/D{row}", hours / weeks)
        post = Formula(f"=E{row}/{week_h:g}", hours / weeks / week_h)
        fullest = max(hours_of((week,)) for week in line)
        person = say("roster.person", lang, number=number)
        rows.append((person, team + 1, hours, weeks, mean, fullest, nights / weeks, sundays / weeks, post))
    names = ("person", "team", "cycle_hours", "cycle_weeks", "hours_week", "fullest", "nights", "sundays", "post")
    kinds = ("text", "count", "hours", "count", "hours", "hours", "hours", "hours", "share")
    total = sum(hours_of(line) for line in found.lines)  # in a week all weeks of all lines are worked once
    last = len(rows) + 1
    posts = Formula(f"=SUM(I2:I{last})", total / week_h)
    sums = (say("roster.sum", lang), None, None, None, Formula(f"=SUM(E2:E{last})", total), None, None, None, posts)
    columns = tuple(_head(name, lang, kind) for name, kind in zip(names, kinds, strict=True))
    note = say("roster.persons.note", lang, week=numbers.as_written(week_h, lang))
    return Sheet(_title("persons", lang), columns, (*rows, sums), (note,), frozenset({len(rows)}))


def roster_csv(found: Roster) -> dict[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]]:
    """Tables for programs, by name."""
    rules = [(rule.key, rule.by, rule.status, str(dict(rule.numbers)), ",".join(rule.evidence)) for rule in found.rules]
    tables: dict[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]] = {
        "rules": (("rule", "by", "status", "numbers", "evidence"), rules)
    }
    if not found.lines:
        return tables
    duties = [
        (number, team + 1, week, day, found.codes[shift], shift.clock_min, shift.length_min)
        for number, (team, first) in enumerate(found.persons(), 1)
        for week, days in enumerate(found.weeks_of(team, first), 1)
        for day, shift in zip(WEEKDAYS, days, strict=True)
        if shift is not None
    ]
    heads = ("person", "team", "week", "day", "code", "start_min", "length_min")
    cover = [(start, end, need, on_duty) for start, end, need, on_duty in cover_rows(found)]
    return {**tables, "duties": (heads, duties), "cover": (("start_min", "end_min", "needed", "on_duty"), cover)}
