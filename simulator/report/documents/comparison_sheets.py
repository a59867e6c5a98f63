"""A comparison as sheets of a workbook: the summary, then one tidy table a sheet, with all their digits.

Counts that are too small to be written are left empty. Knows no sentences.
"""

from typing import Any

from simulator.report import compared, numbers
from simulator.report.documents.part import withheld_note
from simulator.report.documents.units import columns, count, number, unit_name
from simulator.report.tables import channel_name
from simulator.report.workbook import Chart, Number, Sheet, SheetColumn
from simulator.service.keys import HOURS, Key
from simulator.study.compare import Comparison
from simulator.study.comparing.pair_table import COUNTED
from simulator.words import say

_REACHED, _COST = Key("persons_reached"), Key("cost_nok")
_OF_HOURS = ("both", "gained", "lost", "neither")
_OF_SITES = ("stayed", "moved_in", "moved_out", "gained", "lost")


def comparison_sheets(found: Comparison, said: tuple[str, ...], lang: str) -> tuple[Sheet, ...]:
    """All sheets.

    Parameters
    ----------
    said
        The answer, sentence by sentence, which stands under the summary.
    """
    return (
        _summary_sheet(found, said, lang),
        _figures_sheet(found, lang),
        _hours_sheet(found, lang),
        _contacts_sheet(found, lang),
        _sites_sheet(found, lang),
        _behind_sheet(found, lang),
    )


def _ends(change: Any, unit: str) -> tuple[Number, ...]:
    return tuple(number(getattr(change, end), unit) for end in ("mean", "low", "high"))


def _summary_sheet(found: Comparison, said: tuple[str, ...], lang: str) -> Sheet:
    """Of each plan: persons, kroner, kroner for each, and the share of worlds."""
    heads = [SheetColumn(say("document.compare.column.plan", lang))]
    for name in ("reached", "cost", "each"):
        head = say(f"document.compare.column.{name}", lang)
        kind = "count" if name == "reached" else "nok"
        heads += [SheetColumn(head, kind)]
        heads += [
            SheetColumn(f"{head}: {say(f'document.column.{end}', lang).lower()}", kind) for end in ("low", "high")
        ]
    heads.append(SheetColumn(say("document.compare.column.better", lang), "share"))
    rows = []
    for each in found.per_reached:
        reached, cost = (found.get(each.plan, key) for key in (_REACHED, _COST))
        cells: list[Any] = [found.titles[each.plan]]
        for one, unit in ((reached and reached.change, "count"), (cost and cost.change, "nok"), (each, "nok")):
            cells += (
                [None] * 3
                if one is None
                else [Number(_finite(getattr(one, end)), unit) for end in ("mean", "low", "high")]
            )
        rows.append((*cells, None if reached is None else _finite(reached.share_of_worlds_better)))
    title = say("document.chart.reached", lang)
    chart = Chart(title, say("document.chart.note", lang), "bar", 0, (1,), (0, len(rows) - 1))
    return Sheet(say("document.sheet.summary", lang), tuple(heads), tuple(rows), said, charts=(chart,))


def _finite(value: float) -> float | None:
    return value if value == value else None


def _figures_sheet(found: Comparison, lang: str) -> Sheet:
    """The key figures that are shown, with all their digits."""
    heads = columns(
        lang, plan="text", measure="text", channel="text", base="decimal", other="decimal", difference="decimal",
        low="decimal", high="decimal", year_low="decimal", year_high="decimal", noise="decimal", better="share",
        unit="text",
    )  # fmt: skip
    rows = tuple(
        (
            found.titles[plan],
            say(f"measure.{each.key.measure}", lang),
            channel_name(each.key.channel, lang),
            *(number(value, each.change.unit) for value in (each.base, each.other)),
            *(number(getattr(each.change, name), each.change.unit) for name in _CHANGE),
            number(each.share_of_worlds_better, "share"),
            unit_name(each.change.unit, lang),
        )
        for plan in found.plans
        for each in compared.shown_of(found, plan)
    )
    return Sheet(say("document.sheet.key_figures", lang), heads, rows)


