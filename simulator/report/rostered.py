"""A roster in words: who works when, what binds, what it costs, or why there is none; for terminal and page."""

from collections.abc import Iterator

from simulator.report import numbers
from simulator.report.page import Paper, Picture, Section
from simulator.report.tables import Column, Table, channel_name
from simulator.scenario.schedule import WEEKDAYS
from simulator.study.rostering.answer import Back, Roster
from simulator.study.rostering.reasons import Binding, Conflict, WayOut
from simulator.study.rostering.rules import OFF, Rule, kinds, rule_of
from simulator.study.rostering.searching import Weeks
from simulator.study.rostering.shifts import Shift
from simulator.words import say

FIGURE = "need-and-cover"
_DAY_MIN = 1440
_PART_TIME = 0.9
"""Lines that fill less of a post than this on average are spoken of as part-time."""


# --- sentences ---------------------------------------------------------------------------------------------------


def lead(found: Roster, lang: str) -> tuple[str, ...]:
    """The answer, sentence by sentence."""
    return tuple(_lead_found(found, lang)) if found.lines else conflict_sentences(found, lang)


def _lead_found(found: Roster, lang: str) -> Iterator[str]:
    hours = _hours_a_week(found)
    shown = {"hours": _plain(hours, lang), "needed": _plain(found.need.hours_per_week, lang)}
    yield say("roster.lead.found", lang, people=counted(found.people, lang), **shown)
    year = found.year
    if year is not None and year.cost_nok is not None and year.posts is not None and year.posts_on_duty is not None:
        posts = {"posts": numbers.number(year.posts, lang, 1), "on_duty": numbers.number(year.posts_on_duty, lang, 1)}
        week, whole = (numbers.kroner(each, lang, 2) for each in (found.cost_a_week, year.cost_nok))
        yield say("roster.lead.cost", lang, week=week, year=whole, **posts)
    else:
        yield say("roster.lead.no_pay", lang)
    gap = numbers.percent(max(found.gap_share, 1e-4), lang, 2)
    yield say("roster.lead.together" if found.together else "roster.lead.best", lang, gap=gap)
    for step in found.ladder:
        if step.people == found.people - 1 and step.cost_a_week != step.cost_a_week:
            yield say(
                f"roster.lead.fewer_{'proven' if step.proven else 'not_found'}", lang, people=counted(step.people, lang)
            )
    week_h = full_week_h(found)
    share = hours / found.people / week_h
    if share < _PART_TIME:
        yield say("roster.lead.part_time", lang, share=numbers.percent(share, lang), week=_plain(week_h, lang))


def counted(people: int, lang: str) -> str:
    """A number of people in words."""
    return say(f"roster.count.{'one' if people == 1 else 'more'}", lang, count=people)


def conflict_sentences(found: Roster, lang: str) -> tuple[str, ...]:
    """Why there is no roster, and what would do."""
    why = found.conflict
    if why is None:
        return (say("roster.impossible.not_proven", lang),)
    key = "people" if why.people else "any"
    said = [say(f"roster.impossible.{key}", lang, people=counted(why.people, lang)), *_together(found, why, lang)]
    said.append(say("roster.impossible.always", lang, weeks=found.weeks))
    if not why.proven:
        said.append(say("roster.impossible.not_proven", lang))
    said += [_way(each, lang) for each in why.ways_out] or [say("roster.way.none", lang)]
    return tuple(said)


def _together(found: Roster, why: Conflict, lang: str) -> Iterator[str]:
    rules = (found.rules.get(key) for key in why.rules)
    yield from (f"{rule_sentence(rule, lang)}." for rule in rules if rule is not None)
    names = ", ".join(numbers.weekday(WEEKDAYS[day], lang) for day in why.days)
    days = say(f"roster.impossible.days.{'all' if len(why.days) == 7 else 'some'}", lang, days=names)
    yield f"{say('roster.impossible.need', lang, most=counted(why.most_needed, lang), days=days)}."


