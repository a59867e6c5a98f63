"""A page for any kind of answer: the answer first, then sections of figures and tables, and what it was made of last.

Self-contained HTML that needs no script and asks nothing of the network; every word is escaped. The one home of jinja2.
It knows nothing of what is said on it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from itertools import groupby
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from simulator.report.tables import Table
from simulator.words import say


@dataclass(frozen=True)
class Picture:
    """A figure by the name of its file without the ending, and what it shows in words for those who do not see it."""

    name: str
    label: str


@dataclass(frozen=True)
class Section:
    """One part of a page, in the order in which it is read; what lies under it comes last.

    Attributes
    ----------
    heading
        Of the section.
    paragraphs, facts, figures, tables, notes
        Sentences, names with what is said of each, pictures, the tables beside them, and remarks.
    parts
        Sections under this one.
    """

    heading: str
    paragraphs: tuple[str, ...] = ()
    figures: tuple[Picture, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    parts: tuple["Section", ...] = ()


@dataclass(frozen=True)
class Block:
    """Some sentences of the answer under a heading of their own."""

    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Paper:
    """What a page says.

    Attributes
    ----------
    title
        Of the page.
    lead
        The answer, sentence by sentence.
    sections
        Figures and tables behind it.
    facts
        What it was made of: names and values (scenario, fingerprint, seed, worlds, version).
    sure
        How sure we are, sentence by sentence.
    answer
        The answer under headings of its own (what is proposed, what it gives, what it costs, how sure) instead of
        ``lead`` and ``sure``.
    summary
        The answer as a table.
    stamp
        Scenario, fingerprint and version in one line, for the foot of every page.
    """

    title: str
    lead: tuple[str, ...]
    sections: tuple[Section, ...]
    facts: tuple[tuple[str, str], ...]
    sure: tuple[str, ...] = ()
    answer: tuple[Block, ...] = ()
    summary: Table | None = None
    stamp: str = ""

    def blocks(self, lang: str) -> tuple[Block, ...]:
        """The answer as blocks; a heading may be empty."""
        usual = (Block("", self.lead), Block(say("document.sure", lang), self.sure))
        return tuple(each for each in self.answer or usual if each.sentences)


Bound = tuple[Paper, Mapping[str, bytes]]
"""A paper and its figures by file name."""


def page(paper: Paper, figures: Mapping[str, bytes], lang: str = "nb") -> bytes:
    """The whole page as UTF-8.

    Parameters
    ----------
    figures
        By file name, as `simulator.report.figures.canvas.draw` makes them; a picture without its ``.svg`` is left out.
    """
    return pages([(paper, figures)], paper.title, lang)


def pages(bound: Sequence[Bound], title: str, lang: str = "nb") -> bytes:
    """Several papers on one page, each a part with a heading of its own; one alone is the page."""

    def pictures(section: Section, part: int) -> list[tuple[Picture, Markup]]:
        drawn = bound[part][1]
        made = [(each, drawn.get(f"{each.name}.svg")) for each in section.figures]
        mark = f"part-{part}-" if len(bound) > 1 else ""
        return [(each, inline_svg(svg, mark + each.name, each.label)) for each, svg in made if svg is not None]

    return render("page.html.j2", lang, papers=[paper for paper, _ in bound], title=title, pictures=pictures)


def render(template: str, lang: str, **content: Any) -> bytes:
    """A template of this room filled in, as UTF-8."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, loader=FunctionLoader(_resource)
    )
    css = Markup(_resource("report.css"))  # our own file
    say_ = partial(say, lang=lang)
    text = environment.get_template(template).render(lang=lang, say=say_, grouped=grouped, css=css, **content)
    return (text.strip() + "\n").encode()


def _resource(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def grouped(table: Table) -> list[tuple[str, int]]:
    """Groups of columns after the first, with their widths; empty where the columns are not grouped."""
    groups = [(name, len(list(columns))) for name, columns in groupby(table.columns[1:], key=lambda each: each.group)]
    return groups if any(name for name, _ in groups) else []


def inline_svg(svg: bytes, name: str, label: str) -> Markup:
    """An SVG file as an element of a page: labelled, its ids made its own, its file head and metadata left out."""
    text = svg.decode()
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'href="#', f'href="#{name}-', text)
    text = re.sub(r"url\(#", f"url(#{name}-", text)
    text = re.sub(r'^<svg([^>]*?) width="[^"]*"', r"<svg\1", text)
    text = re.sub(r'^<svg([^>]*?) height="[^"]*"', r"<svg\1", text)
    return Markup(text.replace("<svg", f'<svg role="img" aria-label="{escape(label)}"', 1).strip())
