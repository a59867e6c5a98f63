"""The tables of a result as plain text: which rows, which columns, which denominators, in one language.

Terminal and document show these same tables. Nothing here knows rich, HTML or matplotlib.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.report import numbers
from simulator.report.hours import open_minutes_per_hour
from simulator.report.span import say_spanned
from simulator.study.estimates import NUMBER_COLUMNS, Estimate, Key, Result
from simulator.study.provenance import value_at
from simulator.words import say

LIVE = ("chat", "phone")
MESSAGES = ("sms", "email", "ung")
STATUSES = ("assumed", "literature", "derived", "published")
"""Statuses of evidence, the weakest first."""
FEWEST_YEARS = 20
"""Of fewer simulated years, 5-95 % is narrower than the range of what was seen: too little to speak of nine in ten."""
HOURS = tuple(f"{hour:02d}" for hour in range(24))

_PERSONS = ("persons", "persons_reached", "unanswered")
_ATTEMPTS = (
    "offered",
    "met_open",
    "answered",
    "abandoned",
    "balked",
    "blocked",
    "turned_away_at_closing",
    "met_closed",
    "phoned_instead",
    "came_back",
    "answered_share_of_open",
    "answered_share_of_offered",
    "answered_within_target_share",
    "wait_mean_min",
    "wait_p90_min",
)
_STAFFING = ("staffed_hours", "overtime_hours", "occupancy", "cost_nok")
_LONGEST_VALUE = 60


@dataclass(frozen=True)
class Column:
    """A column's head, the group it stands under (may be empty), and whether it holds figures."""

    head: str
    group: str = ""
    is_figure: bool = True


@dataclass(frozen=True)
class Table:
    """A table in words. The first cell of a row is the row's head."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def find(result: Result, measure: str, **where: str) -> Estimate | None:
    """The estimate of a measure, or None where the table has no such row."""
    key = Key(measure, **where)
    if key not in result.measures:
        return None
    return result.measures[key]


def channel_name(channel: str, lang: str) -> str:
    """A channel's name as it stands alone, such as ``Telefon``."""
    name = say(f"channel.{channel}", lang)
    return name if channel == "ung" else name[0].upper() + name[1:]


def cell(estimate: Estimate | None, lang: str, suppress: bool = False, ends: bool = True) -> str:
    """An estimate as a table writes it.

    Parameters
    ----------
    suppress
        Whether small counts are withheld, as they must be where a count is split by hour, weekday or site.
    ends
        Whether the interval is written after the mean.
    """
    if estimate is None:
        return numbers.MISSING
    if suppress and _is_count(estimate.unit) and numbers.is_small(estimate.mean):
        return numbers.suppressed(lang)
    write = numbers.interval if ends else numbers.rounded
    low, high = possible(estimate)
    return write(estimate.mean, low, high, lang, estimate.unit)


def possible(estimate: Estimate) -> tuple[float, float]:
    """The interval within what the figure can be: a symmetric interval around a small count would reach below 0."""
    high = min(estimate.high, 1.0) if estimate.unit == "share" else estimate.high
    return max(estimate.low, 0.0), high


def _is_count(unit: str) -> bool:
    return unit.partition("/")[0] not in {"share", "min", "h", "hours", "days", "NOK"}


def years_simulated(result: Result) -> int:
    """Simulated years in all."""
    return int(result.manifest.get("worlds", 1)) * int(result.manifest.get("replications", 1))


def knows_single_years(result: Result) -> bool:
    """Whether enough years were simulated to say what nine of ten single years bring."""
    return years_simulated(result) >= FEWEST_YEARS


def _year(result: Result, estimate: Estimate | None, lang: str) -> str:
    """What one year may bring; nothing where too few years were simulated to tell."""
    if estimate is None or not knows_single_years(result):
        return numbers.MISSING
    return numbers.year_span(estimate.year_low, estimate.year_high, lang, estimate.unit)


def _year_note(result: Result, lang: str) -> str:
    return "" if knows_single_years(result) else say_spanned(result, "table.few_years", lang, fewest=FEWEST_YEARS)


def _figures(*heads: str, group: str = "") -> tuple[Column, ...]:
    return tuple(Column(head, group) for head in heads)


def _head(text: str) -> Column:
    return Column(text, is_figure=False)


