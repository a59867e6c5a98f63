"""How many counsellors each half-hour needs, in words: the answer, how sure it is, where formulas mislead, and tables.

Knows which figures are shown and how they are written; nothing here computes one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from math import isfinite
from typing import Any

import numpy as np

from simulator.report import numbers
from simulator.report.tables import Column, Table
from simulator.study.staffing.answer import ITERATED, TODAY, Alternative, Hint, Staffing
from simulator.study.staffing.columns import MOL, SIPP
from simulator.words import say

SHOWN = (ITERATED, SIPP, MOL, TODAY)
"""Staffings in the order of the tables."""
CAUTIONS = ("messages", "alone", "dips", "special_days")
"""Hints that are about the requirement, not about the formulas."""
MISSED = "*"
_FORMS = ("each", "none", "one", "the", "many", "single")
_WHOLE_WEEK = 7
_MOST_PLACES = 4
"""Half-hours that a sentence names; of more it names the first."""


# --- names -----------------------------------------------------------------------------------------------------------


def clock(minute: int) -> str:
    """A time of day, such as ``16:15``."""
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def days_name(days: Sequence[int], lang: str) -> str:
    """Weekdays in short, such as ``man–fre``."""
    if len(days) == _WHOLE_WEEK:
        return say("staff.days_all", lang)
    runs = [list(run) for _, run in groupby(enumerate(days), key=lambda each: each[1] - each[0])]
    names = [[numbers.weekday(numbers.WEEKDAYS[day], lang) for _, day in run] for run in runs]
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in names)


def places(found: Staffing, groups: Sequence[int], lang: str) -> str:
    """Some half-hours as a sentence names them."""
    named = [found.slots.groups[group] for group in groups[:_MOST_PLACES]]
    texts = [f"{days_name(each.days, lang)} {clock(each.minute)}" for each in named]
    return ", ".join([*texts, *(["…"] if len(groups) > _MOST_PLACES else [])])


def slot_words(found: Staffing, lang: str) -> dict[str, str]:
    """What a slot is called, in the forms that sentences need."""
    return {form: say(f"staff.slot.{found.slots.step_min}.{form}", lang) for form in _FORMS}


def target_text(found: Staffing, lang: str) -> str:
    """What is asked, as part of a sentence."""
    target = found.target
    told = {"share": _given(target.share, lang), "channel": say(f"staff.channel_of.{found.channel}", lang)}
    wait = "" if target.wait_s is None else numbers.as_written(target.wait_s, lang)
    return say(f"staff.target_of.{target.measure}", lang, wait=wait, **told)


def measure_text(found: Staffing, lang: str) -> str:
    """The share and its denominator."""
    wait = "" if found.target.wait_s is None else numbers.as_written(found.target.wait_s, lang)
    return say(f"staff.measure.{found.target.measure}", lang, wait=wait)


def title(found: Staffing, lang: str) -> str:
    """Of the page."""
    channel = say(f"staff.channel_of.{found.channel}", lang)
    return say("staff.title", lang, channel=channel, title=found.scenario["title"])


def _given(share: float, lang: str) -> str:
    return numbers.as_written(share, lang, "share")


def _hours(hours: float, lang: str) -> str:
    return numbers.as_written(float(f"{hours:.6g}"), lang)


def _percent(share: float, lang: str) -> str:
    return numbers.percent(share, lang) if isfinite(share) else numbers.MISSING


# --- the answer ------------------------------------------------------------------------------------------------------


def lead(found: Staffing, lang: str) -> tuple[str, ...]:
    """What is needed, against what there is today and what a formula would have staffed."""
    said = [_needed(found, lang), _in_worlds(found, lang), *_today(found, lang), *_yardstick(found, lang)]
    return tuple([*said, *_shared(found, lang)])


def _needed(found: Staffing, lang: str) -> str:
    answer = found.answer
    told = {
        "hours": _hours(answer.hours_per_week, lang),
        "year": numbers.number(answer.hours_per_week * found.weeks, lang),
        "target": target_text(found, lang),
        "missed": int(answer.missed.sum()),
        "all": len(found.slots),
        **slot_words(found, lang),
    }
    said = [say("staff.lead.needed" if answer.meets else "staff.lead.needed_not", lang, **told)]
    if found.robust is not None:
        said.append(say("staff.lead.robust", lang, share=_given(found.robust, lang), **slot_words(found, lang)))
    return " ".join(said)


def _in_worlds(found: Staffing, lang: str) -> str:
    """In how many worlds the same people do; the answer is not to be read without it."""
    if (over := found.over_worlds) is None:
        return say("staff.sure.not_over_worlds", lang)
    met = {"met": over.met_as_a_whole, "least": np.nanmin(over.met), "most": np.nanmax(over.met)}
    shares = {name: _percent(float(share), lang) for name, share in met.items()}
    return say("staff.sure.over_worlds", lang, worlds=over.worlds, years=over.years, **shares)


def _today(found: Staffing, lang: str) -> Iterator[str]:
    today, answer = found.alternatives[TODAY], found.answer
    told = {"missed": int(today.missed.sum()), "all": len(found.slots), "hours": _hours(today.hours_per_week, lang)}
    yield say(f"staff.lead.today_{'meets' if today.meets else 'misses'}", lang, **told, **slot_words(found, lang))
    if (status := str(found.scenario["roster_status"])) not in ("", "published"):
        yield say("staff.lead.today_unsure", lang, status=say(f"status.{status}", lang))
    saved = today.cost_nok - answer.cost_nok
    if isfinite(saved) and saved:
        kind = "less" if saved > 0 else "more"
        yield say(f"staff.lead.cost_{kind}", lang, cost=numbers.kroner(float(f"{abs(saved):.2g}"), lang, 1))


def _yardstick(found: Staffing, lang: str) -> Iterator[str]:
    words = slot_words(found, lang)
    yield say("staff.lead.minimal", lang, fewest=0 if found.shared else 1, **words)
    if (stick := found.yardstick) is None:
        yield say("staff.lead.no_yardstick", lang, **words)
        return
    hours, share = _hours(stick.hours_per_week, lang), numbers.percent(stick.own_share, lang, 1)
    yield say("staff.lead.yardstick", lang, hours=hours, share=share, method=say(f"staff.short.{stick.method}", lang))


def _shared(found: Staffing, lang: str) -> Iterator[str]:
    if count := sum(found.shared.values()):
        yield say("staff.lead.shared", lang, count=count, channel=say(f"staff.channel_of.{found.channel}", lang))


def sure(found: Staffing, lang: str) -> tuple[str, ...]:
    """In how many worlds it was found, on how many years it rests, and what it does not know."""
    worlds = int(found.manifest["worlds"])
    if worlds > 1:
        kind = "mean" if found.robust is None else "share"
        how = say(f"staff.sure.{kind}", lang, share=_given(found.robust or 0.0, lang))
        said = [say("staff.sure.worlds", lang, worlds=worlds, how=how)]
    else:
        said = [say("staff.sure.one", lang)]
    years = {"years": found.years, "judged": found.judged_years, "simulated": numbers.number(found.simulated, lang)}
    said.append(say(f"staff.sure.years.{'worlds' if worlds > 1 else 'one'}", lang, **years))
    said.append(say("staff.sure.days", lang, days=say(f"staff.days.{found.days}", lang), step=found.slots.step_min))
    return (*said, *cautions(found, lang))


def hints(found: Staffing, lang: str) -> tuple[str, ...]:
    """Where the formulas mislead, and why."""
    return tuple(_hint(found, each, lang) for each in found.hints if each.word not in CAUTIONS)


def cautions(found: Staffing, lang: str) -> tuple[str, ...]:
    """What the requirement does not know, and a planner should look at before it is used."""
    return tuple(_hint(found, each, lang) for each in found.hints if each.word in CAUTIONS)


def _hint(found: Staffing, hint: Hint, lang: str) -> str:
    told: dict[str, Any] = {"count": len(hint.groups), "where": places(found, hint.groups, lang)}
    told |= slot_words(found, lang)
    for name, value in hint.values.items():
        told[name] = _percent(value, lang) if name == "share" else numbers.as_written(float(f"{value:.3g}"), lang)
    return say(f"staff.hint.{hint.word}", lang, **told)


# --- tables ----------------------------------------------------------------------------------------------------------


def staffing_tables(found: Staffing, lang: str) -> tuple[Table, ...]:
    """All tables: the summary, what is needed, and what stands beside it."""
    return (summary_table(found, lang), *need_tables(found, lang), *beside_tables(found, lang))


def summary_table(found: Staffing, lang: str) -> Table:
    """What each staffing takes and gives."""
    heads = ("staffing", "hours_week", "hours_year", "overtime", "short", "lowest")
    columns = tuple(Column(say(f"staff.column.{name}", lang), is_figure=name != "staffing") for name in heads)
    rows = tuple(_summary(found, name, lang) for name in SHOWN)
    return Table(
        say("staff.summary.caption", lang), columns, rows, say("staff.summary.note", lang, **slot_words(found, lang))
    )


def _summary(found: Staffing, name: str, lang: str) -> tuple[str, ...]:
    each = found.alternatives[name]
    worst = each.share[np.nanargmin(found.target.margin(each.share))] if np.isfinite(each.share).any() else np.nan
    return (
        say(f"staff.method.{name}", lang),
        _hours(each.hours_per_week, lang),
        numbers.number(each.hours_per_week * found.weeks, lang),
        numbers.number(each.overtime_hours / found.weeks, lang, 1),
        f"{int(each.missed.sum())} / {len(found.slots)}",
        _percent(float(worst), lang),
    )


def day_classes(found: Staffing) -> list[list[int]]:
    """Groups of half-hours by the days they belong to, in order of the week and the clock."""
    classes: dict[int, list[int]] = {}
    first: dict[int, int] = {}
    for number, group in enumerate(found.slots.groups):
        key = next((each for each, days in first.items() if days & _bits(group.days)), number)
        first[key] = first.get(key, 0) | _bits(group.days)
        classes.setdefault(key, []).append(number)
    return list(classes.values())


def _bits(days: Sequence[int]) -> int:
    return sum(1 << day for day in days)


def class_days(found: Staffing, groups: Sequence[int]) -> tuple[int, ...]:
    """All weekdays of some groups."""
    return tuple(sorted({day for group in groups for day in found.slots.groups[group].days}))


def need_tables(found: Staffing, lang: str) -> tuple[Table, ...]:
    """For each kind of day: people needed in each half-hour, and the share that they give."""
    over_worlds = found.over_worlds is not None
    heads = ["time", "offered", "needed", "share", *(["worlds", "met"] if over_worlds else [])]
    words = slot_words(found, lang)
    note = say("staff.need.note", lang, measure=measure_text(found, lang), **words)
    note = f"{note} {say('staff.need.note.worlds', lang, **words)}" if over_worlds else note
    columns = tuple(Column(say(f"staff.column.{name}", lang), is_figure=name != "time") for name in heads)
    return _by_days(found, "staff.need.caption", columns, _need, note, lang)


def beside_tables(found: Staffing, lang: str) -> tuple[Table, ...]:
    """For each kind of day: what the requirement, the formulas and today's roster staff, and what that gives."""
    heads = [Column(say("staff.column.time", lang), is_figure=False)]
    heads += [Column(say(f"staff.short.{name}", lang)) for name in SHOWN]
    note = say("staff.half_hours.note", lang, measure=measure_text(found, lang), **slot_words(found, lang))
    return _by_days(found, "staff.half_hours.caption", tuple(heads), _beside, note, lang)


