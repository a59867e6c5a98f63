"""Tables for the terminal: the same tables as in the document, laid out for 80 columns, colour never needed.

The only module of the report that knows rich. It returns renderables; printing them is the caller's. What it lays out
also reads well in a pipe and on a Windows code page that lacks dashes, no-break spaces or line-drawing characters.
"""

import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich import box
from rich.align import VerticalAlignMethod
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table as RichTable
from rich.text import Text

from simulator.report import sentences, tables
from simulator.report.tables import Table
from simulator.study.estimates import Result

_GLUE = "\ue000"
"""Stands for a no-break space while rich lays out, because rich would break the line there."""
_PLAIN = dict(zip("–−\u202f…«»“”’·×æøÆØ", '-- .""""\'.xaoAO', strict=True))
"""Nearest characters of the same width where the terminal's encoding lacks the right ones."""


@dataclass(frozen=True)
class Encodable:
    """A renderable whose characters the terminal's encoding can hold, with unchanged widths."""

    content: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Lay the content out, then replace what the encoding lacks."""
        for segment in console.render(self.content, options):
            yield Segment(encodable(segment.text, options.encoding), segment.style, segment.control)


def encodable(text: str, encoding: str) -> str:
    """The text with every character that `encoding` lacks replaced by its nearest of the same width."""
    text = text.replace(_GLUE, " ")
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return "".join(char if _fits(char, encoding) else _nearest(char, encoding) for char in text)
    return text


def _nearest(char: str, encoding: str) -> str:
    """Another character, or the letter without its accent, or ``?``."""
    nearest = _PLAIN.get(char) or unicodedata.normalize("NFKD", char)[0]
    return nearest if _fits(nearest, encoding) else "?"


def _fits(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return char.isascii()
    return True


def _text(words: str, style: str = "") -> Text:
    """Words as they are: no markup, no control characters, no break inside a number."""
    shown = "".join(char for char in words if char == "\n" or unicodedata.category(char) != "Cc")
    return Text(shown.replace("\u00a0", _GLUE), style=style)


def table(content: Table) -> Encodable:
    """One table with its caption above and its note below."""
    grid = RichTable(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    vertical: VerticalAlignMethod = "bottom" if any(each.is_figure for each in content.columns) else "top"
    for index, column in enumerate(content.columns):
        opens_group = column.group and column.group != content.columns[index - 1].group
        cells = [row[index] for row in content.rows]
        head = _narrow(column.head, cells) if column.is_figure else column.head
        grid.add_column(
            _text(f"{column.group}:\n{head}" if opens_group else head),
            justify="right" if column.is_figure else "left",
            no_wrap=column.is_figure,
            overflow="fold",
            vertical=vertical,
        )
    for row in content.rows:
        grid.add_row(*map(_text, row))
    note = [_text(content.note, "dim")] if content.note else []
    return Encodable(Group(_text(content.caption, "bold"), Text(), grid, *note, Text()))


def _narrow(head: str, cells: Sequence[str]) -> str:
    """The head in lines no wider than the column's figures need, or than its own longest word."""
    width = max(map(len, [*cells, *head.split(" ")]))
    return "\n".join(textwrap.wrap(head, width, break_long_words=False, break_on_hyphens=False))


def paragraphs(lines: Sequence[str]) -> Encodable:
    """Sentences, each on its own line, hanging under a dash."""
    rows = RichTable.grid(padding=(0, 1, 0, 0))
    for line in lines:
        rows.add_row(Text("-"), _text(line))
    return Encodable(Padding(rows, (0, 0, 1, 0)))


def run_tables(result: Result, lang: str) -> tuple[RenderableType, ...]:
    """What a run shows: the answer, key figures, by hour, by site, and the assumptions it rests on."""
    shown = [
        *tables.key_tables(result, lang),
        tables.by_hour_table(result, lang),
        tables.sites_table(result, lang),
        tables.overrides_table(result, lang),
    ]
    return (
        Encodable(_text(f"{result.scenario['title']}\n", "bold")),
        paragraphs(sentences.answer(result, lang)),
        *(table(each) for each in shown if each.rows),
        *assumption_tables(result, lang),
        paragraphs(sentences.certainty(result, lang)),
    )


def assumption_tables(result: Result, lang: str) -> tuple[RenderableType, ...]:
    """The figures without a source and the assumed ones by name, and how many are better founded."""
    assumed = tables.assumptions_table(result, "assumed", lang, with_source=False)
    shown = [table(each) for each in (tables.unsourced_table(result, lang), assumed) if each.rows]
    others = sentences.other_statuses(result, lang)
    return (*shown, *([Encodable(_text(f"{others}\n"))] if others else []))


def backtest_table(figures: Sequence[Mapping[str, Any]], lang: str) -> RenderableType:
    """The model beside the published figures, those used for fitting and those held out apart."""
    return Group(*(table(each) for each in tables.backtest_tables(figures, lang)))