def small_note(lang: str) -> str:
    """What stands under a table whose small counts are withheld."""
    return say("table.small", lang, smallest=numbers.SMALLEST_COUNT, suppressed=numbers.suppressed(lang))


def channels_of(result: Result, measure: str, among: Sequence[str]) -> tuple[str, ...]:
    """Those of the channels `among` for which the measure has a row of its own."""
    return tuple(channel for channel in among if find(result, measure, channel=channel) is not None)


def persons_table(result: Result, lang: str) -> Table:
    """Persons, reached and unanswered by channel of the first attempt, all channels first."""
    rows = []
    for channel in channels_of(result, "persons", ("all", *LIVE, *MESSAGES)):
        persons, reached, unanswered = (find(result, measure, channel=channel) for measure in _PERSONS)
        counts = [cell(each, lang, ends=False) for each in (persons, reached)]
        rows.append((channel_name(channel, lang), *counts, cell(unanswered, lang), _year(result, unanswered, lang)))
    heads = [say(f"measure.{measure}", lang) for measure in _PERSONS]
    heads.append(say_spanned(result, "table.unanswered_one_year", lang))
    columns = (_head(say("table.channel", lang)), *_figures(*heads))
    note = f"{say('table.persons.note', lang)} {_year_note(result, lang)}".strip()
    return Table(say_spanned(result, "table.persons", lang), columns, tuple(rows), note)


def attempts_table(result: Result, lang: str) -> Table:
    """What became of the attempts by chat and phone: totals first, then shares with their denominators, then waits."""
    channels = channels_of(result, "offered", LIVE)
    rows = []
    for measure in _ATTEMPTS:
        found = [find(result, measure, channel=channel) for channel in channels]
        if any(each is not None for each in found):
            rows.append((say(f"measure.{measure}", lang), *(cell(each, lang) for each in found)))
    columns = (_head(say("table.measure", lang)), *_figures(*(channel_name(each, lang) for each in channels)))
    return Table(say_spanned(result, "table.attempts", lang), columns, tuple(rows), say("table.attempts.note", lang))


def messages_table(result: Result, lang: str) -> Table:
    """Written questions by channel: asked, answered, and how long an answer took."""
    measures = ("offered", "answered", "response_time_mean_h")
    rows = tuple(
        (channel_name(channel, lang), *(cell(find(result, each, channel=channel), lang) for each in measures))
        for channel in channels_of(result, "offered", MESSAGES)
    )
    heads = _figures(*(say(f"measure.{each}", lang) for each in measures))
    return Table(say_spanned(result, "table.messages", lang), (_head(say("table.channel", lang)), *heads), rows)


def staffing_table(result: Result, lang: str) -> Table:
    """Staffed hours, overtime, occupancy and cost of the centre."""
    found = [(measure, find(result, measure)) for measure in _STAFFING]
    rows = tuple(
        (say(f"measure.{measure}", lang), cell(each, lang), _year(result, each, lang))
        for measure, each in found
        if each is not None and math.isfinite(each.mean)
    )
    heads = _figures(say("table.estimate", lang), say_spanned(result, "table.one_year", lang))
    columns = (_head(say("table.measure", lang)), *heads)
    return Table(say_spanned(result, "table.staffing", lang), columns, rows, _year_note(result, lang))


def key_tables(result: Result, lang: str) -> tuple[Table, ...]:
    """The tables of key figures that have something to show."""
    makers = (persons_table, attempts_table, messages_table, staffing_table)
    return tuple(table for make in makers if (table := make(result, lang)).rows)


def by_hour_table(result: Result, lang: str, ends: bool = False) -> Table:
    """Persons by clock hour of the first attempt, beside the open minutes, for chat and phone."""
    channels = tuple(c for c in LIVE if find(result, "persons", channel=c, hour=HOURS[0]) is not None)
    weeks = {channel: _open_per_hour(result, channel) for channel in channels}
    rows = []
    for hour, name in enumerate(HOURS):
        cells = [numbers.clock_hour(hour)]
        for channel in channels:
            counts = [find(result, measure, channel=channel, hour=name) for measure in _PERSONS]
            cells.append(numbers.number(weeks[channel][hour], lang))
            cells += [cell(each, lang, suppress=True, ends=ends and each is counts[-1]) for each in counts]
        rows.append(tuple(cells))
    heads = (say("table.open", lang), *(say(f"measure.{measure}", lang) for measure in _PERSONS))
    groups = [column for each in channels for column in _figures(*heads, group=channel_name(each, lang))]
    note = f"{say('table.by_hour.note', lang)} {small_note(lang)}"
    columns = (_head(say("table.hour", lang)), *groups)
    return Table(say_spanned(result, "table.by_hour", lang), columns, tuple(rows) if channels else (), note)


