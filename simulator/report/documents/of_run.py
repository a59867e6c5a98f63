"""A run as a part of a document: the answer, key figures, then day, week and sites, each beside a figure."""

from typing import Any

from simulator.report import numbers, sentences, tables
from simulator.report.documents.asked import Asked
from simulator.report.documents.part import Part, whole, withheld_note
from simulator.report.documents.units import columns, number, unit_name
from simulator.report.figures import figures
from simulator.report.hours import in_words
from simulator.report.page import Block, Paper, Picture, Section
from simulator.report.profile import profile_table, shapes_of
from simulator.report.span import say_spanned
from simulator.report.tables import LIVE, Table, cell, channel_name, find
from simulator.report.workbook import Chart, Sheet, SheetColumn
from simulator.service.keys import HOURS, Key
from simulator.study.estimates import Estimate, Result
from simulator.words import MissingWordError, say

_PERSONS = ("persons", "persons_reached", "unanswered")
_PICTURES = {
    "reached-by-hour": "hours",
    "unanswered-by-week": "week",
    "answered-by-site": "sites",
    "demand-profile": "profile",
}


def run_part(result: Result, asked: Asked, lang: str) -> Part:
    """The whole part."""
    drawn = figures(result, lang)
    shown = tuple(dict.fromkeys(key.measure for key in result.measures if _is_whole(key)))
    paper = Paper(
        title=str(result.scenario["title"]),
        lead=(),
        sections=(*_key_figures(result, lang), *_parts(result, drawn, lang)),
        facts=sentences.run_facts(result, lang),
        answer=_answer(result, lang),
        summary=tables.persons_table(result, lang),
    )
    return whole(Part(paper, drawn, _sheets(result, lang)), asked, shown, lang)


def _answer(result: Result, lang: str) -> tuple[Block, ...]:
    blocks = (
        Block(say("document.proposed", lang), tuple(_considered(result, lang))),
        Block(say("document.gives", lang), sentences.answer(result, lang)),
        Block(say("document.costs", lang), tuple(_costs(result, lang))),
        Block(say("document.sure", lang), sentences.certainty(result, lang)),
    )
    return tuple(each for each in blocks if each.sentences)


def _considered(result: Result, lang: str) -> list[str]:
    scenario = result.scenario
    said = [say("document.run.proposed", lang, title=scenario["title"], why=scenario.get("why") or "").strip()]
    for channel in LIVE:
        week = scenario.get("open_windows", {}).get(channel)
        if week is not None:
            said.append(say(f"document.run.open.{channel}", lang, week=in_words(week, lang)))
    return said


def _costs(result: Result, lang: str) -> list[str]:
    cost, hours = find(result, "cost_nok"), find(result, "staffed_hours")
    said = []
    if hours is not None:
        said.append(say_spanned(result, "document.run.hours", lang, hours=cell(hours, lang)))
    if cost is None:
        return [*said, say("document.compare.no_cost", lang)]
    return [
        say_spanned(result, "document.run.cost", lang, nok=cell(cost, lang)),
        *said,
        say("document.compare.planned", lang),
    ]


def _key_figures(result: Result, lang: str) -> tuple[Section, ...]:
    """The persons stand in the answer already."""
    found = tuple(each for each in tables.key_tables(result, lang) if each != tables.persons_table(result, lang))
    return (Section(say("document.key_figures", lang), tables=found),) if found else ()


def _parts(result: Result, drawn: dict[str, bytes], lang: str) -> tuple[Section, ...]:
    beside: dict[str, tuple[Table, ...]] = {
        "hours": (tables.by_hour_table(result, lang, ends=True),),
        "week": tuple(tables.by_week_table(result, channel, lang) for channel in LIVE),
        "sites": (tables.sites_table(result, lang),),
        "profile": (profile_table(result, lang),),
    }
    captions = {"profile": shapes_of(result).caption(lang)}
    sections = []
    for name, key in _PICTURES.items():
        if f"{name}.svg" in drawn:
            smallest = numbers.SMALLEST_COUNT
            caption = captions.get(key) or say_spanned(result, f"figure.{key}.caption", lang, smallest=smallest)
            picture = Picture(name, f"{say(f'figure.{key}.title', lang)} {caption}")
            shown = tuple(each for each in beside[key] if each.rows)
            sections.append(Section(say(f"document.{key}", lang), figures=(picture,), tables=shown))
    return tuple(sections)


# --- numbers -----------------------------------------------------------------------------------------------------


_NUMBERS = ("mean", "low", "high", "year_low", "year_high", "noise")


