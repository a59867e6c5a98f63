"""A sweep in words: its answer, tables for terminal and page, the tidy table, the page with its figures.

Knows which points and figures are shown; how a figure is drawn is told in `figures.swept`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from simulator.report import numbers
from simulator.report.page import Paper, Picture, Section, page
from simulator.report.tables import Column, Table, channel_name
from simulator.service.keys import ALL, Key
from simulator.study.estimates import Estimate
from simulator.study.sweep.effects import Effect, by_figure
from simulator.study.sweep.factors import Factor
from simulator.study.sweep.plan import COLUMNS
from simulator.study.sweep.table import Swept
from simulator.words import say

MOST_SHOWN = 40
"""Points in a table for people; all of them are in the tidy table."""
MOST_FIGURES_SHOWN = 6
"""Figures side by side in such a table."""
LEAST_EXPLAINED = 0.7
"""Straight lines that tell a smaller share of the variation between points are not to be relied on."""
_ROOMS = {"channels", "demand", "network", "pay", "roster", "sites"}
"""First parts of keys that go without saying."""
_NOT_COUNTS = {"share", numbers.POINTS, "min", "h", "hours", "days", "NOK"}


# --- names and cells -------------------------------------------------------------------------------------------------


def figure_name(key: Key, lang: str) -> str:
    """A figure in words, such as ``Besvart (chat)``."""
    measure = say(f"measure.{key.measure}", lang)
    if key.channel == ALL:
        return measure
    channel = channel_name(key.channel, lang)
    channel = channel if key.channel in ("sms", "ung") else channel.lower()
    if key.site == ALL:
        return say("sweep.figure_of", lang, measure=measure, channel=channel)
    return say("sweep.figure_at", lang, measure=measure, channel=channel, site=key.site)


def denominator(unit: str, lang: str) -> str:
    """What a figure counts, and over what, such as ``Henvendelser per år``."""
    kind, _, span = unit.partition("/")
    known = ("persons", "contacts", "share", "min", "h", "hours", "NOK")
    per = "sweep.per.day" if span == "day" else f"span.{span if span == 'year' else 'period'}.per"
    return say(f"sweep.unit.{kind if kind in known else 'other'}", lang, per=say(per, lang))


def value_name(factor: Factor, coordinate: float, lang: str) -> str:
    """A value of a factor in words; numbers as the language writes them."""
    number, label = factor.number(coordinate), factor.label(coordinate)
    if factor.is_number and number is not None:
        return numbers.as_written(number, lang)
    return label or say("sweep.as_it_stands", lang)


def effect_value(effect: Effect, lang: str) -> str:
    """The value that has an effect, in words."""
    if effect.number is not None:
        return numbers.as_written(effect.number, lang)
    return effect.label or say("sweep.as_it_stands", lang)


def point_name(found: Swept, point: int, lang: str) -> str:
    """A point by the values of its factors."""
    pairs = zip(found.plan.factors, found.plan.points[point], strict=True)
    return "; ".join(
        say("sweep.value", lang, factor=short(factor.name), value=value_name(factor, at, lang)) for factor, at in pairs
    )


def short(name: str) -> str:
    """A dotted key without its first part; a name that a planner made up stays whole."""
    first, _, rest = name.partition(".")
    return rest if first in _ROOMS and rest else name


def cell(estimate: Estimate, key: Key, lang: str, ends: bool = True) -> str:
    """An estimate with no more digits than its interval supports; small counts at one site are withheld."""
    is_count = estimate.unit.partition("/")[0] not in _NOT_COUNTS
    if key.site != ALL and is_count and numbers.is_small(abs(estimate.mean)):
        return numbers.suppressed(lang)
    write = numbers.interval if ends else numbers.rounded
    return write(estimate.mean, estimate.low, estimate.high, lang, estimate.unit)


def _apart(found: Swept, point: int, figure: int) -> Estimate | None:
    """A difference in its own unit."""
    each = found.difference(point, figure)
    return None if each is None else replace(each, unit=numbers.unit_of_change(each.unit))


# --- tables ----------------------------------------------------------------------------------------------------------


def sweep_tables(found: Swept, lang: str) -> tuple[Table, ...]:
    """For a screen: what things do, where the design tells; else the points and the first figure of each."""
    return effect_tables(found, lang) or (_first_figure(found, lang),)


def _first_figure(found: Swept, lang: str) -> Table:
    """The points with the most important figure, and its difference to what they are held against."""
    plan, key = found.plan, found.plan.measures[0]
    columns = {figure_name(key, lang): found.estimate}
    if plan.against is not None:
        columns[say("compare.column.difference", lang)] = lambda *at: _apart(found, *at) or found.estimate(*at)
    shown = shown_points(found)
    heads = [Column(short(each.name), is_figure=False) for each in plan.factors]
    rows = tuple(
        (
            *(value_name(each, at, lang) for each, at in zip(plan.factors, plan.points[point], strict=True)),
            *(cell(of(point, 0), key, lang) for of in columns.values()),
        )
        for point in shown
    )
    note = say(f"sweep.points.note.{'worlds' if found.worlds > 1 else 'one'}", lang)
    caption = f"{_caption(found, shown, 'sweep.points', lang)}: {denominator(plan.units[0], lang)}"
    return Table(caption, (*heads, *map(Column, columns)), rows, f"{note} {say('sweep.points.note.more', lang)}")


def _caption(found: Swept, shown: Sequence[int], words: str, lang: str) -> str:
    plan = found.plan
    told = {"count": len(shown), "total": len(plan), "measure": figure_name(plan.measures[0], lang)}
    told["base"] = "" if plan.against is None else plan.against.title
    return say(f"{words}.caption" if len(shown) == len(plan) else f"{words}.caption.first", lang, **told)


def point_tables(found: Swept, lang: str) -> tuple[Table, ...]:
    """The points and, where there is something to hold them against, their differences."""
    worlds = "worlds" if found.worlds > 1 else "one"
    note = say(f"sweep.points.note.{worlds}", lang)
    tables = [_points(found, lang, "sweep.points", note, lambda *at: found.estimate(*at))]
    if found.plan.against is not None:
        tables.append(_points(found, lang, "sweep.differences", note, lambda *at: _apart(found, *at)))
    return tuple(tables)


def _points(found: Swept, lang: str, words: str, note: str, of: Any) -> Table:
    plan, figures = found.plan, range(min(len(found.plan.measures), MOST_FIGURES_SHOWN))
    shown = shown_points(found)
    caption = _caption(found, shown, words, lang)
    heads = [Column(say("sweep.column.point", lang), is_figure=False)]
    heads += [Column(short(each.name), is_figure=False) for each in plan.factors]
    heads += [Column(figure_name(plan.measures[figure], lang)) for figure in figures]
    rows = tuple(
        (
            str(point + 1),
            *(value_name(each, at, lang) for each, at in zip(plan.factors, plan.points[point], strict=True)),
            *(cell(of(point, figure), plan.measures[figure], lang) for figure in figures),
        )
        for point in shown
    )
    return Table(caption, tuple(heads), rows, note)


def shown_points(found: Swept) -> list[int]:
    """All points in their order, or the highest of the first figure where there are many."""
    if len(found.plan) <= MOST_SHOWN:
        return list(range(len(found.plan)))
    return [int(point) for point in ranked(found)[:MOST_SHOWN]]


def ranked(found: Swept) -> Sequence[int]:
    """Points from the highest of the first figure down; those that lack it come last."""
    means = np.nan_to_num(found.numbers[:, 0, 0], nan=-np.inf)
    return [int(point) for point in np.argsort(-means, kind="stable")]


def effect_tables(found: Swept, lang: str) -> tuple[Table, ...]:
    """For each figure what every value does, the factor that moves it most first."""
    tables = []
    for figure, key in enumerate(found.plan.measures[:MOST_FIGURES_SHOWN]):
        groups = by_figure(found.effects, key)
        if not groups:
            continue
        rows = tuple(_effect(each, lang) for effects in groups.values() for each in effects)
        heads = [Column(say(f"sweep.column.{name}", lang), is_figure=False) for name in ("factor", "value")]
        caption = say("sweep.effects.caption", lang, measure=figure_name(key, lang))
        columns = (*heads, Column(say("sweep.column.change", lang)))
        tables.append(Table(caption, columns, rows, _effects_note(found, figure, lang)))
    return tuple(tables)


def _effect(effect: Effect, lang: str) -> tuple[str, ...]:
    factor = short(effect.factor)
    return factor, effect_value(effect, lang), numbers.change(effect.mean, effect.low, effect.high, lang, effect.unit)


def _effects_note(found: Swept, figure: int, lang: str) -> str:
    if not found.explained:
        return say("sweep.effects.note.base", lang)
    share = found.explained[figure]
    note = say("sweep.effects.note.lines", lang, share=numbers.percent(max(share, 0.0), lang))
    return note if share >= LEAST_EXPLAINED else f"{note} {say('sweep.effects.weak', lang)}"


def spread(found: Swept) -> dict[str, tuple[list[str], list[list[Any]]]]:
    """The tidy table by name: column names, and a row for every point and figure."""
    rows = list(found.rows())
    factors = [factor.name for factor in found.plan.factors]
    wanted = ["point", *factors, *(name for name in COLUMNS if name != "point")]
    columns = [name for name in wanted if not rows or name in rows[0]]
    return {"table": (columns, [[row[name] for name in columns] for row in rows])}


# --- the answer ------------------------------------------------------------------------------------------------------


def lead(found: Swept, lang: str) -> tuple[str, ...]:
    """The answer, sentence by sentence."""
    plan = found.plan
    said = []
    if found.effects:
        for key in plan.measures[:3]:
            said += [_strongest(groups, key, lang) for groups in [by_figure(found.effects, key)] if groups]
        return tuple(said)
    order = [point for point in ranked(found) if np.isfinite(found.numbers[point, 0, 0])]
    if not order:
        return ()
    name, key = figure_name(plan.measures[0], lang), plan.measures[0]
    ends = {"best": point_name(found, order[0], lang), "worst": point_name(found, order[-1], lang)}
    values = {way: cell(found.estimate(at, 0), key, lang) for way, at in (("high", order[0]), ("low", order[-1]))}
    said.append(say("sweep.lead.grid", lang, points=numbers.number(len(plan), lang), measure=name, **ends, **values))
    if plan.against is not None:
        apart = {way: _apart(found, at, 0) for way, at in (("high", order[0]), ("low", order[-1]))}
        told = {way: cell(each, key, lang) for way, each in apart.items() if each is not None}
        said.append(say("sweep.lead.difference", lang, measure=name, base=plan.against.title, **ends, **told))
    return tuple(said)


def _strongest(groups: dict[str, list[Effect]], key: Key, lang: str) -> str:
    factor, effects = next(iter(groups.items()))
    known = sorted((each for each in effects if np.isfinite(each.mean)), key=lambda each: each.mean)
    ends = [(way, known[at]) for way, at in (("low", 0), ("high", -1))] if known else []
    told = {way: numbers.change(each.mean, each.low, each.high, lang, each.unit) for way, each in ends}
    told |= {name: effect_value(each, lang) for name, (_, each) in zip(("worst", "best"), ends, strict=False)}
    if not told:
        return figure_name(key, lang)
    return say("sweep.lead.effects", lang, measure=figure_name(key, lang), factor=short(factor), **told)


def sure(found: Swept, lang: str) -> tuple[str, ...]:
    """How sure the answer is."""
    words = "worlds" if found.worlds > 1 else "one"
    counts = {"worlds": numbers.number(found.worlds, lang), "each": numbers.number(found.each, lang)}
    said = [say(f"sweep.sure.{words}", lang, **counts)]
    if found.worlds > 1:
        said.append(say("sweep.sure.varied", lang))
    if not found.effects and len(found.plan) > 2:
        said.append(say("sweep.sure.best", lang))
    return tuple(said)


# --- the page --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drawn:
    """A figure that is drawn: its name as a file, under which heading it stands, and what it shows in words."""

    name: str
    section: str
    label: str


def files(found: Swept, lang: str = "nb") -> dict[str, bytes]:
    """Page and figures, by their names in the folder."""
    from simulator.report.figures.swept import figures

    drawn, listed = figures(found, lang)
    return {
        "report.html": page(paper(found, listed, lang), drawn, lang),
        **{f"figures/{name}": content for name, content in drawn.items()},
    }


def paper(found: Swept, listed: Sequence[Drawn], lang: str) -> Paper:
    """What the page says."""
    plan = found.plan
    sections = []
    for name in ("maps", "lines", "tornado"):
        pictures = tuple(Picture(each.name, each.label) for each in listed if each.section == name)
        tables = effect_tables(found, lang) if name == "tornado" else ()
        if pictures or tables:
            sections.append(Section(say(f"sweep.section.{name}", lang), figures=pictures, tables=tables))
    sections.append(Section(say("sweep.section.points", lang), tables=point_tables(found, lang)))
    why, varied = (plan.why,) if plan.why else (), tuple(_varied(plan.factors, lang))
    sections.append(Section(say("sweep.section.which", lang), paragraphs=why, notes=varied))
    return Paper(plan.title, lead(found, lang), tuple(sections), _facts(found, lang), sure(found, lang))


def _varied(factors: Sequence[Factor], lang: str) -> list[str]:
    rows = []
    for factor in factors:
        if factor.span is not None:
            value = numbers.span(factor.span.low, factor.span.high, lang, 2)
        else:
            value = ", ".join(value_name(factor, float(place), lang) for place in range(len(factor.alternatives)))
        rows.append(say("sweep.value", lang, factor=factor.name, value=value))
    return rows


def _facts(found: Swept, lang: str) -> tuple[tuple[str, str], ...]:
    plan = found.plan
    points = numbers.number(len(plan), lang)
    facts = {
        "study": plan.name,
        "scenario": plan.scenario.title,
        "against": "" if plan.against is None else plan.against.title,
        "design": say(f"sweep.design.{plan.design}", lang, points=points),
        "worlds": numbers.number(found.worlds, lang),
        "years": numbers.number(found.each, lang),
        "seed": str(plan.seed),
        "fingerprint": found.fingerprint,
        "version": str(found.manifest["version"]),
    }
    return tuple((say(f"sweep.fact.{name}", lang), value) for name, value in facts.items() if value)