def _open_per_hour(result: Result, channel: str) -> Sequence[float]:
    week = result.scenario.get("open_windows", {}).get(channel)
    return [math.nan] * 24 if week is None else [float(each) for each in open_minutes_per_hour(week)]


def by_week_table(result: Result, channel: str, lang: str) -> Table:
    """Unanswered persons of one channel by weekday and clock hour of the first attempt."""
    rows = tuple(
        (numbers.clock_hour(hour), *(cell(each, lang, suppress=True, ends=False) for each in found))
        for hour, name in enumerate(HOURS)
        if any(found := [_unanswered(result, channel, name, weekday) for weekday in numbers.WEEKDAYS])
    )
    heads = _figures(*(numbers.weekday(each, lang) for each in numbers.WEEKDAYS))
    caption = say_spanned(result, "table.by_week", lang, channel=say(f"channel.{channel}", lang))
    return Table(caption, (_head(say("table.hour", lang)), *heads), rows, small_note(lang))


def _unanswered(result: Result, channel: str, hour: str, weekday: str) -> Estimate | None:
    return find(result, "unanswered", channel=channel, hour=hour, weekday=weekday)


@dataclass(frozen=True)
class SiteRow:
    """Answered calls of a site, or of the small ones together; `share` and `wait` are None where withheld."""

    name: str
    answered: Estimate
    share: Estimate | None
    wait: Estimate | None


def site_rows(result: Result, lang: str) -> tuple[SiteRow, ...]:
    """Sites by answered calls, the largest first; those with small counts stand together in one last row."""
    titles: Mapping[str, str] = result.scenario.get("sites", {})
    rows, small = [], []
    for site in result.measures.dimension("site"):
        answered = find(result, "answered", channel="phone", site=site)
        if answered is not None and numbers.is_small(answered.mean):
            small.append(answered)
        elif answered is not None:
            share, wait = (
                find(result, each, channel="phone", site=site) for each in ("site_share_of_answered", "wait_mean_min")
            )
            rows.append(SiteRow(titles.get(site, site), answered, share, wait))
    rows.sort(key=lambda row: (-row.answered.mean, row.name))
    return (*rows, _others(small, lang)) if small else tuple(rows)


def _others(small: Sequence[Estimate], lang: str) -> SiteRow:
    """Small sites as one row; intervals cannot be added, so the sum has none."""
    name = say("table.sites.others", lang, count=len(small), smallest=numbers.SMALLEST_COUNT)
    total = sum(each.mean for each in small)
    unknown = dict.fromkeys(NUMBER_COLUMNS, math.nan)
    return SiteRow(name, Estimate(**{**unknown, "mean": total}, unit=small[0].unit), None, None)


def sites_table(result: Result, lang: str) -> Table:
    """Answered calls by site, with small counts withheld."""
    rows = tuple(
        (row.name, cell(row.answered, lang, suppress=True), cell(row.share, lang), cell(row.wait, lang))
        for row in site_rows(result, lang)
    )
    heads = (say("measure.answered", lang), say("table.sites.share", lang), say("table.sites.wait", lang))
    columns = (_head(say("table.site", lang)), *_figures(*heads))
    return Table(say_spanned(result, "table.sites", lang), columns, rows, small_note(lang))


def assumptions_of(result: Result, status: str) -> tuple[Mapping[str, Any], ...]:
    """The figures of one status that the run rests on."""
    return tuple(each for each in result.manifest.get("assumptions", ()) if each["status"] == status)


def assumptions_table(result: Result, status: str, lang: str, with_source: bool = True) -> Table:
    """The figures of one status: key, value and source."""
    found = assumptions_of(result, status)
    rows = tuple(
        (path, value_text(each["value"], lang), *([_grounds(each)] if with_source else []))
        for path, each in _together(found, lang)
    )
    name = say(f"status.{status}", lang)
    means = say(f"status.{status}.means", lang)
    caption = say("table.assumptions", lang, status=name.capitalize(), means=means, count=len(found))
    heads = (say("table.assumption", lang), say("table.value", lang), say("table.source", lang))
    columns = tuple(Column(head, is_figure=False) for head in heads[: 3 if with_source else 2])
    return Table(caption, columns, rows)