def _way(way: WayOut, lang: str) -> str:
    if not way.rule:
        return say("roster.way.people", lang, people=counted(way.people, lang))
    name = say(f"roster.name.{way.rule}", lang)
    return say(
        "roster.way.rule",
        lang,
        people=counted(way.people, lang),
        rule=name,
        eased=eased_words(way.rule, way.eased, lang),
    )


def eased_words(rule: str, eased: str, lang: str) -> str:
    """What a rule is eased to."""
    if eased == OFF:
        return say("roster.eased.off", lang)
    return say("roster.eased.to", lang, sentence=rule_sentence(rule_of(kinds()[rule], eased), lang))


def rule_sentence(rule: Rule, lang: str) -> str:
    """What a rule says, with its numbers."""
    key = f"roster.rule.{rule.key}"
    if rule.key == "sundays" and "rest_every_weeks" in rule.numbers:
        key += ".averaged"
    elif rule.key == "sundays" and rule["most"] != 1:
        key += ".counted"
    return say(key, lang, **{name: _plain(value, lang) for name, value in rule.numbers.items()})


def sure(found: Roster, lang: str) -> tuple[str, ...]:
    """How sure we are."""
    assumed = [say(f"roster.name.{rule.key}", lang) for rule in found.rules if rule.status == "assumed"]
    said = [say("roster.sure.rules", lang), say("roster.sure.starts", lang, weeks=found.weeks)]
    return (*said, *([say("roster.sure.assumed", lang, rules=", ".join(assumed))] if assumed else []))


def _plain(value: float, lang: str) -> str:
    return numbers.as_written(round(value, 2), lang)


def _hours_a_week(found: Roster) -> float:
    return sum(shift.length_min * count for shift, count in found.worked.items()) / 60


def full_week_h(found: Roster) -> float:
    """Hours a week of a full post."""
    rule = found.rules.get("hours_a_week") or rule_of(kinds()["hours_a_week"], "rota")
    return rule["mean_h"]


# --- tables ------------------------------------------------------------------------------------------------------


def roster_tables(found: Roster, lang: str) -> tuple[Table, ...]:
    """All that the terminal shows."""
    if not found.lines:
        return (rules_table(found, lang), people_table(found, lang))
    back = (back_table(found, lang),) if found.back else ()
    tables = (shifts_table(found, lang), *lines_tables(found, lang), persons_table(found, lang))
    return (*tables, rules_table(found, lang), people_table(found, lang), *back)


def shifts_table(found: Roster, lang: str) -> Table:
    """Codes of shifts, with the people on each by day."""
    rows = [
        (code, clock(shift, lang), _plain(shift.length_min / 60, lang), break_of(shift, found, lang), *days)
        for code, shift, days in shifts_by_code(found)
    ]
    heads = [
        Column(say(f"roster.column.{name}", lang), is_figure=False) for name in ("code", "clock", "hours", "break")
    ]
    days_heads = [Column(numbers.weekday(name, lang)) for name in WEEKDAYS]
    note = say("roster.shifts.note", lang)
    return Table(say("roster.shifts.caption", lang), (*heads, *days_heads), tuple(rows), note)


def shifts_by_code(found: Roster) -> Iterator[tuple[str, Shift, tuple[str, ...]]]:
    """Each code, one of its shifts, and the people on it by weekday."""
    codes, worked = found.codes, found.worked
    for code in sorted(set(codes.values()), key=lambda each: ("DAN".index(each[0]), int(each[1:]))):
        mine = sorted(shift for shift in codes if codes[shift] == code)
        by_day = {shift.day: worked[shift] for shift in mine}
        yield code, mine[0], tuple(str(by_day.get(day, "")) for day in range(7))


