"""What a notebook shows: its conclusion, tables and figures as a notebook displays them, and numbers in running text.

A notebook computes and tells; this module only writes. Whatever displays a `Shown` asks for its HTML, and has plain
text where it knows no HTML. Nothing here knows a notebook's libraries.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.report import numbers
from simulator.report.compared import cost_text
from simulator.report.figures.canvas import Make, draw
from simulator.report.page import inline_svg, render
from simulator.report.priced import answer_facts
from simulator.report.tables import Column, Table
from simulator.service.keys import Key
from simulator.study.compare import Comparison
from simulator.study.comparing.per_reached import BETTER, SAVED_PER_FEWER, UNKNOWN, WORSE
from simulator.study.estimates import Estimate
from simulator.words import say

LANG = "nb"
"""Notebooks are documents: in bokmål unless asked."""
_REACHED, _COST = Key("persons_reached"), Key("cost_nok")
_WIDE = 10.0
"""An interval whose upper end is so many times the lower is no number."""
_NO_CONTENT: Mapping[str, Any] = dict.fromkeys(("answer", "sure", "remarks", "tables", "pictures", "pairs"), ())


@dataclass(frozen=True)
class Shown:
    """Something that a notebook displays: HTML, and plain text for who has none.

    Attributes
    ----------
    html
        An element of a page.
    plain
        The same in words.
    """

    html: str
    plain: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.plain


# --- parts of a page ---------------------------------------------------------------------------------------------


def answer(*sentences: str, sure: Sequence[str] = (), lang: str = LANG) -> Shown:
    """The conclusion, and how sure it is."""
    lines = [say("showing.answer", lang), *sentences, *([say("document.sure", lang), *sure] if sure else [])]
    return Shown(_html(lang, answer=sentences, sure=sure), "\n".join(lines))


def remarks(*sentences: str, lang: str = LANG) -> Shown:
    """Sentences one under another."""
    return Shown(_html(lang, remarks=sentences), "\n".join(sentences))


def show(*tables: Table, lang: str = LANG) -> Shown:
    """Tables as a report has them."""
    return Shown(_html(lang, tables=tables), "\n\n".join(map(_plain, tables)))


def picture(name: str, draw_it: Make, label: str, lang: str = LANG) -> Shown:
    """A figure of the report.

    Parameters
    ----------
    name
        Of the figure, of letters, digits and hyphens; no other figure of the notebook has it.
    draw_it
        Draws it, as the functions of `simulator.report.figures` do; the style is in place when it is called.
    label
        What it shows, for those who do not see it.
    """
    drawn = draw({name: draw_it})
    made = [(inline_svg(svg, name, label), label) for svg in [drawn.get(f"{name}.svg")] if svg is not None]
    return Shown(_html(lang, pictures=made), label)


def made_of(manifests: Mapping[str, Mapping[str, Any]], lang: str = LANG) -> Shown:
    """What numbers were made of: scenarios with fingerprints, worlds, years, seed and version.

    Parameters
    ----------
    manifests
        By name of the scenario, as every answer of the study has them.
    """
    pairs = answer_facts(list(manifests.items()), lang)
    return Shown(_html(lang, pairs=pairs), "\n".join(": ".join(each) for each in pairs))


def _html(lang: str, **content: Any) -> str:
    return render("shown.html.j2", lang, **{**_NO_CONTENT, **content}).decode().strip()


def _plain(table: Table) -> str:
    rows = [tuple(column.head for column in table.columns), *table.rows]
    lines = [table.caption, *(" | ".join(row) for row in rows), *([table.note] if table.note else [])]
    return "\n".join(lines)


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], note: str = "") -> Table:
    """A table of text: the first column holds what a row is about, the others figures."""
    columns = tuple(Column(head, is_figure=place > 0) for place, head in enumerate(heads))
    return Table(caption, columns, tuple(map(tuple, rows)), note)


# --- numbers in running text -------------------------------------------------------------------------------------


def interval(each: Estimate, lang: str = LANG) -> str:
    """A figure and its interval, such as ``4 200 (3 300–5 100)``, with no more digits than that supports."""
    return numbers.interval(each.mean, each.low, each.high, lang, each.unit)


def size(value: float, change: Estimate, lang: str = LANG) -> str:
    """A figure alone, beside a difference: with no more digits than that supports."""
    half = max(change.high - change.low, 0.02 * abs(value)) / 2
    return numbers.rounded(value, value - half, value + half, lang, change.unit)


def moved(change: Estimate, up: str = "", down: str = "", lang: str = LANG) -> str:
    """A difference in words: so many more, so many fewer, or between the two where it is not sure which.

    Parameters
    ----------
    up, down
        What a rise and a fall are called; ``more`` and ``fewer`` in the language unless said.
    """
    words = {"up": up or say("showing.up", lang), "down": down or say("showing.down", lang)}
    mean = change.mean
    low, high = (
        0.0 if _end(each, change, lang) == _end(0.0, change, lang) else each for each in (change.low, change.high)
    )
    if not mean and not (high > low):
        return say("showing.neither", lang, **words)
    if low < 0 < high and math.isfinite(high - low):
        ends = {name: _end(abs(value), change, lang) for name, value in (("low", low), ("high", high))}
        return say("showing.between", lang, **words, **ends)
    if mean < 0:
        return f"{numbers.change(-mean, -high, -low, lang, change.unit)} {words['down']}"
    return f"{numbers.change(mean, low, high, lang, change.unit)} {words['up']}"


def _end(value: float, change: Estimate, lang: str) -> str:
    half = (change.high - change.low) / 2
    return numbers.rounded(value, value - half, value + half, lang, numbers.unit_of_change(change.unit))


def each_costs(found: Comparison, plan: str, lang: str = LANG) -> str:
    """A sentence on what one more person reached costs under a plan, or saves, or why that is not told.

    It is told where the plan reaches more in every plausible world, and as one number only where the ends of the
    interval are near each other (`_WIDE`): a mean of kroner over next to nothing says nothing. Nor does one whose
    interval lies beside it.
    """
    cost = next(each for each in found.per_reached if each.plan == plan)
    difference, reached = found.get(plan, _COST), found.get(plan, _REACHED)
    if difference is None or reached is None or cost.kind == UNKNOWN:
        return say("showing.each_unsure", lang)
    if not difference.change.mean or cost.kind in (BETTER, WORSE):
        return say("showing.each_free" if reached.change.mean > 0 else "showing.nothing_saved", lang)
    if cost.kind == SAVED_PER_FEWER:
        return say("showing.each_saved", lang, cost=cost_text(cost, lang))
    if reached.share_of_worlds_better < 1 or not cost.low <= cost.mean <= cost.high:
        return say("showing.each_unsure", lang)
    if cost.high > _WIDE * cost.low:
        low, high = (about(end, "NOK", lang) for end in (cost.low, cost.high))
        return say("showing.each_wide", lang, low=low, high=high)
    return say("showing.each", lang, cost=cost_text(cost, lang))


def percent(share: float, lang: str = LANG) -> str:
    """A share as whole per cent."""
    return numbers.percent(share, lang)


def about(value: float, unit: str = "", lang: str = LANG) -> str:
    """A number without an interval, with two digits."""
    return numbers.interval(value, math.nan, math.nan, lang, unit)


def in_worlds(share: float, manifest: Mapping[str, Any], lang: str = LANG) -> str:
    """In how many of the worlds something holds, such as ``97 of the 100 worlds``; a tie counts as not."""
    if math.isnan(share):
        return numbers.MISSING
    worlds = int(manifest["worlds"])
    holds = math.floor(share * worlds + 1e-9)
    key = {0: "showing.in_none", worlds: "showing.in_all"}.get(holds, "showing.in_some")
    return say(key, lang, holds=numbers.number(holds, lang), worlds=numbers.number(worlds, lang))


def worlds_sentence(manifest: Mapping[str, Any], lang: str = LANG) -> str:
    """What the intervals are over."""
    worlds, years = (int(manifest[name]) for name in ("worlds", "replications"))
    key = "showing.worlds_one_year" if years == 1 else "showing.worlds"
    return say(key, lang, worlds=numbers.number(worlds, lang), years=numbers.number(years, lang))