def _is_whole(key: Key) -> bool:
    return key == Key(key.measure, key.channel)


def _sheets(result: Result, lang: str) -> tuple[Sheet, ...]:
    return tuple(
        each
        for each in (
            _summary(result, lang),
            _figures_sheet(result, lang),
            _hours(result, lang),
            _week(result, lang),
            _sites(result, lang),
        )
        if each.rows
    )


def _name(measure: str, lang: str) -> str:
    try:
        return say(f"measure.{measure}", lang)
    except MissingWordError:
        return measure


def _row(result: Result, key: Key, lang: str) -> tuple[Any, ...]:
    each = result.measures[key]
    cells = (number(getattr(each, name), each.unit) for name in _NUMBERS)
    return (_name(key.measure, lang), channel_name(key.channel, lang), *cells, unit_name(each.unit, lang))


def _summary(result: Result, lang: str) -> Sheet:
    """Persons, cost and hours of the whole, and the answer in sentences below."""
    keys = [Key(name) for name in (*_PERSONS, "cost_nok", "staffed_hours") if Key(name) in result.measures]
    said = tuple(sentence for block in _answer(result, lang) for sentence in block.sentences)
    return Sheet(
        say("document.sheet.summary", lang), _heads(lang), tuple(_row(result, key, lang) for key in keys), said
    )


def _heads(lang: str) -> tuple[SheetColumn, ...]:
    return columns(lang, measure="text", channel="text", **dict.fromkeys(_NUMBERS, "decimal"), unit="text")


def _figures_sheet(result: Result, lang: str) -> Sheet:
    """Every figure of the whole period, by channel."""
    rows = tuple(_row(result, key, lang) for key in result.measures if _is_whole(key))
    return Sheet(say("document.sheet.key_figures", lang), _heads(lang), rows)


def _counted(each: Estimate | None) -> Any:
    return None if each is None or numbers.is_small(each.mean) else number(each.mean, each.unit)


def _hours(result: Result, lang: str) -> Sheet:
    """Persons by channel and hour of the first attempt; small counts are empty."""
    channels = [each for each in LIVE if find(result, "persons", channel=each, hour=HOURS[0]) is not None]
    rows = tuple(
        (
            channel_name(channel, lang),
            numbers.clock_hour(place),
            *(_counted(find(result, name, channel=channel, hour=hour)) for name in _PERSONS),
        )
        for channel in channels
        for place, hour in enumerate(HOURS)
    )
    heads = (
        *columns(lang, channel="text", hour="text"),
        *(SheetColumn(_name(name, lang), "count") for name in _PERSONS),
    )
    drawn, note = say("document.chart.unanswered", lang), say("document.chart.note", lang)
    charts = tuple(
        Chart(
            f"{channel_name(channel, lang)}: {drawn}", note, "column", 1, (3, 4), (24 * place, 24 * place + 23), True,
        )
        for place, channel in enumerate(channels)
    )  # fmt: skip
    return Sheet(say("document.sheet.by_hour", lang), heads, rows, (withheld_note(lang),), charts=charts)


def _week(result: Result, lang: str) -> Sheet:
    """Unanswered persons by channel, weekday and hour; small counts are empty."""
    rows = tuple(
        (channel_name(channel, lang), numbers.weekday(day, lang), numbers.clock_hour(place), _counted(each))
        for channel in LIVE
        for day in numbers.WEEKDAYS
        for place, hour in enumerate(HOURS)
        if (each := find(result, "unanswered", channel=channel, hour=hour, weekday=day)) is not None
    )
    heads = (
        *columns(lang, channel="text", weekday="text", hour="text"),
        SheetColumn(_name("unanswered", lang), "count"),
    )
    return Sheet(say("document.sheet.by_week", lang), heads, rows, (withheld_note(lang),))


def _sites(result: Result, lang: str) -> Sheet:
    """Answered calls by site; small sites stand together as in the table."""
    rows = tuple(
        (
            row.name,
            _counted(row.answered),
            None if row.share is None else number(row.share.mean, row.share.unit),
            None if row.wait is None else number(row.wait.mean, row.wait.unit),
        )
        for row in tables.site_rows(result, lang)
    )
    names = ("answered", "site_share_of_answered", "wait_mean_min")
    heads = (
        *columns(lang, site="text"),
        *(
            SheetColumn(_name(name, lang), kind)
            for name, kind in zip(names, ("count", "share", "decimal"), strict=True)
        ),
    )
    return Sheet(say("document.sheet.by_site", lang), heads, rows, (withheld_note(lang),))