_CHANGE = ("mean", "low", "high", "year_low", "year_high", "noise")


def _hours_sheet(found: Comparison, lang: str) -> Sheet:
    """By plan and hour: the difference, and what becomes of whom; small counts are empty."""
    heads = (
        *columns(lang, plan="text", hour="text", difference="count", low="count", high="count"),
        *(SheetColumn(say(f"compare.contacts.short.{kind}", lang), "count") for kind in _OF_HOURS),
    )
    rows = []
    for table in found.contacts:
        for place, hour in enumerate(HOURS):
            each = found.get(table.plan, Key("persons_reached", hour=hour))
            change: tuple[Any, ...] = (None,) * 3
            if each is not None and not numbers.is_small(abs(each.change.mean)):
                change = _ends(each.change, "persons/year")
            counted = (count(table.by_hour[kind][place] / table.years) for kind in _OF_HOURS)
            rows.append((found.titles[table.plan], numbers.clock_hour(place), *change, *counted))
    charts = tuple(
        Chart(
            f"{say('document.chart.hours', lang)}: {found.titles[plan]}", say("document.chart.note", lang), "column", 1,
            (2,), (24 * place, 24 * place + 23),
        )
        for place, plan in enumerate(found.plans)
    )  # fmt: skip
    return Sheet(say("document.sheet.by_hour", lang), heads, tuple(rows), (withheld_note(lang),), charts=charts)


def _contacts_sheet(found: Comparison, lang: str) -> Sheet:
    """What becomes of whom, with totals over all simulated years."""
    heads = columns(
        lang, plan="text", kind="text", mean="count", low="count", high="count", total="count", years="count",
        unit="text",
    )  # fmt: skip
    rows = tuple(
        (
            found.titles[table.plan],
            say(f"compare.contacts.kind.{kind}", lang),
            *_ends(table.yearly[kind], table.yearly[kind].unit),
            table.total(kind),
            table.years,
            unit_name(table.yearly[kind].unit, lang),
        )
        for table in found.contacts
        for kind in compared.OF_CONTACTS
        if kind in COUNTED and (table.total(kind) or not kind.startswith(("new", "gone")))
    )
    return Sheet(say("document.sheet.persons", lang), heads, rows)


def _sites_sheet(found: Comparison, lang: str) -> Sheet:
    """By plan and site; small counts are empty."""
    heads = (
        *columns(lang, plan="text", site="text"),
        *(SheetColumn(say(f"compare.contacts.short.{kind}", lang), "count") for kind in _OF_SITES),
    )
    rows = tuple(
        (
            found.titles[table.plan],
            found.sites.get(site, site),
            *(count(counts[kind] / table.years) for kind in _OF_SITES),
        )
        for table in found.contacts
        for site, counts in table.by_site.items()
        if any(counts.values())
    )
    return Sheet(say("document.sheet.by_site", lang), heads, rows, (withheld_note(lang),))


def _behind_sheet(found: Comparison, lang: str) -> Sheet:
    """Expected numbers behind the chats gained and lost."""
    heads = columns(
        lang, plan="text", side="text", event="text", events="count", per_chats="count", expected="hours", low="hours",
        high="hours",
    )  # fmt: skip
    rows = tuple(
        (
            found.titles[each.plan],
            say(f"document.side.{each.side}", lang),
            say(f"compare.consequence.event.{each.event}", lang),
            each.events,
            each.per_chats,
            *((each.expected, each.low, each.high) if each.chats.mean else (None,) * 3),
        )
        for each in found.consequences
    )
    return Sheet(
        say("document.sheet.behind", lang), heads, rows, (say("compare.consequence.note", lang), compared.caveat(lang))
    )