def _by_days(
    found: Staffing, caption: str, columns: tuple[Column, ...], row: "_Row", note: str, lang: str
) -> tuple[Table, ...]:
    """A table for each kind of day with a row for each half-hour; what holds of all stands under the last one."""
    classes = day_classes(found)
    names = [_capital(days_name(class_days(found, groups), lang)) for groups in classes]
    return tuple(
        Table(
            say(caption, lang, days=name),
            columns,
            tuple((_time(found, group), *row(found, group, lang)) for group in groups),
            note if groups is classes[-1] else "",
        )
        for name, groups in zip(names, classes, strict=True)
    )


_Row = Callable[[Staffing, int, str], tuple[str, ...]]


def _time(found: Staffing, group: int) -> str:
    start = found.slots.groups[group].minute
    return f"{clock(start)}–{clock(start + found.slots.step_min)}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _need(found: Staffing, group: int, lang: str) -> tuple[str, ...]:
    answer = found.answer
    few = numbers.is_small(float(found.offered[group] * found.slots.size[group] * found.weeks))
    return (
        numbers.suppressed(lang) if few else numbers.number(float(found.offered[group]), lang, 1),
        _people(answer.people[group], lang),
        _interval(answer, group, lang) + (MISSED if answer.missed[group] else ""),
        *_worlds(found, group, lang),
    )