def clock(shift: Shift, lang: str) -> str:
    """When a shift begins and ends, such as ``16:15–22:45``."""
    start, end = (
        f"{minute // 60 % 24:02d}:{minute % 60:02d}" for minute in (shift.clock_min, shift.end_min % _DAY_MIN)
    )
    return say("roster.clock", lang, start=start, end=end)


def break_of(shift: Shift, found: Roster, lang: str) -> str:
    """The break that a shift must hold."""
    rule = found.rules.get("breaks")
    if rule is None or shift.length_min <= 60 * rule["one_over_h"]:
        return say("roster.break.none", lang)
    if shift.length_min < 8 * 60:
        return say("roster.break.one", lang)
    return say("roster.break.minutes", lang, minutes=_plain(rule["total_min"], lang))


def lines_tables(found: Roster, lang: str) -> tuple[Table, ...]:
    """The line of each team: a row for each of its weeks."""
    note = say("roster.lines.note", lang)
    tables = []
    for team, line in enumerate(found.lines, 1):
        rows = tuple(
            (str(week), *((found.codes[day] if day else "") for day in days), _plain(hours_of((days,)), lang))
            for week, days in enumerate(line, 1)
        )
        heads = [Column(say("roster.column.week", lang))]
        heads += [Column(numbers.weekday(name, lang), is_figure=False) for name in WEEKDAYS]
        heads.append(Column(say("roster.column.hours", lang)))
        caption = say("roster.lines.caption", lang, team=team, people=counted(len(line), lang))
        tables.append(Table(caption, tuple(heads), rows, note if team == len(found.lines) else ""))
    return tuple(tables)


def hours_of(line: Weeks) -> float:
    """Hours of all shifts of some weeks."""
    return sum(shift.length_min for week in line for shift in week if shift) / 60


def persons_table(found: Roster, lang: str) -> Table:
    """Hours, nights and Sundays of those on each line; all of a team have the same."""
    rows = []
    for team, line in enumerate(found.lines, 1):
        weeks = len(line)
        nights = sum(shift.is_night for week in line for shift in week if shift) / weeks
        sundays = sum(any(shift.on_sunday for shift in week if shift) for week in line) / weeks
        mean, fullest = hours_of(line) / weeks, max(hours_of((week,)) for week in line)
        shown = [numbers.number(each, lang, 1) for each in (mean, fullest, nights, sundays)]
        rows.append((str(team), str(weeks), *shown, numbers.percent(mean / full_week_h(found), lang)))
    names = ("team", "people", "hours_week", "fullest", "nights", "sundays", "post")
    note = say("roster.persons.note", lang, week=_plain(full_week_h(found), lang))
    return Table(say("roster.persons.caption", lang), _heads(names, lang, text=1), tuple(rows), note)


def rules_table(found: Roster, lang: str) -> Table:
    """Every rule that holds: what it says, on what basis, how firm, and whether it binds."""
    told = {each.rule: binds(each, found, lang) for each in found.binding}
    in_conflict = found.conflict.rules if found.conflict else ()
    rows = tuple(
        (
            rule_sentence(rule, lang),
            say(f"roster.by.{rule.by}", lang),
            say(f"status.{rule.status}", lang),
            told.get(rule.key, "×" if rule.key in in_conflict else ""),
        )
        for rule in found.rules
    )
    heads = _heads(("says", "by", "status", "binds"), lang, text=4)
    return Table(say("roster.rules.caption", lang), heads, rows, say("roster.rules.note", lang))


def binds(each: Binding, found: Roster, lang: str) -> str:
    """What easing a rule would give."""
    gains = []
    if each.people_fewer:
        key = "one" if each.people_fewer == 1 else "more"
        gains.append(say(f"roster.binds.people.{key}", lang, count=each.people_fewer))
    if each.nok_a_week:
        gains.append(say("roster.binds.nok", lang, nok=_amount(each.nok_a_week, found, lang)))
    eased = eased_words(each.rule, each.eased, lang)
    return say("roster.binds.with", lang, gain=", ".join(gains), eased=eased)


