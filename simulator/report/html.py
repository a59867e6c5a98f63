"""The document: one self-contained HTML page, the answer first, a table beside every figure.

Laid out by `page`. What it says comes from `sentences` and `tables`, what it shows from `figures`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from simulator.report import numbers, sentences, tables
from simulator.report.page import inline_svg, render
from simulator.report.profile import profile_table, shapes_of
from simulator.report.span import say_spanned
from simulator.report.tables import LIVE, STATUSES, Table
from simulator.study.estimates import Result
from simulator.words import say


@dataclass(frozen=True)
class Part:
    """A figure with its heading and the tables that say the same in numbers."""

    name: str
    heading: str
    svg: Markup
    tables: tuple[Table, ...]


def html(result: Result, figures: Mapping[str, bytes], lang: str = "nb") -> bytes:
    """The whole page as UTF-8.

    Parameters
    ----------
    figures
        As `figures.figures` makes them; those with the ending ``.svg`` are set into the page.
    """
    return render(
        "report.html.j2",
        lang,
        title=result.scenario["title"],
        what=sentences.what_was_run(result, lang),
        gives=sentences.answer(result, lang),
        sure=sentences.certainty(result, lang),
        overrides=tables.overrides_table(result, lang),
        key_figures=tables.key_tables(result, lang),
        parts=_parts(result, figures, lang),
        method=sentences.method(result, lang),
        limits=sentences.limits(lang),
        assumptions=_foundation(result, lang),
        run=sentences.run_facts(result, lang),
    )


def _foundation(result: Result, lang: str) -> tuple[Table, ...]:
    """The figures that the result rests on, the weakest first."""
    sourced = (tables.assumptions_table(result, status, lang) for status in STATUSES)
    return (tables.unsourced_table(result, lang), *sourced)


def _parts(result: Result, figures: Mapping[str, bytes], lang: str) -> tuple[Part, ...]:
    shown = {
        "reached-by-hour": ("hours", (tables.by_hour_table(result, lang, ends=True),)),
        "unanswered-by-week": ("week", tuple(tables.by_week_table(result, channel, lang) for channel in LIVE)),
        "answered-by-site": ("sites", (tables.sites_table(result, lang),)),
        "demand-profile": ("profile", (profile_table(result, lang),)),
    }
    captions = {"profile": shapes_of(result).caption(lang)}
    parts = []
    for name, (key, content) in shown.items():
        if f"{name}.svg" in figures:
            caption = captions.get(key) or say_spanned(
                result, f"figure.{key}.caption", lang, smallest=numbers.SMALLEST_COUNT
            )
            label = f"{say(f'figure.{key}.title', lang)} {caption}"
            svg = inline_svg(figures[f"{name}.svg"], name, label)
            parts.append(Part(name, say(f"document.{key}", lang), svg, content))
    return tuple(parts)