def _people(people: float, lang: str) -> str:
    return numbers.as_written(round(float(people), 1), lang)


def _interval(each: Alternative, group: int, lang: str) -> str:
    share, noise = float(each.share[group]), float(np.nan_to_num(each.noise[group]))
    return numbers.interval(share, max(share - noise, 0.0), min(share + noise, 1.0), lang, "share")


def _beside(found: Staffing, group: int, lang: str) -> tuple[str, ...]:
    return tuple(_people_and_share(found.alternatives[name], group, lang) for name in SHOWN)


def _people_and_share(each: Alternative, group: int, lang: str) -> str:
    told = {"people": _people(each.people[group], lang), "share": _percent(float(each.share[group]), lang)}
    return say("staff.cell", lang, mark=MISSED if each.missed[group] else "", **told)


def _worlds(found: Staffing, group: int, lang: str) -> Iterator[str]:
    if (over := found.over_worlds) is None:
        return
    low, high, met = (float(each[group]) for each in (over.low, over.high, over.met))
    span = numbers.span(100 * low, 100 * high, lang)
    yield say("number.percent", lang, value=span)
    yield _percent(met, lang)


def shifts_table(found: Staffing, lang: str) -> Table:
    """The requirement as people with shifts."""
    heads = ("shift", "people", "hours")
    columns = tuple(Column(say(f"staff.column.{name}", lang), is_figure=name == "people") for name in heads)
    made = found.requirement.shifts(found.channel, [found.channel], int(found.scenario["chats_at_once"]))
    rows = tuple((name, str(each["counsellors"]), _written(each["hours"], lang)) for name, each in made.items())
    return Table(say("staff.shifts.caption", lang), columns, rows, say("staff.shifts.note", lang))


def _written(hours: Mapping[str, Any], lang: str) -> str:
    """A schedule in one line, in the words of scenario files."""
    windows = {name: each if isinstance(each, str) else ", ".join(each) for name, each in hours.items()}
    return "; ".join(f"{name} {text}" for name, text in windows.items())
