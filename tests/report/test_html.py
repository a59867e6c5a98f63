"""The document: well formed, complete on its own, fit for a screen reader, and deaf to markup in a planner's words."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from simulator.report import report
from simulator.report.html import html
from simulator.report.page import grouped, inline_svg
from simulator.report.tables import Column, Table

VOID = {"meta", "link", "br", "img", "hr", "input", "col", "use", "path", "rect"}


class Page(HTMLParser):
    """Elements, text, and every place where nesting is broken."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.broken, self._open, self.text = [], [], [], []
        self.feed(text)
        self.broken += self._open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self._open or self._open.pop() != tag:
            self.broken.append(f"/{tag}")

    def handle_data(self, data):
        self.text.append(data)

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.fixture(scope="module")
def document(result, drawn):
    return html(result, drawn, "nb")


@pytest.fixture(scope="module")
def page(document):
    return Page(document.decode())


def test_the_report_is_the_document_and_its_figures(result, drawn, document):
    assert report(result) == {"report.html": document, **{f"figures/{name}": each for name, each in drawn.items()}}


def test_it_is_well_formed_and_in_bokmal(page):
    assert page.broken == []
    assert page.all("html") == [{"lang": "nb"}]
    text = " ".join("".join(page.text).replace("\u00a0", " ").split())
    assert "Slik er tallene laget" in text and "Det tallene ikke kan si" in text
    assert "20 000 (19 800–20 200)" in text


def test_it_asks_nothing_of_the_network_and_runs_no_script(document, page):
    assert not page.all("script") and not page.all("link") and not page.all("img") and not page.all("a")
    for _, attrs in page.elements:
        for name in ("src", "href", "xlink:href", "action", "data", "srcset", "poster"):
            assert attrs.get(name, "#").startswith("#")
        assert not any(name.startswith("on") for name in attrs)
    assert not re.search(rb"@import|url\((?!#)", document)
    assert "default-src 'none'" in str(page.all("meta"))


def test_a_source_is_plain_text(document):
    assert b"https://www.116111.no/aarsrapport" in document


def test_headings_go_down_one_step_at_a_time(page):
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_table_has_a_caption_and_scopes_and_every_figure_a_label_and_a_table(page):
    tables = page.all("table")
    assert len(tables) == len(page.all("caption")) >= 12
    assert all(attrs.get("scope") in {"col", "row", "colgroup"} for attrs in page.all("th"))
    svgs = page.all("svg")
    assert len(svgs) == len(page.all("figure")) == 4
    assert all(attrs["role"] == "img" and len(attrs["aria-label"]) > 40 for attrs in svgs)


def test_ids_are_unique_and_every_reference_has_its_target(document, page):
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    text = document.decode()
    wanted = re.findall(r'(?:href="#|url\(#|aria-labelledby=")([^")]+)', text)
    assert len(wanted) > 100
    assert set(wanted) <= set(ids)


def test_a_planners_words_are_never_markup(result, drawn):
    evil = '<script>alert("x")</script><img src=x onerror=y>{{ 7*7 }}'
    scenario = result.scenario | {"title": evil, "why": evil, "name": evil, "sites": {"oslo": evil}}
    assumptions = [{"path": evil, "value": evil, "status": "assumed", "source": evil}]
    told = replace(result, scenario=scenario, manifest=result.manifest | {"assumptions": assumptions})
    page = Page(html(told, drawn).decode())
    assert page.broken == []
    assert not page.all("script") and not page.all("img")
    assert "{{ 7*7 }}" in "".join(page.text)


def test_figures_without_a_source_come_first_of_what_the_result_rests_on(result, drawn):
    told = replace(result, manifest=result.manifest | {"unsourced": ["demand.chat.per_hour"]})
    page = Page(html(told, drawn).decode())
    text = "".join(page.text)
    assert page.broken == []
    assert text.index("Forutsetningene") < text.index("Uten oppgitt kilde") < text.index("Antatt: ")
    assert "demand.chat.per_hour" in text
    assert "Uten oppgitt kilde" not in html(result, drawn).decode()


def test_no_bokmal_is_left_in_the_english_document(result, drawn):
    english = html(replace(result, scenario=result.scenario | {"title": "x", "why": "y"}), drawn, "en")
    page = Page(english.decode())
    assert page.all("html") == [{"lang": "en"}]
    words = set(re.findall(r"\w+", "".join(page.text).lower()))
    assert {"unanswered", "assumed"} <= words
    assert not words & {"hjelpesøk", "henvendelser", "svarsted", "ubesvart", "antatt", "og", "ikke", "døgnet"}


def test_a_figure_that_was_not_drawn_is_left_out(result, drawn):
    fewer = {name: each for name, each in drawn.items() if not name.startswith("demand-profile")}
    page = Page(html(result, fewer).decode())
    assert len(page.all("svg")) == 3 and page.broken == []


def test_groups_of_columns():
    columns = (Column("h"), Column("a", "x"), Column("b", "x"), Column("c", "y"))
    assert grouped(Table("t", columns, ())) == [("x", 2), ("y", 1)]
    assert grouped(Table("t", (Column("h"), Column("a")), ())) == []


def test_an_inlined_svg_gets_ids_of_its_own():
    svg = b'<?xml?>\n<svg width="9pt" height="3pt" viewBox="0 0 9 3"><metadata>m</metadata><g id="a"/>'
    svg += b'<use xlink:href="#a"/><g clip-path="url(#a)"/></svg>\n'
    text = str(inline_svg(svg, "one", 'a "label"'))
    assert text.startswith('<svg role="img" aria-label="a &#34;label&#34;" viewBox=')
    assert 'id="one-a"' in text and 'href="#one-a"' in text and "url(#one-a)" in text
    assert "metadata" not in text and "?xml" not in text