def _amount(value: float, found: Roster, lang: str) -> str:
    if found.in_nok:
        return numbers.kroner(value, lang, 2)
    return say("roster.hours_cost", lang, hours=numbers.number(value, lang, 1))


def people_table(found: Roster, lang: str) -> Table:
    """What fewer and more people would cost."""
    rows = []
    for step in found.ladder:
        if step.cost_a_week == step.cost_a_week:
            cost = _amount(step.cost_a_week, found, lang)
        else:
            cost = say(f"roster.people.{'impossible' if step.proven else 'not_found'}", lang)
        rows.append((str(step.people), cost))
    heads = _heads(("people", "cost_week"), lang, text=0)
    return Table(say("roster.people.caption", lang), heads, tuple(rows), say("roster.people.note", lang))


def back_table(found: Roster, lang: str) -> Table:
    """The roster in the simulator against just the need."""
    rows = tuple(_back_row(each, lang) for each in found.back)
    heads = _heads(("figure", "needed", "rostered", "difference"), lang, text=1)
    return Table(say("roster.back.caption", lang), heads, rows, say("roster.back.note", lang))


def _back_row(each: Back, lang: str) -> tuple[str, str, str, str]:
    name = say(f"measure.{each.key.measure}", lang)
    if each.key.channel != "all":
        name = f"{name} ({channel_name(each.key.channel, lang).lower()})"
    change, unit = each.change, each.change.unit
    # the two sides are known no better than a fiftieth, or than their difference needs
    half = max(change.high - change.low, 0.02 * abs(each.needed)) / 2
    sides = [numbers.rounded(x, x - half, x + half, lang, unit) for x in (each.needed, each.rostered)]
    difference = numbers.interval(change.mean, change.low, change.high, lang, unit)
    return name, sides[0], sides[1], difference


def _heads(names: tuple[str, ...], lang: str, text: int) -> tuple[Column, ...]:
    """Heads of columns, the first ``text`` of them not figures."""
    return tuple(
        Column(say(f"roster.column.{name}", lang), is_figure=place >= text) for place, name in enumerate(names)
    )


# --- page --------------------------------------------------------------------------------------------------------


def roster_paper(found: Roster, lang: str) -> Paper:
    """The page: the answer, then who works when, rules, people and cost, and the way back; or why there is none."""
    channel = channel_name(found.need.channel, lang).lower()
    title = say("roster.title", lang, channel=channel, title=found.scenario.title)
    if found.lines:
        sections = _found_sections(found, lang)
    else:
        sections = [_section("why", lang, tables=(rules_table(found, lang),))]
        sections.append(_section("cost", lang, tables=(people_table(found, lang),)))
    facts = [("scenario", found.scenario.name), ("fingerprint", found.fingerprint)]
    facts += [("version", found.as_json()["version"]), ("weeks", str(found.weeks))]
    named = tuple((say(f"roster.fact.{name}", lang), value) for name, value in facts)
    return Paper(title, lead(found, lang), tuple(sections), named, sure(found, lang))


def _found_sections(found: Roster, lang: str) -> list[Section]:
    who = (shifts_table(found, lang), *lines_tables(found, lang), persons_table(found, lang))
    sections = [
        _section("lines", lang, tables=who),
        _section("cover", lang, figures=(Picture(FIGURE, say("roster.figure.title", lang)),)),
        _section("rules", lang, tables=(rules_table(found, lang),)),
        _section("cost", lang, tables=(people_table(found, lang),)),
    ]
    return [*sections, *([_section("back", lang, tables=(back_table(found, lang),))] if found.back else [])]


def _section(name: str, lang: str, tables: tuple[Table, ...] = (), figures: tuple[Picture, ...] = ()) -> Section:
    return Section(say(f"roster.section.{name}", lang), tables=tables, figures=figures)
