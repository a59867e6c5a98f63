"""Plans compared, as tables: what each gives beside the base, how sure that is, and in how many worlds it holds."""

from simulator.report import numbers
from simulator.report.tables import Column, Table, channel_name
from simulator.service.keys import ALL, Key
from simulator.study.compare import Comparison, Difference
from simulator.words import say

SHOWN = (
    Key("persons_reached"),
    Key("unanswered"),
    Key("answered", "chat"),
    Key("answered_share_of_open", "chat"),
    Key("met_closed", "chat"),
    Key("abandoned", "chat"),
    Key("wait_mean_min", "chat"),
    Key("answered", "phone"),
    Key("answered_share_of_open", "phone"),
    Key("phoned_instead", "chat"),
    Key("staffed_hours"),
    Key("cost_nok"),
)
"""Figures that are shown, whole years only, totals before ratios."""


def comparison_tables(found: Comparison, lang: str) -> tuple[Table, ...]:
    """One table for each plan."""
    return tuple(_plan_table(found, plan, lang) for plan in found.plans)


def _plan_table(found: Comparison, plan: str, lang: str) -> Table:
    shown = [each for key in SHOWN if (each := found.get(plan, key)) is not None]
    over_worlds = any(each.share_of_worlds_better == each.share_of_worlds_better for each in shown)
    heads = ["measure", "base", "plan", "difference", *(["better"] if over_worlds else [])]
    columns = [Column(say(f"compare.column.{name}", lang), is_figure=name != "measure") for name in heads]
    rows = tuple(_row(each, over_worlds, lang) for each in shown)
    caption = say("compare.caption", lang, plan=found.titles[plan], base=found.titles[found.base])
    note = say(f"compare.note.{'worlds' if over_worlds else 'one'}", lang)
    return Table(caption, tuple(columns), rows, note)


def _row(each: Difference, over_worlds: bool, lang: str) -> tuple[str, ...]:
    change = each.change
    name = say(f"measure.{each.key.measure}", lang)
    if each.key.channel != ALL:
        name = f"{name} ({channel_name(each.key.channel, lang).lower()})"
    difference = numbers.interval(change.mean, change.low, change.high, lang, change.unit)
    # base and plan are known as well as their difference needs: no more digits than that supports
    half = max(change.high - change.low, 0.02 * abs(each.base)) / 2
    sides = [numbers.rounded(x, x - half, x + half, lang, change.unit) for x in (each.base, each.other)]
    return (name, *sides, difference, *([_share(each.share_of_worlds_better, lang)] if over_worlds else []))


def _share(share: float, lang: str) -> str:
    return numbers.percent(share, lang) if share == share else numbers.MISSING