def unsourced_of(result: Result) -> tuple[str, ...]:
    """Keys of the figures that the scenario states without saying where they come from."""
    return tuple(result.manifest.get("unsourced", ()))


def unsourced_table(result: Result, lang: str) -> Table:
    """The figures without a source: key and value."""
    found, model = unsourced_of(result), result.scenario.get("model", {})
    rows = tuple((path, value_text(value_at(model, path), lang)) for path in found)
    columns = tuple(_head(say(head, lang)) for head in ("table.assumption", "table.value"))
    return Table(say("table.unsourced", lang, count=len(found)), columns, rows)


def _together(found: Sequence[Mapping[str, Any]], lang: str) -> list[tuple[str, Mapping[str, Any]]]:
    """The figures with their keys, those that many sites share as one line."""
    alike: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for each in found:
        parts = each["path"].split(".")
        place = ("sites", *parts[2:]) if parts[0] == "sites" else tuple(parts)
        alike.setdefault((*place, str(each["value"]), _grounds(each)), []).append(each)
    return [(_shared_key(group, lang) if len(group) > 1 else group[0]["path"], group[0]) for group in alike.values()]


def _shared_key(group: Sequence[Mapping[str, Any]], lang: str) -> str:
    many = say("table.assumption.sites", lang, count=len(group))
    return ".".join(["sites", f"({many})", *group[0]["path"].split(".")[2:]])


def _grounds(assumption: Mapping[str, Any]) -> str:
    """Where a figure comes from and what is said of it."""
    return " – ".join(str(text) for key in ("source", "note") if (text := assumption.get(key)))


def overrides_table(result: Result, lang: str) -> Table:
    """What was changed from the scenario's base: key, old value, new value."""
    rows = tuple(
        (str(each["path"]), value_text(each["old"], lang), value_text(each["new"], lang))
        for each in result.manifest.get("overrides", ())
    )
    heads = (say("table.assumption", lang), say("table.old", lang), say("table.new", lang))
    return Table(say("table.overrides", lang), tuple(_head(head) for head in heads), rows)


def value_text(value: Any, lang: str) -> str:
    """A value of a scenario in short: long lists by their first values, mappings as ``key: value``."""
    if value is None or isinstance(value, bool):
        return say({None: "number.none", True: "number.yes", False: "number.no"}[value], lang)
    if isinstance(value, int | float):
        return numbers.as_written(value, lang)
    if isinstance(value, Mapping):
        return _short("; ".join(f"{key}: {value_text(each, lang)}" for key, each in value.items()))
    if isinstance(value, Sequence) and not isinstance(value, str):
        first = "; ".join(value_text(each, lang) for each in value[:4])
        return first if len(value) <= 4 else say("number.more_values", lang, first=first, count=len(value))
    return _short(str(value))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def backtest_tables(figures: Sequence[Mapping[str, Any]], lang: str) -> tuple[Table, ...]:
    """The model beside the published figures: those used for fitting and those held out, apart.

    Parameters
    ----------
    figures
        As ``simulator backtest --json`` has them: figure, label by language, published, status, unit, mean, low and
        high of single years, the share of single years below the published (place), held_out, verdict.
    """
    heads = ("table.figure", "table.published", "table.status", "table.model", "table.place", "table.verdict")
    columns = tuple(Column(say(head, lang), is_figure=index in (1, 3, 4)) for index, head in enumerate(heads))
    kinds = ((False, "fitted", say("table.backtest.fitted.note", lang)), (True, "held_out", ""))
    return tuple(
        Table(say(f"table.backtest.{kind}", lang), columns, rows, note)
        for held_out, kind, note in kinds
        if (rows := tuple(_backtest_row(each, lang) for each in figures if each["held_out"] is held_out))
    )


def _backtest_row(figure: Mapping[str, Any], lang: str) -> tuple[str, ...]:
    unit = str(figure.get("unit") or "")
    return (
        str(figure["label"][lang]),
        numbers.as_written(figure["published"], lang, unit),
        say(f"status.{figure['status']}", lang),
        numbers.interval(figure["mean"], figure["low"], figure["high"], lang, unit),
        numbers.percent(figure["place"], lang),
        say(f"verdict.{figure['verdict']}", lang),
    )
